"""Things to try: where the claim holds, and whether keeping is cheaper than winning."""

import ipywidgets

from crmlib.interactive import Explorer, percent_slider
from crmlib.retention import plots
from crmlib.retention.profit import readings
from crmlib.retention.profit.economics import profit_lift
from crmlib.retention.profit.literature import CLAIM
from crmlib.text import gettext as _
from crmlib.text import joined


def map_explorer(over="acquisition_share", retention=0.80, change=0.05, discount=0.10):
    """The map of 25 to 85 per cent, under a hand on its conditions.

    Parameters
    ----------
    over : {"acquisition_share", "discount"}
        What runs up at first.
    retention, change, discount : float
        The point marked on the map, and the rise; there winning a customer costs nothing.

    Returns
    -------
    Explorer
        Controls ``over``, ``growth`` and ``change_in``.

    Examples
    --------
    >>> explorer = map_explorer()
    >>> explorer.controls["change_in"].value = "per_cent"
    >>> explorer.words.split(";")[0]
    'At retention 0.80 the rise brings 15.4 %'
    """

    def draw(ax, over, growth, change_in):
        terms = {"growth": growth / 100, "change_in": change_in}
        plots.lift_map(change, over=over, retention=retention, discount=discount, **terms, ax=ax)
        words = _say(float(profit_lift(retention, change, discount, **terms)), retention)
        if change_in == "per_cent":
            words = joined(words, _("The published cases are read as points, and not drawn here."))
        return words

    return Explorer(
        draw,
        {
            "over": ipywidgets.Dropdown(
                value=over,
                options=[
                    (_("cost of winning her"), "acquisition_share"),
                    (_("discount rate"), "discount"),
                ],
                description=_("Upwards"),
            ),
            "growth": percent_slider(_("Margin growth"), 0, 0, 10),
            "change_in": ipywidgets.Dropdown(
                options=[(_("points"), "points"), (_("per cent"), "per_cent")],
                description=_("The rise is in"),
            ),
        },
    )


def keep_explorer(multiple=5, effect=0.10, stay=0.80):
    """Keeping against winning, under a hand on the cost multiple and the effect.

    Parameters
    ----------
    multiple : float
        Cost of winning a customer over the cost of reaching one to keep her.
    effect : float
        Share of those reached who stay because of it.
    stay : float
        Share of them who would have stayed without it.

    Returns
    -------
    Explorer
        Controls ``multiple``, ``effect`` and ``stay``; an effect for which too few would
        leave is cut back.

    Examples
    --------
    >>> explorer = keep_explorer(effect=0.20)
    >>> explorer.controls["stay"].value = 95
    >>> explorer.words.split(". ")[0]
    'Only 5 of 100 would leave, so that the effect is 5 % at most'
    """

    def draw(ax, multiple, effect, stay):
        effect, most = effect / 100, round(1 - stay / 100, 6)
        plots.keep_or_win(multiple, min(effect, most), most, ax)
        words = readings.keeping(100.0, min(effect, most), 100.0 * multiple)
        if effect <= most:
            return words
        cut = _("Only {most:.3g} of 100 would leave, so that the effect is {most:.3g} % at most.")
        return joined(cut.format(most=100 * most), words)

    return Explorer(
        draw,
        {
            "multiple": ipywidgets.FloatSlider(
                multiple, min=1, max=12, step=0.5, description=_("Winning costs (times)")
            ),
            "effect": percent_slider(_("Effect"), 100 * effect, 0, 40),
            "stay": percent_slider(_("Stay anyway"), 100 * stay, 50, 95),
        },
    )


def _say(lift, retention):
    """What the rise brings where retention is as given, and what that makes of the claim."""
    low, high = CLAIM
    if lift < low - 1e-9:
        verdict = _("that is below 25–85 %.")
    elif lift > high + 1e-9:
        verdict = _("that is above 25–85 %.")
    else:
        verdict = _("that is inside 25–85 %.")
    brings = _("At retention {retention:.2f} the rise brings {lift:.3g} %;")
    return joined(brings.format(retention=retention, lift=100 * lift), verdict)
