"""Any file of one's own: read as it was written, or refused in one sentence."""

import csv
import datetime
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlib import DataError, cli, transactions
from crmlib.transactions import text_files
from crmlib.transactions.cells import repeated

NOW = "2025-06-30"
LOG = "client,date,sales,name\n001,2025-01-31,12.50,Li\n002,2025-02-01,7,Wang\n"


def read(path, content=None, **rules):
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return transactions.read(path, **({"now": NOW} | rules))


def refusal(path, content=None):
    with pytest.raises(DataError) as refused:
        read(path, content)
    sentence = str(refused.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


# --- encodings ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Müller", "Café", "José García", "naïve – 5 €", "Øre", "Übü"])
def test_western_text_is_not_taken_for_chinese(tmp_path, name):
    text = f"client,date,sales\n{name},2025-01-31,12.50\n"
    log, report = read(tmp_path / "w.csv", text.encode("windows-1252"))
    assert log["customer_id"].tolist() == [name]
    assert report.notes[0] == "Read as WINDOWS-1252 text separated by commas."


@pytest.mark.parametrize("name", ["张三", "男", "朱镕基", "王先生 Muller", "１２号"])
def test_chinese_text_is_not_taken_for_western(tmp_path, name):
    text = f"client,date,sales\n{name},2025-01-31,12.50\n"
    log, report = read(tmp_path / "c.csv", text.encode("gb18030"))
    assert log["customer_id"].tolist() == [name]
    assert report.notes[0] == "Read as GB18030 text separated by commas."


@pytest.mark.parametrize("encoding", ["windows-1251", "big5", "shift-jis", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused(tmp_path, encoding):
    name = {"windows-1251": "Москва", "shift-jis": "カタカナ"}.get(encoding, "張學龍")
    text = f"client,date,sales\n{name},2025-01-31,12.50\n"
    sentence = refusal(tmp_path / "o.csv", text.encode(encoding))
    assert "save it as CSV UTF-8" in sentence


@pytest.mark.parametrize("names", ["José, Ana María, M\udcfcller", "张三, 李四, M\udcfcller"])
def test_damaged_utf8_is_refused(tmp_path, names):
    rows = "".join(f"{name},2025-01-31,5\n" for name in names.split(", "))
    text = "client,date,sales\n" + rows
    sentence = refusal(tmp_path / "d.csv", text.encode("utf-8", errors="surrogateescape"))
    assert "save it as CSV UTF-8" in sentence


# --- quotes, widths, line breaks ----------------------------------------------------------


def test_spaces_before_quotes(tmp_path):
    text = 'client, "date", sales, name\n1, "2025-01-31", "1,200", "a, b"\n2, 2025-02-01, 7, "c"\n'
    log, report = read(tmp_path / "s.csv", text, zero="set aside")
    assert log["amount"].tolist() == [1200.0, 7.0]
    assert list(report.columns.values()) == ["client", "date", "sales"]


@pytest.mark.parametrize("where", ["first", "last", "in the last line"])
def test_an_open_quote_is_refused_wherever_it_stands(tmp_path, where):
    line = {
        "first": '"003,2025-01-31,5,x\n',
        "last": '003,2025-01-31,5,"x\n',
        "in the last line": '003,2025-01-31,5,"x',
    }[where]
    more = "" if where == "in the last line" else "004,2025-01-31,5,x\n" * 3
    assert "quote opened in line 4" in refusal(tmp_path / "q.csv", LOG + line + more)


def test_an_open_quote_in_a_long_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "_BLOCK", 1 << 12)
    text = LOG + '003,2025-01-31,5,"x\n' + "004,2025-01-31,5,x\n" * 20_000
    assert "quote opened in line 4" in refusal(tmp_path / "q.csv", text)


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "_BLOCK", 1 << 12)
    assert "many megabytes" in refusal(tmp_path / "l.csv", LOG + "003,2025-01-31,5" + ",x" * 20_000)


def test_a_quoted_line_break_at_the_end_is_no_open_quote(tmp_path):
    for end in ("", "\n", "\r\n", "\n\n"):
        log, report = read(tmp_path / "e.csv", LOG + '003,2025-01-31,5,"two\nlines\n"' + end)
        assert log["customer_id"].tolist() == ["001", "002", "003"]


def test_rows_of_other_widths_stay_where_they_stood(tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "_BLOCK", 1 << 10)
    lines, expected = ["client,date,sales,note"], []
    for place in range(500):
        short, blank = place % 7 == 0, place % 11 == 0
        lines.append("" if blank else f"{place},2025-01-31,{place}" + ("" if short else ",x"))
        if not blank:
            expected.append((len(lines), str(place), float(place)))
    log, _report = read(tmp_path / "r.csv", "\n".join(lines))
    assert list(zip(log["customer_id"], log["amount"], strict=True)) == [e[1:] for e in expected]
    text = "\n".join([*lines, "1,1999-12-31,5,x"])
    rows = read(tmp_path / "r.csv", text, now="2000-01-01")[1].aside["row"]
    assert rows.tolist() == [e[0] for e in expected]


def test_blocks_make_no_difference(tmp_path, monkeypatch):
    lines = [f'{i},2025-01-{i % 28 + 1:02},"{i},{i % 1000:03}.5","n{i}\nb"' for i in range(1, 999)]
    text = "client,date,sales,note\n" + "\n".join(lines)
    log, report = read(tmp_path / "b.csv", text, negative="keep")
    monkeypatch.setattr(text_files, "_BLOCK", 1 << 10)
    again, other = read(tmp_path / "b.csv", negative="keep")
    pd.testing.assert_frame_equal(again, log)
    pd.testing.assert_frame_equal(other.findings, report.findings)


def test_duplicates_across_words_and_codes():
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.integers(0, 4, (3_000, 5)), columns=[*"abcde"])
    frame["b"] = frame["b"].astype(str).astype("category")
    frame["c"] = frame["c"].map({0: None, 1: 1, 2: 1.0, 3: "1"})
    assert repeated(frame).tolist() == frame.duplicated().tolist()


def test_two_thousand_columns(tmp_path):
    width = 2_000
    heads = ["client", "date", "sales", *(f"extra {place}" for place in range(width - 3))]
    rows = [[str(row), "2025-01-31", "5", *["x"] * (width - 3)] for row in range(50)]
    text = "\n".join(",".join(row) for row in [heads, *rows])
    log, report = read(tmp_path / "wide.csv", text)
    assert (len(log), len(report.unused), log["amount"].sum()) == (50, 1_997, 250.0)
    assert len(str(report).splitlines()) < 60 and "1,967 more" in str(report)


# --- workbooks ----------------------------------------------------------------------------


def test_merged_cells_lose_nothing_and_count_nothing_twice(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["2025 年销售报表", None, None],
        ["客户编号", "下单时间", "金额"],
        ["张三", datetime.date(2025, 1, 5), 30],
        [None, datetime.date(2025, 1, 6), 20],
        ["李四", datetime.date(2025, 1, 7), 50],
        ["王五", datetime.date(2025, 1, 8), None],
    ):
        sheet.append(row)
    for cells in ("A1:C1", "A3:A4", "C5:C6"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "merged.xlsx")
    log, report = read(tmp_path / "merged.xlsx")
    assert log["amount"].tolist() == [30.0, 50.0]
    reasons = dict(zip(report.aside["row"], report.aside["reason"], strict=True))
    assert reasons == {4: "missing customer id", 6: "unreadable amount"}


def test_formulas_in_names_go_out_harmless(tmp_path):
    name = "=cmd|' /C calc'!A0"
    _log, report = read(tmp_path / "f.csv", LOG + f'"{name}",soon,5,"{name}"\n')
    assert report.aside["client"].tolist() == [name]
    report.write_aside(tmp_path / "aside.csv")
    back = pd.read_csv(tmp_path / "aside.csv")
    assert back["client"].tolist() == back["name"].tolist() == ["'" + name]
    assert back["sales"].tolist() == [5]


# --- the command --------------------------------------------------------------------------


def test_data_check(tmp_path, capsys):
    (tmp_path / "o.csv").write_text(LOG.replace("client", "who") + ",2025-02-01,3,=1+1\n")
    aside = tmp_path / "aside.csv"
    with pytest.raises(SystemExit) as done:
        cli.main(
            ["data", "check", str(tmp_path / "o.csv"), "--columns", "customer_id=who"]
            + ["--aside", str(aside)]
        )
    out = capsys.readouterr().out
    assert done.value.code == 0
    assert "3 rows in = 2 kept + 1 set aside" in out
    assert " customer_id   who" in out and "Written:" in out
    assert "'=1+1" in aside.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("more", [[], ["--columns", "customer_id=nobody"], ["--aside", "x.doc"]])
def test_data_check_refuses_in_a_sentence(tmp_path, capsys, more):
    heading = "client" if "--aside" in more else "who"
    (tmp_path / "o.csv").write_text(LOG.replace("client", heading))
    with pytest.raises(SystemExit) as done:
        cli.main(["data", "check", str(tmp_path / "o.csv"), *more])
    error = capsys.readouterr().err
    assert done.value.code == 2 and error.count("\n") == 1 and error.endswith(".\n")


# --- whatever dialect ---------------------------------------------------------------------

HEADS = [
    ["customer id", "date", "amount", "note"],
    ["客户编号", "下单时间", "实付金额（元）", "备注"],
    ["Client No", "Order Date", "SALES", "Bemerkung"],
]
DATES = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y"]
MONEY = {
    "plain": lambda cents: f"{cents / 100:.2f}",
    "thousands": lambda cents: f"{cents / 100:,.2f}",
    "yen sign": lambda cents: f"¥{cents / 100:,.2f}",
    "yuan": lambda cents: f"{cents / 100:.2f}元",
    "comma": lambda cents: f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,")),
    "apostrophe": lambda cents: f"{cents / 100:,.2f}".replace(",", "'"),
    "k": lambda cents: f"{cents // 100000}.{cents % 100000:05}k",
    "千": lambda cents: f"{cents // 100000}.{cents % 100000:05}千",
    "万": lambda cents: f"{cents // 1000000}.{cents % 1000000:06}万元",
    "亿": lambda cents: f"¥{cents // 10**10}.{cents % 10**10:010}亿",
    "brackets": lambda cents: f"({cents / 100:.2f})",
}
LETTERS = {
    "windows-1252": "abcÄÖÜäöüßéèñ –,;|\t\"'\n",
    "gb18030": "abc客户张三李四备注，,;|\t\"'\n",
    "": "abc客户éü€😀,;|\t\"'\n=+@",
}


@st.composite
def written(draw):
    """A file in some dialect, and what was put into it."""
    encoding = draw(
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16", "gb18030", "windows-1252"])
    )
    heads = draw(st.sampled_from(HEADS if encoding != "windows-1252" else [HEADS[0], HEADS[2]]))
    chinese = encoding != "windows-1252"
    dates = [form for form in DATES if chinese or "年" not in form]
    money = [name for name in MONEY if chinese or name in ("plain", "thousands", "comma", "k")]
    note = st.text(LETTERS.get(encoding, LETTERS[""]), max_size=8)
    day = st.datetimes(datetime.datetime(2001, 1, 1), datetime.datetime(2025, 1, 1))
    row = st.tuples(st.integers(0, 10**6), day, st.integers(0, 10**11), note)
    rows = draw(st.lists(row, min_size=1, max_size=15))
    date, style = draw(st.sampled_from(dates)), draw(st.sampled_from(money))
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=draw(st.sampled_from(",;\t|")),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    if draw(st.booleans()):
        writer.writerow(["Sales of the year"])
    writer.writerow(heads)
    for client, time, cents, words in rows:
        writer.writerow([f"{client:07}", time.strftime(date), MONEY[style](cents), words])
    return text.getvalue().encode(encoding), rows, date, style


@settings(max_examples=80)
@given(written())
def test_any_dialect_is_read_as_written_or_refused(tmp_path_factory, file):
    content, rows, date, style = file
    path = tmp_path_factory.getbasetemp() / "dialect.csv"
    try:
        log, report = read(path, content, negative="keep")
    except DataError as refused:
        assert "\n" not in str(refused)
        return
    sign = -1 if style == "brackets" else 1
    assert report.rows_in == report.rows_kept == len(rows)
    assert log["customer_id"].tolist() == [f"{client:07}" for client, *_rest in rows]
    assert log["amount"].tolist() == [sign * cents / 100 for _c, _t, cents, _n in rows]
    assert log["time"].tolist() == [
        datetime.datetime.strptime(time.strftime(date), date) for _c, time, *_rest in rows
    ]
