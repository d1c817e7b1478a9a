"""Pictures of what a model says of a customer's purchases so far."""

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.ticker import LogLocator

from crmlib import style
from crmlib.checks import number, numbers
from crmlib.errors import DataError
from crmlib.quantities import units
from crmlib.text import gettext as _
from crmlib.text import ngettext


def frequency_recency_matrix(
    model,
    T,
    *,
    values="expected_purchases",
    periods=None,
    max_frequency=20,
    unit="week",
    ax=None,
):
    """What a model says of every history of purchases, as a heat map.

    Parameters
    ----------
    model : BGNBD or ParetoNBD
    T : float
        Time since the first purchase, the same for all, in units.
    values : {"expected_purchases", "probability_alive"}
    periods : float, optional
        How far ahead purchases are expected, in units; by default as long as ``T``.
    max_frequency : int
        The most repeat purchases shown.
    unit : str
        The model's unit of time.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If ``values`` is neither of the two.

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> ax = frequency_recency_matrix(model, T=39, values="probability_alive")
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    Silent for 19.5 weeks: P(alive) is 59 % after 1 repeat purchase, 0 % after 20
    """
    if values not in ("expected_purchases", "probability_alive"):
        raise DataError(
            _("values is {values!r}; accepted: 'expected_purchases', 'probability_alive'.").format(
                values=values
            )
        )
    if max_frequency < 2:
        raise DataError(_("max_frequency is {n}; accepted: 2 or more.").format(n=max_frequency))
    periods = T if periods is None else periods
    recency, frequency = np.linspace(0, T, 41)[1:], np.arange(1, max_frequency + 1)
    across, up = np.meshgrid(recency, frequency)
    table = pd.DataFrame({"frequency": up.ravel(), "recency": across.ravel(), "T": float(T)})
    if values == "expected_purchases":
        grid = model.expected_purchases(table, periods).reshape(up.shape)
        levels = LogLocator(subs=[1, 2, 5]).tick_values(grid.max() / 30, grid.max())
        levels = levels[levels > grid.max() / 30]
        measure, digits = _("Expected purchases in {periods:g} {units}"), "{:.1f}"
        measure = measure.format(periods=periods, units=units(unit, periods))
        best = np.unravel_index(grid.argmax(), grid.shape)
        finding = _(
            "{x} repeat purchases, the last at {t:.3g} {units}, promise most: "
            "{most:.1f} in the next {periods:g}"
        ).format(
            x=up[best],
            t=across[best],
            units=units(unit, across[best]),
            most=grid[best],
            periods=periods,
        )
    else:
        grid = 100 * model.probability_alive(table).reshape(up.shape)
        measure, digits, levels = _("P(alive) (%)"), "{:.0f}", 4
        half = len(recency) // 2 - 1  # where the last purchase is at T / 2
        finding = _(
            "Silent for {t:.3g} {units}: P(alive) is {few:.0f} % after 1 repeat purchase, "
            "{many:.0f} % after {x}"
        ).format(
            t=T / 2,
            units=units(unit, T / 2),
            few=grid[0, half],
            many=grid[-1, half],
            x=max_frequency,
        )

    ax = style.axes(ax)
    ax.grid(False)
    mesh = ax.pcolormesh(recency, frequency, grid, rasterized=True)
    ax.figure.colorbar(mesh, ax=ax, label=measure)
    if np.ptp(grid) > 0:
        lines = ax.contour(recency, frequency, grid, levels=levels, colors="0.15", linewidths=0.8)
        halo = [patheffects.withStroke(linewidth=2.5, foreground="white")]
        for number in ax.clabel(lines, fontsize=8, fmt="%g"):
            number.set(path_effects=halo, rotation=0)  # turned, a 6 is a 9
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel(_("Last purchase ({units} after the first one)").format(units=units(unit)))
    ax.set_ylabel(_("Repeat purchases"))
    style.title(ax, finding)
    corners = (digits.format(value) for value in grid[[0, 0, -1, -1], [0, -1, 0, -1]])
    style.describe(
        ax,
        _(
            "Heat map. {measure}, as seen {T:.3g} {units} after the first purchase. One repeat "
            "purchase: {0} if it came at once, {1} if it came just now. {x} repeat purchases: "
            "{2} if the last came at once, {3} if it came just now."
        ).format(*corners, measure=measure, T=T, units=units(unit, T), x=max_frequency),
    )
    return ax


def alive_history(model, purchases, T, unit="week", ax=None):
    """P(alive) of one customer, from the first purchase until now.

    At each moment it is computed from what was known then; it changes with each
    purchase and wears off in silence.

    Parameters
    ----------
    model : BGNBD or ParetoNBD
    purchases : array of shape (k,)
        Times of all purchases, the first one too, in units.
    T : float
        Now, on the same clock.
    unit : str
        The model's unit of time.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If there is no purchase, or one after ``T``.

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> ax = alive_history(model, purchases=[0, 12, 30.43], T=38.86)
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    2 repeat purchases, then 8.43 weeks of silence: P(alive) is 73 %
    """
    bought = purchase_times(purchases, T)
    bought, T = bought - bought[0], T - bought[0]  # both since the first purchase
    just_before = bought[1:] - 1e-9 * (1 + T)
    moments = np.sort(np.concatenate([np.linspace(0, T, 400), bought, just_before]))
    count = np.searchsorted(bought, moments, side="right") - 1
    history = pd.DataFrame({"frequency": count, "recency": bought[count], "T": moments})
    alive = 100 * model.probability_alive(history)

    ax = style.axes(ax)
    ax.plot(moments, alive, "C0-")
    stroke = {"color": "C3", "markersize": 10, "markeredgewidth": 1.5}
    ax.plot(bought, np.full(len(bought), -6.0), "|", label=_("a purchase"), **stroke)
    ax.legend()
    ax.set_ylim(-12, 104)
    ax.set_yticks(range(0, 101, 20))
    ax.set_xlabel(_("{units} since the first purchase").format(units=units(unit).capitalize()))
    ax.set_ylabel(_("P(alive) (%)"))
    silence = T - bought[-1]
    style.title(
        ax,
        ngettext(
            "{x} repeat purchase, then {silence:.3g} {units} of silence: P(alive) is {alive:.0f} %",
            "{x} repeat purchases, then {silence:.3g} {units} of silence: "
            "P(alive) is {alive:.0f} %",
            count[-1],
        ).format(x=count[-1], silence=silence, units=units(unit, silence), alive=alive[-1]),
    )
    lowest = np.argmin(alive)
    times = _(", ").join(f"{time:.3g}" for time in bought[:10])
    style.describe(
        ax,
        _(
            "A line that starts at {first:.0f} %, is lowest at {lowest:.0f} % at {when:.3g} "
            "{units} and ends at {last:.0f} % at {end:.3g} {units}. Strokes below it mark the "
            "purchases, at {times} {units}."
        ).format(
            first=alive[0],
            lowest=alive[lowest],
            when=moments[lowest],
            last=alive[-1],
            end=T,
            times=times if len(bought) <= 10 else _("{times} and on").format(times=times),
            units=units(unit),
        ),
    )
    return ax


def purchase_times(purchases, T):
    """Times of one customer's purchases, sorted, each once.

    Parameters
    ----------
    purchases : array of shape (k,)
    T : float
        Now, on the same clock.

    Returns
    -------
    float array of shape (k,) or shorter

    Raises
    ------
    DataError
        If there is no purchase, one after ``T``, or something else than times.

    Examples
    --------
    >>> purchase_times([0, 30.43, 12, 12], T=38.86).tolist()
    [0.0, 12.0, 30.43]
    """
    times = np.unique(numbers("purchases", purchases, np.isfinite, _("times")))
    T = number("T", T, np.isfinite, _("the time until now"))
    if not len(times):
        raise DataError(_("purchases is empty; accepted: the time of one purchase or more."))
    if not times[-1] <= T:
        raise DataError(
            _("The last purchase is at {last:g}; accepted: times up to now, T = {T:g}.").format(
                last=times[-1], T=T
            )
        )
    return times
