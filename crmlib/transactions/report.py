"""What was found in a source, what was done about it, and the rows set aside."""

import html
import io
from dataclasses import dataclass

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crmlib import exports
from crmlib.text import gettext as _
from crmlib.text import ngettext
from crmlib.transactions.times import DATETIME

_WIDTH = 110  # characters in a terminal
_CELL = "vertical-align:top;padding:0.1em 1em 0.1em 0"
_UNUSED = 30  # headings named, of those that play no role


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """The cleaning report of one reading.

    Attributes
    ----------
    source : str
        The file's name, or "Data frame".
    rows_in, rows_kept, rows_aside : int
        Rows of the source, of the log, and set aside; the first is the sum of the others.
    customers : int
        Different customers in the log.
    first_time, last_time : Timestamp
        Of the log; NaT if it is empty.
    time_format : str
        How times were read: a strptime format, "excel" for serial days, or "datetime" when
        the source held times.
    columns : dict of str to str
        Role to heading of the source.
    unused : list of str
        Headings that play no role.
    findings : DataFrame
        Indexed by a key such as ``missing_customer_id``, in the order the rules apply;
        columns ``finding``, ``rows`` (each counted over the whole source, so that one row
        may stand in several), ``kept`` (those of them in the log; may be missing), ``share``
        of rows_in, ``treatment`` and ``example`` (row number and value).
    aside : DataFrame
        The rows set aside as they were, with ``row`` (the number an editor shows, the
        header being row 1; for Parquet and data frames counted from 1) and ``reason`` (the
        first that applies) before the source's columns.
    notes : list of str
        What else was decided in reading.

    Raises
    ------
    AssertionError
        If rows were lost or made.

    Examples
    --------
    >>> from crmlib import transactions
    >>> frame = pd.DataFrame({"client": ["1", ""], "date": ["2025-01-31"] * 2, "sales": [3, 4]})
    >>> log, report = transactions.read(frame)
    >>> report.rows_in, report.rows_kept, report.rows_aside
    (2, 1, 1)
    """

    source: str
    rows_in: int
    rows_kept: int
    rows_aside: int
    customers: int
    first_time: pd.Timestamp
    last_time: pd.Timestamp
    time_format: str
    columns: dict
    unused: list
    findings: pd.DataFrame
    aside: pd.DataFrame
    notes: list

    def __post_init__(self):
        if self.rows_in != self.rows_kept + self.rows_aside or self.rows_aside != len(self.aside):
            raise AssertionError(
                f"{self.rows_in} rows in, {self.rows_kept} kept, {self.rows_aside} set aside"
            )

    def write_aside(self, path):
        """Write the rows set aside to a file; text that looks like a formula is guarded.

        Parameters
        ----------
        path : str or path
            Ends in .csv, .xlsx or .parquet.

        Raises
        ------
        DataError
            If it cannot be written; see :func:`crmlib.exports.write`.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from crmlib import transactions
        >>> frame = pd.DataFrame({"client": ["1", ""], "date": "2025-01-31", "sales": [3, 4]})
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "aside.csv"
        >>> transactions.read(frame)[1].write_aside(path)
        >>> print(path.read_text(encoding="utf-8-sig").strip())
        row,reason,client,date,sales
        2,missing customer id,,2025-01-31,4
        """
        exports.write(self.aside, path)

    def __str__(self):
        text = io.StringIO()
        console = Console(
            file=text,
            width=_WIDTH,
            color_system=None,
            markup=False,
            highlight=False,
            force_jupyter=False,  # in a notebook too the text goes into ``text``
        )
        console.print(*self._lead(), sep="\n")
        for title, heads, body in self._tables():
            table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
            for place, head in enumerate(heads):
                table.add_column(head, justify="right" if place in _numbers(heads) else "left")
            for row in body:
                table.add_row(*(Text(cell) for cell in row))
            console.print(table)
        for note in self._notes():
            console.print(Text("- " + note))
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines())

    __repr__ = __str__

    def _repr_html_(self):
        lead = "<br>".join(map(html.escape, self._lead()))
        tables = "".join(_html_table(*table) for table in self._tables())
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self._notes())
        return f"<section><p>{lead}</p>{tables}<ul>{notes}</ul></section>"

    def _lead(self):
        """The lines everyone reads."""
        yield _("{source}: {rows_in:,} rows in = {kept:,} kept + {aside:,} set aside").format(
            source=self.source, rows_in=self.rows_in, kept=self.rows_kept, aside=self.rows_aside
        )
        if self.rows_kept:
            if self.time_format == DATETIME:
                times = _("times as the source holds them")
            else:
                times = _("times read as {form}").format(form=self.time_format)
            yield ngettext(
                "{n:,} customer, {first:%Y-%m-%d} to {last:%Y-%m-%d}, {times}",
                "{n:,} customers, {first:%Y-%m-%d} to {last:%Y-%m-%d}, {times}",
                self.customers,
            ).format(n=self.customers, first=self.first_time, last=self.last_time, times=times)

    def _notes(self):
        if self.findings.empty:
            yield _("Nothing was found wrong.")
        yield from self.notes

    def _tables(self):
        """Title, heads and rows of text for each table."""
        columns = [(role, heading) for role, heading in self.columns.items()]
        if self.unused:
            more = len(self.unused) - _UNUSED
            rest = [ngettext("{n:,} more", "{n:,} more", more).format(n=more)] if more > 0 else []
            columns.append((_("unused"), _(", ").join([*self.unused[:_UNUSED], *rest])))
        yield _("Columns"), (_("role"), _("column")), columns
        if self.findings.empty:
            return
        shown = {
            "finding": (_("finding"), str),
            "rows": (_("rows"), "{:,}".format),
            "kept": (_("kept"), "{:,}".format),
            "share": (_("share"), "{:.2%}".format),
            "treatment": (_("treatment"), str),
            "example": (_("example"), str),
        }
        table = self.findings[[name for name in shown if name in self.findings]]
        heads = [shown[name][0] for name in table]
        body = [
            [shown[name][1](cell) for name, cell in zip(table, row, strict=True)]
            for row in table.itertuples(index=False)
        ]
        yield _("Findings"), heads, body


def _numbers(heads):
    """Which columns hold numbers: all between what was found and what was done."""
    return range(1, len(heads) - 2)


def _html_table(title, heads, body):
    """A table that takes the page's own colours."""
    align = ["right" if place in _numbers(heads) else "left" for place in range(len(heads))]
    head = "".join(
        f'<th scope="col" style="text-align:{side};{_CELL}">{html.escape(cell)}</th>'
        for side, cell in zip(align, heads, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{side};{_CELL}">{html.escape(cell)}</td>'
            for side, cell in zip(align, row, strict=True)
        )
        + "</tr>"
        for row in body
    )
    return (
        f'<table><caption style="text-align:left;font-weight:bold">{html.escape(title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
