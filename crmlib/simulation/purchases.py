"""When consumers buy: the story of BG/NBD, day by day.

Somebody who has not left buys on a day with probability lambda / 7 (times the
weight of the weekday), at most once a day, and after each repeat order leaves for
good with probability p. Nobody leaves after the first order. There is no yearly
season in repeat orders; that of the shop comes from new customers and campaigns.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlib.simulation.draws import NEVER, times
from crmlib.simulation.parameters import DAYS, STORES_PER_CITY, TRUTH

# Buying time that has passed by the end of each day; 7 a week. The first day is a Sunday.
CLOCK = np.cumsum(np.take(TRUTH["weekdays"]["weights"], (np.arange(DAYS) - 1) % 7))


def repeat_orders(purchase_rate, dropout_probability, first, random):
    """All orders of the process, the first ones included.

    Parameters
    ----------
    purchase_rate : array of shape (n,)
        Orders a week, while a customer.
    dropout_probability : array of shape (n,)
    first : int array of shape (n,)
        Day of the first order; ``NEVER`` if there is none.
    random : Generator

    Returns
    -------
    orders : DataFrame
        ``customer`` (row number) and ``day``.
    left : int array of shape (n,)
        Day of the order after which somebody left; ``NEVER`` if still there at the end.

    Examples
    --------
    >>> orders, left = repeat_orders([0.5], [1.0], np.array([0]), np.random.default_rng(0))
    >>> len(orders), bool(left[0] == orders["day"].max())
    (2, True)
    """
    hazard = -np.log1p(-np.minimum(np.asarray(purchase_rate) / 7, 0.9))  # per day of buying time
    dropout = np.asarray(dropout_probability)
    left = np.full(len(first), NEVER)
    who = np.flatnonzero(first < NEVER)
    day = first[who]
    found = [(who, day)]
    while who.size:
        wait = random.exponential(size=who.size) / hazard[who]
        day = np.searchsorted(CLOCK, CLOCK[day] + wait, side="right")
        in_time = day < NEVER
        who, day = who[in_time], day[in_time]
        found.append((who, day))
        leaves = random.random(who.size) < dropout[who]
        left[who[leaves]] = day[leaves]
        who, day = who[~leaves], day[~leaves]
    who, day = map(np.concatenate, zip(*found, strict=True))
    return pd.DataFrame({"customer": who, "day": day}), left


def complete(orders, people, random):
    """Orders with a channel, a store, a time and the money to be spent; in order of time.

    Parameters
    ----------
    orders : DataFrame
        ``customer``, ``day``, ``campaign`` (-1 if none).
    people : DataFrame
    random : Generator

    Returns
    -------
    DataFrame
        With ``channel``, ``store`` (-1 if online), ``time`` and ``spend`` (yuan).

    Examples
    --------
    >>> from crmlib.simulation.people import draw
    >>> orders = pd.DataFrame({"customer": [1, 0], "day": [9, 3], "campaign": -1})
    >>> people = draw(2, np.random.default_rng(0))
    >>> complete(orders, people, np.random.default_rng(0))["customer"].tolist()
    [0, 1]
    """
    n = len(orders)
    truth = TRUTH["orders"]
    buyer = people.iloc[orders["customer"].to_numpy()]
    age = buyer["age"].to_numpy() - 35
    online = random.random(n) < expit(truth["online_at_35"] + truth["online_on_age"] * age)
    app = random.random(n) < expit(truth["app_at_35"] + truth["app_on_age"] * age)
    in_store = 540 + 720 * random.beta(2, 2, n)  # 9:00 to 21:00
    minute = np.where(online, 360 + 1080 * random.beta(5, 2, n), in_store).astype(int)
    store = buyer["city"].to_numpy() * STORES_PER_CITY + random.integers(0, STORES_PER_CITY, n)
    p = TRUTH["spend"]["p"]
    return (
        orders.assign(
            channel=np.where(online, np.where(app, "app", "web"), "store"),
            store=np.where(online, -1, store),
            time=times(orders["day"].to_numpy(), minute),
            spend=random.gamma(p, size=n) * buyer["mean_spend"].to_numpy() / p,
        )
        .sort_values("time", kind="stable")
        .reset_index(drop=True)
    )
