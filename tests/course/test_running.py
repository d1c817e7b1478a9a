import json
import re
import shutil
import sys

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from crmlib import DataError
from crmlib.course import fingerprint, lessons, notebook, pool, running

IN_THIS_PROCESS = pytest.mark.usefixtures("in_this_process")
GOOD = {"customers": 5, "share": 1 / 3}
LOOK = """\
import os, sys
import matplotlib.pyplot as plt
print([sys.executable, os.getcwd(), os.environ["OMP_NUM_THREADS"]])
plt.plot([1, 2]);"""


class Watch:
    """Notes what it is told."""

    def __init__(self):
        self.cells, self.outcomes = [], []

    def cell(self, lesson, position, cells):
        self.cells.append((lesson.number, position, cells))

    def finished(self, outcome):
        self.outcomes.append(outcome)


@pytest.fixture(autouse=True, scope="module")
def nothing_else_changes():
    """The package and the data shipped stand still, even while somebody edits them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprint, "common", lambda: [])
        yield


def start_nothing(*arguments):
    raise AssertionError("a worker was started")


@pytest.fixture(scope="module")
def ran(make_course, tmp_path_factory):
    """A course of six lessons after one run; two of its lessons fail, one kills its worker."""
    lesson = make_course.lesson
    root = make_course(
        tmp_path_factory.mktemp("my course"),
        {
            "3.1": lesson("3.1", LOOK, recorded=GOOD),
            "3.2": lesson("3.2", recorded=GOOD | {"share": 0.3334}),
            "3.3": lesson("3.3", "print('before')", "# why\n1 / 0  # <b>", "print('after')"),
            "3.4": lesson(
                "3.4", "import os\nos.kill(os.getppid(), 9)", "import time; time.sleep(9)"
            ),
            "4.1": lesson("4.1", "import os\nos._exit(3)"),
            "4.2": lesson("4.2", recorded=GOOD),
        },
    )
    course = lessons.read(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLBACKEND", "agg")  # as on some servers; pictures must show all the same
        patch.setenv("OMP_NUM_THREADS", "8")
        watch = Watch()
        outcomes = running.run(course, course.find(), root / "build", watch)
    return course, {outcome.lesson.number: outcome for outcome in outcomes}, watch


def executed(course, number):
    [lesson] = course.find([number])
    return notebook.read(course.root / "build" / "notebooks" / lesson.file)


def stored(course):
    return json.loads((course.root / "build" / "results.json").read_text())["lessons"]


def test_each_lesson_has_its_outcome_whatever_happens_to_the_others(ran):
    course, outcomes, watch = ran
    assert {number: outcome.status for number, outcome in outcomes.items()} == {
        "3.1": "passed", "3.2": "moved", "3.3": "failed",
        "3.4": "failed", "4.1": "failed", "4.2": "passed",
    }  # fmt: skip
    assert list(outcomes) == [lesson.number for lesson in course.lessons]
    assert sorted(outcome.lesson.number for outcome in watch.outcomes) == list(outcomes)
    assert {outcome.origin for outcome in outcomes.values()} == {"run"}
    assert all(0 < outcomes[number].seconds < 60 for number in ("3.1", "3.3", "4.1"))


def test_progress_is_told_cell_by_cell(ran):
    _course, _outcomes, watch = ran
    told = [position for number, position, _cells in watch.cells if number == "3.1"]
    assert told == list(range(5))
    assert {cells for number, _position, cells in watch.cells if number == "3.1"} == {5}


def test_a_lesson_runs_here_with_this_python_and_one_thread(ran):
    course, _outcomes, _watch = ran
    [look] = [cell for cell in executed(course, "3.1")["cells"] if cell["id"] == "body-0"]
    words, picture = look["outputs"]
    folder = str(course.root / "notebooks" / "3_value")
    assert words["text"] == f"{[sys.executable, folder, '1']}\n"
    assert "image/png" in picture["data"]


def test_the_executed_notebook_is_clean(ran):
    course, _outcomes, _watch = ran
    book = executed(course, "3.1")
    again = json.dumps(book)
    notebook.clean(book)
    assert json.dumps(book) == again
    assert "papermill" not in again
    codes = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in codes] == [1, 2, 3, 4]


def test_moved_numbers_are_named(ran):
    _course, outcomes, _watch = ran
    assert list(map(str, outcomes["3.2"].differences)) == [
        "share: 0.3334 → 0.3333333 (allowed relative difference 1e-06)"
    ]


def test_a_failure_names_the_cell_and_the_half_run_notebook_is_kept(ran):
    course, outcomes, _watch = ran
    assert outcomes["3.3"].failure == {
        "cell": 4,
        "id": "body-1",
        "line": "1 / 0  # <b>",
        "error": "ZeroDivisionError",
        "message": "division by zero",
    }
    before, fails, after = executed(course, "3.3")["cells"][3:6]
    assert before["outputs"][0]["text"] == "before\n"
    assert fails["outputs"][0]["ename"] == "ZeroDivisionError"
    assert (after["execution_count"], after["outputs"]) == (None, [])
    assert len(executed(course, "3.3")["cells"]) == 7  # none of papermill's banners


def test_a_dead_kernel_is_a_failure_of_its_cell(ran):
    course, outcomes, _watch = ran
    failure = outcomes["4.1"].failure
    assert (failure["id"], failure["error"]) == ("body-0", "DeadKernelError")
    assert executed(course, "4.1")["cells"][1]["execution_count"] == 1


def test_a_dead_worker_is_a_failure_of_its_lesson(ran):
    course, outcomes, _watch = ran
    assert "ended from outside" in outcomes["3.4"].failure["message"]
    assert outcomes["3.4"].sha256 is None
    assert not (course.root / "build" / "notebooks" / "3_value" / "34_tiny.ipynb").exists()


def test_results_json_holds_every_lesson(ran):
    course, outcomes, _watch = ran
    entries = stored(course)
    assert list(entries) == list(outcomes)
    entry = entries["3.2"]
    assert entry["status"] == "moved"
    assert entry["results"]["values"] == {"customers": 5, "share": 0.33333333}
    assert entry["differences"][0]["expected"] == 0.3334
    assert (entry["dataset"], entry["parameters"]) == ("cdnow", {})
    assert entries["3.3"]["failure"]["id"] == "body-1"


def test_the_index_names_cell_and_error_and_asks_for_nothing_outside(ran):
    course, _outcomes, _watch = ran
    page = (course.root / "build" / "index.html").read_text()
    assert "1 / 0  # &lt;b&gt;" in page
    assert "division by zero" in page
    assert "For &lt;tests&gt; &amp; nothing else" in page
    assert not re.search(r'https?:|//\w|src=(?!"data:)|@import|url\(', page)
    for link in re.findall(r'href="([^"]+)"', page):
        assert link.startswith("#") or (course.root / "build" / link).is_file()


@pytest.fixture
def copy(ran, tmp_path):
    """The course with its build folder, to be changed."""
    shutil.copytree(ran[0].root, tmp_path / "copy")
    return lessons.read(tmp_path / "copy")


def again(course, *numbers, parameters=None):
    chosen = course.find(numbers)
    return running.run(course, chosen, course.root / "build", Watch(), parameters)


def test_nothing_changed_means_nothing_runs(copy, monkeypatch):
    monkeypatch.setattr(pool, "_start", start_nothing)
    outcomes = again(copy, "3.1", "3.2", "4.2")
    assert [outcome.origin for outcome in outcomes] == ["reused"] * 3
    assert [outcome.status for outcome in outcomes] == ["passed", "moved", "passed"]
    assert stored(copy)["3.3"]["status"] == "failed"  # not asked for, still on the page


def test_what_failed_runs_again(copy, monkeypatch):
    monkeypatch.setattr(pool, "_start", start_nothing)
    with pytest.raises(AssertionError, match="a worker was started"):
        again(copy, "3.3")


def test_a_changed_record_is_compared_without_a_run(copy, monkeypatch, make_course):
    monkeypatch.setattr(pool, "_start", start_nothing)
    [lesson] = copy.find(["3.1"])
    recorded = lesson.path.read_text().replace("0.33333333", "0.34")
    lesson.path.write_text(recorded)
    assert [outcome.status for outcome in again(copy, "3.1")] == ["moved"]


def change_source(course):
    file = course.find(["3.1"])[0].path
    file.write_text(file.read_text().replace("share=1 / 3", "share=1 / 2"))


def change_tags(course):
    file = course.find(["3.1"])[0].path
    file.write_text(
        file.read_text().replace('"tags": [\n     "parameters"', '"tags": [\n     "hide"')
    )


def cut_the_notebook(course):
    file = course.root / "build" / "notebooks" / "3_value" / "31_tiny.ipynb"
    file.write_bytes(file.read_bytes()[:-1])


def take_the_notebook_away(course):
    (course.root / "build" / "notebooks" / "3_value" / "31_tiny.ipynb").unlink()


def cut_the_results(course):
    file = course.root / "build" / "results.json"
    file.write_bytes(file.read_bytes()[:-9])


def take_a_checksum_away(course):
    file = course.root / "build" / "results.json"
    file.write_text(file.read_text().replace('"key"', '"kye"'))


@pytest.mark.parametrize(
    "change",
    [
        change_source,
        change_tags,
        cut_the_notebook,
        take_the_notebook_away,
        cut_the_results,
        take_a_checksum_away,
    ],
)
def test_what_changed_or_is_not_whole_runs_again(copy, monkeypatch, change):
    monkeypatch.setattr(pool, "_start", start_nothing)
    again(copy, "3.1")
    change(copy)
    with pytest.raises(AssertionError, match="a worker was started"):
        again(copy, "3.1")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"datset": "cdnow"}, "Lesson 3.1 has no parameter 'datset'; did you mean 'dataset'"),
        ({"dataset": "cdnw"}, "no data set or file 'cdnw'; did you mean 'cdnow'"),
        ({"dataset": "folder/none.csv"}, "no data set or file 'folder/none.csv'"),
        ({"language": "eng"}, "no text in the language 'eng'; did you mean 'en'"),
        ({"language": 5}, "cannot take 5 as language; the default is 'en'"),
    ],
)
def test_what_is_unknown_is_refused_before_anything_runs(copy, monkeypatch, parameters, message):
    monkeypatch.setattr(pool, "_start", start_nothing)
    with pytest.raises(DataError, match=message):
        again(copy, "3.1", parameters=parameters)


def test_a_parameter_equal_to_the_default_is_no_change(copy, monkeypatch):
    monkeypatch.setattr(pool, "_start", start_nothing)
    [outcome] = again(copy, "3.1", parameters={"dataset": "cdnow", "columns": None})
    assert (outcome.origin, outcome.parameters) == ("reused", {})


def test_a_relative_path_is_made_absolute(copy, monkeypatch, tmp_path):
    (tmp_path / "own.csv").write_text("1")
    monkeypatch.chdir(tmp_path)
    [lesson] = copy.find(["3.1"])
    chosen = running.choose({lesson: notebook.read(lesson.path)}, {"dataset": "own.csv"})
    assert chosen == {lesson: {"dataset": str(tmp_path / "own.csv")}}


@pytest.fixture
def other(make_course, tmp_path):
    """A course to be run on other data and to be refreshed."""
    body = [
        "import ipywidgets\nfrom IPython.display import display",
        "display(ipywidgets.IntSlider())\ndisplay({'image/png': 'aGk='}, raw=True)",
        "from crmlib import DataError\n"
        "if str(dataset).endswith('bad.csv'):\n    raise DataError('Column Total is missing.')",
        "columns",
    ]
    record = "customers=5 if dataset == 'cdnow' else 6"
    lesson = make_course.lesson("3.1", *body, record=record, recorded={"customers": 4})
    return lessons.read(make_course(tmp_path / "course", {"3.1": lesson}))


@IN_THIS_PROCESS
def test_another_data_set_is_recorded_and_not_compared(other, tmp_path):
    own = tmp_path / "{own} 数据.csv"  # braces are papermill's, and must not be
    own.write_text("1")
    given = {"dataset": str(own), "columns": {"customer_id": "客户", "time": "a 'b'"}}
    [outcome] = again(other, "3.1", parameters=given)
    assert (outcome.status, outcome.differences) == ("passed", [])
    assert outcome.record.values == {"customers": 6}
    assert outcome.parameters == given
    book = executed(other, "3.1")
    assert book["cells"][2]["id"] == "injected-parameters"
    assert f"dataset = {str(own)!r}\n" in book["cells"][2]["source"]  # 数据, not \\u6570
    told = {**book["cells"][2], "metadata": {"tags": ["parameters"]}}
    assert notebook.parameters({"cells": [told]}) == given
    shown = [cell for cell in book["cells"] if cell["source"] == "columns"]
    assert "客户" in shown[0]["outputs"][0]["data"]["text/plain"]
    assert "recorded, not compared" in (other.root / "build" / "index.html").read_text()


@IN_THIS_PROCESS
def test_data_that_cannot_be_used_are_told_apart_from_a_lesson_that_fails(other, tmp_path):
    (tmp_path / "bad.csv").write_text("1")
    [outcome] = again(other, "3.1", parameters={"dataset": str(tmp_path / "bad.csv")})
    assert outcome.refused_input
    assert outcome.failure["message"] == "Column Total is missing."


@IN_THIS_PROCESS
def test_a_lesson_that_records_nothing_fails(make_course, tmp_path):
    book = make_course.lesson("3.1")
    book.cells.pop()
    course = lessons.read(make_course(tmp_path, {"3.1": book}))
    [outcome] = again(course)
    assert outcome.status == "failed"
    assert "must end with results.record" in outcome.failure["message"]


@IN_THIS_PROCESS
def test_refreshing_writes_the_lesson_executed_and_clean(other):
    [lesson] = other.lessons
    [outcome] = running.refresh(other, [lesson], Watch())
    assert list(map(str, outcome.differences)) == ["customers: 4 → 5 (must be exact)"]
    first = lesson.path.read_bytes()
    book = notebook.read(lesson.path)
    clean = json.dumps(book)
    notebook.clean(book)
    assert json.dumps(book) == clean
    assert "widget-view" not in clean and '"image/png": "aGk="' in clean
    assert [cell["execution_count"] for cell in book["cells"][1:]] == list(range(1, 8))
    [outcome] = running.refresh(other, [lesson], Watch())
    assert outcome.differences == []
    assert lesson.path.read_bytes() == first


@IN_THIS_PROCESS
@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import warnings; warnings.warn('shaky')", "Warning"),
    ],
)
def test_refreshing_leaves_a_lesson_that_fails_or_warns(make_course, tmp_path, cell, error):
    course = lessons.read(make_course(tmp_path, {"3.1": make_course.lesson("3.1", cell)}))
    [lesson] = course.lessons
    before = lesson.path.read_bytes()
    [outcome] = running.refresh(course, [lesson], Watch())
    assert (outcome.status, outcome.failure["error"]) == ("failed", error)
    assert outcome.failure["line"] == cell
    assert lesson.path.read_bytes() == before


def test_a_python3_kernel_of_another_installation_is_not_taken(make_course, tmp_path, monkeypatch):
    spec = {"argv": ["false", "{connection_file}"], "display_name": "Other", "language": "python"}
    folder = tmp_path / "share" / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-mine.py").write_text("raise SystemExit('a startup file of the user ran')")
    assert KernelSpecManager().get_kernel_spec("python3").argv[0] == "false"  # the trap is set
    course = lessons.read(
        make_course(tmp_path / "course", {"3.1": make_course.lesson("3.1", recorded=GOOD)})
    )
    assert [outcome.status for outcome in again(course)] == ["passed"]


# --- handouts belong to one notebook ------------------------------------------------------


@pytest.fixture
def printed(make_course, tmp_path, monkeypatch):
    """A course of one lesson whose handouts are its first cells' text, and a way to run it."""
    from crmlib.course import editions

    def write(_course, lesson, book, out, edition, form):
        if printing["broken"]:
            raise DataError("no paper")
        path = out / f"{lesson.number}_{edition}.{form}"
        out.mkdir(exist_ok=True)
        path.write_text(edition + "".join(cell["source"] for cell in book["cells"]))
        return path

    printing = {"broken": False}
    monkeypatch.setattr(editions, "write", write)
    course = lessons.read(make_course(tmp_path, {"3.1": make_course.lesson("3.1", "word = 'old'")}))

    def run(parameters=None, broken=False):
        printing["broken"] = broken
        build = course.root / "build"
        [outcome] = running.run(course, course.find(), build, Watch(), parameters, handouts=True)
        return outcome

    return course, run


def links(course):
    page = (course.root / "build" / "index.html").read_text()
    return sorted(re.findall(r'href="(handouts/[^"]+)"', page))


ALL_HANDOUTS = [f"handouts/3.1_{name}" for name in (
    "instructor.html", "instructor.pdf", "student.html", "student.pdf",
)]  # fmt: skip


def change_a_word(course):
    path = course.lessons[0].path
    path.write_text(path.read_text().replace("'old'", "'new'"))


def handout(course, name="student.pdf"):
    return course.root / "build" / "handouts" / f"3.1_{name}"


def test_handouts_that_were_not_made_when_a_run_ended_are_made_by_the_next(printed):
    course, run = printed
    run()
    assert links(course) == ALL_HANDOUTS
    change_a_word(course)
    with pytest.raises(DataError, match="no paper"):
        run(broken=True)  # "moved" or "passed" is recorded by now
    assert stored(course)["3.1"]["handouts"] == {} and links(course) == []
    assert run().origin == "reused"
    assert "'new'" in handout(course).read_text() and links(course) == ALL_HANDOUTS


def test_a_handout_that_was_cut_is_made_anew(printed):
    course, run = printed
    run()
    whole = handout(course).read_text()
    handout(course).write_text(whole[:9])
    assert run().origin == "reused"
    assert handout(course).read_text() == whole


def test_the_page_offers_no_handout_of_another_version(printed):
    course, run = printed
    run()
    run({"columns": {"time": "Datum"}})
    page = (course.root / "build" / "index.html").read_text()
    assert links(course) == [] and "columns = {&#39;time&#39;: &#39;Datum&#39;}" in page
    assert run().origin == "run" and links(course) == ALL_HANDOUTS
    path = course.lessons[0].path
    path.write_text(path.read_text().replace("word = 'old'", "1 / 0"))
    assert run().status == "failed" and links(course) == []


def test_what_was_given_and_cannot_be_used_leaves_the_folder_as_it_was(other, tmp_path):
    [before] = again(other, "3.1")
    kept = executed(other, "3.1")
    (tmp_path / "bad.csv").write_text("1")
    [outcome] = again(other, "3.1", parameters={"dataset": str(tmp_path / "bad.csv")})
    assert outcome.refused_input and outcome.status == "failed"
    assert executed(other, "3.1") == kept
    assert stored(other)["3.1"]["status"] == before.status == "moved"


def test_a_setting_that_a_lesson_refuses_is_told_apart_from_a_lesson_that_fails(
    make_course, tmp_path
):
    book = make_course.lesson(
        "3.1",
        "from crmlib import DataError\nif columns:\n    raise DataError('columns is too much.')",
        recorded=GOOD,
    )
    course = lessons.read(make_course(tmp_path, {"3.1": book}))
    again(course, "3.1")
    [outcome] = again(course, "3.1", parameters={"columns": {"time": "t"}})
    assert outcome.refused_input and outcome.failure["message"] == "columns is too much."
    assert stored(course)["3.1"]["status"] == "passed"
