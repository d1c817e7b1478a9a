"""Complaints, what was done about them, and the call centre."""

import heapq

import numpy as np
import pandas as pd

from crmlib.simulation.draws import choose, times
from crmlib.simulation.parameters import END, FIRST_AGENT, TRUTH

COMPENSATION = 60.0  # yuan
CALL_DAYS = [np.datetime64(f"2024-11-{day}") for day in (11, 12, 13)]


def tickets(left, orders, lines, random):
    """The table ``tickets``: complaints, and claims that a product was cheaper elsewhere.

    Complaints are more frequent after the order after which somebody left. It is drawn
    in that direction so that leaving keeps its probability; read it in the other one: bad
    service brings the complaint and the leaving. Half of the complaints, drawn at random,
    were compensated.

    Parameters
    ----------
    left : int array of shape (n,)
    orders : DataFrame
    lines : dict of arrays
    random : Generator

    Returns
    -------
    dict of columns, in order of time

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> np.unique(tables["tickets"]["category"]).tolist()
    ['billing', 'delivery', 'price promise', 'quality', 'staff']
    """
    truth = TRUTH["service"]
    who, day = orders["customer"].to_numpy(), orders["day"].to_numpy()
    last = (left[who] == day) & (orders["campaign"].to_numpy() < 0)
    chance = np.where(last, truth["complaint_before_leaving"], truth["complaint"])
    complained = np.flatnonzero(random.random(len(orders)) < chance)
    cheaper = lines["order"][random.random(len(lines["order"])) < truth["price_promise"]]
    order = np.append(complained, cheaper)
    n, complaints = order.size, complained.size
    complaint = np.arange(n) < complaints
    category = np.where(
        complaint,
        choose(["delivery", "quality", "billing", "staff"], [4, 3, 2, 1], random, n),
        "price promise",
    )
    opened = times(day[order] + random.integers(1, 8, n), random.integers(540, 1260, n))
    reply = opened + _hours(8, 1.0, n, random)
    solved = reply + _hours(24, 1.0, n, random)
    paid = complaint & (random.random(n) < 0.5)
    refund = np.round(random.exponential(truth["price_gap"], n) + 0.01, 2)
    stays = random.random(n) < np.take(truth["stay"], paid.astype(int))
    found = pd.DataFrame(
        {
            "customer_id": who[order],
            "order_id": order,
            "opened_at": opened,
            "medium": choose(["phone", "chat", "e-mail"], [5, 3, 2], random, n),
            "category": category,
            "promised_at": opened + np.timedelta64(24, "h"),
            "first_reply_at": np.where(reply < END, reply, np.datetime64("NaT")),
            "resolved_at": np.where(solved < END, solved, np.datetime64("NaT")),
            "contacts_needed": random.geometric(truth["solved_at_first_contact"], n),
            "compensation": np.where(complaint, np.where(paid, COMPENSATION, 0.0), refund),
            "would_stay": np.where(complaint & (solved < END), stays, None),
        }
    )
    found = found[found["opened_at"] < END].sort_values("opened_at", kind="stable")
    return {"ticket_id": np.arange(len(found)), **found}


def calls(customers, random):
    """The table ``calls``: three busy days of the call centre, from 9:00 to 18:00.

    A queue M/M/c, whose probability of waiting is Erlang's C.

    Parameters
    ----------
    customers : int
        Number of consumers who may call.
    random : Generator

    Returns
    -------
    dict of columns, in order of time

    Examples
    --------
    >>> log = calls(100, np.random.default_rng(0))
    >>> bool((log["waited_seconds"] >= 0).all())
    True
    """
    truth = TRUTH["calls"]
    hours = 9
    arrived, waited, handled, agent = [], [], [], []
    for date in CALL_DAYS:
        count = random.poisson(truth["per_hour"] * hours)
        arrival = np.sort(random.uniform(0, hours * 3600, count)).round()
        service = np.maximum(random.exponential(truth["handling_seconds"], count).round(), 1)
        free = [(0.0, number) for number in range(truth["agents"])]  # since when each is free
        for come, work in zip(arrival, service, strict=True):
            since, number = heapq.heappop(free)
            start = max(come, since)
            heapq.heappush(free, (start + work, number))
            waited.append(int(start - come))
            agent.append(number)
        arrived.append(date + np.timedelta64(9, "h") + arrival.astype("timedelta64[s]"))
        handled.append(service.astype(int))
    n = len(waited)
    unknown = random.random(n) < 0.3  # hidden number
    return {
        "call_id": np.arange(n),
        "time": np.concatenate(arrived),
        "customer_id": np.where(unknown, -1, random.integers(0, customers, n)),
        "agent_id": FIRST_AGENT + np.array(agent),
        "subject": choose(["order", "delivery", "complaint", "other"], [4, 3, 2, 1], random, n),
        "waited_seconds": np.array(waited),
        "handled_seconds": np.concatenate(handled),
    }


def _hours(median, spread, n, random):
    """Log-normal delays, rounded to minutes."""
    minutes = median * 60 * np.exp(spread * random.normal(size=n))
    return np.ceil(minutes).astype("timedelta64[m]")
