import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlib import DataError
from crmlib.value.btyd import BGNBD, GammaGamma, ParetoNBD
from crmlib.value.lifetime import (
    chance_of_top,
    customer_lifetime_value,
    interval,
    ladder,
    margin_multiple,
    naive_value,
    simulate_lifetime_value,
    top_share_agreement,
)

BG_NBD = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
PARETO_NBD = ParetoNBD({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})
SPEND = GammaGamma({"p": 6.25, "q": 3.74, "gamma": 15.44})
TERMS = {"margin": 0.3, "discount_rate": 0.1}
CUSTOMERS = pd.DataFrame(
    {
        "frequency": [0, 0, 1, 2, 5, 20, 200],
        "recency": [0, 0, 10.0, 30.43, 37.0, 36.0, 38.8],
        "T": [38.86, 1.0, 38.0, 38.86, 38.0, 38.86, 38.86],
        "monetary_value": [0, 0, 20.0, 22.35, 80.0, 35.0, 5.0],
    }
)

shares = st.floats(0, 1)
retentions = st.floats(0, 0.98)
discounts = st.floats(0.01, 1)
moments = st.sampled_from(["at_end", "at_once"])


# the ladder


@given(
    st.floats(1, 1e6), shares, retentions, discounts, st.floats(0, 500), st.floats(0, 0.9), moments
)
def test_ladder_adds_up(spend, margin, retention, discount, cost, polarisation, first_margin):
    steps = ladder(spend, margin, retention, discount, cost, polarisation, first_margin)
    values = steps.set_index("step")["value"]
    assert steps["change"].sum() == pytest.approx(values.iloc[-1], rel=1e-9, abs=1e-6)
    assert values["naive"] >= values["margin"] >= values["retention"] >= values["discount"]
    assert values["discount"] - values["acquisition_cost"] == pytest.approx(cost, abs=1e-6)
    assert values["heterogeneity"] >= values["acquisition_cost"] - 1e-6


def test_ladder_has_one_row_a_correction():
    steps = ladder(1000, 0.2, 0.8, 0.1, acquisition_cost=100, polarisation=0.3)
    assert steps.columns.tolist() == ["step", "value", "change"]
    assert steps["step"].tolist() == [
        "naive",
        "margin",
        "retention",
        "discount",
        "acquisition_cost",
        "heterogeneity",
    ]


@pytest.mark.parametrize("first_margin, first", [("at_end", 1), ("at_once", 0)])
@pytest.mark.parametrize("polarisation", [1e-6, 0.1, 0.5, 0.9])
def test_heterogeneity_is_the_sum_over_the_survivors(polarisation, first_margin, first):
    size = 1 / polarisation - 1  # alpha + beta
    t = np.arange(800)
    retention = (0.8 * size + t) / (size + t)
    survival = np.append(1.0, np.cumprod(retention[:-1]))
    expected = 200 * (survival / 1.1**t)[first:].sum()
    steps = ladder(1000, 0.2, 0.8, 0.1, polarisation=polarisation, first_margin=first_margin)
    assert steps["value"].iloc[-1] == pytest.approx(expected, rel=1e-9)


def test_ladder_bears_the_extremes():
    nobody_stays = ladder(1000, 0.2, 0.0, 0.1, polarisation=0.5)["value"]
    assert nobody_stays.tolist() == pytest.approx([1000, 200, 0, 0, 0, 0])
    leave_at_once_or_never = ladder(1000, 0.2, 0.8, 0.1, polarisation=1 - 1e-9)["value"]
    assert leave_at_once_or_never.iloc[-1] == pytest.approx(0.8 * 200 / 0.1, rel=1e-6)
    no_discount = ladder(1000, 0.2, 0.8, 0.0, polarisation=0.05)["value"]
    alpha, size = 0.2 * 19, 19
    assert no_discount.iloc[-1] == pytest.approx(200 * ((size - 1) / (alpha - 1) - 1))


@given(retentions, discounts)
def test_multiples_are_geometric_series(retention, discount):
    t = np.arange(4000)
    terms = np.exp(t * (np.log(max(retention, 1e-300)) - np.log1p(discount)))
    assert margin_multiple(retention, discount, "at_once") == pytest.approx(terms.sum(), rel=1e-6)
    assert margin_multiple(retention, discount) == pytest.approx(
        terms[1:].sum(), rel=1e-6, abs=1e-9
    )


def test_multiples_broadcast():
    assert margin_multiple([[0.5], [0.8]], [0.05, 0.1, 0.2]).shape == (2, 3)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: ladder(1000, 20, 0.8, 0.1), "margin is 20; accepted: 0 ≤ margin ≤ 1"),
        (lambda: ladder("much", 0.2, 0.8, 0.1), "spend is 'much'; accepted: spend ≥ 0"),
        (lambda: ladder([1, 2], 0.2, 0.8, 0.1), "spend is"),
        (lambda: ladder(1000, 0.2, 1.0, 0.1), "retention is 1; accepted: 0 ≤ retention < 1"),
        (lambda: ladder(1000, 0.2, 0.8, -0.1), "discount is -0.1"),
        (lambda: ladder(1000, 0.2, 0.8, np.nan), "discount is nan"),
        (lambda: ladder(1000, 0.2, 0.8, 0.1, -5), "acquisition_cost is -5"),
        (lambda: ladder(1000, 0.2, 0.8, 0.1, 0, 1), "polarisation is 1"),
        (lambda: ladder(1000, 0.2, 0.8, 0.1, 0, 0, "soon"), "first_margin is 'soon'"),
        (lambda: margin_multiple([0.5, 1.2], 0.1), r"retention is 1.2; .* < 1 \+ discount"),
        (lambda: margin_multiple([0.5, 0.6], [0.1, 0.2, 0.3]), "as many values of retention as"),
        (lambda: naive_value(1000, -1), "years is -1"),
        (lambda: naive_value(np.inf, 1), "spend is inf"),
        (lambda: interval(np.zeros((2, 3)), coverage=1.0), "coverage is 1;"),
        (lambda: top_share_agreement(np.zeros((2, 3)), share=0), "share is 0"),
    ],
)
def test_refuses_values_out_of_range(call, message):
    with pytest.raises(DataError, match=message):
        call()


# expected value


def discounted_sum(model, table, weeks, rate, steps):
    """Expected purchases in short steps, each discounted from its middle."""
    time = np.linspace(0, weeks, steps + 1)
    every_time = pd.concat([table] * len(time), ignore_index=True)
    cumulative = model.expected_purchases(every_time, np.repeat(time, len(table)))
    expected = np.diff(cumulative.reshape(len(time), len(table)), axis=0)
    middle = (time[1:] + time[:-1]) / 2
    return (1 + rate) ** (-middle * 7 / 365.2425) @ expected


def by_quadrature(model, table, weeks, rate):
    """The same integral in the logarithm of time, where nothing is too early to be seen."""
    delta = np.log1p(rate) * 7 / 365.2425
    nodes, weights = np.polynomial.legendre.leggauss(300)
    log_time = np.log(weeks) - 15 * (1 - nodes)  # 30 e-folds back from the end
    total = np.exp(-delta * weeks) * model.expected_purchases(table, weeks)
    for time, weight in zip(np.exp(log_time), 15 * weights):
        expected = model.expected_purchases(table, time)
        total += delta * weight * time * np.exp(-delta * time) * expected
    return total


@pytest.mark.parametrize("model", [BG_NBD, PARETO_NBD])
@pytest.mark.parametrize("weeks", [13, 52])
def test_equals_the_fine_sum(model, weeks):
    purchases = discounted_sum(model, CUSTOMERS, weeks, 0.1, steps=2000)
    np.testing.assert_allclose(by_quadrature(model, CUSTOMERS, weeks, 0.1), purchases, rtol=1e-6)
    value = customer_lifetime_value(model, SPEND, CUSTOMERS, weeks, **TERMS)
    expected = 0.3 * SPEND.expected_value(CUSTOMERS) * purchases
    np.testing.assert_allclose(value, expected, rtol=1e-6)


@pytest.mark.parametrize("model", [BG_NBD, PARETO_NBD])
@pytest.mark.parametrize(
    ("weeks", "rate", "accuracy"), [(52, 0.1, 1e-11), (520, 0.1, 1e-6), (520, 0.5, 1e-6)]
)
def test_is_as_accurate_as_stated(model, weeks, rate, accuracy):
    value = customer_lifetime_value(model, SPEND, CUSTOMERS, weeks, margin=1, discount_rate=rate)
    expected = SPEND.expected_value(CUSTOMERS) * by_quadrature(model, CUSTOMERS, weeks, rate)
    np.testing.assert_allclose(value, expected, rtol=accuracy)


@pytest.mark.parametrize(
    "model",
    [
        BGNBD({"r": 0.5, "alpha": 0.05, "a": 5, "b": 0.5}),
        ParetoNBD({"r": 2, "alpha": 1, "s": 20, "beta": 0.5}),
    ],
)
@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_is_nearly_so_where_all_happens_at_once(model, rate):
    new = CUSTOMERS.head(1).assign(T=0.1)
    value = customer_lifetime_value(model, SPEND, new, 520, margin=1, discount_rate=rate)
    expected = SPEND.expected_value(new) * by_quadrature(model, new, 520, rate)
    np.testing.assert_allclose(value, expected, rtol=1e-4)


def test_without_discount_it_is_purchases_times_value_times_margin():
    value = customer_lifetime_value(BG_NBD, SPEND, CUSTOMERS, 52, margin=0.25, discount_rate=0.0)
    purchases = BG_NBD.expected_purchases(CUSTOMERS, 52)
    np.testing.assert_allclose(
        value, 0.25 * purchases * SPEND.expected_value(CUSTOMERS), rtol=1e-12
    )


def test_falls_with_the_discount_and_rises_with_the_horizon():
    def value(periods, rate):
        return customer_lifetime_value(
            BG_NBD, SPEND, CUSTOMERS, periods, margin=0.3, discount_rate=rate
        )

    assert (value(52, 0.1) > value(52, 0.2)).all()
    assert (value(104, 0.1) > value(52, 0.1)).all()


def test_the_unit_of_time_does_not_matter():
    in_days = CUSTOMERS.assign(recency=CUSTOMERS["recency"] * 7, T=CUSTOMERS["T"] * 7)
    daily = BGNBD({"r": 0.243, "alpha": 7 * 4.414, "a": 0.793, "b": 2.426})
    np.testing.assert_allclose(
        customer_lifetime_value(daily, SPEND, in_days, 364, unit="day", **TERMS),
        customer_lifetime_value(BG_NBD, SPEND, CUSTOMERS, 52, unit="week", **TERMS),
        rtol=1e-9,
    )


def test_takes_any_data_frame():
    np.testing.assert_array_equal(
        customer_lifetime_value(BG_NBD, SPEND, pl.from_pandas(CUSTOMERS), 52, **TERMS),
        customer_lifetime_value(BG_NBD, SPEND, CUSTOMERS, 52, **TERMS),
    )


@pytest.mark.parametrize(
    "change, message",
    [
        ({"periods": 0}, "periods is 0"),
        ({"periods": [52]}, "periods is"),
        ({"margin": 30}, "margin is 30"),
        ({"discount_rate": -0.1}, "discount_rate is -0.1"),
        ({"unit": "weeks"}, "unit is 'weeks'; accepted: day, week, month, year"),
        ({"table": CUSTOMERS.drop(columns="monetary_value")}, "no column monetary_value"),
        ({"purchases": BGNBD()}, "BGNBD has no parameters yet"),
        ({"spend": GammaGamma()}, "GammaGamma has no parameters yet"),
        ({"purchases": SPEND}, "purchases is a GammaGamma; accepted: BGNBD"),
        ({"spend": BG_NBD}, "spend is a BGNBD; accepted: GammaGamma"),
        ({"spend": None}, "spend is a NoneType; accepted: GammaGamma"),
        ({"unit": ["week"]}, "unit is .'week'.; accepted: day"),
    ],
)
@pytest.mark.parametrize(
    "function, more",
    [(customer_lifetime_value, {}), (simulate_lifetime_value, {"draws": 3, "seed": 0})],
)
def test_refuses_terms_that_cannot_be(function, more, change, message):
    terms = {
        "purchases": BG_NBD,
        "spend": SPEND,
        "table": CUSTOMERS,
        "periods": 52,
        **TERMS,
        **more,
    }
    with pytest.raises(DataError, match=message):
        function(**{**terms, **change})


@pytest.mark.parametrize("margin", [0.0, 0.3])
def test_an_infinite_mean_spend_is_refused(margin):
    """Only who never bought again has one here: p + q is above 1."""
    heavy_tail = GammaGamma({"p": 6.0, "q": 0.8, "gamma": 15.0})
    terms = {"margin": margin, "discount_rate": 0.1}
    with pytest.raises(DataError, match="q is 0.80, so the mean spend of all .* is infinite"):
        customer_lifetime_value(BG_NBD, heavy_tail, CUSTOMERS, 52, **terms)
    again = CUSTOMERS[CUSTOMERS["frequency"] > 0]
    assert np.isfinite(customer_lifetime_value(BG_NBD, heavy_tail, again, 52, **terms)).all()


# simulated value


def test_simulation_agrees_with_the_expectation():
    draws = 40_000
    values = simulate_lifetime_value(
        BG_NBD, SPEND, CUSTOMERS, 104, margin=0.3, discount_rate=0.3, draws=draws, seed=4
    )
    expected = customer_lifetime_value(BG_NBD, SPEND, CUSTOMERS, 104, margin=0.3, discount_rate=0.3)
    error = values.std(axis=1) / np.sqrt(draws)
    assert values.shape == (len(CUSTOMERS), draws)
    assert (abs(values.mean(axis=1) - expected) < 4 * error).all()
    assert (error < 0.1 * expected).all()


def test_simulated_futures_spread_like_true_ones():
    """Drawn from what is seen, they agree with those drawn from the hidden truth.

    Spend hardly varies, so that values over the value of one purchase are counts.
    """
    truth, n = BGNBD({"r": 0.8, "alpha": 6.0, "a": 0.9, "b": 2.5}), 100_000
    past = truth.sample(n, T=20, seed=3).assign(monetary_value=10.0)
    random = np.random.default_rng(4)
    until_dropout = random.geometric(np.maximum(past["dropout_probability"], 1e-12))
    true = past["alive"] * np.minimum(random.poisson(20 * past["purchase_rate"]), until_dropout)
    even = GammaGamma({"p": 1e8, "q": 1e8, "gamma": 10.0})
    values = simulate_lifetime_value(
        truth, even, past, 20, margin=1, discount_rate=0, draws=1, seed=1
    )
    drawn = np.rint(values[:, 0] / even.expected_value(past))
    for seen in (1, past["frequency"], past["recency"], past["frequency"] > 3):
        for statistic in (np.sign, np.sqrt, np.square):
            difference = seen * (statistic(true) - statistic(drawn))
            assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(n)


def test_simulation_repeats_with_its_seed():
    first, again, other = (
        simulate_lifetime_value(BG_NBD, SPEND, CUSTOMERS, 52, **TERMS, draws=5, seed=seed)
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()
    assert (first >= 0).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"draws": -1}, "draws is -1; accepted: a whole number, 1 or more"),
        ({"draws": 2.5}, "draws is 2.5"),
        ({"draws": True}, "draws is True"),
        ({"seed": "x"}, "seed is 'x'; accepted: a whole number, 0 or more"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_simulation_refuses(wrong, message):
    with pytest.raises(DataError, match=message):
        simulate_lifetime_value(
            BG_NBD, SPEND, CUSTOMERS, 52, **TERMS, **{"draws": 2, "seed": 0} | wrong
        )


def test_simulation_needs_the_bg_nbd_model():
    with pytest.raises(DataError, match="purchases is a ParetoNBD; accepted: BGNBD"):
        simulate_lifetime_value(PARETO_NBD, SPEND, CUSTOMERS, 52, **TERMS, draws=5, seed=0)


# what the simulation is for


def test_interval_holds_its_share_of_the_draws():
    values = np.random.default_rng(0).gamma(2.0, size=(20, 5000))
    lower, upper = interval(values, coverage=0.9)
    inside = ((values > lower[:, None]) & (values < upper[:, None])).mean(axis=1)
    np.testing.assert_allclose(inside, 0.9, atol=0.001)


def test_top_share_agreement_between_certainty_and_lot():
    certain = np.arange(50.0)[:, None] + np.zeros((50, 20))
    assert top_share_agreement(certain, 0.1) == 1
    by_lot = np.random.default_rng(0).random((500, 2000))
    assert top_share_agreement(by_lot, 0.1) == pytest.approx(0.1, abs=0.01)
    assert top_share_agreement(np.zeros((50, 20)), 0.1) == pytest.approx(0.1)
    assert top_share_agreement(by_lot, 1) == 1


@pytest.mark.parametrize("function", [interval, top_share_agreement, chance_of_top])
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, 2.0], "one row for each customer and one column for each future"),
        (np.zeros((0, 3)), "one row for each customer"),
        ([["a"]], "values is .*; accepted: numbers"),
        ([[1.0, np.nan]], "values is nan; accepted: numbers"),
    ],
)
def test_tables_that_hold_no_futures_are_refused(function, values, message):
    with pytest.raises(DataError, match=message):
        function(values)


def test_top_share_agreement_counts_by_hand():
    """Means 4, 3, 2, 0: the top half is a and b; a and b, then a and c, then b and c."""
    values = np.array([[6, 6, 0], [5, 0, 4], [0, 3, 3], [0, 0, 0]])
    assert top_share_agreement(values, 0.5) == pytest.approx((2 + 1 + 1) / 3 / 2)


@given(
    st.integers(1, 40), st.integers(1, 10), st.floats(0.01, 1), st.randoms(use_true_random=False)
)
@settings(max_examples=50)
def test_top_share_agreement_ignores_the_order_of_the_rows(n, draws, share, random):
    values = np.array([[random.randint(0, 3) for _ in range(draws)] for _ in range(n)])
    agreement = top_share_agreement(values, share)
    assert 0 <= agreement <= 1 + 1e-12
    shuffled = values[random.sample(range(n), n)]
    assert top_share_agreement(shuffled, share) == pytest.approx(agreement, abs=1e-12)
