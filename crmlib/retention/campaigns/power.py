"""How many must be watched: the size of a test, and of the group held out.

To tell a share p0 from a share p1 with probability b, by a two-sided test at the level a,
takes in each of two equal groups (Fleiss, Levin and Paik 2003, "Statistical methods for rates
and proportions")

    n = ((z_a sqrt(2 p q) + z_b sqrt(p0 q0 + p1 q1)) / (p1 - p0))^2

customers, where p is the mean of the two shares, q = 1 - p, z_a cuts a / 2 off the normal
distribution and z_b cuts 1 - b off it. A hold-out that is too small cannot say whether the
campaign paid; one that is too large forgoes what it would have brought.
"""

import numpy as np
from scipy import stats

from crmlib.checks import numbers
from crmlib.errors import DataError
from crmlib.text import gettext as _


def customers_per_arm(share, effect, power=0.8, level=0.05):
    """Customers that each of two equal groups needs.

    Parameters
    ----------
    share : float
        Of the held out who buy (or stay).
    effect : float
        By which contact changes the share.
    power : float
        Wanted, between 0 and 1.
    level : float
        Of the two-sided test.

    Returns
    -------
    int

    Raises
    ------
    DataError
        If a value is out of its range, or the two shares are equal.

    Examples
    --------
    >>> customers_per_arm(0.20, 0.05)
    1094
    """
    p0, p1, level = _read(share, effect, level)
    power = numbers("power", power, lambda b: (b > 0) & (b < 1), "0 < power < 1")
    p = (p0 + p1) / 2
    null = stats.norm.isf(level / 2) * np.sqrt(2 * p * (1 - p))
    alternative = stats.norm.ppf(power) * np.sqrt(p0 * (1 - p0) + p1 * (1 - p1))
    return int(np.ceil(((null + alternative) / (p1 - p0)) ** 2))


def hold_out_size(customers, deviation, effect, wanted=0.8, level=0.05):
    """The smallest group to hold out of a list that still shows the effect.

    Parameters
    ----------
    customers : int
        On the list, 2 or more.
    deviation : float
        Standard deviation of the outcome within a group; for yes and no, with a share p of
        yes, the root of p (1 - p).
    effect : float
        To be told from none: by which contact changes the mean of the outcome, or by which
        it changes it more than it must to pay.
    wanted : float
        Power, between 0 and 1.
    level : float
        Of the two-sided test.

    Returns
    -------
    int
        Half of the list if no split reaches the power wanted.

    Raises
    ------
    DataError
        If a value is out of its range.

    Examples
    --------
    >>> hold_out_size(10_000, deviation=0.4, effect=0.05)
    531
    """
    customers = numbers("customers", customers, lambda n: n >= 2, _("2 or more"))
    deviation = numbers("deviation", deviation, lambda s: s >= 0, _("0 or more"))
    effect = numbers("effect", effect, lambda d: d != 0, _("another number than 0"))
    sizes = np.arange(1, int(customers) // 2 + 1)
    error = deviation * np.sqrt(1 / sizes + 1 / (customers - sizes))
    enough = abs(effect) >= (stats.norm.isf(level / 2) + stats.norm.ppf(wanted)) * error
    return int(sizes[np.argmax(enough)] if enough.any() else sizes[-1])


def _read(share, effect, level):
    share = numbers("share", share, lambda p: (p > 0) & (p < 1), "0 < share < 1")
    after = share + numbers("effect", effect, lambda d: d != 0, _("another number than 0"))
    if not 0 < after < 1:
        raise DataError(
            _("effect is {effect:.6g} on a share of {share:.6g}; accepted: 0 < sum < 1.").format(
                effect=effect, share=share
            )
        )
    return share, after, numbers("level", level, lambda a: (a > 0) & (a < 1), "0 < level < 1")
