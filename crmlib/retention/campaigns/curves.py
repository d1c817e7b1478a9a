"""How well does an uplift model rank: uplift curve, Qini curve, effect by group.

Customers are put in order of predicted uplift. Of the first share s of them, the
randomised contact gives the effect in the open: the *uplift curve* is that effect, mean
outcome of the contacted less mean outcome of the held out, against s. Times s it is what
contacting them adds per customer, contacted or not: the *Qini curve* (Radcliffe 2007, Direct
Marketing Analytics Journal). Drawn by lot, the same number of contacts adds s times the
average effect, a straight line; the area between the two is the *Qini coefficient*.

The bands are of the bootstrap: customers drawn with replacement, the model unchanged.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlib.checks import numbers
from crmlib.errors import DataError
from crmlib.retention.campaigns.campaign import average_effect
from crmlib.retention.campaigns.uplift import part, place
from crmlib.text import gettext as _

SHARES = np.arange(1, 21) / 20


@dataclass(frozen=True)
class UpliftCurve:
    """The effect among the first customers, by how many.

    Attributes
    ----------
    table : pandas.DataFrame
        ``share``; ``effect`` among that share, with ``effect_lower`` and ``effect_upper``;
        ``gain``, outcome added per customer, contacted or not, with ``gain_lower`` and
        ``gain_upper``; ``by_lot``, the gain of as many contacts drawn by lot. Missing where
        the first customers are all of one arm.
    qini, qini_lower, qini_upper : float
        The area between ``gain`` and ``by_lot``, outcome per customer.
    """

    table: pd.DataFrame
    qini: float
    qini_lower: float
    qini_upper: float


def uplift_curve(campaign, uplift, *, draws=200, confidence=0.95, seed=0):
    """Uplift and Qini curve of a model, with bootstrap bands.

    Parameters
    ----------
    campaign : Campaign
        Of customers that the model did not learn from.
    uplift : array of shape (n,)
        Predicted, or any other score; equal scores are put in order by lot.
    draws : int
        Bootstrap samples.
    confidence : float
        Of the pointwise bands.
    seed : int

    Returns
    -------
    UpliftCurve

    Raises
    ------
    DataError
        If there is not one number for each customer.

    Examples
    --------
    Those under 10 are moved from 0 to 1, the others not at all.

    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": 20 * [0, 1], "age": range(40)})
    >>> table["buys"] = ((table["mail"] == 1) & (table["age"] < 10)).astype(int)
    >>> curve = uplift_curve(read_campaign(table, "mail", "buys"), -table["age"])
    >>> curve.table.set_index("share").loc[[0.25, 0.5, 1], "effect"].tolist()
    [1.0, 0.5, 0.25]
    """
    uplift = _scores(campaign, uplift)
    random = np.random.default_rng(seed)
    mixed = random.permutation(len(uplift))
    order = mixed[np.argsort(-uplift[mixed], kind="stable")]
    treated, outcome = campaign.treated[order], campaign.outcome[order]
    effect = _effects(treated, outcome)
    sampled = np.empty((draws, len(SHARES)))
    n = len(order)
    for draw in range(draws):
        rows = np.repeat(np.arange(n), np.bincount(random.integers(n, size=n), minlength=n))
        sampled[draw] = _effects(treated[rows], outcome[rows])
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    lower, upper = _quantiles(sampled, tails)
    area = _area(sampled)
    qini_lower, qini_upper = _quantiles(area[:, None], tails)
    table = pd.DataFrame(
        {
            "share": SHARES,
            "effect": effect,
            "effect_lower": lower,
            "effect_upper": upper,
            "gain": SHARES * effect,
            "gain_lower": SHARES * lower,
            "gain_upper": SHARES * upper,
            "by_lot": SHARES * effect[-1],
        }
    )
    qini = _area(effect[None, :])[0]
    return UpliftCurve(table, float(qini), float(qini_lower[0]), float(qini_upper[0]))


def effect_by_group(campaign, uplift, places=None, groups=5, confidence=0.95):
    """Predicted and measured effect in equal parts of a ranking, the highest part first.

    Parameters
    ----------
    campaign : Campaign
        Of customers that the model did not learn from.
    uplift : array of shape (n,)
        Predicted.
    places : array of shape (n,), optional
        In the ranking, 0 to 1 (:func:`crmlib.retention.campaigns.uplift.place`); by default by the
        uplift.
    groups : int
        A group without customers, where many are equal, is left out.
    confidence : float

    Returns
    -------
    pandas.DataFrame
        ``customers``, ``predicted`` (mean uplift), ``effect`` (measured), ``lower``, ``upper``.

    Raises
    ------
    DataError
        If there is not one number for each customer.

    Examples
    --------
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": 20 * [0, 1], "age": range(40)})
    >>> table["buys"] = ((table["mail"] == 1) & (table["age"] < 20)).astype(int)
    >>> campaign = read_campaign(table, "mail", "buys")
    >>> effect_by_group(campaign, -table["age"], groups=2)["effect"].tolist()
    [1.0, 0.0]
    """
    uplift = _scores(campaign, uplift)
    places = place(uplift, np.zeros(len(uplift))) if places is None else _scores(campaign, places)
    among = part(places, groups)
    rows = []
    for number in np.unique(among)[::-1]:
        members = among == number
        measured = average_effect(campaign.take(members), confidence)
        rows.append(
            {"customers": int(members.sum()), "predicted": uplift[members].mean()}
            | measured[["effect", "lower", "upper"]].to_dict()
        )
    return pd.DataFrame(rows)


def _scores(campaign, uplift):
    uplift = numbers("uplift", np.asarray(uplift), np.isfinite, _("a number for each customer"))
    if uplift.shape != campaign.outcome.shape:
        raise DataError(
            _("uplift holds {n} values for {m} customers; accepted: one for each.").format(
                n=uplift.size, m=len(campaign.outcome)
            )
        )
    return uplift


def _effects(treated, outcome):
    """The effect among the first customers, for each of SHARES; NaN where an arm is empty."""
    last = np.ceil(SHARES * len(treated)).astype(int) - 1
    contacted, held_out = (np.cumsum(arm)[last] for arm in (treated, ~treated))
    added, bought = (np.cumsum(outcome * arm)[last] for arm in (treated, ~treated))
    with np.errstate(invalid="ignore"):
        return added / contacted - bought / held_out


def _area(effects):
    """Between the Qini curve and the straight line, for each row of effects."""
    above = SHARES * np.nan_to_num(effects) - SHARES * effects[:, -1:]
    above[np.isnan(effects)] = 0
    return np.trapezoid(np.insert(above, 0, 0, axis=1), np.insert(SHARES, 0, 0), axis=1)


def _quantiles(values, tails):
    """By column; NaN for a column without a number."""
    found = np.full((len(tails), values.shape[1]), np.nan)
    some = ~np.isnan(values).all(axis=0)
    found[:, some] = np.nanquantile(values[:, some], tails, axis=0)
    return found
