"""Contracts as customers followed period by period, from a table of starts and ends.

A contract that ends by its first anniversary is one that was not renewed: its customer
paid for one period. So periods are counted by the calendar, not in days.

- A customer is *followed* for the whole periods between her start and the last day that
  is known about. What happens in the period under way does not count yet: those who leave
  in it are known, those who will still leave in it are not.
- She has *left* if her contract ended in a period that she was followed through.

A table that says itself how many are still there at ages 0, 1, 2 … is taken as it is. How
retention goes on with age is for :mod:`crmlib.retention.contracts.retention_by_age` to say.
"""

import numpy as np
import pandas as pd

from crmlib.checks import choice, numbers
from crmlib.customers import UNIT_DAYS
from crmlib.datasets.roles import CONTRACTS, spelled_as
from crmlib.errors import DataError
from crmlib.quantities import units
from crmlib.retention.contracts.contract_table import days, report, roles, source
from crmlib.retention.tables import column
from crmlib.text import Sentence, joined, ngettext
from crmlib.text import gettext as _

OUT_OF_HUNDRED = 10  # customers for each per cent: a group published in per cent is 1,000


def read(table, columns=None, *, unit="year", observation_end=None):
    """Each customer's periods, and what was wrong with the table.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a contract, with a day of start and, if it has ended, of end. Or one row
        an age: 0, 1, 2 … in the first column, and in each other the customers of a group
        who are still there, in numbers or, if its name ends in ``_pct``, in per cent.
    columns : dict, optional
        ``start`` and ``end`` -> heading, where they are not recognised; ``customer_id`` and
        ``group`` as in :func:`crmlib.retention.contracts.contract_table.roles`.
    unit : {"day", "week", "month", "year"}
        A period of the contract.
    observation_end : datetime-like, optional
        The last day that the table knows about; by default the last day in it that is not
        after today.

    Returns
    -------
    contracts : pandas.DataFrame
        One row a contract, taken for a customer: ``group``, ``duration`` (whole periods that
        she was followed), ``observed`` (bool: she left in the last of them) and ``ended``
        (bool: she has left, be it in a period that is not over yet). Where most contracts look
        as if a period was shorter, ``attrs["doubt"]`` says so.
    report : crmlib.transactions.Report or Sentence
        What was read, and the rows set aside: without a start, with a date that cannot be
        read, ending before they start, starting after the last day, repeating another, or
        without a group.

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
    >>> contracts[["duration", "observed"]].to_numpy().tolist()
    [[1, True], [3, False]]
    >>> report.rows_in, report.rows_kept, report.rows_aside
    (3, 2, 1)
    """
    choice("period", unit, tuple(UNIT_DAYS))
    if not columns and not spelled_as(table.columns, CONTRACTS["start"]) and _holds_ages(table):
        return _from_ages(table)
    places, notes = roles(table, columns)
    found, last, form = days(table, places, observation_end)
    notes = [_known_up_to(last, found if observation_end is None else None), *notes]
    told = report(table, places, found, last, form, notes)
    found = found.drop(index=told.aside["row"])
    starts, ends = found["start"], found["end"]
    lived = _periods(starts, last, unit, whole=True)
    paid = np.maximum(_periods(starts, ends.fillna(last), unit, whole=False), 1)
    observed = ends.notna().to_numpy() & (paid <= lived)
    contracts = pd.DataFrame(
        {
            "group": column(table, places["group"])[found.index].astype("str").to_numpy()
            if "group" in places
            else "all",
            "duration": np.where(observed, paid, lived),
            "observed": observed,
            "ended": (ends <= last).to_numpy(),
        }
    )
    contracts.attrs["doubt"] = _shorter(unit, (ends - starts)[ends <= last].dt.days)
    told.notes.append(joined(_counted_by(unit), contracts.attrs["doubt"]))
    return contracts, told


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


def _known_up_to(last, found):
    late = 0 if found is None else int((found[["start", "end"]] > last).sum().sum())
    if not late:
        told = _("Known up to {last:%Y-%m-%d}; a contract without an end by then is still active.")
        return told.format(last=last)
    return ngettext(
        "Known up to {last:%Y-%m-%d}, since a day after today is not taken for the last one; {n} "
        "later day was found. If another day is right, set observed_until.",
        "Known up to {last:%Y-%m-%d}, since a day after today is not taken for the last one; {n} "
        "later days were found. If another day is right, set observed_until.",
        late,
    ).format(last=last, n=late)


def _counted_by(unit):
    return _("Counted by the {unit}: margin, costs and retention are those of a {unit}.").format(
        unit=units(unit, 1)
    )


def _shorter(unit, lasted):
    """That contracts look as if a period was shorter, if they do."""
    whole = lasted / UNIT_DAYS[unit]
    inside = (np.abs(whole - whole.round()) > 0.15).mean()
    if unit == "day" or not inside > 0.5:
        return ""
    return _(
        "But {share:.0f} % of the contracts that ended did so in the middle of a {unit}; if "
        "customers can leave more often, set period, for example to {shorter!r}."
    ).format(
        share=100 * inside,
        unit=units(unit, 1),
        shorter={"year": "month", "month": "week", "week": "day"}[unit],
    )


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
        found = {"group": group, "duration": duration, "observed": observed, "ended": observed}
        pieces.append(pd.DataFrame(found))
    told = ngettext(
        "{source}: {ages} ages of {n} group, none set aside.",
        "{source}: {ages} ages of {n} groups, none set aside.",
        len(pieces),
    ).format(source=source(table), ages=len(table), n=len(pieces))
    contracts = pd.concat(pieces, ignore_index=True)
    contracts.attrs["doubt"] = ""
    return contracts, Sentence(told)


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
