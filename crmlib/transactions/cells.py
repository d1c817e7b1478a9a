"""A column as its distinct words: each spelling is read once, however many rows bear it."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NOTHING = {"", "nan", "none", "null", "na", "n/a", "#n/a", "nat", "<na>"}


_REPEATED = 8  # rows for each different word that make categories worth their while
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 by the golden ratio, to spread codes over 64 bits


@dataclass(frozen=True)
class Cells:
    """A column of a source.

    Attributes
    ----------
    name : str
        The heading.
    codes : int array of shape (n,)
        For each row the place of its word; -1 where the cell holds nothing.
    words : Series of str, length m
        The distinct words, without spaces around them; missing if a word means nothing.
    rows : int array of shape (n,)
        Row numbers, for messages.

    Examples
    --------
    >>> ids = Cells.of(pd.Series([17850.0, None, 17850.0]), "CustomerID", np.array([2, 3, 4]))
    >>> ids.text().tolist()
    ['17850', nan, '17850']
    """

    name: str
    codes: np.ndarray
    words: pd.Series
    rows: np.ndarray

    @classmethod
    def of(cls, column, name, rows):
        codes, distinct = pd.factorize(column)
        if isinstance(column.dtype, pd.CategoricalDtype):
            distinct = distinct.astype(column.cat.categories.dtype)
        if not isinstance(distinct.dtype, pd.StringDtype):
            distinct = [_spelled(value) for value in distinct]
        words = pd.Series(distinct, dtype="str").str.strip()
        return cls(name, codes, words.mask(words.str.lower().isin(NOTHING)), rows)

    def text(self):
        """The column, missing where a cell holds nothing: a Series of length n."""
        codes, words = pd.factorize(self.words)
        return series(words, np.append(codes, -1)[self.codes])

    def spread(self, values):
        """Values of the m words given to the n rows; the missing value where there is none."""
        nothing = np.array([np.nan if values.dtype.kind == "f" else "NaT"], dtype=values.dtype)
        return np.concatenate([values, nothing])[self.codes]

    def count(self):
        """How many rows bear each word: int array of shape (m,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.words))

    def first(self, chosen):
        """The first word of those chosen (bool, length m) and the row it stands in."""
        row = np.flatnonzero(np.append(np.asarray(chosen, dtype=bool), False)[self.codes])[0]
        return self.words[self.codes[row]], self.rows[row]


def parts(words, pattern):
    """The named groups of a pattern in each word: a DataFrame, missing where it does not fit.

    Examples
    --------
    >>> parts(pd.Series(["12 kg", "?"]), r"^(?P<number>\\d+) (?P<unit>\\w+)$").loc[0, "unit"]
    'kg'
    """
    found = pc.extract_regex(pa.array(words, type=pa.large_string(), from_pandas=True), pattern)
    return pa.Table.from_struct_array(found).to_pandas()


def halfwidth(words):
    """Words with full-width digits and signs made plain, as in １２．５０ and ￥.

    Examples
    --------
    >>> halfwidth(pd.Series(["￥１２．５０"]))[0]
    '¥12.50'
    """
    wide = ~words.str.isascii().fillna(True).astype(bool)
    return words.where(~wide, words[wide].str.normalize("NFKC")) if wide.any() else words


def series(words, codes):
    """Words where their codes stand: categories, or str if most rows have a word of their own.

    Parameters
    ----------
    words : str array of shape (m,)
        All different.
    codes : int array of shape (n,)
        Places of words; -1 for a missing one.

    Returns
    -------
    Series of length n

    Examples
    --------
    >>> str(series(pd.array(["a"], dtype="str"), np.zeros(20, dtype=int)).dtype)
    'category'
    """
    if len(words) * _REPEATED > len(codes):
        return pd.Series(pd.Index(words, dtype="str").array.take(codes, allow_fill=True))
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(words, dtype="str")))


def codes_of(column):
    """A number for each different value, -1 for a missing one: int array of shape (n,).

    Examples
    --------
    >>> codes_of(pd.Series(["b", None, "b"])).tolist()
    [0, -1, 0]
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy()
    return pd.factorize(column)[0]


def empty(cells):
    """The rows in which every cell is "" or missing: bool array of shape (n,).

    Examples
    --------
    >>> empty(pd.DataFrame({"client": ["1", ""], "sales": ["", None]})).tolist()
    [False, True]
    """
    found = np.ones(len(cells), dtype=bool)
    for _name, column in cells.items():
        found[found] = (column[found].isna() | (column[found] == "")).to_numpy()
    return found


def repeated(cells):
    """The rows that equal an earlier one in all columns: bool array of shape (n,).

    Rows are told apart by a hash of 64 bits, and those that share one are compared.

    Examples
    --------
    >>> repeated(pd.DataFrame({"client": ["1", "2", "1"], "sales": [3, 3, 3]})).tolist()
    [False, False, True]
    """
    found = hashed(cells).duplicated(keep=False).to_numpy(copy=True)
    found[found] = cells[found].duplicated().to_numpy()
    return found


def hashed(cells):
    """A number of 64 bits for each row, the same for equal rows: a Series of length n.

    Examples
    --------
    >>> hashed(pd.DataFrame({"client": ["1", "2", "1"]})).duplicated().tolist()
    [False, False, True]
    """
    hashes = np.zeros(len(cells), dtype=np.uint64)
    for _name, column in cells.items():
        hashes = (hashes + codes_of(column).astype(np.uint64)) * _ODD
        hashes ^= hashes >> np.uint64(29)
    return pd.Series(hashes)


def _spelled(value):
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return str(value)
