"""Word documents from inside: what Pandoc leaves to do of a handout in Word.

A .docx file is a zip archive of XML parts (ECMA-376).
"""

import io
import re
import zipfile
from xml.sax.saxutils import escape

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def run(text):
    """A run of plain text.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        XML.

    Examples
    --------
    >>> run("a < b")
    '<w:r><w:t xml:space="preserve">a &lt; b</w:t></w:r>'
    """
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def field(name):
    """A number that Word fills in.

    Parameters
    ----------
    name : {"PAGE", "NUMPAGES"}

    Returns
    -------
    str
        XML.

    Examples
    --------
    >>> field("PAGE")[:33]
    '<w:fldSimple w:instr=" PAGE "><w:'
    """
    return f'<w:fldSimple w:instr=" {name} ">{run("1")}</w:fldSimple>'


def reference(model, *, styles, section, header, footer):
    """The document whose looks Pandoc takes over.

    Parameters
    ----------
    model : bytes
        Pandoc's own reference document.
    styles, header, footer : str
        These parts of ours, as XML; the first takes the place of the model's.
    section : str
        The size of the page and its margins. It names header and footer by the
        relations ``rIdHeader`` and ``rIdFooter``.

    Returns
    -------
    bytes

    Examples
    --------
    >>> file = io.BytesIO()
    >>> with zipfile.ZipFile(file, "w") as archive:
    ...     archive.writestr("word/document.xml", "<w:body><w:sectPr>old</w:sectPr></w:body>")
    >>> ours = reference(
    ...     file.getvalue(), styles="", section="<w:sectPr/>", header="<w:hdr/>", footer="<w:ftr/>"
    ... )
    >>> zipfile.ZipFile(io.BytesIO(ours)).read("word/document.xml")
    b'<w:body><w:sectPr/></w:body>'
    """
    added = {"header": header, "footer": footer}
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{MAIN}.{name}+xml"/>' for name in added
    )
    relations = "".join(
        f'<Relationship Id="rId{name.title()}" Type="{OFFICE}/{name}" Target="{name}.xml"/>'
        for name in added
    )

    def ours(name, text):
        if name == "[Content_Types].xml":
            return text.replace("</Types>", f"{types}</Types>")
        if name == "word/_rels/document.xml.rels":
            return text.replace("</Relationships>", f"{relations}</Relationships>")
        if name == "word/document.xml":
            return re.sub(r"<w:sectPr.*</w:sectPr>", lambda _old: section, text, flags=re.DOTALL)
        return styles if name == "word/styles.xml" else text

    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(model)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, ours(name, old.read(name).decode()))
        for name, text in added.items():
            new.writestr(f"word/{name}.xml", text)
    return file.getvalue()


def dated(document, date):
    """A document of one day; Pandoc in its sandbox knows no day but the first of 1970.

    Parameters
    ----------
    document : bytes
    date : datetime.date

    Returns
    -------
    bytes
        The same parts, each of that day.

    Examples
    --------
    >>> import datetime
    >>> file = io.BytesIO()
    >>> with zipfile.ZipFile(file, "w") as archive:
    ...     archive.writestr("docProps/core.xml", "1970-01-01T00:00:00Z")
    >>> ours = zipfile.ZipFile(io.BytesIO(dated(file.getvalue(), datetime.date(2026, 1, 2))))
    >>> ours.read("docProps/core.xml"), ours.infolist()[0].date_time
    (b'2026-01-02T00:00:00Z', (2026, 1, 2, 0, 0, 0))
    """
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = content.replace(b"1970-01-01", date.isoformat().encode())
            part = zipfile.ZipInfo(name, (date.year, date.month, date.day, 0, 0, 0))
            new.writestr(part, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
