"""What a customer will bring: from spend times years to lifetime value.

A customer who spends s a year and stays for L years on average looks as if worth
s L. That counts revenue for profit, hopes for certainties, and money to come for
money in hand. With the margin m a year, the retention r and the discount rate i,
and the first margin at the end of the first year,

    V = sum over t >= 1 of m r^t / (1 + i)^t = m r / (1 + i - r)

or m (1 + i) / (1 + i - r) when it is paid at once (Gupta and Lehmann 2003,
"Customers as assets"). :func:`ladder` walks from the one to the other.

Without a contract nobody knows who is still a customer. Then the models of
:mod:`crmlib.value.btyd` say what each will buy, E(t) purchases by the time t, and
what they pay for one; with the discount factor d = 1 / (1 + i) and t in years,

    V = margin x value of a purchase x integral from 0 to H of d^t dE(t)

(:func:`customer_lifetime_value`). That is an expectation;
:func:`simulate_lifetime_value` shows how far single customers stray from it.
"""

import numpy as np
import pandas as pd

from crmlib.checks import numbers
from crmlib.customers import UNIT_DAYS
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.value.btyd.bg_nbd import BGNBD
from crmlib.value.btyd.reading import read_columns
from crmlib.value.btyd.shifted_beta_geometric import ShiftedBetaGeometric

NODES = 6  # of the quadrature in customer_lifetime_value


def naive_value(spend, years):
    """Yearly spend times the years a customer stays.

    Parameters
    ----------
    spend : float or array
        Revenue a year, in currency.
    years : float or array
        Expected years as a customer.

    Returns
    -------
    float or array
        In currency.

    Raises
    ------
    DataError
        If a value is negative or no number.

    Examples
    --------
    >>> float(naive_value(1000, years=5))
    5000.0
    """
    spend = numbers("spend", spend, lambda s: s >= 0, "spend ≥ 0")
    return spend * numbers("years", years, lambda y: y >= 0, "years ≥ 0")


def margin_multiple(retention, discount, first_margin="at_end"):
    """What a customer is worth, in margins of one period (Gupta and Lehmann 2003).

    Parameters
    ----------
    retention : float or array
        Probability of staying from one period to the next, below 1 + discount.
    discount : float or array
        Discount rate per period, zero or more.
    first_margin : {"at_end", "at_once"}
        Paid at the end of the first period by those who stayed, r / (1 + i - r),
        or at once by all, (1 + i) / (1 + i - r).

    Returns
    -------
    float or array

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> margin_multiple(np.array([0.6, 0.7, 0.8, 0.9]), 0.1).round(2).tolist()
    [1.2, 1.75, 2.67, 4.5]
    """
    discount = numbers("discount", discount, lambda i: i >= 0, "discount ≥ 0")
    retention = numbers(
        "retention",
        retention,
        lambda r: (r >= 0) & (r < 1 + discount),
        "0 ≤ retention < 1 + discount",
    )
    return (1 + discount) / (1 + discount - retention) - _waits(first_margin)


def ladder(
    spend,
    margin,
    retention,
    discount,
    acquisition_cost=0.0,
    polarisation=0.0,
    first_margin="at_end",
):
    """From spend times years to lifetime value, one correction at a time.

    Each row adds one correction to those before it. The last value does not
    depend on their order; the size of each step does.

    - ``naive``: spend times the expected years 1 / (1 - retention);
    - ``margin``: only the margin on the spend is ours;
    - ``retention``: a year's margin comes from those who stayed till it is paid;
      no change when the first margin is paid at once;
    - ``discount``: money to come is worth less than money in hand;
    - ``acquisition_cost``: what it cost to win the customer;
    - ``heterogeneity``: customers differ. The probability of leaving is Beta
      with the mean 1 - retention, as in the shifted beta-geometric model. Those
      who stay long bring more than the average customer, so value rises (Fader
      and Hardie 2010, "the perils of ignoring heterogeneity").

    Parameters
    ----------
    spend : float
        Revenue a year, in currency.
    margin : float
        Share of the spend that is margin, 0 to 1.
    retention : float
        Probability of staying from year to year, below 1.
    discount : float
        Discount rate a year.
    acquisition_cost : float
        In currency.
    polarisation : float
        How much customers differ, 1 / (alpha + beta + 1): 0 when all are alike,
        near 1 when they leave at once or never. Without a discount rate a few who
        never leave can make the last value infinite.
    first_margin : {"at_end", "at_once"}
        As in :func:`margin_multiple`.

    Returns
    -------
    DataFrame
        One row a correction: ``step`` (its code, as above), ``value`` (in
        currency) and ``change`` from the row before, from 0 for the first.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> steps = ladder(spend=1000, margin=0.2, retention=0.8, discount=0.1)
    >>> steps["value"].round(2).tolist()
    [5000.0, 1000.0, 800.0, 533.33, 533.33, 533.33]
    """
    spend = _number("spend", spend, lambda s: s >= 0, "spend ≥ 0")
    margin = _number("margin", margin, lambda m: (m >= 0) & (m <= 1), "0 ≤ margin ≤ 1")
    retention = _number("retention", retention, lambda r: (r >= 0) & (r < 1), "0 ≤ retention < 1")
    discount = _number("discount", discount, lambda i: i >= 0, "discount ≥ 0")
    cost = _number("acquisition_cost", acquisition_cost, lambda c: c >= 0, "acquisition_cost ≥ 0")
    polarisation = _number(
        "polarisation", polarisation, lambda p: (p >= 0) & (p < 1), "0 ≤ polarisation < 1"
    )
    years = 1 / (1 - retention)
    yearly = margin * spend
    alike = margin_multiple(retention, discount, first_margin)
    if polarisation > np.finfo(float).eps and retention > 0:
        size = 1 / polarisation - 1
        customers = ShiftedBetaGeometric(
            {"alpha": (1 - retention) * size, "beta": retention * size}
        )
        different = customers.discounted_expected_lifetime(discount) - _waits(first_margin)
    else:
        different = alike
    values = {
        "naive": naive_value(spend, years),
        "margin": yearly * years,
        "retention": yearly * margin_multiple(retention, 0.0, first_margin),
        "discount": yearly * alike,
        "acquisition_cost": yearly * alike - cost,
        "heterogeneity": yearly * different - cost,
    }
    steps = pd.DataFrame({"step": values.keys(), "value": values.values()})
    return steps.assign(change=np.diff(steps["value"], prepend=0.0))


def customer_lifetime_value(
    purchases, spend, table, periods, *, margin, discount_rate, unit="week"
):
    """Expected present value of what each customer still brings.

    Each purchase is discounted from the moment it is expected. Integrated by
    parts, with delta = log(1 + discount rate) per unit of time,

        integral of d^t dE(t) = d^H E(H) + delta x integral of E(t) d^t dt

    and the smooth integral on the right takes six evaluations of E, at Gauss
    points of the square root of time. Relative error below 1e-6 over one year,
    1e-4 over ten.

    Parameters
    ----------
    purchases : BGNBD or ParetoNBD
        Fitted on purchases in ``unit``.
    spend : GammaGamma
        Fitted.
    table : data frame of n rows
        One row a customer: ``frequency``, ``recency``, ``T``, ``monetary_value``.
    periods : float
        How far to look ahead, in units.
    margin : float
        Share of the spend that is margin, 0 to 1.
    discount_rate : float
        A year.
    unit : {"day", "week", "month", "year"}
        Unit of time of the table.

    Returns
    -------
    array of shape (n,)
        In the currency of ``monetary_value``.

    Raises
    ------
    DataError
        If a value is out of its range or the table cannot be used.

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD, GammaGamma
    >>> purchases = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> spend = GammaGamma({"p": 6.25, "q": 3.74, "gamma": 15.44})
    >>> customer = pd.DataFrame(
    ...     {"frequency": [2], "recency": [30.43], "T": [38.86], "monetary_value": [22.35]}
    ... )
    >>> customer_lifetime_value(
    ...     purchases, spend, customer, 52, margin=0.3, discount_rate=0.1
    ... ).round(2).tolist()
    [11.04]
    """
    margin, delta = _terms(periods, margin, discount_rate, unit)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    root = (nodes + 1) / 2
    discounted = np.exp(-delta * periods) * purchases.expected_purchases(table, periods)
    for time, width in zip(periods * root**2, periods * root * weights):
        expected = purchases.expected_purchases(table, time)
        discounted += delta * width * np.exp(-delta * time) * expected
    return margin * spend.expected_value(table) * discounted


def simulate_lifetime_value(
    purchases, spend, table, periods, *, margin, discount_rate, draws, seed, unit="week"
):
    """Possible present values of what each customer still brings.

    Each draw is one possible future. The customer's own rate, dropout
    probability and level of spend are drawn from what her past says of them;
    then she waits, buys, perhaps leaves, and so on to the horizon. Their mean is
    :func:`customer_lifetime_value`. The parameters of the two models are taken as
    known: with few customers the truth is more uncertain than this.

    Parameters
    ----------
    purchases : BGNBD
        Fitted on purchases in ``unit``.
    spend : GammaGamma
        Fitted.
    table, periods, margin, discount_rate, unit
        As in :func:`customer_lifetime_value`.
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
        If a value is out of its range or the table cannot be used.

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD, GammaGamma
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
    margin, delta = _terms(periods, margin, discount_rate, unit)
    if not isinstance(purchases, BGNBD):
        raise DataError(
            _("purchases is a {model}; accepted: a BGNBD.").format(model=type(purchases).__name__)
        )
    alive = purchases.probability_alive(table)[:, None]
    frequency, T, average = (
        column[:, None] for column in read_columns(table, ["frequency", "T", "monetary_value"])
    )
    r, alpha, a, b = purchases._parameters()
    p, q, gamma = spend._parameters()
    shape = (len(T), draws)
    random = np.random.default_rng(seed)
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
        If the coverage is out of its range.

    Examples
    --------
    >>> lower, upper = interval([range(11)], coverage=0.5)
    >>> lower.tolist(), upper.tolist()
    ([2.5], [7.5])
    """
    coverage = _number("coverage", coverage, lambda c: (c > 0) & (c < 1), "0 < coverage < 1")
    outside = (1 - coverage) / 2
    return tuple(np.quantile(values, [outside, 1 - outside], axis=1))


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
        If the share is out of its range.

    Examples
    --------
    Ten customers; who is best on average is best in two draws of three.

    >>> values = np.zeros((10, 3))
    >>> values[0, :2] = values[1, 2] = 5
    >>> print(round(top_share_agreement(values), 2))
    0.67
    """
    share = _number("share", share, lambda s: (s > 0) & (s <= 1), "0 < share ≤ 1")
    values = np.asarray(values, dtype=float)
    places = max(1, round(share * len(values)))
    expected = _in_top(values.mean(axis=1, keepdims=True), places)
    return float((expected * _in_top(values, places)).sum(axis=0).mean() / places)


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
        If the share is out of its range.

    Examples
    --------
    >>> values = np.zeros((10, 3))
    >>> values[0, :2] = values[1, 2] = 5
    >>> chance_of_top(values)[:3].round(2)
    array([0.67, 0.33, 0.  ])
    """
    share = _number("share", share, lambda s: (s > 0) & (s <= 1), "0 < share ≤ 1")
    values = np.asarray(values, dtype=float)
    return _in_top(values, max(1, round(share * len(values)))).mean(axis=1)


def _in_top(values, places):
    """1 for the rows in the top places of each column, a fraction for equal ones at the edge."""
    cut = np.partition(values, -places, axis=0)[-places]
    above, level = values > cut, values == cut
    return above + level * (places - above.sum(axis=0)) / level.sum(axis=0)


def _terms(periods, margin, discount_rate, unit):
    """The margin and the force of interest per unit of time, once all terms are checked."""
    _number("periods", periods, lambda h: h > 0, "periods > 0")
    margin = _number("margin", margin, lambda m: (m >= 0) & (m <= 1), "0 ≤ margin ≤ 1")
    rate = _number("discount_rate", discount_rate, lambda i: i >= 0, "discount_rate ≥ 0")
    if unit not in UNIT_DAYS:
        raise DataError(
            _("unit is {unit!r}; accepted: {accepted}.").format(
                unit=unit, accepted=_(", ").join(UNIT_DAYS)
            )
        )
    return margin, np.log1p(rate) * UNIT_DAYS[unit] / UNIT_DAYS["year"]


def _waits(first_margin):
    """1 if the margin that would be paid at once is not, else 0."""
    if first_margin not in ("at_end", "at_once"):
        raise DataError(
            _("first_margin is {given!r}; accepted: at_end, at_once.").format(given=first_margin)
        )
    return first_margin == "at_end"


def _number(name, value, valid, accepted):
    """The value, if it is one number and valid."""
    if np.ndim(value):
        raise DataError(
            _("{name} is {value}; accepted: {accepted}.").format(
                name=name, value=value, accepted=accepted
            )
        )
    return numbers(name, value, valid, accepted)
