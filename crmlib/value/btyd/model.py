"""What the five models share: their parameters, a summary, and when to warn.

A model is its parameters. They come from :meth:`fit`, each model's own, or are
given, as for a published example or a simulation.
"""

import inspect
import warnings
from numbers import Real

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crmlib.errors import DataError, FitWarning
from crmlib.text import gettext as _
from crmlib.text import joined, ngettext
from crmlib.value.btyd.maximum_likelihood import TOLERANCE, maximize
from crmlib.value.btyd.reading import read_weights
from crmlib.value.btyd.rows import distinct

FEW = 10  # with fewer informative customers than this a fit is hardly more than a guess


class Model:
    """Parameters of a model and what is known of them.

    Parameters
    ----------
    params : Series or dict, optional
        Known parameters by their names in the paper, all positive.

    Attributes
    ----------
    params_ : Series
    standard_errors_ : Series
    covariance_ : DataFrame
        Covariance of the parameters; like the standard errors NaN where nothing
        is known: for given parameters and for those at the edge, which the others
        then take as known.
    log_likelihood_ : float
        After ``fit`` only, like the next.
    n_customers_ : int or float
        Sum of the weights.

    Raises
    ------
    DataError
        If a parameter is missing, unknown or not positive.

    Examples
    --------
    >>> class Poisson(Model):
    ...     names = ("rate",)
    >>> Poisson({"rate": 2})
    Poisson(rate=2)
    """

    names = ()
    pairs = ()  # of names: each describes one side of the customers

    def __init__(self, params=None):
        if params is None:
            return
        try:
            given = dict(params)
        except (TypeError, ValueError):
            given = {}
        if set(given) != set(self.names) or not all(_is_positive(given[n]) for n in self.names):
            raise DataError(
                _("{model} needs the parameters {names}, each above zero; it got {given}.").format(
                    model=type(self).__name__,
                    names=_(", ").join(self.names),
                    given=_(", ").join(f"{name}={value}" for name, value in given.items())
                    or repr(params),
                )
            )
        unknown = np.full((len(given), len(given)), np.nan)
        self._keep([float(given[name]) for name in self.names], unknown)

    def __repr__(self):
        params = getattr(self, "params_", {})
        inside = _(", ").join(f"{name}={value:.4g}" for name, value in params.items())
        return f"{type(self).__name__}({inside})"

    def summary(self):
        """Estimates with their standard errors and 95 % intervals.

        The interval is symmetric in the logarithm of the parameter, and so never
        reaches below zero.

        Returns
        -------
        DataFrame
            One row a parameter; columns ``estimate``, ``standard_error``,
            ``lower``, ``upper``.

        Raises
        ------
        DataError
            If the model has no parameters yet.

        Examples
        --------
        >>> from crmlib.value.btyd import BGNBD
        >>> truth = BGNBD({"r": 0.5, "alpha": 5, "a": 1, "b": 3})
        >>> summary = BGNBD().fit(truth.sample(1000, T=52, seed=1)).summary()
        >>> bool((summary["lower"] < summary["estimate"]).all())
        True
        """
        self._parameters()
        factor = np.exp(ndtri(0.975) * self.standard_errors_ / self.params_)
        return pd.DataFrame(
            {
                "estimate": self.params_,
                "standard_error": self.standard_errors_,
                "lower": self.params_ / factor,
                "upper": self.params_ * factor,
            }
        )

    def _parameters(self):
        """The parameters as an array, in the order of ``names``."""
        if not hasattr(self, "params_"):
            raise DataError(
                _("{model} has no parameters yet; call fit, or give them as params.").format(
                    model=type(self).__name__
                )
            )
        return self.params_.to_numpy()

    def _keep(self, params, covariance):
        names = list(self.names)
        self.params_ = pd.Series(np.asarray(params), names)
        self.covariance_ = pd.DataFrame(covariance, names, names)
        self.standard_errors_ = pd.Series(np.sqrt(np.diag(covariance)), names)

    def _estimate(self, log_likelihood, starts, rows, weights):
        """Maximise, keep the result, and warn where it should not be trusted."""
        found = maximize(log_likelihood, starts, rows, weights)
        self._keep(found.params, found.covariance)
        self.log_likelihood_ = found.log_likelihood
        customers = float(weights.sum())
        self.n_customers_ = int(customers) if customers.is_integer() else customers
        edge = [name for name, gone in zip(self.names, found.at_edge) if gone]
        if edge:
            warn(joined(*self._said_of_the_edge(edge, found)))
        elif np.isnan(found.covariance).any():
            warn(
                _(
                    "The likelihood has no clear summit, so there are no standard errors; "
                    "more customers or a longer period would help."
                )
            )
        if not (found.converged or edge):
            warn(
                _(
                    "The search stopped at a slope of {slope:.1e} per customer, above {limit:.0e}; "
                    "look for extreme values in the table."
                ).format(slope=found.gradient, limit=TOLERANCE)
            )
        return self

    def _said_of_the_edge(self, edge, found):
        for pair in self.pairs:
            gone = [name for name in pair if name in edge]
            if gone:
                advice = self._advice(dict(zip(self.names, found.params)), gone)
                yield _("{names} ran to the edge, without standard errors: {advice}").format(
                    names=_(", ").join(gone), advice=advice
                )
        if not np.isnan(found.covariance).all():
            yield _("The standard errors of the others take these as known and may be too small.")

    def _advice(self, params, edge):
        """What it means that those named in ``edge``, of one pair, ran away; each model its own."""
        raise NotImplementedError


def _is_positive(value):
    return isinstance(value, Real) and 0 < value < np.inf


def count_histories(histories, weights):
    """Each history once, with the number of customers who have it.

    Parameters
    ----------
    histories : tuple of arrays of shape (n,)
        Frequency, recency and T.
    weights : array of shape (n,), optional
        As :meth:`fit` of a model takes them.

    Returns
    -------
    rows : tuple of arrays of shape (m,), m <= n
    weights : float array of shape (m,)

    Raises
    ------
    DataError
        If the weights cannot be used, or nobody bought again.

    Examples
    --------
    >>> histories = [np.array(column) for column in ([20, 20], [30.4, 30.4], [38.9, 38.9])]
    >>> count_histories(histories, [5, 7])[1].tolist()
    [12.0]
    """
    weights = read_weights(weights, len(histories[0]))
    require_repeat_buyers(histories[0], weights)
    return distinct(histories, weights)


def require_repeat_buyers(frequency, weights):
    """Refuse a table in which nobody bought again; warn when only a few did.

    Parameters
    ----------
    frequency, weights : arrays of shape (n,)

    Raises
    ------
    DataError

    Examples
    --------
    >>> require_repeat_buyers(np.array([0, 2]), np.array([30.0, 20.0]))
    """
    repeat_buyers = weights[frequency > 0].sum()
    if not repeat_buyers:
        raise DataError(
            _("Every frequency is 0; the model learns from customers who bought again.")
        )
    warn_if_thin(repeat_buyers, _("bought again"))


def warn_if_thin(customers, informative):
    """Warn when too few customers carry information.

    Parameters
    ----------
    customers : float
        Number of customers that carry it.
    informative : str
        What they have in common, as in "bought again".

    Examples
    --------
    >>> warn_if_thin(946, "bought again")
    """
    if customers < FEW:
        warn(
            ngettext(
                "Only {n:g} customer {informative}: take the estimates as a guess.",
                "Only {n:g} customers {informative}: take the estimates as a guess.",
                round(customers),
            ).format(n=customers, informative=informative)
        )


def warn(message):
    """Issue a FitWarning at the line that called into this package.

    Parameters
    ----------
    message : str

    Examples
    --------
    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     warn("Too few customers.")
    >>> caught[0].category.__name__
    'FitWarning'
    """
    level, frame = 1, inspect.currentframe()
    while frame.f_back and frame.f_globals["__name__"].startswith(__package__):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, FitWarning, stacklevel=level)
