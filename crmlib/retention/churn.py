"""Who is at risk: a churn model that is honest about time.

A model may look only at what was known on the day of the forecast, the *cut*, and is asked
about the time after it. It is fitted at one cut and judged at a later one, whose outcomes
lie after everything the model has seen; a random split of one table would let it learn
from the weeks that it forecasts. A table without dates, one line a contract, allows only
the random split, and says nothing about next year.

The model is a logistic regression, whose log-odds are a sum over the columns:

    log p / (1 - p) = average customer's + sum over columns of (what this value adds)

So each forecast can be taken apart and said in words. Without a contract "left" means:
bought nothing in so many days after the cut.
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from crmlib import customers
from crmlib.errors import DataError
from crmlib.retention.design import design, features, sources
from crmlib.retention.tables import column, day, yes_or_no
from crmlib.text import Sentence, joined
from crmlib.text import gettext as _

HISTORY = ["silence", "frequency", "T", "monetary_value"]
SLIGHT = 0.05  # a part of the log-odds that is not worth a word


def purchase_history(log, cut):
    """What a log knows of each customer on one day.

    Parameters
    ----------
    log : pandas.DataFrame
        A clean log, as :func:`crmlib.transactions.read` gives it.
    cut : datetime-like
        The last day that counts.

    Returns
    -------
    pandas.DataFrame
        By ``customer_id``: ``silence`` (days since the last purchase), ``frequency`` (repeat
        purchases), ``T`` (days since the first purchase) and ``monetary_value`` (mean of the
        repeat purchases, in currency; 0 if there are none).

    Raises
    ------
    DataError
        If the log cannot be used or holds no purchase by then.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "customer_id": ["Ann", "Ann"],
    ...         "time": pd.to_datetime(["2024-01-01", "2024-03-10"]),
    ...         "amount": [20.0, 30.0],
    ...     }
    ... )
    >>> purchase_history(log, "2024-01-31").loc["Ann"].tolist()
    [30.0, 0.0, 30.0, 0.0]
    """
    return _history(customers.summarize(log, "day", day("cut", cut)))


def churn_table(log, cut, horizon):
    """Features up to a cut, and whether the customer bought nothing in the days after it.

    Parameters
    ----------
    log : pandas.DataFrame
        A clean log.
    cut : datetime-like
        Last day of the features.
    horizon : int
        Days after the cut in which a customer who has not left would buy.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`purchase_history`, and ``left`` (bool).

    Raises
    ------
    DataError
        If the log ends before the horizon does, or as :func:`purchase_history`.

    Examples
    --------
    >>> from crmlib import datasets
    >>> log, report = datasets.transactions("cdnow")
    >>> table = churn_table(log, "1997-09-30", 182)
    >>> round(float(table["left"].mean()), 3)
    0.749
    """
    cut = day("cut", cut)
    end, last = cut + pd.Timedelta(days=horizon), column(log, "time").max()
    if end > last.normalize():
        raise DataError(
            _(
                "{horizon} days after {cut:%Y-%m-%d} are over on {end:%Y-%m-%d}, and the log ends "
                "on {last:%Y-%m-%d}; take an earlier cut or a shorter horizon."
            ).format(horizon=horizon, cut=cut, end=end, last=last)
        )
    table = customers.split(log, cut, end, "day")
    return _history(table).assign(left=table["frequency_holdout"].to_numpy() == 0)


def contract_table(table, left, yes="Yes", no="No", leave_out=()):
    """A table of contracts as features and outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer.
    left : str
        The column that says who left.
    yes, no : str or number
        Its two words.
    leave_out : sequence of str
        Columns that the model must not see: a customer's number, and whatever was only
        known afterwards.

    Returns
    -------
    pandas.DataFrame
        As :func:`~crmlib.retention.design.features` gives it, and ``left`` (bool).

    Raises
    ------
    DataError
        If a column is missing or ``left`` holds a third word.

    Examples
    --------
    >>> table = pd.DataFrame({"tenure": [1, 70], "total": [" ", "7000"], "Churn": ["Yes", "No"]})
    >>> contract_table(table, "Churn")
       tenure   total   left
    0     1.0     NaN   True
    1    70.0  7000.0  False
    """
    outcome = yes_or_no(column(table, left), left, yes, no)
    return features(table, [left, *leave_out]).assign(left=outcome)


class ChurnModel:
    """The probability of leaving, by logistic regression.

    Attributes
    ----------
    base_rate_ : float
        Share of the customers fitted who left.

    Examples
    --------
    >>> from crmlib import datasets
    >>> log, report = datasets.transactions("cdnow")
    >>> earlier = churn_table(log, "1997-09-30", 91)
    >>> model = ChurnModel().fit(earlier)
    >>> later = churn_table(log, "1997-12-31", 91)
    >>> forecast = model.predict_probability(later).mean()
    >>> print(f"{forecast:.2f} forecast, {later['left'].mean():.2f} came")
    0.87 forecast, 0.84 came
    """

    def fit(self, table):
        """Fit to customers whose outcome is known.

        Parameters
        ----------
        table : pandas.DataFrame
            Features and ``left`` (bool).

        Returns
        -------
        ChurnModel

        Raises
        ------
        DataError
            If everybody left, or nobody did.

        Examples
        --------
        >>> table = pd.DataFrame({"silence": 20 * [5.0, 400, 9], "left": 20 * [False, True, True]})
        >>> round(ChurnModel().fit(table).base_rate_, 3)
        0.667
        """
        left = yes_or_no(column(table, "left"), "left", True, False)
        if left.all() or not left.any():
            raise DataError(
                _("Everybody left, or nobody did; a model needs customers of both kinds.")
            )
        known = table.drop(columns="left")
        self._design = design(known).fit(known)
        terms = self._design.transform(known)
        self._logit = LogisticRegression(max_iter=1000).fit(terms, left)
        self._average = self._logit.coef_[0] * terms.mean(axis=0)
        self.base_rate_ = float(left.mean())
        return self

    def predict_probability(self, table):
        """Probability of leaving.

        Parameters
        ----------
        table : pandas.DataFrame of n rows
            The columns that the model was fitted to; others are ignored.

        Returns
        -------
        float array of shape (n,)

        Examples
        --------
        >>> table = pd.DataFrame({"silence": 20 * [5.0, 400, 9], "left": 20 * [False, True, True]})
        >>> model = ChurnModel().fit(table)
        >>> model.predict_probability(table[:2]).round(1).tolist()
        [0.4, 1.0]
        """
        return self._logit.predict_proba(self._terms(table))[:, 1]

    def contributions(self, table):
        """What each column adds to the log-odds of leaving, against the average customer.

        Parameters
        ----------
        table : pandas.DataFrame of n rows

        Returns
        -------
        pandas.DataFrame
            As many rows, one column for each feature. A row's sum is the customer's log-odds
            less those of the average customer.

        Examples
        --------
        >>> table = pd.DataFrame({"silence": 20 * [5.0, 400, 9], "left": 20 * [False, True, True]})
        >>> model = ChurnModel().fit(table)
        >>> model.contributions(table[:2])["silence"].round(1).tolist()
        [-2.2, 3.6]
        """
        parts = self._terms(table) * self._logit.coef_[0] - self._average
        source = np.array(sources(self._design))
        return pd.DataFrame(
            {name: parts[:, source == name].sum(axis=1) for name in self._design.feature_names_in_},
            index=table.index,
        )

    def explain(self, table, most=3):
        """Each customer's risk in words.

        Parameters
        ----------
        table : pandas.DataFrame of n rows
            A few customers.
        most : int
            How many reasons to name at most, the strongest first.

        Returns
        -------
        list of Sentence, one a customer

        Examples
        --------
        >>> table = pd.DataFrame({"silence": 20 * [5.0, 400, 9], "left": 20 * [False, True, True]})
        >>> model = ChurnModel().fit(table)
        >>> print(model.explain(table[:1])[0].split(".")[0])
        Leaves with probability 41 % (on average 67 %)
        """
        risk, parts = self.predict_probability(table), self.contributions(table)
        return [
            self._sentence(risk[row], parts.iloc[row], table.iloc[row], most)
            for row in range(len(table))
        ]

    def _sentence(self, risk, parts, customer, most):
        parts = parts[parts.abs() > SLIGHT]
        strongest = parts.reindex(parts.abs().sort_values(ascending=False).index)[:most]
        words = _("Leaves with probability {risk:.0f} % (on average {base:.0f} %).").format(
            risk=100 * risk, base=100 * self.base_rate_
        )
        for label, side in (
            (_("Speaks for leaving: {reasons}."), strongest[strongest > 0]),
            (_("Speaks for staying: {reasons}."), strongest[strongest < 0]),
        ):
            reasons = [
                _("{name} {value} (odds × {factor:.2g})").format(
                    name=_named(name), value=_shown(customer[name]), factor=np.exp(part)
                )
                for name, part in side.items()
            ]
            if reasons:
                words = joined(words, label.format(reasons=_(", ").join(reasons)))
        return Sentence(words)

    def _terms(self, table):
        for name in self._design.feature_names_in_:
            column(table, name)
        return self._design.transform(table)


def _history(table):
    found = table.assign(silence=table["T"] - table["recency"])
    return found.set_index("customer_id")[HISTORY].astype(float)


def _named(feature):
    """A column in words, where it is one of ours."""
    return {
        "silence": _("days since the last purchase"),
        "frequency": _("repeat purchases"),
        "T": _("days since the first purchase"),
        "monetary_value": _("mean repeat purchase"),
    }.get(feature, feature)


def _shown(value):
    if pd.isna(value):
        return _("missing")
    return f"{value:,.4g}" if isinstance(value, int | float) else str(value)
