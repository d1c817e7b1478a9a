"""From a log on any engine to its customer-days: one row per customer and day with a purchase.

Days are numbers here, as Python's ``date.toordinal()`` counts them: the difference of two
dates is of another type on every engine, the difference of two numbers is not.
"""

import difflib
import os
import sys
from contextlib import contextmanager
from datetime import date, datetime

import duckdb
import narwhals as nw

from crmlib.checks import choice
from crmlib.errors import DataError
from crmlib.text import gettext as _

UNIT_DAYS = {"day": 1, "week": 7, "month": 365.2425 / 12, "year": 365.2425}


def customer_days(log, observation_end=None):
    """Check a log and add up the purchases of each customer and day.

    Parameters
    ----------
    log : table or path
        As in :func:`crmlib.customers.summarize`.
    observation_end : date, datetime or str (YYYY-MM-DD), optional
        Rows of later days are left out.

    Returns
    -------
    days : Narwhals data frame or lazy frame
        ``customer_id``, ``day`` (midnight), ``total`` (float, the day's amounts added up).
    start, end : int
        Numbers of the first day in the log, and of the day of ``observation_end`` (without
        it, of the last day in the log).

    Raises
    ------
    DataError
        If the log cannot be used, or has no purchase up to ``observation_end``.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2024-01-01 09:00", "2024-01-01 17:30"])
    >>> log = pd.DataFrame({"customer_id": ["Ann", "Ann"], "time": times, "amount": [5.0, 7.0]})
    >>> days, start, end = customer_days(log)
    >>> days.to_native()
      customer_id        day  total
    0         Ann 2024-01-01   12.0
    """
    with reading(log):
        frame = _opened(log)
        start, end = _checked_days(frame)
    time, amount = nw.col("time"), nw.col("amount").cast(nw.Float64)
    is_date = frame.collect_schema()["time"] == nw.Date
    day = time.cast(nw.Datetime("us")) if is_date else time.dt.truncate("1d")
    days = frame.select("customer_id", day=day, total=amount)
    if observation_end is not None:
        end = day_number(observation_end)
        days = days.filter(up_to(end))
    if end < start:
        raise DataError(
            _(
                "There is no purchase up to {end}, the end of observation; the first is on {start}."
            ).format(end=day_text(end), start=day_text(start))
        )
    return days.group_by("customer_id", "day").agg(nw.col("total").sum()), start, end


@contextmanager
def reading(log):
    """Say in one sentence why DuckDB could not finish what was asked of a log.

    Examples
    --------
    >>> with reading("log.csv"):
    ...     raise duckdb.OutOfMemoryException("no memory left")
    Traceback (most recent call last):
    crmlib.errors.DataError: log.csv is too large for the memory and the disk that DuckDB ...
    """
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        if isinstance(error, duckdb.OutOfMemoryException) or "No space left" in reason:
            message = _(
                "{log} is too large for the memory and the disk that DuckDB may use ({reason}); "
                "its settings memory_limit, temp_directory and max_temp_directory_size give more."
            )
        else:
            message = _("{log} cannot be read ({reason}); transactions.read() says what is wrong.")
        name = log if _is_path(log) else _("The log")
        raise DataError(message.format(log=name, reason=reason)) from None


def up_to(number):
    """Whether a customer-day is the day of a number, or an earlier one; a Narwhals expression.

    A date means the same on every engine; Spark would read a datetime in the time zone of the
    computer.

    Examples
    --------
    >>> import pandas as pd
    >>> days = nw.from_native(pd.DataFrame({"day": pd.to_datetime(["2024-12-31", "2025-01-01"])}))
    >>> len(days.filter(up_to(day_number("2024-12-31"))))
    1
    """
    return nw.col("day") <= nw.lit(date.fromordinal(number)).cast(nw.Datetime("us"))


def day_numbers(column):
    """The numbers of a column of days, by year and day of the year, which every engine knows.

    Examples
    --------
    >>> import pandas as pd
    >>> days = nw.from_native(pd.DataFrame({"day": pd.to_datetime(["2024-12-31", "2025-01-01"])}))
    >>> days.select(number=day_numbers(nw.col("day")))["number"].to_list()
    [739251, 739252]
    """
    years = column.dt.year() - 1
    leap_days = (years / 4).floor() - (years / 100).floor() + (years / 400).floor()
    return (365 * years + leap_days + column.dt.ordinal_day()).cast(nw.Int64)


def day_number(day):
    """The number of a date, a datetime or a text such as 2024-12-31.

    Raises
    ------
    DataError
        If it is none of these.

    Examples
    --------
    >>> day_number("2024-12-31")
    739251
    """
    try:
        return datetime.fromisoformat(str(day)).toordinal()
    except ValueError:
        raise DataError(
            _("{day!r} is no day; accepted is a date, or a text such as '1997-09-30'.").format(
                day=day
            )
        ) from None


def day_text(number):
    """The day of a number, as text.

    Examples
    --------
    >>> day_text(739251)
    '2024-12-31'
    """
    return datetime.fromordinal(number).date().isoformat()


def unit_days(unit):
    """The length of a unit of time in days.

    Raises
    ------
    DataError
        If there is no such unit.

    Examples
    --------
    >>> unit_days("week")
    7
    """
    return UNIT_DAYS[choice("unit", unit, tuple(UNIT_DAYS))]


def _is_path(log):
    return isinstance(log, str | os.PathLike)


def _opened(log):
    """The log as a Narwhals frame that has the columns it must have, of the right types."""
    try:
        frame = nw.from_native(_opened_file(os.fspath(log)) if _is_path(log) else log)
    except TypeError:
        raise DataError(
            _(
                "A log cannot be a {kind}; accepted are a pandas, Polars or Arrow table, a DuckDB "
                "relation, a PySpark data frame, and the path of a Parquet or CSV file."
            ).format(kind=type(log).__name__)
        ) from None
    except nw.exceptions.DuplicateError:
        raise DataError(
            _("Two columns of the log have one name; each must have its own.")
        ) from None
    on_spark = frame.implementation.is_pyspark()
    schema = frame.collect_schema()
    accepted = {
        "customer_id": (_("text or whole numbers"), lambda kind: kind != nw.Object),
        "time": (
            _("dates, or datetimes without a time zone"),
            lambda kind: (
                kind == nw.Date or (kind == nw.Datetime and (on_spark or kind.time_zone is None))
            ),
        ),
        "amount": (_("numbers"), lambda kind: kind.is_numeric()),
    }
    for column, (wanted, fits) in accepted.items():
        if column not in schema:
            raise DataError(_missing(column, [str(name) for name in schema]))
        if not fits(schema[column]):
            raise DataError(
                _(
                    "Column {column!r} is of type {kind}, accepted are {wanted}; "
                    "transactions.read() makes such a log of any file or table."
                ).format(column=column, kind=schema[column], wanted=wanted)
            )
    # A timestamp of Spark is a moment; its day is that of the time zone of the session.
    return frame.with_columns(nw.col("time").cast(nw.Date)) if on_spark else frame


def _opened_file(path):
    """A Parquet or CSV file as a DuckDB relation."""
    # The work comes later, when rows are asked for; DuckDB's bar appears after two seconds.
    in_terminal = sys.stdout is not None and sys.stdout.isatty()
    duckdb.execute("set enable_progress_bar = " + ("true" if in_terminal else "false"))
    kind = path.lower().removesuffix(".gz").rpartition(".")[2]
    if kind == "parquet":
        return duckdb.read_parquet(path)
    if kind == "csv":
        # As text, lest the id 0012 become 12 and 03/04 be guessed; then typed strictly.
        # A bare try_cast of a column moves into DuckDB's reader and raises; trim keeps it out.
        text = duckdb.read_csv(path, all_varchar=True)
        typed = {
            "time": "try_cast(left(time, 10) as date)",
            "amount": "try_cast(trim(amount) as double)",
        }
        casts = [f"{typed[column]} as {column}" for column in typed if column in text.columns]
        return text.project(f"* replace ({', '.join(casts)})") if casts else text
    raise DataError(
        _("{path} is no .parquet or .csv file; transactions.read() reads other files too.").format(
            path=path
        )
    )


def _checked_days(frame):
    """Numbers of the first and the last day; refuses a log with missing values."""
    time, amount = nw.col("time"), nw.col("amount").cast(nw.Float64)
    scan = frame.lazy().select(
        nw.len().alias("rows"),
        nw.col("customer_id").count(),
        time.count(),
        amount.is_finite().cast(nw.Int64).sum(),
        time.min().alias("first"),
        time.max().alias("last"),
    )
    rows, *usable, first, last = scan.collect().row(0)
    if rows == 0:
        raise DataError(_("The log is empty; accepted is one with at least one purchase."))
    lacking = {
        column: rows - int(count or 0)
        for column, count in zip(("customer_id", "time", "amount"), usable, strict=True)
    }
    if any(lacking.values()):
        raise DataError(
            _(
                "Values are missing or unreadable, of {rows} rows in {counts}; transactions.read() "
                "sets such rows aside and reports them."
            ).format(rows=rows, counts=", ".join(f"{name} {n}" for name, n in lacking.items() if n))
        )
    return first.toordinal(), last.toordinal()


def _missing(column, columns):
    by_lower = {name.lower(): name for name in reversed(columns)}
    nearest = difflib.get_close_matches(column, by_lower, n=1)
    if nearest:
        return _(
            "The log has no column {column!r}; the nearest is {nearest!r}, which "
            "transactions.read(…, columns={{{column!r}: {nearest!r}}}) would take for it."
        ).format(column=column, nearest=by_lower[nearest[0]])
    return _(
        "The log has no column {column!r} among {columns}; "
        "transactions.read(…, columns={{{column!r}: …}}) takes another name for it."
    ).format(column=column, columns=", ".join(columns[:12]))
