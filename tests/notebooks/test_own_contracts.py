"""Lesson 4.1 on contracts that it was not written on: a report, or one sentence."""

import re

import numpy as np
import pandas as pd
import pytest

from crmlib.course import lessons, reports
from crmlib.retention.profit.heterogeneity import mixed_value

COURSE = lessons.read()
pytestmark = pytest.mark.usefixtures("in_this_process")


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
    assert "3,000 rows in = 2,997 kept + 3 set aside" in text  # "offen" is no end
    for taught in ("gym", "insurer", "4.1-a", "Guess", "lesson 3.2"):
        assert not re.search(rf"\b{re.escape(taught)}\b", re.sub('src="data:[^"]*"', "", text))
    board = pd.read_csv(tmp_path / "report" / "what_if.csv").set_index("outcome")
    assert (
        board.loc["net_value", "low"]
        < board.loc["net_value", "likeliest"]
        < board.loc["net_value", "high"]
    )
    assert "in the middle of a year" not in text  # they are yearly contracts
    truth = mixed_value(100, 0.80, 0.10, polarisation=0.20) - 120  # alpha 0.8, beta 3.2
    assert board.loc["net_value", "likeliest"] == pytest.approx(truth, rel=0.05)


def test_too_few_contracts_get_a_sentence_and_no_numbers(tmp_path):
    contracts(tmp_path / "own.csv", 40)
    outcome = report(tmp_path / "report", tmp_path / "own.csv")
    assert reports.cannot_answer(outcome)
    assert "there are 37 contracts, and 50 are needed" in outcome.failure["message"]
    assert not (tmp_path / "report" / "what_if.csv").exists()


def test_a_number_of_ones_own_may_be_three(tmp_path):
    contracts(tmp_path / "own.csv", 1000)
    boards, texts = [], []
    for name, given in (
        ("one", {}),
        (
            "three",
            {"margin": [80, 100, 130], "budget": [4, 5, 7], "acquisition_cost": [90, 120, 180]},
        ),
    ):
        outcome = report(tmp_path / name, tmp_path / "own.csv", **{"budget": 5} | given)
        assert outcome.failure is None
        table = pd.read_csv(tmp_path / name / "what_if.csv").set_index("outcome")
        boards.append(table)
        texts.append((tmp_path / name / "report.html").read_text(encoding="utf-8"))
    one, three = boards
    assert one["likeliest"].tolist() == three["likeliest"].tolist()
    wider = (three["high"] - three["low"]) > 1.3 * (one["high"] - one["low"])
    assert wider[["net_value", "net_value_with_programme", "worth_of_extra_customer"]].all()
    assert "a margin of 100 (80 to 130) a year" in texts[1]
    assert "120 (90 to 180) to win her; 5 (4 to 7) a year for the programme" in texts[1]
    assert "a margin of 100 a year" in texts[0]
