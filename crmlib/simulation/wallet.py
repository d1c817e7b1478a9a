"""What consumers spend in the whole category, with us and elsewhere.

A loyal customer gives us a larger part of her yearly spending, one who watches prices a
smaller part. What she does not spend with us (before she joined, after she left) she
spends elsewhere. A panel was asked for it; the rich answer less often.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlib.simulation.draws import NEVER
from crmlib.simulation.parameters import TRUTH

WEEKS = 365.25 / 7
OTHER_SHOPS = 4  # at most
LEAST = 100.0  # yuan a year that everybody spends in the category


def wallets(people, random):
    """Yearly spending in the category, and our part of it while somebody is our customer.

    Parameters
    ----------
    people : DataFrame
    random : Generator

    Returns
    -------
    wallet : array of shape (n,)
        Yuan a year.
    share : array of shape (n,)
        Between 0 and 1.

    Examples
    --------
    >>> people = pd.DataFrame({"loyalty": [0.0], "price_sensitivity": 0.0, "purchase_rate": 0.1,
    ...     "mean_spend": 100.0})
    >>> wallet, share = wallets(people, np.random.default_rng(0))
    >>> bool(0 < share[0] < 1)
    True
    """
    truth = TRUTH["wallet"]
    share = expit(
        truth["share_logit"]
        + truth["on_loyalty"] * people["loyalty"]
        + truth["on_price_sensitivity"] * people["price_sensitivity"]
        + random.normal(0, 0.3, len(people))
    )
    with_us = WEEKS * people["purchase_rate"] * people["mean_spend"]
    wallet = np.maximum(with_us / share, LEAST)
    return wallet.to_numpy(), (with_us / wallet).to_numpy()


def category_spend(people, wallet, log, random):
    """The table ``category_spend``: answers of the panel for each year.

    Parameters
    ----------
    people : DataFrame
    wallet : array of shape (n,)
    log : dict of columns
        The table ``transactions``.
    random : Generator

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> bool((tables["category_spend"]["our_rank"] <= tables["category_spend"]["shops_used"]).all())
    True
    """
    truth, n = TRUTH["wallet"], len(people)
    year = log["time"].astype("datetime64[Y]").astype(int) + 1970
    parts = []
    for which in (2023, 2024):
        now = year == which
        own = np.bincount(log["customer_id"][now], log["amount"][now], n)
        elsewhere = np.maximum(wallet - own, 0.02 * wallet) * np.exp(0.1 * random.normal(size=n))
        others = np.minimum(1 + random.poisson(0.9, n), OTHER_SHOPS)
        pieces = random.exponential(size=(n, OTHER_SHOPS)) * (
            np.arange(OTHER_SHOPS) < others[:, None]
        )
        pieces *= (elsewhere / pieces.sum(axis=1))[:, None]
        parts.append(
            pd.DataFrame(
                {
                    "customer_id": np.arange(n),
                    "year": which,
                    "spent_elsewhere": np.round(elsewhere, 0),
                    "shops_used": 1 + others,
                    "our_rank": 1 + (pieces > own[:, None]).sum(axis=1),
                }
            )
        )
    found = pd.concat(parts)
    first = people["first"].to_numpy()
    asked = np.append(first < 365, first < NEVER)  # customers by the end of the year
    logit = truth["panel_answers"] + truth["panel_answers_on_value"] * np.tile(people["value"], 2)
    answers = random.random(2 * n) < expit(logit)
    return dict(found[asked & answers].sort_values(["customer_id", "year"]).items())
