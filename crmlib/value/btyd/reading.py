"""Reading customers: any data frame in, arrays of numbers out, or one clear sentence.

Every function here raises :class:`crmlib.DataError` for what it cannot take; the
message names the column and the row and says what would be accepted.
"""

import difflib

import narwhals as nw
import numpy as np

from crmlib.checks import whole
from crmlib.errors import DataError
from crmlib.text import gettext as _

LONGEST = 1e9  # units of time in a simulation; a fast customer's purchases must be countable


def read_columns(table, names):
    """Columns of any data frame as arrays of numbers that are zero or more.

    Parameters
    ----------
    table : data frame
        pandas, Polars, Arrow or whatever else Narwhals reads.
    names : sequence of str

    Returns
    -------
    list of float arrays of shape (n,)

    Raises
    ------
    DataError
        If a column is missing or holds something else than such numbers, or if
        there is no row.

    Examples
    --------
    >>> import pandas as pd
    >>> read_columns(pd.DataFrame({"T": [30.0, 38.9]}), ["T"])[0].tolist()
    [30.0, 38.9]
    """
    try:
        frame = nw.from_native(table)
    except TypeError:
        raise DataError(
            _("A table of customers is expected with the columns {names}, not {kind}.").format(
                names=_(", ").join(names), kind=type(table).__name__
            )
        ) from None
    except nw.exceptions.DuplicateError:
        raise DataError(
            _("Two columns of the table have one name; each must have its own.")
        ) from None
    present = frame.collect_schema().names()
    for name in names:
        if name not in present:
            raise DataError(_missing(name, present, names))
    frame = frame.select(names)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if not len(frame):
        raise DataError(_("The table has no row; at least one customer is needed."))
    return [_numbers(frame[name], name) for name in names]


def read_histories(table):
    """Frequency, recency and T of each customer, checked against each other.

    Parameters
    ----------
    table : data frame
        Columns ``frequency`` (repeat purchases), ``recency`` (time of the last
        of them, 0 if there was none) and ``T`` (time observed).

    Returns
    -------
    frequency, recency, T : float arrays of shape (n,)

    Raises
    ------
    DataError
        If the table cannot be read, or a value in it cannot be true.

    Examples
    --------
    >>> import pandas as pd
    >>> x, t_x, T = read_histories(pd.DataFrame({"frequency": [2], "recency": [30.4], "T": [38.9]}))
    >>> float(x[0])
    2.0
    """
    frequency, recency, T = read_columns(table, ["frequency", "recency", "T"])
    refuse(frequency != np.floor(frequency), "frequency", frequency, _("whole numbers"))
    refuse(recency > T, "recency", recency, _("times up to T"))
    bought, later = frequency > 0, recency > 0
    refuse(bought & ~later, "recency", recency, _("times above 0 after repeat purchases"))
    refuse(later & ~bought, "recency", recency, _("0 without a repeat purchase"))
    return frequency, recency, T


def read_weights(weights, n):
    """How many customers each row stands for; one each by default.

    Parameters
    ----------
    weights : array of shape (n,), optional
    n : int

    Returns
    -------
    float array of shape (n,)

    Raises
    ------
    DataError
        If there is not one number, zero or more, for each row, or none is above zero.

    Examples
    --------
    >>> read_weights(None, 2).tolist()
    [1.0, 1.0]
    """
    if weights is None:
        return np.ones(n)
    weights = read_numbers(weights, "weights", n)
    if not weights.any():
        raise DataError(_("weights is 0 in every row; accepted: numbers of customers."))
    return weights


def read_numbers(values, name, n=None):
    """An argument that is one number, or one for each row, zero or more.

    Parameters
    ----------
    values : float or array
    name : str
        The argument.
    n : int, optional
        Number of rows; without it any shape will do.

    Returns
    -------
    float array of shape (n,), or shaped as ``values``

    Raises
    ------
    DataError
        If a value is something else than a number, zero or more, or their
        number is wrong.

    Examples
    --------
    >>> read_numbers(39, "periods", 2).tolist()
    [39.0, 39.0]
    """
    try:
        numbers = np.asarray(values, dtype=float)
        each = numbers if n is None else np.broadcast_to(numbers, (n,))
    except (TypeError, ValueError):
        raise DataError(
            _("{name} must be a number, or numbers for each of the {n} rows.").format(
                name=name, n=n
            )
            if n is not None
            else _("{name} must be a number, or numbers.").format(name=name)
        ) from None
    refuse(~(np.isfinite(numbers) & (numbers >= 0)), name, numbers, _("numbers, 0 or more"))
    return each


def read_survivors(survivors, name, least):
    """How many customers were still there at each age.

    Parameters
    ----------
    survivors : array of shape (n + 1,)
        Those still there at ages 0, 1, …, n.
    name : str
        The argument.
    least : int
        Ages needed.

    Returns
    -------
    float array of shape (n + 1,)

    Raises
    ------
    DataError
        If the numbers are too few, negative or rising, or nobody is there at age 0.

    Examples
    --------
    >>> read_survivors([100, 87, 74], "survivors", 3).tolist()
    [100.0, 87.0, 74.0]
    """
    survivors = read_numbers(survivors, name)
    if survivors.ndim != 1 or len(survivors) < least:
        raise DataError(
            _(
                "{name} must be a list of numbers, those still there at ages 0, 1, 2 and on; "
                "at least {least} are needed."
            ).format(name=name, least=least)
        )
    if not survivors[0]:
        raise DataError(
            _("There is nobody in {name} at age 0; accepted: one customer or more.").format(
                name=name
            )
        )
    rises = np.diff(survivors) > 0
    if rises.any():
        age = int(np.argmax(rises)) + 1
        raise DataError(
            _(
                "There are {more:g} survivors at age {age}; accepted: at most {fewer:g}, as before."
            ).format(more=survivors[age], age=age, fewer=survivors[age - 1])
        )
    return survivors


def read_times(T, n):
    """The argument ``T`` of a simulation: time observed of each of n customers.

    Parameters
    ----------
    T : float or array of shape (n,)
    n : int

    Returns
    -------
    float array of shape (n,)

    Raises
    ------
    DataError
        If ``n`` is no whole number above zero, or a time is negative or endless.

    Examples
    --------
    >>> read_times(52, 2).tolist()
    [52.0, 52.0]
    """
    T = read_numbers(T, "T", whole("n", n, 1))
    refuse(T > LONGEST, "T", T, _("times up to {longest:g}").format(longest=LONGEST))
    return T


def read_opportunities(values, name, n=None):
    """An argument in counts of opportunities: whole numbers, one or one for each row.

    Parameters
    ----------
    values, name, n
        As in :func:`read_numbers`.

    Returns
    -------
    int array of shape (n,), or shaped as ``values``

    Raises
    ------
    DataError
        If a value is no whole number, zero or more.

    Examples
    --------
    >>> read_opportunities(10, "periods", 2).tolist()
    [10, 10]
    """
    values = read_numbers(values, name, n)
    refuse(values != np.floor(values), name, values, _("whole numbers of opportunities"))
    return values.astype(int)


def refuse(wrong, name, values, accepted):
    """Raise if any value is wrong; the message shows the first.

    Parameters
    ----------
    wrong : bool array, shaped as ``values``
    name : str
        The column or the argument.
    values : float or array of shape (n,)
    accepted : str
        What would be accepted, as the end of a sentence.

    Raises
    ------
    DataError

    Examples
    --------
    >>> refuse(np.array([False]), "recency", np.array([30.4]), "times up to T")
    """
    if np.any(wrong):
        row = int(np.argmax(wrong))
        value = np.ravel(values)[row]
        message = (
            _("{name} is {value} in row {row} (counted from 0); accepted: {accepted}.")
            if np.ndim(values)
            else _("{name} is {value}; accepted: {accepted}.")
        )
        shown = _("missing") if np.isnan(value) else f"{value:g}"
        raise DataError(message.format(name=name, value=shown, row=row, accepted=accepted))


def _missing(name, present, names):
    """What is said of a missing column; those asked for by their own names are not meant by it."""
    lower = {str(column).lower(): column for column in present if column not in names}
    near = difflib.get_close_matches(name.lower(), lower, n=1)
    if near:
        return _("There is no column {name}; did you mean {near}?").format(
            name=name, near=lower[near[0]]
        )
    return _("There is no column {name}; the table has {columns}.").format(
        name=name, columns=_(", ").join(map(str, present))
    )


def _numbers(column, name):
    if not column.dtype.is_numeric():
        raise DataError(
            _("{name} holds {kind}; accepted: numbers, 0 or more.").format(
                name=name, kind=column.dtype
            )
        )
    values = column.cast(nw.Float64).to_numpy()
    refuse(~(np.isfinite(values) & (values >= 0)), name, values, _("numbers, 0 or more"))
    return values
