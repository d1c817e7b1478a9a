"""A picture of what policies earn."""

import numpy as np
from scipy import stats

from crmlib import style
from crmlib.quantities import amount, money
from crmlib.text import gettext as _
from crmlib.text import heading


def policies(gains, currency=None, ax=None):
    """What policies earn per customer, contacted or not, with intervals.

    Parameters
    ----------
    gains : pandas.DataFrame
        As :func:`crmlib.retention.campaigns.targeting.policy_gains` gives it, indexed by names to show;
        a column ``truth``, where it is known, is drawn too.
    currency : str, optional
        Sign or name of the currency.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> gains = pd.DataFrame(
    ...     {"gain": [1.2, 0.1], "lower": [0.4, -0.5], "upper": [2.0, 0.7]}, index=["uplift", "lot"]
    ... )
    >>> policies(gains, "yuan").get_title(loc="left")
    'Uplift earns most: 1.2 yuan per customer (0.4 to 2)'
    """
    shown = gains.sort_values("gain").rename(index=heading)
    place = np.arange(len(shown))
    ax = style.axes(ax)
    ax.axvline(0, color=style.QUIET, linewidth=1)
    ax.errorbar(
        shown["gain"],
        place,
        xerr=[shown["gain"] - shown["lower"], shown["upper"] - shown["gain"]],
        fmt="o",
        color="C0",
        label=_("measured, with interval"),
    )
    if "truth" in shown:
        ax.plot(shown["truth"], place, "D", color="C1", markeredgecolor="C0", label=_("truth"))
        ax.legend(loc="upper right", ncols=2)
    ax.set_yticks(place, [str(name) for name in shown.index])
    ax.set_ylim(-0.6, len(shown) - 0.4 + 0.6 * ("truth" in shown))  # room for the legend
    ax.grid(False, axis="y")
    ax.set_xlabel(money(_("Gain per customer, contacted or not"), currency))
    best = shown.iloc[-1]
    values = {name: amount(best[name]) for name in ("gain", "lower", "upper")}
    values["gain"] = amount(best["gain"], currency=currency)
    name = str(shown.index[-1])
    name = name[:1].upper() + name[1:]
    # The best of several looks better than it is: each is held to its share of the error.
    stricter = stats.norm.isf(0.025 / len(shown)) / stats.norm.isf(0.025)
    if "truth" in shown:
        finding = _("In truth {name} gains most, {truth} per customer; measured was {gain}").format(
            name=shown["truth"].idxmax(),
            truth=amount(shown["truth"].max(), currency=currency),
            gain=amount(shown.loc[shown["truth"].idxmax(), "gain"]),
        )
    elif len(shown) > 1 and np.ptp(shown["gain"]) < 1e-9:
        finding = _("All lists are one: {gain} per customer ({lower} to {upper})").format(**values)
    elif best["gain"] > stricter * (best["gain"] - best["lower"]):
        second = shown.iloc[-2] if len(shown) > 1 else None
        close = second is not None and second["gain"] > best["lower"]
        finding = (
            _("{name} comes first: {gain} per customer ({lower} to {upper}); {next} is close")
            if close
            else _("{name} earns most: {gain} per customer ({lower} to {upper})")
        ).format(
            name=name,
            next=second.name if close else None,
            **values,
        )
    else:
        finding = _("No list is shown to pay, not even the best, {name}").format(
            name=shown.index[-1]
        )
    style.title(ax, finding)
    style.describe(
        ax,
        _("{finding}. Gains and intervals: {listed}.").format(
            finding=finding,
            listed=_("; ").join(
                _("{name} {gain} ({lower} to {upper})").format(
                    name=name, **{key: amount(row[key]) for key in ("gain", "lower", "upper")}
                )
                for name, row in shown[::-1].iterrows()
            ),
        ),
    )
    return ax
