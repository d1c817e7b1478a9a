"""What the plots of this chapter share: their axes, money, and a few turns of phrase."""

import matplotlib.pyplot as plt

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


def money(label, currency):
    """The label of an axis of money.

    Examples
    --------
    >>> money("Spend", "$"), money("Spend", None)
    ('Spend ($)', 'Spend (currency)')
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


def rise(change, change_in="points"):
    """A rise of retention in words.

    Parameters
    ----------
    change : float
        As a fraction.
    change_in : {"points", "per_cent"}

    Examples
    --------
    >>> rise(0.05), rise(0.01), rise(0.05, "per_cent")
    ('+5 points of retention', '+1 point of retention', '+5 % retention')
    """
    size = f"{100 * change:+.3g}".replace("-", "−")
    if change_in == "per_cent":
        return _("{size} % retention").format(size=size)
    return ngettext(
        "{size} point of retention", "{size} points of retention", 1 if size == "+1" else 2
    ).format(size=size)


def percent(share):
    """A share in whole per cent, with a minus sign that is one.

    Examples
    --------
    >>> percent(0.2), percent(-0.083), percent(-0.001)
    ('20', '−8', '0')
    """
    return f"{round(100 * share) + 0:,d}".replace("-", "−")
