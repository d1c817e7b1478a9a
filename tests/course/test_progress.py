import io

import pytest
from rich.console import Console

from crmlib.course import lessons, progress, results
from crmlib.course.running import Outcome


@pytest.fixture
def lesson(make_course, tmp_path):
    return lessons.read(make_course(tmp_path, {"3.1": make_course.lesson("3.1")})).lessons[0]


def watched(lesson, terminal):
    """What is written while one lesson of four cells runs."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100, markup=False, highlight=False)
    with progress.Watch(1, console) as watch:
        watch.cell(lesson, 2, 4)
        watch._bars.refresh()
        watch.finished(Outcome(lesson, "passed", "run", seconds=7.2))
    return file.getvalue()


def test_not_on_a_terminal_a_lesson_is_one_plain_line(lesson):
    assert watched(lesson, terminal=False) == "3.1 Tiny 3.1: passed in 7.2 s\n"


def test_on_a_terminal_there_are_bars_for_lessons_and_cells(lesson):
    shown = watched(lesson, terminal=True)
    for part in ("Course", "0/1", "lessons", "3.1 Tiny 3.1", "2/4", "cells"):
        assert part in shown


FAILURE = {"cell": 4, "id": "x", "line": "f[1]", "error": "KeyError", "message": "[bold]\nmore"}


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        ({"status": "passed", "origin": "reused"}, "passed; reused, nothing changed since"),
        ({"status": "moved", "origin": "run"}, "ran in 7.2 s, but its numbers moved"),
        ({"failure": FAILURE}, "failed in cell [4], which begins `f[1]`: KeyError: [bold]"),
        ({"failure": FAILURE | {"line": "", "cell": None}}, "failed: KeyError: [bold]"),
        (
            {"failure": FAILURE | {"error": "DataError"}, "parameters": {"dataset": "a.csv"}},
            "cannot use the data or settings it was given",
        ),
    ],
)
def test_a_sentence_for_each_end(lesson, outcome, line):
    told = progress.sentence(Outcome(lesson, **{"status": "failed", "seconds": 7.2} | outcome))
    assert told.startswith("3.1 Tiny 3.1: " + line)
    assert "\n" not in told


def test_differences_follow_the_line(lesson):
    file = io.StringIO()
    old, new = results.record("3.1", "cdnow", n=1), results.record("3.1", "cdnow", n=2)
    with progress.Watch(1, Console(file=file, width=20, soft_wrap=True)) as watch:
        watch.finished(Outcome(lesson, "moved", differences=results.compare(old, new), seconds=1.0))
    assert file.getvalue().splitlines()[1:] == ["    n: 1 → 2 (must be exact)"]
