"""Lesson 4.2 as a report: on each kind of table the sections that it can answer, and no others."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlib.course import notebook

CRMLIB = Path(sys.executable).with_name("crmlib")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("an analyst's folder")
    random = np.random.default_rng(4)
    start = pd.Timestamp("2022-01-10") + pd.to_timedelta(random.integers(0, 900, 800), "D")
    end = start + pd.to_timedelta(random.exponential(500, 800).astype(int), "D")
    contracts = pd.DataFrame({"Beginn": start, "Ende": end.where(end < "2024-12-01")})
    contracts.to_csv(folder / "abo.csv", index=False, sep=";")
    mailed = random.permutation(1200) < 600
    campaign = pd.DataFrame(
        {
            "client": [f"K{n:04}" for n in range(1200)],
            "age": random.integers(20, 70, 1200),
            "mailed": np.where(mailed, "yes", "no"),
        }
    )
    campaign["nothing"] = (random.random(1200) < 0.2).astype(int)
    young = mailed & (campaign["age"] < 40)
    campaign["much"] = (random.random(1200) < 0.1 + 0.5 * young).astype(int)
    campaign.to_csv(folder / "mail.csv", index=False)
    return folder


def report(folder, out, *arguments):
    done = subprocess.run(
        [CRMLIB, "report", "4.2", "--out", out, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return notebook.read(folder / out / "report.ipynb")


def told(book):
    texts = [cell["source"] for cell in book["cells"] if cell["cell_type"] == "markdown"]
    return "\n".join(texts)


def sections(book):
    return [line for line in told(book).splitlines() if line.startswith("## ")][:-1]


def test_contracts(folder):
    pytest.importorskip("pypandoc")
    book = report(folder, "one", "--data", "abo.csv", "--columns", "start=Beginn,end=Ende")
    assert sections(book) == ["## 1. Leaving with a goodbye"]
    assert "This table holds contracts" in told(book)
    assert not list((folder / "one").glob("*.csv"))


def test_a_log(folder):
    pytest.importorskip("pypandoc")
    book = report(folder, "two", "--data", "cdnow", "-p", "horizon=150")
    assert sections(book) == [
        "## 1. Leaving without a goodbye",
        "## 2. A score that is honest about time",
    ]
    listed = pd.read_parquet(folder / "two" / "risk_list.parquet")
    assert len(listed) == 2357 and listed["risk"].is_monotonic_decreasing


@pytest.mark.parametrize(("outcome", "nobody"), [("nothing", True), ("much", False)])
def test_a_campaign(folder, outcome, nobody):
    pytest.importorskip("pypandoc")
    columns = f"treatment=mailed,outcome={outcome},customer_id=client,leave_out="
    columns += "much" if outcome == "nothing" else "nothing"
    given = ("--data", "mail.csv", "--columns", columns, "--show-names")
    book = report(folder, outcome, *given)
    assert sections(book) == ["## 1. Does a contact change anything?", "## 2. Whom to contact"]
    listed = pd.read_parquet(folder / outcome / "contact_list.parquet")
    assert ("Contact nobody" in told(book)) == nobody == (len(listed) == 0)
    if not nobody:
        assert set(listed["group"]) == {"contact", "hold-out"}
        assert listed["customer_id"].str.match(r"K\d{4}$").all()


def test_a_log_that_is_too_short_says_so(folder):
    pytest.importorskip("pypandoc")
    book = report(folder, "short", "--data", "cdnow", "-p", "horizon=300")
    assert "**No numbers follow.** This log cannot answer the question: it runs for" in told(book)
