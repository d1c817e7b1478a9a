"""Gamma-Gamma: what a customer spends on a purchase, on average.

The story (Fader, Hardie and Lee 2005, Journal of Marketing Research 42(4),
415-430; worked out in Fader and Hardie 2013):

1. What a customer spends varies around a mean of her own, from purchase to
   purchase: z ~ Gamma(p, nu), with mean p / nu.
2. Means differ between customers: nu ~ Gamma(q, gamma).
3. What is spent has nothing to do with how often customers buy.

The mean m of x purchases is then Gamma(p x, nu x), and averaged over nu

    L(p, q, gamma | x, m) = Gamma(px+q) / (Gamma(px) Gamma(q))
                            gamma^q m^(px-1) x^(px) / (gamma + x m)^(px+q)

After x purchases nu ~ Gamma(px + q, gamma + x m), and so the customer's own
mean is expected to be

    E[M | x, m] = p (gamma + x m) / (px + q - 1)
                = (1 - w) p gamma / (q-1) + w m     with w = px / (px + q - 1)

between the mean of all customers and what was seen of this one; the more
purchases, the closer to the latter.

x counts the purchases behind the mean m. The first purchase is left out, so x
is ``frequency``, the number of repeat purchases, as in the papers.
"""

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma

from crmlib.checks import whole
from crmlib.text import gettext as _
from crmlib.value.btyd.model import Model, require_repeat_buyers, warn
from crmlib.value.btyd.reading import read_columns, read_numbers, read_weights, refuse
from crmlib.value.btyd.rows import distinct


class GammaGamma(Model):
    """Gamma-Gamma model of spend per purchase.

    Parameters
    ----------
    params : Series or dict, optional
        ``p``, ``q`` and ``gamma`` (in currency), if they are known.

    Attributes
    ----------
    params_, standard_errors_, covariance_, log_likelihood_, n_customers_
        See :class:`~crmlib.value.btyd.model.Model`; the customers counted are
        those who bought again.

    Examples
    --------
    The published estimates for the CDNOW customers: one who spent 35 on each of
    two purchases is expected to spend a little more on the next.

    >>> model = GammaGamma({"p": 6.25, "q": 3.74, "gamma": 15.44})
    >>> customer = pd.DataFrame({"frequency": [2], "monetary_value": [35.0]})
    >>> model.expected_value(customer).round(2).tolist()
    [35.04]
    """

    names = ("p", "q", "gamma")
    pairs = (("p", "q", "gamma"),)

    def fit(self, table, weights=None):
        """Estimate the parameters by maximum likelihood, from repeat buyers alone.

        Parameters
        ----------
        table : data frame
            One row a customer: ``frequency`` and ``monetary_value``, the mean
            of the repeat purchases, in any currency. Rows of frequency 0 are
            not used.
        weights : array of shape (n,), optional
            Number of customers each row stands for.

        Returns
        -------
        GammaGamma
            The model itself.

        Raises
        ------
        DataError
            If the table cannot be used, or nobody in it bought again.

        Warns
        -----
        FitWarning
            If fewer than ten customers bought again, a parameter runs to the
            edge, or spend has no mean (q is 1 or less); with advice.

        Examples
        --------
        >>> truth = GammaGamma({"p": 6, "q": 4, "gamma": 15})
        >>> model = GammaGamma().fit(truth.sample(1000, frequency=3, seed=1))
        >>> bool((abs(model.params_ - truth.params_) < 3 * model.standard_errors_).all())
        True
        """
        x, m = read_columns(table, ["frequency", "monetary_value"])
        refuse((m <= 0) & (x > 0), "monetary_value", m, _("amounts above 0 after repeat purchases"))
        weights = read_weights(weights, len(x))
        require_repeat_buyers(x, weights)
        used = x > 0
        x, m, weights = x[used], m[used], weights[used]
        rows, weights = distinct((x, m), weights)
        starts = [[2.0, 2.0, np.median(m)]]  # the mean of all would follow one wild amount
        self._estimate(log_likelihood, starts, rows, weights)
        if self.params_["q"] <= 1:
            warn(self.without_mean())
        return self

    def expected_value(self, table):
        """What each customer is expected to spend per purchase.

        Parameters
        ----------
        table : data frame
            As for :meth:`fit`. A customer of frequency 0 gets the mean of all. A mean
            of 0 has no likelihood and is refused by :meth:`fit`, but is taken here.

        Returns
        -------
        array of shape (n,)
            In currency. Infinite where px + q is 1 or less: a mean does not exist.

        Raises
        ------
        DataError
            If the table cannot be used, or the model has no parameters.

        Examples
        --------
        >>> model = GammaGamma({"p": 6.25, "q": 3.74, "gamma": 15.44})
        >>> customers = pd.DataFrame({"frequency": [0, 2], "monetary_value": [0, 35.0]})
        >>> model.expected_value(customers).round(2).tolist()
        [35.22, 35.04]
        """
        p, q, gamma = self._parameters()
        x, m = read_columns(table, ["frequency", "monetary_value"])
        spread = np.maximum(p * x + q - 1, 0)
        with np.errstate(divide="ignore"):
            return p * (gamma + x * m) / spread

    def sample(self, n, frequency, seed):
        """Simulate customers by the story above.

        Parameters
        ----------
        n : int
            Number of customers.
        frequency : int or array of shape (n,)
            Purchases behind each mean.
        seed : int

        Returns
        -------
        DataFrame
            ``frequency``, ``monetary_value`` (0 without a purchase), and the
            truth behind them: ``mean_spend`` (p / nu).

        Raises
        ------
        DataError
            If an argument is out of its range, or the model has no parameters.

        Examples
        --------
        >>> model = GammaGamma({"p": 6, "q": 4, "gamma": 15})
        >>> model.sample(2, frequency=3, seed=0).shape
        (2, 3)
        """
        p, q, gamma = self._parameters()
        x = read_numbers(frequency, "frequency", whole("n", n, 1))
        refuse(x != np.floor(x), "frequency", x, _("whole numbers"))
        random = np.random.default_rng(whole("seed", seed, 0))
        nu = random.gamma(q, 1 / gamma, n)
        spend = random.gamma(p * x) / nu
        return pd.DataFrame(
            {
                "frequency": x.astype(int),
                "monetary_value": spend / np.maximum(x, 1),
                "mean_spend": p / nu,
            }
        )

    def without_mean(self):
        """What to say when q is 1 or less.

        Returns
        -------
        str

        Examples
        --------
        >>> GammaGamma({"p": 6, "q": 0.8, "gamma": 15}).without_mean()
        'q is 0.80, so the mean spend of all customers is infinite; look for a few very large ...
        """
        return _(
            "q is {q:.2f}, so the mean spend of all customers is infinite; look for a "
            "few very large purchases, or model those customers apart."
        ).format(q=self.params_["q"])

    def _advice(self, params, edge):
        if "p" in edge:
            return _(
                "each customer seems to spend the same amount every time; if that is not so, "
                "look for an amount far out of line."
            )
        if params["q"] > 1:
            return _("customers seem to differ in nothing but chance; one mean serves for all.")
        return _("amounts seem to differ without limit; look for some far too small or too large.")


def log_likelihood(theta, x, m):
    """Log-likelihood of each customer and its gradient.

    Parameters
    ----------
    theta : array of shape (3,)
        Logarithms of p, q, gamma.
    x, m : arrays of shape (n,)
        Number of purchases, 1 or more, and their mean.

    Returns
    -------
    values : array of shape (n,)
    scores : array of shape (3, n)
        Derivatives in theta.

    Examples
    --------
    >>> values, scores = log_likelihood(np.log([6.25, 3.74, 15.44]), np.array([2]), np.array([35]))
    >>> values.round(3).tolist(), scores.shape
    ([-4.096], (3, 1))
    """
    p, q, gamma = np.exp(theta)
    codes, counts = pd.factorize(x)
    combined = digamma(p * counts + q)
    total = gamma + x * m
    log_gamma_share = theta[2] - np.log(total)
    log_share = -np.log1p(gamma / (x * m))
    values = (
        -betaln(p * counts, q)[codes]
        + q * log_gamma_share
        + p * x * log_share
        - np.log(m)
    )  # fmt: skip
    scores = np.stack(
        [
            p * x * ((combined - digamma(p * counts))[codes] + log_share),
            q * ((combined - digamma(q))[codes] + log_gamma_share),
            q - (p * x + q) * gamma / total,
        ]
    )
    return values, scores
