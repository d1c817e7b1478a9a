"""Commands for those who translate."""

import typer

from crmlib.text import gettext as _

SHOWN = 60  # characters of a text that is out of date, missing or at fault


def status():
    """``crmlib language status``; see :func:`crmlib.course.language.status`."""
    from rich.console import Console
    from rich.table import Table

    from crmlib.course import language, lessons

    found = language.status(lessons.read())
    table = Table(box=None, pad_edge=False)
    for name in (_("language"), _("catalogue")):
        table.add_column(name)
    for name in (_("translated"), _("stale"), _("missing"), _("at fault")):
        table.add_column(name, justify="right")
    for one in found:
        counts = [one.translated, one.stale, one.missing, one.faults]
        table.add_row(one.language, one.name, *(str(len(entries)) for entries in counts))
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    console.print(table)
    for one in found:
        for state, entries in ((_("stale"), one.stale), (_("missing"), one.missing)):
            for entry in entries:
                console.print(f"{one.name}: {state}: {_begins(entry)}")
        for entry, said in one.faults:
            console.print(f"{one.name}: {said}: {_begins(entry)}")
    unfinished = any(one.stale or one.missing or one.faults for one in found)
    raise typer.Exit(1 if unfinished else 0)


def update():
    """``crmlib language update``; see :func:`crmlib.course.language.update`."""
    from crmlib.course import language, lessons

    for path in language.update(lessons.read()):
        print(_("Written: {path}").format(path=path))


def _begins(entry):
    """Where a text stands, and how it begins."""
    source = entry.id if isinstance(entry.id, str) else entry.id[0]
    words = " ".join(source.split())
    place = entry.locations[0][0].rpartition("#")[2]
    return f"{place}: {words if len(words) <= SHOWN else words[: SHOWN - 1] + '…'}"
