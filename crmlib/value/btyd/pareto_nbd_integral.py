"""The integral of the Pareto/NBD likelihood: a customer who left at some moment since t_x.

The papers write the integral as a difference of two hypergeometric functions.
Here it is summed by Gauss-Legendre in g = log((m+y) / (m+t_x)), m the smaller
of alpha and beta, because the same nodes then give the gradient: seen as
weights, they are the distribution of the moment y of a customer who has left,
and the derivatives of L are averages over it.
"""

from functools import cache

import numpy as np

FALLEN = 17 * np.log(10)  # the integral ends where its integrand is this far down, in logarithms
gauss_legendre = cache(np.polynomial.legendre.leggauss)


def compare_cases(theta, x, t_x, T):
    """The two cases of the likelihood, still there at T or gone since t_x.

    Parameters
    ----------
    theta : array of shape (4,)
        Logarithms of r, alpha, s, beta.
    x, t_x, T : arrays of shape (n,)

    Returns
    -------
    log_odds : array of shape (n,)
        Of having left.
    log_here : array of shape (n,)
        Logarithm of the first case.
    log_alpha, log_beta, per_alpha, per_beta : arrays of shape (n,)
        log(alpha+y), log(beta+y), 1/(alpha+y) and 1/(beta+y), averaged over the
        moment y at which one who left did so.

    Examples
    --------
    >>> history = [np.array([value]) for value in (2.0, 30.43, 38.86)]
    >>> log_odds, *_ = compare_cases(np.log([0.553, 10.578, 0.606, 11.669]), *history)
    >>> (1 / (1 + np.exp(log_odds))).round(4).tolist()
    [0.8692]
    """
    r, alpha, s, beta = np.exp(theta)
    log_here = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    a, b = alpha + t_x, beta + t_x
    small, large = np.minimum(a, b), np.maximum(a, b)
    with np.errstate(over="ignore"):
        end = np.minimum.reduce(  # of y - t_x: T, or where one factor or both have fallen
            [
                T - t_x,
                a * np.expm1(FALLEN / (r + x)),
                b * np.expm1(FALLEN / (s + 1)),
                large * np.expm1(FALLEN / (r + x + s + 1)),
            ]
        )
    width = np.log1p(end / small)
    nodes, node_weights = gauss_legendre(max(24, int(3 * width.max())))
    growth = width * (1 + nodes[:, None]) / 2  # shape (nodes, n)
    since = small * np.expm1(growth)  # y - t_x
    other = np.log1p(since / large)
    grow_a, grow_b = (growth, other) if alpha <= beta else (other, growth)
    density = node_weights[:, None] * np.exp(growth - (r + x) * grow_a - (s + 1) * grow_b)
    total = density.sum(axis=0)
    density /= total

    def average(values):
        return np.einsum("jn,jn->n", density, values)

    with np.errstate(divide="ignore"):  # t_x = T: no time to leave
        log_left = np.log(s * small * width * total / 2) - (r + x) * np.log(a) - (s + 1) * np.log(b)
    return (
        log_left - log_here,
        log_here,
        np.log(a) + average(grow_a),
        np.log(b) + average(grow_b),
        average(1 / (a + since)),
        average(1 / (b + since)),
    )
