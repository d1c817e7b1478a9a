"""Customer-days into one row per customer, for a model and for its holdout."""

from datetime import datetime

import narwhals as nw

from crmlib.customers.customer_days import (
    customer_days,
    day_number,
    day_numbers,
    day_text,
    unit_days,
)
from crmlib.errors import DataError
from crmlib.text import gettext as _


def summarize(log, unit="week", observation_end=None):
    """One row per customer, as the models of repeat buying want it.

    Parameters
    ----------
    log : table or path
        Columns ``customer_id``, ``time`` (date or datetime without time zone) and
        ``amount`` (number); others are ignored. A pandas data frame, Polars data frame
        or lazy frame, Arrow table, DuckDB relation, or the path of a Parquet or CSV
        file. Times in a CSV file must begin with the day as YYYY-MM-DD.
    unit : {"day", "week", "month", "year"}
        Unit of ``recency`` and ``T``.
    observation_end : date, datetime or str (YYYY-MM-DD), optional
        Last day of observation, counted in full; rows of later days are left out.
        By default the last day in the log.

    Returns
    -------
    table of the kind of `log` (of a path: a DuckDB relation), in order of ``customer_id``
        ``customer_id``; ``frequency`` (int); ``recency`` and ``T`` (float, in units);
        ``monetary_value`` (float, in currency; 0 where ``frequency`` is 0).

    Raises
    ------
    DataError
        If a column is missing or of the wrong type, a value is missing, there is no
        purchase up to ``observation_end``, or the unit is unknown.

    Notes
    -----
    A lazy log is read once for the checks; the summary itself stays lazy. The mean of the
    repeat purchases is the customer's total less the first day's, divided by ``frequency``:
    its rounding error is that of the total.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "customer_id": ["Ann", "Ann", "Ann", "Bo"],
    ...     "time": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-15", "2024-01-08"]),
    ...     "amount": [20.0, 5.0, 7.0, 9.0],
    ... })
    >>> summarize(log, observation_end="2024-01-29")
      customer_id  frequency  recency    T  monetary_value
    0         Ann          1      2.0  4.0            12.0
    1          Bo          0      0.0  3.0             0.0
    """
    days, start, end = customer_days(log, observation_end)
    return _finished(_summary(days, end, unit_days(unit)))


def split(log, calibration_end, observation_end=None, unit="week"):
    """Calibration and holdout: what a model may see, and what it is then asked for.

    Parameters
    ----------
    log, observation_end, unit
        As in :func:`summarize`.
    calibration_end : date, datetime or str (YYYY-MM-DD)
        Last day of the calibration period. The holdout runs from the day after to
        ``observation_end``.

    Returns
    -------
    table of the kind of `log`, in order of ``customer_id``
        One row per customer acquired by ``calibration_end``: the columns of
        :func:`summarize` at ``calibration_end``, and ``frequency_holdout`` (int, days
        with a purchase in the holdout), ``monetary_value_holdout`` (float, mean day
        total over these days, 0 if there are none), ``duration_holdout`` (float, length
        of the holdout in units, equal for all).

    Raises
    ------
    DataError
        As in :func:`summarize`, or if no day lies between ``calibration_end`` and
        ``observation_end``.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "customer_id": ["Ann", "Ann", "Ann", "Bo"],
    ...     "time": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-22", "2024-01-08"]),
    ...     "amount": [20.0, 5.0, 7.0, 9.0],
    ... })
    >>> split(log, "2024-01-15", "2024-01-29")[["T", "frequency_holdout", "duration_holdout"]]
         T  frequency_holdout  duration_holdout
    0  2.0                  1               2.0
    1  1.0                  0               2.0
    """
    length = unit_days(unit)
    days, start, end = customer_days(log, observation_end)
    calibration = day_number(calibration_end)
    if not start <= calibration < end:
        raise DataError(
            _(
                "The calibration ends on {calibration}; accepted is a day from {start}, the "
                "first purchase, to the day before {end}, the end of observation."
            ).format(calibration=day_text(calibration), start=day_text(start), end=day_text(end))
        )
    in_calibration = nw.col("day") <= datetime.fromordinal(calibration)
    summary = _summary(days.filter(in_calibration), calibration, length)
    holdout = (
        days.filter(~in_calibration)
        .group_by("customer_id")
        .agg(nw.col("day").count().alias("purchases"), nw.col("total").sum())
    )
    purchases = nw.col("purchases")
    table = summary.join(holdout, on="customer_id", how="left").select(
        *summary.collect_schema().names(),
        frequency_holdout=purchases.fill_null(0).cast(nw.Int64),
        monetary_value_holdout=(nw.col("total") / purchases).fill_null(0.0),
        duration_holdout=nw.lit((end - calibration) / length),
    )
    return _finished(table)


def _summary(days, end, length):
    """One row per customer, of customer-days; units of `length` days."""
    customers = days.group_by("customer_id").agg(
        nw.col("day").count().alias("purchases"),
        nw.col("day").min().alias("first"),
        nw.col("day").max().alias("last"),
        nw.col("total").sum(),
        nw.col("total").first(order_by="day").alias("first_total"),
    )
    first, last = day_numbers(nw.col("first")), day_numbers(nw.col("last"))
    frequency = nw.col("purchases").cast(nw.Int64) - 1
    repeat_mean = (nw.col("total") - nw.col("first_total")) / frequency
    return customers.select(
        "customer_id",
        frequency=frequency,
        recency=(last - first) / length,
        T=(end - first) / length,
        monetary_value=nw.when(frequency > 0).then(repeat_mean).otherwise(0.0),
    )


def _finished(table):
    return nw.maybe_reset_index(table.sort("customer_id")).to_native()
