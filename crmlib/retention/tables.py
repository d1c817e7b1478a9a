"""Columns of a table, checked, or one sentence about what is wrong.

A message names a row as an editor shows it, the headings being row 1, if the table comes from
a file that :func:`crmlib.datasets.table` read; otherwise rows are counted from 0.
"""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from crmlib.checks import choice
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import hint

COHORTS = {"month": "M", "quarter": "Q", "year": "Y"}  # to the letters that pandas uses


def column(table, name):
    """One column of a data frame.

    Parameters
    ----------
    table : pandas.DataFrame
    name : str

    Returns
    -------
    pandas.Series

    Raises
    ------
    DataError
        If the table is no data frame, has no row, or has no such column or two.

    Examples
    --------
    >>> column(pd.DataFrame({"tenure": [3]}), "tenur")
    Traceback (most recent call last):
        ...
    crmlib.errors.DataError: There is no column 'tenur'; did you mean 'tenure'?
    """
    if not isinstance(table, pd.DataFrame):
        raise DataError(
            _("A table of type {kind} cannot be used; give a pandas data frame.").format(
                kind=type(table).__name__
            )
        )
    found = [place for place, heading in enumerate(table.columns) if heading == name]
    if not found:
        raise DataError(
            _("There is no column {name!r}; {hint}").format(
                name=name, hint=hint(str(name), map(str, table.columns))
            )
        )
    if len(found) > 1:
        raise DataError(_("Two columns are called {name!r}; rename one of them.").format(name=name))
    if not len(table):
        raise DataError(_("The table has no row; at least one customer is needed."))
    return table.iloc[:, found[0]]


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
    >>> refuse([False, True], "Churn", ["No", "?"], "Yes or No")
    Traceback (most recent call last):
        ...
    crmlib.errors.DataError: Churn is '?' in row 1; accepted: Yes or No.
    """
    if np.any(wrong):
        row = int(np.argmax(wrong))
        value = np.asarray(values)[row]
        if isinstance(values, pd.Series) and values.index.name == "row":
            row = values.index[row]
        value = value.item() if isinstance(value, np.generic) else value
        raise DataError(
            _("{name} is {value} in row {row}; accepted: {accepted}.").format(
                name=name,
                value=_("missing") if pd.isna(value) else repr(value),
                row=row,
                accepted=accepted,
            )
        )


def yes_or_no(values, name, yes=1, no=0):
    """A column of two words as True and False.

    Parameters
    ----------
    values : array of shape (n,)
    name : str
        The column, for messages.
    yes, no : str or number
        The two words.

    Returns
    -------
    bool array of shape (n,)

    Raises
    ------
    DataError
        If a value is neither.

    Examples
    --------
    >>> yes_or_no(["No", "Yes"], "Churn", "Yes", "No").tolist()
    [False, True]
    """
    values = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values))
    is_yes, is_no = ((values == word).fillna(False).to_numpy(dtype=bool) for word in (yes, no))
    refuse(~(is_yes | is_no), name, values, _("{yes} or {no}").format(yes=yes, no=no))
    return is_yes


def share_interval(successes, trials, confidence=0.95):
    """Wilson's interval for shares (1927, Journal of the American Statistical Association 22).

    Parameters
    ----------
    successes, trials : int arrays of shape (n,)
        Each trials of 1 or more.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : float arrays of shape (n,)

    Examples
    --------
    >>> lower, upper = share_interval([10], [100])
    >>> round(float(lower[0]), 4), round(float(upper[0]), 4)
    (0.0552, 0.1744)
    """
    found = [
        binomtest(int(k), int(n)).proportion_ci(confidence, method="wilson")
        for k, n in zip(successes, trials)
    ]
    return np.array([ci.low for ci in found]), np.array([ci.high for ci in found])


def day(name, given):
    """An argument as a day.

    Parameters
    ----------
    name : str
        The argument.
    given : datetime-like

    Returns
    -------
    pandas.Timestamp
        Without time zone, at midnight.

    Raises
    ------
    DataError
        If it is none.

    Examples
    --------
    >>> day("cut", "2024-11-03")
    Timestamp('2024-11-03 00:00:00')
    """
    try:
        found = pd.Timestamp(given)
    except (TypeError, ValueError):
        found = pd.NaT
    if pd.isna(found):
        raise DataError(
            _("{name} is {given!r}; accepted: a day, such as '2025-01-31'.").format(
                name=name, given=given
            )
        )
    return found.tz_localize(None).normalize()


def cohort_of(days, cohort):
    """The month, quarter or year of each day, as text.

    Parameters
    ----------
    days : pandas.Series of datetimes
    cohort : {"month", "quarter", "year"}

    Returns
    -------
    pandas.Series of str

    Raises
    ------
    DataError
        If there is no such cohort.

    Examples
    --------
    >>> cohort_of(pd.Series(pd.to_datetime(["2024-11-03"])), "quarter")[0]
    '2024-Q4'
    """
    words = days.dt.to_period(COHORTS[choice("cohort", cohort, tuple(COHORTS))]).astype("str")
    return words.str.replace("Q", "-Q") if cohort == "quarter" else words
