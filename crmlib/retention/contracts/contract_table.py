"""A table of contracts as its owner keeps it: headings, days, and what is wrong with it.

Nothing is guessed and nothing is lost: a row is kept or set aside with a reason, and what is
odd about a row that is kept is told with an example.
"""

import numpy as np
import pandas as pd

from crmlib.datasets.roles import CONTRACTS, spelled_as
from crmlib.errors import DataError
from crmlib.retention.tables import column, day
from crmlib.text import gettext as _
from crmlib.transactions import Report
from crmlib.transactions.columns import normalise
from crmlib.transactions.times import read_times

GROUP_SIZE, GROUPS = 50, 6  # smaller groups say little, and more lines nobody tells apart
NEVER = pd.Timestamp("2100-01-01")  # an end from then on is a way to say "none"
OPEN = """active still_active open ongoing current running present none no aktiv laufend offen
    有效 在用 在网 正常 使用中 生效中 未到期 未结束""".split()
SPELLINGS = {
    **CONTRACTS,
    "customer_id": """customer_id customer customer_number client client_id member member_id
        subscriber subscriber_id user_id account_id kundennummer 客户编号 客户号 会员编号 会员号
        用户编号""",
    "group": "group segment gruppe 组别 分组 客户组",
}
NEEDED = ("start", "end")


def roles(table, columns=None):
    """Which column plays which part.

    Parameters
    ----------
    table : pandas.DataFrame
    columns : dict, optional
        Role -> heading, where it is not recognised: ``start`` and ``end``; and, if there are
        such, ``customer_id`` and ``group``.

    Returns
    -------
    places : dict of str to str
        A ``group`` that nobody named is taken if it has 2 to 6 groups of 50 rows or more.
    notes : list of str
        Why a group was not taken.

    Raises
    ------
    DataError
        If a column named is not there, or the start or the end is not recognised.

    Examples
    --------
    >>> roles(pd.DataFrame({"Begin Date": ["2020-01-01"], "cancelled_at": [None]}))[0]
    {'start': 'Begin Date', 'end': 'cancelled_at'}
    """
    places, notes = {}, []
    for role in SPELLINGS:
        named = (columns or {}).get(role)
        if named is not None:
            column(table, named)  # says what is wrong if it is not there
        found = [named] if named is not None else spelled_as(table.columns, SPELLINGS[role])
        if len(found) == 1:
            places[role] = found[0]
        elif role in NEEDED:
            raise DataError(
                _(
                    "No column, or more than one, is recognised as {role} among {headings}; say "
                    "which it is with {choice}."
                ).format(
                    role=role,
                    headings=_(", ").join(map(repr, table.columns[:12])),
                    choice="start='…', end='…'",
                )
            )
    if "group" in places and "group" not in (columns or {}):
        sizes = column(table, places["group"]).value_counts()
        if not 2 <= len(sizes) <= GROUPS or sizes.min() < GROUP_SIZE:
            told = _("Column {name!r} is not used: {n} groups, the smallest of {size} rows.")
            notes = [told.format(name=places.pop("group"), n=len(sizes), size=sizes.min())]
    return places, notes


def days(table, places, observation_end=None):
    """When each contract started and ended, and the last day that is known about.

    Parameters
    ----------
    table : pandas.DataFrame
    places : dict of str to str
        Of :func:`roles`.
    observation_end : datetime-like, optional
        The last day; by default the last one in the table that is not after today.

    Returns
    -------
    found : pandas.DataFrame
        Indexed as the table: ``start`` and ``end`` (missing where there is none, or none can
        be read), ``open`` (a word in place of an end), ``never`` (an end in 2100 or later,
        which is none) and ``unreadable`` (an end that is neither).
    last : Timestamp
    time_format : str
        How the starts were read.

    Raises
    ------
    DataError
        If most of the days cannot be read, or all are after today.

    Examples
    --------
    >>> table = pd.DataFrame({"start": ["2020-01-01", "2020-03-01"], "end": ["有效", "2021-03-01"]})
    >>> found, last, _form = days(table, {"start": "start", "end": "end"})
    >>> found["open"].tolist(), str(last.date())
    ([True, False], '2021-03-01')
    """
    start, form = _times(column(table, places["start"]), places["start"])
    given = column(table, places["end"])
    words = [normalise(word) for word in OPEN]
    is_open = given.astype("str").map(normalise, na_action="ignore").isin(words) & given.notna()
    told = given.mask(is_open)
    end, _form = _times(told, places["end"])
    never = end >= NEVER
    unreadable = told.notna() & end.isna()
    end = end.mask(never)
    found = pd.DataFrame(
        {"start": start, "end": end, "open": is_open, "never": never, "unreadable": unreadable}
    )
    if observation_end is not None:
        return found, day("observation_end", observation_end), form
    both = pd.concat([start, end])
    last = both[both <= pd.Timestamp.today()].max()
    if pd.isna(last):
        raise DataError(
            _("All days in {name!r} are after today; accepted: contracts that have begun.").format(
                name=places["start"]
            )
        )
    return found, last, form


def report(table, places, found, last, time_format, notes):
    """What was wrong with the table, row by row and as counts.

    Parameters
    ----------
    table : pandas.DataFrame
    places, found, last, time_format
        Of :func:`roles` and :func:`days`.
    notes : list of str
        More to tell.

    Returns
    -------
    crmlib.transactions.Report
        Its ``aside`` are the rows not to be used.

    Examples
    --------
    >>> table = pd.DataFrame({"start": ["2020-01-01", None], "end": [None, "2021-03-01"]})
    >>> places = {"start": "start", "end": "end"}
    >>> told = report(table, places, *days(table, places), [])
    >>> told.findings["rows"].to_dict(), told.aside["row"].tolist()
    ({'missing_start': 1}, [1])
    """
    start, end = found["start"], found["end"]
    rules = {
        "missing_start": (_("no start, or none that can be read"), start.isna()),
        "unreadable_end": (_("end that cannot be read"), found["unreadable"]),
        "end_before_start": (_("end before start"), end < start),
        "start_too_late": (_("start after the last day"), start > last),
    }
    remarks = {
        "open": (_("a word in place of an end"), found["open"], _("still active")),
        "never": (_("end in 2100 or later"), found["never"], _("still active")),
        "end_too_late": (_("end after the last day"), end > last, _("still active")),
    }
    if "group" in places:
        rules["missing_group"] = (_("no group"), column(table, places["group"]).isna())
    who = column(table, places["customer_id"]) if "customer_id" in places else None
    if who is not None:
        same = [places[role] for role in ("customer_id", *NEEDED)]
        rules["repeated"] = (_("line that repeats another"), table.duplicated(same) & who.notna())
    aside = np.any([wrong.to_numpy() for _name, wrong in rules.values()], axis=0)
    customers = int((~aside).sum())
    if who is not None:
        again = who.mask(aside).dropna().duplicated().reindex(who.index, fill_value=False)
        told = _("counted as one more customer")
        remarks["again"] = (_("one more contract of a customer"), again, told)
        remarks["nameless"] = (_("no customer id"), who.isna(), _("kept"))
        customers -= int(again.sum())
    done = {key: (*rule, _("set aside")) for key, rule in rules.items()}
    done |= {key: (name, odd & ~aside, how) for key, (name, odd, how) in remarks.items()}
    reason = pd.Series(pd.NA, index=table.index, dtype="object")
    lines = []
    for key, (name, rows, treatment) in done.items():
        if not rows.any():
            continue
        first = table.index[rows.to_numpy()][0]
        cells = [table.at[first, heading] for heading in places.values()]
        shown = [_("nothing") if pd.isna(cell) else repr(cell) for cell in cells]
        example = _("row {row}: {shown}").format(row=first, shown=_(", ").join(shown))
        lines.append((key, name, int(rows.sum()), rows.mean(), treatment, example))
        if key in rules:
            reason = reason.mask(rows & reason.isna(), name)
    put = table[aside].copy()
    put.insert(0, "reason", reason[aside])
    put.insert(0, "row", put.index)
    names = ["key", "finding", "rows", "share", "treatment", "example"]
    return Report(
        source=source(table),
        rows_in=len(table),
        rows_kept=int((~aside).sum()),
        rows_aside=int(aside.sum()),
        customers=customers,
        first_time=start[~aside].min(),
        last_time=last,
        time_format=time_format,
        columns=places,
        unused=[str(name) for name in table.columns if name not in places.values()],
        findings=pd.DataFrame(lines, columns=names).set_index("key"),
        aside=put.reset_index(drop=True),
        notes=notes,
    )


def source(table):
    """The name of the file that a table was read from.

    Examples
    --------
    >>> source(pd.DataFrame())
    'Data frame'
    """
    return table.attrs.get("source", _("Data frame"))


def _times(values, heading):
    """The days in a column, missing where there is none or none can be read; the format."""
    if values.isna().all():
        return pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]"), ""
    times, form, _notes = read_times(values, heading, values.index.to_numpy())
    return pd.Series(times, index=values.index).dt.normalize(), form
