"""What the half of a log that the model did not see says of its forecast."""

import numpy as np

from crmlib.quantities import amount
from crmlib.text import Sentence, joined, ngettext
from crmlib.text import gettext as _

FEW = 10  # customers; of fewer nothing is said


def given_up(test):
    """Whether the model gives up silent customers too soon, too late, or neither.

    Parameters
    ----------
    test : pandas.DataFrame
        As :func:`crmlib.value.validation.alive_test` gives it, with the bounds 0, 0.5 and 1.

    Returns
    -------
    Sentence
        Too soon: those below 50 % made so many times the purchases expected of them that
        the 95 % interval of this ratio lies above one, and above that of the others, who may
        have been missed by as much for another reason. Too late: below.

    Examples
    --------
    >>> import pandas as pd
    >>> test = pd.DataFrame(
    ...     {"customers": [393, 553], "bought_again": [139 / 393, 352 / 553],
    ...      "expected_purchases": [183.6, 1152.2], "purchases": [310, 1238],
    ...      "error": [31.1, 65.6]})
    >>> print(given_up(test))  # doctest: +NORMALIZE_WHITESPACE
    P(alive) was below 50 % for 393 repeat buyers; 139 (35 %) bought again. They made 310
    purchases where 184 were expected, 1.69 times as many; for the others it was 1.07 times. So
    the model gives silent customers up too soon.
    """
    gone, others = test.iloc[0], test.iloc[-1]
    if not gone["customers"]:
        return Sentence(
            _(
                "P(alive) was below 50 % for none of {n:,} repeat buyers: by this fit nobody had "
                "probably left, and nothing tests whether the model sees who leaves."
            ).format(n=int(others["customers"]))
        )
    counted = ngettext(
        "P(alive) was below 50 % for {n:,} repeat buyer; {again:,} ({share:.0f} %) bought again.",
        "P(alive) was below 50 % for {n:,} repeat buyers; {again:,} ({share:.0f} %) bought again.",
        int(gone["customers"]),
    )
    if min(gone["customers"], others["customers"]) < FEW:
        made, verdict = "", _("They, or the others, are too few to judge the model by.")
    else:
        made = _(
            "They made {made:,} purchases where {expected:,.0f} were expected, {ratio:.2f} times "
            "as many; for the others it was {other:.2f} times."
        )
        verdict = _(
            "That is within what chance allows, or what the others were missed by, too: nothing "
            "says that the model gives silent customers up too soon or too late."
        )
        (low, high), (other_low, other_high) = (
            (row["purchases"] + np.array([-1.96, 1.96]) * row["error"]) / row["expected_purchases"]
            for row in (gone, others)
        )
        if low > max(1, other_high):
            verdict = _("So the model gives silent customers up too soon.")
        elif high < min(1, other_low):
            verdict = _("So the model gives silent customers up too late.")
    return Sentence(
        joined(counted, made, verdict).format(
            n=int(gone["customers"]),
            again=round(gone["bought_again"] * gone["customers"]),
            share=100 * gone["bought_again"],
            made=int(gone["purchases"]),
            expected=gone["expected_purchases"],
            ratio=gone["purchases"] / gone["expected_purchases"],
            other=others["purchases"] / others["expected_purchases"],
        )
    )


def when_missed(tracking, calibration_end_period, share=0.1):
    """Whether a forecast missed all along, or mostly in a few weeks.

    Parameters
    ----------
    tracking : pandas.DataFrame
        As :func:`crmlib.value.validation.tracking` gives it, in weeks.
    calibration_end_period : float
        The last week that the model saw.
    share : float
        How much of the hidden part a few weeks are.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> tracking = pd.DataFrame({"period": range(41), "expected": range(0, 410, 10)})
    >>> tracking["cumulative_repeat_purchases"] = tracking["expected"] + 30 * (tracking.period > 33)
    >>> print(when_missed(tracking, 20))  # doctest: +NORMALIZE_WHITESPACE
    In the hidden half the gap (made less expected) opened by +30 purchases. In the 2 weeks up to
    week 34 alone it was +30; opening evenly, it would have been +3.
    """
    hidden = tracking[tracking["period"] >= calibration_end_period]
    gap = hidden["cumulative_repeat_purchases"] - hidden["expected"]
    gap = gap - gap.iloc[0]
    rows = max(1, round(share * (len(gap) - 1)))
    change = gap.diff(rows).dropna()
    most = change.abs().idxmax()
    weeks = hidden["period"].diff(rows)[most]
    return Sentence(
        _(
            "In the hidden half the gap (made less expected) opened by {gap} purchases. In the "
            "{weeks:.2g} weeks up to week {end:.0f} alone it was {change}; opening evenly, it "
            "would have been {even}."
        ).format(
            gap=amount(gap.iloc[-1].round(), "+"),
            weeks=weeks,
            end=hidden["period"][most],
            change=amount(change[most].round(), "+"),
            even=amount((gap.iloc[-1] * rows / (len(gap) - 1)).round(), "+"),
        )
    )


def came_true(test, weeks):
    """Whether the forecast of purchases, money and ranking came true.

    Parameters
    ----------
    test : pandas.DataFrame
        As :func:`crmlib.value.validation.forecast_test` gives it.
    weeks : float
        Length of the hidden part.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> test = pd.DataFrame(
    ...     {"purchases": [1882, 1004, 334], "expected_purchases": [1700, 950.0, 318],
    ...      "money": [100, 50.0, 10], "expected_money": [80, 48.0, 11],
    ...      "inside": [0.9, 0.88, 0.9], "promised_top": [None, 0.52, None],
    ...      "really_top": [None, 0.48, None], "past_spend_really_top": [None, 0.47, None]},
    ...     index=["all", "top", "once"])
    >>> print(came_true(test, 39))  # doctest: +NORMALIZE_WHITESPACE
    In the hidden 39 weeks the forecast of purchases was 10 % too low, that of money 20 % too
    low; for the tenth ranked highest, money was 4 % too low, and for those who had not come
    again, 10 % too high. Of that tenth the model promised that 52 % would be among the most
    valuable tenth, and 48 % were; of a list sorted by past repeat spend it would have been 47 %.
    The interval of the middle 80 % of futures held what 88 % of that tenth brought.
    """
    everyone, top, once = test.loc["all"], test.loc["top"], test.loc["once"]
    return Sentence(
        _(
            "In the hidden {weeks:.0f} weeks the forecast of purchases was {purchases}, that of "
            "money {money}; for the tenth ranked highest, money was {top}, and for those who had "
            "not come again, {once}. Of that tenth the model promised that {promised:.0f} % "
            "would be among the most valuable tenth, and {really:.0f} % were; of a list sorted by "
            "past repeat spend it would have been {past:.0f} %. The interval of the middle 80 % "
            "of futures held what {inside:.0f} % of that tenth brought."
        ).format(
            weeks=weeks,
            purchases=miss(everyone["expected_purchases"], everyone["purchases"]),
            money=miss(everyone["expected_money"], everyone["money"]),
            top=miss(top["expected_money"], top["money"]),
            once=miss(once["expected_money"], once["money"]),
            promised=100 * top["promised_top"],
            really=100 * top["really_top"],
            past=100 * top["past_spend_really_top"],
            inside=100 * top["inside"],
        )
    )


def miss(expected, actual):
    """How far a forecast was off, in words.

    Parameters
    ----------
    expected, actual : float

    Returns
    -------
    str

    Examples
    --------
    >>> miss(84, 100), miss(100.2, 100)
    ('16 % too low', 'right to half a per cent')
    """
    if not actual:
        return _("not to be judged, as there was none")
    share = 100 * (expected / actual - 1)
    if abs(share) < 0.5:
        return _("right to half a per cent")
    if share < 0:
        return _("{share:.0f} % too low").format(share=-share)
    return _("{share:.0f} % too high").format(share=share)
