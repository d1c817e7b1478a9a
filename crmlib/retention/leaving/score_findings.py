"""What a score of leaving is worth, in sentences true of the data at hand."""

import numpy as np

from crmlib.ranking import top
from crmlib.retention.leaving import scores
from crmlib.text import Sentence, heading, joined
from crmlib.text import gettext as _

AGREE = 0.7  # share of the groups in which forecast and outcome must agree
SPREAD = 0.8  # slope, and one over it, beyond which forecasts are no numbers to count with


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
    """Whether a score beats the one rule beside it by more than chance, and which to take.

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
    0.312): it ranks better than the one rule. Take the model.
    """
    left = np.asarray(left, dtype=bool)
    heads = [
        _of_100(float(first @ left / first.sum())) for first in (top(score, 0.1), top(rule, 0.1))
    ]
    words = {
        "silence": _(
            "{all} of 100 left. Of the tenth with the highest risk by the model {model} of 100 "
            "left, of the tenth that has been silent longest {rule}."
        ),
        "youngest first": _(
            "{all} of 100 left. Of the tenth with the highest risk by the model {model} of 100 "
            "left, of the tenth that came last {rule}."
        ),
        "oldest first": _(
            "{all} of 100 left. Of the tenth with the highest risk by the model {model} of 100 "
            "left, of the tenth that has been there longest {rule}."
        ),
    }[name].format(all=_of_100(left.mean()), model=heads[0], rule=heads[1])
    found = scores.auc_difference(left, score, rule)
    if found["lower"] > 0:
        verdict = _("it ranks better than the one rule")
    elif found["upper"] < 0:
        verdict = _("it ranks worse than the one rule")
    else:
        verdict = _("no difference can be told from none")
    told = _("The model's AUC less that of {name} is {difference} ({lower} to {upper}): {verdict}.")
    told = told.format(
        name=heading(name),
        verdict=verdict,
        **{key: f"{value:.3f}".replace("-", "−") for key, value in found.items()},
    )
    advice = {
        "model": _("Take the model."),
        "rule": _("Take the one rule."),
        None: _("Neither is shown to rank better than a coin: take neither."),
    }[scores.advised(left, score, rule)]
    return Sentence(joined(words, told, advice))


def listed(by, customers, gone=0):
    """By what a list of risks is ordered, and who is not on it.

    Parameters
    ----------
    by : {"model", "rule", None}
        As :func:`crmlib.retention.leaving.scores.advised` says.
    customers : int
        Who are customers still.
    gone : int
        Those who have left by the definition.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(listed("rule", 1200, 800))  # doctest: +NORMALIZE_WHITESPACE
    1,200 are customers still, in the order of the one rule. The 800 others have left by the
    definition, and are not listed.
    """
    words = {
        "model": _("{n:,} are customers still, in the order of the model."),
        "rule": _("{n:,} are customers still, in the order of the one rule."),
        None: _("Nobody is listed: no order was shown to be better than a coin."),
    }[by].format(n=customers)
    left_out = _("The {gone:,} others have left by the definition, and are not listed.").format(
        gone=gone
    )
    return Sentence(joined(words, left_out if by and gone else ""))


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
        average, in their spread and in seven of ten groups; by their order only, where those
        told more did leave more often.

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
    words = _("Forecast were {forecast} of 100, and {observed} left ({least} to {most}).").format(
        **{name: _of_100(found[name]) for name in ("forecast", "observed", "least", "most")}
    )
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
            "of whom {told} of 100 were forecast and {came} left."
        )
    worst = groups.loc[(groups["forecast"] - groups["observed"]).abs().idxmax()]
    by_group = by_group.format(
        k=inside.sum(),
        n=len(groups),
        told=_of_100(worst["forecast"]),
        came=_of_100(worst["observed"]),
    )
    on_average = found["least"] <= found["forecast"] <= found["most"]
    as_spread = found["lower"] <= 1 <= found["upper"] or SPREAD <= found["slope"] <= 1 / SPREAD
    if found["lower"] <= 0:
        use = _("Neither the numbers nor their order are of use.")
    elif on_average and as_spread and inside.mean() >= AGREE:
        use = _("The numbers may be used in a calculation.")
    else:
        use = _("Use the order of the forecasts; as numbers they are rough.")
    return Sentence(joined(words, spread.format(slope=slope.replace("-", "−")), by_group, use))


def _of_100(share):
    """How many of a hundred: whole, or to a tenth below ten."""
    n = 100 * share
    return f"{n:.1f}" if 0 < n < 9.95 else f"{n:.0f}"
