"""What holds for both models of purchase histories, BG/NBD and Pareto/NBD."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlib import DataError, FitWarning
from crmlib.value.btyd import BGNBD, ParetoNBD, bg_nbd, pareto_nbd

TRUTH = {
    BGNBD: {"r": 0.6, "alpha": 5.0, "a": 0.9, "b": 2.5},
    ParetoNBD: {"r": 0.6, "alpha": 5.0, "s": 0.7, "beta": 12.0},
}
LIKELIHOOD = {BGNBD: bg_nbd.log_likelihood, ParetoNBD: pareto_nbd.log_likelihood}

both = pytest.mark.parametrize("model", [BGNBD, ParetoNBD])


def table(*rows):
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"])


def in_days(customers):
    """The times of a sample in weeks, rounded up to days as a shop's log would have them."""
    days = np.ceil(customers[["recency", "T"]] * 7)
    return customers.assign(recency=days["recency"] / 7, T=days["T"] / 7)


@pytest.fixture(scope="module", params=[BGNBD, ParetoNBD], ids=["BG/NBD", "Pareto/NBD"])
def large(request):
    """A model, a large sample of it, and the fit to that sample."""
    truth = request.param(TRUTH[request.param])
    T = np.random.default_rng(0).uniform(26, 52, 20_000)
    customers = truth.sample(20_000, T=T, seed=1)
    return truth, customers, request.param().fit(customers)


# -- the truth comes back


def test_parameters_are_recovered(large):
    truth, _customers, fit = large
    z = (fit.params_ - truth.params_) / fit.standard_errors_
    assert (z.abs() < 3).all()
    assert (fit.standard_errors_ / fit.params_ < 0.2).all()


@pytest.mark.slow
@both
def test_standard_errors_are_of_the_right_size(model):
    """Over many samples the errors of the estimates spread as the standard errors say."""
    truth = model(TRUTH[model])
    z = []
    for seed in range(80):
        fit = model().fit(in_days(truth.sample(3000, T=78, seed=seed)).sample(3000, random_state=1))
        z.append(np.log(fit.params_ / truth.params_) / (fit.standard_errors_ / fit.params_))
    spread = np.std(z, axis=0)
    # of 80 draws the standard deviation is known to 8 %
    assert ((spread > 0.75) & (spread < 1.3)).all(), spread


def test_alive_customers_are_as_many_as_the_probabilities_say(large):
    truth, customers, _fit = large
    probability = truth.probability_alive(customers)
    error = np.sqrt((probability * (1 - probability)).sum())
    assert abs(customers["alive"].sum() - probability.sum()) < 3 * error
    doubtful = (probability > 0.3) & (probability < 0.5)
    assert customers["alive"][doubtful].mean() == pytest.approx(
        probability[doubtful].mean(), abs=0.05
    )


def test_purchases_are_as_many_as_expected(large):
    truth, customers, _fit = large
    expected = truth.expected_purchases_new_customer(customers["T"])
    error = (customers["frequency"] - expected).std() / np.sqrt(len(customers))
    assert abs(customers["frequency"].mean() - expected.mean()) < 3 * error


@both
def test_conditional_and_unconditional_expectations_agree(model):
    """What is expected after T, averaged over all histories up to T, is E[X(T+t)] - E[X(T)]."""
    truth = model(TRUTH[model])
    customers = truth.sample(200_000, T=30, seed=5)
    expected = truth.expected_purchases(customers, 20)
    later, sooner = truth.expected_purchases_new_customer(np.array([50.0, 30.0]))
    error = expected.std() / np.sqrt(len(customers))
    assert abs(expected.mean() - (later - sooner)) < 4 * error


@both
def test_a_customer_of_whom_nothing_is_known_is_a_new_customer(model):
    truth = model(TRUTH[model])
    periods = np.array([0.0, 0.5, 39.0, 1e4])
    unknown = table(*[(0, 0, 0)] * 4)
    np.testing.assert_allclose(
        truth.expected_purchases(unknown, periods), truth.expected_purchases_new_customer(periods)
    )
    square = periods.reshape(2, 2)
    np.testing.assert_array_equal(
        truth.expected_purchases_new_customer(square).ravel(),
        truth.expected_purchases_new_customer(periods),
    )


@both
def test_a_sample_is_a_table_that_can_be_fitted(model):
    customers = model(TRUTH[model]).sample(500, T=np.linspace(0, 50, 500), seed=2)
    x, t_x, T = (customers[name] for name in ("frequency", "recency", "T"))
    assert x.dtype.kind == "i"
    assert ((t_x > 0) == (x > 0)).all() and (t_x <= T).all() and T.iloc[0] == 0
    assert customers.equals(model(TRUTH[model]).sample(500, T=np.linspace(0, 50, 500), seed=2))
    assert not customers.equals(model(TRUTH[model]).sample(500, T=np.linspace(0, 50, 500), seed=3))


# -- the gradient


HISTORIES = np.array(
    [
        (0, 0, 0),
        (0, 0, 38.86),
        (1, 0.14, 38.86),
        (1, 38.86, 38.86),
        (2, 30.43, 38.86),
        (200, 38, 39),
        (200, 5, 39),
        (5000, 38.9, 39),
        (5000, 300, 4000),
    ]
).T


@both
@pytest.mark.parametrize(
    "params",
    [
        (0.6, 5, 0.9, 12),
        (0.05, 300, 4, 2),
        (3, 0.01, 0.2, 40),
        (0.3, 7, 0.01, 0.02),
        (9, 8, 70, 600),
    ],
)
def test_gradient_against_differences(model, params):
    theta, step = np.log(params), 1e-5
    _values, scores = LIKELIHOOD[model](theta, *HISTORIES)
    for k, shift in enumerate(step * np.eye(4)):
        above, below = (LIKELIHOOD[model](theta + h, *HISTORIES)[0] for h in (shift, -shift))
        size = np.abs(above) + 1
        np.testing.assert_allclose(scores[k] / size, (above - below) / (2 * step) / size, atol=1e-8)


def test_the_fit_is_a_summit(large):
    """No step away from the estimates, in any direction, makes the data likelier."""
    _truth, customers, fit = large
    rows = customers[["frequency", "recency", "T"]].to_numpy(dtype=float).T
    theta = np.log(fit.params_.to_numpy())
    log_likelihood = LIKELIHOOD[type(fit)]
    best = log_likelihood(theta, *rows)[0].sum()
    assert fit.log_likelihood_ == pytest.approx(best, rel=1e-12)
    for direction in np.random.default_rng(0).normal(size=(10, 4)):
        assert log_likelihood(theta + 1e-3 * direction, *rows)[0].sum() < best
    assert np.abs(log_likelihood(theta, *rows)[1].mean(axis=1)).max() < 1e-8


# -- the same customers, told in another way


@both
def test_weights_order_and_engine_do_not_matter(model):
    customers = in_days(model(TRUTH[model]).sample(1500, T=12, seed=4))
    customers = customers[["frequency", "recency", "T"]]
    fit = model().fit(customers)
    counted = customers.value_counts().rename("customers").reset_index()
    shuffled = customers.sample(frac=1, random_state=0)
    others = [
        model().fit(counted, weights=counted["customers"]),
        model().fit(shuffled),
        model().fit(pl.from_pandas(customers)),
        model().fit(pa.Table.from_pandas(customers)),
    ]
    assert len(counted) < len(customers)
    for other in others:
        np.testing.assert_allclose(other.params_, fit.params_, rtol=1e-7)
        np.testing.assert_allclose(other.standard_errors_, fit.standard_errors_, rtol=1e-5)
        assert other.log_likelihood_ == pytest.approx(fit.log_likelihood_, rel=1e-12)
        assert other.n_customers_ == 1500
    for engine in (pl.from_pandas, pa.Table.from_pandas):
        np.testing.assert_array_equal(
            fit.expected_purchases(engine(customers), 5), fit.expected_purchases(customers, 5)
        )


@both
def test_the_unit_of_time_does_not_matter(model):
    weeks = model(TRUTH[model]).sample(1500, T=30, seed=4)
    years = weeks.assign(recency=weeks["recency"] / 52, T=weeks["T"] / 52)
    of_weeks, of_years = model().fit(weeks), model().fit(years)
    factor = np.array([1 / 52 if name in ("alpha", "beta") else 1 for name in model.names])
    np.testing.assert_allclose(of_years.params_, of_weeks.params_ * factor, rtol=1e-6)
    np.testing.assert_allclose(
        of_years.expected_purchases(years, 1), of_weeks.expected_purchases(weeks, 52), rtol=1e-6
    )


# -- what must be so


histories = st.tuples(
    st.integers(1, 300), st.floats(0.01, 1), st.floats(0.1, 1000), st.floats(0.01, 1000)
)
positive = st.floats(0.01, 100)


@both
@settings(max_examples=150)
@given(params=st.tuples(positive, positive, positive, positive), history=histories)
def test_probabilities_and_expectations(model, params, history):
    model = model(dict(zip(model.names, params)))
    x, share, T, periods = history
    one = table((x, share * T, T))
    alive = model.probability_alive(one)[0]
    expected = model.expected_purchases(one, periods)[0]
    r, alpha = params[:2]
    assert 0 <= alive <= 1
    assert 0 <= expected <= (r + x) / (alpha + T) * periods * (1 + 1e-6)
    assert model.expected_purchases(one, 0)[0] == pytest.approx(0, abs=1e-9)
    # the longer ahead, the more purchases; the longer silent, the less likely alive
    assert model.expected_purchases(one, 1.1 * periods)[0] >= expected * (1 - 1e-9)
    longer_silent = table((x, share * T, 1.1 * T))
    assert model.probability_alive(longer_silent)[0] <= alive * (1 + 1e-9)
    assert 0 <= model.probability_alive(table((0, 0, T)))[0] <= 1


# -- heavy buyers, tiny tables, bad input


@both
def test_heavy_buyers(model):
    """Two with 5,000 purchases among others: no overflow, no warning, no nonsense."""
    truth = model(TRUTH[model])
    customers = truth.sample(2000, T=52, seed=6)[["frequency", "recency", "T"]]
    with_heavy = pd.concat([customers, table((5000, 51.999, 52.0), (5000, 20.0, 52.0))])
    fit = model().fit(with_heavy)
    expected = fit.expected_purchases(with_heavy, 52)
    assert 3000 < expected[-2] < 5000 and expected[-1] < 1
    alive = fit.probability_alive(with_heavy)
    assert alive[-2] > 0.9 and alive[-1] < 1e-6


@both
def test_tiny_tables(model):
    """Down to one customer: an answer, and a warning that it is no more than a guess."""
    for rows in (
        [(1, 3.0, 9.0)],
        [(1, 3.0, 9.0), (0, 0, 9.0)],
        [(2, 8.0, 9.0), (1, 1.0, 5.0), (0, 0, 0)],
    ):
        with warnings.catch_warnings(record=True, action="always") as caught:
            fit = model().fit(table(*rows))
        assert "take the estimates as a guess" in str(caught[0].message)
        assert {warning.category for warning in caught} == {FitWarning}
        assert (fit.params_ > 0).all() and np.isfinite(fit.log_likelihood_)
        assert np.isfinite(fit.expected_purchases(table(*rows), 5)).all()


@both
def test_nothing_to_learn(model):
    with pytest.raises(DataError, match="Every frequency is 0"):
        model().fit(table((0, 0, 9.0), (0, 0, 3.0)))
    with pytest.raises(DataError, match="no row"):
        model().fit(table())


@both
def test_bad_input_is_refused_everywhere(model):
    truth = model(TRUTH[model])
    good, bad = table((1, 3.0, 9.0)), table((1, 10.0, 9.0))
    for call in (
        lambda: model().fit(bad),
        lambda: model().fit(good, weights=[1, 2]),
        lambda: truth.probability_alive(bad),
        lambda: truth.expected_purchases(bad, 3),
        lambda: truth.expected_purchases(good, -3),
        lambda: truth.expected_purchases(good, [1, 2]),
        lambda: truth.expected_purchases_new_customer(-3),
        lambda: truth.sample(3, T=[1, 2], seed=0),
    ):
        with pytest.raises(DataError):
            call()
