"""Customer-days into one row per customer, for a model and for its holdout, or into counts."""

import narwhals as nw

from crmlib.customers.customer_days import (
    customer_days,
    day_number,
    day_numbers,
    day_text,
    unit_days,
    up_to,
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
        or lazy frame, Arrow table, DuckDB relation, PySpark data frame, or the path of a
        Parquet or CSV file. Times in a CSV file must begin with the day as YYYY-MM-DD.
        A PySpark timestamp is read as Spark shows it, in the time zone of the session.
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
    A lazy log is read once for the checks; the summary itself stays lazy. Opening a path
    sets DuckDB's ``enable_progress_bar`` on its default connection: on in a terminal, where
    what takes more than two seconds then shows how far it is, off elsewhere. The mean of the
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
    return _finished(_summary(days, end, unit_days(unit)), "customer_id")


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
    in_calibration = up_to(calibration)
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
    return _finished(table, "customer_id")


def histories(log, unit="week", observation_end=None):
    """How many customers share each history: all that a model of repeat buying wants to know.

    Its likelihood depends on a customer through ``frequency``, ``recency`` and ``T`` alone,
    so customers with the same three can be counted, where the log is, instead of listed.

    Parameters
    ----------
    log, unit, observation_end
        As in :func:`summarize`.

    Returns
    -------
    table of the kind of `log` (of a path: a DuckDB relation)
        One row per history, in order of its columns: ``frequency`` (int), ``recency`` and
        ``T`` (float, in units), ``customers`` (int, how many have it: the weight of the row).

    Raises
    ------
    DataError
        As in :func:`summarize`.

    Notes
    -----
    A lazy log gives a lazy table; the few rows go into memory before a fit:
    ``h = histories(path).df()``, then ``BGNBD().fit(h, weights=h["customers"])``.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "customer_id": ["Ann", "Ann", "Bo", "Cy"],
    ...     "time": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-08", "2024-01-08"]),
    ...     "amount": [20.0, 5.0, 7.0, 9.0],
    ... })
    >>> histories(log, observation_end="2024-01-29")
       frequency  recency    T  customers
    0          0      0.0  3.0          2
    1          1      2.0  4.0          1
    """
    length = unit_days(unit)
    days, start, end = customer_days(log, observation_end)
    customers = days.group_by("customer_id").agg(**_PURCHASES)
    counts = customers.group_by(*_PURCHASES).agg(nw.len().alias("customers"))
    table = counts.select(**_history(end, length), customers=nw.col("customers").cast(nw.Int64))
    return _finished(table, "frequency", "recency", "T")


_PURCHASES = {
    "purchases": nw.col("day").count(),
    "first": nw.col("day").min(),
    "last": nw.col("day").max(),
}


def _history(end, length):
    """Frequency, recency and T, of the number of purchase days, the first and the last."""
    first, last = day_numbers(nw.col("first")), day_numbers(nw.col("last"))
    return {
        "frequency": nw.col("purchases").cast(nw.Int64) - 1,
        "recency": (last - first) / length,
        "T": (end - first) / length,
    }


def _summary(days, end, length):
    """One row per customer, of customer-days; units of `length` days."""
    first_total = nw.col("total").first(order_by="day")
    if days.implementation.is_pyspark():  # where Narwhals has no first(); slower elsewhere
        is_first = nw.col("day") == nw.col("day").min().over("customer_id")
        days = days.with_columns(first_total=nw.when(is_first).then("total"))
        first_total = nw.col("first_total").sum()
    customers = days.group_by("customer_id").agg(
        **_PURCHASES, total=nw.col("total").sum(), first_total=first_total
    )
    history = _history(end, length)
    repeat_mean = (nw.col("total") - nw.col("first_total")) / history["frequency"]
    return customers.select(
        "customer_id",
        **history,
        monetary_value=nw.when(history["frequency"] > 0).then(repeat_mean).otherwise(0.0),
    )


def _finished(table, *order):
    return nw.maybe_reset_index(table.sort(*order)).to_native()
