"""Customers who differ, against quadrature over their probabilities of leaving."""

import numpy as np
import pytest
from scipy import integrate, stats

from crmlib import DataError
from crmlib.retention.profit.economics import customer_value, profit_lift
from crmlib.retention.profit.heterogeneity import kinds, mixed_lift, mixed_value


def averaged(alpha, beta, discount, kept=1.0):
    """Mean value of a margin of 1, over everyone's own probability of leaving."""

    def value(quantile):
        leaving = stats.beta.ppf(quantile, alpha, beta)
        return (1 + discount) / (discount + kept * leaving)

    return integrate.quad(value, 0, 1, epsrel=1e-10, limit=500)[0]


@pytest.mark.parametrize("polarisation", [0.001, 0.02, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("retention", [0.3, 0.8, 0.95])
@pytest.mark.parametrize(("discount", "cut"), [(0.10, 0.0), (0.01, 0.3), (0.25, 0.9)])
def test_value_is_the_mean_over_customers(retention, polarisation, discount, cut):
    size = 1 / polarisation - 1
    alpha, beta = (1 - retention) * size, retention * size
    expected = 100 * averaged(alpha, beta, discount, 1 - cut)
    value = mixed_value(100, retention, discount, polarisation, cut=cut)
    assert value == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("alpha", "beta"), [(0.66809, 3.80609), (0.70408, 1.18204)])
def test_value_is_the_sum_over_survivors(alpha, beta):
    """With the published estimates of both groups (Fader and Hardie 2007)."""
    t = np.arange(1, 3000)
    survival = np.append(1.0, np.cumprod((beta + t - 1) / (alpha + beta + t - 1)))
    expected = (survival / 1.1 ** np.arange(3000)).sum()
    mean, polarisation = beta / (alpha + beta), 1 / (alpha + beta + 1)
    assert mixed_value(1, mean, 0.10, polarisation) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("polarisation", [1e-6, 0.01, 0.2, 0.6, 0.95])
@pytest.mark.parametrize("retention", [0.1, 0.6, 0.97])
def test_kinds_have_the_moments_of_the_beta_distribution(retention, polarisation):
    """A newcomer renews t times with probability (beta)_t / (alpha + beta)_t."""
    leaving, share = kinds(retention, polarisation)
    size = 1 / polarisation - 1
    beta = retention * size
    assert share.sum() == pytest.approx(1)
    for t in (1, 2, 10, 60):
        steps = np.arange(t)
        expected = np.prod((beta + steps) / (size + steps))
        assert share @ (1 - leaving) ** t == pytest.approx(expected, rel=1e-6)


def test_kinds_of_many_mixes_at_once_are_those_of_each():
    leaving, share = kinds([0.6, 0.9], [[0.0], [0.3]])
    assert leaving.shape == share.shape == (2, 2, 201)
    alone, weight = kinds(0.9, 0.3)
    np.testing.assert_allclose(leaving[1, 1], alone)
    np.testing.assert_allclose(share[1, 1], weight)


def test_without_polarisation_all_are_alike():
    assert mixed_value(100, 0.8, 0.1, 0.0) == pytest.approx(customer_value(100, 0.8, 0.1))
    for raising in ("everyone", "mean"):
        lift = mixed_lift(0.8, 0.05, 0.1, 0.0, raising=raising)
        assert lift == pytest.approx(profit_lift(0.8, 0.05, 0.1))


def test_cutting_all_leaving_keeps_everyone():
    assert mixed_value(100, 0.8, 0.1, 0.3, cut=1.0) == pytest.approx(100 * 1.1 / 0.1)


@pytest.mark.parametrize("polarisation", [0.1, 0.3, 0.6])
def test_raising_the_mean_brings_more_than_raising_everyone(polarisation):
    terms = {"retention": 0.8, "change": 0.05, "discount": 0.1, "polarisation": polarisation}
    everyone, mean = (mixed_lift(**terms, raising=who) for who in ("everyone", "mean"))
    assert everyone < mean
    assert everyone < profit_lift(0.8, 0.05, 0.1)
    halved = mixed_lift(**terms, raising="mean", acquisition_share=0.5)
    assert halved == pytest.approx(2 * mean)


def test_lift_of_everyone_is_that_of_their_own_values():
    alpha, beta = 0.8, 3.2
    lift = mixed_lift(0.8, 0.05, 0.1, 1 / 5, raising="everyone")
    assert lift == pytest.approx(averaged(alpha, beta, 0.1, 0.75) / averaged(alpha, beta, 0.1) - 1)


def test_lift_of_the_mean_is_that_of_another_mix():
    lift = mixed_lift(0.8, 0.05, 0.1, 1 / 5, raising="mean")
    assert lift == pytest.approx(averaged(0.6, 3.4, 0.1) / averaged(0.8, 3.2, 0.1) - 1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"discount": 0.0}, "discount is 0; accepted: discount > 0."),
        ({"polarisation": 1.0}, "polarisation is 1; accepted"),
        ({"retention": 1.0}, "retention is 1; accepted"),
        ({"raising": "all"}, "raising is 'all'; accepted: everyone, mean."),
        ({"change": 0.3}, "change is 0.3; accepted"),
    ],
)
def test_lift_refuses(wrong, message):
    terms = {"retention": 0.8, "change": 0.05, "discount": 0.1, "polarisation": 0.2}
    with pytest.raises(DataError, match=message):
        mixed_lift(**terms | wrong)
