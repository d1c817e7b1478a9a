"""What an exercise expects, and what kind of wrong another answer is.

An answer is a number, a choice (text), an ordering (list), a set or a table. For each the
kinds of wrong that happen in every subject are known here: a per cent for a fraction, the
sign, the period before. What is likely to go wrong in one exercise alone is listed beside
its solution, as the value that this mistake gives and its kind.
"""

import math
from dataclasses import dataclass, field
from numbers import Integral, Real

import pandas as pd

from crmlib.course.results import show
from crmlib.errors import DataError
from crmlib.text import escaped, hint
from crmlib.text import gettext as _

NEAR = 0.05  # relative; so near that something was rounded, not misunderstood
TIMES = (7, 365.2425 / 7, 12, 365.2425 / 84, 365.2425 / 12, 365.2425)  # one unit in another
FRACTIONS = ("fraction", "probability")
PERIODS = ("days", "weeks", "months", "years")


@dataclass(frozen=True)
class Expected:
    """One right answer and the likely wrong ones.

    Attributes
    ----------
    value : int, float, str, list, set or DataFrame
    unit : str
        What a number counts, such as ``"currency"``, ``"fraction"`` or ``"weeks"``.
    tolerance : float
        Largest relative difference of a number that still counts as right.
    mistakes : dict of str to object
        Kind of mistake -> the answer it leads to.
    """

    value: object
    unit: str = ""
    tolerance: float = 0.0
    mistakes: dict = field(default_factory=dict)

    def to_json(self):
        """The answer as JSON can hold it.

        Examples
        --------
        >>> expect({"B", "A"}).to_json()["value"]
        {'set': ['A', 'B']}
        """
        mistakes = {kind: _packed(value) for kind, value in self.mistakes.items()}
        return {**vars(self), "value": _packed(self.value), "mistakes": mistakes}

    @classmethod
    def from_json(cls, stored):
        """The answer that :meth:`to_json` stored.

        Examples
        --------
        >>> Expected.from_json(expect(["C", "A"]).to_json()).value
        ['C', 'A']
        """
        mistakes = {kind: _unpacked(value) for kind, value in stored["mistakes"].items()}
        return cls(**{**stored, "value": _unpacked(stored["value"]), "mistakes": mistakes})


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


def expect(value, unit="", tolerance=0.005, **mistakes):
    """A right answer, as the cell after the solutions records it.

    Parameters
    ----------
    value : number, str, list, set, DataFrame or Series
        Whole numbers, texts, orderings and sets must be met exactly.
    unit : str
        What a number counts.
    tolerance : float
        Relative, of a number that is not whole or of those in a table.
    **mistakes
        Kind of mistake, one of :func:`kinds` -> the answer it leads to.

    Returns
    -------
    Expected

    Raises
    ------
    DataError
        If a kind is unknown, or the answer is none of these.

    Examples
    --------
    >>> judge(expect(262.5, "currency", revenue=1050.0), 1050).kind
    'revenue'
    """
    for kind in mistakes:
        if kind not in kinds():
            raise DataError(
                _("{kind!r} is no kind of mistake; {hint}").format(
                    kind=kind, hint=hint(kind, kinds())
                )
            )
    if unit and unit not in units():
        raise DataError(
            _("{unit!r} is no unit; {hint}").format(unit=unit, hint=hint(unit, units()))
        )
    mistakes = {kind: _plain(answer) for kind, answer in mistakes.items()}
    value = _plain(value)
    if value is None:
        raise DataError(_("An answer is a number, a text, a list, a set or a table."))
    exact = not isinstance(value, float | pd.DataFrame)
    return Expected(value, unit, 0.0 if exact else tolerance, mistakes)


def kinds():
    """The kinds of mistake that an exercise can list, and what is said about each.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> kinds()["revenue"]
    'That counts what the customer pays. The firm keeps only the margin.'
    """
    return {
        "revenue": _("That counts what the customer pays. The firm keeps only the margin."),
        "at_once": _("That counts a margin paid at once. When does the first one come here?"),
        "a_period_later": _("That lets the first margin come a period later. When is it paid?"),
        "undiscounted": _("That takes money that comes later for money today."),
        "leaving_for_staying": _("That takes those who leave for those who stay, or the reverse."),
        "cumulative": _("That counts from the very beginning. Asked is one period alone."),
        "one_period": _("That is one period alone. Asked is all of them together."),
        "period_before": _("That is the period before the one asked for."),
        "period_after": _("That is the period after the one asked for."),
        "from_the_start": _(
            "You counted from the first purchase. Asked is the time since the last."
        ),
        "wrong_population": _("That is right for other customers than those asked for."),
        "observed": _("That is what was counted. Asked is what the model expects."),
        "first_included": _("That counts the first purchase too. Asked are the later ones."),
        "wrong_measure": _("That orders or adds up another column than the one asked for."),
        "other_fit": _("That is what another fit says. The task names the one to use."),
        "points_for_per_cent": _(
            "Points and per cent are mixed up: 80 plus 5 points is 85, plus 5 % is 84."
        ),
        "ratio_for_difference": _("That is a ratio. Asked is the difference."),
        "difference_for_ratio": _("That is a difference. Asked is the ratio."),
        "average_for_marginal": _("That is an average. What does the next unit cost, or bring?"),
        "acquisition_left_out": _("That leaves out what it costs to win a customer."),
        "after_the_change": _("That is how it stands after the change. Asked is before it."),
        "total_for_share": _("That is the number of all. Asked is a part of them."),
        "censored_left_out": _("That leaves out those still there. They count while watched."),
        "censored_as_gone": _("That counts those still there as gone when the watching ended."),
        "response_for_effect": _("That is what the contacted do. Some would have done it anyway."),
        "known_later": _("Something in it was known only after the day of the forecast."),
        "cost_left_out": _("That leaves out what the contact costs."),
    }


def units():
    """The units a number can have, and their names.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> units()["currency"]
    'currency'
    """
    return {
        "currency": _("currency"),
        "fraction": _("fraction"),
        "probability": _("probability"),
        "customers": _("customers"),
        "purchases": _("purchases"),
        "days": _("days"),
        "weeks": _("weeks"),
        "months": _("months"),
        "years": _("years"),
    }


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
    >>> print(judge(expect(0.05, "fraction"), 5))
    Not yet. You gave 5: that looks like a per cent. Give the fraction.
    """
    if answer is ...:
        return Verdict("unanswered", _("No answer yet. Put yours in place of the three dots."))
    given, wanted = _plain(answer), expected.value
    if _is_right(expected, wanted, given):
        return Verdict("right", _("Right."))
    for kind, mistake in expected.mistakes.items():
        if _is_right(expected, mistake, given):
            return _not_yet(kind, kinds()[kind])
    judges = {str: _choice, list: _ordering, set: _set, pd.DataFrame: _table}
    return judges.get(type(wanted), _number)(expected, given, answer)


def shown(value, unit="", tolerance=0.0):
    """An answer for the eye.

    Examples
    --------
    >>> shown(262.5, "currency", 0.005), shown(["C", "A"])
    ('262.5 (currency, within 0.5 %)', 'C, A')
    """
    if isinstance(value, pd.DataFrame):
        return value.to_string(index=False)
    if isinstance(value, list | set):
        return ", ".join(map(str, value if isinstance(value, list) else sorted(value, key=str)))
    if not isinstance(value, Real):
        return str(value)
    number = f"{value:.4g}" if isinstance(value, float) else str(value)
    within = _("within {share:.2g} %").format(share=100 * tolerance) if tolerance else ""
    told = _(", ").join(filter(None, [units().get(unit), within]))
    return _("{number} ({told})").format(number=number, told=told) if told else number


def _number(expected, given, answer):
    value, unit = expected.value, units().get(expected.unit, "")
    if not isinstance(given, Real) or not math.isfinite(given):
        return _not_yet(
            "no_number",
            _("Give one number ({unit}), without its sign or other text.").format(unit=unit)
            if unit
            else _("Give one number, without other text."),
        )

    def meets(number):
        return _close(given, number, max(expected.tolerance, 0.005))

    shown, small = show(given), abs(value) <= 1
    if meets(-value) and value:
        return _not_yet("sign", _("The size is right, the sign is not."))
    if expected.unit in FRACTIONS:
        if meets(100 * value):
            told = _("You gave {given}: that looks like a per cent. Give the fraction.")
            return _not_yet("per_cent", told.format(given=shown))
        if meets(1 - value):
            return _not_yet("opposite", _("That is the share, or probability, of the opposite."))
        if not 0 <= given <= 1 and small:
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
    if isinstance(value, Integral) and abs(given - value) == 1:
        told = _("One off. Does the count begin at 0 or at 1, and is the last one in?")
        return _not_yet("off_by_one", told)
    if value and meets(1 / value):
        return _not_yet("inverse", _("That is one divided by the answer: turn it over."))
    if _close(given, value, NEAR):
        return _not_yet(
            "rounded", _("Near, but not near enough. Was something rounded on the way?")
        )
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
        return _not_yet("items", told.format(items=", ".join(sorted(map(str, wanted)))))
    if given == wanted[::-1]:
        return _not_yet("reversed", _("That is the right order, from the wrong end."))
    right = sum(ours == theirs for ours, theirs in zip(given, wanted, strict=True))
    told = _("{n} of {all} stand in their place.")
    return _not_yet("wrong", told.format(n=right, all=len(wanted)))


def _set(expected, given, answer):
    if not isinstance(given, set):
        return _not_yet(
            "no_set", _("Give a set in braces, such as {example}.").format(example='{"a"}')
        )
    missing, wrong = len(expected.value - given), len(given - expected.value)
    if missing and wrong:
        told = _("{missing} are missing, {wrong} do not belong.")
    elif missing:
        told = _("All of these belong, but {missing} are missing.")
    else:
        told = _("All that belong are there, and {wrong} that do not.")
    return _not_yet("wrong", told.format(missing=missing, wrong=wrong))


def _table(expected, given, answer):
    wanted = expected.value
    if not isinstance(given, pd.DataFrame):
        return _not_yet("no_table", _("Give a table (a data frame)."))
    missing = [str(name) for name in wanted.columns if name not in given.columns]
    if missing:
        told = _("These columns are missing: {names}.").format(names=", ".join(missing))
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
    return _not_yet("values", told.format(names=", ".join(wrong)))


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


def _plain(value):
    """The answer as Python's own types, a table with its index as columns; None if it is none."""
    if isinstance(value, pd.Series):
        value = value.to_frame(value.name or "value")
    if isinstance(value, pd.DataFrame):
        named = any(name is not None for name in value.index.names)
        return value.reset_index() if named else value.reset_index(drop=True)
    if isinstance(value, frozenset):
        value = set(value)
    if isinstance(value, set | str):
        return value
    if isinstance(value, bool):
        return None
    if hasattr(value, "tolist"):
        value = value.tolist()
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, list | Integral):
        return value
    return float(value) if isinstance(value, Real) else None


def _packed(value):
    if isinstance(value, set):
        return {"set": sorted(value, key=str)}
    if isinstance(value, pd.DataFrame):
        return {"table": value.to_dict("list")}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _unpacked(value):
    if isinstance(value, dict):
        [(kind, content)] = value.items()
        return set(content) if kind == "set" else pd.DataFrame(content)
    return float(value) if value in ("nan", "inf", "-inf") else value
