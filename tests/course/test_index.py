import re
from html.parser import HTMLParser

import pytest

from crmlib.course import index, lessons, results
from crmlib.course.running import Outcome

VOID = {"meta", "link", "br", "hr", "img", "input"}


@pytest.fixture
def page(make_course, tmp_path):
    """A function that renders a course of one lesson, given what became of it."""
    course = lessons.read(make_course(tmp_path, {"3.1": make_course.lesson("3.1")}))

    def render(**outcome):
        return index.render(course, [Outcome(course.lessons[0], **outcome)])

    return render


class Elements(HTMLParser):
    """Fails on an element that is not closed, and collects ids."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def words(page):
    """What a reader sees, without mark-up."""
    body = page.partition("<body>")[2]
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
    assert not re.search(r"https?:|src=|@import|url\(|/home/", text)
    assert '<html lang="en">' in text and '<meta name="viewport"' in text


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
