"""What there is to translate, and how far each translation follows it.

A catalogue is a ``.po`` file: ``crmlib`` for the package, ``course`` for the list of lessons,
and one a lesson, named like its notebook. The sources are read anew each time: Python and
templates by their calls of gettext, a lesson by its paragraphs, its tables by their headings.
An entry whose English changed keeps the translator's old words and the English they were
made for, and is marked fuzzy: nobody is shown them as if they were up to date.
"""

import difflib
import html
import io
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages import Catalog, Message, extract, pofile

from crmlib import datasets, text
from crmlib.course import glossary, notebook, proofreading
from crmlib.course.lessons import LIST
from crmlib.course.paragraphs import paragraphs

PACKAGE = "crmlib"
COURSE = "course"
LOCALE = LIST.parent / "locale"  # in the folder of the course
METHODS = [("**.py", "python"), ("course/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
ALIKE = 0.5  # from here on a sentence counts as another one changed
WIDTH = 96
UNSTEADY = re.compile(  # or says nothing
    r'^"(?:Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|'
    r'Generated-By):.*\n',
    re.MULTILINE,
)
PROGRESS = "progress"  # tag of the cell that shows which exercises are done
SERIES = re.compile(r"^dtype: \w+$", re.MULTILINE)  # below a column shown alone
LABEL = re.compile(r"(?!NaN$|inf$)(?=.*[A-Za-z]{3})[A-Za-z][\w ()]*", re.ASCII)  # no value or letter


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
    terms = glossary.read(course.root)
    told = []
    for language, path, template in _each(course):
        one = Status(path.stem, language, path)
        for entry in merge(read(path), template):
            if not entry.id:
                continue
            if is_current(entry):
                one.translated.append(entry)
                known = () if entry.context else terms
                one.faults += [(entry, said) for said in proofreading.faults(entry, language, known)]
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
    files = {path: written(merge(read(path), new)) for _language, path, new in _each(course)}
    if terms := glossary.read(course.root):
        files[course.root / glossary.PAGE] = glossary.page(terms)
    changed = []
    for path, told in files.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != told:
            notebook.write(path, told)
            changed.append(path)
    return changed


def read(path):
    """A catalogue as its file holds it; an empty one if there is none.

    Parameters
    ----------
    path : path
        ``<language>/LC_MESSAGES/<name>.po``.

    Returns
    -------
    babel.messages.Catalog

    Examples
    --------
    >>> len(read("zh_CN/LC_MESSAGES/not_there.po"))
    0
    """
    path = Path(path)
    language = path.parents[1].name
    if not path.is_file():
        return Catalog(locale=language)
    told = path.read_text(encoding="utf-8")
    catalogue = pofile.read_po(io.StringIO(told), locale=language)
    before = dict(_previous(told))
    for entry in catalogue:  # Babel writes what the English was before, and does not read it
        entry.previous_id = before.get(entry.lineno, [])
        entry.user_comments = [told for told in entry.user_comments if not told.startswith("|")]
    return catalogue


def merge(old, template):
    """The entries of a template with the translations that an older catalogue has.

    An entry that is not in the template any more lends its translation to the one that took
    its place in the same cell or module, if the two are much alike; that one is fuzzy then.

    Parameters
    ----------
    old, template : babel.messages.Catalog

    Returns
    -------
    babel.messages.Catalog

    Examples
    --------
    >>> old, template = Catalog(locale="zh_CN"), Catalog()
    >>> _ = old.add("She pays twice.", "她付两次。", [("s1", None)])
    >>> _ = template.add("She pays three times.", locations=[("s1", None)])
    >>> [entry] = [entry for entry in merge(old, template) if entry.id]
    >>> entry.fuzzy, entry.previous_id
    (True, ['She pays twice.'])
    """
    new = Catalog(
        old.locale_identifier, header_comment=template.header_comment, project="crmlib", version=""
    )
    new.fuzzy = False
    new.obsolete.update(old.obsolete)
    keys = {_key(entry) for entry in template}
    gone = [entry for entry in old if entry.id and entry.string and _key(entry) not in keys]
    for entry in template:
        if not entry.id:
            continue
        before = old.get(entry.id, entry.context) or new.obsolete.pop(_key(entry), None)
        changed = before is None and _nearest(entry, gone)
        if changed:
            gone.remove(changed)
            before = changed
        merged = Message(entry.id, "", entry.locations, (), entry.auto_comments, context=entry.context)
        if before is not None:
            merged.string, merged.user_comments = before.string, before.user_comments
            merged.flags |= before.flags & {"fuzzy"}
            merged.previous_id = before.previous_id
        if changed:
            merged.flags.add("fuzzy")
            merged.previous_id = before.previous_id or _sources(before)
        if merged.pluralizable != isinstance(merged.string, list | tuple):
            merged.string = [merged.string] if merged.pluralizable else merged.string[0]
        new[merged.id] = merged
    new.obsolete.update((_key(entry), entry) for entry in gone if not entry.fuzzy)
    return new


def is_current(entry):
    """Whether an entry has a translation that was made for its English.

    Examples
    --------
    >>> is_current(Message("week", "周")), is_current(Message("week"))
    (True, False)
    """
    string = entry.string if isinstance(entry.string, str) else "".join(entry.string)
    return bool(string) and not entry.fuzzy


def written(catalogue):
    """A catalogue as the text of its file, which says nothing of when and by what it was made.

    Parameters
    ----------
    catalogue : babel.messages.Catalog

    Returns
    -------
    str

    Examples
    --------
    >>> print(written(Catalog(locale="zh_CN", header_comment="# Of the course.")).splitlines()[0])
    # Of the course.
    """
    stream = io.BytesIO()
    pofile.write_po(stream, catalogue, width=WIDTH, include_previous=True, include_lineno=False)
    return UNSTEADY.sub("", stream.getvalue().decode())


def of_lesson(book, lesson=""):
    """The paragraphs of a lesson, each with the place where it stands.

    Parameters
    ----------
    book : dict
        The notebook, in English.
    lesson : str
        What to call it: its file.

    Returns
    -------
    babel.messages.Catalog

    Examples
    --------
    >>> cell = {"cell_type": "markdown", "id": "s1", "metadata": {}, "source": "Guess first."}
    >>> [entry.locations for entry in of_lesson({"cells": [cell]}, "32.ipynb") if entry.id]
    [[('32.ipynb#s1', None)]]
    """
    template = Catalog(header_comment=_header(lesson))
    for cell in book["cells"]:
        tags = ", ".join(cell["metadata"].get("tags", []))
        for paragraph in paragraphs(cell):
            if paragraph.translatable:
                comments = [f"cell {cell['id']}" + (f" ({tags})" if tags else "")]
                template.add(
                    paragraph.text, None, [(f"{lesson}#{cell['id']}", None)], (), comments
                )
    return template


def of_course(root):
    """What the list of lessons says: titles and questions.

    Parameters
    ----------
    root : path

    Returns
    -------
    babel.messages.Catalog

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> "Lifetime value" in of_course(lessons.find_root())
    True
    """
    template = Catalog(header_comment=_header(LIST.name))
    listed = tomllib.loads((Path(root) / LIST).read_text(encoding="utf-8"))
    for what in ("title", "subtitle"):
        template.add(listed[what], None, [(f"{LIST.name}#{what}", None)])
    for chapter in listed["chapters"]:
        template.add(chapter["title"], None, [(f"{LIST.name}#{chapter['folder']}", None)])
    for lesson in listed["lessons"]:
        for what in ("title", "question"):
            if what in lesson:
                template.add(lesson[what], None, [(f"{LIST.name}#{lesson['number']}", None)])
    return template


def of_package(books=None):
    """What the package says, and the headings and labels of the tables in the lessons.

    Parameters
    ----------
    books : dict of str to dict, optional
        File -> executed lesson.

    Returns
    -------
    babel.messages.Catalog

    Examples
    --------
    >>> "That looks like nothing we say." in of_package()
    False
    """
    template = Catalog(header_comment=_header(PACKAGE))
    folder = Path(text.__file__).parent
    found = extract.extract_from_dir(
        folder, METHODS, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _line, message, comments, context in sorted(found, key=lambda one: one[:2]):
        if message:
            template.add(message, None, [(file, None)], (), comments, context=context)
    for name in datasets.names():
        template.add(datasets.describe(name).title, None, [(f"datasets/{name}", None)])
    for file, book in (books or {}).items():
        for cell, label in _labels(book):
            template.add(label, None, [(f"{file}#{cell}", None)], context=text.COLUMN)
    return template


def _each(course):
    """Language, file and template of every catalogue."""
    books = {lesson.file: notebook.read(lesson.path) for lesson in course.lessons}
    templates = {COURSE: of_course(course.root)}
    for lesson in course.lessons:
        templates[lesson.path.stem] = of_lesson(books[lesson.file], lesson.file)
    package = of_package(books)
    for language in text.languages():
        if language != text.SOURCE:
            yield language, _file(text.LOCALE, language, PACKAGE), package
            for name, template in templates.items():
                yield language, _file(course.root / LOCALE, language, name), template


def _file(folder, language, name):
    return Path(folder, language, "LC_MESSAGES", name + ".po")


def _header(what):
    return (
        f"# Translation of {what}.\n"
        "# `crmlib language update` reads the sources anew, `crmlib language status` says\n"
        "# what is missing, out of date or wrong."
    )


def _labels(book):
    """Names and labels that a reader sees in the tables of an executed lesson."""
    for cell in book["cells"]:
        if PROGRESS in cell["metadata"].get("tags", []):  # which speaks the reader's language
            continue
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            told, plain = data.get("text/html", ""), data.get("text/plain", "")
            labels = []
            if 'class="dataframe"' in told:
                labels = map(html.unescape, re.findall(r"<t[hd][^>]*>([^<]+)</t", told))
            elif SERIES.search(plain):
                labels = [re.split("  +", line)[0] for line in plain.splitlines()[:-1]]
            for label in labels:
                if LABEL.fullmatch(label):
                    yield cell["id"], label


def _key(entry):
    singular = entry.id if isinstance(entry.id, str) else entry.id[0]
    return (singular, entry.context) if entry.context else singular


def _sources(entry):
    return [entry.id] if isinstance(entry.id, str) else list(entry.id)


def _nearest(entry, gone):
    """The entry that stood where this one stands, if one is enough like it."""
    places = set(entry.locations)

    def alike(other):
        told = _sources(entry)[0], _sources(other)[0]
        return difflib.SequenceMatcher(None, *told, autojunk=False).ratio()

    there = [one for one in gone if one.context == entry.context and places & set(one.locations)]
    best = max(there, key=alike, default=None)
    return best if best is not None and alike(best) >= ALIKE else None


def _previous(told):
    """Line number of an entry -> the English that its translation was made for."""
    before, into = [], False
    for number, line in enumerate(told.splitlines(), start=1):
        if line.startswith("#| "):
            line = line.removeprefix("#| ")
            if line.startswith("msgid"):
                before.append("")
            before[-1] += pofile.denormalize(line[line.index('"') :])
            into = True
        elif into and line.startswith("msg"):
            yield number, before
            before, into = [], False
