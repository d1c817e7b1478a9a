"""Exercises that answer back.

A lesson asks, the student answers in the cell below, and ``check("3.2-a", answer)`` says
right, or what kind of wrong. The right answers are never typed in: after the solutions, the
lesson records what they gave::

    exercises.record("3.2", dataset, a=expect(answer_a, "currency"))

The committed lesson is executed and so holds the record for its own data set and parameters.
On other data ``check`` runs the lesson's solutions on what stands in the student's notebook,
and judges by that.
"""

import inspect
import json
import os
from contextlib import suppress
from pathlib import Path

import pandas as pd
import platformdirs

from crmlib.course import answers, lessons, notebook
from crmlib.course.answers import Verdict
from crmlib.course.expected import Expected, expect
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import hint, ngettext

__all__ = ["Answers", "check", "expect", "progress", "read", "record"]

MIME = "application/vnd.crmlib.answers+json"
TAG = "answers"
LAID_OUT = ".crmlib.json"  # in a student's folder: what was laid out there


class Answers(dict):
    """What a lesson's exercises expect on one data set: letter -> Expected.

    Parameters
    ----------
    lesson, dataset : str
    expected : dict

    Examples
    --------
    >>> Answers("3.2", "cdnow", {"a": expect(5)})
    1 answer recorded for lesson 3.2 on cdnow
    """

    def __init__(self, lesson, dataset, expected):
        super().__init__(expected)
        self.lesson, self.dataset = lesson, dataset

    def __repr__(self):
        return ngettext(
            "{n} answer recorded for lesson {lesson} on {dataset}",
            "{n} answers recorded for lesson {lesson} on {dataset}",
            len(self),
        ).format(n=len(self), lesson=self.lesson, dataset=self.dataset)

    def _repr_mimebundle_(self, include=None, exclude=None):
        expected = {letter: answer.to_json() for letter, answer in self.items()}
        told = {"lesson": self.lesson, "dataset": self.dataset, "expected": expected}
        return {"text/plain": repr(self), MIME: told}


def record(lesson, dataset, **expected):
    """Record what the solutions gave; a lesson does it once, after its last exercise.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"3.2"``.
    dataset : str
        The lesson's ``dataset`` parameter.
    **expected : Expected
        By the exercise's letter; see :func:`expect`.

    Returns
    -------
    Answers

    Examples
    --------
    >>> record("3.2", "cdnow", a=expect(262.5, "currency"))
    1 answer recorded for lesson 3.2 on cdnow
    """
    return Answers(str(lesson), str(dataset), expected)


def read(book):
    """The answers that an executed lesson holds.

    Parameters
    ----------
    book : dict
        As :func:`crmlib.course.notebook.read` gives it.

    Returns
    -------
    Answers or None

    Examples
    --------
    >>> sorted(read(notebook.read(lessons.read().lessons[0].path)))[:2]
    ['a', 'b']
    """
    for cell in notebook.tagged(book, TAG):
        for output in cell.get("outputs", []):
            stored = output.get("data", {}).get(MIME)
            if stored:
                expected = stored["expected"].items()
                expected = {key: Expected.from_json(value) for key, value in expected}
                return Answers(stored["lesson"], stored["dataset"], expected)
    return None


def check(exercise, answer):
    """Say whether an answer is right, or what kind of wrong it is; never the answer itself.

    Parameters
    ----------
    exercise : str
        Lesson and letter, such as ``"3.2-a"``.
    answer : number, str, list, set or table
        ``...`` stands for no answer, and is no error.

    Returns
    -------
    Verdict

    Raises
    ------
    DataError
        If there is no such exercise.

    Examples
    --------
    >>> check("3.2-a", ...)
    No answer yet. Put yours in place of the three dots.
    """
    if answer is ...:
        return answers.judge(None, answer)
    number, _dash, letter = exercise.partition("-")
    [lesson] = lessons.read().find([number])
    book = notebook.read(lesson.path)
    recorded = read(book) or {}
    if letter not in recorded:
        known = [f"{number}-{key}" for key in recorded]
        raise DataError(
            _("There is no exercise {name!r}; {hint}").format(
                name=exercise, hint=hint(exercise, known)
            )
        )
    namespace = inspect.currentframe().f_back.f_globals
    expected = recorded
    if not _as_committed(book, namespace):
        expected = _computed(book, namespace)
    if expected is None:
        verdict = Verdict(
            "cannot_judge",
            _(
                "This cannot be judged: the lesson runs on other data or settings than it was "
                "written with, and its own solution does not run here. Run all cells above first."
            ),
        )
    else:
        verdict = answers.judge(expected[letter], answer)
        _keep(exercise, verdict)
    return verdict


def progress():
    """Which exercises are done, on this computer and by this user.

    Returns
    -------
    DataFrame
        One row per exercise of the lessons in the student's folder, or of the course if the
        notebook stands in no such folder: how often it was tried, and whether it is done.

    Notes
    -----
    It is kept in one small file in the user's own data folder, or where the environment
    variable ``CRMLIB_PROGRESS`` says.

    Examples
    --------
    >>> progress().index[0]
    '3.2-a'
    """
    kept, laid = _kept(), _laid_out()
    rows = []
    for lesson in lessons.read().lessons:
        if laid and lesson.file not in laid:
            continue
        for letter in read(notebook.read(lesson.path)) or {}:
            name = f"{lesson.number}-{letter}"
            told = kept.get(name, {"tries": 0, "right": False})
            state = _("done") if told["right"] else _("tried") if told["tries"] else _("to do")
            rows.append((name, lesson.title, told["tries"], state))
    columns = [_("exercise"), _("lesson"), _("tries"), _("state")]
    return pd.DataFrame(rows, columns=columns).set_index(columns[0])


def _as_committed(book, namespace):
    """Whether the notebook runs with the parameters that the committed lesson was run with."""
    return all(
        namespace.get(name, default) == default
        for name, default in notebook.parameters(book).items()
        if name != "language"
    )


def _computed(book, namespace):
    """What the lesson's solutions give on what stands in a notebook; None if they cannot run."""
    namespace = dict(namespace)
    try:
        for cell in notebook.tagged(book, "solution"):
            exec(cell["source"], namespace)
        [cell] = notebook.tagged(book, TAG)
        return eval(cell["source"].strip(), namespace)
    except Exception:  # whatever is missing there, it cannot be judged
        return None


def _laid_out():
    """The lessons of the student's folder that the notebook stands in, by their files."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        with suppress(OSError, ValueError, KeyError, TypeError):
            return set(json.loads((folder / LAID_OUT).read_text(encoding="utf-8"))["lessons"])
    return set()


def _keep(exercise, verdict):
    kept = _kept()
    before = kept.get(exercise, {"tries": 0, "right": False})
    right = before["right"] or verdict.right
    kept[exercise] = {"tries": before["tries"] + 1, "right": right}
    with suppress(OSError):  # a full or read-only disk is no reason not to answer
        notebook.write(_file(), json.dumps(kept, indent=1) + "\n")


def _kept():
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
        return kept if isinstance(kept, dict) else {}
    except (OSError, ValueError):
        return {}


def _file():
    given = os.environ.get("CRMLIB_PROGRESS")
    return Path(given) if given else platformdirs.user_data_path("crmlib") / "progress.json"
