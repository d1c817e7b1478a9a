"""Text files into rows of cells: encoding, separator, line numbers, ragged lines.

A file is parsed once, by Arrow, whose columns come as distinct words and codes: a file
much larger than a megabyte says the same words again and again.
"""

import contextlib
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.transactions import columns as roles_of
from crmlib.transactions import encodings
from crmlib.transactions.cells import empty, series

_HEAD = 1 << 16  # characters looked at to find the separator
_BLOCK = 1 << 25  # bytes parsed at a time, at most
_SPACES = r"\s+"
_END = "\0end"  # a row put behind the last, which an open quote would swallow


@dataclass(frozen=True)
class TextRows:
    """The rows of a text file, headings and blank lines among them.

    Attributes
    ----------
    cells : DataFrame
        Columns of str, or of categories that are.
        As wide as the widest line; "" where a line is shorter.
    lines : int array
        The number an editor shows for each row: a quoted field may run over several lines.
    encoding, separator : str
    usual : int
        How many fields most lines have.
    """

    cells: pd.DataFrame
    lines: np.ndarray
    encoding: str
    separator: str
    usual: int

    def note(self):
        """How the file was read, in words."""
        names = {
            ",": _("commas"),
            ";": _("semicolons"),
            "\t": _("tabs"),
            "|": _("vertical bars"),
            _SPACES: _("spaces"),
        }
        return _("Read as {encoding} text separated by {separator}.").format(
            encoding=self.encoding.removesuffix("-sig").upper(),
            separator=names[self.separator],
        )


def read_text(path, columns=None):
    """The rows of a text file in UTF-8, UTF-16 (with its mark), GB18030 or Windows-1252.

    The separator is the one under which a line holds the headings; failing that, the one
    that gives most lines the same number of fields.

    Parameters
    ----------
    path : Path
    columns : dict, optional
        Role to heading or position, as for :func:`crmlib.transactions.read`.

    Returns
    -------
    TextRows

    Raises
    ------
    DataError
        If it is empty, no text, in another encoding, or a quote is not closed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "orders.csv"
    >>> _ = path.write_text("客户,日期;时间,金额\\n001,2025-01-31,12.50\\n", encoding="gb18030")
    >>> read_text(path).note()
    'Read as GB18030 text separated by commas.'
    """
    encoding = encodings.by_mark(path)
    try:
        return _decoded(path, columns, encoding)
    except UnicodeError:
        encoding = encodings.by_evidence(path) if encoding == "utf-8" else None
    if encoding:
        with contextlib.suppress(UnicodeError):
            return _decoded(path, columns, encoding)
    raise DataError(
        _(
            "{name} is not text in UTF-8, UTF-16, GB18030 or Windows-1252, or not clearly; "
            "save it as CSV UTF-8."
        ).format(name=path.name)
    )


def _decoded(path, columns, encoding):
    with path.open(encoding=encoding) as file:
        head = file.read(_HEAD)
        if file.read(1):
            head = head.rpartition("\n")[0] or head
    if "\0" in head:
        raise DataError(
            _("{name} is not a text file; save it as CSV UTF-8.").format(name=path.name)
        )
    if not head.strip():
        raise DataError(_("{name} is empty.").format(name=path.name))
    separator, usual = _separator(head, columns)
    cells = _parsed(path, encoding, separator, max(usual, 2))
    return TextRows(cells, _line_numbers(cells), encoding, separator, usual)


def _separator(head, columns):
    """The separator, and how many fields lines usually have."""
    candidates = []
    for separator in (",", ";", "\t", "|", _SPACES):
        if separator == _SPACES:
            records = [line.split() for line in head.split("\n")]
        else:
            lines = io.StringIO(head)
            records = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
        records = [record for record in records if record]
        widths = Counter(map(len, records))
        usual = max(widths, key=lambda width: (width > 1, widths[width]))
        steady = usual > 1 and widths[usual] >= 0.8 * len(records)
        order = (not steady, separator == _SPACES, -usual)
        candidates.append((order, records, (separator, usual)))
    candidates.sort(key=lambda candidate: candidate[0])
    if not roles_of.positions(columns):
        for _order, records, shape in candidates:
            if roles_of.header_row(records[: roles_of.TOP], columns) is not None:
                return shape
    return candidates[0][2]


class _Utf8:
    """A text file as UTF-8 bytes, whatever its encoding, and the row _END behind it."""

    closed = False

    def __init__(self, file, separator):
        self.file, self.spaces, self.last = file, separator == _SPACES, "\n"

    def read(self, size):
        text = self.file.read(size // 4) if self.last != _END else ""
        if self.spaces and text:
            text += self.file.readline()
            text = re.sub(r"(?m)^[^\S\r\n]+|[^\S\r\n]+(?=[\r\n]|\Z)", "", text)
            text = re.sub(r"[^\S\r\n]+", " ", text)
        if not text and self.last != _END:
            text, self.last = ("" if self.last in "\r\n" else "\n") + _END, _END
        elif text:
            self.last = text[-1]
        return text.encode()


def _parsed(path, encoding, separator, width):
    """The cells of a file most of whose rows have so many fields."""
    odd = {}

    def other_width(row):
        odd[row.number - 1] = row.text
        return "skip"

    mark = " " if separator == _SPACES else separator
    names = [str(place) for place in range(width)]
    types = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.large_string()))
    with path.open(encoding=encoding, newline="") as file:
        try:
            table = pyarrow.csv.open_csv(
                pa.PythonFile(_Utf8(file, separator), mode="r"),
                pyarrow.csv.ReadOptions(use_threads=False, column_names=names, block_size=_BLOCK),
                pyarrow.csv.ParseOptions(
                    delimiter=mark,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=other_width,
                ),
                pyarrow.csv.ConvertOptions(
                    column_types=types, null_values=[], strings_can_be_null=False
                ),
            ).read_all()
        except pa.ArrowInvalid:
            raise _open_quote(path, encoding, mark) from None
    if odd.pop(len(table) + len(odd) - 1, None) != _END:
        raise _open_quote(path, encoding, mark)
    try:
        odd = {place: _fields(text, mark) for place, text in odd.items()}
        return pd.DataFrame(_columns(table, odd, mark))
    except csv.Error:
        raise _open_quote(path, encoding, mark) from None


def _fields(text, mark):
    """The fields of one row, which may have spaces before its quotes."""
    return next(csv.reader([text], delimiter=mark, skipinitialspace=True, strict=True), [])


def _open_quote(path, encoding, mark):
    """What to raise when a row has no end: it names the first whose quotes do not match."""
    line = 1
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.reader(file, delimiter=mark, skipinitialspace=True, strict=True)
        try:
            for _row in rows:
                line = rows.line_num + 1
        except csv.Error:
            pass
        else:
            return DataError(
                _("{name} has a line of many megabytes; break it where its rows end.").format(
                    name=path.name
                )
            )
    return DataError(
        _("A quote opened in line {line} of {name} is never closed; close it.").format(
            line=line, name=path.name
        )
    )


def _columns(table, odd, mark):
    """Columns from left to right, as :func:`crmlib.transactions.cells.series` makes them.

    The odd rows are put where they stood. A row that is short is filled up with nothing.
    """
    n = len(table) + len(odd)
    width = max([table.num_columns, *map(len, odd.values())])
    places = np.fromiter(odd, dtype=int, count=len(odd))
    order = np.empty(n, dtype=int)
    order[np.delete(np.arange(n), places)] = np.arange(len(table))
    order[places] = np.arange(len(table), n)
    columns = {}
    for place in range(width):
        chunks = table.column(place).chunks if place < table.num_columns else [_empty(len(table))]
        more = [fields[place] if place < len(fields) else "" for fields in odd.values()]
        more = pa.array(more, pa.large_string()).dictionary_encode()
        column = pa.chunked_array([*chunks, more]).unify_dictionaries().combine_chunks()
        words, codes = _without_leading_spaces(column.dictionary, mark), column.indices
        if odd:
            codes = codes.take(pa.array(order))
        if isinstance(words, pa.DictionaryArray):  # two words became one
            words, codes = words.dictionary, words.indices.take(codes)
        columns[place] = series(words.to_pandas().array, codes.to_numpy())
    return columns


def _empty(n):
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(n, dtype=np.int32)), pa.array([""], pa.large_string())
    )


def _without_leading_spaces(words, mark):
    """Words as they are meant in a row such as ``1, "two", 3``: encoded anew if any changes."""
    trimmed = pc.utf8_ltrim(words, " ")
    if trimmed.equals(words):
        return words
    quoted = pc.and_(pc.starts_with(words, " "), pc.starts_with(trimmed, '"'))
    trimmed = trimmed.to_pylist()
    for place in np.flatnonzero(quoted):
        fields = _fields(trimmed[place], mark)
        trimmed[place] = fields[0] if len(fields) == 1 else trimmed[place]
    return pa.array(trimmed, pa.large_string()).dictionary_encode()


def _line_numbers(cells):
    """The line in which each row begins, fields with line breaks being longer."""
    extra = np.zeros(len(cells), dtype=int)
    for column in cells:
        broken, codes = cells[column], slice(None)
        if isinstance(broken.dtype, pd.CategoricalDtype):
            broken, codes = broken.cat.categories.to_series(), broken.cat.codes
        if broken.str.contains("[\r\n]").any():
            extra += broken.str.count("\r\n?|\n").to_numpy(dtype=int)[codes]
    return 1 + np.arange(len(cells)) + np.cumsum(extra) - extra


def refuse_ragged(cells, lines, width, separator, name):
    """Refuse lines whose fields may stand in the wrong columns.

    Parameters
    ----------
    cells : DataFrame of str
    lines : int array
    width : int
        How many columns there are; what is beyond must be empty.
    separator, name : str
    """
    over = ~empty(cells.iloc[:, width:])
    short = empty(cells.iloc[:, [width - 1]]) & (separator == _SPACES)
    advice = _in_quotes()
    if not over.any() and short.any():
        over, advice = short, _("a file separated by spaces can have no empty field")
    if over.any():
        first = int(np.argmax(over))
        saw = int(np.flatnonzero(cells.iloc[first] != "")[-1]) + 1
        raise DataError(_ragged(name, lines[first], saw, width, advice))


def _ragged(name, line, saw, width, advice):
    return _("Line {line} of {name} has {saw} fields where {width} are expected; {advice}.").format(
        line=line, name=name, saw=saw, width=width, advice=advice
    )


def _in_quotes():
    return _("put quotes around a field that holds the separator, and a heading above each column")
