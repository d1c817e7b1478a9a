"""The terms of the course, in both its languages.

``notebooks/glossary.toml`` is the one list. From it comes the page that the lessons link to,
``notebooks/glossary.md``, and by it translations are checked.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crmlib import text
from crmlib.course.lessons import LIST
from crmlib.errors import DataError
from crmlib.text import gettext as _

LIST_OF_TERMS = LIST.with_name("glossary.toml")
PAGE = LIST.with_name("glossary.md")


@dataclass(frozen=True)
class Term:
    """One term.

    Attributes
    ----------
    words : dict of str to str
        The term in each language, by the language's code.
    meaning : dict of str to str
        What it means, in each language.
    also : tuple of str
        Other Chinese words that may stand for it in a sentence.
    checked : bool
        Whether a translation must use it: not where the English word has an everyday
        meaning, too.
    """

    words: dict
    meaning: dict
    also: tuple = ()
    checked: bool = True

    @property
    def english(self):
        """The term in English."""
        return self.words[text.SOURCE]

    @cached_property
    def pattern(self):
        """Finds the term in an English text, in the singular or the plural."""
        name = re.escape(self.english.partition(" (")[0]).replace(r"\ ", r"[\s-]+")
        return re.compile(rf"\b{name}(?:e?s)?\b", re.IGNORECASE)

    def accepted(self, language):
        """The words that may stand for the term, the agreed one first.

        Examples
        --------
        >>> Term({"en": "lift", "zh_CN": "提升度"}, {}).accepted("zh_CN")
        ['提升度']
        """
        return [self.words[language], *self.also]


def read(root):
    """The terms, in the order of the subject.

    Parameters
    ----------
    root : path
        The folder of the course.

    Returns
    -------
    list of Term
        None at all if the course has no list of terms.

    Raises
    ------
    DataError
        If the list cannot be used.

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> read(lessons.find_root())[0].english
    'customer relationship management (CRM)'
    """
    file = Path(root) / LIST_OF_TERMS
    if not file.is_file():
        return []
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8"))["terms"]
        return [
            Term(
                {language: entry[language] for language in ("en", "zh_CN")},
                entry["meaning"],
                tuple(entry.get("also", ())),
                entry.get("checked", True),
            )
            for entry in listed
        ]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataError(
            _("The list of terms {file} cannot be used: {reason}.").format(
                file=file, reason=f"{type(error).__name__}: {error}"
            )
        ) from error


def page(terms):
    """The glossary as Markdown, from each language into the other.

    Parameters
    ----------
    terms : list of Term

    Returns
    -------
    str

    Examples
    --------
    >>> meaning = {"en": "Rate over rate.", "zh_CN": "两率之比。"}
    >>> print(page([Term({"en": "lift", "zh_CN": "提升度"}, meaning)]).splitlines()[8])
    | lift | 提升度 | Rate over rate. |
    """
    english = sorted(terms, key=lambda term: term.english.casefold())
    # GB 18030 has the common characters in the order of their sounds.
    chinese = sorted(terms, key=lambda term: term.words["zh_CN"].casefold().encode("gb18030"))
    lines = [
        "# Glossary · 术语表",
        "",
        "[按拼音查中文术语](#zh)",
        "",
        "## English → 中文",
        "",
        "| English | 中文 | Meaning |",
        "| --- | --- | --- |",
        *(f"| {t.english} | {t.words['zh_CN']} | {t.meaning['en']} |" for t in english),
        "",
        '<a id="zh"></a>',
        "",
        "## 中文 → English",
        "",
        "| 中文 | English | 含义 |",
        "| --- | --- | --- |",
        *(f"| {t.words['zh_CN']} | {t.english} | {t.meaning['zh_CN']} |" for t in chinese),
    ]
    return "\n".join(lines) + "\n"
