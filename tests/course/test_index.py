import re
from html.parser import HTMLParser

import pytest
from babel.messages import Catalog
from babel.messages.pofile import write_po
from nbformat import v4
from typer.main import get_command

from crmlib import DataError, text
from crmlib.cli import application
from crmlib.course import index, lessons, results
from crmlib.course.running import Outcome

VOID = {"meta", "link", "br", "hr", "img", "input"}
OBJECTIVES = """After this lesson you can

1. tell `frequency` from *recency*;
2. find <script>alert(1)</script> odd.

**You need** nothing."""
PLANNED = '[[lessons]]\nnumber = "4.3"\nquestion = "When do we <write>?"\n'


@pytest.fixture
def course(make_course, tmp_path):
    """Lesson 3.1 with objectives and a picture, and lesson 4.3 still to be written."""
    book = make_course.lesson("3.1", "draw()")
    shown = v4.new_output("display_data", {"image/png": "iVBORw0K\nGgo="})
    shown.metadata = {"image/png": {"alt": 'It "falls" & rises.', "width": 651, "height": 411}}
    book.cells[3].update(outputs=[shown], metadata={"tags": ["picture"]})
    objectives = v4.new_markdown_cell(OBJECTIVES, metadata={"tags": ["objectives"]})
    book.cells.insert(1, objectives)
    root = make_course(tmp_path, {"3.1": book})
    with (root / lessons.LIST).open("a", encoding="utf-8") as file:
        file.write("\n" + PLANNED)
    return lessons.read(root)


@pytest.fixture
def page(course):
    """A function that renders the course, given what became of its lesson."""

    def render(editions=None, **outcome):
        return index.render(course, [Outcome(course.lessons[0], **outcome)], editions)

    return render


class Elements(HTMLParser):
    """Fails on an element that is not closed, and collects ids."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.found = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def words(page):
    """What a reader sees, without mark-up."""
    body = page.partition("<body>")[2].partition("<script>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


RECORD = results.record("3.1", "cdnow", customers=5, share=1 / 3)
FAILURE = {"cell": 4, "id": "fit", "line": "f(x) < 1", "error": "KeyError", "message": "<b>'T'</b>"}


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            {},
            [
                "Not run yet",
                "Is this lesson 3.1?",
                "1 minute to read",
                "data: cdnow",
                "Chapter 3_value",
            ],
        ),
        (
            {"status": "passed", "origin": "run", "seconds": 7.26, "record": RECORD, "sha256": "0"},
            ["Passed", "ran in 7.3 s", "2 numbers", "share 0.3333333", "Executed notebook"],
        ),
        (
            {"status": "passed", "origin": "reused", "seconds": 7.26, "record": RECORD},
            ["reused, nothing changed since it ran in 7.3 s"],
        ),
        (
            {"status": "passed", "origin": "earlier", "seconds": 7.26, "record": RECORD},
            ["from an earlier run, 7.3 s"],
        ),
        (
            {"status": "failed", "origin": "run", "failure": FAILURE, "sha256": "0"},
            [
                "Failed",
                "in cell [4] (id fit), which begins: f(x) &lt; 1",
                "KeyError",
                "&lt;b&gt;&#39;T&#39;&lt;/b&gt;",
                "Half-run notebook",
            ],
        ),
        (
            {
                "status": "moved",
                "origin": "run",
                "differences": results.compare(
                    results.record("3.1", "cdnow", customers=4, gone=0.0), RECORD
                ),
            },
            [
                "Numbers moved",
                "customers 4 5 exact",
                "gone 0 nothing –",
                "share nothing 0.3333333 –",
            ],
        ),
        (
            {"status": "passed", "parameters": {"dataset": "/home/ann/my orders.csv"}},
            ["data: my orders.csv", "Its numbers are recorded, not compared"],
        ),
    ],
)
def test_the_page_says_what_became_of_a_lesson(page, outcome, told):
    text = page(**outcome)
    for sentence in told:
        assert sentence in words(text)
    elements = Elements(text)
    assert len(elements.ids) == len(set(elements.ids))
    assert not re.search(r"https?:|src=(?!\"data:)|@import|url\(|fetch|/home/", text)
    assert text.startswith("<!doctype html>") and '<meta name="viewport"' in text
    assert ("This run needs a look" in text) == (outcome.get("status") in ("failed", "moved"))


def test_what_a_lesson_teaches_is_read_from_the_lesson(page):
    text = page()
    assert (
        "After this lesson you can tell frequency from recency ; "
        "find &lt;script&gt;alert(1)&lt;/script&gt; odd. Read it"
    ) in words(text)
    [picture] = Elements(text).all("img")
    assert picture["src"] == "data:image/png;base64,iVBORw0KGgo="
    assert (picture["alt"], picture["width"]) == ('It "falls" & rises.', "651")


def test_a_lesson_that_is_not_there_yet_says_so(page):
    text = words(page())
    assert "Written so far: 1 of 2 lessons" in text
    assert "Still to be written 4.3 When do we &lt;write&gt;?" in text
    assert "crmlib lab 4.3" not in text


def test_every_edition_has_its_link_in_the_order_given(page):
    made = [
        ("student", "html", "handouts/3.1_student.html"),
        ("instructor", "pdf", "handouts/3.1_instructor.pdf"),
        ("student", "pdf", "handouts/3.1_student.pdf"),
    ]
    text = page({"3.1": made}, status="passed", sha256="0")
    assert "Student handout: web page , PDF Instructor handout: PDF Executed" in words(text)
    links = [a["href"] for a in Elements(text).all("a") if not a["href"].startswith("#")]
    assert links == [made[0][2], made[2][2], made[1][2], "notebooks/3_value/31_tiny.ipynb"] + [
        "results.json"
    ]
    assert "Nothing has been made of it yet. crmlib run 3.1" in words(page())


def test_links_within_the_page_lead_somewhere(page):
    elements = Elements(page(status="moved"))
    targets = [a["href"][1:] for a in elements.all("a") if a["href"].startswith("#")]
    assert len(targets) == 4  # begin, what moved, two chapters
    assert set(targets) <= set(elements.ids)


def test_the_commands_can_be_copied_and_are_commands(page):
    text = page()
    lines = re.findall(r"<code>(crmlib .*?)</code><button", text)
    assert lines == ["crmlib run 3.1", "crmlib lab 3.1", "crmlib report 3.1 --data FILE"]
    known = get_command(application()).commands
    for line in lines:
        assert f'aria-label="Copy: {line}"' in text
        _crmlib, name, *arguments = line.split()
        known[name].make_context(name, arguments)  # stops at what it does not know


def test_a_notebook_being_edited_does_not_cost_the_page(page, course):
    course.lessons[0].path.write_text("<<<<<<< HEAD", encoding="utf-8")
    assert "Is this lesson 3.1?" in words(page())


def test_the_page_names_its_language(page, tmp_path, monkeypatch):
    assert '<html lang="en">' in page()
    catalogue = Catalog(locale="zh_CN")
    catalogue.add("Still to be written", "待编写")
    file = tmp_path / "zh_CN" / "LC_MESSAGES" / "crmlib.po"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_po(stream, catalogue)
    monkeypatch.setattr(text, "LOCALE", tmp_path)
    text.use("zh_CN")
    try:
        assert '<html lang="zh-CN">' in page() and "待编写" in words(page())
    finally:
        text.use("en")


def test_a_planned_lesson_is_refused_by_its_number(course):
    assert [(p.number, p.chapter.name) for p in course.planned] == [("4.3", "retention")]
    with pytest.raises(DataError, match=r"Lesson 4\.3 is still to be written"):
        course.find(["4.3"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('number = "4.3"', 'number = "3.1"', "Two lessons in .* the number '3.1'"),
        ('number = "4.3"', 'number = "9.1"', "KeyError: '9'"),
        ('number = "4.3"', "number = 4.3", "AttributeError"),
        ('question = "When', 'minutes = 5\nquestion = "When', "minutes"),
    ],
)
def test_a_wrong_plan_is_refused_in_one_sentence(course, old, new, message):
    file = course.root / lessons.LIST
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(DataError, match=message):
        lessons.read(course.root)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_every_text_can_be_read_in_light_and_dark(page):
    """WCAG 2 AA: 4.5 to 1."""
    light, dark = re.findall(r":root \{(.*?)\}", page(), flags=re.DOTALL)
    for scheme in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        for ground in (colours.pop("paper"), colours.pop("card")):
            for name in colours.keys() - {"line"}:
                pair = sorted((luminance(ground), luminance(colours[name])))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, name
