"""Did the forecast of the hidden half come true?

A model is fitted to the first part of a log and judged by the second. Over time
that means: all repeat purchases so far, counted, beside the sum of what each
customer was expected to have made by then,

    E(t) = sum_i E[X(t - b_i)],    b_i = day of the first purchase of customer i,

as in the tracking plots of Fader, Hardie and Lee (2005), Marketing Science 24(2).
"""

import numpy as np
import pandas as pd

from crmlib import customers


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
