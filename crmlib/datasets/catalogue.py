"""The sets by name: facts, tables, transaction logs."""

import difflib
import tomllib
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from crmlib.datasets import downloads
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import hint, joined

LONGEST = 255  # characters of a name in a message
FOLDER = Path(__file__).resolve().parents[2] / "datasets"
RULES = ("cancellations", "negative", "zero", "duplicates", "time_format")  # of cleaning


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
        The data file: in the folder of the set, or, of a set that is downloaded, in the
        folder of the downloads.
    rows : int
        Lines of data in the file.
    lessons : list of str
        Lessons that use it, or will.
    columns : dict
        Role in a transaction log -> column of the file, or its position counted from 0;
        empty if it is no log.
    roles : dict
        Of a table of contracts or of a campaign: the role of each column in the lessons, as
        a user would give them on the command line; see :func:`crmlib.datasets.roles`.
    read : dict
        What pandas must be told to read the file as its dictionary describes it.
    member : str
        If the file is a ZIP archive: the table in it.
    sha256 : str
        Checksum of the file; empty if it is no copy of published bytes.
    download : dict
        Of a set that does not ship: the ``url``; if that is an archive, its ``sha256`` and
        the ``members`` to take, an archive in the archive before what is in it.
    parts : dict
        Of a download of several files: table -> the data set that is this file alone. The
        set itself has the file and the rows of the first.
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
    roles: dict = field(default_factory=dict)
    read: dict = field(default_factory=dict)
    member: str = ""
    sha256: str = ""
    download: dict = field(default_factory=dict)
    parts: dict = field(default_factory=dict)

    @property
    def path(self):
        """Path of the data file, whether it is there or not."""
        if self.download:
            return downloads.folder() / self.file
        return FOLDER / self.name / self.file

    @property
    def tables(self):
        """Table -> path. Most sets have one; the shop has many, all beside the first."""
        if self.parts:
            return {table: part.path for table, part in self.parts.items()}
        if self.download:
            return {self.path.stem: self.path}
        return {path.stem: path for path in sorted(self.path.parent.glob(f"*{self.path.suffix}"))}

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
    tables = facts.pop("parts", {})
    parts = {table: Dataset(name=name, **facts, **own) for table, own in tables.items()}
    if parts:
        return replace(next(iter(parts.values())), parts=parts)
    return Dataset(name=name, **facts)


def fetch(name):
    """The file of a data set, or the first of several, downloaded if it is not here.

    What is downloaded is kept in the user's cache folder, or in the folder that the
    environment variable CRMLIB_DATA names. A file that is there already is checked and
    used, and never replaced.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DataError
        If there is no such set, its file is missing, altered or cannot be downloaded, or
        the folder cannot be written to.

    Examples
    --------
    >>> fetch("cdnow").name
    'cdnow_sample.csv'
    """
    dataset = describe(name)
    if dataset.download:
        for part in dataset.parts.values() or [dataset]:
            downloads.fetch(part)
        return dataset.path
    if not dataset.path.is_file():
        raise DataError(
            _("The file {file!r} of the data set {name!r} is missing; restore it from git.").format(
                file=dataset.file, name=dataset.name
            )
        )
    return dataset.path


def load(name, table=None):
    """One table of a data set, as its dictionary describes it.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    table : str, optional
        Which, of a set that has several (``describe(name).tables``); by default the one
        that :func:`transactions` reads, or the first.

    Returns
    -------
    pandas.DataFrame
        The columns of the data dictionary, nothing cleaned.

    Raises
    ------
    DataError
        If there is no such set or table, or as :func:`fetch` says.

    Examples
    --------
    >>> load("sbg").shape
    (13, 3)
    """
    import pandas as pd

    dataset = describe(name)
    if table is not None and table not in dataset.tables:
        raise DataError(
            _("The data set {name!r} has no table {table!r}; {hint}").format(
                name=name, table=table, hint=hint(table, dataset.tables)
            )
        )
    path = fetch(name)
    if table is not None:
        path = dataset.tables[table]
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    if not dataset.member:
        return pd.read_csv(path, **dataset.read)
    with zipfile.ZipFile(path) as archive, archive.open(dataset.member) as file:
        return pd.read_csv(file, **dataset.read)


def transactions(dataset, columns=None, show_names=True, rules=None):
    """A clean transaction log from a named set or from a file of your own.

    Parameters
    ----------
    dataset : str or path
        A name out of :func:`names`, or the path of a CSV, Parquet or Excel file.
    columns : dict, optional
        Role -> column, as in :func:`crmlib.transactions.read`. A named set knows its own.
    show_names : bool
        Whether customers keep their ids, or are numbered.
    rules : dict, optional
        Of cleaning, such as ``{"duplicates": "set aside"}``: the other arguments of
        :func:`crmlib.transactions.read`.

    Returns
    -------
    log : pandas.DataFrame
    report : crmlib.transactions.Report

    Raises
    ------
    DataError
        If it is neither a name nor a file, or is no transaction log, or as :func:`fetch` says.
        Where it is a table that other lessons take, the message says so.

    Examples
    --------
    >>> log, report = transactions("cdnow")
    >>> report.rows_in == report.rows_kept + report.rows_aside == 6919
    True
    """
    from crmlib.datasets.misfits import misfit
    from crmlib.transactions import read, without_names

    for rule in rules or {}:
        if rule not in RULES:
            raise DataError(
                _("There is no rule {name!r} of cleaning; {hint}").format(
                    name=rule, hint=hint(rule, RULES)
                )
            )
    known = describe(str(dataset)) if str(dataset) in names() else None
    try:
        if known and not known.columns:
            raise DataError(
                _(
                    "The data set {name!r} is no transaction log; crmlib data list names the "
                    "sets and their lessons."
                ).format(name=known.name)
            )
        [path] = resolve(dataset)
        log, report = read(path, columns or (known.columns if known else None), **(rules or {}))
    except DataError as error:
        raise type(error)(joined(str(error), misfit(dataset, columns))) from None
    return (log, report) if show_names else without_names(log, report)


def table(dataset):
    """The table of a named set or in a file of your own, whatever its columns.

    Parameters
    ----------
    dataset : str or path
        A name out of :func:`names`, or the path of a CSV, Parquet or Excel file.

    Returns
    -------
    pandas.DataFrame
        Nothing cleaned; of a file as :func:`crmlib.datasets.tables.read` says. Its name
        stands in ``attrs["source"]``.

    Raises
    ------
    DataError
        If it is neither a name nor a file, or no table, or as :func:`fetch` says.

    Examples
    --------
    >>> table("sbg").columns.tolist()
    ['year', 'regular_pct', 'high_end_pct']
    """
    from crmlib.datasets import tables

    [path] = resolve(dataset)
    found = load(str(dataset)) if str(dataset) in names() else tables.read(path)
    found.attrs["source"] = path.name
    return found


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
        If there is neither such a name nor such a file, or as :func:`fetch` says.

    Examples
    --------
    >>> resolve("cdnow")[0].name
    'cdnow_sample.csv'
    """
    if str(dataset) in names():
        return [fetch(str(dataset))]
    path, beside = Path(dataset).expanduser(), []
    with suppress(OSError):  # a name too long for a file, a folder that may not be read
        if path.is_file():
            return [path.resolve()]
        if path.is_dir():
            raise DataError(_("{path} is a folder; name one file in it.").format(path=path))
        if path.suffix and path.parent.is_dir():
            beside = [str(path.with_name(file.name)) for file in path.parent.iterdir()]
    raise DataError(_unknown(str(dataset), beside))


def _unknown(name, beside=()):
    """The sentence that refuses a name; the nearest file beside goes before a data set."""
    near = difflib.get_close_matches(name, beside, n=1)
    return _("There is no data set or file {name!r}; {hint}").format(
        name=name if len(name) < LONGEST else name[:LONGEST] + "…", hint=hint(name, near or names())
    )
