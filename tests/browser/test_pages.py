"""Pages that are read in a browser, opened from a file with the network refused."""

import pytest

from crmlib.course import editions, lessons, notebook, reports, running

COURSE = lessons.read()


class Silent:
    """Whom a run tells nothing."""

    def cell(self, *told):
        pass

    finished = cell


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["student", "instructor"])
@pytest.mark.parametrize("number", [lesson.number for lesson in COURSE.lessons])
def test_a_handout_can_be_read(inspect, tmp_path, number, edition):
    pytest.importorskip("pypandoc", reason="handouts need the extra of that name")
    [lesson] = COURSE.find([number])
    book = notebook.read(lesson.path)
    path = editions.write(COURSE, lesson, book, tmp_path, edition=edition, form="html")
    facts = inspect(path, f"handout_{number}_{edition}")
    drawn = [
        output
        for cell in book["cells"]
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert facts["images"] >= len(drawn)
    assert facts["formulas"] >= sum("$$" in cell["source"] for cell in book["cells"])


def test_the_front_page_can_be_read(inspect, tmp_path):
    running.run(COURSE, [], tmp_path, Silent())
    inspect(tmp_path / "index.html", "index_not_run")


@pytest.mark.slow
def test_the_front_page_of_a_run_can_be_read(inspect, make_course, tmp_path):
    good = {"customers": 5, "share": 1 / 3}
    books = {
        "3.1": make_course.lesson("3.1", recorded=good),
        "3.2": make_course.lesson("3.2", recorded={"customers": 4, "share": 1 / 3}),
        "4.1": make_course.lesson("4.1", "raise ValueError('<b>' + 'long ' * 60)", recorded=good),
    }
    course = lessons.read(make_course(tmp_path, books))
    outcomes = running.run(course, course.lessons, tmp_path / "build", Silent())
    assert [outcome.status for outcome in outcomes] == ["passed", "moved", "failed"]
    inspect(tmp_path / "build" / "index.html", "index_run")


@pytest.mark.slow
def test_a_report_can_be_read(inspect, tmp_path):
    pytest.importorskip("pypandoc", reason="reports need the extra `handouts`")
    reports.write(COURSE, COURSE.find(["3.2"]), tmp_path, Silent(), {"dataset": "cdnow"})
    inspect(tmp_path / "report.html", "report_3.2")
