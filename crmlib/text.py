"""Every text a user sees passes through here.

English is the source. A language is a gettext catalogue,
``crmlib/locale/<language>/LC_MESSAGES/crmlib.po``, that any editor of translations opens;
code never asks which one is in use. The file is read as it stands, so there is no compiled
one beside it to fall behind. An entry marked fuzzy, whose English has changed since, is
never used: the reader sees the English.
"""

import difflib
import functools
import gettext as _gettext
import io
import re
from pathlib import Path

from crmlib.errors import DataError

LOCALE = Path(__file__).parent / "locale"
SOURCE = "en"
COLUMN = "column"  # context of a heading or a label in a table

_language, _catalogue = SOURCE, _gettext.NullTranslations()


def languages():
    """Codes of the languages that have a catalogue, English first.

    Returns
    -------
    list of str

    Examples
    --------
    >>> languages()
    ['en', 'zh_CN']
    """
    found = sorted(path.parents[1].name for path in LOCALE.glob("*/LC_MESSAGES/crmlib.po"))
    return [SOURCE, *found]


def code(language):
    """The code of a language that a user names.

    Parameters
    ----------
    language : str
        ``zh_CN``, ``zh-cn`` or only ``zh``.

    Returns
    -------
    str
        One of :func:`languages`.

    Raises
    ------
    DataError
        If there is no catalogue for the language; the message says which there are.

    Examples
    --------
    >>> code("zh")
    'zh_CN'
    """
    wanted = str(language).replace("-", "_").casefold()
    for known in languages():
        if wanted in (known.casefold(), known.partition("_")[0]):
            return known
    raise DataError(
        gettext("There is no text in the language {language!r}; {hint}").format(
            language=language, hint=hint(str(language), languages())
        )
    )


def language():
    """The code of the language in use.

    Returns
    -------
    str

    Examples
    --------
    >>> language()
    'en'
    """
    return _language


def use(language=SOURCE):
    """Switch the session to one language.

    Parameters
    ----------
    language : str
        As in :func:`code`.

    Raises
    ------
    DataError
        As in :func:`code`.

    Examples
    --------
    >>> use("zh")
    >>> print(gettext("lifetime value"))
    终生价值
    >>> use("en")
    """
    global _language, _catalogue
    found = code(language)
    _language, _catalogue = found, catalogue(LOCALE, "crmlib", found)


def catalogue(folder, name, language):
    """A catalogue, ready to be asked.

    Parameters
    ----------
    folder : path
        Holds ``<language>/LC_MESSAGES/<name>.po``.
    name : str
    language : str
        One of :func:`languages`.

    Returns
    -------
    gettext.NullTranslations
        It gives English for English, for what is not translated and for what is out of date.

    Raises
    ------
    DataError
        If the file cannot be read.

    Examples
    --------
    >>> print(catalogue(LOCALE, "crmlib", "zh_CN").gettext("Right."))
    答对了。
    """
    path = Path(folder, language, "LC_MESSAGES", name + ".po")
    if language == SOURCE or not path.is_file():
        return _gettext.NullTranslations()
    return _read(path, path.stat().st_mtime_ns)


@functools.cache
def _read(path, changed):
    from babel.messages import mofile, pofile  # English does without

    try:
        with path.open("rb") as file:
            entries = pofile.read_po(file, locale=path.parents[1].name, abort_invalid=True)
    except (OSError, ValueError, pofile.PoFileError) as error:
        raise DataError(
            gettext("The translation {file} cannot be read: {reason}.").format(
                file=path, reason=error
            )
        ) from error
    compiled = io.BytesIO()
    mofile.write_mo(compiled, entries)  # leaves out what is marked fuzzy
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def gettext(message):
    """The message in the language in use.

    Examples
    --------
    >>> gettext("week")
    'week'
    """
    return _catalogue.gettext(message)


def ngettext(singular, plural, count):
    """The singular or the plural form, whichever the count asks for; 1.5 asks for the plural.

    Examples
    --------
    >>> ngettext("{n} customer", "{n} customers", 2).format(n=2)
    '2 customers'
    """
    whole = int(count) if float(count).is_integer() else 2  # gettext takes Python's own integers
    return _catalogue.ngettext(singular, plural, whole)


def joined(*sentences):
    """Sentences one after another, as the language sets them; empty ones are left out.

    Examples
    --------
    >>> joined("It rains.", "", "We stay.")
    'It rains. We stay.'
    """
    # Translators: two sentences; Chinese puts no space between them.
    pair = gettext("{first} {second}")
    told = ""
    for sentence in filter(None, sentences):
        told = pair.format(first=told, second=sentence) if told else sentence
    return told


def heading(name):
    """What a reader is shown for the name of a column or a label in a table.

    Names stay names in the data, in every language.

    Examples
    --------
    >>> heading("frequency")
    'frequency'
    """
    return _catalogue.pgettext(COLUMN, str(name))


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
    return gettext("there is: {known}.").format(known=gettext(", ").join(sorted(known)))


def escaped(words):
    """Words that are not ours, such as a file's name, for use in Markdown.

    Examples
    --------
    >>> print(escaped("<b>orders_2024*.csv"))
    \\<b\\>orders\\_2024\\*.csv
    """
    return re.sub(r"([\\`*_\[\]<>#$&|~^])", r"\\\1", str(words))


class Sentence(str):
    """A computed sentence; a notebook shows it as prose, not as quoted code.

    Examples
    --------
    >>> print(Sentence("Half of them bought once."))
    Half of them bought once.
    """

    def _repr_markdown_(self):
        return str(self)
