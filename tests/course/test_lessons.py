import pytest

from crmlib import DataError
from crmlib.course import lessons


@pytest.fixture
def course(make_course, tmp_path):
    books = {number: make_course.lesson(number) for number in ("3.1", "3.2", "4.1")}
    return lessons.read(make_course(tmp_path, books))


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        ([], ["3.1", "3.2", "4.1"]),
        (["3.2"], ["3.2"]),
        (["32_tiny"], ["3.2"]),
        (["32_tiny.ipynb"], ["3.2"]),
        (["notebooks/3_value/32_tiny.ipynb"], ["3.2"]),
        (["3"], ["3.1", "3.2"]),
        (["value"], ["3.1", "3.2"]),
        (["3_value"], ["3.1", "3.2"]),
        (["4.1", "3.2", "3.2"], ["3.2", "4.1"]),
    ],
)
def test_lessons_are_found_by_number_file_and_chapter(course, names, numbers):
    assert [lesson.number for lesson in course.find(names)] == numbers


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("3.3", "3.2"), ("valeu", "value"), ("32_tinny", "32_tiny"), ("4_retenton", "4_retention")],
)
def test_an_unknown_lesson_is_refused_with_the_nearest_one(course, name, nearest):
    with pytest.raises(DataError, match=f"no lesson '{name}'; did you mean '{nearest}'"):
        course.find([name])


def test_if_nothing_is_near_all_are_named(course):
    with pytest.raises(DataError, match="there is: 3, 3.1, 3.2, 31_tiny"):
        course.find(["zzzzzz"])


def test_a_lesson_knows_its_chapter_and_its_file(course):
    lesson = course.find(["3.2"])[0]
    chapter = lesson.chapter
    assert (chapter.number, chapter.name, chapter.title) == ("3", "value", "Chapter 3_value")
    assert lesson.file == "3_value/32_tiny.ipynb"
    assert lesson.path == course.root / "notebooks" / "3_value" / "32_tiny.ipynb"


def test_the_course_is_found_from_inside_and_from_elsewhere(course, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(course.root / "notebooks" / "3_value")
    assert lessons.find_root() == course.root
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert (lessons.find_root() / "crmlib" / "course").is_dir()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('number = "3.2"', 'number = "3.1"', "the number '3.1'"),
        ("32_tiny.ipynb", "31_tiny.ipynb", "the file '3_value/31_tiny.ipynb'"),
        ("coverage = []", "coverage = [12, 33]", "have the coverage 12"),
        ("32_tiny.ipynb", "33_tiny.ipynb", "3.2 is listed, but its notebook"),
        ("minutes = 1", "minuts = 1", "minuts"),
        ("3_value/32", "5_other/32", "5_other"),
        ('title = "Tiny course"', 'title = "Tiny course', "TOMLDecodeError"),
        ("subtitle = ", "subtitel = ", "subtitle"),
    ],
)
def test_a_wrong_list_is_refused_in_one_sentence(course, old, new, message):
    file = course.root / lessons.LIST
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(DataError, match=message):
        lessons.read(course.root)
