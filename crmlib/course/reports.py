"""A lesson's analysis on an analyst's own data, without the lesson around it.

``report.html`` to read and send, ``report.ipynb`` to look into and go on from, and the
decision tables. A lesson whose question the data cannot answer says so and prints no
numbers.
"""

import datetime
import json
import shutil
import tempfile
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from crmlib import __version__, datasets, text
from crmlib.course import editions, handouts, language, notebook, pool, running
from crmlib.course.parameters import choose
from crmlib.errors import CannotAnswer, DataError
from crmlib.text import escaped
from crmlib.text import gettext as _

SUMMARY = "summary"  # tag of a cell whose sentences stand at the top of a report


def write(course, lessons, out, watch, parameters, show_names=False):
    """Run lessons on a file and write what an analyst needs of them.

    Parameters
    ----------
    course : crmlib.course.lessons.Course
    lessons : list of Lesson
    out : path
        Folder to write into; made if need be.
    watch : object
        As in :func:`crmlib.course.running.run`.
    parameters : dict
        As in :func:`crmlib.course.parameters.choose`; ``dataset`` is the path of a file or the
        name of a data set.
    show_names : bool
        Whether customers appear under their own ids, or numbered.

    Returns
    -------
    list of Outcome
        One a lesson. Those refused the data, or failed, are left out of the report; if all
        were, nothing is written. The tables of an earlier report in the folder go when this
        one is written.

    Raises
    ------
    DataError
        Before anything runs, as :func:`crmlib.course.parameters.choose` says; or if a file to
        be written is the one that was read.

    Examples
    --------
    >>> from crmlib.course import lessons, progress
    >>> with tempfile.TemporaryDirectory() as out, progress.Watch(total=0) as watch:
    ...     write(lessons.read(), [], out, watch, {"dataset": "cdnow"})
    []
    """
    out = Path(out)
    jobs, outcomes, parts = [], {}, {}
    masters = {lesson: notebook.read(lesson.path) for lesson in lessons}
    if any("show_names" in notebook.parameters(master) for master in masters.values()):
        parameters = parameters | {"show_names": show_names}  # else they know no customers
    given = choose(masters, parameters)
    with tempfile.TemporaryDirectory() as scratch, _folder(out):
        for lesson in lessons:
            chosen = given[lesson]
            spoken = chosen.pop("language", text.SOURCE)
            master = language.translate(masters[lesson], lesson.path, spoken)
            outcomes[lesson] = running.Outcome(lesson, parameters=chosen)
            target = str(Path(scratch, lesson.path.name))
            default = notebook.parameters(master)["dataset"]
            dataset = chosen.get("dataset", default)
            columns = datasets.roles(dataset, parameters.get("columns"))
            book = editions.report(editions.unanswered(master), columns)
            tables = Path(scratch, lesson.number)  # a folder for those of each lesson
            tables.mkdir()
            jobs.append((lesson, (book, str(lesson.path.parent), chosen, target, str(tables))))
        with closing(pool.work(jobs, watch)) as finished:
            for lesson, result in finished:
                told = {key: result[key] for key in ("seconds", "failure")}
                status = "failed" if result["failure"] else "passed"
                outcomes[lesson] = replace(outcomes[lesson], status=status, origin="run", **told)
                watch.finished(outcomes[lesson])
                if result["sha256"]:
                    parts[lesson] = notebook.read(Path(scratch, lesson.path.name))
        outcomes = [outcomes[lesson] for lesson in lessons]
        told = [one for one in outcomes if one.status == "passed" or cannot_answer(one)]
        if told:
            made = Path(scratch, "made")
            made.mkdir()
            tables = [file for one in told for file in Path(scratch, one.lesson.number).iterdir()]
            parts = [(outcome, parts[outcome.lesson]) for outcome in told]
            spoken = text.code(parameters.get("language", text.SOURCE))
            _write(course, parts, made, spoken, [file.name for file in tables])
            _put([*tables, *made.iterdir()], out, told[0].dataset)
    return outcomes


def cannot_answer(outcome):
    """Whether a lesson found that the data hold no answer.

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> cannot_answer(running.Outcome(lessons.read().lessons[0], "passed"))
    False
    """
    return bool(outcome.failure) and outcome.failure["error"] == CannotAnswer.__name__


@contextmanager
def _folder(out):
    """A folder, made if need be, and taken away again if nothing came into it."""
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if made and not any(out.iterdir()):
            out.rmdir()


def _put(files, out, source):
    """Put the files of a report into its folder, in place of those of an earlier one."""
    before = set()
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads((out / "report.ipynb").read_text(encoding="utf-8"))
        before = {Path(name).name for name in told["metadata"]["crmlib"]["tables"]}
    names = {file.name for file in files}
    for path in (out / name for name in before | names):
        if path.exists() and Path(source).exists() and path.samefile(source):
            raise DataError(
                _("{path} is the file that was read; name another folder.").format(path=path)
            )
    for name in before - names:
        (out / name).unlink(missing_ok=True)
    for file in files:
        shutil.move(file, out / file.name)


def _write(course, parts, out, spoken, tables):
    source = Path(parts[0][0].dataset).name
    cells = [cell for outcome, book in parts for cell in _told(outcome, book, source)]
    metadata = {**notebook.METADATA, "crmlib": {"tables": tables}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    titles = [outcome.lesson.title for outcome, _book in parts]
    book = editions.report(book)
    notebook.write(out / "report.ipynb", notebook.text(book))
    handouts.write(
        book,
        out / "report.html",
        format="html",
        title=_("{title}: {data}").format(title=_(", ").join(titles), data=source),
        course=course.title,
        edition="report",
        language=spoken,
        version=__version__,
        date=datetime.date.today(),
    )


def _told(outcome, book, source):
    """The cells of one lesson's report, up to where it had to stop."""
    title = _("# {title}\n\n**{question}**\n\nData: {data}")
    title = title.format(
        title=outcome.lesson.title, question=outcome.lesson.question, data=escaped(source)
    )
    prefix = outcome.lesson.number.replace(".", "")
    in_short = [
        output["data"]["text/markdown"]
        for cell in notebook.tagged(book, SUMMARY)
        for output in cell["outputs"]
        if "text/markdown" in output.get("data", {})
    ]
    for cell in book["cells"]:
        tags = cell["metadata"].get("tags", [])
        stopped = outcome.failure and cell["id"] == outcome.failure["id"]
        cell = {**cell, "id": f"{prefix}-{cell['id']}"[:64]}
        if SUMMARY in tags:
            cell["outputs"] = []
        if "title" in tags:
            cell["source"] = "\n\n".join([title, *in_short])
        if stopped:
            told = _("**No numbers follow.** {why}").format(why=escaped(outcome.failure["message"]))
            cell["outputs"] = [one for one in cell["outputs"] if one["output_type"] != "error"]
            yield cell
            yield _words(f"{prefix}-cannot-answer", told)
            return
        yield cell


def _words(name, told):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": told}
