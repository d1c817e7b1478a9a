"""Commands that work on lessons."""

from __future__ import annotations  # options' help is then translated when asked for, not before

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from crmlib import text
from crmlib.cli import arguments
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

    given = _spoken(arguments.parameters(parameters))
    course = course_lessons.read()
    chosen = course.find(lessons or [])
    out = out or _build(course)
    try:
        with progress.Watch(len(chosen)) as watch:
            outcomes = running.run(course, chosen, out, watch, given, handouts=True)
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

    text.use(text.SOURCE)  # the committed lessons are English
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


def lab(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(metavar="LESSON", show_default=False, help=_("As in `crmlib run`.")),
    ] = None,
    folder: Annotated[
        Path,
        typer.Option("--dir", metavar="DIR", help=_("Folder to work in; made if need be.")),
    ] = Path("crmlib-course"),
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=_("Print the address, and open no browser."))
    ] = False,
):
    """``crmlib lab``; see :func:`crmlib.course.lab.lay_out`."""
    from crmlib.course import lab as workplace
    from crmlib.course import lessons as course_lessons

    course = course_lessons.read()
    beside = workplace.lay_out(course, course.find(lessons or []), folder)
    for changed, updated in beside.items():
        told = _("The lesson was updated: {changed} is as you left it, {updated} has your answers.")
        print(told.format(changed=changed, updated=updated))

    def tell(address):
        told = _("JupyterLab works in {folder}, at {address}; Ctrl-C here ends it.")
        print(told.format(folder=folder, address=address), flush=True)

    workplace.serve(folder, tell, browser=not no_browser)


def handout(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(metavar="LESSON", show_default=False, help=_("As in `crmlib run`.")),
    ] = None,
    edition: Annotated[str, typer.Option(help=_("student or instructor."))] = "student",
    form: Annotated[str, typer.Option("--format", help=_("html, pdf, docx or ipynb."))] = "pdf",
    out: Annotated[
        Path, typer.Option(metavar="DIR", help=_("Folder to write into; made if need be."))
    ] = Path("handouts"),
):
    """``crmlib handout``; see :func:`crmlib.course.editions.write`."""
    from crmlib.course import editions, notebook, progress, running
    from crmlib.course import lessons as course_lessons

    given = _spoken()
    course = course_lessons.read()
    chosen = course.find(lessons or [])
    books = {lesson: lesson.path for lesson in chosen}
    if text.language() != text.SOURCE:  # the committed lesson's figures are English
        build = _build(course)
        with progress.Watch(len(chosen)) as watch:
            outcomes = running.run(course, chosen, build, watch, given)
        if any(outcome.failure for outcome in outcomes):
            _leave(outcomes)
        books = {lesson: build / "notebooks" / lesson.file for lesson in chosen}
    for lesson in chosen:
        book = notebook.read(books[lesson])
        path = editions.write(course, lesson, book, out, edition=edition, form=form)
        print(_("Written: {path}").format(path=path))


def report(
    lesson: Annotated[
        str,
        typer.Argument(metavar="LESSON", help=_("A lesson (3.2) or a chapter (3 or value).")),
    ],
    data: Annotated[
        str, typer.Option(metavar="FILE", help=_("Your file, or the name of a data set."))
    ],
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="PAIRS",
            show_default=False,
            help=_("What its columns are called: customer_id=Client,time=Date"),
        ),
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(
            metavar="PAIRS",
            show_default=False,
            help=_(
                "What is done with odd rows, and how times are written: "
                "duplicates='set aside',time_format=%d/%m/%Y"
            ),
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help=_("Folder to write into; made if need be."))
    ] = Path("report"),
    show_names: Annotated[
        bool, typer.Option("--show-names", help=_("Show the customers' ids."))
    ] = False,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "-p",
            "--parameter",
            metavar="NAME=VALUE",
            show_default=False,
            help=_("Set a parameter of the lesson, such as margin=0.25. Once for each."),
        ),
    ] = None,
):
    """``crmlib report``; see :func:`crmlib.course.reports.write`."""
    from crmlib.course import lessons as course_lessons
    from crmlib.course import progress, reports

    given = _spoken(arguments.parameters(parameters))
    course = course_lessons.read()
    chosen = course.find([lesson])
    if columns:
        given |= [arguments.parameter(f"columns={columns}")]
    if rules:
        given |= [arguments.parameter(f"rules={rules}")]
    given |= {"dataset": data}
    written = []
    try:
        with progress.Watch(len(chosen)) as watch:
            outcomes = reports.write(course, chosen, out, watch, given, show_names=show_names)
        written = [one for one in outcomes if one.status == "passed" or reports.cannot_answer(one)]
    finally:
        if not written and (out / "report.html").exists():
            told = _("{path} is still that of an earlier run.")
            print(told.format(path=out / "report.html"), file=sys.stderr)
    if not written:
        _leave(outcomes)
    for outcome in outcomes:  # of a chapter, a lesson may want another kind of table
        if outcome.refused_input:
            print(outcome.lesson.number, outcome.failure["message"])
    print(_("Report: {path}").format(path=out / "report.html"))
    _leave([outcome for outcome in outcomes if not outcome.refused_input])


def parameters(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(metavar="LESSON", show_default=False, help=_("As in `crmlib run`.")),
    ] = None,
):
    """``crmlib parameters``; see :func:`crmlib.course.parameters.comments`."""
    from crmlib.course import lessons as course_lessons
    from crmlib.course import notebook
    from crmlib.course.parameters import comments

    for lesson in course_lessons.read().find(lessons or []):
        book = notebook.read(lesson.path)
        said = comments(book)
        print(lesson.number, lesson.title)
        for name, default in notebook.parameters(book).items():
            told = f"{name}={json.dumps(default, ensure_ascii=False)}"
            print(f"  {told:<26}  {said.get(name, '')}".rstrip())


def _spoken(parameters=None):
    """The parameters, with the language among them: the one they name, or that in use."""
    parameters = parameters or {}
    text.use(parameters.get("language", text.language()))
    return {**parameters, "language": text.language()}


def _build(course):
    """The folder for the course as built in the language in use."""
    build = course.root / "build"
    return build if text.language() == text.SOURCE else build / text.language()


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
