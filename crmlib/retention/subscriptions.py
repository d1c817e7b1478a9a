"""Contracts as customers followed period by period, from a table of starts and ends.

A contract that ends by its first anniversary is one that was not renewed: its customer
paid for one period. So periods are counted by the calendar, not in days.

- A customer is *followed* for the whole periods between her start and the last day that
  is known about. What happens in the period under way does not count yet: those who leave
  in it are known, those who will still leave in it are not.
- She has *left* if her contract ended in a period that she was followed through.

The share still there at each age is Kaplan and Meier's
(:func:`crmlib.retention.survival.kaplan_meier`). A table that says itself how many are
still there at ages 0, 1, 2 … is taken as it is.
"""

import numpy as np
import pandas as pd

from crmlib.customers import UNIT_DAYS
from crmlib.errors import CannotAnswer, DataError
from crmlib.quantities import units
from crmlib.retention.checks import choice, numbers
from crmlib.retention.survival import kaplan_meier
from crmlib.retention.tables import column, day
from crmlib.text import Sentence, ngettext
from crmlib.text import gettext as _
from crmlib.transactions import Report
from crmlib.transactions.columns import normalise
from crmlib.transactions.times import read_times

CUSTOMERS, LEFT, PERIODS = 50, 10, 3  # from fewer, two parameters are guesses
WATCHED = 30  # with fewer still followed an age tells little
NEVER = pd.Timestamp("2100-01-01")  # an end from then on is a way to say "none"
OUT_OF_HUNDRED = 10  # customers for each per cent: a group published in per cent is 1,000
SPELLINGS = {
    "start": """start start_date started started_at begin begin_date signup signup_date
        subscribed_at contract_start valid_from joined 开始日期 起始日期 签约日期 开通日期""",
    "end": """end end_date ended ended_at finish cancelled cancelled_at cancel_date churn_date
        contract_end valid_to left 结束日期 终止日期 到期日期 退订日期""",
}


def read(table, columns=None, *, unit="year", observation_end=None):
    """Each customer's periods, and what was wrong with the table.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a contract, with a day of start and, if it has ended, of end. Or one row
        an age: 0, 1, 2 … in the first column, and in each other the customers of a group
        who are still there, in numbers or, if its name ends in ``_pct``, in per cent.
    columns : dict, optional
        ``start`` and ``end`` -> heading, where they are not recognised.
    unit : {"day", "week", "month", "year"}
        A period of the contract.
    observation_end : datetime-like, optional
        The last day that the table knows about; by default the last day in it.

    Returns
    -------
    contracts : pandas.DataFrame
        One row a customer: ``group``, ``duration`` (whole periods that she was followed)
        and ``observed`` (bool: she left in the last of them).
    report : crmlib.transactions.Report or Sentence
        What was read, and the rows set aside: without a start, with a date that cannot be
        read, ending before they start, or starting after the last day.

    Raises
    ------
    DataError
        If no column is recognised as the start or the end, or most dates cannot be read.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"start": ["2020-01-01", "2020-03-01", ""], "end": ["2021-01-01", None, "2021-05-01"]}
    ... )
    >>> contracts, report = read(table, observation_end="2023-06-30")
    >>> contracts.to_numpy().tolist()
    [['all', 1, True], ['all', 3, False]]
    >>> report.rows_in, report.rows_kept, report.rows_aside
    (3, 2, 1)
    """
    choice("unit", unit, tuple(UNIT_DAYS))
    if not columns and not _spelled_as(table, "start") and _holds_ages(table):
        return _from_ages(table)
    places = {role: _heading(table, role, columns) for role in SPELLINGS}
    starts, start_form = _times(table, places["start"])
    ends, _form = _times(table, places["end"])
    given = column(table, places["end"]).notna().to_numpy()
    never = (ends >= NEVER).to_numpy()
    ends = ends.mask(never)
    if observation_end is None:
        last = max(starts.max(), ends.max()) if ends.notna().any() else starts.max()
    else:
        last = day("observation_end", observation_end)
    rules = {
        "missing_start": (_("no start, or none that can be read"), starts.isna()),
        "unreadable_end": (_("end that cannot be read"), given & ends.isna() & ~never),
        "end_before_start": (_("end before start"), ends < starts),
        "start_too_late": (_("start after the last day"), starts > last),
    }
    aside = np.any([np.asarray(wrong) for _name, wrong in rules.values()], axis=0)
    report = _report(table, places, starts, last, start_form, rules, never, aside)
    starts, ends = starts[~aside], ends[~aside]
    lived = _periods(starts, last, unit, whole=True)
    paid = np.maximum(_periods(starts, ends.fillna(last), unit, whole=False), 1)
    observed = ends.notna().to_numpy() & (paid <= lived)
    contracts = pd.DataFrame(
        {"group": "all", "duration": np.where(observed, paid, lived), "observed": observed}
    )
    return contracts, report


def suitability(contracts, unit="year"):
    """Whether the contracts can say how retention goes on.

    Parameters
    ----------
    contracts : pandas.DataFrame
        As :func:`read` gives it.
    unit : {"day", "week", "month", "year"}

    Returns
    -------
    Sentence
        What they hold.

    Raises
    ------
    CannotAnswer
        If a group has fewer than 50 customers, fewer than 10 who left, or fewer than 3
        periods through which 30 were followed.

    Examples
    --------
    >>> from crmlib import datasets
    >>> print(suitability(read(datasets.table("sbg"))[0]))
    They can: 2,000 customers were followed for up to 12 years, and 1,433 of them left.
    """
    for _name, group in contracts.groupby("group", sort=False):
        periods = len(_followed(group["duration"]))
        for found, least, words in (
            (len(group), CUSTOMERS, _("there are {n} customers, and {least} are needed")),
            (group["observed"].sum(), LEFT, _("{n} customers left, and {least} are needed")),
            (
                periods,
                PERIODS,
                _("30 could be followed for {n} periods only, and {least} are needed"),
            ),
        ):
            if found < least:
                lack = words.format(n=found, least=least)
                raise CannotAnswer(
                    _("These contracts cannot answer the question: {lack}.").format(lack=lack)
                )
    return Sentence(
        _(
            "They can: {n:,} customers were followed for up to {most} {units}, and {left:,} of "
            "them left."
        ).format(
            n=len(contracts),
            most=contracts["duration"].max(),
            units=units(unit),
            left=contracts["observed"].sum(),
        )
    )


def survivors(contracts):
    """Customers still there at each age, group by group.

    The shares are Kaplan and Meier's. They are multiplied by as many customers as would,
    with these shares, have been followed through as many periods as really were: a fit to
    them is neither surer nor less sure than the contracts make it.

    Parameters
    ----------
    contracts : pandas.DataFrame
        As :func:`read` gives it.

    Returns
    -------
    pandas.DataFrame
        Index ``age`` in periods from 0, up to the last through which 30 customers of each
        group were followed; one column of customers a group.

    Examples
    --------
    >>> from crmlib import datasets
    >>> survivors(read(datasets.table("sbg"))[0]).loc[[0, 1, 12]].round().to_numpy().tolist()
    [[1000.0, 1000.0], [631.0, 869.0], [173.0, 394.0]]
    """
    found = {}
    for name, group in contracts.groupby("group", sort=False):
        at_risk = _followed(group["duration"])
        ages = pd.RangeIndex(len(at_risk) + 1, name="age")
        curve = kaplan_meier(group["duration"], group["observed"])
        share = curve.set_index("time")["survival"].reindex(ages, method="ffill")
        found[name] = share * at_risk.sum() / share.iloc[:-1].sum()
    return pd.DataFrame(found).dropna()


def per_period(yearly, unit="year"):
    """A yearly rate, such as the price of money, for a shorter period.

    Parameters
    ----------
    yearly : float
    unit : {"day", "week", "month", "year"}

    Returns
    -------
    float

    Examples
    --------
    >>> print(per_period(0.10), per_period(0.10, "month").round(5))
    0.1 0.00797
    """
    yearly = numbers("discount", yearly, lambda rate: rate > 0, "discount > 0")
    if unit == "year":
        return yearly
    return np.expm1(np.log1p(yearly) * UNIT_DAYS[unit] / UNIT_DAYS["year"])


def _followed(duration):
    """How many were followed through periods 1, 2, …, as long as they are 30 or more."""
    counts = np.bincount(duration.to_numpy(dtype=int))
    through = counts[::-1].cumsum()[::-1][1:]
    return through[through >= WATCHED]


def _holds_ages(table):
    first = column(table, table.columns[0])
    numeric = all(dtype.kind in "iuf" for dtype in table.dtypes) and table.shape[1] > 1
    return numeric and len(table) > 1 and (first == np.arange(len(table))).all()


def _from_ages(table):
    pieces = []
    for name in table.columns[1:]:
        here = numbers(name, column(table, name), lambda n: n >= 0, _("numbers, 0 or more"))
        there = np.rint(here * (OUT_OF_HUNDRED if str(name).endswith("_pct") else 1)).astype(int)
        lost = -np.diff(there)
        if (lost < 0).any():
            age = int(np.argmax(lost < 0)) + 1
            raise DataError(
                _("{name} rises at age {age}; accepted: as many as before, or fewer.").format(
                    name=name, age=age
                )
            )
        ages = np.arange(1, len(here))
        duration = np.append(np.repeat(ages, lost), np.full(there[-1], ages[-1]))
        observed = np.arange(there[0]) < lost.sum()
        group = str(name).removesuffix("_pct").replace("_", " ")
        pieces.append(pd.DataFrame({"group": group, "duration": duration, "observed": observed}))
    told = ngettext(
        "{source}: {ages} ages of {n} group, none set aside.",
        "{source}: {ages} ages of {n} groups, none set aside.",
        len(pieces),
    ).format(source=_source(table), ages=len(table), n=len(pieces))
    return pd.concat(pieces, ignore_index=True), Sentence(told)


def _heading(table, role, columns):
    if columns and role in columns:
        column(table, columns[role])  # says what is wrong if it is not there
        return columns[role]
    found = _spelled_as(table, role)
    if len(found) != 1:
        raise DataError(
            _(
                "No column, or more than one, is recognised as {role} among {headings}; say which "
                "it is with columns={choice}."
            ).format(
                role=role,
                headings=", ".join(map(repr, table.columns[:12])),
                choice={"start": "…", "end": "…"},
            )
        )
    return found[0]


def _spelled_as(table, role):
    known = [normalise(word) for word in SPELLINGS[role].split()]
    return [heading for heading in table.columns if normalise(heading) in known]


def _times(table, heading):
    """The days in a column, missing where there is none or none can be read; the format."""
    values = column(table, heading)
    if values.isna().all():
        return pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]"), ""
    times, form, _notes = read_times(values, heading, values.index.to_numpy())
    return pd.Series(times, index=values.index).dt.normalize(), form


def _periods(starts, ends, unit, whole):
    """Whole periods from start to end, or those begun; months and years by the calendar."""
    if unit in ("day", "week"):
        days = (ends - starts).dt.days.to_numpy() / UNIT_DAYS[unit]
        return (np.floor(days) if whole else np.ceil(days)).astype(int)
    ends = pd.Series(ends, index=starts.index)
    months = 12 * (ends.dt.year - starts.dt.year) + ends.dt.month - starts.dt.month
    renewal = np.minimum(starts.dt.day, ends.dt.days_in_month)  # in the month of the end
    months += -(ends.dt.day < renewal).astype(int) if whole else (ends.dt.day > renewal)
    length = 12 if unit == "year" else 1
    return (months // length if whole else -(-months // length)).to_numpy(dtype=int)


def _report(table, places, starts, last, form, rules, never, aside):
    reason = pd.Series(pd.NA, index=table.index, dtype="object")
    lines = []
    for key, (name, wrong) in {**rules, "never": (_("end in 2100 or later"), never)}.items():
        wrong = np.asarray(wrong)
        if wrong.any():
            first = table.index[wrong][0]
            cells = [table.at[first, heading] for heading in places.values()]
            shown = [_("nothing") if pd.isna(cell) else repr(cell) for cell in cells]
            lines.append(
                {
                    "key": key,
                    "finding": name,
                    "rows": int(wrong.sum()),
                    "share": wrong.mean(),
                    "treatment": _("still active") if key == "never" else _("set aside"),
                    "example": _("row {row}: {shown}").format(row=first, shown=", ".join(shown)),
                }
            )
        if key in rules:
            reason = reason.mask(wrong & reason.isna().to_numpy(), name)
    put = table[aside].copy()
    put.insert(0, "reason", reason[aside])
    put.insert(0, "row", put.index)
    names = ["key", "finding", "rows", "share", "treatment", "example"]
    kept = starts[~aside]
    told = _("Known up to {last:%Y-%m-%d}; a contract without an end by then is still active.")
    return Report(
        source=_source(table),
        rows_in=len(table),
        rows_kept=len(kept),
        rows_aside=int(aside.sum()),
        customers=len(kept),
        first_time=kept.min(),
        last_time=last,
        time_format=form,
        columns=places,
        unused=[str(name) for name in table.columns if name not in places.values()],
        findings=pd.DataFrame(lines, columns=names).set_index("key"),
        aside=put.reset_index(drop=True),
        notes=[told.format(last=last)],
    )


def _source(table):
    return table.attrs.get("source", _("Data frame"))
