"""Contracts as customers followed period by period, from a table of starts and ends.

A contract that ends by its first anniversary is one that was not renewed: its customer
paid for one period. So periods are counted by the calendar, not in days.

- A customer is *followed* for the whole periods between her start and the last day that
  is known about. What happens in the period under way does not count yet: those who leave
  in it are known, those who will still leave in it are not.
- She has *left* if her contract ended in a period that she was followed through.

The share still there at each age is Kaplan and Meier's
(:func:`crmlib.retention.leaving.survival.kaplan_meier`). A table that says itself how many are
still there at ages 0, 1, 2 … is taken as it is.
"""

import numpy as np
import pandas as pd
from scipy import stats

from crmlib.checks import choice, numbers
from crmlib.customers import UNIT_DAYS
from crmlib.errors import CannotAnswer, DataError
from crmlib.quantities import units
from crmlib.retention.contracts.contract_table import days, report, roles, source, spelled_as
from crmlib.retention.leaving.survival import kaplan_meier
from crmlib.retention.tables import column
from crmlib.text import Sentence, joined, ngettext
from crmlib.text import gettext as _

CUSTOMERS, LEFT, PERIODS = 50, 10, 3  # from fewer, two parameters are guesses
WATCHED, ENOUGH = 30, 100  # with fewer still followed an age tells little
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
        (bool: she has left, be it in a period that is not over yet).
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
    if not columns and not spelled_as(table, "start") and _holds_ages(table):
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
    told.notes.append(_counted_by(unit, (ends - starts)[ends <= last].dt.days))
    return contracts, told


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
        If a group has fewer than 50 contracts, fewer than 10 that ended, or fewer than 3
        periods through which 30 were followed.

    Examples
    --------
    >>> from crmlib import datasets
    >>> print(suitability(read(datasets.table("sbg"))[0]))
    They can: of 2,000 contracts 1,433 have ended, and enough could be followed for 12 years.
    """
    groups = contracts.groupby("group", sort=False)
    followed = []
    for name, group in groups:
        followed.append(len(_followed(group["duration"])))
        for found, least, words in (
            (len(group), CUSTOMERS, _("there are {n} contracts, and {least} are needed")),
            (
                group["observed"].sum(),
                LEFT,
                _("{n} ended in a period that is over, and {least} are needed"),
            ),
            (
                followed[-1],
                PERIODS,
                _("30 could be followed through {n} of the {least} periods needed"),
            ),
        ):
            if found < least:
                lack = words.format(n=found, least=least)
                text = _("These contracts cannot answer the question: {lack}.")
                if len(groups) > 1:
                    text = _("The contracts of group {group} cannot answer the question: {lack}.")
                raise CannotAnswer(text.format(lack=lack, group=name))
    ended, counted = contracts["ended"].sum(), contracts["observed"].sum()
    first = _(
        "They can: of {n:,} contracts {ended:,} have ended, and enough could be followed for "
        "{most} {units}."
    ).format(
        n=len(contracts),
        ended=ended,
        most=min(followed),
        units=units(unit, min(followed)),
    )
    second = ""
    if counted < ended:
        second = _(
            "Of these ends {n:,} count, as they came in a {unit} that could be followed to its "
            "end; the others came in a {unit} that is not over."
        ).format(n=counted, unit=units(unit, 1))
    return Sentence(joined(first, second))


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
        Index ``age`` in periods from 0, up to the last through which 100 customers of each
        group were followed, or a tenth of it if that is less, but at least 30; one column of
        customers a group.

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


def agreement(contracts, models):
    """How far the points of retention by age lie from the lines of fitted models.

    At each age the customers who leave are compared with those expected of the customers
    still followed then; the squares of their standardised differences add up to Pearson's
    chi-square, with two degrees of freedom fewer than ages, for the two parameters.

    Parameters
    ----------
    contracts : pandas.DataFrame
        As :func:`read` gives it.
    models : dict of str to model
        By group; each fitted to what :func:`survivors` says of it, with a
        ``retention_rate``.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``largest_miss`` (of a point, in shares) and ``chance`` (the
        probability of points that lie as far off, if the model is true).

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.value.btyd import ShiftedBetaGeometric
    >>> contracts, _report = read(datasets.table("sbg"))
    >>> alive = survivors(contracts)
    >>> fits = {name: ShiftedBetaGeometric().fit(alive[name]) for name in alive}
    >>> agreement(contracts, fits).round(3)
              largest_miss  chance
    regular          0.015   0.999
    high end         0.024   0.169
    """
    rows = {}
    for name, group in contracts.groupby("group", sort=False):
        at_risk = _followed(group["duration"])
        ages = np.arange(1, len(at_risk) + 1)
        left = np.bincount(group.loc[group["observed"], "duration"], minlength=len(ages) + 1)
        expected = 1 - models[name].retention_rate(ages)
        miss = left[1 : len(ages) + 1] / at_risk - expected
        squares = miss**2 * at_risk / (expected * (1 - expected))
        freedom = max(len(ages) - 2, 1)
        rows[name] = np.abs(miss).max(), stats.chi2.sf(squares.sum(), freedom)
    return pd.DataFrame(rows, index=["largest_miss", "chance"]).T


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
    """How many were followed through periods 1, 2, …, as long as they are enough."""
    counts = np.bincount(duration.to_numpy(dtype=int))
    through = counts[::-1].cumsum()[::-1][1:]
    return through[through >= min(max(len(duration) / 10, WATCHED), ENOUGH)]


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


def _counted_by(unit, lasted):
    """That a period is what was said, and whether contracts look as if it was shorter."""
    told = _("Counted by the {unit}: margin, costs and retention are those of a {unit}.").format(
        unit=units(unit, 1)
    )
    whole = lasted / UNIT_DAYS[unit]
    inside = (np.abs(whole - whole.round()) > 0.15).mean()
    if unit == "day" or not inside > 0.5:
        return told
    return joined(
        told,
        _(
            "But {share:.0f} % of the contracts that ended did so in the middle of a {unit}; if "
            "customers can leave more often, set period, for example to {shorter!r}."
        ).format(
            share=100 * inside,
            unit=units(unit, 1),
            shorter={"year": "month", "month": "week", "week": "day"}[unit],
        ),
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
    return pd.concat(pieces, ignore_index=True), Sentence(told)


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
