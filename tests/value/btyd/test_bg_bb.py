import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad
from scipy.special import betaln, gammaln, roots_jacobi

from crmlib import DataError, FitWarning
from crmlib.value.btyd import bg_bb
from crmlib.value.btyd.bg_bb import BGBB, log_likelihood

PARAMS = {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}
DONORS = BGBB(PARAMS)

parameters = st.floats(0.05, 50)
models = st.builds(
    lambda *values: BGBB(dict(zip(BGBB.names, values))), *[parameters] * len(BGBB.names)
)


@st.composite
def histories(draw):
    n = draw(st.integers(1, 20))
    recency = draw(st.integers(0, n))
    frequency = draw(st.integers(1, recency)) if recency else 0
    return pd.DataFrame({"frequency": [frequency], "recency": [recency], "T": [n]})


def counted(purchases):
    """Frequency and recency of a sequence of yes and no."""
    taken = [k for k, bought in enumerate(purchases, start=1) if bought]
    return len(taken), max(taken, default=0)


def by_the_story(purchases, params):
    """Probability of a sequence: left or not, bought or not, averaged over p and theta.

    Gauss-Jacobi quadrature is exact here, the integrand being a polynomial.
    """
    p, p_weight = jacobi(params["alpha"], params["beta"])
    theta, theta_weight = jacobi(params["gamma"], params["delta"])
    p, theta = p[:, None], theta[None, :]
    there, gone = np.ones((len(p), theta.size)), np.zeros((len(p), theta.size))
    for bought in purchases:
        there, gone = there * (1 - theta), gone + there * theta
        there = there * (p if bought else 1 - p)
        gone = gone * (0 if bought else 1)
    return p_weight @ (there + gone) @ theta_weight


def jacobi(a, b):
    nodes, weights = roots_jacobi(20, b - 1, a - 1)
    return (1 + nodes) / 2, weights / weights.sum()


def test_likelihood_equals_the_story_told_step_by_step():
    for purchases in itertools.product([0, 1], repeat=5):
        x, t_x = counted(purchases)
        values, _scores = log_likelihood(
            np.log(list(PARAMS.values())), np.array([x]), np.array([t_x]), np.array([5])
        )
        expected = by_the_story(purchases, PARAMS)
        assert np.exp(values[0]) == pytest.approx(expected, rel=1e-10), purchases


def test_likelihood_equals_the_sum_over_death_times():
    """The sum of the module's docstring, written out with beta functions."""
    alpha, beta, gamma, delta = PARAMS.values()

    def term(x, m, left):
        return np.exp(
            betaln(alpha + x, beta + m - x)
            - betaln(alpha, beta)
            + betaln(gamma + left, delta + m)
            - betaln(gamma, delta)
        )

    x, t_x, n = np.array([0, 1, 4, 7, 12]), np.array([0, 9, 5, 7, 12]), np.array([3, 9, 9, 12, 12])
    values, _scores = log_likelihood(np.log(list(PARAMS.values())), x, t_x, n)
    for row, value in enumerate(values):
        deaths = [term(x[row], m, 1) for m in range(t_x[row], n[row])]
        assert np.exp(value) == pytest.approx(term(x[row], n[row], 0) + sum(deaths), rel=1e-10)


@given(models)
@settings(max_examples=25)
def test_all_histories_add_up_to_one(model):
    rows = np.array([(*counted(p), 8) for p in itertools.product([0, 1], repeat=8)])
    values, _scores = log_likelihood(np.log(model.params_.to_numpy()), *rows.T)
    assert np.exp(values).sum() == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("theta", [[0.0, 0.0, 0.0, 0.0], [0.2, -0.3, -0.4, 1.0], [3, 2, -2, 4]])
@pytest.mark.parametrize("history", [(0, 0, 6), (1, 1, 6), (2, 4, 6), (6, 6, 6), (3, 20, 52)])
def test_gradient_equals_finite_differences(theta, history):
    history = [np.array([value]) for value in history]
    error = check_grad(
        lambda at: log_likelihood(at, *history)[0][0],
        lambda at: log_likelihood(at, *history)[1][:, 0],
        np.array(theta, dtype=float),
    )
    assert error < 1e-5


@pytest.mark.parametrize("periods", [1, 6, 30])
def test_expectation_equals_the_closed_form_of_the_paper(periods):
    alpha, beta, gamma, delta = PARAMS.values()
    x, t_x, n = 2, 4, 6
    closed = (
        np.exp(
            betaln(alpha + x + 1, beta + n - x)
            - betaln(alpha, beta)
            + gammaln(gamma + delta)
            - gammaln(1 + delta)
        )
        * delta
        / (gamma - 1)
        * (
            np.exp(gammaln(1 + delta + n) - gammaln(gamma + delta + n))
            - np.exp(gammaln(1 + delta + n + periods) - gammaln(gamma + delta + n + periods))
        )
        / by_the_story([1, 0, 0, 1, 0, 0], PARAMS)
    )
    table = pd.DataFrame({"frequency": [x], "recency": [t_x], "T": [n]})
    assert DONORS.expected_purchases(table, periods)[0] == pytest.approx(closed, rel=1e-9)


def test_a_new_customer_follows_the_closed_form_of_the_paper():
    alpha, beta, gamma, delta = PARAMS.values()
    n = np.arange(30)
    there = np.exp(
        gammaln(gamma + delta)
        - gammaln(1 + delta)
        + gammaln(1 + delta + n)
        - gammaln(gamma + delta + n)
    )
    closed = alpha / (alpha + beta) * delta / (gamma - 1) * (1 - there)
    np.testing.assert_allclose(
        DONORS.expected_purchases_new_customer(n), closed, rtol=1e-10, atol=1e-12
    )


@given(models, st.integers(1, 12))
@settings(max_examples=25)
def test_expectations_of_all_histories_make_that_of_a_new_customer(model, periods):
    rows = np.array([(*counted(p), 6) for p in itertools.product([0, 1], repeat=6)])
    values, _scores = log_likelihood(np.log(model.params_.to_numpy()), *rows.T)
    table = pd.DataFrame(rows, columns=["frequency", "recency", "T"])
    seen, both = model.expected_purchases_new_customer([6, 6 + periods])
    expected = np.exp(values) @ model.expected_purchases(table, periods)
    assert expected == pytest.approx(both - seen, rel=1e-8, abs=1e-12)


@given(models, histories(), st.integers(0, 40))
def test_probabilities_and_expectations_stay_in_their_bounds(model, table, periods):
    alive = model.probability_alive(table)[0]
    fewer, more = (model.expected_purchases(table, k)[0] for k in (periods, periods + 1))
    assert 0 <= alive <= 1
    assert 0 <= fewer <= more <= (periods + 1) * alive * (1 + 1e-9)


@given(models, histories())
def test_a_later_purchase_speaks_for_being_alive(model, table):
    later = table.assign(recency=table["recency"] + 1, T=table["T"] + 1)
    same = table.assign(T=table["T"] + 1)
    if table["frequency"][0]:
        assert model.probability_alive(later)[0] >= model.probability_alive(same)[0] * (1 - 1e-9)


def test_alive_at_the_next_opportunity_is_what_one_more_period_expects():
    """The first expected purchase is P(alive at n + 1) times the mean of p, given the past."""
    table = pd.DataFrame({"frequency": [0, 2, 6], "recency": [0, 4, 6], "T": [6, 6, 6]})
    p_mean = (PARAMS["alpha"] + table["frequency"]) / (PARAMS["alpha"] + PARAMS["beta"] + 6)
    np.testing.assert_allclose(
        DONORS.expected_purchases(table, 1), DONORS.probability_alive(table) * p_mean, rtol=1e-12
    )


@pytest.mark.parametrize(
    "params", [PARAMS, {"alpha": 1.2, "beta": 3.0, "gamma": 1.0, "delta": 15.0}]
)
def test_fit_recovers_the_truth(params):
    truth = BGBB(params)
    T = np.random.default_rng(1).integers(6, 25, 30_000)
    customers = truth.sample(30_000, T, seed=5)
    model = BGBB().fit(customers)
    assert (abs(model.params_ - truth.params_) < 4 * model.standard_errors_).all()
    assert (model.standard_errors_ < 0.2 * truth.params_).all()


def test_predictions_agree_with_the_truth_of_simulated_customers():
    customers = DONORS.sample(200_000, 6, seed=11)
    p, theta = customers["purchase_probability"], customers["dropout_probability"]
    customers["truth"] = customers["alive"] * p * sum((1 - theta) ** k for k in range(5))
    customers["p_alive"] = DONORS.probability_alive(customers)
    customers["expected"] = DONORS.expected_purchases(customers, 5)
    groups = customers.groupby(["frequency", "recency"])
    means, sizes = groups[["alive", "p_alive", "truth", "expected"]].mean(), groups.size()
    means, sizes = means[sizes > 500], sizes[sizes > 500]
    assert (abs(means["alive"] - means["p_alive"]) < 2 / np.sqrt(sizes)).all()
    assert (abs(means["truth"] - means["expected"]) < 8 / np.sqrt(sizes)).all()
    assert len(means) > 15


def test_sample_counts_opportunities():
    T = np.arange(1, 21)
    customers = DONORS.sample(20, T, seed=0)
    assert (customers["T"] == T).all()
    assert (customers["frequency"] <= customers["recency"]).all()
    assert (customers["recency"] <= customers["T"]).all()
    assert ((customers["frequency"] == 0) == (customers["recency"] == 0)).all()
    assert customers.equals(DONORS.sample(20, T, seed=0))


def test_weights_count_customers_and_any_data_frame_will_do():
    customers = DONORS.sample(5000, 6, seed=2)[["frequency", "recency", "T"]]
    counted = customers.value_counts().reset_index()
    one_by_one = BGBB().fit(customers)
    weighted = BGBB().fit(pl.from_pandas(counted), counted["count"])
    np.testing.assert_allclose(weighted.params_, one_by_one.params_, rtol=1e-6)
    np.testing.assert_allclose(weighted.standard_errors_, one_by_one.standard_errors_, rtol=1e-5)
    assert weighted.log_likelihood_ == pytest.approx(one_by_one.log_likelihood_, rel=1e-10)
    assert weighted.n_customers_ == one_by_one.n_customers_ == 5000


def test_results_keep_the_order_of_the_rows():
    customers = DONORS.sample(300, np.tile([3, 6, 9], 100), seed=3)
    together = DONORS.expected_purchases(customers, np.arange(300) % 7)
    for row in (0, 1, 2, 299):
        alone = DONORS.expected_purchases(customers.iloc[[row]], row % 7)
        assert together[row] == pytest.approx(alone[0], rel=1e-12)


def test_a_long_history_neither_overflows_nor_underflows():
    table = pd.DataFrame({"frequency": [5000, 1], "recency": [5000, 1], "T": [5000, 5000]})
    alive = DONORS.probability_alive(table)
    assert alive[0] == pytest.approx((2.783 + 5000) / (0.657 + 2.783 + 5000))
    assert 0 <= alive[1] < 1e-3
    assert np.isfinite(DONORS.expected_purchases(table, 100)).all()


@pytest.mark.parametrize(
    ("seed", "better"), [(0, [0.03, 0.05, 14.7, 30.2]), (2, [0.015, 0.02, 700.0, 1500.0])]
)
@pytest.mark.filterwarnings("ignore:gamma, delta ran to the edge")
def test_finds_the_higher_of_two_summits(seed, better):
    """Few customers who buy always or never: from 1, 1, 1, 1 the search ends on the lower one."""
    truth = BGBB({"alpha": 0.1, "beta": 0.1, "gamma": 3.0, "delta": 3.0})
    table = truth.sample(100, T=8, seed=seed)
    rows = table[["frequency", "recency", "T"]].to_numpy(dtype=int).T
    there = log_likelihood(np.log(better), *rows)[0].sum()
    assert BGBB().fit(table).log_likelihood_ >= there


def test_many_opportunities_are_counted_in_parts(monkeypatch):
    random = np.random.default_rng(0)
    n = random.integers(1, 365, 200)
    t_x = random.integers(0, n + 1)
    x = np.where(t_x > 0, random.integers(1, np.maximum(t_x, 1) + 1), 0)
    theta = np.log(list(PARAMS.values()))
    values, scores = log_likelihood(theta, x, t_x, n)
    monkeypatch.setattr(bg_bb, "CELLS", 1000)
    sizes = []
    one_part = bg_bb._log_likelihood
    monkeypatch.setattr(
        bg_bb, "_log_likelihood", lambda *a: sizes.append(len(a[1])) or one_part(*a)
    )
    again = log_likelihood(theta, x, t_x, n)
    assert max(sizes) <= 1000 / n.max() and sum(sizes) == 200
    np.testing.assert_allclose(again[0], values, rtol=1e-13)
    np.testing.assert_allclose(again[1], scores, rtol=1e-10, atol=1e-12)


def test_warns_when_no_one_seems_to_leave():
    full = pd.DataFrame({"frequency": [3, 2], "recency": [6, 6], "T": [6, 6]})
    with pytest.warns(FitWarning) as warned:
        model = BGBB().fit(full, [300, 200])
    assert "gamma, delta ran to the edge" in str(warned[0].message)
    assert "who leaves" in str(warned[0].message)
    assert model.standard_errors_[["gamma", "delta"]].isna().all()


def test_warns_when_data_are_thin():
    table = pd.DataFrame({"frequency": [1, 2, 2], "recency": [1, 2, 4], "T": [6, 6, 6]})
    with pytest.warns(FitWarning) as warned:
        BGBB().fit(table)
    assert str(warned[0].message).startswith("Only 3 customers bought again")


@pytest.mark.parametrize(
    "history, message",
    [
        ((5, 3, 6), "frequency is 5 in row 0 .* at most recency"),
        ((1, 7, 6), "recency is 7 in row 0"),
        ((1, 3.5, 6), "recency is 3.5 in row 0 .* whole numbers"),
        ((1, 3, 6.5), "T is 6.5 in row 0 .* whole numbers"),
        ((0, 0, 6), "Every frequency is 0"),
    ],
)
def test_refuses_histories_that_cannot_be(history, message):
    table = pd.DataFrame([history], columns=["frequency", "recency", "T"])
    with pytest.raises(DataError, match=message):
        BGBB().fit(table)


def test_refuses_parts_of_an_opportunity():
    table = pd.DataFrame({"frequency": [1], "recency": [3], "T": [6]})
    with pytest.raises(DataError, match="periods is 2.5"):
        DONORS.expected_purchases(table, 2.5)
    with pytest.raises(DataError, match="periods is 0.5"):
        DONORS.expected_purchases_new_customer([1, 0.5])
    with pytest.raises(DataError, match="T is 2.5"):
        DONORS.sample(1, 2.5, seed=0)
