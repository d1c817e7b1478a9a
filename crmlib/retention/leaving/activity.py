"""Without a contract: who is still active.

Nobody gives notice. What can be counted is the share of a cohort that buys in each period
of its life; it falls because some have left and because nobody buys in every period. To
tell the two apart takes a model of buying, whose P(alive) says how likely it is that a
customer is still one.
"""

import pandas as pd

from crmlib.checks import choice
from crmlib.customers import UNIT_DAYS
from crmlib.errors import DataError
from crmlib.retention.leaving.survival import retention_curves, survival_at
from crmlib.retention.tables import cohort_of, column, day, share_interval
from crmlib.text import gettext as _


def cohort_activity(log, unit="month", cohort="quarter", *, observation_end=None, confidence=0.95):
    """The share of each cohort that buys in each period of its life.

    Period 0 begins with a customer's first purchase, so everybody buys in it. A cohort is
    followed only through the periods that all its members have lived.

    Parameters
    ----------
    log : pandas.DataFrame
        A clean log, as :func:`crmlib.transactions.read` gives it.
    unit : {"day", "week", "month", "year"}
        Length of a period.
    cohort : {"month", "quarter", "year"}
        Of the first purchase.
    observation_end : datetime-like, optional
        Last day of observation, counted in full; by default the last day in the log.
    confidence : float
        Of Wilson's intervals.

    Returns
    -------
    pandas.DataFrame
        ``group`` (the cohort), ``time`` (the period, 0, 1, …), ``customers``, ``active``,
        ``share``, ``lower`` and ``upper``.

    Raises
    ------
    DataError
        If a column is missing, or no cohort was seen for a whole period.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "customer_id": ["Ann", "Ann", "Bo"],
    ...         "time": pd.to_datetime(["2024-01-01", "2024-02-10", "2024-01-05"]),
    ...     }
    ... )
    >>> cohort_activity(log, observation_end="2024-03-31")["share"].tolist()
    [1.0, 0.5]
    """
    choice("unit", unit, tuple(UNIT_DAYS))
    customer, bought = column(log, "customer_id"), column(log, "time").dt.normalize()
    end = (
        bought.max() if observation_end is None else day("observation_end", observation_end)
    ) + pd.Timedelta(days=1)
    length = pd.Timedelta(days=UNIT_DAYS[unit])
    seen = pd.DataFrame({"customer": customer, "day": bought})[bought < end]
    seen["first"] = seen.groupby("customer")["day"].transform("min")
    seen["group"] = cohort_of(seen["first"], cohort)
    seen["time"] = (seen["day"] - seen["first"]) // length
    joined = seen.groupby("group").agg(customers=("customer", "nunique"), last=("first", "max"))
    whole = (end - joined["last"]) // length  # periods that the last to join has lived
    grid = [(group, time) for group, n in whole.items() for time in range(n)]
    if not grid:
        raise DataError(
            _("No cohort was seen for a whole {unit}; take shorter periods.").format(unit=unit)
        )
    active = seen.groupby(["group", "time"])["customer"].nunique()
    found = active.reindex(pd.MultiIndex.from_tuples(grid, names=["group", "time"]), fill_value=0)
    found = found.rename("active").reset_index()
    found.insert(2, "customers", found["group"].map(joined["customers"]))
    lower, upper = share_interval(found["active"], found["customers"], confidence)
    return found.assign(share=found["active"] / found["customers"], lower=lower, upper=upper)


def three_ways(contracts, log, alive, age=12):
    """Three answers to "who is still there", side by side for each quarter of joining.

    Parameters
    ----------
    contracts : pandas.DataFrame
        ``duration`` (months), ``observed`` and ``group`` (quarter of the start).
    log : pandas.DataFrame
        A clean log.
    alive : pandas.Series
        P(alive) by customer, on the last day of the log.
    age : int
        Months.

    Returns
    -------
    pandas.DataFrame
        By quarter, of those that have reached the age: ``contract_kept`` (share longer than so
        many months under contract), ``bought_in_month`` (share that bought in that month after
        the first purchase) and ``alive`` (mean P(alive)).

    Raises
    ------
    DataError
        As :func:`cohort_activity`.

    Examples
    --------
    >>> contracts = pd.DataFrame({"duration": [2.0, 1], "observed": True, "group": "2024-Q1"})
    >>> log = pd.DataFrame({"customer_id": ["Ann", "Ann"], "time": ["2024-01-01", "2024-06-30"]})
    >>> log["time"] = pd.to_datetime(log["time"])
    >>> three_ways(contracts, log, pd.Series({"Ann": 0.7}), 1).loc["2024-Q1"].tolist()
    [0.5, 0.0, 0.7]
    """
    first = log.groupby("customer_id")["time"].min()
    active = cohort_activity(log)
    kept = {
        group: survival_at(curve, age)
        for group, curve in retention_curves(contracts, "group").groupby("group")
    }
    found = {
        "contract_kept": pd.Series(kept),
        "bought_in_month": active[active["time"] == age].set_index("group")["share"],
        "alive": alive.groupby(cohort_of(first, "quarter").reindex(alive.index)).mean(),
    }
    return pd.DataFrame(found).dropna().rename_axis("joined")
