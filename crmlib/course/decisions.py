"""Decision tables: what an analyst acts on.

A lesson ends in a table. In the lesson its first rows are shown; a report also writes the
whole of it, as CSV, Excel and Parquet.
"""

import os
from html import escape
from pathlib import Path

from crmlib import exports, frames
from crmlib.text import gettext as _
from crmlib.text import ngettext

FOLDER = "CRMLIB_TABLES"  # the environment variable that says where a report's tables go
FIRST = 10  # rows shown
SHOWN = 3  # significant digits of a number for the eye
DIGITS = 4  # after the point, in files


class Decision:
    """A table to act on, and where it was written.

    Parameters
    ----------
    name : str
        Of the files, without ending.
    table : DataFrame

    Attributes
    ----------
    written : list of str
        Names of the files.

    Examples
    --------
    >>> import pandas as pd
    >>> print(Decision("calls", pd.DataFrame({"customer_id": ["C1"], "gain": [2.4567]})))
      customer_id  gain
    1          C1  2.46
    """

    def __init__(self, name, table):
        self.name, self.table, self.written = name, table, []

    def __str__(self):
        first = self._first().to_string(
            float_format=lambda value: frames.number(value, SHOWN), na_rep=frames.MISSING
        )
        return "\n".join([first if len(self.table) else _("The table is empty."), *self._where()])

    __repr__ = __str__

    def _repr_html_(self):
        told = "".join(f"<p>{escape(words)}</p>" for words in self._where())
        if not len(self.table):
            return f"<p>{escape(_('The table is empty.'))}</p>{told}"
        return frames.html(self._first(), SHOWN) + told

    def _where(self):
        if self.written:
            told = ngettext(
                "The table, {n:,} row: {files}", "All {n:,} rows: {files}", len(self.table)
            )
            yield told.format(n=len(self.table), files=_(", ").join(self.written))

    def _first(self):
        first = self.table.head(FIRST)
        return first.set_axis(range(1, len(first) + 1))


def table(name, frame):
    """Show the first rows of a decision table; in a report also write all of it.

    Parameters
    ----------
    name : str
        Of the files, without ending.
    frame : DataFrame
        One row per decision, the most urgent first; its index is not written.

    Returns
    -------
    Decision

    Raises
    ------
    DataError
        If a file cannot be written.

    Examples
    --------
    >>> import pandas as pd
    >>> table("calls", pd.DataFrame({"customer_id": ["C1"]})).written
    []
    """
    decision = Decision(name, frame)
    folder = os.environ.get(FOLDER)
    if folder:
        frame = frame.round(dict.fromkeys(frame.select_dtypes("number"), DIGITS))
        for ending in exports.FILES:
            if ending == ".xlsx" and len(frame) > exports.EXCEL_ROWS:
                continue  # more rows than a sheet has
            exports.write(frame, Path(folder, name + ending))
            decision.written.append(name + ending)
    return decision
