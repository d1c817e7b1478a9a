"""Does it work: a campaign drawn by lot, and its effect on average.

Who will leave is one question; whether a letter changes it is another. Only a campaign
drawn by lot answers the second: some were contacted, some held out, and nothing but chance
tells them apart. Its average effect,

    tau = mean outcome of the contacted - mean outcome of the held out,

comes first, with its standard error, the root of s1^2 / n1 + s0^2 / n0.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from crmlib.checks import numbers
from crmlib.errors import DataError
from crmlib.retention.design import features
from crmlib.retention.tables import column, refuse
from crmlib.text import gettext as _


@dataclass(frozen=True)
class Campaign:
    """A campaign drawn by lot.

    Attributes
    ----------
    features : pandas.DataFrame of n rows
        What was known of each customer before.
    treated : bool array of shape (n,)
        True for the contacted, False for the hold-out.
    outcome : float array of shape (n,)
        What happened after: 0 or 1, or an amount.
    probability : float
        With which each was drawn to be contacted.
    """

    features: pd.DataFrame
    treated: np.ndarray
    outcome: np.ndarray
    probability: float

    def take(self, rows):
        """The campaign of some of its customers, given by place or by a mask.

        Examples
        --------
        >>> table = pd.DataFrame({"mail": [0, 1, 0, 1], "buys": [0, 1, 1, 1]})
        >>> campaign = read_campaign(table, "mail", "buys")
        >>> campaign.take([0, 1]).outcome.tolist()
        [0.0, 1.0]
        """
        rows = np.arange(len(self.outcome))[rows]
        return replace(
            self,
            features=self.features.iloc[rows],
            treated=self.treated[rows],
            outcome=self.outcome[rows],
        )


def read_campaign(
    table, treatment, outcome, *, contacted=1, held_out=0, leave_out=(), probability=None
):
    """A table of customers as a campaign.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer.
    treatment : str
        The column that says who was contacted.
    outcome : str
        The column of what happened: numbers, or yes and no as 1 and 0.
    contacted, held_out : str or number
        The two words in ``treatment`` to compare; rows with another are left out.
    leave_out : sequence of str
        Columns that a model must not see: whatever was only known after the campaign, and
        customers' numbers.
    probability : float, optional
        With which customers were drawn to be contacted; by default the share that was.

    Returns
    -------
    Campaign

    Raises
    ------
    DataError
        If a column is missing, an arm has fewer than two customers, or an outcome is no
        number.

    Examples
    --------
    >>> table = pd.DataFrame({"mail": [0, 1, 0, 1], "buys": [0, 1, 0, 0], "age": [20, 30, 40, 50]})
    >>> read_campaign(table, "mail", "buys").treated.tolist()
    [False, True, False, True]
    """
    arm = column(table, treatment)
    for word in (contacted, held_out):
        if (arm == word).sum() < 2:
            raise DataError(
                _("{treatment} is {word!r} in fewer than two rows; it holds {words}.").format(
                    treatment=treatment,
                    word=word,
                    words=", ".join(map(repr, arm.drop_duplicates()[:5].tolist())),
                )
            )
    rows = arm.isin([contacted, held_out])
    result = pd.to_numeric(column(table, outcome), errors="coerce").to_numpy(float)
    refuse(~np.isfinite(result) & rows, outcome, table[outcome], _("a number"))
    treated = (arm[rows] == contacted).to_numpy(dtype=bool)
    known = table[rows]
    others = known.columns.difference([treatment, outcome, *leave_out])
    if probability is None:
        probability = treated.mean()
    numbers("probability", probability, lambda p: (p > 0) & (p < 1), "0 < probability < 1")
    return Campaign(
        features=features(known, [treatment, outcome, *leave_out])
        if len(others)
        else pd.DataFrame(index=known.index),
        treated=treated,
        outcome=result[rows.to_numpy()],
        probability=float(probability),
    )


def average_effect(campaign, confidence=0.95):
    """What the campaign changed on average: look at this first.

    Parameters
    ----------
    campaign : Campaign
    confidence : float
        Between 0 and 1.

    Returns
    -------
    pandas.Series
        ``contacted`` and ``held_out`` (mean outcomes), ``effect`` (their difference),
        ``standard_error``, ``lower``, ``upper``, ``p_value`` (two-sided, normal) and the numbers
        of customers ``n_contacted`` and ``n_held_out``.

    Examples
    --------
    60 of 200 against 40 of 200: sqrt((0.3 x 0.7 + 0.2 x 0.8) / 199) = 0.0431.

    >>> table = pd.DataFrame({"mail": [1] * 200 + [0] * 200,
    ...     "buys": [1] * 60 + [0] * 140 + [1] * 40 + [0] * 160})
    >>> average_effect(read_campaign(table, "mail", "buys"))[["effect", "standard_error"]].round(4)
    effect            0.1000
    standard_error    0.0431
    dtype: float64
    """
    arms = campaign.outcome[campaign.treated], campaign.outcome[~campaign.treated]
    means = [arm.mean() for arm in arms]
    effect = means[0] - means[1]
    error = np.sqrt(sum(arm.var(ddof=1) / len(arm) for arm in arms))
    reach = stats.norm.ppf((1 + confidence) / 2) * error
    p_value = 2 * stats.norm.sf(abs(effect) / error) if error > 0 else float(effect == 0)
    return pd.Series(
        {
            "contacted": means[0],
            "held_out": means[1],
            "effect": effect,
            "standard_error": error,
            "lower": effect - reach,
            "upper": effect + reach,
            "p_value": p_value,
            "n_contacted": len(arms[0]),
            "n_held_out": len(arms[1]),
        }
    )


def balance(campaign):
    """Were the two arms alike before? Where the lot decided, they are, but for chance.

    Parameters
    ----------
    campaign : Campaign

    Returns
    -------
    pandas.DataFrame
        By column of the features, words spread over several: ``difference`` (of the means, in
        standard deviations) and ``z`` (that in standard errors). Were the lot fair, one z in
        twenty would lie beyond 2.

    Examples
    --------
    >>> table = pd.DataFrame({"mail": [1, 1, 0, 0], "buys": [0, 1, 0, 1], "age": [20, 30, 20, 30]})
    >>> balance(read_campaign(table, "mail", "buys"))
         difference    z
    age         0.0  0.0
    """
    terms = pd.get_dummies(campaign.features, dtype=float)
    one, other = terms[campaign.treated], terms[~campaign.treated]
    difference = one.mean() - other.mean()
    error = np.sqrt(one.var() / len(one) + other.var() / len(other))
    return pd.DataFrame({"difference": difference / terms.std(), "z": difference / error})


def lot_p_value(campaign):
    """Can a fair lot have made the two arms as unlike as they were before?

    Hotelling's test (1931, Annals of Mathematical Statistics 2): with d the differences of the
    k means and S their covariance, d' S^-1 d of a fair lot is chi-squared with k degrees of
    freedom, in large samples. The means are those of the columns and of their squares, so
    that a choice of the middle ones shows, too.

    Parameters
    ----------
    campaign : Campaign

    Returns
    -------
    float
        Probability that a fair lot tells the arms apart at least so far; 1 without features.

    Examples
    --------
    >>> table = pd.DataFrame({"mail": 50 * [0, 1], "buys": 0, "age": np.arange(100)})
    >>> bool(lot_p_value(read_campaign(table, "mail", "buys")) > 0.5)
    True
    >>> unfair = table.assign(mail=table["age"] >= 50)
    >>> bool(lot_p_value(read_campaign(unfair, "mail", "buys", contacted=True, held_out=False)) < 0.001)
    True
    """
    terms = pd.get_dummies(campaign.features, dtype=float)
    terms = terms.fillna(terms.mean())
    terms = terms.loc[:, terms.std() > 0]
    if terms.empty:
        return 1.0
    terms = (terms - terms.mean()) / terms.std()
    many = terms.columns[terms.nunique() > 2]  # of two values the square says nothing new
    squares = (terms[many].clip(-3, 3) ** 2).add_suffix("²")
    terms = terms.join(squares)
    one, other = terms[campaign.treated], terms[~campaign.treated]
    difference = one.mean() - other.mean()
    spread = one.cov() / len(one) + other.cov() / len(other)
    inverse = np.linalg.pinv(spread.to_numpy(), hermitian=True)  # words of one column add up to 1
    statistic = difference @ inverse @ difference
    return float(stats.chi2.sf(statistic, np.linalg.matrix_rank(spread, hermitian=True)))
