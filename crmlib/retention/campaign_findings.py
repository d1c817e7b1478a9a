"""What the figures of a campaign say, in sentences true of the data at hand."""

import numpy as np

from crmlib.retention.contact_list import in_words
from crmlib.text import Sentence, heading
from crmlib.text import gettext as _


def effect(found, value, cost, unit=None):
    """What a campaign changed on average, and whether that pays.

    Parameters
    ----------
    found : pandas.Series
        As :func:`crmlib.retention.campaign.average_effect` gives it.
    value, cost : float
        Of one unit of outcome and of one contact, in currency.
    unit : str, optional
        Of the outcome; without it yes or no, said in points.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> found = pd.Series({"effect": 0.09, "lower": 0.057, "upper": 0.123})
    >>> print(effect(found, value=60, cost=2))  # doctest: +NORMALIZE_WHITESPACE
    Contact adds 9.0 points (5.7 to 12.3), and a contact pays from 3.3 points on: on average it
    pays.
    """
    scale, name, digits = (1, unit, 2) if unit else (100, _("points"), 1)
    low, high = (scale * found[limit] for limit in ("lower", "upper"))
    least = scale * cost / value if value else np.inf
    if low > least:
        verdict = _("on average it pays.")
    elif high < least:
        verdict = _("on average it does not pay.")
    elif low <= 0 <= high:
        verdict = _("no effect can be told from none.")
    else:
        verdict = _("whether it pays on average, these data cannot say.")
    return Sentence(
        _(
            "Contact adds {effect} {unit} ({low} to {high}), and a contact pays from {least} "
            "{unit} on: {verdict}"
        ).format(
            unit=name,
            verdict=verdict,
            **{
                key: f"{size:.{digits}f}".replace("-", "−")
                for key, size in {
                    "effect": scale * found["effect"],
                    "low": low,
                    "high": high,
                    "least": least,
                }.items()
            },
        )
    )


def compared(difference, one, other):
    """Whether the data tell two policies apart.

    Parameters
    ----------
    difference : pandas.Series
        As :func:`crmlib.retention.targeting.gain_difference` gives it, of ``one`` less
        ``other``.
    one, other : str
        Names of the policies.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> found = pd.Series({"gain": 0.157, "lower": -1.12, "upper": 1.44})
    >>> print(compared(found, "highest uplift", "likeliest stayers"))
    ... # doctest: +NORMALIZE_WHITESPACE
    Highest uplift, less likeliest stayers: 0.157 per customer (−1.12 to 1.44). These data cannot
    tell the two apart.
    """
    if difference["lower"] > 0:
        verdict = _("The first earns more.")
    elif difference["upper"] < 0:
        verdict = _("The second earns more.")
    else:
        verdict = _("These data cannot tell the two apart.")
    sizes = {
        name: f"{difference[name]:,.3g}".replace("-", "−") for name in ("gain", "lower", "upper")
    }
    one, other = heading(one), heading(other)
    return Sentence(
        _("{one}, less {other}: {gain} per customer ({lower} to {upper}). {verdict}").format(
            one=one[:1].upper() + one[1:], other=other, verdict=verdict, **sizes
        )
    )


def planned(decision, listed):
    """What a contact list asks for.

    Parameters
    ----------
    decision : crmlib.retention.targeting.Decision
    listed : pandas.DataFrame
        As :func:`crmlib.retention.contact_list.planned` gives it.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> print(planned(SimpleNamespace(verdict="nobody"), pd.DataFrame()))
    Nobody is on the list, and nothing is spent.
    """
    if decision.verdict == "nobody":
        return Sentence(_("Nobody is on the list, and nothing is spent."))
    return in_words(listed)
