"""The command ``crmlib``: run lessons, refresh them, look at the data sets."""

from __future__ import annotations  # options' help is then translated when asked for, not before

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from crmlib.errors import DataError
from crmlib.text import gettext as _

INTERRUPTED = 130


def application():
    """The commands, with their help in the language in use.

    Returns
    -------
    typer.Typer

    Examples
    --------
    >>> [group.name for group in application().registered_groups]
    ['data']
    """
    settings = {"no_args_is_help": True, "add_completion": False, "rich_markup_mode": "markdown"}
    app = typer.Typer(
        help=_("Run the course, refresh its lessons, and see which data it ships with."),
        pretty_exceptions_enable=False,
        **settings,
    )
    app.command(
        help=_("Run lessons and write the notebooks, their numbers and an index page."),
        epilog=_(
            "**Examples**\n"
            "\n* `crmlib run` runs every lesson."
            "\n* `crmlib run 3.2` runs one lesson, `crmlib run value` a chapter."
            "\n* `crmlib run 3.2 -p dataset=orders.csv --out mine` runs one on a file of your own."
            "\n* `-p columns=customer_id=Client,time=Date` says what its columns are called."
            "\n\n**Exit code**\n"
            "\n* 0: all passed."
            "\n* 1: a lesson failed, or its numbers moved."
            "\n* 2: a name, or the data given, cannot be used."
            "\n* 130: interrupted."
        ),
    )(run)
    app.command(
        help=_(
            "Run lessons and write them back into `notebooks/`, executed and clean. For authors: "
            "prints the results that moved, and leaves a lesson that failed as it was."
        )
    )(refresh)
    data = typer.Typer(help=_("The data sets of the course."), **settings)
    data.command("list", help=_("Name the data sets, and what is here of them."))(list_data)
    data.command(help=_("Say what a data set holds, column by column, and its licence."))(describe)
    data.command(
        help=_(
            "Download data sets that do not ship with the course. They are kept in your cache "
            "folder, or in the folder that the environment variable `CRMLIB_DATA` names."
        )
    )(fetch)
    data.command(
        help=_("Simulate the teaching shop: the same size and seed make the same shop.")
    )(make_shop)
    data.command(
        help=_("Say how a file of your own would be read, and what is wrong with it."),
        epilog=_(
            "**Exit code**\n\n* 0: it can be used; the report says what was set aside."
            "\n* 2: it cannot, for the reason given."
        ),
    )(check)
    app.add_typer(data, name="data")
    return app


def main(arguments=None):
    """Run the command; what is wrong with the input is one sentence and exit code 2.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the command line if not given.
    """
    try:
        application()(arguments)
    except DataError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except OSError as error:  # a folder that cannot be written to, a file that may not be read
        told = _("{file} cannot be used: {reason}.")
        print(told.format(file=error.filename, reason=error.strerror), file=sys.stderr)
        sys.exit(2)


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


def list_data():
    """``crmlib data list``; see :func:`crmlib.datasets.names`."""
    from crmlib import datasets

    for dataset in map(datasets.describe, datasets.names()):
        written, planned = _lessons(dataset)
        lessons = [*written, *(f"({number})" for number in planned)]
        rows = _("{n:,} rows").format(n=dataset.rows)
        size = _size(dataset) or _("on demand")
        print(f"{dataset.name:<16}{dataset.title}")
        print(f"{rows:>28}  {size:<11}{dataset.licence:<30}{', '.join(lessons) or '–'}")
    print()
    print(_("Last on a line: the lessons that use it; those in brackets are planned."))
    print(_("One of them, column by column: crmlib data describe NAME"))
    print(_("Those on demand are downloaded when first used, or by: crmlib data fetch NAME"))


def describe(
    name: Annotated[str, typer.Argument(help=_("One of those that `crmlib data list` names."))],
):
    """``crmlib data describe``; see :func:`crmlib.datasets.describe`."""
    from rich.console import Console
    from rich.markdown import Markdown

    from crmlib import datasets

    dataset = datasets.describe(name)
    written, planned = _lessons(dataset)
    lessons = [f"{number} {title}" for number, title in written.items()]
    if planned:
        lessons.append(_("planned: {list}").format(list=", ".join(planned)))
    facts = {
        _("name"): dataset.name,
        _("rows"): f"{dataset.rows:,}",
        _("lessons"): "; ".join(lessons) or "–",
        _("source"): dataset.source,
        _("licence"): dataset.licence,
        _("cite as"): dataset.citation,
        _("file"): dataset.path,
    }
    if not _size(dataset):
        facts[_("file")] = _("not here; get it with: crmlib data fetch {name}").format(name=name)
    if len(dataset.tables) > 1:
        facts[_("tables")] = ", ".join(dataset.tables)
    print(dataset.title, end="\n\n")
    for label, fact in facts.items():
        print(f"{label:<8}  {fact}")
    print()
    Console().print(Markdown(dataset.text))


def fetch(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME...", help=_("Those that `crmlib data list` names.")),
    ],
):
    """``crmlib data fetch``; see :func:`crmlib.datasets.fetch`."""
    from crmlib import datasets

    for dataset in [datasets.describe(name) for name in names]:  # a misspelt one before any
        print(f"{dataset.name}: {datasets.fetch(dataset.name)}")


def make_shop(
    size: Annotated[
        str, typer.Option(help=_("small, medium or large: 3,000, 100,000 or 10,000,000 customers."))
    ] = "small",
    seed: Annotated[
        int | None,
        typer.Option(show_default=False, help=_("Another number, another shop.")),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help=_("Folder to write into; made if need be."))
    ] = Path("shop"),
):
    """``crmlib data make-shop``; see :func:`crmlib.simulation.make_shop`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from crmlib import simulation

    chosen = {} if seed is None else {"seed": seed}
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        transient=True,
        disable=not sys.stdout.isatty(),
    ) as bar:
        task = bar.add_task(_("customers"), total=None)

        def show(made, wanted):
            bar.update(task, completed=made, total=wanted)

        rows = simulation.make_shop(out, size=size, progress=show, **chosen)
    print(
        _("{folder} holds {tables} tables; transactions: {rows:,} rows.").format(
            folder=out, tables=len(rows), rows=rows["transactions"]
        )
    )
    print(
        _("A lesson on it: crmlib run 3.2 -p dataset={path}").format(
            path=out / "transactions.parquet"
        )
    )


def _lessons(dataset):
    """Lessons that use a data set: number -> title of those there are, and those planned."""
    from crmlib.course import lessons

    titles = {lesson.number: lesson.title for lesson in lessons.read().lessons}
    written = {number: titles[number] for number in dataset.lessons if number in titles}
    return written, [number for number in dataset.lessons if number not in titles]


def _size(dataset):
    """Size of a data set's files; empty if they are not here."""
    from rich import filesize

    paths = dataset.tables.values()
    if not all(path.is_file() for path in paths):
        return ""
    return filesize.decimal(sum(path.stat().st_size for path in paths))


def check(
    file: Annotated[Path, typer.Argument(help=_("A file: .csv, .tsv, .txt, .parquet or .xlsx."))],
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="PAIRS",
            show_default=False,
            help=_("What its columns are called: customer_id=Client,time=Date"),
        ),
    ] = None,
    aside: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help=_("Write the rows set aside to this file: .csv, .xlsx or .parquet."),
        ),
    ] = None,
):
    """``crmlib data check``; see :func:`crmlib.transactions.read`."""
    from crmlib import transactions

    given = parameter(f"columns={columns}")[1] if columns else None
    _log, report = transactions.read(file, given)
    print(report)
    if aside:
        report.write_aside(aside)
        print(_("Written: {path}").format(path=aside))


def parameter(text):
    """One ``-p`` of the command line.

    Parameters
    ----------
    text : str
        ``name=value``. The value is JSON if it can be read as such, else text; a data
        set is always text; columns may also be pairs, ``role=column,role=column``.

    Returns
    -------
    tuple of (str, object)

    Raises
    ------
    DataError
        If there is no value, or the columns are no pairs.

    Examples
    --------
    >>> parameter("columns=customer_id=Client,time=Date")
    ('columns', {'customer_id': 'Client', 'time': 'Date'})
    >>> parameter("language=en")
    ('language', 'en')
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise DataError(_("-p {text!r} sets nothing; write -p name=value.").format(text=text))
    if name == "dataset":
        return name, value
    try:
        value = json.loads(value)
    except ValueError:
        if name == "columns":
            pairs = [pair.partition("=") for pair in value.split(",")]
            if not all(role and column for role, _equals, column in pairs):
                raise DataError(
                    _(
                        "The columns {value!r} are no pairs; write columns=role=column,role=column "
                        "as in columns=customer_id=Client,time=Date."
                    ).format(value=value)
                ) from None
            value = {role.strip(): column.strip() for role, _equals, column in pairs}
    return name, value


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
