"""Tables written to files that others open: CSV, Excel and Parquet."""

import datetime
import numbers
import re
from pathlib import Path

import pandas as pd

from crmlib import frames
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import heading

FILES = (".csv", ".xlsx", ".parquet")
DIGITS = 4  # significant ones of the largest number in a column, as Excel shows it
EXCEL_ROWS = 1_048_575  # of a sheet, below the headings
EXCEL_COLUMNS = 16_384
EXCEL_CHARACTERS = 32_767  # of a cell


def write(table, path):
    """Write a table, in the format that the name of the file says.

    In CSV and Excel, text that a spreadsheet would take for a formula gets an apostrophe
    in front (see :func:`guarded`). Numbers stay numbers, and Parquet is left as it is.
    CSV is UTF-8 with its mark, by which a spreadsheet knows Chinese. Excel is for people: its
    headings are in the language in use and stay in sight, its numbers and dates have a format,
    and its rows can be filtered. The other two are for programs, and keep the names of the columns.

    Parameters
    ----------
    table : DataFrame
        Its index is not written.
    path : str or path
        Ends in .csv, .xlsx or .parquet.

    Raises
    ------
    DataError
        If the name ends otherwise, there is no such folder, or Excel cannot hold the table.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "aside.csv"
    >>> write(pd.DataFrame({"name": ["Li", "=1+1"], "paid": [-3.5, 2.0]}), path)
    >>> print(path.read_text(encoding="utf-8-sig").strip())
    name,paid
    Li,-3.5
    '=1+1,2.0
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in FILES:
        raise DataError(
            _("{name} is no file that can be written; give one of {kinds}.").format(
                name=path.name, kinds=", ".join(FILES)
            )
        )
    if not path.parent.is_dir():
        raise DataError(_("There is no folder {folder}.").format(folder=path.parent))
    try:
        if kind == ".csv":
            # by lines ending so, the writer puts quotes around \r and \n alike (RFC 4180)
            guarded(table).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        elif kind == ".xlsx":
            _write_excel(table, path)
        else:
            _write_parquet(table, path)
    except OSError as problem:
        raise DataError(
            _("{path} cannot be written: {reason}.").format(path=path, reason=problem.strerror)
        ) from None


def guarded(table):
    """A table whose text no spreadsheet takes for a formula.

    Text that begins with = + - @, a tab, a line break, or the full-width form of one of
    the four signs gets an apostrophe in front, headings too, unless it is a number such as
    -3.50: the rule that OWASP gives against "CSV Injection"
    (https://owasp.org/www-community/attacks/CSV_Injection). The quotes around a field,
    which it asks for besides, are the writer's.

    Parameters
    ----------
    table : DataFrame

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> guarded(pd.DataFrame({"name": ["=cmd|' /C calc'!A0"], "paid": [-3]})).loc[0, "name"]
    "'=cmd|' /C calc'!A0"
    """
    columns = [
        column.map(_guarded_cell) if _may_be_text(column.dtype) else column
        for _name, column in table.items()
    ]
    return _joined(columns, map(_guarded_cell, table.columns), table.index)


_NUMBER = re.compile(r"[-+]?[\d.,]*\d")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"＝＋－＠")
_NO_SHEET = re.compile(r"[\[\]:*?/\\']")  # what the name of a sheet may not hold
_SHARE = re.compile(r"(^|_)(probability|chance|share|risk)(_|$)")  # of a column that holds shares
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what a workbook may not hold


def _guarded_cell(value):
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def _write_excel(table, path):
    forms = [_form(name, column) for name, column in table.items()]
    heads = [heading(name) if isinstance(name, str) else name for name in table.columns]
    table = guarded(table.set_axis(heads, axis=1))

    def cell(value):
        if isinstance(value, datetime.datetime) and value.tzinfo:
            return value.isoformat(sep=" ")
        text = value if isinstance(value, bool | numbers.Real | datetime.date) else str(value)
        return _CONTROL.sub("\ufffd", text) if isinstance(text, str) else text

    columns = [
        column.map(cell, na_action="ignore") if _may_be_text(column.dtype) else column
        for _name, column in table.items()
    ]
    texts = [column.astype("str") for column in columns if _may_be_text(column.dtype)]
    longest = max((text.str.len().max() for text in texts), default=0)
    if len(table) > EXCEL_ROWS or len(columns) > EXCEL_COLUMNS or longest > EXCEL_CHARACTERS:
        raise DataError(
            _("{name}: the table is too large for Excel; write .csv or .parquet.").format(
                name=path.name
            )
        )
    table = _joined(columns, map(cell, table.columns), table.index)
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        table.to_excel(writer, index=False, sheet_name=_NO_SHEET.sub("", path.stem)[:31] or "1")
        [sheet] = writer.sheets.values()
        sheet.freeze_panes, sheet.auto_filter.ref = "A2", sheet.dimensions
        for place, form in enumerate(forms, 1):
            head, *cells = next(sheet.iter_cols(min_col=place, max_col=place))
            width = sum(2 if ord(sign) > 0x2E7F else 1 for sign in str(head.value))
            sheet.column_dimensions[head.column_letter].width = min(max(width + 2, 12), 40)
            for one in cells if form else ():
                one.number_format = form


def _form(name, column):
    """How Excel shows the numbers or dates of a column; None for anything else."""
    kind = column.dtype.kind
    if kind in "iuf" and not frames.is_name(name, column.dtype):
        if _SHARE.search(str(name)) and column.dropna().between(0, 1).all():
            return "0.0%"
        places = frames.decimals(column.to_numpy(float, na_value=float("nan")), DIGITS)
        return "#,##0" + ("." + "0" * places if places else "")
    if kind == "M" and not isinstance(column.dtype, pd.DatetimeTZDtype):
        whole = (column.dropna() == column.dropna().dt.normalize()).all()
        return "yyyy-mm-dd" if whole else "yyyy-mm-dd hh:mm:ss"
    return None


def _write_parquet(table, path):
    """Columns of mixed things become text, since a column of Parquet has one type."""
    columns = [
        column.map(str, na_action="ignore").astype("str") if column.dtype == object else column
        for _name, column in table.items()
    ]
    _joined(columns, map(str, table.columns), table.index).to_parquet(path, index=False)


def _may_be_text(dtype):
    return dtype == object or isinstance(
        dtype, pd.StringDtype | pd.CategoricalDtype | pd.DatetimeTZDtype
    )


def _joined(columns, names, index):
    return pd.DataFrame(dict(enumerate(columns)), index=index).set_axis(list(names), axis=1)
