"""A column as its distinct words: each spelling is read once, however many rows bear it."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NOTHING = {"", "nan", "none", "null", "na", "n/a", "#n/a", "nat", "<na>"}


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
        if not isinstance(column.dtype, pd.StringDtype):
            distinct = [_spelled(value) for value in distinct]
        words = pd.Series(distinct, dtype="str").str.strip()
        return cls(name, codes, words.mask(words.str.lower().isin(NOTHING)), rows)

    def text(self):
        """The column as str, missing where a cell holds nothing: a Series of length n."""
        return self.words.reindex(self.codes).reset_index(drop=True)

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


def _spelled(value):
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return str(value)
