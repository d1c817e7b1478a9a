"""Text files into rows of cells: encoding, separator, line numbers, ragged lines."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.transactions import columns as roles_of

_HEAD = 1 << 16  # characters looked at to find the separator
_SPACES = r"\s+"


@dataclass(frozen=True)
class TextRows:
    """The rows of a text file, headings and blank lines among them.

    Attributes
    ----------
    cells : DataFrame of str
        As wide as the widest line; empty where a line is shorter.
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
    """The rows of a text file in UTF-8, UTF-16 (with its mark) or GB18030.

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
        If it is empty, no text, in another encoding, or a line does not fit.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "orders.csv"
    >>> _ = path.write_text("客户,日期;时间,金额\\n001,2025-01-31,12.50\\n", encoding="gb18030")
    >>> read_text(path).note()
    'Read as GB18030 text separated by commas.'
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif start.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return _decoded(path, columns, encoding)
        except UnicodeError as problem:
            if _is_damaged(problem):
                break
    raise DataError(
        _("{name} is not text in UTF-8, UTF-16 or GB18030; save it as CSV UTF-8.").format(
            name=path.name
        )
    )


def _is_damaged(problem):
    """Whether Chinese was read before the fault: then it is UTF-8, and not another encoding."""
    before = problem.object[: problem.start].decode("utf-8", errors="ignore")
    return re.search("[\u2e80-\uffef]", before) is not None


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
    separator, usual, widest = _separator(head, columns)
    try:
        cells = pd.read_csv(
            path,
            sep=separator,
            encoding=encoding,
            header=None,
            names=range(widest),
            index_col=False,
            dtype="str",
            keep_default_na=False,
            skip_blank_lines=False,
            skipinitialspace=True,
        )
    except pd.errors.ParserError as problem:
        raise DataError(_parser_sentence(path.name, str(problem))) from None
    return TextRows(cells, _line_numbers(cells), encoding, separator, usual)


def _separator(head, columns):
    """The separator, and how many fields lines have: usually, and at most."""
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
        candidates.append((order, records, (separator, usual, max(widths))))
    candidates.sort(key=lambda candidate: candidate[0])
    if not roles_of.positions(columns):
        for _order, records, shape in candidates:
            if roles_of.header_row(records[: roles_of.TOP], columns) is not None:
                return shape
    return candidates[0][2]


def _line_numbers(cells):
    extra = np.zeros(len(cells), dtype=int)
    for column in cells:
        if cells[column].str.contains("\n", regex=False).any():
            extra += cells[column].str.count("\n").to_numpy(dtype=int)
    return 1 + np.arange(len(cells)) + np.cumsum(extra) - extra


def _parser_sentence(name, problem):
    fields = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", problem)
    if fields:
        return _ragged(name, fields[2], fields[3], fields[1], _in_quotes())
    quote = re.search(r"EOF inside string starting at row (\d+)", problem)
    if quote:
        return _("A quote opened in line {line} of {name} is never closed; close it.").format(
            line=int(quote[1]) + 1, name=name
        )
    return _("{name} cannot be read as a table ({problem}).").format(
        name=name, problem=problem.strip().split("\n")[0]
    )


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
    over = (cells.iloc[:, width:] != "").any(axis=1).to_numpy()
    short = (cells.iloc[:, width - 1] == "").to_numpy() & (separator == _SPACES)
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
    return _("put quotes around a field that holds the separator")
