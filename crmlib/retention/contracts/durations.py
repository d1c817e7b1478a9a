"""How long contracts lasted, as far as that was seen: from days, or counted already."""

from dataclasses import replace

import pandas as pd

from crmlib.errors import DataError
from crmlib.retention import words
from crmlib.retention.contracts import contract_table
from crmlib.retention.leaving import survival
from crmlib.retention.tables import cohort_of, column, yes_or_no
from crmlib.retention.taken import Taken, ids, listed, sides
from crmlib.text import gettext as _


def dated(table, columns, last_day=None):
    """Durations of contracts whose days are known.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n, k)
        The index, named ``row``, tells which row of the file each is.
    columns : dict
        ``start`` and ``end``, where their headings are not recognised; ``group``.
    last_day : str or date, optional
        Until when ends are known; otherwise the last day that the table holds.

    Returns
    -------
    table : pandas.DataFrame
    report : crmlib.transactions.Report
        Both as :func:`crmlib.retention.evidence.contracts` gives them.

    Raises
    ------
    DataError
        If a column is missing or its days cannot be read.

    Examples
    --------
    >>> table = pd.DataFrame({"begin": ["2024-01-15", "2024-02-01"], "over": ["2024-04-15", None]})
    >>> found, report = dated(table.rename_axis("row"), {"start": "begin", "end": "over"})
    >>> found[["duration", "observed"]].round(2).to_numpy().tolist()
    [[3.0, True], [2.47, False]]
    """
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


def counted(table, columns):
    """Durations of contracts that their owner has counted, in months.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n, k)
    columns : dict
        ``duration`` and ``left`` (yes or no; ``good`` is its word for those who stayed, if it
        is not no); ``group``; ``leave_out``.

    Returns
    -------
    table : pandas.DataFrame
    report : crmlib.retention.taken.Taken
        Both as :func:`crmlib.retention.evidence.contracts` gives them.

    Raises
    ------
    DataError
        If a column is missing, or who left cannot be read as yes and no.

    Examples
    --------
    >>> table = pd.DataFrame({"months": [3, 12, 12], "churn": ["yes", "no", ""]})
    >>> found, report = counted(table, {"duration": "months", "left": "churn"})
    >>> found[["duration", "observed"]].to_numpy().tolist()
    [[3, True], [12, False]]
    """
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
