"""A campaign as its owner keeps it: who was contacted, what came of it, what was known before."""

import pandas as pd

from crmlib.errors import CannotAnswer, DataError
from crmlib.retention import words
from crmlib.retention.campaigns.campaign import read_campaign
from crmlib.retention.tables import column
from crmlib.retention.taken import Taken, ids, listed, sides
from crmlib.text import gettext as _

ENOUGH = 100  # customers in an arm, and who left: from fewer, every interval holds everything


def read(table, columns, show_names=True):
    """A table of customers as a campaign.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer; its index numbers the rows.
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
    campaign : crmlib.retention.campaigns.campaign.Campaign
        The index of its features names the customers.
    report : crmlib.retention.taken.Taken
        Rows in, kept and set aside, and what each column was taken for.

    Raises
    ------
    DataError
        If a column is missing or cannot be read, or the two arms are not told; and as
        :func:`crmlib.retention.campaigns.campaign.read_campaign`.
    CannotAnswer
        If an arm has fewer than 100 customers.

    Examples
    --------
    >>> table = pd.DataFrame({"mail": 150 * ["yes", "no"], "buys": 150 * [1, 0], "age": range(300)})
    >>> found, report = read(table, {"treatment": "mail", "outcome": "buys"})
    >>> int(found.treated.sum()), report.words
    (150, '300 rows in: 300 kept, 0 set aside.')
    """
    if "outcome" not in columns:
        raise DataError(_("Of a campaign two columns are needed: treatment=…,outcome=…"))
    treatment, told = columns["treatment"], columns["outcome"]
    arm = words.text(column(table, treatment))
    outcome = words.numbered(column(table, told), told, columns.get("good"))
    one = _arm(arm, columns.get("contacted"), words.YES)
    other = _arm(arm, columns.get("held_out"), words.NO)
    if words.sounds_like(told) == "leaving" and "good" not in columns:
        raise DataError(
            _(
                "{column} sounds like leaving; say which of its values is the good end, such as "
                "good=0 where 1 means that somebody left, or good=1 where it does not."
            ).format(column=told)
        )
    if not (one.any() and other.any()):
        raise DataError(
            _(
                "{treatment} holds {words}; say which two to compare with contacted=… and "
                "held_out=…"
            ).format(
                treatment=treatment,
                words=_(", ").join(map(repr, arm.drop_duplicates()[:5].tolist())),
            )
        )
    kept = (one | other) & outcome.notna()
    later, names = listed(columns), ids(table, columns)
    named = names if show_names else []
    index = table.index[kept].rename("row")
    if named:
        index = pd.Index(column(table, named[0])[kept], name="customer_id")
    known = table.drop(columns=[treatment, told])[kept]
    known = known.assign(__contacted=one[kept].astype(int), __outcome=outcome[kept])
    found = read_campaign(
        known.set_index(index), "__contacted", "__outcome", leave_out=[*later, *names]
    )
    for n, side in ((one & kept).sum(), _("contacted")), ((other & kept).sum(), _("held out")):
        if n < ENOUGH:
            raise CannotAnswer(
                _(
                    "This campaign cannot answer the question: {n} were {arm}, and {least} are "
                    "needed."
                ).format(n=n, arm=side, least=ENOUGH)
            )
    why = _("another treatment, or no outcome")
    taken = [
        (_("treatment"), treatment, sides(arm, one, _("contacted"), other, _("held out"))),
        (_("outcome"), told, _outcome_taken(column(table, told), outcome)),
        _called(named),
        (
            _("not looked at"),
            _(", ").join([*later, *names]),
            _("ids, and what was known only later"),
        ),
        (_("looked at"), _(", ").join(map(str, found.features.columns)), _("known before")),
    ]
    return found, Taken(len(table), int(kept.sum()), why, taken)


def _called(named):
    if named:
        return _("customer"), named[0], _("by which the list calls her")
    return _("customer"), _("row"), _("her row in the file, the headings being row 1")


def _outcome_taken(given, outcome):
    if set(outcome.dropna()) <= {0, 1}:
        said = words.text(given)
        return sides(said, outcome == 1, _("good"), outcome == 0, _("not"))
    return _("a number: the more the better")


def _arm(arm, word, otherwise):
    return arm.str.lower().isin(otherwise) if word is None else arm == str(word)
