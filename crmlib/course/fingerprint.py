"""What the numbers of a lesson depend on, as a checksum.

Two runs with the same key would give the same: the cells, the parameters, the data, this
package, the libraries it names, and Python are the same.
"""

import hashlib
import importlib.metadata
import json
import re
import sys
from contextlib import suppress
from pathlib import Path

from crmlib import datasets

PACKAGE = Path(__file__).resolve().parents[1]


def common():
    """What every lesson depends on.

    Returns
    -------
    list
        Version of Python; version of each library that the package needs; checksum of
        each file of the package and of the data shipped.

    Examples
    --------
    >>> python, libraries, files = common()
    >>> "pandas" in libraries, "crmlib/cli/__init__.py" in files
    (True, True)
    """
    needs = importlib.metadata.requires("crmlib") or []
    names = [re.match(r"[\w.-]+", need)[0] for need in needs if "extra ==" not in need]
    versions = {}
    for name in names:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    files = {}
    for folder in (PACKAGE, datasets.FOLDER):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                files[path.relative_to(folder.parent).as_posix()] = sha256(path)
    return [sys.version, versions, files]


def key(book, parameters, dataset, common):
    """Checksum of all that one run depends on.

    Parameters
    ----------
    book : dict
        The notebook; its sources and tags count, its outputs do not.
    parameters : dict
        Those that differ from the lesson's defaults.
    dataset : str
        A name, or the path of a file.
    common : list
        As :func:`common` gives it.

    Returns
    -------
    str

    Examples
    --------
    >>> key({"cells": []}, {}, "cdnow", []) == key({"cells": []}, {"margin": 0.2}, "cdnow", [])
    False
    """
    cells = [
        [cell["cell_type"], cell["source"], cell["metadata"].get("tags", [])]
        for cell in book["cells"]
    ]
    data = [sha256(path) for path in datasets.resolve(dataset)]
    told = json.dumps([cells, parameters, data, common], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def sha256(path):
    """Checksum of a file.

    Examples
    --------
    >>> sha256(datasets.resolve("sbg")[0])[:8]
    '4b18629e'
    """
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
