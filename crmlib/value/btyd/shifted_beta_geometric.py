"""How long customers under contract stay: the shifted beta-geometric model (sBG).

Fader and Hardie (2007), "How to project customer retention". The story:

1. at the end of each period a customer leaves with probability theta, the same
   each time, so that she pays for T = t periods with probability
   theta (1 - theta)^(t - 1);
2. theta differs from customer to customer as Beta(alpha, beta).

Averaged over theta, with B the beta function,

    P(T = t) = B(alpha + 1, beta + t - 1) / B(alpha, beta)
    S(t) = P(T > t) = B(alpha, beta + t) / B(alpha, beta)

and the retention rate of period t is

    r(t) = S(t) / S(t - 1) = (beta + t - 1) / (alpha + beta + t - 1)

It rises with t although no customer ever changes: those who leave easily are
gone first. With n(t) customers still there at age t = 0 … n the log-likelihood is

    sum over t of (n(t - 1) - n(t)) log P(T = t)  +  n(n) log S(n)
"""

import numpy as np
import pandas as pd
from scipy.special import betaln

from crmlib.checks import whole
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.value.btyd.beta_bernoulli import log_probability
from crmlib.value.btyd.model import Model, warn_if_thin
from crmlib.value.btyd.reading import read_numbers, read_survivors, refuse

SLOWEST = 1e-8  # discount rate at which the continued fraction is still quick


class ShiftedBetaGeometric(Model):
    """Shifted beta-geometric model of customers who renew a contract.

    Parameters
    ----------
    params : Series or dict, optional
        ``alpha`` and ``beta``, if they are known.

    Attributes
    ----------
    params_, standard_errors_, covariance_, log_likelihood_, n_customers_
        See :class:`~crmlib.value.btyd.model.Model`.

    Examples
    --------
    Of 1,000 customers 869 renew once, 743 twice, and so on to 491. After twelve
    years 394 were left; the model, which saw seven, says

    >>> model = ShiftedBetaGeometric().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> print((1000 * model.survival(12)).round())
    378.0
    """

    names = ("alpha", "beta")
    pairs = (("alpha", "beta"),)

    def fit(self, survivors):
        """Estimate alpha and beta by maximum likelihood.

        Parameters
        ----------
        survivors : array of shape (n + 1,)
            Customers still there at ages 0, 1, …, n periods; n at least 2.
            Fractions are allowed, as when a published percentage is scaled.

        Returns
        -------
        ShiftedBetaGeometric
            The model itself.

        Raises
        ------
        DataError
            If the numbers are too few, negative or rising, if all left at once
            or nobody did; the message names the age.

        Warns
        -----
        FitWarning
            If fewer than ten customers left, or a parameter runs to the edge;
            with advice.

        Examples
        --------
        >>> truth = ShiftedBetaGeometric({"alpha": 1.0, "beta": 3.0})
        >>> lifetime = truth.sample(1000, seed=1)["lifetime"]
        >>> model = ShiftedBetaGeometric().fit([(lifetime > age).sum() for age in range(8)])
        >>> bool((abs(model.params_ - truth.params_) < 3 * model.standard_errors_).all())
        True
        """
        survivors = read_survivors(survivors, "survivors", 3)
        if survivors[1] == 0:
            raise DataError(
                _("Nobody is left at age 1; the model learns from customers who stay longer.")
            )
        if survivors[-1] == survivors[0]:
            raise DataError(
                _(
                    "Nobody has left by age {age}; the model learns from customers who leave."
                ).format(age=len(survivors) - 1)
            )
        lost = -np.diff(survivors)
        warn_if_thin(lost.sum(), _("left"))
        renewed = np.arange(len(survivors))  # those lost at ages 1 … n, then those still there
        left = np.append(np.ones(len(lost), dtype=int), 0)
        weights = np.append(lost, survivors[-1])
        return self._estimate(log_likelihood, [[1.0, 1.0]], (left, renewed), weights)

    def survival(self, periods):
        """Probability of still being there after a number of periods.

        Parameters
        ----------
        periods : float or array
            Age in periods, zero or more.

        Returns
        -------
        float or array of the same shape

        Raises
        ------
        DataError
            If an age is negative.

        Examples
        --------
        >>> model = ShiftedBetaGeometric({"alpha": 0.668, "beta": 3.806})
        >>> print(model.survival(12).round(3))
        0.378
        """
        alpha, beta = self._parameters()
        age = read_numbers(periods, "periods")
        return np.exp(betaln(alpha, beta + age) - betaln(alpha, beta))

    def retention_rate(self, periods):
        """Share of those still there that stay at the end of a period.

        Parameters
        ----------
        periods : int or array
            Number of the period, counted from 1.

        Returns
        -------
        float or array of the same shape

        Raises
        ------
        DataError
            If a number is below 1.

        Examples
        --------
        >>> model = ShiftedBetaGeometric({"alpha": 0.668, "beta": 3.806})
        >>> print(model.retention_rate([1, 7]).round(3))
        [0.851 0.936]
        """
        alpha, beta = self._parameters()
        period = read_numbers(periods, "periods")
        refuse(period < 1, "periods", period, _("numbers, 1 or more"))
        return (beta + period - 1) / (alpha + beta + period - 1)

    def discounted_expected_lifetime(self, discount, age=0):
        """Periods a customer still pays for, each worth 1 / (1 + discount) of the one before.

        The present period counts in full; for a customer who has renewed ``age``
        times, with F the Gaussian hypergeometric function,

            sum over t >= 0 of S(age + t) / S(age) / (1 + discount)^t
            = F(1, beta + age; alpha + beta + age; 1 / (1 + discount))

        (after Fader and Hardie 2010, "Customer-base valuation in a contractual
        setting: the perils of ignoring heterogeneity"). Times the margin per
        period it is what the customer is worth, margins being paid at once.

        Parameters
        ----------
        discount : float or array
            Discount rate per period, zero or 1e-8 and more. At zero this is the
            expected lifetime itself, which is infinite unless alpha is above 1.
        age : float or array
            Renewals so far, zero or more.

        Returns
        -------
        float or array

        Raises
        ------
        DataError
            If the discount rate or the age is negative, or the rate so near to zero.

        Examples
        --------
        At ten per cent a new customer is worth 5.9 margins, one who has stayed
        for five years 7.5.

        >>> model = ShiftedBetaGeometric({"alpha": 0.668, "beta": 3.806})
        >>> print(model.discounted_expected_lifetime(0.1, age=[0, 5]).round(1))
        [5.9 7.5]
        """
        alpha, beta = self._parameters()
        discount, age = read_numbers(discount, "discount"), read_numbers(age, "age")
        tiny = (discount > 0) & (discount < SLOWEST)
        refuse(tiny, "discount", discount, _("0, or 1e-8 and more"))
        discount, age = np.broadcast_arrays(discount, age)
        beta = beta + age
        lifetime = (alpha + beta - 1) / (alpha - 1) if alpha > 1 else np.inf
        factor = 1 / (1 + discount)
        return np.where(
            discount > 0,
            _gauss_fraction(alpha, beta, np.where(discount > 0, factor, 0.0)),
            lifetime,
        )[()]

    def sample(self, n, seed):
        """Simulate customers.

        Parameters
        ----------
        n : int
        seed : int

        Returns
        -------
        DataFrame
            One row a customer: ``lifetime``, the periods she pays for (1 or
            more), and the hidden truth behind it, ``churn_probability``.

        Raises
        ------
        DataError
            If an argument is out of its range, or the model has no parameters.

        Examples
        --------
        >>> customers = ShiftedBetaGeometric({"alpha": 1.0, "beta": 3.0}).sample(1000, seed=1)
        >>> customers.columns.tolist()
        ['lifetime', 'churn_probability']
        """
        random = np.random.default_rng(whole("seed", seed, 0))
        churn = random.beta(*self._parameters(), size=whole("n", n, 1))
        lifetime = random.geometric(np.maximum(churn, np.finfo(float).tiny))
        return pd.DataFrame({"lifetime": lifetime, "churn_probability": churn})

    def _advice(self, params, edge):
        alpha, beta = params["alpha"], params["beta"]
        if alpha + beta > 1:
            return _(
                "retention does not rise with age as it would if customers differed; "
                "one constant retention rate of {rate:.3g} says it all."
            ).format(rate=beta / (alpha + beta))
        return _(
            "customers seem to leave at once or never; more ages would show whether that holds."
        )


def log_likelihood(theta, left, renewed):
    """Log-likelihood of each customer and its gradient.

    Parameters
    ----------
    theta : array of shape (2,)
        Logarithms of alpha, beta.
    left : int array of shape (n,)
        1 if the customer has left, 0 if she is still there.
    renewed : int array of shape (n,)
        Renewals before that.

    Returns
    -------
    values : array of shape (n,)
    scores : array of shape (2, n)
        Derivatives in theta.

    Examples
    --------
    >>> values, scores = log_likelihood(np.log([1.0, 1.0]), np.array([1, 0]), np.array([0, 1]))
    >>> np.exp(values).round(3).tolist(), scores.shape
    ([0.5, 0.5], (2, 2))
    """
    value, *scores = log_probability(*np.exp(theta), left, renewed)
    return value, np.array(scores)


def _gauss_fraction(alpha, beta, z):
    """F(1, beta; alpha + beta; z), 0 <= z < 1, by Gauss's continued fraction (DLMF 15.7).

    Holds for parameters of any size; scipy's hyp2f1 overflows when they pass some 170.
    """
    both = alpha + beta
    rest = 1.0
    for k in range(int(10 / np.sqrt(1 - np.max(z))) + 10, 0, -1):
        odd = both + 2 * k - 1
        rest = 1 - z * ((beta + k) / odd) * ((both + k - 1) / (odd + 1)) / rest
        rest = 1 - z * (k / odd) * ((alpha + k - 1) / (odd - 1)) / rest
    return 1 / (1 - z * beta / both / rest)
