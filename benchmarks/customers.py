"""From a log to one row per customer, beside DuckDB SQL, Polars, pandas and lifetimes.

Everything starts from the same Parquet file and ends with the whole table in memory. The
log is two years long, ids are text, times go to the second, and the rates of the customers
spread like an exponential variable around twenty lines.
"""

import tempfile
import warnings
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

from benchmarks.timing import compare
from crmlib import customers

LOG = """
copy (
    select printf('C%09d', floor({rows} // 20 * u * v)::bigint) as customer_id,
           timestamp '2024-01-01' + to_seconds((hash(i, 2) % (730 * 86400))::bigint) as time,
           round(exp(2 + 2 * (hash(i, 3) / 2.0**64)), 2) as amount
    from (
        select i, hash(i, 0) / 2.0**64 as u, hash(i, 1) / 2.0**64 as v
        from range({rows}) as lines(i)
    )
) to '{path}' (format parquet)
"""

SQL = """
with days as (
    select customer_id, time::date as day, sum(amount) as total
    from read_parquet('{path}')
    group by customer_id, day
)
select customer_id,
       count(*) - 1 as frequency,
       (max(day) - min(day)) / 7 as recency,
       ((select max(time)::date from read_parquet('{path}')) - min(day)) / 7 as T,
       coalesce((sum(total) - arg_min(total, day)) / nullif(count(*) - 1, 0), 0) as monetary_value
from days
group by customer_id
"""


def rows(quick=False):
    """Compare and yield one result after the other.

    Parameters
    ----------
    quick : bool
        Small sizes, to see that everything runs; the ratios say little then.

    Yields
    ------
    dict
        ``task``, ``size`` (lines of the log), ``ours_seconds``, ``peer``, ``peer_seconds``,
        ``ratio`` (peer over ours), ``note``.
    """
    with tempfile.TemporaryDirectory() as folder:
        for size in (20_000, 100_000) if quick else (10**6, 10**7):
            path = write_log(Path(folder) / f"{size}.parquet", size)
            yield from _from_parquet(path, size)
            if size <= 10**6:
                yield from _from_pandas(path, size)


def write_log(path, size):
    """A made-up log of `size` lines as a Parquet file; the same every time."""
    duckdb.sql(LOG.format(rows=size, path=path))
    return path


def sql(path):
    """The summary as one would write it in SQL: a DuckDB relation, rows in no order."""
    return duckdb.sql(SQL.format(path=path))


def polars(path):
    """The summary as one would write it in Polars: a data frame, rows in no order."""
    log = pl.scan_parquet(path)
    days = log.group_by("customer_id", pl.col("time").dt.date().alias("day")).agg(
        total=pl.col("amount").sum()
    )
    day, repeats = pl.col("day"), pl.len().cast(pl.Int64) - 1
    return (
        days.group_by("customer_id")
        .agg(
            frequency=repeats,
            first=day.min(),
            last=day.max(),
            repeat_total=pl.col("total").sum() - pl.col("total").min_by("day"),
        )
        .select(
            "customer_id",
            "frequency",
            recency=(pl.col("last") - pl.col("first")).dt.total_days() / 7,
            T=(pl.col("last").max() - pl.col("first")).dt.total_days() / 7,
            monetary_value=pl.when(pl.col("frequency") > 0)
            .then(pl.col("repeat_total") / pl.col("frequency"))
            .otherwise(0.0),
        )
        .collect()
    )


def pandas(log):
    """The summary as one would write it in pandas: a data frame, in order of customer_id."""
    day = log["time"].dt.normalize().rename("day")
    days = log.groupby([log["customer_id"], day], sort=True)["amount"].sum().reset_index()
    by_customer = days.groupby("customer_id")
    first, last = by_customer["day"].min(), by_customer["day"].max()
    frequency = by_customer.size() - 1
    repeat_total = by_customer["amount"].sum() - by_customer["amount"].first()
    summary = pd.DataFrame(
        {
            "frequency": frequency,
            "recency": (last - first).dt.days / 7,
            "T": (last.max() - first).dt.days / 7,
            "monetary_value": (repeat_total / frequency).where(frequency > 0, 0.0),
        }
    )
    return summary.reset_index()


def lifetimes(log):
    """The summary of the package lifetimes: a data frame indexed by customer_id; in days."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes.utils import summary_data_from_transaction_data

        return summary_data_from_transaction_data(log, "customer_id", "time", "amount")


def _from_parquet(path, size):
    def ours():
        return customers.summarize(path).to_arrow_table()

    peers = {
        "DuckDB SQL": lambda: sql(path).to_arrow_table(),
        "DuckDB SQL, ordered": lambda: sql(path).order("customer_id").to_arrow_table(),
        "Polars": lambda: polars(path),
        "pandas": lambda: pandas(pd.read_parquet(path)),
    }
    if size <= 10**6:
        peers["lifetimes"] = lambda: lifetimes(pd.read_parquet(path))
    yield from _rows("summary of a Parquet file", size, ours, peers)


def _from_pandas(path, size):
    log = pd.read_parquet(path)
    peers = {"pandas": lambda: pandas(log), "lifetimes": lambda: lifetimes(log)}
    yield from _rows("summary of a pandas frame", size, lambda: customers.summarize(log), peers)


def _rows(task, size, ours, peers):
    for peer, run in peers.items():
        goal = peer == "DuckDB SQL" and size == 10**7
        yield {
            "task": task,
            "size": size,
            "peer": peer,
            "note": "goal: 0.77 (1/1.3) or more" if goal else "",
            **compare(ours, run, repeats=15 if goal else 5),
        }
