"""Every text a user sees passes through here.

English is the source. A language is a gettext catalogue in
``crmlib/locale/<language>/LC_MESSAGES/crmlib.mo``; code never asks which one
is in use.
"""

import difflib
import gettext as _gettext
from pathlib import Path

from crmlib.errors import DataError

LOCALE = Path(__file__).parent / "locale"
SOURCE = "en"

_catalogue = _gettext.NullTranslations()


def languages():
    """Codes of the languages that have a catalogue, English first.

    Returns
    -------
    list of str

    Examples
    --------
    >>> languages()[0]
    'en'
    """
    found = sorted(path.parents[1].name for path in LOCALE.glob("*/LC_MESSAGES/crmlib.mo"))
    return [SOURCE, *found]


def use(language=SOURCE):
    """Switch the session to one language.

    Parameters
    ----------
    language : str
        One of :func:`languages`.

    Raises
    ------
    DataError
        If there is no catalogue for the language; the message lists those there are.

    Examples
    --------
    >>> use("en")
    """
    global _catalogue
    if language == SOURCE:
        _catalogue = _gettext.NullTranslations()
    elif language in languages():
        _catalogue = _gettext.translation("crmlib", LOCALE, [language])
    else:
        raise DataError(
            gettext("There is no text in the language {language!r}; there is {known}.").format(
                language=language, known=", ".join(languages())
            )
        )


def gettext(message):
    """The message in the language in use.

    Examples
    --------
    >>> gettext("week")
    'week'
    """
    return _catalogue.gettext(message)


def ngettext(singular, plural, count):
    """The singular or the plural form, whichever the count asks for.

    Examples
    --------
    >>> ngettext("{n} customer", "{n} customers", 2).format(n=2)
    '2 customers'
    """
    return _catalogue.ngettext(singular, plural, count)


def hint(name, known):
    """The end of a sentence that refuses a name: the nearest one known, else all of them.

    Parameters
    ----------
    name : str
    known : iterable of str

    Returns
    -------
    str

    Examples
    --------
    >>> hint("datset", ["dataset", "columns", "language"])
    "did you mean 'dataset'?"
    >>> hint("x", ["dataset", "columns"])
    'there is: columns, dataset.'
    """
    nearest = difflib.get_close_matches(name, known, n=1)
    if nearest:
        return gettext("did you mean {nearest!r}?").format(nearest=nearest[0])
    return gettext("there is: {known}.").format(known=", ".join(sorted(known)))


class Sentence(str):
    """A computed sentence; a notebook shows it as prose, not as quoted code.

    Examples
    --------
    >>> print(Sentence("Half of them bought once."))
    Half of them bought once.
    """

    def _repr_markdown_(self):
        return str(self)
