"""Files and data frames into one table of cells, whose headings are known."""

import contextlib
import difflib
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import joined, ngettext
from crmlib.transactions import columns as roles_of
from crmlib.transactions.cells import empty
from crmlib.transactions.text_files import read_text, refuse_ragged

TEXT = (".csv", ".tsv", ".txt")
FILES = (*TEXT, ".parquet", ".xlsx")
LONGEST = 255  # characters of a file's name in a message; no system takes a longer one
_DATA = re.compile(r"[\d\s.,:/¥$€£+-]*\d[\d\s.,:/¥$€£+-]*")  # a number or a date, no heading

_PERIOD = re.compile(r"(19|20)\d\d(\W?(\d{1,2}|[QqHh][1-4]))?")  # 2024, 2024-01, 2024-Q1


@dataclass(frozen=True)
class Table:
    """A source before any of its values is read.

    Attributes
    ----------
    name : str
        What the source is called.
    cells : DataFrame
        One row per row of the source, its headings made unique.
    rows : int array of shape (n,)
        Row numbers: as an editor shows them for text and Excel, counted from 1 otherwise.
    columns : dict of str to str
        Role to heading.
    notes : list of str
    """

    name: str
    cells: pd.DataFrame
    rows: np.ndarray
    columns: dict
    notes: list


def load(source, columns=None):
    """The table in a file or a data frame.

    Parameters
    ----------
    source : str, path or data frame
    columns : dict, optional
        Role to heading or position.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        If there is no such file, it cannot be read, or the columns are not clear.

    Examples
    --------
    >>> frame = pd.DataFrame({"client": ["1"], "date": ["2025-01-31"], "sales": [3.0]})
    >>> load(frame).columns
    {'customer_id': 'client', 'time': 'date', 'amount': 'sales'}
    """
    roles_of.positions(columns)
    if not isinstance(source, str | Path):
        return _from_frame(_("Data frame"), _to_pandas(source), columns)
    path = Path(source)
    with readable(path):
        if path.suffix.lower() in TEXT:
            return _from_text(path, columns)
        if path.suffix.lower() == ".xlsx":
            return _from_excel(path, columns)
        return _from_frame(path.name, read_parquet(path), columns)


@contextlib.contextmanager
def readable(path):
    """While a file is read: what no file of a table is, or fails to be read, is said in words.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DataError

    Examples
    --------
    >>> with readable(Path("orders.csv")):
    ...     pass
    Traceback (most recent call last):
        ...
    crmlib.errors.DataError: There is no file orders.csv.
    """
    try:
        _refuse_what_is_no_file(path)
        yield
    except (OSError, pa.ArrowException) as problem:
        reason = getattr(problem, "strerror", None) or _("it is damaged or incomplete")
        raise DataError(
            _("{name} cannot be read: {reason}.").format(name=path.name[:LONGEST], reason=reason)
        ) from None


def _refuse_what_is_no_file(path):
    kinds = _(", ").join(FILES)
    if path.is_dir():
        raise DataError(
            _("{path} is a folder; give one file ({kinds}).").format(path=path, kinds=kinds)
        )
    if not path.exists():
        there = path.parent.iterdir() if path.parent.is_dir() else []
        there = [file.name for file in there if file.exists()]  # a link may lead nowhere
        near = difflib.get_close_matches(path.name, there, n=1)
        hint = _(" (did you mean {name!r}?)").format(name=near[0]) if near else ""
        raise DataError(_("There is no file {path}{hint}.").format(path=path, hint=hint))
    if path.suffix.lower() not in FILES:
        raise DataError(
            _("{name} is no file that can be read; give one of {kinds}.").format(
                name=path.name, kinds=kinds
            )
        )
    if path.stat().st_size == 0:
        raise DataError(_("{name} is empty.").format(name=path.name))


def _to_pandas(source):
    if isinstance(source, pd.DataFrame):
        levels = [name for name in source.index.names if name and name not in source.columns]
        return source.reset_index(level=levels) if levels else source
    try:
        lazy = nw.from_native(source).lazy()
    except (TypeError, AttributeError):
        raise DataError(
            _(
                "A source of type {kind} cannot be read; give a path or a data frame "
                "(pandas, Polars, Arrow, DuckDB)."
            ).format(kind=type(source).__name__)
        ) from None
    try:
        return _arrow_to_pandas(lazy.collect("pyarrow").to_arrow())
    except Exception as problem:  # a lazy frame fails only now, each engine in its own way
        raise DataError(
            _("The data frame cannot be computed ({problem}).").format(
                problem=str(problem).strip().split("\n")[0].rstrip(".")
            )
        ) from None


def read_parquet(path):
    """The table in a Parquet file, whole numbers with gaps kept whole."""
    return _arrow_to_pandas(pq.read_table(path))


def _arrow_to_pandas(table):
    # Whole numbers with gaps stay whole: as floats, long ids would lose their last digits.
    whole = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
    return table.to_pandas(ignore_metadata=True, types_mapper=whole.get)


def _from_frame(name, frame, columns):
    if len(frame) == 0:
        raise DataError(_("{name} holds no rows.").format(name=name))
    headings = [str(heading) for heading in frame.columns]
    notes = [_("Rows are numbered from 1.")]
    return _table(name, frame, 1 + np.arange(len(frame)), headings, columns, notes)


def _from_text(path, columns):
    text = read_text(path, columns)
    cells, rows, headings, notes = _below_headings(
        path.name, text.cells, text.lines, columns, text.usual
    )
    width = max((place for place, heading in enumerate(headings, 1) if heading), default=0)
    refuse_ragged(cells, rows, width, text.separator, path.name)
    cells, headings = cells.iloc[:, :width], headings[:width]
    return _table(path.name, cells, rows, headings, columns, [text.note(), *notes])


def _from_excel(path, columns):
    cells, sheets = read_sheet(path)
    numbers = 1 + np.arange(len(cells))
    try:
        cells, rows, headings, notes = _below_headings(
            path.name, cells, numbers, columns, cells.shape[1]
        )
    except DataError as error:
        if len(sheets) == 1:
            raise
        told = _("Only the first of {n} sheets is read, {sheet!r}; put the purchases there.")
        told = told.format(n=len(sheets), sheet=sheets[0])
        raise DataError(joined(str(error), told)) from None
    how = ngettext(
        "Read from the sheet {sheet!r}, the only one.",
        "Read from the sheet {sheet!r}, the first of {n}.",
        len(sheets),
    ).format(sheet=sheets[0], n=len(sheets))
    return _table(path.name, cells, rows, headings, columns, [how, *notes])


def read_sheet(path):
    """The cells of the first sheet of a workbook, and the names of all sheets.

    Raises
    ------
    DataError
        If it is no workbook.
    """
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of features that hold no cells
            pd.ExcelFile(path, engine="openpyxl") as book,
        ):
            sheets = book.sheet_names
            cells = pd.read_excel(book, header=None, dtype=object, keep_default_na=False)
    except Exception:  # openpyxl lets out whatever a damaged file makes it stumble on
        raise DataError(
            _(
                "{name} is not a readable Excel workbook; open it in Excel and save it again."
            ).format(name=path.name)
        ) from None
    return cells, sheets


def _below_headings(name, cells, rows, columns, usual):
    """Cells and row numbers below the headings, without empty rows; headings; notes.

    When columns are positions there are no headings, and all rows are data.
    """
    notes = [_("Rows are numbered as an editor shows them, the first line being 1.")]
    blank = empty(cells)
    if blank.all():
        raise DataError(_("{name} is empty.").format(name=name))
    between = int(blank[: len(blank) - np.argmin(blank[::-1])].sum())
    if blank.any():
        cells, rows = cells[~blank], rows[~blank]
    top = -1
    headings = [str(place) if place < usual else "" for place in range(cells.shape[1])]
    if not roles_of.positions(columns):
        top, headings = _headings(name, cells.head(roles_of.TOP), columns)
    if top > 0:
        notes.append(
            ngettext(
                "The headings stand in row {row}; {n} row above them was passed over.",
                "The headings stand in row {row}; {n} rows above them were passed over.",
                top,
            ).format(row=rows[top], n=top)
        )
    if between:
        notes.append(
            ngettext(
                "{n} empty row was passed over.", "{n} empty rows were passed over.", between
            ).format(n=between)
        )
    if len(cells) == top + 1:
        raise DataError(_("{name} holds headings but no rows.").format(name=name))
    return cells.iloc[top + 1 :], rows[top + 1 :], headings, notes


def _headings(name, cells, columns):
    """The place of the row of headings, and the headings."""
    texts = [
        ["" if pd.isna(cell) else str(cell).strip() for cell in row]
        for row in cells.itertuples(index=False)
    ]
    place = roles_of.header_row(texts, columns)
    if place is None:
        place = max(range(len(texts)), key=lambda row: sum(cell != "" for cell in texts[row]))
        filled = [cell for cell in texts[place] if cell]
        if len(filled) > 2 and all(map(_PERIOD.fullmatch, filled[1:])):
            raise DataError(
                _(
                    "{name} has a column for each period, such as {heading!r}; what is needed is "
                    "one row per purchase, with its date."
                ).format(name=name, heading=filled[1])
            )
        if look_like_data(filled):
            raise DataError(
                _(
                    "{name} seems to have no headings, its first row being {row}; give positions "
                    "counted from 0, for example {choice}."
                ).format(
                    name=name,
                    row=_(", ").join(map(repr, filled[:6])),
                    choice="customer_id=0,time=1,amount=2",
                )
            )
        roles_of.find(filled, columns)  # says what is missing
    return place, texts[place]


def look_like_data(texts):
    """Whether the cells of a row are rather numbers and dates than headings.

    Examples
    --------
    >>> look_like_data(["7", "2025-01-31", "Ann"]), look_like_data(["id", "start", "2025"])
    (True, False)
    """
    return len(texts) > 1 and sum(bool(_DATA.fullmatch(text)) for text in texts) >= len(texts) / 2


def _table(name, cells, rows, headings, columns, notes):
    places = roles_of.find(headings, columns)
    headings = unique(headings)
    cells = cells.set_axis(headings, axis=1).reset_index(drop=True)
    for heading in cells.columns[[dtype.kind == "O" for dtype in cells.dtypes]]:
        cells[heading] = _hashable(cells[heading])
    return Table(name, cells, rows, {role: headings[at] for role, at in places.items()}, notes)


def unique(names):
    """Names made different, empty ones by their place and repeated ones by a number.

    Examples
    --------
    >>> unique(["date", "", "date"])
    ['date', 'column 1', 'date (2)']
    """
    found = []
    for place, name in enumerate(names):
        name = str(name).strip() or f"column {place}"
        free, number = name, 1
        while free in found:
            number += 1
            free = f"{name} ({number})"
        found.append(free)
    return found


def _hashable(column):
    try:
        pd.factorize(column)
    except TypeError:
        return column.map(str)
    return column
