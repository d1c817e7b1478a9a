"""The same lift when customers differ: raising the mean, or raising everyone.

Each customer leaves at the end of a period with her own probability theta, the
same each time; theta differs between customers as Beta(alpha, beta) (the shifted
beta-geometric model, Fader and Hardie 2007). With the first margin at once, one
who leaves with theta is worth m (1 + i) / (i + theta), so that a newcomer is worth

    V = E[m (1 + i) / (i + k theta)]

on average, with k = 1. Instead of alpha and beta we say the mean retention of a
first renewal, r = beta / (alpha + beta), and how much customers differ, the
polarisation 1 / (alpha + beta + 1): 0 when all are alike, near 1 when they leave at
once or never.

A rise of the mean from r to r' can come about in two ways.

- *everyone* leaves less readily, in the same proportion: k = (1 - r') / (1 - r).
- *the mean* moves, and customers differ as much as before, by the same polarisation.
  That makes more customers of the kind who hardly ever leave.

The same points, two values: what a programme does to the average says too little.

Whatever is a mean over customers is counted here over *kinds* of them, each of which
has one probability of leaving (:func:`kinds`).
"""

import numpy as np
from scipy.special import expit

from crmlib.checks import choice, numbers
from crmlib.retention.profit.economics import raised

ALIKE = 1e-12  # a smaller polarisation is none
KINDS = 201
WIDEST = 5  # of the steps between kinds: wider ones would step over what lies in between
RAISING = ("everyone", "mean")


def kinds(retention, polarisation):
    """Customers who differ, as kinds of customers who do not.

    The kinds lie around the mean, evenly in x where the logit of theta is that of the mean
    plus sqrt(1 / alpha + 1 / beta), or 5 if that is less, times sinh(x), and have the
    weights of the trapezoidal rule there. Means over them are exact to six digits or more
    for what is smooth in theta.

    Parameters
    ----------
    retention : float or array of shape (...)
        Mean probability of renewing the first time, between 0 and 1.
    polarisation : float or array
        1 / (alpha + beta + 1), 0 to below 1.

    Returns
    -------
    leaving : array of shape (..., n)
        Probability of leaving at the end of a period, kind by kind; n is 1 if all are alike.
    share : array of shape (..., n)
        Of each kind among newcomers; they add up to 1.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> leaving, share = kinds(0.80, polarisation=0.2)
    >>> print((share @ leaving).round(6), (share @ (1 - leaving) ** 2).round(6))
    0.2 0.672
    """
    retention = numbers("retention", retention, lambda r: (r > 0) & (r < 1), "0 < retention < 1")
    polarisation = numbers(
        "polarisation", polarisation, lambda p: (p >= 0) & (p < 1), "0 ≤ polarisation < 1"
    )
    retention, polarisation = np.broadcast_arrays(retention, polarisation)
    if (polarisation < ALIKE).all():
        return 1 - retention[..., None], np.ones((*retention.shape, 1))
    size = 1 / np.maximum(polarisation[..., None], ALIKE) - 1  # alpha + beta
    alpha, beta = (1 - retention[..., None]) * size, retention[..., None] * size
    x = np.linspace(-8, 8, KINDS)
    width = np.minimum(np.sqrt(1 / alpha + 1 / beta), WIDEST)
    logit = np.log(alpha / beta) + width * np.sinh(x)
    logs = alpha * logit - size * np.logaddexp(0, logit) + np.log(np.cosh(x))
    weight = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return expit(logit), weight / weight.sum(axis=-1, keepdims=True)


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
    leaving, share = kinds(retention, polarisation)
    alike = np.asarray(polarisation) < ALIKE
    discount = numbers("discount", discount, lambda i: (i > 0) | (alike & (i == 0)), "discount > 0")
    cut = numbers(
        "cut", cut, lambda c: (c >= 0) & (c <= 1) & ((c < 1) | (discount > 0)), "0 ≤ cut ≤ 1"
    )
    margin = numbers("margin", margin, lambda m: m >= 0, "margin ≥ 0")
    money = np.expand_dims(discount, -1)
    worth = (1 + money) / (money + np.expand_dims(1 - cut, -1) * leaving)
    return margin * (share * worth).sum(axis=-1)


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
        As for :func:`~crmlib.retention.profit.economics.profit_lift`.
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
    """A rise for which there is room: not more than half of those who leave would stay.

    Parameters
    ----------
    retention : float or array
        Mean of a first renewal.
    change : float or three
        The rise wanted, in points; of three (least, likeliest, most) the last may keep nine
        in ten of them.

    Returns
    -------
    float or array

    Examples
    --------
    >>> print(room(0.96, 0.05).round(3), room(0.96, [0.01, 0.05, 0.08]).round(3))
    0.02 [0.01  0.02  0.036]
    """
    most = 0.5 if np.ndim(change) == 0 else np.array([0.5, 0.5, 0.9])
    return np.minimum(change, most * (1 - retention))


def estimates(params, covariance, *, leave_room=0.0, draws=2000, seed=0):
    """Mean retention and polarisation of a shifted beta-geometric model, and draws of them.

    Parameters
    ----------
    params : Series
        ``alpha`` and ``beta``.
    covariance : DataFrame
        Of these; NaN where it is not known.
    leave_room : float
        Rise that must stay possible: no draw of the retention is above 1 - ``leave_room``.
    draws : int
        Of the parameters, log-normal.
    seed : int

    Returns
    -------
    dict
        ``retention`` and ``polarisation``: arrays of shape (draws + 1,), the estimate first
        and then its draws, which belong together; the estimate alone if the covariance is
        not known. Made for :func:`crmlib.retention.profit.what_if.board`.

    Examples
    --------
    >>> import pandas as pd
    >>> known = pd.DataFrame([[0.01, 0.06], [0.06, 0.6]])
    >>> found = estimates(pd.Series({"alpha": 0.668, "beta": 3.806}), known)
    >>> for name, drawn in found.items():
    ...     print(name, drawn[0].round(2), np.quantile(drawn[1:], [0.025, 0.975]).round(2))
    retention 0.85 [0.82 0.88]
    polarisation 0.18 [0.13 0.25]
    """
    params, covariance = np.asarray(params, dtype=float), np.asarray(covariance, dtype=float)
    drawn = params[:, None]
    if np.isfinite(covariance).all():
        random = np.random.default_rng(seed)
        spread = covariance / np.outer(params, params)
        logs = random.multivariate_normal(np.log(params), spread, draws)
        drawn = np.column_stack([params, np.exp(logs.T)])
    alpha, beta = drawn
    retention = beta / (alpha + beta)
    retention[1:] = np.minimum(retention[1:], 1 - leave_room)
    return {"retention": retention, "polarisation": 1 / (alpha + beta + 1)}
