"""Pictures of what a campaign changes: in whom, and how much."""

import numpy as np

from crmlib import style
from crmlib.quantities import amount, money
from crmlib.text import gettext as _

READ_AT = 0.3  # share of the customers that the titles speak of


def uplift_curve(curve, currency=None, ax=None):
    """The effect among the customers that a model puts first.

    Parameters
    ----------
    curve : UpliftCurve
        Of :func:`crmlib.retention.campaigns.curves.uplift_curve`.
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
    >>> uplift_curve(curve).get_title(loc="left")
    'Contact adds 83.3 points among the first 30 %, 25 among all'
    """
    table, scale = curve.table, 1 if currency else 100
    share = 100 * table["share"]
    ax = style.axes(ax)
    ax.fill_between(
        share,
        scale * table["effect_lower"],
        scale * table["effect_upper"],
        color="C4",
        alpha=0.5,
        linewidth=0,
        label=_("bootstrap band"),
    )
    ax.plot(share, scale * table["effect"], "-o", color="C0", markersize=4, label=_("measured"))
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
    first = _at(table, "effect", scale)
    if np.isnan(first):
        finding = _("Too few customers to tell the first from the others")
    elif currency:
        finding = _("Contact adds {first} among the first {n:.0f} %, {all} among all")
    else:
        finding = _("Contact adds {first} points among the first {n:.0f} %, {all} among all")
    finding = finding.format(
        first=amount(first, currency=currency), all=amount(average), n=100 * READ_AT
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Line over the share of the customers, {start} at {low:.0f} % to {end} at 100 %, with its "
            "band, beside the average effect. {finding}."
        ).format(
            start=_amount_or_none(scale * table["effect"].iloc[0]),
            low=share.iloc[0],
            end=amount(average),
            finding=finding,
        ),
    )
    return ax


def qini_curve(curve, currency=None, ax=None):
    """What contacts add in all, chosen by a model and drawn by lot.

    Parameters
    ----------
    curve : UpliftCurve
        Of :func:`crmlib.retention.campaigns.curves.uplift_curve`.
    currency : str, optional
        Of the outcome; without it the outcome is yes or no, counted per 100 customers.
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
    >>> print(qini_curve(curve).get_title(loc="left").replace("\\n", " "))
    Choosing beats the lot: contact to the first 30 % adds 25 per 100 customers, by lot 7.5
    """
    table, scale = curve.table, 1 if currency else 100
    share = np.insert(100 * table["share"].to_numpy(), 0, 0)
    lines = {
        name: np.insert(scale * table[name].to_numpy(), 0, 0)
        for name in ("gain", "gain_lower", "gain_upper", "by_lot")
    }
    ax = style.axes(ax)
    ax.fill_between(
        share,
        lines["gain_lower"],
        lines["gain_upper"],
        color="C4",
        alpha=0.5,
        linewidth=0,
        label=_("bootstrap band"),
    )
    ax.plot(share, lines["gain"], "-", color="C0", label=_("chosen by uplift"))
    ax.plot(share, lines["by_lot"], "--", color="C3", linewidth=1.5, label=_("drawn by lot"))
    ax.axhline(0, color=style.QUIET, linewidth=0.8)
    ax.set_xlim(0, 101)
    ax.legend(loc="best")
    ax.set_xlabel(_("Customers contacted (%)"))
    ax.set_ylabel(
        money(_("Added per customer, contacted or not"), currency)
        if currency
        else _("Added per 100 customers, contacted or not")
    )
    if curve.qini_lower > 0:
        verdict = _("Choosing beats the lot")
    elif curve.qini_upper < 0:
        verdict = _("Choosing does worse than the lot")
    else:
        verdict = _("Choosing cannot be told from the lot")
    gain = _at(table, "gain", scale)
    if np.isnan(gain):
        finding = _("Too few customers to tell choosing from the lot")
    elif currency:
        finding = _(
            "{verdict}: contact to the first {n:.0f} % adds {gain} per customer, by lot {lot}"
        )
    else:
        finding = _(
            "{verdict}: contact to the first {n:.0f} % adds {gain} per 100 customers, by lot {lot}"
        )
    finding = finding.format(
        verdict=verdict,
        n=100 * READ_AT,
        gain=amount(gain, currency=currency),
        lot=amount(_at(table, "by_lot", scale)),
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Curve from 0 to {end} over the share contacted, with its band, and the straight line "
            "of the lot. Qini coefficient {qini}, interval {lower} to {upper}. "
            "{finding}."
        ).format(
            end=amount(lines["gain"][-1]),
            **{
                name: f"{size:.3g}".replace("-", "−")
                for name, size in (
                    ("qini", curve.qini),
                    ("lower", curve.qini_lower),
                    ("upper", curve.qini_upper),
                )
            },
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
    >>> effect_by_group(table).get_title(loc="left")
    'The best 50 % were promised 20 points of effect, and 15 came'
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
        _("The best {n:.0f} % were promised {predicted} of effect, and {effect} came")
        if currency
        else _("The best {n:.0f} % were promised {predicted} points of effect, and {effect} came")
    ).format(
        n=100 * best["customers"] / table["customers"].sum(),
        predicted=amount(scale * best["predicted"], currency=currency),
        effect=amount(scale * best["effect"]),
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


def _at(table, name, scale):
    return scale * np.interp(READ_AT, table["share"], table[name])


def _amount_or_none(value):
    return _("no figure") if np.isnan(value) else amount(value)
