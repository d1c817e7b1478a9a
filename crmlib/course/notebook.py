"""A notebook as a file: reading one, its parameters, and making it clean.

A clean notebook holds what its author wrote and what its cells show, and nothing of
the machine or the moment it was run on.
"""

import ast
import json
import os
from pathlib import Path

from crmlib.errors import DataError
from crmlib.text import gettext as _

PARAMETERS = "parameters"  # tag of the cell that names what a run may change
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LEFT_BEHIND = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled", "trusted")


def read(path):
    """A notebook as a dictionary, every source and text one string.

    Parameters
    ----------
    path : path

    Returns
    -------
    dict

    Raises
    ------
    DataError
        If the file is no notebook of format 4.

    Examples
    --------
    >>> from crmlib.course import lessons
    >>> read(lessons.read().lessons[0].path)["nbformat"]
    4
    """
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
        if notebook["nbformat"] != 4:
            raise ValueError(f"nbformat {notebook['nbformat']}")
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            for output in cell.get("outputs", []):
                if "text" in output:
                    output["text"] = "".join(output["text"])
                for mime, content in output.get("data", {}).items():
                    if isinstance(content, list) and not mime.endswith("json"):
                        output["data"][mime] = "".join(content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            _("{path} is not a Jupyter notebook (format 4): {reason}.").format(
                path=path, reason=f"{type(error).__name__}: {error}"
            )
        ) from error
    return notebook


def tagged(notebook, tag):
    """The cells that carry a tag, in order.

    Parameters
    ----------
    notebook : dict
    tag : str

    Returns
    -------
    list of dict

    Examples
    --------
    >>> tagged({"cells": [{"metadata": {"tags": ["results"]}, "source": ""}]}, "results")
    [{'metadata': {'tags': ['results']}, 'source': ''}]
    """
    return [cell for cell in notebook["cells"] if tag in cell["metadata"].get("tags", [])]


def parameters(notebook):
    """The parameters of a lesson and their defaults.

    Parameters
    ----------
    notebook : dict

    Returns
    -------
    dict
        Name -> default, from the assignments in the cell tagged ``parameters``.

    Raises
    ------
    DataError
        If a default is not a literal.

    Examples
    --------
    >>> cell = {"metadata": {"tags": ["parameters"]}, "source": "dataset = 'cdnow'  # or a file"}
    >>> parameters({"cells": [cell]})
    {'dataset': 'cdnow'}
    """
    defaults = {}
    for cell in tagged(notebook, PARAMETERS):
        try:
            for line in ast.parse(cell["source"]).body:
                [target] = line.targets
                defaults[target.id] = ast.literal_eval(line.value)
        except (SyntaxError, AttributeError, ValueError) as error:
            raise DataError(
                _(
                    "The parameters cell may hold only lines such as `name = 'value'`; "
                    "this one cannot be read: {source!r}."
                ).format(source=first_line(cell["source"]))
            ) from error
    return defaults


def clean(notebook):
    """Take out of an executed notebook what belongs to the machine or the moment.

    Papermill's records, timings and live widgets go (the still picture beside a widget
    stays); kernel and language are the plain ones; cells are counted from 1.

    Parameters
    ----------
    notebook : dict
        Changed in place.

    Examples
    --------
    >>> book = {"metadata": {"papermill": {"duration": 7.1}}, "cells": []}
    >>> clean(book)
    >>> sorted(book["metadata"])
    ['kernelspec', 'language_info']
    """
    notebook["metadata"] = {key: dict(value) for key, value in METADATA.items()}
    count = 0
    for cell in notebook["cells"]:
        for key in LEFT_BEHIND:
            cell["metadata"].pop(key, None)
        if not cell["metadata"].get("tags", True):
            del cell["metadata"]["tags"]
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"  # papermill draws one at random
        if cell["cell_type"] != "code":
            continue
        if cell["execution_count"] is not None:
            count += 1
            cell["execution_count"] = count
        for output in cell["outputs"]:
            output.get("data", {}).pop(WIDGET, None)
            if "execution_count" in output:
                output["execution_count"] = cell["execution_count"]


def first_line(source):
    """The first line of a cell that is not blank or a comment, to know it by.

    Examples
    --------
    >>> first_line("# fit\\nmodel.fit(table)")
    'model.fit(table)'
    """
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("#")]
    return (code or lines or [""])[0]


def text(book):
    """A notebook as the text of its file.

    Parameters
    ----------
    book : dict

    Returns
    -------
    str

    Examples
    --------
    >>> text({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})[:10]
    '{\\n "cells"'
    """
    import nbformat  # half a second that a command which writes none need not wait

    return nbformat.writes(nbformat.from_dict(book)) + "\n"


def write(path, text):
    """Write a text file whole or not at all.

    The text goes to another name in the same folder, reaches the disk, and only then
    takes the name of the file: a run that is cut off leaves the old file or the new.

    Parameters
    ----------
    path : path
        Its folder is made if need be.
    text : str

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write(Path(folder, "new", "a.txt"), "all of it")
    ...     Path(folder, "new", "a.txt").read_text()
    'all of it'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
