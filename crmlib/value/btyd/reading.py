"""Reading customers: any data frame in, arrays of numbers out, or one clear sentence.

Every function here raises :class:`crmlib.DataError` for what it cannot take; the
message names the column and the row and says what would be accepted.
"""

import difflib

import narwhals as nw
import numpy as np

from crmlib.errors import DataError
from crmlib.text import gettext as _


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
            raise DataError(_missing(name, present))
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
        If there is not one number, zero or more, for each row.

    Examples
    --------
    >>> read_weights(None, 2).tolist()
    [1.0, 1.0]
    """
    return np.ones(n) if weights is None else read_numbers(weights, "weights", n)


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
        if n is not None:
            numbers = np.broadcast_to(numbers, (n,))
    except (TypeError, ValueError):
        raise DataError(
            _("{name} must be a number, or numbers for each of the {n} rows.").format(
                name=name, n=n
            )
            if n is not None
            else _("{name} must be a number, or numbers.").format(name=name)
        ) from None
    refuse(~(np.isfinite(numbers) & (numbers >= 0)), name, numbers, _("numbers, 0 or more"))
    return numbers


def refuse(wrong, name, values, accepted):
    """Raise if any value is wrong; the message shows the first.

    Parameters
    ----------
    wrong : bool array of shape (n,)
    name : str
        The column.
    values : array of shape (n,)
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
        raise DataError(
            _("{name} is {value} in row {row} (counted from 0); accepted: {accepted}.").format(
                name=name,
                value=_("missing") if np.isnan(value) else f"{value:g}",
                row=row,
                accepted=accepted,
            )
        )


def _missing(name, present):
    lower = {str(column).lower(): column for column in present}
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
