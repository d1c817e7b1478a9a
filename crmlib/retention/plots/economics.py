"""Pictures of what a rise of retention brings, and where 25 to 85 per cent holds."""

import numpy as np

from crmlib import style
from crmlib.checks import choice
from crmlib.quantities import percent, tick
from crmlib.retention.profit.economics import acquisition_share_for_lift, profit_lift
from crmlib.retention.profit.literature import CLAIM, reichheld_sasser
from crmlib.text import gettext as _
from crmlib.text import ngettext

POINTS = 400  # along an axis
OVER = ("discount", "acquisition_share")


def lift_curve(
    change=0.05,
    discount=0.10,
    *,
    acquisition_share=0.0,
    growth=0.0,
    first_margin="at_once",
    change_in="points",
    retention=(0.5, 1.0),
    ax=None,
):
    """The lift of a rise of retention, by how many stay already; 25 and 85 % drawn in.

    Parameters
    ----------
    change, discount, acquisition_share, growth, first_margin, change_in
        As for :func:`crmlib.retention.profit.economics.profit_lift`; single numbers.
    retention : tuple of two floats
        Where the axis begins and ends; the curve ends where no such rise is possible.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> ax = lift_curve(change=0.05, discount=0.10)
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    +5 points of retention: 25 % from a retention of 0.85 on, at most 50 %
    """
    terms = {
        "acquisition_share": acquisition_share,
        "growth": growth,
        "first_margin": first_margin,
        "change_in": change_in,
    }
    profit_lift(retention[0], change, discount, **terms)  # refuses what makes no sense
    kept = np.linspace(*retention, POINTS + 1)
    lift = 100 * _lift(kept, change, discount, **terms)
    kept, lift = kept[np.isfinite(lift)], lift[np.isfinite(lift)]
    low, high = 100 * np.array(CLAIM)

    ax = style.axes(ax)
    top = min(max(1.1 * lift.max(initial=0.0), 1.15 * high), 2.5 * high)
    ax.axhspan(low, high, color="C4", alpha=0.35, linewidth=0)
    for level in (low, high):
        ax.axhline(level, color=style.QUIET, linewidth=1, linestyle="--")
        ax.annotate(
            _("{n} %").format(n=f"{level:.0f}"),
            (0, level),
            xycoords=("axes fraction", "data"),
            xytext=(4, 2),
            textcoords="offset points",
            color=style.QUIET,
        )
    ax.plot(kept, lift, "C0-")
    ax.set_xlim(*retention)
    ax.set_ylim(min(0, 1.1 * lift.min(initial=0.0)), top)
    ax.xaxis.set_major_formatter("{x:.2f}")
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(_("Retention before the rise (share of customers who stay)"))
    ax.set_ylabel(_("Rise of a customer's value (%)"))

    inside = (lift >= low - 1e-6) & (lift <= high + 1e-6)
    pieces = np.count_nonzero(np.diff(np.append(0, inside)) == 1)
    first, last = kept[inside].min(initial=1.0), kept[inside].max(initial=0.0)
    if not pieces:
        finding = _("{rise}: 25–85 % nowhere on this curve")
    elif inside.all():
        finding = _("{rise}: 25–85 % everywhere on this curve")
    elif pieces > 1:
        finding = _("{rise}: 25–85 % in two places, the higher one up to {last:.2f}")
    elif inside[-1]:
        finding = _("{rise}: 25 % from a retention of {first:.2f} on, at most {most} %")
    else:
        finding = _("{rise}: 25–85 % only where retention is {first:.2f} to {last:.2f}")
    finding = finding.format(
        rise=rise(change, change_in), first=first, last=last, most=percent(lift.max() / 100)
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Curve of the rise of a customer's value over retention before it: {start} % at "
            "{first:.2f}, {middle} % at {half:.2f}, {end} % at {last:.2f}. {finding}."
        ).format(
            start=percent(lift[0] / 100),
            first=kept[0],
            middle=percent(lift[len(lift) // 2] / 100),
            half=kept[len(kept) // 2],
            end=percent(lift[-1] / 100),
            last=kept[-1],
            finding=finding,
        ),
    )
    return ax


def lift_map(
    change=0.05,
    *,
    over="discount",
    retention=0.80,
    discount=0.10,
    acquisition_share=0.0,
    growth=0.0,
    first_margin="at_once",
    change_in="points",
    ax=None,
):
    """Where on the map a rise of retention brings 25 to 85 per cent.

    Retention runs across, from 0.5; the discount rate or the acquisition cost runs up.
    For a rise by five points the published cases are drawn as far as they are known: a
    lift alone is a line, a lift with its retention is a point on the map of
    acquisition costs, at the cost that explains it.

    Parameters
    ----------
    change : float
        Rise of retention.
    over : {"discount", "acquisition_share"}
        What runs up.
    retention, discount, acquisition_share : float
        The point that the title speaks of.
    growth, first_margin, change_in
        As for :func:`crmlib.retention.profit.economics.profit_lift`.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> ax = lift_map(over="acquisition_share", acquisition_share=0.40)
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    +5 points of retention at 0.80, 10 % discount, 40 % to win her: 33 %, inside 25–85 %
    """
    choice("over", over, OVER)
    terms = {"growth": growth, "first_margin": first_margin, "change_in": change_in}
    here = float(
        profit_lift(retention, change, discount, acquisition_share=acquisition_share, **terms)
    )
    kept = np.linspace(min(0.5, retention), 1.0, 251)
    own = {"discount": discount, "acquisition_share": acquisition_share}
    up = np.linspace(0.0, max(own[over], {"discount": 0.30, "acquisition_share": 0.90}[over]), 151)
    place = own | {over: up[:, None]}
    lift = 100 * np.ma.masked_invalid(_lift(kept, change, **place, **terms))

    ax = style.axes(ax)
    low, high = 100 * np.array(CLAIM)
    ax.set_facecolor("0.85")
    ax.grid(visible=False)
    ax.contourf(
        kept, 100 * up, lift, [-1e9, low, high, 1e9], colors=["white", "#d5e0ca", "#8ab4c6"]
    )
    lines = [level for level in (low, high) if lift.min() < level < lift.max()]
    if lines:
        drawn = ax.contour(kept, 100 * up, lift, lines, colors="C0", linewidths=1)
        middles = [path.vertices[len(path.vertices) // 2] for path in drawn.get_paths()]
        told = {level: _("{n} %").format(n=f"{level:.0f}") for level in drawn.levels}
        labels = ax.clabel(drawn, fmt=told, fontsize=9, manual=middles, colors="black")
        for label in labels:
            label.set(zorder=4, bbox={"facecolor": "white", "alpha": 0.8, "pad": 1, "linewidth": 0})
    beyond = kept[lift.mask.all(axis=0)] if lift.mask.any() else kept[:0]
    if beyond.size and kept[-1] - beyond[0] > 0.03:
        ax.text(
            (beyond[0] + kept[-1]) / 2,
            50 * up[-1],
            _("no room for the rise"),
            rotation=90,
            ha="center",
            va="center",
            color=style.QUIET,
        )
    room = np.maximum(_after(kept, change, change_in), kept) <= 1 + 1e-9
    endless = np.argwhere(np.ma.getmaskarray(lift) & room)
    if len(endless) > 0.01 * lift.size:
        row, column = endless.mean(axis=0).astype(int)
        quiet = {"color": style.QUIET, "fontsize": 8, "ha": "center", "va": "center"}
        ax.text(kept[column], 100 * up[row], _("value\nwithout end"), **quiet)
    cases = _published(ax, kept, up, lift, over, change, discount, terms)
    ax.plot(
        retention,
        100 * own[over],
        "o",
        color="C3",
        markersize=9,
        markeredgecolor="white",
        clip_on=False,
        zorder=10,
        label=_("here: {lift} %").format(lift=percent(here)),
    )
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, fontsize=8, handlelength=2.6)
    ax.set_xlim(kept[0], 1.0)
    ax.xaxis.set_major_formatter("{x:.2f}")
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(_("Retention before the rise (share of customers who stay)"))
    if over == "discount":
        ax.set_ylabel(_("Discount rate (% per period)"))
    else:
        ax.set_ylabel(_("Winning her costs (% of value)"))
    if 100 * here < low - 1e-6:
        finding = _("{point}: {lift} %, below 25–85 %")
    elif 100 * here > high + 1e-6:
        finding = _("{point}: {lift} %, above 25–85 %")
    else:
        finding = _("{point}: {lift} %, inside 25–85 %")
    if acquisition_share:
        point = _("{rise} at {retention:.2f}, {discount:.3g} % discount, {share:.3g} % to win her")
    else:
        point = _("{rise} at {retention:.2f}, {discount:.3g} % discount")
    finding = finding.format(
        point=point.format(
            rise=rise(change, change_in),
            retention=retention,
            discount=100 * discount,
            share=100 * acquisition_share,
        ),
        lift=percent(here),
    )
    style.title(ax, finding)
    inside = float(((lift >= low) & (lift <= high)).mean() or 0)
    alt = _(
        "Map with lines of equal lift, retention across. The region of 25–85 % covers "
        "{inside:.0f} % of what is possible on it. {finding}."
    )
    if cases:
        alt = _(
            "Map with lines of equal lift, retention across. The region of 25–85 % covers "
            "{inside:.0f} % of what is possible on it. Published cases on it: {cases}. {finding}."
        )
    style.describe(ax, alt.format(inside=100 * inside, cases=_("; ").join(cases), finding=finding))
    return ax


def _lift(retention, change, discount, acquisition_share, growth, first_margin, change_in):
    """The lift as a fraction, NaN where no such rise is possible."""
    most = np.maximum(_after(retention, change, change_in), retention)
    possible = (most <= 1 + 1e-9) & (most * (1 + growth) < 1 + discount) & (retention > 0)
    lift = profit_lift(
        np.where(possible, retention, 1e-3),
        np.where(possible, change, 0.0),
        discount,
        acquisition_share=acquisition_share,
        growth=growth,
        first_margin=first_margin,
        change_in=change_in,
    )
    return np.where(possible, lift, np.nan)


def _after(retention, change, change_in):
    return retention + change if change_in == "points" else retention * (1 + change)


def _published(ax, kept, up, lift, over, change, discount, terms):
    """The published cases, if the rise is theirs: lines, and a point where one is known."""
    if terms["change_in"] != "points" or not np.isclose(change, 0.05):
        return []
    looks, cases = iter((":", "-.", "--")), []
    for row in reichheld_sasser().sort_values("lift").itertuples():
        level = 100 * row.lift
        if np.isnan(row.retention):
            look = {"linestyle": next(looks), "color": "C3"}
            if lift.min() < level < lift.max():
                ax.contour(
                    kept, 100 * up, lift, [level], colors="C3", linestyles=[look["linestyle"]]
                )
                cases.append(_("{case}: {lift:.0f} %").format(case=row.case, lift=level))
                ax.plot([], [], **look, label=cases[-1])
        elif over == "acquisition_share":
            share = acquisition_share_for_lift(row.lift, row.retention, change, discount, **terms)
            if share <= up[-1]:
                words = _("{case}: {lift:.0f} % if winning costs {share:.0f} %")
                cases.append(words.format(case=row.case, lift=level, share=100 * share))
                look = {"color": "C0", "markersize": 8, "markeredgecolor": "white"}
                ax.plot(row.retention, 100 * share, "D", **look, label=cases[-1])
    return cases


def rise(change, change_in="points"):
    """A rise of retention in words.

    Parameters
    ----------
    change : float
        As a fraction.
    change_in : {"points", "per_cent"}

    Examples
    --------
    >>> rise(0.05), rise(0.01), rise(0.05, "per_cent")
    ('+5 points of retention', '+1 point of retention', '+5 % retention')
    """
    size = f"{100 * change:+.3g}".replace("-", "−")
    if change_in == "per_cent":
        return _("{size} % retention").format(size=size)
    return ngettext(
        "{size} point of retention", "{size} points of retention", 1 if size == "+1" else 2
    ).format(size=size)
