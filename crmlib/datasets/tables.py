"""Any table in a file: no log of purchases, no columns that must be there."""

from pathlib import Path
from statistics import mode

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.transactions import sources
from crmlib.transactions.cells import Cells, empty
from crmlib.transactions.columns import TOP
from crmlib.transactions.text_files import read_text, refuse_ragged

_NO_NUMBER = r"[+-]?0\d|\d{16}"  # a code such as 007, or more digits than a number holds


def read(path):
    """The table in a CSV, Parquet or Excel file.

    The headings are the first row with as many filled cells as most of the top 20 rows, or one
    less.

    Parameters
    ----------
    path : str or path
        Text may be in any encoding and have any separator that
        :func:`crmlib.transactions.text_files.read_text` knows.

    Returns
    -------
    pandas.DataFrame
        Numbers where a column holds nothing else, text otherwise; dates of a text file stay
        text. Missing where a cell is empty, or says so (``NULL``, ``n/a``). The index
        numbers the rows as an editor shows them, or from 0 if the file is Parquet.

    Raises
    ------
    DataError
        If the file cannot be read, has no headings, one column or no row; one sentence.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "contracts.csv")
    >>> _ = path.write_text("Kunde;Beginn;Alter\\n007;2024-01-31;40\\n", encoding="windows-1252")
    >>> read(path).to_dict("records")
    [{'Kunde': '007', 'Beginn': '2024-01-31', 'Alter': 40}]
    """
    path = Path(path)
    with sources.readable(path):
        if path.suffix.lower() == ".parquet":
            table = sources.read_parquet(path)
            if not len(table):
                raise DataError(_("{name} holds no rows.").format(name=path.name))
            return table
        if path.suffix.lower() == ".xlsx":
            cells, _sheets = sources.read_sheet(path)
            return _below_headings(path.name, cells, 1 + np.arange(len(cells)))
        text = read_text(path)
        return _below_headings(path.name, text.cells, text.lines, text.separator)


def _below_headings(name, cells, rows, separator=None):
    blank = empty(cells)
    cells, rows = cells[~blank], rows[~blank]
    if not len(cells):
        raise DataError(_("{name} is empty.").format(name=name))
    top = [
        ["" if pd.isna(cell) else str(cell).strip() for cell in row]
        for row in cells.head(TOP).itertuples(index=False)
    ]
    filled = [sum(cell != "" for cell in row) for row in top]
    usual = mode(filled)
    enough = min(usual, max(usual - 1, 2))  # one column may have no heading
    place = next(at for at, n in enumerate(filled) if n >= enough)
    headings = top[place]
    width = max(at for at, heading in enumerate(headings, 1) if heading)
    if width == 1:
        raise DataError(
            _(
                "{name} has only one column; separate columns by commas, semicolons, tabs, | or "
                "spaces."
            ).format(name=name)
        )
    if sources.look_like_data([heading for heading in headings if heading]):
        raise DataError(
            _("{name} seems to have no headings; put the names of the columns above them.").format(
                name=name
            )
        )
    cells, rows = cells.iloc[place + 1 :], rows[place + 1 :]
    if not len(cells):
        raise DataError(_("{name} holds headings but no rows.").format(name=name))
    if separator:
        refuse_ragged(cells, rows, width, separator, name)
    cells = cells.iloc[:, :width].set_axis(sources.unique(headings[:width]), axis=1)
    index = pd.Index(rows, name="row")
    return pd.DataFrame(
        {heading: _typed(cells[heading], rows, text=bool(separator)) for heading in cells}
    ).set_index(index)


def _typed(column, rows, text):
    """A column as numbers if all it holds are such, else as text or what the sheet holds."""
    if not text:
        return column.mask(column == "").infer_objects().reset_index(drop=True)
    cells = Cells.of(column, column.name, rows)
    known = cells.words.dropna()
    numbers = pd.to_numeric(known, errors="coerce")
    if not len(known) or numbers.isna().any() or known.str.match(_NO_NUMBER).any():
        return cells.text().astype("str")
    values = pd.Series(cells.spread(numbers.reindex(cells.words.index).to_numpy(dtype=float)))
    whole = values.notna().all() and (values % 1 == 0).all()
    return values.astype("int64") if whole else values
