"""What a fitted model says, in a sentence that is true of the data at hand."""

from crmlib import customers
from crmlib.errors import CannotAnswer
from crmlib.text import Sentence
from crmlib.text import gettext as _

REPEAT_BUYERS = 50  # four parameters from fewer are guesses
GAPS = 4  # so many usual gaps must fit into a log that is to be cut in half
RARE = 0.01  # a smaller probability of leaving cannot be told from none


def suitability(log):
    """Whether a log of purchases can say who left and what customers will bring.

    Parameters
    ----------
    log : table
        As in :func:`crmlib.customers.summarize`.

    Returns
    -------
    Sentence
        What it holds.

    Raises
    ------
    CannotAnswer
        If fewer than 50 customers came again, or fewer than 50 of them with an amount, or
        the log is shorter than four of their usual gaps: half of it is to be hidden.

    Examples
    --------
    >>> from crmlib import datasets
    >>> print(suitability(datasets.transactions("cdnow")[0]))  # doctest: +ELLIPSIS
    It can: 1,139 of 2,357 customers came again. Between purchases they let 11 weeks pass...
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
                "it runs for {length:.1f} weeks, and between purchases customers let {gap:.1f} "
                "weeks pass, of which at least {least} must fit in"
            ).format(length=length, gap=gap, least=GAPS)
        )
    if lacks:
        raise CannotAnswer(
            _("This log cannot answer the question: {lacks}.").format(lacks="; ".join(lacks))
        )
    return Sentence(
        _(
            "It can: {n:,} of {all:,} customers came again. Between purchases they let "
            "{gap:.2g} weeks pass (half of them fewer, half more), and the log runs for "
            "{length:.0f} weeks."
        ).format(n=len(repeat), all=len(table), gap=gap, length=length)
    )


def leaving(model):
    """How readily customers leave, by the BG/NBD.

    Parameters
    ----------
    model : BGNBD
        Fitted. Of those still there, a share a / (a + b + j - 1) leaves after the j-th
        repeat purchase: p ~ Beta(a, b), and j - 1 times she stayed.

    Returns
    -------
    Sentence

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
    if first < RARE:
        return Sentence(
            _(
                "By this fit hardly anybody leaves (fewer than 1 in 100 after a purchase). Then "
                "silence is slowness, not goodbye; P(alive) stays near 100 % for everyone, and "
                "this log has nobody who is known to be gone."
            )
        )
    return Sentence(
        _(
            "After the first repeat purchase {first:.0f} of 100 customers leave for good, after "
            "the tenth {tenth:.0f} of 100: those who leave easily are gone by then."
        ).format(first=100 * first, tenth=100 * tenth)
    )


def assumptions(margin, discount_rate):
    """What a lifetime value is counted with, beside the log.

    Parameters
    ----------
    margin : float
        Contribution per unit of revenue.
    discount_rate : float
        Per year.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(assumptions(0.3, 0.15))
    Counted with a margin of 30 % of revenue and money at 15 % a year; set your own before you act.
    """
    return Sentence(
        _(
            "Counted with a margin of {margin:.3g} % of revenue and money at {rate:.3g} % a year; "
            "set your own before you act."
        ).format(margin=100 * margin, rate=100 * discount_rate)
    )
