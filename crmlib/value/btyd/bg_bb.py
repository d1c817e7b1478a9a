"""BG/BB: who still takes the occasions to buy, when occasions are counted.

The story (Fader, Hardie and Shang 2010, Marketing Science 29(6), 1086-1108), told
of donors who are asked once a year:

1. While active, a customer buys at each opportunity with probability p.
2. Before each opportunity she leaves for good with probability theta.
3. Customers differ: p ~ Beta(alpha, beta) and theta ~ Beta(gamma, delta), independent.

Nobody says goodbye. What is seen is the number x of purchases in n opportunities
and the last opportunity t_x that was taken (both 0 if none was). She was there up
to t_x; she left after m of the opportunities, t_x <= m < n, or is there still:

    L(alpha, beta, gamma, delta | x, t_x, n) =
        B(alpha+x, beta+n-x) / B(alpha, beta)  B(gamma, delta+n) / B(gamma, delta)
      + sum over m = t_x … n-1 of
        B(alpha+x, beta+m-x) / B(alpha, beta)  B(gamma+1, delta+m) / B(gamma, delta)

Each term is two runs of yes and no: x purchases in m opportunities, and m times
staying before leaving at most once. The share of the first term in L is the
probability that she was active at the last opportunity.
"""

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from crmlib.checks import whole
from crmlib.text import gettext as _
from crmlib.value.btyd.beta_bernoulli import log_probability
from crmlib.value.btyd.model import Model, count_histories
from crmlib.value.btyd.reading import read_histories, read_opportunities, refuse
from crmlib.value.btyd.rows import in_parts

CELLS = 2**20  # customers times opportunities at a time, so that memory stays small


class BGBB(Model):
    """Beta-geometric / beta-Bernoulli model of purchases at counted opportunities.

    Parameters
    ----------
    params : Series or dict, optional
        ``alpha``, ``beta``, ``gamma`` and ``delta``, if they are known.

    Attributes
    ----------
    params_, standard_errors_, covariance_, log_likelihood_, n_customers_
        See :class:`~crmlib.value.btyd.model.Model`.

    Examples
    --------
    The published estimates for donors who were asked six times: will those who
    always gave give again?

    >>> model = BGBB({"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783})
    >>> donor = pd.DataFrame({"frequency": [6], "recency": [6], "T": [6]})
    >>> model.probability_alive(donor).round(2).tolist()
    [0.93]
    """

    names = ("alpha", "beta", "gamma", "delta")
    pairs = (("alpha", "beta"), ("gamma", "delta"))

    def fit(self, table, weights=None):
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        table : data frame
            One row a customer, in counts of opportunities: ``frequency`` (taken,
            after the first purchase), ``recency`` (number of the last one taken,
            0 if none was) and ``T`` (all there were).
        weights : array of shape (n,), optional
            Number of customers each row stands for.

        Returns
        -------
        BGBB
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
        >>> truth = BGBB({"alpha": 1, "beta": 1, "gamma": 1, "delta": 4})
        >>> model = BGBB().fit(truth.sample(2000, T=8, seed=1))
        >>> bool((abs(model.params_ - truth.params_) < 3 * model.standard_errors_).all())
        True
        """
        rows, weights = count_histories(_read_histories(table), weights)
        starts = [[1.0, 1.0, 1.0, 1.0], [0.1, 0.1, 3.0, 3.0]]
        return self._estimate(log_likelihood, starts, rows, weights)

    def probability_alive(self, table):
        """Probability that each customer is still there at the next opportunity, T + 1.

        As in the paper: below 1 even for one who took the last opportunity, for
        she may leave before the next.

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
        >>> model = BGBB({"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783})
        >>> donors = pd.DataFrame({"frequency": [0, 2], "recency": [0, 4], "T": [6, 6]})
        >>> model.probability_alive(donors).round(2).tolist()
        [0.11, 0.59]
        """
        _alpha, _beta, gamma, delta = self._parameters()
        histories = _read_histories(table)
        n = histories[2]
        return self._active_at_last(histories) * (delta + n) / (gamma + delta + n)

    def expected_purchases(self, table, periods):
        """Purchases to expect of each customer at the opportunities T + 1 … T + periods.

        Her purchase probability, given the past, times the sum of the
        probabilities of still being there; the paper's equation (13) is the same
        sum in gamma functions.

        Parameters
        ----------
        table : data frame
            As for :meth:`fit`.
        periods : int or array of shape (n,)
            Number of opportunities to come.

        Returns
        -------
        array of shape (n,)

        Raises
        ------
        DataError
            If the table or ``periods`` cannot be used, or the model has no parameters.

        Examples
        --------
        >>> model = BGBB({"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783})
        >>> donors = pd.DataFrame({"frequency": [0, 4], "recency": [0, 5], "T": [6, 6]})
        >>> model.expected_purchases(donors, 10).round(2).tolist()
        [0.13, 3.63]
        """
        alpha, beta, _gamma, _delta = self._parameters()
        histories = _read_histories(table)
        x, n = histories[0], histories[2]
        ahead = read_opportunities(periods, "periods", len(x))
        survival, later = self._survival((n + ahead).max())
        times_there = (later[n] - later[n + ahead]) / survival[n]
        return self._active_at_last(histories) * (alpha + x) / (alpha + beta + n) * times_there

    def expected_purchases_new_customer(self, periods):
        """Purchases to expect of a new customer, of whom nothing is known yet.

        Parameters
        ----------
        periods : int or array
            Opportunities after the first purchase.

        Returns
        -------
        float or array, shaped as ``periods``

        Raises
        ------
        DataError
            If ``periods`` cannot be used, or the model has no parameters.

        Examples
        --------
        >>> model = BGBB({"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783})
        >>> round(float(model.expected_purchases_new_customer(10)), 2)
        3.18
        """
        alpha, beta, _gamma, _delta = self._parameters()
        periods = read_opportunities(periods, "periods")
        _survival, later = self._survival(periods.max())
        return alpha / (alpha + beta) * (later[0] - later[periods])

    def sample(self, n, T, seed):
        """Simulate customers by the story above.

        Parameters
        ----------
        n : int
            Number of customers.
        T : int or array of shape (n,)
            Number of opportunities.
        seed : int

        Returns
        -------
        DataFrame
            ``frequency``, ``recency``, ``T``, and the truth behind them:
            ``purchase_probability`` (p), ``dropout_probability`` (theta) and
            ``alive`` (at T + 1).

        Raises
        ------
        DataError
            If an argument is out of its range, or the model has no parameters.

        Examples
        --------
        >>> model = BGBB({"alpha": 1, "beta": 1, "gamma": 1, "delta": 4})
        >>> model.sample(2, T=6, seed=0).shape
        (2, 6)
        """
        alpha, beta, gamma, delta = self._parameters()
        T = read_opportunities(T, "T", whole("n", n, 1))
        random = np.random.default_rng(whole("seed", seed, 0))
        purchase = random.beta(alpha, beta, n)
        dropout = random.beta(gamma, delta, n)
        left_before = random.geometric(np.maximum(dropout, 1e-300))  # this opportunity
        frequency, recency = np.zeros((2, n), dtype=int)
        for opportunity in range(1, T.max() + 1):
            there = (opportunity <= T) & (opportunity < left_before)
            bought = there & (random.random(n) < purchase)
            frequency += bought
            recency[bought] = opportunity
        return pd.DataFrame(
            {
                "frequency": frequency,
                "recency": recency,
                "T": T,
                "purchase_probability": purchase,
                "dropout_probability": dropout,
                "alive": left_before > T + 1,
            }
        )

    def _active_at_last(self, histories):
        """Probability of having been there at the last opportunity, given the past."""
        alpha, beta, gamma, delta = self._parameters()
        dims = tuple(column.max() + 1 for column in histories)
        codes, seen = pd.factorize(np.ravel_multi_index(histories, dims))  # each history once
        x, t_x, n = np.unravel_index(seen, dims)
        values, _scores = log_likelihood(np.log([alpha, beta, gamma, delta]), x, t_x, n)
        bought, *_slopes = log_probability(alpha, beta, x, n - x)
        stayed, *_slopes = log_probability(gamma, delta, 0, n)
        return np.exp(bought + stayed - values)[codes]

    def _survival(self, longest):
        """Probability of being there at opportunity k = 0 … longest, and its sum after k."""
        *_others, gamma, delta = self._parameters()
        log_survival, *_slopes = log_probability(gamma, delta, 0, np.arange(longest + 1))
        survival = np.exp(log_survival)
        return survival, np.append(np.cumsum(survival[:0:-1])[::-1], 0.0)

    def _advice(self, params, edge):
        if "gamma" in edge or "delta" in edge:
            return _("the table hardly shows who leaves; more opportunities would help.")
        if params["alpha"] + params["beta"] > 1:
            return _("customers seem to buy with one and the same probability while they stay.")
        return _("customers seem to take every opportunity while they stay, or none.")


def log_likelihood(theta, x, t_x, n):
    """Log-likelihood of each customer and its gradient.

    Parameters
    ----------
    theta : array of shape (4,)
        Logarithms of alpha, beta, gamma, delta.
    x, t_x, n : int arrays of shape (m,)

    Returns
    -------
    values : array of shape (m,)
    scores : array of shape (4, m)
        Derivatives in theta.

    Examples
    --------
    >>> history = [np.array([value]) for value in (2, 4, 6)]
    >>> values, scores = log_likelihood(np.log([1.204, 0.750, 0.657, 2.783]), *history)
    >>> values.round(3).tolist(), scores.shape
    ([-5.196], (4, 1))
    """
    size = max(1, CELLS // (n.max() + 1))
    return in_parts(_log_likelihood, theta, (x, t_x, n), size)


def _log_likelihood(theta, x, t_x, n):
    alpha, beta, gamma, delta = np.exp(theta)
    x, t_x, n = (np.reshape(column, (-1, 1)) for column in (x, t_x, n))
    stayed = t_x + np.arange((n - t_x).max() + 1)  # one column for each time she may have left
    possible = stayed <= n
    stayed = np.minimum(stayed, n)
    bought, *purchase_slopes = log_probability(alpha, beta, x, stayed - x)
    left, *dropout_slopes = log_probability(gamma, delta, (stayed < n).astype(int), stayed)
    terms = np.where(possible, bought + left, -np.inf)
    values = logsumexp(terms, axis=1)
    shares = np.exp(terms - values[:, None])
    return values, np.array([(shares * s).sum(axis=1) for s in purchase_slopes + dropout_slopes])


def _read_histories(table):
    x, t_x, n = read_histories(table)
    for name, column in (("recency", t_x), ("T", n)):
        refuse(column != np.floor(column), name, column, _("whole numbers of opportunities"))
    refuse(x > t_x, "frequency", x, _("at most recency, one purchase at each opportunity"))
    return x.astype(int), t_x.astype(int), n.astype(int)
