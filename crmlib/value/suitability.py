"""Can a log of purchases answer at all? What it must hold, and what it must not."""

from crmlib import customers
from crmlib.errors import CannotAnswer
from crmlib.text import Sentence
from crmlib.text import gettext as _

REPEAT_BUYERS = 100  # four parameters from fewer are guesses
WEEKS = 26  # a shorter log shows hardly a goodbye
GAPS = 4  # so many usual gaps must fit into a log that is to be cut in half
FIXED = 0.8  # of the purchases on one day of the month, or of the gap: a contract


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
        the log is shorter than 26 weeks or than four of their usual gaps, as half of it is to
        be hidden; or if the purchases come at fixed times, as payments under a contract do.

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
            _(
                "only {n:,} of {all:,} customers came again, and {least} are needed, as from fewer "
                "the model's numbers are little more than a guess"
            ).format(n=len(repeat), all=len(table), least=REPEAT_BUYERS)
        )
    elif paying < REPEAT_BUYERS:
        lacks.append(
            _("only {n:,} of those who came again have amounts, and {least} are needed").format(
                n=paying, least=REPEAT_BUYERS
            )
        )
    if length < WEEKS:
        lacks.append(
            _(
                "it runs for {length:.1f} weeks, and {least} are needed, as half of it is hidden "
                "for a test and a short log shows no long silence"
            ).format(length=length, least=WEEKS)
        )
    elif len(repeat) and length < GAPS * gap:
        lacks.append(
            _(
                "it runs for {length:.1f} weeks, and half of those who came again let {gap:.1f} "
                "weeks or more pass between purchases, of which at least {least} must fit in"
            ).format(length=length, gap=gap, least=GAPS)
        )
    if len(repeat) and _at_fixed_times(log):
        lacks.append(
            _(
                "nearly all its payments come at fixed times, as under a contract, which lessons "
                "4.1 and 4.2 are about (if they are purchases only booked then, use the day of "
                "the order)"
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
