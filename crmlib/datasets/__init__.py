"""Named data sets: what ships with the course, what is downloaded, what each column means.

One folder of ``datasets/`` is one set: ``dataset.toml`` (title, source, licence, how it is
read), ``README.md`` (the data dictionary) and, if the set ships, its file. A set that does
not ship is downloaded when it is first asked for. Wherever a lesson takes a data set's name
it also takes the path of a file.
"""

from crmlib.datasets.catalogue import (
    FOLDER,
    Dataset,
    describe,
    fetch,
    load,
    names,
    resolve,
    table,
    transactions,
)
from crmlib.datasets.roles import roles

__all__ = [
    "FOLDER",
    "Dataset",
    "describe",
    "fetch",
    "load",
    "names",
    "resolve",
    "roles",
    "table",
    "transactions",
]
