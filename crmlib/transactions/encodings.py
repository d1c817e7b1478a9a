"""Encodings of text files, found by their marks and by evidence."""

import codecs
import itertools
import re

_LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒŸßàáâãäåæçèéêëìíîïñòóôõöøùúûüœÿ"
_SIGNS = "€£¥§°²³·«»‘’“”–—…®™ª\xa0"
_WESTERN = frozenset((_LETTERS + _SIGNS).encode("windows-1252"))


def by_mark(path):
    """UTF-8 unless the file begins with the mark of another.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "orders.csv"
    >>> _ = path.write_text("client", encoding="utf-16")
    >>> by_mark(path)
    'utf-16'
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def by_evidence(path):
    """GB18030 or Windows-1252, whichever alone the first lines with other letters fit.

    Many western words are possible in GB18030 too: in it ``Müller`` says ``M黮ler``. But
    there most characters are of the common half of GB2312, whose first bytes are below D8;
    each counts once, so that a column of ``¥``, which GB2312 lacks, is one sign. And in
    western words letters with accents stand alone, or in twos beside others. None if both
    fit, or neither, or if most words are UTF-8: then the file is damaged.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "orders.csv"
    >>> _ = path.write_text("Müller\\nCafé", encoding="windows-1252")
    >>> by_evidence(path)
    'windows-1252'
    """
    with path.open("rb") as file:
        lines = (line for line in file if not line.isascii())
        sample = b"\n".join(itertools.islice(lines, 10_000))
    runs = set(re.findall(rb"[A-Za-z]?[\x80-\xff]+[A-Za-z]?", sample))
    highs = [(run, re.sub(rb"[A-Za-z]", b"", run)) for run in runs]
    if 2 * sum(_is_utf8(high) for _run, high in highs) >= len(highs):
        return None
    western = all(
        _WESTERN.issuperset(high) and (len(high) == 1 or (len(high) == 2 and len(run) > 2))
        for run, high in highs
    )
    try:
        characters = {c for c in sample.decode("gb18030") if not c.isascii()}
        known = "".join(characters).encode("gb2312", errors="ignore")[::2]
        chinese = 2 * sum(first < 0xD8 for first in known) >= len(characters)
    except UnicodeError:
        chinese = False
    return None if western == chinese else "gb18030" if chinese else "windows-1252"


def _is_utf8(word):
    try:
        word.decode("utf-8")
    except UnicodeError:
        return False
    return True
