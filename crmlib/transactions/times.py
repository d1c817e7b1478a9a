"""Reading times: one date format for a whole column, found by evidence and never guessed."""

import datetime
import re

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.transactions.cells import Cells, halfwidth, parts

EXCEL = "excel"  # days since 1899-12-30, as a spreadsheet counts them
DATETIME = "datetime"  # the source holds times, not text
FIRST, LAST = np.datetime64("0001-01-01"), np.datetime64("10000-01-01")  # of the calendar

DATE_FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y%m%d%H%M%S", "%Y年%m月%d日"),
    *(order.replace("/", mark) for order in ("%d/%m/%Y", "%m/%d/%Y") for mark in "/-."),
    *(order.replace("/", m) for order in ("%d/%m/%y", "%m/%d/%y", "%y/%m/%d") for m in "/-."),
    *("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
    EXCEL,
)

_SHAPES = {"%Y": r"\d{4}", "%y": r"\d{2}", "%b": "[A-Za-z]{3}", "%B": "[A-Za-z]{3,}"}
_SHAPES |= dict.fromkeys(("%m", "%d", "%H", "%M", "%S"), r"\d{1,2}")

# What may follow a date, in any mixture within one column: 9:05, T09:05:00.25, 9:05 pm, +08:00.
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d{1,9})?))?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)


def read_times(column, name, rows, time_format=None):
    """A column as times.

    Every date format in ``DATE_FORMATS`` is tried on the distinct values. The one that
    reads most wins, unless another would give other times and has evidence of its own: at
    least one row only it can read for a hundred rows only the winner can. Then, and when
    neither has any, the column is refused.

    Parameters
    ----------
    column : Series of length n
        Text, numbers, or times.
    name : str
        Its heading, for messages.
    rows : int array of shape (n,)
        Row numbers, for messages.
    time_format : str, optional
        A strptime format, or "excel" for serial days; None finds it.

    Returns
    -------
    times : datetime64[us] array of shape (n,)
        NaT where a value cannot be read, or lies outside the years 1 to 9999. A time zone is
        dropped: the wall clock stays.
    time_format : str
        "datetime" if the source held times.
    notes : list of str

    Raises
    ------
    DataError
        If two orders of day and month are possible, more than half cannot be read, or the
        format is none.

    Examples
    --------
    >>> times, form, _ = read_times(pd.Series(["25/12/2024", "01/02/2025"]), "date", [2, 3])
    >>> form, str(times[1])
    ('%d/%m/%Y', '2025-02-01T00:00:00.000000')
    """
    if not isinstance(time_format, str | None):
        raise _no_format(time_format)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _microseconds(column.dt.tz_localize(None)), DATETIME, _zones(name, [column.dt.tz])
    cells = Cells.of(column, name, rows)
    times, is_real, zones = _real_times(column, len(cells.words))
    is_text = cells.words.notna().to_numpy() & ~is_real
    found = DATETIME
    if is_text.any():
        form, read, more = _text_times(cells.words.where(is_text), cells, time_format)
        zones += more
        times = np.where(is_text, read, times)
        if form and is_real.any():
            _refuse_if_swapped(cells, form, ~np.isnat(read))
        found = form or found
    _refuse_if_mostly_unreadable(cells, times, is_text | is_real, time_format)
    return cells.spread(times), found, _zones(name, zones)


def _real_times(column, m):
    """The distinct values (m,) that are times already, which those are, and their zones."""
    times, is_real = np.full(m, "NaT", dtype="datetime64[us]"), np.zeros(m, dtype=bool)
    zones = []
    if column.dtype == object:
        values = pd.Series(pd.factorize(column)[1], dtype=object)
        is_real = values.map(lambda value: isinstance(value, datetime.date)).to_numpy(dtype=bool)
        stamps = [pd.Timestamp(value) for value in values[is_real]]
        zones = [stamp.tz for stamp in stamps]
        times[is_real] = _microseconds([stamp.tz_localize(None).as_unit("us") for stamp in stamps])
    return times, is_real, zones


def _text_times(words, cells, time_format):
    """The format (None if there is none), the times (m,) it gives, and the zones."""
    words = halfwidth(words)
    date_format = re.sub(r"(T|\s*)%[HI]:.*$", "", time_format or "")
    if time_format and (not date_format or _shape(date_format) is None):
        return time_format, _strptime(words, time_format), []
    found = parts(words, r"^(?P<date>.+?)(?P<clock>(?:T|\s*)\d{1,2}:\d{2}.*)?$")
    codes, dates = pd.factorize(found["date"])
    dates, dated = pd.Series(dates, dtype="str"), codes >= 0
    weights = np.bincount(codes[dated], weights=cells.count()[dated], minlength=len(dates))

    def first(chosen):
        return cells.first(np.append(chosen, False)[codes])

    form = date_format or _detect(dates, weights, cells.name, first)
    if not form:
        return None, np.full(len(words), "NaT", dtype="datetime64[us]"), []
    clock, joined, clock_format, zones = _clocks(found["clock"])
    times = np.append(_dates(dates, form), np.datetime64("NaT"))[codes] + clock
    times[joined & ~found["date"].str.endswith("日").fillna(False).to_numpy(dtype=bool)] = "NaT"
    return form + clock_format, times, zones


def _detect(dates, weights, name, first):
    """The format of the distinct dates, each borne by so many rows; None if none fits."""
    times = {form: _dates(dates, form) for form in DATE_FORMATS}
    read = {form: ~np.isnat(times[form]) for form in DATE_FORMATS}
    best = max(DATE_FORMATS, key=lambda form: weights[read[form]].sum())
    for other in DATE_FORMATS:
        differ = read[best] & read[other] & (times[best] != times[other])
        only_best = weights[read[best] & ~read[other]].sum()
        only_other = weights[read[other] & ~read[best]].sum()
        if differ.any() and only_other >= only_best / 100:
            word, row = first(differ)
            raise DataError(
                _(
                    "The times in column {name!r} can be read as {best} or as {other}, "
                    "for example {word!r} in row {row}; name the right one: time_format='{best}' "
                    "(on the command line in --rules)."
                ).format(name=name, best=best, other=other, word=word, row=row)
            )
    return best if read[best].any() else None


def _dates(dates, form):
    """The dates (m,) under one format, NaT where it does not read them."""
    if form == EXCEL:
        days = pd.to_numeric(dates.where(dates.str.fullmatch(r"\d{5}(\.\d+)?")))
        return _microseconds(pd.Timestamp("1899-12-30") + pd.to_timedelta(days, "D").dt.round("s"))
    return _strptime(dates.where(dates.str.fullmatch(_shape(form))), form)


def _shape(form):
    """The pattern of what a date format reads; None if it has pieces unknown here."""
    pieces = re.split(r"(%[A-Za-z])", form)
    if form != EXCEL and not set(pieces[1::2]) <= set(_SHAPES):
        return None
    shape = "".join(_SHAPES.get(piece) or re.escape(piece) for piece in pieces)
    return shape if any(pieces[::2]) else shape.replace("{1,2}", "{2}")


def _clocks(texts):
    """Times of day from texts (m,), "" being midnight.

    Returns timedelta64[us] (m,), NaT where there is no such time; whether nothing stands
    between date and time (m,); the format; the time zones.
    """
    codes, distinct = pd.factorize(texts)
    found = parts(pd.Series(distinct, dtype="str"), rf"^(?:(?P<gap>T|\s*){_CLOCK})?$")
    hour, minute, second = (
        pd.to_numeric(found[unit].replace("", "0")).to_numpy(dtype=float)
        for unit in ("hour", "minute", "second")
    )
    given = (found["hour"].fillna("") != "").to_numpy()
    half = found["half"].fillna("").str.lower().to_numpy()
    twelve = half != ""
    clock = np.where(twelve, hour % 12 + 12 * (half == "pm"), hour) * 3600 + minute * 60 + second
    wrong = ~(hour < 24) | (minute >= 60) | (second >= 60) | (twelve & ((hour < 1) | (hour > 12)))
    clock = np.round(np.where(wrong, np.nan, clock) * 1e6).astype("timedelta64[us]")
    joined = given & (found["gap"] == "").to_numpy(dtype=bool)
    form = ""
    if given.any():
        form = {"T": "T", "": ""}.get(found["gap"][given].iloc[0], " ") + "%H:%M"
        form += ":%S" * bool((found["second"][given] != "").any())
        form += ".%f" * bool(found["second"][given].str.contains(".", regex=False).any())
        form = form.replace("%H", "%I") + " %p" if twelve.any() else form
    zones = sorted(set(found["zone"].dropna()) - {""})
    return (
        np.append(clock, np.timedelta64("NaT"))[codes],
        np.append(joined, False)[codes],
        form,
        zones,
    )


def _strptime(words, form):
    try:
        return _microseconds(
            pd.to_datetime(words, format=form, errors="coerce").dt.tz_localize(None)
        )
    except ValueError:
        raise _no_format(form) from None


def _no_format(given):
    return DataError(
        _(
            "time_format={given!r} is no format; write one such as {example!r}, or {excel!r}."
        ).format(given=given, example="%d/%m/%Y %H:%M", excel=EXCEL)
    )


def _refuse_if_swapped(cells, form, read):
    """Refuse day-first or month-first text beside real times.

    A spreadsheet set to month-first turns 03/04 into a time and leaves 25/04 as text: the
    times it made are then wrong.
    """
    if read.any() and form != EXCEL and not form.startswith("%Y"):
        word, row = cells.first(read)
        raise DataError(
            _(
                "Column {name!r} holds some times as dates and others as text, such as {word!r} "
                "in row {row}, so that day and month may be swapped; make them all text or all "
                "dates."
            ).format(name=cells.name, word=word, row=row)
        )


def _refuse_if_mostly_unreadable(cells, times, filled, time_format):
    bad = np.isnat(times) & filled
    weights = cells.count()
    n_bad, n_filled = weights[bad].sum(), weights[filled].sum()
    if n_filled == 0:
        raise DataError(
            _("Column {name!r} holds no times; every cell is empty.").format(name=cells.name)
        )
    if 2 * n_bad > n_filled:
        word, row = cells.first(bad)
        if time_format:
            accepted = _("time_format={given!r} must fit most").format(given=time_format)
        else:
            accepted = _(
                "2025-01-31, 31/01/2025 14:30 and 20250131 can, and others if their form is "
                "named: time_format={example!r}"
            ).format(example="%d.%m.%y")
        raise DataError(
            _(
                "{bad} of {all} times in column {name!r} cannot be read in one format, for example "
                "{word!r} in row {row}; {accepted}."
            ).format(
                bad=n_bad, all=n_filled, name=cells.name, word=word, row=row, accepted=accepted
            )
        )


def _zones(name, zones):
    """A note on the time zones that were dropped; None is none."""
    zones = sorted({str(zone) for zone in zones if zone is not None})
    if not zones:
        return []
    return [
        _(
            "The time zone in column {name!r} ({zone}) was dropped: the clock as written stays."
        ).format(name=name, zone=_(", ").join(zones))
    ]


def _microseconds(times):
    """Times as datetime64[us]; NaT outside the years that the calendar names."""
    times = np.asarray(times)
    if times.dtype.kind == "M" and times.dtype != "datetime64[ns]":  # which ends long before
        times = np.where((times >= FIRST) & (times < LAST), times, np.datetime64("NaT"))
    return times.astype("datetime64[us]")
