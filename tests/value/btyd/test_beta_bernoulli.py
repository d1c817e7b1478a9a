import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln, digamma, gammaln

from crmlib.value.btyd.beta_bernoulli import log_probability, log_rising_factorial

positive = st.floats(0.01, 1e4)
counts = st.integers(0, 60)


@given(positive, positive, counts, counts)
def test_equals_the_ratio_of_beta_functions(a, b, successes, failures):
    value, *_slopes = log_probability(a, b, successes, failures)
    expected = betaln(a + successes, b + failures) - betaln(a, b)
    assert value == pytest.approx(expected, rel=1e-8, abs=1e-8)


@given(positive, positive, counts, counts)
def test_slopes_are_those_of_the_value(a, b, successes, failures):
    h = 1e-5
    _value, *slopes = log_probability(a, b, successes, failures)
    for slope, raise_a, raise_b in zip(slopes, (h, 0), (0, h)):
        up = log_probability(a * np.exp(raise_a), b * np.exp(raise_b), successes, failures)[0]
        down = log_probability(a / np.exp(raise_a), b / np.exp(raise_b), successes, failures)[0]
        assert slope == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-6)


def test_all_sequences_of_one_length_add_up_to_one():
    successes = np.arange(11)
    value, *_slopes = log_probability(0.7, 2.3, successes, 10 - successes)
    sequences = [1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1]
    assert sequences @ np.exp(value) == pytest.approx(1, rel=1e-12)


def test_stays_exact_where_customers_are_nearly_alike():
    """At p = 0.8 for all; the beta functions themselves have lost seven digits here."""
    value, *_slopes = log_probability(8e9, 2e9, 3, 1)
    assert np.exp(value) == pytest.approx(0.8**3 * 0.2, rel=1e-9)


@pytest.mark.parametrize("a", [1e-6, 0.3, 1.0, 7.5, 400.0])
def test_log_rising_factorial(a):
    counts = np.array([0, 1, 2, 17, 5000])
    values, slopes = log_rising_factorial(a, counts)
    np.testing.assert_allclose(values, gammaln(a + counts) - gammaln(a), rtol=1e-12, atol=1e-12)
    expected = a * (digamma(a + counts) - digamma(a))
    np.testing.assert_allclose(slopes, expected, rtol=1e-10, atol=1e-10)


def test_log_rising_factorial_keeps_its_digits():
    """Where two log-gammas of 1e13 would leave three digits."""
    values, slopes = log_rising_factorial(1e12, np.array([3]))
    assert values[0] == pytest.approx(3 * np.log(1e12), rel=1e-12)
    assert slopes[0] == pytest.approx(3, rel=1e-11)
