"""Running lessons: two at a time, nothing twice, nothing half.

A run writes into one folder: the executed notebooks, ``results.json`` and
``index.html``. A lesson that was run before is taken over if nothing it depends on has
changed: its cells, this package, the libraries, the data, the parameters.
``results.json`` is written after the notebooks it vouches for and holds their
checksums, and those of the handouts made by them, so what an interrupted run left behind
is never taken for a result.
"""

import json
import tempfile
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from crmlib import text
from crmlib.course import fingerprint, glossary, index, language, notebook, pool, results
from crmlib.course.lessons import Lesson
from crmlib.course.parameters import choose
from crmlib.errors import CannotAnswer, DataError
from crmlib.text import gettext as _

REFUSALS = (DataError.__name__, CannotAnswer.__name__)
HANDOUTS = tuple(product(("student", "instructor"), ("html", "pdf")))


@dataclass(frozen=True)
class Outcome:
    """What became of one lesson.

    Attributes
    ----------
    lesson : Lesson
    status : {'passed', 'moved', 'failed', 'not run'}
        ``moved``: it ran to its end, and its numbers are not the recorded ones.
    origin : {'run', 'reused', 'earlier', ''}
        This run; an earlier one, and nothing changed since; an earlier one, not asked
        for in this.
    parameters : dict
        Those that differ from the lesson's defaults.
    seconds : float or None
        What the run took, whenever it was.
    record : crmlib.course.results.Record or None
    differences : list of crmlib.course.results.Difference
        From the committed record. Empty too when the parameters are not the lesson's
        own: then there is nothing to compare with.
    failure : dict or None
        As :func:`crmlib.course.worker.execute` gives it.
    key : str or None
        Checksum of all that the lesson depends on.
    sha256 : str or None
        Checksum of the executed notebook; None if there is none.
    handouts : dict
        Name -> checksum of each handout made by this very notebook.
    """

    lesson: Lesson
    status: str = "not run"
    origin: str = ""
    parameters: dict = field(default_factory=dict)
    seconds: float | None = None
    record: results.Record | None = None
    differences: list = field(default_factory=list)
    failure: dict | None = None
    key: str | None = None
    sha256: str | None = None
    handouts: dict = field(default_factory=dict)

    @property
    def dataset(self):
        """The data set's name, or the path of the file, it ran on."""
        return self.parameters.get("dataset", self.lesson.dataset)

    @property
    def refused_input(self):
        """Whether it failed because the data or settings given to it cannot be used."""
        given = not _as_written(self)
        return bool(given and self.failure and self.failure["error"] in REFUSALS)

    def to_json(self):
        """The entry of this lesson in ``results.json``."""
        return {
            "file": self.lesson.file,
            "title": self.lesson.title,
            "dataset": self.dataset,
            "parameters": self.parameters,
            "status": self.status,
            "seconds": self.seconds,
            "results": self.record and self.record.to_json(),
            "differences": [difference.to_json() for difference in self.differences],
            "failure": self.failure,
            "key": self.key,
            "sha256": self.sha256,
            "handouts": self.handouts,
        }


def run(course, lessons, out, watch, parameters=None, reuse=True, handouts=False):
    """Run lessons and write what they gave.

    Parameters
    ----------
    course : crmlib.course.lessons.Course
    lessons : list of Lesson
    out : path
        Folder to write into; made if need be.
    watch : object
        Told what happens: ``watch.cell(lesson, i, n)`` as cell i of n begins,
        ``watch.finished(outcome)`` as a lesson is done.
    parameters : dict, optional
        In place of a lesson's defaults; see :func:`crmlib.course.parameters.choose`.
    reuse : bool
        Whether an earlier run may stand for this one.
    handouts : bool
        Whether to write the handouts of each lesson too, those of both editions.

    Returns
    -------
    list of Outcome
        One a lesson, in the order of ``lessons``. Where the data or settings given cannot be
        used, the folder keeps what it had of this lesson.

    Raises
    ------
    DataError
        Before anything runs, as :func:`crmlib.course.parameters.choose` says.

    Examples
    --------
    >>> from crmlib.course import lessons, progress
    >>> with tempfile.TemporaryDirectory() as out, progress.Watch(total=0) as watch:
    ...     run(lessons.read(), [], out, watch)
    []
    """
    out = Path(out)
    books = {lesson: notebook.read(lesson.path) for lesson in lessons}
    chosen = choose(books, parameters or {})
    for lesson in lessons:  # what is translated speaks its language by itself
        spoken = chosen[lesson].pop("language", text.SOURCE)
        books[lesson] = language.translate(books[lesson], lesson.path, spoken)
    outcomes = _earlier(course, out)
    common = fingerprint.common()
    begun, refused = {}, {}
    for lesson in lessons:
        new = Outcome(lesson, parameters=chosen[lesson])
        new = replace(new, key=fingerprint.key(books[lesson], chosen[lesson], new.dataset, common))
        old = outcomes[lesson]
        if reuse and old.key == new.key and old.status in ("passed", "moved"):
            outcomes[lesson] = replace(old, origin="reused")
            watch.finished(outcomes[lesson])
        else:
            begun[lesson] = new

    def paper(outcome):
        """The lesson, and its handouts with their checksums, made anew if need be."""
        from crmlib.course import editions  # and with it pandas, which a run itself does without

        lesson, made = outcome.lesson, outcome.handouts
        wanted = handouts and outcome.status in ("passed", "moved") and _as_written(outcome)
        if wanted and len(list(_made(out, outcome))) < len(HANDOUTS):
            book = notebook.read(out / "notebooks" / lesson.file)
            paths = [editions.write(course, lesson, book, out / "handouts", *k) for k in HANDOUTS]
            made = {path.name: fingerprint.sha256(path) for path in paths}
        return lesson, made

    def save():
        entries = {lesson.number: outcomes[lesson].to_json() for lesson in course.lessons}
        told = {"course": course.title, "lessons": entries}
        told = json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False)
        notebook.write(out / "results.json", told + "\n")
        made = {lesson.number: list(_made(out, outcomes[lesson])) for lesson in course.lessons}
        page = index.render(course, list(outcomes.values()), made, out)
        notebook.write(out / "index.html", page)

    def job(lesson):
        target = str(Path(scratch, lesson.path.name))
        return lesson, (books[lesson], str(lesson.path.parent), chosen[lesson], target, "")

    save()
    if (page := course.root / glossary.PAGE).is_file():  # which the lessons link to
        notebook.write(out / glossary.PAGE, page.read_text(encoding="utf-8"))
    # Pandoc works while the lessons run; a lesson's handouts are made by its finished notebook.
    with (
        tempfile.TemporaryDirectory() as scratch,
        ThreadPoolExecutor(1) as printer,
        closing(pool.work(map(job, begun), watch)) as finished,
    ):
        printing = [printer.submit(paper, outcomes[one]) for one in lessons if one not in begun]
        for lesson, result in finished:
            outcome = _judge(begun[lesson], books[lesson], result)
            if outcome.refused_input:
                refused[lesson] = outcome
            else:
                outcomes[lesson] = outcome
                if outcome.sha256:
                    executed = Path(scratch, lesson.path.name).read_text(encoding="utf-8")
                    notebook.write(out / "notebooks" / lesson.file, executed)
                save()
                printing.append(printer.submit(paper, outcome))
            watch.finished(outcome)
        for printed in printing:
            lesson, made = printed.result()
            outcomes[lesson] = replace(outcomes[lesson], handouts=made)
    save()
    return [refused.get(lesson, outcomes[lesson]) for lesson in lessons]


def refresh(course, lessons, watch):
    """Run lessons and write them back, executed and clean, into ``notebooks/``.

    The picture that stands for a lesson, that of its cell tagged ``picture``, is
    written beside it as a PNG.

    Parameters
    ----------
    course, lessons, watch
        As in :func:`run`.

    Returns
    -------
    list of Outcome
        ``differences`` says which results moved. A lesson that failed, or wrote to the
        error stream, is ``failed`` and its file is left as it was.

    Examples
    --------
    >>> from crmlib.course import lessons, progress
    >>> with progress.Watch(total=0) as watch:
    ...     refresh(lessons.read(), [], watch)
    []
    """
    refreshed = []
    with tempfile.TemporaryDirectory() as out:
        for outcome in run(course, lessons, out, watch, reuse=False):
            if outcome.status != "failed":
                executed = Path(out, "notebooks", outcome.lesson.file)
                noise = _noise(notebook.read(executed))
                if noise:
                    outcome = replace(outcome, status="failed", failure=noise)
                else:
                    notebook.write(outcome.lesson.path, executed.read_text(encoding="utf-8"))
                    _write_picture(outcome.lesson)
            refreshed.append(outcome)
    return refreshed


def _judge(outcome, book, result):
    """The outcome, now that the lesson was run or an earlier run is looked at again."""
    record = result["results"] and results.Record.from_json(result["results"])
    failure, differences, status = result["failure"], [], "passed"
    if not failure and not record:
        failure = {"cell": None, "id": None, "line": "", "error": _("No results")}
        failure["message"] = _("the cell tagged `results` must end with results.record(…)")
    if failure:
        status = "failed"
    elif _as_written(outcome):
        differences = results.compare(results.read(book), record)
        status = "moved" if differences else "passed"
    return replace(
        outcome,
        status=status,
        origin="run",
        seconds=result["seconds"],
        record=record,
        differences=differences,
        failure=failure,
        sha256=result["sha256"],
    )


def _as_written(outcome):
    """Whether a lesson ran on its own data and settings; numbers know no language."""
    return set(outcome.parameters) <= {"language"}


def _made(out, outcome):
    """Edition, format and address of each handout that is there as the notebook made it."""
    for edition, form in HANDOUTS:
        path = out / "handouts" / f"{outcome.lesson.number}_{edition}.{form}"
        recorded = outcome.handouts.get(path.name)
        if recorded and path.is_file() and fingerprint.sha256(path) == recorded:
            yield edition, form, f"handouts/{path.name}"


def _earlier(course, out):
    """What the folder holds of each lesson, as far as results.json vouches for it."""
    try:
        entries = json.loads((out / "results.json").read_text(encoding="utf-8"))["lessons"]
    except (OSError, ValueError, KeyError, TypeError):
        entries = {}
    outcomes = {}
    for lesson in course.lessons:
        outcomes[lesson] = Outcome(lesson)
        try:
            entry = entries[lesson.number]
            if entry["sha256"] == fingerprint.sha256(out / "notebooks" / lesson.file):
                old = Outcome(lesson, parameters=entry["parameters"], key=entry["key"])
                old = _judge(old, notebook.read(lesson.path), entry)
                outcomes[lesson] = replace(old, origin="earlier", handouts=entry["handouts"])
        except (OSError, KeyError, TypeError, ValueError, AttributeError):
            pass
    return outcomes


def _write_picture(lesson):
    for cell in notebook.tagged(notebook.read(lesson.path), "picture"):
        for output in cell["outputs"]:
            if "image/png" in output.get("data", {}):
                lesson.path.with_suffix(".png").write_bytes(b64decode(output["data"]["image/png"]))


def _noise(book):
    """What a lesson wrote to the error stream, as a failure; None if nothing."""
    for cell in book["cells"]:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                return {
                    "cell": cell["execution_count"],
                    "id": cell["id"],
                    "line": notebook.first_line(cell["source"]),
                    "error": _("Warning"),
                    "message": output["text"].strip(),
                }
    return None
