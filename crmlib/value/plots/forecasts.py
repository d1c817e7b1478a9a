"""Pictures of a forecast of purchases beside what came."""

import numpy as np
import pandas as pd

from crmlib import style
from crmlib.errors import DataError
from crmlib.quantities import tick, units
from crmlib.text import gettext as _
from crmlib.value.btyd.reading import read_columns

LAST_GROUP = 7  # customers with this many repeat purchases or more are one group


def calibration_holdout(model, table, ax=None):
    """Purchases made in the hidden part against those expected, by earlier purchases.

    Parameters
    ----------
    model : BGNBD or ParetoNBD
        Fitted on the calibration period.
    table : data frame
        Of ``customers.split``: ``frequency``, ``recency``, ``T``,
        ``frequency_holdout`` and ``duration_holdout``.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If a column is missing or holds something else than numbers, 0 or more.

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> table = pd.DataFrame({"frequency": [0, 2], "recency": [0, 30.43], "T": [38.86, 38.86],
    ...                       "frequency_holdout": [0, 2], "duration_holdout": [39, 39]})
    >>> print(calibration_holdout(model, table).get_title(loc="left").replace("\\n", " "))
    Hidden half: forecast 28.9 % too low (1 expected, 2 made)
    """
    names = ["frequency", "frequency_holdout", "duration_holdout"]
    frequency, actual, duration = read_columns(table, names)
    expected = model.expected_purchases(table, duration)
    by_group = pd.DataFrame({"actual": actual, "expected": expected}).groupby(
        np.minimum(frequency, LAST_GROUP).astype(int)
    )
    means, customers = by_group.mean(), by_group.size()
    names = [f"{group}+" if group == LAST_GROUP else f"{group}" for group in means.index]

    ax = style.axes(ax)
    ax.plot(means.index, means["actual"], "C0-o", label=_("made"))
    ax.plot(means.index, means["expected"], "C1--s", label=_("expected by the model"))
    ax.set_xticks(means.index, [f"{name}\n{n:,}" for name, n in zip(names, customers)])
    ax.set_ylim(0, 1.1 * means.to_numpy().max() or 1)
    ax.set_xlabel(_("Repeat purchases before (below: customers)"))
    ax.set_ylabel(_("Purchases in the hidden half (mean)"))
    ax.legend()
    finding = forecast_error(expected.sum(), actual.sum())
    style.title(ax, _("Hidden half: forecast {error}").format(error=finding))
    rows = zip(names, means["actual"], means["expected"])
    group = _("{name}: {made:.2f}, {hoped:.2f}")
    groups = _("; ").join(group.format(name=n, made=made, hoped=hoped) for n, made, hoped in rows)
    style.describe(
        ax,
        _(
            "Two lines. Mean number of purchases in the hidden half, made and expected, by repeat "
            "purchases before: {groups}."
        ).format(groups=groups),
    )
    return ax


def cumulative_tracking(actual, expected, calibration_end_period, unit="week", ax=None):
    """Repeat purchases up to each moment, made and expected.

    Parameters
    ----------
    actual : DataFrame
        Of ``customers.cumulative_repeat_purchases``: ``period`` and
        ``cumulative_repeat_purchases``, n rows.
    expected : array of shape (n,)
        What the model expected up to each period.
    calibration_end_period : float
        The last period that the model saw.
    unit : str
        What a period is.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If ``expected`` has another length than ``actual``.

    Examples
    --------
    >>> actual = pd.DataFrame({"period": [1, 2, 3], "cumulative_repeat_purchases": [10, 20, 30]})
    >>> ax = cumulative_tracking(actual, [11, 20, 29], calibration_end_period=2)
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    Hidden half: forecast 10.0 % too low (9 expected, 10 made)
    """
    period, made = read_columns(actual, ["period", "cumulative_repeat_purchases"])
    expected = np.asarray(expected, dtype=float)
    if expected.shape != made.shape or not len(made):
        raise DataError(
            _(
                "expected has {n} values; accepted: one for each of the {rows} periods, "
                "at least one."
            ).format(n=expected.size, rows=len(made))
        )
    seen = np.searchsorted(period, calibration_end_period, side="right")
    made_seen, expected_seen = (values[seen - 1] if seen else 0.0 for values in (made, expected))

    ax = style.axes(ax)
    ax.plot(period, made, "C0-", label=_("made"))
    ax.plot(period, expected, "C1--", label=_("expected by the model"))
    ax.set_ylim(0, 1.1 * max(made.max(), expected.max()) or 1)
    ax.set_xlabel(
        _("{units} since the first purchase of all").format(units=units(unit).capitalize())
    )
    ax.set_ylabel(_("Repeat purchases so far"))
    ax.yaxis.set_major_formatter(tick)
    if seen < len(period):
        ax.axvline(calibration_end_period, color=style.QUIET, linewidth=1, linestyle="-")
        unseen = {"color": "0.95", "zorder": 0, "label": _("hidden from the model")}
        ax.axvspan(calibration_end_period, period[-1], **unseen)
        error = forecast_error(expected[-1] - expected_seen, made[-1] - made_seen)
        style.title(ax, _("Hidden half: forecast {error}").format(error=error))
    else:
        style.title(ax, _("Fit: {error}").format(error=forecast_error(expected[-1], made[-1])))
    ax.legend(loc="upper left")
    style.describe(
        ax,
        _(
            "Two rising lines, cumulative repeat purchases made and expected. {unit} "
            "{end:.3g}, the last that the model saw: {made_seen:,.0f} made, {expected_seen:,.0f} "
            "expected. {unit} {last:.3g}: {made:,.0f} made, {expected:,.0f} expected."
        ).format(
            unit=units(unit, 1).capitalize(),
            end=calibration_end_period,
            made_seen=made_seen,
            expected_seen=expected_seen,
            last=period[-1],
            made=made[-1],
            expected=expected[-1],
        ),
    )
    return ax


def forecast_error(expected, actual):
    """How far a forecast of purchases was from what came, in words.

    Parameters
    ----------
    expected, actual : float

    Examples
    --------
    >>> print(forecast_error(95.2, 100))
    4.8 % too low (95 expected, 100 made)
    """
    error = 100 * (expected / actual - 1) if actual > 0 else float("nan")
    if abs(error) < 0.05:
        text = _("exact ({expected:,.0f} expected, {actual:,.0f} made)")
    elif error < 0:
        text = _("{error:.1f} % too low ({expected:,.0f} expected, {actual:,.0f} made)")
    elif error > 0:
        text = _("{error:.1f} % too high ({expected:,.0f} expected, {actual:,.0f} made)")
    else:
        text = _("too high ({expected:,.1f} expected, none made)")
    return text.format(error=abs(error), expected=expected, actual=actual)
