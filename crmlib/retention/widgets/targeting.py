"""A hand on whom to contact."""

import ipywidgets
import numpy as np

from crmlib import ranking
from crmlib.interactive import Explorer, percent_slider
from crmlib.retention import plots
from crmlib.retention.campaigns import campaign_findings, targeting
from crmlib.text import gettext as _


def targeting_explorer(campaign, scores, uplift, *, value, cost, share=0.3, currency=None):
    """What lists of equal length earn, under a hand on their length and the cost of a contact.

    Parameters
    ----------
    campaign : Campaign
        Of customers that had no part in making the scores.
    scores : dict of str to array of shape (n,)
        The highest of each make its list; the words judge the first.
    uplift : array of shape (n,)
        Forecast; the words leave those out of the first list whose uplift does not cover the
        cost.
    value : float
        Margin on one unit of outcome, in currency.
    cost : float
        Of one contact, in currency; where the slider starts.
    share : float
        Of the customers contacted; where the slider starts.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Explorer
        Controls ``share`` and ``cost``.

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": 200 * [0, 1], "age": range(400)})
    >>> table["buys"] = ((table["mail"] == 1) & (table["age"] < 100)).astype(int)
    >>> campaign = read_campaign(table, "mail", "buys")
    >>> young = -table["age"]
    >>> lists, uplift = {"the young": young}, 0.5 + 0 * young
    >>> explorer = targeting_explorer(campaign, lists, uplift, value=10, cost=1)
    >>> explorer.controls["cost"].value = 2
    >>> explorer.words.split(",")[0]
    'Contact the target group'
    """

    def draw(ax, share, cost):
        share /= 100
        by_lot = np.full(len(campaign.outcome), share)
        lists = {name: ranking.top(score, share) for name, score in scores.items()}
        gains = targeting.policy_gains(campaign, {**lists, _("by lot"): by_lot}, value, cost)
        plots.policies(gains, currency, ax)
        chosen = next(iter(lists.values())) * (value * np.asarray(uplift) > cost)
        decision = targeting.decide(campaign, chosen, value, cost, budget=share)
        return campaign_findings.decided(decision, currency)

    return Explorer(
        draw,
        {
            "share": percent_slider(_("Contacted"), 100 * share, 5, 100, step=5),
            "cost": ipywidgets.FloatSlider(
                cost,
                min=0,
                max=max(2 * cost, value / 4),
                step=_step(cost, max(cost, value / 10) / 10),
                readout_format=".3g",
                description=_("Cost of a contact"),
            ),
        },
    )


def _step(start, largest):
    """The longest step of 5, 2, 1, 0.5, … up to a largest one that leads back to the start."""
    power = 10.0 ** np.floor(np.log10(largest))
    steps = [digit * power * 10.0**-n for n in range(3) for digit in (5, 2, 1)]
    fit = [s for s in steps if s <= largest and abs(start / s - round(start / s)) < 1e-9]
    return float(f"{fit[0] if fit else largest / 100:.3g}")
