"""What an exercise expects: the right answer, and the wrong ones that are likely.

An answer is a number, a choice (text), an ordering (list), a set or a table. What is likely
to go wrong in one exercise alone is listed beside its solution, as the value that the mistake
gives and its kind, one of :mod:`crmlib.course.mistakes`.
"""

import math
from dataclasses import dataclass, field
from numbers import Integral, Real

import pandas as pd

from crmlib.course.mistakes import kinds
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import hint

TOLERANCE = 0.005  # relative, of a number that is not whole


@dataclass(frozen=True)
class Expected:
    """One right answer and the likely wrong ones.

    Attributes
    ----------
    value : int, float, str, list, set or DataFrame
    unit : str
        What a number counts, such as ``"currency"``, ``"fraction"`` or ``"weeks"``.
    tolerance : float
        Largest relative difference of a number that still counts as right; 0 is exact.
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


def expect(value, unit="", tolerance=None, **mistakes):
    """A right answer, as the cell after the solutions records it.

    Parameters
    ----------
    value : number, str, list, set, DataFrame or Series
        Texts, orderings and sets must be met exactly.
    unit : str
        What a number counts, one of :func:`units`.
    tolerance : float, optional
        Relative, of a number or of those in a table. If not given, whole numbers must be
        met exactly, and others within 0.5 %.
    **mistakes
        Kind of mistake, one of :func:`crmlib.course.mistakes.kinds` -> the answer it leads to.

    Returns
    -------
    Expected

    Raises
    ------
    DataError
        If a kind is unknown, or the answer is none of these.

    Examples
    --------
    >>> expect(262.5, "currency", revenue=1050.0)
    Expected(value=262.5, unit='currency', tolerance=0.005, mistakes={'revenue': 1050.0})
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
    mistakes = {kind: plain(answer) for kind, answer in mistakes.items()}
    value = plain(value)
    if value is None:
        raise DataError(_("An answer is a number, a text, a list, a set or a table."))
    if not isinstance(value, Real | pd.DataFrame):
        tolerance = 0.0
    elif tolerance is None:
        tolerance = 0.0 if isinstance(value, Integral) else TOLERANCE
    return Expected(value, unit, tolerance, mistakes)


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
        "rise": _("rise, as a fraction"),
        "customers": _("customers"),
        "purchases": _("purchases"),
        "days": _("days"),
        "weeks": _("weeks"),
        "months": _("months"),
        "years": _("years"),
    }


def shown(value, unit="", tolerance=None):
    """An answer for the eye, with its unit and how near one must come if they are given.

    Examples
    --------
    >>> shown(262.5, "currency", 0.005), shown(1094, "customers", 0.0)
    ('262.5 (currency, within 0.5 %)', '1,094 (customers, exactly)')
    >>> shown(["C", "A"])
    'C, A'
    """
    if isinstance(value, pd.DataFrame):
        return value.to_string(index=False)
    if isinstance(value, list | set):
        items = value if isinstance(value, list) else sorted(value, key=str)
        return _(", ").join(map(str, items))
    if not isinstance(value, Real):
        return str(value)
    near = within(tolerance) if tolerance is not None else ""
    told = _(", ").join(filter(None, [units().get(unit), near]))
    return _("{number} ({told})").format(number=number(value), told=told) if told else number(value)


def number(value):
    """A number for the eye, with the thousands apart: four digits, whole numbers whole.

    Examples
    --------
    >>> number(1094), number(0.05412), number(12345.6)
    ('1,094', '0.05412', '12,346')
    """
    if isinstance(value, Integral):
        return f"{value:,}"
    return f"{value:,.0f}" if 1000 <= abs(value) < math.inf else f"{value:.4g}"


def within(tolerance):
    """How near to the right number an answer must come.

    Examples
    --------
    >>> within(0.005), within(0.0)
    ('within 0.5 %', 'exactly')
    """
    if not tolerance:
        return _("exactly")
    return _("within {share:.2g} %").format(share=100 * tolerance)


def plain(value):
    """An answer as Python's own types, a table with its index as columns; None if it is none.

    Examples
    --------
    >>> plain(("C", "A")), plain({"a": 1}) is None
    (['C', 'A'], True)
    """
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
