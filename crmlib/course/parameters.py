"""The parameters of a lesson: what each is for, and what a user gives in its place."""

import io
import re
import tokenize
from numbers import Real

from crmlib import datasets, text
from crmlib.course import notebook
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import hint, ngettext

SEVERAL = re.compile(r"\[[^\[\],]+(?:,[^\[\],]+)+\]")  # in a comment: [least, likeliest, most]


def comments(book):
    """What the parameters cell says of each parameter, behind the line that sets it.

    Parameters
    ----------
    book : dict

    Returns
    -------
    dict
        Name -> comment, of those that have one.

    Examples
    --------
    >>> cell = {"metadata": {"tags": ["parameters"]}, "source": "dataset = 'a#b'  # or a file"}
    >>> comments({"cells": [cell]})
    {'dataset': 'or a file'}
    """
    said = {}
    for cell in notebook.tagged(book, notebook.PARAMETERS):
        for token in tokenize.generate_tokens(io.StringIO(cell["source"]).readline):
            name = token.line.partition("=")[0].strip()
            if token.type == tokenize.COMMENT and name.isidentifier():
                said[name] = token.string.lstrip("# ")
    return said


def choose(books, given):
    """Those parameters of a run that differ from each lesson's defaults, checked.

    A parameter that only some of the lessons have is given to those. A number may be given
    as a list of numbers where the lesson's comment on it shows one in brackets, such as
    ``[least, likeliest, most]``; and a list so explained may be given as one number.

    Parameters
    ----------
    books : dict
        Lesson -> its notebook.
    given : dict
        Name -> value. The path of a file may be relative to the current folder.

    Returns
    -------
    dict
        Lesson -> parameters, with the path of a file made absolute.

    Raises
    ------
    DataError
        If no lesson has such a parameter, there is no such data set, file or language, or
        a value is of another kind than the default.

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> lesson = lessons.read().lessons[0]
    >>> [chosen] = choose({lesson: notebook.read(lesson.path)}, {"margin": 0.5}).values()
    >>> chosen
    {'margin': 0.5}
    """
    defaults = {lesson: notebook.parameters(book) for lesson, book in books.items()}
    known = dict.fromkeys(name for own in defaults.values() for name in own)
    for name in given if books else ():
        if name not in known:
            numbers = _(", ").join(lesson.number for lesson in books)
            told = ngettext(
                "Lesson {numbers} has no parameter {name!r}; {hint}",
                "None of the lessons {numbers} has a parameter {name!r}; {hint}",
                len(books),
            )
            raise DataError(told.format(numbers=numbers, name=name, hint=hint(name, known)))
    return {
        lesson: _chosen(lesson, book, defaults[lesson], given) for lesson, book in books.items()
    }


def _chosen(lesson, book, defaults, given):
    """What is given to one lesson."""
    chosen, said = {}, comments(book)
    for name in [name for name in given if name in defaults]:
        value, default, point = given[name], defaults[name], ""
        listed = SEVERAL.search(said.get(name, ""))
        if not _fits(value, default, listed[0] if listed else ""):
            told = _("Lesson {number} cannot take {value!r} as {name}; the default is {default!r}.")
            if listed:
                told = _(
                    "Lesson {number} cannot take {value!r} as {name}; it takes one number, "
                    "or several: {several}."
                )
            elif _is_number(default) and (point := _with_point(value)):
                told = _(
                    "Lesson {number} cannot take {value!r} as {name}; write {point}, with a point."
                )
            raise DataError(
                told.format(
                    name=name,
                    number=lesson.number,
                    value=value,
                    default=default,
                    several=listed and listed[0],
                    point=point,
                )
            )
        if name == "dataset" and value not in datasets.names():
            value = str(datasets.resolve(value)[0])
        if name == "language":
            value = text.code(value)
        if value != default:
            chosen[name] = value
    return chosen


def _fits(value, default, listed):
    """Whether a value is of the default's kind; ``listed`` names the numbers of a list."""
    if listed and isinstance(value, list) and all(map(_is_number, value)):
        return len(value) == listed.count(",") + 1
    if listed or _is_number(default):
        return _is_number(value)
    return default is None or isinstance(value, type(default))


def _with_point(value):
    """A number that was written with a comma, 0,25, as it should be: 0.25; "" if it was not."""
    told = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return told.replace(",", ".") if re.fullmatch(r"-?\d+,\d+", told) else ""


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
