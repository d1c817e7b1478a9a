"""What customers do online besides buying: visits, shares, reviews, services, referrals.

Somebody engaged visits more often and, of what she does, shares and reviews more.
Engagement rises with need and loyalty, so engaged customers also buy more: to add the
two values up counts part of the same thing twice.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlib.simulation.draws import NEVER, choose, days, times, with_gaps
from crmlib.simulation.parameters import END, TRUTH

ENTRANCES = ["search", "direct", "social media", "advert", "message"]
BROWSING, BUYING = [0.3, 0.25, 0.25, 0.2, 0.0], [0.2, 0.45, 0.15, 0.15, 0.05]
FEES = [10.0, 20.0, 50.0]  # gift wrapping, delivery at a fixed hour, set-up at home
SERVICES = ["gift wrapping", "timed delivery", "set-up"]


def visits(people, left, orders, greeted, random):
    """The table ``visits``: those to look, those of online orders, those greetings brought.

    Parameters
    ----------
    people : DataFrame
    left : int array of shape (n,)
    orders : DataFrame
    greeted : DataFrame
        ``customer`` and ``day`` of visits that the greeting brought.
    random : Generator

    Returns
    -------
    dict of columns, in order of time

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> list(tables["visits"])
    ['customer_id', 'time', 'channel', 'entrance', 'pages', 'order_id']
    """
    truth = TRUTH["visits"]
    rate = truth["per_week"] * np.exp(truth["on_engagement"] * people["engagement"].to_numpy()) / 7
    joined = people["joined"].to_numpy()
    looks = [
        _spread(rate, joined, left, random),
        _spread(rate * truth["after_leaving"], left, np.full(len(left), NEVER), random),
        greeted,
    ]
    looks = pd.concat(looks)
    look_time = times(looks["day"].to_numpy(), random.integers(420, 1435, len(looks)))
    online = np.flatnonzero(orders["channel"] != "store")
    n, buys = len(looks), online.size
    entrance = choose(ENTRANCES, BROWSING, random, n)
    entrance[n - len(greeted) :] = "message"
    found = pd.DataFrame(
        {
            "customer_id": np.append(looks["customer"], orders["customer"].to_numpy()[online]),
            "time": np.append(look_time, orders["time"].to_numpy()[online]),
            "channel": np.where(random.random(n + buys) < 0.5, "app", "web"),
            "entrance": np.append(entrance, choose(ENTRANCES, BUYING, random, buys)),
            "pages": 1 + random.poisson(np.append(np.full(n, 4), np.full(buys, 9))),
            "order_id": np.append(np.full(n, -1), online),
        }
    )
    found.loc[found.index >= n, "channel"] = orders["channel"].to_numpy()[online]
    return dict(found.sort_values("time", kind="stable").items())


def interactions(people, orders, lines, visited, random):
    """The table ``interactions``: shares of visits, reviews of lines, services with orders.

    Parameters
    ----------
    people, orders : DataFrame
    lines : dict of arrays
        Of :func:`crmlib.simulation.baskets.fill`.
    visited : dict of columns
        The table ``visits``.
    random : Generator

    Returns
    -------
    dict of columns, in order of time

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> np.unique(tables["interactions"]["kind"]).tolist()
    ['gift wrapping', 'review', 'set-up', 'share', 'timed delivery']
    """
    truth = TRUTH["interactions"]
    engagement = people["engagement"].to_numpy()
    buyer, bought = orders["customer"].to_numpy(), orders["time"].to_numpy()
    visitor = visited["customer_id"].to_numpy()

    def happens(kind, who):
        chance = expit(truth[f"{kind}_logit"] + truth["on_engagement"] * engagement[who])
        return np.flatnonzero(random.random(len(who)) < chance)

    shared = happens("share", visitor)
    reviewed = happens("review", buyer[lines["order"]])
    served = happens("service", buyer)
    later = random.integers(1440, 14 * 1440, reviewed.size).astype("timedelta64[m]")
    order = lines["order"][reviewed]
    service = random.integers(0, len(FEES), served.size)
    stars = 4 + 0.7 * people["loyalty"].to_numpy()[buyer[order]] + random.normal(0, 0.8, order.size)
    found = pd.concat(
        [
            pd.DataFrame(
                {
                    "customer_id": visitor[shared],
                    "time": visited["time"].to_numpy()[shared],
                    "kind": "share",
                }
            ),
            pd.DataFrame(
                {
                    "customer_id": buyer[order],
                    "time": bought[order] + later,
                    "kind": "review",
                    "product_id": lines["product"][reviewed],
                    "stars": np.clip(np.round(stars), 1, 5),
                    "helpful_votes": random.poisson(0.8, order.size),
                }
            ),
            pd.DataFrame(
                {
                    "customer_id": buyer[served],
                    "time": bought[served],
                    "kind": np.take(SERVICES, service),
                    "order_id": served,
                    "fee": np.take(FEES, service),
                }
            ),
        ]
    )
    found = found[found["time"] < END]
    found = found.sort_values("time", kind="stable")
    numbers = {name: found[name].fillna(-1).astype(int) for name in found.columns[3:7]}
    for name in ("stars", "helpful_votes"):
        numbers[name] = with_gaps(numbers[name], numbers[name] < 0)
    return dict(found.items()) | numbers


def referrals(people, left, random):
    """The table ``referrals``: invitations, and the customer each of them brought, if any.

    A customer who came by word of mouth was invited by an earlier one who had not left;
    loyal ones invite more. Which reward an inviter may offer was drawn at random: for
    the inviter alone, or for both.

    Parameters
    ----------
    people : DataFrame
    left : int array of shape (n,)
    random : Generator

    Returns
    -------
    dict of columns, in order of time

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> np.unique(tables["referrals"]["reward"]).tolist()
    ['both', 'inviter only']
    """
    truth = TRUTH["referrals"]
    joins = np.array([truth["joins_if_one_sided"], truth["joins_if_double_sided"]])
    n = len(people)
    double = random.random(n) < 0.5
    joined, first = people["joined"].to_numpy(), people["first"].to_numpy()
    new = np.flatnonzero(people["source"] == "word of mouth")
    by_first = np.argsort(first, kind="stable")  # who could invite, earliest first
    weight = np.exp(0.5 * people["loyalty"].to_numpy()) * joins[double.astype(int)]
    edges = np.cumsum(weight[by_first])
    earlier = np.searchsorted(first[by_first], joined[new])
    new, earlier = new[earlier > 0], earlier[earlier > 0]
    pick = random.random(new.size) * edges[earlier - 1]
    inviter = by_first[np.minimum(np.searchsorted(edges, pick, side="right"), earlier - 1)]
    still_there = left[inviter] >= joined[new]
    new, inviter = new[still_there], inviter[still_there]
    vain = random.geometric(joins[double[inviter].astype(int)]) - 1  # invitations in vain
    sent = np.append(joined[new], np.repeat(joined[new], vain))
    who = np.append(inviter, np.repeat(inviter, vain))
    sent = np.maximum(sent - random.integers(0, 15, sent.size), first[who])
    brought = np.append(new, np.full(vain.sum(), -1))
    order = np.argsort(sent, kind="stable")
    return {
        "referral_id": np.arange(len(order)),
        "customer_id": who[order],
        "sent_on": days(sent[order]),
        "reward": np.where(double[who[order]], "both", "inviter only"),
        "joined_customer_id": brought[order],
    }


def _spread(rate, start, stop, random):
    """Days of events at a constant daily rate from one day to another, for each customer."""
    length = np.maximum(stop - start, 0)
    count = random.poisson(rate * length)
    who = np.repeat(np.arange(len(rate)), count)
    day = start[who] + (random.random(who.size) * length[who]).astype(int)
    return pd.DataFrame({"customer": who, "day": day})
