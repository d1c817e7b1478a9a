"""A picture of customers who differ: the same points of retention, two lifts."""

import numpy as np

from crmlib import style
from crmlib.quantities import tick
from crmlib.retention.profit.heterogeneity import mixed_lift
from crmlib.text import gettext as _


def mixed_lift_curves(retention, change, discount, polarisation, *, acquisition_share=0.0, ax=None):
    """The lift when customers differ: everyone raised, or the mean.

    Parameters
    ----------
    retention, change, discount, polarisation, acquisition_share : float
        As for :func:`crmlib.retention.profit.heterogeneity.mixed_lift`; the title speaks of
        this polarisation.
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
    >>> ax = mixed_lift_curves(0.80, 0.05, 0.10, polarisation=0.2)
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    Not 20.0 %: 19.2 % if the mean moves, 11.9 % if everyone does, since customers differ
    """

    def lift(spread, raising):
        return 100 * mixed_lift(
            retention,
            change,
            discount,
            spread,
            acquisition_share=acquisition_share,
            raising=raising,
        )

    spread = np.linspace(0, max(0.8, polarisation), 161)
    alike = lift(0.0, "mean")
    ax = style.axes(ax)
    ax.axhline(alike, color="C3", linewidth=1.8, linestyle=":", label=_("all alike"))
    ends = {}
    for raising, look, words in (
        ("mean", "C0-", _("the mean moves, the polarisation stays")),
        ("everyone", "C1--", _("everyone leaves less readily, in proportion")),
    ):
        ends[raising] = float(lift(polarisation, raising))
        ax.plot(spread, lift(spread, raising), look, label=words)
        ax.plot(polarisation, ends[raising], "o", color=look[:2])
    ax.set_xlim(0, spread[-1])
    ax.set_ylim(0, 1.35 * max(alike, *ends.values()))
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlabel(_("Polarisation (0: all alike; 1: they leave at once or never)"))
    ax.set_ylabel(_("Rise of a newcomer's value (%)"))
    ax.legend(loc="upper right")
    words = {"alike": alike, **ends}
    if max(abs(end - alike) for end in ends.values()) < 0.05 * alike:
        finding = _("{alike:.1f} %: so little do customers differ that it does not matter")
    else:
        finding = _(
            "Not {alike:.1f} %: {mean:.1f} % if the mean moves, {everyone:.1f} % if everyone does, "
            "since customers differ"
        )
    finding = finding.format(**words)
    style.title(ax, finding)
    style.describe(
        ax,
        _(
            "Two lines, from {alike:.0f} % at polarisation 0 to {mean_end:.0f} % (the mean moves) "
            "and {everyone_end:.0f} % (everyone) at {last:.1f}. {finding}."
        ).format(
            mean_end=float(lift(spread[-1], "mean")),
            everyone_end=float(lift(spread[-1], "everyone")),
            last=spread[-1],
            finding=finding,
            **words,
        ),
    )
    return ax
