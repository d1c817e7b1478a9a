"""Did the forecast of the hidden half come true?

A model is fitted to the first part of a log and judged by the second. Over time
that means: all repeat purchases so far, counted, beside the sum of what each
customer was expected to have made by then,

    E(t) = sum_i E[X(t - b_i)],    b_i = day of the first purchase of customer i,

as in the tracking plots of Fader, Hardie and Lee (2005), Marketing Science 24(2).
In money, for the customers ranked highest and for those whom the model has given
up, it means the same: what the hidden part brought, beside what it was expected
to bring.
"""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from crmlib import customers
from crmlib.customers.customer_days import unit_days
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.value.lifetime import (
    chance_of_top,
    interval,
    simulate_lifetime_value,
    top_share_agreement,
)


def tracking(model, log, calibration_end, observation_end=None, unit="week"):
    """Cumulative repeat purchases, counted and expected.

    Only customers who first bought by ``calibration_end`` are followed; those are
    the customers the model was fitted to.

    Parameters
    ----------
    model : BGNBD or ParetoNBD
    log : pandas.DataFrame
        A clean log, as :func:`crmlib.transactions.read` gives it.
    calibration_end, observation_end
        Last day of the part the model saw, and last day of all, as in
        :func:`crmlib.customers.split`.
    unit : {"day", "week", "month", "year"}
        Unit of time the model was fitted in.

    Returns
    -------
    pandas.DataFrame
        One row a day: ``period`` (float, units since the first purchase of all),
        ``cumulative_repeat_purchases`` (int, counted) and ``expected`` (float).

    Raises
    ------
    DataError
        As in :func:`crmlib.customers.split`, or if the log is no pandas data frame.

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.value.btyd import BGNBD
    >>> log, report = datasets.transactions("cdnow")
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> tracking(model, log, "1997-09-30").iloc[-1].round().astype(int).tolist()
    [78, 4339, 4166]
    """
    if not isinstance(log, pd.DataFrame):
        raise DataError(_("The log must be a pandas data frame, as transactions.read() makes one."))
    base = customers.split(log, calibration_end, observation_end, "day")
    followed = log[log["customer_id"].isin(base["customer_id"])]
    counted = customers.cumulative_repeat_purchases(followed, "day", observation_end)
    days = len(counted)
    period = counted["period"] / unit_days(unit)
    births = np.bincount((base["T"].max() - base["T"]).astype(int), minlength=days)
    each = model.expected_purchases_new_customer(period.to_numpy())  # at an age of so many days
    return counted.assign(period=period, expected=np.convolve(births, each)[:days])


def alive_test(base, model, bounds=(0, 0.1, 0.5, 0.9, 1)):
    """What repeat buyers did in the hidden part, by the P(alive) they had before it.

    Whoever bought again was still there; whoever did not may be, too. So the share that
    bought again may be lower than P(alive) in a model that is right, but not higher.
    Purchases count those who are gone, and so are to be as many as expected.

    Parameters
    ----------
    base : pandas.DataFrame
        As :func:`crmlib.customers.split` gives it.
    model : BGNBD or ParetoNBD
        Fitted to the columns of ``base`` that are not hidden.
    bounds : tuple of float
        Of the groups, rising from 0 to 1; a group holds its lower bound.

    Returns
    -------
    pandas.DataFrame
        One row a group, named by its bounds in per cent: ``customers``;
        ``mean_probability_alive``; ``bought_again``, a share, with its 95 % interval
        (Wilson's) from ``low`` to ``high``; ``expected_purchases``, ``purchases``, and
        ``error``, the standard error of their difference. In an empty group there are no shares.

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.value.btyd import BGNBD
    >>> log, report = datasets.transactions("cdnow")
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> test = alive_test(customers.split(log, "1997-09-30"), model, bounds=(0, 0.5, 1))
    >>> test["customers"].tolist(), test["purchases"].tolist()
    ([393, 553], [310, 1238])
    >>> test["expected_purchases"].round().tolist()
    [184.0, 1152.0]
    """
    base = base[base["frequency"] > 0]
    made = base["frequency_holdout"]
    expected = model.expected_purchases(base, base["duration_holdout"])
    alive = model.probability_alive(base)
    group = np.searchsorted(bounds[1:-1], alive, side="right")
    each = pd.DataFrame(
        {
            "alive": alive,
            "again": made > 0,
            "expected": expected,
            "made": made,
            "square": (made - expected) ** 2,
        }
    ).groupby(group)
    groups = range(len(bounds) - 1)
    total = each.sum().reindex(groups, fill_value=0)
    size = each.size().reindex(groups, fill_value=0)
    intervals = [
        tuple(binomtest(int(k), int(n)).proportion_ci(method="wilson")) if n else (np.nan, np.nan)
        for k, n in zip(total["again"], size)
    ]
    low, high = zip(*intervals)
    names = [f"{100 * a:g}–{100 * b:g} %" for a, b in zip(bounds, bounds[1:])]
    table = pd.DataFrame(
        {
            "customers": size,
            "mean_probability_alive": total["alive"] / size,
            "bought_again": total["again"] / size,
            "low": low,
            "high": high,
            "expected_purchases": total["expected"],
            "purchases": total["made"].astype(int),
            "error": np.sqrt(total["square"]),
        }
    )
    return table.set_axis(pd.Index(names, name="P(alive)"))


def forecast_test(base, purchases, spend, share=0.1):
    """What the hidden part brought, beside the forecast: all, the top of the list, and bought once.

    Parameters
    ----------
    base : pandas.DataFrame
        As :func:`crmlib.customers.split` gives it.
    purchases : BGNBD
    spend : GammaGamma
        Both fitted to the columns of ``base`` that are not hidden.
    share : float
        Size of the top, by forecast, as a share of the customers.

    Returns
    -------
    pandas.DataFrame
        Rows ``all``, ``top``, and ``once``, those without a repeat purchase. Columns
        ``customers``; ``purchases`` and ``money`` in the hidden part; ``expected_purchases``
        and ``expected_money``; ``inside``, the share whose money lay within the middle 80 %
        of their 200 simulated futures of that length; and, for the top, ``really_top``: the
        share of them that were among the most valuable in the hidden part, beside
        ``promised_top``, the share that the models themselves promise, and
        ``past_spend_really_top``, that of as many customers who had spent most on repeat
        purchases.

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.value.btyd import BGNBD, GammaGamma
    >>> log, report = datasets.transactions("cdnow")
    >>> base = customers.split(log, "1997-09-30")
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> spend = GammaGamma({"p": 6.25, "q": 3.74, "gamma": 15.45})
    >>> forecast_test(base, model, spend)["purchases"].tolist()
    [1882, 867, 334]
    """
    length = base["duration_holdout"]
    bought = purchases.expected_purchases(base, length)
    expected = bought * spend.expected_value(base)
    money = (base["frequency_holdout"] * base["monetary_value_holdout"]).to_numpy()
    past = (base["frequency"] * base["monetary_value"]).to_numpy()
    top = _top(expected, share)
    futures = simulate_lifetime_value(
        purchases, spend, base, length.max(), margin=1.0, discount_rate=0.0, draws=200, seed=32
    )
    low, high = interval(futures, coverage=0.8)
    each = pd.DataFrame(
        {
            "customers": 1,
            "purchases": base["frequency_holdout"].to_numpy(),
            "expected_purchases": bought,
            "money": money,
            "expected_money": expected,
            "inside": (low <= money) & (money <= high),
        }
    )
    rows = {"all": np.ones(len(base)), "top": top, "once": base["frequency"].to_numpy() == 0}
    table = pd.DataFrame({name: each.mul(row, axis=0).sum() for name, row in rows.items()}).T
    table["inside"] /= table["customers"]
    really = _top(money, share)
    table["promised_top"] = pd.Series({"top": top_share_agreement(futures, share)})
    table["really_top"] = pd.Series({"top": top @ really / really.sum()})
    table["past_spend_really_top"] = pd.Series({"top": _top(past, share) @ really / really.sum()})
    counts = table[["customers", "purchases"]].round().astype(int)
    return table.assign(**counts)


def _top(values, share):
    """1 for the customers with the highest values, a fraction for equal ones at the edge."""
    return chance_of_top(np.asarray(values)[:, None], share)
