"""The process that runs lessons: papermill on a kernel of this very interpreter.

Only started by :mod:`crmlib.course.running`, so that papermill and the kernel's
libraries are imported where they are used and nowhere else.
"""

import hashlib
import logging
import os
import time

import nbformat
import papermill
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers

from crmlib.course import decisions, notebook, results

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class ThisPython(AsyncKernelManager):
    """Starts the kernel of this interpreter, whatever ``python3`` means elsewhere.

    A kernelspec of that name in the user's folder often belongs to another
    installation, and Jupyter would take that one.

    Examples
    --------
    >>> import sys
    >>> ThisPython().kernel_spec.argv[0] == sys.executable
    True
    """

    @property
    def kernel_spec(self):
        """The kernelspec that ipykernel makes for the running interpreter."""
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict(["--log-level=CRITICAL"]))


def serve(connection, scratch):
    """Run one lesson after the other until the parent has no more, or is gone.

    Parameters
    ----------
    connection : multiprocessing.connection.Connection
        Lessons come in as the arguments of :func:`execute`; out go ``("cell", (i, n))``
        as cell i of n begins, and ``("done", outcome)``.
    scratch : str
        A folder of the parent for the kernels' own files, so that the user's IPython
        profile changes nothing in a lesson.
    """
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    os.environ.pop("MPLBACKEND", None)  # or figures would not reach the notebook
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    os.environ.update(IPYTHONDIR=f"{scratch}/ipython", JUPYTER_RUNTIME_DIR=f"{scratch}/runtime")
    os.environ["CRMLIB_PROGRESS"] = f"{scratch}/progress.json"  # no student's own
    try:
        while True:
            lesson = connection.recv()
            outcome = execute(*lesson, lambda *at: connection.send(("cell", at)))
            connection.send(("done", outcome))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass


def execute(book, folder, parameters, destination, tables, tell):
    """Run a notebook in its folder and write it executed and clean.

    Parameters
    ----------
    book : dict
        The notebook, as :func:`crmlib.course.notebook.read` gives it.
    folder, destination : str
        Where it runs, and the file it is written to.
    tables : str
        Folder for the whole of its decision tables; empty if they are only shown.
    parameters : dict
        Those that differ from the lesson's defaults.
    tell : callable
        Called with the index of a cell that begins and the number of cells.

    Returns
    -------
    dict
        ``seconds``; ``sha256`` of what was written, or None if the kernel never
        started; ``results``, its record as JSON, or None; ``failure``, None or what
        went wrong where: ``cell`` (its number in brackets), ``id``, ``line`` (its first
        line), ``error`` (its class), ``message``.
    """
    seen, failure = {}, None
    os.environ[decisions.FOLDER] = tables
    begun = time.perf_counter()

    def starts(notebook):
        seen["book"] = notebook

    def cell_starts(cell, cell_index):
        seen["cell"] = cell
        tell(cell_index, len(seen["book"].cells))

    try:
        papermill.execute_notebook(
            nbformat.from_dict(book),
            None,
            parameters=parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=folder,
            kernel_manager_class=ThisPython,
            coalesce_streams=True,
            on_notebook_start=starts,
            on_cell_start=cell_starts,
        )
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise  # the parent is gone
    except PapermillExecutionError as error:
        failure = _failure(seen.get("cell"), error.ename, error.evalue)
    except Exception as error:  # whatever it is, the other lessons go on
        failure = _failure(seen.get("cell"), type(error).__name__, str(error))
    seconds = round(time.perf_counter() - begun, 2)
    if "book" not in seen:
        return {"seconds": seconds, "sha256": None, "results": None, "failure": failure}

    executed = remove_error_markers(seen["book"])
    _write_plainly(executed, parameters)
    record = results.read(executed)
    notebook.clean(executed)
    text = notebook.text(executed)
    notebook.write(destination, text)
    return {
        "seconds": seconds,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "results": record and record.to_json(),
        "failure": failure,
    }


def _write_plainly(book, parameters):
    """The cell that papermill puts in, with 订单.csv as it is and not as \\u8ba2\\u5355.csv."""
    lines = [f"{name} = {value!r}" for name, value in parameters.items()]
    for cell in book.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = "\n".join(["# Parameters", *lines])


def _failure(cell, error, message):
    cell = cell or {"source": ""}
    return {
        "cell": cell.get("execution_count"),
        "id": cell.get("id"),
        "line": notebook.first_line(cell["source"]),
        "error": error,
        "message": message,
    }
