"""What an analyst's contracts say of a rise of retention, in sentences true of them."""

import numpy as np

from crmlib.retention.heterogeneity import room
from crmlib.retention.literature import CLAIM
from crmlib.text import Sentence
from crmlib.text import gettext as _


def rise(retention, change):
    """The rise of retention that is counted with, where there may be no room for the one wanted.

    Parameters
    ----------
    retention : float
        Mean of a first renewal.
    change : float
        Rise wanted, in points.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(rise(0.85, 0.05))
    Counted with 5 more of 100 customers staying at the first renewal, 90.0 instead of 85.0.
    >>> print(rise(0.96, 0.05))  # doctest: +NORMALIZE_WHITESPACE
    Counted with 2 more of 100 customers staying at the first renewal, 98.0 instead of 96.0: half
    of those who leave then, as 5 would be more.
    """
    possible = float(room(retention, change))
    words = {
        "possible": 100 * possible,
        "before": 100 * retention,
        "after": 100 * (retention + possible),
        "change": 100 * change,
    }
    if possible < change:
        text = _(
            "Counted with {possible:.2g} more of 100 customers staying at the first renewal, "
            "{after:.1f} instead of {before:.1f}: half of those who leave then, as {change:.3g} "
            "would be more."
        )
    else:
        text = _(
            "Counted with {possible:.3g} more of 100 customers staying at the first renewal, "
            "{after:.1f} instead of {before:.1f}."
        )
    return Sentence(text.format(**words))


def promised(mean_moves, everyone):
    """Two lifts, held against the 25 to 85 % that are often promised.

    Parameters
    ----------
    mean_moves, everyone : float
        As fractions; see :func:`crmlib.retention.heterogeneity.mixed_lift`.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(promised(mean_moves=0.305, everyone=0.128))  # doctest: +NORMALIZE_WHITESPACE
    Often 25 to 85 % are promised. Here the rise brings 12.8 % if everyone leaves less readily
    (below), and 30.5 % if the mean moves (inside), before the cost of winning a customer.
    """

    def place(lift):
        low, high = CLAIM
        if lift < low - 1e-9:
            return _("below")
        return _("above") if lift > high + 1e-9 else _("inside")

    return Sentence(
        _(
            "Often 25 to 85 % are promised. Here the rise brings {everyone:.1f} % if everyone "
            "leaves less readily ({place}), and {mean:.1f} % if the mean moves ({mean_place}), "
            "before the cost of winning a customer."
        ).format(
            everyone=100 * everyone,
            place=place(everyone),
            mean=100 * mean_moves,
            mean_place=place(mean_moves),
        )
    )


def one_rate(inputs):
    """The one rate that is worth the same as customers who differ.

    Parameters
    ----------
    inputs : dict
        Of :func:`crmlib.retention.heterogeneity.one_rate`.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> words = one_rate({"retention": [0.90, 0.91, 0.93], "change": [0.005, 0.022, 0.035]})
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    A newcomer is worth what she would be if all stayed with 91.0 % in every period (95 %
    interval 90.0 to 93.0 %). The rise is worth 2.2 points of this one rate.
    """
    low, here, high = 100 * np.asarray(inputs["retention"])
    change = 100 * np.median(inputs["change"])
    text = _(
        "A newcomer is worth what she would be if all stayed with {here:.1f} % in every period "
        "(95 % interval {low:.1f} to {high:.1f} %). The rise is worth {change:.1f} points of this "
        "one rate."
    )
    if low == high:
        text = _(
            "A newcomer is worth what she would be if all stayed with {here:.1f} % in every "
            "period. The rise is worth {change:.1f} points of this one rate."
        )
    return Sentence(text.format(low=low, here=here, high=high, change=change))


def counted_with(margin, discount, acquisition_cost, budget, change):
    """What a what-if board is filled with, beside what the contracts say.

    Parameters
    ----------
    margin, acquisition_cost, budget : float or three
        Per customer, and the first and the last per period, in currency.
    discount : float
        Per period.
    change : float or three
        Rise of retention at the first renewal, in points: least, likeliest, most.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> words = counted_with(100, 0.10, 120, 10, [0.01, 0.05, 0.08])
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    Counted per customer with a margin of 100 a period, money at 10 % a period, 120 to win her and
    10 a period for the programme, which keeps 1 to 8 more of 100 at the first renewal, most
    likely 5. Set your own before you act.
    """
    change = 100 * np.atleast_1d(change)
    text = _(
        "Counted per customer with a margin of {margin:,.4g} a period, money at {discount:.2g} % a "
        "period, {cost:,.4g} to win her and {budget:,.4g} a period for the programme, which keeps "
        "{least:.2g} to {most:.2g} more of 100 at the first renewal, most likely {likeliest:.2g}. "
        "Set your own before you act."
    )
    if change[0] == change[-1]:
        text = _(
            "Counted per customer with a margin of {margin:,.4g} a period, money at "
            "{discount:.2g} % a period, {cost:,.4g} to win her and {budget:,.4g} a period for the "
            "programme, which keeps {likeliest:.2g} more of 100 at the first renewal. Set your "
            "own before you act."
        )
    return Sentence(
        text.format(
            margin=np.median(margin),
            discount=100 * discount,
            cost=np.median(acquisition_cost),
            budget=np.median(budget),
            least=change[0],
            likeliest=np.median(change),
            most=change[-1],
        )
    )
