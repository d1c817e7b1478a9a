"""Lesson 4.1 on contracts that it was not written on: a report, or one sentence."""

import numpy as np
import pandas as pd
import pytest

from crmlib.course import lessons, reports
from crmlib.retention.heterogeneity import mixed_value

COURSE = lessons.read()


class Silent:
    def cell(self, *at): ...

    def finished(self, outcome): ...


def contracts(path, n, alpha=0.8, beta=3.2, last="2025-06-30"):
    """Yearly contracts as a shop would export them, four of them with a mistake."""
    random = np.random.default_rng(n)
    last = pd.Timestamp(last)
    begin = last - pd.to_timedelta(random.integers(0, 9 * 365, n), unit="D")
    years = np.minimum(random.geometric(random.beta(alpha, beta, n)), 100)
    finish = pd.Series([day + pd.DateOffset(years=int(k)) for day, k in zip(begin, years)])
    finish = finish.where(finish <= last).dt.strftime("%d.%m.%Y").fillna("")
    begin = pd.Series(begin.strftime("%d.%m.%Y"))
    begin[[1, 2]], finish[[3, 4]] = "", ["offen", "01.01.1999"]
    table = pd.DataFrame({"Größe": "M", "begin": begin, "finish": finish})
    table.to_csv(path, sep=";", index=False, encoding="windows-1252")


def report(out, path, **more):
    given = {"dataset": str(path), "columns": {"start": "begin", "end": "finish"}, **more}
    [outcome] = reports.write(COURSE, COURSE.find(["4.1"]), out, Silent(), given)
    return outcome


def test_the_report_on_own_contracts(tmp_path):
    contracts(tmp_path / "own.csv", 3000)
    outcome = report(tmp_path / "report", tmp_path / "own.csv", budget=5)
    assert outcome.failure is None
    text = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "3,000 rows in = 2,996 kept + 4 set aside" in text
    for taught in ("gym", "insurer", "4.1-a", "Guess", "lesson 3.2"):
        assert taught not in text
    board = pd.read_csv(tmp_path / "report" / "what_if.csv").set_index("outcome")
    assert board.loc["value", "low"] < board.loc["value", "likeliest"] < board.loc["value", "high"]
    truth = mixed_value(100, 0.80, 0.10, polarisation=0.20) - 120  # alpha 0.8, beta 3.2
    assert board.loc["value", "likeliest"] == pytest.approx(truth, rel=0.05)


def test_too_few_contracts_get_a_sentence_and_no_numbers(tmp_path):
    contracts(tmp_path / "own.csv", 40)
    outcome = report(tmp_path / "report", tmp_path / "own.csv")
    assert reports.cannot_answer(outcome)
    assert "there are 36 customers, and 50 are needed" in outcome.failure["message"]
    assert not (tmp_path / "report" / "what_if.csv").exists()
