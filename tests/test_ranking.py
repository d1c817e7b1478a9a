"""Who is in the top, against lots drawn by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlib.ranking import in_top


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.floats(0.05, 1))
def test_chances_are_those_of_a_lottery_among_equals(scores, share):
    scores, places = np.array(scores), share * len(scores)
    chance = in_top(scores, places)
    assert chance.sum() == pytest.approx(places)
    assert ((chance >= 0) & (chance <= 1 + 1e-12)).all()
    for value in np.unique(scores):
        better, equal = (scores > value).sum(), (scores == value).sum()
        expected = min(max(places - better, 0), equal) / equal
        assert chance[scores == value] == pytest.approx(np.full(equal, expected), abs=1e-12)


def test_each_column_is_an_order_of_its_own():
    scores = np.random.default_rng(0).integers(0, 3, (9, 5))
    apart = np.column_stack([in_top(column, 2.5) for column in scores.T])
    np.testing.assert_allclose(in_top(scores, 2.5), apart)
