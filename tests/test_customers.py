"""From log to customers: against the published table, a plain count, and engine by engine."""

import contextlib
import functools
import importlib.util
import itertools
import math
import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlib import DataError, customers
from crmlib.customers import UNIT_DAYS
from crmlib.value.btyd import BGNBD

pl = pytest.importorskip("polars")

ROOT = Path(__file__).resolve().parents[1]
ENGINES = ["pandas", "polars", "polars lazy", "arrow", "duckdb"]
FILES = ["parquet", "csv"]
SPARK = [pytest.param("spark", marks=pytest.mark.slow)]
PAIRS = [
    pytest.param(one, other, marks=pytest.mark.slow if other == "spark" else ())
    for one, other in itertools.combinations([*ENGINES, *FILES, "spark"], 2)
]


def log_of(rows):
    """A pandas log of (customer_id, time, amount) rows."""
    log = pd.DataFrame(rows, columns=["customer_id", "time", "amount"])
    return log.astype({"time": "datetime64[us]", "amount": float})


@functools.cache
def spark():
    """One small session of Spark for the whole module, in a time zone that is not ours."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark comes with the spark extra")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java, and there is none")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "America/Sao_Paulo",
        # Small tables: compiling each query takes longer than running it.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
    }
    session = sql.SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@pytest.fixture(scope="module", autouse=True)
def stopped_spark():
    yield
    if spark.cache_info().currsize:
        spark().stop()


def on(engine, log, folder=None):
    """A pandas log moved to an engine or written to a file."""
    if engine == "pandas":
        return log
    if engine == "parquet":
        log.to_parquet(folder / "log.parquet", index=False)
        return folder / "log.parquet"
    if engine == "csv":
        log.to_csv(folder / "log.csv", index=False)
        return str(folder / "log.csv")
    table = pa.Table.from_pandas(log, preserve_index=False)
    if engine == "arrow":
        return table
    if engine == "spark":
        return in_spark(table, folder)
    if engine == "duckdb":
        return duckdb.from_arrow(table)
    return pl.from_arrow(table).lazy() if engine == "polars lazy" else pl.from_arrow(table)


def in_spark(table, folder, time="timestamp_ntz"):
    """An Arrow log on Spark; datetimes become timestamps with or without a time zone."""
    session = spark()
    pq.write_table(table, folder / "spark.parquet")
    frame = session.read.parquet(str(folder / "spark.parquet"))
    is_date = dict(frame.dtypes)["time"] == "date"
    return frame if is_date else frame.withColumn("time", frame["time"].cast(time))


def in_pandas(result):
    if isinstance(result, pl.LazyFrame):
        result = result.collect()
    if isinstance(result, duckdb.DuckDBPyRelation):
        return result.df()
    if hasattr(result, "toArrow"):  # and not toPandas(), which warns of pandas 3
        return result.toArrow().to_pandas()
    return result if isinstance(result, pd.DataFrame) else result.to_pandas()


# --- the published summary -------------------------------------------------------------------


@pytest.fixture(scope="module")
def cdnow():
    log = pd.read_csv(
        ROOT / "datasets/cdnow/cdnow_sample.csv", dtype={"customer_id": str}, parse_dates=["date"]
    )
    return log.rename(columns={"date": "time", "dollars": "amount"})


@pytest.fixture(scope="module")
def published():
    """The summary of the CDNOW sample at 30 September 1997, in weeks, that Fader, Hardie and Lee
    (2005) estimate from: ID, x, t_x, T and zbar, the last three to two printed digits."""
    return pd.read_csv(ROOT / "tests/published/cdnow_summary.csv", dtype=str)


def test_our_copy_of_the_published_summary_is_the_one_lifetimes_ships(published):
    found = importlib.util.find_spec("lifetimes")
    if found is None:
        pytest.skip("the package lifetimes comes with the bench extra")
    folder = Path(found.submodule_search_locations[0], "datasets")
    theirs = pd.read_csv(folder / "cdnow_customers_summary_with_transactions.csv", dtype=str)
    pd.testing.assert_frame_equal(published, theirs)


def to_cents(value):
    """Two digits, halves up: 140 of the 946 means end on exactly half a cent."""
    return Decimal(repr(round(value, 9))).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_published_summary_to_every_printed_digit(cdnow, published):
    summary = customers.summarize(cdnow, observation_end="1997-09-30")
    assert summary["customer_id"].astype(int).tolist() == published["ID"].astype(int).tolist()
    assert summary["frequency"].tolist() == published["x"].astype(int).tolist()
    for ours, theirs in [("recency", "t_x"), ("T", "T"), ("monetary_value", "zbar")]:
        assert summary[ours].map(to_cents).tolist() == published[theirs].map(Decimal).tolist(), ours


def test_published_totals(cdnow):
    summary = customers.summarize(cdnow, observation_end=date(1997, 9, 30))
    assert len(summary) == 2357
    assert (summary["frequency"] > 0).sum() == 946
    assert summary["frequency"].sum() == 2457
    printed = summary[["recency", "T", "monetary_value"]].map(to_cents).sum().map(str).tolist()
    assert printed == ["16135.52", "77111.21", "33184.31"]
    first = summary.iloc[0]
    assert [first["frequency"], first["recency"], first["T"]] == [2, 213 / 7, 272 / 7]
    assert first["monetary_value"] == pytest.approx((29.73 + 14.96) / 2, rel=1e-12)


def test_split_of_cdnow_begins_with_the_published_summary(cdnow):
    table = customers.split(cdnow, "1997-09-30", "1998-06-30")
    summary = customers.summarize(cdnow, observation_end="1997-09-30")
    pd.testing.assert_frame_equal(table[list(summary)], summary)
    assert set(table["duration_holdout"]) == {39.0}
    later = cdnow[cdnow["time"] > "1997-09-30"].drop_duplicates(["customer_id", "time"])
    assert table["frequency_holdout"].sum() == len(later) == 1882
    assert customers.split(cdnow, "1997-09-30").equals(table)


def test_tracking_of_cdnow_ends_where_the_summary_does(cdnow):
    tracked = customers.cumulative_repeat_purchases(cdnow)
    births = customers.first_purchases(cdnow)
    assert tracked["period"].tolist() == list(range(78))
    # The 39th week ends on 1 October, a day after the calibration period.
    counted = tracked["cumulative_repeat_purchases"]
    assert counted[38] <= 2457 <= counted[39]
    assert births["customers"].sum() == 2357
    assert births["time"].tolist() == [day / 7 for day in range(len(births))]


# --- engine by engine ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large_log():
    """320,000 lines, many of one customer on one day, some within a minute of midnight."""
    rng = np.random.default_rng(1997)
    n = 320_000
    seconds = rng.integers(0, 400 * 86_400, n)
    seconds[::7] = seconds[::7] // 86_400 * 86_400 - 30
    seconds[1::7] = seconds[::7][: len(seconds[1::7])] + 60
    log = pd.DataFrame(
        {
            "channel": "web",
            "customer_id": pd.Series(rng.integers(0, 15_000, n)).map("{:06d}".format),
            "time": np.datetime64("2023-12-01", "us") + seconds.astype("timedelta64[s]"),
            "amount": rng.integers(-500, 20_000, n) / 100,
        }
    )
    log.loc[1::7, "customer_id"] = log["customer_id"][::7].to_numpy()[: len(log[1::7])]
    return log


@pytest.fixture(scope="module")
def by_engine(large_log, tmp_path_factory):
    """What every function makes of the large log on an engine."""
    folder = tmp_path_factory.mktemp("logs")

    @functools.cache
    def results(engine):
        log = on(engine, large_log, folder)
        return (
            in_pandas(customers.summarize(log, "month", "2024-12-24")),
            in_pandas(customers.split(log, "2024-06-30", unit="year")),
            in_pandas(customers.histories(log, "week", "2024-12-24")),
            customers.cumulative_repeat_purchases(log, "month"),
            customers.first_purchases(log, "day"),
        )

    return results


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_engines_agree(by_engine, one, other):
    for ours, theirs in zip(by_engine(one), by_engine(other), strict=True):
        assert ours.columns.tolist() == theirs.columns.tolist()
        for column in ours:
            left, right = ours[column].to_numpy(), theirs[column].to_numpy()
            if column != "customer_id":
                assert left.dtype == right.dtype, column
            if left.dtype == float:
                np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-12, err_msg=column)
            else:
                assert left.tolist() == right.tolist(), column


def test_large_log_against_a_plain_count(large_log, by_engine):
    log = large_log[large_log["time"] < "2024-12-25"]
    day = (log["time"].to_numpy() - np.datetime64("1970-01-01")) // np.timedelta64(1, "D")
    days = log.assign(day=day).pivot_table("amount", ["customer_id", "day"], aggfunc="sum")
    grouped = days.reset_index().groupby("customer_id")
    summary = by_engine("pandas")[0].set_index("customer_id")
    assert summary.index.tolist() == sorted(log["customer_id"].unique())
    assert summary["frequency"].tolist() == (grouped.size() - 1).tolist()
    first, last = grouped["day"].min(), grouped["day"].max()
    end = (np.datetime64("2024-12-24") - np.datetime64("1970-01-01")).astype(int)
    month = 365.2425 / 12
    np.testing.assert_allclose(summary["recency"], (last - first) / month, rtol=1e-12)
    np.testing.assert_allclose(summary["T"], (end - first) / month, rtol=1e-12)
    repeats = grouped.apply(lambda g: g["amount"].iloc[1:].mean() if len(g) > 1 else 0.0)
    np.testing.assert_allclose(summary["monetary_value"], repeats, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("engine", [*ENGINES, *SPARK])
def test_same_kind_comes_back(engine, tmp_path):
    rows = [("a", datetime(2024, 1, 1), 1), ("b", datetime(2024, 2, 1), 1)]
    log = on(engine, log_of(rows), tmp_path)
    assert type(customers.summarize(log)) is type(log)
    assert type(customers.split(log, "2024-01-05")) is type(log)
    assert type(customers.histories(log)) is type(log)


@pytest.mark.parametrize("engine", FILES)
def test_a_path_gives_a_duckdb_relation(engine, tmp_path):
    log = log_of([("007", datetime(2024, 1, 1, 9), 1), ("7", datetime(2024, 2, 1, 9, 30), 2)])
    summary = customers.summarize(on(engine, log, tmp_path))
    assert isinstance(summary, duckdb.DuckDBPyRelation)
    assert summary.fetchall() == [("007", 0, 0.0, 31 / 7, 0.0), ("7", 0, 0.0, 0.0, 0.0)]


@pytest.mark.parametrize("engine", [*ENGINES, *SPARK])
def test_day_numbers_are_pythons_in_every_year(engine, tmp_path):
    days = [datetime(year, *md) for year in range(1, 10_000) for md in [(1, 1), (3, 1), (12, 31)]]
    log = log_of([(f"{i:06}", day, 1) for i, day in enumerate(days)])
    summary = in_pandas(customers.summarize(on(engine, log, tmp_path), "day"))
    last = date.max.toordinal()
    assert summary["T"].tolist() == [last - day.toordinal() for day in days]


@pytest.mark.parametrize("engine", [*ENGINES, *FILES, *SPARK])
def test_dates_do_as_well_as_datetimes(engine, tmp_path):
    log = log_of([("a", datetime(2024, 1, day), day) for day in (1, 15, 31)])
    dates = pa.Table.from_pandas(log).cast(
        pa.schema([("customer_id", pa.string()), ("time", pa.date32()), ("amount", pa.int64())])
    )
    if engine == "pandas":
        moved = dates.to_pandas(types_mapper=pd.ArrowDtype)
    else:
        moved = on(engine, dates.to_pandas(), tmp_path)
    summary = in_pandas(customers.summarize(moved, "day", date(2024, 1, 20)))
    assert summary.values.tolist() == [["a", 1, 14.0, 19.0, 15.0]]
    table = in_pandas(customers.split(moved, date(2024, 1, 15)))
    assert table["monetary_value_holdout"].tolist() == [31.0]


@pytest.mark.slow
def test_a_timestamp_of_spark_is_read_in_the_time_zone_of_the_session(tmp_path):
    """São Paulo, where the night of 4 November 2018 had no midnight; 23:59 there is the next day
    in Greenwich."""
    times = [(3, 23, 59), (4, 1, 1), (4, 23, 59), (6, 23, 59)]
    log = log_of([("a", datetime(2018, 11, *time), 2**i) for i, time in enumerate(times)])
    frame = in_spark(pa.Table.from_pandas(log, preserve_index=False), tmp_path, "timestamp")
    assert dict(frame.dtypes)["time"] == "timestamp"
    summary = in_pandas(customers.summarize(frame, "day", "2018-11-05"))
    assert summary.values.tolist() == [["a", 1, 1.0, 2.0, 6.0]]
    table = in_pandas(customers.split(frame, "2018-11-04", "2018-11-06", "day"))
    assert table["monetary_value_holdout"].tolist() == [8.0]
    assert customers.first_purchases(frame).values.tolist() == [[0.0, 1]]
    assert in_pandas(customers.histories(frame, "day")).values.tolist() == [[2, 3.0, 3.0, 1]]


# --- counted histories -----------------------------------------------------------------------


@pytest.mark.parametrize("engine", [*ENGINES, *FILES, *SPARK])
def test_counted_histories_fit_as_the_whole_table_does(engine, cdnow, tmp_path):
    whole = BGNBD().fit(customers.summarize(cdnow, observation_end="1997-09-30"))
    counted = customers.histories(on(engine, cdnow, tmp_path), observation_end="1997-09-30")
    counted = in_pandas(counted)
    model = BGNBD().fit(counted, weights=counted["customers"])
    assert len(counted) < 2357 == counted["customers"].sum()
    assert model.params_.to_numpy() == pytest.approx(whole.params_.to_numpy(), rel=1e-8)
    assert model.standard_errors_.to_numpy() == pytest.approx(
        whole.standard_errors_.to_numpy(), rel=1e-6
    )


def test_counted_histories_against_a_plain_count(large_log, by_engine):
    summary = by_engine("pandas")[0]
    months, weeks = 365.2425 / 12, 7
    plain = Counter(
        (x, round(t_x * months) / weeks, round(T * months) / weeks)
        for x, t_x, T in zip(summary["frequency"], summary["recency"], summary["T"], strict=True)
    )
    counted = by_engine("pandas")[2]
    rows = [tuple(row) for row in counted.drop(columns="customers").values.tolist()]
    assert rows == sorted(plain)
    assert counted["customers"].tolist() == [plain[row] for row in rows]


# --- large files -----------------------------------------------------------------------------


def test_a_log_too_large_for_duckdb_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "log.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select printf('%060d', i) as customer_id, date '2024-01-01' as time, 1.0 as "
            f"amount from range(500_000) as lines(i)) to '{path}' (format parquet)"
        )
        connection.execute("set memory_limit = '40MB'; set max_temp_directory_size = '1MB'")
        log = connection.read_parquet(str(path))
        for call in (customers.cumulative_repeat_purchases, customers.first_purchases):
            with pytest.raises(DataError, match="too large.*memory_limit") as refusal:
                call(log)
            assert "\n" not in str(refusal.value)


SLOW_SUMMARY = """
import duckdb, sys
from crmlib import customers

duckdb.execute("set progress_bar_time = 20; set threads = 1")
customers.summarize(sys.argv[1]).write_parquet(sys.argv[1] + ".summary")
"""


@pytest.fixture
def slow_summary(large_log, tmp_path):
    """The command of a process that makes a summary, and need not wait two seconds for a bar."""
    path = tmp_path / "log.parquet"
    large_log.loc[large_log.index.repeat(20)].to_parquet(path, index=False)
    # DuckDB takes -c for a session with a person, and by itself would draw into a pipe too.
    return [sys.executable, "-c", SLOW_SUMMARY, str(path)]


def test_progress_is_shown_in_a_terminal(slow_summary):
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(slow_summary, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # Linux says so when the other side has closed
        while piece := os.read(ours, 65_536):
            shown += piece
    os.close(ours)
    assert process.communicate() == (None, b"") and process.returncode == 0
    assert "100%" in shown.decode()


def test_progress_is_not_shown_in_a_pipe(slow_summary):
    done = subprocess.run(slow_summary, capture_output=True, check=True)
    assert done.stdout == done.stderr == b""


# --- definitions -----------------------------------------------------------------------------


def test_the_calendar_day_counts_not_the_24_hours():
    rows = [("a", datetime(2024, 1, 1, 23, 59), 1), ("a", datetime(2024, 1, 2, 0, 1), 5)]
    summary = customers.summarize(log_of(rows), "day")
    assert summary.values.tolist() == [["a", 1, 1.0, 1.0, 5.0]]
    rows = [("a", datetime(2024, 1, 1, 0, 1), 1), ("a", datetime(2024, 1, 1, 23, 59), 5)]
    assert customers.summarize(log_of(rows), "day").values.tolist() == [["a", 0, 0.0, 0.0, 0.0]]


def test_units():
    log = log_of([("a", datetime(2024, 1, 1), 1), ("a", datetime(2024, 12, 31), 1)])
    recency = {unit: customers.summarize(log, unit)["recency"][0] for unit in UNIT_DAYS}
    assert recency == pytest.approx(
        {"day": 365, "week": 365 / 7, "month": 365 * 12 / 365.2425, "year": 365 / 365.2425}
    )


def test_the_end_of_observation_counts_in_full_whatever_its_form():
    log = log_of([("a", datetime(2024, 1, 1), 1), ("a", datetime(2024, 1, 8, 18), 4)])
    ends = [
        "2024-01-08",
        date(2024, 1, 8),
        datetime(2024, 1, 8, 12),
        pd.Timestamp("2024-01-08"),
        np.datetime64("2024-01-08"),
    ]
    for end in ends:
        assert customers.summarize(log, observation_end=end)["frequency"].tolist() == [1]
    assert customers.summarize(log, observation_end="2024-01-07")["frequency"].tolist() == [0]


def test_repeats_of_nothing_are_worth_exactly_nothing():
    days = [(1, 0.1), (1, 0.2), (3, 0), (9, 0)]
    log = log_of([("a", datetime(2024, 1, day), amount) for day, amount in days])
    assert customers.summarize(log)["monetary_value"].tolist() == [0.0]


LOGS = st.lists(
    st.tuples(
        st.sampled_from(["Ann", "Bo", "客户"]),
        st.datetimes(datetime(2023, 12, 20), datetime(2024, 3, 10)),
        st.integers(-300, 10_000).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=25,
)


def plain_count(rows, end):
    """{customer: (days in order, {day: total})} of purchases up to a day, by dictionaries."""
    totals = {}
    for customer, time, amount in rows:
        if time.date() <= end:
            days = totals.setdefault(customer, {})
            days[time.date()] = days.get(time.date(), 0) + amount
    return {customer: (sorted(days), days) for customer, days in sorted(totals.items())}


def summary_row(days, totals, end, length):
    repeats = [totals[day] for day in days[1:]]
    return (
        len(repeats),
        (days[-1] - days[0]).days / length,
        (end - days[0]).days / length,
        math.fsum(repeats) / len(repeats) if repeats else 0.0,
    )


@settings(max_examples=60)
@given(LOGS, st.sampled_from(ENGINES), st.sampled_from(list(UNIT_DAYS)), st.integers(0, 80))
def test_summary_against_a_plain_count(rows, engine, unit, after):
    end = min(time.date() for _, time, _ in rows) + timedelta(days=after)
    summary = in_pandas(customers.summarize(on(engine, log_of(rows)), unit, end))
    expected = plain_count(rows, end)
    assert summary["customer_id"].tolist() == list(expected)
    for row, (days, totals) in zip(summary.itertuples(index=False), expected.values(), strict=True):
        plain = summary_row(days, totals, end, UNIT_DAYS[unit])
        assert row[1:] == pytest.approx(plain, rel=1e-12, abs=1e-9)


@settings(max_examples=25)
@given(LOGS, st.sampled_from(ENGINES), st.integers(0, 80), st.integers(1, 30))
def test_split_and_tracking_against_a_plain_count(rows, engine, after, holdout):
    calibration = min(time.date() for _, time, _ in rows) + timedelta(days=after)
    end = calibration + timedelta(days=holdout)
    log = on(engine, log_of(rows))
    table = in_pandas(customers.split(log, calibration, end))
    seen = plain_count(rows, end)
    expected = plain_count(rows, calibration)
    assert table["customer_id"].tolist() == list(expected)
    for row, (customer, (days, totals)) in zip(
        table.itertuples(index=False), expected.items(), strict=True
    ):
        later = [total for day, total in seen[customer][1].items() if day > calibration]
        mean = math.fsum(later) / len(later) if later else 0.0
        assert row[1:] == pytest.approx(
            (*summary_row(days, totals, calibration, 7), len(later), mean, holdout / 7),
            rel=1e-12,
            abs=1e-9,
        )
    start = min(days[0] for days, _ in seen.values())
    tracked = customers.cumulative_repeat_purchases(log, "week", end)
    assert tracked["period"].tolist() == list(range((end - start).days // 7 + 1))
    assert tracked["cumulative_repeat_purchases"].tolist() == [
        sum((day - start).days <= 7 * week for days, _ in seen.values() for day in days[1:])
        for week in tracked["period"]
    ]
    births = customers.first_purchases(log, "day", end)
    first = sorted((days[0] - start).days for days, _ in seen.values())
    assert np.repeat(births["time"], births["customers"]).tolist() == first


# --- what is refused -------------------------------------------------------------------------

GOOD = log_of([("a", datetime(2024, 1, 1), 1.0), ("b", datetime(2024, 2, 1), 2.0)])


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (GOOD.rename(columns={"customer_id": "CustomerID"}), ["'customer_id'", "'CustomerID'"]),
        (GOOD.rename(columns={"amount": "dollars"}), ["'amount'", "customer_id, time, dollars"]),
        (GOOD.assign(time=["01/02/2024", "02/02/2024"]), ["'time'", "String", "transactions.read"]),
        (GOOD.assign(time=[date(2024, 1, 1), date(2024, 1, 2)]), ["'time'", "transactions.read"]),
        (GOOD.assign(time=GOOD["time"].dt.tz_localize("Asia/Shanghai")), ["'time'", "time zone"]),
        (GOOD.assign(amount=["1", "2"]), ["'amount'", "numbers"]),
        (GOOD.assign(customer_id=[1, "1"]), ["'customer_id'", "transactions.read"]),
        (GOOD.assign(customer_id=[None, "b"], amount=np.nan), ["customer_id 1, amount 2"]),
        (GOOD.assign(amount=[np.inf, 1.0]), ["amount 1"]),
        (GOOD.assign(time=[pd.NaT, pd.NaT]).astype({"time": "datetime64[us]"}), ["time 2"]),
        (GOOD[:0], ["empty"]),
        ([("a", "2024-01-01", 1.0)], ["list", "pandas"]),
        ("log.xlsx", ["log.xlsx", "transactions.read"]),
        ("no_such_file.parquet", ["no_such_file.parquet"]),
        ("no_such_file.csv", ["no_such_file.csv"]),
    ],
)
def test_bad_logs_are_refused_in_one_sentence(log, words):
    for call in (
        customers.summarize,
        customers.cumulative_repeat_purchases,
        lambda log: customers.split(log, "2024-01-15"),
    ):
        with pytest.raises(DataError) as refusal:
            call(log)
        message = str(refusal.value)
        assert message.endswith(".") and "\n" not in message
        assert all(word in message for word in words), message


@pytest.mark.parametrize("engine", [*ENGINES, *SPARK])
def test_missing_values_are_counted_on_every_engine(engine, tmp_path):
    rows = [("a", datetime(2024, 1, 1), None), (None, None, 2.0), ("b", None, 1.0)]
    with pytest.raises(DataError, match="3 rows in customer_id 1, time 2, amount 1"):
        customers.summarize(on(engine, log_of(rows), tmp_path))
    with pytest.raises(DataError, match="empty"):
        customers.summarize(on(engine, GOOD[:0], tmp_path))


@pytest.mark.parametrize("engine", ["polars", "polars lazy", "arrow", "duckdb"])
def test_a_time_zone_is_refused_on_every_engine(engine):
    with pytest.raises(DataError, match="time zone"):
        customers.summarize(on(engine, GOOD.assign(time=GOOD["time"].dt.tz_localize("UTC"))))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("customer_id,time,amount\na,03/04/2024,1\nb,2024-04-03,1\n", "time 1"),
        ("customer_id,time,amount\na,2024-04-03,9 EUR\n,2024-04-03,1\n", "_id 1, amount 1"),
        ("customer_id,time,amount\na,2024-04-03,1\nb,2024-04-03,1,2,3\n", "transactions.read"),
        ("client,date,total\na,2024-04-03,1\n", "client, date, total"),
        ("", "customer_id"),
    ],
)
def test_a_csv_file_is_read_strictly(tmp_path, text, words):
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        customers.summarize(path)
    assert words in str(refusal.value) and "\n" not in str(refusal.value)


def test_broken_files_are_refused_in_one_sentence(tmp_path):
    pq.write_table(pa.Table.from_pandas(GOOD), tmp_path / "log.parquet")
    whole = (tmp_path / "log.parquet").read_bytes()
    (tmp_path / "log.parquet").write_bytes(whole[: len(whole) // 2])
    text = "customer_id,time,amount\n客户,2024-04-03,1\n"
    (tmp_path / "gb.csv").write_text(text, encoding="gb18030")
    for name in ("log.parquet", "gb.csv"):
        with pytest.raises(DataError, match=r"transactions\.read") as refusal:
            customers.summarize(tmp_path / name)
        assert "\n" not in str(refusal.value)


def test_bad_days_and_units_are_refused():
    with pytest.raises(DataError, match="'weeks'; accepted: day, week, month, year"):
        customers.summarize(GOOD, "weeks")
    for day in ("30.9.1997", "03/04/1997", pd.NaT, 19970930.0):
        with pytest.raises(DataError, match="is no day"):
            customers.summarize(GOOD, observation_end=day)
    with pytest.raises(DataError, match="up to 2023-12-31.*first is on 2024-01-01"):
        customers.summarize(GOOD, observation_end="2023-12-31")
    for calibration in ("2023-12-31", "2024-02-01", "2024-02-02"):
        with pytest.raises(DataError, match="from 2024-01-01.*the day before 2024-02-01"):
            customers.split(GOOD, calibration)
