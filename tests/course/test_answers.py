"""What is said about an answer: right, or what kind of wrong; never the answer itself."""

import math
import re

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError
from crmlib.course.answers import judge
from crmlib.course.expected import Expected, expect, shown
from crmlib.course.mistakes import kinds


@pytest.mark.parametrize(
    ("expected", "given", "kind"),
    [
        (expect(0.05, "fraction"), 0.05, "right"),
        (expect(0.05, "fraction"), 0.0502, "right"),
        (expect(0.05, "fraction"), np.float64(0.05), "right"),
        (expect(0.05, "fraction"), np.array([0.05]), "right"),
        (expect(0.05, "fraction"), pd.Series([0.05]).iloc[0], "right"),
        (expect(0.05, "fraction"), 0.0506, "rounded"),
        (expect(0.05, "fraction"), 0.0508, "wrong"),
        (expect(0.925, "probability"), 0.95, "wrong"),  # nothing was rounded
        (expect(0.05, "fraction", 0.02), 0.0528, "rounded"),
        (expect(0.05, "fraction"), 5, "per_cent"),
        (expect(0.05, "fraction"), -0.05, "sign"),
        (expect(0.05, "fraction"), 0.95, "opposite"),
        (expect(0.05, "probability"), 3.0, "range"),
        (expect(0.29, "rise"), 1.5, "wrong"),  # a value may well more than double
        (expect(0.29, "rise"), 1.29, "ratio"),
        (expect(0.29, "rise"), 0.71, "wrong"),
        (expect(0.29, "rise"), 29, "per_cent"),
        (expect(0.05, "fraction"), 0.3, "wrong"),
        (expect(0.05, "fraction"), "5 %", "no_number"),
        (expect(0.05, "fraction"), None, "no_number"),
        (expect(0.05, "fraction"), True, "no_number"),
        (expect(0.05, "fraction"), math.nan, "no_number"),
        (expect(0.05, "fraction"), [0.05, 0.1], "no_number"),
        (expect(0.05, "fraction"), pd.DataFrame({"a": [1]}), "no_number"),
        (expect(1250.0, "currency"), 1.25, "thousands"),
        (expect(1250.0, "currency"), 12.5, "fraction"),
        (expect(1250.0, "currency"), 0.0008, "inverse"),
        (expect(52, "weeks"), 364, "unit"),
        (expect(52, "weeks"), 12, "unit"),
        (expect(52, "weeks"), 20, "wrong"),
        (expect(12, "months"), 1, "unit"),
        (expect(15, "weeks"), 15, "right"),
        (expect(15, "weeks"), 15.0, "right"),
        (expect(15, "weeks"), 14, "off_by_one"),
        (expect(15, "weeks"), 16, "off_by_one"),
        (expect(15, "weeks"), 15.1, "rounded"),
        (expect(1094, "customers"), 1091, "rounded"),
        (expect(1094, "customers", 0.01), 1091, "right"),
        (expect(1094, "customers", 0.01), 1093, "right"),
        (expect(1094, "customers", 0.01), 1110, "rounded"),
        (expect(0.0, "currency"), 0, "right"),
        (expect(0.0, "currency"), 1, "wrong"),
        (expect("c"), "c", "right"),
        (expect("c"), " C", "right"),
        (expect("c"), "a", "wrong"),
        (expect("c"), 3, "no_choice"),
        (expect(["C", "A", "B"]), ["C", "A", "B"], "right"),
        (expect(["C", "A", "B"]), ("C", "A", "B"), "right"),
        (expect(["C", "A", "B"]), pd.Index(["C", "A", "B"]), "right"),
        (expect(["C", "A", "B"]), ["B", "A", "C"], "reversed"),
        (expect(["C", "A", "B"]), ["A", "C", "B"], "wrong"),
        (expect(["C", "A", "B"]), ["C", "A"], "items"),
        (expect(["C", "A", "B"]), "CAB", "no_list"),
        (expect({"A", "B"}), {"B", "A"}, "right"),
        (expect({"A", "B"}), frozenset("AB"), "right"),
        (expect({"A", "B"}), {"A"}, "wrong"),
        (expect({"A", "B"}), set(), "empty"),
        (expect({"A", "B"}), {}, "no_set"),
        (expect({"A", "B"}), ["A", "B"], "no_set"),
        (expect(5.0, "currency"), ..., "unanswered"),
    ],
)
def test_the_kind_of_wrong(expected, given, kind):
    assert judge(expected, given).kind == kind
    assert judge(Expected.from_json(expected.to_json()), given).kind == kind


TABLE = pd.DataFrame({"value": [1.0, 2.0]}, index=pd.Index(["A", "B"], name="segment"))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (TABLE, "right"),
        (TABLE.reset_index(), "right"),
        (TABLE.assign(more=1), "right"),
        (TABLE * 1.004, "right"),
        (TABLE * 1.006, "values"),
        (TABLE.head(1), "rows"),
        (TABLE.rename(columns={"value": "worth"}), "columns"),
        (TABLE["value"], "right"),
        (3, "no_table"),
    ],
)
def test_tables(given, kind):
    expected = expect(TABLE)
    assert judge(expected, given).kind == kind
    assert judge(Expected.from_json(expected.to_json()), given).kind == kind


def test_a_listed_mistake_comes_before_the_general_ones():
    expected = expect(0.25, "fraction", leaving_for_staying=0.75)
    assert judge(expected, 0.75).kind == "leaving_for_staying"
    assert judge(expect(0.25, "fraction"), 0.75).kind == "opposite"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (dict(value=1.0, revenues=2), "'revenues' is no kind of mistake; did you mean 'revenue'?"),
        (dict(value=1.0, unit="week"), "'week' is no unit; did you mean 'weeks'?"),
        (dict(value=None), "An answer is a number"),
        (dict(value=True), "An answer is a number"),
    ],
)
def test_what_cannot_be_expected(arguments, sentence):
    with pytest.raises(DataError, match=sentence):
        expect(**arguments)


@pytest.mark.parametrize(
    ("expected", "given", "told"),
    [
        (expect({"A", "B"}), {"A"}, "All of these belong. 1 is missing."),
        (expect({"A", "B"}), {"C"}, "1 does not belong. 2 are missing."),
        (expect({"A"}), {"A", "B", "C"}, "2 do not belong. None is missing."),
        (expect(["A", "B", "C"]), ["A", "C", "B"], "1 of 3 stands in its place."),
        (expect(["A", "B", "C", "D"]), ["A", "B", "D", "C"], "2 of 4 stand in their place."),
        (expect(1094, "customers"), 2500, "You gave 2,500. The hint may help."),
        (expect(1094, "customers"), 1100, "Near, but it must be exact. Was something rounded?"),
        (expect(0.5, "rise"), 0.506, "Near, but it must be right within 0.5 %. Was something"),
    ],
)
def test_what_is_said(expected, given, told):
    assert str(judge(expected, given)).startswith(f"Not yet. {told}")


def test_no_sentence_on_a_mistake_holds_a_number_of_one_task():
    for kind, told in kinds().items():
        assert not re.search(r"\d", told), kind


def test_a_verdict_is_prose_in_a_notebook_and_data_stay_text():
    told = judge(expect(1.0), "<b>")
    assert told._repr_markdown_() == "Not yet. Give one number, without text."
    told = judge(expect(["a*", "b"]), ["a*"])
    assert "a\\*, b" in told._repr_markdown_()
    assert judge(expect(1.0), 1)._repr_markdown_() == "✓ Right."


@pytest.mark.parametrize("value", [262.5, 12345.678, 0.0371, 79])
@pytest.mark.parametrize("unit", ["", "currency", "fraction", "weeks"])
@pytest.mark.parametrize("factor", [0, -1, 0.001, 0.01, 0.5, 0.97, 1.03, 2, 100, 1000, math.inf])
def test_the_answer_itself_is_never_said(value, unit, factor):
    told = judge(expect(value, unit), factor * value)
    assert shown(value) not in told.message.replace(shown(factor * value), "")
