"""Typer's own words, in the language in use.

Typer knows a few of its words as constants and writes the others into its sentences; this is
the only module that reaches into it. Rich breaks lines at spaces, of which Chinese has none.
"""

import re

from rich import _wrap
from typer import rich_utils
from typer._click import core, decorators, formatting

from crmlib import text
from crmlib.text import gettext as _

help_option = decorators.help_option  # as Typer has them
format_error = rich_utils.rich_format_error
HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
CLOSING, OPENING = "，。：；、！？）》」』”’…,.;:!?)", "（《「『“‘("
# A character, or a word of letters, with the punctuation that may not leave it.
WORD = rf"\s*[{OPENING}]*(?:[{HAN}]|[^\s{HAN}{OPENING}]+|[{OPENING}])[{CLOSING}]*\s*"


def speak():
    """Say what Typer says in the language in use.

    Examples
    --------
    >>> speak()
    >>> rich_utils.OPTIONS_PANEL_TITLE
    'Options'
    """
    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.ERRORS_PANEL_TITLE = _("Error")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")
    rich_utils.DEFAULT_STRING = _("[default: {}]")
    rich_utils.RICH_HELP = _("Try [blue]'{command_path} {help_option}'[/] for help.")
    rich_utils.rich_format_error = _format_error
    decorators.help_option = _help_option
    core.Context.formatter_class = _Formatter
    _wrap.re_word = re.compile(r"\s*\S+\s*" if text.language() == text.SOURCE else WORD)


def translated(told):
    """A sentence of Typer's in the language in use; as it is, if it is not known here.

    Examples
    --------
    >>> translated("Missing option '--data'.")
    "Missing option '--data'."
    """
    known = {
        "Missing option {name}.": _("Missing option {name}."),
        "Missing argument {name}.": _("Missing argument {name}."),
        "Missing command.": _("Missing command."),
        "No such option: {name} (Possible options: {names})": _(
            "No such option: {name} (Possible options: {names})"
        ),
        "No such option: {name}": _("No such option: {name}"),
        "No such command {name}. Did you mean {names}?": _(
            "No such command {name}. Did you mean {names}?"
        ),
        "No such command {name}.": _("No such command {name}."),
        "Option {name} requires an argument.": _("Option {name} requires an argument."),
        "Option {name} does not take a value.": _("Option {name} does not take a value."),
        "Got unexpected extra argument(s) ({names})": _(
            "Got unexpected extra argument(s) ({names})"
        ),
        "Invalid value for {name}: {why}": _("Invalid value for {name}: {why}"),
    }
    for source, said in known.items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(source))
        if found := re.fullmatch(pattern, told, re.DOTALL):
            return said.format(**found.groupdict())
    return told


def _format_error(error):
    told = translated(error.format_message())
    error.format_message = lambda: told
    format_error(error)


def _help_option(names):
    def attach(command):
        help_option(names)(command)
        command.params[-1].help = _("Show this message and exit.")
        return command

    return attach


class _Formatter(formatting.HelpFormatter):
    def write_usage(self, prog, args="", prefix=None):
        super().write_usage(prog, args, prefix or _("Usage: "))
