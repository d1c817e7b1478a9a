"""A student's lesson in JupyterLab: read, run, move, answer, come back the next day."""

import os
import re
import signal
import subprocess
import sys
from base64 import b64encode
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from crmlib.course import answers, editions, exercises, lessons, notebook

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = pytest.mark.slow
CRMLIB = Path(sys.executable).with_name("crmlib")
MINUTE = 60_000  # milliseconds
READY = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return panel?.sessionContext?.session?.kernel?.status === 'idle'
        && panel.content.model.cells.length === CELLS;
}"""
RAN = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
    .every((cell) => cell.type !== 'code' || cell.executionCount)"""
SHOW = """async (id) => {
    const book = window.jupyterapp.shell.currentWidget.content;
    const at = book.widgets.findIndex((cell) => cell.model.id === id);
    await book.scrollToItem(at, 'start');
    document.querySelectorAll('[data-seen]').forEach((e) => e.removeAttribute('data-seen'));
    book.widgets[at].node.setAttribute('data-seen', id);
}"""


EVERY_LESSON = pytest.mark.parametrize(
    "lesson", lessons.read().lessons, ids=lambda lesson: lesson.number
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def serve(home):
    """A context in which ``crmlib lab`` serves the course to a user with another ``python3``.

    It gives the address.
    """
    folders = {
        name: home / name.lower()
        for name in (
            "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
            "CRMLIB_PROGRESS",
        )
    }  # fmt: skip
    other = folders["JUPYTER_DATA_DIR"] / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text('{"argv": ["false"], "display_name": "Other"}')
    settings = folders["JUPYTER_CONFIG_DIR"] / "jupyter_server_config.json"
    settings.parent.mkdir()
    settings.write_text('{"LabApp": {"expose_app_in_browser": true}}')  # for the test alone

    @contextmanager
    def serve():
        process = subprocess.Popen(
            [CRMLIB, "lab", "--no-browser", "--dir", home / "my course"],
            env={**os.environ, **folders, "JUPYTER_PREFER_ENV_PATH": "0"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            yield re.search(r" at (\S+); Ctrl-C", process.stdout.readline())[1]
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)

    return serve


@pytest.fixture(scope="module")
def days(serve):
    """The addresses of a first and a second day: JupyterLab was stopped in between."""

    class Days:
        def __init__(self):
            self.day, self.running = 0, ExitStack()

        def enter(self, day, browse):
            """A page of that day, the first day once only."""
            if day > self.day:
                self.running.close()
                self.day, self.address = day, self.running.enter_context(serve())
            assert day == self.day
            return enter(self.address, browse)

    days = Days()
    with days.running:
        yield days


@pytest.fixture(scope="module")
def kept():
    """What a student left on the first day: lesson -> file, answer and explorers."""
    return {}


def explorers(lesson):
    """The lesson's widgets, made from its own cells: id of the cell -> explorer."""
    from matplotlib import pyplot as plt

    found, names = {}, {}
    for cell in editions.student(notebook.read(lesson.path))["cells"]:
        if cell["cell_type"] != "code":
            continue
        if "widget" in cell["metadata"].get("tags", []):
            found[cell["id"]] = eval(cell["source"], names)
        elif len(found) < 2:
            exec(cell["source"], names)
            plt.close("all")
    return found


@EVERY_LESSON
def test_a_student_works_through_a_lesson(browse, lesson, days, kept, home, picture):
    name = f"lab_{lesson.number}"
    book = editions.unanswered(notebook.read(lesson.path))
    ready = READY.replace("CELLS", str(len(book["cells"])))
    page, trouble = days.enter(1, browse)
    page.locator(".jp-MarkdownViewer h1", has_text=lessons.read().title).wait_for()
    page.wait_for_timeout(1500)  # time enough for a pop-up
    picture(page, f"{name}_map")
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    page.locator(".jp-MarkdownViewer a", has_text=lesson.title).click()

    page.wait_for_function(ready)
    picture(page, f"{name}_opened")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(RAN)
    assert page.locator(".jp-RenderedText[data-mime-type*='error']").count() == 0

    moved = explorers(lesson)
    for cell, explorer in moved.items():
        at = show(page, cell)
        follow(at, explorer, "as in the text")
        for control in explorer.controls:
            move(page, at, explorer, control)
        picture(page, f"{name}_{cell}")

    expected = exercises.read(notebook.read(lesson.path))
    letter, right = next(
        (letter, one) for letter, one in expected.items() if isinstance(one.value, float)
    )
    attempt, check = cells_of(book, f"{lesson.number}-{letter}")
    for value in (next(iter(right.mistakes.values()), 2 * right.value + 1), right.value):
        answer(page, attempt, value)
        told = answers.judge(right, value)
        shown = show(page, check["id"])
        shown.locator(".jp-OutputArea-output", has_text=told.message).wait_for()
        picture(page, f"{name}_{told.kind}")
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.reload()
    page.wait_for_function(ready)
    given = (attempt, check, right.value, told)
    answered(page, *given)
    page.close()
    assert trouble == []
    kept[lesson] = ((home / "my course" / lesson.file).read_bytes(), ready, given, moved)


@EVERY_LESSON
def test_it_is_there_the_next_day(browse, lesson, days, kept, home, picture):
    if lesson not in kept:
        pytest.skip("nothing was kept of the first day")
    before, ready, given, moved = kept[lesson]
    page, trouble = days.enter(2, browse)
    assert (home / "my course" / lesson.file).read_bytes() == before
    page.locator(".jp-MarkdownViewer a", has_text=lesson.title).click()
    page.wait_for_function(ready)
    answered(page, *given)
    for cell, explorer in moved.items():
        alt = show(page, cell).locator("img").first.get_attribute("alt")
        picture(page, f"lab_{lesson.number}_{cell}_next_day")
        assert alt == explorer._metadata["alt"]
    page.close()
    assert trouble == []


def enter(address, browse):
    """A page at the address, to which everything else is refused."""
    host = address.partition("?")[0]
    allowed = (host, host.replace("http", "ws"), "data:", "blob:")
    page, trouble = browse(allowed, viewport={"width": 1280, "height": 900})
    page.set_default_timeout(MINUTE)
    page.goto(address)
    return page, trouble


def answered(page, attempt, check, value, told):
    """Find an answer and what was said to it."""
    show(page, attempt["id"]).locator(".cm-content", has_text=repr(value)).wait_for()
    shown = show(page, check["id"])
    shown.locator(".jp-OutputArea-output", has_text=told.message).wait_for()


def show(page, cell):
    """Bring a cell of the notebook into view."""
    page.evaluate(SHOW, cell)
    return page.locator(f"[data-seen='{cell}']")


def move(page, at, explorer, name):
    """Move one control, by keyboard and by mouse, and follow what becomes of it."""
    control = explorer.controls[name]
    position = list(explorer.controls).index(name)
    widget = at.locator(".widget-vbox > .widget-inline-hbox").nth(position)
    if widget.locator("select").count():
        control.index = (control.index + 1) % len(control.options)
        widget.locator("select").select_option(index=control.index)
        follow(at, explorer, f"{name}: another choice")
        return
    handle = widget.locator(".noUi-handle")

    def read(what):
        value = type(control.value)(float(handle.get_attribute("aria-valuetext")))
        assert value != control.value, what
        control.value = value
        follow(at, explorer, what)

    key = "ArrowRight" if control.value + 3 * control.step < control.max else "ArrowLeft"
    handle.focus()
    for _press in range(3):
        page.keyboard.press(key)
    read(f"{name}: three times {key}")

    box, track = handle.bounding_box(), widget.locator(".noUi-base").bounding_box()
    assert track["width"] > 50, f"{name}: its label leaves no room to move it"
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    share = (box["x"] + box["width"] / 2 - track["x"]) / track["width"]
    page.mouse.move(track["x"] + (0.6 if share < 0.5 else 0.3) * track["width"], middle, steps=8)
    page.mouse.up()
    read(f"{name}: dragged")


def follow(at, explorer, what):
    """Wait until words and picture are those that the explorer computes here."""
    words = at.locator(".widget-html-content p")
    playwright.expect(words, what).to_have_text(explorer.words, timeout=MINUTE // 4)
    shown = at.locator(".widget-html-content img")
    drawn = "data:image/png;base64," + b64encode(explorer.still).decode("ascii")
    alt = explorer._metadata["alt"]  # the words may be those of before
    playwright.expect(shown, what).to_have_attribute("alt", alt, timeout=MINUTE // 4)
    assert shown.get_attribute("src") == drawn, what
    assert shown.evaluate("(e) => e.complete && e.naturalWidth > 0"), what


def cells_of(book, exercise):
    """Where an exercise is answered, and where the answer is checked."""
    check = next(cell for cell in notebook.tagged(book, "check") if exercise in cell["source"])
    above = book["cells"][: book["cells"].index(check)]
    return notebook.tagged({"cells": above}, "attempt")[-1], check


def answer(page, attempt, value):
    """Type an answer in place of the dots, run the cell and the one after it."""
    name = attempt["source"].partition(" ")[0]
    show(page, attempt["id"]).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(f"{name} = {value!r}")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
