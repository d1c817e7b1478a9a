"""A lesson in another language: its paragraphs translated, its code untouched.

A reader is never shown an old translation as if it were up to date. Where one is out of
date or missing, the English stands, under a line that says so.
"""

import copy
import re
from pathlib import Path

from crmlib import text
from crmlib.course import notebook
from crmlib.course.paragraphs import paragraphs

SETTING = re.compile(r"^(language\s*=\s*)(['\"]).*?\2", re.MULTILINE)


def translate(book, path, language):
    """A lesson in one language.

    Parameters
    ----------
    book : dict
        The lesson in English, as :func:`crmlib.course.notebook.read` gives it.
    path : path
        Its notebook, beside whose folder ``locale/`` lies.
    language : str
        As in :func:`crmlib.text.code`.

    Returns
    -------
    dict
        Another notebook. Of its code one line differs, ``language = "en"`` in the cell
        tagged ``parameters``, so that figures, tables and checks speak as the text does,
        wherever the notebook is opened. English gives the lesson as it is.

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> path = lessons.read().lessons[0].path
    >>> book = translate(notebook.read(path), path, "zh")
    >>> notebook.parameters(book)["language"]
    'zh_CN'
    """
    language = text.code(language)
    book = copy.deepcopy(book)
    if language == text.SOURCE:
        return book
    from crmlib.course import catalogues  # and with it Babel, which English does without

    path = Path(path)
    file = Path(path.parents[1], "locale", language, "LC_MESSAGES", path.stem + ".po")
    lesson = f"{path.parent.name}/{path.name}"
    entries = catalogues.merge(catalogues.read(file), catalogues.of_lesson(book, lesson))
    ours = text.catalogue(text.LOCALE, "crmlib", language)
    notices = {
        "stale": ours.gettext("What follows in English is newer than its translation."),
        "missing": ours.gettext("What follows in English is not translated yet."),
    }
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _translated(cell, entries, notices)
    for cell in notebook.tagged(book, notebook.PARAMETERS):
        cell["source"] = SETTING.sub(rf'\1"{language}"', cell["source"])
    return book


def _translated(cell, entries, notices):
    """The source of a cell; each stretch of English in it stands under a notice."""
    from crmlib.course import catalogues

    told, before = [], None
    for paragraph in paragraphs(cell):
        if not paragraph.translatable:
            told.append(paragraph.text)
            continue
        entry = entries.get(paragraph.text)
        state = "current" if catalogues.is_current(entry) else "stale" if entry.fuzzy else "missing"
        if state == "current":
            told.append(entry.string)
        else:
            notice = f"> *{notices[state]}*\n\n" if state != before else ""
            told.append(notice + paragraph.text)
        before = state
    return "".join(told)
