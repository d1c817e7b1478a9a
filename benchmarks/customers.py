"""From a log to one row per customer, beside DuckDB SQL, Polars, pandas and other packages.

Everything starts from the same Parquet file. Its log is two years long, ids are text, times
go to the second, and lines come in no order. The rates of the customers spread like an
exponential variable around twenty lines, so how many lines a customer has is geometric, of
mean 21 among those who have any: 951 customers in 20,000 lines, 47,652 in 10⁶, 476,436 in
10⁷ and 4,762,064 in 10⁸. All begin in the first year; half of them stay, the others leave
at any time after.
"""

import tempfile
from functools import partial

import duckdb
import pandas as pd

from benchmarks import summaries
from benchmarks.timing import apart, compare, compare_apart
from crmlib import customers

# Each draw has a number of its own: on DuckDB 2.0 hash(i, 0) and hash(i, 1) go together, at 0.62.
LOG = """
copy (
    with uniform as (
        select i, floor({rows} // 20 * u(4 * i) * u(4 * i + 1))::bigint as customer
        from range({rows}) as lines(i)
    ), windows as (
        select i, customer, 365 * u(-2 * customer - 1) as start,
               least(1, 2 * u(-2 * customer - 2)) as part
        from uniform
    )
    select printf('C%09d', customer) as customer_id,
           timestamp '2024-01-01' + to_seconds(
               floor(86400 * (start + (730 - start) * part * u(4 * i + 2)))::bigint
           ) as time,
           round(exp(2 + 2 * u(4 * i + 3)), 2) as amount
    from windows
) to '{path}' (format parquet)
"""
WARM_UP = 20_000
LARGE = 10**8
SLOW = ("lifetimes", "pymc-marketing")


def rows(quick=False, large=False, pymc=None):
    """Compare and yield one result after the other.

    Parameters
    ----------
    quick : bool
        Small sizes, to see that everything runs; the ratios say little then.
    large : bool
        10⁸ lines too: 2 GB of disk, 8 GB of memory and about ten minutes more.
    pymc : path or str, optional
        An interpreter that has pymc-marketing, to compare with it.

    Yields
    ------
    dict
        ``task``, ``size`` (lines of the log), ``ours_seconds``, ``peer``, ``peer_seconds``,
        ``ratio`` (peer over ours), ``note``; and where each run had a process of its own
        ``ours_megabytes`` and ``peer_megabytes``, its peak memory.
    """
    small, big, repeats = (20_000, 100_000, 1) if quick else (10**6, 10**7, 5)
    with tempfile.TemporaryDirectory() as folder:
        logs = {n: write_log(f"{folder}/{n}.parquet", n) for n in {WARM_UP, small, big}}
        out = f"{folder}/summary.parquet"

        def run(function, size, *more, **interpreter):
            return partial(apart, function, logs[WARM_UP], logs[size], *more, **interpreter)

        yield from _in_memory(run, small, pymc, repeats)
        yield from _of_a_frame(logs[small], small, repeats)
        yield from _in_memory(run, big, pymc, repeats)
        yield _fit(run, big, out, repeats)
        yield _straight(run, big, small, out, repeats)
        if large:
            logs[LARGE] = write_log(f"{folder}/{LARGE}.parquet", LARGE)
            yield from _into_a_file(run, LARGE, out)
            yield _fit(run, LARGE, out, repeats=1)
            yield _straight(run, LARGE, big, out, repeats=1)


def write_log(path, size):
    """A made-up log of `size` lines as a Parquet file; the same every time."""
    with duckdb.connect() as connection:
        connection.execute("create macro u(n) as hash(n) / 2.0**64")
        connection.execute(LOG.format(rows=size, path=path))
    return path


def _in_memory(run, size, pymc, repeats):
    peers = {
        "DuckDB SQL": run("sql", size),
        "DuckDB SQL, ordered": run("sql_ordered", size),
        "Polars": run("polars", size),
        "pandas": run("pandas", size),
        "lifetimes": run("lifetimes", size),
    }
    if pymc:
        peers["pymc-marketing"] = run("pymc", size, python=pymc)
    goals = {"DuckDB SQL": "goal: 0.77 (1/1.3) or more", **dict.fromkeys(SLOW, "goal: 8 or more")}
    for peer, theirs in peers.items():
        note = goals.get(peer, "") if size == 10**7 else ""
        slow = peer in SLOW and size > 10**6
        measured = compare_apart(run("crmlib", size), theirs, repeats=1 if slow else repeats)
        yield _row("summary of a Parquet file", size, peer, measured, note)


def _of_a_frame(path, size, repeats):
    log = pd.read_parquet(path)
    for peer in ("pandas", "lifetimes"):
        theirs = partial(getattr(summaries, peer), log)
        measured = compare(lambda: customers.summarize(log), theirs, repeats)
        yield _row("summary of a pandas frame", size, peer, measured)


def _into_a_file(run, size, out):
    peers = {
        "DuckDB SQL": "sql_file",
        "DuckDB SQL, ordered": "sql_ordered_file",
        "Polars, streaming": "polars_file",
    }
    for peer, theirs in peers.items():
        ours = run("crmlib_file", size, out)
        measured = compare_apart(ours, run(theirs, size, out), repeats=1)
        yield _row("summary into a Parquet file", size, peer, measured, "memory_limit 8 GB")


def _fit(run, size, out, repeats):
    counted, listed = run("fit_counted", size, out), run("fit_listed", size, out)
    measured = compare_apart(counted, listed, repeats)
    note = "ours counts histories; memory_limit 8 GB"
    return _row("summary and BG/NBD fit", size, "fit of every row", measured, note)


def _straight(run, size, smaller, out, repeats):
    """Seconds per 10⁶ lines of two sizes: their ratio is 1 if time grows as the lines do."""

    def per_million(lines):
        seconds, megabytes = run("crmlib_file", lines, out)()
        return seconds / lines * 10**6, megabytes

    ours, theirs = partial(per_million, size), partial(per_million, smaller)
    measured = compare_apart(ours, theirs, repeats)
    note = "1: time grows as the lines do"
    return _row("seconds per 10⁶ lines", size, f"crmlib, {smaller:,}", measured, note)


def _row(task, size, peer, measured, note=""):
    return {"task": task, "size": size, "peer": peer, "note": note, **measured}
