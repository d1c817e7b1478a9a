"""Catalogues of translations, as files and as what a change of the English does to them.

A catalogue is a ``.po`` file. An entry whose English changed keeps the translator's old words
and the English they were made for, and is marked fuzzy: nobody is shown them as if they were
up to date.
"""

import difflib
import io
import re
from pathlib import Path

from babel.messages import Catalog, Message, pofile

ALIKE = 0.5  # from here on a sentence counts as another one changed
WIDTH = 96
BEFORE = re.compile(r"(?:^#\| .*\n)+", re.MULTILINE)  # what the English of an entry was
NAMED = re.compile(r"%\(\w+\)")  # a placeholder of a template
UNSTEADY = re.compile(  # or says nothing
    r'^"(?:Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|'
    r"Generated-By):.*\n",
    re.MULTILINE,
)


def read(path):
    """A catalogue as its file holds it; an empty one if there is none.

    Parameters
    ----------
    path : path
        ``<language>/LC_MESSAGES/<name>.po``.

    Returns
    -------
    babel.messages.Catalog

    Examples
    --------
    >>> len(read("zh_CN/LC_MESSAGES/not_there.po"))
    0
    """
    path = Path(path)
    language = path.parents[1].name
    if not path.is_file():
        return Catalog(locale=language)
    told = path.read_text(encoding="utf-8")
    catalogue = pofile.read_po(io.StringIO(told), locale=language)
    before = dict(_previous(told))
    for entry in catalogue:  # Babel writes what the English was before, and does not read it
        entry.previous_id = before.get(entry.lineno, [])
        entry.user_comments = [told for told in entry.user_comments if not told.startswith("|")]
    return catalogue


def merge(old, template):
    """The entries of a template with the translations that an older catalogue has.

    An entry that is not in the template any more lends its translation to the one that took
    its place in the same cell or module, if the two are much alike; that one is fuzzy then.

    Parameters
    ----------
    old, template : babel.messages.Catalog

    Returns
    -------
    babel.messages.Catalog

    Examples
    --------
    >>> old, template = Catalog(locale="zh_CN"), Catalog()
    >>> _ = old.add("She pays twice.", "她付两次。", [("s1", None)])
    >>> _ = template.add("She pays three times.", locations=[("s1", None)])
    >>> [entry] = [entry for entry in merge(old, template) if entry.id]
    >>> entry.fuzzy, entry.previous_id
    (True, ['She pays twice.'])
    """
    new = Catalog(
        old.locale_identifier, header_comment=template.header_comment, project="crmlib", version=""
    )
    new.fuzzy = False
    new.obsolete.update(old.obsolete)
    keys = {_key(entry) for entry in template}
    gone = [entry for entry in old if entry.id and entry.string and _key(entry) not in keys]
    for entry in template:
        if not entry.id:
            continue
        before = old.get(entry.id, entry.context) or new.obsolete.pop(_key(entry), None)
        changed = before is None and _nearest(entry, gone)
        if changed:
            gone.remove(changed)
            before = changed
        told = entry.locations, (), entry.auto_comments
        merged = Message(entry.id, "", *told, context=entry.context)
        if before is not None:
            merged.string, merged.user_comments = before.string, before.user_comments
            merged.flags |= before.flags & {"fuzzy"}
            merged.previous_id = before.previous_id
        if changed:
            merged.flags.add("fuzzy")
            merged.previous_id = before.previous_id or _sources(before)
        if merged.pluralizable != isinstance(merged.string, list | tuple):
            merged.string = [merged.string] if merged.pluralizable else merged.string[0]
        new[merged.id] = merged
    new.obsolete.update((_key(entry), entry) for entry in gone if not entry.fuzzy)
    return new


def is_current(entry):
    """Whether an entry has a translation that was made for its English.

    Examples
    --------
    >>> is_current(Message("week", "周")), is_current(Message("week"))
    (True, False)
    """
    string = entry.string if isinstance(entry.string, str) else "".join(entry.string)
    return bool(string) and not entry.fuzzy


def written(catalogue):
    """A catalogue as the text of its file, which says nothing of when and by what it was made.

    Parameters
    ----------
    catalogue : babel.messages.Catalog

    Returns
    -------
    str

    Examples
    --------
    >>> print(written(Catalog(locale="zh_CN", header_comment="# Of the course.")).splitlines()[0])
    # Of the course.
    """
    for entry in catalogue:
        if not NAMED.search("".join(_sources(entry))):  # Babel takes "25 % of" for a placeholder
            entry.flags.discard("python-format")
    stream = io.BytesIO()
    pofile.write_po(stream, catalogue, width=WIDTH, include_previous=True, include_lineno=False)
    told = UNSTEADY.sub("", stream.getvalue().decode())
    # Babel breaks the lines of what the English was wherever they are long, within quotes too.
    before = iter([entry.previous_id for entry in catalogue if entry.previous_id])
    return BEFORE.sub(lambda _found: _noted(next(before)), told)


def _key(entry):
    singular = entry.id if isinstance(entry.id, str) else entry.id[0]
    return (singular, entry.context) if entry.context else singular


def _sources(entry):
    return [entry.id] if isinstance(entry.id, str) else list(entry.id)


def _noted(sources):
    named = zip(("msgid", "msgid_plural"), sources)
    return "".join(f"#| {kind} {pofile.normalize(told, '#| ', WIDTH)}\n" for kind, told in named)


def _nearest(entry, gone):
    """The entry that stood where this one stands, if one is enough like it."""
    places = set(entry.locations)

    def alike(other):
        told = _sources(entry)[0], _sources(other)[0]
        return difflib.SequenceMatcher(None, *told, autojunk=False).ratio()

    there = [one for one in gone if one.context == entry.context and places & set(one.locations)]
    best = max(there, key=alike, default=None)
    return best if best is not None and alike(best) >= ALIKE else None


def _previous(told):
    """Line number of an entry -> the English that its translation was made for."""
    before, into = [], False
    for number, line in enumerate(told.splitlines(), start=1):
        if line.startswith("#| "):
            line = line.removeprefix("#| ")
            if line.startswith("msgid"):
                before.append("")
            before[-1] += pofile.denormalize(line[line.index('"') :])
            into = True
        elif into and line.startswith("msg"):
            yield number, before
            before, into = [], False
