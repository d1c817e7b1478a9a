"""Pareto/NBD against the closed form of the literature, many digits, and its own simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from crmlib import FitWarning
from crmlib.value.btyd.pareto_nbd import ParetoNBD, log_likelihood

CDNOW = (0.553, 10.578, 0.606, 11.669)


def model(*params):
    return ParetoNBD(dict(zip(ParetoNBD.names, params)))


def table(*rows):
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"])


def closed_form(r, alpha, s, beta, x, t_x, T):
    """The likelihood with hypergeometric functions, as in Fader and Hardie (2005)."""
    total = r + s + x

    def a_0(y):
        if alpha >= beta:
            z, second, base = (alpha - beta) / (alpha + y), s + 1, alpha + y
        else:
            z, second, base = (beta - alpha) / (beta + y), r + x, beta + y
        return hyp2f1(total, second, total + 1, z) / base**total

    here = 1 / ((alpha + T) ** (r + x) * (beta + T) ** s)
    left = s / total * (a_0(t_x) - a_0(T))
    constant = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return constant + np.log(here + left), here / (here + left)


@pytest.mark.parametrize("params", [CDNOW, (0.5, 50, 0.4, 2), (2, 3, 1.7, 30), (1.2, 9, 0.8, 9)])
@pytest.mark.parametrize(
    "history", [(0, 0, 38.86), (1, 1.71, 38.86), (2, 30.43, 38.86), (29, 37, 38.9)]
)
def test_likelihood_in_closed_form(params, history):
    expected, alive = closed_form(*params, *history)
    values, _scores = log_likelihood(np.log(params), *np.array(history, dtype=float)[:, None])
    assert values[0] == pytest.approx(expected, rel=1e-11)
    assert model(*params).probability_alive(table(history))[0] == pytest.approx(alive, rel=1e-10)


# parameters, (x, t_x, T), log-likelihood, P(alive), gradient in the logarithms of the
# parameters; 60 digits, from the closed form. Heavy buyers, alpha below and above beta,
# tiny alpha, T = t_x.
PRECISE = [
    (CDNOW, (2, 30.43, 38.86), -9.554283245150407, 0.8691675591530112,
     [0.5108074969730958, -0.0010807501185481632, -0.7493876386179635, 0.4306538946273759]),
    (CDNOW, (0, 0, 38.86), -0.5210462940808904, 0.29528660461689415,
     [-0.47275706266130574, 0.2788749498476418, 0.2161153979755652, -0.15052054406983692]),
    (CDNOW, (5000, 38.9, 39), 18068.73702523699, 0.25779292149695127,
     [4.809550025617505, -1067.8107132689788, -0.1468297150311022, 0.29502072331595763]),
    ((0.5, 50, 0.4, 2), (200, 38, 39), -39.17662339152436, 0.9633980347916887,
     [3.342747310788763, -112.17207613304772, -1.1713240032440986, 0.37866028733501667]),
    ((2, 0.01, 0.3, 30), (1, 0.14, 38.86), -10.033476614041971, 6.045276541272159e-05,
     [-5.405392351994001, 1.8662729287153266, 0.997120505935501, -0.9879030580276549]),
    ((1.5, 300, 5, 400), (400, 900, 1000), -844.8623568818393, 6.70581110209793e-13,
     [6.85307181470794, -98.62840294774895, -4.904643937652926, 3.158034397235846]),
    ((8, 7, 12, 7), (3, 39, 39), -42.561297926132816, 1.0,
     [-12.372961090581365, 6.326086956521739, -22.59277496920538, 10.173913043478262]),
    ((0.3, 1e-4, 0.7, 20), (20, 30, 39), -37.00492470146178, 0.17407732944341472,
     [-1.8625303734335783, 0.29993760985517604, 0.14744567082455304, 0.11303563278564788]),
]  # fmt: skip


@pytest.mark.parametrize(("params", "history", "log_l", "alive", "gradient"), PRECISE)
def test_against_many_digits(params, history, log_l, alive, gradient):
    values, scores = log_likelihood(np.log(params), *np.array(history, dtype=float)[:, None])
    assert values[0] == pytest.approx(log_l, rel=1e-12)
    size = np.abs(gradient).max()
    np.testing.assert_allclose(scores[:, 0] / size, np.array(gradient) / size, rtol=0, atol=1e-12)
    found = model(*params).probability_alive(table(history))[0]
    assert found == pytest.approx(alive, rel=1e-10, abs=1e-20)


def test_rows_do_not_influence_each_other():
    """Taken in chunks, with nodes for the widest row of each: as one by one."""
    random = np.random.default_rng(0)
    x = random.geometric(0.02, 9000) - 1.0
    T = random.uniform(1, 2000, 9000)
    t_x = np.where(x > 0, T * random.uniform(0.01, 1, 9000), 0)
    values, scores = log_likelihood(np.log([0.5, 0.02, 0.6, 30]), x, t_x, T)
    for row in [0, 1, 4095, 4096, 8999]:
        one, its_scores = log_likelihood(
            np.log([0.5, 0.02, 0.6, 30]), *(column[row : row + 1] for column in (x, t_x, T))
        )
        assert values[row] == pytest.approx(one[0], rel=1e-12)
        np.testing.assert_allclose(scores[:, row], its_scores[:, 0], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("s", [0.3, 1 - 1e-9, 1.0, 1 + 1e-9, 2.5])
def test_expectation_by_integration(s):
    """Purchase rate times the probability of still being there, integrated over the time ahead."""
    r, alpha, beta = 0.8, 6.0, 11.0
    x, T, ahead = 4, 30.0, 52.0
    staying, _error = quad(lambda t: ((beta + T) / (beta + T + t)) ** s, 0, ahead, epsabs=1e-12)
    truth = model(r, alpha, s, beta)
    history = table((x, 20.0, T))
    expected = truth.probability_alive(history)[0] * (r + x) / (alpha + T) * staying
    assert truth.expected_purchases(history, ahead)[0] == pytest.approx(expected, rel=1e-12)
    staying, _error = quad(lambda t: (beta / (beta + t)) ** s, 0, ahead, epsabs=1e-12)
    new = truth.expected_purchases_new_customer(ahead)
    assert new == pytest.approx(r / alpha * staying, rel=1e-12)


def test_the_sample_is_the_process():
    """The sampler's shortcut gives what purchases one after the other give."""
    random = np.random.default_rng(0)
    n, (r, alpha, s, beta) = 20_000, (0.8, 6.0, 0.7, 12.0)
    rates = random.gamma(r, 1 / alpha, n)
    stays = random.exponential(size=n) / random.gamma(s, 1 / beta, n)
    rows = []
    for rate, stay in zip(rates, stays):
        x, t_x, t = 0, 0.0, random.exponential(1 / rate)
        while t < min(stay, 52):
            x, t_x, t = x + 1, t, t + random.exponential(1 / rate)
        rows.append((x, t_x, 52.0))
    slow, fast = table(*rows), model(r, alpha, s, beta).sample(n, T=52, seed=2)
    assert abs((stays > 52).mean() - fast["alive"].mean()) < 4 * np.sqrt(0.5 / n)
    for statistic in (
        lambda c: c["frequency"],
        lambda c: c["frequency"] == 0,
        lambda c: c["recency"],
        lambda c: c["frequency"] * c["recency"],
    ):
        one, two = statistic(slow), statistic(fast)
        error = np.hypot(one.std(), two.std()) / np.sqrt(n)
        assert abs(one.mean() - two.mean()) < 4 * error


@pytest.mark.parametrize(("seed", "there"), [(0, -490.43), (2, -951.07)])
def test_finds_the_higher_of_two_summits(seed, there):
    """Few customers of whom many leave at once; values found from many random starts."""
    with pytest.warns(FitWarning, match="beta ran to the edge.*leave at once, and the others to"):
        fit = ParetoNBD().fit(model(0.1, 1.0, 0.1, 0.1).sample(100, T=52, seed=seed))
    assert fit.log_likelihood_ >= there


def test_customers_without_differences_run_to_the_edge():
    truth = model(0.8, 6.0, 1e6, 4e7)  # all leave at one rate, after 40 periods on average
    customers = truth.sample(2000, T=52, seed=0)
    with pytest.warns(
        FitWarning, match="s, beta ran to the edge.*one and the same rate, after 41 periods"
    ):
        fit = ParetoNBD().fit(customers)
    assert fit.standard_errors_.notna().tolist() == [True, True, False, False]
    assert np.isfinite(fit.expected_purchases(customers, 52)).all()
    punctual = table(*[(10, 50.0, 52.0), (10, 49.0, 52.0), (11, 51.0, 52.0)] * 20)
    with pytest.warns(FitWarning, match="r, alpha.* ran to the edge.*buy at one and the same rate"):
        fit = ParetoNBD().fit(punctual)
    assert fit.params_["r"] / fit.params_["alpha"] == pytest.approx(31 / 156, rel=0.02)
