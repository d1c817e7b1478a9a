"""Customer-days into counts over time, for all customers together."""

import narwhals as nw
import numpy as np
import pandas as pd

from crmlib.customers.customer_days import customer_days, day_numbers, reading, unit_days


def cumulative_repeat_purchases(log, unit="week", observation_end=None):
    """Repeat purchases of all customers together, added up over time.

    Parameters
    ----------
    log, unit, observation_end
        As in :func:`summarize`.

    Returns
    -------
    DataFrame
        ``period`` (int, 0 ... n: units since the first day in the log, complete ones only)
        and ``cumulative_repeat_purchases`` (int, up to and with the day that ends the
        period). Period 0 is the first day itself.

    Raises
    ------
    DataError
        As in :func:`summarize`.

    Examples
    --------
    >>> log = pd.DataFrame({
    ...     "customer_id": ["Ann", "Ann", "Ann", "Bo"],
    ...     "time": pd.to_datetime(["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-08"]),
    ...     "amount": [20.0, 5.0, 7.0, 9.0],
    ... })
    >>> cumulative_repeat_purchases(log)["cumulative_repeat_purchases"].tolist()
    [0, 1, 2]
    """
    length = unit_days(unit)
    days, start, end = customer_days(log, observation_end)
    with reading(log):
        purchases = _customers_per_day(days)
        births = _customers_per_day(_first_days(days))
    repeats = purchases.sub(births, fill_value=0).cumsum()
    periods = np.arange(int((end - start) / length) + 1)
    row = np.searchsorted(repeats.index, start + periods * length, side="right") - 1
    cumulative = repeats.to_numpy()[row].astype("int64")
    return pd.DataFrame({"period": periods, "cumulative_repeat_purchases": cumulative})


def first_purchases(log, unit="week", observation_end=None):
    """When customers were acquired.

    With it a model's expected total is E(t) = sum of ``customers`` x E[X(t - ``time``)]
    over the rows with ``time`` < t, beside :func:`cumulative_repeat_purchases`.

    Parameters
    ----------
    log, unit, observation_end
        As in :func:`summarize`.

    Returns
    -------
    DataFrame
        One row per day with a first purchase: ``time`` (float, units since the first day
        in the log) and ``customers`` (int, how many bought for the first time).

    Raises
    ------
    DataError
        As in :func:`summarize`.

    Examples
    --------
    >>> log = pd.DataFrame({
    ...     "customer_id": ["Ann", "Ann", "Ann", "Bo"],
    ...     "time": pd.to_datetime(["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-08"]),
    ...     "amount": [20.0, 5.0, 7.0, 9.0],
    ... })
    >>> first_purchases(log)
       time  customers
    0   0.0          1
    1   1.0          1
    """
    days, start, end = customer_days(log, observation_end)
    with reading(log):
        customers = _customers_per_day(_first_days(days))
    time = (customers.index.to_numpy() - start) / unit_days(unit)
    return pd.DataFrame({"time": time, "customers": customers.to_numpy()})


def _first_days(days):
    return days.group_by("customer_id").agg(nw.col("day").min())


def _customers_per_day(days):
    """How many customers each day has: a Series indexed by day number, in order."""
    counts = days.group_by("day").agg(nw.col("customer_id").count().alias("customers"))
    counts = counts.select(nw.col("customers").cast(nw.Int64), day=day_numbers(nw.col("day")))
    counts = counts.lazy().collect().to_pandas()
    return counts.set_index("day")["customers"].sort_index()
