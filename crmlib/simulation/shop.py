"""The whole shop, one block of customers after the other."""

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.simulation import (
    baskets,
    branches,
    business,
    campaigns,
    engagement,
    market,
    people,
    points,
    purchases,
    records,
    service,
    surveys,
    wallet,
)
from crmlib.simulation.consents import Consents
from crmlib.simulation.draws import NEVER, days, stream, with_gaps
from crmlib.simulation.files import TRUTH_FILE, Writer, toml
from crmlib.simulation.parameters import BUSINESS_SHARE, CATEGORIES, SIZES, TRUTH
from crmlib.text import gettext as _

BLOCK = 50_000  # customers; part of the definition: other blocks are another shop
SEED = 16


def make_shop(folder, size="small", seed=SEED, progress=None):
    """Simulate the teaching shop and write its tables.

    Parameters
    ----------
    folder : path
        Where to; made if it does not exist. Tables of an earlier shop are replaced.
    size : {"small", "medium", "large"}
        3,000, 100,000 or 10,000,000 customers.
    seed : int, 0 or more
        The same seed makes the same files, byte for byte, as long as NumPy and PyArrow are
        of the same versions.
    progress : callable, optional
        Called with (customers made, customers wanted), first with 0.

    Returns
    -------
    dict of str to int
        Table -> number of rows.

    Raises
    ------
    DataError
        If there is no such size, the seed is no whole number from 0, or the folder cannot
        be written to.

    Notes
    -----
    Every table is a Parquet file; the small shop has them as CSV too, in ``csv.zip``. The
    true parameters are in ``truth.toml``. What each column means: ``datasets/shop/README.md``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = make_shop(folder)
    >>> rows["customers"]
    3000
    """
    if size not in SIZES:
        raise DataError(
            _("There is no size {size!r}; a shop is {known}.").format(
                size=size, known=", ".join(SIZES)
            )
        )
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise DataError(_("seed is {seed!r}; it must be a whole number from 0.").format(seed=seed))
    try:
        return _written(folder, size, int(seed), progress or (lambda done, total: None))
    except OSError as problem:
        raise DataError(
            _("The shop cannot be written to {folder}: {reason}.").format(
                folder=folder, reason=problem.strerror
            )
        ) from None


def _written(folder, size, seed, progress):
    total = SIZES[size]
    sales = np.zeros((2, len(CATEGORIES)))
    with Writer(folder) as writer:
        writer.write(_of_one_size(seed))
        for number, start in enumerate(range(0, total, BLOCK)):
            progress(start, total)
            tables = block(min(BLOCK, total - start), start, number, seed)
            writer.write(tables)
            sales += _sales(tables["transactions"])
        writer.write({"market": market.market(sales)})
        writer.text(TRUTH_FILE, toml({"made": {"size": size, "seed": seed}} | TRUTH))
        if size == "small":
            writer.csv()
    progress(total, total)
    return writer.rows


def block(n, before, number, seed):
    """All tables of one block of customers; ids are numbers from 0.

    Parameters
    ----------
    n : int
        Customers in the block, business customers included.
    before : int
        Customers in the blocks before it.
    number : int
        Of the block, from 0.
    seed : int

    Returns
    -------
    dict of str to dict of columns

    Examples
    --------
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> len(tables["customers"]["kind"]), len(tables["accounts"]["headcount"])
    (400, 50)
    """

    def random(part):
        return stream(seed, number, part)

    consumers = n - int(n * BUSINESS_SHARE)
    folk = people.draw(consumers, random("people"))
    accounts = business.draw(n - consumers, random("accounts"))
    process, left = purchases.repeat_orders(
        folk["purchase_rate"],
        folk["dropout_probability"],
        folk["first"].to_numpy(),
        random("orders"),
    )
    consents = Consents(folk["joined"].to_numpy(), random("consents"))
    mailing, uplift = campaigns.run(folk, left, consents, process, random("campaigns"))
    orders = purchases.complete(pd.concat(mailing.orders), folk, random("channels"))
    lines = baskets.fill(orders, folk, random("baskets"))
    log = baskets.transactions(orders, lines, random("returns"))
    visited = engagement.visits(folk, left, orders, mailing.greeted, random("visits"))
    tickets = service.tickets(left, orders, lines, random("tickets"))
    money, share = wallet.wallets(folk, random("wallets"))
    typed, typed_truth = records.customer_records(folk, before, random("records"))
    return {
        "customers": people.customers(folk, accounts, random("traits")),
        "customer_records": typed,
        "transactions": log,
        "visits": visited,
        "interactions": engagement.interactions(
            folk, orders, lines, visited, random("interactions")
        ),
        "consents": consents.table(),
        "assignments": campaigns.assignments(mailing),
        "contacts": campaigns.contacts(mailing),
        "points": points.ledger(folk, log, random("points")),
        "referrals": engagement.referrals(folk, left, random("referrals")),
        "tickets": tickets,
        "surveys": surveys.surveys(folk, left, tickets, random("surveys")),
        "category_spend": wallet.category_spend(folk, money, log, random("panel")),
        "accounts": business.table(accounts, consumers, random("account traits")),
        "account_orders": business.orders(accounts, consumers, random("account orders")),
        "leads": business.leads(accounts, consumers, random("leads")),
        "truth_customers": _truth(folk, left, money, share, uplift),
        "truth_accounts": _truth_of_accounts(accounts, consumers),
        "truth_records": typed_truth,
    }


def _of_one_size(seed):
    """Tables that are the same however many customers there are."""

    def random(part):
        return stream(seed, 0, part)

    callers = SIZES["small"] - int(SIZES["small"] * BUSINESS_SHARE)
    return {
        "products": baskets.products(),
        "stores": branches.stores(random("stores")),
        "staff": branches.staff(random("staff")),
        "staff_surveys": branches.staff_surveys(random("staff surveys")),
        "campaigns": campaigns.campaigns(),
        "calls": service.calls(callers, random("calls")),
        "market_survey": market.market_survey(random("market survey")),
        "brand_ratings": market.brand_ratings(random("brand ratings")),
        "choice_experiment": market.choice_experiment(random("choice experiment")),
    }


def _sales(log):
    """Yuan by year and category."""
    year = log["time"].astype("datetime64[Y]").astype(int) + 1970 - 2023
    category = log["product_id"] // (2 * baskets.RUNGS)
    flat = np.bincount(year * len(CATEGORIES) + category, log["amount"], 2 * len(CATEGORIES))
    return flat.reshape(2, len(CATEGORIES))


def _truth(folk, left, money, share, uplift):
    """The table ``truth_customers``."""
    names = ["need", "loyalty", "value", "price_sensitivity", "engagement"]
    return {
        "customer_id": np.arange(len(folk)),
        **{name: folk[name].round(4) for name in names},
        "purchase_rate": folk["purchase_rate"].round(6),
        "dropout_probability": folk["dropout_probability"].round(6),
        "mean_spend": folk["mean_spend"].round(4),
        "left_on": days(left),
        "alive": with_gaps(left >= NEVER, folk["first"] >= NEVER),
        "segment": folk["segment"],
        "wallet": np.round(money, 2),
        "wallet_share": np.round(share, 4),
        **uplift,
    }


def _truth_of_accounts(accounts, first_customer):
    """The table ``truth_accounts``."""
    return {
        "customer_id": first_customer + np.arange(len(accounts)),
        "order_rate": accounts["order_rate"].round(6),
        "share": accounts["share"].round(4),
    }
