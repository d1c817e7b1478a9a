"""Numbers as a user gives them: checked, or refused in one sentence."""

import numpy as np

from crmlib.errors import DataError
from crmlib.text import gettext as _


def numbers(name, value, valid, accepted):
    """The value as a number or an array of numbers, all of them valid.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float or array
    valid : callable
        ``valid(numbers)`` says which of them are; it is never asked about a NaN.
    accepted : str
        What is, in words or signs.

    Returns
    -------
    float or float array

    Raises
    ------
    DataError
        If a value is no finite number or not valid; the message shows the first such.

    Examples
    --------
    >>> numbers("retention", [0.8, 1.2], lambda r: r <= 1, "0 ≤ retention ≤ 1")
    Traceback (most recent call last):
        ...
    crmlib.errors.DataError: retention is 1.2; accepted: 0 ≤ retention ≤ 1.
    """
    try:
        given = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise DataError(
            _("{name} is {value!r}; accepted: {accepted}.").format(
                name=name, value=value, accepted=accepted
            )
        ) from None
    finite = np.isfinite(given)
    wrong = ~(finite & valid(np.where(finite, given, 0.0)))
    if wrong.any():
        shown = np.broadcast_to(given, wrong.shape)[wrong][0]
        raise DataError(
            _("{name} is {value:.6g}; accepted: {accepted}.").format(
                name=name, value=shown, accepted=accepted
            )
        )
    return given[()]


def choice(name, value, accepted):
    """The value, if it is one of the words accepted.

    Raises
    ------
    DataError
        If it is not; the message lists them.

    Examples
    --------
    >>> choice("first_margin", "at_once", ("at_once", "at_end"))
    'at_once'
    """
    if value not in accepted:
        raise DataError(
            _("{name} is {value!r}; accepted: {accepted}.").format(
                name=name, value=value, accepted=", ".join(accepted)
            )
        )
    return value
