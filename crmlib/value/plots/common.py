"""What the plots of this chapter share: their axes, units and a few turns of phrase."""

import matplotlib.pyplot as plt
import numpy as np

from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import ngettext

PLAIN = "{x:,.10g}"  # numbers along an axis


def axes(ax):
    """The axes given, or those of a new figure.

    Examples
    --------
    >>> axes(None).figure.axes
    [<Axes: >]
    """
    return plt.subplots()[1] if ax is None else ax


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
        If there is no purchase, or one after ``T``.

    Examples
    --------
    >>> purchase_times([0, 30.43, 12, 12], T=38.86).tolist()
    [0.0, 12.0, 30.43]
    """
    times = np.unique(np.asarray(purchases, dtype=float))
    if not len(times):
        raise DataError(_("purchases is empty; accepted: the time of one purchase or more."))
    if not times[-1] <= T:
        raise DataError(
            _("The last purchase is at {last:g}; accepted: times up to now, T = {T:g}.").format(
                last=times[-1], T=T
            )
        )
    return times


def units(unit, count=2):
    """A unit of time in words, as many as ``count`` asks for.

    Parameters
    ----------
    unit : str
        ``"day"``, ``"week"``, ``"month"`` or ``"year"``; another word stays as it is.
    count : float

    Examples
    --------
    >>> units("week"), units("week", 1)
    ('weeks', 'week')
    """
    many = 1 if count == 1 else 2
    return {
        "day": ngettext("day", "days", many),
        "week": ngettext("week", "weeks", many),
        "month": ngettext("month", "months", many),
        "year": ngettext("year", "years", many),
    }.get(unit, unit)


def money(label, currency):
    """The label of an axis of money.

    Examples
    --------
    >>> money("Mean spend", "$"), money("Mean spend", None)
    ('Mean spend ($)', 'Mean spend (currency)')
    """
    return _("{label} ({currency})").format(label=label, currency=currency or _("currency"))


def amount(value, sign=""):
    """A sum of money as it is read aloud: no cents above a hundred.

    Parameters
    ----------
    value : float
    sign : {"", "+"}
        With ``"+"`` a positive sum bears its sign too.

    Examples
    --------
    >>> amount(5000.4), amount(3.618), amount(-400, "+")
    ('5,000', '3.62', '−400')
    """
    value = round(value, 6) + 0.0  # neither 1e-14 nor −0
    digits = ",.0f" if abs(value) >= 100 else ",.3g"
    return format(value, sign + digits).replace("-", "−")


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
