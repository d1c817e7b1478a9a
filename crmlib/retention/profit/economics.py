"""What a point of retention is worth, and under which conditions.

A customer brings the margin m now, stays for the next period with probability r,
and money costs i a period. If the first margin is paid at once, she is worth

    V = sum over t >= 0 of m r^t / (1 + i)^t = m (1 + i) / (1 + i - r)

and m r / (1 + i - r) if it is paid a period later, by those who stayed (Gupta and
Lehmann 2003, "Customers as assets"). A margin that grows by g with each period of
tenure replaces r by r (1 + g) in the denominator. What it cost to win her is a
share c of that value.

Let retention rise to r'. What she brings, less the cost of winning her, rises by

    lift = (V' / V - 1) / (1 - c)

With the first margin at once and a rise by D = r' - r this is
D (1 + g) / (1 + i - r' (1 + g)) / (1 - c): the margin drops out. Turned round, the
same line says which retention, acquisition cost or growth gives a lift that
somebody promises. Where none does, the answer is NaN.

"Retention rises by 5 %" may mean five points (0.80 to 0.85) or five per cent
(0.80 to 0.84): say which.
"""

import numpy as np

from crmlib.checks import choice, numbers

FIRST_MARGIN = ("at_once", "at_end")
CHANGE_IN = ("points", "per_cent")


def customer_value(
    margin, retention, discount, *, acquisition_cost=0.0, growth=0.0, first_margin="at_once"
):
    """Present value of one customer, less what it cost to win her.

    Parameters
    ----------
    margin : float or array
        Contribution in the first period that she pays for, in currency.
    retention : float or array
        Probability of staying from one period to the next, 0 to 1.
    discount : float or array
        Discount rate per period, zero or more.
    acquisition_cost : float or array
        Paid at the start, in currency.
    growth : float or array
        By which the margin grows with each period of tenure, above -1.
    first_margin : {"at_once", "at_end"}
        Paid on the day she arrives, or a period later if she has stayed.

    Returns
    -------
    float or array
        In currency.

    Raises
    ------
    DataError
        If a value is out of its range, or the margins never fade so that their sum
        is infinite; the message names it.

    Examples
    --------
    >>> print(customer_value(margin=100, retention=0.80, discount=0.10).round(2))
    366.67
    """
    margin = numbers("margin", margin, lambda m: m >= 0, "margin ≥ 0")
    cost = numbers("acquisition_cost", acquisition_cost, lambda a: a >= 0, "acquisition_cost ≥ 0")
    retention, discount, growth = _terms(retention, discount, growth, first_margin)
    return margin * _multiple(retention, discount, growth, first_margin) - cost


def raised(retention, change, change_in="points"):
    """Retention after a rise.

    Parameters
    ----------
    retention, change : float or array
        0.05 is five points or five per cent; a fall is negative.
    change_in : {"points", "per_cent"}
        From 0.80, a change of 0.05 leads to 0.85 in points, to 0.84 in per cent.

    Returns
    -------
    float or array

    Raises
    ------
    DataError
        If the result is no probability; the message names the change.

    Examples
    --------
    >>> print(raised(0.80, 0.05).round(2), raised(0.80, 0.05, change_in="per_cent").round(2))
    0.85 0.84
    """
    choice("change_in", change_in, CHANGE_IN)
    retention = numbers("retention", retention, lambda r: (r >= 0) & (r <= 1), "0 ≤ retention ≤ 1")

    def after(change):
        return np.clip(_after(retention, change, change_in), -1, 2)

    change = numbers(
        "change",
        change,
        lambda c: (after(c) >= -1e-12) & (after(c) <= 1 + 1e-12),
        "0 ≤ retention ≤ 1 after it",
    )
    return np.clip(after(change), 0, 1)


def profit_lift(
    retention,
    change,
    discount,
    *,
    acquisition_share=0.0,
    growth=0.0,
    first_margin="at_once",
    change_in="points",
):
    """By how much a customer's value rises when retention does, as a fraction.

    Parameters
    ----------
    retention, discount, growth : float or array
        As for :func:`customer_value`; retention above zero.
    change : float or array
        Rise of retention, in the unit that ``change_in`` names.
    acquisition_share : float or array
        What it costs to win a customer, as a share of the value that her margins
        have before the rise; below 1.
    first_margin : {"at_once", "at_end"}
    change_in : {"points", "per_cent"}
        As for :func:`raised`.

    Returns
    -------
    float or array
        0.2 is a fifth more.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> print(profit_lift(retention=0.80, change=0.05, discount=0.10).round(3))
    0.2
    >>> print(profit_lift(0.80, 0.05, 0.10, first_margin="at_end").round(3))
    0.275
    """
    share = _share(acquisition_share)
    retention = numbers("retention", retention, lambda r: (r > 0) & (r <= 1), "0 < retention ≤ 1")
    after = raised(retention, change, change_in)
    before, discount, growth = _terms(retention, discount, growth, first_margin)
    after, discount, growth = _terms(after, discount, growth, first_margin)
    ratio = _multiple(after, discount, growth, first_margin) / _multiple(
        before, discount, growth, first_margin
    )
    return (ratio - 1) / (1 - share)


def retention_for_lift(
    lift,
    change,
    discount,
    *,
    acquisition_share=0.0,
    growth=0.0,
    first_margin="at_once",
    change_in="points",
):
    """The retention at which a rise gives the lift wanted.

    With the first margin at the end and a change in points there may be two, as points
    also weigh much where hardly anybody stays; this is the higher one.

    Parameters
    ----------
    lift : float or array
        As a fraction, above zero.
    change, discount, acquisition_share, growth, first_margin, change_in
        As for :func:`profit_lift`; the change above zero.

    Returns
    -------
    float or array
        Retention before the rise; NaN where no retention gives the lift.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> retention_for_lift([0.30, 0.50, 0.85], change=0.05, discount=0.10).round(3).tolist()
    [0.883, 0.95, nan]
    """
    choice("first_margin", first_margin, FIRST_MARGIN)
    choice("change_in", change_in, CHANGE_IN)
    lift = numbers("lift", lift, lambda x: x > 0, "lift > 0") * (1 - _share(acquisition_share))
    change = numbers("change", change, lambda c: (c > 0) & (c < 1), "0 < change < 1")
    money, pace = 1 + _discount(discount), 1 + _growth(growth)

    def possible(retention):
        after = _after(retention, change, change_in)
        return (retention > 0) & (after <= 1 + 1e-12) & (after * pace < money)

    if change_in == "per_cent" and first_margin == "at_once":
        retention = lift * money / (pace * (change + lift * (1 + change)))
    elif change_in == "per_cent":
        retention = (lift - change) * money / (pace * lift * (1 + change))
    elif first_margin == "at_once":
        retention = money / pace - change - change / lift
    else:  # pace lift r² - lift (money - change pace) r + change money = 0
        half = (money - change * pace) / (2 * pace)
        inner = half**2 - change * money / (lift * pace)
        root = np.sqrt(np.where(inner > -1e-14, np.maximum(inner, 0.0), np.nan))
        retention = np.where(possible(half + root), half + root, half - root)
    return np.where(possible(retention), retention, np.nan)[()]


def acquisition_share_for_lift(
    lift, retention, change, discount, *, growth=0.0, first_margin="at_once", change_in="points"
):
    """The acquisition cost at which a rise of retention gives the lift wanted.

    Parameters
    ----------
    lift : float or array
        As a fraction, above zero.
    retention, change, discount, growth, first_margin, change_in
        As for :func:`profit_lift`.

    Returns
    -------
    float or array
        As a share of the value of a customer's margins, below 1; times
        :func:`customer_value` it is money. NaN where the lift is larger than wanted
        even if winning her costs nothing.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> acquisition_share_for_lift([0.25, 0.85], 0.80, change=0.05, discount=0.10).round(4).tolist()
    [0.2, 0.7647]
    """
    lift = numbers("lift", lift, lambda x: x > 0, "lift > 0")
    free = profit_lift(
        retention, change, discount, growth=growth, first_margin=first_margin, change_in=change_in
    )
    share = 1 - free / lift
    possible = (share > -1e-12) & (share < 1)
    return np.where(possible, np.maximum(share, 0.0), np.nan)[()]


def growth_for_lift(
    lift,
    retention,
    change,
    discount,
    *,
    acquisition_share=0.0,
    first_margin="at_once",
    change_in="points",
):
    """The growth of the margin with tenure at which a rise gives the lift wanted.

    Parameters
    ----------
    lift : float or array
        As a fraction, above zero.
    retention, change, discount, acquisition_share, first_margin, change_in
        As for :func:`profit_lift`.

    Returns
    -------
    float or array
        Per period; negative where the lift is larger than wanted without growth.
        NaN where no growth gives it.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> print(growth_for_lift(1.0, retention=0.90, change=0.05, discount=0.10).round(3))
    0.1
    """
    choice("first_margin", first_margin, FIRST_MARGIN)
    lift = numbers("lift", lift, lambda x: x > 0, "lift > 0") * (1 - _share(acquisition_share))
    retention = numbers("retention", retention, lambda r: (r > 0) & (r <= 1), "0 < retention ≤ 1")
    after = raised(retention, change, change_in)
    money = 1 + _discount(discount)
    if first_margin == "at_once":
        pace = lift * money / (after - retention + lift * after)
    else:
        pace = ((1 + lift) * retention - after) * money / (lift * retention * after)
    possible = (pace > 0) & (after * pace < money)
    return np.where(possible, pace - 1, np.nan)[()]


def _multiple(retention, discount, growth, first_margin):
    """Value in first margins; all terms checked."""
    paid = retention if first_margin == "at_end" else 1 + discount
    return paid / (1 + discount - retention * (1 + growth))


def _after(retention, change, change_in):
    return retention + change if change_in == "points" else retention * (1 + change)


def _terms(retention, discount, growth, first_margin):
    """Retention, discount and growth, once it is clear that the margins fade."""
    choice("first_margin", first_margin, FIRST_MARGIN)
    discount, growth = _discount(discount), _growth(growth)
    retention = numbers(
        "retention",
        retention,
        lambda r: (r >= 0) & (r <= 1) & (r * (1 + growth) < 1 + discount),
        "0 ≤ retention ≤ 1 and retention × (1 + growth) < 1 + discount",
    )
    return retention, discount, growth


def _discount(discount):
    return numbers("discount", discount, lambda i: i >= 0, "discount ≥ 0")


def _growth(growth):
    return numbers("growth", growth, lambda g: g > -1, "growth > -1")


def _share(share):
    return numbers(
        "acquisition_share", share, lambda c: (c >= 0) & (c < 1), "0 ≤ acquisition_share < 1"
    )
