"""How quantities are said: money, units of time, shares; in words and along an axis.

How large a number must be to be counted in larger units is for the language to say: Chinese
counts in 万 (10^4) and 亿 (10^8), so that 41188 yuan are 4.12 万元 there and 41,188 yuan here.
"""

import unicodedata

import numpy as np

from crmlib.text import gettext as _
from crmlib.text import ngettext


def units(unit, count=2):
    """A unit of time in words, as many as ``count`` asks for.

    Parameters
    ----------
    unit : str
        ``"day"``, ``"week"``, ``"month"``, ``"year"`` or ``"period"``; another word stays as
        it is.
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
        "period": ngettext("period", "periods", many),
    }.get(unit, unit)


def percent(share):
    """A share in whole per cent, with a minus sign that is one.

    Examples
    --------
    >>> percent(0.2), percent(-0.083), percent(-0.001)
    ('20', '−8', '0')
    """
    return f"{round(100 * share) + 0:,d}".replace("-", "−")


def amount(value, sign="", currency=None):
    """A sum of money as it is read aloud: no cents above a hundred.

    Parameters
    ----------
    value : float
    sign : {"", "+"}
        With ``"+"`` a positive sum bears its sign too.
    currency : str, optional
        Sign or name; left out, so is the currency.

    Examples
    --------
    >>> amount(5000.4), amount(3.618), amount(-400, "+")
    ('5,000', '3.62', '−400')
    >>> amount(41188, currency="yuan"), amount(-2.5, currency="$")
    ('41,188 yuan', '−$2.5')
    """
    value = round(float(value), 6) + 0.0  # neither 1e-14 nor −0
    told = _scaled(
        abs(value), lambda size: ",.0f" if size >= 100 else ",.3g" if size >= 1 else ",.2g"
    )
    before = "−" if value < 0 else sign if value > 0 else ""
    name = currency_name(currency) if currency else ""
    if _is_sign(name):
        return before + name + told
    if told[-1:].isalpha():  # 4.12 万元: the unit takes the currency without a space
        return before + told + name
    return before + (_("{amount} {currency}").format(amount=told, currency=name) if name else told)


def money(label, currency=None):
    """The label of an axis of money.

    Parameters
    ----------
    label : str
    currency : str, optional
        Sign or name.

    Examples
    --------
    >>> money("Mean spend", "$"), money("Mean spend")
    ('Mean spend ($)', 'Mean spend (currency)')
    """
    name = currency_name(currency) if currency else _("currency")
    return _("{label} ({currency})").format(label=label, currency=name)


def currency_name(currency):
    """A currency as the reader calls it; a sign, or a name that is not known, stays as it is.

    Parameters
    ----------
    currency : str

    Examples
    --------
    >>> currency_name("CNY"), currency_name("€")
    ('yuan', '€')
    """
    known = {
        _("yuan"): ("yuan", "cny", "rmb", "元", "人民币"),
        _("dollars"): ("dollar", "dollars", "usd", "美元"),
        _("euros"): ("euro", "euros", "eur", "欧元"),
        _("pounds"): ("pound", "pounds", "gbp", "英镑"),
    }
    word = str(currency).strip()
    return next((name for name, spelt in known.items() if word.casefold() in spelt), word)


def tick(value, position=None):
    """A number along an axis, for ``set_major_formatter``.

    Parameters
    ----------
    value : float
    position : int, optional
        Of the tick; Matplotlib gives it, and it does not matter.

    Examples
    --------
    >>> tick(20000.0), tick(-0.5)
    ('20,000', '−0.5')
    """
    told = _scaled(abs(value), lambda size: ",.10g")
    return "−" + told if value < 0 else told


def _scaled(size, form):
    """A size of zero or more in digits, in the largest of the language's units it reaches."""
    # Translators: a unit that large numbers are counted in; if there is none, copy the English.
    for power, told, source in (
        (1e8, _("{n} × 10^8"), "{n} × 10^8"),
        (1e4, _("{n} × 10^4"), "{n} × 10^4"),
    ):
        if told != source and power <= size < np.inf:
            return told.format(n=format(size / power, form(size / power)))
    return format(size, form(size))


def _is_sign(name):
    return len(name) == 1 and unicodedata.category(name) == "Sc"
