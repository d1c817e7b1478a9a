"""What a table can tell of leaving: contracts, a log of purchases, or a campaign.

Each answers another question. Contracts have a start and, once they are over, an end: they
say who left, and when. A log of purchases holds no goodbye: it says who fell silent. Only a
campaign drawn by lot says whom a contact changed. Which of the three a table is, is told by
the columns that its owner names; what it does not tell is looked at in the teaching shop.
"""

from dataclasses import replace

import pandas as pd

from crmlib import datasets
from crmlib.errors import DataError
from crmlib.retention import campaign_table, churn, contract_table, survival, words
from crmlib.retention.campaign import read_campaign
from crmlib.retention.tables import cohort_of, column, yes_or_no
from crmlib.retention.taken import Taken, ids, listed, sides
from crmlib.text import Sentence, hint, joined
from crmlib.text import gettext as _
from crmlib.transactions.columns import ROLES as LOG

SHOP = "shop"
LAST_DAY = "2024-12-31"  # of the shop
ROLES = {
    "contracts": ("start", "end", "duration", "left", "group"),
    "campaign": ("treatment", "outcome", "contacted", "held_out"),
    "both": ("good", "leave_out"),
}


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

    Raises
    ------
    DataError
        If there is no such role.

    Examples
    --------
    >>> kind({}), kind({"start": "begin", "end": "end"}), kind({"treatment": "mail"})
    ('log', 'contracts', 'campaign')
    """
    known = [*LOG, *(role for some in ROLES.values() for role in some)]
    for role in columns:
        if role not in known:
            raise DataError(
                _("There is no role {role!r} for a column; {hint}").format(
                    role=role, hint=hint(str(role), known)
                )
            )
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
                "This table holds contracts: it can say how long customers stay, when they leave, and "
                "who may go next. It cannot say whom a contact would change."
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
        ``left`` (yes or no; ``good`` is its word for those who stayed, if it is not no).
        ``group`` makes groups of its own; without it contracts are grouped by the quarter of
        their start.

    Returns
    -------
    table : pandas.DataFrame
        One row a contract: the columns of the table, ``duration`` (months), ``observed``
        (bool: its end was seen) and ``group`` (text). With days also ``start`` and ``end``
        (missing if it was not seen), and the last day known in ``attrs["last_day"]``.
    report : crmlib.transactions.Report or crmlib.retention.taken.Taken
        Rows in, kept and set aside, and what each column was taken for.

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
    table = _numbered(dataset)
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
    try:
        return datasets.transactions(dataset, columns=columns, show_names=show_names)
    except DataError as error:
        if columns or str(dataset) in datasets.names():
            raise
        raise DataError(
            joined(
                str(error),
                _(
                    "If it is no log of purchases, say so: --columns start=…,end=… or "
                    "--columns duration=…,left=… for contracts, --columns treatment=…,outcome=… "
                    "for a campaign."
                ),
            )
        ) from error


def campaign(dataset, columns, show_names=True):
    """A campaign drawn by lot; if the table is none, the shop's voucher of November.

    Parameters
    ----------
    dataset : str or path
    columns : dict
        ``treatment`` and ``outcome``; ``contacted`` and ``held_out``, the two words of the
        treatment to compare, if they are not yes and no; ``good``, the word of the outcome
        that counts as 1; ``leave_out``, columns known only afterwards, separated by
        semicolons; ``customer_id``, if its heading does not say it.
    show_names : bool
        Whether customers keep their ids. If not, or if there are none, a customer is a row
        of the file.

    Returns
    -------
    campaign : crmlib.retention.campaign.Campaign
        The index of its features names the customers.
    report : crmlib.retention.taken.Taken
        Rows in, kept and set aside, and what each column was taken for.

    Raises
    ------
    DataError
        As :func:`crmlib.retention.campaign_table.read`.
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
    return campaign_table.read(_numbered(dataset), columns, show_names)


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
    report : crmlib.retention.taken.Taken

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
    return found, Taken(len(drawn), len(table), _("no purchase in the log before the campaign"))


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
        As :func:`crmlib.retention.uplift.progressive` gives it of two models.
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


def _numbered(dataset):
    """A table whose index numbers the rows as an editor shows them, the headings being row 1."""
    table = datasets.table(dataset)
    if table.index.name != "row":  # of the catalogue, or of Parquet, which has no headings
        first = 1 if datasets.resolve(dataset)[0].suffix == ".parquet" else 2
        table.index = pd.RangeIndex(first, first + len(table), name="row")
    return table


def _permissions():
    """From when until when the shop may write to each customer, and who she is."""
    consents = datasets.load(SHOP, "consents")
    withdrawn = consents["state"] == "withdrawn"
    by_customer = ("customer_id", "changed_on")
    given, gone = (
        consents.loc[rows, by_customer].groupby("customer_id")["changed_on"]
        for rows in (~withdrawn, withdrawn)
    )
    found = pd.DataFrame({"given_on": given.min(), "withdrawn_on": gone.max()})
    customers = datasets.load(SHOP, "customers").set_index("customer_id")
    found = found.join(customers[["source", "region", "city_tier", "age", "sex"]]).reset_index()
    found.attrs["source"] = datasets.describe(SHOP).tables["consents"].name
    return found


def _dated(table, columns, last_day=None):
    named = {role: columns[role] for role in contract_table.SPELLINGS if role in columns}
    places, notes = contract_table.roles(table, named)
    days, last, form = contract_table.days(table, places, last_day)
    known = _("Known up to {last:%Y-%m-%d}; a contract without an end by then is still active.")
    notes = [known.format(last=last), *notes]
    report = contract_table.report(table, places, days, last, form, notes)
    report = replace(report, unused=listed(columns))  # a churn score looks at all the others
    days = days.drop(index=report.aside["row"])
    observed = days["end"] <= last
    found = table.loc[days.index].assign(
        duration=survival.elapsed(days["start"], days["end"].where(observed, last)),
        observed=observed,
        start=days["start"],
        end=days["end"].where(observed),
        cohort=cohort_of(days["start"], "quarter"),
    )
    found.attrs["last_day"] = last
    return _grouped(found, places, found["cohort"]), report


def _counted(table, columns):
    if "left" not in columns:
        raise DataError(_("Of durations two columns are needed: duration=…,left=…"))
    months, told, good = columns["duration"], columns["left"], columns.get("good")
    duration = pd.to_numeric(column(table, months), errors="coerce")
    said = words.text(column(table, told))
    kept = (duration >= 0) & (said != "")
    left = words.numbered(column(table, told)[kept], told, good)
    if good is not None:
        left = 1 - left  # the good ones stayed
    left = pd.Series(yes_or_no(left, told, 1, 0), index=left.index)
    found = table[kept].assign(duration=duration[kept], observed=left)
    why = _("no duration, or not known whether they left")
    taken = [
        (_("duration"), months, _("months")),
        (_("left"), told, sides(said[kept], left, _("left"), ~left, _("still there"))),
    ]
    if "group" in columns:
        taken.append((_("group"), columns["group"], _("a curve for each")))
    aside = _(", ").join([*listed(columns), *ids(table, columns)])
    taken.append((_("not looked at"), aside, _("ids, and what was known only later")))
    warning = ""
    if words.sounds_like(told) == "staying" and good is None:
        warning = _(
            "{column} sounds like staying, and yes counts as having left here. If yes means that "
            "somebody stayed, say good=yes, with the word that your table has."
        ).format(column=told)
    report = Taken(len(table), int(kept.sum()), why, taken, warning)
    return _grouped(found, columns, _("all")), report


def _grouped(table, columns, otherwise):
    group = column(table, columns["group"]).astype("str") if "group" in columns else otherwise
    return table.assign(group=group)
