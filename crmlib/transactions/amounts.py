"""Reading numbers and money: ¥1,234.50, 12,50 €, 1.2万, (30.00)."""

import re

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.transactions.cells import Cells, halfwidth, parts

CURRENCIES = {
    "CNY": "¥ 元 圆 CNY RMB 人民币",
    "USD": "$ US$ USD 美元",
    "EUR": "€ EUR 欧元",
    "GBP": "£ GBP 英镑",
    "HKD": "HK$ HKD 港元 港币",
    "TWD": "NT$ TWD 新台币",
    "JPY": "円 JPY 日元",
    "KRW": "₩ KRW 韩元",
    "INR": "₹ INR",
    "AUD": "A$ AUD",
    "CAD": "C$ CAD",
    "SGD": "S$ SGD",
    "CHF": "CHF",
}
_CURRENCY_OF = {sign: code for code, signs in CURRENCIES.items() for sign in signs.split()}
_SIGN = "|".join(re.escape(sign) for sign in sorted(_CURRENCY_OF, key=len, reverse=True))

# A unit is a power of ten put on the digits, so that 1.2万 is exactly 12000.
_UNITS = {"k": "e3", "千": "e3", "万": "e4", "亿": "e8"}

_NUMBER = (
    r"^(?P<open>\()?\s*(?P<minus>[-+]?)\s*"
    rf"(?P<before>(?i:{_SIGN})?)\s*(?P<minus_after>[-+]?)\s*"
    r"(?P<digits>\.?\d[\d., ']*)(?P<power>(?:[eE][-+]?\d{1,3})?)\s*(?P<unit>[kK千万亿]?)\s*"
    rf"(?P<after>(?i:{_SIGN})?)\s*(?P<last>-?)\s*(?P<close>\))?$"
)
_POINT = r"(?:\d+|[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+|(?:'\d{3})+)"
_POINT += r"|[1-9]\d?(?:,\d{2})+,\d{3})(?:\.\d*)?|\.\d+"  # 1,23,456 as in India
_COMMA = r"(?:\d+|[1-9]\d{0,2}(?:(?:\.\d{3})+|(?: \d{3})+|(?:'\d{3})+))(?:,\d*)?"
_AS_IS = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"


def read_numbers(column, name, rows):
    """A column as numbers.

    Text may bear a currency before or after, thousands separators, k, 千, 万 or 亿, and be
    negative by a minus, before or behind, or by parentheses. Whether the comma or the point
    is the decimal mark is decided for the column: by values that only one of the two can
    read; failing those, a comma before three digits is a thousands separator, and a column
    whose points all stand before three digits is refused.

    Parameters
    ----------
    column : Series of length n
    name : str
        Its heading, for messages.
    rows : int array of shape (n,)
        Row numbers, for messages.

    Returns
    -------
    numbers : float array of shape (n,)
        NaN where a value cannot be read.
    notes : list of str
        What was not plain and how it was read.

    Raises
    ------
    DataError
        If there are two currencies, or the decimal mark cannot be told.

    Examples
    --------
    >>> paid = pd.Series(["¥1,234.50", "1.2万元", "(3)", "?"])
    >>> read_numbers(paid, "paid", [2, 3, 4, 5])[0].tolist()
    [1234.5, 12000.0, -3.0, nan]
    """
    if pd.api.types.is_any_real_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.nan), []
    cells = Cells.of(column, name, rows)
    words = halfwidth(cells.words).str.replace(r"[−–]", "-", regex=True).str.replace("’", "'")
    found = parts(words, _NUMBER).fillna("")
    digits = _digits(found["digits"].str.strip(), cells)
    signs = found["minus"] + found["minus_after"] + found["last"]
    power = found["power"] + found["unit"].str.lower().replace(_UNITS)
    before, after = (found[side].str.upper().map(_CURRENCY_OF) for side in ("before", "after"))
    clear = (signs.str.len() <= 1) & (found["open"].str.len() == found["close"].str.len())
    clear &= (found["open"] == "") | (signs == "")
    clear &= (found["power"] == "") | (found["unit"] == "")
    clear &= (found["last"] == "") | found["digits"].str.contains(r"\d\s*$")  # 7.- is seven
    clear &= before.isna() | after.isna() | (before == after)
    minus = (signs == "-") | (found["open"] != "")
    spelled = minus.map({True: "-", False: ""}) + digits + power
    numbers = pd.to_numeric(spelled.where(clear), errors="coerce").to_numpy(
        dtype=float, na_value=np.nan
    )
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    _refuse_two_currencies(before.fillna(after).where(np.isfinite(numbers)), cells)
    unusual = np.isfinite(numbers) & ~cells.words.str.fullmatch(_AS_IS).fillna(False).to_numpy(bool)
    return cells.spread(numbers), _note(unusual, numbers, cells)


def refuse_mostly_unreadable(numbers, column, name, rows):
    """Refuse a column of amounts more than half of which cannot be read.

    Parameters
    ----------
    numbers : float array of shape (n,)
        As :func:`read_numbers` gives them.
    column, name, rows
        As it takes them.

    Raises
    ------
    DataError

    Examples
    --------
    >>> refuse_mostly_unreadable(np.array([5, np.nan]), pd.Series(["5", "free"]), "paid", [2, 3])
    """
    cells = Cells.of(column, name, rows)
    filled = np.append(cells.words.notna(), False)[cells.codes]
    if not filled.any():
        raise DataError(
            _("Column {name!r} holds no amounts; every cell is empty.").format(name=name)
        )
    bad = filled & np.isnan(numbers)
    if 2 * bad.sum() > filled.sum():
        place = np.argmax(bad)
        raise DataError(
            _(
                "{bad} of {all} amounts in column {name!r} cannot be read, for example {word!r} "
                "in row {row}; 1234.50, 1.234,50, ¥1,234 and (30.00) can be."
            ).format(
                bad=bad.sum(),
                all=filled.sum(),
                name=name,
                word=cells.words[cells.codes[place]],
                row=rows[place],
            )
        )


def _digits(digits, cells):
    """Digits in Python's spelling (m,), missing where neither style reads them."""
    point = digits.str.fullmatch(_POINT)
    comma = digits.str.fullmatch(_COMMA)
    differ = point & comma & digits.str.contains("[.,]")
    only_point, only_comma = (point & ~comma).sum(), (comma & ~point).sum()
    contested = only_point <= 100 * only_comma and only_comma <= 100 * only_point
    if only_point == only_comma == 0:
        contested = differ.sum() > 1 and digits[differ].str.contains(".", regex=False).any()
    if contested and differ.any():
        word, row = cells.first(differ)
        raise DataError(
            _(
                "In column {name!r} the value {word!r} in row {row} may be read with a decimal "
                "mark or with a thousands separator, and the other values do not settle which; "
                "write the column without thousands separators."
            ).format(name=cells.name, word=word, row=row)
        )
    if only_comma > only_point:
        plain = digits.str.replace(r"[. ']", "", regex=True).str.replace(",", ".", regex=False)
        return plain.where(comma)
    return digits.str.replace(r"[, ']", "", regex=True).where(point)


def _refuse_two_currencies(currency, cells):
    codes = currency.dropna().unique()
    if len(codes) > 1:
        (first, row), (second, other_row) = (cells.first(currency == code) for code in codes[:2])
        raise DataError(
            _(
                "Column {name!r} mixes currencies, {first!r} in row {row} and {second!r} in row "
                "{other_row}; convert to one, or read one currency at a time."
            ).format(name=cells.name, first=first, row=row, second=second, other_row=other_row)
        )


def _note(unusual, numbers, cells):
    if not unusual.any():
        return []
    word, row = cells.first(unusual)
    number = numbers[(cells.words == word).to_numpy(dtype=bool, na_value=False)][0]
    return [
        _("In column {name!r}, {word!r} (row {row}) was read as {number}.").format(
            name=cells.name, word=word, row=row, number=f"{number:.15g}"
        )
    ]
