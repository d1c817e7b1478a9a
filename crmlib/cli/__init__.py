"""The command ``crmlib``: run lessons, refresh them, look at the data sets."""

import sys

import typer

from crmlib.cli import course, data
from crmlib.errors import DataError
from crmlib.text import gettext as _


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
    )(course.run)
    app.command(
        help=_(
            "Run lessons and write them back into `notebooks/`, executed and clean. For authors: "
            "prints the results that moved, and leaves a lesson that failed as it was."
        )
    )(course.refresh)
    group = typer.Typer(help=_("The data sets of the course."), **settings)
    group.command("list", help=_("Name the data sets, and what is here of them."))(data.list_data)
    group.command(help=_("Say what a data set holds, column by column, and its licence."))(data.describe)
    group.command(
        help=_(
            "Download data sets that do not ship with the course. They are kept in your cache "
            "folder, or in the folder that the environment variable `CRMLIB_DATA` names."
        )
    )(data.fetch)
    group.command(
        help=_("Simulate the teaching shop: the same size and seed make the same shop.")
    )(data.make_shop)
    group.command(
        help=_("Say how a file of your own would be read, and what is wrong with it."),
        epilog=_(
            "**Exit code**\n\n* 0: it can be used; the report says what was set aside."
            "\n* 2: it cannot, for the reason given."
        ),
    )(data.check)
    app.add_typer(group, name="data")
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
