"""The front page of the course: what it teaches, where to begin, what became of the run.

A reader who wants to learn comes first. What a lesson teaches, and the picture that
stands for it, are read from the lesson: its cells tagged ``objectives`` and
``picture``. Status and numbers of the run stand below each lesson, folded unless
something is wrong.
"""

from importlib.resources import files
from pathlib import Path

import jinja2
from markdown_it import MarkdownIt

from crmlib import text
from crmlib.course import language, notebook
from crmlib.course.results import show
from crmlib.errors import DataError
from crmlib.text import gettext, ngettext


def render(course, outcomes, editions=None, out=None):
    """One HTML page that asks for nothing outside itself.

    Parameters
    ----------
    course : crmlib.course.lessons.Course
    outcomes : list of crmlib.course.running.Outcome
        One a lesson of the course.
    editions : dict of str to list of tuple, optional
        Number of a lesson -> ``(edition, format, address)`` of each file made from it,
        such as ``("student", "pdf", "handouts/3.2_student.pdf")``. The address is
        relative to the page.
    out : path, optional
        Folder of the run. In another language than English a lesson's picture comes from
        its notebook there; in English, and before there is one, from the committed lesson.

    Returns
    -------
    str

    Examples
    --------
    >>> from crmlib.course import lessons, running
    >>> course = lessons.read()
    >>> page = render(course, [running.Outcome(lesson) for lesson in course.lessons])
    >>> "What will this customer bring from here on?" in page
    True
    """
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)
    template = files("crmlib.course").joinpath("templates", "index.html").read_text("utf-8")
    states = {
        "passed": gettext("Passed"),
        "moved": gettext("Numbers moved"),
        "failed": gettext("Failed"),
        "not run": gettext("Not run yet"),
    }
    return environment.from_string(template).render(
        course=course,
        language=text.language().replace("_", "-"),
        spoken="" if text.language() == text.SOURCE else f" --language {text.language()}",
        chapters=[
            (
                chapter,
                [_entry(o, editions, out) for o in outcomes if o.lesson.chapter == chapter],
                [planned for planned in course.planned if planned.chapter == chapter],
            )
            for chapter in course.chapters
        ],
        trouble=[outcome for outcome in outcomes if outcome.status in ("failed", "moved")],
        states=states,
        counts=[
            (name, sum(outcome.status == status for outcome in outcomes))
            for status, name in states.items()
        ],
        seconds=sum(outcome.seconds or 0 for outcome in outcomes),
        editions={
            "student": gettext("Student handout"),
            "instructor": gettext("Instructor handout"),
            "report": gettext("Report"),
        },
        formats={
            "html": gettext("web page"),
            "pdf": gettext("PDF"),
            "docx": gettext("Word"),
            "ipynb": gettext("notebook"),
        },
        show=show,
        name_of=lambda dataset: Path(dataset).name,  # of an own file: not where it lies
    )


def _entry(outcome, editions, out):
    """What the page shows of one lesson."""
    lesson = outcome.lesson
    try:
        book = language.translate(notebook.read(lesson.path), lesson.path, text.language())
    except DataError:  # being edited: the page of the others is still wanted
        book = {"cells": []}
    pictured = book
    if out and outcome.sha256 and text.language() != text.SOURCE:
        pictured = notebook.read(Path(out, "notebooks", lesson.file))
    made = {}
    for edition, format, address in (editions or {}).get(outcome.lesson.number, []):
        made.setdefault(edition, []).append((format, address))
    return {
        "outcome": outcome,
        "lesson": lesson,
        "objectives": _objectives(book),
        "picture": _picture(pictured),
        "editions": made,
    }


def _objectives(book):
    """The numbered list of the cell tagged ``objectives``, as HTML; None if there is none."""
    markdown = MarkdownIt("commonmark", {"html": False})
    for cell in notebook.tagged(book, "objectives"):
        tokens = markdown.parse(cell["source"])
        ends = [
            position
            for position, token in enumerate(tokens)
            if token.level == 0 and token.type in ("ordered_list_open", "ordered_list_close")
        ]
        if ends:
            return markdown.renderer.render(tokens[ends[0] : ends[1] + 1], markdown.options, {})
    return None


def _picture(book):
    """The first picture of the cell tagged ``picture``: base64 and what tells about it."""
    for cell in notebook.tagged(book, "picture"):
        for output in cell["outputs"]:
            if "image/png" in output.get("data", {}):
                told = {"alt": "", "width": None, "height": None}
                told |= output.get("metadata", {}).get("image/png", {})
                return {**told, "base64": output["data"]["image/png"].replace("\n", "")}
    return None
