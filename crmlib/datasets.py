"""Named data sets: what ships with the course, and what each column means.

One folder of ``datasets/`` is one set: the file, ``dataset.toml`` (title, source,
licence, how its columns are read) and ``README.md`` (the data dictionary).
Wherever a lesson takes a data set's name it also takes the path of a file.
"""

import difflib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from crmlib.errors import DataError
from crmlib.text import gettext as _

FOLDER = Path(__file__).resolve().parents[1] / "datasets"


@dataclass(frozen=True)
class Dataset:
    """One data set of the catalogue.

    Attributes
    ----------
    name : str
        The name it is loaded by; also its folder.
    title, source, citation, licence : str
        What it is, where it comes from, how to cite it, what may be done with it.
    file : str
        The file in the folder.
    rows : int
        Lines of data in the file.
    lessons : list of str
        Lessons that use it.
    columns : dict
        Role in a transaction log -> column of the file; empty if it is no log.
    types : dict
        Column -> type, for columns that must not be guessed (ids with leading zeros).
    """

    name: str
    title: str
    file: str
    rows: int
    source: str
    citation: str
    licence: str
    lessons: list = field(default_factory=list)
    columns: dict = field(default_factory=dict)
    types: dict = field(default_factory=dict)

    @property
    def path(self):
        """Path of the data file."""
        return FOLDER / self.name / self.file

    @property
    def text(self):
        """The data dictionary, in Markdown."""
        return (FOLDER / self.name / "README.md").read_text(encoding="utf-8")


def names():
    """Names of all data sets, in alphabetical order.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "cdnow" in names()
    True
    """
    return sorted(path.parent.name for path in FOLDER.glob("*/dataset.toml"))


def describe(name):
    """What is known about one data set.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If there is no such set; the message offers the nearest name.

    Examples
    --------
    >>> describe("cdnow").rows
    6919
    """
    if name not in names():
        raise DataError(_unknown(name))
    facts = tomllib.loads((FOLDER / name / "dataset.toml").read_text(encoding="utf-8"))
    return Dataset(name=name, **facts)


def load(name):
    """One data set as the data frame its dictionary describes.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    pandas.DataFrame
        The columns of the data dictionary, nothing cleaned.

    Raises
    ------
    DataError
        If there is no such set, or its file is missing.

    Examples
    --------
    >>> load("sbg").shape
    (13, 3)
    """
    import pandas as pd

    dataset = describe(name)
    return pd.read_csv(_existing(dataset), dtype=dataset.types)


def transactions(dataset, columns=None):
    """A clean transaction log from a named set or from a file of your own.

    Parameters
    ----------
    dataset : str or path
        A name out of :func:`names`, or the path of a CSV, Parquet or Excel file.
    columns : dict, optional
        Role -> column, as in :func:`crmlib.transactions.read`. A named set knows its own.

    Returns
    -------
    log : pandas.DataFrame
    report : crmlib.transactions.CleaningReport

    Raises
    ------
    DataError
        If it is neither a name nor a file, or is no transaction log.

    Examples
    --------
    >>> log, report = transactions("cdnow")
    >>> report.rows_in == report.rows_kept + report.rows_aside == 6919
    True
    """
    from crmlib.transactions import read

    [path] = resolve(dataset)
    if str(dataset) in names():
        known = describe(str(dataset))
        if not known.columns:
            raise DataError(
                _("The data set {name!r} is no transaction log; see: crmlib data list").format(
                    name=known.name
                )
            )
        columns = columns or known.columns
    return read(path, columns=columns or None)


def resolve(dataset):
    """The files behind a data set's name or a path.

    Parameters
    ----------
    dataset : str or path

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    DataError
        If there is neither such a name nor such a file.

    Examples
    --------
    >>> resolve("cdnow")[0].name
    'cdnow_sample.csv'
    """
    if str(dataset) in names():
        return [_existing(describe(str(dataset)))]
    path = Path(dataset).expanduser()
    if path.is_file():
        return [path.resolve()]
    raise DataError(_unknown(str(dataset)))


def _existing(dataset):
    if not dataset.path.is_file():
        raise DataError(
            _("The file {file!r} of the data set {name!r} is missing; restore it from git.").format(
                file=dataset.file, name=dataset.name
            )
        )
    return dataset.path


def _unknown(name):
    nearest = difflib.get_close_matches(name, names(), n=1)
    if nearest:
        return _("There is no data set or file {name!r}; did you mean {nearest!r}?").format(
            name=name, nearest=nearest[0]
        )
    return _("There is no data set or file {name!r}; the data sets are: {known}.").format(
        name=name, known=", ".join(names())
    )
