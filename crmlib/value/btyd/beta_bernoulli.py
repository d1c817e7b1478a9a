"""A run of yes and no, from customers whose probability of a yes differs.

If p varies over customers as Beta(a, b), one given sequence of s successes and f
failures has the probability

    E[p^s (1 - p)^f] = B(a + s, b + f) / B(a, b) = (a)_s (b)_f / (a + b)_(s + f)

where (a)_s = a (a + 1) … (a + s - 1). The models in discrete time are made of
this one piece; the products keep it exact where the beta functions cancel.
"""

import numpy as np


def log_probability(a, b, successes, failures):
    """Logarithm of the probability of a sequence, and its slopes.

    Parameters
    ----------
    a, b : float
        Parameters of the beta distribution, above zero.
    successes, failures : int arrays that broadcast

    Returns
    -------
    value : array
        Natural logarithm of the probability.
    slope_a, slope_b : arrays
        Derivatives of ``value`` in log a and log b.

    Examples
    --------
    Uniform p: yes, then no, has the probability 1/2 - 1/3.

    >>> value, _, _ = log_probability(1.0, 1.0, 1, 1)
    >>> print(np.exp(value).round(4))
    0.1667
    """
    log_yes, slope_yes = log_rising_factorial(a, successes)
    log_no, slope_no = log_rising_factorial(b, failures)
    log_all, slope_all = log_rising_factorial(a + b, np.add(successes, failures))
    share = a / (a + b)
    return (
        log_yes + log_no - log_all,
        slope_yes - share * slope_all,
        slope_no - (1 - share) * slope_all,
    )


def log_rising_factorial(a, counts):
    """The log of a (a + 1) ... (a + k - 1) = Gamma(a + k) / Gamma(a) for each count k.

    Summed term by term: exact where a difference of two log-gammas loses its
    digits, and one table serves all rows.

    Parameters
    ----------
    a : float
        Above zero.
    counts : int array

    Returns
    -------
    values : array, shaped as ``counts``
    slopes : array, shaped as ``counts``
        Derivatives of ``values`` in log a.

    Examples
    --------
    >>> values, slopes = log_rising_factorial(2.0, np.array([0, 3]))
    >>> np.exp(values).round(6).tolist()
    [1.0, 24.0]
    """
    factors = a + np.arange(np.max(counts, initial=0))
    values = np.append(0.0, np.cumsum(np.log(factors)))
    slopes = np.append(0.0, np.cumsum(a / factors))
    return values[counts], slopes[counts]
