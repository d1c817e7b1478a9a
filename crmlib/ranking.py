"""Who is among the first when a score puts customers in order."""

import numpy as np

from crmlib.checks import numbers
from crmlib.text import gettext as _


def in_top(scores, places):
    """The chance of each to be among the highest, equal scores being drawn by lot.

    Parameters
    ----------
    scores : array of shape (n,) or (n, m)
        One score for each of n customers, or a column for each of m orders.
    places : float
        Size of the top, above 0 and up to n; need not be whole.

    Returns
    -------
    float array, shaped as ``scores``
        1 or 0, or between where equal scores compete for the last places.

    Examples
    --------
    >>> in_top(np.array([0.3, 0.1, 0.1, 0.2]), 3).tolist()
    [1.0, 0.5, 0.5, 1.0]
    """
    last = min(int(np.ceil(places)), len(scores))
    edge = np.partition(scores, -last, axis=0)[-last]
    above, level = scores > edge, scores == edge
    return above + level * (places - above.sum(axis=0)) / level.sum(axis=0)


def top(score, share):
    """The policy that contacts the customers with the highest scores.

    Parameters
    ----------
    score : array of shape (n,)
    share : float
        Of the customers that the budget reaches, 0 to 1.

    Returns
    -------
    float array of shape (n,)
        The chance that each is contacted: 1 or 0, or between where equal scores compete
        for the last places. Equal scores for all make the policy that draws by lot.

    Raises
    ------
    DataError
        If the share is out of its range or a score is no number.

    Examples
    --------
    >>> top([0.3, 0.1, 0.1, 0.2], 0.75).tolist()
    [1.0, 0.5, 0.5, 1.0]
    """
    share = numbers("share", share, lambda s: (s > 0) & (s <= 1), "0 < share ≤ 1")
    score = numbers("score", score, np.isfinite, _("a number for each customer"))
    return in_top(score, share * len(score))
