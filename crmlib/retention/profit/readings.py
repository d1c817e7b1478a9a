"""What the economics of retention say, in sentences that are true of the numbers at hand."""

import numpy as np

from crmlib.checks import numbers
from crmlib.quantities import amount, units
from crmlib.retention.profit.acquisition import break_even_effect, cost_per_extra_customer
from crmlib.retention.profit.company import half_time
from crmlib.retention.profit.economics import (
    acquisition_share_for_lift,
    growth_for_lift,
    profit_lift,
    raised,
    retention_for_lift,
)
from crmlib.text import Sentence, joined
from crmlib.text import gettext as _


def conditions(lift, retention, change, discount):
    """Under which conditions a rise of retention, in points, gives the lift that is promised.

    The first margin is paid at once. Each condition alone would do, the others as given.

    Parameters
    ----------
    lift : float
        The lift promised, as a fraction above zero.
    retention, change, discount : float
        As for :func:`crmlib.retention.profit.economics.profit_lift`.

    Returns
    -------
    Sentence

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> words = conditions(0.25, retention=0.80, change=0.05, discount=0.10)
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    As things stand the rise brings 20 %. For 25 % it would take a retention of 0.85, or an
    acquisition cost of 20 % of her value, or a margin that grows by 4.8 % with each period of
    tenure.
    """
    now = float(profit_lift(retention, change, discount))
    numbers("lift", lift, lambda x: x > 0, "lift > 0")
    first = _("As things stand the rise brings {now:.3g} %.").format(now=100 * now)
    if now >= lift - 1e-12:
        second = _("That is not less than the {lift:.3g} % promised.").format(lift=100 * lift)
        return Sentence(joined(first, second))
    ways = [
        (
            retention_for_lift(lift, change, discount),
            1,
            _("a retention of {size:.3g}"),
        ),
        (
            acquisition_share_for_lift(lift, retention, change, discount),
            100,
            _("an acquisition cost of {size:.3g} % of her value"),
        ),
        (
            growth_for_lift(lift, retention, change, discount),
            100,
            _("a margin that grows by {size:.2g} % with each period of tenure"),
        ),
    ]
    possible = [words.format(size=unit * size) for size, unit, words in ways if np.isfinite(size)]
    second = _("For {lift:.3g} % it would take {ways}.").format(
        lift=100 * lift, ways=_(", or ").join(possible)
    )
    return Sentence(joined(first, second))


def keeping(cost, effect, acquisition_cost, currency=None):
    """Whether keeping a customer is cheaper than winning one.

    Parameters
    ----------
    cost : float
        Of reaching one customer to keep her, above zero, in currency.
    effect : float
        Share of those reached who stay because of it.
    acquisition_cost : float
        Of winning one customer, at least ``cost``, in currency.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Sentence

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> words = keeping(cost=100, effect=0.05, acquisition_cost=500)
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    Winning costs 5 times as much as reaching, so that keeping pays above an effect of 20 %.
    The effect is 5 %: each customer kept costs 2,000, more than the 500 of winning one.
    """
    cost = numbers("cost", cost, lambda c: c > 0, "cost > 0")
    multiple = acquisition_cost / cost
    threshold = break_even_effect(multiple)
    extra = cost_per_extra_customer(cost, effect)
    words = {
        "multiple": multiple,
        "threshold": 100 * threshold,
        "effect": 100 * effect,
        "extra": amount(extra, currency=currency),
        "won": amount(acquisition_cost, currency=currency),
    }
    first = _(
        "Winning costs {multiple:.3g} times as much as reaching, so that keeping pays above an "
        "effect of {threshold:.3g} %."
    )
    if multiple == 1:
        first = _("Winning costs as much as reaching: keeping cannot be the cheaper way.")
    if not effect:
        second = _("There is no effect: nobody is kept at any price.")
    elif np.isclose(effect, threshold):
        second = _("The effect is {effect:.3g} %: each customer kept costs {extra}, like one won.")
    elif effect > threshold:
        second = _(
            "The effect is {effect:.3g} %: each customer kept costs {extra}, less than the {won} "
            "of winning one."
        )
    else:
        second = _(
            "The effect is {effect:.3g} %: each customer kept costs {extra}, more than the {won} "
            "of winning one."
        )
    return Sentence(joined(first.format(**words), second.format(**words)))


def delay(retention, change, discount, acquisition_share=0.0, unit="period"):
    """What a rise of retention, in points, brings a company, and when.

    Parameters
    ----------
    retention : float
        Before the rise, below 1.
    change, discount, acquisition_share : float
        As for :func:`crmlib.retention.profit.economics.profit_lift`; retention after the rise
        is below 1.
    unit : str
        What a period is: "year", "month" and so on.

    Returns
    -------
    Sentence

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> words = delay(0.80, change=0.05, discount=0.10, unit="year")
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    The value of a customer rises by 20 % at once. Profit per year rises by 33.3 % in the
    long run, and half of that is there after 4.3 years.
    """
    value = profit_lift(retention, change, discount, acquisition_share=acquisition_share)
    # The share of the discounted margins is a larger one of margins that are not discounted.
    shrinks = (1 - retention) * (1 + discount) / (1 + discount - retention)
    profit = profit_lift(retention, change, 0.0, acquisition_share=acquisition_share * shrinks)
    return Sentence(
        _(
            "The value of a customer rises by {value:.3g} % at once. Profit per {unit} rises by "
            "{profit:.3g} % in the long run, and half of that is there after {half:.1f} {units}."
        ).format(
            value=100 * value,
            profit=100 * profit,
            half=half_time(raised(retention, change)),
            unit=units(unit, 1),
            units=units(unit),
        )
    )


def tenure(profile, currency=None):
    """How much of a margin that rises with tenure is the same customers bringing more.

    Parameters
    ----------
    profile : DataFrame
        Of :func:`crmlib.retention.profit.loyalty.tenure_profile`.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from crmlib.retention.profit import loyalty
    >>> log = loyalty.simulate_tenure(20_000, 8, cause=0, selection=20, seed=1)
    >>> words = tenure(loyalty.tenure_profile(log))
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    Between tenure 0 and 7 the margin changes by +14.7. The same customers account for +0.4 of
    it (95 % interval −0.3 to +1.1), which may be chance; selection for +14.3.
    """
    start, end = profile.iloc[0], profile.iloc[-1]
    seen = end["still_there"] - start["still_there"]
    same, low, high = end[["same_customers", "low", "high"]] - start["still_there"]
    text = _(
        "Between tenure {first:.0f} and {last:.0f} the margin changes by {seen}. The same "
        "customers account for {same} of it (95 % interval {low} to {high}); "
        "selection for {rest}."
    )
    if low <= 0 <= high:
        text = _(
            "Between tenure {first:.0f} and {last:.0f} the margin changes by {seen}. The "
            "same customers account for {same} of it (95 % interval {low} to "
            "{high}), which may be chance; selection for {rest}."
        )
    sums = {"seen": seen, "same": same, "low": low, "high": high, "rest": seen - same}
    told = {name: amount(round(value, 1), "+", currency) for name, value in sums.items()}
    return Sentence(text.format(first=start["tenure"], last=end["tenure"], **told))
