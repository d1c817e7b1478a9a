"""How long customers stay: retention curves where the end of a contract is seen.

Of a customer who is still there we know only that she stayed *at least* so long: her
duration is censored. To leave her out, or to count her as gone, makes customers look
shorter-lived than they are. The estimate of Kaplan and Meier (1958, Journal of the
American Statistical Association 53) uses her for as long as she was watched: with d
leaving at time t, out of n who were still there and watched,

    S(t) = product over times s <= t of (1 - d_s / n_s)

Its pointwise intervals are Greenwood's, on the scale of log(-log S), which keeps them
between 0 and 1. Without a contract nobody is seen to leave: see
:mod:`crmlib.retention.leaving.activity`.
"""

import warnings

import numpy as np
import pandas as pd
from scipy import stats

from crmlib.checks import numbers
from crmlib.customers import UNIT_DAYS
from crmlib.errors import DataError
from crmlib.retention.tables import column, refuse, yes_or_no
from crmlib.text import gettext as _


def elapsed(starts, ends, unit="month"):
    """Time from one day to another, months and years by the calendar.

    From 31 January to 28 February it is one month, as it is from 15 March to 15 April:
    contracts are renewed on a day of the month, not after 30.44 days. What is left over is a
    part of the month under way.

    Parameters
    ----------
    starts, ends : pandas.Series of n days
        No end before its start.
    unit : {"day", "week", "month", "year"}

    Returns
    -------
    float array of shape (n,)

    Examples
    --------
    >>> starts = pd.Series(pd.to_datetime(["2024-01-31", "2024-01-31", "2024-02-15"]))
    >>> ends = pd.Series(pd.to_datetime(["2024-02-29", "2024-02-15", "2024-03-30"]))
    >>> elapsed(starts, ends).round(2).tolist()
    [1.0, 0.52, 1.48]
    """
    if unit in ("day", "week"):
        return ((ends - starts) / pd.Timedelta(days=UNIT_DAYS[unit])).to_numpy()
    renewal = np.minimum(starts.dt.day, ends.dt.days_in_month)  # in the month of the end
    whole = 12 * (ends.dt.year - starts.dt.year) + ends.dt.month - starts.dt.month
    whole -= (ends.dt.day < renewal).astype(int)
    before, after = (_months_later(starts, whole + more) for more in (0, 1))
    months = whole + (ends - before) / (after - before)
    return (months / (12 if unit == "year" else 1)).to_numpy()


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


def log_rank(curves):
    """Whether groups stay equally long: the log-rank test (Mantel 1966; Peto and Peto 1972).

    At each time at which somebody leaves, the groups are expected to lose in proportion to
    those of them who are still there and watched. With O - E the difference between what they
    lost and what was expected, summed over the times, and V its covariance,

        (O - E)' V^-1 (O - E)

    is chi-squared with one degree of freedom less than there are groups.

    Parameters
    ----------
    curves : pandas.DataFrame
        As :func:`retention_curves` gives it.

    Returns
    -------
    float
        The probability of differences as large as these, or larger, by chance alone; 1 if
        there is nothing to compare.

    Examples
    --------
    >>> table = pd.DataFrame({"duration": [1, 2, 3, 4, 5, 6], "observed": 1, "plan": list("aaabbb")})
    >>> round(log_rank(retention_curves(table, "plan")), 3)
    0.025
    """
    times = np.sort(curves.loc[curves["left"] > 0, "time"].unique())
    at_risk, left = [], []
    for _name, curve in curves.groupby("group", sort=False):
        place = np.searchsorted(curve["time"], times)
        at_risk.append(np.append(curve["at_risk"], 0)[place])
        left.append(curve.set_index("time")["left"].reindex(times, fill_value=0).to_numpy())
    at_risk, left = np.array(at_risk, dtype=float), np.array(left)
    there, gone = at_risk.sum(axis=0), left.sum(axis=0)
    share = at_risk / there
    more = (left - gone * share).sum(axis=1)
    spread = gone * (there - gone) / np.maximum(there - 1, 1)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    freedom = np.linalg.matrix_rank(covariance)
    if not freedom:
        return 1.0
    return float(stats.chi2.sf(more @ np.linalg.pinv(covariance) @ more, freedom))


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


def _months_later(days, months):
    """The same day of a later month, or its last day."""
    first = (days.dt.to_period("M") + months).dt.to_timestamp()
    return first + pd.to_timedelta(np.minimum(days.dt.day, first.dt.days_in_month) - 1, unit="D")
