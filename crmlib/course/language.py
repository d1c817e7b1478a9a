"""The course in another language: paragraphs translated, code untouched.

A reader is never shown an old translation as if it were up to date. Where one is out of
date or missing, the English stands, with a line that says so.

A catalogue is a ``.po`` file: ``crmlib`` for the package, ``course`` for the list of lessons,
and one a lesson, named like its notebook. Babel is imported only where it is needed: English
does without.
"""

import copy
import re
from dataclasses import dataclass, field
from pathlib import Path

from crmlib import text
from crmlib.course import glossary, notebook
from crmlib.course.lessons import LIST
from crmlib.course.paragraphs import paragraphs

LOCALE = LIST.parent / "locale"  # in the folder of the course

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
    from crmlib.course import catalogues, extraction

    path = Path(path)
    file = Path(path.parents[1], "locale", language, "LC_MESSAGES", path.stem + ".po")
    lesson = f"{path.parent.name}/{path.name}"
    entries = catalogues.merge(catalogues.read(file), extraction.of_lesson(book, lesson))
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


@dataclass
class Status:
    """How far a translation follows its source.

    Attributes
    ----------
    name : str
        Of the catalogue.
    language : str
    path : pathlib.Path
    translated, stale, missing : list of babel.messages.catalog.Message
        Up to date; made for an older English; not there.
    faults : list of tuple of (Message, str)
        What is wrong with a translation, in a sentence.
    """

    name: str
    language: str
    path: Path
    translated: list = field(default_factory=list)
    stale: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    faults: list = field(default_factory=list)


def status(course):
    """How far each translation follows.

    Parameters
    ----------
    course : crmlib.course.lessons.Course

    Returns
    -------
    list of Status
        For each language the package, the list of lessons, and each lesson.

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> [one.name for one in status(lessons.read())][:2]
    ['crmlib', 'course']
    """
    from crmlib.course import catalogues, proofreading

    terms = glossary.read(course.root)
    told = []
    for language, path, template in _each(course):
        one = Status(path.stem, language, path)
        for entry in catalogues.merge(catalogues.read(path), template):
            if not entry.id:
                continue
            if catalogues.is_current(entry):
                one.translated.append(entry)
                known = () if entry.context else terms
                found = proofreading.faults(entry, language, known)
                one.faults += [(entry, said) for said in found]
            else:
                (one.stale if entry.fuzzy else one.missing).append(entry)
        told.append(one)
    return told


def update(course):
    """Read the sources anew and write every catalogue, and the page of the glossary.

    Parameters
    ----------
    course : crmlib.course.lessons.Course

    Returns
    -------
    list of pathlib.Path
        Those that changed.
    """
    from crmlib.course import catalogues

    files = {
        path: catalogues.written(catalogues.merge(catalogues.read(path), template))
        for _language, path, template in _each(course)
    }
    if terms := glossary.read(course.root):
        files[course.root / glossary.PAGE] = glossary.page(terms)
    changed = []
    for path, told in files.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != told:
            notebook.write(path, told)
            changed.append(path)
    return changed


def _each(course):
    """Language, file and template of every catalogue."""
    from crmlib.course import extraction

    books = {lesson.file: notebook.read(lesson.path) for lesson in course.lessons}
    templates = {"course": extraction.of_course(course.root)}
    for lesson in course.lessons:
        templates[lesson.path.stem] = extraction.of_lesson(books[lesson.file], lesson.file)
    package = extraction.of_package(books)
    for language in text.languages():
        if language != text.SOURCE:
            yield language, _file(text.LOCALE, language, "crmlib"), package
            for name, template in templates.items():
                yield language, _file(course.root / LOCALE, language, name), template


def _file(folder, language, name):
    return Path(folder, language, "LC_MESSAGES", name + ".po")


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
            parts = [paragraph.text]
            if state != before:  # below a heading, which stays the first thing in its cell
                parts.insert(paragraph.text.startswith("#"), f"> *{notices[state]}*")
            told.append("\n\n".join(parts))
        before = state
    return "".join(told)
