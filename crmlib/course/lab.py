"""A student's working folder, and JupyterLab on it.

The folder holds student notebooks, laid out by chapter, and a map of the course. What a
student wrote is never written over: a hidden file, ``.crmlib.json``, remembers each cell as
it was laid out, and a cell that differs is the student's.
"""

import hashlib
import json
import os
import secrets
import signal
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager

from crmlib import text
from crmlib.course import editions, exercises, glossary, language, notebook
from crmlib.course.lessons import LIST
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import ngettext

ATTEMPT = "attempt"  # tag of a cell that a student answers in
MAP = "course_map.md"
RECORD = exercises.LAID_OUT
SETTINGS = Path(__file__).with_name("jupyter")  # widgets last, no news, Markdown as a page


class ThisPython(KernelSpecManager):
    """Knows one kernel, that of the running interpreter.

    A ``python3`` in the user's own Jupyter folder often belongs to another installation,
    which has no course in it.

    Examples
    --------
    >>> import sys
    >>> ThisPython().get_kernel_spec("python3").argv[0] == sys.executable
    True
    """

    def _kernel_dirs_default(self):
        return []

    def get_kernel_spec(self, kernel_name):
        """The kernelspec of a name, for a kernel that keeps quiet in the terminal."""
        spec = super().get_kernel_spec(kernel_name)
        spec.argv.append("--log-level=CRITICAL")
        return spec


def lay_out(course, lessons, folder):
    """Put student notebooks, a map of the course and its glossary into a folder.

    A notebook in which the student changed nothing is replaced when its lesson was updated.
    One that was changed stays as it is, and the updated lesson is written beside it with the
    student's answers in it. A map that was changed stays, too. All of it is in the language
    in use.

    Parameters
    ----------
    course : crmlib.course.lessons.Course
    lessons : list of Lesson
    folder : path
        Made if need be.

    Returns
    -------
    dict of pathlib.Path to pathlib.Path
        Notebook left as it is -> the updated one now beside it.

    Raises
    ------
    DataError
        If the folder is that of the course's own notebooks, or in it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from crmlib.course import lessons
    >>> course = lessons.read()
    >>> with TemporaryDirectory() as folder:
    ...     lay_out(course, course.find(["3.2"]), folder)
    ...     Path(folder, "3_value", "32_lifetime_value.ipynb").is_file()
    {}
    True
    """
    folder = Path(folder)
    if folder.resolve().is_relative_to((course.root / LIST.parent).resolve()):
        raise DataError(
            _("{folder} holds the course's own notebooks; name another folder.").format(
                folder=folder
            )
        )
    record = _record(folder)
    beside = {}
    for lesson in lessons:
        book = language.translate(notebook.read(lesson.path), lesson.path, text.language())
        book = editions.unanswered(book)
        cells = _cells(book)
        there, laid = folder / lesson.file, {}
        if lesson.file in record["lessons"]:
            known = record["lessons"][lesson.file]
            if (folder / known["file"]).is_file():
                there, laid = folder / known["file"], known["cells"]
        written = _place(book, there, laid, folder / lesson.file)
        if written != there:
            beside[there] = written
        name = written.relative_to(folder).as_posix()
        record["lessons"][lesson.file] = {"file": name, "cells": cells}
    pages = {
        MAP: course_map(course, {file: laid["file"] for file, laid in record["lessons"].items()})
    }
    if (terms := course.root / glossary.PAGE).is_file():
        pages[glossary.PAGE.name] = terms.read_text(encoding="utf-8")
    for name, told in pages.items():
        path = folder / name
        if not path.exists() or _sha256(path.read_bytes()) == record["pages"].get(name):
            notebook.write(path, told)
            record["pages"][name] = _sha256(told.encode())
    notebook.write(folder / RECORD, json.dumps(record, indent=1) + "\n")
    return beside


def course_map(course, files):
    """The page that a student sees first, as Markdown.

    Parameters
    ----------
    course : crmlib.course.lessons.Course
    files : dict of str to str
        A lesson's file in the course -> its notebook in the working folder. A lesson that
        is not there is left out.

    Returns
    -------
    str

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> page = course_map(lessons.read(), {"3_value/32_lifetime_value.ipynb": "a.ipynb"})
    >>> [line for line in page.splitlines() if "3.2" in line][0].partition("<br>")[0]
    '* **3.2 [Lifetime value](a.ipynb)** · 55 minutes'
    """
    parts = [
        f"# {course.title}",
        course.subtitle,
        _(
            "Click on a lesson to open it. **Shift + Enter** runs a cell; **Run All Cells** in the "
            "menu **Run** runs all of them. Where three dots ask for an answer, put yours in "
            "their place, and run that cell and the one after it."
        ),
    ]
    for chapter in course.chapters:
        items = [
            f"* **{lesson.number} [{lesson.title}]({files[lesson.file]})** · "
            + ngettext("{n} minute", "{n} minutes", lesson.minutes).format(n=lesson.minutes)
            + f"<br>{lesson.question}"
            for lesson in course.lessons
            if lesson.chapter == chapter and lesson.file in files
        ]
        if items:
            parts += [f"## {chapter.number} · {chapter.title}", *items]
    parts.append(_("What you write is kept in this folder; `crmlib lab` does not write over it."))
    return "\n\n".join(parts) + "\n"


def serve(folder, tell, browser=True):
    """Run JupyterLab on a working folder until Ctrl-C.

    Parameters
    ----------
    folder : path
        As :func:`lay_out` left it.
    tell : callable
        Called with the address, token and all, as soon as it answers.
    browser : bool
        Whether to open the map of the course in a browser.
    """
    from jupyterlab.labapp import LabApp  # takes a second, and nothing else here needs it

    os.environ.pop("MPLBACKEND", None)  # or figures would not reach the notebook
    os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(24))  # or it prints its own address
    search = [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, search))
    server = LabApp.initialize_server(
        [
            f"--ServerApp.root_dir={Path(folder).resolve()}",
            f"--ServerApp.open_browser={browser}",
            "--ServerApp.allow_root=True",  # as in a container; it serves this machine alone
            f"--ServerApp.kernel_spec_manager_class={__name__}.{ThisPython.__name__}",
            f"--LabApp.default_url=/lab/workspaces/crmlib/tree/{MAP}",
            "--ServerApp.log_level=ERROR",
            "--LabApp.log_level=ERROR",
        ]
    )
    token = server.identity_provider.token
    address = server.connection_url + (f"?token={token}" if token else "")
    server.io_loop.add_callback(tell, address)
    signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))  # and asks nothing
    server.start()


def _place(book, there, laid, first):
    """Put an updated notebook where it belongs, and return where the newest one now is.

    ``there`` is the newest one so far; ``laid`` its cells as they were laid out, none if it
    is not ours; ``first`` the lesson's place in the folder.
    """
    if there.exists():
        try:
            student = notebook.read(there)
        except DataError:  # whatever it is, it stays
            student = {"cells": []}
        new, have = _cells(book), _cells(student)
        attempts = notebook.tagged(book, ATTEMPT)
        prose = new.keys() - {cell["id"] for cell in attempts}
        if laid == new or all(have.get(name) == new[name] for name in prose):
            return there
        if not laid or have != laid:
            theirs = {cell.get("id"): cell["source"] for cell in student["cells"]}
            for cell in attempts:
                name = cell["id"]
                if name in theirs and have[name] != laid.get(name):
                    cell["source"] = theirs[name]
            there = _free(first)
    notebook.write(there, notebook.text(book))
    return there


def _free(path):
    """A name beside a notebook that no file has."""
    number = 1
    while (new := path.with_suffix(f".new{number if number > 1 else ''}.ipynb")).exists():
        number += 1
    return new


def _cells(book):
    """A notebook's cells, id -> checksum of the source; what they show does not count."""
    return {cell.get("id"): _sha256(cell["source"].encode()) for cell in book["cells"]}


def _sha256(content):
    return hashlib.sha256(content).hexdigest()


def _record(folder):
    """What was laid out before; nothing if that is not known."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {"pages": record["pages"], "lessons": record["lessons"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {"pages": {}, "lessons": {}}
