"""What a table must hold, and what is said when it does not."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmlib import DataError
from crmlib.value.btyd.reading import read_columns, read_histories, read_numbers, read_weights

GOOD = {"frequency": [2, 0, 1], "recency": [30.43, 0.0, 3.0], "T": [38.86, 0.0, 3.0]}


def table(**changes):
    return pd.DataFrame(GOOD | changes)


def duckdb_relation(frame):
    return duckdb.from_arrow(pa.Table.from_pandas(frame))


@pytest.mark.parametrize(
    "engine",
    [
        pd.DataFrame,
        pl.from_pandas,
        lambda f: pl.from_pandas(f).lazy(),
        pa.Table.from_pandas,
        duckdb_relation,
    ],
    ids=["pandas", "polars", "polars lazy", "arrow", "duckdb"],
)
def test_any_engine(engine):
    for column, expected in zip(read_histories(engine(table())), GOOD.values()):
        assert column.dtype == float
        np.testing.assert_array_equal(column, expected)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "Int64", "float32", "int64[pyarrow]"])
def test_any_number(dtype):
    x, _t_x, _T = read_histories(table().astype({"frequency": dtype}))
    np.testing.assert_array_equal(x, GOOD["frequency"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frequency": [2, 0, 1.5]}, "frequency is 1.5 in row 2 .* whole numbers"),
        ({"frequency": [2, -1, 1]}, "frequency is -1 in row 1 .* 0 or more"),
        ({"frequency": [2, 0, None]}, "frequency is missing in row 2"),
        ({"frequency": pd.array([2, 0, None], dtype="Int64")}, "frequency is missing in row 2"),
        ({"frequency": ["2", "0", "1"]}, "frequency holds String; accepted: numbers"),
        ({"frequency": [True, False, True]}, "frequency holds Boolean"),
        ({"recency": [38.87, 0, 3]}, "recency is 38.87 in row 0 .* times up to T"),
        ({"recency": [30.43, 0, 0]}, "recency is 0 in row 2 .* above 0 after repeat purchases"),
        (
            {"recency": [30.43, 1, 3], "T": [40, 40, 40]},
            "recency is 1 in row 1 .* without a repeat",
        ),
        ({"T": [38.86, np.inf, 3]}, "T is inf in row 1"),
        ({"T": [38.86, np.nan, 3]}, "T is missing in row 1"),
    ],
)
def test_wrong_values_are_refused(changes, message):
    with pytest.raises(DataError, match=message):
        read_histories(table(**changes))


@pytest.mark.parametrize("engine", [pd.DataFrame, lambda f: pl.from_pandas(f).lazy()])
def test_a_missing_column_is_named_with_the_nearest(engine):
    with pytest.raises(DataError, match="no column frequency; did you mean Frequenz"):
        read_histories(engine(table().rename(columns={"frequency": "Frequenz"})))
    with pytest.raises(DataError, match="no column T; the table has frequency, recency, age"):
        read_histories(engine(table().rename(columns={"T": "age"})))
    with pytest.raises(DataError, match="no column recency; the table has frequency, T"):
        read_histories(engine(table().drop(columns="recency")))  # frequency is meant for itself


def test_no_rows():
    with pytest.raises(DataError, match="no row"):
        read_histories(table().head(0))


@pytest.mark.parametrize("thing", [None, 3, [1, 2], "customers.csv", pd.Series([1.0])])
def test_no_table(thing):
    with pytest.raises(DataError, match="table of customers is expected"):
        read_histories(thing)


def test_the_same_column_twice():
    twice = pd.concat([table(), table()], axis=1)
    with pytest.raises(DataError, match="Two columns"):
        read_histories(twice)


def test_columns_that_are_not_asked_for_may_hold_anything():
    (T,) = read_columns(table(name=["a", None, "c"]), ["T"])
    np.testing.assert_array_equal(T, GOOD["T"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (-1, "periods is -1; accepted"),
        ([1, np.nan, 2], "periods is missing in row 1"),
        ([1, 2], "numbers for each of the 3 rows"),
        ("soon", "periods must be"),
        (None, "periods is missing"),
    ],
)
def test_wrong_numbers_are_refused(values, message):
    with pytest.raises(DataError, match=message):
        read_numbers(values, "periods", 3)


def test_weights():
    assert read_weights(None, 2).tolist() == [1, 1]
    assert read_weights([3, 0], 2).tolist() == [3, 0]
    with pytest.raises(DataError, match="weights"):
        read_weights([1, 2, 3], 2)
    with pytest.raises(DataError, match="weights is -2 in row 1"):
        read_weights([1, -2], 2)
    with pytest.raises(DataError, match="weights is 0 in every row"):
        read_weights([0, 0], 2)
