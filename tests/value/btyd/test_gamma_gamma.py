"""Gamma-Gamma against its formulas as printed, and its own simulation."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln

from crmlib import DataError, FitWarning
from crmlib.value.btyd.gamma_gamma import GammaGamma, log_likelihood

CDNOW = {"p": 6.25, "q": 3.74, "gamma": 15.44}
HEAVY = np.array([[1, 35.0], [1, 0.01], [2, 35.0], [2, 4e6], [40, 12.5], [5000, 35.0]]).T


def table(*rows):
    return pd.DataFrame(rows, columns=["frequency", "monetary_value"])


@pytest.fixture(scope="module")
def simulated():
    """A truth, 20,000 customers of it of whom some did not buy again, and the fit."""
    truth = GammaGamma({"p": 6.0, "q": 4.0, "gamma": 15.0})
    frequency = np.random.default_rng(0).geometric(0.4, 20_000) - 1
    customers = truth.sample(20_000, frequency=frequency, seed=1)
    return truth, customers, GammaGamma().fit(customers)


def test_likelihood_as_printed():
    p, q, gamma = CDNOW.values()
    x, m = HEAVY[:, :5]
    printed = (
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
        + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * m)
    )  # fmt: skip
    values, _scores = log_likelihood(np.log([p, q, gamma]), x, m)
    np.testing.assert_allclose(values, printed, rtol=1e-11)


def test_likelihood_is_a_density():
    mass, _error = quad(
        lambda m: np.exp(
            log_likelihood(np.log([6.25, 3.74, 15.44]), np.array([3]), np.array([m]))[0][0]
        ),
        0,
        np.inf,
    )
    assert mass == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("params", [(6.25, 3.74, 15.44), (0.3, 1.1, 400), (80, 0.4, 2)])
def test_gradient_against_differences(params):
    theta, step = np.log(params), 1e-4
    _values, scores = log_likelihood(theta, *HEAVY)
    for k, shift in enumerate(step * np.eye(3)):
        above, below = (log_likelihood(theta + h, *HEAVY)[0] for h in (shift, -shift))
        size = np.abs(above) + 100
        np.testing.assert_allclose(scores[k] / size, (above - below) / (2 * step) / size, atol=1e-6)


def test_parameters_are_recovered(simulated):
    truth, customers, fit = simulated
    z = (fit.params_ - truth.params_) / fit.standard_errors_
    assert (z.abs() < 3).all()
    assert (fit.standard_errors_ / fit.params_ < 0.1).all()
    assert fit.n_customers_ == (customers["frequency"] > 0).sum()


@pytest.mark.slow
def test_standard_errors_are_of_the_right_size():
    truth = GammaGamma({"p": 6.0, "q": 4.0, "gamma": 15.0})
    z = []
    for seed in range(200):
        fit = GammaGamma().fit(truth.sample(1000, frequency=np.arange(1000) % 5, seed=seed))
        z.append(np.log(fit.params_ / truth.params_) / (fit.standard_errors_ / fit.params_))
    spread = np.std(z, axis=0)
    assert ((spread > 0.85) & (spread < 1.15)).all(), spread  # known to 5 %


def test_customers_without_repeat_purchase_do_not_count(simulated):
    _truth, customers, fit = simulated
    repeat_buyers = customers[customers["frequency"] > 0]
    np.testing.assert_array_equal(GammaGamma().fit(repeat_buyers).params_, fit.params_)


def test_expected_value_is_a_weighted_mean():
    p, q, gamma = CDNOW.values()
    x, m = np.array([0, 1, 5, 5000]), np.array([0, 80.0, 80.0, 80.0])
    weight = p * x / (p * x + q - 1)
    expected = (1 - weight) * p * gamma / (q - 1) + weight * m
    found = GammaGamma(CDNOW).expected_value(table(*zip(x, m)))
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_expected_value_is_right_on_average(simulated):
    truth, customers, _fit = simulated
    error = customers["mean_spend"] - truth.expected_value(customers)
    for group in (
        customers["frequency"] == 0,
        customers["frequency"] == 1,
        customers["frequency"] > 2,
    ):
        assert abs(error[group].mean()) < 4 * error[group].std() / np.sqrt(group.sum())


@given(
    x=st.integers(1, 5000),
    m=st.floats(0.01, 1e6),
    params=st.tuples(st.floats(0.1, 100), st.floats(1.01, 100), st.floats(0.01, 1e4)),
)
def test_expected_value_lies_between_seen_and_average(x, m, params):
    fit = GammaGamma(dict(zip(GammaGamma.names, params)))
    average, own, more = fit.expected_value(table((0, 0), (x, m), (x, 1.1 * m)))
    assert min(average, m) * (1 - 1e-9) <= own <= max(average, m) * (1 + 1e-9)
    assert more > own


def test_without_a_mean_the_expected_value_is_infinite():
    fit = GammaGamma({"p": 0.3, "q": 0.5, "gamma": 15})
    found = fit.expected_value(table((0, 0), (1, 20.0), (2, 20.0)))
    assert np.isinf(found).tolist() == [True, True, False]


def test_weights_order_and_engine_do_not_matter(simulated):
    _truth, customers, _fit = simulated
    customers = (
        customers[["frequency", "monetary_value"]]
        .head(800)
        .assign(monetary_value=lambda c: np.ceil(c["monetary_value"]))
    )
    fit = GammaGamma().fit(customers)
    counted = customers.value_counts().rename("customers").reset_index()
    for other in (
        GammaGamma().fit(counted, weights=counted["customers"]),
        GammaGamma().fit(customers.sample(frac=1, random_state=0)),
        GammaGamma().fit(pl.from_pandas(customers)),
    ):
        np.testing.assert_allclose(other.params_, fit.params_, rtol=1e-7)
        np.testing.assert_allclose(other.standard_errors_, fit.standard_errors_, rtol=1e-5)


def test_the_currency_does_not_matter(simulated):
    _truth, customers, fit = simulated
    cents = customers.assign(monetary_value=customers["monetary_value"] * 1e6)
    other = GammaGamma().fit(cents)
    np.testing.assert_allclose(other.params_ / fit.params_, [1, 1, 1e6], rtol=1e-6)


def test_bad_amounts_are_refused():
    with pytest.raises(DataError, match="monetary_value is 0 in row 1 .* above 0 after repeat"):
        GammaGamma().fit(table((1, 20.0), (2, 0)))
    with pytest.raises(DataError, match="monetary_value is -3 in row 0"):
        GammaGamma().fit(table((1, -3.0)))
    with pytest.raises(DataError, match="Every frequency is 0"):
        GammaGamma().fit(table((0, 0), (0, 12.0)))
    with pytest.raises(DataError, match="no column monetary_value; did you mean money_value"):
        GammaGamma().fit(table((1, 2)).rename(columns={"monetary_value": "money_value"}))
    with pytest.raises(DataError, match="frequency is 0.5"):
        GammaGamma(CDNOW).sample(2, frequency=0.5, seed=0)


def test_few_customers():
    with warnings.catch_warnings(record=True, action="always") as caught:
        GammaGamma().fit(table((1, 20.0), (2, 31.0), (9, 12.0), (0, 0)))
    assert "Only 3 customers bought again" in str(caught[0].message)
    assert {warning.category for warning in caught} == {FitWarning}


def test_customers_without_differences_run_to_the_edge():
    alike = GammaGamma({"p": 6.0, "q": 1e6, "gamma": 5e6})  # everybody's mean is 30
    with pytest.warns(FitWarning, match="q, gamma ran to the edge.*one mean serves for all"):
        fit = GammaGamma().fit(alike.sample(2000, frequency=4, seed=1))
    assert fit.expected_value(table((3, 90.0)))[0] == pytest.approx(30, rel=0.05)
    constant = GammaGamma({"p": 1e7, "q": 4.0, "gamma": 1e-5})  # always the same amount
    with pytest.warns(FitWarning, match="p.* ran to the edge.*the same amount every time"):
        GammaGamma().fit(constant.sample(2000, frequency=np.arange(2000) % 6 + 1, seed=1))


def test_a_search_that_runs_to_the_edge_is_not_blamed_for_its_slope_too():
    with pytest.warns(FitWarning) as warned:
        GammaGamma().fit(table(*50 * [(3, 10.0)]))
    assert [str(warning.message).split(",")[0] for warning in warned] == ["p"]


@pytest.mark.parametrize("typo", [1e6, 1e8])
def test_one_wrong_amount_does_not_send_the_search_astray(typo):
    """The summit is inside, if far from where it was; a start at the mean does not find it."""
    customers = GammaGamma(CDNOW).sample(1000, frequency=3, seed=1)
    customers.loc[0, "monetary_value"] = typo
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = GammaGamma().fit(customers)
    rows = customers[["frequency", "monetary_value"]].to_numpy().T
    _values, scores = log_likelihood(np.log(fit.params_.to_numpy()), *rows)
    np.testing.assert_allclose(scores.mean(axis=1), 0, atol=1e-8)


@pytest.mark.parametrize("typo", [1e10, 1e12])
def test_the_advice_names_an_amount_out_of_line(typo):
    customers = GammaGamma(CDNOW).sample(1000, frequency=3, seed=1)
    customers.loc[0, "monetary_value"] = typo
    with pytest.warns(FitWarning, match="look for an amount far out of line"):
        GammaGamma().fit(customers)


def test_advice_tells_alike_from_without_limit():
    model = GammaGamma(CDNOW)
    assert "in nothing but chance" in model._advice(CDNOW | {"q": 1e7}, ["q", "gamma"])
    assert "without limit" in model._advice({"p": 2.0, "q": 0.3, "gamma": 1e-7}, ["gamma"])


def test_spend_without_a_mean_warns():
    heavy_tail = GammaGamma({"p": 6.0, "q": 0.7, "gamma": 15.0})
    with pytest.warns(FitWarning, match="q is 0.* infinite"):
        GammaGamma().fit(heavy_tail.sample(2000, frequency=4, seed=1))
