"""From spend times years to lifetime value, one correction at a time.

A customer who spends s a year and stays for L years on average looks as if worth
s L. That counts revenue for profit, hopes for certainties, and money to come for
money in hand. With the margin m a year, the retention r and the discount rate i,
and the first margin at the end of the first year,

    V = sum over t >= 1 of m r^t / (1 + i)^t = m r / (1 + i - r)

or m (1 + i) / (1 + i - r) when it is paid at once (Gupta and Lehmann 2003,
"Customers as assets"). :func:`ladder` walks from the one to the other.
"""

import numpy as np
import pandas as pd

from crmlib.checks import choice, number, numbers
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.value.btyd.shifted_beta_geometric import ShiftedBetaGeometric

FIRST_MARGIN = ("at_end", "at_once")


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
        If a value is out of its range; the message names it. Or if there are neither as
        many retention rates as discount rates nor one of either.

    Examples
    --------
    >>> margin_multiple(np.array([0.6, 0.7, 0.8, 0.9]), 0.1).round(2).tolist()
    [1.2, 1.75, 2.67, 4.5]
    """
    choice("first_margin", first_margin, FIRST_MARGIN)
    discount = numbers("discount", discount, lambda i: i >= 0, "discount ≥ 0")
    try:
        np.broadcast_shapes(np.shape(retention), np.shape(discount))
    except ValueError:
        raise DataError(
            _("There must be as many values of retention as of discount, or one of either.")
        ) from None
    retention = numbers(
        "retention",
        retention,
        lambda r: (r >= 0) & (r < 1 + discount),
        "0 ≤ retention < 1 + discount",
    )
    return (1 + discount) / (1 + discount - retention) - (first_margin == "at_end")


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
        Discount rate a year, 0 or 1e-8 and more.
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
    spend = number("spend", spend, lambda s: s >= 0, "spend ≥ 0")
    margin = number("margin", margin, lambda m: (m >= 0) & (m <= 1), "0 ≤ margin ≤ 1")
    retention = number("retention", retention, lambda r: (r >= 0) & (r < 1), "0 ≤ retention < 1")
    discount = number("discount", discount, lambda i: i >= 0, "discount ≥ 0")
    cost = number("acquisition_cost", acquisition_cost, lambda c: c >= 0, "acquisition_cost ≥ 0")
    polarisation = number(
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
        different = customers.discounted_expected_lifetime(discount) - (first_margin == "at_end")
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
