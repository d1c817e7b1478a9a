"""What the figures of a campaign say, in sentences true of the data at hand."""

import numpy as np

from crmlib.errors import CannotAnswer
from crmlib.quantities import amount
from crmlib.retention.campaigns.campaign import balance, lot_p_value
from crmlib.retention.campaigns.contact_list import CONTACT, HOLD_OUT
from crmlib.retention.campaigns.power import customers_per_arm
from crmlib.text import Sentence, heading, joined, ngettext
from crmlib.text import gettext as _

FAIR = 0.001  # of a fair lot one campaign in a thousand looks less alike
SEEN = 2.8  # standard errors: then a 95 % interval leaves out zero with probability 0.8


def counted_with(value, cost, share, currency=None):
    """What a campaign is counted with, beside its own figures.

    Parameters
    ----------
    value, cost : float
        Of one more unit of outcome and of one contact.
    share : float
        Of the customers that the budget reaches.
    currency : str, optional

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(counted_with(60, 2, 0.3, "yuan"))  # doctest: +NORMALIZE_WHITESPACE
    Counted with 60 yuan for one more of the outcome, 2 yuan for a contact, and a budget for 30 %
    of the customers; set your own `value`, `cost` and `share` before you act.
    """
    return Sentence(
        _(
            "Counted with {value} for one more of the outcome, {cost} for a contact, and a budget "
            "for {share:.3g} % of the customers; set your own `value`, `cost` and `share` before "
            "you act."
        ).format(
            value=amount(value, currency=currency),
            cost=amount(cost, currency=currency),
            share=100 * share,
        )
    )


def fair(campaign):
    """Whether the two arms were alike before the campaign.

    Parameters
    ----------
    campaign : Campaign

    Returns
    -------
    Sentence

    Raises
    ------
    CannotAnswer
        If a fair lot would make them so unlike in fewer than one campaign in a thousand.

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": 50 * [0, 1], "buys": 0, "age": range(100)})
    >>> print(fair(read_campaign(table, "mail", "buys")))
    The two arms were as alike before as a fair lot makes them (p = 0.99).
    """
    p_value = lot_p_value(campaign)
    if p_value < FAIR:
        apart = balance(campaign)
        worst = apart["z"].abs().idxmax()
        raise CannotAnswer(
            _(
                "These data cannot say what contact does: contacted and held out differed before "
                "the campaign, most in {column} ({difference:.2f} standard deviations, z = "
                "{z:.1f}), as one lot for all does not make them. No list is made; a campaign whose "
                "lot differed from group to group must be read group by group."
            ).format(
                column=worst,
                difference=abs(apart.loc[worst, "difference"]),
                z=abs(apart.loc[worst, "z"]),
            )
        )
    return Sentence(
        _("The two arms were as alike before as a fair lot makes them (p = {p:.2g}).").format(
            p=p_value
        )
    )


def effect(found, value, cost, unit=None):
    """What a campaign changed on average, and whether that pays.

    Parameters
    ----------
    found : pandas.Series
        As :func:`crmlib.retention.campaigns.campaign.average_effect` gives it.
    value, cost : float
        Of one unit of outcome and of one contact, in currency.
    unit : str, optional
        Of the outcome; without it yes or no, said in points.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.Series({"effect": 0.09, "lower": 0.057, "upper": 0.123, "held_out": 0.1})
    >>> print(effect(found, value=60, cost=2))  # doctest: +NORMALIZE_WHITESPACE
    Contact changes the outcome by +9.0 points (+5.7 to +12.3), and it pays from +3.3 points on: on
    average it pays.
    """
    least = cost / value if value else np.inf
    low, high = found["lower"], found["upper"]
    if low > least:
        verdict = _("on average it pays.")
    elif high < least:
        verdict = _("on average it does not pay.")
    elif unit is None and 0 < found["held_out"] + least < 1 and low <= 0 < least:
        verdict = _(
            "this campaign is too small to tell; to see {least} takes about {n:,} customers in "
            "each arm."
        ).format(least=_points(least, unit), n=customers_per_arm(found["held_out"], least))
    else:
        verdict = _("whether it pays on average, these data cannot say.")
    return Sentence(
        _(
            "Contact changes the outcome by {effect} ({low} to {high}), and it pays from {least} "
            "on: {verdict}"
        ).format(
            verdict=verdict,
            effect=_points(found["effect"], unit),
            least=_points(least, unit),
            low=_points(low, unit, bare=True),
            high=_points(high, unit, bare=True),
        )
    )


def _points(size, unit, bare=False):
    """A change with its sign: an amount, or points of a hundred."""
    if unit:
        return amount(size, "+", None if bare else unit)
    told = f"{100 * size:+.1f}".replace("-", "−")
    return told if bare else _("{n} points").format(n=told)


def compared(difference, one, other, currency=None):
    """Whether the data tell two policies apart.

    Parameters
    ----------
    difference : pandas.Series
        As :func:`crmlib.retention.campaigns.targeting.gain_difference` gives it, of ``one`` less
        ``other``.
    one, other : str
        Names of the policies.
    currency : str, optional

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.Series({"gain": 0.157, "lower": -1.12, "upper": 1.44})
    >>> print(compared(found, "highest uplift", "likeliest stayers"))
    ... # doctest: +NORMALIZE_WHITESPACE
    Highest uplift, less likeliest stayers: 0.16 per customer (−1.12 to 1.44). These data cannot
    tell the two apart.
    """
    if difference["lower"] == difference["upper"]:
        verdict = _("They are one list.")
    elif difference["lower"] > 0:
        verdict = _("The first earns more.")
    elif difference["upper"] < 0:
        verdict = _("The second earns more.")
    else:
        verdict = _("These data cannot tell the two apart.")
    sizes = {name: amount(difference[name]) for name in ("lower", "upper")}
    sizes["gain"] = amount(difference["gain"], currency=currency)
    one, other = heading(one), heading(other)
    return Sentence(
        _("{one}, less {other}: {gain} per customer ({lower} to {upper}). {verdict}").format(
            one=one[:1].upper() + one[1:], other=other, verdict=verdict, **sizes
        )
    )


def decided(decision, currency=None):
    """Whom to contact, and the figures behind it.

    Parameters
    ----------
    decision : crmlib.retention.campaigns.targeting.Decision
    currency : str, optional

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> from crmlib.retention.campaigns.targeting import decide
    >>> table = pd.DataFrame({"mail": 300 * [0, 1], "buys": 150 * [0, 0, 0, 1], "age": range(600)})
    >>> campaign = read_campaign(table, "mail", "buys")
    >>> print(decided(decide(campaign, np.ones(600), value=10, cost=1), "$"))
    ... # doctest: +NORMALIZE_WHITESPACE
    Contact everyone: it pays, and choosing shows no further gain. Gain per customer, with a 95 %
    interval: everyone $4 (3.43 to 4.57).
    """
    gains, budget = decision.gains, decision.budget
    target = 100 * gains.loc["target", "share"]
    if budget < 1:
        other = _("{share:.3g} % by lot").format(share=100 * budget)
    else:
        other = _("everyone")
    if decision.verdict == "target" and gains.loc["everyone", "lower"] > 0:
        advice = _("Contact the target group, {share:.3g} % of the customers: it pays.")
    elif decision.verdict == "target":
        advice = _("Contact the target group, {share:.3g} % of the customers: it alone pays.")
    elif decision.verdict == "everyone" and budget < 1:
        advice = _(
            "Draw by lot whom to contact, as many as the budget allows: it pays, and choosing "
            "shows no further gain."
        )
    elif decision.verdict == "everyone":
        advice = _("Contact everyone: it pays, and choosing shows no further gain.")
    elif (gains.loc[["target", "everyone"], "upper"] < 0).all():
        advice = _("Contact nobody: the data show a loss.")
    else:
        advice = _("Contact nobody: the data show no gain.")
    figures = _(
        "Gain per customer, contacted or not, with {level:.3g} % intervals: the target group "
        "({share:.3g} %) {target}, {other} {everyone}, the one less the other {difference}."
    )
    if gains.loc["target", "share"] == 1:
        figures = _("Gain per customer, with a {level:.3g} % interval: {other} {everyone}.")
    elif (gains.loc["target"] == gains.loc["everyone"]).all():
        figures = _(
            "Too few customers have a forecast that covers the cost to be judged as a group. Gain "
            "per customer, contacted or not, with a {level:.3g} % interval: {other} {everyone}."
        )
    figures = figures.format(
        level=100 * (1 - decision.level),
        share=target,
        other=other,
        target=_gain(gains.loc["target"], currency),
        everyone=_gain(gains.loc["everyone"], currency),
        difference=_gain(decision.difference, currency),
    )
    without = larger = ""
    apart = decision.difference
    if decision.verdict == "everyone" and apart["gain"] > 0:
        needed = decision.customers * (SEEN * apart["standard_error"] / apart["gain"]) ** 2
        larger = _(
            "If choosing earns as much more as it did here, it takes about {n:,} customers to be "
            "judged by to show it with probability 0.8."
        ).format(n=int(float(f"{needed:.2g}")))
    if budget < 1:
        without = _("Without the limit of the budget, contacting everyone: {all}.").format(
            all=_gain(gains.loc["all"], currency)
        )
    return Sentence(joined(advice.format(share=target), figures, larger, without))


def planned(decision, listed, currency=None):
    """What a contact list asks for.

    Parameters
    ----------
    decision : crmlib.retention.campaigns.targeting.Decision
    listed : pandas.DataFrame
        As :func:`crmlib.retention.campaigns.contact_list.planned` gives it.
    currency : str, optional

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> from types import SimpleNamespace
    >>> print(planned(SimpleNamespace(verdict="nobody"), pd.DataFrame()))
    Nobody is on the list, and nothing is spent.
    """
    if decision.verdict == "nobody":
        return Sentence(_("Nobody is on the list, and nothing is spent."))
    if not len(listed):
        return Sentence(_("Nobody is on the list: no customer's expected margin exceeds the cost."))
    contacted, held = (int((listed["group"] == group).sum()) for group in (CONTACT, HOLD_OUT))
    words = ngettext(
        "Contact {n:,} customer: expected margin {expected_margin}, cost {cost}, gain {gain} "
        "({low} to {high} by the interval above).",
        "Contact {n:,} customers: expected margin {expected_margin}, cost {cost}, gain {gain} "
        "({low} to {high} by the interval above).",
        contacted,
    )
    counted = decision.gains.loc[decision.verdict]
    each = counted[["lower", "upper"]] / counted["share"]  # per contact
    words = words.format(
        n=contacted,
        low=amount(each["lower"] * contacted),
        high=amount(each["upper"] * contacted),
        **{
            name: amount(listed[name].sum(), currency=currency)
            for name in ("expected_margin", "cost", "gain")
        },
    )
    kept = ngettext(
        "Hold out {n:,} customer of the list, drawn by lot, to see whether it paid.",
        "Hold out {n:,} customers of the list, drawn by lot, to see whether it paid.",
        held,
    ).format(n=held)
    if not held:
        kept = _("Nobody is held out, so nobody will know whether it paid.")
    return Sentence(joined(words, kept))


def _gain(row, currency):
    return _("{gain} ({lower} to {upper})").format(
        gain=amount(row["gain"], currency=currency),
        lower=amount(row["lower"]),
        upper=amount(row["upper"]),
    )
