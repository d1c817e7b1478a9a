"""Did the forecast of the hidden half come true?

A model is fitted to the first part of a log and judged by the second. Over time
that means: all repeat purchases so far, counted, beside the sum of what each
customer was expected to have made by then,

    E(t) = sum_i E[X(t - b_i)],    b_i = day of the first purchase of customer i,

as in the tracking plots of Fader, Hardie and Lee (2005), Marketing Science 24(2).
In money, and for the customers ranked highest, it means the same: what the hidden
part brought, beside what it was expected to bring.
"""

import numpy as np
import pandas as pd

from crmlib import customers
from crmlib.value.lifetime import chance_of_top, simulate_lifetime_value, top_share_agreement


def tracking(model, log, calibration_end, observation_end=None, unit="week"):
    """Cumulative repeat purchases, counted and expected.

    Only customers who first bought by ``calibration_end`` are followed; those are
    the customers the model was fitted to.

    Parameters
    ----------
    model : fitted model with ``expected_purchases_new_customer``
        For example :class:`crmlib.value.btyd.BGNBD`.
    log : pandas.DataFrame
        A clean log, as :func:`crmlib.transactions.read` gives it.
    calibration_end, observation_end : datetime-like
        Last day of the part the model saw, and last day of all; by default the
        last day in the log.
    unit : {"day", "week", "month", "year"}
        Unit of time the model was fitted in.

    Returns
    -------
    pandas.DataFrame
        One row a day: ``period`` (float, units since the first purchase of all),
        ``cumulative_repeat_purchases`` (int, counted) and ``expected`` (float).

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.value.btyd import BGNBD
    >>> log, report = datasets.transactions("cdnow")
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> tracking(model, log, "1997-09-30").iloc[-1].round().astype(int).tolist()
    [78, 4339, 4166]
    """
    first_purchase = log.groupby("customer_id")["time"].transform("min")
    followed = log[first_purchase.dt.normalize() <= pd.Timestamp(calibration_end)]
    counted = customers.cumulative_repeat_purchases(followed, "day", observation_end)
    births = customers.first_purchases(followed, unit, observation_end)
    period = counted["period"] / customers.UNIT_DAYS[unit]
    age = period.to_numpy()[:, None] - births["time"].to_numpy()
    expected = model.expected_purchases_new_customer(np.maximum(age, 0))  # none before birth
    return counted.assign(period=period, expected=expected @ births["customers"])


def forecast_test(base, purchases, spend, share=0.1):
    """What the hidden part brought, beside the forecast: all customers, and the top of the list.

    Parameters
    ----------
    base : pandas.DataFrame
        As :func:`crmlib.customers.split` gives it.
    purchases : BGNBD or ParetoNBD
    spend : GammaGamma
        Both fitted to the columns of ``base`` that are not hidden.
    share : float
        Size of the top, by forecast, as a share of the customers.

    Returns
    -------
    pandas.DataFrame
        Rows ``all`` and ``top``. Columns ``customers``; ``purchases`` and ``money`` in the
        hidden part; ``expected_purchases`` and ``expected_money``; and, for the top,
        ``really_top``: the share of them that were among the most valuable in the hidden
        part, beside ``promised_top``, the share that the models themselves promise (200
        simulated futures of that length), and ``past_spend_really_top``, that of as many
        customers who had spent most on repeat purchases.

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.value.btyd import BGNBD, GammaGamma
    >>> log, report = datasets.transactions("cdnow")
    >>> base = customers.split(log, "1997-09-30")
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> spend = GammaGamma({"p": 6.25, "q": 3.74, "gamma": 15.45})
    >>> forecast_test(base, model, spend)["purchases"].tolist()
    [1882, 867]
    """
    length = base["duration_holdout"]
    bought = purchases.expected_purchases(base, length)
    expected = bought * spend.expected_value(base)
    money = (base["frequency_holdout"] * base["monetary_value_holdout"]).to_numpy()
    past = (base["frequency"] * base["monetary_value"]).to_numpy()
    top = _top(expected, share)
    table = pd.DataFrame(
        {
            "customers": [len(base), top.sum()],
            "purchases": [base["frequency_holdout"].sum(), base["frequency_holdout"] @ top],
            "expected_purchases": [bought.sum(), bought @ top],
            "money": [money.sum(), money @ top],
            "expected_money": [expected.sum(), expected @ top],
        },
        index=["all", "top"],
    )
    futures = simulate_lifetime_value(
        purchases, spend, base, length.max(), margin=1.0, discount_rate=0.0, draws=200, seed=32
    )
    really = _top(money, share)
    table["promised_top"] = [np.nan, top_share_agreement(futures, share)]
    table["really_top"] = [np.nan, top @ really / really.sum()]
    table["past_spend_really_top"] = [np.nan, _top(past, share) @ really / really.sum()]
    return table.astype({"customers": int, "purchases": int})


def _top(values, share):
    """1 for the customers with the highest values, a fraction for equal ones at the edge."""
    return chance_of_top(np.asarray(values)[:, None], share)
