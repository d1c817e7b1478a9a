"""The same lift when customers differ: raising the mean, or raising everyone.

Each customer leaves at the end of a period with her own probability theta, the
same each time; theta differs between customers as Beta(alpha, beta) (the shifted
beta-geometric model, Fader and Hardie 2007). With the first margin at once, one
who leaves with theta is worth m (1 + i) / (i + theta), so that a newcomer is worth

    V = E[m (1 + i) / (i + k theta)]
      = m (1 + i) / (i + k)  F(1, beta; alpha + beta; k / (i + k))

on average, F being the Gaussian hypergeometric function and k = 1. Instead of alpha
and beta we say the mean retention of a first renewal, r = beta / (alpha + beta), and
how much customers differ, the polarisation 1 / (alpha + beta + 1): 0 when all are
alike, near 1 when they leave at once or never.

A rise of the mean from r to r' can come about in two ways.

- *everyone* leaves less readily, in the same proportion: k = (1 - r') / (1 - r).
- *the mean* moves, and customers differ as much as before, by the same polarisation.
  That makes more customers of the kind who hardly ever leave.

The same points, two values: what a programme does to the average says too little.

What works with one rate for all ages, as a plan of budgets does, needs the rate at which
a newcomer would be worth the same: m (1 + i) / (1 + i - r) = V gives r = (1 + i) (1 - m / V).
"""

import numpy as np

from crmlib.retention.checks import choice, numbers
from crmlib.retention.economics import raised

ALIKE = 1e-12  # a smaller polarisation is none
RAISING = ("everyone", "mean")


def mixed_value(margin, retention, discount, polarisation, *, cut=0.0):
    """Present value of a newcomer when customers differ, the first margin at once.

    Parameters
    ----------
    margin : float or array
        Contribution per period, in currency.
    retention : float or array
        Mean probability of renewing the first time, between 0 and 1.
    discount : float or array
        Discount rate per period, above zero.
    polarisation : float or array
        1 / (alpha + beta + 1), 0 to below 1.
    cut : float or array
        By which share everyone's own probability of leaving is cut, 0 to 1.

    Returns
    -------
    float or array
        In currency.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    Customers who all renew with 0.8, and customers who differ:

    >>> mixed_value(100, 0.80, 0.10, polarisation=[0.0, 0.2, 0.5]).round().tolist()
    [367.0, 506.0, 681.0]
    """
    retention = numbers("retention", retention, lambda r: (r > 0) & (r < 1), "0 < retention < 1")
    discount = numbers("discount", discount, lambda i: i > 0, "discount > 0")
    polarisation = numbers(
        "polarisation", polarisation, lambda p: (p >= 0) & (p < 1), "0 ≤ polarisation < 1"
    )
    cut = numbers("cut", cut, lambda c: (c >= 0) & (c <= 1), "0 ≤ cut ≤ 1")
    margin = numbers("margin", margin, lambda m: m >= 0, "margin ≥ 0")
    size = 1 / np.maximum(polarisation, ALIKE) - 1  # alpha + beta
    kept = 1 - cut
    factor = kept / (discount + kept)
    lifetimes = _gauss_fraction((1 - retention) * size, retention * size, factor)
    return margin * (1 + discount) / (discount + kept) * lifetimes


def mixed_lift(
    retention,
    change,
    discount,
    polarisation,
    *,
    acquisition_share=0.0,
    raising="everyone",
    change_in="points",
):
    """By how much the value of a newcomer rises when the mean retention does.

    Parameters
    ----------
    retention, discount, polarisation : float or array
        As for :func:`mixed_value`.
    change : float or array
        Rise of the mean retention of a first renewal, zero or more.
    acquisition_share : float or array
        As for :func:`~crmlib.retention.economics.profit_lift`.
    raising : {"everyone", "mean"}
        Everyone leaves less readily in the same proportion, or the mean moves and
        the polarisation stays.
    change_in : {"points", "per_cent"}

    Returns
    -------
    float or array
        As a fraction.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> for kind in ("everyone", "mean"):
    ...     print(kind, mixed_lift(0.80, 0.05, 0.10, polarisation=0.2, raising=kind).round(3))
    everyone 0.119
    mean 0.192
    """
    choice("raising", raising, RAISING)
    share = numbers(
        "acquisition_share",
        acquisition_share,
        lambda c: (c >= 0) & (c < 1),
        "0 ≤ acquisition_share < 1",
    )
    before = mixed_value(1.0, retention, discount, polarisation)
    after = raised(retention, change, change_in)
    if raising == "mean":
        value = mixed_value(1.0, after, discount, polarisation)
    else:
        cut = 1 - (1 - after) / (1 - np.asarray(retention))
        value = mixed_value(1.0, retention, discount, polarisation, cut=cut)
    return (value / before - 1) / (1 - share)


def room(retention, change):
    """A rise for which there is room: made smaller where more than half of the leavers would stay.

    Parameters
    ----------
    retention : float or array
        Mean of a first renewal.
    change : float or three
        The rise wanted, in points; of three (least, likeliest, most) the likeliest decides,
        and all are made smaller alike.

    Returns
    -------
    float or array

    Examples
    --------
    >>> print(room(0.96, 0.05).round(3), room(0.96, [0.01, 0.05, 0.08]).round(3))
    0.02 [0.004 0.02  0.032]
    """
    leave = 1 - retention
    change = np.asarray(change)
    change = change * np.minimum(1, leave / 2 / np.median(change))
    return np.minimum(change, 0.9 * leave)


def one_rate(params, covariance, discount, change, *, draws=2000, seed=0):
    """The one retention rate that is worth the same as customers who differ, and its rise.

    Parameters
    ----------
    params : Series
        ``alpha`` and ``beta`` of a shifted beta-geometric model.
    covariance : DataFrame
        Of these; NaN where it is not known.
    discount : float
        Per period, above zero.
    change : float or array of shape (n,)
        Rise of the mean retention of a first renewal, everyone leaving less readily.
    draws : int
        Of the parameters, log-normal, for the interval.
    seed : int

    Returns
    -------
    dict
        ``retention``: list of its 95 % limits with the estimate between them, all equal if
        the covariance is not known; ``change``: the rise of the one rate, shaped as the
        change given. Made for :func:`crmlib.retention.what_if.board`.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    Five points for customers who differ are worth two of the one rate.

    >>> import pandas as pd
    >>> known = pd.DataFrame([[0.01, 0.06], [0.06, 0.6]])
    >>> inputs = one_rate(pd.Series({"alpha": 0.668, "beta": 3.806}), known, 0.10, 0.05)
    >>> print(inputs["retention"].round(2).tolist(), inputs["change"].round(3))
    [0.9, 0.91, 0.93] 0.022
    """

    def rate(alpha, beta, change=0.0):
        mean, polarisation = beta / (alpha + beta), 1 / (alpha + beta + 1)
        cut = np.asarray(change) / (1 - mean)
        value = mixed_value(1.0, mean, discount, polarisation, cut=cut)
        return (1 + discount) * (1 - 1 / value)

    params, covariance = np.asarray(params, dtype=float), np.asarray(covariance, dtype=float)
    here = rate(*params)
    rise = rate(*params, change=room(params[1] / params.sum(), change)) - here
    limits = [here, here]
    if np.isfinite(covariance).all():
        random = np.random.default_rng(seed)
        logs = random.multivariate_normal(
            np.log(params), covariance / np.outer(params, params), draws
        )
        limits = np.quantile(rate(*np.exp(logs).T), [0.025, 0.975])
    most = max(here, min(limits[1], 1 - np.max(rise)))  # the rise must stay possible
    return {"retention": np.array([min(limits[0], here), here, most]), "change": rise}


def _gauss_fraction(alpha, beta, z):
    """F(1, beta; alpha + beta; z), 0 <= z < 1, by Gauss's continued fraction (DLMF 15.7).

    scipy's hyp2f1 is wrong here, without a warning, for alpha + beta above some 50.
    """
    both = alpha + beta
    rest = 1.0
    for k in range(int(10 / np.sqrt(1 - np.max(z))) + 10, 0, -1):
        odd = both + 2 * k - 1
        rest = 1 - z * ((beta + k) / odd) * ((both + k - 1) / (odd + 1)) / rest
        rest = 1 - z * (k / odd) * ((alpha + k - 1) / (odd - 1)) / rest
    return 1 / (1 - z * beta / both / rest)
