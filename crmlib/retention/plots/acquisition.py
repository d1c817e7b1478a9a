"""Pictures of cost: when keeping is cheaper than winning, and where spending should stop."""

import numpy as np

from crmlib import style
from crmlib.quantities import amount, money, tick
from crmlib.retention.profit.acquisition import (
    break_even_effect,
    cost_curve,
    cost_per_extra_customer,
    optimal_spend,
)
from crmlib.text import gettext as _

CLAIMED = (4, 5, 6, 8)  # the multiples that the source texts quote


def keep_or_win(multiple, effect, leave=None, ax=None):
    """Where keeping a customer is cheaper than winning one.

    Parameters
    ----------
    multiple : float
        Cost of winning a customer over the cost of reaching one to keep her.
    effect : float
        Share of those reached who stay because of it, 0 to 1.
    leave : float, optional
        Share that would leave otherwise; no effect can be larger, and a line says so.
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
    >>> print(keep_or_win(multiple=5, effect=0.05).get_title(loc="left").replace("\\n", " "))
    Keeping loses: one customer kept costs 4 times as much as one won
    """
    needed = float(break_even_effect(multiple))
    ratio = float(cost_per_extra_customer(1 / multiple, effect))  # in costs of winning one
    multiples = np.linspace(1, max(12.0, 1.2 * multiple), 300)
    frontier = 100 * break_even_effect(multiples)
    top = max(40.0, 120 * effect, 120 * (leave or 0))

    ax = style.axes(ax)
    ax.fill_between(multiples, frontier, top, color="C4", alpha=0.35, linewidth=0)
    ax.plot(multiples, frontier, "C0-")
    quoted = np.array(CLAIMED)
    ax.plot(quoted, 100 / quoted, "o", color="C0")
    for k in CLAIMED:
        told = _("{n} %").format(n=f"{100 / k:.3g}")
        ax.annotate(told, (k, 100 / k), xytext=(4, 5), textcoords="offset points")
    if leave is not None:
        ax.axhline(100 * leave, color="C1", linestyle="--")
        place = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
        ax.annotate(_("all who would leave"), (0.01, 100 * leave), xytext=(0, 3), **place)
    ax.plot(multiple, 100 * effect, "D", color="C3", markersize=9, markeredgecolor="white")
    side, aligned = (-8, "right") if multiple > multiples[-1] / 2 else (8, "left")
    offer = {"textcoords": "offset points", "ha": aligned, "va": "center", "color": "C3"}
    ax.annotate(_("your offer"), (multiple, 100 * effect), xytext=(side, 0), **offer)
    ax.text(0.97, 0.93, _("keeping is cheaper"), transform=ax.transAxes, ha="right", va="top")
    ax.text(0.03, 0.04, _("winning is cheaper"), transform=ax.transAxes)
    ax.set_xlim(1, multiples[-1])
    ax.set_ylim(0, top)
    ax.xaxis.set_major_formatter(tick)
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(_("Cost of winning a customer, in costs of reaching one to keep (times)"))
    ax.set_ylabel(_("Stay because they were reached (%)"))
    if not np.isfinite(ratio):
        finding = _("Keeping loses: nobody stays because of it")
    elif np.isclose(ratio, 1):
        finding = _("Even: one customer kept costs as much as one won")
    elif ratio > 1:
        finding = _("Keeping loses: one customer kept costs {ratio:.3g} times as much as one won")
    else:
        finding = _("Keeping wins: one customer kept costs {ratio:.2g} times as much as one won")
    finding = finding.format(ratio=ratio)
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Falling curve of the effect at which keeping breaks even: 25 % at a multiple of 4, "
            "12.5 % at 8. At {multiple:.3g} times it takes {needed:.3g} %, and {effect:.3g} % is "
            "there. {finding}."
        ).format(multiple=multiple, needed=100 * needed, effect=100 * effect, finding=finding),
    )
    return ax


def costs(value, ceiling, steepness, currency=None, ax=None):
    """What the average and the last customer won cost, by the spend per prospect.

    Parameters
    ----------
    value : float
        Of a customer won, in currency.
    ceiling, steepness : float
        As for :func:`crmlib.retention.profit.acquisition.response`.
    currency : str, optional
        Sign or name of the currency.
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
    >>> ax = costs(value=200, ceiling=0.4, steepness=0.02)
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    At 23.5 per prospect the last customer costs all she is worth, 200, the average one 157
    """
    best = float(optimal_spend(value, ceiling, steepness))
    first = 1 / (ceiling * steepness)
    until = best + np.log(2) / steepness  # where the last customer costs twice as much
    curve = cost_curve(np.linspace(0, until, 300), value, ceiling, steepness)
    [there] = cost_curve([best], value, ceiling, steepness).itertuples()

    ax = style.axes(ax)
    ax.plot(curve["spend"], curve["marginal_cost"], "C0-", label=_("the last customer won"))
    ax.plot(curve["spend"], curve["average_cost"], "C1--", label=_("the average customer won"))
    ax.axhline(value, color="C3", linestyle="-.", label=_("what a customer is worth"))
    if best > 0:
        ax.axvline(best, color=style.QUIET, linewidth=1, linestyle=":")
        ax.plot(best, there.marginal_cost, "o", color="C0", markersize=7)
        ax.plot(best, there.average_cost, "o", color="C1", markersize=7)
    ax.set_xlim(0, curve["spend"].iloc[-1])
    ax.set_ylim(0, 1.5 * curve["marginal_cost"].iloc[-1])  # room for the legend
    ax.xaxis.set_major_formatter(tick)
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(money(_("Spend per prospect"), currency))
    ax.set_ylabel(money(_("Cost of a customer"), currency))
    ax.legend(loc="upper left")
    if best > 0:
        finding = _(
            "At {best} per prospect the last customer costs all she is worth, {value}, "
            "the average one {average}"
        )
    else:
        finding = _("No spend pays: even the first customer costs {first}, and is worth {value}")
    finding = finding.format(
        best=amount(best, currency=currency),
        value=amount(value, currency=currency),
        average=amount(there.average_cost, currency=currency),
        first=amount(first, currency=currency),
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Two rising curves that start together at {first}: the cost of the last customer, to "
            "{marginal} at a spend of {spend}, and that of the average one, to {average_end}. "
            "{finding}."
        ).format(
            first=amount(first),
            marginal=amount(curve["marginal_cost"].iloc[-1]),
            average_end=amount(curve["average_cost"].iloc[-1]),
            spend=amount(curve["spend"].iloc[-1]),
            finding=finding,
        ),
    )
    return ax
