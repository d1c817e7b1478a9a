"""Loyalty points: one for each full 10 yuan kept, credited after the time for returns.

A point is worth 0.1 yuan, so the programme gives back one per cent. Those who watch
prices redeem; what nobody redeems in the year after it was earned expires.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlib.simulation.parameters import END, TRUTH

SECOND_YEAR = np.datetime64("2024-01-01")
LAST_MINUTE = END - np.timedelta64(1, "m")


def ledger(people, log, random):
    """The table ``points``: credits, redemptions and expiries.

    Parameters
    ----------
    people : DataFrame
    log : dict of columns
        The table ``transactions``.
    random : Generator

    Returns
    -------
    dict of columns, in order of time
        ``points`` is negative for what is redeemed or expires; no balance is ever negative.

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> np.unique(tables["points"]["kind"]).tolist()
    ['credit', 'expiry', 'redemption']
    """
    truth = TRUTH["points"]
    lines = pd.DataFrame(
        {name: log[name] for name in ("order_id", "customer_id", "time", "amount")}
    )
    orders = lines.groupby("order_id").agg(
        customer_id=("customer_id", "first"), time=("time", "min"), amount=("amount", "sum")
    )
    wait = np.timedelta64(truth["credited_after_days"], "D")
    earned = np.floor(orders["amount"].to_numpy() / truth["yuan_per_point"] + 1e-9).astype(int)
    credits = pd.DataFrame(
        {
            "customer_id": orders["customer_id"],
            "time": orders["time"] + wait,
            "kind": "credit",
            "points": earned,
            "order_id": orders.index,
        }
    )
    credits = credits[(credits["points"] > 0) & (credits["time"] <= LAST_MINUTE)]
    sensitive = people["price_sensitivity"].to_numpy()[orders["customer_id"]]
    redeems = random.random(len(orders)) < expit(-1.6 + 1.0 * sensitive)
    wishes = orders[redeems].reset_index()[["customer_id", "time", "order_id"]]
    events = pd.concat([credits, wishes.assign(kind="redemption", points=0)])
    events = events.sort_values(["customer_id", "time", "kind"], kind="stable", ignore_index=True)
    redeemed = _whole_balance(events)
    events.loc[redeemed.index, "points"] = -redeemed
    events = events[events["points"] != 0]
    events = pd.concat([events, _expired(events)])
    return dict(events.sort_values("time", kind="stable").items())


def _whole_balance(events):
    """What each redemption takes: all that was credited since the one before."""
    credited = events["points"].groupby(events["customer_id"]).cumsum()
    takes = events["kind"] == "redemption"
    taken_before = credited[takes].groupby(events["customer_id"][takes]).shift(fill_value=0)
    return credited[takes] - taken_before


def _expired(events):
    """Points of the first year that are still there at the end of the second."""
    first_year = events["time"] < SECOND_YEAR
    old = events["points"].where((events["kind"] == "credit") & first_year, 0)
    used = -events["points"].where(events["kind"] == "redemption", 0)
    left = (old - used).groupby(events["customer_id"]).sum()
    left = left[left > 0]
    return pd.DataFrame(
        {
            "customer_id": left.index,
            "time": LAST_MINUTE,
            "kind": "expiry",
            "points": -left.to_numpy(),
            "order_id": -1,
        }
    )
