"""What a log and the fitted models say, in sentences that are true of the data at hand."""

import numpy as np
from scipy.special import expit

from crmlib import customers
from crmlib.errors import CannotAnswer
from crmlib.quantities import amount
from crmlib.text import Sentence, joined, ngettext
from crmlib.text import gettext as _

REPEAT_BUYERS = 100  # four parameters from fewer are guesses
GAPS = 4  # so many usual gaps must fit into a log that is to be cut in half
FIXED = (
    0.8  # if so many purchases fall on the same day of the month, or of the gap, it is a contract
)
RARE = 0.01  # a smaller probability of leaving cannot be told from none
VAGUE = 0.4  # a wider interval of a probability says nothing


def suitability(log):
    """Whether a log of purchases can say who left and what customers will bring.

    Parameters
    ----------
    log : pandas.DataFrame
        As :func:`crmlib.transactions.read` gives it.

    Returns
    -------
    Sentence
        What it holds.

    Raises
    ------
    CannotAnswer
        If fewer than 100 customers came again, or fewer than 100 of them with an amount; if
        the log is shorter than four of their usual gaps, as half of it is to be hidden; or
        if the purchases come at fixed times, as payments under a contract do.

    Examples
    --------
    >>> from crmlib import datasets
    >>> print(suitability(datasets.transactions("cdnow")[0]))  # doctest: +ELLIPSIS
    It can: 1,139 of 2,357 customers came again. The log runs for 78 weeks; half of those...
    """
    table = customers.summarize(log, unit="week")
    repeat = table[table["frequency"] > 0]
    length = table["T"].max()
    gap = (repeat["recency"] / repeat["frequency"]).median()
    paying = int((repeat["monetary_value"] > 0).sum())
    lacks = []
    if len(repeat) < REPEAT_BUYERS:
        lacks.append(
            _("only {n:,} of {all:,} customers came again, and {least} are needed").format(
                n=len(repeat), all=len(table), least=REPEAT_BUYERS
            )
        )
    elif paying < REPEAT_BUYERS:
        lacks.append(
            _("only {n:,} of those who came again have amounts, and {least} are needed").format(
                n=paying, least=REPEAT_BUYERS
            )
        )
    if len(repeat) and length < GAPS * gap:
        lacks.append(
            _(
                "it runs for {length:.1f} weeks, and half of those who came again let {gap:.1f} "
                "weeks or more pass between purchases, of which at least {least} must fit in"
            ).format(length=length, gap=gap, least=GAPS)
        )
    if len(repeat) and _at_fixed_times(log):
        lacks.append(
            _(
                "its payments come at fixed times, as under a contract; there, whoever misses "
                "one has left, and nothing is to be guessed"
            )
        )
    if lacks:
        raise CannotAnswer(
            _("This log cannot answer the question: {lacks}.").format(lacks=_("; ").join(lacks))
        )
    return Sentence(
        _(
            "It can: {n:,} of {all:,} customers came again. The log runs for {length:.0f} weeks; "
            "half of those who came again let {gap:.2g} weeks or more pass between purchases, on "
            "average."
        ).format(n=len(repeat), all=len(table), gap=gap, length=length)
    )


def _at_fixed_times(log):
    """Whether nearly all repeat purchases fall on one day of the month, or follow one gap."""
    days = log["time"].dt.normalize().groupby(log["customer_id"]).unique().explode()
    days = days.astype("datetime64[us]").sort_values(kind="stable").sort_index(kind="stable")
    gaps = days.groupby(level=0).diff().dropna().dt.days
    on_day = days.dt.day.value_counts(normalize=True).iloc[0]
    in_step = ((gaps - gaps.median()).abs() <= 0.1 * gaps.median()).mean()
    return bool(gaps.median() > 2 and max(on_day, in_step) > FIXED)


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
    ...     {"purchases": [1882, 1004], "expected_purchases": [1700, 950.0], "money": [100, 50.0],
    ...      "expected_money": [80, 48.0], "promised_top": [None, 0.52],
    ...      "really_top": [None, 0.48], "past_spend_really_top": [None, 0.47]},
    ...     index=["all", "top"])
    >>> print(came_true(test, 39))  # doctest: +NORMALIZE_WHITESPACE
    In the hidden 39 weeks the forecast of purchases was 10 % too low, that of money 20 % too
    low; for the tenth ranked highest, money was 4 % too low. Of that tenth the model promised
    that 52 % would be among the most valuable tenth, and 48 % were; of a list sorted by past
    spend it would have been 47 %.
    """
    everyone, top = test.loc["all"], test.loc["top"]
    return Sentence(
        _(
            "In the hidden {weeks:.0f} weeks the forecast of purchases was {purchases}, that of "
            "money {money}; for the tenth ranked highest, money was {top}. Of that tenth the "
            "model promised that {promised:.0f} % would be among the most valuable tenth, and "
            "{really:.0f} % were; of a list sorted by past spend it would have been {past:.0f} %."
        ).format(
            weeks=weeks,
            purchases=_miss(everyone["expected_purchases"], everyone["purchases"]),
            money=_miss(everyone["expected_money"], everyone["money"]),
            top=_miss(top["expected_money"], top["money"]),
            promised=100 * top["promised_top"],
            really=100 * top["really_top"],
            past=100 * top["past_spend_really_top"],
        )
    )


def _miss(expected, actual):
    if not actual:
        return _("not to be judged, as there was none")
    share = 100 * (expected / actual - 1)
    if abs(share) < 0.5:
        return _("right to half a per cent")
    if share < 0:
        return _("{share:.0f} % too low").format(share=-share)
    return _("{share:.0f} % too high").format(share=share)


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
            times=years * 365.2425 / 7 / tested_weeks,
            margin=100 * margin,
            rate=100 * discount_rate,
        )
    )


def whom_to_act_on(values):
    """What a list of customers says about whom to win back, and about whom it says nothing.

    Parameters
    ----------
    values : pandas.DataFrame
        As :func:`crmlib.value.decision.customer_values` gives it.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.DataFrame({"probability_alive": [0.9, 0.2, None], "spent_so_far": [5, 9, 1.0]})
    >>> print(whom_to_act_on(values))  # doctest: +NORMALIZE_WHITESPACE
    Of 2 customers who came again, 1 has probably left (P(alive) below 50 %); those with the
    highest spent_so_far among them are the first candidates for an attempt to win back. 1 of 3
    bought once only: her P(alive) is left empty, as a model in which only a repeat purchase
    gives occasion to leave cannot know it.
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
    second = ngettext(
        "{once:,} of {all:,} bought once only: her P(alive) is left empty, as a model in which "
        "only a repeat purchase gives occasion to leave cannot know it.",
        "{once:,} of {all:,} bought once only: their P(alive) is left empty, as a model in which "
        "only a repeat purchase gives occasion to leave cannot know it.",
        once,
    )
    second = second.format(**words) if once else ""
    return Sentence(joined(first.format(**words), second))


def summary(values, test, years, currency=None):
    """The whole in three sentences.

    Parameters
    ----------
    values : pandas.DataFrame
        As :func:`crmlib.value.decision.customer_values` gives it.
    test : pandas.DataFrame
        As :func:`crmlib.value.validation.forecast_test` gives it.
    years : float
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.DataFrame({"lifetime_value": [60.0] + 9 * [5.0]})
    >>> test = pd.DataFrame(
    ...     {"money": [100, 50.0], "expected_money": [80, 48.0], "really_top": [None, 0.48]},
    ...     index=["all", "top"])
    >>> print(summary(values, test, 3))  # doctest: +NORMALIZE_WHITESPACE
    Over 3 years 10 customers should bring a margin of 105 in today's money, 57 % of it from the
    most valuable tenth. On a half of the log that it had not seen, a forecast of money made in
    the same way was 20 % too low. Of the tenth it ranked highest there, 48 % belonged there.
    """
    total = values["lifetime_value"].sum()
    top = values["lifetime_value"].nlargest(max(1, round(len(values) / 10))).sum()
    return Sentence(
        _(
            "Over {years:.3g} years {n:,} customers should bring a margin of {total} in "
            "today's money, {share:.0f} % of it from the most valuable tenth. On a half of the log "
            "that it had not seen, a forecast of money made in the same way was {miss}. Of the "
            "tenth it ranked highest there, {really:.0f} % belonged there."
        ).format(
            years=years,
            n=len(values),
            total=amount(total, currency=currency),
            share=100 * top / total if total else 0,
            miss=_miss(test.loc["all", "expected_money"], test.loc["all", "money"]),
            really=100 * test.loc["top", "really_top"],
        )
    )
