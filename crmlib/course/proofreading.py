"""What a machine can see of a translation: that nothing was lost, and how it is set.

Whether it is good Chinese, no machine can say. That a formula, a link or a placeholder is
gone, that an agreed term is not used, or that a sentence was left in English, it can.
"""

import re
from collections import Counter

from crmlib.course.paragraphs import CODE, MATHEMATICS, TAG, TARGET, bare
from crmlib.text import COLUMN
from crmlib.text import gettext as _

EXERCISE = re.compile(r"\b\d\.\d-[a-z]\b")
PLACEHOLDER = re.compile(r"%\((\w+)\)s|(?<!\{)\{([A-Za-z_]*)[^{}]*\}(?!\})")
HAN = "\u3400-\u9fff"
SPLIT = re.compile(rf"[{HAN}][,;:!?(]|[,;:!?)][{HAN}]|[,;:!?] [{HAN}]|[{HAN}%)]\.(?=\s|$)")
CROWDED = re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]")
DATE = re.compile(r"\d+年\d+月(\d+日)?")
ENGLISH = re.compile(r"[A-Za-z][a-z]*(?:[ ,]+[A-Za-z]?[a-z]+){4,}")
EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)")
SILENT = "\u00a0"  # stands for what no rule of setting applies to


def faults(entry, language, terms=()):
    """What is wrong with a translation.

    Parameters
    ----------
    entry : babel.messages.catalog.Message
        A translated one.
    language : str
        Such as ``zh_CN``; the rules of setting are those of Chinese.
    terms : sequence of crmlib.course.glossary.Term
        The terms agreed upon.

    Returns
    -------
    list of str
        One sentence a fault.

    Examples
    --------
    >>> from babel.messages import Message
    >>> entry = Message("Move $r$ up.", "把保持率调高,再看。")
    >>> for fault in faults(entry, "zh_CN"):
    ...     print(fault)
    mathematics differs: $r$ is missing
    half-width punctuation: 高,
    """
    source = entry.id if isinstance(entry.id, str) else entry.id[1]
    told = entry.string if isinstance(entry.string, str) else entry.string[0]
    found = list(_lost(source, told))
    if language.startswith("zh"):
        found += _set(told)
    if entry.context != COLUMN:
        found += _left(source, told)
    found += _terms(bare(source), told, language, terms)
    return found


def _lost(source, told):
    """What a translation must hold exactly as its source does."""
    kinds = {
        _("code"): lambda text: [match[0] for match in CODE.finditer(text)],
        _("mathematics"): lambda text: MATHEMATICS.findall(CODE.sub(" ", text)),
        _("a link or picture"): TARGET.findall,
        _("a tag"): lambda text: TAG.findall(CODE.sub(" ", text)),
        _("an exercise"): EXERCISE.findall,
        _("a placeholder"): _placeholders,
    }
    for kind, find in kinds.items():
        ours, theirs = Counter(find(source)), Counter(find(told))
        for what in (ours - theirs).keys():
            yield _("{kind} differs: {what} is missing").format(kind=kind, what=what)
        for what in (theirs - ours).keys():
            yield _("{kind} differs: {what} is not in the English").format(kind=kind, what=what)


def _placeholders(text):
    """The names in braces; how a number or a day is written may differ."""
    return {match[1] or match[2] for match in PLACEHOLDER.finditer(text)}


def _set(told):
    """Punctuation and spaces of Chinese among Latin letters and digits."""
    plain = PLACEHOLDER.sub(SILENT, EMPHASIS.sub("", CODE.sub("x", told)))
    plain = DATE.sub(SILENT, bare(plain, "x") if "$" in plain else bare(plain, ""))
    for match in SPLIT.finditer(plain):
        yield _("half-width punctuation: {what}").format(what=match[0])
    for match in CROWDED.finditer(plain):
        yield _("no space between Chinese and Latin: {what}").format(what=match[0])


def _left(source, told):
    """English that was left over."""
    match = ENGLISH.search(PLACEHOLDER.sub(SILENT, bare(told, SILENT)))
    if match:
        yield _("left in English: {what}").format(what=match[0])
    elif told == source and len(bare(source).split()) > 2:
        yield _("left in English: {what}").format(what=source)


def _terms(source, told, language, terms):
    """Agreed terms that were not used; the longest first, each place counted once."""
    for term in sorted(terms, key=lambda term: -len(term.english)):
        source, count = term.pattern.subn(" ", source)
        agreed = term.accepted(language)
        if count and term.checked and not any(word in told for word in agreed):
            yield _("the agreed term for {english!r} is {agreed}").format(
                english=term.english, agreed=agreed[0]
            )
