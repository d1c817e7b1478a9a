"""The what-if board, against margins added one by one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crmlib import DataError
from crmlib.retention.profit.heterogeneity import estimates, mixed_value
from crmlib.retention.profit.what_if import INPUTS, OUTCOMES, board, outcomes, tornado

INPUT = {
    "margin": 100,
    "retention": 0.80,
    "discount": 0.10,
    "acquisition_cost": 120,
    "budget": 10,
    "change": 0.05,
}
TRIPLES = INPUT | {"retention": (0.75, 0.80, 0.85), "change": (0.01, 0.05, 0.08)}


def paid_back(margins, cost):
    """The first period up to which margins add up to the cost."""
    enough = np.flatnonzero(np.cumsum(margins) >= cost - 1e-9)
    return float(enough[0]) if enough.size else np.inf


def test_outcomes_by_hand():
    result = outcomes(**INPUT)
    assert list(result) == list(OUTCOMES)
    assert result["net_value"] == pytest.approx(100 * 1.1 / 0.3 - 120)
    assert result["net_value_with_programme"] == pytest.approx(90 * 1.1 / 0.25 - 120)
    assert result["gain"] == pytest.approx(90 * 1.1 / 0.25 - 100 * 1.1 / 0.3)
    assert result["cost_per_extra_customer"] == pytest.approx(200)
    assert result["worth_of_extra_customer"] == pytest.approx(100 / 0.3)


@given(
    st.floats(20, 500),
    st.floats(0.1, 0.9),
    st.floats(0.01, 0.3),
    st.floats(0, 600),
    st.floats(0, 0.3),
    st.floats(0.001, 0.09),
)
def test_break_even_and_pay_back(margin, retention, discount, cost, part, change):
    budget = part * margin
    result = outcomes(margin, retention, discount, cost, budget, change)
    even = result["break_even_points"]
    expected = 100 * (1 + discount - retention) * budget / margin
    possible = expected < 100 * (1 - retention)
    assert even == (pytest.approx(expected, abs=1e-7) if possible else np.inf)
    if np.isfinite(even):
        at_even = outcomes(margin, retention, discount, cost, budget, even / 100)
        assert at_even["gain"] == pytest.approx(0, abs=1e-7 * margin)
    t = np.arange(1001)
    alone = margin * (retention / (1 + discount)) ** t
    with_it = (margin - budget) * ((retention + change) / (1 + discount)) ** t
    back, programme = result["pay_back"], result["programme_pay_back"]
    if abs(result["net_value"]) > 1e-6 * margin:
        assert back == paid_back(alone, cost)
    if abs(result["gain"]) > 1e-6 * margin:
        assert programme == paid_back(with_it - alone, 0)


mixes = st.tuples(st.floats(0.3, 0.95), st.floats(0.01, 0.8), st.floats(0.01, 0.3))


@given(mixes, st.floats(0.01, 0.4), st.floats(0.05, 0.9))
def test_where_customers_differ_it_pays_while_one_more_costs_less_than_she_brings(mix, part, kept):
    retention, polarisation, discount = mix
    change = kept * (1 - retention)
    result = outcomes(100, retention, discount, 120, 100 * part, change, polarisation)
    value = mixed_value(100, retention, discount, polarisation)
    better = mixed_value(100 * (1 - part), retention, discount, polarisation, cut=kept)
    assert result["net_value"] == pytest.approx(value - 120)
    assert result["gain"] == pytest.approx(better - value)
    if abs(result["gain"]) > 1e-6 * value:
        cheaper = result["cost_per_extra_customer"] < result["worth_of_extra_customer"]
        assert cheaper == (result["gain"] > 0) == (100 * change > result["break_even_points"])
        assert (result["programme_pay_back"] < np.inf) <= (result["gain"] > 0)


def test_the_outcomes_are_those_of_customers_followed_one_by_one():
    """50,000 customers, each with her own probability of leaving, for 150 periods."""
    theta = stats.beta.ppf((np.arange(50_000) + 0.5) / 50_000, 0.8, 3.2)
    r, i, budget, cut, t = 0.8, 0.10, 10, 0.25, np.arange(150)
    age = 12
    result = outcomes(100, r, i, 120, budget, cut * (1 - r), polarisation=0.2, age=age)
    there = np.array([np.mean((1 - theta) ** k) for k in t])
    still = np.array([np.mean((1 - (1 - cut) * theta) ** k) for k in t])
    kept = np.array([np.mean(cut * theta * (1 - (1 - cut) * theta) ** k) for k in t])
    money = 1.1 ** -t.astype(float)
    extra = 90 * still * money - 100 * there * money
    assert result["gain"] == pytest.approx(extra.sum(), rel=0.005)
    assert result["programme_pay_back"] == pytest.approx((extra.cumsum() >= 0).argmax(), abs=1)
    cost = budget * (still * money).sum() / (kept * money).sum()
    assert result["cost_per_extra_customer"] == pytest.approx(cost, rel=0.001)
    worth = 100 * ((still - there) * money).sum() / (kept * money).sum()
    assert result["worth_of_extra_customer"] == pytest.approx(worth, rel=0.001)
    assert result["gain_observed"] == pytest.approx(extra[: age + 1].sum(), rel=0.005)
    survived = np.array([(1 - theta) ** k for k in range(age + 1)]).sum(axis=0)
    with_it = np.array([np.average((1 - (1 - cut) * theta) ** k, weights=survived) for k in t])
    without = np.array([np.average((1 - theta) ** k, weights=survived) for k in t])
    present = ((90 * with_it - 100 * without) * money).sum()
    assert result["gain_on_present"] == pytest.approx(present, rel=0.005)


def test_customers_who_are_alike_are_newcomers_whenever_they_came():
    result = outcomes(**INPUT, age=7)
    assert result["gain_on_present"] == pytest.approx(result["gain"])
    assert "age" not in tornado("gain", **INPUT, age=7)["input"].tolist()


def test_no_rise_breaks_even_where_even_keeping_all_would_not_pay():
    assert outcomes(100, 0.9, 0.10, 0, 90, 0.05)["break_even_points"] == np.inf


def test_what_was_estimated_together_is_drawn_together():
    """Retention and polarisation of a fit go against each other: together they say more."""
    params = pd.Series({"alpha": 0.596, "beta": 3.327})
    known = pd.DataFrame([[0.0042, 0.0262], [0.0262, 0.2038]])
    fit = estimates(params, known)
    given = {name: value for name, value in INPUT.items() if name != "retention"}
    together = board(**given, **fit).loc["net_value"]
    drawn = mixed_value(100, fit["retention"][1:], 0.10, fit["polarisation"][1:]) - 120
    assert together[["low", "high"]].tolist() == pytest.approx(
        np.quantile(drawn, [0.1, 0.9]), rel=1e-3
    )
    apart = fit | {"polarisation": np.append(fit["polarisation"][0], fit["polarisation"][:0:-1])}
    alone = board(**given, **apart).loc["net_value"]
    assert together["high"] - together["low"] < 0.8 * (alone["high"] - alone["low"])
    rows = tornado("gain", **given, **fit).set_index("input")
    assert rows.index.tolist() == ["retention"]
    assert rows.loc["retention", ["least", "most"]].tolist() == pytest.approx(
        np.quantile(fit["retention"][1:], [0.025, 0.975])
    )


def test_without_a_covariance_estimates_are_numbers():
    params = pd.Series({"alpha": 0.596, "beta": 3.327})
    fit = estimates(params, pd.DataFrame(np.full((2, 2), np.nan)))
    given = {name: value for name, value in INPUT.items() if name != "retention"}
    table = board(**given, **fit)
    assert (table["low"] == table["high"]).all()
    assert estimates(params, pd.DataFrame(np.eye(2)), leave_room=0.3)["retention"][1:].max() <= 0.7


def test_without_a_budget_there_is_nothing_to_pay_back():
    result = outcomes(**INPUT | {"budget": 0})
    assert result["break_even_points"] == 0 and result["programme_pay_back"] == 0
    assert result["cost_per_extra_customer"] == 0


def test_a_programme_without_effect_never_pays_back():
    result = outcomes(**INPUT | {"change": 0})
    assert result["programme_pay_back"] == np.inf
    assert result["cost_per_extra_customer"] == np.inf
    assert result["gain"] == pytest.approx(-10 * 1.1 / 0.3)


def test_where_all_stay_and_money_is_free_margins_add_up():
    result = outcomes(**INPUT | {"retention": 0.94, "discount": 0.0, "acquisition_cost": 90})
    assert result["pay_back"] == 0
    assert outcomes(**INPUT | {"acquisition_cost": 400})["pay_back"] == np.inf


def test_numbers_alone_have_no_interval():
    table = board(**INPUT)
    assert table.index.tolist() == list(OUTCOMES)
    assert (table["low"] == table["likeliest"]).all() and (table["high"] == table["low"]).all()


def test_intervals_hold_the_middle_of_the_draws():
    table = board(**INPUT | {"margin": (80, 100, 130)})
    # With all else fixed the value is 1.1 / 0.3 margins less 120: the triangle's own quantiles.
    low = 80 + np.sqrt(0.1 * (130 - 80) * (100 - 80))
    high = 130 - np.sqrt(0.1 * (130 - 80) * (130 - 100))
    expected = np.array([low, high]) * 1.1 / 0.3 - 120
    np.testing.assert_allclose(
        table.loc["net_value", ["low", "high"]].astype(float), expected, rtol=0.01
    )


def test_the_board_is_the_same_each_time():
    assert board(**TRIPLES).equals(board(**TRIPLES))
    assert not board(**TRIPLES).equals(board(**TRIPLES, seed=1))


def test_tornado_moves_one_input_at_a_time():
    table = tornado("gain", **TRIPLES).set_index("input")
    assert table.index.tolist() == ["change", "retention"]  # by the width of the swing
    for name in table.index:
        least, _middle, most = TRIPLES[name]
        assert table.loc[name, "at_least"] == pytest.approx(
            outcomes(**INPUT | {name: least})["gain"]
        )
        assert table.loc[name, "at_most"] == pytest.approx(outcomes(**INPUT | {name: most})["gain"])
    assert (table["likeliest"] == outcomes(**INPUT)["gain"]).all()


def test_tornado_of_numbers_moves_each_by_a_tenth():
    table = tornado("net_value", **INPUT).set_index("input")
    assert sorted(table.index) == sorted(INPUTS)
    assert table.loc["margin", ["least", "most"]].tolist() == pytest.approx([90, 110])
    assert table.loc["retention", ["least", "most"]].tolist() == pytest.approx([0.78, 0.82])
    swings = (table["at_most"] - table["at_least"]).abs()
    assert swings.is_monotonic_decreasing
    assert swings[["budget", "change"]].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"margin": 0}, "margin is 0; accepted"),
        ({"budget": 100}, "budget is 100; accepted: 0 ≤ budget < margin."),
        ({"retention": 0.97}, "change is 0.05; accepted: 0 ≤ retention ≤ 1 after it."),
        ({"retention": (0.9, 0.8, 0.7)}, "accepted: one number, or least, likeliest, most."),
        ({"retention": (0.7, 0.8)}, "accepted: one number, or least, likeliest, most."),
        ({"age": -1}, "age is -1; accepted: age ≥ 0."),
        ({"price": 3}, "price is no input; needed: margin, retention"),
    ],
)
def test_the_board_refuses(wrong, message):
    with pytest.raises(DataError, match=message):
        board(**INPUT | wrong)


def test_the_board_says_what_is_missing():
    with pytest.raises(DataError, match="budget is missing; needed"):
        board(**{name: value for name, value in INPUT.items() if name != "budget"})
    with pytest.raises(DataError, match="outcome is 'profit'; accepted: net_value,"):
        tornado("profit", **INPUT)
