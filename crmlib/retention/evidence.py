"""What a table can tell of leaving: contracts, a log of purchases, or a campaign.

Each answers another question. Contracts have a start and, once they are over, an end: they
say who left, and when. A log of purchases holds no goodbye: it says who fell silent. Only a
campaign drawn by lot says whom a contact changed. Which of the three a table is, is told by
the columns that its owner names; what it does not tell is looked at in the teaching shop.
"""

import pandas as pd

from crmlib import datasets
from crmlib.errors import CannotAnswer, DataError
from crmlib.retention import churn, subscriptions, survival
from crmlib.retention.campaign import read_campaign
from crmlib.retention.tables import column, refuse, yes_or_no
from crmlib.text import Sentence
from crmlib.text import gettext as _
from crmlib.transactions.cells import NOTHING

SHOP = "shop"
LAST_DAY = "2024-12-31"  # of the shop
YES, NO = ("1", "1.0", "true", "yes", "y"), ("0", "0.0", "false", "no", "n")
ENOUGH = 100  # customers in an arm, and who left: from fewer, every interval holds everything


def kind(columns):
    """What a table is, by the roles that its columns are given.

    Parameters
    ----------
    columns : dict
        Role -> column. A campaign has a ``treatment``, contracts have a ``start`` or a
        ``duration``; any other table is read as a log.

    Returns
    -------
    {"log", "contracts", "campaign"}

    Examples
    --------
    >>> kind({}), kind({"start": "begin", "end": "end"}), kind({"treatment": "mail"})
    ('log', 'contracts', 'campaign')
    """
    if "treatment" in columns:
        return "campaign"
    return "contracts" if {"start", "duration"} & set(columns) else "log"


def scope(dataset, columns):
    """What can be answered from a table, and what cannot.

    Parameters
    ----------
    dataset : str or path
    columns : dict
        As in :func:`kind`.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(scope("mail.csv", {"treatment": "mail", "outcome": "visit"}))
    This table is a campaign: it can say whom a contact changes, not who leaves or when.
    """
    if str(dataset) == SHOP:
        return Sentence(
            _(
                "The shop has all three kinds of table: permissions with a start and an end, a log "
                "of purchases, and campaigns drawn by lot."
            )
        )
    return Sentence(
        {
            "log": _(
                "This table is a log of purchases: it can say who fell silent, and who probably "
                "will. It holds no goodbyes, and it cannot say whom a contact would change."
            ),
            "contracts": _(
                "This table holds contracts: it can say how long customers stay and when they "
                "leave. It cannot say whom a contact would change."
            ),
            "campaign": _(
                "This table is a campaign: it can say whom a contact changes, not who leaves or "
                "when."
            ),
        }[kind(columns)]
    )


def contracts(dataset, columns):
    """Contracts as durations; if the table holds none, the shop's permissions to write.

    Parameters
    ----------
    dataset : str or path
        As in :func:`crmlib.datasets.table`.
    columns : dict
        ``start`` and ``end`` (days; no end: still active), or ``duration`` (months) and
        ``left`` (yes or no). ``group`` makes groups of its own; without it contracts are
        grouped by the quarter of their start.

    Returns
    -------
    table : pandas.DataFrame
        One row a contract: ``duration`` (months), ``observed`` (bool: its end was seen) and
        ``group`` (text).
    report : crmlib.transactions.Report or Sentence
        Rows in, kept and set aside.

    Raises
    ------
    DataError
        If the file or a column cannot be used.

    Examples
    --------
    >>> table, report = contracts("shop", {})
    >>> len(table), int(table["observed"].sum())
    (2091, 171)
    """
    if kind(columns) != "contracts":
        table = _permissions()
        return _dated(table, {"start": "given_on", "end": "withdrawn_on"}, LAST_DAY)
    table = datasets.table(dataset)
    return (_counted if "duration" in columns else _dated)(table, columns)


def log(dataset, columns, show_names=True):
    """A clean log of purchases; if the table is none, the shop's.

    Parameters
    ----------
    dataset, columns, show_names
        As in :func:`crmlib.datasets.transactions`.

    Returns
    -------
    log : pandas.DataFrame
    report : crmlib.transactions.Report

    Raises
    ------
    DataError
        As :func:`crmlib.datasets.transactions`.

    Examples
    --------
    >>> log("cdnow", {})[1].rows_kept
    6919
    """
    if kind(columns) != "log":
        return datasets.transactions(SHOP)
    return datasets.transactions(dataset, columns=columns, show_names=show_names)


def campaign(dataset, columns, show_names=True):
    """A campaign drawn by lot; if the table is none, the shop's voucher of November.

    Parameters
    ----------
    dataset : str or path
    columns : dict
        ``treatment`` and ``outcome``; ``contacted`` and ``held_out``, the two words of the
        treatment to compare, if they are not yes and no; ``leave_out``, columns known only
        afterwards, separated by semicolons; ``customer_id``.
    show_names : bool
        Whether customers keep their ids. If not, or if there are none, a customer is a row
        of the file.

    Returns
    -------
    campaign : crmlib.retention.campaign.Campaign
        The index of its features names the customers.
    report : Sentence
        Rows in, kept and set aside.

    Raises
    ------
    DataError
        As :func:`crmlib.retention.campaign.read_campaign`.
    CannotAnswer
        If an arm has fewer than 100 customers.

    Examples
    --------
    >>> voucher, report = campaign("shop", {})
    >>> print(report)
    1,640 rows in: 1,634 kept, 6 set aside (no purchase in the log before the campaign).
    """
    if kind(columns) != "campaign":
        return shop_campaign("K5")
    table = datasets.table(dataset)
    if "outcome" not in columns:
        raise DataError(_("Of a campaign two columns are needed: treatment=…,outcome=…"))
    arm = _words(column(table, columns["treatment"]))
    outcome = _numbered(column(table, columns["outcome"]), columns["outcome"])
    one = _arm(arm, columns.get("contacted"), YES)
    other = _arm(arm, columns.get("held_out"), NO)
    if not (one.any() and other.any()):
        raise DataError(
            _(
                "{treatment} holds {words}; say which two to compare with contacted=… and "
                "held_out=…"
            ).format(
                treatment=columns["treatment"],
                words=", ".join(map(repr, arm.drop_duplicates()[:5].tolist())),
            )
        )
    kept = (one | other) & outcome.notna()
    later = [name.strip() for name in columns.get("leave_out", "").split(";") if name.strip()]
    names = [columns[role] for role in ("customer_id",) if role in columns]
    index = table.index[kept].rename("row")
    if names and show_names:
        index = pd.Index(column(table, names[0])[kept], name="customer_id")
    known = table.drop(columns=[columns["treatment"], columns["outcome"]])[kept]
    known = known.assign(__contacted=one[kept].astype(int), __outcome=outcome[kept])
    found = read_campaign(
        known.set_index(index), "__contacted", "__outcome", leave_out=[*later, *names]
    )
    for n, told in ((one & kept).sum(), _("contacted")), ((other & kept).sum(), _("held out")):
        if n < ENOUGH:
            raise CannotAnswer(
                _(
                    "This campaign cannot answer the question: {n} were {arm}, and {least} are "
                    "needed."
                ).format(n=n, arm=told, least=ENOUGH)
            )
    why = _("another treatment, or no outcome")
    return found, _rows(len(table), int(kept.sum()), why)


def shop_campaign(number):
    """A campaign of the teaching shop as its analyst sees it.

    Parameters
    ----------
    number : {"K3", "K5"}
        The postcard of July 2024, or the voucher of November.

    Returns
    -------
    campaign : crmlib.retention.campaign.Campaign
        Features are the purchase history on the day before; the outcome is an order on
        the campaign.
    report : Sentence

    Examples
    --------
    >>> postcard, report = shop_campaign("K3")
    >>> postcard.features.columns.tolist()
    ['silence', 'frequency', 'T', 'monetary_value']
    """
    campaigns, drawn, lines = (
        datasets.load(SHOP, name) for name in ("campaigns", "assignments", "transactions")
    )
    start = pd.Timestamp(campaigns.set_index("campaign_id").at[number, "starts_on"])
    history = churn.purchase_history(datasets.transactions(SHOP)[0], start - pd.Timedelta(days=1))
    drawn = drawn[drawn["campaign_id"] == number].set_index("customer_id")["planned_contacts"]
    ordered = lines.loc[lines["campaign_id"] == number, "customer_id"]
    table = history.join(drawn.rename("contacted"), how="inner")
    table["ordered"] = table.index.isin(ordered).astype(int)
    found = read_campaign(table, "contacted", "ordered", probability=0.5)
    return found, _rows(len(drawn), len(table), _("no purchase in the log before the campaign"))


def shop_truth(voucher):
    """What the voucher of November really changes, customer by customer.

    Parameters
    ----------
    voucher : crmlib.retention.campaign.Campaign
        Campaign K5 of the shop.

    Returns
    -------
    float array of shape (n,)
        Probability of an order with the voucher less that without it; missing for customers
        who are not the shop's, whose truth nobody knows.

    Examples
    --------
    >>> round(float(shop_truth(shop_campaign("K5")[0]).mean()), 3)
    0.079
    """
    truth = datasets.load(SHOP, "truth_customers").set_index("customer_id")
    truth = truth.reindex(voucher.features.index)
    return (truth["voucher_order_with"] - truth["voucher_order_without"]).to_numpy()


def likely_to_stay(campaign, outcomes, score=None):
    """How likely each customer of a campaign is to stay, contact or not.

    Parameters
    ----------
    campaign : crmlib.retention.campaign.Campaign
    outcomes : pandas.DataFrame
        As :func:`crmlib.retention.uplift.cross_fitted` gives it of two models.
    score : crmlib.retention.churn.ChurnModel, optional
        One less the risk by this score, if the campaign's features are what it asks for.
        Otherwise the outcome expected without contact.

    Returns
    -------
    float array of shape (n,)

    Examples
    --------
    >>> likely_to_stay(shop_campaign("K5")[0], pd.DataFrame({"without": [0.2]})).tolist()
    [0.2]
    """
    if score is not None and set(churn.HISTORY) <= set(campaign.features):
        return 1 - score.predict_probability(campaign.features)
    return outcomes["without"].to_numpy()


def _permissions():
    """From when until when the shop may write to each customer."""
    consents = datasets.load(SHOP, "consents")
    withdrawn = consents["state"] == "withdrawn"
    by_customer = ("customer_id", "changed_on")
    given, gone = (
        consents.loc[rows, by_customer].groupby("customer_id")["changed_on"]
        for rows in (~withdrawn, withdrawn)
    )
    found = pd.DataFrame({"given_on": given.min(), "withdrawn_on": gone.max()}).reset_index()
    found.attrs["source"] = datasets.describe(SHOP).tables["consents"].name
    return found


def _dated(table, columns, last_day=None):
    named = {role: columns[role] for role in ("start", "end") if role in columns}
    _periods, report = subscriptions.read(table, named, unit="month", observation_end=last_day)
    kept = table.drop(index=report.aside["row"])
    found = survival.read_subscriptions(
        kept, report.columns["start"], report.columns["end"], observation_end=report.last_time
    )
    return _grouped(found, columns, found["cohort"]), report


def _counted(table, columns):
    if "left" not in columns:
        raise DataError(_("Of durations two columns are needed: duration=…,left=…"))
    duration = pd.to_numeric(column(table, columns["duration"]), errors="coerce")
    words = _words(column(table, columns["left"])).str.lower()
    kept = (duration >= 0) & ~words.isin(NOTHING)
    codes = words[kept].map({**dict.fromkeys(YES, 1), **dict.fromkeys(NO, 0)})
    codes = codes.where(codes.notna(), words[kept])
    left = yes_or_no(codes, columns["left"], 1, 0)
    found = table[kept].assign(duration=duration[kept], observed=left)
    return _grouped(found, columns, _("all")), _rows(
        len(table), int(kept.sum()), _("no duration, or not known whether they left")
    )


def _grouped(table, columns, otherwise):
    group = column(table, columns["group"]).astype("str") if "group" in columns else otherwise
    return table.assign(group=group)


def _words(values):
    return values.astype("str").str.strip().fillna("")


def _numbered(outcome, name):
    """An outcome as numbers, missing where it says nothing; yes and no as 1 and 0."""
    words = _words(outcome).str.lower()
    if words[~words.isin(NOTHING)].isin(YES + NO).all():
        return words.map({**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)})
    numbers = pd.to_numeric(outcome, errors="coerce")
    refuse(numbers.isna() & ~words.isin(NOTHING), name, outcome, _("a number"))
    return numbers


def _arm(arm, word, otherwise):
    return arm.str.lower().isin(otherwise) if word is None else arm == str(word)


def _rows(rows, kept, why):
    told = _("{rows:,} rows in: {kept:,} kept, {aside:,} set aside.")
    if kept < rows:
        told = _("{rows:,} rows in: {kept:,} kept, {aside:,} set aside ({why}).")
    return Sentence(told.format(rows=rows, kept=kept, aside=rows - kept, why=why))
