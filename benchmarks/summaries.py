"""Ways from a log to one row per customer, as their users would write them.

Each takes the path of a Parquet file and ends with the complete result, in memory or in
another Parquet file. Those that want a pandas frame take one too, and read the path into
one. A library is imported where it is used: the interpreter of a peer need not have ours.
"""

import warnings
from pathlib import Path

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


def crmlib(path):
    """Ours: an Arrow table, in order of customer_id."""
    from crmlib import customers

    return customers.summarize(path).to_arrow_table()


def sql(path):
    """As one would write it in SQL: an Arrow table, rows in no order."""
    return _relation(path).to_arrow_table()


def sql_ordered(path):
    """As one would write it in SQL: an Arrow table, in order of customer_id."""
    return _relation(path).order("customer_id").to_arrow_table()


def polars(path):
    """As one would write it in Polars: a data frame, rows in no order."""
    return _lazy(path).collect()


def pandas(log):
    """As one would write it in pandas: a data frame, in order of customer_id."""
    import pandas as pd

    log = _frame(log)
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
    """Of the package lifetimes: a data frame, in order of customer_id; in days."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes.utils import summary_data_from_transaction_data

        summary = summary_data_from_transaction_data(_frame(log), "customer_id", "time", "amount")
    return summary.reset_index()


def pymc(log):
    """Of the package pymc-marketing: a data frame, in order of customer_id; in days."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymc_marketing.clv.utils import rfm_summary

        return rfm_summary(_frame(log), "customer_id", "time", "amount")


def crmlib_file(path, out):
    """Ours into a Parquet file, with 8 GB of memory and a folder beside it to spill to."""
    from crmlib import customers

    _limit(out)
    customers.summarize(path).write_parquet(out)


def sql_file(path, out):
    """SQL into a Parquet file, under the same limit; rows in no order."""
    _limit(out)
    _relation(path).write_parquet(out)


def sql_ordered_file(path, out):
    """SQL into a Parquet file, under the same limit; in order of customer_id."""
    _limit(out)
    _relation(path).order("customer_id").write_parquet(out)


def polars_file(path, out):
    """Polars, streaming into a Parquet file; it knows no limit."""
    _lazy(path).sink_parquet(out, engine="streaming")


def fit_counted(path, out):
    """BG/NBD of the counted histories, under the same limit: its parameters."""
    from crmlib import customers

    _limit(out)
    histories = customers.histories(path).df()
    return _fit(histories, weights=histories["customers"])


def fit_listed(path, out):
    """BG/NBD of the table of customers, under the same limit: its parameters."""
    from crmlib import customers

    _limit(out)
    return _fit(customers.summarize(path).df())


def _relation(path):
    import duckdb

    return duckdb.sql(SQL.format(path=path))


def _lazy(path):
    import polars as pl

    days = (
        pl.scan_parquet(path)
        .group_by("customer_id", pl.col("time").dt.date().alias("day"))
        .agg(total=pl.col("amount").sum())
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
    )


def _frame(log):
    import pandas as pd

    return pd.read_parquet(log) if isinstance(log, str | Path) else log


def _limit(out):
    import duckdb

    duckdb.execute(f"set memory_limit = '8GB'; set temp_directory = '{Path(out).parent}/spill'")


def _fit(table, weights=None):
    from crmlib.value.btyd import BGNBD

    return BGNBD().fit(table, weights=weights).params_
