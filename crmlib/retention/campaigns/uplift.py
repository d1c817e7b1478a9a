"""Whom can we change: the effect of a campaign, customer by customer.

The effect on customers with features x, their *uplift* tau(x), can be estimated from a
campaign drawn by lot in two ways (Gutierrez and Gerardy 2017, PMLR 67):

- two models, E[Y | x, contacted] - E[Y | x, held out];
- one model of the transformed outcome Y* = (Y - c) (W - p) / (p (1 - p)), where W is 1 for
  the contacted and p their share: its mean given x is tau(x), for any constant c (Jaskowski
  and Jaroszewicz 2012; Athey and Imbens 2016).

Nobody's own uplift is ever seen, so a model of it is judged on customers that it did not
learn from. Dividing them into groups and forecasting each from all the others is not
enough: what was luck in one group comes back, with the other sign, through the models of
the rest, and where there is no effect a ranking then looks harmful far too often. Here each
group is forecast from the groups *before* it (:func:`progressive`), so that the estimates
of the groups have no part in each other and their intervals hold what they promise
(progressive validation: Blum, Kalai and Langford 1999, COLT; intervals: Luedtke and van der
Laan 2016, Annals of Statistics 44).
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import StratifiedKFold

from crmlib.errors import DataError
from crmlib.retention.design import design
from crmlib.text import gettext as _

ALPHAS = np.logspace(0, 6, 13)  # penalties that are tried


class _Uplift:
    """What the two ways share."""

    def fit(self, campaign):
        """Fit to a campaign.

        Parameters
        ----------
        campaign : Campaign

        Returns
        -------
        self

        Examples
        --------
        >>> from crmlib.retention.campaigns.campaign import read_campaign
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
        >>> from crmlib.retention.campaigns.campaign import read_campaign
        >>> table = pd.DataFrame({"mail": 20 * [0, 1], "buys": 10 * [0, 0, 0, 1], "age": range(40)})
        >>> model = TwoModel().fit(read_campaign(table, "mail", "buys"))
        >>> model.predict(table[["age"]]).mean().round(1)
        np.float64(0.5)
        """
        return self._predict(self._design.transform(table))["uplift"]


class TwoModel(_Uplift):
    """Uplift as the difference of two models, one of each arm.

    Both are ridge regressions, of amounts and of yes and no as 1 and 0 alike, each with the
    penalty that forecasts best when each customer is left out in turn.

    Examples
    --------
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> random = np.random.default_rng(1)
    >>> x, mail = random.normal(size=4000), random.integers(0, 2, 4000)
    >>> buys = random.random(4000) < 0.3 + 0.2 * mail * (x > 0)
    >>> table = pd.DataFrame({"x": x, "mail": mail, "buys": buys.astype(int)})
    >>> model = TwoModel().fit(read_campaign(table, "mail", "buys"))
    >>> uplift = model.predict(pd.DataFrame({"x": [-1.0, 1.0]}))
    >>> bool(uplift[1] > uplift[0] + 0.1)
    True
    """

    def _fit(self, terms, campaign):
        self._models = [
            RidgeCV(ALPHAS).fit(terms[arm], campaign.outcome[arm])
            for arm in (~campaign.treated, campaign.treated)
        ]
        return self

    def _predict(self, terms):
        without, with_contact = (model.predict(terms) for model in self._models)
        return {"uplift": with_contact - without, "without": without, "with_contact": with_contact}


class TransformedOutcome(_Uplift):
    """Uplift as one ridge regression of the transformed outcome.

    The penalty is the one that forecasts best when each customer is left out in turn:
    where there is nothing to find, all uplifts shrink to the average effect.

    Examples
    --------
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> random = np.random.default_rng(1)
    >>> x, mail = random.normal(size=4000), random.integers(0, 2, 4000)
    >>> buys = random.random(4000) < 0.3 + 0.2 * mail * (x > 0)
    >>> table = pd.DataFrame({"x": x, "mail": mail, "buys": buys.astype(int)})
    >>> model = TransformedOutcome().fit(read_campaign(table, "mail", "buys"))
    >>> uplift = model.predict(pd.DataFrame({"x": [-1.0, 1.0]}))
    >>> bool(uplift[1] > uplift[0] + 0.1)
    True
    """

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
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": [0, 1, 0, 1], "buys": [0, 1, 0, 0]})
    >>> float(transformed_outcome(read_campaign(table, "mail", "buys")).mean())
    0.5
    """
    p = campaign.probability
    centred = campaign.outcome - campaign.outcome.mean()  # the constant that costs least noise
    return centred * (campaign.treated - p) / (p * (1 - p))


def progressive(model, campaign, groups=10, seed=0):
    """What is forecast for every customer by a model that has not seen her.

    The customers are divided by lot. Group 0 is only learned from; groups 1, 2 and so on,
    each forecast from the groups before it, are those that a ranking may be judged on.
    (Group 0 is forecast from all the others, so that a list can hold everybody.)

    Parameters
    ----------
    model : TwoModel or TransformedOutcome
    campaign : Campaign
    groups : int
        In each of which the two arms have their shares.
    seed : int
        Of the lot that makes the groups.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``uplift``, and from two models ``without`` and ``with_contact`` (expected
        outcomes); the index is that of the features.

    Raises
    ------
    DataError
        If there are too few customers for so many groups, or no feature.

    Examples
    --------
    >>> from crmlib.retention.campaigns.campaign import read_campaign
    >>> table = pd.DataFrame({"mail": 20 * [0, 1], "buys": 10 * [0, 0, 0, 1], "age": range(40)})
    >>> found = progressive(TwoModel(), read_campaign(table, "mail", "buys"), groups=4)
    >>> found["group"].value_counts().tolist()
    [10, 10, 10, 10]
    """
    smallest = min(campaign.treated.sum(), (~campaign.treated).sum())
    if not 2 <= groups <= smallest / 2:
        raise DataError(
            _("groups is {groups}; accepted: 2 to {most}, half the smaller arm.").format(
                groups=groups, most=smallest // 2
            )
        )
    _design, terms = _designed(campaign)  # looks at no outcome
    group = np.empty(len(terms), dtype=int)
    splits = StratifiedKFold(groups, shuffle=True, random_state=seed)
    for number, (_rest, members) in enumerate(splits.split(terms, campaign.treated)):
        group[members] = number
    found = pd.DataFrame({"group": group}, index=campaign.features.index)
    for number in range(groups):
        members = group == number
        seen = group < number if number else ~members
        fitted = type(model)()._fit(terms[seen], campaign.take(seen))
        for name, values in fitted._predict(terms[members]).items():
            found.loc[members, name] = values
    return found


def place(score, group):
    """The place of each customer among those of her group, 1 the highest and 0 the lowest.

    Forecasts of different models are not on one scale; places are.

    Parameters
    ----------
    score, group : arrays of shape (n,)

    Returns
    -------
    float array of shape (n,)
        Equal scores share one place.

    Examples
    --------
    >>> place([0.1, 0.3, 5.0, 9.0], group=[0, 0, 1, 1]).tolist()
    [0.25, 0.75, 0.25, 0.75]
    """
    ranks = pd.Series(np.asarray(score)).groupby(np.asarray(group))
    return ((ranks.rank() - 0.5) / ranks.transform("size")).to_numpy()


def part(places, parts):
    """The part of a ranking that each place lies in, 0 the lowest.

    Parameters
    ----------
    places : array of shape (n,)
        0 to 1, as :func:`place` gives them.
    parts : int
        Equal parts of the range.

    Returns
    -------
    int array of shape (n,)

    Examples
    --------
    >>> part([0.1, 0.5, 1.0], 2).tolist()
    [0, 1, 1]
    """
    return np.minimum((np.asarray(places) * parts).astype(int), parts - 1)


def _designed(campaign):
    if not campaign.features.shape[1]:
        raise DataError(_("The campaign has no features; an uplift needs at least one."))
    fitted = design(campaign.features)
    return fitted, fitted.fit_transform(campaign.features)
