"""Cost multiples and the Blattberg-Deighton curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from crmlib import DataError
from crmlib.retention.profit.acquisition import (
    break_even_effect,
    cost_curve,
    cost_per_extra_customer,
    optimal_spend,
    response,
    saving,
)

values = st.floats(10, 5000)
ceilings = st.floats(0.05, 1)
steepnesses = st.floats(0.002, 0.2)


def test_multiples_of_the_course():
    np.testing.assert_allclose(saving([4, 5, 6, 8]), [0.75, 0.80, 0.8333, 0.875], rtol=1e-4)  # G47
    np.testing.assert_allclose(break_even_effect([4, 5, 6, 8]), [1 / 4, 1 / 5, 1 / 6, 1 / 8])
    assert cost_per_extra_customer(100, 0.20) == pytest.approx(500)  # what winning one costs


@given(st.floats(1, 50), st.floats(0.001, 1))
def test_keeping_is_cheaper_just_where_the_effect_is_above_one_over_k(multiple, effect):
    cheaper = cost_per_extra_customer(1.0, effect) < multiple
    assert cheaper == (effect > break_even_effect(multiple)) or effect == pytest.approx(
        break_even_effect(multiple)
    )


@pytest.mark.parametrize("multiple", [4, 5, 6, 8])
@pytest.mark.parametrize("over", [-0.01, 0.01])
def test_of_the_faithful_no_multiple_makes_keeping_cheaper(multiple, over):
    """If a share b would have stayed anyway, at most 1 - b can be kept."""
    stay = 1 - 1 / multiple + over
    assert (cost_per_extra_customer(1, 1 - stay) > multiple) == (over > 0)


def test_optimum_of_the_course():
    best = optimal_spend(200, 0.4, 0.02)  # G48
    [there] = cost_curve([best], 200, 0.4, 0.02).itertuples()
    assert best == pytest.approx(23.50, rel=1e-4)
    assert there.response == pytest.approx(0.15, rel=1e-4)
    assert there.profit == pytest.approx(6.4998, rel=1e-4)
    assert there.marginal_cost == pytest.approx(200)
    assert there.average_cost == pytest.approx(best / 0.15)


@given(values, ceilings, steepnesses)
def test_no_spend_leaves_more_than_the_optimum(value, ceiling, steepness):
    best = optimal_spend(value, ceiling, steepness)

    def loss(spend):
        return spend - value * response(spend, ceiling, steepness)

    found = minimize_scalar(loss, bounds=(0, 20 / steepness), method="bounded")
    assert loss(best) <= found.fun + 1e-9 * value


def test_costs_are_the_slopes_of_the_curve():
    spend = np.array([0.0, 5, 40])
    table = cost_curve(spend, 200, 0.4, 0.02)
    step = 1e-5
    slope = (response(spend + step, 0.4, 0.02) - response(spend, 0.4, 0.02)) / step
    np.testing.assert_allclose(table["marginal_cost"], 1 / slope, rtol=1e-5)
    assert table["average_cost"].iloc[0] == pytest.approx(125)  # of the very first
    np.testing.assert_allclose(table["average_cost"].iloc[1:], (spend / table["response"])[1:])


def test_where_the_first_costs_too_much_nothing_is_spent():
    assert optimal_spend(100, 0.4, 0.02) == 0
    assert optimal_spend([100, 200], 0.4, 0.02).tolist() == [0, pytest.approx(23.50, rel=1e-4)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: saving(0.5), "multiple is 0.5; accepted"),
        (lambda: cost_per_extra_customer(10, 1.5), "effect is 1.5; accepted"),
        (lambda: cost_per_extra_customer(-1, 0.5), "cost is -1; accepted"),
        (lambda: response(-1, 0.4, 0.02), "spend is -1; accepted"),
        (lambda: optimal_spend(200, 1.4, 0.02), "ceiling is 1.4; accepted"),
        (lambda: optimal_spend(200, 0.4, 0), "steepness is 0; accepted"),
    ],
)
def test_costs_refuse(call, message):
    with pytest.raises(DataError, match=message):
        call()
