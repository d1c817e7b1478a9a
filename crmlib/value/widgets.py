"""Two things to try: what corrects spend times years, and when silence means goodbye."""

import ipywidgets
import pandas as pd

from crmlib.interactive import Explorer
from crmlib.quantities import amount, units
from crmlib.text import gettext as _
from crmlib.text import ngettext
from crmlib.value import lifetime, plots
from crmlib.value.plots.histories import purchase_times


def ladder_explorer(spend, margin, retention=0.8, discount=0.10, currency=None):
    """The ladder of lifetime value under a hand on retention and discount.

    Parameters
    ----------
    spend : float
        Revenue a year, in currency.
    margin : float
        Share of the spend that is margin, 0 to 1.
    retention, discount : float
        Where the sliders start; per year.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Explorer
        Controls ``retention``, ``discount`` and ``first_margin``.

    Examples
    --------
    >>> explorer = ladder_explorer(spend=1000, margin=0.2)
    >>> explorer.controls["first_margin"].value = "at_once"
    >>> explorer.words.split(":")[0]
    'Lifetime value 733'
    """

    def draw(ax, retention, discount, first_margin):
        steps = lifetime.ladder(spend, margin, retention, discount, first_margin=first_margin)
        plots.ladder(steps, currency, ax)
        multiple = lifetime.margin_multiple(retention, discount, first_margin)
        return _(
            "Lifetime value {value}: {multiple:.2f} times the yearly margin of {yearly}. "
            "{kept:.3g} of 100 customers stay from year to year; money costs {discount:.3g} %."
        ).format(
            value=amount(steps["value"].iloc[-1], currency=currency),
            multiple=multiple,
            yearly=amount(margin * spend, currency=currency),
            kept=100 * retention,
            discount=100 * discount,
        )

    def slider(name, value, highest):
        return ipywidgets.FloatSlider(
            value, min=0, max=max(value, highest), step=0.01, readout_format=".0%", description=name
        )

    return Explorer(
        draw,
        {
            "retention": slider(_("Retention"), retention, 0.95),
            "discount": slider(_("Discount rate"), discount, 0.30),
            "first_margin": ipywidgets.Dropdown(
                options=[(_("in a year"), "at_end"), (_("at once"), "at_once")],
                description=_("First margin"),
            ),
        },
    )


def alive_explorer(model, purchases, T, periods=None, unit="week"):
    """One customer's purchases, cut short or followed by silence, against P(alive).

    Parameters
    ----------
    model : BGNBD or ParetoNBD
    purchases : array of shape (k,)
        Times of all purchases, the first one too, in units.
    T : float
        Now, on the same clock.
    periods : float, optional
        How far ahead purchases are expected, in units; by default as long as from
        the first purchase until now.
    unit : str
        The model's unit of time.

    Returns
    -------
    Explorer
        Controls ``silence``, the time since the last purchase in units, and, if
        there was a repeat purchase, ``repeat_purchases``: how many to count, from
        the first on.

    Raises
    ------
    DataError
        If there is no purchase, or one after ``T``.

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> explorer = alive_explorer(model, purchases=[0, 12, 30.43], T=38.86, periods=39)
    >>> explorer.controls["repeat_purchases"].value = 1
    >>> explorer.words.split(":")[0]
    '1 repeat purchase, then 8.43 weeks of silence'
    """
    bought = purchase_times(purchases, T)
    observed = T - bought[0]
    periods = observed if periods is None else periods

    def draw(ax, silence, repeat_purchases=0):
        counted = bought[: repeat_purchases + 1]
        now = counted[-1] + silence
        plots.alive_history(model, counted, now, unit, ax)
        history = pd.DataFrame(
            {
                "frequency": [repeat_purchases],
                "recency": [counted[-1] - bought[0]],
                "T": [now - bought[0]],
            }
        )
        return ngettext(
            "{x} repeat purchase, then {silence:.3g} {units} of silence: P(alive) is "
            "{alive:.0f} %, and {expected:.2f} purchases are expected in the next {periods:.3g} "
            "{ahead}.",
            "{x} repeat purchases, then {silence:.3g} {units} of silence: P(alive) is "
            "{alive:.0f} %, and {expected:.2f} purchases are expected in the next {periods:.3g} "
            "{ahead}.",
            repeat_purchases,
        ).format(
            x=repeat_purchases,
            silence=silence,
            units=units(unit, silence),
            alive=100 * model.probability_alive(history)[0],
            expected=model.expected_purchases(history, periods)[0],
            periods=periods,
            ahead=units(unit, periods),
        )

    controls = {
        "silence": ipywidgets.FloatSlider(
            T - bought[-1],
            min=0,
            max=2 * observed or 1,
            step=1 if observed >= 20 else observed / 50 or 0.1,
            readout_format=".3g",
            description=_("{units} of silence").format(units=units(unit).capitalize()),
        )
    }
    if len(bought) > 1:
        controls["repeat_purchases"] = ipywidgets.IntSlider(
            len(bought) - 1, min=0, max=len(bought) - 1, description=_("Repeat purchases")
        )
    return Explorer(draw, controls)
