"""A picture of time: when a company sees the profit of a higher retention."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from crmlib import style
from crmlib.quantities import amount, money, tick
from crmlib.text import gettext as _
from crmlib.text import ngettext


def profit_over_time(table, currency=None, ax=None):
    """Extra margin period by period, of the customers who were there and of newcomers.

    Parameters
    ----------
    table : DataFrame
        Of :func:`crmlib.retention.company.profit_over_time`.
    currency : str, optional
        Sign or name of the currency.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> from crmlib.retention import company
    >>> table = company.profit_over_time(
    ...     20, margin=100, retention=0.80, change=0.05, newcomers=2000, acquisition_cost=100
    ... )
    >>> print(profit_over_time(table).get_title(loc="left").replace("\\n", " "))
    Profit is up 6 % after 1 period, 23 % after 5, 40 % after 20
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
    ax.set_xlabel(_("Time since retention rose (periods)"))
    ax.set_ylabel(money(_("Extra per period"), currency))
    ax.legend(loc="upper left", fontsize=9)

    lift = 100 * table["lift"].to_numpy()
    last = len(period) - 1
    middle = 5 if last > 9 else max(last // 2, 1)
    listing = {"first": lift[min(1, last)], "middle": lift[middle], "end": lift[-1]}
    paid = np.flatnonzero((table["cumulative_gain"] >= -1e-9) & (period > 0))
    if gain.min() >= -1e-9:
        finding = _(
            "Profit is up {first:.0f} % after 1 period, {middle:.0f} % after {m}, "
            "{end:.0f} % after {n}"
        )
    elif paid.size:
        finding = ngettext(
            "Paid back after {paid} period; after {n} profit is up {end:.0f} %",
            "Paid back after {paid} periods; after {n} profit is up {end:.0f} %",
            int(period[paid[0]]),
        )
    else:
        finding = _("After {n} periods the programme has not paid for itself yet")
    finding = finding.format(
        m=period[middle], n=period[-1], paid=period[paid[0]] if paid.size else 0, **listing
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Two areas on top of each other. The extra margin of customers there at the start "
            "reaches {present} and ends at {present_end}; that of newcomers grows to "
            "{newcomers}. {finding}."
        ).format(
            present=amount(present.max()),
            present_end=amount(present[-1]),
            newcomers=amount(newcomers[-1]),
            finding=finding,
        ),
    )
    return ax
