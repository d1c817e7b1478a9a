"""Commands that work on lessons."""

from __future__ import annotations  # options' help is then translated when asked for, not before

import sys
from pathlib import Path
from typing import Annotated

import typer

from crmlib.cli.arguments import parameter
from crmlib.text import gettext as _

INTERRUPTED = 130


def run(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LESSON",
            show_default=False,
            help=_("Lesson numbers (3.2), notebook names, or chapters (3 or value). None: all."),
        ),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "-p",
            "--parameter",
            metavar="NAME=VALUE",
            show_default=False,
            help=_(
                "Set a parameter, such as dataset=orders.csv. Once for each. Columns are pairs: "
                "columns=customer_id=Client,time=Date"
            ),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            show_default=False,
            help=_("Folder to write into; `build/` in the folder of the course if not given."),
        ),
    ] = None,
):
    """``crmlib run``; see :func:`crmlib.course.running.run`."""
    from crmlib.course import lessons as course_lessons
    from crmlib.course import progress, running

    course = course_lessons.read()
    chosen = course.find(lessons or [])
    out = out or course.root / "build"
    try:
        with progress.Watch(len(chosen)) as watch:
            outcomes = running.run(
                course, chosen, out, watch, dict(map(parameter, parameters or []))
            )
    except KeyboardInterrupt:
        print(_("Interrupted; what was finished is kept."), file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    print(_("Index page: {path}").format(path=out / "index.html"))
    _leave(outcomes)


def refresh(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(metavar="LESSON", show_default=False, help=_("As in `crmlib run`.")),
    ] = None,
):
    """``crmlib refresh``; see :func:`crmlib.course.running.refresh`."""
    from crmlib.course import lessons as course_lessons
    from crmlib.course import progress, running

    course = course_lessons.read()
    chosen = course.find(lessons or [])
    with progress.Watch(len(chosen)) as watch:
        outcomes = running.refresh(course, chosen, watch)
    for outcome in outcomes:
        if outcome.status == "failed":
            print(_("Left as it was: {lesson}").format(lesson=progress.sentence(outcome)))
        else:
            print(_("Written: {path}").format(path=outcome.lesson.path))
    raise typer.Exit(1 if any(outcome.status == "failed" for outcome in outcomes) else 0)


def _leave(outcomes):
    """End with the exit code that the outcomes ask for.

    A file that was given and cannot be used is the user's to mend, as a misspelt name
    is: one sentence and 2. Anything else that failed is the course's: 1.
    """
    refused = [outcome for outcome in outcomes if outcome.refused_input]
    for message in dict.fromkeys(outcome.failure["message"] for outcome in refused):
        print(message, file=sys.stderr)
    failed = any(o.status != "passed" and not o.refused_input for o in outcomes)
    raise typer.Exit(1 if failed else 2 if refused else 0)
