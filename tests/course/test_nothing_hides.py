"""Every word that a lesson shows goes through a catalogue, and is drawn without boxes.

The lesson runs here, in this process, in a Chinese that puts every text it is asked for
in brackets. What a reader sees outside brackets was never asked for. What the solutions
define is kept from the other cells, as in the student's notebook.
"""

import ast
import gettext
import html
import logging
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from crmlib import frames, style, text
from crmlib.course import catalogues, editions, lessons, notebook
from crmlib.interactive import Explorer

COURSE = lessons.read()
EVERY_LESSON = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.number)
UNREAD = {"results"}  # tags: for the machine
PACKAGE = catalogues.read(text.LOCALE / "zh_CN" / "LC_MESSAGES" / "crmlib.po")
HEADINGS = {entry.id for entry in PACKAGE if entry.context == text.COLUMN}


class Brackets(gettext.NullTranslations):
    """A catalogue with brackets around all that it is asked for."""

    def __init__(self, catalogue):
        super().__init__()
        self.catalogue = catalogue

    def gettext(self, message):
        return f"【{self.catalogue.gettext(message)}】"

    def ngettext(self, singular, plural, n):
        return f"【{self.catalogue.ngettext(singular, plural, n)}】"

    def pgettext(self, context, message):
        told = self.catalogue.pgettext(context, message)
        return f"【{told}】" if message in HEADINGS else message


def outside(told):
    """What stands outside the brackets."""
    depth, seen = 0, []
    for letter in told:
        depth += (letter == "【") - (letter == "】")
        seen.append(letter if depth == 0 and letter != "】" else " ")
    return "".join(seen)


def words(told):
    """The words outside brackets, tags, code and mathematics."""
    told = re.sub(r"<(style|code).*?</\1>|<[^>]+>|\$[^$]+\$", " ", told, flags=re.S)
    return set(re.findall(r"[A-Za-z_]{2,}", outside(html.unescape(told))))


def of_figure(figure):
    """Every text that a figure shows, and its alt text."""
    figure.draw_without_rendering()
    told = [artist.get_text() for artist in figure.findobj(Text) if artist.get_visible()]
    return [*told, style.alt_text(figure)]


def shown(result):
    """Every text that the last line of a cell shows, and the figures that are open."""
    for number in plt.get_fignums():
        yield from of_figure(plt.figure(number))
    if isinstance(result, Figure):
        yield from of_figure(result)
    elif isinstance(result, Explorer):
        yield result.words
        yield from (control.description for control in result.controls.values())
        ax = Figure().subplots()
        result._draw(ax, **{name: control.value for name, control in result.controls.items()})
        yield from of_figure(ax.figure)
    elif type(result).__name__ in ("DataFrame", "Series"):
        yield frames.html(result)
    elif hasattr(result, "_repr_html_"):
        yield result._repr_html_()
    elif hasattr(result, "_repr_markdown_"):
        yield result._repr_markdown_()
    elif isinstance(result, str):
        yield result


def run(book, namespace):
    """Each code cell, and what it shows."""
    given, solved = {cell["id"] for cell in editions.student(book)["cells"]}, {}
    for cell in book["cells"]:
        if cell["cell_type"] != "code" or UNREAD & set(cell["metadata"].get("tags", [])):
            continue
        body = ast.parse(cell["source"]).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        seen = namespace if cell["id"] in given else namespace | solved
        exec(compile(ast.Module(body, []), cell["id"], "exec"), seen)
        result = last and eval(compile(ast.Expression(last.value), cell["id"], "eval"), seen)
        if seen is not namespace:
            solved = {k: value for k, value in seen.items() if namespace.get(k) is not value}
        yield cell, result
        plt.close("all")


@pytest.fixture
def in_brackets(monkeypatch):
    """Chinese, in brackets where it was asked for."""
    plain = text.catalogue
    monkeypatch.setattr(text, "catalogue", lambda *which: Brackets(plain(*which)))
    text.use("zh")
    yield
    monkeypatch.undo()
    text.use("en")


@pytest.fixture
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLIB_PROGRESS", str(tmp_path / "progress.json"))


@pytest.mark.slow
@EVERY_LESSON
def test_a_lesson_runs_in_chinese_without_its_solutions_and_hides_no_word(
    lesson, in_brackets, own_progress, caplog
):
    """A box is a warning, which is an error here, or a record of the mathematics' logger."""
    book = notebook.read(lesson.path)
    for cell in notebook.tagged(book, notebook.PARAMETERS):
        cell["source"] = cell["source"].replace('language = "en"', 'language = "zh"')
    hidden, verdicts, chinese = {}, set(), False
    with caplog.at_level(logging.WARNING, "matplotlib"):
        for cell, result in run(book, {"__name__": "lesson"}):
            told = list(shown(result))
            columns = getattr(result, "columns", None)  # of a cleaning report: the file's own words
            own = {"NaN", "inf"}
            if isinstance(columns, dict):
                own |= {*columns, *columns.values(), *result.unused}
            if left := set().union(*map(words, told)) - own:
                hidden[cell["id"]] = left
            if cell in notebook.tagged(book, "check"):
                verdicts.add(result.kind)
            chinese |= any(re.search("[\u4e00-\u9fff]", line) for line in told)
    assert hidden == {}
    assert [record.message for record in caplog.records] == []
    assert verdicts == {"unanswered"}
    assert chinese


# Each of the three is seen to fail.


def test_a_word_that_was_never_asked_for_is_seen(in_brackets):
    style.use()
    ax = plt.subplots()[1]
    style.title(ax, text.gettext("Half of them left"))
    ax.set_xlabel(f"{text.gettext('weeks')} since the first")
    assert set().union(*map(words, shown(None))) == {"since", "the", "first"}
    plt.close("all")
    table = pd.DataFrame({"frequency": [1], "unheard_of": [2]})
    assert set().union(*map(words, shown(table))) == {"unheard_of"}


def test_a_cell_that_needs_a_solution_is_seen():
    sources = {"attempt": "answer = ...", "solution": "answer, x = 1, 2", "answers": "answer + x"}
    book = {
        "cells": [
            {"cell_type": "code", "id": tag, "metadata": {"tags": [tag]}, "source": source}
            for tag, source in {**sources, "check": "answer", "": "x"}.items()
        ]
    }
    told = run(book, {})
    assert [next(told)[1] for _cell in range(4)] == [None, None, 3, ...]
    with pytest.raises(NameError, match="'x' is not defined"):
        next(told)


@pytest.mark.parametrize("told", ["\uabcd", "$\uabcd$"])
def test_a_box_is_seen(told, caplog):
    style.use()
    figure = plt.figure()
    figure.suptitle(told)
    try:
        with caplog.at_level(logging.WARNING, "matplotlib"):
            figure.draw_without_rendering()
    except UserWarning as warning:
        assert "Glyph" in str(warning)
    else:
        assert caplog.records
