"""What a user gives: checked, or refused in one sentence."""

from numbers import Integral

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


def number(name, value, valid, accepted):
    """The value as one number that is valid.

    Parameters
    ----------
    name, value, valid, accepted
        As in :func:`numbers`.

    Returns
    -------
    float

    Raises
    ------
    DataError
        If it is several, or none that is valid.

    Examples
    --------
    >>> number("margin", [0.2, 0.3], lambda m: (m >= 0) & (m <= 1), "0 ≤ margin ≤ 1")
    Traceback (most recent call last):
        ...
    crmlib.errors.DataError: margin is [0.2, 0.3]; accepted: 0 ≤ margin ≤ 1.
    """
    if np.ndim(value):
        raise DataError(
            _("{name} is {value}; accepted: {accepted}.").format(
                name=name, value=value, accepted=accepted
            )
        )
    return numbers(name, value, valid, accepted)


def whole(name, value, least):
    """The value, if it is a whole number and not below the least.

    Raises
    ------
    DataError
        If it is not.

    Examples
    --------
    >>> whole("draws", 2.5, 1)
    Traceback (most recent call last):
        ...
    crmlib.errors.DataError: draws is 2.5; accepted: a whole number, 1 or more.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise DataError(
            _("{name} is {value!r}; accepted: a whole number, {least} or more.").format(
                name=name, value=value, least=least
            )
        )
    return value


def one_of(name, value, *kinds):
    """The value, if it is an object of one of the classes.

    Raises
    ------
    DataError
        If it is not; the message lists them.

    Examples
    --------
    >>> one_of("spend", None, str, dict)
    Traceback (most recent call last):
        ...
    crmlib.errors.DataError: spend is a NoneType; accepted: str, dict.
    """
    if not isinstance(value, kinds):
        raise DataError(
            _("{name} is a {kind}; accepted: {accepted}.").format(
                name=name,
                kind=type(value).__name__,
                accepted=_(", ").join(kind.__name__ for kind in kinds),
            )
        )
    return value


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
    if not isinstance(value, str) or value not in accepted:
        raise DataError(
            _("{name} is {value!r}; accepted: {accepted}.").format(
                name=name, value=value, accepted=", ".join(accepted)
            )
        )
    return value
