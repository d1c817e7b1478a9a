"""What the figures of leaving say, in sentences true of the data at hand."""

import numpy as np
import pandas as pd

from crmlib.errors import CannotAnswer
from crmlib.retention.survival import kaplan_meier, survival_at
from crmlib.text import Sentence, joined
from crmlib.text import gettext as _

CUSTOMERS = 200  # known at the earlier cut: from fewer a score learns little
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
        As :func:`crmlib.retention.hazard.hazard_table` gives it.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> table = pd.DataFrame({"period": [1, 2], "at_risk": [900, 300], "left": [90, 10]})
    >>> print(early_and_late(table))
    In the first half of the periods lived, 10 % left a period; in the second, 3.3 %.
    """
    half = hazards["at_risk"].cumsum() <= hazards["at_risk"].sum() / 2
    half |= hazards["period"] == hazards["period"].min()
    rates = [
        100 * part["left"].sum() / max(part["at_risk"].sum(), 1)
        for part in (hazards[half], hazards[~half])
    ]
    return Sentence(
        _(
            "In the first half of the periods lived, {early:.2g} % left a period; in the second, "
            "{late:.2g} %."
        ).format(early=rates[0], late=rates[1])
    )


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
        If the log is shorter than three horizons, or fewer than 200 customers were known
        on the earlier day.

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
    known = log.loc[days <= found[0], "customer_id"].nunique()
    if known < CUSTOMERS:
        raise CannotAnswer(
            _(
                "This log cannot answer the question: on {day:%Y-%m-%d} it knew {n} customers, and "
                "{least} are needed."
            ).format(day=found[0], n=known, least=CUSTOMERS)
        )
    return found


def worth_of_score(card, left):
    """Whether a score beats the one rule beside it.

    Parameters
    ----------
    card : pandas.DataFrame
        As :func:`crmlib.retention.scores.scorecard` gives it, with rows ``model`` and
        ``silence``.
    left : bool array of shape (n,)

    Returns
    -------
    Sentence

    Examples
    --------
    >>> card = pd.DataFrame({"auc": [0.74, 0.73], "top": [0.9, 0.8]}, ["model", "silence"])
    >>> print(worth_of_score(card, [True, True, False, False]))
    50 of 100 left. Of the tenth that the model puts first, 90 of 100; silence alone finds 80.
    """
    model, rule = (100 * card.loc[name, "top"] for name in ("model", "silence"))
    return Sentence(
        _(
            "{all:.0f} of 100 left. Of the tenth that the model puts first, {model:.0f} of 100; "
            "silence alone finds {rule:.0f}."
        ).format(all=100 * np.mean(left), model=model, rule=rule)
    )
