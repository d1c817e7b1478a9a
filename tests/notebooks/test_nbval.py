"""nbval in this setup: marked cells are compared, on this interpreter's kernel."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbformat import v4


def nbval(folder, stored, environment=None):
    cells = [
        v4.new_code_cell("import sys, random\nprint(random.random())"),
        v4.new_code_cell("# NBVAL_CHECK_OUTPUT\nprint(sys.executable, 1 / 4)"),
    ]
    for cell, text in zip(cells, ("0.1\n", f"{sys.executable} {stored}\n"), strict=True):
        cell.execution_count = 1
        cell.outputs = [v4.new_output("stream", text=text)]
    nbformat.write(v4.new_notebook(cells=cells), folder / "a.ipynb")
    (folder / "pytest.ini").write_text("[pytest]\n")
    options = ["--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider", "-q"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "a.ipynb"],
        cwd=folder, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


def test_a_marked_cell_is_compared_and_another_is_not(tmp_path, monkeypatch):
    spec = {"argv": ["false", "{connection_file}"], "display_name": "Other", "language": "python"}
    folder = tmp_path / "share" / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    done = nbval(tmp_path, 0.25)
    assert "2 passed" in done.stdout, done.stdout


def test_a_wrong_output_of_a_marked_cell_fails(tmp_path):
    done = nbval(tmp_path, 0.26)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 1 passed" in done.stdout
