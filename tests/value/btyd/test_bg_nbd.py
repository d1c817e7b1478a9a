"""BG/NBD against its formulas as printed, 60-digit arithmetic, and its own simulation."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.special import beta, gamma, hyp2f1

from crmlib import FitWarning
from crmlib.value.btyd.bg_nbd import BGNBD, log_likelihood

CDNOW = (0.243, 4.414, 0.793, 2.426)


def model(*params):
    return BGNBD(dict(zip(BGNBD.names, params)))


def table(*rows):
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"])


def simulate(n, rate, dropout, T, seed):
    """Purchases of customers one by one, event by event, as the story tells it."""
    random = np.random.default_rng(seed)
    rows = []
    for lam, p in zip(np.broadcast_to(rate, n), np.broadcast_to(dropout, n)):
        x, t_x = 0, 0.0
        while True:
            wait = random.exponential(1 / lam)
            if t_x + wait > T:
                break
            x, t_x = x + 1, t_x + wait
            if random.random() < p:
                break
        rows.append((x, t_x, T))
    return table(*rows)


def test_likelihood_as_printed():
    r, alpha, a, b = CDNOW
    for x, t_x, T in [(0, 0, 38.86), (1, 1.71, 38.86), (2, 30.43, 38.86), (29, 37.0, 38.9)]:
        stayed = beta(a, b + x) / beta(a, b) / (alpha + T) ** (r + x)
        left = beta(a + 1, b + x - 1) / beta(a, b) / (alpha + t_x) ** (r + x) if x else 0
        printed = gamma(r + x) * alpha**r / gamma(r) * (stayed + left)
        values, _scores = log_likelihood(np.log(CDNOW), *np.array([[x], [t_x], [T]], dtype=float))
        assert values[0] == pytest.approx(np.log(printed), rel=1e-12)
        alive = model(*CDNOW).probability_alive(table((x, t_x, T)))[0]
        assert alive == pytest.approx(stayed / (stayed + left), rel=1e-12)


def test_expectations_as_printed():
    r, alpha, a, b = CDNOW
    t = 39
    for x, t_x, T in [(0, 0, 38.86), (1, 1.71, 38.86), (2, 30.43, 38.86), (29, 37.0, 38.9)]:
        series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
        top = 1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * series
        odds = a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0
        equation_10 = (a + b + x - 1) / (a - 1) * top / (1 + odds)
        expected = model(*CDNOW).expected_purchases(table((x, t_x, T)), t)[0]
        assert expected == pytest.approx(equation_10, rel=1e-11)
    series = hyp2f1(r, b, a + b - 1, t / (alpha + t))
    equation_9 = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * series)
    assert model(*CDNOW).expected_purchases_new_customer(t) == pytest.approx(equation_9, rel=1e-12)


# parameters, (x, t_x, T, periods), log-likelihood, expected purchases, P(alive); computed
# with 60 digits from the formulas as printed. Heavy buyers, a = 1, a + b = 1, a and b so
# large that the series overflows, a and b next to nothing, much longer ahead than observed.
PRECISE = [
    (CDNOW, (2, 30.43, 38.86, 39), -9.458606307066, 1.226028174767, 0.7265785700807),
    (CDNOW, (0, 0, 38.86, 39), -0.5547132764382, 0.1950980520113, 1.0),
    (CDNOW, (5000, 38.9, 39, 100), 18725.67008483, 395.498848194, 0.0583344848199),
    (CDNOW, (5000, 3990, 4000, 300), -3896.34749783, 8.337963321557, 0.02290932973687),
    ((5, 20, 12, 3), (50, 39, 39, 0.01), -72.2454894268, 0.007567520725372, 0.8125),
    ((2, 100, 0.1, 0.2), (1, 0.14, 39, 1000), -4.456451946642, 7.192095034294, 0.4278650622093),
    ((0.5, 5, 1, 3), (2, 30.43, 38.86, 39), -9.091233690854, 1.261304609466, 0.7011300372735),
    ((0.2, 1, 0.4, 0.6), (0, 0, 1, 100), -0.138629436112, 2.835936775217, 1.0),
    ((0.25, 5, 1000, 40), (2, 39, 39, 1e4), -12.53331454603, 0.041040818801, 0.03938520653218),
    ((0.25, 5, 1e5, 1e6), (0, 0, 39, 39), -0.543687930371, 0.2110643408537, 1.0),
    ((0.7, 5, 3e-9, 2e-9), (0, 0, 39, 39), -1.522326205039, 0.4634009595124, 1.0),
    (CDNOW, (2, 30.43, 38.86, 1e18), -9.458606307066, 31114.78835448, 0.7265785700807),
    ((3, 20, 150, 1000), (5000, 38, 39, 39), 17038.43265098, 1.189168446949e-34, 2.8815433175e-36),
]  # fmt: skip


@pytest.mark.parametrize(("params", "history", "log_l", "expected", "alive"), PRECISE)
def test_against_many_digits(params, history, log_l, expected, alive):
    *past, periods = history
    values, _scores = log_likelihood(np.log(params), *np.array(past, dtype=float)[:, None])
    assert values[0] == pytest.approx(log_l, rel=1e-11)
    assert model(*params).probability_alive(table(past))[0] == pytest.approx(alive, rel=1e-9)
    assert model(*params).expected_purchases(table(past), periods)[0] == pytest.approx(
        expected, rel=1e-8
    )


def test_the_sample_is_the_process():
    """The sampler's shortcut gives what event by event simulation gives."""
    random = np.random.default_rng(0)
    n, (r, alpha, a, b) = 20_000, (0.8, 6.0, 0.9, 2.5)
    slow = simulate(n, random.gamma(r, 1 / alpha, n), random.beta(a, b, n), 52, seed=1)
    fast = model(r, alpha, a, b).sample(n, T=52, seed=2)
    for statistic in (
        lambda c: c["frequency"],
        lambda c: c["frequency"] == 0,
        lambda c: c["recency"],
        lambda c: c["frequency"] * c["recency"],
    ):
        one, two = statistic(slow), statistic(fast)
        error = np.hypot(one.std(), two.std()) / np.sqrt(n)
        assert abs(one.mean() - two.mean()) < 4 * error


def test_periods_may_differ_between_customers():
    customers = table((2, 30.43, 38.86), (2, 30.43, 38.86))
    fit = model(*CDNOW)
    both = fit.expected_purchases(customers, [39, 10])
    np.testing.assert_array_equal(both, [fit.expected_purchases(customers, t)[0] for t in (39, 10)])


RATES = np.random.default_rng(7).gamma(0.8, 1 / 6, 500)


@pytest.mark.parametrize(
    ("rate", "dropout", "gone", "advice"),
    [
        (RATES, 0.0, {"a", "b"}, "hardly anybody seems to leave"),
        (RATES, 1.0, {"a", "b"}, "everybody seems to leave after the first"),
        (
            0.15,
            np.random.default_rng(8).beta(0.8, 2.4, 500),
            {"r", "alpha"},
            "one and the same rate",
        ),
        (0.15, 0.0, {"r", "alpha", "a", "b"}, "one and the same rate"),
    ],
)
def test_customers_without_differences_run_to_the_edge(rate, dropout, gone, advice):
    customers = simulate(500, rate, dropout, 52, seed=3)
    with pytest.warns(FitWarning, match=f"ran to the edge.*{advice}"):
        fit = BGNBD().fit(customers)
    assert gone <= set(fit.params_.index[fit.standard_errors_.isna()])
    assert fit.standard_errors_.drop(list(gone)).notna().all()
    assert np.isfinite(fit.expected_purchases(customers, 52)).all()
    assert np.isfinite(fit.expected_purchases_new_customer(52))


def test_every_side_at_the_edge_is_named_with_its_advice():
    customers = simulate(500, 0.15, 0.0, 52, seed=3)
    with pytest.warns(FitWarning) as caught:
        BGNBD().fit(customers)
    [said] = [str(warning.message) for warning in caught]
    assert said.startswith("r, alpha ran to the edge") and "one and the same rate" in said
    assert " a, b ran to the edge" in said and "hardly anybody seems to leave" in said
    assert "others" not in said  # there are none


def test_standard_errors_beside_an_edge_are_said_to_be_conditional():
    """Every customer leaves with one probability: r and alpha are known as if a and b were."""
    customers = simulate(500, RATES, 0.0, 52, seed=3)
    with pytest.warns(FitWarning, match="errors of the others take these as known and may be too"):
        BGNBD().fit(customers)


def test_enough_different_customers_raise_no_warning():
    customers = simulate(500, RATES, np.random.default_rng(8).beta(0.8, 2.4, 500), 52, seed=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        BGNBD().fit(customers)
