"""A picture of time: when a company sees the profit of a higher retention."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from crmlib import style
from crmlib.quantities import amount, money, tick, units
from crmlib.text import gettext as _


def profit_over_time(table, unit="period", currency=None, ax=None):
    """Extra margin period by period, of the customers who were there and of newcomers.

    Parameters
    ----------
    table : DataFrame
        Of :func:`crmlib.retention.profit.company.profit_over_time`.
    unit : str
        What a period is: "year", "month" and so on.
    currency : str, optional
        Sign or name of the currency.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> from crmlib.retention.profit import company
    >>> table = company.profit_over_time(
    ...     20, margin=100, retention=0.80, change=0.05, newcomers=2000, acquisition_cost=100
    ... )
    >>> print(profit_over_time(table, "year").get_title(loc="left").replace("\\n", " "))
    Profit: +6 % after 1 year, +23 % after 5, +40 % after 20
    """
    period = table["period"].to_numpy()
    gain = (table["profit"] - table["profit_before"]).to_numpy()
    present, newcomers = table["from_present"].to_numpy(), table["from_newcomers"].to_numpy()
    programme = present + newcomers - gain  # what the programme costs

    ax = style.axes(ax)
    ax.stackplot(
        period,
        present,
        newcomers,
        colors=["C2", "C4"],
        labels=[_("margin of customers there at the start"), _("margin of newcomers since")],
    )
    if programme.max() > 1e-9:
        ax.plot(period, -programme, "C3:", label=_("cost of the programme"))
    ax.plot(period, gain, "C0-", label=_("extra profit"))
    ax.axhline(0, color="0.4", linewidth=0.8, linestyle="-")
    ax.set_xlim(period[0], period[-1])
    highest = max((present + newcomers).max(), gain.max())
    lowest = min(gain.min(), -programme.max(), 0)
    ax.set_ylim(1.1 * lowest, 1.5 * highest or 1)  # room for the legend
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.xaxis.set_major_formatter(tick)
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(_("Time since retention rose ({units})").format(units=units(unit)))
    ax.set_ylabel(money(_("Extra per {unit}").format(unit=units(unit, 1)), currency))
    ax.legend(loc="upper left", fontsize=9)

    last = len(period) - 1
    first = 0 if programme.max() > 1e-9 else min(1, last)
    moments = {"first": first, "middle": 5 if last > 9 else max(last // 2, 1), "end": last}
    shown, earned = table["lift"].to_numpy(), _("Profit")
    if np.isnan(shown).any():  # a rise of nothing has no size in per cent
        told = {name: amount(gain[when], "+", currency) for name, when in moments.items()}
        earned = _("Extra profit")
    else:
        told = {name: f"{100 * shown[when]:+,.0f}" for name, when in moments.items()}
        told = {name: _("{n} %").format(n=size.replace("-", "−")) for name, size in told.items()}
    if programme.max() > 1e-9:
        finding = _(
            "{profit} less the cost of the programme: {first} at first, {middle} after {m} "
            "{units}, {end} after {n}"
        )
    else:
        finding = _("{profit}: {first} after 1 {unit}, {middle} after {m}, {end} after {n}")
    middle = period[moments["middle"]]
    finding = finding.format(
        profit=earned,
        m=middle,
        n=period[last],
        unit=units(unit, 1),
        units=units(unit, middle),
        **told,
    )
    style.title(ax, finding)
    alt = _(
        "Two areas on top of each other. The extra margin of customers there at the start "
        "reaches {present} and ends at {present_end}; that of newcomers grows to {newcomers}. "
        "{finding}."
    )
    if programme.max() > 1e-9:
        alt = _(
            "Two areas on top of each other. The extra margin of customers there at the start "
            "reaches {present} and ends at {present_end}; that of newcomers grows to {newcomers}. "
            "Below the axis the programme costs {cost} at first, and {cost_end} in the end. "
            "{finding}."
        )
    style.describe(
        ax,
        alt.format(
            present=amount(present.max()),
            present_end=amount(present[-1]),
            newcomers=amount(newcomers[-1]),
            cost=amount(programme[0]),
            cost_end=amount(programme[-1]),
            finding=finding,
        ),
    )
    return ax
