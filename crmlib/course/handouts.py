"""A lesson on paper: one HTML page, a PDF, or a Word document.

Python chooses what a handout shows of each cell; Pandoc, with the filter
``templates/handout.lua``, turns that into one of the three formats; Typst sets the PDF.
Nothing is fetched, from anywhere: pictures lie in the notebook, fonts in the package.
"""

import datetime
import json
import os
import re
import shutil
import subprocess
from importlib.resources import as_file, files
from numbers import Real
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from crmlib import frames
from crmlib.course import notebook, parameters, word
from crmlib.errors import DataError
from crmlib.text import escaped, heading, hint
from crmlib.text import gettext as _

FORMATS = ("html", "pdf", "docx")
EDITIONS = ("student", "instructor", "report")
TEMPLATES = files("crmlib.course").joinpath("templates")
FONTS = files("crmlib").joinpath("fonts")

# Cells that only a running notebook needs.
MACHINERY = {"attempt", "check", "answers", "progress", "injected-parameters"}
SETTING_UP = {"imports", "results"}
TYPST = str.maketrans({"\\": r"\\", '"': r"\""})  # within a string
READABLE = ("text/html", "image/png", "text/markdown", "text/plain")  # the best one first


def write(book, path, *, format, title, course, edition, language="en", version, date):
    """Write a lesson as a handout.

    A student's handout leaves out what only a running notebook needs, and leaves room to
    write after each numbered exercise, one line where it is tagged ``computer``; an
    instructor's shows everything but the cells to answer in; a report shows no code. The
    numbers among the parameters are a table in all of them.

    Parameters
    ----------
    book : dict
        An executed notebook, as :func:`crmlib.course.notebook.read` gives it. Cells are
        known by their tags. It is not changed.
    path : str or path
        The file to write, whole or not at all.
    format : {"html", "pdf", "docx"}
    title : str
        Of the lesson, such as ``3.2 Lifetime value``; it replaces the first heading of
        the notebook.
    course : str
        The course's title.
    edition : {"student", "instructor", "report"}
    language : str
        The language of the text, such as ``en`` or ``zh_CN``.
    version : str
        Of the course.
    date : datetime.date
        Printed, and the only date in the file: the same input gives the same text.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the format or the edition is unknown, the extra ``handouts`` is not installed,
        Pandoc or Typst refuse the text, or the file cannot be written.

    Examples
    --------
    >>> from datetime import date
    >>> task = {"cell_type": "markdown", "metadata": {"tags": ["exercise"]},
    ...         "source": "**1.1-a.** How many?"}
    >>> book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [task]}
    >>> with TemporaryDirectory() as folder:
    ...     page = write(book, Path(folder, "a.html"), format="html", title="1.1 Counting",
    ...                  course="Customers", edition="student", version="1", date=date(2026, 1, 2))
    ...     "<h1>1.1 Counting</h1>" in page.read_text(encoding="utf-8")
    True
    """
    for name, known in ((format, FORMATS), (edition, EDITIONS)):
        if name not in known:
            raise DataError(
                _("There is no handout {name!r}; {hint}").format(name=name, hint=hint(name, known))
            )
    words = _words(title, course, edition, version, date)
    meta = {**words, "kind": format, "edition": edition}
    shown = {**book, "metadata": {"handout": meta}, "cells": list(_cells(book, edition))}
    make = {"html": _html, "pdf": _pdf, "docx": _docx}[format]
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as folder, as_file(TEMPLATES) as templates:
            finished = Path(folder).resolve() / f"handout.{format}"
            pandoc = _Pandoc(templates, language.replace("_", "-"), date)
            make(json.dumps(shown), finished, pandoc, words)
            part = path.with_name(f".{path.name}.part")  # should we be killed now, the next one's
            shutil.copyfile(finished, part)
            os.replace(part, path)
    except OSError as error:
        raise DataError(
            _("{path} cannot be written: {reason}.").format(
                path=path, reason=error.strerror or error
            )
        ) from error
    return path


def _words(title, course, edition, version, date):
    """What a handout says by itself."""
    return {
        "title": title,
        "course": course,
        "label": {
            "student": _("Student edition"),
            "instructor": _("Instructor edition, with solutions"),
            "report": _("Report"),
        }[edition],
        "version": _("Version {version}").format(version=version),
        "date": _("{date:%Y-%m-%d}").format(date=date),
        "output": _("Output"),
        "name": _("Name"),
        "day": _("Date"),
        "hint": _("Hint"),
        "lead": _("Hint."),
        "hints": _("Hints"),
        "solution": _("Solution."),
        # Translators: before what a figure says that is moved by sliders on a screen.
        "screen": _("On screen this picture moves."),
        "page": _("Page {n} of {total}"),
    }


def _cells(book, edition):
    """The cells to print, each output as the one thing that is shown of it."""
    unprinted = MACHINERY | (SETTING_UP if edition == "student" else set())
    for cell, after in zip(book["cells"], [*book["cells"][1:], None], strict=True):
        tags = set(cell["metadata"].get("tags", []))
        if tags & unprinted:
            continue
        if notebook.PARAMETERS in tags:
            cell = _numbers_used(cell, after)
        if cell["cell_type"] == "markdown":  # left to the filter, which reads it as Jupyter does
            metadata = {**cell["metadata"], "raw_mimetype": "text/markdown"}
            yield {**cell, "cell_type": "raw", "metadata": metadata}
            continue
        outputs = [shown for output in cell["outputs"] if (shown := _shown(output))]
        source = "" if edition == "report" or "results" in tags else cell["source"]
        yield {**cell, "source": source, "outputs": outputs}


def _numbers_used(cell, after):
    """A table of the numbers in the parameters cell, and of those that a run was given."""
    one = {"cells": [cell]}
    said, given = parameters.comments(one), {}
    if after and "injected-parameters" in after["metadata"].get("tags", []):
        given = notebook.parameters({"cells": [{**cell, "source": after["source"]}]})
    rows = []
    for name, default in notebook.parameters(one).items():
        if not _numbers(default):
            continue
        told = _listed(value := given.get(name, default))
        if value != default:
            told = _("{value}, instead of {default}").format(value=told, default=_listed(default))
        rows.append(f"| `{name}` | {told} | {escaped(heading(said.get(name, '')))} |")
    heads = _("Number used here"), _("Value"), _("Meaning")
    head = f"| {' | '.join(heads)} |\n| --- | --- | --- |"
    source = "\n".join([head, *rows]) if rows else ""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _numbers(value):
    """The numbers of a parameter; none, if it is something else."""
    values = value if isinstance(value, list) else [value]
    kind = [isinstance(one, Real) and not isinstance(one, bool) for one in values]
    return values if all(kind) else []


def _listed(value):
    return _(", ").join(map(frames.number, _numbers(value))) or str(value)


def _shown(output):
    data, metadata = output.get("data", {}), {}
    if output["output_type"] == "stream":
        data = {"text/plain": output["text"]}
    elif output["output_type"] == "error":
        data = {"text/plain": f"{output['ename']}: {output['evalue']}"}
    kind = next((kind for kind in READABLE if data.get(kind, "").strip()), None)
    if kind is None:
        return None
    if kind == "image/png":
        metadata = output.get("metadata", {}).get(kind, {})
        said = data.get("text/plain", "")
        alt = metadata.get("alt", said)
        words = said.removeprefix(alt).strip()  # what stands beside a widget
        told = {"alt": alt, "words": words}
        metadata = {kind: {**metadata, **{name: text for name, text in told.items() if text}}}
    content = data[kind]
    if kind == "text/plain":
        content = re.sub(r"\n(Name: .*, )?dtype: \S+\s*$", "", content)  # below a Series
    return {"output_type": "display_data", "data": {kind: content}, "metadata": metadata}


class _Pandoc:
    """Pandoc, in a sandbox: it reads nothing but the files named, and nothing from afar."""

    def __init__(self, templates, lang, date):
        try:
            import pypandoc
            import typst  # noqa: F401  not for every format, but one extra brings both
        except ImportError as error:
            raise DataError(
                _("Handouts need {name}; install it with: pip install 'crmlib[handouts]'").format(
                    name=error.name
                )
            ) from error
        self.program, self.templates, self.lang = pypandoc.get_pandoc_path(), templates, lang
        self.date = date

    def run(self, arguments, text="", folder=None):
        """What Pandoc prints, as bytes."""
        done = subprocess.run(
            [self.program, "--sandbox", f"--data-dir={self.templates}", *map(str, arguments)],
            input=text.encode(),
            cwd=folder,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip()
            raise DataError(_("Pandoc cannot make the handout: {reason}").format(reason=reason))
        return done.stdout

    def convert(self, notebook, to, finished, *arguments):
        self.run(
            [
                "--from=ipynb",
                "--ipynb-output=all",
                f"--to={to}",
                f"--lua-filter={self.templates / 'handout.lua'}",
                f"--metadata=lang:{self.lang}",
                "--syntax-highlighting=none",
                "--standalone",
                "--wrap=none",
                f"--output={finished}",
                *arguments,
            ],
            notebook,
            finished.parent,
        )


def _html(notebook, finished, pandoc, words):
    template = pandoc.templates / "handout.html"
    counters = {"{n}": "counter(page)", "{total}": "counter(pages)"}

    def quoted(text):
        return '"' + re.sub(r"[^\w ]", lambda sign: f"\\{ord(sign[0]):x} ", text) + '"'

    pages = " ".join(counters.get(piece) or quoted(piece) for piece in _pieces(words["page"]))
    pandoc.convert(
        notebook,
        "html5",
        finished,
        f"--template={template}",
        "--embed-resources",
        "--mathml",
        f"--variable=running-course:{quoted(words['course'])}",
        f"--variable=running-title:{quoted(words['title'])}",
        f"--variable=running-pages:{pages}",
    )


def _pieces(page):
    """The words around the two numbers, in the order of the language."""
    return [piece for piece in re.split(r"(\{n\}|\{total\})", page) if piece]


def _pdf(notebook, finished, pandoc, words):
    import typst

    folder = finished.parent
    template = pandoc.templates / "handout.typ"
    source = folder / "handout.typ"
    language, _dash, region = pandoc.lang.partition("-")
    pandoc.convert(
        notebook,
        "typst",
        source,
        f"--template={template}",
        "--extract-media=.",
        f"--variable=language:{language}",
        f"--variable=region:{region}",
        *(
            f"--variable={name}-string:{words[name].translate(TYPST)}"
            for name in ("course", "page")
        ),
    )
    midnight = datetime.datetime.combine(pandoc.date, datetime.time(), datetime.UTC)
    with as_file(FONTS) as fonts:
        try:
            pdf, warnings = typst.compile_with_warnings(
                source,
                root=folder,
                font_paths=[fonts],
                ignore_system_fonts=True,
                timestamp=int(midnight.timestamp()),
            )
        except typst.TypstError as error:
            raise DataError(
                _("Typst cannot make the handout: {reason}").format(reason=error.message)
            ) from error
    for warning in warnings:
        raise DataError(_("Typst cannot make the handout: {reason}").format(reason=warning.message))
    finished.write_bytes(pdf)


def _docx(notebook, finished, pandoc, words):
    fields = {"{n}": word.field("PAGE"), "{total}": word.field("NUMPAGES")}
    pages = [fields.get(piece) or word.run(piece) for piece in _pieces(words["page"])]
    chinese = pandoc.lang.startswith("zh")  # beside which serifs and slanted letters look odd
    fills = {name: escape(text) for name, text in words.items()}
    fills |= {"pages": "".join(pages), "latin": "Calibri" if chinese else "Cambria"}
    fills |= {"slant": "" if chinese else "<w:i/>"}

    def part(name):
        text = (pandoc.templates / f"handout.{name}.xml").read_text(encoding="utf-8")
        return re.sub(r"\{\{(\w+)\}\}", lambda found: fills[found[1]], text)

    model = pandoc.run(["--print-default-data-file=reference.docx"])
    parts = {name: part(name) for name in ("styles", "section", "header", "footer")}
    reference = finished.with_name("reference.docx")
    reference.write_bytes(word.reference(model, **parts))
    pandoc.convert(notebook, "docx", finished, f"--reference-doc={reference}")
    finished.write_bytes(word.dated(finished.read_bytes(), pandoc.date))
