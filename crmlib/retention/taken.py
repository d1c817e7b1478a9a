"""What a table was taken for: rows in and kept, and the part that each column plays."""

from html import escape

import pandas as pd

from crmlib import frames
from crmlib.retention import words
from crmlib.text import gettext as _


class Taken:
    """Rows in, kept and set aside, and below it what each column was taken for.

    Parameters
    ----------
    rows, kept : int
    why : str
        Why the others were set aside.
    columns : sequence of (role, column, meaning)
        Those without a column are left out.
    warning : str, optional
        Stands above all.

    Attributes
    ----------
    words : str
    columns : pandas.DataFrame

    Examples
    --------
    >>> print(Taken(9, 8, "no outcome", [("outcome", "paid", "a number")]))
    9 rows in: 8 kept, 1 set aside (no outcome).
    <BLANKLINE>
       role column taken as
    outcome   paid a number
    """

    def __init__(self, rows, kept, why, columns=(), warning=""):
        told = _("{rows:,} rows in: {kept:,} kept, {aside:,} set aside.")
        if kept < rows:
            told = _("{rows:,} rows in: {kept:,} kept, {aside:,} set aside ({why}).")
        self.words = told.format(rows=rows, kept=kept, aside=rows - kept, why=why)
        heads = [_("role"), _("column"), _("taken as")]
        self.columns = pd.DataFrame([line for line in columns if line[1]], columns=heads)
        self.warning = warning

    def __str__(self):
        with pd.option_context("display.max_colwidth", None):
            table = self.columns.to_string(index=False) if len(self.columns) else ""
        return "\n\n".join(filter(None, [self.warning, self.words, table]))

    __repr__ = __str__

    def _repr_html_(self):
        warning = f"<p><strong>{escape(self.warning)}</strong></p>" if self.warning else ""
        table = ""
        if len(self.columns):
            first, *_others = self.columns
            with pd.option_context("display.max_colwidth", None):
                table = frames.html(self.columns.set_index(first))
        return f"{warning}<p>{escape(self.words)}</p>{table}"


def listed(columns):
    """The columns that were known only later, as ``leave_out`` names them.

    Examples
    --------
    >>> listed({"leave_out": "spend; visits"})
    ['spend', 'visits']
    """
    return [name.strip() for name in columns.get("leave_out", "").split(";") if name.strip()]


def ids(table, columns):
    """The headings that name customers; the one to call them by comes first.

    Examples
    --------
    >>> ids(pd.DataFrame({"age": [30, 30], "Kundennummer": [1, 2]}), {})
    ['Kundennummer']
    """
    given = [columns["customer_id"]] if "customer_id" in columns else []
    used = {columns[role] for role in ("treatment", "outcome", "left") if role in columns}
    found = [
        name
        for name in table
        if words.is_id(name) and name not in {*given, *used} and table[name].is_unique
    ]
    return [*given, *found]


def sides(said, one, one_side, other, other_side):
    """Which words of a column stand for which of two sides.

    Parameters
    ----------
    said : pandas.Series of str
    one, other : bool Series
        Rows of the sides.
    one_side, other_side : str
        Their names.

    Examples
    --------
    >>> said = pd.Series(["ja", "nein", "ja"])
    >>> sides(said, said == "ja", "left", said == "nein", "still there")
    'left: ja; still there: nein'
    """
    told = []
    for rows, side in (one, one_side), (other, other_side):
        found = said[rows].drop_duplicates()[:3].tolist()
        told.append(_("{side}: {words}").format(side=side, words=_(", ").join(found)))
    return _("; ").join(told)
