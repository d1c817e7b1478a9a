"""The largest likelihood, found the same way for every model.

All parameters are positive, so the search runs in their logarithms theta.
Customers who look alike are counted once (:func:`~crmlib.value.btyd.rows.distinct`),
in fewer rows with weights, and what is maximised is the weighted mean

    l(theta) = sum_i w_i log L_i(theta) / sum_i w_i

Three steps (each model gives log L_i and its gradient in closed form):

1. a trust-region search on some 5,000 customers, which is cheap, from each of
   the starts: a likelihood may have more than one summit, and the highest counts;
2. the same search on all rows from there, with the Hessian of those 5,000: it need
   only point the way, since where the search ends is decided by the full gradient;
3. the Hessian of all rows by central differences of the gradient, and with it
   the last Newton steps.

Done is done when no component of the gradient of l exceeds ``TOLERANCE``. The
inverse of the Hessian is the covariance of theta; that of the parameters
exp(theta) follows by the delta method.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

TOLERANCE = 1e-8  # largest slope of the mean log-likelihood in a log-parameter
SAMPLE = 5_000  # customers that give the start and the Hessian on the way
EDGE = math.log(1e6)  # a parameter this far from its start has run away
ROUNDING = 1e-10  # a curvature below this cannot be told from none


@dataclass(frozen=True)
class Maximum:
    """Where the likelihood is largest, and how sharply.

    Attributes
    ----------
    params : array of shape (k,)
        The parameters themselves, not their logarithms.
    covariance : array of shape (k, k)
        Covariance of the parameters; NaN for those at the edge, which the others
        take as known, and everywhere if their Hessian is not positive definite.
    log_likelihood : float
        Sum over all customers.
    gradient : float
        Largest slope, in absolute value, of the mean log-likelihood per
        customer in a log-parameter.
    converged : bool
        Whether ``gradient`` is at most ``TOLERANCE``.
    at_edge : bool array of shape (k,)
        Parameters that run to zero or to infinity.
    """

    params: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    gradient: float
    converged: bool
    at_edge: np.ndarray


def maximize(log_likelihood, starts, rows, weights):
    """Maximise a weighted sum of log-likelihoods.

    Parameters
    ----------
    log_likelihood : callable
        ``log_likelihood(theta, *rows)`` with theta of shape (k,), the logarithms
        of the parameters; returns the values, shape (n,), and their derivatives
        in theta, shape (k, n).
    starts : array of shape (m, k)
        Guesses of the parameters (not of their logarithms). The first is of the
        right order of magnitude: a parameter that moves away from it by a
        factor of a million counts as run away.
    rows : tuple of arrays of shape (n,)
        What was observed, best without repetition.
    weights : array of shape (n,)
        Number of customers behind each row.

    Returns
    -------
    Maximum

    Examples
    --------
    Three waiting times of mean 2 are likeliest at a rate of one half.

    >>> def exponential(theta, time):
    ...     return theta[0] - np.exp(theta[0]) * time, 1 - np.exp(theta) * time[None, :]
    >>> found = maximize(exponential, [[1.0]], (np.array([1.0, 2.0, 3.0]),), np.ones(3))
    >>> round(float(found.params[0]), 6), found.converged
    (0.5, True)
    """
    starts = np.log(np.asarray(starts, dtype=float))
    origin = starts[0]
    everything = _mean(log_likelihood, rows, weights)
    sample = _mean(log_likelihood, *_sample(rows, weights))
    total = weights.sum()
    free = np.ones(len(origin), dtype=bool)
    at_edge = ~free

    searches = [_search(sample, sample, s, origin, free, gradient_tolerance=1e-4) for s in starts]
    best = np.argmin([search.fun for search in searches])
    theta = searches[best].x
    if np.abs(theta - origin).max() > EDGE:  # a few customers may mislead where all would not
        theta = starts[best]
    while True:
        result = _search(everything, sample, theta, origin, free, gradient_tolerance=1e-6)
        theta, value, gradient = result.x, result.fun, result.jac
        hessian = _hessian(everything, theta)
        inverse = _inverse(hessian, free)
        gone = free & _run_away(theta - origin, gradient, inverse, total)
        if not gone.any():
            break
        at_edge |= gone
        free[np.argmax(np.abs(theta - origin) * gone)] = False  # hold it, let the others settle

    for _ in range(3):
        if np.isnan(inverse).any() or np.abs(gradient).max() < TOLERANCE / 100:
            break
        trial = theta - inverse @ gradient
        trial_value, trial_gradient = everything(trial)
        trial_gradient *= free
        if not np.abs(trial_gradient).max() < np.abs(gradient).max():
            break
        theta, value, gradient = trial, trial_value, trial_gradient

    slope = float(np.abs(gradient).max())
    params = np.exp(theta)
    known = np.where(np.logical_or.outer(at_edge, at_edge), np.nan, inverse)
    return Maximum(
        params=params,
        covariance=known * np.outer(params, params) / total,
        log_likelihood=float(-value * total),
        gradient=slope,
        converged=slope <= TOLERANCE,
        at_edge=at_edge,
    )


def _sample(rows, weights):
    """Customers at equal steps through all those counted in the weights."""
    if len(weights) <= SAMPLE:
        return rows, weights
    reached = np.cumsum(weights)
    picked = np.searchsorted(reached, (np.arange(SAMPLE) + 0.5) / SAMPLE * reached[-1])
    index, counts = np.unique(picked, return_counts=True)
    return tuple(column[index] for column in rows), counts.astype(float)


def _mean(log_likelihood, rows, weights):
    """What is minimised: minus the mean log-likelihood, with its gradient."""
    share = weights / weights.sum()

    def value_and_gradient(theta):
        values, scores = log_likelihood(theta, *rows)
        return -(share @ values), -(scores @ share)

    return value_and_gradient


def _search(mean, mean_for_hessian, theta, origin, free, gradient_tolerance):
    """Trust-region search over the free parameters, until flat or run away."""

    def value_and_gradient(theta):
        value, gradient = mean(theta)
        return value, gradient * free

    def hessian(theta):
        rough = _hessian(mean_for_hessian, theta, one_sided=True)
        return np.where(np.outer(free, free), rough, np.eye(len(free)))

    def stop_at_the_edge(intermediate_result):
        if np.abs((intermediate_result.x - origin) * free).max() > EDGE:
            raise StopIteration

    return minimize(
        value_and_gradient,
        theta,
        jac=True,
        hess=hessian,
        method="trust-exact",
        callback=stop_at_the_edge,
        options={"gtol": gradient_tolerance, "maxiter": 100, "max_trust_radius": 4.0},
    )


def _run_away(shift, gradient, inverse, total):
    """Which parameters are on their way to zero or to infinity.

    Those that went beyond ``EDGE``, and those that went half as far, or would
    still make a long step on a slope of nearly nothing, and whose logarithm is
    not known to within 1.
    """
    errors = np.sqrt(np.diag(inverse) / total)
    restless = (np.abs(inverse @ gradient) > 0.1) & (np.abs(gradient).max() < 1e-5)
    far = np.abs(shift) > EDGE / 2
    return (np.abs(shift) > EDGE) | ((far | restless) & ~(errors < 1))


def _hessian(mean, theta, one_sided=False, step=1e-4):
    """Second derivatives by differences of the gradient; central, or one-sided at half the cost."""
    shifts = step * np.eye(len(theta))
    ahead = np.array([mean(theta + shift)[1] for shift in shifts])
    if one_sided:
        hessian = (ahead - mean(theta)[1]) / step
    else:
        hessian = (ahead - np.array([mean(theta - shift)[1] for shift in shifts])) / (2 * step)
    return (hessian + hessian.T) / 2


def _inverse(hessian, free):
    """Inverse of the free block, zero elsewhere; all NaN where there is no clear summit."""
    inverse = np.zeros(hessian.shape)
    block = hessian[np.ix_(free, free)]
    if np.linalg.eigvalsh(block).min(initial=np.inf) < ROUNDING:
        return np.full(hessian.shape, np.nan)
    inverse[np.ix_(free, free)] = np.linalg.inv(block)
    return inverse
