"""Pictures of loyal customers: their share of the profit, and what tenure has to do with it."""

import numpy as np

from crmlib import style
from crmlib.quantities import amount, money, tick
from crmlib.retention.profit.loyalty import loyal_profit_share, loyal_share_for
from crmlib.text import gettext as _


def loyal_share(multiple=9, share=0.20, ax=None):
    """The profit share of loyal customers, by how many are loyal.

    Parameters
    ----------
    multiple : float
        Profit of a loyal customer over that of another.
    share : float
        Of customers who are loyal; the title speaks of it.
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
    >>> print(loyal_share(multiple=9, share=0.20).get_title(loc="left").replace("\\n", " "))
    At 9 times the profit, 20 % loyal bring 69 %; for 80 % it takes 31 %
    """
    shares = np.linspace(0, 1, 201)
    brings = float(loyal_profit_share(share, multiple))
    for_eighty = float(loyal_share_for(0.80, multiple))
    ax = style.axes(ax)
    ax.plot(100 * shares, 100 * shares, color=style.QUIET, linewidth=1, linestyle="--")
    ax.plot(100 * shares, 100 * loyal_profit_share(shares, multiple), "C0-")
    ax.plot(100 * share, 100 * brings, "o", color="C3", markersize=8, clip_on=False)
    ax.vlines(100 * for_eighty, 0, 80, color="C2", linestyle=":")
    ax.hlines(80, 0, 100 * for_eighty, color="C2", linestyle=":")
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 102)
    ax.xaxis.set_major_formatter(tick)
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(_("Loyal customers (% of all)"))
    ax.set_ylabel(_("Their profit (% of all)"))
    finding = _(
        "At {multiple:.3g} times the profit, {share:.3g} % loyal bring {brings:.0f} %; "
        "for 80 % it takes {needed:.0f} %"
    ).format(multiple=multiple, share=100 * share, brings=100 * brings, needed=100 * for_eighty)
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Curve of the share of profit over the share of loyal customers, from 0 to 100 %, "
            "beside the diagonal of equal profit. {finding}."
        ).format(finding=finding),
    )
    return ax


def tenure_profile(profile, currency=None, ax=None):
    """Margin by tenure: of those still there, and of the same customers followed.

    Parameters
    ----------
    profile : DataFrame
        Of :func:`crmlib.retention.profit.loyalty.tenure_profile`.
    currency : str, optional
        Sign or name of the currency.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> from crmlib.retention.profit import loyalty
    >>> log = loyalty.simulate_tenure(20_000, 8, cause=2, selection=20, seed=1)
    >>> ax = tenure_profile(loyalty.tenure_profile(log))
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    After 7 periods those who are left bring +29 %; the same customers +14 %
    """
    last = profile.iloc[-1]
    start = profile["still_there"].iloc[0]
    ax = style.axes(ax)
    ax.fill_between(
        profile["tenure"],
        profile["same_customers"],
        profile["still_there"],
        color="C4",
        alpha=0.35,
        linewidth=0,
        label=_("selection"),
    )
    ax.fill_between(
        profile["tenure"], profile["low"], profile["high"], color="C1", alpha=0.3, linewidth=0
    )
    ax.plot(profile["tenure"], profile["still_there"], "C0-", label=_("those who are left"))
    ax.plot(
        profile["tenure"],
        profile["same_customers"],
        "C1--",
        label=_("the same customers, followed (95 % interval)"),
    )
    ax.axhline(start, color=style.QUIET, linewidth=1, linestyle=":")
    low = min(profile["low"].min(), profile["still_there"].min(), start)
    high = max(profile["high"].max(), profile["still_there"].max(), start)
    room = high - low or 1.0
    ax.set_xlim(0, last["tenure"])
    ax.set_ylim(low - 0.15 * room, high + 0.5 * room)
    ax.xaxis.set_major_formatter(tick)
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(_("Tenure (periods)"))
    ax.set_ylabel(money(_("Margin per customer and period"), currency))
    ax.legend(loc="upper left")
    if start > 0:
        seen, same = (
            _("{n} %").format(n=f"{100 * (last[name] / start - 1):+z.0f}".replace("+0", "0"))
            for name in ("still_there", "same_customers")
        )
    else:
        seen = amount(last["still_there"] - start, "+")
        same = amount(last["same_customers"] - start, "+")
    finding = _(
        "After {n:.0f} periods those who are left bring {seen}; the same customers {same}"
    ).format(n=last["tenure"], seen=seen.replace("-", "−"), same=same.replace("-", "−"))
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Two lines of margin over tenure, both from {start}: those who are left reach "
            "{still_there}, the same customers followed {same_customers} ({low} to {high}). "
            "{finding}."
        ).format(
            start=amount(start),
            finding=finding,
            **{
                name: amount(last[name])
                for name in ("still_there", "same_customers", "low", "high")
            },
        ),
    )
    return ax
