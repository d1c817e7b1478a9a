"""What is said about an answer: right, or what kind of wrong; never the answer itself.

The kinds of wrong that happen in every subject are known here: a per cent for a fraction, the
sign, another unit of time. Those of one exercise alone are listed by the exercise.
"""

import math
from dataclasses import dataclass
from numbers import Real

import pandas as pd

from crmlib.course.expected import TOLERANCE, number, plain, units, within
from crmlib.course.mistakes import kinds
from crmlib.text import escaped, joined, ngettext
from crmlib.text import gettext as _

NEAR = 3  # so many tolerances off, something was rounded rather than misunderstood
TIMES = (7, 365.2425 / 7, 12, 365.2425 / 84, 365.2425 / 12, 365.2425)  # one unit in another
FRACTIONS = ("fraction", "probability", "rise")
BELOW_ONE = ("fraction", "probability")
PERIODS = ("days", "weeks", "months", "years")


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer; a notebook shows it as prose.

    Attributes
    ----------
    kind : str
        ``right``, ``unanswered``, ``cannot_judge``, ``wrong``, or the kind of mistake.
    message : str

    Examples
    --------
    >>> from crmlib.course.expected import expect
    >>> judge(expect(0.05, "fraction"), 0.05).right
    True
    """

    kind: str
    message: str

    @property
    def right(self):
        """Whether the answer is right."""
        return self.kind == "right"

    def __str__(self):
        return self.message

    __repr__ = __str__

    def _repr_markdown_(self):
        return ("✓ " if self.right else "") + escaped(self.message)


def judge(expected, answer):
    """What to say about an answer; never the right one.

    Parameters
    ----------
    expected : Expected
    answer : object
        ``...`` stands for no answer.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> from crmlib.course.expected import expect
    >>> print(judge(expect(0.05, "fraction"), 5))
    Not yet. You gave 5: that looks like a per cent. Give the fraction.
    """
    if answer is ...:
        return Verdict("unanswered", _("No answer yet. Put yours in place of the three dots."))
    given, wanted = plain(answer), expected.value
    if _is_right(expected, wanted, given):
        return Verdict("right", _("Right."))
    for kind, mistake in expected.mistakes.items():
        if _is_right(expected, mistake, given):
            return _not_yet(kind, kinds()[kind])
    judges = {str: _choice, list: _ordering, set: _set, pd.DataFrame: _table}
    return judges.get(type(wanted), _number)(expected, given, answer)


def _number(expected, given, answer):
    value, unit = expected.value, units().get(expected.unit, "")
    if not isinstance(given, Real) or not math.isfinite(given):
        return _not_yet(
            "no_number",
            _("Give one number ({unit}), without text.").format(unit=unit)
            if unit
            else _("Give one number, without text."),
        )

    def meets(wrong):
        return _close(given, wrong, max(expected.tolerance, TOLERANCE))

    shown = number(given)
    if meets(-value) and value:
        return _not_yet("sign", _("The size is right, the sign is not."))
    if expected.unit in FRACTIONS:
        if meets(100 * value):
            told = _("You gave {given}: that looks like a per cent. Give the fraction.")
            return _not_yet("per_cent", told.format(given=shown))
        if expected.unit == "rise" and meets(1 + value):
            told = _("That is what it is after, divided by before. Asked is the rise.")
            return _not_yet("ratio", told)
        if expected.unit in BELOW_ONE and meets(1 - value):
            return _not_yet("opposite", _("That is the share, or probability, of the opposite."))
        if expected.unit in BELOW_ONE and not 0 <= given <= 1:
            told = _("You gave {given}: a {unit} lies between 0 and 1.")
            return _not_yet("range", told.format(given=shown, unit=unit))
    elif meets(value / 100):
        told = _("You gave {given}: that looks like a fraction. Give the number ({unit}).")
        return _not_yet("fraction", told.format(given=shown, unit=unit))
    elif any(meets(value * times) or meets(value / times) for times in (1000, 10_000)):
        told = _("You gave {given}: the digits are right, the thousands are not.")
        return _not_yet("thousands", told.format(given=shown))
    if expected.unit in PERIODS and any(meets(value * f) or meets(value / f) for f in TIMES):
        told = _("You gave {given}: that looks like another unit of time. Give {unit}.")
        return _not_yet("unit", told.format(given=shown, unit=unit))
    if not expected.tolerance and abs(given - value) == 1:
        told = _("One off. Does the count begin at 0 or at 1, and is the last one in?")
        return _not_yet("off_by_one", told)
    if value and meets(1 / value):
        return _not_yet("inverse", _("That is one divided by the answer: turn it over."))
    if not expected.tolerance and _close(given, value, NEAR * TOLERANCE):
        return _not_yet("rounded", _("Near, but it must be exact. Was something rounded?"))
    if _close(given, value, NEAR * expected.tolerance):
        told = _("Near, but it must be right {within}. Was something rounded on the way?")
        return _not_yet("rounded", told.format(within=within(expected.tolerance)))
    return _not_yet("wrong", _("You gave {given}. The hint may help.").format(given=shown))


def _choice(expected, given, answer):
    if not isinstance(given, str):
        return _not_yet("no_choice", _('Give the letter of one choice in quotes, such as "a".'))
    return _not_yet("wrong", _("Look at the other choices again."))


def _ordering(expected, given, answer):
    wanted = expected.value
    if not isinstance(given, list):
        return _not_yet("no_list", _("Give a list in square brackets, the first one first."))
    if sorted(map(str, given)) != sorted(map(str, wanted)):
        told = _("The list must hold each of these once: {items}.")
        return _not_yet("items", told.format(items=_(", ").join(sorted(map(str, wanted)))))
    if given == wanted[::-1]:
        return _not_yet("reversed", _("That is the right order, from the wrong end."))
    right = sum(ours == theirs for ours, theirs in zip(given, wanted, strict=True))
    told = ngettext(
        "{n} of {all} stands in its place.", "{n} of {all} stand in their place.", right
    )
    return _not_yet("wrong", told.format(n=right, all=len(wanted)))


def _set(expected, given, answer):
    if not isinstance(given, set):
        return _not_yet(
            "no_set", _("Give a set in braces, such as {example}.").format(example='{"a"}')
        )
    if not given:
        return _not_yet("empty", _("The set is empty. What belongs in it?"))
    missing, wrong = len(expected.value - given), len(given - expected.value)
    fit = ngettext("{n} does not belong.", "{n} do not belong.", wrong) if wrong else ""
    lack = ngettext("{n} is missing.", "{n} are missing.", missing) if missing else ""
    told = joined(
        fit.format(n=wrong) or _("All of these belong."),
        lack.format(n=missing) or _("None is missing."),
    )
    return _not_yet("wrong", told)


def _table(expected, given, answer):
    wanted = expected.value
    if not isinstance(given, pd.DataFrame):
        return _not_yet("no_table", _("Give a table (a data frame)."))
    missing = [str(name) for name in wanted.columns if name not in given.columns]
    if missing:
        told = _("These columns are missing: {names}.").format(names=_(", ").join(missing))
        return _not_yet("columns", told)
    if len(given) != len(wanted):
        told = _("The table has {given} rows; that is the wrong population or period.")
        return _not_yet("rows", told.format(given=len(given)))
    wrong = [
        str(name)
        for name in wanted.columns
        if not _same_column(wanted[name], given[name], expected.tolerance)
    ]
    told = _("Rows and columns are right; look at the values of {names}.")
    return _not_yet("values", told.format(names=_(", ").join(wrong)))


def _not_yet(kind, told):
    return Verdict(kind, _("Not yet. {what}").format(what=told))


def _is_right(expected, value, given):
    if isinstance(value, pd.DataFrame):
        return (
            isinstance(given, pd.DataFrame)
            and len(given) == len(value)
            and set(value.columns) <= set(given.columns)
            and all(_same_column(value[n], given[n], expected.tolerance) for n in value.columns)
        )
    if isinstance(value, str):
        return isinstance(given, str) and given.strip().casefold() == value.strip().casefold()
    if isinstance(value, Real):
        return isinstance(given, Real) and _close(given, value, expected.tolerance)
    return type(given) is type(value) and given == value


def _close(given, value, tolerance):
    if not (math.isfinite(given) and math.isfinite(value)):
        return given == value
    return abs(given - value) <= max(tolerance * abs(value), 1e-9)


def _same_column(wanted, given, tolerance):
    pairs = zip(wanted.tolist(), given.tolist(), strict=True)
    return all(
        _close(b, a, tolerance) if isinstance(a, Real) and isinstance(b, Real) else a == b
        for a, b in pairs
    )
