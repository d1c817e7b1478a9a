"""How retention goes on with age, as contracts say it, and whether they can.

The share still there at each age is Kaplan and Meier's
(:func:`crmlib.retention.leaving.survival.kaplan_meier`).
"""

import numpy as np
import pandas as pd
from scipy import stats

from crmlib.errors import CannotAnswer
from crmlib.quantities import units
from crmlib.retention.leaving.survival import kaplan_meier
from crmlib.text import Sentence, joined
from crmlib.text import gettext as _

CUSTOMERS, LEFT, PERIODS = 50, 10, 3  # from fewer, two parameters are guesses
WATCHED, ENOUGH = 30, 100  # with fewer still followed an age tells little


def suitability(contracts, unit="year"):
    """Whether the contracts can say how retention goes on.

    Parameters
    ----------
    contracts : pandas.DataFrame
        As :func:`crmlib.retention.contracts.subscriptions.read` gives it.
    unit : {"day", "week", "month", "year"}

    Returns
    -------
    Sentence
        What they hold.

    Raises
    ------
    CannotAnswer
        If a group has fewer than 50 contracts, fewer than 10 that ended, or fewer than 3
        periods through which 30 were followed.

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.retention.contracts import subscriptions
    >>> print(suitability(subscriptions.read(datasets.table("sbg"))[0]))
    They can: of 2,000 contracts 1,433 have ended, and enough could be followed for 12 years.
    """
    groups = contracts.groupby("group", sort=False)
    followed = []
    for name, group in groups:
        followed.append(len(_followed(group["duration"])))
        for found, least, words in (
            (len(group), CUSTOMERS, _("there are {n} contracts, and {least} are needed")),
            (
                group["observed"].sum(),
                LEFT,
                _("{n} ended in a period that is over, and {least} are needed"),
            ),
            (
                followed[-1],
                PERIODS,
                _("30 could be followed through {n} of the {least} periods needed"),
            ),
        ):
            if found < least:
                lack = words.format(n=found, least=least)
                text = _("These contracts cannot answer the question: {lack}.")
                if len(groups) > 1:
                    text = _("The contracts of group {group} cannot answer the question: {lack}.")
                raise CannotAnswer(text.format(lack=lack, group=name))
    ended, counted = contracts["ended"].sum(), contracts["observed"].sum()
    first = _(
        "They can: of {n:,} contracts {ended:,} have ended, and enough could be followed for "
        "{most} {units}."
    ).format(
        n=len(contracts),
        ended=ended,
        most=min(followed),
        units=units(unit, min(followed)),
    )
    second = ""
    if counted < ended:
        second = _(
            "Of these ends {n:,} count, as they came in a {unit} that could be followed to its "
            "end; the others came in a {unit} that is not over."
        ).format(n=counted, unit=units(unit, 1))
    return Sentence(joined(first, second))


def survivors(contracts):
    """Customers still there at each age, group by group.

    The shares are Kaplan and Meier's. They are multiplied by as many customers as would,
    with these shares, have been followed through as many periods as really were: a fit to
    them is neither surer nor less sure than the contracts make it.

    Parameters
    ----------
    contracts : pandas.DataFrame
        As :func:`crmlib.retention.contracts.subscriptions.read` gives it.

    Returns
    -------
    pandas.DataFrame
        Index ``age`` in periods from 0, up to the last through which 100 customers of each
        group were followed, or a tenth of it if that is less, but at least 30; one column of
        customers a group.

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.retention.contracts import subscriptions
    >>> contracts, _report = subscriptions.read(datasets.table("sbg"))
    >>> survivors(contracts).loc[[0, 1, 12]].round().to_numpy().tolist()
    [[1000.0, 1000.0], [631.0, 869.0], [173.0, 394.0]]
    """
    found = {}
    for name, group in contracts.groupby("group", sort=False):
        at_risk = _followed(group["duration"])
        ages = pd.RangeIndex(len(at_risk) + 1, name="age")
        curve = kaplan_meier(group["duration"], group["observed"])
        share = curve.set_index("time")["survival"].reindex(ages, method="ffill")
        found[name] = share * at_risk.sum() / share.iloc[:-1].sum()
    return pd.DataFrame(found).dropna()


def agreement(contracts, models):
    """How far the points of retention by age lie from the lines of fitted models.

    At each age the customers who leave are compared with those expected of the customers
    still followed then; the squares of their standardised differences add up to Pearson's
    chi-square, with two degrees of freedom fewer than ages, for the two parameters.

    Parameters
    ----------
    contracts : pandas.DataFrame
        As :func:`crmlib.retention.contracts.subscriptions.read` gives it.
    models : dict of str to model
        By group; each fitted to what :func:`survivors` says of it, with a
        ``retention_rate``.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``largest_miss`` (of a point, in shares) and ``chance`` (the
        probability of points that lie as far off, if the model is true).

    Examples
    --------
    >>> from crmlib import datasets
    >>> from crmlib.retention.contracts import subscriptions
    >>> from crmlib.value.btyd import ShiftedBetaGeometric
    >>> contracts, _report = subscriptions.read(datasets.table("sbg"))
    >>> alive = survivors(contracts)
    >>> fits = {name: ShiftedBetaGeometric().fit(alive[name]) for name in alive}
    >>> agreement(contracts, fits).round(3)
              largest_miss  chance
    regular          0.015   0.999
    high end         0.024   0.169
    """
    rows = {}
    for name, group in contracts.groupby("group", sort=False):
        at_risk = _followed(group["duration"])
        ages = np.arange(1, len(at_risk) + 1)
        left = np.bincount(group.loc[group["observed"], "duration"], minlength=len(ages) + 1)
        expected = 1 - models[name].retention_rate(ages)
        miss = left[1 : len(ages) + 1] / at_risk - expected
        squares = miss**2 * at_risk / (expected * (1 - expected))
        freedom = max(len(ages) - 2, 1)
        rows[name] = np.abs(miss).max(), stats.chi2.sf(squares.sum(), freedom)
    return pd.DataFrame(rows, index=["largest_miss", "chance"]).T


def _followed(duration):
    """How many were followed through periods 1, 2, …, as long as they are enough."""
    counts = np.bincount(duration.to_numpy(dtype=int))
    through = counts[::-1].cumsum()[::-1][1:]
    return through[through >= min(max(len(duration) / 10, WATCHED), ENOUGH)]
