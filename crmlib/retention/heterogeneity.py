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
