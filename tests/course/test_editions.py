"""Editions of the committed lessons, and of small ones made for a case."""

import copy
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from crmlib import DataError
from crmlib.course import editions, exercises, lessons, notebook, results
from crmlib.course.expected import shown

COURSE = lessons.read()
EVERY = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.number)


def ids(book, tag):
    return [cell["id"] for cell in notebook.tagged(book, tag)]


@EVERY
def test_the_student_sees_no_solution_and_no_answer(lesson):
    master = notebook.read(lesson.path)
    before = copy.deepcopy(master)
    text = notebook.text(editions.student(master))
    assert "SOLUTION" not in text and exercises.MIME not in text
    assert ids(editions.student(master), results.TAG) == []
    for cell in notebook.tagged(master, "solution"):
        lines = [line for line in cell["source"].splitlines() if not line.startswith("###")]
        assert lines[0] not in text
    assert ids(editions.student(master), "attempt") == ids(master, "attempt")
    assert ids(editions.student(master), "hint") == ids(master, "hint")
    assert master == before


NOTE = "> **For the instructor.** "


def taught(*notes):
    """A lesson of one claim, with these cells after it."""
    claim = {"cell_type": "markdown", "id": "claim", "metadata": {"tags": ["claim"]}}
    return {"cells": [claim | {"source": "> *So it is.*"}, *notes]}


def note(source, kind="markdown", name="claim-told"):
    return {
        "cell_type": kind,
        "id": name,
        "metadata": {"tags": [editions.INSTRUCTOR]},
        "source": source,
    }


@pytest.mark.parametrize(
    ("edition", "told"),
    [
        (editions.student, False),
        (editions.unanswered, False),
        (editions.gradable, False),
        (editions.report, False),
        (editions.instructor, True),
        (lambda book: editions.printed(editions.instructor(book)), True),
    ],
)
def test_what_is_said_to_the_instructor_is_said_to_no_one_else(edition, told):
    book = taught(note(NOTE + "It holds, if nobody leaves."))
    assert ids(edition(book), editions.INSTRUCTOR) == ["claim-told"] * told
    assert ("nobody leaves" in notebook.text(edition(book))) is told


def faults_of_notes(book):
    """What is wrong with the cells that speak to the instructor."""
    for before, cell in zip([None, *book["cells"]], book["cells"], strict=False):
        if editions.INSTRUCTOR not in cell["metadata"].get("tags", []):
            continue
        if cell["cell_type"] != "markdown" or len(cell["metadata"]["tags"]) > 1:
            yield f"{cell['id']}: it is Markdown with this one tag"
        if before is None:
            yield f"{cell['id']}: it follows what it speaks of"
        lines = cell["source"].splitlines()
        if not cell["source"].startswith(NOTE) or not all(line.startswith(">") for line in lines):
            yield f"{cell['id']}: it is one quotation that begins with {NOTE!r}"


@EVERY
def test_notes_to_the_instructor_are_set_off(lesson):
    assert list(faults_of_notes(notebook.read(lesson.path))) == []


@pytest.mark.parametrize(
    "book",
    [
        taught(note("It holds.")),
        taught(note(NOTE + "It holds.\n\nIf nobody leaves.")),
        taught(note(NOTE + "x", kind="code")),
        {"cells": [note(NOTE + "x")]},
    ],
)
def test_a_note_that_is_not_set_off_is_found(book):
    assert len(list(faults_of_notes(book))) == 1


@EVERY
def test_the_instructor_sees_everything(lesson):
    master = notebook.read(lesson.path)
    book = editions.instructor(master)
    assert ids(book, "solution") == ids(master, "solution")
    assert not any("jupyter" in cell["metadata"] for cell in notebook.tagged(book, "solution"))
    recorded = exercises.read(master)
    told = {cell["id"]: cell["source"] for cell in notebook.tagged(book, "answer")}
    for letter, expected in recorded.items():
        assert shown(expected.value) in told[f"answer-{letter}"]
        assert told[f"answer-{letter}"].count("Not yet.") == len(expected.mistakes)


@EVERY
def test_the_report_teaches_nothing(lesson):
    book = editions.report(notebook.read(lesson.path))
    for word in ("exercise", "Exercise", "Guess", "guess first", "Write", "check("):
        assert not any(
            word in cell["source"] for cell in book["cells"] if cell["cell_type"] == "markdown"
        ), word
    headings = [
        line.split()[1]
        for cell in book["cells"]
        for line in cell["source"].splitlines()
        if cell["cell_type"] == "markdown" and line.startswith("## ") and line[3].isdigit()
    ]
    assert headings == [f"{n}." for n in range(1, len(headings) + 1)]
    nbformat.validate(nbformat.from_dict(book))


def test_a_warning_becomes_a_note():
    text = (
        "/tmp/ipykernel_61/1234.py:3: FitWarning: The fit ran to the edge.\n"
        "  model = BGNBD().fit(base)\n"
        "/tmp/ipykernel_61/1234.py:9: FitWarning: And again.\n  x = 1\n"
    )
    output = {"output_type": "stream", "name": "stderr", "text": text}
    cell = {"cell_type": "code", "id": "a", "source": "", "metadata": {}, "outputs": [output]}
    [noted] = editions.report({"cells": [cell]})["cells"][0]["outputs"]
    assert noted["data"]["text/markdown"] == (
        "**Note.** The fit ran to the edge.\n\n**Note.** And again."
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"edition": "teacher"}, "no handout 'teacher'; there is: instructor, student"),
        ({"form": "htm"}, "no handout 'htm'; did you mean 'html'"),
    ],
)
def test_another_edition_is_refused(arguments, sentence, tmp_path):
    with pytest.raises(DataError, match=sentence):
        editions.write(COURSE, COURSE.lessons[0], {"cells": []}, tmp_path, **arguments)


@pytest.mark.slow
def test_nbgrader_makes_and_grades_the_assignment(tmp_path, monkeypatch):
    gradebook = pytest.importorskip("nbgrader.api").Gradebook
    monkeypatch.setenv("CRMLIB_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    lesson = COURSE.lessons[0]
    master = notebook.read(lesson.path)
    needed = {"parameters", "imports", "exercise", "attempt", "check", "solution", "answers"}
    master["cells"] = [  # answers are typed in: what leads to them need not be run each time
        cell for cell in master["cells"] if needed & set(cell["metadata"].get("tags", []))
    ]
    source = editions.write(
        COURSE, lesson, master, tmp_path / "source" / "one", "instructor", "ipynb"
    )
    (tmp_path / "nbgrader_config.py").write_text('c.CourseDirectory.course_id = "crm"')

    def nbgrader(*arguments):
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr

    nbgrader("generate_assignment", "one")
    released = notebook.read(tmp_path / "release" / "one" / source.name)
    text = notebook.text(released)
    assert "SOLUTION" not in text and "HIDDEN" not in text and "Answer:" not in text
    recorded = exercises.read(master)
    right = {letter: repr(expected.value) for letter, expected in recorded.items()}
    wrong = {
        letter: repr(next(iter(expected.mistakes.values()), "x"))
        for letter, expected in recorded.items()
    }
    for name, given in {"ann": right, "bo": wrong, "cy": right | {"a": wrong["a"]}}.items():
        book = copy.deepcopy(released)
        for cell in notebook.tagged(book, "attempt"):
            letter = cell["id"].split("-")[1]
            cell["source"] = f"answer_{letter} = {given[letter]}"
        path = tmp_path / "submitted" / name / "one" / source.name
        notebook.write(path, notebook.text(book))
    nbgrader("autograde", "one")
    with gradebook(f"sqlite:///{tmp_path}/gradebook.db") as grades:
        scores = {name: grades.find_submission("one", name).score for name in ("ann", "bo", "cy")}
    assert scores == {"ann": len(recorded), "bo": 0, "cy": len(recorded) - 1}
