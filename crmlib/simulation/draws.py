"""Small tools of the simulation: chance, time, and columns with gaps."""

import zlib

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import ndtri

from crmlib.simulation.parameters import DAYS, FIRST_DAY

NEVER = DAYS  # the day after the last one


def stream(seed, block, name):
    """The random numbers of one part of one block of customers.

    Parts do not share a stream, so a change in one leaves the others as they were.

    Parameters
    ----------
    seed, block : int
    name : str
        Of the part.

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> stream(1, 0, "people").random() == stream(1, 0, "people").random()
    True
    """
    return np.random.default_rng([seed, block, zlib.crc32(name.encode())])


def choose(options, chances, random, n=None):
    """One of the options for each row.

    Parameters
    ----------
    options : list of str, length k
    chances : array of shape (k,) or (n, k)
        Need not sum to 1.
    random : Generator
    n : int, optional
        Number of rows, if the chances are the same for all.

    Returns
    -------
    pandas.Categorical of length n

    Examples
    --------
    >>> list(choose(["a", "b"], [0, 1], np.random.default_rng(0), 2))
    ['b', 'b']
    """
    edges = np.cumsum(np.atleast_2d(np.asarray(chances, dtype=float)), axis=1)
    n = len(edges) if n is None else n
    codes = (random.random((n, 1)) * edges[:, -1:] >= edges).sum(axis=1)
    return pd.Categorical.from_codes(codes, options)


def choose_by_score(options, utilities, random):
    """One of the options for each row, with chances proportional to exp(utility).

    Parameters
    ----------
    options : list of str, length k
    utilities : list of k arrays of shape (n,) or numbers

    Returns
    -------
    pandas.Categorical of length n

    Examples
    --------
    >>> list(choose_by_score(["a", "b"], [np.zeros(2), 99], np.random.default_rng(0)))
    ['b', 'b']
    """
    return choose(options, np.exp(np.stack(np.broadcast_arrays(*utilities), axis=1)), random)


def steps(score, shares):
    """Cut a standard normal score into whole numbers from 1, with known shares.

    Examples
    --------
    >>> steps(np.array([-1.0, 1.0]), [0.5, 0.5]).tolist()
    [1, 2]
    """
    return 1 + np.searchsorted(ndtri(np.cumsum(shares)[:-1]), score)


def with_gaps(values, missing):
    """A column whose ``missing`` rows hold nothing.

    Examples
    --------
    >>> with_gaps([1, 2], [False, True]).to_pylist()
    [1, None]
    """
    if isinstance(values, pd.Categorical):
        values = np.asarray(values, dtype=object)
    return pa.array(values, mask=np.asarray(missing))


def days(numbers):
    """Days since the first day of the shop as dates; ``NEVER`` and later is missing.

    Examples
    --------
    >>> days(np.array([0, NEVER])).astype(str).tolist()
    ['2023-01-01', 'NaT']
    """
    dates = FIRST_DAY + np.asarray(numbers).astype("timedelta64[D]")
    return np.where(numbers < NEVER, dates, np.datetime64("NaT"))


def times(numbers, minutes):
    """Day numbers and minutes of the day as times; ``NEVER`` and later is missing.

    Examples
    --------
    >>> times(np.array([1]), np.array([90])).astype(str).tolist()
    ['2023-01-02T01:30:00']
    """
    return days(numbers).astype("datetime64[s]") + np.asarray(minutes).astype("timedelta64[m]")
