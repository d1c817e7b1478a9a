"""The benchmarks compare like with like: every peer's numbers are ours."""

import importlib.util
import os
import time

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crmlib import customers

pytest.importorskip("polars")
benchmark = pytest.importorskip("benchmarks.customers")
command = pytest.importorskip("benchmarks.__main__")
summaries = pytest.importorskip("benchmarks.summaries")
timing = pytest.importorskip("benchmarks.timing")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("log")


@pytest.fixture(scope="module")
def path(folder):
    return benchmark.write_log(str(folder / "log.parquet"), 20_000)


@pytest.fixture(scope="module")
def ours(path):
    return customers.summarize(path).df()


def same(theirs, ours):
    theirs = theirs.sort_values("customer_id")[list(ours)]
    assert theirs["customer_id"].tolist() == ours["customer_id"].tolist()
    for column in ours.columns[1:]:
        np.testing.assert_allclose(theirs[column], ours[column], rtol=1e-12, atol=1e-12)


def test_the_log_has_something_to_get_wrong(path, ours):
    log = pd.read_parquet(path)
    assert len(log) == 20_000
    assert log.groupby(["customer_id", log["time"].dt.date]).size().max() > 2
    assert (ours["frequency"] == 0).any() and ours["frequency"].max() > 80


def test_the_log_has_the_customers_it_describes(folder):
    path = benchmark.write_log(str(folder / "million.parquet"), 10**6)
    lines = duckdb.sql(f"select count(*) as n from '{path}' group by customer_id").df()["n"]
    assert len(lines) == 47_652
    assert len(lines) == pytest.approx(10**6 / 21, rel=0.005)
    # An exponential rate around 20, then Poisson: geometric, of mean 21 where there is a line.
    described = stats.geom(1 / 21)
    shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
    np.testing.assert_allclose(np.quantile(lines, shares), described.ppf(shares), rtol=0.02)
    assert lines.var() == pytest.approx(described.var(), rel=0.03)


def test_half_of_the_customers_stay(folder):
    path = benchmark.write_log(str(folder / "stay.parquet"), 200_000)
    table = customers.summarize(path, unit="day").df()
    busy = table[table["frequency"] >= 40]
    lately = (busy["T"] - busy["recency"] < 60).mean()
    # Half, and those of the others who left in the last days.
    assert 0.5 < lately < 0.65
    assert busy["T"].min() > 350


@pytest.mark.parametrize("peer", ["sql", "sql_ordered"])
def test_duckdb_sql_gives_our_numbers(path, ours, peer):
    same(getattr(summaries, peer)(path).to_pandas(), ours)


def test_polars_gives_our_numbers(path, ours):
    same(summaries.polars(path).to_pandas(), ours)


def test_pandas_gives_our_numbers(path, ours):
    same(summaries.pandas(path), ours)
    same(summaries.pandas(pd.read_parquet(path)), ours)


def test_lifetimes_gives_our_numbers(path, ours):
    pytest.importorskip("lifetimes")
    same(in_weeks(summaries.lifetimes(path)), ours)


def test_pymc_marketing_gives_our_numbers(path, ours):
    if importlib.util.find_spec("pymc_marketing") is None:
        pytest.skip("pymc-marketing is not installed beside us; it wants an environment of its own")
    same(in_weeks(summaries.pymc(path)), ours)


def in_weeks(table):
    return table.assign(recency=table["recency"] / 7, T=table["T"] / 7)


@pytest.mark.parametrize("writer", ["crmlib_file", "sql_file", "sql_ordered_file", "polars_file"])
def test_a_written_summary_has_our_numbers(path, ours, folder, writer, own_limits):
    out = str(folder / f"{writer}.parquet")
    getattr(summaries, writer)(path, out)
    same(pd.read_parquet(out), ours)


@pytest.mark.filterwarnings("ignore::crmlib.errors.FitWarning")  # the log is not of this model
def test_both_fits_are_one(path, folder, own_limits):
    out = str(folder / "none.parquet")
    counted, listed = summaries.fit_counted(path, out), summaries.fit_listed(path, out)
    for params in counted, listed:
        params["leaving"] = params["a"] / (params["a"] + params["b"])
    found = ["r", "alpha", "leaving"]
    np.testing.assert_allclose(counted[found], listed[found], rtol=1e-4)
    assert counted["leaving"] == pytest.approx(1 / 40, rel=0.2)  # half of them, 20 lines each


@pytest.fixture
def own_limits():
    """The limits of DuckDB's default connection, put back."""
    names = ("memory_limit", "temp_directory")
    before = duckdb.sql(f"select {', '.join(f'current_setting({n!r})' for n in names)}").fetchall()
    yield
    for name, value in zip(names, before[0], strict=True):
        duckdb.execute(f"set {name} = '{value}'")


def test_a_slower_peer_has_a_ratio_above_one():
    found = timing.compare(lambda: None, lambda: time.sleep(0.01), repeats=3)
    assert found["peer_seconds"] > 0.01 > found["ours_seconds"]
    assert found["ratio"] > 1


def test_ratios_are_of_pairs_and_peaks_the_highest():
    mine = iter([(1.0, 10.0), (10.0, 30.0), (2.0, 20.0)])
    theirs = iter([(2.0, 5.0), (20.0, 5.0), (6.0, 7.0)])
    assert timing.compare_apart(lambda: next(mine), lambda: next(theirs), repeats=3) == {
        "ours_seconds": 2.0,
        "peer_seconds": 6.0,
        "ratio": 2.0,
        "ours_megabytes": 30.0,
        "peer_megabytes": 7.0,
    }


def test_a_run_apart_counts_neither_its_start_nor_the_memory_of_its_parent(path):
    held = np.ones(60_000_000)  # 480 MB
    start = time.perf_counter()
    seconds, megabytes = timing.apart("sql", path, path)
    assert 0 < seconds < (time.perf_counter() - start) / 2
    assert 30 < megabytes < held.nbytes / 1e6


def test_a_run_that_fails_is_said(path):
    with pytest.raises(RuntimeError, match="sql did not finish: .*No files found"):
        timing.apart("sql", path, os.devnull + "/none.parquet")


def test_rows_say_what_was_compared(capsys, monkeypatch):
    row = next(benchmark.rows(quick=True))
    both = {f"{whose}_{what}" for whose in ("ours", "peer") for what in ("seconds", "megabytes")}
    assert set(row) == {"task", "size", "peer", "ratio", "note"} | both
    assert min(row[name] for name in both | {"ratio"}) > 0
    monkeypatch.setattr(benchmark, "rows", lambda **options: [row])
    command.main(["customers", "--quick", "--large"])
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split()[0] == "task" and f"{row['ours_megabytes']:,.0f}" in line
