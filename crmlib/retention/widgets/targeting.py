"""A hand on whom to contact."""

import ipywidgets
import numpy as np

from crmlib.interactive import Explorer
from crmlib.retention import plots, ranking
from crmlib.retention.campaigns import campaign_findings, targeting
from crmlib.text import gettext as _


def targeting_explorer(campaign, scores, *, value, cost, share=0.3, currency=None):
    """What lists of equal length earn, under a hand on their length and the cost of a contact.

    Parameters
    ----------
    campaign : Campaign
        Of customers that had no part in making the scores.
    scores : dict of str to array of shape (n,)
        The highest of each make its list; the words judge the first.
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
    >>> explorer = targeting_explorer(campaign, {"the young": -table["age"]}, value=10, cost=1)
    >>> explorer.controls["cost"].value = 2
    >>> explorer.words.split(",")[0]
    'Contact the target group'
    """

    def draw(ax, share, cost):
        by_lot = np.full(len(campaign.outcome), share)
        lists = {name: ranking.top(score, share) for name, score in scores.items()}
        gains = targeting.policy_gains(campaign, {**lists, _("by lot"): by_lot}, value, cost)
        plots.policies(gains, currency, ax)
        chosen = next(iter(lists.values()))
        decision = targeting.decide(campaign, chosen, value, cost, budget=share)
        return campaign_findings.decided(decision, currency)

    return Explorer(
        draw,
        {
            "share": ipywidgets.FloatSlider(
                share, min=0.05, max=1, step=0.05, readout_format=".0%", description=_("Contacted")
            ),
            "cost": ipywidgets.FloatSlider(
                cost,
                min=0,
                max=max(2 * cost, value / 4),
                step=float(f"{max(cost, value / 10) / 10:.1g}"),
                readout_format=".3g",
                description=_("Cost of a contact"),
            ),
        },
    )
