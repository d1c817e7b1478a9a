"""A Markdown cell as the paragraphs that a translator works on.

A paragraph, not a whole cell: a changed sentence puts one paragraph out of date and not a
page, and a translator's editor shows it beside its English without scrolling. A translation
may still make two paragraphs of one. What holds no words (a formula, a block of code, the
end of a fold) is not offered, nor is a list of references: works are cited in their own
language.
"""

import re
from dataclasses import dataclass

# Between two paragraphs: blank lines, or a fenced block whole.
BETWEEN = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[ \t]*$|\n(?:[ \t]*\n)+)", re.M | re.S)
CODE = re.compile(r"(`+)(.+?)\1", re.S)
MATHEMATICS = re.compile(r"\$\$.+?\$\$|(?<![\\\w])\$(?!\s)[^$]+?(?<!\s)\$(?![\w])", re.S)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&#?\w+;")
TARGET = re.compile(r"(?<=\])\([^()\s]*\)")  # of a link or a picture
REFERENCES = "sources"  # tag


@dataclass(frozen=True)
class Paragraph:
    """A piece of a cell; all pieces joined are the cell.

    Attributes
    ----------
    text : str
    translatable : bool
    """

    text: str
    translatable: bool


def paragraphs(cell):
    """The pieces of a cell, in order.

    Parameters
    ----------
    cell : dict

    Returns
    -------
    list of Paragraph
        Empty for a cell of code.

    Examples
    --------
    >>> cell = {"cell_type": "markdown", "metadata": {}, "source": "Guess first.\\n\\n$$V = m$$"}
    >>> [piece.text for piece in paragraphs(cell) if piece.translatable]
    ['Guess first.']
    """
    if cell["cell_type"] != "markdown":
        return []
    cited = REFERENCES in cell["metadata"].get("tags", [])
    pieces = []
    for place, piece in enumerate(BETWEEN.split(cell["source"])):
        words = place % 2 == 0 and re.search("[A-Za-z]{2}", bare(piece))
        pieces.append(Paragraph(piece, bool(words) and not (cited and piece.startswith("* "))))
    return pieces


def bare(told, instead=" "):
    """The words of a text, without code, mathematics, tags and addresses.

    Parameters
    ----------
    told : str
    instead : str
        What stands in the place of each.

    Examples
    --------
    >>> bare("Call `fit`, then [read](a.md).", "x")
    'Call x, then [read]x.'
    """
    for what in (CODE, MATHEMATICS, TARGET, TAG):
        told = what.sub(instead, told)
    return told
