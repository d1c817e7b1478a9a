"""What the what-if board says of a programme, in sentences that are true of it."""

import numpy as np

from crmlib.quantities import amount, units
from crmlib.retention.profit.company import gain_for_ever
from crmlib.text import Sentence, joined
from crmlib.text import gettext as _


def programme(board, unit="period", currency=None, age=None):
    """Whether a programme pays on a newcomer, by the what-if board.

    Parameters
    ----------
    board : DataFrame
        Of :func:`crmlib.retention.profit.what_if.board`.
    unit : str
        What a period is: "year", "month" and so on.
    currency : str, optional
        Sign or name of the currency.
    age : int, optional
        The one that the board was counted with, if it is that of the oldest contract.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from crmlib.retention.profit import what_if
    >>> table = what_if.board(
    ...     margin=100, retention=(0.75, 0.80, 0.85), discount=0.10,
    ...     acquisition_cost=120, budget=10, change=(0.01, 0.05, 0.08),
    ... )
    >>> words = programme(table, "year", "€")
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    By the likeliest numbers the programme gains €29.3 on each newcomer and pays back after 6
    years. But the middle 80 % of what is believed runs from −€4.17 to €58.5: it may lose.
    """
    gain = board.loc["gain"]
    back = board.loc["programme_pay_back", "likeliest"]
    if gain["likeliest"] <= 0:
        first = _(
            "By the likeliest numbers the programme loses {loss} on each newcomer and never pays "
            "back."
        )
    elif back == 0:
        first = _(
            "By the likeliest numbers the programme gains {gain} on each newcomer and costs "
            "nothing."
        )
    elif np.isinf(back):
        first = _("By the likeliest numbers the programme gains {gain} on each newcomer, but late.")
    else:
        first = _(
            "By the likeliest numbers the programme gains {gain} on each newcomer and pays back "
            "after {back:.0f} {units}."
        )
    if gain["low"] == gain["high"]:
        second = ""
    elif gain["low"] < 0 < gain["high"] and gain["likeliest"] > 0:
        second = _(
            "But the middle 80 % of what is believed runs from {low} to {high}: it may lose."
        )
    elif gain["low"] < 0 < gain["high"]:
        second = _(
            "But the middle 80 % of what is believed runs from {low} to {high}: it may gain."
        )
    else:
        second = _("The middle 80 % of what is believed runs from {low} to {high}.")
    words = {
        "gain": amount(gain["likeliest"], currency=currency),
        "loss": amount(-gain["likeliest"], currency=currency),
        "back": back,
        "units": units(unit, back),
        "low": amount(gain["low"], currency=currency),
        "high": amount(gain["high"], currency=currency),
    }
    seen = "" if age is None or gain["likeliest"] <= 0 else _seen(board, unit, currency, age)
    return Sentence(joined(first.format(**words), seen, second.format(**words)))


def on_present(board, customers, newcomers, discount, currency=None):
    """What a programme brings on customers who are there already, and the company in sum.

    Parameters
    ----------
    board : DataFrame
        Of :func:`crmlib.retention.profit.what_if.board`, counted with the age of the company.
    customers, newcomers, discount : float
        As for :func:`crmlib.retention.profit.company.gain_for_ever`.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from crmlib.retention.profit import what_if
    >>> table = what_if.board(
    ...     margin=100, retention=0.80, discount=0.10, acquisition_cost=120, budget=8, change=0.05,
    ...     polarisation=0.2, age=10,
    ... )
    >>> told = on_present(table, customers=5860, newcomers=1000, discount=0.10)
    >>> print(told)  # doctest: +NORMALIZE_WHITESPACE
    On each customer who is there already it gains 1.75, on average. The company above, with 5,860
    of them, would gain 157,974 by it in sum.
    """
    likeliest = board["likeliest"]
    present = likeliest["gain_on_present"]
    whole = gain_for_ever(likeliest, customers, newcomers, discount)
    first = _("On each customer who is there already it gains {present}, on average.")
    if present < 0:
        first = _("On each customer who is there already it loses {present}, on average.")
    second = _("The company above, with {customers:,.0f} of them, would gain {whole} by it in sum.")
    if whole < 0:
        second = _(
            "The company above, with {customers:,.0f} of them, would lose {whole} by it in sum."
        )
    words = {
        "present": amount(abs(present), currency=currency),
        "whole": amount(abs(whole), currency=currency),
        "customers": customers,
    }
    return Sentence(joined(first.format(**words), second.format(**words)))


def kept_and_won(board, acquisition_cost, currency=None):
    """What one more customer costs and brings, kept by the programme or won.

    Parameters
    ----------
    board : DataFrame
        Of :func:`crmlib.retention.profit.what_if.board`.
    acquisition_cost : float
        The likeliest, in currency.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from crmlib.retention.profit import what_if
    >>> table = what_if.board(
    ...     margin=100, retention=0.80, discount=0.10, acquisition_cost=120, budget=10, change=0.05
    ... )
    >>> print(kept_and_won(table, 120))
    One more customer kept costs 200 and brings 333; one won costs 120 and brings 367.
    """
    likeliest = board["likeliest"]
    text = _(
        "One more customer kept costs {kept} and brings {worth}; one won costs {won} and brings "
        "{value}."
    )
    if np.isinf(likeliest["cost_per_extra_customer"]):
        text = _("The programme keeps nobody; one customer won costs {won} and brings {value}.")
    return Sentence(
        text.format(
            kept=amount(likeliest["cost_per_extra_customer"], currency=currency),
            worth=amount(likeliest["worth_of_extra_customer"], currency=currency),
            won=amount(acquisition_cost, currency=currency),
            value=amount(likeliest["net_value"] + acquisition_cost, currency=currency),
        )
    )


def _seen(board, unit, currency, age):
    """How much of a gain there is by the oldest age that was observed."""
    whole, seen = board.loc[["gain", "gain_observed"], "likeliest"]
    if seen <= 0:
        told = _(
            "By the age of the oldest contract, {age} {units}, it has lost {loss}: all of the "
            "gain lies beyond, where nobody has looked."
        )
    else:
        told = _(
            "{share:.0f} % of the gain is there by the age of the oldest contract, {age} {units}; "
            "the rest lies beyond, where nobody has looked."
        )
    return told.format(
        age=age,
        units=units(unit, age),
        loss=amount(-seen, currency=currency),
        share=100 * seen / whole,
    )
