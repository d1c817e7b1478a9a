"""Who is at risk where contracts say who left: tables to learn from, be judged by, act on.

Contracts with days allow the honest split: on an earlier day the score learns from those
running then and from who ended in the days after, on a later day it is judged. A table that
says only how long each customer has been there, and whether she left, allows no more than a
split by lot. It says how well customers of one day can be told apart, and nothing of next
year.
"""

from dataclasses import dataclass

import pandas as pd
from sklearn.model_selection import train_test_split

from crmlib.errors import CannotAnswer
from crmlib.retention.design import features
from crmlib.retention.kinds import kind
from crmlib.retention.leaving.survival import elapsed
from crmlib.retention.taken import listed
from crmlib.retention.words import is_id
from crmlib.text import Sentence
from crmlib.text import gettext as _

RUNNING, LEFT = 200, 10  # contracts to learn from and to be judged by, and how many of them left
JUDGED = 0.3  # share of a table without days
TENURE = "tenure"
MADE = ["duration", "observed", "cohort", "group", "start", "end"]  # by evidence.contracts


@dataclass(frozen=True)
class ContractTables:
    """Features of contracts, and who left.

    Attributes
    ----------
    learn, judge : pandas.DataFrame
        Features and ``left`` (bool), to learn from and to be judged by.
    known : pandas.DataFrame
        As these: what a score for today learns from, the later day or all.
    now : pandas.DataFrame
        Features of those still there.
    tenure : str
        The feature that says how long a customer has been there, in months.
    told : Sentence
        How the tables were made.
    """

    learn: pd.DataFrame
    judge: pd.DataFrame
    known: pd.DataFrame
    now: pd.DataFrame
    tenure: str
    told: Sentence


def contract_tables(contracts, columns, horizon, show_names=True):
    """Contracts as tables for a churn score.

    Parameters
    ----------
    contracts : pandas.DataFrame
        As :func:`crmlib.retention.evidence.contracts` gives it.
    columns : dict
        As there. ``leave_out`` names what was known only later, with semicolons between.
    horizon : int
        Days in which a contract ends, or does not, if the table has days.
    show_names : bool
        Whether those still there are called by their ids, if the table has some, or by their
        rows in the file.

    Returns
    -------
    ContractTables
        Every other column of the table is a feature.

    Raises
    ------
    CannotAnswer
        If fewer than 200 contracts can be learned from or judged by, or fewer than 10 of
        them ended.
    DataError
        If a column named is not there.

    Examples
    --------
    >>> from crmlib.retention import evidence
    >>> made = contract_tables(evidence.contracts("shop", {})[0], {}, 182)
    >>> print(made.told)  # doctest: +NORMALIZE_WHITESPACE
    Learned from 1,261 contracts that were running on 2024-01-02, judged by 1,572 that were
    running on 2024-07-02; left is who ended in the 182 days after.
    """
    columns = columns if kind(columns) == "contracts" else {}  # else they are another table's
    later = listed(columns)
    named = {columns[role] for role in ("start", "end", "left") if role in columns}
    ids = [name for name in contracts if name == columns.get("customer_id") or is_id(name)]
    dated = "start" in contracts
    names = contracts[ids[0]].rename("customer_id") if ids and show_names else None
    table = contracts.assign(**{TENURE: contracts["duration"]}) if dated else contracts
    known = features(table, {*later, *named, *ids, *(set(MADE) & {*table})})
    if not dated:
        learn, judge = train_test_split(
            known.assign(left=contracts["observed"]),
            test_size=JUDGED,
            random_state=0,
            stratify=contracts["observed"],
        )
        both = pd.concat([learn, judge])
        told = _(
            "The table has no days, so a lot decides: {learn:,} customers to learn from, {judge:,} "
            "others to be judged by. That shows how well customers of one day can be told apart, "
            "and says nothing of next year."
        ).format(learn=len(learn), judge=len(judge))
        _enough(learn, judge)
        now = both.loc[~both["left"]].sort_index()
        return ContractTables(
            learn, judge, both, _named(now, names), columns["duration"], Sentence(told)
        )
    end = contracts.attrs["last_day"]
    cuts = [end - pd.Timedelta(days=n * horizon) for n in (2, 1, 0)]
    learn, judge, now = (_running(known, contracts, cut, horizon) for cut in cuts)
    _enough(learn, judge)
    told = _(
        "Learned from {learn:,} contracts that were running on {first:%Y-%m-%d}, judged by "
        "{judge:,} that were running on {second:%Y-%m-%d}; left is who ended in the {horizon} days "
        "after."
    ).format(learn=len(learn), judge=len(judge), first=cuts[0], second=cuts[1], horizon=horizon)
    return ContractTables(learn, judge, judge, _named(now, names), TENURE, Sentence(told))


def youth(learn, tenure):
    """The one rule for contracts: the youngest first, or the oldest, whichever left more.

    Parameters
    ----------
    learn : pandas.DataFrame
        Features and ``left``.
    tenure : str

    Returns
    -------
    name : {"youngest first", "oldest first"}
    sign : {-1, 1}
        Of the tenure in a score of which more means more risk.

    Examples
    --------
    >>> youth(pd.DataFrame({"tenure": [1, 2, 3], "left": [True, False, False]}), "tenure")
    ('youngest first', -1)
    """
    left = learn["left"].astype(bool)
    if learn.loc[left, tenure].mean() > learn.loc[~left, tenure].mean():
        return "oldest first", 1
    return "youngest first", -1


def _running(known, contracts, cut, horizon):
    """Those running on the evening of a day, how long by then, and who ended soon after."""
    start, end = contracts["start"], contracts["end"]
    there = (start <= cut) & ~(end <= cut)
    soon = end[there] <= cut + pd.Timedelta(days=horizon)
    tenure = elapsed(start[there], pd.Series(cut, index=start[there].index))
    return known[there].assign(**{TENURE: tenure, "left": soon})


def _named(now, names):
    now = now.drop(columns="left")
    return now.rename_axis("row") if names is None else now.set_index(names.loc[now.index])


def _enough(*found):
    least = min(len(table) for table in found)
    left = min(int(table["left"].sum()) for table in found)
    if least < RUNNING or left < LEFT:
        raise CannotAnswer(
            _(
                "These contracts cannot say who is at risk: {n} can be learned from or judged by, "
                "{left} of them left, and {least} and {few} are needed; with days, a longer "
                "horizon sees more leave."
            ).format(n=least, left=left, least=RUNNING, few=LEFT)
        )
