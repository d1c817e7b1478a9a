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
from crmlib.text import ngettext
from crmlib.value.btyd.maximum_likelihood import TOLERANCE, maximize

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
        is known: for given parameters and for those at the edge.
    log_likelihood_ : float
        After ``fit`` only, like the next.
    n_customers_ : int or float
        Sum of the weights.

    Raises
    ------
    DataError
        If a parameter is missing, unknown or not positive.
    """

    names = ()

    def __init__(self, params=None):
        if params is None:
            return
        given = dict(params)
        if set(given) != set(self.names) or not all(_is_positive(given[n]) for n in self.names):
            raise DataError(
                _("{model} needs the parameters {names}, each above zero; it got {given}.").format(
                    model=type(self).__name__,
                    names=_(", ").join(self.names),
                    given=_(", ").join(f"{name}={value}" for name, value in given.items()),
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

    def _estimate(self, log_likelihood, start, rows, weights):
        """Maximise, keep the result, and warn where it should not be trusted."""
        found = maximize(log_likelihood, start, rows, weights)
        self._keep(found.params, found.covariance)
        self.log_likelihood_ = found.log_likelihood
        customers = float(weights.sum())
        self.n_customers_ = int(customers) if customers.is_integer() else customers
        edge = [name for name, gone in zip(self.names, found.at_edge) if gone]
        if edge:
            advice = self._advice(dict(zip(self.names, found.params)), edge)
            warn(
                _("{names} ran to the edge, without standard errors: {advice}").format(
                    names=_(", ").join(edge), advice=advice
                )
            )
        elif np.isnan(found.covariance).any():
            warn(
                _(
                    "The likelihood has no clear summit, so there are no standard errors; "
                    "more customers or a longer period would help."
                )
            )
        if not found.converged:
            warn(
                _(
                    "The search stopped at a slope of {slope:.1e} per customer, above {limit:.0e}; "
                    "look for extreme values in the table."
                ).format(slope=found.gradient, limit=TOLERANCE)
            )
        return self

    def _advice(self, params, edge):
        """What it means that the parameters named in ``edge`` ran away; each model its own."""
        raise NotImplementedError


def _is_positive(value):
    return isinstance(value, Real) and 0 < value < np.inf


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
