"""BG/NBD: how often customers buy, and whether they still do.

The story (Fader, Hardie and Lee 2005, Marketing Science 24(2), 275-284):

1. While active, a customer buys at random at the rate lambda.
2. Rates differ between customers: lambda ~ Gamma(r, alpha), with mean r / alpha.
3. After each repeat purchase the customer leaves for good with probability p.
4. These probabilities differ too: p ~ Beta(a, b), with mean a / (a + b).
5. lambda and p are independent.

Nobody says goodbye. What is seen is the number x of repeat purchases, the time
t_x of the last of them (both 0 if there was none) and the time T observed, all
counted from the first purchase. With B the beta function,

    L(r, alpha, a, b | x, t_x, T) =
        B(a, b+x) / B(a, b)     Gamma(r+x) alpha^r / (Gamma(r) (alpha+T)^(r+x))
      + B(a+1, b+x-1) / B(a, b) Gamma(r+x) alpha^r / (Gamma(r) (alpha+t_x)^(r+x))   if x > 0

The first line is a customer still there at T, the second one who left at t_x.
Their ratio, second over first, is

    odds of having left = a / (b+x-1) ((alpha+T) / (alpha+t_x))^(r+x)   if x > 0

so that log L = log(first line) + log(1 + odds), and P(alive) = 1 / (1 + odds).
"""

import numpy as np
import pandas as pd
from scipy.linalg import eigh_tridiagonal
from scipy.special import expit, hyp2f1

from crmlib.checks import whole
from crmlib.text import gettext as _
from crmlib.value.btyd.beta_bernoulli import log_probability, log_rising_factorial
from crmlib.value.btyd.model import Model, count_histories
from crmlib.value.btyd.reading import read_histories, read_numbers, read_times
from crmlib.value.btyd.rows import either


class BGNBD(Model):
    """Beta-geometric / negative binomial model of repeat purchases.

    Parameters
    ----------
    params : Series or dict, optional
        ``r``, ``alpha`` (in periods), ``a`` and ``b``, if they are known.

    Attributes
    ----------
    params_, standard_errors_, covariance_, log_likelihood_, n_customers_
        See :class:`~crmlib.value.btyd.model.Model`.

    Examples
    --------
    The published estimates for the CDNOW customers, in weeks.

    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
    >>> model.expected_purchases(customer, 39).round(3).tolist()
    [1.226]
    """

    names = ("r", "alpha", "a", "b")
    pairs = (("r", "alpha"), ("a", "b"))

    def fit(self, table, weights=None):
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        table : data frame
            One row a customer: ``frequency``, ``recency`` and ``T``, times in
            any unit, which is then the unit of the model.
        weights : array of shape (n,), optional
            Number of customers each row stands for.

        Returns
        -------
        BGNBD
            The model itself.

        Raises
        ------
        DataError
            If the table cannot be used, or nobody in it bought again.

        Warns
        -----
        FitWarning
            If fewer than ten customers bought again, or a parameter runs to the
            edge; with advice.

        Examples
        --------
        >>> truth = BGNBD({"r": 0.5, "alpha": 5, "a": 1, "b": 3})
        >>> model = BGNBD().fit(truth.sample(1000, T=52, seed=1))
        >>> bool((abs(model.params_ - truth.params_) < 3 * model.standard_errors_).all())
        True
        """
        rows, weights = count_histories(read_histories(table), weights)
        typical = np.average(rows[2], weights=weights)
        return self._estimate(log_likelihood, [[1.0, typical, 1.0, 1.0]], rows, weights)

    def probability_alive(self, table):
        """Probability that each customer is still there at T.

        It is 1 for a customer without a repeat purchase: in this model only a
        repeat purchase gives an occasion to leave.

        Parameters
        ----------
        table : data frame
            As for :meth:`fit`.

        Returns
        -------
        array of shape (n,)

        Raises
        ------
        DataError
            If the table cannot be used, or the model has no parameters.

        Examples
        --------
        >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
        >>> customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
        >>> model.probability_alive(customer).round(4).tolist()
        [0.7266]
        """
        r, alpha, a, b = self._parameters()
        return expit(-_log_odds_of_having_left(r, alpha, a, b, *read_histories(table)))

    def expected_purchases(self, table, periods):
        """Purchases to expect of each customer from T to T + periods.

        Equation (10) of the paper, its hypergeometric function in Euler's other
        form, which is stable for heavy buyers.

        Parameters
        ----------
        table : data frame
            As for :meth:`fit`.
        periods : float or array of shape (n,)
            How far to look ahead, in the unit of the table.

        Returns
        -------
        array of shape (n,)

        Raises
        ------
        DataError
            If the table or ``periods`` cannot be used, or the model has no parameters.

        Examples
        --------
        >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
        >>> customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
        >>> model.expected_purchases(customer, [39]).round(3).tolist()
        [1.226]
        """
        parameters = self._parameters()
        x, t_x, T = read_histories(table)
        periods = read_numbers(periods, "periods", len(x))
        alive = expit(-_log_odds_of_having_left(*parameters, x, t_x, T))
        return alive * _expected_if_alive(*parameters, x, T, periods)

    def expected_purchases_new_customer(self, periods):
        """Repeat purchases to expect of a new customer, of whom nothing is known yet.

        Equation (9) of the paper, E[X(t)].

        Parameters
        ----------
        periods : float or array
            Time since the first purchase.

        Returns
        -------
        float or array, shaped as ``periods``

        Raises
        ------
        DataError
            If ``periods`` cannot be used, or the model has no parameters.

        Examples
        --------
        >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
        >>> round(float(model.expected_purchases_new_customer(52)), 3)
        1.446
        """
        periods = read_numbers(periods, "periods")
        return _expected_if_alive(*self._parameters(), 0.0, 0.0, periods)

    def sample(self, n, T, seed):
        """Simulate customers by the story above.

        Parameters
        ----------
        n : int
            Number of customers.
        T : float or array of shape (n,)
            Time observed since the first purchase.
        seed : int

        Returns
        -------
        DataFrame
            ``frequency``, ``recency``, ``T``, and the truth behind them:
            ``purchase_rate`` (lambda), ``dropout_probability`` (p) and ``alive``
            (at T). Times are exact; round them to days if days are wanted.

        Raises
        ------
        DataError
            If an argument is out of its range, or the model has no parameters.

        Examples
        --------
        >>> model = BGNBD({"r": 0.5, "alpha": 5, "a": 1, "b": 3})
        >>> model.sample(2, T=52, seed=0).shape
        (2, 6)
        """
        r, alpha, a, b = self._parameters()
        T = read_times(T, n)
        random = np.random.default_rng(whole("seed", seed, 0))
        rate = random.gamma(r, 1 / alpha, n)
        dropout = random.beta(a, b, n)
        chances = random.poisson(rate * T)
        last = random.geometric(np.maximum(dropout, 1e-300))  # purchase, after which she leaves
        x = np.minimum(chances, last)
        # the x-th of so many moments spread at random over (0, T)
        recency = T * np.where(x > 0, random.beta(np.maximum(x, 1), chances - x + 1), 0)
        return pd.DataFrame(
            {
                "frequency": x,
                "recency": recency,
                "T": T,
                "purchase_rate": rate,
                "dropout_probability": dropout,
                "alive": chances < last,
            }
        )

    def _advice(self, params, edge):
        if "r" in edge or "alpha" in edge:
            return _(
                "customers seem to buy at one and the same rate; more of them, or more time, "
                "may tell them apart."
            )
        leaving = params["a"] / (params["a"] + params["b"])
        if leaving < 0.01:
            return _("hardly anybody seems to leave; more time would show whether that holds.")
        if leaving > 0.99:
            return _("everybody seems to leave after the first repeat purchase.")
        if params["a"] + params["b"] > 1:
            return _("customers seem to leave with one and the same probability, {p:.2g}.").format(
                p=leaving
            )
        return _("customers seem to leave after the first repeat purchase, or never.")


def log_likelihood(theta, x, t_x, T):
    """Log-likelihood of each customer and its gradient.

    Parameters
    ----------
    theta : array of shape (4,)
        Logarithms of r, alpha, a, b.
    x, t_x, T : arrays of shape (n,)

    Returns
    -------
    values : array of shape (n,)
    scores : array of shape (4, n)
        Derivatives in theta.

    Examples
    --------
    >>> history = [np.array([value]) for value in (2.0, 30.43, 38.86)]
    >>> values, scores = log_likelihood(np.log([0.243, 4.414, 0.793, 2.426]), *history)
    >>> values.round(3).tolist(), scores.shape
    ([-9.459], (4, 1))
    """
    r, alpha, a, b = np.exp(theta)
    counts = x.astype(int)
    purchases, slope_r = log_rising_factorial(r, counts)  # Gamma(r+x) / Gamma(r)
    stayed, slope_a, slope_b = log_probability(a, b, 0, counts)  # B(a, b+x) / B(a, b)
    left, log_sum = either(_log_odds_of_having_left(r, alpha, a, b, x, t_x, T))
    to_T, to_t_x = np.log(alpha + T), np.log(alpha + t_x)
    values = purchases + stayed + r * theta[1] - (r + x) * to_T + log_sum
    scores = np.stack(
        [
            slope_r + r * (theta[1] - to_T + left * (to_T - to_t_x)),
            r - (r + x) * alpha * ((1 - left) / (alpha + T) + left / (alpha + t_x)),
            slope_a + left,
            slope_b - left * b / np.maximum(b + x - 1, b),
        ]
    )
    return values, scores


def _log_odds_of_having_left(r, alpha, a, b, x, t_x, T):
    odds = np.log(a / np.maximum(b + x - 1, b)) + (r + x) * np.log((alpha + T) / (alpha + t_x))
    return np.where(x > 0, odds, -np.inf)


def _expected_if_alive(r, alpha, a, b, x, T, periods):
    """Purchases to expect from T to T + periods of a customer still there at T."""
    if min(abs(a - 1), abs(a + b - 1)) < 1e-5:  # 0/0 in the formula, not in its value
        sides = [_expected_if_alive(r, alpha, a + h, b, x, T, periods) for h in (-2e-5, 2e-5)]
        return sum(sides) / 2
    z = periods / (alpha + T + periods)
    rest = (alpha + T) / (alpha + T + periods)  # 1 - z, exact far ahead
    with np.errstate(over="ignore", invalid="ignore"):
        series = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        expected = (a + b + x - 1) / (a - 1) * (1 - rest ** (a - 1) * series) + 0.0  # not -0.0
    beyond = ~np.isfinite(expected)  # where the series overflows, average over p
    if not beyond.any():
        return expected
    x, rate_growth, expected = np.broadcast_arrays(x, periods / (alpha + T), expected)
    expected = expected.copy()
    for count in np.unique(x[beyond]):
        rows = beyond & (x == count)
        dropout, share = _beta_nodes(a, b + count)
        growth = (r + count) * np.log1p(rate_growth[rows][:, None] * dropout)
        expected[rows] = (-np.expm1(-growth) / dropout) @ share
    return expected


def _beta_nodes(a, b, n=64):
    """Values of p and weights that average over Beta(a, b): Gauss-Jacobi after Golub and Welsch."""
    k = np.arange(1.0, n)
    total = 2 * k + a + b - 2
    middle = np.append((a - b) / (a + b), (a - b) * (a + b - 2) / (total * (total + 2)))
    beside = 4 * k * (k + a - 1) * (k + b - 1) * (k + a + b - 2) / (total**2 * (total**2 - 1))
    beside[0] = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    nodes, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    return np.maximum((1 + nodes) / 2, 1e-300), vectors[0] ** 2
