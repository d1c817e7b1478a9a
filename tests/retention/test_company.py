"""A company over time, against its customers counted one period after the other."""

import numpy as np
import pytest

from crmlib import DataError
from crmlib.retention.company import half_time, profit_over_time
from crmlib.retention.economics import profit_lift

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
    """10,000 customers, 0.80 to 0.85, 500 to replace one: 250,000 a period."""
    assert 10_000 * (0.85 - 0.80) * 500 == pytest.approx(250_000)
    table = profit_over_time(1, **TERMS)
    assert table["customers"].diff().iloc[1] * 500 == pytest.approx(250_000)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"margin": 0}, "margin is 0; accepted"),
        ({"newcomers": -1}, "newcomers is -1; accepted"),
        ({"retention": 1.0}, "retention is 1; accepted"),
        ({"change": -0.05}, "change is -0.05; accepted: change ≥ 0."),
        ({"change": 0.2}, "change is 0.2; accepted: a retention below 1 after it."),
        ({"acquisition_cost": 500}, "acquisition_cost is 500; accepted: less than 500."),
        ({"programme_cost": -1}, "programme_cost is -1; accepted"),
    ],
)
def test_a_company_refuses(wrong, message):
    with pytest.raises(DataError, match=message):
        profit_over_time(5, **TERMS | wrong)
