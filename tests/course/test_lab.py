import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from nbformat import v4

from crmlib import DataError, cli
from crmlib.course import lab, lessons, notebook

FILE = "3_value/31_tiny.ipynb"
CRMLIB = Path(sys.executable).with_name("crmlib")


@pytest.fixture
def course(make_course, tmp_path):
    """A function that writes a course of one lesson, as it is now, and gives it."""

    def write(text="What is two and two?", attempt="answer = ...  # a number"):
        book = make_course.lesson("3.1", attempt, "check('3.1-a', answer)")
        book.cells[3].metadata["tags"] = ["attempt"]
        book.cells.insert(3, v4.new_markdown_cell(text, id="task"))
        return lessons.read(make_course(tmp_path / "course", {"3.1": book}))

    return write


@pytest.fixture
def lay_out(course, tmp_path):
    """A function that lays the course out as it is now, in the same folder each time."""

    def again(**changes):
        now = course(**changes)
        beside = lab.lay_out(now, now.lessons, tmp_path / "work")
        return {old.name: new.name for old, new in beside.items()}

    return again


@pytest.fixture
def work(lay_out, tmp_path):
    """The working folder, laid out once."""
    assert lay_out() == {}
    return tmp_path / "work"


def write(path, **sources):
    """Write into cells of a notebook, by their ids, as a student would."""
    book = notebook.read(path)
    for cell in book["cells"]:
        cell["source"] = sources.pop(cell["id"].replace("-", "_"), cell["source"])
    assert not sources
    path.write_text(json.dumps(book))


def run_all(path):
    """Leave outputs in a notebook, and change no cell."""
    book = notebook.read(path)
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "4\n"}]
            cell["execution_count"] = 1
    path.write_text(json.dumps(book))


def source(path, cell):
    return {cell["id"]: cell["source"] for cell in notebook.read(path)["cells"]}[cell]


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_notebooks_lie_by_chapter_beside_a_map(work):
    assert set(files(work)) == {FILE, lab.MAP, lab.RECORD}
    page = (work / lab.MAP).read_text()
    assert page.startswith("# Tiny course\n")
    assert "## 3 · Chapter 3_value" in page
    assert f"* **3.1 [Tiny 3.1]({FILE})** · 1 minute<br>Is this lesson 3.1?" in page
    assert "Chapter 4_retention" not in page


def test_nothing_happens_where_nothing_changed(work, lay_out):
    run_all(work / FILE)
    before = files(work)
    assert lay_out() == {}
    assert files(work) == before


def test_an_answer_stays_where_the_lesson_did_not_change(work, lay_out):
    write(work / FILE, body_0="answer = 4", task="My notes.")
    before = files(work)
    assert lay_out() == {}
    assert files(work) == before


def test_a_notebook_that_was_only_run_is_replaced(work, lay_out):
    run_all(work / FILE)
    assert lay_out(text="What is two times two?") == {}
    assert set(files(work)) == {FILE, lab.MAP, lab.RECORD}
    assert source(work / FILE, "task") == "What is two times two?"


def test_an_updated_lesson_is_put_beside_a_changed_one_with_its_answers(work, lay_out):
    write(work / FILE, body_0="answer = 4")
    mine = (work / FILE).read_bytes()
    assert lay_out(text="New text.") == {"31_tiny.ipynb": "31_tiny.new.ipynb"}
    assert (work / FILE).read_bytes() == mine
    new = work / "3_value" / "31_tiny.new.ipynb"
    assert (source(new, "task"), source(new, "body-0")) == ("New text.", "answer = 4")
    assert "(3_value/31_tiny.new.ipynb)" in (work / lab.MAP).read_text()
    before = files(work)
    assert lay_out(text="New text.") == {}
    assert files(work) == before


def test_carried_answers_count_as_the_students_at_the_next_update(work, lay_out):
    write(work / FILE, body_0="answer = 4")
    lay_out(text="New text.")
    before = files(work)
    assert lay_out(text="Newer text.") == {"31_tiny.new.ipynb": "31_tiny.new2.ipynb"}
    newest = work / "3_value" / "31_tiny.new2.ipynb"
    assert (source(newest, "task"), source(newest, "body-0")) == ("Newer text.", "answer = 4")
    assert {name: files(work)[name] for name in before if name.endswith(".ipynb")} == {
        name: content for name, content in before.items() if name.endswith(".ipynb")
    }


def test_an_attempt_not_made_is_taken_from_the_updated_lesson(work, lay_out):
    write(work / FILE, task="My notes.")
    lay_out(text="New text.", attempt="answer = ...  # a whole number")
    new = work / "3_value" / "31_tiny.new.ipynb"
    assert source(new, "body-0") == "answer = ...  # a whole number"


def test_a_cell_that_the_student_added_makes_it_hers(work, lay_out):
    book = notebook.read(work / FILE)
    book["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "Mine."})  # no id
    (work / FILE).write_text(json.dumps(book))
    assert lay_out(text="New text.") == {"31_tiny.ipynb": "31_tiny.new.ipynb"}


@pytest.mark.parametrize("record", [None, "{", "[]", '{"map": 1}'])
def test_without_its_record_everything_is_the_students(work, lay_out, record):
    (work / lab.RECORD).unlink()
    if record:
        (work / lab.RECORD).write_text(record)
    write(work / FILE, body_0="answer = 4")
    assert lay_out() == {}  # the same lesson, answered
    (work / lab.RECORD).unlink()
    assert lay_out(text="New text.") == {"31_tiny.ipynb": "31_tiny.new.ipynb"}
    assert source(work / "3_value" / "31_tiny.new.ipynb", "body-0") == "answer = 4"


@pytest.mark.parametrize("content", ["", "not a notebook", '{"nbformat": 4, "cells": []}'])
def test_a_file_of_that_name_that_is_not_ours_stays(lay_out, tmp_path, content):
    there = tmp_path / "work" / FILE
    there.parent.mkdir(parents=True)
    there.write_text(content)
    assert lay_out() == {"31_tiny.ipynb": "31_tiny.new.ipynb"}
    assert there.read_text() == content


def test_an_updated_notebook_may_take_the_place_of_the_old_one(work, lay_out):
    write(work / FILE, body_0="answer = 4")
    lay_out(text="New text.")
    new = work / "3_value" / "31_tiny.new.ipynb"
    new.replace(work / FILE)
    assert lay_out(text="New text.") == {}
    assert source(work / FILE, "body-0") == "answer = 4"
    assert not new.exists()


def test_a_map_with_notes_in_it_stays(work, lay_out):
    lay_out()
    (work / lab.MAP).write_text("My notes")
    lay_out(text="New text.")
    assert (work / lab.MAP).read_text() == "My notes"


@pytest.mark.parametrize("folder", ["", "3_value", "3_value/mine"])
def test_the_courses_own_notebooks_are_left_alone(course, folder):
    written = course()
    before = files(written.root)
    with pytest.raises(DataError, match="holds the course's own notebooks; name another folder"):
        lab.lay_out(written, written.lessons, written.root / "notebooks" / folder)
    assert files(written.root) == before


def test_what_was_updated_is_said_in_one_sentence(work, course, monkeypatch, capsys, tmp_path):
    def serve(folder, tell, browser):
        tell(f"http://localhost/{browser}")

    monkeypatch.setattr(lab, "serve", serve)
    write(work / FILE, body_0="answer = 4")
    monkeypatch.chdir(course(text="New text.").root)
    with pytest.raises(SystemExit) as left:
        cli.main(["lab", "3.1", "--dir", str(work), "--no-browser"])
    assert left.value.code == 0
    new = work / "3_value" / "31_tiny.new.ipynb"
    assert capsys.readouterr().out.splitlines() == [
        f"The lesson was updated: {work / FILE} is as you left it, {new} has your answers.",
        f"JupyterLab works in {work}, at http://localhost/False; Ctrl-C here ends it.",
    ]


def test_the_command_has_help(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["lab", "--help"])
    assert left.value.code == 0
    assert "--no-browser" in capsys.readouterr().out


def test_the_command_serves_until_ctrl_c(tmp_path):
    """On a machine where ``python3`` is the kernel of another installation."""
    other = tmp_path / "data" / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text('{"argv": ["false"], "display_name": "Other"}')
    env = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(tmp_path / "settings"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "0",
    }
    process = subprocess.Popen(
        [CRMLIB, "lab", "--no-browser"], cwd=tmp_path, env=env, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        told = process.stdout.readline()
        address, token = re.search(r" at (\S+)\?token=(\w+); Ctrl-C", told).groups()
        request = urllib.request.Request(
            f"{address}api/kernelspecs", headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            specs = json.load(answer)["kernelspecs"]
        assert [spec["spec"]["argv"][0] for spec in specs.values()] == [sys.executable]
    finally:
        process.send_signal(signal.SIGINT)
        rest, error = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "")
    assert [line for line in error.splitlines() if not line.startswith("[NbGrader")] == []
    assert list((tmp_path / "runtime").glob("jpserver-*")) == []
    assert (tmp_path / "crmlib-course" / lab.MAP).is_file()
