"""What a person sees who opens an exported table in Excel."""

import pandas as pd
import pytest

from crmlib import exports, text
from crmlib.course import decisions

openpyxl = pytest.importorskip("openpyxl")

TABLE = pd.DataFrame(
    {
        "customer_id": ["0001", "=1+1"],
        "first_year": [1997, 1998],
        "last_purchase": pd.to_datetime(["1997-01-03", None]),
        "time": pd.to_datetime(["1997-01-03 10:11:12", "1997-01-04 00:00:00"]),
        "frequency": [3, 12345],
        "lifetime_value": [599.8212, 51862.4],
        "probability_alive": [0.9612, 0.5],
        "told": pd.to_datetime(["1997-01-03", "1997-01-04"]).tz_localize("UTC"),
    }
)


@pytest.fixture
def sheet(tmp_path):
    exports.write(TABLE, tmp_path / "list.xlsx")
    return openpyxl.load_workbook(tmp_path / "list.xlsx").active


def test_numbers_and_dates_are_shown_as_people_write_them(sheet):
    assert [cell.number_format for cell in sheet[2]] == [
        "General", "General", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss",
        "#,##0", "#,##0", "0.0%", "General",
    ]  # fmt: skip
    assert sheet["F2"].value == 599.8212  # the number itself stays whole
    assert sheet["A3"].value == "'=1+1"
    assert all(sheet.column_dimensions[letter].width >= 12 for letter in "ABCDEFGH")


def test_excel_speaks_the_language_in_use_and_the_others_keep_the_names(tmp_path):
    text.use("zh")
    try:
        for ending in exports.FILES:
            exports.write(TABLE, tmp_path / f"list{ending}")
        heading = text.heading("frequency")
    finally:
        text.use("en")
    excel = pd.read_excel(tmp_path / "list.xlsx")
    assert heading in excel and "frequency" not in excel and heading != "frequency"
    assert "frequency" in pd.read_csv(tmp_path / "list.csv")
    assert "frequency" in pd.read_parquet(tmp_path / "list.parquet")


def test_an_empty_list_is_said_to_be_empty(tmp_path):
    empty = decisions.Decision("calls", pd.DataFrame({"row": []}))
    assert empty._repr_html_() == "<p>The table is empty.</p>"
    assert str(empty) == "The table is empty."
    exports.write(empty.table, tmp_path / "calls.xlsx")
    assert pd.read_excel(tmp_path / "calls.xlsx").empty


def test_the_sheet_is_named_after_the_table_and_can_be_filtered(sheet):
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("list", "A2", "A1:H3")


def test_a_column_beyond_one_is_no_share(tmp_path):
    table = pd.DataFrame({"share_of_wallet": [0.5, 1.5], "risk": [0.25, None]})
    exports.write(table, tmp_path / "[odd] names.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "[odd] names.xlsx").active
    assert [cell.number_format for cell in sheet[2]] == ["#,##0.0", "0.0%"]
    assert sheet.title == "odd names"
