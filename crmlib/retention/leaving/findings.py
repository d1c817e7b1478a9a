"""What the figures of leaving say, in sentences true of the data at hand."""

import numpy as np
import pandas as pd

from crmlib.errors import CannotAnswer
from crmlib.retention.leaving import hazard, scores
from crmlib.retention.leaving.survival import kaplan_meier, survival_at
from crmlib.retention.ranking import top
from crmlib.text import Sentence, heading, joined
from crmlib.text import gettext as _

CUSTOMERS = 200  # known at the earlier cut: from fewer a score learns little
AGREE = 0.7  # share of the groups in which forecast and outcome must agree
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


def one_rule(score, left, threshold):
    """What one rule does, "silent for so many days or more".

    Parameters
    ----------
    score : array of shape (n,)
        Days of silence.
    left : bool array of shape (n,)
    threshold : float

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(one_rule(np.array([3, 9, 40, 80]), np.array([False, True, True, True]), 40))
    Silent for 40 days or more are 50 of 100; 100 of 100 of them left, and 50 of 100 of the others.
    """
    said = np.asarray(score) >= threshold
    left = np.asarray(left, dtype=bool)
    hits, misses = (100 * left[part].mean() if part.any() else 0.0 for part in (said, ~said))
    return Sentence(
        _(
            "Silent for {days:.0f} days or more are {n:.0f} of 100; {hits:.0f} of 100 of them left, "
            "and {misses:.0f} of 100 of the others."
        ).format(days=threshold, n=100 * said.mean(), hits=hits, misses=misses)
    )


def worth_of_score(left, score, rule, name="silence"):
    """Whether a score beats the one rule beside it, by more than chance.

    Parameters
    ----------
    left : bool array of shape (n,)
    score, rule : arrays of shape (n,)
        More must mean more risk.
    name : str
        Of the rule: ``silence``, ``youngest first`` or ``oldest first``.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> left = np.repeat([True, False], 50)
    >>> score = np.arange(100)[::-1]
    >>> print(worth_of_score(left, score, np.roll(score, 10)))  # doctest: +NORMALIZE_WHITESPACE
    50 of 100 left. Of the tenth with the highest risk by the model 100 of 100 left, of the tenth
    that has been silent longest 100. The model's AUC less that of silence is 0.200 (0.088 to
    0.312): it ranks better than the one rule.
    """
    left = np.asarray(left, dtype=bool)
    heads = [
        100 * float(listed @ left / listed.sum()) for listed in (top(score, 0.1), top(rule, 0.1))
    ]
    words = {
        "silence": _(
            "{all:.0f} of 100 left. Of the tenth with the highest risk by the model {model:.0f} of "
            "100 left, of the tenth that has been silent longest {rule:.0f}."
        ),
        "youngest first": _(
            "{all:.0f} of 100 left. Of the tenth with the highest risk by the model {model:.0f} of "
            "100 left, of the tenth that came last {rule:.0f}."
        ),
        "oldest first": _(
            "{all:.0f} of 100 left. Of the tenth with the highest risk by the model {model:.0f} of "
            "100 left, of the tenth that has been there longest {rule:.0f}."
        ),
    }[name].format(all=100 * left.mean(), model=heads[0], rule=heads[1])
    found = scores.auc_difference(left, score, rule)
    sees, rule_sees = (
        scores.auc_difference(left, one, np.zeros(len(left)))["lower"] > 0 for one in (score, rule)
    )
    if found["lower"] > 0:
        verdict = _("it ranks better than the one rule")
    elif found["upper"] < 0:
        verdict = _("it ranks worse than the one rule")
    elif rule_sees:
        verdict = _("no difference can be told from none, so take the one rule")
    else:
        verdict = _("no difference can be told from none")
    told = _("The model's AUC less that of {name} is {difference} ({lower} to {upper}): {verdict}.")
    told = told.format(
        name=heading(name),
        verdict=verdict,
        **{key: f"{value:.3f}".replace("-", "−") for key, value in found.items()},
    )
    blind = ""
    if not sees:
        blind = _("The model ranks no better than a coin.")
        if not rule_sees:
            blind = _("Neither ranks better than a coin.")
    return Sentence(joined(words, told, blind))


def calibrated(left, probability):
    """Whether forecasts came true: on average, in their spread, and group by group.

    Parameters
    ----------
    left : bool array of shape (n,)
    probability : array of shape (n,)

    Returns
    -------
    Sentence
        Its end says what the forecasts may be used for: as numbers, where they are right on
        average and in seven of ten groups; by their order only, where those told more did
        leave more often.

    Examples
    --------
    >>> forecast = np.repeat([0.2, 0.5, 0.8], 100)
    >>> left = np.arange(300) % 100 < 100 * forecast
    >>> print(calibrated(left, forecast))  # doctest: +NORMALIZE_WHITESPACE
    Forecast were 50 of 100, and 50 left (44 to 56). High and low forecasts lie as far apart as what
    came (slope 1.00, 0.75 to 1.25). In 2 of 2 groups the forecast lies within the interval. The
    numbers may be used in a calculation.
    """
    found = scores.calibration(left, probability)
    groups = scores.calibration_table(left, probability)
    words = _(
        "Forecast were {forecast:.0f} of 100, and {observed:.0f} left ({least:.0f} to {most:.0f})."
    ).format(**{name: 100 * found[name] for name in ("forecast", "observed", "least", "most")})
    if np.isnan(found["slope"]):
        alike = _("The forecasts are all alike, so they tell nobody from anybody.")
        return Sentence(joined(words, alike))
    if found["lower"] <= 0:
        spread = _("High forecasts did not come true more often than low ones ({slope}).")
    elif found["lower"] > 1:
        spread = _(
            "They are too timid: what came lies further apart than high and low forecasts "
            "({slope})."
        )
    elif found["upper"] < 1:
        spread = _(
            "They are too bold: high and low forecasts lie further apart than what came ({slope})."
        )
    else:
        spread = _("High and low forecasts lie as far apart as what came ({slope}).")
    slope = _("slope {slope:.2f}, {lower:.2f} to {upper:.2f}").format(
        **{name: found[name] for name in ("slope", "lower", "upper")}
    )
    inside = groups["forecast"].between(groups["lower"], groups["upper"])
    by_group = _("In {k} of {n} groups the forecast lies within the interval.")
    if not inside.all():
        by_group = _(
            "In {k} of {n} groups the forecast lies within the interval; furthest off is a group "
            "of whom {told:.0f} of 100 were forecast and {came:.0f} left."
        )
    worst = groups.loc[(groups["forecast"] - groups["observed"]).abs().idxmax()]
    by_group = by_group.format(
        k=inside.sum(), n=len(groups), told=100 * worst["forecast"], came=100 * worst["observed"]
    )
    on_average = found["least"] <= found["forecast"] <= found["most"]
    if found["lower"] <= 0:
        use = _("Neither the numbers nor their order are of use.")
    elif on_average and inside.mean() >= AGREE:
        use = _("The numbers may be used in a calculation.")
    else:
        use = _("Use the order of the forecasts; as numbers they are rough.")
    return Sentence(joined(words, spread.format(slope=slope.replace("-", "−")), by_group, use))
