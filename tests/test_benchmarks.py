"""The benchmarks compare like with like: every peer's numbers are ours."""

import time

import numpy as np
import pandas as pd
import pytest

from crmlib import customers

pytest.importorskip("polars")
benchmark = pytest.importorskip("benchmarks.customers")
timing = pytest.importorskip("benchmarks.timing")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return benchmark.write_log(tmp_path_factory.mktemp("log") / "log.parquet", 20_000)


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
    assert (ours["frequency"] == 0).any() and ours["frequency"].max() > 100


def test_duckdb_sql_gives_our_numbers(path, ours):
    same(benchmark.sql(path).df(), ours)


def test_polars_gives_our_numbers(path, ours):
    same(benchmark.polars(path).to_pandas(), ours)


def test_pandas_gives_our_numbers(path, ours):
    same(benchmark.pandas(pd.read_parquet(path)), ours)


def test_lifetimes_gives_our_numbers(path, ours):
    pytest.importorskip("lifetimes")
    in_days = benchmark.lifetimes(pd.read_parquet(path)).reset_index()
    in_days[["recency", "T"]] /= 7
    same(in_days, ours)


def test_a_slower_peer_has_a_ratio_above_one():
    found = timing.compare(lambda: None, lambda: time.sleep(0.01), repeats=3)
    assert found["peer_seconds"] > 0.01 > found["ours_seconds"]
    assert found["ratio"] > 1


def test_rows_say_what_was_compared():
    row = next(benchmark.rows(quick=True))
    assert set(row) == {"task", "size", "ours_seconds", "peer", "peer_seconds", "ratio", "note"}
    assert min(row["ours_seconds"], row["peer_seconds"], row["ratio"]) > 0
