"""The numbers a lesson promises.

The last cell of a lesson names them::

    results.record("3.2", dataset, customers=len(table), r=model.params_["r"])

What it shows is a small table for the reader and, in the same output, the same numbers
for the machine. The committed notebook is executed, so it holds the record itself; a
run compares its own numbers with that one, each within its own relative tolerance.
"""

import math
from dataclasses import dataclass
from html import escape
from numbers import Integral, Real

from crmlib.errors import DataError
from crmlib.text import gettext as _

MIME = "application/vnd.crmlib.results+json"
TAG = "results"
FLOOR = 1e-12  # absolute: what may stand where zero was recorded


@dataclass(frozen=True)
class Record:
    """Named numbers, each with its relative tolerance.

    Attributes
    ----------
    lesson : str
        Number of the lesson.
    dataset : str
        What it ran on.
    values : dict of str to int or float
    tolerances : dict of str to float
        Largest relative difference that still counts as the same number; 0 is exact.
    """

    lesson: str
    dataset: str
    values: dict
    tolerances: dict

    def to_json(self):
        """The record as JSON can hold it; NaN and infinities become words.

        Examples
        --------
        >>> record("3.2", "cdnow", gap=float("nan")).to_json()["values"]
        {'gap': 'nan'}
        """
        return {**vars(self), "values": {name: _plain(v) for name, v in self.values.items()}}

    @classmethod
    def from_json(cls, stored):
        """The record that :meth:`to_json` stored.

        Examples
        --------
        >>> Record.from_json(record("3.2", "cdnow", customers=2357).to_json()).values
        {'customers': 2357}
        """
        values = {
            name: float(value) if isinstance(value, str) else value
            for name, value in stored["values"].items()
        }
        return cls(stored["lesson"], stored["dataset"], values, stored["tolerances"])

    def __str__(self):
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            f"{name:<{widths[0]}}  {value:>{widths[1]}}  {tolerance}"
            for name, value, tolerance in rows
        )

    def _rows(self):
        heading = (_("Result"), _("Value"), _("Relative tolerance"))
        exact = _("exact")
        return [heading] + [
            (name, show(value), f"{self.tolerances[name]:g}" if self.tolerances[name] else exact)
            for name, value in self.values.items()
        ]

    def _repr_mimebundle_(self, include=None, exclude=None):
        heading, *rows = self._rows()
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heading)
        body = "\n".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{value}</td><td>{tolerance}</td></tr>'
            for name, value, tolerance in rows
        )
        return {
            "text/plain": str(self),
            "text/html": f"<table>\n<tr>{head}</tr>\n{body}\n</table>",
            MIME: self.to_json(),
        }


@dataclass(frozen=True)
class Difference:
    """One number that is not what was recorded; as text, a sentence.

    Attributes
    ----------
    name : str
    kind : {'moved', 'missing', 'new'}
        Outside its tolerance; recorded but not computed; computed but not recorded.
    expected, actual : float or None
    tolerance : float or None
        Relative.
    """

    name: str
    kind: str
    expected: float | None = None
    actual: float | None = None
    tolerance: float | None = None

    def to_json(self):
        """The difference as JSON can hold it.

        Examples
        --------
        >>> Difference("r", "new", actual=0.25).to_json()["actual"]
        0.25
        """
        return {**vars(self), "expected": _plain(self.expected), "actual": _plain(self.actual)}

    def __str__(self):
        if self.kind == "missing":
            text = _("{name}: {expected} is recorded, and this run gave no such number")
        elif self.kind == "new":
            text = _("{name}: this run gave {actual}, and no such number is recorded")
        elif self.tolerance:
            text = _("{name}: {expected} → {actual} (allowed relative difference {tolerance:g})")
        else:
            text = _("{name}: {expected} → {actual} (must be exact)")
        return text.format(
            name=self.name,
            expected=show(self.expected),
            actual=show(self.actual),
            tolerance=self.tolerance,
        )


def record(lesson, dataset, *, tolerance=1e-6, tolerances=None, **values):
    """Record what a lesson promises; the last cell of every lesson is this call.

    Parameters
    ----------
    lesson : str
        Number of the lesson, such as ``"3.2"``.
    dataset : str
        The lesson's ``dataset`` parameter.
    tolerance : float
        Relative tolerance of every float; whole numbers must be exact.
    tolerances : dict of str to float, optional
        Relative tolerance of single numbers, where ``tolerance`` will not do.
    **values : int or float
        The numbers, by name. NaN says that there is none on this data set.

    Returns
    -------
    Record
        A notebook shows it as a table. Floats keep two digits more than their
        tolerance needs, so that noise below it does not change the notebook.

    Raises
    ------
    DataError
        If a value is not one number, or a tolerance belongs to no value or is not
        in [0, 1).

    Examples
    --------
    >>> print(record("3.2", "cdnow", customers=2357, r=0.24259, tolerances={"r": 1e-3}))
    Result       Value  Relative tolerance
    customers     2357  exact
    r          0.24259  0.001
    """
    given = dict(tolerances or {})
    numbers, allowed = {}, {}
    for name, value in values.items():
        value = value.item() if getattr(value, "size", None) == 1 else value
        if not isinstance(value, Real) or isinstance(value, bool):
            raise DataError(
                _("The result {name!r} of lesson {lesson} is {value!r}; give one number.").format(
                    name=name, lesson=lesson, value=value
                )
            )
        whole = isinstance(value, Integral)
        allowed[name] = given.pop(name, 0.0 if whole else tolerance)
        if not 0 <= allowed[name] < 1:
            raise DataError(
                _(
                    "The tolerance of {name!r} is {value}; give one that is at least 0 and under 1."
                ).format(name=name, value=allowed[name])
            )
        numbers[name] = int(value) if whole else _rounded(float(value), allowed[name])
    if given:
        raise DataError(
            _("There is a tolerance for {names}, which lesson {lesson} does not record.").format(
                names=_(", ").join(map(repr, given)), lesson=lesson
            )
        )
    return Record(str(lesson), str(dataset), numbers, allowed)


def read(notebook):
    """The record that an executed notebook holds.

    Parameters
    ----------
    notebook : dict
        As :func:`crmlib.course.notebook.read` gives it.

    Returns
    -------
    Record or None
        None if the notebook was not executed to its end or records nothing.

    Examples
    --------
    >>> read({"cells": []}) is None
    True
    """
    for cell in notebook["cells"]:
        if TAG in cell["metadata"].get("tags", []):
            for output in cell.get("outputs", []):
                if MIME in output.get("data", {}):
                    return Record.from_json(output["data"][MIME])
    return None


def compare(expected, actual):
    """Where a run differs from what was recorded.

    Parameters
    ----------
    expected : Record or None
        What the committed notebook holds; its tolerances count. None: nothing is
        recorded yet.
    actual : Record
        What this run gave.

    Returns
    -------
    list of Difference
        Empty if every number is there, no other is, and each lies within
        ``tolerance * |expected|`` of the recorded one (within ``1e-12`` of a zero).
        NaN equals NaN only.

    Examples
    --------
    >>> before = record("3.2", "cdnow", r=0.2426, tolerance=1e-3)
    >>> compare(before, record("3.2", "cdnow", r=0.2427, tolerance=1e-3))
    []
    >>> print(*compare(before, record("3.2", "cdnow", r=0.25)))
    r: 0.2426 → 0.25 (allowed relative difference 0.001)
    """
    before = expected.values if expected else {}
    differences = []
    for name, value in before.items():
        tolerance = expected.tolerances[name]
        if name not in actual.values:
            differences.append(Difference(name, "missing", expected=value))
        elif not _same(value, actual.values[name], tolerance):
            differences.append(Difference(name, "moved", value, actual.values[name], tolerance))
    for name, value in actual.values.items():
        if name not in before:
            differences.append(Difference(name, "new", actual=value))
    return differences


def show(value):
    """A number for the eye: seven digits at most, whole numbers whole.

    Examples
    --------
    >>> show(2357), show(-9582.4292), show(1 / 3)
    ('2357', '-9582.429', '0.3333333')
    """
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def _plain(value):
    return str(value) if value is not None and not math.isfinite(value) else value


def _same(expected, actual, tolerance):
    if math.isfinite(expected) and math.isfinite(actual):
        return abs(actual - expected) <= max(tolerance * abs(expected), FLOOR)
    return expected == actual or (math.isnan(expected) and math.isnan(actual))


def _rounded(value, tolerance):
    if tolerance == 0 or not math.isfinite(value):
        return value
    digits = 2 + math.ceil(-math.log10(tolerance))
    return float(f"{value:.{digits}g}")
