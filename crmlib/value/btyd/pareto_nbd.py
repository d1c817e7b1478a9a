"""Pareto/NBD: customers who may leave at any moment.

The story (Schmittlein, Morrison and Colombo 1987, Management Science 33(1),
1-24; in the notation of Fader and Hardie 2005):

1. While active, a customer buys at random at the rate lambda.
2. Each customer stays for an unseen time that is exponential with rate mu.
3. Rates differ between customers: lambda ~ Gamma(r, alpha), mu ~ Gamma(s, beta).
4. lambda and mu are independent.

With x repeat purchases, the last at t_x, seen up to T (both counted from the
first purchase; t_x = 0 if x = 0), the customer either is still there at T or left
at some moment y since t_x. Averaged over lambda and mu, the two cases add up:

    L(r, alpha, s, beta | x, t_x, T) = Gamma(r+x) / Gamma(r) alpha^r beta^s {
          1 / ((alpha+T)^(r+x) (beta+T)^s)
        + integral from t_x to T of  s / ((alpha+y)^(r+x) (beta+y)^(s+1))  dy }

The papers write the integral as a difference of two hypergeometric functions.
Here it is summed by Gauss-Legendre in g = log((m+y) / (m+t_x)), m the smaller
of alpha and beta, because the same nodes then give the gradient: seen as
weights, they are the distribution of the moment y of a customer who has left,
and the derivatives of L are averages over it.

P(alive) is the share of the first case in the sum.
"""

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit, exprel

from crmlib.text import gettext as _
from crmlib.value.btyd.beta_bernoulli import log_rising_factorial
from crmlib.value.btyd.maximum_likelihood import distinct, either
from crmlib.value.btyd.model import Model, require_repeat_buyers
from crmlib.value.btyd.reading import read_histories, read_numbers, read_weights

FALLEN = 17 * np.log(10)  # the integral ends where its integrand is this far down, in logarithms
CHUNK = 4_096  # customers at a time, so that memory stays small
gauss_legendre = cache(np.polynomial.legendre.leggauss)


class ParetoNBD(Model):
    """Pareto / negative binomial model of repeat purchases.

    Parameters
    ----------
    params : Series or dict, optional
        ``r``, ``alpha``, ``s`` and ``beta`` (alpha and beta in periods), if they
        are known.

    Attributes
    ----------
    params_, standard_errors_, covariance_, log_likelihood_, n_customers_
        See :class:`~crmlib.value.btyd.model.Model`.

    Examples
    --------
    The published estimates for the CDNOW customers, in weeks.

    >>> model = ParetoNBD({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})
    >>> customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
    >>> model.expected_purchases(customer, 39).round(3).tolist()
    [1.455]
    """

    names = ("r", "alpha", "s", "beta")

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
        ParetoNBD
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
        >>> truth = ParetoNBD({"r": 0.5, "alpha": 5, "s": 0.6, "beta": 10})
        >>> model = ParetoNBD().fit(truth.sample(1000, T=52, seed=1))
        >>> bool((abs(model.params_ - truth.params_) < 3 * model.standard_errors_).all())
        True
        """
        histories = read_histories(table)
        weights = read_weights(weights, len(histories[0]))
        require_repeat_buyers(histories[0], weights)
        rows, weights = distinct(histories, weights)
        typical = np.average(rows[2], weights=weights)
        return self._estimate(log_likelihood, [1.0, typical, 1.0, typical], rows, weights)

    def probability_alive(self, table):
        """Probability that each customer is still there at T.

        Parameters
        ----------
        table : data frame
            As for :meth:`fit`.

        Returns
        -------
        array of shape (n,)

        Examples
        --------
        >>> model = ParetoNBD({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})
        >>> customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
        >>> model.probability_alive(customer).round(4).tolist()
        [0.8692]
        """
        x, t_x, T = read_histories(table)
        theta = np.log(self._parameters())
        return expit(-np.concatenate([_cases(theta, *part)[0] for part in _chunks(x, t_x, T)]))

    def expected_purchases(self, table, periods):
        """Purchases to expect of each customer from T to T + periods.

        Parameters
        ----------
        table : data frame
            As for :meth:`fit`.
        periods : float or array of shape (n,)
            How far to look ahead, in the unit of the table.

        Returns
        -------
        array of shape (n,)

        Examples
        --------
        >>> model = ParetoNBD({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})
        >>> customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
        >>> model.expected_purchases(customer, [39]).round(3).tolist()
        [1.455]
        """
        x, _t_x, T = read_histories(table)
        periods = read_numbers(periods, "periods", len(x))
        return self.probability_alive(table) * self._expected_if_alive(x, T, periods)

    def expected_purchases_new_customer(self, periods):
        """Repeat purchases to expect of a new customer, of whom nothing is known yet.

        Parameters
        ----------
        periods : float or array
            Time since the first purchase.

        Returns
        -------
        float or array, shaped as ``periods``

        Examples
        --------
        >>> model = ParetoNBD({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})
        >>> round(float(model.expected_purchases_new_customer(52)), 3)
        1.473
        """
        return self._expected_if_alive(0.0, 0.0, read_numbers(periods, "periods"))

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
            ``purchase_rate`` (lambda), ``dropout_rate`` (mu) and ``alive`` (at
            T). Times are exact; round them to days if days are wanted.

        Examples
        --------
        >>> model = ParetoNBD({"r": 0.5, "alpha": 5, "s": 0.6, "beta": 10})
        >>> model.sample(2, T=52, seed=0).shape
        (2, 6)
        """
        r, alpha, s, beta = self._parameters()
        T = read_numbers(T, "T", n)
        random = np.random.default_rng(seed)
        rate = random.gamma(r, 1 / alpha, n)
        dropout = random.gamma(s, 1 / beta, n)
        stay = random.exponential(size=n) / dropout
        active = np.minimum(stay, T)
        x = random.poisson(rate * active)
        # the latest of x moments spread at random over the active time
        recency = active * np.where(x > 0, random.beta(np.maximum(x, 1), 1), 0)
        return pd.DataFrame(
            {
                "frequency": x,
                "recency": recency,
                "T": T,
                "purchase_rate": rate,
                "dropout_rate": dropout,
                "alive": stay > T,
            }
        )

    def _expected_if_alive(self, x, T, periods):
        """(r+x) / (alpha+T) purchases a period, while the customer stays."""
        r, alpha, s, beta = self._parameters()
        growth = np.log1p(periods / (beta + T))
        staying = (beta + T) * growth * exprel((1 - s) * growth)
        return (r + x) / (alpha + T) * staying

    def _advice(self, params, edge):
        if "r" in edge or "alpha" in edge:
            return _(
                "customers seem to buy at one and the same rate; more of them, or more time, "
                "may tell them apart."
            )
        return _(
            "customers seem to leave at one and the same rate, after {time:.2g} periods on "
            "average; if that is far more than was observed, hardly anybody leaves."
        ).format(time=params["beta"] / params["s"])


def log_likelihood(theta, x, t_x, T):
    """Log-likelihood of each customer and its gradient.

    Parameters
    ----------
    theta : array of shape (4,)
        Logarithms of r, alpha, s, beta.
    x, t_x, T : arrays of shape (n,)

    Returns
    -------
    values : array of shape (n,)
    scores : array of shape (4, n)
        Derivatives in theta.

    Examples
    --------
    >>> history = [np.array([value]) for value in (2.0, 30.43, 38.86)]
    >>> values, scores = log_likelihood(np.log([0.553, 10.578, 0.606, 11.669]), *history)
    >>> values.round(3).tolist(), scores.shape
    ([-9.554], (4, 1))
    """
    parts = [_log_likelihood(theta, *part) for part in _chunks(x, t_x, T)]
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts], axis=1)


def _chunks(*columns):
    return zip(*(np.array_split(column, -(-len(column) // CHUNK)) for column in columns))


def _log_likelihood(theta, x, t_x, T):
    r, alpha, s, beta = np.exp(theta)
    purchases, slope_r = log_rising_factorial(r, x.astype(int))
    log_odds, log_here, log_alpha, log_beta, per_alpha, per_beta = _cases(theta, x, t_x, T)
    left, log_sum = either(log_odds)
    here = 1 - left
    values = purchases + r * theta[1] + s * theta[3] + log_here + log_sum
    scores = np.stack(
        [
            slope_r + r * (theta[1] - here * np.log(alpha + T) - left * log_alpha),
            r - (r + x) * alpha * (here / (alpha + T) + left * per_alpha),
            s * (theta[3] - here * np.log(beta + T) - left * log_beta) + left,
            s - beta * (here * s / (beta + T) + left * (s + 1) * per_beta),
        ]
    )
    return values, scores


def _cases(theta, x, t_x, T):
    """Compare the two cases of the likelihood.

    Returns the log odds of having left, the logarithm of the first case, and,
    averaged over the moment y at which one who left did so, log(alpha+y),
    log(beta+y), 1/(alpha+y) and 1/(beta+y); each of shape (n,).
    """
    r, alpha, s, beta = np.exp(theta)
    log_here = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    a, b = alpha + t_x, beta + t_x
    small, large = np.minimum(a, b), np.maximum(a, b)
    with np.errstate(over="ignore"):
        end = np.minimum.reduce(  # of y - t_x: T, or where one factor or both have fallen
            [
                T - t_x,
                a * np.expm1(FALLEN / (r + x)),
                b * np.expm1(FALLEN / (s + 1)),
                large * np.expm1(FALLEN / (r + x + s + 1)),
            ]
        )
    width = np.log1p(end / small)
    nodes, node_weights = gauss_legendre(max(24, int(3 * width.max())))
    growth = width * (1 + nodes[:, None]) / 2  # shape (nodes, n)
    since = small * np.expm1(growth)  # y - t_x
    other = np.log1p(since / large)
    grow_a, grow_b = (growth, other) if alpha <= beta else (other, growth)
    density = node_weights[:, None] * np.exp(growth - (r + x) * grow_a - (s + 1) * grow_b)
    total = density.sum(axis=0)
    density /= total

    def average(values):
        return np.einsum("jn,jn->n", density, values)

    with np.errstate(divide="ignore"):  # t_x = T: no time to leave
        log_left = np.log(s * small * width * total / 2) - (r + x) * np.log(a) - (s + 1) * np.log(b)
    return (
        log_left - log_here,
        log_here,
        np.log(a) + average(grow_a),
        np.log(b) + average(grow_b),
        average(1 / (a + since)),
        average(1 / (b + since)),
    )
