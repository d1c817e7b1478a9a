"""Futures that may come: how far single customers stray from what is expected of them."""

import numpy as np

from crmlib.checks import number, numbers, one_of, whole
from crmlib.errors import DataError
from crmlib.ranking import in_top
from crmlib.text import gettext as _
from crmlib.value.btyd import BGNBD, GammaGamma
from crmlib.value.btyd.reading import read_columns
from crmlib.value.lifetime.expected import read_terms


def simulate_lifetime_value(
    purchases, spend, table, periods, *, margin, discount_rate, draws, seed, unit="week"
):
    """Possible present values of what each customer still brings.

    Each draw is one possible future. The customer's own rate, dropout
    probability and level of spend are drawn from what her past says of them;
    then she waits, buys, perhaps leaves, and so on to the horizon. Their mean is
    :func:`~crmlib.value.lifetime.customer_lifetime_value`. The parameters of the two models are taken as
    known: with few customers the truth is more uncertain than this.

    Parameters
    ----------
    purchases : BGNBD
        Fitted on purchases in ``unit``.
    spend : GammaGamma
        Fitted.
    table, periods, margin, discount_rate, unit
        As in :func:`~crmlib.value.lifetime.customer_lifetime_value`.
    draws : int
        Number of futures for each customer. The memory in use is some 50 bytes
        for each future of each customer.
    seed : int

    Returns
    -------
    array of shape (n, draws)
        In the currency of ``monetary_value``.

    Raises
    ------
    DataError
        If a value is out of its range, a model is another or without parameters, or
        the table cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> purchases = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> spend = GammaGamma({"p": 6.25, "q": 3.74, "gamma": 15.44})
    >>> customer = pd.DataFrame(
    ...     {"frequency": [2], "recency": [30.43], "T": [38.86], "monetary_value": [22.35]}
    ... )
    >>> values = simulate_lifetime_value(
    ...     purchases, spend, customer, 52, margin=0.3, discount_rate=0.1, draws=1000, seed=0
    ... )
    >>> values.shape
    (1, 1000)
    """
    margin, delta = read_terms(periods, margin, discount_rate, unit)
    one_of("purchases", purchases, BGNBD)
    one_of("spend", spend, GammaGamma)
    alive = purchases.probability_alive(table)[:, None]
    frequency, T, average = (
        column[:, None] for column in read_columns(table, ["frequency", "T", "monetary_value"])
    )
    r, alpha, a, b = purchases._parameters()
    p, q, gamma = spend._parameters()
    shape = (len(T), whole("draws", draws, 1))
    random = np.random.default_rng(whole("seed", seed, 0))
    rate = random.gamma(r + frequency, 1 / (alpha + T), shape).ravel()
    dropout = random.beta(a, b + frequency, shape).ravel()
    scale = 1 / random.gamma(p * frequency + q, 1 / (gamma + frequency * average), shape).ravel()
    active = np.flatnonzero(random.random(shape) < alive)
    value, clock = np.zeros((2, len(T) * draws))
    while active.size:
        clock[active] += random.standard_exponential(active.size) / rate[active]  # she waits
        active = active[clock[active] <= periods]
        bought = random.standard_gamma(p, active.size) * scale[active]
        value[active] += bought * np.exp(-delta * clock[active])
        active = active[random.random(active.size) >= dropout[active]]  # stays or leaves
    return margin * value.reshape(shape)


def interval(values, coverage=0.8):
    """Central interval of each row of simulated values.

    Parameters
    ----------
    values : array of shape (n, draws)
    coverage : float
        Share of the draws inside, between 0 and 1.

    Returns
    -------
    lower, upper : arrays of shape (n,)

    Raises
    ------
    DataError
        If the coverage is out of its range, or the values are no such table of numbers.

    Examples
    --------
    >>> lower, upper = interval([range(11)], coverage=0.5)
    >>> lower.tolist(), upper.tolist()
    ([2.5], [7.5])
    """
    coverage = number("coverage", coverage, lambda c: (c > 0) & (c < 1), "0 < coverage < 1")
    outside = (1 - coverage) / 2
    return tuple(np.quantile(_read_draws(values), [outside, 1 - outside], axis=1))


def top_share_agreement(values, share=0.1):
    """How many of the customers we take for the best will be among the best.

    The best on average over all draws are compared with the best in each draw.
    Places that equal values compete for are divided between them, so that values
    which say nothing give ``share``, what a list drawn by lot would give.

    Parameters
    ----------
    values : array of shape (n, draws)
    share : float
        Size of the top as a share of the customers; 0.1 for the top tenth.

    Returns
    -------
    float
        Expected share of the top on average that is in the top in truth, 0 to 1.

    Raises
    ------
    DataError
        If the share is out of its range, or the values are no such table of numbers.

    Examples
    --------
    Ten customers; who is best on average is best in two draws of three.

    >>> values = np.zeros((10, 3))
    >>> values[0, :2] = values[1, 2] = 5
    >>> print(round(top_share_agreement(values), 2))
    0.67
    """
    values = _read_draws(values)
    places = _places(share, len(values))
    expected = in_top(values.mean(axis=1, keepdims=True), places)
    return float((expected * in_top(values, places)).sum(axis=0).mean() / places)


def chance_of_top(values, share=0.1):
    """How probable it is, for each customer, to end among the best.

    Parameters
    ----------
    values : array of shape (n, draws)
    share : float
        Size of the top as a share of the customers.

    Returns
    -------
    array of shape (n,)
        Share of the draws in which the customer is in the top, 0 to 1; in all, ``share``.

    Raises
    ------
    DataError
        If the share is out of its range, or the values are no such table of numbers.

    Examples
    --------
    >>> values = np.zeros((10, 3))
    >>> values[0, :2] = values[1, 2] = 5
    >>> chance_of_top(values)[:3].round(2)
    array([0.67, 0.33, 0.  ])
    """
    values = _read_draws(values)
    return in_top(values, _places(share, len(values))).mean(axis=1)


def _read_draws(values):
    values = numbers("values", values, np.isfinite, _("numbers"))
    if np.ndim(values) != 2 or not values.size:
        raise DataError(
            _("values must have one row for each customer and one column for each future.")
        )
    return values


def _places(share, customers):
    """How many customers the top holds, one at least."""
    share = number("share", share, lambda s: (s > 0) & (s <= 1), "0 < share ≤ 1")
    return max(1, round(share * customers))
