"""A lesson's analysis on an analyst's own data, without the lesson around it.

``report.html`` to read and send, ``report.ipynb`` to look into and go on from, and the
decision tables. A lesson whose question the data cannot answer says so and prints no
numbers.
"""

import datetime
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from crmlib import __version__, datasets, text
from crmlib.course import editions, handouts, language, notebook, pool, running
from crmlib.course.parameters import choose
from crmlib.errors import CannotAnswer
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
        were, nothing is written.

    Raises
    ------
    DataError
        Before anything runs, as :func:`crmlib.course.parameters.choose` says.

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
    with tempfile.TemporaryDirectory() as scratch:
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
            tables = str(out.resolve())
            jobs.append((lesson, (book, str(lesson.path.parent), chosen, target, tables)))
        out.mkdir(parents=True, exist_ok=True)
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
        parts = [(outcome, parts[outcome.lesson]) for outcome in told]
        _write(course, parts, out, text.code(parameters.get("language", text.SOURCE)))
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


def _write(course, parts, out, spoken):
    source = Path(parts[0][0].dataset).name
    cells = [cell for outcome, book in parts for cell in _told(outcome, book, source)]
    book = {"cells": cells, "metadata": notebook.METADATA, "nbformat": 4, "nbformat_minor": 5}
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
