import json
import os

import nbformat
import pytest
from nbformat import v4

from crmlib import DataError
from crmlib.course import notebook


def test_sources_and_texts_are_read_as_one_string(tmp_path):
    cell = v4.new_code_cell("a = 1\nb = 2")
    cell.outputs = [
        v4.new_output("stream", text="one\ntwo\n"),
        v4.new_output("display_data", {"text/html": "<p>\n</p>", "application/x+json": [1, 2]}),
    ]
    nbformat.write(v4.new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    [read] = notebook.read(tmp_path / "a.ipynb")["cells"]
    assert read["source"] == "a = 1\nb = 2"
    assert read["outputs"][0]["text"] == "one\ntwo\n"
    assert read["outputs"][1]["data"] == {"text/html": "<p>\n</p>", "application/x+json": [1, 2]}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"nbformat": 3, "cells": []}', "\x00"])
def test_what_is_no_notebook_is_refused(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(DataError, match="is not a Jupyter notebook"):
        notebook.read(tmp_path / "a.ipynb")


def parameters(source):
    cell = v4.new_code_cell(source, metadata={"tags": ["parameters"]})
    return notebook.parameters(v4.new_notebook(cells=[cell]))


def test_parameters_are_the_assignments_of_the_tagged_cell():
    source = 'dataset = "cdnow"  # or a file\ncolumns = None\nrates = [0.1, -0.2]'
    assert parameters(source) == {"dataset": "cdnow", "columns": None, "rates": [0.1, -0.2]}


@pytest.mark.parametrize("source", ["a = len('x')", "a, b = 1, 2", "a =", "import os"])
def test_parameters_must_be_literals(source):
    with pytest.raises(DataError, match="parameters cell may hold only"):
        parameters(source)


def dirty():
    code = v4.new_code_cell(
        "slider", execution_count=7, metadata={"tags": ["x"], "papermill": {"duration": 1}}
    )
    code.metadata["execution"] = {"iopub.status.busy": "2024"}
    code.outputs = [
        v4.new_output(
            "execute_result",
            {notebook.WIDGET: {"model_id": "ab"}, "image/png": "aGk=", "text/plain": "still"},
            execution_count=7,
        )
    ]
    cells = [v4.new_markdown_cell("hi", metadata={"tags": [], "collapsed": True}), code]
    book = v4.new_notebook(cells=cells, metadata={"papermill": {}, "widgets": {"state": {}}})
    book.metadata["kernelspec"] = {"name": "my-env", "display_name": "mine"}
    book.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    return book


def test_cleaning_leaves_what_the_author_wrote_and_the_still_picture():
    book = dirty()
    notebook.clean(book)
    assert book.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    text, code = book.cells
    assert text.metadata == {}
    assert code.metadata == {"tags": ["x"]}
    assert code.execution_count == code.outputs[0].execution_count == 1
    assert code.outputs[0].data == {"image/png": "aGk=", "text/plain": "still"}
    nbformat.validate(book)


def test_cleaning_twice_changes_nothing_more():
    book = dirty()
    notebook.clean(book)
    once = json.dumps(book)
    notebook.clean(book)
    assert json.dumps(book) == once


def test_the_first_line_of_code_names_a_cell():
    assert notebook.first_line("\n# note\n  model.fit(x)\n") == "model.fit(x)"
    assert notebook.first_line("# only a note") == "# only a note"
    assert notebook.first_line("") == ""


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    notebook.write(file, "old")

    def full_disk(handle):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space left"):
        notebook.write(file, "new and long")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
