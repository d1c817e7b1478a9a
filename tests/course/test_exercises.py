"""Checks in a lesson: by what is recorded, by the lesson's own solution, or not at all."""

import json

import pandas as pd
import pytest
from nbformat import v4

from crmlib import DataError
from crmlib.course import exercises, lab, lessons, notebook
from crmlib.course.exercises import check, expect
from crmlib.course.expected import shown
from crmlib.course.mistakes import kinds


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    path = tmp_path / "kept" / "progress.json"
    monkeypatch.setenv("CRMLIB_PROGRESS", str(path))
    return path


@pytest.fixture(scope="module")
def course(make_course, tmp_path_factory):
    """A course of one lesson with two exercises, a recorded on cdnow and b on nothing."""
    book = make_course.lesson("3.1", "rows = len(dataset)")
    recorded = exercises.record(
        "3.1", "cdnow", a=expect(5, "customers"), b=expect(0.5, "fraction", one_period=0.25)
    )
    solution = "### BEGIN SOLUTION\nanswer_a = rows\nanswer_b = rows / 10\n### END SOLUTION"
    record = 'exercises.record("3.1", dataset, a=expect(answer_a), b=expect(answer_b, "fraction"))'
    book.cells[-1:-1] = [
        v4.new_code_cell(solution, metadata={"tags": ["solution"]}),
        v4.new_code_cell(
            record,
            metadata={"tags": ["answers"]},
            outputs=[
                v4.new_output("execute_result", recorded._repr_mimebundle_(), execution_count=1)
            ],
        ),
    ]
    return make_course(tmp_path_factory.mktemp("course"), {"3.1": book})


@pytest.fixture
def student(course, monkeypatch):
    """What stands in a student's notebook: a name space in which code can be run."""
    monkeypatch.chdir(course)
    space = {"dataset": "cdnow", "columns": None, "language": "en"}
    exec(
        "from crmlib.course import exercises\nfrom crmlib.course.exercises import check, expect",
        space,
    )
    return lambda code, **more: eval(code, space | more)


def test_on_the_lessons_own_data_the_record_counts(student):
    assert student('check("3.1-a", 5)').right
    assert student('check("3.1-a", 6)').kind == "off_by_one"
    assert student('check("3.1-b", 0.25)').kind == "one_period"
    assert student('check("3.1-b", ...)').kind == "unanswered"


def test_on_other_data_the_lessons_solution_counts(student):
    assert student('check("3.1-a", 5)', dataset="orders.csv", rows=7).kind == "wrong"
    assert student('check("3.1-a", 7)', dataset="orders.csv", rows=7).right
    assert student('check("3.1-b", 0.7)', dataset="orders.csv", rows=7).right


def test_the_students_own_values_stay_as_they_are(course, monkeypatch):
    monkeypatch.chdir(course)
    space = {"dataset": "mine.csv", "columns": None, "rows": 7, "answer_a": 1}
    exec("from crmlib.course import exercises\nfrom crmlib.course.exercises import *", space)
    assert eval('check("3.1-a", answer_a)', space).kind == "wrong"
    assert space["answer_a"] == 1


def test_where_the_solution_does_not_run_nothing_is_judged(student, kept):
    verdict = student('check("3.1-a", 5)', dataset="orders.csv")
    assert verdict.kind == "cannot_judge"
    assert "cannot be judged" in str(verdict)
    assert not kept.exists()


def test_the_language_changes_nothing(student):
    assert student('check("3.1-a", 5)', language="zh").right


def test_another_exercise_is_refused(student):
    with pytest.raises(DataError, match=r"no exercise '3.1-c'; did you mean '3.1-"):
        student('check("3.1-c", 5)')
    with pytest.raises(DataError, match="no lesson '9.9'"):
        student('check("9.9-a", 5)')


def test_progress_is_kept_and_never_lost(student, kept, course):
    assert exercises.progress()["state"].tolist() == ["to do", "to do"]
    student('check("3.1-a", 6)')
    student('check("3.1-a", ...)')
    assert exercises.progress().loc["3.1-a", ["tries", "state"]].tolist() == [1, "tried"]
    student('check("3.1-a", 5)')
    student('check("3.1-a", 6)')
    assert exercises.progress().loc["3.1-a", ["tries", "state"]].tolist() == [3, "done"]
    assert json.loads(kept.read_text(encoding="utf-8"))["3.1-a"] == {"tries": 3, "right": True}


def test_in_a_students_folder_only_its_lessons_are_listed(tmp_path, monkeypatch):
    course = lessons.read()
    folder = tmp_path / "mine"
    lab.lay_out(course, course.find(["3.2"]), folder)
    monkeypatch.chdir(folder / "3_value")
    monkeypatch.setattr(lessons, "read", lambda: course)
    assert {name.partition("-")[0] for name in exercises.progress().index} == {"3.2"}
    monkeypatch.chdir(tmp_path)
    assert len({name.partition("-")[0] for name in exercises.progress().index}) > 1


@pytest.mark.parametrize("content", ["", "[1]", "{"])
def test_a_damaged_file_begins_anew(student, kept, content):
    kept.parent.mkdir()
    kept.write_text(content, encoding="utf-8")
    assert student('check("3.1-a", 5)').right
    assert exercises.progress().loc["3.1-a", "state"] == "done"


def test_where_nothing_can_be_kept_the_answer_still_comes(student, kept):
    kept.parent.write_text("a file where the folder should be")
    assert student('check("3.1-a", 5)').right


def test_a_record_survives_the_file():
    table = pd.DataFrame({"n": [1, 2]})
    told = exercises.record("3.1", "cdnow", a=expect({"A"}), b=expect(table), c=expect(1.5))
    bundle = json.loads(json.dumps(told._repr_mimebundle_()))
    cell = {"metadata": {"tags": ["answers"]}, "outputs": [{"data": bundle}]}
    read = exercises.read({"cells": [cell]})
    assert (read.lesson, read.dataset, read["a"], read["c"]) == (
        "3.1",
        "cdnow",
        expect({"A"}),
        expect(1.5),
    )
    pd.testing.assert_frame_equal(read["b"].value, table)
    assert "1.5" not in bundle["text/plain"]


# Every lesson: its table of wrong answers.

COURSE = lessons.read()
LISTED = [
    pytest.param(expected, kind, id=f"{lesson.number}-{letter}-{kind}")
    for lesson in COURSE.lessons
    for letter, expected in exercises.read(notebook.read(lesson.path)).items()
    for kind in expected.mistakes
]


@pytest.mark.parametrize(("expected", "kind"), LISTED)
def test_each_listed_mistake_gets_its_own_message(expected, kind):
    told = {k: exercises.answers.judge(expected, wrong) for k, wrong in expected.mistakes.items()}
    assert told[kind].kind == kind
    messages = [str(verdict) for verdict in told.values()]
    assert len(set(messages)) == len(messages)
    value = shown(expected.value)
    assert value not in str(told[kind]).split()


def test_every_kind_of_mistake_is_made_in_some_exercise():
    made = {param.values[1] for param in LISTED}
    assert sorted(set(kinds()) - made) == []


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.number)
def test_every_exercise_is_checked_recorded_and_right(lesson):
    book = notebook.read(lesson.path)
    recorded = exercises.read(book)
    for letter, expected in recorded.items():
        cells = {cell["id"]: cell["source"] for cell in book["cells"]}
        assert f"**{lesson.number}-{letter}.**" in cells[f"ex-{letter}-task"]
        assert cells[f"ex-{letter}-attempt"].startswith(f"answer_{letter} = ...")
        assert cells[f"ex-{letter}-check"] == f'check("{lesson.number}-{letter}", answer_{letter})'
        assert f"answer_{letter} = " in cells[f"ex-{letter}-solution"]
        assert exercises.answers.judge(expected, expected.value).right
        assert expected.mistakes, f"{letter}: is nothing likely to go wrong?"
    tasks = [cell for cell in book["cells"] if cell["id"].endswith("-task")]
    assert len(tasks) == len(recorded) > 0


def test_check_from_outside_a_notebook_says_so():
    assert check("3.2-a", ...).kind == "unanswered"
