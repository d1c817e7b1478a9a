import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import check_grad

from crmlib import DataError, FitWarning
from crmlib.value.btyd.shifted_beta_geometric import (
    ShiftedBetaGeometric,
    log_likelihood,
)

HIGH_END = ShiftedBetaGeometric({"alpha": 0.668, "beta": 3.806})
SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]

parameters = st.floats(0.05, 200)
models = st.builds(
    lambda alpha, beta: ShiftedBetaGeometric({"alpha": alpha, "beta": beta}), parameters, parameters
)


def leaving_probabilities(alpha, beta, periods):
    """The paper's recursion for P(T = t), t = 1 … periods."""
    chances = [alpha / (alpha + beta)]
    for t in range(2, periods + 1):
        chances.append(chances[-1] * (beta + t - 2) / (alpha + beta + t - 1))
    return np.array(chances)


def test_survival_follows_the_recursion_of_the_paper():
    expected = 1 - np.cumsum(leaving_probabilities(0.668, 3.806, 50))
    np.testing.assert_allclose(HIGH_END.survival(np.arange(1, 51)), expected, rtol=1e-12)


def test_likelihood_is_the_multinomial_one():
    lost = -np.diff(SURVIVORS)
    chances = leaving_probabilities(0.9, 2.5, 7)
    expected = lost @ np.log(chances) + SURVIVORS[-1] * np.log(1 - chances.sum())
    left, renewed = np.append(np.ones(7, dtype=int), 0), np.arange(8)
    values, _scores = log_likelihood(np.log([0.9, 2.5]), left, renewed)
    assert np.append(lost, SURVIVORS[-1]) @ values == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("theta", [[0.0, 0.0], [-2.0, 1.5], [4.0, 3.0]])
@pytest.mark.parametrize("row", range(8))
def test_gradient_equals_finite_differences(theta, row):
    left = np.array([int(row < 7)])
    renewed = np.array([row])
    error = check_grad(
        lambda at: log_likelihood(at, left, renewed)[0][0],
        lambda at: log_likelihood(at, left, renewed)[1][:, 0],
        theta,
    )
    assert error < 1e-6


@pytest.mark.parametrize("alpha, beta", [(0.668, 3.806), (2.0, 3.0), (8.0, 20.0)])
def test_fit_recovers_the_truth(alpha, beta):
    truth = ShiftedBetaGeometric({"alpha": alpha, "beta": beta})
    lifetime = truth.sample(200_000, seed=7)["lifetime"].to_numpy()
    survivors = [(lifetime > age).sum() for age in range(13)]
    model = ShiftedBetaGeometric().fit(survivors)
    assert (abs(model.params_ - truth.params_) < 4 * model.standard_errors_).all()
    assert (model.standard_errors_ < 0.2 * truth.params_).all()
    assert model.n_customers_ == 200_000


def test_standard_errors_are_those_of_repeated_samples():
    truth = ShiftedBetaGeometric({"alpha": 1.0, "beta": 3.0})
    fits = []
    for seed in range(200):
        lifetime = truth.sample(2000, seed=seed)["lifetime"].to_numpy()
        fits.append(ShiftedBetaGeometric().fit([(lifetime > age).sum() for age in range(9)]))
    spread = np.log(pd.DataFrame([fit.params_ for fit in fits])).std()
    claimed = pd.DataFrame([fit.standard_errors_ / fit.params_ for fit in fits]).mean()
    np.testing.assert_allclose(claimed, spread, rtol=0.15)


def test_sample_shows_the_truth_it_came_from():
    customers = HIGH_END.sample(200_000, seed=1)
    assert customers["lifetime"].min() == 1
    assert customers["churn_probability"].mean() == pytest.approx(0.668 / 4.474, rel=0.01)
    for age in (1, 5, 20):
        share = (customers["lifetime"] > age).mean()
        assert share == pytest.approx(HIGH_END.survival(age), abs=0.005)
    assert HIGH_END.sample(5, seed=3).equals(HIGH_END.sample(5, seed=3))


def test_sample_bears_customers_who_never_leave():
    polarised = ShiftedBetaGeometric({"alpha": 1e-4, "beta": 1e-4})
    assert (polarised.sample(1000, seed=0)["lifetime"] >= 1).all()


@given(models, st.integers(0, 60))
def test_survival_falls_and_retention_rises(model, age):
    survival = model.survival([age, age + 1])
    retention = model.retention_rate([age + 1, age + 2])
    assert 0 <= survival[1] <= survival[0] <= 1
    assert 0 <= retention[0] <= retention[1] <= 1
    assert survival[1] == pytest.approx(survival[0] * retention[0], rel=1e-9)


@given(models, st.floats(0.005, 3), st.integers(0, 30))
def test_discounted_lifetime_is_this_period_and_the_rest(model, discount, age):
    """D(age) = 1 + r(age + 1) D(age + 1) / (1 + discount): pins it down, with its bounds."""
    now = model.discounted_expected_lifetime(discount, age)
    later = model.discounted_expected_lifetime(discount, age + 1)
    rest = model.retention_rate(age + 1) * later / (1 + discount)
    assert now == pytest.approx(1 + rest, rel=1e-10)
    assert 1 <= now <= (1 + discount) / discount


@pytest.mark.parametrize("alpha", [1e-6, 0.668, 1.0, 2.0, 1e3, 1e7])
@pytest.mark.parametrize("beta", [1e-6, 3.806, 1e3, 4e7])
@pytest.mark.parametrize("discount", [0.001, 0.1, 2.0])
def test_discounted_lifetime_equals_the_sum(alpha, beta, discount):
    model = ShiftedBetaGeometric({"alpha": alpha, "beta": beta})
    t = np.arange(1, 40_000)
    survival = np.append(1.0, np.exp(np.cumsum(np.log(model.retention_rate(t)))))
    total = survival @ np.exp(-np.append(0, t) * np.log1p(discount))
    assert model.discounted_expected_lifetime(discount) == pytest.approx(total, rel=1e-9)


def test_undiscounted_lifetime_may_be_infinite():
    assert HIGH_END.discounted_expected_lifetime(0.0) == np.inf
    model = ShiftedBetaGeometric({"alpha": 3.0, "beta": 4.0})
    assert model.discounted_expected_lifetime(0.0) == pytest.approx(3.0)
    assert model.discounted_expected_lifetime(1e-5) == pytest.approx(3.0, rel=1e-3)


def test_discounts_and_ages_broadcast():
    values = HIGH_END.discounted_expected_lifetime([0.0, 0.1, 0.2], [[0], [5]])
    assert values.shape == (2, 3)
    assert values[1, 2] == HIGH_END.discounted_expected_lifetime(0.2, 5)


def test_counts_scale_the_likelihood_and_not_the_estimate():
    once = ShiftedBetaGeometric().fit(SURVIVORS)
    tenfold = ShiftedBetaGeometric().fit(10 * np.array(SURVIVORS))
    np.testing.assert_allclose(tenfold.params_, once.params_, rtol=1e-7)
    np.testing.assert_allclose(tenfold.standard_errors_ * 10**0.5, once.standard_errors_, rtol=1e-6)
    assert tenfold.log_likelihood_ == pytest.approx(10 * once.log_likelihood_, rel=1e-9)


@pytest.mark.parametrize(
    "survivors",
    [
        [10_000, 8000, 6400, 5120, 4096],  # retention exactly constant
        [1e6, 8e5, 64e4, 512e3, 409_600],
        [1000, 800, 600, 300, 100],  # retention falls
    ],
)
def test_warns_when_customers_do_not_differ(survivors):
    with pytest.warns(FitWarning) as warned:
        model = ShiftedBetaGeometric().fit(survivors)
    assert re.search("one constant retention rate of 0.(8|667)", str(warned[0].message))
    assert model.standard_errors_.isna().all()


def test_warns_when_customers_leave_at_once_or_never():
    with pytest.warns(FitWarning) as warned:
        model = ShiftedBetaGeometric().fit([100, 60, 60, 60])
    assert "at once or never" in str(warned[0].message)
    np.testing.assert_allclose(model.survival([1, 3]), 0.6, rtol=1e-4)


def test_warns_when_hardly_anyone_left():
    with pytest.warns(FitWarning) as warned:
        ShiftedBetaGeometric().fit([20, 17, 16.5, 16])
    assert str(warned[0].message).startswith("Only 4 customers left")


@pytest.mark.parametrize(
    "survivors, message",
    [
        ([100, 80, 85, 70], "There are 85 survivors at age 2; accepted: at most 80"),
        ([100, 80, -1], "survivors is -1 in row 2"),
        ([100, 80, np.nan], "survivors is .* in row 2"),
        ([100, 80], "at least 3"),
        ([[100, 80, 60]], "at least 3"),
        (100, "at least 3"),
        (["many", "some", "few"], "survivors must be"),
        ([100, 0, 0], "Nobody is left at age 1"),
        ([100, 100, 100], "Nobody has left by age 2"),
        ([0, 0, 0], "nobody in survivors at age 0"),
    ],
)
def test_refuses_survivors_that_cannot_be(survivors, message):
    with pytest.raises(DataError, match=message):
        ShiftedBetaGeometric().fit(survivors)


@pytest.mark.parametrize(
    "call",
    [
        lambda model: model.survival(-1),
        lambda model: model.retention_rate(0),
        lambda model: model.retention_rate([1, np.nan]),
        lambda model: model.discounted_expected_lifetime(-0.1),
        lambda model: model.discounted_expected_lifetime(0.1, age=-1),
        lambda model: model.survival("soon"),
    ],
)
def test_refuses_arguments_out_of_range(call):
    with pytest.raises(DataError):
        call(HIGH_END)


def test_needs_parameters():
    with pytest.raises(DataError, match="no parameters yet"):
        ShiftedBetaGeometric().survival(1)
    with pytest.raises(DataError, match="alpha, beta"):
        ShiftedBetaGeometric({"alpha": 1.0})


def test_discount_rates_too_near_to_zero_are_refused():
    """At 1e-8 the value is still right, near the lifetime; below it would take for ever."""
    patient = ShiftedBetaGeometric({"alpha": 3.0, "beta": 6.0})
    lifetime = (3.0 + 6.0 - 1) / (3.0 - 1)
    assert patient.discounted_expected_lifetime(0.0) == pytest.approx(lifetime)
    assert patient.discounted_expected_lifetime(1e-8) == pytest.approx(lifetime, rel=1e-6)
    for discount in (1e-10, 1e-16, [0.1, 5e-324]):
        with pytest.raises(DataError, match="discount is .*; accepted: 0, or 1e-8 and more"):
            patient.discounted_expected_lifetime(discount)
