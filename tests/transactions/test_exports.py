"""What is written is what was there, and no spreadsheet runs it."""

import csv
import datetime
import io
import re

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlib import DataError, exports, transactions

DANGEROUS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]
HARMLESS = ["Li", "张三", "a=b", "-3.50", "+12", "1,200", 'say "hi"', "a\nb", "O'Neil", "x@y"]


@pytest.fixture(params=[".csv", ".xlsx"])
def written(request, tmp_path):
    """A function that writes a table and reads the cells of the file as text."""

    def to(table):
        path = tmp_path / f"table{request.param}"
        exports.write(table, path)
        if path.suffix == ".csv":
            return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
        return pd.DataFrame(rows[1:], columns=rows[0])

    return to


@pytest.mark.parametrize("text", DANGEROUS)
@pytest.mark.parametrize("kind", ["str", "object", "category"])
def test_formulas_become_text(written, text, kind):
    table = written(pd.DataFrame({"name": pd.Series([text, "Li"], dtype=kind), text: [1, 2]}))
    assert [name[0] for name in (table["name"][0], table.columns[1])] == ["'", "'"]
    assert re.sub(r"_x000D_|\r", "\n", table["name"][0]) == "'" + text.replace("\r", "\n")


def test_what_is_no_formula_stays_as_it_was(written):
    assert written(pd.DataFrame({"name": HARMLESS}))["name"].tolist() == HARMLESS


def test_numbers_and_times_stay(tmp_path):
    table = pd.DataFrame(
        {"paid": [-3.5, 2.0], "n": [-1, 2], "time": pd.to_datetime(["2025-01-31 10:30"] * 2)}
    )
    for name, read in (("t.xlsx", pd.read_excel), ("t.parquet", pd.read_parquet)):
        exports.write(table, tmp_path / name)
        pd.testing.assert_frame_equal(read(tmp_path / name), table, check_dtype=False)
    exports.write(table, tmp_path / "t.csv")
    back = pd.read_csv(tmp_path / "t.csv", parse_dates=["time"])
    pd.testing.assert_frame_equal(back, table, check_dtype=False)


def test_parquet_is_left_as_it_is(tmp_path):
    table = pd.DataFrame({"name": [*DANGEROUS, *HARMLESS]})
    exports.write(table, tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "t.parquet"), table)


@pytest.mark.parametrize("kind", exports.FILES)
def test_any_mixture_can_be_written(tmp_path, kind):
    zone = datetime.timezone.utc
    mixed = [1, "=1", None, [1], datetime.date(2025, 1, 31), datetime.datetime.now(zone), "a\x01b"]
    exports.write(pd.DataFrame({"mixed": pd.Series(mixed, dtype=object)}), tmp_path / f"t{kind}")
    zoned = pd.to_datetime(["2025-01-31"]).tz_localize("Asia/Shanghai")
    exports.write(pd.DataFrame({"zoned": zoned}), tmp_path / f"z{kind}")


@pytest.mark.parametrize(
    ("name", "part"),
    [("t.doc", "one of .csv, .xlsx, .parquet"), ("no/t.csv", "no folder"), ("d.csv", "cannot")],
)
def test_where_it_cannot_be_written(tmp_path, name, part):
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(DataError, match=part):
        exports.write(pd.DataFrame({"a": [1]}), tmp_path / name)


def test_what_excel_cannot_hold_is_refused(tmp_path):
    for table in (
        pd.DataFrame({"a": range(exports.EXCEL_ROWS + 1)}),
        pd.DataFrame({"a": ["x" * (exports.EXCEL_CHARACTERS + 1)]}),
    ):
        with pytest.raises(DataError, match="too large for Excel"):
            exports.write(table, tmp_path / "t.xlsx")
        assert not (tmp_path / "t.xlsx").exists()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1))
def test_rows_set_aside_come_back_from_csv(tmp_path, names):
    frame = pd.DataFrame({"client": None, "date": "2025-01-31", "sales": 5.0, "name": names})
    frame.loc[len(frame)] = ["1", "2025-01-31", 5.0, "kept"]
    _log, report = transactions.read(frame)
    report.write_aside(tmp_path / "aside.csv")
    text = (tmp_path / "aside.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    back = [row[-1].removeprefix("'") for row in rows[1:]]
    assert back == [name.removeprefix("'") for name in names]
    for *_cells, cell in rows[1:]:
        assert not cell.startswith(tuple("=+-@\t\r\n")) or re.fullmatch(r"[-+][\d.,]+", cell)
