"""From a source to a log: the rules, what each found, and what was done."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.quantities import amount as money
from crmlib.text import gettext as _
from crmlib.text import joined, ngettext
from crmlib.transactions import sources
from crmlib.transactions.amounts import read_numbers, refuse_mostly_unreadable
from crmlib.transactions.cells import Cells, codes_of, repeated
from crmlib.transactions.columns import ROLES
from crmlib.transactions.ids import whole_ids
from crmlib.transactions.report import Report
from crmlib.transactions.returns import cancelled_later, cancelled_orders
from crmlib.transactions.times import read_times

KEEP, SET_ASIDE = "keep", "set aside"
SAME_DAY, LEFT_EMPTY = "same day", "left empty"
NUMBERS = ("amount", "quantity", "unit_price")
LONGEST = 40  # characters of a cell in an example
EPOCH = np.datetime64("1970-01-01")  # a purchase before it is rather a date left blank
RETURNS = ("cancellation_order", "negative_quantity", "cancelled_purchase", "negative_amount")


def read(
    source,
    columns=None,
    *,
    time_format=None,
    now=None,
    cancellations=SET_ASIDE,
    negative=SET_ASIDE,
    zero=KEEP,
    duplicates=KEEP,
):
    """A transaction log from a file or a data frame, and a report on it.

    Rows without a customer, a readable time or a readable amount, and rows of the future,
    are always set aside; what else is set aside can be chosen. Nothing is dropped: what is
    not in the log is in ``report.aside``. A cell holds nothing if it is blank or says nan,
    nat, none, null, na or n/a.

    Parameters
    ----------
    source : str, path or data frame
        A file (.csv, .tsv, .txt, .parquet or .xlsx; of a workbook the first sheet) or
        anything Narwhals can read (pandas, Polars, Arrow, a DuckDB relation).
    columns : dict, optional
        Role to heading, for headings that are not recognised; roles are ``customer_id``,
        ``time``, ``amount`` (or ``quantity`` and ``unit_price``), ``order_id``,
        ``product_id``, ``channel``. Positions counted from 0 instead of headings say that
        a file has no headings.
    time_format : str, optional
        How times are written, such as "%d/%m/%Y %H:%M" (a time of day may be missing), or
        "excel" for serial days; by default the column must show it.
    now : time, optional
        What counts as the present; by default the moment of the call.
    cancellations : {"set aside", "keep"}
        Orders numbered C and digits, if at least as many are numbered by digits alone;
        negative quantities; and purchases that such a line of the same customer, product,
        quantity and amount takes back later.
    negative : {"set aside", "keep"}
        Negative amounts. A return that is kept is a row like any other, and counts as a
        purchase.
    zero : {"keep", "set aside"}
        Amounts of zero.
    duplicates : {"keep", "set aside"}
        Second and later copies of a row that equals another in all columns.

    Returns
    -------
    log : DataFrame
        In the order of the source: ``customer_id`` (str), ``time`` (datetime64[us]),
        ``amount`` (float), and those found of ``order_id``, ``product_id``, ``channel``
        (str), ``quantity``, ``unit_price`` (float).
    report : Report

    Raises
    ------
    DataError
        If the source cannot be read, could be read in more than one way, or holds no row
        that can be used.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {"client": ["007", "8"], "date": ["31/01/2025", "1/2/2025"], "sales": ["1,200", "?"]}
    ... )
    >>> log, report = read(frame)
    >>> print(log.to_string(index=False))
    customer_id       time  amount
            007 2025-01-31  1200.0
    >>> print(report.aside.to_string(index=False))
     row            reason client     date sales
       2 unreadable amount      8 1/2/2025     ?
    """
    choices = {
        "cancellations": cancellations,
        "negative": negative,
        "zero": zero,
        "duplicates": duplicates,
    }
    for rule, choice in choices.items():
        if choice not in (KEEP, SET_ASIDE):
            raise DataError(
                _("{rule} is {choice!r}; it can be {keep!r} or {aside!r}.").format(
                    rule=rule, choice=choice, keep=KEEP, aside=SET_ASIDE
                )
            )
    now = _moment(now)
    table = sources.load(source, columns)
    log, form, notes = _typed(table, time_format)
    amount = log["amount"].to_numpy()
    reason, kept = np.full(len(log), None, dtype=object), np.ones(len(log), dtype=bool)
    lines, odd, gone = [], {}, {}
    cancelled, more = cancelled_orders(log, table.rows)
    for finding in _findings(log, table, now, cancelled):
        lines.append(_line(finding, table, choices))
        if choices.get(finding.rule, finding.rule) == SET_ASIDE:
            new = finding.where & kept
            reason[new], kept[new] = finding.name, False
            gone[finding.key] = np.nansum(amount[new])
        else:
            odd[finding.key] = finding.where
    findings = pd.DataFrame(lines).set_index("key")
    still = [int((odd[key] & kept).sum()) if key in odd else 0 for key in findings.index]
    findings.insert(2, "kept", still)
    if not kept.any():
        raise _nothing_left(table.name, reason)
    notes += more + _early(log["time"].to_numpy(), kept, table.rows)
    notes += [_money(amount[kept].sum(), gone)]
    aside = _aside(table, reason, ~kept)
    unused = [name for name in table.cells if name not in table.columns.values()]
    table = replace(table, cells=None)  # makes room for the log
    log = _as_text(log[kept])
    report = Report(
        source=table.name,
        rows_in=len(kept),
        rows_kept=len(log),
        rows_aside=int((~kept).sum()),
        customers=log["customer_id"].nunique(),
        first_time=log["time"].min(),
        last_time=log["time"].max(),
        time_format=form,
        columns=table.columns,
        unused=unused,
        findings=findings,
        aside=aside,
        notes=table.notes + notes,
    )
    return log, report


def _moment(now):
    try:
        moment = pd.Timestamp.now() if now is None else pd.Timestamp(now)
    except (ValueError, TypeError):
        moment = pd.NaT
    if pd.isna(moment):
        raise DataError(
            _("now is {now!r}; it must be a time, such as '2025-01-31'.").format(now=now)
        )
    return moment.tz_localize(None)


def _typed(table, time_format):
    """All rows of the table as a log, the time format, and notes."""
    log, notes = {}, []
    for role, heading in table.columns.items():
        column = table.cells[heading]
        if role == "time":
            log[role], form, more = read_times(column, heading, table.rows, time_format)
            notes += more
        elif role in NUMBERS:
            log[role], more = read_numbers(column, heading, table.rows)
            notes += more
        else:
            cells = Cells.of(column, heading, table.rows)
            if role == "customer_id":
                cells, more = whole_ids(cells)
                notes += more
            log[role] = cells.text()
    if "amount" in log and 2 * np.isnan(log["amount"]).sum() > len(table.rows):
        heading = table.columns["amount"]
        refuse_mostly_unreadable(log["amount"], table.cells[heading], heading, table.rows)
    if "amount" not in log:
        log["amount"] = log["quantity"] * log["unit_price"]
        notes.append(
            _("There is no amount; it is {quantity} times {unit_price}.").format(
                quantity=table.columns["quantity"], unit_price=table.columns["unit_price"]
            )
        )
    return pd.DataFrame({role: log[role] for role in ROLES if role in log}), form, notes


def _nothing_left(name, reason):
    """What to raise when every row was set aside."""
    counts = pd.Series(reason, dtype="str").value_counts()
    return DataError(
        _(
            "No row of {name} can be used ({reasons}); a purchase has a customer, a time that is "
            "not in the future, and an amount that is not negative."
        ).format(name=name, reasons=_(", ").join(f"{why}: {n:,}" for why, n in counts.items()))
    )


def _money(kept, gone):
    """What the rows kept are worth, and those set aside."""
    told = [_("The rows kept come to {amount}.").format(amount=money(kept))]
    returns = sum(gone.get(key, 0) for key in RETURNS)
    other = sum(gone.values()) - returns
    if returns < 0:
        told.append(
            _("Returns that match no purchase, {amount}, are not subtracted.").format(
                amount=money(returns)
            )
        )
    if other:
        told.append(
            _("Rows set aside for other reasons than a return come to {amount}.").format(
                amount=money(other)
            )
        )
    return joined(*told)


def _early(times, kept, rows):
    """A note on purchases so long ago that their date may be one left blank."""
    early = kept & (times < EPOCH)
    if not early.any():
        return []
    place = int(np.argmax(early))
    return [
        ngettext(
            "{n:,} time lies before 1970: {day} in row {row}.",
            "{n:,} times lie before 1970, for example {day} in row {row}.",
            int(early.sum()),
        ).format(n=int(early.sum()), day=times[place].astype("datetime64[D]"), row=rows[place])
    ]


@dataclass
class _Finding:
    """Rows of one kind; ``rule`` is what is done, or the argument of read that decides it."""

    key: str
    name: str
    rule: str
    where: np.ndarray
    shown: list  # roles whose cells make the example


def _findings(log, table, now, cancelled):
    """What is odd, in the order in which it sets rows aside."""
    amount = log["amount"].to_numpy()
    paid = ["amount"] if "amount" in table.columns else ["quantity", "unit_price"]

    def finding(key, name, rule, where, *shown):
        return _Finding(key, name, rule, np.asarray(where, dtype=bool), shown)

    known = ["customer_id", "time"]
    nobody = log["customer_id"].isna()
    yield finding("missing_customer_id", _("missing customer id"), SET_ASIDE, nobody, "customer_id")
    yield finding("unreadable_time", _("unreadable time"), SET_ASIDE, log["time"].isna(), "time")
    yield finding("future_time", _("time in the future"), SET_ASIDE, log["time"] > now, "time")
    yield finding("unreadable_amount", _("unreadable amount"), SET_ASIDE, np.isnan(amount), *paid)
    if "order_id" in log:
        yield finding(
            "cancellation_order", _("cancellation order"), "cancellations", cancelled, "order_id"
        )
    if "quantity" in log:
        yield finding(
            "negative_quantity",
            _("negative quantity"),
            "cancellations",
            log["quantity"] < 0,
            "quantity",
        )
    if {"product_id", "quantity"} <= set(log):
        back = (log["quantity"] < 0) | (amount < 0)
        yield finding(
            "cancelled_purchase",
            _("purchase cancelled later"),
            "cancellations",
            cancelled_later(log, back),
            *known,
            *paid,
        )
    yield finding("negative_amount", _("negative amount"), "negative", amount < 0, *paid)
    yield finding("zero_amount", _("zero amount"), "zero", amount == 0, *paid)
    yield finding(
        "duplicate", _("exact duplicate"), "duplicates", repeated(table.cells), *known, *paid
    )
    day = log["time"].to_numpy().astype("datetime64[D]").astype(int)
    visit = pd.Series(codes_of(log["customer_id"]).astype(int) * (1 << 32) + day)
    again = visit.duplicated() & ~nobody & log["time"].notna()
    yield finding("same_day", _("same-day repeat"), SAME_DAY, again, *known)
    for role, name in (
        ("quantity", _("unreadable quantity")),
        ("unit_price", _("unreadable unit price")),
    ):
        if role in log:
            yield finding(f"unreadable_{role}", name, LEFT_EMPTY, log[role].isna(), role)


def _line(finding, table, choices):
    rows = int(finding.where.sum())
    return {
        "key": finding.key,
        "finding": finding.name,
        "rows": rows,
        "share": rows / len(finding.where),
        "treatment": _treatment(finding.rule, choices) if rows else "",
        "example": _example(finding, table) if rows else "",
    }


def _treatment(rule, choices):
    if rule == SET_ASIDE:
        return _("set aside")
    if rule == SAME_DAY:
        return _("kept; customers.summarize counts them as one purchase")
    if rule == LEFT_EMPTY:
        return _("kept without it")
    if rule in ("cancellations", "negative"):  # to keep them is no advice: see :func:`read`
        if choices[rule] == SET_ASIDE:
            return _("set aside")
        return _("kept, as purchases; {option} sets them aside").format(
            option=f"{rule}={SET_ASIDE!r}"
        )
    if choices[rule] == SET_ASIDE:
        return _("set aside; {option} keeps them").format(option=f"{rule}={KEEP!r}")
    return _("kept; {option} sets them aside").format(option=f"{rule}={SET_ASIDE!r}")


def _example(finding, table):
    place = int(np.argmax(finding.where))
    cells = [table.cells[table.columns[role]].iloc[place] for role in finding.shown]
    shown = ["" if pd.isna(cell) else str(cell).strip() for cell in cells]
    shown = [cell if cell.isprintable() else repr(cell) for cell in shown]
    shown = [cell if len(cell) <= LONGEST else cell[:LONGEST] + "…" for cell in shown]
    return _("row {row}: {cells}").format(
        row=table.rows[place], cells=_(", ").join(cell or _("(empty)") for cell in shown)
    )


def _as_text(table):
    """A table from row 0 on, whose categories are str again."""
    words = table.select_dtypes("category")
    return table.astype(dict.fromkeys(words, "str")).reset_index(drop=True)


def _aside(table, reason, where):
    headings = sources.unique(["row", "reason", *table.cells])
    aside = _as_text(table.cells[where]).set_axis(headings[2:], axis=1)
    aside.insert(0, "row", table.rows[where])
    aside.insert(1, "reason", pd.Series(reason[where], dtype="str"))
    return aside
