"""A picture of a churn score: whether its forecasts came true."""

from crmlib import style
from crmlib.text import gettext as _


def calibration(table, ax=None):
    """Did those told 70 % leave 70 times in a hundred?

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`crmlib.retention.leaving.scores.calibration_table` gives it.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> from crmlib.retention.leaving.scores import calibration_table
    >>> table = calibration_table(5 * [0, 0, 1, 0, 1, 1], 5 * [0.1, 0.1, 0.4, 0.4, 0.9, 0.9], 3)
    >>> calibration(table).get_title(loc="left")
    'Told 10 %, 0 % left; told 90 %, 100 % left'
    """
    forecast, observed = 100 * table["forecast"], 100 * table["observed"]
    inside = (table["lower"] <= table["forecast"]) & (table["forecast"] <= table["upper"])
    ax = style.axes(ax)
    top = max(5.0, 1.05 * max(forecast.max(), 100 * table["upper"].max()))
    ax.plot([0, top], [0, top], "--", color=style.QUIET, linewidth=1, label=_("as forecast"))
    ax.errorbar(
        forecast,
        observed,
        [observed - 100 * table["lower"], 100 * table["upper"] - observed],
        fmt="o",
        color="C0",
        label=_("what came"),
    )
    ax.set_xlim(0, top)
    ax.set_ylim(0, top)
    ax.legend(loc="upper left")
    ax.set_xlabel(_("Forecast of leaving (%)"))
    ax.set_ylabel(_("Left (%)"))
    finding = _("Told {told:.0f} %, {left:.0f} % left").format(
        told=forecast.iloc[0], left=observed.iloc[0]
    )
    if len(table) > 1:
        finding = _("{finding}; told {told:.0f} %, {left:.0f} % left").format(
            finding=finding, told=forecast.iloc[-1], left=observed.iloc[-1]
        )
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "{finding}. In {k} of {n} groups the forecast lies within the interval. Forecast and "
            "left, in per cent: {pairs}."
        ).format(
            finding=finding,
            k=int(inside.sum()),
            n=len(table),
            pairs=_("; ").join(f"{f:.0f}, {o:.0f}" for f, o in zip(forecast, observed)),
        ),
    )
    return ax
