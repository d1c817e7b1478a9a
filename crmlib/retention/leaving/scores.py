"""Is a score any good: ranking, probability, and the one-rule baseline beside it.

A score that cannot beat "silent for k days" is not worth its upkeep. What it is asked:
does it put those who leave before those who stay (AUC, and the share that leaves among
the top of the list), by more than chance (the interval of a difference), and does "70 %" come
true 70 times in a hundred (calibration)?
"""

import numpy as np
import pandas as pd
from scipy import special, stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve

from crmlib.checks import numbers
from crmlib.ranking import top
from crmlib.retention.tables import share_interval, yes_or_no


def one_rule(score, left):
    """The threshold k that best tells those who leave: "score of k or more".

    Best by the rate of hits less the rate of false alarms (Youden 1950, Cancer 3).

    Parameters
    ----------
    score : array of shape (n,)
        One feature, such as days of silence; more must mean more risk.
    left : bool array of shape (n,)

    Returns
    -------
    float

    Examples
    --------
    >>> one_rule([3, 9, 40, 80], [False, False, True, True])
    40.0
    """
    false_alarms, hits, thresholds = roc_curve(yes_or_no(left, "left", True, False), score)
    return float(thresholds[np.argmax(hits - false_alarms)])


def scorecard(left, scores, share=0.1):
    """Scores side by side, on customers whose outcome they did not see.

    Parameters
    ----------
    left : bool array of shape (n,)
    scores : dict of str to array of shape (n,)
        More must mean more risk. A rule is a score of 0 and 1.
    share : float
        Length of the list, as a share of the customers, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        By score: ``auc`` (probability that who left scores above who stayed; 0.5 is a coin),
        ``top`` (share that left among the top of the list; equal scores compete by lot),
        ``lift`` (that by the share of all who left) and ``brier`` (mean squared error; missing
        if the score is no probability). A rule that says yes to more customers than the list
        holds has no top, and no lift.

    Raises
    ------
    DataError
        If a value cannot be used.

    Examples
    --------
    >>> left = [True, True, False, False]
    >>> scorecard(left, {"model": [0.9, 0.6, 0.3, 0.1], "rule": [1, 0, 0, 1]}, share=0.5)
           auc  top  lift   brier
    model  1.0  1.0   2.0  0.0675
    rule   0.5  0.5   1.0  0.5000
    """
    left = yes_or_no(left, "left", True, False)
    found = {}
    for name, score in scores.items():
        score = numbers(name, score, np.isfinite, "a number for each customer")
        listed = top(score, share)
        caught = float(listed @ left / listed.sum())
        if len(np.unique(score)) == 2 and (score == score.max()).mean() > share:
            caught = np.nan
        found[name] = {
            "auc": roc_auc_score(left, score),
            "top": caught,
            "lift": caught / left.mean(),
            "brier": brier_score_loss(left, score)
            if score.min() >= 0 and score.max() <= 1
            else np.nan,
        }
    return pd.DataFrame(found).T


def auc_difference(left, score, other, confidence=0.95):
    """How far one score ranks better than another, and the interval of the difference.

    The variance is that of DeLong, DeLong and Clarke-Pearson (1988, Biometrics 44): each
    customer who left is placed among those who stayed, and the other way round, by either
    score; since both scores see the same customers, the two AUCs rise and fall together, and
    the interval of their difference is narrower than those of the two.

    Parameters
    ----------
    left : bool array of shape (n,)
    score, other : arrays of shape (n,)
        More must mean more risk.
    confidence : float

    Returns
    -------
    pandas.Series
        ``difference`` (AUC of the first less that of the second), ``lower`` and ``upper``.

    Raises
    ------
    DataError
        If a value cannot be used.

    Examples
    --------
    >>> left, score = np.repeat([True, False], 50), np.arange(100)[::-1]
    >>> auc_difference(left, score, np.roll(score, 10)).round(3).tolist()
    [0.2, 0.088, 0.312]
    """
    left = yes_or_no(left, "left", True, False)
    gone, stayed = [], []
    for name, given in (("score", score), ("other", other)):
        given = numbers(name, given, np.isfinite, "a number for each customer")
        among = stats.rankdata(given)
        gone.append((among[left] - stats.rankdata(given[left])) / (~left).sum())
        stayed.append(1 - (among[~left] - stats.rankdata(given[~left])) / left.sum())
    difference = gone[0].mean() - gone[1].mean()
    variance = sum(np.var(a - b, ddof=1) / len(a) for a, b in (gone, stayed))
    reach = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(variance)
    return pd.Series(
        {"difference": difference, "lower": difference - reach, "upper": difference + reach}
    )


def advised(left, model, rule):
    """Which of two orders to go by: the model's only if it is shown to be better.

    Parameters
    ----------
    left : bool array of shape (n,)
    model, rule : arrays of shape (n,)
        More must mean more risk.

    Returns
    -------
    {"model", "rule", None}
        The model if it ranks better than a coin, and better than the rule or the rule no better
        than a coin; else the rule if it ranks better than a coin. Better is what the interval
        says (:func:`auc_difference`).

    Raises
    ------
    DataError
        If a value cannot be used.

    Examples
    --------
    >>> left, score = np.repeat([True, False], 50), np.arange(100)[::-1]
    >>> advised(left, score, np.roll(score, 10)), advised(left, np.roll(score, 10), score)
    ('model', 'rule')
    """
    coin = np.zeros(len(left))
    model_sees, rule_sees, better = (
        auc_difference(left, one, other)["lower"] > 0
        for one, other in ((model, coin), (rule, coin), (model, rule))
    )
    if model_sees and (better or not rule_sees):
        return "model"
    return "rule" if rule_sees else None


def calibration(left, probability, confidence=0.95):
    """Whether forecasts are right on average, and whether they are spread as the truth is.

    The slope is that of Cox (1958, Biometrika 45): b in logit p(left) = a + b logit(forecast).
    Forecasts that are too timid, the high ones too low and the low ones too high, have a slope
    above 1; those that are too bold have one below.

    Parameters
    ----------
    left : bool array of shape (n,)
    probability : array of shape (n,)
        Forecast of leaving, 0 to 1.
    confidence : float

    Returns
    -------
    pandas.Series
        ``forecast`` (mean), ``observed`` (share that left) with Wilson's limits ``least`` and
        ``most``, and ``slope`` with ``lower`` and ``upper``; the slope is missing if all
        forecasts are equal, or all who left, or nobody.

    Raises
    ------
    DataError
        If a forecast is no probability.

    Examples
    --------
    >>> forecast = np.repeat([0.2, 0.5, 0.8], 100)
    >>> left = np.arange(300) % 100 < 100 * forecast
    >>> calibration(left, forecast)[["observed", "slope"]].round(3).tolist()
    [0.5, 1.0]
    """
    left = yes_or_no(left, "left", True, False)
    probability = numbers("probability", probability, lambda p: (p >= 0) & (p <= 1), "0 to 1")
    least, most = share_interval([left.sum()], [len(left)], confidence)
    found = {
        "forecast": probability.mean(),
        "observed": left.mean(),
        "least": least[0],
        "most": most[0],
    }
    slope = error = np.nan
    if np.ptp(probability) > 0 and 0 < left.mean() < 1:
        logit = special.logit(np.clip(probability, 1e-6, 1 - 1e-6))[:, None]
        fitted = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000).fit(logit, left)
        came = fitted.predict_proba(logit)[:, 1]
        terms = np.column_stack([np.ones(len(left)), logit])
        information = terms.T @ (terms * (came * (1 - came))[:, None])
        slope, error = fitted.coef_[0, 0], np.sqrt(np.linalg.pinv(information)[1, 1])
    reach = stats.norm.ppf((1 + confidence) / 2) * error
    return pd.Series(found | {"slope": slope, "lower": slope - reach, "upper": slope + reach})


def calibration_table(left, probability, groups=10, confidence=0.95):
    """Forecast and outcome in groups of equal size, from the lowest risk to the highest.

    Parameters
    ----------
    left : bool array of shape (n,)
    probability : array of shape (n,)
        Forecast of leaving, 0 to 1.
    groups : int
        Fewer are made if many forecasts are equal.
    confidence : float
        Of Wilson's intervals.

    Returns
    -------
    pandas.DataFrame
        ``customers``, ``forecast`` (mean), ``observed`` (share that left), ``lower`` and
        ``upper``.

    Raises
    ------
    DataError
        If a forecast is no probability.

    Examples
    --------
    >>> forecast = [0.1, 0.1, 0.4, 0.4, 0.9, 0.9]
    >>> calibration_table([0, 0, 1, 0, 1, 1], forecast, 3)["observed"].tolist()
    [0.0, 0.5, 1.0]
    """
    left = yes_or_no(left, "left", True, False)
    probability = numbers("probability", probability, lambda p: (p >= 0) & (p <= 1), "0 to 1")
    group = pd.qcut(probability, min(groups, len(left)), labels=False, duplicates="drop")
    if np.isnan(group).all():  # all forecasts are equal
        group = np.zeros(len(left))
    found = pd.DataFrame({"group": group, "forecast": probability, "left": left}).groupby("group")
    table = found.agg(customers=("left", "size"), forecast=("forecast", "mean"))
    gone = found["left"].sum()
    lower, upper = share_interval(gone, table["customers"], confidence)
    return table.assign(observed=gone / table["customers"], lower=lower, upper=upper)
