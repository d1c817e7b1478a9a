"""Commands that work on data sets."""

from __future__ import annotations  # options' help is then translated when asked for, not before

import sys
from pathlib import Path
from typing import Annotated

import typer

from crmlib.cli.arguments import parameter
from crmlib.errors import DataError
from crmlib.text import gettext as _


def list_data():
    """``crmlib data list``; see :func:`crmlib.datasets.names`."""
    from rich.cells import cell_len, set_cell_size  # a Chinese character is two cells wide

    from crmlib import datasets

    for dataset in map(datasets.describe, datasets.names()):
        written, planned = _lessons(dataset)
        lessons = [*written, *(f"({number})" for number in planned)]
        rows = _("{n:,} rows").format(n=dataset.rows)
        size = _size(dataset) or _("on demand")
        print(f"{dataset.name:<16}{_(dataset.title)}")
        rows = " " * (28 - cell_len(rows)) + rows
        size = set_cell_size(size, 11)
        print(f"{rows}  {size}{dataset.licence:<30}{', '.join(lessons) or '–'}")
    print()
    print(_("Last on a line: the lessons that use it; those in brackets are planned."))
    print(_("One of them, column by column: crmlib data describe NAME"))
    print(_("Those on demand are downloaded when first used, or by: crmlib data fetch NAME"))


def describe(
    name: Annotated[str, typer.Argument(help=_("One of those that `crmlib data list` names."))],
):
    """``crmlib data describe``; see :func:`crmlib.datasets.describe`."""
    from rich.cells import set_cell_size
    from rich.console import Console
    from rich.markdown import Markdown

    from crmlib import datasets

    dataset = datasets.describe(name)
    written, planned = _lessons(dataset)
    lessons = [f"{number} {title}" for number, title in written.items()]
    if planned:
        lessons.append(_("planned: {list}").format(list=_(", ").join(planned)))
    facts = {
        _("name"): dataset.name,
        _("rows"): f"{dataset.rows:,}",
        _("lessons"): _("; ").join(lessons) or "–",
        _("source"): dataset.source,
        _("licence"): dataset.licence,
        _("cite as"): dataset.citation,
        _("file"): dataset.path,
    }
    if not _size(dataset):
        facts[_("file")] = _("not here; get it with: crmlib data fetch {name}").format(name=name)
    if len(dataset.tables) > 1:
        facts[_("tables")] = _(", ").join(dataset.tables)
    print(_(dataset.title), end="\n\n")
    for label, fact in facts.items():
        print(f"{set_cell_size(label, 8)}  {fact}")
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
    from crmlib import datasets

    named = {"columns": columns, "rules": rules}
    given = dict(parameter(f"{name}={pairs}") for name, pairs in named.items() if pairs)
    there = bool(aside) and aside.exists()
    if there and any(aside.samefile(path) for path in datasets.resolve(file)):
        raise DataError(
            _("{path} is the file being checked; give another name.").format(path=aside)
        )
    _log, report = datasets.transactions(file, **given)
    print(report)
    if aside:
        report.write_aside(aside)
        told = _("Written over what was there: {path}") if there else _("Written: {path}")
        print(told.format(path=aside))
