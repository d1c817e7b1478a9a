"""A company over time, against its customers counted one period after the other."""

import numpy as np
import pytest

from crmlib import DataError
from crmlib.retention.profit.company import gain_for_ever, half_time, profit_over_time
from crmlib.retention.profit.economics import profit_lift
from crmlib.retention.profit.what_if import outcomes

TERMS = {"margin": 100, "retention": 0.80, "change": 0.05, "newcomers": 2000}


def counted(periods, retention, after, newcomers):
    """Those who were there and all customers, period by period."""
    present = customers = newcomers / (1 - retention)
    rows = [(present, customers)]
    for _period in range(periods):
        present, customers = after * present, after * customers + newcomers
        rows.append((present, customers))
    return np.array(rows).T


def test_customers_and_profit_are_those_counted():
    table = profit_over_time(15, **TERMS, acquisition_cost=150, programme_cost=8, discount=0.1)
    present, customers = counted(15, 0.80, 0.85, 2000)
    without, base = counted(15, 0.80, 0.80, 2000)
    np.testing.assert_allclose(table["customers"], customers)
    np.testing.assert_allclose(table["profit_before"], 100 * base - 150 * 2000)
    np.testing.assert_allclose(table["profit"], 92 * customers - 150 * 2000)
    np.testing.assert_allclose(table["from_present"], 100 * (present - without), atol=1e-6)
    newcomers = 100 * (customers - present) - 100 * (base - without)
    np.testing.assert_allclose(table["from_newcomers"], newcomers, atol=1e-6)
    gain = table["profit"] - table["profit_before"]
    worth = np.cumsum(gain / 1.1 ** table["period"])
    np.testing.assert_allclose(table["cumulative_gain"], worth)
    np.testing.assert_allclose(table["lift"], gain / table["profit_before"])


def test_the_lift_arrives_late_and_ends_where_money_costs_nothing():
    table = profit_over_time(200, **TERMS)
    assert table["lift"].iloc[0] == 0
    assert table["lift"].is_monotonic_increasing
    assert table["lift"].iloc[-1] == pytest.approx(profit_lift(0.80, 0.05, 0.0), rel=1e-6)
    assert table["lift"].iloc[-1] == pytest.approx(1 / 3, rel=1e-6)


def test_half_of_it_is_there_after_the_half_time():
    after = half_time(0.85)
    assert after == pytest.approx(4.265, rel=1e-3)
    whole = 1 / 3
    lift = profit_over_time(10, **TERMS)["lift"]
    assert lift[4] < whole / 2 < lift[5]


def test_replacing_fewer_saves_what_the_text_says():
    """Of 10,000 customers 500 more stay: at 500 to replace one, 250,000 a period."""
    table = profit_over_time(1, **TERMS)
    kept = table["customers"].diff().iloc[1]
    assert kept * 500 == pytest.approx(250_000)
    assert table["from_newcomers"].iloc[1] == 0


def followed(alpha, beta, kept, age, periods, n, seed):
    """Customers there and their profit base, each with a probability of leaving of her own."""
    random = np.random.default_rng(seed)
    rows = np.zeros((2, 2, periods + 1))  # without and with the programme; present and later
    for start in range(-age, periods + 1):
        theta = random.beta(alpha, beta, n)
        here = theta[random.random(n) < (1 - theta) ** max(-start, 0)]
        for with_it, leaving in enumerate((here, here * kept)):
            for period in range(max(start, 0), periods + 1):
                stays = ((1 - leaving) ** (period - max(start, 0))).sum() / n
                rows[with_it, int(start > 0), period] += stays
    return rows


def test_a_company_of_customers_who_differ_is_that_of_customers_followed_one_by_one():
    age, periods, r, spread = 8, 12, 0.8, 0.2
    rows = followed(0.8, 3.2, 0.75, age, periods, 40_000, seed=1)
    table = profit_over_time(
        periods,
        margin=100,
        retention=r,
        change=0.05,
        newcomers=1,
        polarisation=spread,
        age=age,
        acquisition_cost=120,
        programme_cost=10,
    )
    without, with_it = rows.sum(axis=1)
    np.testing.assert_allclose(table["customers"], with_it, rtol=0.005)
    np.testing.assert_allclose(table["profit_before"], 100 * without - 120, rtol=0.01)
    np.testing.assert_allclose(table["profit"], 90 * with_it - 120, rtol=0.01)
    extra = 100 * (rows[1] - rows[0])
    np.testing.assert_allclose(table["from_present"], extra[0], rtol=0.03, atol=0.2)
    np.testing.assert_allclose(table["from_newcomers"], extra[1], rtol=0.03, atol=0.2)


def test_without_a_rise_those_there_are_the_sum_of_the_survivors():
    """S(t) of the shifted beta-geometric model, with published estimates (2007)."""
    alpha, beta, age = 0.668, 3.806, 12
    t = np.arange(1, age + 9)
    survival = np.append(1.0, np.cumprod((beta + t - 1) / (alpha + beta + t - 1)))
    table = profit_over_time(
        8,
        margin=1,
        retention=beta / (alpha + beta),
        change=0,
        newcomers=1,
        polarisation=1 / (alpha + beta + 1),
        age=age,
    )
    expected = survival.cumsum()[age:]
    np.testing.assert_allclose(table["customers"], expected, rtol=1e-8)
    np.testing.assert_allclose(table["profit_before"], expected, rtol=1e-8)


@pytest.mark.parametrize("mix", [{}, {"polarisation": 0.2, "age": 9}])
def test_the_gain_of_all_years_is_that_of_years_without_end(mix):
    cost = {"programme_cost": 12, "discount": 0.10}
    table = profit_over_time(600, **TERMS, **cost, **mix)
    gains = outcomes(100, 0.80, 0.10, 0, 12, 0.05, **mix)
    whole = gain_for_ever(gains, table["customers"].iloc[0], 2000, 0.10)
    assert whole == pytest.approx(table["cumulative_gain"].iloc[-1], rel=1e-6)


def test_a_company_alike_and_old_is_one_in_the_long_run():
    old = profit_over_time(10, **TERMS, age=300, acquisition_cost=50)
    np.testing.assert_allclose(old, profit_over_time(10, **TERMS, acquisition_cost=50), atol=1e-6)


def test_where_nothing_was_earned_there_is_no_lift():
    table = profit_over_time(3, **TERMS, acquisition_cost=600)
    assert table["lift"].isna().all() and (table["profit_before"] < 0).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"margin": 0}, "margin is 0; accepted"),
        ({"newcomers": -1}, "newcomers is -1; accepted"),
        ({"retention": 1.0}, "retention is 1; accepted"),
        ({"polarisation": 0.2}, "age is missing; where customers differ, a company needs one."),
        ({"age": -1}, "age is -1; accepted"),
        ({"change": -0.05}, "change is -0.05; accepted: change ≥ 0."),
        ({"change": 0.2}, "change is 0.2; accepted: a retention below 1 after it."),
        ({"programme_cost": -1}, "programme_cost is -1; accepted"),
    ],
)
def test_a_company_refuses(wrong, message):
    with pytest.raises(DataError, match=message):
        profit_over_time(5, **TERMS | wrong)
