"""Who the customers are: hidden scores first, then what can be seen of them.

    need, loyalty, value           independent standard normal scores
    price_sensitivity              low where value and loyalty are high
    engagement                     high where need and loyalty are high

From the first three come the three numbers of a customer's buying, each by the
quantile function of its distribution:

    purchase_rate        lambda ~ Gamma(r, alpha)    rises with need
    dropout_probability  p      ~ Beta(a, b)         falls with loyalty
    mean_spend           p/nu, nu ~ Gamma(q, gamma)  rises with value

So they are independent, as BG/NBD and Gamma-Gamma assume, and everything else may
depend on the scores without disturbing that.
"""

import numpy as np
import pandas as pd
from scipy.special import betaincinv, expit, gammaincinv, ndtr

from crmlib.simulation.draws import NEVER, choose, choose_by_score, days, steps, with_gaps
from crmlib.simulation.parameters import (
    CITIES,
    CITY_TIERS,
    DAYS,
    DISTRICTS,
    FIRST_DAY,
    HOBBIES,
    REGIONS,
    SEGMENTS,
    SOURCES,
    TRUTH,
)

# New customers by month, and fewer in the second year, so that many are watched for long.
SEASON = np.array([1.3, 0.7, 1, 1, 1, 1.4, 0.9, 0.9, 1, 1, 1.6, 1])
SECOND_YEAR = 0.6


def draw(n, random):
    """Consumers with their hidden scores and their traits.

    Parameters
    ----------
    n : int
    random : Generator

    Returns
    -------
    DataFrame
        One row a consumer. ``city`` and ``district`` are numbers; ``joined`` and ``first``
        are day numbers: of the registration and of the first order (``NEVER`` if there is
        none).

    Examples
    --------
    >>> people = draw(100, np.random.default_rng(0))
    >>> bool((people["first"] >= people["joined"]).all())
    True
    """
    people = _scores(n, random)
    people["age"] = 18 + np.minimum(random.gamma(2.2, 9, n).astype(int), 62)
    people["sex"] = np.where(random.random(n) < TRUTH["customers"]["female"], "female", "male")
    people["tier"] = steps(0.3 * people["value"] + 0.954 * random.normal(size=n), [0.4, 0.4, 0.2])
    people["tier"] = 4 - people["tier"]  # 1: the largest cities, with the richest customers
    people["city"] = _city(people["tier"].to_numpy(), random)
    people["district"] = random.integers(0, len(DISTRICTS), n)
    people["lives_with_previous"] = _households(n, random)
    guest = np.flatnonzero(people["lives_with_previous"])
    for home in ("tier", "city", "district"):
        people.loc[guest, home] = people[home].to_numpy()[guest - 1]
    people["segment"] = _segment(people, random)
    people["source"] = choose_by_score(
        SOURCES,
        [
            0.0,
            -0.1 - 0.3 * people["loyalty"],
            -0.6 + 0.5 * people["loyalty"],
            -0.5 - 0.04 * (people["age"] - 35),
        ],
        random,
    )
    people["joined"] = _joined(n, random)
    lag = np.where(random.random(n) < 0.6, 0, random.geometric(0.15, n))
    never = random.random(n) < TRUTH["customers"]["never_ordered"]
    people["first"] = np.where(never, NEVER, np.minimum(people["joined"] + lag, NEVER))
    return people


def customers(people, accounts, random):
    """The table ``customers``: consumers first, then business customers.

    Parameters
    ----------
    people : DataFrame
        Of :func:`draw`.
    accounts : DataFrame
        Columns ``joined``, ``city``, ``industry``, ``source``.
    random : Generator

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> people = draw(100, np.random.default_rng(0))
    >>> from crmlib.simulation import business
    >>> accounts = business.draw(10, np.random.default_rng(0))
    >>> len(customers(people, accounts, np.random.default_rng(0))["customer_id"])
    110
    """
    n, extra = len(people), len(accounts)
    consumer = np.arange(n + extra) < n
    age = people["age"].to_numpy()
    trend = people["segment"].to_numpy() == "trend"
    refuses = expit(-2.0 + TRUTH["customers"]["income_refused_on_value"] * people["value"])
    income = steps(
        0.7 * people["value"] + 0.714 * random.normal(size=n), [0.15, 0.3, 0.3, 0.15, 0.1]
    )
    innovative = 50 - 0.5 * (age - 38) + 15 * trend + random.normal(0, 15, n)
    job = choose_by_score(
        ["student", "office", "services", "industry", "self-employed", "retired"],
        [(23 - age) * 0.8, 1.0, 0.8, 0.6, 0.2, (age - 60) * 0.8],
        random,
    )
    school = choose(["secondary", "college", "degree"], [0.35, 0.3, 0.35], random, n)
    typical = np.take([0, 1, 2, 3], people["segment"].cat.codes)  # of each segment
    hobby = np.where(random.random(n) < 0.5, typical, random.integers(0, len(HOBBIES), n))
    district = np.append(people["district"], random.integers(0, len(DISTRICTS), extra))
    city = np.append(people["city"], accounts["city"]).astype(int)
    source = np.append(people["source"], accounts["source"])
    cost = pd.Series(source).map(TRUTH["acquisition_cost"]).to_numpy()
    cost = np.round(cost * np.exp(0.3 * random.normal(size=n + extra) - 0.045), 2)

    def only_consumers(values, missing=False):
        padded = np.append(np.asarray(values, dtype=object), [None] * extra)
        return with_gaps(padded, ~consumer | np.append(np.broadcast_to(missing, n), [True] * extra))

    return {
        "customer_id": np.arange(n + extra),
        "kind": np.where(consumer, "consumer", "business"),
        "joined_on": days(np.append(people["joined"], accounts["joined"])),
        "source": source,
        "acquisition_cost": cost,
        "region": np.take(REGIONS, city % len(REGIONS)),
        "city": np.take(CITIES, city),
        "city_tier": CITY_TIERS[city],
        "district": np.take(DISTRICTS, district),
        "age": only_consumers(age),
        "sex": only_consumers(people["sex"]),
        "married": only_consumers(random.random(n) < expit((age - 29) / 3) * 0.85),
        "schooling": only_consumers(school),
        "job": only_consumers(job),
        "income_band": only_consumers(income, missing=random.random(n) < refuses),
        "hobby": only_consumers(np.take(HOBBIES, hobby), missing=random.random(n) < 0.1),
        "innovativeness": only_consumers(np.clip(innovative, 0, 100).astype(int)),
        "industry": with_gaps(
            np.append(np.full(n, None, dtype=object), accounts["industry"]), consumer
        ),
    }


def _scores(n, random):
    need, loyalty, value = random.normal(size=(3, n))
    truth = TRUTH["customers"]

    def child(*parts):
        """A standard normal score that has these correlations with these scores."""
        rest = np.sqrt(1 - sum(weight**2 for weight, _ in parts))
        return sum(weight * score for weight, score in parts) + rest * random.normal(size=n)

    buying, spend = TRUTH["purchases"], TRUTH["spend"]
    nu = gammaincinv(spend["q"], ndtr(-value)) / spend["gamma"]
    return pd.DataFrame(
        {
            "need": need,
            "loyalty": loyalty,
            "value": value,
            "price_sensitivity": child(
                (truth["price_sensitivity_on_value"], value),
                (truth["price_sensitivity_on_loyalty"], loyalty),
            ),
            "engagement": child(
                (truth["engagement_on_need"], need), (truth["engagement_on_loyalty"], loyalty)
            ),
            "purchase_rate": gammaincinv(buying["r"], ndtr(need)) / buying["alpha"],
            "dropout_probability": betaincinv(buying["a"], buying["b"], ndtr(-loyalty)),
            "mean_spend": spend["p"] / nu,
        }
    )


def _city(tier, random):
    """A city of the given tier."""
    first = np.searchsorted(CITY_TIERS, tier)
    return first + (random.random(len(tier)) * np.bincount(CITY_TIERS)[tier]).astype(int)


def _households(n, random):
    """Who lives with the customer before; never three in a row."""
    lives = random.random(n) < TRUTH["records"]["household"]
    return lives & ~np.append(True, lives[:-1])


def _segment(people, random):
    """What somebody mainly looks for: from age, price sensitivity and value."""
    age = people["age"].to_numpy()
    utilities = [
        1.2 - (age - 24) / 6,
        1.2 - np.abs(age - 38) / 8,
        0.2 + 1.5 * people["price_sensitivity"],
        -0.3 + (age - 40) / 20 + 0.8 * people["value"],
    ]
    return choose_by_score(SEGMENTS, utilities, random)


def _joined(n, random):
    dates = FIRST_DAY + np.arange(DAYS)
    month = dates.astype("datetime64[M]").astype(int) % 12
    weights = SEASON[month] * np.where(np.arange(DAYS) < 365, 1, SECOND_YEAR)
    edges = np.cumsum(weights)
    return np.searchsorted(edges, random.random(n) * edges[-1])
