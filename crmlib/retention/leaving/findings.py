"""What the figures of leaving say, in sentences true of the data at hand."""

import numpy as np
import pandas as pd

from crmlib.errors import CannotAnswer
from crmlib.retention.leaving import hazard
from crmlib.retention.leaving.survival import kaplan_meier, survival_at
from crmlib.text import Sentence, joined
from crmlib.text import gettext as _

CUSTOMERS = 200  # on either cut: from fewer a score learns little, and is hardly judged
LEFT = 10  # contracts that ended: from fewer there is no curve to speak of


def ended(contracts):
    """How many contracts ended, and what the table cannot show.

    Parameters
    ----------
    contracts : pandas.DataFrame
        As :func:`crmlib.retention.evidence.contracts` gives it.

    Returns
    -------
    Sentence

    Raises
    ------
    CannotAnswer
        If fewer than 10 ended.

    Examples
    --------
    >>> from crmlib.retention import evidence
    >>> print(ended(evidence.contracts("shop", {})[0]))
    171 of 2,091 have ended. After 12 months, 92 of 100 are still there.
    """
    left, all_ = int(contracts["observed"].sum()), len(contracts)
    if left < LEFT:
        raise CannotAnswer(
            _(
                "These contracts cannot answer the question: {left} of {all} ended, and {least} "
                "are needed."
            ).format(left=left, all=all_, least=LEFT)
        )
    words = _("{left:,} of {all:,} have ended.").format(left=left, all=all_)
    curve = kaplan_meier(contracts["duration"], contracts["observed"])
    if not np.isnan(survival_at(curve, 12)):
        words = joined(
            words,
            _("After 12 months, {n:.0f} of 100 are still there.").format(
                n=100 * survival_at(curve, 12)
            ),
        )
    if "cohort" not in contracts:  # it came without days
        words = joined(
            words,
            _(
                "The table has no days. If it shows the customers of one day, and those who left "
                "shortly before, then all who left earlier are missing, and the curve is too high."
            ),
        )
        none = int((contracts["duration"] == 0).sum())
        blank = contracts.apply(lambda values: values.astype("str").str.strip().eq("").sum())
        blank = blank + contracts.isna().sum()
        if none:
            words = joined(
                words, _("{n:,} have a duration of 0: nobody watched them yet.").format(n=none)
            )
        for name, n in blank[blank > 0].items():
            words = joined(words, _("{column} is blank in {n:,} rows.").format(column=name, n=n))
    return Sentence(words)


def early_and_late(hazards):
    """Whether leaving rises or falls with age, by the hazards seen.

    Parameters
    ----------
    hazards : pandas.DataFrame
        As :func:`crmlib.retention.leaving.hazard.hazard_table` gives it.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> table = pd.DataFrame({"period": [1, 2], "at_risk": [900, 300], "left": [90, 10]})
    >>> print(early_and_late(table))
    In month 1, half of all customer-months, 10 % left; from month 2 on, 3.3 % a month.
    """
    last, early, late = hazard.early_and_late(hazards)
    if np.isnan(late):
        return Sentence(_("{early:.2g} % left in month 1.").format(early=100 * early))
    if last == 1:
        words = _(
            "In month 1, half of all customer-months, {early:.2g} % left; from month 2 on, "
            "{late:.2g} % a month."
        )
    else:
        words = _(
            "In months 1 to {last}, half of all customer-months, {early:.2g} % a month left; from "
            "month {next} on, {late:.2g} %."
        )
    return Sentence(words.format(last=last, next=last + 1, early=100 * early, late=100 * late))


def cuts(log, horizon):
    """The two days on which a score learns and is judged, the later one last.

    Parameters
    ----------
    log : pandas.DataFrame
        A clean log.
    horizon : int
        Days in which a customer who has not left would buy.

    Returns
    -------
    list of pandas.Timestamp

    Raises
    ------
    CannotAnswer
        If the log is shorter than three horizons, or had fewer than 200 customers on one of
        the days, who had bought in the horizon before it.

    Examples
    --------
    >>> from crmlib import datasets
    >>> [str(day.date()) for day in cuts(datasets.transactions("shop")[0], 182)]
    ['2024-01-02', '2024-07-02']
    """
    days = log["time"].dt.normalize()
    start, end = days.min(), days.max()
    if (end - start).days < 3 * horizon:
        raise CannotAnswer(
            _(
                "This log cannot answer the question: it runs for {days} days, and three times "
                "{horizon} are needed, one to learn from, one to come and one to be judged by; set "
                "a shorter horizon."
            ).format(days=(end - start).days, horizon=horizon)
        )
    found = [end - pd.Timedelta(days=n * horizon) for n in (2, 1)]
    for cut in found:
        lately = (days > cut - pd.Timedelta(days=horizon)) & (days <= cut)
        there = log.loc[lately, "customer_id"].nunique()
        if there < CUSTOMERS:
            raise CannotAnswer(
                _(
                    "This log cannot answer the question: in the {horizon} days up to "
                    "{day:%Y-%m-%d} {n} customers bought, and {least} are needed."
                ).format(horizon=horizon, day=cut, n=there, least=CUSTOMERS)
            )
    return found


def asked_about(log, cuts, horizon):
    """How many customers a score learns from and is judged by, and whom it is not asked about.

    Parameters
    ----------
    log : pandas.DataFrame
        A clean log.
    cuts : sequence of pandas.Timestamp
        The earlier day and the later one.
    horizon : int
        Days.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from crmlib import datasets
    >>> log, report = datasets.transactions("shop")
    >>> print(asked_about(log, cuts(log, 182), 182))  # doctest: +NORMALIZE_WHITESPACE
    Learned from 1,153 customers of 2024-01-02, judged by 1,226 of 2024-07-02; 341 and 746 others
    had bought nothing for 182 days by then, so they had left and are not asked about.
    """
    days, told = log["time"].dt.normalize(), {"horizon": horizon}
    for name, cut in zip(("learn", "judge"), cuts):
        known = log.loc[days <= cut, "customer_id"].nunique()
        lately = (days > cut - pd.Timedelta(days=horizon)) & (days <= cut)
        told[name] = log.loc[lately, "customer_id"].nunique()
        told[f"{name}_on"], told[f"{name}_out"] = cut, known - told[name]
    return Sentence(
        _(
            "Learned from {learn:,} customers of {learn_on:%Y-%m-%d}, judged by {judge:,} of "
            "{judge_on:%Y-%m-%d}; {learn_out:,} and {judge_out:,} others had bought nothing for "
            "{horizon} days by then, so they had left and are not asked about."
        ).format(**told)
    )


def definition(horizon):
    """What leaving means in a log, in words.

    Parameters
    ----------
    horizon : int
        Days.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(definition(182))
    A customer counts as having left if she buys nothing for 182 days (an assumption: `horizon`).
    """
    return Sentence(
        _(
            "A customer counts as having left if she buys nothing for {horizon} days (an "
            "assumption: `horizon`)."
        ).format(horizon=horizon)
    )
