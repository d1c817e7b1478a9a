"""How the figures look, and what they say to someone who cannot see them.

One call of :func:`use` sets the fonts (Chinese never shows as boxes), the
colours (told apart by colour-blind readers and on a grey printer, because no
two are equally light) and the way a notebook receives a figure, at twice the
screen's resolution and with its alt text, and a number, with six digits.

A plot function draws, gives the finding to :func:`title` and the words for a
reader who cannot see the picture to :func:`describe`.
"""

import io
import re
import sys
from base64 import b64encode
from pathlib import Path

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.figure import Figure
from PIL import Image

from crmlib import frames, text

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-Regular-subset.ttf"

# Dark to light in grey: 1, 4, 3, 2, 5. Neighbours in the cycle are far apart.
COLOURS = ("#1b3a5f", "#d9952f", "#3c82a0", "#8f3f55", "#b9cba8")
QUIET = "0.45"  # helping lines and notes

RC = {
    # Noto first: text with $mathematics$ in it takes only the first font that exists.
    "font.family": ["Noto Sans SC", "DejaVu Sans"],
    "font.size": 10,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.prop_cycle": cycler(color=COLOURS)
    + cycler(linestyle=["-", "--", "-.", ":", (0, (6, 2))]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "0.4",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "0.9",
    "lines.linewidth": 2,
    "legend.frameon": False,
    "image.cmap": "YlGnBu",
    "figure.figsize": (6.4, 4.0),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
    "svg.hashsalt": "crmlib",
}


def use():
    """Set the style for the session; call it before the first figure.

    Registers the font, sets Matplotlib's parameters and, inside IPython, makes
    every figure shown carry its alt text: in the picture's metadata (``alt``)
    and as the plain text that stands for it. A number that a cell shows has six
    digits: 533.333, not np.float64(533.3333333333333); a data frame is shown as
    :mod:`crmlib.frames` sets it. ``seaborn.set_theme`` and ``plt.style.use`` undo the
    fonts; call this after them.

    Examples
    --------
    >>> use()
    >>> matplotlib.rcParams["font.family"][0]
    'Noto Sans SC'
    """
    if not any(entry.fname == str(FONT) for entry in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(FONT)
    matplotlib.rcParams.update(RC)

    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    # Loading the notebook's backend sets IPython's figure formats, once; ours come after.
    import matplotlib_inline.backend_inline  # noqa: F401

    formatters = shell.display_formatter.formatters
    formatters["image/png"].for_type(Figure, _png_for_notebook)
    formatters["text/plain"].for_type(Figure, _text_for_notebook)
    for kind in (float, np.float64):
        formatters["text/plain"].for_type(kind, _number_for_notebook)
    for kind in ("DataFrame", "Series"):
        formatters["text/html"].for_type_by_name("pandas", kind, frames.html)


def axes(ax=None):
    """The axes given, or those of a new figure.

    Examples
    --------
    >>> axes().figure.axes
    [<Axes: >]
    """
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt  # half of what this module costs to import

    return plt.subplots()[1]


def title(ax, text):
    """Write a figure's finding over it, on at most two lines if that can be read.

    The text is broken at spaces or between Chinese characters to fit its place;
    where two lines do not hold it, the letters become smaller, down to 9 points.
    Call it last: it measures the place when all the rest is laid out.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    text : str
        A sentence without a full stop. A line break in it stays.

    Examples
    --------
    >>> ax = Figure(figsize=(4, 3)).subplots()
    >>> title(ax, "Who bought often and of late promises most: " + "21.3 purchases in 39 weeks")
    >>> "\\n" in ax.get_title(loc="left")
    True
    """
    artist = ax.set_title("", loc="left")
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    last_column = ax.get_subplotspec() is None or ax.get_subplotspec().is_last_col()
    room = figure.bbox.x1 - ax.bbox.x0 if last_column else ax.bbox.width

    def fits(line):
        artist.set_text(line)
        return artist.get_window_extent().width <= 0.98 * room

    parts = text.split("\n")
    few, more = len(parts), max(len(parts), 2)
    for size, most in ((12, few), (11, few), (12, more), (11, more), (10, more), (9, more)):
        artist.set_fontsize(size)
        lines = [line for part in parts for line in _broken(part, fits)]
        if len(lines) <= most:
            break
    artist.set_text("\n".join(lines))


def describe(artist, alt):
    """Give an axes or a figure its alt text.

    Parameters
    ----------
    artist : matplotlib.axes.Axes or matplotlib.figure.Figure
    alt : str
        What a reader who sees the picture learns from it, with numbers.

    Examples
    --------
    >>> fig = Figure()
    >>> describe(fig.subplots(), "Lift rises from 0.1 to 0.5.")
    >>> alt_text(fig)
    'Lift rises from 0.1 to 0.5.'
    """
    artist.set_label(alt)


def alt_text(figure):
    """The alt text of a figure: its own, then that of each of its axes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Returns
    -------
    str
        Empty if nothing was described.

    Examples
    --------
    >>> alt_text(Figure())
    ''
    """
    labels = [str(artist.get_label()) for artist in (figure, *figure.axes)]
    return text.joined(*(label for label in labels if not label.startswith("<")))


def png(figure):
    """A figure as a PNG at twice its resolution, and what a notebook must know of it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Returns
    -------
    data : bytes
    metadata : dict
        ``width`` and ``height`` to show it at, in pixels, and ``alt`` if it was described.

    Examples
    --------
    >>> fig = Figure(figsize=(3, 2), dpi=100)
    >>> _ = fig.subplots()
    >>> data, metadata = png(fig)
    >>> data[1:4]
    b'PNG'
    """
    drawn, reduced = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=2 * figure.dpi, bbox_inches="tight")
    image = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    image.save(reduced, "PNG")  # a third of the size, and nobody sees the difference
    metadata = {"width": image.width // 2, "height": image.height // 2}
    alt = alt_text(figure)
    return reduced.getvalue(), metadata | ({"alt": alt} if alt else {})


def _png_for_notebook(figure):
    data, metadata = png(figure)
    return b64encode(data).decode("ascii"), metadata


def _number_for_notebook(number, printer, cycle):
    printer.text(frames.number(number))


def _text_for_notebook(figure, printer, cycle):
    printer.text(alt_text(figure) or repr(figure))


# What may not be torn apart: a formula, a Chinese character or a word, with the marks that
# open before and close after it; a per cent sign stays with its number.
_PIECE = re.compile(
    r"[（《「“]*(?:\$[^$]+\$|[⺀-鿿]|[^\s⺀-鿿$]+(?: %)?)[，。、；：！？）》」”,.;:]*|\s|[$（《「“]"
)


_HAN = re.compile(r"[⺀-鿿]{2}")  # no space says where a word ends
_CLAUSE = re.compile(r".*[，。、；：！？]")


def _broken(text, fits):
    """Break a text into lines for which ``fits(line)`` holds; between clauses if it costs none."""
    plain, by_clause = (_cut(text, fits, clauses) for clauses in (False, True))
    return by_clause if len(by_clause) == len(plain) else plain


def _cut(text, fits, clauses):
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and not fits((line + piece).rstrip()):
            kept, rest = line, ""
            clause = clauses and _HAN.match(line[-1] + piece) and _CLAUSE.match(line)
            if clause and clause.end() > len(line) / 2:
                kept, rest = clause[0], line[clause.end() :]
            lines.append(kept.rstrip())
            line = rest
        line = (line + piece).lstrip()
    return [*lines, line.rstrip()]
