"""The contract: every row is kept or set aside, every value read rightly or counted."""

import csv
import datetime
import io
import re
import zipfile

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import polars
import pyarrow
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmlib import DataError, transactions
from crmlib.transactions import columns as columns_module
from crmlib.transactions.report import Report

NOW = "2025-06-30"


@pytest.fixture
def write(tmp_path):
    """A function that writes text or bytes to a file and returns its path."""

    def to(name, content, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return to


def frame(**columns):
    """A data frame with the required columns, unless others are given."""
    n = max((len(column) for column in columns.values()), default=1)
    base = {"customer": ["007"] * n, "date": ["2025-01-31"] * n, "amount": [12.5] * n}
    return pd.DataFrame(base | columns)


def read(source, columns=None, **rules):
    return transactions.read(source, columns, **({"now": NOW} | rules))


def refusal(source, columns=None, **rules):
    """The sentence of the refusal, checked to be one sentence."""
    with pytest.raises(DataError) as refused:
        read(source, columns, **rules)
    sentence = str(refused.value)
    assert sentence.endswith(".") and "\n" not in sentence
    assert refused.value.__cause__ is None
    return sentence


def times_of(values, **rules):
    log, report = read(frame(date=values), **rules)
    return log["time"].astype(str).tolist(), report


def amounts_of(values):
    log, report = read(frame(amount=values), negative="keep")
    return log["amount"].tolist(), report


# --- real files ---------------------------------------------------------------------------


def test_online_retail_is_counted_as_it_is(shared_file):
    log, report = transactions.read(shared_file("online_retail/online_retail.parquet"))
    assert report.rows_in == 541_909
    assert report.findings["rows"].to_dict() == {
        "missing_customer_id": 135_080,
        "unreadable_time": 0,
        "future_time": 0,
        "unreadable_amount": 0,
        "cancellation_order": 9_288,
        "negative_quantity": 10_624,
        "cancelled_purchase": 2_787,
        "negative_amount": 9_290,
        "zero_amount": 2_515,
        "duplicate": 5_268,
        "same_day": 387_533,
        "unreadable_quantity": 0,
        "unreadable_unit_price": 0,
    }
    assert report.rows_kept == len(log) == 395_137
    assert log["customer_id"].iloc[0] == "17850"
    assert report.customers == 4_328
    # the order of 80,995 pieces that was cancelled twelve minutes later
    assert log.loc[log["customer_id"] == "16446", "quantity"].tolist() == [1.0, 1.0]
    assert report.unused == ["Description", "Country"]
    assert "There is no amount; it is Quantity times UnitPrice." in report.notes
    assert report.aside["reason"].value_counts().to_dict() == {
        "missing customer id": 135_080,
        "cancellation order": 8_905,
        "purchase cancelled later": 2_787,
    }


def test_cdnow_master_has_no_headings(shared_file):
    path = shared_file("cdnow/CDNOW_master.txt")
    assert "customer_id=0,time=1,amount=2" in refusal(path)
    log, report = read(path, {"customer_id": 0, "time": 1, "quantity": "2", "amount": 3})
    assert (report.rows_in, report.rows_kept, report.customers) == (69_659, 69_659, 23_570)
    counts = report.findings["rows"]
    assert (counts["duplicate"], counts["zero_amount"], counts["same_day"]) == (255, 80, 2_068)
    assert report.time_format == "%Y%m%d"
    assert log.iloc[0].tolist() == ["00001", pd.Timestamp("1997-01-01"), 11.77, 1.0]
    assert log["amount"].sum() == pytest.approx(2_500_315.63, abs=0.005)


def test_cdnow_sample_is_recognised(pytestconfig):
    log, report = read(pytestconfig.rootpath / "datasets/cdnow/cdnow_sample.csv")
    assert report.columns == {"customer_id": "customer_id", "time": "date", "amount": "dollars"}
    assert (report.rows_in, report.customers, report.unused) == (6_919, 2_357, ["cds"])
    assert log["customer_id"].iloc[0] == "0001"


# --- the log ------------------------------------------------------------------------------


def test_log_has_the_types_of_the_contract_in_the_order_of_the_file(write):
    path = write(
        "orders.csv",
        "channel,qty,order no,sku,price,date,client,amount\n"
        "web,2,A1,x,1.5,2025-02-01,b,3\nshop,1,A2,y,2,2025-01-01,a,2\n",
    )
    log, report = read(path)
    assert {name: str(kind) for name, kind in log.dtypes.items()} == {
        "customer_id": "str",
        "time": "datetime64[us]",
        "amount": "float64",
        "order_id": "str",
        "product_id": "str",
        "quantity": "float64",
        "unit_price": "float64",
        "channel": "str",
    }
    assert log["customer_id"].tolist() == ["b", "a"]
    assert log.index.tolist() == [0, 1]
    assert report.unused == []


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["00123", " A-1 ", "１２"], ["00123", "A-1", "１２"]),
        ([17850.0, None, 3.0], ["17850", "3"]),
        ([17850, "007", 1.0], ["17850", "007", "1"]),
        (pd.array([2**60 + 1, None, 3], dtype="Int64"), [str(2**60 + 1), "3"]),
        (["nan", "", "  ", "None", "NULL", "n/a", "#N/A", "Nancy"], ["Nancy"]),
    ],
)
def test_customer_ids_stay_as_typed(ids, expected):
    log, report = read(frame(customer=ids))
    assert log["customer_id"].tolist() == expected
    assert report.findings.loc["missing_customer_id", "rows"] == len(ids) - len(expected)


@pytest.mark.parametrize(
    "convert",
    [
        pyarrow.Table.from_pandas,
        polars.from_pandas,
        lambda pandas: polars.from_pandas(pandas).lazy(),
        duckdb.from_df,
        lambda pandas: pandas.convert_dtypes(dtype_backend="pyarrow"),
        lambda pandas: pandas.set_index("customer"),
        lambda pandas: pandas.astype("category"),
        lambda pandas: pandas.astype(object),
    ],
)
def test_any_data_frame_gives_the_same_log(convert):
    pandas = frame(customer=["1", None, "007"], amount=[1.5, 2.0, -3.0], qty=[1, 2, 3])
    expected, counted = read(pandas)
    log, report = read(convert(pandas))
    pd.testing.assert_frame_equal(log, expected)
    assert report.findings["rows"].to_dict() == counted.findings["rows"].to_dict()
    assert report.aside["row"].tolist() == [2, 3]


def test_cells_that_hold_lists_are_cells_too():
    log, report = read(frame(customer=[[1], {"a": 2}], tags=[[1], [1]]))
    assert log["customer_id"].tolist() == ["[1]", "{'a': 2}"]
    assert report.findings.loc["duplicate", "rows"] == 0


def test_long_ids_with_gaps_survive_parquet(tmp_path):
    ids = pyarrow.array([1234567890123456789, None])
    dates = pyarrow.array([datetime.date(2025, 1, 1)] * 2)
    amounts = pyarrow.array([1, 2], pyarrow.decimal128(5, 2))
    table = pyarrow.table({"client": ids, "date": dates, "sales": amounts})
    pyarrow.parquet.write_table(table, tmp_path / "orders.parquet")
    log, report = read(tmp_path / "orders.parquet")
    assert log.iloc[0].tolist() == ["1234567890123456789", pd.Timestamp("2025-01-01"), 1.0]
    assert report.aside["row"].tolist() == [2]


def test_amount_is_quantity_times_price_when_there_is_none():
    source = frame(qty=["2", "x"], price=["1.50", "1"]).drop(columns="amount")
    log, report = read(source)
    assert log["amount"].tolist() == [3.0]
    assert "There is no amount; it is qty times price." in report.notes
    assert report.findings.loc["unreadable_amount", "example"] == "row 2: x, 1"


# --- headings -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headings",
    [
        ["CustomerID", "InvoiceDate", "Amount"],
        ["Customer ID", "order_date", "SALES"],
        ["client_no", "Order-Date", "Total (USD)"],
        ["客户编号", "下单时间", "金额"],
        ["会员号", "交易日期", "实付金额（元）"],
        ["user.id", "Time", "dollars"],
    ],
)
def test_common_headings_are_recognised(headings):
    _log, report = read(frame().set_axis(headings, axis=1))
    assert list(report.columns.values()) == headings


def test_no_spelling_serves_two_roles():
    spellings = [
        columns_module.normalise(word)
        for words in columns_module.SPELLINGS.values()
        for word in words.split()
    ]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize(
    ("columns", "parts"),
    [
        (None, ["'date'", "'order date'", "time", "choose one, for example time='date'."]),
        ({"time": "ordr date"}, ["'ordr date'", "did you mean 'order date'?"]),
        ({"tme": "date"}, ["'tme'", "did you mean 'time'?"]),
        ({"time": "date", "amount": "date"}, ["'date'", "two roles"]),
        ({"time": "date", "amount": 3}, ["positions for amount"]),
        ({"time": 9}, ["position 9", "counted from 0 to 3"]),
        (["date"], ["must map roles"]),
    ],
)
def test_unclear_columns_are_refused(columns, parts):
    source = frame(**{"order date": ["2025-01-31"]})
    sentence = refusal(source, columns)
    assert all(part in sentence for part in parts), sentence


def test_columns_chooses_between_two():
    source = frame(**{"order date": ["2025-01-30"]})
    log, report = read(source, {"time": "Order_Date"})
    assert log["time"].iloc[0] == pd.Timestamp("2025-01-30")
    assert report.unused == ["date"]


def test_missing_and_repeated_headings_are_refused(write):
    assert "amount" in refusal(frame().rename(columns={"amount": "betrag"}))
    assert "time (when it was bought)" in (told := refusal(frame().drop(columns="date")))
    assert "name it: time='…' (on the command line in --columns)." in told
    repeated = write("twice.csv", "client,date,sales,sales\n1,2025-01-31,1,2\n")
    assert "Two columns for amount (what was paid) are called 'sales'" in refusal(repeated)


def test_repeated_headings_nobody_needs_are_told_apart(write):
    path = write("twice.csv", "client,date,sales,note,note,\n1,2025-01-31,1,a,b,\n")
    assert read(path)[1].unused == ["note", "note (2)"]


# --- times --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "form", "expected"),
    [
        (["2025-01-31"], "%Y-%m-%d", "2025-01-31"),
        (["2025-1-5"], "%Y-%m-%d", "2025-01-05"),
        (["2025/1/5 9:05"], "%Y/%m/%d %H:%M", "2025-01-05 09:05:00"),
        (["20250131"], "%Y%m%d", "2025-01-31"),
        ([20250131], "%Y%m%d", "2025-01-31"),
        (["20250131093000"], "%Y%m%d%H%M%S", "2025-01-31 09:30:00"),
        (["2025年1月5日"], "%Y年%m月%d日", "2025-01-05"),
        (["２０２５年１月５日 9:05"], "%Y年%m月%d日 %H:%M", "2025-01-05 09:05:00"),
        (["2024年11月25日9:05"], "%Y年%m月%d日%H:%M", "2024-11-25 09:05:00"),
        (["25.12.2024"], "%d.%m.%Y", "2024-12-25"),
        (["12/25/24 1:05 PM"], "%m/%d/%y %I:%M %p", "2024-12-25 13:05:00"),
        (["12/25/2024 12:05:09 am"], "%m/%d/%Y %I:%M:%S %p", "2024-12-25 00:05:09"),
        (["5 Jan 2025"], "%d %b %Y", "2025-01-05"),
        (["January 5, 2025"], "%B %d, %Y", "2025-01-05"),
        (["2025-01-31T10:00:00.25"], "%Y-%m-%dT%H:%M:%S.%f", "2025-01-31 10:00:00.250"),
        ([45688.4375], "excel", "2025-01-31 10:30:00"),
        (["45688"], "excel", "2025-01-31"),
        ([datetime.date(2025, 1, 31)], "datetime", "2025-01-31"),
        (pd.to_datetime(["2025-01-31"]), "datetime", "2025-01-31"),
    ],
)
def test_time_formats(values, form, expected):
    read_as, report = times_of(values)
    assert (read_as, report.time_format) == ([expected], form)
    if form != "datetime":
        assert times_of(values, time_format=form)[0] == [expected]


def test_day_and_month_are_told_apart_by_evidence():
    days_first = ["03/04/2024", "25/12/2024", "01/02/2024"]
    read_as, report = times_of(days_first)
    assert read_as == ["2024-04-03", "2024-12-25", "2024-02-01"]
    assert report.time_format == "%d/%m/%Y"
    months_first = ["03/04/2024", "12/25/2024", "01/02/2024"]
    read_as, report = times_of(months_first)
    assert read_as == ["2024-03-04", "2024-12-25", "2024-01-02"]
    assert report.time_format == "%m/%d/%Y"


@pytest.mark.parametrize("mark", "/-.")
@pytest.mark.parametrize("year", ["2024", "11"])
def test_day_and_month_are_never_guessed(mark, year):
    values = [f"03{mark}04{mark}{year}", f"05{mark}06{mark}{year}"]
    sentence = refusal(frame(date=values))
    assert repr(values[0]) in sentence and "time_format=" in sentence and "row 1" in sentence
    assert times_of(
        values, time_format=f"%d{mark}%m{mark}%y".replace("%y", "%Y" if len(year) == 4 else "%y")
    )


def test_the_user_settles_what_the_column_does_not():
    values = ["03/04/2024", "05/06/2024 7:30"]
    assert times_of(values, time_format="%d/%m/%Y")[0][0] == "2024-04-03 00:00:00"
    assert times_of(values, time_format="%m/%d/%Y %H:%M")[0][1] == "2024-05-06 07:30:00"
    odd = ["9:05 on 03/04/2024"]
    assert times_of(odd, time_format="%H:%M on %d/%m/%Y")[0] == ["2024-04-03 09:05:00"]


def test_equal_day_and_month_need_no_settling():
    assert times_of(["05/05/2024", "06/06/2024"])[0] == ["2024-05-05", "2024-06-06"]


def test_two_orders_in_one_column_are_refused_but_a_slip_is_set_aside():
    days_first = [f"{day}/0{month}/2024" for day in range(13, 29) for month in range(1, 10)]
    mixed = [*days_first, "03/04/2024", *["12/25/2024"] * 3]
    assert "%d/%m/%Y or as %m/%d/%Y" in refusal(frame(date=mixed))
    _read_as, report = times_of([*days_first, "03/04/2024", "12/25/2024"])
    assert report.findings.loc["unreadable_time", "rows"] == 1
    assert report.aside["date"].tolist() == ["12/25/2024"]


def test_text_beside_dates_of_a_spreadsheet_is_refused_when_days_may_be_swapped():
    mixed = [datetime.datetime(2024, 4, 3), "25/04/2024"]
    assert "swapped" in refusal(frame(date=mixed))
    read_as, report = times_of([datetime.datetime(2024, 4, 3), "2024/4/25", "unknown"])
    assert read_as == ["2024-04-03", "2024-04-25"]
    assert report.findings.loc["unreadable_time", "example"] == "row 3: unknown"


def test_impossible_times_are_set_aside():
    bad = ["2024-02-30", "2024-13-01", "2024-01-01 24:00", "2024-01-01 9:60", "202401", "soon", ""]
    good = ["2024-01-01 23:59"] * 6
    read_as, report = times_of([*bad, *good])
    assert read_as == ["2024-01-01 23:59:00"] * 6
    assert report.aside["date"].tolist() == bad
    assert report.aside["row"].tolist() == list(range(1, 8))


def test_compact_dates_are_never_read_short():
    """A strptime alone reads 199711 as the first of January."""
    _read_as, report = times_of(["20240101", "20240102", "199711"])
    assert report.aside["date"].tolist() == ["199711"]


def test_mostly_unreadable_times_are_refused():
    sentence = refusal(frame(date=["2024-01-01", "soon", "later"]))
    assert "2 of 3 times in column 'date'" in sentence and "'soon' in row 2" in sentence
    assert "every cell is empty" in refusal(frame(date=["", None]))
    assert times_of(["2024-01-01", "soon"])[0] == ["2024-01-01"]
    assert "'%d/%m/%Y' must fit" in refusal(frame(date=["2024-01-01"]), time_format="%d/%m/%Y")


def test_a_format_that_is_none_is_refused():
    assert "'%Q' is no format" in refusal(frame(), time_format="%Q")


def test_zones_are_dropped_and_the_report_says_so():
    read_as, report = times_of(["2024-01-01T10:00:00+08:00", "2024-01-01T10:00:00Z"])
    assert read_as == ["2024-01-01 10:00:00"] * 2
    assert any("time zone in column 'date' (+08:00, Z)" in note for note in report.notes)
    aware = pd.to_datetime(["2024-01-01 10:00"]).tz_localize("Asia/Shanghai")
    read_as, report = times_of(aware)
    assert read_as == ["2024-01-01 10:00:00"]
    assert any("Asia/Shanghai" in note for note in report.notes)


def test_the_future_is_set_aside():
    values = ["2025-06-29", "2025-06-30", "2025-07-01", "9999-12-31"]
    read_as, report = times_of(values)
    assert read_as == ["2025-06-29", "2025-06-30"]
    assert report.aside["reason"].tolist() == ["time in the future"] * 2
    assert len(times_of(values, now="2025-07-02")[0]) == 3
    assert times_of(values, now=None)[1].findings.loc["future_time", "rows"] >= 1
    assert "it must be a time" in refusal(frame(), now="whenever")


# --- amounts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.50", 12.5),
        ("1,234.50", 1234.5),
        ("1,234", 1234.0),
        ("1,234,567", 1234567.0),
        ("1 234.50", 1234.5),
        ("1'234.50", 1234.5),
        ("¥1,234", 1234.0),
        ("￥１２．５０", 12.5),
        ("12.5元", 12.5),
        ("1.2万", 12000.0),
        ("1.23456万元", 12345.6),
        ("3亿", 3e8),
        ("1.2k", 1200.0),
        ("$ 5", 5.0),
        ("-$5", -5.0),
        ("$-5", -5.0),
        ("(5.00)", -5.0),
        ("−5", -5.0),
        ("5 EUR", 5.0),
        ("usd 5", 5.0),
        ("US$5 USD", 5.0),
        ("1e3", 1000.0),
        ("+7", 7.0),
        (".5", 0.5),
        ("12,50", 12.5),
        ("1.234,50", 1234.5),
        ("0,5", 0.5),
    ],
)
def test_amounts_are_read_rightly(text, number):
    assert amounts_of([text])[0] == [number]


@pytest.mark.parametrize(
    "text",
    [
        *("", "n/a", "free", "12 apples", "1,23", "1,2345", "1.2.3", "12%", "0x1A", "1_000"),
        *("--5", "-$-5", "(5", "(-5)", "¥5$", "inf", "1e999", "2025-01-31", "1e3k", "5 5"),
    ],
)
def test_what_is_no_amount_is_counted(text):
    numbers, report = amounts_of([text, "12.50", "7.25"])
    assert numbers == [12.5, 7.25]
    assert report.aside["reason"].tolist() == ["unreadable amount"]


def test_the_decimal_mark_is_decided_for_the_column():
    assert amounts_of(["1.234", "12,50", "7,25"])[0] == [1234.0, 12.5, 7.25]
    assert amounts_of(["1,234", "12.50", "7.25"])[0] == [1234.0, 12.5, 7.25]
    assert amounts_of(["1,234", "500"])[0] == [1234.0, 500.0]
    assert amounts_of(["1.234"])[0] == [1.234]
    assert amounts_of(["0.123", "4.567"])[0] == [0.123, 4.567]


@pytest.mark.parametrize(
    "values", [["1.234", "5.678"], ["1.234", "1,234"], ["1,234", "2.50", "2,50"]]
)
def test_the_decimal_mark_is_never_guessed(values):
    sentence = refusal(frame(amount=values))
    assert "'amount'" in sentence and repr(values[0]) in sentence and "row 1" in sentence


def test_the_report_shows_how_an_unusual_amount_was_read():
    _numbers, report = amounts_of(["3", "1.2万元"])
    assert "In column 'amount', '1.2万元' (row 2) was read as 12000." in report.notes


def test_mixed_currencies_are_refused():
    sentence = refusal(frame(amount=["$5", "€5", "7"]))
    assert "'$5' in row 1" in sentence and "'€5' in row 2" in sentence
    assert amounts_of(["¥5", "5元", "CNY 5", "5"])[0] == [5.0] * 4


def test_no_readable_amount_is_refused():
    sentence = refusal(frame(amount=[None, "a", "b"]))
    assert "2 of 2 amounts in column 'amount'" in sentence and "'a' in row 2" in sentence
    assert "every cell is empty" in refusal(frame(amount=["", None]))


# --- rules --------------------------------------------------------------------------------


def odd_rows():
    return frame(
        customer=["1", "1", "2", "2", "3", "3", ""],
        amount=[5.0, 5.0, -5.0, 0.0, 8.0, 8.0, 1.0],
        order_no=["1", "1", "C77", None, "Cash", "c8", "9"],
        qty=[1, 1, -1, 0, -3, 1, 1],
    )


def test_counts_are_independent_and_a_row_gets_its_first_reason():
    log, report = read(odd_rows())
    counts = report.findings["rows"]
    assert counts["cancellation_order"] == 2 and counts["negative_quantity"] == 2
    assert counts["negative_amount"] == 1 and counts["zero_amount"] == 1
    assert counts["duplicate"] == 1 and counts["same_day"] == 3
    assert log.index.tolist() == [0, 1, 2] and report.rows_aside == 4
    assert dict(zip(report.aside["row"], report.aside["reason"], strict=True)) == {
        3: "cancellation order",
        5: "negative quantity",
        6: "cancellation order",
        7: "missing customer id",
    }


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ({}, [0, 1, 3]),
        ({"cancellations": "keep"}, [0, 1, 3, 4, 5]),
        ({"cancellations": "keep", "negative": "keep"}, [0, 1, 2, 3, 4, 5]),
        ({"negative": "keep"}, [0, 1, 3]),
        ({"zero": "set aside"}, [0, 1]),
        ({"duplicates": "set aside"}, [0, 3]),
    ],
)
def test_rules_can_be_changed(rules, kept):
    _log, report = read(odd_rows(), **rules)
    assert sorted({*range(7)} - {*(report.aside["row"] - 1)}) == kept


def test_what_is_cancelled_later_was_no_purchase():
    rows = frame(
        customer=["1", "1", "1", "1", "1", "2", "1", "1"],
        date=[f"2025-01-{day:02}" for day in (1, 2, 3, 4, 9, 3, 5, 6)],
        amount=[8.0, 8.0, -8.0, 8.0, -3.0, 8.0, 3.0, -8.0],
        product=["a", "a", "a", "b", "a", "a", "c", "a"],
        qty=[2, 2, -2, 2, -1, 2, 1, -2],
    )
    log, report = read(rows)
    taken = report.aside.loc[report.aside["reason"] == "purchase cancelled later", "row"]
    # day 3 takes back day 2, day 6 takes back day 1; not product b, customer 2 or amount 3
    assert taken.tolist() == [1, 2]
    assert log["amount"].tolist() == [8.0, 8.0, 3.0]
    assert report.findings.loc["cancelled_purchase", "rows"] == 2
    kept, report = read(rows, cancellations="keep", negative="keep")
    assert len(kept) == 8


def test_a_purchase_after_the_cancellation_stays():
    rows = frame(
        date=["2025-01-02", "2025-01-01"], amount=[8.0, -8.0], product=["a", "a"], qty=[2, -2]
    )
    assert read(rows)[0]["amount"].tolist() == [8.0]


@pytest.mark.parametrize("rule", ["cancellations", "negative", "zero", "duplicates"])
def test_an_unknown_choice_is_refused(rule):
    assert refusal(frame(), **{rule: "drop"}) == (
        f"{rule} is 'drop'; it can be 'keep' or 'set aside'."
    )


def test_same_day_repeats_are_counted_by_customer_and_day():
    hours = ["2025-01-31 09:00", "2025-01-31 21:00", "2025-02-01 09:00", "2025-01-31 09:00"]
    log, report = read(frame(customer=["1", "1", "1", "2"], date=hours))
    same_day = report.findings.loc["same_day"]
    assert (len(log), same_day["rows"], same_day["share"]) == (4, 1, 0.25)
    assert same_day["example"] == "row 2: 1, 2025-01-31 21:00"
    assert same_day["treatment"] == "kept; customers.summarize counts them as one purchase"


def test_duplicates_are_judged_on_all_columns():
    source = frame(note=["a", "b", "a"])
    assert read(source)[1].findings.loc["duplicate", "rows"] == 1


# --- files --------------------------------------------------------------------------------

CHINESE = (
    '会员号,下单时间,实付金额（元）,渠道\n001,2025/1/5 9:05,"1,200",网店\n002,2025/1/6,3.50,门店\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_newlines(write, encoding, separator, newline):
    text = CHINESE.replace('"1,200"', "1200") if separator == "," else CHINESE
    text = text.replace('"', "").replace(",", separator) if separator != "," else text
    text = text.replace("1;200", "1,200").replace("1\t200", "1,200").replace("1|200", "1,200")
    log, report = read(write("orders.csv", text.replace("\n", newline), encoding))
    assert log["customer_id"].tolist() == ["001", "002"]
    assert log["channel"].tolist() == ["网店", "门店"]
    assert log["amount"].tolist() == [1200.0, 3.5]
    assert log["time"].iloc[0] == pd.Timestamp("2025-01-05 09:05")
    assert report.notes[0].startswith(f"Read as {encoding.removesuffix('-sig').upper()} text")


def test_a_column_of_yuan_signs_does_not_outvote_the_chinese_headings(write):
    text = "客户编号,下单时间,金额\n" + "0,2000-01-01,¥5.00\n" * 50
    log, report = read(write("orders.csv", text, "gb18030"))
    assert log["amount"].tolist() == [5.0] * 50
    assert report.notes[0].startswith("Read as GB18030 text")


def test_damaged_utf8_is_not_taken_for_gb18030(write):
    cut = "client,date,sales,channel\n1,2025-01-31,5,你好\n2,2025-01-31,5,".encode() + b"\xe4\xbd\n"
    assert "浣" in cut.decode("gb18030")
    assert "UTF-8, UTF-16, GB18030 or Windows-1252" in refusal(write("cut.csv", cut))


def test_columns_set_with_spaces(write):
    path = write("orders.txt", " client    date   sales\r\n 001  20250131   11.77\r\n")
    log, _report = read(path)
    assert log.iloc[0].tolist() == ["001", pd.Timestamp("2025-01-31"), 11.77]
    gap = write("gap.txt", "client date sales\n1 20250131 5\n2 20250131\n")
    assert "Line 3 of gap.txt has 2 fields where 3 are expected" in refusal(gap)


def test_separators_inside_fields_do_not_mislead(write):
    path = write(
        "orders.csv",
        "client;date;sales;tags\n1;31/01/2025 10:30;1.234,50;a,b,c,d,e\n"
        "2;01/02/2025;12,5;a,b,c,d,e\n",
    )
    assert read(path)[0]["amount"].tolist() == [1234.5, 12.5]
    path = write("tags.csv", "client,date,sales,tags\n" + "1,2025-01-31,5,a;b;c;d;e;f\n" * 5)
    assert read(path)[1].rows_kept == 5


def test_an_unquoted_thousands_separator_is_never_a_wrong_number(write):
    rows = "1,2025-01-31,12\n" * 5_000
    for name, text in {
        "early.csv": "client,date,sales\n1,2025-01-31,1,234.50\n" + rows,
        "late.csv": "client,date,sales\n" + rows + "1,2025-01-31,1,234.50\n",
    }.items():
        sentence = refusal(write(name, text))
        line = 2 if name == "early.csv" else 5_002
        assert f"Line {line} of {name} has 4 fields where 3 are expected" in sentence
    bare = write("bare.csv", "1,2025-01-31,12\n2,2025-01-31,1,234.50\n3,2025-01-31,5\n")
    places = {"customer_id": 0, "time": 1, "amount": 2}
    assert "Line 2 of bare.csv has 4 fields" in refusal(bare, places)


def test_rows_are_numbered_as_an_editor_shows_them(write):
    path = write(
        "orders.csv",
        'client,date,sales,note\n1,2025-01-31,12,"two\nlines"\n\n2,soon,3,"a\r\nb"\n,2025-01-31,1,\n',
    )
    report = read(path)[1]
    assert report.aside["row"].tolist() == [5, 7]
    assert "1 empty row was passed over." in report.notes
    assert report.findings.loc["unreadable_time", "example"] == "row 5: soon"


def test_titles_above_the_headings_are_passed_over(write):
    path = write("orders.csv", "Sales 2025\n\nclient,date,sales\n1,2025-01-31,3\n\n\n")
    log, report = read(path)
    assert len(log) == report.rows_in == 1
    assert "The headings stand in row 3; 1 row above them was passed over." in report.notes


def test_positions_say_that_there_are_no_headings(write):
    path = write("orders.csv", "001,2025-01-31,5\n002,2025-01-30,6\n")
    sentence = refusal(path)
    assert "no headings" in sentence and "'001', '2025-01-31', '5'" in sentence
    log, report = read(path, {"customer_id": "0", "time": 1, "amount": 2})
    assert log["customer_id"].tolist() == ["001", "002"]
    assert report.rows_in == 2
    assert "counted from 0 to 2" in refusal(path, {"customer_id": 0, "time": 1, "amount": 3})


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("empty.csv", "", "empty.csv is empty"),
        ("blank.csv", "\n \n\n", "blank.csv is empty"),
        ("separators.csv", ";;\n;", "separators.csv is empty"),
        ("bom.csv", "\ufeff", "bom.csv is empty"),
        ("headings.csv", "client,date,sales\n", "holds headings but no rows"),
        ("one.csv", "client\n1\n", "only one column, 'client'"),
        ("prose.txt", "Dear all,\nsee you soon.\n", "only one column"),
        ("quote.csv", 'client,date,sales\n"1,2025-01-31,5\n', "quote opened in line 2"),
        (
            "nul.csv",
            "client,date,sales\n1,2025-01-31,5\n".encode("utf-16-le"),
            "no text|not a text",
        ),
        ("orders.json", "{}", "orders.json is no file that can be read; give one of .csv"),
        ("cut.parquet", b"PAR1 and then nothing", "cut.parquet cannot be read"),
        ("orders.xlsx", "client,date,sales\n", "not a readable Excel workbook"),
    ],
)
def test_files_that_cannot_be_read_are_refused(write, name, content, part):
    assert re.search(part, refusal(write(name, content)))


def test_missing_files_folders_and_other_things_are_refused(write, tmp_path):
    write("orders.csv", "x")
    assert "did you mean 'orders.csv'?" in refusal(tmp_path / "order.csv")
    assert "There is no file" in refusal(str(tmp_path / "nowhere" / "order.csv"))
    assert "is a folder" in refusal(tmp_path)
    for thing in (3, None, [1, 2], pd.Series([1])):
        assert f"type {type(thing).__name__} cannot be read" in refusal(thing)
    assert "holds no rows" in refusal(frame().head(0))
    assert "cannot be computed" in refusal(polars.scan_csv(tmp_path / "gone.csv"))


def test_truncated_files_are_refused(write, tmp_path):
    frame(customer=["1"] * 1000).to_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    for cut in (whole[:-10], whole[:500] + whole[700:], whole[: len(whole) // 2]):
        assert "cannot be read" in refusal(write("cut.parquet", cut))
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as file:
        file.writestr("a.txt", "b")
    assert "not a readable Excel workbook" in refusal(tmp_path / "zip.xlsx")


def test_an_empty_sheet_is_refused(tmp_path):
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    assert refusal(tmp_path / "empty.xlsx") == "empty.xlsx is empty."


def test_excel(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "订单"
    for row in (
        [],
        ["2025 年销售"],
        ["客户编号", "下单时间", "金额", None],
        [17850, datetime.datetime(2025, 1, 5, 10, 30), 12.5, "a"],
        ["007", datetime.date(2025, 2, 1), "¥1,000", None],
        [],
        [None, datetime.date(2025, 2, 1), 3, None],
        [1.0, datetime.date(2025, 2, 1), "=cmd|' /C calc'!A0", None],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:C2")
    book.create_sheet("notes")
    book.save(tmp_path / "orders.xlsx")
    log, report = read(tmp_path / "orders.xlsx")
    assert log["customer_id"].tolist() == ["17850", "007"]
    assert log["time"].astype(str).tolist() == ["2025-01-05 10:30:00", "2025-02-01 00:00:00"]
    assert log["amount"].tolist() == [12.5, 1000.0]
    assert report.aside["row"].tolist() == [7, 8]
    assert report.notes[0] == "Read from the sheet '订单', the first of 2."
    assert "The headings stand in row 3; 1 row above them was passed over." in report.notes


# --- the report ---------------------------------------------------------------------------


def test_the_report_refuses_to_lose_rows():
    report = read(odd_rows())[1]
    parts = {name: getattr(report, name) for name in Report.__dataclass_fields__}
    with pytest.raises(AssertionError, match="7 rows in"):
        Report(**(parts | {"rows_kept": 2}))
    with pytest.raises(AssertionError):
        Report(**(parts | {"aside": report.aside.head(1)}))


def test_rows_set_aside_keep_what_stood_in_them():
    source = frame(customer=["", "1"], row=["r", "s"], reason=["why", "not"])
    aside = read(source)[1].aside
    assert aside.iloc[0].to_dict() == {
        "row": 1,
        "reason": "missing customer id",
        "customer": "",
        "date": "2025-01-31",
        "amount": 12.5,
        "row (2)": "r",
        "reason (2)": "why",
    }


def test_the_printed_report():
    report = read(odd_rows(), zero="set aside")[1]
    text = str(report)
    lines = text.splitlines()
    assert lines[0] == "Data frame: 7 rows in = 2 kept + 5 set aside"
    assert lines[1] == "1 customer, 2025-01-31 to 2025-01-31, times read as %Y-%m-%d"
    assert max(map(len, lines)) <= 110
    assert "14.29%" in text and "row 3: C77" in text and "zero='keep' keeps them" in text
    assert "customers.summarize counts" in text
    assert repr(report) == text


def test_odd_names_are_harmless_in_the_report():
    script = "<script>alert(1)</script>"
    source = frame(customer=["1", script], amount=["\x1b[31m\nred", "5"], **{script: [1, 2]})
    source.loc[2] = [script, "2025-01-31", "5", 3]
    report = read(source)[1]
    page = report._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "\x1b" not in str(report)
    assert page.count("<caption") == 2 and 'scope="col"' in page
    assert "color" not in page


def test_the_printed_report_has_no_escapes_for_colour():
    assert "\x1b" not in str(read(odd_rows())[1])


# --- whatever comes -----------------------------------------------------------------------

MESS = ["", " ", "nan", "007", "C123", "2024-01-31", "31/01/2024", "03/04/2024", "20240131"]
MESS += ["45000", "9999-12-31", "12.50", "-3", "0", "1,234.50", "¥5", "$5", "1.2万", "x\ny"]
MESS += ['"', "=cmd|' /C calc'!A0", "<b>", "张三", "\x00", "1e400", "2024-02-30 25:61"]
cell = st.one_of(
    st.sampled_from(MESS), st.text(max_size=6), st.none(), st.integers(), st.floats(),
    st.datetimes(), st.dates(), st.booleans(), st.decimals(), st.lists(st.integers(), max_size=2),
)  # fmt: skip


def mostly(good):
    return st.integers(0, 3).flatmap(lambda die: good if die else cell)


@st.composite
def messy_frames(draw):
    """Frames with anything in any cell, though mostly times and amounts where they belong."""
    n = draw(st.integers(1, 12))
    day, money = st.sampled_from(["2024-01-31", "2024-2-1 9:05"]), st.sampled_from(["1", "2.50"])
    cells = {
        "customer_id": cell,
        "date": mostly(day),
        "amount": mostly(money),
        "order_id": cell,
        "quantity": st.one_of(st.integers(-3, 3), cell),
        "note": cell,
    }
    return pd.DataFrame(
        {
            name: pd.Series(draw(st.lists(kind, min_size=n, max_size=n)), dtype=object)
            for name, kind in cells.items()
        }
    )


def assert_contract(source, log, report):
    assert report.rows_in == report.rows_kept + report.rows_aside
    assert report.rows_kept == len(log)
    assert len(report.aside) == report.rows_aside
    assert report.aside["row"].is_unique and report.aside["reason"].notna().all()
    assert log[["customer_id", "time", "amount"]].notna().all(axis=None)
    assert np.isfinite(log["amount"]).all() and (log["amount"] >= 0).all()
    assert (log["time"] <= pd.Timestamp(NOW)).all()
    assert (report.findings["rows"] <= report.rows_in).all()
    assert str(report) and report._repr_html_()


@settings(max_examples=80)
@given(messy_frames())
def test_no_row_is_lost_from_any_frame(source):
    try:
        log, report = read(source)
    except DataError as refused:
        assert "\n" not in str(refused)
        return
    assert report.rows_in == len(source)
    assert_contract(source, log, report)


@settings(max_examples=80)
@given(
    rows=st.lists(
        st.one_of(
            st.sampled_from([["1", "2024-01-31", "5"], ["2", "2024-1-5", "7.5", "x"]]),
            st.lists(st.one_of(st.sampled_from(MESS), st.text(max_size=6)), max_size=4),
        ),
        max_size=8,
    ),
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
@example([["1", "2024-01-31", "5"]], ",", "utf-8")
def test_any_text_file_is_read_or_refused_in_one_sentence(
    tmp_path_factory, rows, separator, encoding
):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([["client", "date", "sales", "note"], *rows])
    path = tmp_path_factory.getbasetemp() / "messy.csv"
    path.write_bytes(text.getvalue().encode(encoding, errors="replace"))
    try:
        log, report = read(path)
    except DataError as refused:
        assert "\n" not in str(refused)
        return
    assert report.rows_in <= len(rows)
    assert_contract(rows, log, report)


@settings(max_examples=40)
@given(st.binary(max_size=200), st.sampled_from([".csv", ".xlsx", ".parquet"]))
def test_any_bytes_are_refused_in_one_sentence(tmp_path_factory, content, kind):
    path = tmp_path_factory.getbasetemp() / f"bytes{kind}"
    path.write_bytes(content)
    assert "\n" not in refusal(path)


purchase = st.tuples(
    st.text("0123456789ABCxyz", min_size=1, max_size=6).filter(lambda text: text != "na"),
    st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2025, 1, 1)),
    st.integers(0, 10**9),
)
DATES = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y"]
MONEY = ["{:.2f}", "{:,.2f}", "¥{:,.2f}", "{:.2f}元", "$ {:,.2f}", "{:,.2f} EUR"]


@settings(max_examples=80)
@given(
    purchases=st.lists(purchase, min_size=1, max_size=20),
    date=st.sampled_from(DATES),
    clock=st.sampled_from(["", " %H:%M", "T%H:%M:%S", " %I:%M %p"]),
    money=st.sampled_from(MONEY),
    comma=st.booleans(),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_what_was_written_is_read_or_refused_but_never_otherwise(
    tmp_path_factory, purchases, date, clock, money, comma, separator, encoding
):
    text = io.StringIO()
    rows = [["客户编号", "下单时间", "金额"]]
    for client, time, cents in purchases:
        amount = money.format(cents / 100)
        if comma:
            amount = amount.translate(str.maketrans(",.", ".,"))
        rows.append([client, time.strftime(date + clock), amount])
    csv.writer(text, delimiter=separator).writerows(rows)
    path = tmp_path_factory.getbasetemp() / "purchases.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    try:
        log, _report = read(path)
    except DataError as refused:
        assert "name the right one: time_format=" in str(refused)
        assert date.startswith("%d") or date.startswith("%m")
        return
    assert log["customer_id"].tolist() == [client for client, _time, _cents in purchases]
    assert log["amount"].tolist() == [cents / 100 for _client, _time, cents in purchases]
    written = [
        datetime.datetime.strptime(time.strftime(date + clock), date + clock)
        for _client, time, _cents in purchases
    ]
    assert log["time"].tolist() == written


def test_in_a_notebook_the_text_stays_text(monkeypatch):
    _log, report = read(frame())
    terminal = str(report)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    assert str(report) == terminal != ""


# --- what a tester found ------------------------------------------------------------------


def orders(*numbers, **columns):
    return frame(order_id=list(numbers), **columns)


def test_orders_numbered_with_c_are_cancellations_only_beside_plain_numbers():
    log, report = read(orders("C100", "C101", "C102"))
    assert len(log) == 3 and report.findings.loc["cancellation_order", "rows"] == 0
    assert any("'C100' (row 1) were taken for purchases" in note for note in report.notes)
    assert len(read(orders("A1", "C2", "B3"))[0]) == 3
    log, report = read(orders("536365", "C536379", "536380"))
    assert report.aside["row"].tolist() == [2]
    assert not any("taken for purchases" in note for note in report.notes)


def test_of_what_is_odd_it_is_said_how_much_is_kept():
    """Of five zero amounts four have no customer; both copies of a row without one are aside."""
    source = frame(
        customer=["", "", "", "", "1", "2"],
        amount=[0.0, 0.0, 0.0, 0.0, 0.0, 7.0],
        date=["2025-01-31"] * 4 + ["2025-02-01"] * 2,
    )
    findings = read(source)[1].findings
    assert findings.loc["zero_amount", ["rows", "kept"]].tolist() == [5, 1]
    assert findings.loc["duplicate", ["rows", "kept"]].tolist() == [3, 0]
    assert findings.loc["missing_customer_id", ["rows", "kept"]].tolist() == [4, 0]
    assert re.search(r"zero amount +5 +1 +83\.33% +kept", str(read(source)[1]))


def test_what_is_set_aside_is_weighed():
    """Kept 8 + 3 + 5; of three returns, 8 takes back a purchase and 2 does not; 40 has nobody."""
    source = frame(
        customer=["1", "1", "1", "1", "1", "", "2"],
        date=[f"2025-01-{day:02}" for day in range(1, 8)],
        amount=[8.0, 8.0, -8.0, 3.0, -2.0, 40.0, 5.0],
        product=["a", "a", "a", "b", "b", "a", "c"],
        qty=[2, 2, -2, 1, -1, 1, 1],
    )
    log, report = read(source)
    assert log["amount"].sum() == 16.0
    assert report.notes[-1] == (
        "The rows kept come to 16. Returns that match no purchase, −2, are not subtracted. "
        "Rows set aside for other reasons than a return come to 40."
    )
    assert read(frame())[1].notes[-1] == "The rows kept come to 12.5."


def test_to_keep_returns_is_not_advised_as_it_makes_purchases_of_them():
    source = frame(amount=[5.0, -5.0])
    assert read(source)[1].findings.loc["negative_amount", "treatment"] == "set aside"
    told = read(source, negative="keep")[1].findings.loc["negative_amount", "treatment"]
    assert told == "kept, as purchases; negative='set aside' sets them aside"


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"amount": [-5.0, -6.0]}, "negative amount: 2"),
        ({"date": pd.to_datetime(["2024-01-01", None]), "customer": ["", "1"]}, "id: 1, unread"),
        ({"customer": ["", None]}, "missing customer id: 2"),
    ],
)
def test_a_log_of_which_nothing_is_left_is_refused(columns, why):
    sentence = refusal(frame(**columns))
    assert "No row of Data frame can be used" in sentence and why in sentence


def test_mostly_unreadable_amounts_are_refused():
    sentence = refusal(frame(amount=["5", "free", "gift", "?", ""]))
    assert "3 of 4 amounts in column 'amount'" in sentence and "'free' in row 2" in sentence
    assert "(30.00) can be." in sentence
    assert amounts_of(["5", "free", "", ""])[0] == [5.0]  # one of two


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,23,456", 123456.0), ("12,34,567.50", 1234567.5), ("7-", -7.0), ("1’234.50", 1234.5)],
)
def test_amounts_as_other_places_write_them(text, number):
    assert amounts_of([text, "5"])[0] == [number, 5.0]


@pytest.mark.parametrize("text", ["7.-", "7,-", "-7-", "(7-)", "1,23", "1,2,345"])
def test_what_only_looks_like_them_is_counted(text):
    assert amounts_of([text, "12.50", "7.25"])[0] == [12.5, 7.25]


def test_times_outside_the_calendar_are_unreadable():
    years = np.array(["-0005-01-01", "2024-01-01", "20000-01-01"], dtype="datetime64[s]")
    read_as, report = times_of(years)
    assert read_as == ["2024-01-01"]
    assert report.aside["reason"].tolist() == ["unreadable time"] * 2
    assert str(report)


def test_times_before_1970_are_said():
    _read_as, report = times_of([datetime.date(1, 1, 1), datetime.date(2024, 1, 1)])
    assert "1 time lies before 1970: 0001-01-01 in row 1." in report.notes


def test_zones_of_single_cells_are_said_too():
    mixed = [pd.Timestamp("2024-01-01", tz=zone) for zone in ("UTC", "Asia/Tokyo")]
    _read_as, report = times_of(mixed)
    assert any("(Asia/Tokyo, UTC) was dropped" in note for note in report.notes)


def test_a_format_that_is_no_text_is_refused():
    assert "time_format=7 is no format" in refusal(frame(), time_format=7)


def test_a_path_that_is_too_long_is_refused():
    assert "cannot be read" in refusal("x" * 5000 + ".csv")


def test_ids_that_a_program_made_decimals_of_lose_their_point():
    log, report = read(frame(customer=["12345.0", "7.0", "12345.0"]))
    assert log["customer_id"].tolist() == ["12345", "7", "12345"] and report.customers == 2
    assert any("each id ends in .0" in note for note in report.notes)
    log, report = read(frame(customer=["12345.0", "12345"]))
    assert report.customers == 2
    assert any("'12345.0' in row 1, and others do not" in note for note in report.notes)


def test_ids_in_bytes_are_text(tmp_path):
    frame(customer=["é".encode(), b"2"]).to_parquet(tmp_path / "bytes.parquet")
    assert read(tmp_path / "bytes.parquet")[0]["customer_id"].tolist() == ["é", "2"]


@pytest.mark.parametrize(
    ("columns", "part"),
    [
        ({"customer_id": ["customer"]}, "columns gives ['customer'] for customer_id; give one"),
        ({"amount": -1}, "columns puts amount at position -1; there are 3 columns"),
    ],
)
def test_columns_that_are_neither_heading_nor_position_are_refused(columns, part):
    assert part in refusal(frame(), columns)


def test_a_table_with_a_column_for_each_year_is_told_so(write):
    path = write("wide.csv", "Kunde,2023,2024\n1,5,6\n2,7,8\n")
    assert "wide.csv has a column for each period, such as '2023'" in refusal(path)


def test_a_workbook_that_begins_with_notes_says_which_sheet_is_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["note"])
    book.active.append(["see the next sheet"])
    book.create_sheet("Orders").append(["client", "date", "sales"])
    book.save(tmp_path / "notes.xlsx")
    told = refusal(tmp_path / "notes.xlsx")
    assert "Only the first of 2 sheets is read, 'Notes'; put the purchases there." in told
