"""Business customers, their orders, and prospects on the way to becoming one.

Orders in a year are Poisson with a rate from a gamma distribution, the same in both
years: so next year's best are this year's best only in part. Highway builders are 4 % of
accounts and many more of those with a high rate.
"""

import numpy as np
import pandas as pd
from scipy.special import expit, gammaincinv, ndtr, ndtri

from crmlib.simulation.draws import NEVER, choose, days, steps, with_gaps
from crmlib.simulation.parameters import (
    CITIES,
    DAYS,
    INDUSTRIES,
    REGIONS,
    SOURCES,
    STAFF,
    TRUTH,
)
from crmlib.simulation.surveys import scale

SELLERS = (STAFF["shop"], STAFF["sales"])  # first number, count
STAGES = ["new", "qualified", "meeting", "offer", "won"]
OBJECTIONS = ["price", "no need", "trust", "timing"]
LONGEST_SALE = 90  # days from first word to the end
STRENGTH_AND_INTENT = 0.6  # correlation of the weaker of the two with how far a lead goes
LEADS_PER_ACCOUNT = 5
SEASON = 1 + 0.5 * np.sin(2 * np.pi * (np.arange(DAYS) - 60) / 365)  # high in summer


def draw(n, random):
    """Business customers with their hidden order rate.

    Parameters
    ----------
    n : int
    random : Generator

    Returns
    -------
    DataFrame
        Day numbers ``joined`` may be negative: before the two years began.

    Examples
    --------
    >>> accounts = draw(50, np.random.default_rng(0))
    >>> bool((accounts["order_rate"] > 0).all())
    True
    """
    truth = TRUTH["accounts"]
    rank = random.random(n)
    highway = random.random(n) < truth["highway_share"] * 10 * rank**9
    transport = random.random(n) < 0.06 * 3 * rank**2
    other = choose(INDUSTRIES[2:], [5, 4, 3, 3, 4, 2], random, n).astype(object)
    new = random.random(n) < 0.25
    joined = np.where(new, random.integers(30, DAYS, n), random.integers(-2922, 0, n))
    source = choose(SOURCES, [3, 2, 3, 0], random, n).astype(object)
    share_score = random.normal(size=n)
    return pd.DataFrame(
        {
            "order_rate": gammaincinv(truth["r"], rank) * truth["mean_orders"] / truth["r"],
            "rank": rank,
            "share_score": share_score,
            "share": expit(-0.8 + 0.9 * share_score),
            "industry": np.where(highway, INDUSTRIES[0], np.where(transport, INDUSTRIES[1], other)),
            "joined": joined,
            "city": random.integers(0, len(CITIES), n),
            "source": np.where(new, "sales", source),
        }
    )


def orders(accounts, first_customer, random):
    """The table ``account_orders``, with what the account's own books say about each.

    Parameters
    ----------
    accounts : DataFrame
    first_customer : int
        Number of the first account among all customers.
    random : Generator

    Returns
    -------
    dict of columns, in order of time

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> bool((tables["account_orders"]["amount"] > 0).all())
    True
    """
    truth = TRUTH["accounts"]
    count = random.poisson(accounts["order_rate"] * DAYS / 365.25)
    who = np.repeat(np.arange(len(accounts)), count)
    edges = np.cumsum(SEASON)
    day = np.searchsorted(edges, random.random(who.size) * edges[-1])
    size = 800 * np.exp(0.3 * ndtri(accounts["rank"].to_numpy())[who])
    amount = np.round(size * np.exp(0.5 * random.normal(size=who.size)), 0)
    keep = day >= accounts["joined"].to_numpy()[who]
    who, day, amount = who[keep], day[keep], amount[keep]
    order = np.argsort(day, kind="stable")
    who, day, amount = who[order], day[order], amount[order]
    chance = random.random(who.size)
    missing = chance < truth["voucher_missing"]
    misread = chance > 1 - truth["voucher_misread"]
    booked = np.where(misread, amount + 9 * (amount % 100 // 10 - amount % 10), amount)
    return {
        "account_order_id": np.arange(who.size),
        "customer_id": first_customer + who,
        "ordered_on": days(day),
        "amount": amount,
        "amount_in_their_books": with_gaps(booked, missing),
    }


def table(accounts, first_customer, random):
    """The table ``accounts``.

    Parameters
    ----------
    accounts : DataFrame
    first_customer : int
        Number of the first account among all customers.
    random : Generator

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> np.unique(tables["accounts"]["tier_by_seller"]).tolist()
    ['general', 'important', 'potential']
    """
    truth = TRUTH["accounts"]
    n = len(accounts)
    rank = ndtri(accounts["rank"].to_numpy())
    share = accounts["share_score"].to_numpy()
    felt = truth["felt_tie_on_share"]
    felt = felt * share + np.sqrt(1 - felt**2) * random.normal(size=n)
    gift, tracking, thanks = random.random((3, n)) < 0.5
    renewal = (
        truth["renewal_logit"]
        + truth["gift"] * gift
        + truth["tracking"] * tracking
        + truth["thanks"] * thanks
        + 0.5 * share
    )
    yearly = accounts["order_rate"] * 850 / accounts["share"]
    forecast = expit(
        0.5 + 0.6 * np.log(np.expm1(accounts["order_rate"] / 4)) + random.normal(size=n)
    )
    tenure = (NEVER - accounts["joined"]) / 365.25
    return {
        "customer_id": first_customer + np.arange(n),
        "headcount": np.ceil(40 * np.exp(0.5 * rank + random.normal(0, 1, n))).astype(int),
        "seller_id": SELLERS[0] + random.integers(0, SELLERS[1], n),
        "contract_years": np.minimum(1 + random.poisson(1.5, n), 6),
        "tier_by_seller": _tier(rank, random),
        "tier_by_manager": _tier(rank, random),
        "relationship_level": scale(
            2 + 0.25 * tenure + 0.6 * share + random.normal(0, 0.8, n), 1, 7
        ),
        "felt_tie": scale(5.5 + 2 * felt, 1, 10),
        "fit": scale(6 + 0.8 * share + random.normal(0, 1.5, n), 1, 10),
        "requests_2024": random.poisson(np.exp(0.2 + 0.4 * share)),
        "category_spend": np.round(yearly * np.exp(0.1 * random.normal(size=n)), -2),
        "forecast_q4_2024": np.round(forecast, 2),
        "payment_days": np.round(20 + random.gamma(2, 8, n)).astype(int),
        "gift": gift,
        "tracking": tracking,
        "thanks": thanks,
        "renewed": random.random(n) < expit(renewal),
    }


def leads(accounts, first_customer, random):
    """The table ``leads``: prospects, the furthest stage they reached, and what stood against.

    A lead goes as far as the weaker of its strength (can it buy?) and its intent (does it
    want to?) allows: strength without intent does not sell.

    Parameters
    ----------
    accounts : DataFrame
    first_customer : int
        Number of the first account among all customers.
    random : Generator

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> np.unique(tables["leads"]["stage"]).tolist()
    ['meeting', 'new', 'offer', 'qualified', 'won']
    """
    n = LEADS_PER_ACCOUNT * len(accounts)
    created = random.integers(0, DAYS - LONGEST_SALE, n)
    strength, intent = random.normal(size=(2, n))
    weaker = ndtri(1 - (1 - ndtr(np.minimum(strength, intent))) ** 2)  # a standard normal score
    rho = STRENGTH_AND_INTENT
    score = rho * weaker + np.sqrt(1 - rho**2) * random.normal(size=n)
    reach = np.cumprod(TRUTH["leads"]["steps"])
    stage = (ndtr(-score)[:, None] < reach).sum(axis=1)
    wait = np.ceil((1 + stage) * random.gamma(2, 6, n)).astype(int)
    wait = np.minimum(wait, LONGEST_SALE)
    industry = choose(INDUSTRIES, [1, 2, 6, 5, 4, 3, 5, 3], random, n).astype(object)
    city = random.integers(0, len(CITIES), n)
    headcount = np.ceil(40 * np.exp(0.4 * strength + random.normal(0, 1, n))).astype(int)

    # Some of the won are the accounts that sellers brought in during these two years.
    account = np.full(n, -1)
    brought = np.flatnonzero(accounts["source"] == "sales")
    won = np.flatnonzero(stage == 4)[: len(brought)]
    brought = brought[: len(won)]
    account[won] = first_customer + brought
    industry[won] = accounts["industry"].to_numpy()[brought]
    city[won] = accounts["city"].to_numpy()[brought]
    closed = created + wait
    closed[won] = accounts["joined"].to_numpy()[brought]
    created[won] = np.maximum(closed[won] - wait[won], 0)
    objection = with_gaps(np.take(OBJECTIONS, random.integers(0, 4, n)), stage == 4)
    return {
        "lead_id": np.arange(n),
        "created_on": days(created),
        "region": np.take(REGIONS, city % len(REGIONS)),
        "city": np.take(CITIES, city),
        "industry": industry,
        "headcount": headcount,
        "strength": steps(strength, [0.2] * 5),
        "intent": steps(intent, [0.2] * 5),
        "seller_id": SELLERS[0] + random.integers(0, SELLERS[1], n),
        "contacts": 1 + stage + random.poisson(1, n),
        "stage": np.take(STAGES, stage),
        "closed_on": days(closed),
        "objection": objection,
        "customer_id": account,
    }


def _tier(rank, random):
    """A judgement with error: the best fifth important, the last two fifths only potential."""
    score = (rank + 0.45 * random.normal(size=len(rank))) / np.hypot(1, 0.45)
    return np.take(["potential", "general", "important"], steps(score, [0.4, 0.4, 0.2]) - 1)
