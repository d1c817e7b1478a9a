"""The command ``crmlib``: run lessons, refresh them, look at the data sets."""

import argparse
import difflib
import os
import re
import sys
from contextlib import suppress
from typing import Annotated

import typer

from crmlib import text
from crmlib.cli import course, data, language, words
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
    ['data', 'language']
    """
    words.speak()
    settings = {"no_args_is_help": True, "add_completion": False, "rich_markup_mode": "markdown"}
    app = typer.Typer(
        help=_("Run the course, refresh its lessons, and see which data it ships with."),
        pretty_exceptions_enable=False,
        **settings,
    )

    @app.callback()
    def any_command(
        language: Annotated[
            str | None,
            typer.Option(
                metavar="CODE",
                help=_("The language to speak, such as zh; it may stand behind any command."),
            ),
        ] = None,
    ): ...

    app.command(
        help=_("Run lessons and write the notebooks, their numbers and an index page."),
        epilog=_(
            "**Examples**\n"
            "\n* `crmlib run` runs every lesson."
            "\n* `crmlib run 3.2` runs one lesson, `crmlib run value` a chapter."
            "\n* `crmlib run 3.2 -p dataset=orders.csv --out mine` runs one on a file of your own."
            "\n* `-p columns=customer_id=Client,time=Date` says what its columns are called."
            "\n* `crmlib parameters 3.2` lists what `-p` can set."
            "\n\n**Exit code**\n"
            "\n* 0: all passed."
            "\n* 1: a lesson failed, or its numbers moved."
            "\n* 2: a name, a setting, or the data given, cannot be used."
            "\n* 130: interrupted."
        ),
    )(course.run)
    app.command(
        help=_(
            "Run lessons and write them back into `notebooks/`, executed and clean. For authors: "
            "prints the results that moved, and leaves a lesson that failed as it was."
        )
    )(course.refresh)
    app.command(
        help=_(
            "Open the lessons in JupyterLab, in a folder of your own. What you wrote there is "
            "never written over: an updated lesson is put beside it, with your answers in it."
        ),
        epilog=_(
            "**Examples**\n"
            "\n* `crmlib lab` works in the folder `crmlib-course`."
            "\n* `crmlib lab 3.2 --dir ~/course` lays out one lesson in another."
        ),
    )(course.lab)
    app.command(
        help=_("Make a handout of lessons: for students or instructors, on paper or screen."),
        epilog=_(
            "**Examples**\n"
            "\n* `crmlib handout 3.2` writes the student's PDF into the folder `handouts`."
            "\n* `crmlib handout value --edition instructor --format html --out class`"
            "\n* `--format ipynb --edition instructor` is the notebook for nbgrader."
        ),
    )(course.handout)
    app.command(
        help=_(
            "Run a lesson's analysis, or a whole chapter's, on a file of your own. Writes "
            "`report.html`, `report.ipynb` and the decision tables."
        ),
        epilog=_(
            "**Tables, and the roles of their columns**\n"
            "\n* Purchases, one line each (3.2, 4.2): `customer_id`, `time`, `amount`."
            "\n* Contracts, one line each (4.1, 4.2): `start`, `end`; in 4.2 also `duration`, "
            "`left`."
            "\n* A campaign, one line a customer (4.2): `treatment`, `outcome`."
            "\n\n**Examples**\n"
            "\n* `crmlib report 3.2 --data orders.csv --out report`"
            "\n* `--columns customer_id=Client,time=Date` says what its columns are called."
            "\n* `--show-names` shows the customers' ids; without it they are numbered."
            "\n* `crmlib parameters 3.2` lists what `-p` can set."
            "\n\n**Exit code**\n"
            "\n* 0: the report is written; it may say that the data cannot answer the question."
            "\n* 1: a lesson failed."
            "\n* 2: the file cannot be used, for the reason given."
        ),
    )(course.report)
    app.command(help=_("List the parameters of lessons, which `-p NAME=VALUE` sets."))(
        course.parameters
    )
    group = typer.Typer(help=_("The data sets of the course."), **settings)
    group.command("list", help=_("Name the data sets, and what is here of them."))(data.list_data)
    group.command(help=_("Say what a data set holds, column by column, and its licence."))(
        data.describe
    )
    group.command(
        help=_(
            "Download data sets that do not ship with the course. They are kept in your cache "
            "folder, or in the folder that the environment variable `CRMLIB_DATA` names."
        )
    )(data.fetch)
    group.command(help=_("Simulate the teaching shop: the same size and seed make the same shop."))(
        data.make_shop
    )
    group.command(
        help=_("Say how a file of your own would be read, and what is wrong with it."),
        epilog=_(
            "**Exit code**\n\n* 0: it can be used; the report says what was set aside."
            "\n* 2: it cannot, for the reason given."
        ),
    )(data.check)
    app.add_typer(group, name="data")
    group = typer.Typer(help=_("For translators: what is to be translated."), **settings)
    group.command(
        help=_("Say of each lesson, and of the package, what is translated, stale or missing."),
        epilog=_(
            "**Exit code**\n\n* 0: all is translated and up to date."
            "\n* 1: something is stale, missing, or at fault: punctuation, terms, formulas."
        ),
    )(language.status)
    group.command(
        help=_(
            "Read all texts anew and bring the catalogues up to them. A text whose English "
            "changed is marked fuzzy, with the old words kept; readers see the English till then."
        )
    )(language.update)
    app.add_typer(group, name="language")
    return app


def main(arguments=None):
    """Run the command; what is wrong with the input is one sentence and exit code 2.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the command line if not given.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # to a terminal or file that knows few letters
            stream.reconfigure(errors="replace")
    try:
        given, arguments = _language(sys.argv[1:] if arguments is None else arguments)
        text.use(given)
        if arguments and re.fullmatch(r"\d(\.\d+)?", arguments[0]):
            told = _("There is no command {name!r}; did you mean crmlib run {name}?")
            raise DataError(told.format(name=arguments[0]))
        application()(arguments)
    except DataError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except OSError as error:  # a folder that cannot be written to, a file that may not be read
        told = _("{file} cannot be used: {reason}.")
        print(told.format(file=error.filename, reason=error.strerror), file=sys.stderr)
        sys.exit(2)


def _language(arguments):
    """The language asked for, wherever it stands, and the other arguments.

    If none is asked for it is that of the terminal if there is text in it, else English.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--language")
    try:
        given, rest = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        raise DataError(_("After --language comes a code, such as zh.")) from None
    for option in (word.partition("=")[0] for word in rest if word.startswith("--")):
        if difflib.get_close_matches(option, ["--language"], cutoff=0.8):
            told = _("There is no option {option}; did you mean --language?")
            raise DataError(told.format(option=option))
    if given.language:
        return given.language, rest
    told = (os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    terminal = next(filter(None, told), "")
    for name in terminal.split(":"):
        with suppress(DataError):
            return text.code(name.partition(".")[0]), arguments
    return text.SOURCE, arguments
