"""What customers say when asked, in December of both years.

Loyal customers are satisfied, and more of them answer, so the answers look better than
the customers are. Attitudes belong to the segment; what is important and what is
preferred follow from them.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlib.simulation.draws import days, with_gaps
from crmlib.simulation.parameters import FIRST_DAY, TRUTH

WAVES = [np.datetime64("2023-12-15"), np.datetime64("2024-12-15")]
ATTITUDES = ["fashion", "family", "thrift", "craft", "risk", "routine"]
MEMORY = 180  # days for which a complaint without compensation weighs on satisfaction
EVEN = 0.5  # spread of answers to single items, beside the common part


def surveys(people, left, tickets, random):
    """The table ``surveys``: one row a customer who answered in a wave.

    Parameters
    ----------
    people : DataFrame
    left : int array of shape (n,)
    tickets : dict of columns
    random : Generator

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> np.unique(tables["surveys"]["wants"]).tolist()
    ['advice', 'fast delivery']
    """
    parts = [_wave(wave, people, left, tickets, random) for wave in WAVES]
    found = pd.concat(parts)
    unanswered = random.random(len(found)) < 0.05
    items = dict(found.items())
    items["willingness"] = with_gaps(items["willingness"].to_numpy(), unanswered)
    return items


def _wave(wave, people, left, tickets, random):
    truth = TRUTH["surveys"]
    day = int((wave - FIRST_DAY).astype(int))
    answer = expit(-0.7 + truth["answer_on_loyalty"] * people["loyalty"]) * np.where(
        left <= day, 0.5, 1
    )
    first = people["first"].to_numpy()
    who = np.flatnonzero((first < day - 30) & (random.random(len(people)) < answer))
    n = len(who)
    loyalty = people["loyalty"].to_numpy()[who]
    sensitive = people["price_sensitivity"].to_numpy()[who]
    age = people["age"].to_numpy()[who]
    segment = people["segment"].cat.codes.to_numpy()[who]
    opened = tickets["opened_at"]
    recent = (opened < wave) & (opened >= wave - np.timedelta64(MEMORY, "D"))
    upset = np.isin(who, tickets["customer_id"][recent & (tickets["compensation"] == 0)])
    mood = truth["satisfaction_on_loyalty"] * loyalty + truth["complaint"] * upset
    satisfaction = scale(7.2 + mood + random.normal(0, 1, n), 1, 10)

    def seven(mean, spread=1.0):
        return scale(mean + random.normal(0, spread, n), 1, 7)

    means = np.array(list(TRUTH["attitudes"].values()))[segment]
    economic, functional, emotional = 4.5 + random.normal(size=(3, n))  # three kinds of value
    emotional = emotional + 0.5 * loyalty
    return pd.DataFrame(
        {
            "customer_id": who,
            "asked_on": days(np.full(n, day)),
            "satisfaction": satisfaction,
            "recommend": scale(0.95 * satisfaction + 0.4 * loyalty + random.normal(0, 1, n), 0, 10),
            "buy_again": scale(3.3 + 0.6 * loyalty + 0.15 * mood + random.normal(0, 0.7, n), 1, 5),
            **{f"likes_{name}": seven(means[:, i]) for i, name in enumerate(ATTITUDES)},
            "economic_1": seven(economic - 0.3 * sensitive, EVEN),
            "economic_2": seven(economic - 0.3 * sensitive, EVEN),
            "functional_1": seven(functional, EVEN),
            "functional_2": seven(functional, EVEN),
            "emotional_1": seven(emotional, EVEN),
            "emotional_2": seven(emotional, EVEN),
            "price_matters": seven(4 + 0.9 * sensitive),
            "quality_matters": seven(5 - 0.5 * sensitive),
            "service_matters": seven(4.2 + 0.02 * (age - 38)),
            "price_satisfies": seven(4.4 - 0.6 * sensitive),
            "quality_satisfies": seven(5.2 + 0.3 * loyalty),
            "service_satisfies": seven(4.6 + 0.4 * mood),
            "wants": np.where(random.random(n) < expit((40 - age) / 10), "fast delivery", "advice"),
            "willingness": np.round(
                expit(0.4 + 0.6 * loyalty - 1.5 * (left[who] <= day) + random.normal(0, 0.5, n)), 2
            ),
        }
    )


def scale(values, low, high):
    """Answers on a scale of whole numbers.

    Examples
    --------
    >>> scale(np.array([0.2, 3.6, 12]), 1, 10).tolist()
    [1, 4, 10]
    """
    return np.clip(np.round(values), low, high).astype(int)
