"""What there is to translate, read from the sources themselves.

Python and templates by their calls of gettext, a lesson by its paragraphs, the list of lessons
by its titles; the headings and labels of tables by what the executed lessons show, and what
their parameters mean by the comments on them.
"""

import html
import re
import tomllib
from pathlib import Path

from babel.messages import Catalog, extract

from crmlib import datasets, text
from crmlib.course import parameters
from crmlib.course.lessons import LIST
from crmlib.course.paragraphs import paragraphs

METHODS = [("**.py", "python"), ("course/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
OWN = ("risk", "tenure", "why")  # headings that only tables of a reader's own data have
PROGRESS = "progress"  # tag of the cell that shows which exercises are done
SERIES = re.compile(r"^dtype: \w+$", re.MULTILINE)  # below a column shown alone
# A name or a label: no value, and of single letters only the column T.
LABEL = re.compile(
    r"T|(?!NaN$|inf$)(?=.*[A-Za-z]{3})(?:1 - )?[A-Za-z][\w ()]*(?:-[a-z]+)?", re.ASCII
)


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
                template.add(paragraph.text, None, [(f"{lesson}#{cell['id']}", None)], (), comments)
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
    """What the package says, and the labels of tables and the parameters in the lessons.

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
    template = Catalog(header_comment=_header("crmlib"))
    folder = Path(text.__file__).parent
    found = extract.extract_from_dir(
        folder, METHODS, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _line, message, comments, context in sorted(found, key=lambda one: one[:2]):
        if message:
            template.add(message, None, [(file, None)], (), comments, context=context)
    for name in datasets.names():
        template.add(datasets.describe(name).title, None, [(f"datasets/{name}", None)])
    for label in OWN if books else ():
        template.add(label, None, [("decision tables", None)], context=text.COLUMN)
    for file, book in (books or {}).items():
        for cell, label in _labels(book):
            template.add(label, None, [(f"{file}#{cell}", None)], context=text.COLUMN)
        for name, meaning in parameters.comments(book).items():
            template.add(meaning, None, [(f"{file}#{name}", None)], context=text.COLUMN)
    return template


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
            told = told.replace("<wbr>", "")  # where a long name may be broken
            labels = []
            if 'class="dataframe"' in told:
                labels = map(html.unescape, re.findall(r"<t[hd][^>]*>([^<]+)</t", told))
            elif SERIES.search(plain):
                labels = [re.split("  +", line)[0] for line in plain.splitlines()[:-1]]
            for label in labels:
                if LABEL.fullmatch(label):
                    yield cell["id"], label
