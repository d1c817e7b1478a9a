"""Customers as rows of a likelihood: each once, some at a time, two cases added."""

import numpy as np
import pandas as pd


def distinct(rows, weights=None):
    """Count equal rows into weights.

    Parameters
    ----------
    rows : tuple of arrays of shape (n,)
        What was observed of each customer; no NaN.
    weights : array of shape (n,), optional
        Number of customers behind each row; one each by default.

    Returns
    -------
    rows : tuple of arrays of shape (m,), m <= n
        Each combination once, in the order of first appearance.
    weights : float array of shape (m,)

    Examples
    --------
    >>> rows, weights = distinct((np.array([0, 2, 0]), np.array([9.0, 8.0, 9.0])))
    >>> rows[0].tolist(), weights.tolist()
    ([0, 2], [2.0, 1.0])
    """
    codes, uniques = pd.factorize(rows[0])
    for column in rows[1:]:
        further, values = pd.factorize(column)
        codes, uniques = pd.factorize(codes * len(values) + further)
    first = np.empty(len(uniques), dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    counts = np.bincount(codes, weights, minlength=len(uniques)).astype(float)
    return tuple(column[first] for column in rows), counts


def either(log_odds):
    """Likelihood of two cases together, from the log odds of the second over the first.

    Parameters
    ----------
    log_odds : array

    Returns
    -------
    second : array
        Probability of the second case, odds / (1 + odds).
    log_sum : array
        log(1 + odds): what the second case adds to the log-likelihood of the first.

    Examples
    --------
    >>> second, log_sum = either(np.log([1.0, 3.0]))
    >>> second.round(6).tolist(), np.exp(log_sum).round(6).tolist()
    ([0.5, 0.75], [2.0, 4.0])
    """
    smaller = np.exp(-np.abs(log_odds))  # the odds or their inverse, whichever is below 1
    second = np.where(log_odds > 0, 1, smaller) / (1 + smaller)
    return second, np.maximum(log_odds, 0) + np.log1p(smaller)


def in_parts(log_likelihood, theta, rows, size):
    """A log-likelihood and its gradient for some rows at a time, so that memory stays small.

    Parameters
    ----------
    log_likelihood : callable
        As :func:`~crmlib.value.btyd.maximum_likelihood.maximize` takes it.
    theta : array of shape (k,)
    rows : tuple of arrays of shape (n,)
    size : int
        Rows at a time.

    Returns
    -------
    values : array of shape (n,)
    scores : array of shape (k, n)

    Examples
    --------
    >>> def exponential(theta, time):
    ...     return theta[0] - np.exp(theta[0]) * time, 1 - np.exp(theta) * time[None, :]
    >>> in_parts(exponential, np.zeros(1), (np.array([1.0, 2.0, 3.0]),), size=2)[0].tolist()
    [-1.0, -2.0, -3.0]
    """
    parts = [log_likelihood(theta, *part) for part in chunks(rows, size)]
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts], axis=1)


def chunks(rows, size):
    """Columns cut into parts of so many rows at most.

    Examples
    --------
    >>> [part[0].tolist() for part in chunks((np.array([1, 2, 3]),), size=2)]
    [[1, 2], [3]]
    """
    return zip(*(np.array_split(column, -(-len(column) // size)) for column in rows))
