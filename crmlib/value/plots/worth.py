"""Pictures of what customers bring: the ladder, what they spend, and how sure that is."""

import numpy as np
from matplotlib import patheffects
from matplotlib.ticker import LogLocator, NullLocator
from scipy.stats import spearmanr

from crmlib import style
from crmlib.errors import DataError
from crmlib.quantities import amount, money, tick
from crmlib.text import gettext as _
from crmlib.value.btyd.reading import read_columns

ENOUGH = 30  # customers, for the title to compare their mean


def ladder(steps, currency=None, ax=None):
    """From spend times years to lifetime value, one correction after the other.

    A correction that changes nothing is left out.

    Parameters
    ----------
    steps : DataFrame
        Of :func:`crmlib.value.lifetime.ladder`: ``step``, ``value`` and ``change``.
    currency : str, optional
        Sign or name of the currency.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> from crmlib.value import lifetime
    >>> steps = lifetime.ladder(spend=1000, margin=0.2, retention=0.8, discount=0.1)
    >>> print(ladder(steps).get_title(loc="left").replace("\\n", " "))
    5,000 by the rule, 533 after the corrections
    """
    words = {
        "naive": _("spend × years"),
        "margin": _("only the margin is ours"),
        "retention": _("only those who stay pay"),
        "discount": _("later money is worth less"),
        "acquisition_cost": _("winning them cost money"),
        "heterogeneity": _("customers differ"),
    }
    naive, value = steps["value"].iloc[[0, -1]]
    changed = [
        (words.get(row.step, row.step), row.value - row.change, row.change)
        for row in steps.itertuples()
        if row.step == "naive" or abs(row.change) > 1e-9 * naive
    ]
    names, starts, changes = zip(*changed, (_("lifetime value"), 0.0, value))
    ends = np.add(starts, changes)
    colours = ["C0", *("C3" if change < 0 else "C4" for change in changes[1:-1]), "C0"]

    ax = style.axes(ax)
    rows = np.arange(len(names))
    bars = ax.barh(rows, changes, left=starts, color=colours, height=0.6)
    for bar, change in zip(bars[1:-1], changes[1:-1]):
        bar.set_hatch("///" if change < 0 else "")
        bar.set_edgecolor("white")
    figures = [amount(change, "+") for change in changes]
    figures[0], figures[-1] = amount(naive), amount(value)
    for row, figure in enumerate(figures):
        right = (max(starts[row], ends[row]), row)
        ax.annotate(figure, right, xytext=(4, 0), textcoords="offset points", va="center")
    ax.vlines(ends[:-1], rows[:-1] - 0.3, rows[1:] + 0.3, color=style.QUIET, linewidth=0.8)
    ax.axvline(0, color="0.4", linewidth=0.8, linestyle="-")
    ax.set_yticks(rows, names)
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlim(1.16 * min(0, *ends), 1.16 * max(*ends, 0) or 1)
    ax.xaxis.set_major_formatter(tick)
    ax.set_xlabel(money(_("Value of one customer"), currency))
    finding = _("{naive} by the rule, {value} after the corrections")
    style.title(ax, finding.format(naive=amount(naive), value=amount(value)))
    listing = _("; ").join(f"{name} {figure}" for name, figure in zip(names, figures))
    style.describe(ax, _("Waterfall of bars: {listing}.").format(listing=listing))
    return ax


def frequency_spend(table, currency=None, ax=None):
    """Do those who buy often also spend more each time? The Gamma-Gamma model says no.

    The line joins the means of customers with 1, 2-3, 4-7, 8-15 ... repeat purchases, with
    their number. The title compares those who bought most often, as many as leave at least
    30 customers to compare, with those who came again once, and gives Spearman's rank
    correlation, which a few extreme customers can neither make nor hide.

    Parameters
    ----------
    table : data frame
        ``frequency`` and ``monetary_value``; only customers with a repeat purchase count.
    currency : str, optional
        Sign or name of the currency.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If a column is missing or nobody bought again.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"frequency": 40 * [1, 4], "monetary_value": 20 * [30.0, 30, 10, 20]})
    >>> print(frequency_spend(table).get_title(loc="left").replace("\\n", " "))
    With 4+ repeats, a purchase is 1.25 times as large as with one (rank correlation +0.24)
    """
    frequency, spend = read_columns(table, ["frequency", "monetary_value"])
    frequency, spend = frequency[frequency > 0], spend[frequency > 0]
    if not len(frequency):
        raise DataError(_("Every frequency is 0; the plot shows customers who bought again."))
    group = np.log2(frequency).astype(int)  # 1, 2-3, 4-7, 8-15, … purchases
    size = np.bincount(group)
    filled = size > 0
    mean_frequency = np.bincount(group, frequency)[filled] / size[filled]
    mean_spend = np.bincount(group, spend)[filled] / size[filled]

    customers = _("one customer")
    if unpaid := np.count_nonzero(spend == 0):
        customers = _("one customer (not drawn: {n} who paid nothing)").format(n=unpaid)

    ax = style.axes(ax)
    ax.scatter(
        frequency, spend, 12, "C2", alpha=0.35, linewidths=0, label=customers, rasterized=True
    )
    ax.plot(mean_frequency, mean_spend, "C0-o", label=_("mean for 1, 2–3, 4–7, 8–15 and so on"))
    ax.set_xscale("log", base=2)
    if unpaid < len(spend):
        ax.set_yscale("log")
        ax.set_ylim(top=3 * spend.max())  # room for the legend
        ax.yaxis.set_major_locator(LogLocator(subs=[1, 2, 5]))
        ax.yaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(tick)
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(_("Repeat purchases"))
    ax.set_ylabel(money(_("Mean spend per purchase"), currency))
    ax.legend(loc="upper right")
    for count, *point in zip(size[filled], mean_frequency, mean_spend):
        note = ax.annotate(
            f"{count:,}", point, xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8
        )
        note.set_path_effects([patheffects.withStroke(linewidth=2.5, foreground="white")])
    if np.ptp(frequency) == 0 or np.ptp(spend) == 0:
        finding = _("All alike in number or size of purchases: there is no correlation to measure")
    else:
        often = max(k for k in range(len(size)) if not k or size[k:].sum() >= ENOUGH)
        once = mean_spend[0] if frequency.min() == 1 else 0
        finding = _("How often and how much each time: rank correlation {r}")
        if often and once:
            finding = _(
                "With {k}+ repeats, a purchase is {ratio:.2f} times as large as with one (rank "
                "correlation {r})"
            )
        finding = finding.format(
            k=2**often,
            ratio=spend[group >= often].mean() / once if once else 0,
            r=f"{spearmanr(frequency, spend).statistic:+z.2f}".replace("-", "−"),
        )
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Cloud of {n:,} customers who bought again, and a line through their mean spend per "
            "purchase, from {first} (repeat purchases: {few:.0f}) to {last} ({many:.0f}). "
            "{finding}."
        ).format(
            n=len(spend),
            first=amount(mean_spend[0]),
            few=mean_frequency[0],
            last=amount(mean_spend[-1]),
            many=mean_frequency[-1],
            finding=finding,
        ),
    )
    return ax


def value_intervals(draws, currency=None, ranks=30, expected=None, ax=None):
    """What customers may really bring, ranked by what is expected of them.

    For customers at ranks from first to last, dense at the top: the expected
    value and the middle 80 % of the futures. The title says both of the first.

    Parameters
    ----------
    draws : array of shape (n, m)
        Values of n customers in m simulated futures.
    currency : str, optional
        Sign or name of the currency.
    ranks : int
        How many customers to show, at most.
    expected : array of shape (n,), optional
        The expected values; the means of the draws, which are near them, if not given.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If ``draws`` is no such table.

    Examples
    --------
    >>> draws = np.random.default_rng(0).gamma(1.0, np.arange(1, 101)[:, None], (100, 500))
    >>> print(value_intervals(draws).get_title(loc="left").replace("\\n", " "))
    The first of 100: 103 expected, 11.3 to 244 in 8 futures of 10
    """
    draws = np.asarray(draws, dtype=float)
    if draws.ndim != 2 or not draws.size or not np.isfinite(draws).all():
        raise DataError(
            _("draws has the shape {shape}; accepted: finite numbers, one row a customer.").format(
                shape=draws.shape
            )
        )
    expected = draws.mean(axis=1) if expected is None else np.asarray(expected, dtype=float)
    order = np.argsort(-expected, kind="stable")
    n = len(order)
    shown = order[np.unique(np.geomspace(1, n, ranks).round().astype(int)) - 1]
    rank = np.empty(n, dtype=int)
    rank[order] = np.arange(1, n + 1)
    low, high = np.quantile(draws[shown], [0.1, 0.9], axis=1)

    ax = style.axes(ax)
    ax.vlines(rank[shown], low, high, color="C2", linewidth=3, label=_("80 % of the futures"))
    ax.plot(rank[shown], expected[shown], "o", color="C0", markersize=5, label=_("expected"))
    ax.set_xscale("log")
    ax.set_xlim(0.8, 1.25 * n)
    ax.xaxis.set_minor_formatter("")
    floor, ceiling = min(0, low.min()), max(high.max(), expected.max())
    ax.set_ylim(1.05 * floor - 0.02 * ceiling, 1.25 * ceiling or 1)  # room for the legend
    ax.xaxis.set_major_formatter(tick)
    ax.yaxis.set_major_formatter(tick)
    drawn = _("Rank by expected value ({shown} of {n:,} drawn)")
    ax.set_xlabel(drawn.format(shown=len(shown), n=n))
    ax.set_ylabel(money(_("What a customer brings"), currency))
    ax.legend(loc="upper right")
    words = {
        "n": n,
        "first": amount(expected[shown[0]]),
        "low": amount(low[0]),
        "high": amount(high[0]),
    }
    if np.ptp(expected) == 0:
        finding = _("The same is expected of every customer: there is nothing to rank")
    else:
        finding = _("The first of {n:,}: {first} expected, {low} to {high} in 8 futures of 10")
    finding = finding.format(**words)
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Points falling from left to right, with bars. First of {n:,}: {first} expected, "
            "between {low} and {high} in 80 % of the futures. Last: {last} expected, between "
            "{last_low} and {last_high}."
        ).format(
            last=amount(expected[shown[-1]]),
            last_low=amount(low[-1]),
            last_high=amount(high[-1]),
            **words,
        ),
    )
    return ax
