"""Who leaves next: the discrete-time hazard.

The hazard h(t) is the probability of leaving in period t of those who were there at its
start. A table with one row for each customer and each period she lived through turns it
into an ordinary yes-or-no question (Allison 1982, Sociological Methodology 13; Singer and
Willett 1993, Journal of Educational Statistics 18):

    logit h(t | x) = a + b log t + c t + x' beta

and the share still there after t periods is the product of 1 - h. The terms in t let the
hazard rise or fall, and bend once. The factor exp(beta) multiplies the odds of leaving in
every period.
"""

import numpy as np
import pandas as pd
from scipy import special, stats
from sklearn.linear_model import LogisticRegression

from crmlib.errors import DataError
from crmlib.retention.leaving.survival import read_durations
from crmlib.retention.tables import column, refuse, share_interval
from crmlib.text import gettext as _


def person_periods(table, covariates=()):
    """One row for each period that a customer lived through under observation.

    Who leaves at 2.4 leaves in period 3; who was last seen at 2.4 lived through periods 1
    and 2, and of the third nothing is known.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``duration`` and ``observed``, as :func:`~crmlib.retention.leaving.survival.kaplan_meier`
        takes them, durations counted in periods.
    covariates : sequence of str
        Columns to carry along.

    Returns
    -------
    pandas.DataFrame
        ``period`` (int, from 1), ``left`` (bool: in this period) and the covariates; the
        index is that of the table.

    Raises
    ------
    DataError
        If a column is missing, a value cannot be true, or nobody lived through a period.

    Examples
    --------
    >>> table = pd.DataFrame({"duration": [2.0, 1.0], "observed": [True, False]})
    >>> person_periods(table)
       period   left
    0       1  False
    0       2   True
    1       1  False
    """
    carried = {name: column(table, name) for name in covariates}
    duration, observed = read_durations(column(table, "duration"), column(table, "observed"))
    last = np.where(observed, np.maximum(np.ceil(duration), 1), np.floor(duration)).astype(int)
    if not last.any():
        raise DataError(_("Nobody was observed for a whole period; take shorter periods."))
    row = np.repeat(np.arange(len(table)), last)
    period = np.arange(len(row)) - np.repeat(np.cumsum(last) - last, last) + 1
    found = {"period": period, "left": observed[row] & (period == last[row])}
    found |= {name: values.to_numpy()[row] for name, values in carried.items()}
    return pd.DataFrame(found, index=table.index[row])


def hazard_table(periods, confidence=0.95):
    """The share that left in each period, of those who were there at its start.

    Parameters
    ----------
    periods : pandas.DataFrame
        As :func:`person_periods` gives it.
    confidence : float
        Of Wilson's intervals.

    Returns
    -------
    pandas.DataFrame
        ``period``, ``at_risk``, ``left``, ``hazard``, ``lower`` and ``upper``.

    Examples
    --------
    >>> table = pd.DataFrame({"duration": [1, 2, 2, 3], "observed": [1, 1, 0, 1]})
    >>> hazard_table(person_periods(table))["hazard"].round(3).tolist()
    [0.25, 0.333, 1.0]
    """
    found = periods.groupby("period")["left"].agg(at_risk="size", left="sum").reset_index()
    lower, upper = share_interval(found["left"], found["at_risk"], confidence)
    return found.assign(hazard=found["left"] / found["at_risk"], lower=lower, upper=upper)


def early_and_late(hazards):
    """The hazard in the first and in the second half of all periods lived.

    Parameters
    ----------
    hazards : pandas.DataFrame
        As :func:`hazard_table` gives it.

    Returns
    -------
    last : int
        The last period of the first half.
    early, late : float
        Of those there at the start of a period, the share that left in it; the second is
        missing if there is no later period.

    Examples
    --------
    >>> table = pd.DataFrame({"period": [1, 2], "at_risk": [900, 300], "left": [90, 10]})
    >>> early_and_late(table)
    (1, 0.1, 0.03333333333333333)
    """
    half = hazards["at_risk"].cumsum() <= hazards["at_risk"].sum() / 2
    half |= hazards["period"] == hazards["period"].min()
    early, late = (
        float(part["left"].sum() / part["at_risk"].sum()) if len(part) else np.nan
        for part in (hazards[half], hazards[~half])
    )
    return int(hazards.loc[half, "period"].max()), early, late


class DiscreteTimeHazard:
    """A logistic model of leaving in each period, by maximum likelihood.

    Attributes
    ----------
    summary_ : pandas.DataFrame
        By term: ``coefficient`` (logit), ``standard_error``, and ``odds_ratio`` with the
        95 % limits ``lower`` and ``upper``.

    Examples
    --------
    A hazard of 0.2 in every period, from 5,000 simulated customers.

    >>> duration = np.random.default_rng(1).geometric(0.2, 5000)
    >>> periods = person_periods(pd.DataFrame({"duration": duration, "observed": True}))
    >>> model = DiscreteTimeHazard().fit(periods)
    >>> model.predict_hazard([1, 10]).round(2).tolist()
    [0.2, 0.2]
    """

    def fit(self, periods, covariates=()):
        """Fit to person-periods; equal rows are counted once, with a weight.

        Parameters
        ----------
        periods : pandas.DataFrame
            As :func:`person_periods` gives it.
        covariates : sequence of str
            Columns of it: numbers as they are, words as one column for each but the first
            in alphabetical order.

        Returns
        -------
        DiscreteTimeHazard

        Raises
        ------
        DataError
            If a covariate is missing somewhere, or nobody left or everybody did.

        Examples
        --------
        >>> duration = np.random.default_rng(1).geometric(0.2, 5000)
        >>> periods = person_periods(pd.DataFrame({"duration": duration, "observed": True}))
        >>> model = DiscreteTimeHazard().fit(periods)
        >>> model.summary_.index.tolist()
        ['intercept', 'log period', 'period']
        """
        for name in covariates:
            refuse(column(periods, name).isna(), name, periods[name], _("no missing value"))
        if periods["left"].nunique() < 2:
            raise DataError(
                _("A hazard needs periods in which somebody left and others in which not.")
            )
        counted = periods.groupby(["period", "left", *covariates]).size().reset_index(name="n")
        self._covariates = list(covariates)
        self._words = {
            name: sorted(counted[name].unique())
            for name in covariates
            if not pd.api.types.is_numeric_dtype(counted[name].dtype)
        }
        design = self._design(counted["period"], counted)
        weights = counted["n"].to_numpy()
        self._scale = design.abs().max().replace(0, 1)
        scaled = design / self._scale
        fitted = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000)
        fitted.fit(scaled, counted["left"], sample_weight=weights)
        coefficient = np.append(fitted.intercept_, fitted.coef_[0] / self._scale.to_numpy())
        hazard = fitted.predict_proba(scaled)[:, 1]
        terms = np.column_stack([np.ones(len(design)), design])
        information = terms.T @ (terms * (weights * hazard * (1 - hazard))[:, None])
        error = np.sqrt(np.diag(np.linalg.pinv(information)))
        reach = stats.norm.ppf(0.975) * error
        self.summary_ = pd.DataFrame(
            {
                "coefficient": coefficient,
                "standard_error": error,
                "odds_ratio": np.exp(coefficient),
                "lower": np.exp(coefficient - reach),
                "upper": np.exp(coefficient + reach),
            },
            index=["intercept", *design.columns],
        )
        return self

    def predict_hazard(self, period, covariates=None):
        """Probability of leaving in a period, given there at its start.

        Parameters
        ----------
        period : int array of shape (n,)
            From 1.
        covariates : pandas.DataFrame of n rows, or dict of one customer's, optional

        Returns
        -------
        float array of shape (n,)

        Examples
        --------
        >>> duration = np.random.default_rng(1).geometric(0.2, 5000)
        >>> periods = person_periods(pd.DataFrame({"duration": duration, "observed": True}))
        >>> model = DiscreteTimeHazard().fit(periods)
        >>> model.predict_hazard(1).round(2).tolist()
        [0.2]
        """
        period = pd.Series(np.atleast_1d(period))
        if isinstance(covariates, dict):
            covariates = pd.DataFrame(covariates, index=period.index)
        for name in self._covariates:
            column(covariates, name)
        terms = self._design(period, covariates)
        coefficient = self.summary_["coefficient"]
        return special.expit(terms.to_numpy() @ coefficient[1:].to_numpy() + coefficient.iloc[0])

    def predict_survival(self, periods, covariates=None):
        """The share of such customers still there after 0, 1, … periods.

        Parameters
        ----------
        periods : int
        covariates : dict, optional
            One customer's.

        Returns
        -------
        float array of shape (periods + 1,)

        Examples
        --------
        >>> duration = np.random.default_rng(1).geometric(0.2, 5000)
        >>> periods = person_periods(pd.DataFrame({"duration": duration, "observed": True}))
        >>> model = DiscreteTimeHazard().fit(periods)
        >>> model.predict_survival(3).round(2).tolist()
        [1.0, 0.8, 0.64, 0.51]
        """
        hazard = self.predict_hazard(np.arange(1, periods + 1), covariates)
        return np.append(1.0, np.cumprod(1 - hazard))

    def _design(self, period, covariates):
        period = period.reset_index(drop=True).astype(float)
        columns = {"log period": np.log(period), "period": period}
        for name in self._covariates:
            values = covariates[name].reset_index(drop=True)
            if name not in self._words:
                columns[name] = values.astype(float)
                continue
            refuse(~values.isin(self._words[name]), name, values, _(", ").join(self._words[name]))
            for word in self._words[name][1:]:
                columns[f"{name}: {word}"] = (values == word).astype(float)
        return pd.DataFrame(columns)
