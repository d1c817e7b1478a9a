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

How the integral is summed stands in :mod:`crmlib.value.btyd.pareto_nbd_integral`.
P(alive) is the share of the first case in the sum.
"""

import numpy as np
import pandas as pd
from scipy.special import expit, exprel

from crmlib.checks import whole
from crmlib.text import gettext as _
from crmlib.value.btyd.beta_bernoulli import log_rising_factorial
from crmlib.value.btyd.model import Model, count_histories
from crmlib.value.btyd.pareto_nbd_integral import compare_cases
from crmlib.value.btyd.reading import read_histories, read_numbers, read_times
from crmlib.value.btyd.rows import chunks, either, in_parts

SIZE = 4_096  # customers at a time, so that memory stays small


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
    pairs = (("r", "alpha"), ("s", "beta"))

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
        rows, weights = count_histories(read_histories(table), weights)
        typical = np.average(rows[2], weights=weights)
        starts = [[1.0, typical, 1.0, typical], [0.3, typical / 10, 0.05, typical / 10_000]]
        return self._estimate(log_likelihood, starts, rows, weights)

    def probability_alive(self, table):
        """Probability that each customer is still there at T.

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
        >>> model = ParetoNBD({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})
        >>> customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
        >>> model.probability_alive(customer).round(4).tolist()
        [0.8692]
        """
        theta = np.log(self._parameters())
        parts = chunks(read_histories(table), SIZE)
        return expit(-np.concatenate([compare_cases(theta, *part)[0] for part in parts]))

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

        Raises
        ------
        DataError
            If the table or ``periods`` cannot be used, or the model has no parameters.

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

        Raises
        ------
        DataError
            If ``periods`` cannot be used, or the model has no parameters.

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

        Raises
        ------
        DataError
            If an argument is out of its range, or the model has no parameters.

        Examples
        --------
        >>> model = ParetoNBD({"r": 0.5, "alpha": 5, "s": 0.6, "beta": 10})
        >>> model.sample(2, T=52, seed=0).shape
        (2, 6)
        """
        r, alpha, s, beta = self._parameters()
        T = read_times(T, n)
        random = np.random.default_rng(whole("seed", seed, 0))
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
        if params["s"] < 1:
            return _("some customers seem to leave at once, and the others to stay.")
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
    return in_parts(_log_likelihood, theta, (x, t_x, T), SIZE)


def _log_likelihood(theta, x, t_x, T):
    r, alpha, s, beta = np.exp(theta)
    purchases, slope_r = log_rising_factorial(r, x.astype(int))
    log_odds, log_here, log_alpha, log_beta, per_alpha, per_beta = compare_cases(theta, x, t_x, T)
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
