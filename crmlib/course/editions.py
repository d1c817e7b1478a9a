"""One lesson, several editions, made by what its cells are tagged.

master      everything, executed; solutions folded
student     no solutions: a place to write, hints and checks; nothing said to instructors
instructor  everything open, with the right answers and the likely wrong ones; as a
            notebook, such that nbgrader can make assignments of it and grade them
report      an analyst's: teaching and exercises gone
"""

import copy
import re
from pathlib import Path

from crmlib import __version__, text
from crmlib.course import answers, exercises, handouts, notebook, results
from crmlib.course.expected import shown
from crmlib.errors import DataError
from crmlib.text import escaped, hint
from crmlib.text import gettext as _

INSTRUCTOR = "instructor"  # tag of a cell that speaks to whoever teaches the lesson
TAUGHT = (
    "objectives teaching widget claim instructor exercise hint attempt check solution answers "
    "own-data takeaway results progress"
)  # tags of what an analyst does not need
LETTER = re.compile(r"^ex-(\w+)-(?:attempt|check|solution)$")  # in the id of a cell
END = "### END SOLUTION"
NEIGHBOUR = re.compile(r"(?<!!)\[([^\]]+)\]\((?!\w+:|#)[^)]+\)")  # a link to a file beside
WARNING = re.compile(r"^\S+:\d+: \w*Warning: (.*(?:\n(?!  ).*)*)\n(?:  .*\n?)*", re.MULTILINE)


def student(book):
    """The lesson without its solutions and notes; it runs from top to bottom unanswered.

    What goes: the cells tagged ``solution``, the records of answers and results, and the cells
    tagged ``instructor``, which hold the verdict of a claim check, the answer to a guess, or
    the minutes of a section.

    Parameters
    ----------
    book : dict
        The lesson, as :func:`crmlib.course.notebook.read` gives it.

    Returns
    -------
    dict
        Another notebook; that of the lesson stays as it is.

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> book = student(notebook.read(lessons.read().lessons[0].path))
    >>> any("BEGIN SOLUTION" in cell["source"] for cell in book["cells"])
    False
    """
    return _without(book, "solution", exercises.TAG, results.TAG, INSTRUCTOR)


def unanswered(book):
    """The student's edition to work in: nothing was run yet.

    Parameters
    ----------
    book : dict

    Returns
    -------
    dict

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> book = unanswered(notebook.read(lessons.read().lessons[0].path))
    >>> any(cell.get("outputs") for cell in book["cells"])
    False
    """
    book = student(book)
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return book


def instructor(book):
    """The lesson with everything open, as an instructor teaches from it.

    After each solution come the right answer and the likely mistakes, with what ``check``
    says to each.

    Parameters
    ----------
    book : dict
        The lesson, executed.

    Returns
    -------
    dict

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> book = instructor(notebook.read(lessons.read().lessons[0].path))
    >>> print(notebook.tagged(book, "answer")[0]["source"].splitlines()[0])
    **Answer:** 262.5 (currency, within 0.5 %)
    """
    expected = exercises.read(book) or {}
    book = _without(book, exercises.TAG)
    cells = []
    for cell in book["cells"]:
        cells.append(cell)
        if "solution" in _tags(cell):
            cell["metadata"].pop("jupyter", None)  # which folds it
            for letter in LETTER.findall(cell["id"]):
                if letter in expected:
                    cells.append(_answer(letter, expected[letter]))
    return {**book, "cells": cells}


def gradable(book):
    """The instructor's edition as nbgrader makes an assignment of it, and grades it.

    Attempt and solution stand in one cell between nbgrader's marks, and with them answer
    and mistakes as comments, so that all of it goes when the assignment is made. The cell
    that checks has a hidden test that asks for the right answer, for one point.

    Parameters
    ----------
    book : dict
        The lesson, executed.

    Returns
    -------
    dict

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> book = gradable(notebook.read(lessons.read().lessons[0].path))
    >>> notebook.tagged(book, "check")[0]["metadata"]["nbgrader"]["points"]
    1
    """
    told = {cell["id"]: cell["source"] for cell in notebook.tagged(instructor(book), "answer")}
    solutions = {cell["id"]: cell["source"] for cell in notebook.tagged(book, "solution")}
    book = unanswered(book)
    for cell in book["cells"]:
        for letter in LETTER.findall(cell["id"]):
            if "attempt" in _tags(cell):
                lines = told.get(f"answer-{letter}", "").replace("**", "").splitlines()
                notes = "".join(f"# {line}\n" for line in lines if line)
                solution = solutions[f"ex-{letter}-solution"].replace(END, notes + END)
                cell["source"] += "\n" + solution
                cell["metadata"]["nbgrader"] = _nbgrader(f"solution-{letter}", solution=True)
            elif "check" in _tags(cell):
                test = f"### BEGIN HIDDEN TESTS\nassert {cell['source']}.right\n"
                cell["source"] = f"{test}### END HIDDEN TESTS\n{cell['source']}"
                grade = _nbgrader(f"check-{letter}", grade=True)
                cell["metadata"]["nbgrader"] = {**grade, "points": 1}
    return book


def report(book, columns=()):
    """The lesson as an analyst reads it: data, pictures, meaning and decisions.

    Sections are numbered anew, and a model's warning becomes a note. Where a lesson works on
    several kinds of table, its cells say which: one tagged ``with-ROLE`` is for a table that
    has a column of this role (of several such tags one must hold), one tagged
    ``without-ROLE`` for a table that has none.

    Parameters
    ----------
    book : dict
    columns : dict or sequence of str
        The roles that the analyst's columns were given.

    Returns
    -------
    dict

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> book = report(notebook.read(lessons.read().lessons[0].path))
    >>> notebook.tagged(book, "exercise")
    []
    """
    book = _without(book, *TAUGHT.split())
    book["cells"] = [cell for cell in book["cells"] if _for_columns(cell, columns)]
    section = 0
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown" and re.match(r"## \d+\. ", cell["source"]):
            section += 1
            cell["source"] = re.sub(r"^## \d+\.", f"## {section}.", cell["source"])
        cell["outputs"] = [_noted(output) for output in cell.get("outputs", [])]
        if cell["cell_type"] == "markdown":
            del cell["outputs"]
    return book


def printed(book):
    """An edition for paper: no record of results, no links to files beside, nothing to click.

    Parameters
    ----------
    book : dict
        An edition.

    Returns
    -------
    dict

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> notebook.tagged(printed(notebook.read(lessons.read().lessons[0].path)), "results")
    []
    """
    book = _without(book, results.TAG, "progress")
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = NEIGHBOUR.sub(r"\1", cell["source"])
    return book


def write(course, lesson, book, out, edition="student", form="pdf"):
    """Write one edition of a lesson as a handout.

    Parameters
    ----------
    course : crmlib.course.lessons.Course
    lesson : crmlib.course.lessons.Lesson
    book : dict
        The lesson, executed.
    out : path
        Folder; made if need be.
    edition : {"student", "instructor"}
    form : {"html", "pdf", "docx", "ipynb"}

    Returns
    -------
    pathlib.Path
        ``3.2_student.pdf`` in that folder, or what it is called there.

    Raises
    ------
    DataError
        If there is no such edition or form, or as :func:`crmlib.course.handouts.write` says.

    Examples
    --------
    >>> import tempfile
    >>> from crmlib.course import lessons
    >>> course = lessons.read()
    >>> book = notebook.read(course.lessons[0].path)
    >>> with tempfile.TemporaryDirectory() as out:
    ...     write(course, course.lessons[0], book, out, form="ipynb").name
    '3.2_student.ipynb'
    """
    made = {"student": student, "instructor": instructor}
    for name, known in ((edition, made), (form, (*handouts.FORMATS, "ipynb"))):
        if name not in known:
            raise DataError(
                _("There is no handout {name!r}; {hint}").format(name=name, hint=hint(name, known))
            )
    path = Path(out, f"{lesson.number}_{edition}.{form}")
    if form == "ipynb":
        book = unanswered(book) if edition == "student" else gradable(book)
        notebook.write(path, notebook.text(book))
        return path
    return handouts.write(
        printed(made[edition](book)),
        path,
        format=form,
        title=f"{lesson.number} {lesson.title}",
        course=course.title,
        edition=edition,
        language=text.language(),
        version=__version__,
        date=course.released,
    )


def _without(book, *tags):
    book = copy.deepcopy(book)
    book["cells"] = [cell for cell in book["cells"] if not set(tags) & set(_tags(cell))]
    return book


def _for_columns(cell, columns):
    """Whether a cell is for a table with these columns; it then says so no more."""
    found = {"with": set(), "without": set(), "": []}
    for tag in _tags(cell):
        side, _dash, role = tag.partition("-")
        if side in ("with", "without"):
            found[side].add(role)
        else:
            found[""].append(tag)
    if "tags" in cell["metadata"]:
        cell["metadata"]["tags"] = found[""]
    return not found["without"] & set(columns) and (
        not found["with"] or bool(found["with"] & set(columns))
    )


def _tags(cell):
    return cell["metadata"].get("tags", [])


def _nbgrader(name, grade=False, solution=False):
    """What nbgrader writes into a cell."""
    return {
        "cell_type": "code",
        "grade": grade,
        "grade_id": name,
        "locked": grade,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def _answer(letter, answer):
    """A cell with the right answer, and the likely wrong ones with what is said to each."""
    value = shown(answer.value, answer.unit, answer.tolerance)
    lines = [_("**Answer:** {value}").format(value=value)]
    if answer.mistakes:
        given, said = _("Given"), _("What is said")
        lines += ["", f"| {given} | {said} |", "| --- | --- |"]
        for wrong in answer.mistakes.values():
            told = answers.judge(answer, wrong)
            lines.append(f"| {shown(wrong)} | {escaped(told)} |")
    return {
        "cell_type": "markdown",
        "id": f"answer-{letter}",
        "metadata": {"tags": ["answer"]},
        "source": "\n".join(lines),
    }


def _noted(output):
    """A warning as a note in words; any other output as it is."""
    if output.get("name") != "stderr":
        return output
    told = WARNING.findall(output["text"])
    if not told:
        return output
    note = "\n\n".join(_("**Note.** {text}").format(text=text.strip()) for text in told)
    return {
        "output_type": "display_data",
        "data": {"text/markdown": note, "text/plain": note},
        "metadata": {},
    }
