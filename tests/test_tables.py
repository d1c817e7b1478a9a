"""Any table in a file: encodings, separators, kinds of file, and what is refused."""

import pandas as pd
import pytest

from crmlib import DataError, datasets

ROWS = pd.DataFrame(
    {
        "Kunde": ["007", "012", "100"],
        "Größe": ["Ä", "", "Ö"],
        "Alter": [40, 41, 42],
        "Preis": [1.5, None, 2.0],
    }
)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_text_in_any_encoding_and_with_any_separator(tmp_path, encoding, separator):
    path = tmp_path / "own.csv"
    ROWS.to_csv(path, sep=separator, index=False, encoding=encoding)
    table = datasets.table(path)
    assert table["Kunde"].tolist() == ["007", "012", "100"]  # codes keep their zeros
    assert table["Größe"].isna().tolist() == [False, True, False]
    assert (table["Alter"].dtype.kind, table["Preis"].dtype.kind) == ("i", "f")
    assert table.index.tolist() == [2, 3, 4]  # as an editor shows them
    assert table.attrs["source"] == "own.csv"


def test_chinese_text(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("客户,开始日期\n甲,2024-01-31\n乙,2024-02-01\n", encoding="gb18030")
    assert datasets.table(path)["客户"].tolist() == ["甲", "乙"]


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_excel_and_parquet(tmp_path, kind):
    path = tmp_path / f"own.{kind}"
    started = ROWS.assign(start=pd.Timestamp("2024-01-31"))
    getattr(started, {"xlsx": "to_excel"}.get(kind, f"to_{kind}"))(path, index=False)
    table = datasets.table(path)
    assert table["Kunde"].tolist() == ["007", "012", "100"]
    assert table["Alter"].tolist() == [40, 41, 42]
    assert (table["start"] == pd.Timestamp("2024-01-31")).all()


def test_titles_above_and_words_for_nothing(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Contracts 2024,,\n\nid,start,end\n1,2024-01-31,NULL\n2,2024-02-01,n/a\n")
    table = datasets.table(path)
    assert table.columns.tolist() == ["id", "start", "end"]
    assert table["end"].isna().all()
    assert table.index.tolist() == [4, 5]


def test_one_column_may_have_no_heading(tmp_path):
    path = tmp_path / "own.csv"
    pd.DataFrame({"start": ["2024-01-31", "2024-02-01"], "end": ["", "2025-01-01"]}).to_csv(path)
    table = datasets.table(path)
    assert table.columns.tolist() == ["column 0", "start", "end"]
    assert table["end"].tolist()[1] == "2025-01-01"


def test_long_numbers_keep_their_digits(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("id,n\n6222021234567890123,1\n6222021234567890124,2\n")
    assert datasets.table(path)["id"].tolist() == ["6222021234567890123", "6222021234567890124"]


def test_a_named_set_is_the_one_of_the_catalogue():
    pd.testing.assert_frame_equal(datasets.table("sbg"), datasets.load("sbg"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"own\.csv is empty\.$"),
        ("id,start\n", r"own\.csv holds headings but no rows\.$"),
        ("only\n1\n2\n", r"own\.csv has only one column; "),
        ("1,2024-01-31\n2,2024-02-01\n", r"own\.csv seems to have no headings; "),
        ("a,b\n1,2\n3,4,5\n6,7\n8,9\n1,1\n", r"Line 3 of own\.csv has 3 fields where 2 are expect"),
        ('a,b\n"1,2\n', r"own\.csv"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, text, message):
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        datasets.table(path)


@pytest.mark.parametrize("name", ["own.xlsx", "own.parquet", "own.pdf"])
def test_a_damaged_file_is_refused_in_words(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\x00\x01 no table")
    with pytest.raises(DataError, match=r"own\.\w+ (is|cannot be read)"):
        datasets.table(path)


def test_neither_a_name_nor_a_file():
    with pytest.raises(DataError, match="There is no data set or file 'sbgg'"):
        datasets.table("sbgg")
