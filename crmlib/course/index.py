"""The front page of a run: every lesson, what it asks, and what became of it."""

from importlib.resources import files
from pathlib import Path

import jinja2

from crmlib.course.results import show
from crmlib.text import gettext, ngettext


def render(course, outcomes):
    """One HTML page that asks for nothing outside itself.

    Parameters
    ----------
    course : crmlib.course.lessons.Course
    outcomes : list of crmlib.course.running.Outcome
        One a lesson of the course.

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
        chapters=[
            (chapter, [outcome for outcome in outcomes if outcome.lesson.chapter == chapter])
            for chapter in course.chapters
        ],
        states=states,
        counts=[
            (name, sum(outcome.status == status for outcome in outcomes))
            for status, name in states.items()
        ],
        seconds=sum(outcome.seconds or 0 for outcome in outcomes),
        show=show,
        name_of=lambda dataset: Path(dataset).name,  # of an own file: not where it lies
    )
