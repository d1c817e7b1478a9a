"""What tests share: one thread, no windows, the larger data if there are any, tiny courses."""

import io
import os
import tempfile
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from types import SimpleNamespace

os.environ.update(
    dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
)
os.environ.update(LANGUAGE="", LC_ALL="C.UTF-8")  # the command line speaks English

import matplotlib
import nbformat
import pytest
from hypothesis import settings
from nbformat import v4

from crmlib import cli, text
from crmlib.course import decisions, pool, results

matplotlib.use("agg")
# The same examples on every run; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("crmlib", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "crmlib"))


@pytest.fixture(scope="session")
def shared_file():
    """Path of a file that is too large or not free to ship; skips the test if it is not there.

    The environment variable CRMLIB_SHARED_DATA names the folder, such as one with
    ``cdnow/`` and ``online_retail/`` in it.
    """

    def find(name):
        folder = os.environ.get("CRMLIB_SHARED_DATA")
        if not folder:
            pytest.skip("CRMLIB_SHARED_DATA does not say where the larger data sets are")
        path = Path(folder, name)
        if not path.is_file():
            pytest.skip(f"CRMLIB_SHARED_DATA holds no {name}")
        return path

    return find


@contextmanager
def papermill_in_this_process():
    """Lessons have kernels of their own as ever, but the process between is this one."""

    def work(jobs, watch):
        from crmlib.course import worker  # papermill

        for lesson, job in jobs:
            yield lesson, worker.execute(*job, partial(watch.cell, lesson))

    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch,
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(action="ignore"),  # papermill's, which a process keeps to itself
    ):
        patch.setattr(pool, "work", work)
        patch.delenv("MPLBACKEND", raising=False)
        patch.setenv("IPYTHONDIR", f"{scratch}/ipython")
        patch.setenv("JUPYTER_RUNTIME_DIR", f"{scratch}/runtime")
        patch.setenv("CRMLIB_PROGRESS", f"{scratch}/progress.json")
        patch.setenv(decisions.FOLDER, "")
        yield


@pytest.fixture
def in_this_process():
    """Lessons that are run without worker processes: two starts of Python less for each."""
    with papermill_in_this_process():
        yield


@pytest.fixture(scope="session")
def command():
    """A function that gives what a ``crmlib`` command does in a folder, without its processes.

    ``test_cli.py``, ``test_running.py`` and one report start the processes too.
    """

    def command(folder, *arguments):
        out, error = io.StringIO(), io.StringIO()
        with (
            papermill_in_this_process(),
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(out),
            redirect_stderr(error),
            pytest.raises(SystemExit) as left,
        ):
            patch.chdir(folder)
            cli.main(list(map(str, arguments)))
        text.use()
        return SimpleNamespace(
            returncode=left.value.code, stdout=out.getvalue(), stderr=error.getvalue()
        )

    return command


def tiny_lesson(number, *body, record="customers=5, share=1 / 3", recorded=None):
    """A notebook in the frame of a lesson.

    ``body`` are the code cells between parameters and results, ``record`` the numbers
    its last cell computes, ``recorded`` those that it holds as committed.
    """
    cells = [
        v4.new_markdown_cell(f"# {number} Tiny\n\nIs this lesson {number}?", id="title"),
        v4.new_code_cell(
            'dataset = "cdnow"\ncolumns = None\nlanguage = "en"',
            id="parameters",
            metadata={"tags": ["parameters"]},
        ),
        v4.new_code_cell("from crmlib.course import results", id="imports"),
        *(v4.new_code_cell(source, id=f"body-{i}") for i, source in enumerate(body)),
        v4.new_code_cell(
            f'results.record("{number}", dataset, {record})',
            id="results",
            metadata={"tags": ["results"]},
        ),
    ]
    if recorded is not None:
        shown = results.record(number, "cdnow", **recorded)._repr_mimebundle_()
        cells[-1].outputs = [v4.new_output("execute_result", shown, execution_count=1)]
    return v4.new_notebook(cells=cells)


@pytest.fixture(scope="session")
def make_course():
    """A function that lays out a course of tiny lessons, ``{number: notebook}``, in a folder."""

    def make(root, books):
        folders = {"3": "3_value", "4": "4_retention"}
        toml = ['title = "Tiny course"', 'subtitle = "For <tests> & nothing else"']
        toml.append("released = 2026-01-31")
        for folder in folders.values():
            toml.append(f'[[chapters]]\nfolder = "{folder}"\ntitle = "Chapter {folder}"')
        for number, book in books.items():
            file = f"{folders[number[0]]}/{number.replace('.', '')}_tiny.ipynb"
            (root / "notebooks" / file).parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(book, root / "notebooks" / file)
            toml.append(
                f'[[lessons]]\nnumber = "{number}"\nfile = "{file}"\ntitle = "Tiny {number}"\n'
                f'question = "Is this lesson {number}?"\nminutes = 1\ndataset = "cdnow"\n'
                "coverage = []"
            )
        (root / "notebooks" / "course.toml").write_text("\n".join(toml), encoding="utf-8")
        return root

    make.lesson = tiny_lesson
    return make
