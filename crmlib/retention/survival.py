"""How long customers stay: retention curves where the end of a contract is seen.

Of a customer who is still there we know only that she stayed *at least* so long: her
duration is censored. To leave her out, or to count her as gone, makes customers look
shorter-lived than they are. The estimate of Kaplan and Meier (1958, Journal of the
American Statistical Association 53) uses her for as long as she was watched: with d
leaving at time t, out of n who were still there and watched,

    S(t) = product over times s <= t of (1 - d_s / n_s)

Its pointwise intervals are Greenwood's, on the scale of log(-log S), which keeps them
between 0 and 1. Without a contract nobody is seen to leave: see
:mod:`crmlib.retention.activity`.
"""

import warnings

import numpy as np
import pandas as pd
from scipy import stats

from crmlib.customers import UNIT_DAYS
from crmlib.errors import DataError
from crmlib.retention.checks import choice, numbers
from crmlib.retention.tables import cohort_of, column, dates, day, refuse, yes_or_no
from crmlib.text import gettext as _


def read_subscriptions(
    table, start="start", end="end", *, observation_end=None, unit="month", cohort="quarter"
):
    """Starts and ends of contracts as durations.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a contract.
    start, end : str
        The columns of dates; the end is missing for those still active.
    observation_end : datetime-like, optional
        Last day that is known about. A contract that ends later is still active, one that
        starts later is an error. By default the last date in the table.
    unit : {"day", "week", "month", "year"}
        Of the durations.
    cohort : {"month", "quarter", "year"}
        By which contracts are grouped.

    Returns
    -------
    pandas.DataFrame
        The table with three more columns: ``duration`` (float, units from the start to the
        end, or to ``observation_end``), ``observed`` (bool: the end was seen) and ``cohort``
        (text, such as ``2024-Q1``).

    Raises
    ------
    DataError
        If a column is missing, a date cannot be read, a contract ends before it starts, or
        one starts after ``observation_end``; the message names the row.

    Examples
    --------
    >>> table = pd.DataFrame({"start": ["2024-01-01", "2024-02-01"], "end": ["2024-03-01", None]})
    >>> read_subscriptions(table, observation_end="2024-04-01", unit="day").iloc[:, 2:]
       duration  observed   cohort
    0      60.0      True  2024-Q1
    1      60.0     False  2024-Q1
    """
    choice("unit", unit, tuple(UNIT_DAYS))
    starts, ends = dates(table, start), dates(table, end, may_be_missing=True)
    if observation_end is None:
        observation_end = max(starts.max(), ends.max()) if ends.notna().any() else starts.max()
    else:
        observation_end = day("observation_end", observation_end)
    refuse(ends < starts, end, column(table, end), _("a day no earlier than the start"))
    refuse(
        starts > observation_end,
        start,
        column(table, start),
        _("a day up to the end of observation, {day:%Y-%m-%d}").format(day=observation_end),
    )
    observed = ends <= observation_end
    duration = ends.where(observed, observation_end) - starts
    return table.assign(
        duration=(duration / pd.Timedelta(days=UNIT_DAYS[unit])).to_numpy(),
        observed=observed.to_numpy(),
        cohort=cohort_of(starts, cohort).to_numpy(),
    )


def kaplan_meier(duration, observed, confidence=0.95):
    """The share of customers who stay longer than each time.

    Parameters
    ----------
    duration : array of shape (n,)
        Time that each customer was there and watched.
    observed : bool array of shape (n,)
        True if she left then; False if she was still there.
    confidence : float
        Of the pointwise intervals, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        One row for time 0 and one for each distinct duration: ``time``, ``at_risk`` (there
        and watched just before), ``left`` (at that time), ``survival``, ``lower`` and
        ``upper``. The limits are missing once nobody is left.

    Raises
    ------
    DataError
        If a duration is no number of zero or more, or ``observed`` is not true or false.

    Examples
    --------
    >>> duration, left = [1, 2, 2, 3, 4, 5], [1, 1, 0, 1, 0, 1]
    >>> kaplan_meier(duration, left)["survival"].round(4).tolist()
    [1.0, 0.8333, 0.6667, 0.4444, 0.4444, 0.0]
    """
    duration, observed = read_durations(duration, observed)
    confidence = numbers(
        "confidence", confidence, lambda c: (c > 0) & (c < 1), "0 < confidence < 1"
    )
    times, place = np.unique(duration, return_inverse=True)
    at_risk = len(duration) - np.searchsorted(np.sort(duration), times)
    found = stats.ecdf(stats.CensoredData(uncensored=duration[observed], right=duration[~observed]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # no limits where S is 0 or 1
        limits = found.sf.confidence_interval(confidence, method="log-log")
    curve = pd.DataFrame(
        {
            "time": times,
            "at_risk": at_risk,
            "left": np.bincount(place, weights=observed).astype(int),
            "survival": found.sf.probabilities,
            "lower": limits.low.probabilities,
            "upper": limits.high.probabilities,
        }
    )
    curve.loc[curve["survival"] == 1, ["lower", "upper"]] = 1.0
    if times[0] > 0:
        curve.loc[-1] = [0, len(duration), 0, 1, 1, 1]
        curve = curve.sort_index(ignore_index=True)
    return curve.astype({"at_risk": int, "left": int})


def retention_curves(table, by, confidence=0.95):
    """:func:`kaplan_meier` for each group of customers.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``duration`` and ``observed``.
    by : str
        The column of groups, such as ``cohort``.
    confidence : float

    Returns
    -------
    pandas.DataFrame
        ``group``, and the columns of :func:`kaplan_meier`.

    Raises
    ------
    DataError
        As :func:`kaplan_meier`, or if a column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"duration": [1, 2, 3], "observed": [1, 1, 0], "plan": list("aab")})
    >>> retention_curves(table, "plan").groupby("group")["survival"].min().tolist()
    [0.0, 1.0]
    """
    groups = column(table, by)
    duration, observed = read_durations(column(table, "duration"), column(table, "observed"))
    found = {
        group: kaplan_meier(duration[groups == group], observed[groups == group], confidence)
        for group in sorted(groups.dropna().unique())
    }
    return pd.concat(found, names=["group"]).reset_index("group").reset_index(drop=True)


def survival_at(curve, time):
    """One number read off a retention curve.

    Parameters
    ----------
    curve : pandas.DataFrame
        As :func:`kaplan_meier` gives it.
    time : float

    Returns
    -------
    float
        S(time); missing beyond the last time that anybody was watched, unless S is 0 there.

    Examples
    --------
    >>> survival_at(kaplan_meier([1, 2, 3], [1, 1, 0]), 2.5).round(4)
    np.float64(0.3333)
    """
    last = curve.iloc[-1]
    if time > last["time"] and last["survival"] > 0:
        return np.nan
    return curve["survival"].to_numpy()[np.searchsorted(curve["time"], time, side="right") - 1]


def read_durations(duration, observed):
    """Durations and whether their end was seen, checked.

    Parameters
    ----------
    duration, observed : arrays of shape (n,)

    Returns
    -------
    duration : float array of shape (n,)
    observed : bool array of shape (n,)

    Raises
    ------
    DataError
        If a value cannot be true, or the two are not equally many.

    Examples
    --------
    >>> read_durations([3], [1])[1].tolist()
    [True]
    """
    values = pd.to_numeric(pd.Series(np.asarray(duration)), errors="coerce").to_numpy(float)
    wrong = ~(np.isfinite(values) & (values >= 0))
    refuse(wrong, "duration", duration, _("a number, 0 or more"))
    seen = yes_or_no(observed, "observed", True, False)
    if len(values) != len(seen) or not len(values):
        raise DataError(
            _(
                "There are {n} durations and {m} values of observed; accepted: as many, "
                "at least one."
            ).format(n=len(values), m=len(seen))
        )
    return values, seen
