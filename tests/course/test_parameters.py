"""What a run may change in a lesson, and what is refused."""

import pytest

from crmlib import DataError
from crmlib.course import lessons, notebook
from crmlib.course.parameters import choose, comments


def lesson(number, source):
    cell = {"metadata": {"tags": ["parameters"]}, "source": source}
    return lessons.Lesson(number, None, None, "", "", 0, "", ()), {"cells": [cell]}


FIRST = lesson(
    "4.1",
    "margin = 100  # of a customer, or [least, likeliest, most]\n"
    "change = [1, 5, 8]  # points: least, likeliest, most\n"
    'period = "year"\n',
)
SECOND = lesson("4.2", 'horizon = 182  # days\nhidden = True\nperiod = "week"')
BOTH = dict([FIRST, SECOND])


def test_of_several_lessons_each_is_given_what_it_has():
    given = {"margin": 80, "horizon": 90, "period": "week"}
    chosen = {one.number: own for one, own in choose(BOTH, given).items()}
    assert chosen == {"4.1": {"margin": 80, "period": "week"}, "4.2": {"horizon": 90}}


def test_what_none_of_them_has_is_refused_with_the_nearest_name_of_any():
    told = "None of the lessons 4.1, 4.2 has a parameter 'horzion'; did you mean 'horizon'"
    with pytest.raises(DataError, match=told):
        choose(BOTH, {"margin": 80, "horzion": 90})
    with pytest.raises(DataError, match="Lesson 4.2 has no parameter 'margin'; there is: hidden"):
        choose(dict([SECOND]), {"margin": 80})


@pytest.mark.parametrize("value", [80, 80.5, [80, 100, 130.0]])
def test_a_number_that_may_be_several_is_given_either_way(value):
    assert choose(dict([FIRST]), {"margin": value}) == {FIRST[0]: {"margin": value}}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"margin": [80, 100]}, "takes one number, or several: [least, likeliest, most]."),
        ({"margin": [80, 100, "a"]}, "takes one number, or several"),
        ({"margin": True}, "takes one number, or several"),
        ({"change": 5}, "cannot take 5 as change; the default is [1, 5, 8]"),
        ({"horizon": [1, 2, 3]}, "cannot take [1, 2, 3] as horizon; the default is 182"),
        ({"horizon": True}, "cannot take True as horizon"),
        ({"hidden": 1}, "cannot take 1 as hidden"),
    ],
)
def test_a_value_of_another_kind_is_refused(given, sentence):
    with pytest.raises(DataError) as refused:
        choose(BOTH, given)
    assert sentence in str(refused.value)


def test_a_comment_is_found_behind_what_looks_like_one():
    [book] = dict([lesson("1.1", 'a = "# x"  # y = z\n# b = 2\nc = 3')]).values()
    assert comments(book) == {"a": "y = z"}
    assert notebook.parameters(book) == {"a": "# x", "c": 3}
