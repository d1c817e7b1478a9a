"""Pictures of what a campaign changes: in whom, and how much."""

import numpy as np

from crmlib import style
from crmlib.quantities import amount, money
from crmlib.text import gettext as _


def uplift_curve(curve, share, currency=None, ax=None):
    """The effect among the customers that a model puts first.

    Parameters
    ----------
    curve : UpliftCurve
        Of :func:`crmlib.retention.campaigns.curves.uplift_curve`.
    share : float
        Of the customers that the title speaks of, 0 to 1.
    currency : str, optional
        Of the outcome; without it the outcome is yes or no, and shown in per cent.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlib.retention.campaigns import curves
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": 20 * [0, 1], "age": range(40)})
    >>> table["buys"] = ((table["mail"] == 1) & (table["age"] < 10)).astype(int)
    >>> curve = curves.uplift_curve(read_campaign(table, "mail", "buys"), -table["age"])
    >>> uplift_curve(curve, 0.3).get_title(loc="left")
    'Contact adds 83.3 points among the first 30 %, 25 among all'
    """
    table, scale = curve.table, 1 if currency else 100
    among = 100 * table["share"]
    ax = style.axes(ax)
    ax.fill_between(
        among,
        scale * table["effect_lower"],
        scale * table["effect_upper"],
        color="C4",
        alpha=0.5,
        linewidth=0,
        label=_("bootstrap band"),
    )
    ax.plot(among, scale * table["effect"], "-o", color="C0", markersize=4, label=_("measured"))
    average = scale * table["effect"].iloc[-1]
    ax.axhline(average, color="C3", linestyle="--", linewidth=1.5, label=_("average effect"))
    ax.axhline(0, color=style.QUIET, linewidth=0.8)
    ax.set_xlim(0, 101)
    ax.legend()
    ax.set_xlabel(_("First customers, by predicted uplift (%)"))
    label = _("Effect of contact")
    ax.set_ylabel(
        money(label, currency) if currency else _("Effect of contact (percentage points)")
    )
    first = scale * np.interp(share, table["share"], table["effect"])
    if np.isnan(first):
        finding = _("Too few customers to tell the first from the others")
    elif share == 1:
        finding = _("Contact adds {all}") if currency else _("Contact adds {all} points")
    elif currency:
        finding = _("Contact adds {first} among the first {n:.0f} %, {all} among all")
    else:
        finding = _("Contact adds {first} points among the first {n:.0f} %, {all} among all")
    finding = finding.format(
        first=amount(first, currency=currency),
        all=amount(average, currency=currency if share == 1 else None),
        n=100 * share,
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Line over the share of the customers, {start} at {low:.0f} % to {end} at 100 %, with its "
            "band, beside the average effect. {finding}."
        ).format(
            start=_amount_or_none(scale * table["effect"].iloc[0]),
            low=among.iloc[0],
            end=amount(average),
            finding=finding,
        ),
    )
    return ax


def effect_by_group(table, currency=None, ax=None):
    """Predicted uplift beside the measured effect, from the highest group down.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`crmlib.retention.campaigns.curves.effect_by_group` gives it.
    currency : str, optional
        Of the outcome; without it the outcome is yes or no, and shown in per cent.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "customers": [20, 20],
    ...         "predicted": [0.2, 0.1],
    ...         "effect": [0.15, 0.1],
    ...         "lower": [0.05, 0.0],
    ...         "upper": [0.25, 0.2],
    ...     }
    ... )
    >>> print(effect_by_group(table).get_title(loc="left").replace("\\n", " "))
    The best 50 % were promised 20 points of effect, and 15 (5 to 25) came
    """
    scale = 1 if currency else 100
    place = np.arange(1, len(table) + 1)
    effect = scale * table["effect"]
    ax = style.axes(ax)
    ax.axhline(0, color=style.QUIET, linewidth=0.8)
    ax.errorbar(
        place,
        effect,
        [effect - scale * table["lower"], scale * table["upper"] - effect],
        fmt="o",
        color="C0",
        label=_("measured, with interval"),
    )
    ax.plot(
        place,
        scale * table["predicted"],
        "D",
        color="C1",
        markeredgecolor="C0",
        label=_("predicted"),
    )
    ax.set_xticks(place)
    ax.set_xlim(0.5, len(table) + 0.5)
    ax.legend()
    ax.set_xlabel(_("Group, by predicted uplift (1 = highest)"))
    label = _("Effect of contact")
    ax.set_ylabel(
        money(label, currency) if currency else _("Effect of contact (percentage points)")
    )
    best = table.iloc[0]
    finding = (
        _(
            "The best {n:.0f} % were promised {predicted} of effect, and {effect} "
            "({lower} to {upper}) came"
        )
        if currency
        else _(
            "The best {n:.0f} % were promised {predicted} points of effect, and {effect} "
            "({lower} to {upper}) came"
        )
    ).format(
        n=100 * best["customers"] / table["customers"].sum(),
        predicted=amount(scale * best["predicted"], currency=currency),
        **{name: amount(scale * best[name]) for name in ("effect", "lower", "upper")},
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _("{finding}. Predicted and measured, from the first group on: {pairs}.").format(
            finding=finding,
            pairs=_("; ").join(
                f"{amount(p)}, {amount(e)}" for p, e in zip(scale * table["predicted"], effect)
            ),
        ),
    )
    return ax


def _amount_or_none(value):
    return _("no figure") if np.isnan(value) else amount(value)
