"""The first of those whom a score orders."""

import numpy as np

from crmlib.checks import numbers
from crmlib.text import gettext as _


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
    places = share * len(score)
    last = min(int(np.ceil(places)), len(score))
    edge = np.partition(score, -last)[-last]
    above, level = score > edge, score == edge
    return above + level * (places - above.sum()) / level.sum()
