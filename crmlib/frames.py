"""Data frames as a notebook shows them: numbers for people, words in the language in use.

pandas writes the table; this module says how a number looks in it. A column has one number
of decimals: as many as its largest number needs for six significant digits, less the zeros at
the end, so that a column of whole numbers has none. Where that would take too much from its
smaller numbers, each number has decimals of its own.
"""

import re
from html import escape, unescape
from numbers import Real

import numpy as np

from crmlib import text

DIGITS = 6  # significant ones
DECIMALS = 6  # at most
COARSE = 0.01  # what rounding to the column's decimals may take from a number, as a share of it
TINY, HUGE = 1e-4, 1e15  # below and from there on with an exponent
ROWS, ENDS, COLUMNS = 60, 5, 20  # a longer table shows its first and last rows
SIGNS = 200  # of a text, before it is cut
MISSING = "–"


def html(frame, digits=DIGITS):
    """A data frame as a table in HTML, in the language in use.

    Parameters
    ----------
    frame : pandas.DataFrame or pandas.Series
    digits : int
        Significant ones that the largest number of a column keeps.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> table = html(pd.DataFrame({"customers": [2357.0, 9], "gain": [12.5, -0.25]}))
    >>> re.findall("<td>(.*?)</td>", table)
    ['2,357', '12.50', '9', '−0.25']
    """
    if frame.ndim == 1:
        frame = frame.to_frame("" if frame.name is None else frame.name)
    long = len(frame) > ROWS
    shown = frame.iloc[np.r_[:ENDS, -ENDS:0]] if long else frame
    import pandas as pd  # whoever has a frame has it

    with pd.option_context("display.max_colwidth", SIGNS):
        told = frame.to_html(
            formatters=[_formatter(name, column, digits) for name, column in shown.items()],
            max_rows=2 * ENDS if long else None,
            max_cols=COLUMNS,
            show_dimensions="truncate",
            notebook=True,
        )
    return labelled(_MISSING.sub(MISSING, told))


def number(value, digits=DIGITS):
    """A number for people: six significant digits, thousands apart, a minus sign that is one.

    Parameters
    ----------
    value : float
    digits : int
        Significant ones; those before the point stay.

    Examples
    --------
    >>> number(97176001.22), number(1600 / 3), number(-1e-9), number(-np.inf)
    ('97,176,001', '533.333', '−1e-09', '−∞')
    """
    return _set(value, decimals([value], digits))


def is_name(name, dtype):
    """Whether the whole numbers of a column are names, as years and ids are.

    Parameters
    ----------
    name : str
        Of the column.
    dtype : dtype
        Its type.

    Examples
    --------
    >>> is_name("year", np.dtype(int)), is_name("gain_next_year", np.dtype(float))
    (True, False)
    """
    return dtype.kind in "iu" and bool(_NAME.search(str(name)))


def decimals(values, digits=DIGITS):
    """How many it takes for the largest to have so many digits, less the zeros at the end.

    Parameters
    ----------
    values : array of float
    digits : int
        Significant ones.

    Returns
    -------
    int

    Examples
    --------
    >>> decimals([0.25, 12.5]), decimals([3.0, np.nan]), decimals([1234.56], digits=3)
    (2, 0, 0)
    """
    sizes = _sizes(values)
    if not len(sizes):
        return 0
    order = int(np.floor(np.log10(sizes.max())))
    most = min(max(digits - 1 - order, 0), DECIMALS)
    rounded = np.round(sizes, most)
    return next(fewer for fewer in range(most + 1) if (np.round(sizes, fewer) == rounded).all())


def labelled(table):
    """The HTML of a data frame with its headings and labels in the language in use.

    A heading keeps, below it, its name in the data, which is what a line of code must call
    it. In English the names are all there is.

    Parameters
    ----------
    table : str

    Returns
    -------
    str

    Examples
    --------
    >>> text.use("zh")
    >>> print(labelled("<thead><th>frequency</th></thead>"))
    <thead><th>重复购买次数<br><code>frequency</code></th></thead>
    >>> text.use("en")
    """
    if text.language() == text.SOURCE:
        return table
    head, body, rest = table.partition("<tbody>")
    return _LABEL.sub(_heading, head) + body + _SIZE.sub(_size, _LABEL.sub(_label, rest))


def _formatter(name, column, digits):
    """How the values of a column become text; None leaves it to pandas."""
    if is_name(name, column.dtype):
        return None
    if column.dtype.kind in "iuf":
        sizes = _sizes(column.to_numpy(float, na_value=np.nan))
        places = decimals(sizes, digits)
        if (abs(np.round(sizes, places) - sizes) > sizes * COARSE).any():
            return lambda value: number(value, digits)
        return lambda value: _set(value, places)
    if column.dtype == object:
        return lambda value: number(value, digits) if _is_number(value) else str(value)
    return None


def _sizes(values):
    sizes = np.abs(np.asarray(values, dtype=float))
    return sizes[np.isfinite(sizes) & (sizes > 0)]


def _set(value, places):
    size = abs(float(value))
    if size != size:
        return MISSING
    if size == np.inf:
        told = "∞"
    elif 0 < size < TINY or size >= HUGE:
        told = f"{size:.3g}"
    else:
        told = f"{size:,.{places}f}"
    return "−" + told if value < 0 else told


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _heading(match):
    name = text.heading(unescape(match[2]))
    kept = f"<br><code>{match[2]}</code>" if name != match[2] and match[2].isidentifier() else ""
    return match[1] + escape(name) + kept


def _label(match):
    return match[1] + escape(text.heading(unescape(match[2])))


def _size(match):
    told = text.gettext("{rows} rows × {columns} columns")
    return told.format(rows=match[1], columns=match[2])


_NAME = re.compile(r"(^|_)(id|year)$")  # of a column whose whole numbers are names

# Of a data frame's HTML.
_MISSING = re.compile(r"(?<=<td>)(NaN|NaT|None|&lt;NA&gt;)(?=</td>)")
_LABEL = re.compile(r"(<t[hd][^>]*>)([^<]+)(?=</t[hd]>)")
_SIZE = re.compile(r"(\d+) rows × (\d+) columns")
