"""People outside the shop's files: the public, a panel on brands, a choice experiment.

These tables have one size, however large the shop is.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlib.simulation.draws import choose
from crmlib.simulation.parameters import BRANDS, CATEGORIES, REGIONS, TRUTH
from crmlib.simulation.surveys import scale

RESPONDENTS, RATERS, CHOOSERS, TASKS = 2_000, 300, 300, 6
HEARD_FROM = ["personal", "commercial", "public", "experience"]
LETTERS = np.array(list("OABCD"))  # ours, brands A to D


def market_survey(random):
    """The table ``market_survey``: a random sample of the public.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> answers = market_survey(np.random.default_rng(0))
    >>> bool((answers["action"] <= answers["memory"]).all())
    True
    """
    n = RESPONDENTS
    age = random.integers(18, 75, n)
    blocks = {name: random.normal(size=n) for name in TRUTH["brand_choice"]}
    buys = sum(TRUTH["brand_choice"][name] * score for name, score in blocks.items()) - 0.3
    reached = np.cumprod(random.random((n, 5)) < TRUTH["aidma"]["yields"], axis=1) == 1
    stages = ["attention", "interest", "desire", "memory", "action"]
    ladder = 1 + random.integers(0, 6, n)  # needs met: the first 0 to 5 of Maslow's
    needs = np.arange(1, 6) < ladder[:, None]
    needs ^= random.random((n, 5)) < TRUTH["maslow"]["wrong_answers"]
    return {
        "respondent_id": np.arange(n),
        "age": age,
        "sex": choose(["female", "male"], [1, 1], random, n),
        "region": choose(REGIONS, np.ones(5), random, n),
        **{f"{name}_score": np.round(score, 2) for name, score in blocks.items()},
        "buys_category": random.random(n) < expit(buys),
        "heard_from": choose(HEARD_FROM, [0.4, 0.3, 0.1, 0.2], random, n),
        **{stage: reached[:, i] for i, stage in enumerate(stages)},
        **{f"need_{i + 1}": needs[:, i] for i in range(5)},
        "last_brands": _brands(age, random),
    }


def _brands(age, random):
    """The brands of the last five purchases, the latest last, such as OOABB."""
    truth = TRUTH["switching"]
    chance = np.clip(truth["at_18"] + truth["per_year"] * (age - 18), 0, 1)
    brand = random.integers(0, len(LETTERS), len(age))
    history = [LETTERS[brand]]
    for _ in range(4):
        switch = random.random(len(age)) < chance
        brand = (brand + switch * random.integers(1, len(LETTERS), len(age))) % len(LETTERS)
        history.append(LETTERS[brand])
    return np.array(["".join(letters) for letters in zip(*history, strict=True)])


def brand_ratings(random):
    """The table ``brand_ratings``: brands, and the ideal one, rated from 1 to 10.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> len(brand_ratings(np.random.default_rng(0))["brand"])
    1800
    """
    means = np.array([TRUTH["brands"][brand] for brand in BRANDS])
    n = RATERS * len(BRANDS)
    habit = np.repeat(random.normal(0, 0.5, RATERS), len(BRANDS))[:, None]  # mild and hard raters
    scores = scale(np.tile(means, (RATERS, 1)) + habit + random.normal(0, 1.2, (n, 4)), 1, 10)
    columns = ["quality", "low_price", "service", "style"]
    return {
        "respondent_id": np.repeat(np.arange(RATERS), len(BRANDS)),
        "brand": np.tile(BRANDS, RATERS),
        **dict(zip(columns, scores.T, strict=True)),
    }


def choice_experiment(random):
    """The table ``choice_experiment``: which of two offers somebody prefers.

    Returns
    -------
    dict of columns
        Two rows for each of a respondent's tasks.

    Examples
    --------
    >>> offers = choice_experiment(np.random.default_rng(0))
    >>> int(offers["chosen"].sum())
    1800
    """
    n = CHOOSERS * TASKS
    business = np.repeat(np.arange(CHOOSERS) % 3 == 2, TASKS).astype(int)
    offers = {
        "quality": random.integers(1, 4, (n, 2)),
        "service": random.integers(1, 4, (n, 2)),
        "remembered": random.integers(0, 2, (n, 2)),
        "price": random.choice([60, 80, 100, 120, 140], (n, 2)),
    }
    worth = sum(np.take(TRUTH["conjoint"][k], business)[:, None] * v for k, v in offers.items())
    better = (worth + random.gumbel(size=(n, 2))).argmax(axis=1)
    return {
        "respondent_id": np.repeat(np.arange(CHOOSERS), 2 * TASKS),
        "kind": np.repeat(np.where(business == 1, "business", "consumer"), 2),
        "task": np.tile(np.repeat(np.arange(1, TASKS + 1), 2), CHOOSERS),
        "offer": np.tile([1, 2], n),
        **{name: levels.ravel() for name, levels in offers.items()},
        "chosen": (np.arange(2) == better[:, None]).ravel(),
    }


def market(sales):
    """The table ``market``: what all shops together sell to consumers, by year and category.

    Parameters
    ----------
    sales : array of shape (2, 8)
        Ours, in yuan, by year and category.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> market(np.ones((2, 8)))["market_yuan"].shape
    (16,)
    """
    whole = pd.DataFrame(sales) / TRUTH["market"]["shares"]
    return {
        "year": np.repeat([2023, 2024], len(CATEGORIES)),
        "category": np.tile(CATEGORIES, 2),
        "market_yuan": whole.to_numpy().ravel().round(),
    }
