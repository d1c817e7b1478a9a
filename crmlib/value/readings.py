"""What a log and the fitted models say, in sentences that are true of the data at hand."""

import numpy as np
from scipy.special import expit

from crmlib.quantities import amount
from crmlib.text import Sentence, joined, ngettext
from crmlib.text import gettext as _
from crmlib.value.hidden_half import miss

RARE = 0.01  # a smaller probability of leaving cannot be told from none
VAGUE = 0.4  # a wider interval of a probability says nothing
MISSED = 0.2  # a forecast of money that missed by more is said to have, first of all


def leaving(model, table=None):
    """How readily customers leave, by the BG/NBD.

    Parameters
    ----------
    model : BGNBD
        Fitted. Of those still there, a share a / (a + b + j - 1) leaves after the j-th
        repeat purchase: p ~ Beta(a, b), and j - 1 times she stayed.
    table : data frame, optional
        What it was fitted to.

    Returns
    -------
    Sentence
        With a 95 % interval of the first share, on the scale of log-odds; if that is too
        wide to say anything, the sentence says so.

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD
    >>> print(leaving(BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})))
    ... # doctest: +NORMALIZE_WHITESPACE
    After the first repeat purchase 25 of 100 customers leave for good, after the tenth 6 of 100:
    those who leave easily are gone by then.
    """
    a, b = model.params_[["a", "b"]]
    first, tenth = a / (a + b), a / (a + b + 9)
    words = {"first": 100 * first, "tenth": 100 * tenth}
    if first < RARE:
        text = _(
            "By this fit hardly anybody leaves (fewer than 1 in 100 after a purchase). Then "
            "silence is slowness, not goodbye, and all that follows counts on nobody leaving."
        )
        if table is not None:
            words["least"] = np.floor(1000 * model.probability_alive(table).min()) / 10
            text = joined(
                text, _("P(alive) is at least {least:.1f} % for every customer of this log.")
            )
        return Sentence(text.format(**words))
    spread = getattr(model, "covariance_", None)
    if spread is None or not np.isfinite(spread.loc[["a", "b"], ["a", "b"]]).all(axis=None):
        text = _(
            "After the first repeat purchase {first:.0f} of 100 customers leave for good, after "
            "the tenth {tenth:.0f} of 100: those who leave easily are gone by then."
        )
        return Sentence(text.format(**words))
    error = spread.loc["a", "a"] / a**2 + spread.loc["b", "b"] / b**2
    error = np.sqrt(max(error - 2 * spread.loc["a", "b"] / (a * b), 0))
    low, high = expit(np.log(a / b) + 1.96 * error * np.array([-1, 1]))
    words |= {"low": 100 * low, "high": 100 * high}
    if high - low > VAGUE:
        text = _(
            "This log cannot tell how many leave: after the first repeat purchase anything from "
            "{low:.0f} to {high:.0f} of 100 fits it. Do not lean on P(alive)."
        )
    else:
        text = _(
            "After the first repeat purchase {first:.0f} of 100 customers leave for good (95 % "
            "interval {low:.0f} to {high:.0f}), after the tenth {tenth:.0f} of 100: those who "
            "leave easily are gone by then."
        )
    return Sentence(text.format(**words))


def assumptions(margin, discount_rate, years, today, tested_weeks):
    """What a lifetime value is counted with, beside the log.

    Parameters
    ----------
    margin : float
        Contribution per unit of revenue.
    discount_rate : float
        Per year.
    years : float
        How far ahead it looks.
    today : datetime-like
        Last day of the log.
    tested_weeks : float
        Over which the forecast was tested.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(assumptions(0.3, 0.15, 3, "1998-06-30", 39))  # doctest: +NORMALIZE_WHITESPACE
    Today is the last day of the log, 1998-06-30. Counted are 3 years from it, 4.0 times as long
    as the forecast was tested, with a margin of 30 % of revenue and money at 15 % a year. What
    it costs to reach or to win a customer is not subtracted.
    """
    return Sentence(
        _(
            "Today is the last day of the log, {today}. Counted are {years:.3g} years from it, "
            "{times:.1f} times as long as the forecast was tested, with a margin of {margin:.3g} % "
            "of revenue and money at {rate:.3g} % a year. What it costs to reach or to win a "
            "customer is not subtracted."
        ).format(
            today=str(today)[:10],
            years=years,
            times=_times(years, tested_weeks),
            margin=100 * margin,
            rate=100 * discount_rate,
        )
    )


def whom_to_act_on(values, test):
    """What a list of customers says about whom to win back, and about whom it says nothing.

    Parameters
    ----------
    values : pandas.DataFrame
        As :func:`crmlib.value.decision.customer_values` gives it.
    test : pandas.DataFrame
        As for :func:`crmlib.value.hidden_half.given_up`.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.DataFrame({"probability_alive": [0.9, 0.2, None], "spent_so_far": [5, 9, 1.0]})
    >>> test = pd.DataFrame({"customers": [40, 50], "bought_again": [0.3, 0.6]})
    >>> print(whom_to_act_on(values, test))  # doctest: +NORMALIZE_WHITESPACE
    Of 2 customers who came again, 1 has probably left (P(alive) below 50 %); those with the
    highest spent_so_far among them are the first candidates for an attempt to win back. But in
    the hidden half 12 of the 40 customers below 50 % bought again with no more than the shop did
    anyway: a discount sent to those would have been given away. 1 of 3 bought on one day only:
    her P(alive) is left empty, as a model in which only a repeat purchase gives occasion to leave
    cannot know it.
    """
    alive = values["probability_alive"]
    gone, once = int((alive < 0.5).sum()), int(alive.isna().sum())
    words = {"gone": gone, "once": once, "all": len(values), "again": len(values) - once}
    if gone:
        first = ngettext(
            "Of {again:,} customers who came again, {gone:,} has probably left (P(alive) below "
            "50 %); those with the highest spent_so_far among them are the first candidates for "
            "an attempt to win back.",
            "Of {again:,} customers who came again, {gone:,} have probably left (P(alive) below "
            "50 %); those with the highest spent_so_far among them are the first candidates for "
            "an attempt to win back.",
            gone,
        )
    else:
        first = _("By this fit no customer has probably left, so nobody is to be won back.")
    below = test.iloc[0]
    tested = ""
    if gone and below["customers"]:
        words |= {
            "came": round(below["bought_again"] * below["customers"]),
            "below": int(below["customers"]),
        }
        tested = _(
            "But in the hidden half {came:,} of the {below:,} customers below 50 % bought again "
            "with no more than the shop did anyway: a discount sent to those would have been given "
            "away."
        )
    last = ngettext(
        "{once:,} of {all:,} bought on one day only: her P(alive) is left empty, as a model in "
        "which only a repeat purchase gives occasion to leave cannot know it.",
        "{once:,} of {all:,} bought on one day only: their P(alive) is left empty, as a model in "
        "which only a repeat purchase gives occasion to leave cannot know it.",
        once,
    )
    return Sentence(joined(first, tested, last if once else "").format(**words))


def summary(values, test, years, tested_weeks, currency=None):
    """The whole in a few sentences.

    Parameters
    ----------
    values : pandas.DataFrame
        As :func:`crmlib.value.decision.customer_values` gives it.
    test : pandas.DataFrame
        As :func:`crmlib.value.validation.forecast_test` gives it.
    years : float
    tested_weeks : float
        Over which the forecast was tested.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Sentence
        How the test went stands first if money was missed by more than 20 %. If P(alive) is
        above 99 % for all repeat buyers, it says that nobody is taken to leave.

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.DataFrame(
    ...     {"lifetime_value": [60.0] + 9 * [5.0], "probability_alive": 5 * [0.9, None]})
    >>> test = pd.DataFrame(
    ...     {"money": [100, 50.0], "expected_money": [90, 48.0], "really_top": [None, 0.48]},
    ...     index=["all", "top"])
    >>> print(summary(values, test, 3, 39))  # doctest: +NORMALIZE_WHITESPACE
    Over 3 years, 4.0 times as long as the forecast was tested, 10 customers should bring a margin
    of 105 in today's money, 57 % of it from the most valuable tenth. On a half of the log that
    it had not seen, a forecast of money by the same models was 10 % too low. Of the customers it
    ranked in the top tenth there, 48 % belonged in it.
    """
    total = values["lifetime_value"].sum()
    top = values["lifetime_value"].nlargest(max(1, round(len(values) / 10))).sum()
    told = _(
        "Over {years:.3g} years, {times:.1f} times as long as the forecast was tested, {n:,} "
        "customers should bring a margin of {total} in today's money, {share:.0f} % of it from "
        "the most valuable tenth."
    ).format(
        years=years,
        times=_times(years, tested_weeks),
        n=len(values),
        total=amount(total, currency=currency),
        share=100 * top / total if total else 0,
    )
    stay = ""
    if values["probability_alive"].min() > 1 - RARE:
        stay = _(
            "This counts on hardly anybody leaving in all that time, which no log of this length "
            "can show; whoever leaves after all takes her part of it away."
        )
    expected, made = test.loc["all", ["expected_money", "money"]]
    tested = _(
        "On a half of the log that it had not seen, a forecast of money by the same models was "
        "{miss}. Of the customers it ranked in the top tenth there, {really:.0f} % belonged in it."
    ).format(miss=miss(expected, made), really=100 * test.loc["top", "really_top"])
    if abs(expected - made) > MISSED * made:
        return Sentence(joined(tested, told, stay))
    return Sentence(joined(told, stay, tested))


def _times(years, weeks):
    return years * 365.2425 / 7 / weeks
