"""Reports on files that no lesson was written on."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlib import cli, datasets
from crmlib.course import lessons, notebook

CRMLIB = Path(sys.executable).with_name("crmlib")
ODD = '<script>alert("1")</script>'


@pytest.fixture(scope="module")
def report(command):
    """A function that writes the report of a lesson and gives what was said."""

    def report(folder, *arguments, lesson="3.2"):
        done = command(folder, "report", lesson, *arguments)
        assert "Traceback" not in done.stderr + done.stdout
        return done

    return report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("an analyst's folder")


@pytest.fixture(scope="module")
def written(folder, report):
    """A report on purchases with German headings, whose customers have odd names."""
    pytest.importorskip("pypandoc")
    log, _report = datasets.transactions("cdnow")
    log = log[log["customer_id"].astype(int) % 3 == 0]  # enough, and sooner done
    names = "Kundin " + ODD + log["customer_id"]
    frame = pd.DataFrame({"Kunde": names, "Datum": log["time"].dt.date, "Betrag": log["amount"]})
    frame.to_csv(folder / "käufe_*1*.csv", sep=";", index=False)
    columns = "customer_id=Kunde,time=Datum,amount=Betrag"
    arguments = ("--data", "käufe_*1*.csv", "--columns", columns, "-p", "margin=0.25")
    done = report(folder, *arguments, "--out", "hidden")
    assert (done.returncode, done.stderr) == (0, "")
    started = [CRMLIB, "report", "3.2", *arguments, "--out", "named", "--show-names"]
    done = subprocess.run(started, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_it_writes_the_report_and_the_table_in_three_formats(written):
    tables = [f"customer_values{ending}" for ending in (".csv", ".parquet", ".xlsx")]
    names = sorted(path.name for path in (written / "hidden").iterdir())
    assert names == sorted([*tables, "report.html", "report.ipynb"])
    values = pd.read_parquet(written / "hidden" / tables[1])
    assert len(values) == 2357 // 3
    assert values["lifetime_value"].is_monotonic_decreasing
    pd.testing.assert_frame_equal(values, pd.read_excel(written / "hidden" / tables[2]))
    text = pd.read_csv(written / "hidden" / tables[0], parse_dates=["last_purchase"])
    pd.testing.assert_frame_equal(values, text, check_dtype=False)


def test_no_name_appears_unless_asked_for(written):
    for path in (written / "hidden").iterdir():
        content = path.read_bytes()
        assert b"Kundin" not in content and b"alert" not in content, path.name
    values = pd.read_parquet(written / "hidden" / "customer_values.parquet")
    assert values["customer_id"].str.fullmatch(r"C\d{3}").all()
    named = pd.read_parquet(written / "named" / "customer_values.parquet")
    assert named["customer_id"].str.startswith(f"Kundin {ODD}").all()
    numbers = values.columns.drop("customer_id")
    pd.testing.assert_frame_equal(values[numbers], named[numbers])


def test_a_name_that_is_a_script_is_only_an_odd_name(written):
    page = (written / "named" / "report.html").read_text(encoding="utf-8")
    assert "Kundin &lt;script&gt;" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)


def test_it_begins_with_what_was_read_and_whether_it_can_answer(written):
    page = (written / "hidden" / "report.html").read_text(encoding="utf-8")
    first = [
        page.index(words)
        for words in ("käufe_*1*.csv", "Over 3 years", "rows in =", "It can:", "estimate")
    ]
    assert first == sorted(first)
    assert "margin of 25 % of revenue" in page.replace("\xa0", " ")


def test_nothing_in_it_teaches(written):
    book = notebook.read(written / "hidden" / "report.ipynb")
    assert "käufe_*1*.csv" in notebook.text(book)  # as it is, and not k\\xe4ufe
    for tag in ("exercise", "teaching", "claim", "solution", "hint", "check", "results"):
        assert notebook.tagged(book, tag) == []
    page = (written / "hidden" / "report.html").read_text(encoding="utf-8")
    for word in ("CDNOW", "Exercise", "Guess", "section "):
        assert word not in page


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (
            pd.DataFrame(
                {"client": [f"a{n}" for n in range(300)], "date": "2025-01-31", "sales": 5.0}
            ),
            "only 0 of 300 customers came again, and 100 are needed",
        ),
        (
            pd.DataFrame(
                {
                    "client": [f"a{n % 300}" for n in range(900)],
                    "date": pd.date_range("2025-01-01", periods=900, freq="7h"),
                    "sales": 0.0,
                }
            ),
            "only 0 of those who came again have amounts, and 100 are needed",
        ),
        (
            pd.DataFrame(
                {
                    "client": [f"a{n % 300}" for n in range(600)],
                    "date": pd.date_range("2025-01-01", periods=600, freq="12h"),
                    "sales": 5.0,
                }
            ),
            "of which at least 4 must fit in",
        ),
        (
            pd.DataFrame(
                {
                    "client": [f"a{n % 200}" for n in range(2400)],
                    "date": [pd.Timestamp(2024, 1 + n // 200, 1) for n in range(2400)],
                    "sales": 9.9,
                }
            ),
            "its payments come at fixed times, as under a contract",
        ),
    ],
    ids=["nobody came again", "no amounts", "too short", "a contract"],
)
def test_where_the_data_cannot_answer_it_says_so_and_prints_no_numbers(
    tmp_path, report, frame, why
):
    pytest.importorskip("pypandoc")
    frame.to_csv(tmp_path / "orders.csv", index=False)
    done = report(tmp_path, "--data", "orders.csv", "--out", "told")
    assert (done.returncode, done.stderr) == (0, "")
    assert why in done.stdout
    assert [path.name for path in sorted((tmp_path / "told").iterdir())] == [
        "report.html",
        "report.ipynb",
    ]
    page = (tmp_path / "told" / "report.html").read_text(encoding="utf-8")
    assert "rows in =" in page and why in page
    assert "<img" not in page and "estimate" not in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "There is no data set or file 'orders.csv'"),
        ("a,b\n1,2\n", "No column is recognised as customer_id"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path, report, content, sentence):
    if content:
        (tmp_path / "orders.csv").write_text(content)
    done = report(tmp_path, "--data", "orders.csv")
    assert done.returncode == 2
    assert sentence in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "report" / "report.html").exists()


def test_of_a_chapter_the_lessons_that_fit_the_table_make_the_report(tmp_path, report):
    pytest.importorskip("pypandoc")
    random = np.random.default_rng(5)
    table = {"mail": random.integers(0, 2, 2000), "age": random.integers(18, 80, 2000)}
    table["bought"] = (random.random(2000) < 0.1).astype(int)  # whatever the mail
    pd.DataFrame(table).to_csv(tmp_path / "campaign.csv", index=False)
    columns = "treatment=mail,outcome=bought"
    arguments = ("--data", "campaign.csv", "--columns", columns, "-p", "share=0.25")
    done = report(tmp_path, *arguments, lesson="retention")  # share is of 4.2 alone
    assert (done.returncode, done.stderr) == (0, "")
    assert "4.1 No column, or more than one, is recognised as start" in done.stdout
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "Contact nobody" in page and "Retention and profit" not in page


# --- a folder that held a report before ---------------------------------------------------

BODY = """\
import pandas as pd
from crmlib.course import decisions
from crmlib.errors import CannotAnswer, DataError
name = str(dataset).rpartition("/")[2]
if name == "bad.csv":
    raise DataError("bad.csv is bad.")
if name == "short.csv":
    raise CannotAnswer("It is too short.")
decisions.table("calls", pd.DataFrame({"told": [name]}))"""


@pytest.fixture
def made(make_course, tmp_path, monkeypatch):
    """A function that makes a report on a file with so little in it, and lists its folder."""
    pytest.importorskip("pypandoc")
    course = lessons.read(make_course(tmp_path / "c", {"3.1": make_course.lesson("3.1", BODY)}))
    monkeypatch.setattr(lessons, "read", lambda: course)

    def to(name, out="told", code=0):
        path = tmp_path / out / name
        if not path.exists():
            path = tmp_path / name
            path.write_text("client,date,sales\n1,2025-01-31,5\n")
        with pytest.raises(SystemExit) as left:
            cli.main(["report", "3.1", "--data", str(path), "--out", str(tmp_path / out)])
        assert (left.value.code or 0) == code
        if not (tmp_path / out).exists():
            return None
        return sorted(path.name for path in (tmp_path / out).iterdir())

    return to


TABLES = ["calls.csv", "calls.parquet", "calls.xlsx"]
PAGES = ["report.html", "report.ipynb"]


def test_a_new_report_leaves_no_table_of_the_one_before(made, tmp_path):
    assert made("good.csv") == TABLES + PAGES
    (tmp_path / "told" / "mine.csv").write_text("x")
    assert made("short.csv") == ["mine.csv", *PAGES]
    assert "It is too short." in (tmp_path / "told" / "report.html").read_text()
    assert made("better.csv") == [*TABLES, "mine.csv", *PAGES]
    assert "better.csv" in (tmp_path / "told" / "calls.csv").read_text()


def test_a_refused_file_leaves_the_report_before_and_says_so(made, tmp_path, capsys):
    assert made("bad.csv", code=2) is None  # and no empty folder
    assert capsys.readouterr().err == "bad.csv is bad.\n"
    made("good.csv")
    page = (tmp_path / "told" / "report.html").read_bytes()
    assert made("bad.csv", code=2) == TABLES + PAGES
    told = f"{tmp_path / 'told' / 'report.html'} is still that of an earlier run.\n"
    assert capsys.readouterr().err == told + "bad.csv is bad.\n"
    assert (tmp_path / "told" / "report.html").read_bytes() == page


def test_the_file_that_was_read_is_never_written_over(made, tmp_path, capsys):
    made("good.csv")
    before = (tmp_path / "told" / "calls.csv").read_bytes()
    assert made("calls.csv", code=2) == TABLES + PAGES
    assert "calls.csv is the file that was read; name another folder." in capsys.readouterr().err
    assert (tmp_path / "told" / "calls.csv").read_bytes() == before
