"""Whom can we change: the effect of a campaign, customer by customer.

The effect on customers with features x, their *uplift* tau(x), can be estimated from a
campaign drawn by lot in two ways (Gutierrez and Gerardy 2017, PMLR 67):

- two models, E[Y | x, contacted] - E[Y | x, held out];
- one model of the transformed outcome Y* = (Y - c) (W - p) / (p (1 - p)), where W is 1 for
  the contacted and p their share: its mean given x is tau(x), for any constant c (Jaskowski
  and Jaroszewicz 2012; Athey and Imbens 2016).

Nobody's own uplift is ever seen, so a model of it is judged on customers that it did not
learn from (:func:`cross_fitted`).
"""

import numpy as np
import pandas as pd
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import StratifiedKFold

from crmlib.errors import DataError
from crmlib.retention.design import design
from crmlib.text import gettext as _

ALPHAS = np.logspace(0, 6, 13)  # penalties that the transformed outcome is tried with


class TwoModel:
    """Uplift as the difference of two models, one of each arm.

    Outcomes of 0 and 1 are modelled by logistic regression, others by ridge regression.

    Examples
    --------
    >>> from crmlib.retention.campaign import read_campaign
    >>> random = np.random.default_rng(1)
    >>> x, mail = random.normal(size=4000), random.integers(0, 2, 4000)
    >>> buys = random.random(4000) < 0.3 + 0.2 * mail * (x > 0)
    >>> table = pd.DataFrame({"x": x, "mail": mail, "buys": buys.astype(int)})
    >>> model = TwoModel().fit(read_campaign(table, "mail", "buys"))
    >>> uplift = model.predict(pd.DataFrame({"x": [-1.0, 1.0]}))
    >>> bool(uplift[1] > uplift[0] + 0.1)
    True
    """

    def fit(self, campaign):
        """Fit to a campaign.

        Parameters
        ----------
        campaign : Campaign

        Returns
        -------
        TwoModel

        Examples
        --------
        >>> from crmlib.retention.campaign import read_campaign
        >>> table = pd.DataFrame({"mail": 20 * [0, 1], "buys": 10 * [0, 0, 0, 1], "age": range(40)})
        >>> campaign = read_campaign(table, "mail", "buys")
        >>> type(TwoModel().fit(campaign)).__name__
        'TwoModel'
        """
        self._design, terms = _designed(campaign)
        return self._fit(terms, campaign)

    def predict(self, table):
        """The uplift of each customer.

        Parameters
        ----------
        table : pandas.DataFrame of n rows
            The features.

        Returns
        -------
        float array of shape (n,)

        Examples
        --------
        >>> from crmlib.retention.campaign import read_campaign
        >>> table = pd.DataFrame({"mail": 20 * [0, 1], "buys": 10 * [0, 0, 0, 1], "age": range(40)})
        >>> model = TwoModel().fit(read_campaign(table, "mail", "buys"))
        >>> model.predict(table[["age"]]).mean().round(1)
        np.float64(0.5)
        """
        return self._predict(self._design.transform(table))["uplift"]

    def predict_outcomes(self, table):
        """The expected outcome of each customer without and with contact.

        Parameters
        ----------
        table : pandas.DataFrame of n rows

        Returns
        -------
        without, with_contact : float arrays of shape (n,)

        Examples
        --------
        >>> from crmlib.retention.campaign import read_campaign
        >>> table = pd.DataFrame({"mail": 20 * [0, 1], "buys": 10 * [0, 0, 0, 1], "age": range(40)})
        >>> model = TwoModel().fit(read_campaign(table, "mail", "buys"))
        >>> [float(mean.mean().round(1)) for mean in model.predict_outcomes(table[["age"]])]
        [0.0, 0.5]
        """
        found = self._predict(self._design.transform(table))
        return found["without"], found["with_contact"]

    def _fit(self, terms, campaign):
        outcome = campaign.outcome
        binary = np.isin(outcome, [0, 1]).all()
        self._models = []
        for arm in (~campaign.treated, campaign.treated):
            model = LogisticRegression(max_iter=1000) if binary else RidgeCV(ALPHAS)
            if np.ptp(outcome[arm]) == 0:  # all alike: nothing to learn
                model = DummyRegressor()
            self._models.append(model.fit(terms[arm], outcome[arm]))
        return self

    def _predict(self, terms):
        without, with_contact = (
            model.predict_proba(terms)[:, 1]
            if isinstance(model, LogisticRegression)
            else model.predict(terms)
            for model in self._models
        )
        return {"uplift": with_contact - without, "without": without, "with_contact": with_contact}


class TransformedOutcome:
    """Uplift as one ridge regression of the transformed outcome.

    The penalty is the one that forecasts best when each customer is left out in turn:
    where there is nothing to find, all uplifts shrink to the average effect.

    Examples
    --------
    >>> from crmlib.retention.campaign import read_campaign
    >>> random = np.random.default_rng(1)
    >>> x, mail = random.normal(size=4000), random.integers(0, 2, 4000)
    >>> buys = random.random(4000) < 0.3 + 0.2 * mail * (x > 0)
    >>> table = pd.DataFrame({"x": x, "mail": mail, "buys": buys.astype(int)})
    >>> model = TransformedOutcome().fit(read_campaign(table, "mail", "buys"))
    >>> uplift = model.predict(pd.DataFrame({"x": [-1.0, 1.0]}))
    >>> bool(uplift[1] > uplift[0] + 0.1)
    True
    """

    def fit(self, campaign):
        """Fit to a campaign.

        Parameters
        ----------
        campaign : Campaign

        Returns
        -------
        TransformedOutcome

        Examples
        --------
        >>> from crmlib.retention.campaign import read_campaign
        >>> table = pd.DataFrame({"mail": 20 * [0, 1], "buys": 10 * [0, 0, 0, 1], "age": range(40)})
        >>> campaign = read_campaign(table, "mail", "buys")
        >>> type(TransformedOutcome().fit(campaign)).__name__
        'TransformedOutcome'
        """
        self._design, terms = _designed(campaign)
        return self._fit(terms, campaign)

    def predict(self, table):
        """The uplift of each customer.

        Parameters
        ----------
        table : pandas.DataFrame of n rows
            The features.

        Returns
        -------
        float array of shape (n,)

        Examples
        --------
        >>> from crmlib.retention.campaign import read_campaign
        >>> table = pd.DataFrame({"mail": 20 * [0, 1], "buys": 10 * [0, 0, 0, 1], "age": range(40)})
        >>> model = TransformedOutcome().fit(read_campaign(table, "mail", "buys"))
        >>> model.predict(table[["age"]]).mean().round(1)
        np.float64(0.5)
        """
        return self._predict(self._design.transform(table))["uplift"]

    def _fit(self, terms, campaign):
        self._model = RidgeCV(ALPHAS).fit(terms, transformed_outcome(campaign))
        return self

    def _predict(self, terms):
        return {"uplift": self._model.predict(terms)}


def transformed_outcome(campaign):
    """For each customer a number whose mean, given the features, is her uplift.

    Parameters
    ----------
    campaign : Campaign

    Returns
    -------
    float array of shape (n,)

    Examples
    --------
    >>> from crmlib.retention.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": [0, 1, 0, 1], "buys": [0, 1, 0, 0]})
    >>> float(transformed_outcome(read_campaign(table, "mail", "buys")).mean())
    0.5
    """
    p = campaign.probability
    centred = campaign.outcome - campaign.outcome.mean()  # the constant that costs least noise
    return centred * (campaign.treated - p) / (p * (1 - p))


def cross_fitted(model, campaign, folds=5, seed=0):
    """Uplifts of all customers, each from a model that has not seen her.

    Parameters
    ----------
    model : TwoModel or TransformedOutcome
    campaign : Campaign
    folds : int
        In each of which the two arms have their shares.
    seed : int
        Of the lot that makes the folds.

    Returns
    -------
    pandas.DataFrame
        ``uplift``, and from two models ``without`` and ``with_contact`` (expected outcomes);
        the index is that of the features.

    Raises
    ------
    DataError
        If there are too few customers for so many folds, or no feature.

    Examples
    --------
    >>> from crmlib.retention.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": 20 * [0, 1], "buys": 10 * [0, 0, 0, 1], "age": range(40)})
    >>> cross_fitted(TwoModel(), read_campaign(table, "mail", "buys"), folds=2).shape
    (40, 3)
    """
    smallest = min(campaign.treated.sum(), (~campaign.treated).sum())
    if not 2 <= folds <= smallest / 2:
        raise DataError(
            _("folds is {folds}; accepted: 2 to {most}, half the smaller arm.").format(
                folds=folds, most=smallest // 2
            )
        )
    _design, terms = _designed(campaign)  # looks at no outcome
    found = pd.DataFrame(index=campaign.features.index)
    splits = StratifiedKFold(folds, shuffle=True, random_state=seed)
    for seen, unseen in splits.split(terms, campaign.treated):
        fitted = type(model)()._fit(terms[seen], campaign.take(seen))
        for name, values in fitted._predict(terms[unseen]).items():
            if name not in found:
                found[name] = np.nan
            found.iloc[unseen, found.columns.get_loc(name)] = values
    return found


def _designed(campaign):
    if not campaign.features.shape[1]:
        raise DataError(_("The campaign has no features; an uplift needs at least one."))
    fitted = design(campaign.features)
    return fitted, fitted.fit_transform(campaign.features)
