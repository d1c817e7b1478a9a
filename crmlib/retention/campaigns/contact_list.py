"""The output: who to contact, what it should bring, and whom to hold out.

Predicted uplifts are too far apart: the highest are high by luck too. Before money is
counted with them, each customer gets the effect that was *measured* in her fifth of the
ranking, on customers that the model did not learn from; where a lower fifth shows more
than a higher one the two are averaged, so that the effects fall with the ranking (isotonic
regression: Barlow, Bartholomew, Bremner and Brunk 1972). Where the ranking is noise, they
come out nearly alike.

A hold-out is drawn from the list, large enough to tell the effect from the one at which a
contact just pays. Without it nobody will know whether the list was worth its cost.
"""

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from crmlib.checks import numbers
from crmlib.errors import DataError
from crmlib.retention.campaigns import power
from crmlib.retention.campaigns.campaign import average_effect
from crmlib.retention.campaigns.uplift import part
from crmlib.text import gettext as _

CONTACT, HOLD_OUT = "contact", "hold-out"


def calibrated_uplift(campaign, order, places=None, groups=5):
    """The effect measured in each customer's part of the ranking, falling with it.

    Parameters
    ----------
    campaign : Campaign
        Of n customers that the model did not learn from.
    order : array of shape (n,)
        Their places in the ranking, 0 to 1, as :func:`crmlib.retention.campaigns.uplift.place` gives them.
    places : array of shape (m,), optional
        Those to be told; by default ``order``.
    groups : int

    Returns
    -------
    float array of shape (m,)

    Raises
    ------
    DataError
        If a place is out of its range.

    Examples
    --------
    Contact moves the upper half of the ranking from 0 to 1, the lower half not at all.

    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> order = (np.arange(400) + 0.5) / 400
    >>> table = pd.DataFrame({"mail": 200 * [0, 1], "buys": 0})
    >>> table.loc[(table["mail"] == 1) & (order > 0.5), "buys"] = 1
    >>> calibrated_uplift(read_campaign(table, "mail", "buys"), order, [0.1, 0.9], groups=2).tolist()
    [0.0, 1.0]
    """
    order, places = (
        numbers("order", np.asarray(which, float), lambda p: (p >= 0) & (p <= 1), "0 to 1")
        for which in (order, order if places is None else places)
    )
    parts, wanted = part(order, groups), part(places, groups)
    found = {}
    for number in np.unique(parts):
        members = campaign.take(parts == number)
        if 0 < members.treated.sum() < len(members.treated):
            found[number] = average_effect(members)["effect"], len(members.treated)
    effects, sizes = zip(*found.values())
    falling = IsotonicRegression(out_of_bounds="clip").fit(list(found), effects, sizes)
    return falling.predict(wanted)


def contact_list(uplift, value, cost, *, hold_out=0, seed=0):
    """Customers whom it should pay to contact, the best first.

    Parameters
    ----------
    uplift : pandas.Series of length n
        Outcome that contact adds, by customer; calibrated.
    value : float
        Margin on one unit of outcome, in currency.
    cost : float
        Of one contact, in currency.
    hold_out : int
        How many of the list not to contact, drawn by lot
        (:func:`crmlib.retention.campaigns.power.hold_out_size`).
    seed : int
        Of the lot.

    Returns
    -------
    pandas.DataFrame
        By customer: ``group`` (``contact`` or ``hold-out``), ``uplift``, and in currency
        ``expected_margin`` (uplift x value), ``cost`` and ``gain`` (their difference); both are 0
        in the hold-out. Only customers whose uplift x value exceeds the cost.

    Raises
    ------
    DataError
        If a value is out of its range, or the hold-out is as long as the list.

    Examples
    --------
    >>> uplift = pd.Series({"Ann": 0.10, "Bo": 0.01, "Cy": 0.05})
    >>> contact_list(uplift, value=100, cost=3)[["group", "gain"]]
           group  gain
    Ann  contact   7.0
    Cy   contact   2.0
    """
    gain = pd.Series(uplift).sort_values(ascending=False, kind="stable")
    numbers("uplift", gain.to_numpy(), np.isfinite, _("a number for each customer"))
    numbers("value", value, lambda v: v >= 0, "value ≥ 0")
    numbers("cost", cost, lambda c: c >= 0, "cost ≥ 0")
    numbers("hold_out", hold_out, lambda n: (n >= 0) & (n % 1 == 0), _("a whole number ≥ 0"))
    listed = gain[value * gain > cost]
    if hold_out and hold_out >= len(listed):
        raise DataError(
            _("hold_out is {n}; accepted: fewer than the {m} customers of the list.").format(
                n=hold_out, m=len(listed)
            )
        )
    held = np.zeros(len(listed), dtype=bool)
    held[np.random.default_rng(seed).choice(len(listed), hold_out, replace=False)] = True
    saved, spent = np.where(held, 0.0, value * listed), np.where(held, 0.0, cost)
    return pd.DataFrame(
        {
            "group": np.where(held, HOLD_OUT, CONTACT),
            "uplift": listed,
            "expected_margin": saved,
            "cost": spent,
            "gain": saved - spent,
        }
    )


def planned(campaign, decision, target, places, uplift, value, cost, *, seed=0):
    """The list that a decision asks for, with a hold-out that can show whether it paid.

    Parameters
    ----------
    campaign : Campaign
        The index of its features names the n customers.
    decision : Decision
        Of :func:`crmlib.retention.campaigns.targeting.decide`: nobody is listed, or the target group,
        or customers drawn by lot, all with the average effect.
    target : array of shape (n,)
        The target group.
    places, uplift : arrays of shape (n,)
        In the ranking, and calibrated.
    value, cost : float
        As in :func:`contact_list`.
    seed : int

    Returns
    -------
    pandas.DataFrame
        As :func:`contact_list` gives it, with the highest places first. The hold-out tells
        the expected effect from the one at which a contact just pays with probability 0.8,
        or is half of the list.

    Examples
    --------
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> from crmlib.retention.campaigns.targeting import decide
    >>> table = pd.DataFrame({"mail": 300 * [0, 1], "buys": 150 * [0, 0, 0, 1], "age": range(600)})
    >>> campaign, everyone = read_campaign(table, "mail", "buys"), np.ones(600)
    >>> decision = decide(campaign, everyone, value=10, cost=1)
    >>> listed = planned(
    ...     campaign, decision, everyone, everyone / 2, np.full(600, 0.5), value=10, cost=1
    ... )
    >>> decision.verdict, listed["group"].value_counts().tolist()
    ('everyone', [590, 10])
    """
    expected = pd.Series(uplift, index=campaign.features.index)
    if decision.verdict == "nobody":
        return contact_list(expected[:0], value, cost)
    chosen = np.asarray(target) > 0
    if decision.verdict == "everyone":  # choosing shows no gain, so nobody is told from anybody
        expected[:] = average_effect(campaign)["effect"]
        drawn = np.random.default_rng(seed).permutation(len(expected))
        chosen = drawn < decision.budget * len(expected)
        places = -drawn
    else:  # no customer for herself, but all of them together, as they were measured
        expected *= decision.gains.loc["target", "effect"] / expected[chosen].mean()
    among = campaign.take(chosen)
    first = np.argsort(-np.asarray(places)[chosen], kind="stable")
    expected = expected[chosen].iloc[first]
    expected = expected[value * expected > cost]
    if len(expected) < 2:
        return contact_list(expected, value, cost)
    excess = expected.mean() - cost / value
    held_out = power.hold_out_size(len(expected), among.outcome.std(ddof=1), excess)
    return contact_list(expected, value, cost, hold_out=held_out, seed=seed)
