"""Whom to contact: what a policy earns, measured on customers drawn by lot.

A policy says whom we would contact. In a randomised campaign some of those were contacted
and some were not, by chance alone, so that what it would earn per customer, contacted or
not, can be read off, whatever the policy was made of: with pi the chance that the policy
contacts customer i, V what one unit of outcome is worth and c the cost of a contact,

    gain = mean(pi) * (V (m1 - m0) - c)

where m1 is the mean outcome of the contacted among the policy's choice, weighted by
pi / p, and m0 that of the held out, weighted by pi / (1 - p): the normalised
inverse-propensity estimator. Where pi is 0 or 1 and p is the same for all, these are plain
means. The gain is against contacting nobody. It is honest only if these customers had no
part in making the policy (:func:`crmlib.retention.campaigns.uplift.progressive`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from crmlib.checks import numbers
from crmlib.errors import DataError
from crmlib.text import gettext as _

JUDGED = 30  # customers of either arm: an interval from fewer is not to be trusted


def policy_gains(campaign, policies, value=1.0, cost=0.0, confidence=0.95):
    """What policies would earn, per customer, contacted or not, against contacting nobody.

    Parameters
    ----------
    campaign : Campaign
        Of customers that had no part in making the policies.
    policies : dict of str to array of shape (n,)
        The chance that each contacts each customer, as :func:`crmlib.ranking.top` gives it;
        True and False will do.
    value : float
        Margin on one unit of outcome, in currency.
    cost : float
        Of one contact, in currency.
    confidence : float

    Returns
    -------
    pandas.DataFrame
        By policy: ``share`` contacted, ``effect`` (outcome added per contact), ``gain`` (in
        currency per customer, contacted or not), ``standard_error``, ``lower`` and ``upper``.

    Raises
    ------
    DataError
        If a policy contacts nobody, or only customers of one arm.

    Examples
    --------
    Golden case: segment A buys at 20 % either way, B at 12 % instead of 6 %.

    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"segment": 200 * ["A"] + 200 * ["B"], "mail": 200 * [0, 1]})
    >>> table["buys"] = 0
    >>> for segment, mail, n in [("A", 0, 20), ("A", 1, 20), ("B", 0, 6), ("B", 1, 12)]:
    ...     rows = table.index[(table["segment"] == segment) & (table["mail"] == mail)]
    ...     table.loc[rows[:n], "buys"] = 1
    >>> campaign = read_campaign(table, "mail", "buys")
    >>> policies = {segment: table["segment"] == segment for segment in "AB"}
    >>> gains = policy_gains(campaign, policies, value=100, cost=3)
    >>> (gains["gain"] / gains["share"]).round(6).tolist()
    [-3.0, 3.0]
    """
    found = {
        name: _estimate(campaign, name, policy, value, cost) for name, policy in policies.items()
    }
    rows = {
        name: {"share": e.share, "effect": e.effect, **_interval(e.gain, e.influence, confidence)}
        for name, e in found.items()
    }
    return pd.DataFrame(rows).T


def gain_difference(campaign, policy, other, value=1.0, cost=0.0, confidence=0.95):
    """What one policy earns more than another, on the same customers.

    Parameters
    ----------
    campaign : Campaign
    policy, other : arrays of shape (n,)
    value, cost, confidence : float
        As in :func:`policy_gains`.

    Returns
    -------
    pandas.Series
        ``gain``, ``standard_error``, ``lower``, ``upper``, in currency per customer.

    Raises
    ------
    DataError
        As :func:`policy_gains`.

    Examples
    --------
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": [0, 1] * 4, "buys": [0, 1, 0, 0, 1, 1, 0, 1]})
    >>> campaign = read_campaign(table, "mail", "buys")
    >>> gain_difference(campaign, np.ones(8), np.arange(8) < 4)["gain"].round(6)
    np.float64(0.25)
    """
    one = _estimate(campaign, "policy", policy, value, cost)
    two = _estimate(campaign, "other", other, value, cost)
    return pd.Series(_interval(one.gain - two.gain, one.influence - two.influence, confidence))


@dataclass(frozen=True)
class Decision:
    """What the campaign's figures allow one to recommend.

    Attributes
    ----------
    verdict : {"nobody", "everyone", "target"}
        Everyone means as many as the budget reaches, drawn by lot.
    gains : pandas.DataFrame
        :func:`policy_gains` of the ``target`` group, of ``everyone`` as far as the budget
        goes, and of ``all`` customers, whatever the budget.
    difference : pandas.Series
        :func:`gain_difference` of the target group and everyone.
    budget, level : float
        As they were given.
    customers : int
        Of the campaign.
    """

    verdict: str
    gains: pd.DataFrame
    difference: pd.Series
    budget: float
    level: float
    customers: int


def decide(campaign, target, value=1.0, cost=0.0, *, budget=1.0, level=0.05):
    """Contact everyone, a target group, or nobody.

    Nobody is contacted unless the data show that it pays: the gain of contacting everyone,
    or that of the target group, must be above zero in a one-sided test at half the level
    each (Bonferroni), so that where contact never pays it is advised in at most a share
    ``level`` of all campaigns. The target group is preferred to everyone if it alone
    passes, or if the interval of what it earns more lies above zero. Where the budget does
    not reach everyone, the target group competes with as many drawn by lot.

    Parameters
    ----------
    campaign : Campaign
        Of customers that had no part in choosing the target group.
    target : array of shape (n,)
        The chance that each is contacted; True and False will do. A target group with fewer
        than 30 customers of either arm cannot be judged: as many as the budget reaches, drawn
        by lot, then stand for it.
    value, cost : float
        As in :func:`policy_gains`.
    budget : float
        Share of the customers that can be contacted, 0 to 1.
    level : float
        Of the test, between 0 and 1.

    Returns
    -------
    Decision

    Raises
    ------
    DataError
        As :func:`policy_gains`.

    Examples
    --------
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> random = np.random.default_rng(1)
    >>> table = pd.DataFrame({"mail": random.integers(0, 2, 900), "x": random.normal(size=900)})
    >>> table["buys"] = (random.random(900) < 0.2).astype(int)
    >>> decide(read_campaign(table, "mail", "buys"), table["x"] > 0).verdict
    'nobody'
    """
    numbers("level", level, lambda a: (a > 0) & (a < 1), "0 < level < 1")
    numbers("budget", budget, lambda b: (b > 0) & (b <= 1), "0 < budget ≤ 1")
    lot, target = np.full(len(campaign.outcome), budget), np.asarray(target, dtype=float)
    if min(target[campaign.treated].sum(), target[~campaign.treated].sum()) < JUDGED:
        target = lot  # nobody stands out, or too few to be judged
    policies = {"target": target, "everyone": lot, "all": np.ones(len(lot))}
    gains = policy_gains(campaign, policies, value, cost, 1 - level)
    difference = gain_difference(campaign, target, lot, value, cost, 1 - level)
    # The lower limit of a two-sided 95 % interval is a one-sided test at 2.5 %: half the level.
    pays = gains.loc[["target", "everyone"], "lower"] > 0
    more = difference["lower"] > 0
    if not pays.any():
        verdict = "nobody"
    elif pays["target"] and (more or not pays["everyone"]):
        verdict = "target"
    else:
        verdict = "everyone"
    return Decision(verdict, gains, difference, budget, level, len(lot))


@dataclass(frozen=True)
class _Estimate:
    share: float
    effect: float
    gain: float
    influence: np.ndarray  # (n,): what each customer moves the gain by, times n


def _estimate(campaign, name, policy, value, cost):
    policy = numbers(name, np.asarray(policy, float), lambda p: (p >= 0) & (p <= 1), "0 to 1")
    treated, outcome, p = campaign.treated, campaign.outcome, campaign.probability
    if policy.shape != outcome.shape:
        raise DataError(
            _("{name} holds {n} values for {m} customers; accepted: one for each.").format(
                name=name, n=policy.size, m=len(outcome)
            )
        )
    share = policy.mean()
    means, influence = [], np.zeros(len(outcome))
    for sign, arm, chance in ((1, treated, p), (-1, ~treated, 1 - p)):
        weight = policy * arm / chance
        if not weight.any():
            raise DataError(
                _(
                    "The policy {name!r} chooses nobody who was {arm}; accepted: policies with "
                    "customers of both arms."
                ).format(name=name, arm=_("contacted") if sign == 1 else _("held out"))
            )
        mean = weight @ outcome / weight.sum()
        means.append(mean)
        influence += sign * value * share * weight * (outcome - mean) / weight.mean()
    effect = means[0] - means[1]
    return _Estimate(share, effect, share * (value * effect - cost), influence)


def _interval(gain, influence, confidence):
    confidence = numbers(
        "confidence", confidence, lambda c: (c > 0) & (c < 1), "0 < confidence < 1"
    )
    error = np.sqrt(np.mean(influence**2) / (len(influence) - 1))
    reach = stats.norm.ppf((1 + confidence) / 2) * error
    return {
        "gain": gain,
        "standard_error": error,
        "lower": gain - reach,
        "upper": gain + reach,
    }
