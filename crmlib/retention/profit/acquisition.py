"""Is keeping cheaper than winning? Multiples, effects, and the cost of the last one.

"Winning a customer costs k times as much as keeping one" sounds as if keeping saved
1 - 1 / k. But retention money also reaches those who would have stayed anyway. If it
costs c a customer and makes a share tau of them stay who would have left, each
customer kept by it costs c / tau, and that is below the k c of winning one only if

    tau > 1 / k

How many can be won for how much? Blattberg and Deighton (1996, "Manage marketing by
the customer equity test") let the share of prospects won rise with the spend A on
each of them towards a ceiling:

    a(A) = ceiling (1 - exp(-steepness A))

Each further one costs more than the one before. A customer worth V pays as long as
the *marginal* cost, 1 / a'(A), is below V; the average cost A / a(A) says nothing
about where to stop. The same curve serves for the spend on keeping.
"""

import numpy as np
import pandas as pd

from crmlib.checks import numbers


def saving(multiple):
    """What keeping saves at most, as a share, if winning costs ``multiple`` times as much.

    Parameters
    ----------
    multiple : float or array
        Cost of winning a customer over the cost of keeping one, 1 or more.

    Returns
    -------
    float or array
        1 - 1 / multiple.

    Raises
    ------
    DataError
        If a multiple is below 1.

    Examples
    --------
    >>> saving([4, 5, 6, 8]).round(4).tolist()
    [0.75, 0.8, 0.8333, 0.875]
    """
    return 1 - break_even_effect(multiple)


def break_even_effect(multiple):
    """The effect above which keeping a customer is cheaper than winning one.

    Parameters
    ----------
    multiple : float or array
        As for :func:`saving`.

    Returns
    -------
    float or array
        Share of the customers reached who stay because they were, 1 / multiple.

    Raises
    ------
    DataError
        If a multiple is below 1.

    Examples
    --------
    >>> break_even_effect([4, 5, 6, 8]).round(4).tolist()
    [0.25, 0.2, 0.1667, 0.125]
    """
    return 1 / numbers("multiple", multiple, lambda k: k >= 1, "multiple ≥ 1")


def cost_per_extra_customer(cost, effect):
    """What each customer costs who stays only because of the money spent.

    Parameters
    ----------
    cost : float or array
        Spent on each customer reached, in currency.
    effect : float or array
        Share of those reached who stay because of it, 0 to 1; at most the share
        that would leave otherwise.

    Returns
    -------
    float or array
        In currency; infinite without an effect.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> cost_per_extra_customer(100, effect=[0.2, 0.05, 0.0]).round().tolist()
    [500.0, 2000.0, inf]
    """
    cost = numbers("cost", cost, lambda c: c >= 0, "cost ≥ 0")
    effect = numbers("effect", effect, lambda e: (e >= 0) & (e <= 1), "0 ≤ effect ≤ 1")
    return np.where(effect > 0, cost / np.where(effect > 0, effect, 1.0), np.inf)[()]


def response(spend, ceiling, steepness):
    """Share of prospects won for a spend on each of them.

    Parameters
    ----------
    spend : float or array
        Per prospect, in currency.
    ceiling : float or array
        The share that no spend exceeds, above 0 and at most 1.
    steepness : float or array
        How fast the ceiling is approached, per unit of currency.

    Returns
    -------
    float or array
        0 to ``ceiling``.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> print(response(23.5, ceiling=0.4, steepness=0.02).round(3))
    0.15
    """
    spend = numbers("spend", spend, lambda a: a >= 0, "spend ≥ 0")
    ceiling, steepness = _curve(ceiling, steepness)
    return -ceiling * np.expm1(-steepness * spend)


def optimal_spend(value, ceiling, steepness):
    """The spend per prospect that leaves most, value won less spend.

    Parameters
    ----------
    value : float or array
        Of a customer won, in currency.
    ceiling, steepness : float or array
        As for :func:`response`.

    Returns
    -------
    float or array
        log(steepness x ceiling x value) / steepness, or 0 where even the first
        customer costs more than she is worth.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> best = optimal_spend(200, ceiling=0.4, steepness=0.02)
    >>> print(best.round(2), (200 * response(best, 0.4, 0.02) - best).round(2))
    23.5 6.5
    """
    value = numbers("value", value, lambda v: v > 0, "value > 0")
    ceiling, steepness = _curve(ceiling, steepness)
    return np.maximum(np.log(steepness * ceiling * value) / steepness, 0.0)


def cost_curve(spend, value, ceiling, steepness):
    """What is won at each spend, and what the average and the last customer cost.

    Parameters
    ----------
    spend : array of shape (n,)
        Per prospect, in currency.
    value : float
        Of a customer won, in currency.
    ceiling, steepness : float
        As for :func:`response`.

    Returns
    -------
    DataFrame
        One row a spend: ``spend``, ``response``, ``average_cost`` (spend over
        response), ``marginal_cost`` (of the last customer won) and ``profit`` per
        prospect.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> cost_curve([10.0, 23.5, 50.0], value=200, ceiling=0.4, steepness=0.02).round(1)
       spend  response  average_cost  marginal_cost  profit
    0   10.0       0.1         137.9          152.7     4.5
    1   23.5       0.1         156.7          200.0     6.5
    2   50.0       0.3         197.7          339.8     0.6
    """
    value = numbers("value", value, lambda v: v > 0, "value > 0")
    won = response(np.atleast_1d(spend), ceiling, steepness)
    spend = np.atleast_1d(np.asarray(spend, dtype=float))
    first = 1 / (ceiling * steepness)  # what the very first customer costs
    average = np.divide(spend, won, out=np.full(len(spend), first), where=won > 0)
    return pd.DataFrame(
        {
            "spend": spend,
            "response": won,
            "average_cost": average,
            "marginal_cost": first * np.exp(steepness * spend),
            "profit": value * won - spend,
        }
    )


def _curve(ceiling, steepness):
    ceiling = numbers("ceiling", ceiling, lambda c: (c > 0) & (c <= 1), "0 < ceiling ≤ 1")
    return ceiling, numbers("steepness", steepness, lambda k: k > 0, "steepness > 0")
