"""Who is at risk: a churn model that is honest about time.

A model may look only at what was known on the day of the forecast, the *cut*, and is asked
about the time after it. It is fitted at one cut and judged at a later one, whose outcomes
lie after everything the model has seen; a random split of one table would let it learn
from the weeks that it forecasts. For contracts see :mod:`crmlib.retention.contracts.contract_churn`.

The model is a logistic regression, whose log-odds are a sum over the columns:

    log p / (1 - p) = average customer's + sum over columns of (what this value adds)

So each forecast can be taken apart and said in words. Without a contract "left" means:
bought nothing in so many days after the cut. Whoever has been silent for so long *by* the cut
has left already; about her there is nothing to forecast.
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from crmlib import customers
from crmlib.errors import DataError
from crmlib.retention.design import MISSING, design, sources
from crmlib.retention.tables import column, day, yes_or_no
from crmlib.text import Sentence, heading, joined
from crmlib.text import gettext as _

HISTORY = ["silence", "frequency", "T", "monetary_value"]
EXPLAINED = 100  # rows of a list that get reasons in words
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
        repeat purchases, in currency; missing if there are none).

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
    [30.0, 0.0, 30.0, nan]
    """
    return _history(customers.summarize(log, "day", day("cut", cut)))


def churn_table(log, cut, horizon):
    """Features of those who are customers on a cut, and whether they bought nothing after it.

    Parameters
    ----------
    log : pandas.DataFrame
        A clean log.
    cut : datetime-like
        Last day of the features.
    horizon : int
        Days in which a customer who has not left would buy.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`purchase_history`, and ``left`` (bool): bought nothing in so many
        days after the cut. Only of those who were silent for fewer days by the cut.

    Raises
    ------
    DataError
        If the log ends before the horizon does, or as :func:`purchase_history`.

    Examples
    --------
    >>> from crmlib import datasets
    >>> log, report = datasets.transactions("cdnow")
    >>> table = churn_table(log, "1997-09-30", 182)
    >>> len(table), round(float(table["left"].mean()), 3)
    (725, 0.469)
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
    table = _history(table).assign(left=table["frequency_holdout"].to_numpy() == 0)
    return table[table["silence"] < horizon]


class ChurnModel:
    """The probability of leaving, by logistic regression.

    A number beyond those that it learned from counts as the nearest of them.

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
    0.49 forecast, 0.51 came
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
        numeric = known.select_dtypes("number")
        self._range = {"lower": numeric.min(), "upper": numeric.max()}
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
            As many rows, one column for each feature, and one for each number that is missing
            somewhere (``paid missing``). A row's sum is the customer's log-odds less those of
            the average customer.

        Examples
        --------
        >>> table = pd.DataFrame({"silence": 20 * [5.0, 400, 9], "left": 20 * [False, True, True]})
        >>> model = ChurnModel().fit(table)
        >>> model.contributions(table[:2])["silence"].round(1).tolist()
        [-2.2, 3.6]
        """
        parts = self._terms(table) * self._logit.coef_[0] - self._average
        source = np.array(sources(self._design))
        names = [*self._design.feature_names_in_]
        names += [name for name in source if name not in names]
        return pd.DataFrame(
            {name: parts[:, source == name].sum(axis=1) for name in names}, index=table.index
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
        Leaves with probability 41 % (67 % of those that it learned from)
        """
        words = _(
            "Leaves with probability {risk:.0f} % ({base:.0f} % of those that it learned from)."
        )
        return [
            Sentence(joined(words.format(risk=100 * risk, base=100 * self.base_rate_), reasons))
            for risk, reasons in zip(self.predict_probability(table), self.reasons(table, most))
        ]

    def reasons(self, table, most=3):
        """What speaks for leaving and what for staying, as in :meth:`explain`.

        Parameters
        ----------
        table : pandas.DataFrame of n rows
        most : int

        Returns
        -------
        list of str, one a customer
            Empty where no column moves the odds.

        Examples
        --------
        >>> table = pd.DataFrame({"silence": 20 * [5.0, 400, 9], "left": 20 * [False, True, True]})
        >>> ChurnModel().fit(table).reasons(table[1:2])
        ['Speaks for leaving: silence 400 (odds × 38).']
        """
        parts = self.contributions(table)
        return [self._reasons(parts.iloc[row], table.iloc[row], most) for row in range(len(table))]

    def _reasons(self, parts, customer, most):
        parts = parts[parts.abs() > SLIGHT]
        strongest = parts.reindex(parts.abs().sort_values(ascending=False).index)[:most]
        told = ""
        for label, side in (
            (_("Speaks for leaving: {reasons}."), strongest[strongest > 0]),
            (_("Speaks for staying: {reasons}."), strongest[strongest < 0]),
        ):
            found = [
                _("{what} (odds × {factor:.2g})").format(
                    what=_told(name, customer), factor=np.exp(part)
                )
                for name, part in side.items()
            ]
            if found:
                told = joined(told, label.format(reasons=_(", ").join(found)))
        return told

    def _terms(self, table):
        for name in self._design.feature_names_in_:
            column(table, name)
        within = table.copy()
        names = self._range["lower"].index
        within[names] = table[names].astype(float).clip(**self._range, axis=1)
        return self._design.transform(within)


def risk_list(by, model, now, show, sign=1):
    """Whom to look at first, and why, as a table to act on.

    Parameters
    ----------
    by : {"model", "rule", None}
        What puts them in order, as :func:`crmlib.retention.leaving.scores.advised` says: the
        model, or the one rule. Without either nobody is listed.
    model : ChurnModel
    now : pandas.DataFrame of n rows
        Today's features; the index names the customers.
    show : sequence of str
        The features to show; the first one is that of the rule.
    sign : {1, -1}
        -1 if the rule puts the smallest first.

    Returns
    -------
    pandas.DataFrame
        The customer, ``ordered_by`` (``model``, or the feature that the rule goes by), the
        features, and by the model ``risk``, with ``why`` in words for the first 100 rows.

    Examples
    --------
    >>> table = pd.DataFrame({"silence": 20 * [5.0, 400, 9], "left": 20 * [False, True, True]})
    >>> now = pd.DataFrame({"silence": [8.0, 390]}, pd.Index(["Ann", "Bo"], name="customer_id"))
    >>> risk_list("model", ChurnModel().fit(table), now, ["silence"])["customer_id"].tolist()
    ['Bo', 'Ann']
    """
    show = list(show)
    if by is None:
        now = now[:0]
    if by != "model":
        place = np.argsort(-sign * now[show[0]], kind="stable")
        first = now.assign(ordered_by=show[0]).iloc[place]
        return first[["ordered_by", *show]].reset_index()
    risk = model.predict_probability(now)
    place = np.argsort(-risk, kind="stable")
    first = now.iloc[place]
    reasons = model.reasons(first[:EXPLAINED])
    found = first[show].assign(why=reasons + [""] * (len(first) - len(reasons)))
    found.insert(0, "ordered_by", "model")
    found.insert(1, "risk", risk[place])
    return found.reset_index()


def _history(table):
    found = table.assign(
        silence=table["T"] - table["recency"],
        monetary_value=table["monetary_value"].where(table["frequency"] > 0),
    )
    return found.set_index("customer_id")[HISTORY].astype(float)


def _told(name, customer):
    """A feature and its value, in words."""
    if name not in customer.index:  # whether it was missing
        name = name.removesuffix(MISSING)
        missing = pd.isna(customer[name])
        if name == "monetary_value" and set(HISTORY) <= set(customer.index):
            return _("has come only once") if missing else _("has come back at least once")
        return (_("{name} missing") if missing else _("{name} not missing")).format(
            name=heading(name)
        )
    value = customer[name]
    if pd.isna(value):
        return _("{name} missing").format(name=heading(name))
    shown = f"{value:,.4g}" if isinstance(value, int | float) else str(value)
    return _("{name} {value}").format(name=heading(name), value=shown)
