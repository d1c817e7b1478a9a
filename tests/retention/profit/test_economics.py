"""Customer value, its lift and the inverse questions: closed forms against sums of margins."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmlib import DataError
from crmlib.retention.profit import economics
from crmlib.retention.profit.economics import (
    acquisition_share_for_lift,
    customer_value,
    growth_for_lift,
    profit_lift,
    raised,
    retention_for_lift,
)

CONVENTIONS = [(first, unit) for first in economics.FIRST_MARGIN for unit in economics.CHANGE_IN]

retentions = st.floats(0.05, 0.90)
changes = st.floats(0.005, 0.10)
discounts = st.floats(0.02, 0.5)
growths = st.floats(-0.1, 0.02)
shares = st.floats(0, 0.9)
conventions = st.sampled_from(CONVENTIONS)


def summed(margin, retention, discount, growth=0.0, first=0, terms=20_000):
    """Margin after margin, added up; the first one paid in period ``first``."""
    t = np.arange(terms)
    paid = margin * (retention * (1 + growth) / (1 + discount)) ** t
    return (retention / (1 + discount)) ** first * paid.sum()


# value


@pytest.mark.parametrize("discount", [0.005, 0.05, 0.10, 0.25, 1.0])
@pytest.mark.parametrize("retention", [0.0, 0.3, 0.8, 0.95, 1.0])
@pytest.mark.parametrize("growth", [-0.2, 0.0, 0.004])
def test_value_is_the_sum_of_margins(retention, discount, growth):
    terms = {"margin": 100, "retention": retention, "discount": discount, "growth": growth}
    at_once = summed(**terms)
    at_end = summed(**terms, first=1)
    assert customer_value(**terms) == pytest.approx(at_once, rel=1e-6)
    assert customer_value(**terms, first_margin="at_end") == pytest.approx(at_end, rel=1e-6)
    assert customer_value(**terms, acquisition_cost=30) == pytest.approx(at_once - 30, rel=1e-6)


def test_value_of_the_text():
    assert customer_value(margin=100, retention=0.80, discount=0.10) == pytest.approx(
        366.67, abs=0.005
    )


def test_value_takes_arrays():
    value = customer_value([100, 50], np.array([[0.5], [0.8]]), 0.10)
    assert value.shape == (2, 2)
    assert value[1, 0] == pytest.approx(366.67, abs=0.005)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"margin": -1}, "margin is -1; accepted: margin ≥ 0."),
        ({"retention": 1.2}, "retention is 1.2; accepted"),
        ({"retention": [0.5, np.nan]}, "retention is nan; accepted"),
        ({"retention": "high"}, "retention is 'high'; accepted"),
        ({"retention": 1.0, "discount": 0.0}, "retention is 1; accepted.*< 1 \\+ discount"),
        ({"growth": 0.5}, "retention is 0.8; accepted.*growth.*< 1 \\+ discount"),
        ({"growth": -1}, "growth is -1; accepted"),
        ({"discount": -0.1}, "discount is -0.1; accepted"),
        ({"acquisition_cost": -5}, "acquisition_cost is -5; accepted"),
        ({"first_margin": "soon"}, "first_margin is 'soon'; accepted: at_once, at_end."),
    ],
)
def test_value_refuses(wrong, message):
    with pytest.raises(DataError, match=message):
        customer_value(**{"margin": 100, "retention": 0.8, "discount": 0.1} | wrong)


# lift: the values of the course (golden values G44 to G46, claims of entry 4.1)


@pytest.mark.parametrize(
    ("retention", "discount", "options", "expected"),
    [
        (0.80, 0.10, {}, 0.20),  # G44
        (0.80, 0.10, {"change_in": "per_cent"}, 0.15385),  # G44
        (0.85, 0.10, {}, 0.25),
        (0.95, 0.10, {}, 0.50),
        (0.90, 0.10, {}, 0.33333),  # G46
        (0.75, 0.00, {}, 0.25),
        (0.89118, 0.00, {}, 0.85),
        (0.90, 0.10, {"growth": 0.10}, 1.00),
        (0.80, 0.10, {"first_margin": "at_end"}, 0.275),
        (0.90, 0.10, {"first_margin": "at_end"}, 0.40741),
        (0.95, 0.10, {"first_margin": "at_end"}, 0.57895),
        (0.80, 0.10, {"acquisition_share": 0.2}, 0.25),
        (0.80, 0.10, {"acquisition_share": 1 - 0.2 / 0.85}, 0.85),
        (0.90, 0.10, {"acquisition_share": 0.73333}, 1.25),  # G46
    ],
)
def test_lift_of_the_course(retention, discount, options, expected):
    assert profit_lift(retention, 0.05, discount, **options) == pytest.approx(expected, rel=1e-4)


@given(retentions, changes, discounts, growths, shares, conventions)
def test_lift_is_the_rise_of_the_value(retention, change, discount, growth, share, convention):
    first_margin, change_in = convention
    terms = {"discount": discount, "growth": growth, "first_margin": first_margin}
    after = retention + change if change_in == "points" else retention * (1 + change)
    before = customer_value(100, retention, **terms)
    cost = share * before
    rise = customer_value(100, after, acquisition_cost=cost, **terms) / (before - cost) - 1
    lift = profit_lift(retention, change, acquisition_share=share, change_in=change_in, **terms)
    assert lift == pytest.approx(rise, rel=1e-6)


def test_a_fall_of_retention_is_a_loss():
    assert profit_lift(0.85, -0.05, 0.10) == pytest.approx(0.25 / 0.30 - 1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"change": 0.3}, "change is 0.3; accepted: 0 ≤ retention ≤ 1 after it."),
        ({"change": np.nan}, "change is nan"),
        ({"retention": 0.0}, "retention is 0; accepted: 0 < retention"),
        ({"acquisition_share": 1.0}, "acquisition_share is 1; accepted"),
        ({"change_in": "percent"}, "change_in is 'percent'; accepted: points, per_cent."),
        ({"discount": 0.0, "change": 0.2}, "retention is 1; accepted"),
    ],
)
def test_lift_refuses(wrong, message):
    with pytest.raises(DataError, match=message):
        profit_lift(**{"retention": 0.8, "change": 0.05, "discount": 0.1} | wrong)


def test_raised_reaches_one_and_no_further():
    assert raised(0.95, 0.05) == 1.0
    assert raised(1 / 1.05, 0.05, "per_cent") == 1.0
    with pytest.raises(DataError, match="change is 0.0501"):
        raised(0.95, 0.0501)


# inverse questions


def test_retention_of_the_course():
    found = retention_for_lift([0.30, 0.50, 0.75, 0.85], 0.05, 0.10)
    np.testing.assert_allclose(found, [0.88333, 0.95, np.nan, np.nan], rtol=1e-4)
    assert retention_for_lift(0.25, 0.05, 0.10) == pytest.approx(0.85)
    assert retention_for_lift([0.25, 0.85], 0.05, 0.0) == pytest.approx([0.75, 0.8912], rel=1e-4)


def test_acquisition_cost_of_the_course():
    share = acquisition_share_for_lift([0.25, 0.85], 0.80, 0.05, 0.10)
    np.testing.assert_allclose(share, [0.20, 0.7647], rtol=1e-4)  # G44
    cost = share * customer_value(100, 0.80, 0.10)
    np.testing.assert_allclose(cost, [73.33, 280.39], rtol=1e-4)  # G45
    assert acquisition_share_for_lift(1.25, 0.90, 0.05, 0.10) == pytest.approx(0.7333, rel=1e-4)
    assert np.isnan(acquisition_share_for_lift(0.10, 0.80, 0.05, 0.10))  # it brings 0.20 anyway
    assert acquisition_share_for_lift(0.25, 0.85, 0.05, 0.10) == pytest.approx(0, abs=1e-12)


@given(retentions, changes, discounts, growths, shares, conventions)
def test_the_retention_found_gives_the_lift(retention, change, discount, growth, share, convention):
    first_margin, change_in = convention
    terms = {
        "growth": growth,
        "acquisition_share": share,
        "first_margin": first_margin,
        "change_in": change_in,
    }
    lift = profit_lift(retention, change, discount, **terms)
    found = retention_for_lift(lift, change, discount, **terms)
    assert profit_lift(found, change, discount, **terms) == pytest.approx(lift, rel=1e-6)
    if convention != ("at_end", "points"):  # where two retentions give one lift
        assert found == pytest.approx(retention, rel=1e-6)
    else:
        assert found >= retention - 1e-6


@given(retentions, changes, discounts, shares, growths, conventions)
def test_the_growth_and_cost_found_give_the_lift(
    retention, change, discount, share, growth, convention
):
    first_margin, change_in = convention
    unit = {"first_margin": first_margin, "change_in": change_in}
    assume(change_in == "points" or retention > 0.1)
    lift = profit_lift(retention, change, discount, growth=growth, acquisition_share=share, **unit)
    found = growth_for_lift(lift, retention, change, discount, acquisition_share=share, **unit)
    assert found == pytest.approx(growth, rel=1e-5, abs=1e-7)
    cost = acquisition_share_for_lift(lift, retention, change, discount, growth=growth, **unit)
    assert cost == pytest.approx(share, rel=1e-6, abs=1e-9)


def test_of_two_retentions_the_higher_is_found():
    lift = profit_lift(0.25, 0.05, 0.10, first_margin="at_end")
    assert lift == pytest.approx(0.275)
    assert retention_for_lift(lift, 0.05, 0.10, first_margin="at_end") == pytest.approx(0.80)


def test_growth_that_no_margin_can_have_is_nan():
    assert np.isnan(growth_for_lift(0.01, 0.5, 0.1, 0.1, first_margin="at_end"))
    assert growth_for_lift(0.10, 0.80, 0.05, 0.10) < 0


@pytest.mark.parametrize("question", [retention_for_lift, acquisition_share_for_lift])
def test_questions_refuse(question):
    with pytest.raises(DataError, match="lift is 0; accepted: lift > 0."):
        question(0, *(0.8, 0.05, 0.1)[-2 if question is retention_for_lift else -3 :])


def test_questions_take_arrays():
    grid = np.array([[0.05], [0.10], [0.20]])
    assert retention_for_lift([0.25, 0.85], 0.05, grid).shape == (3, 2)
    assert growth_for_lift([0.25, 0.85], 0.8, 0.05, grid).shape == (3, 2)
    assert acquisition_share_for_lift([0.25, 0.85], 0.8, 0.05, grid).shape == (3, 2)
