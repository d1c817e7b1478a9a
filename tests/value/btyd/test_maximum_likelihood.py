"""The search, against maxima that are known in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlib.value.btyd import maximum_likelihood
from crmlib.value.btyd.maximum_likelihood import TOLERANCE, maximize
from crmlib.value.btyd.rows import distinct, either


def normal(theta, y):
    """Log-likelihood of a normal variable with mean and deviation exp(theta)."""
    mean, deviation = np.exp(theta)
    z = (y - mean) / deviation
    return -theta[1] - z**2 / 2, np.stack([z * mean / deviation, z**2 - 1])


@pytest.mark.parametrize("n", [20, 30_000])  # below and above the size of the sample
def test_maximum_and_covariance_of_a_normal(n):
    y = np.random.default_rng(1).normal(50, 4, n)
    found = maximize(normal, [[1.0, 1.0]], (y,), np.ones(n))
    np.testing.assert_allclose(found.params, [y.mean(), y.std()], rtol=1e-10)
    expected = np.diag([y.var() / n, y.var() / (2 * n)])
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-5, atol=1e-5 * y.var() / n)
    best = -n * np.log(y.std()) - n / 2
    assert found.log_likelihood == pytest.approx(best, rel=1e-12)
    assert found.converged and found.gradient <= TOLERANCE and not found.at_edge.any()


def test_weights_count_customers():
    y, times = np.array([47.0, 50.0, 55.0, 61.0]), np.array([3.0, 5.0, 1.0, 2.0])
    counted = maximize(normal, [[50.0, 5.0]], (y,), times)
    written_out = np.repeat(y, times.astype(int))
    each = maximize(normal, [[50.0, 5.0]], (written_out,), np.ones(11))
    np.testing.assert_allclose(counted.params, each.params, rtol=1e-12)
    np.testing.assert_allclose(counted.covariance, each.covariance, rtol=1e-9, atol=1e-9)
    assert counted.log_likelihood == pytest.approx(each.log_likelihood, rel=1e-12)


def test_few_passes_over_all_rows(monkeypatch):
    """A start and a Hessian from the sample leave a handful of steps for the whole."""
    passes = []

    def counting(theta, y):
        passes.append(len(y))
        return normal(theta, y)

    n = 100_000
    y = np.random.default_rng(2).normal(50, 4, n)
    found = maximize(counting, [[1.0, 1.0]], (y,), np.ones(n))
    assert found.converged
    hessian = 4  # two for each parameter
    assert passes.count(n) <= 6 + hessian
    monkeypatch.setattr(maximum_likelihood, "SAMPLE", n)  # without the sample: many more
    passes.clear()
    maximize(counting, [[1.0, 1.0]], (y,), np.ones(n))
    assert passes.count(n) > 40


def test_of_two_summits_the_higher_is_taken():
    """Four in five are near the mean, one near its triple; all that is seen is ten."""

    def mixture(theta, y):
        mean = np.exp(theta[0])
        near, far = (np.log(w) - (y - m) ** 2 / 2 for w, m in ((0.8, mean), (0.2, 3 * mean)))
        share = 1 / (1 + np.exp(far - near))
        score = share * (y - mean) + (1 - share) * (y - 3 * mean) * 3
        return np.logaddexp(near, far), score[None, :] * mean

    y = np.random.default_rng(6).normal(10, 1, 400)
    lower = maximize(mixture, [[3.3]], (y,), np.ones(400))
    for starts in ([[3.3], [11.0]], [[11.0], [3.3]]):
        found = maximize(mixture, starts, (y,), np.ones(400))
        assert found.params[0] == pytest.approx(10, abs=0.2)
        assert found.log_likelihood == pytest.approx(lower.log_likelihood + 400 * np.log(4), abs=1)


def test_convergence_is_judged_by_the_gradient():
    """Scores that jump over zero: the search ends, and does not call it an end."""

    def jumping(theta, y):
        values, scores = normal(theta, y)
        return values, scores + 1e-4 * np.sign(scores.mean(axis=1, keepdims=True))

    y = np.random.default_rng(3).normal(50, 4, 50)
    found = maximize(jumping, [[40.0, 4.0]], (y,), np.ones(50))
    assert found.params[0] == pytest.approx(y.mean(), rel=1e-3)
    assert not found.converged and found.gradient > TOLERANCE


def test_a_parameter_that_runs_away_is_at_the_edge():
    """All values are alike: the deviation falls to zero, and the mean is found all the same."""
    y = np.full(30, 50.0) + np.tile([-1e-9, 1e-9], 15)
    found = maximize(normal, [[20.0, 5.0]], (y,), np.ones(30))
    assert found.at_edge.tolist() == [False, True]
    assert found.params[0] == pytest.approx(50)
    assert np.isnan(found.covariance[1]).all() and np.isnan(found.covariance[:, 1]).all()
    assert found.covariance[0, 0] >= 0


def test_no_summit_means_no_standard_errors():
    """Only the product of two parameters matters: a ridge, not a summit."""

    def ridge(theta, y):
        values, scores = normal(np.array([theta[0] + theta[1], np.log(4)]), y)
        return values, scores[[0, 0]]

    y = np.random.default_rng(4).normal(50, 4, 50)
    found = maximize(ridge, [[10.0, 4.0]], (y,), np.ones(50))
    assert found.params.prod() == pytest.approx(y.mean())
    assert np.isnan(found.covariance).all()


rows_strategy = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([0.0, 1.5, 2.0]), st.sampled_from([9.0, 9.25])),
    min_size=1,
)


@given(rows_strategy)
def test_distinct_counts_equal_rows(rows):
    columns = tuple(np.array(column) for column in zip(*rows))
    found, counts = distinct(columns)
    counted = dict(zip(zip(*(column.tolist() for column in found)), counts.tolist()))
    assert counted == {row: rows.count(row) for row in rows}
    assert list(counted) == list(dict.fromkeys(rows))  # in the order of first appearance


def test_distinct_adds_weights():
    columns = (np.array([1, 2, 1]), np.array([0.5, 0.5, 0.5]))
    _rows, weights = distinct(columns, np.array([10.0, 1.0, 5.0]))
    assert weights.tolist() == [15, 1]


def test_either():
    log_odds = np.array([-np.inf, -800.0, -1.0, 0.0, 2.0, 800.0])
    second, log_sum = either(log_odds)
    np.testing.assert_allclose(second, [0, 0, 1 / (1 + np.e), 0.5, 1 / (1 + np.exp(-2)), 1])
    expected = [0, 0, np.log1p(np.exp(-1)), np.log(2), np.log1p(np.exp(2)), 800]
    np.testing.assert_allclose(log_sum, expected, rtol=1e-14)
