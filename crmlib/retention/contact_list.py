"""The output: who to contact, what it should bring, and whom to hold out.

Predicted uplifts are too far apart: the highest are high by luck too. Before money is
counted with them they are drawn together by a line fitted on customers that the model did
not learn from,

    uplift' = average effect + b (uplift - mean uplift),    0 <= b <= 1

(the best linear predictor of Chernozhukov, Demirer, Duflo and Fernandez-Val 2018). Where
the ranking is noise, b falls to zero and every customer has the average effect.
"""

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.retention import power
from crmlib.retention.campaign import average_effect
from crmlib.retention.checks import numbers
from crmlib.retention.uplift import transformed_outcome
from crmlib.text import Sentence, joined, ngettext
from crmlib.text import gettext as _

CONTACT, HOLD_OUT = "contact", "hold-out"


def calibrated_uplift(campaign, uplift):
    """Uplifts drawn together as far as the campaign's figures ask for.

    Parameters
    ----------
    campaign : Campaign
    uplift : array of shape (n,)
        Of its customers, cross-fitted.

    Returns
    -------
    float array of shape (n,)

    Examples
    --------
    A score that has nothing to do with the effect leaves everybody near the average.

    >>> from crmlib.retention.campaign import read_campaign
    >>> random = np.random.default_rng(2)
    >>> table = pd.DataFrame({"mail": random.integers(0, 2, 5000)})
    >>> table["buys"] = (random.random(5000) < 0.2 + 0.1 * table["mail"]).astype(int)
    >>> campaign = read_campaign(table, "mail", "buys")
    >>> calibrated_uplift(campaign, random.normal(size=5000)).std() < 0.02
    np.True_
    """
    uplift = numbers("uplift", np.asarray(uplift), np.isfinite, _("a number for each customer"))
    outcome, treated = campaign.outcome, campaign.treated
    average = outcome[treated].mean() - outcome[~treated].mean()
    around = uplift - uplift.mean()
    spread = around @ around
    slope = around @ transformed_outcome(campaign) / spread if spread > 0 else 0.0
    return average + np.clip(slope, 0, 1) * around


def contact_list(uplift, value, cost, *, budget=None, hold_out=0, seed=0):
    """Customers whom it should pay to contact, the best first.

    Parameters
    ----------
    uplift : pandas.Series of length n
        Outcome that contact adds, by customer; calibrated.
    value : float
        Margin on one unit of outcome, in currency.
    cost : float
        Of one contact, in currency.
    budget : float, optional
        In currency.
    hold_out : int
        How many of the list not to contact, drawn by lot
        (:func:`crmlib.retention.power.hold_out_size`).
    seed : int
        Of the lot.

    Returns
    -------
    pandas.DataFrame
        By customer: ``group`` (``contact`` or ``hold-out``), ``uplift``, and in currency
        ``saved_margin`` (uplift x value), ``cost`` and ``gain`` (their difference); both are 0
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
    if budget is not None and cost > 0:
        numbers("budget", budget, lambda b: b >= 0, "budget ≥ 0")
        listed = listed[: int(budget // cost) + hold_out]
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
            "saved_margin": saved,
            "cost": spent,
            "gain": saved - spent,
        }
    )


def planned(campaign, decision, target, uplift, value, cost, *, budget=1.0, seed=0):
    """The list that a decision asks for, with a hold-out that can show whether it worked.

    Parameters
    ----------
    campaign : Campaign
        The index of its features names the customers.
    decision : Decision
        Of :func:`crmlib.retention.targeting.decide`: nobody is listed, or the target group,
        or customers drawn by lot, all with the average effect.
    target : array of shape (n,)
        The target group.
    uplift : array of shape (n,)
        Calibrated.
    value, cost : float
        As in :func:`contact_list`.
    budget : float
        Share of the customers that can be contacted.
    seed : int

    Returns
    -------
    pandas.DataFrame
        As :func:`contact_list` gives it. The hold-out sees the expected effect with
        probability 0.8, or is half of the list.

    Examples
    --------
    >>> from crmlib.retention.campaign import read_campaign
    >>> from crmlib.retention.targeting import decide
    >>> table = pd.DataFrame({"mail": 300 * [0, 1], "buys": 150 * [0, 0, 0, 1], "age": range(600)})
    >>> campaign, everyone = read_campaign(table, "mail", "buys"), np.ones(600)
    >>> decision = decide(campaign, everyone, value=10, cost=1)
    >>> listed = planned(campaign, decision, everyone, np.full(600, 0.5), value=10, cost=1)
    >>> decision.verdict, listed["group"].value_counts().tolist()
    ('everyone', [594, 6])
    """
    expected = pd.Series(uplift, index=campaign.features.index)
    if decision.verdict == "nobody":
        return contact_list(expected[:0], value, cost)
    chosen = np.ones(len(expected), dtype=bool)
    if decision.verdict == "target":
        chosen = np.asarray(target) > 0
    else:  # choosing shows no gain, so nobody is told from anybody
        expected = pd.Series(average_effect(campaign)["effect"], index=expected.index)
        expected = expected.sample(frac=budget, random_state=seed)
        chosen = np.ones(len(expected), dtype=bool)
    expected = expected[chosen]
    expected = expected[value * expected > cost]
    if len(expected) < 2:
        return contact_list(expected, value, cost)
    among = campaign.take(np.asarray(target) > 0) if decision.verdict == "target" else campaign
    held_out = _hold_out(len(expected), among, expected.mean())
    return contact_list(expected, value, cost, hold_out=held_out, seed=seed)


def _hold_out(customers, campaign, effect):
    """How many to hold out, by what came of such customers."""
    share = campaign.outcome[~campaign.treated].mean()
    if np.isin(campaign.outcome, [0, 1]).all() and 0 < share < share + effect < 1:
        return power.hold_out_size(customers, share, effect)
    return power.hold_out_size_of_amounts(customers, campaign.outcome.std(ddof=1), effect)


def in_words(listed):
    """A contact list as one sentence.

    Parameters
    ----------
    listed : pandas.DataFrame
        As :func:`contact_list` gives it.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(in_words(contact_list(pd.Series({"Ann": 0.10}), value=100, cost=3)))
    Contact 1 customer: expected margin 10, cost 3, gain 7. Nobody is held out to see if it worked.
    """
    if not len(listed):
        return Sentence(_("Contact nobody: no customer's expected margin exceeds the cost."))
    contacted, held = ((listed["group"] == group).sum() for group in (CONTACT, HOLD_OUT))
    money = {name: f"{listed[name].sum():,.0f}" for name in ("saved_margin", "cost", "gain")}
    words = ngettext(
        "Contact {n:,} customer: expected margin {saved_margin}, cost {cost}, gain {gain}.",
        "Contact {n:,} customers: expected margin {saved_margin}, cost {cost}, gain {gain}.",
        contacted,
    ).format(n=contacted, **money)
    kept = (
        ngettext(
            "Hold out {n:,} customer of the list to see if it worked.",
            "Hold out {n:,} customers of the list to see if it worked.",
            held,
        ).format(n=held)
        if held
        else _("Nobody is held out to see if it worked.")
    )
    return Sentence(joined(words, kept))
