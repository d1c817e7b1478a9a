import io
import itertools
import logging
import warnings

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from crmlib import style


@pytest.fixture(autouse=True)
def styled():
    with matplotlib.rc_context():
        style.use()
        yield
    plt.close("all")


def boxes(draw):
    """The complaints about missing glyphs while ``draw()`` runs: warnings and log records."""
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())
    logger = logging.getLogger("matplotlib.mathtext")
    logger.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            draw()
    finally:
        logger.removeHandler(handler)
    return [str(w.message) for w in caught] + records


def chinese_figure():
    fig, ax = plt.subplots()
    ax.plot([1, 2, 3], [-1, 0, 1], label=r"客户价值 $\alpha = 4.41$")
    ax.bar(["活跃", "流失", "新客户"], [1, 2, 3], label="重复购买（次）")
    ax.set_xlabel("时间（周）")
    ax.set_ylabel(r"期望购买次数 $E[X(t)]$，¥ − ≤ ≈")
    style.title(ax, r"买得越勤、最近一次越近的客户，今后 39 周的期望购买次数 $\lambda$ 越高")
    ax.legend()
    fig.savefig("/dev/null", format="png")
    fig.savefig("/dev/null", format="pdf")


def test_chinese_is_never_a_box():
    assert boxes(chinese_figure) == []


@pytest.mark.parametrize(
    "families",
    [["DejaVu Sans"], ["DejaVu Sans", "Noto Sans SC"]],
    ids=["without the font", "the font second"],
)
def test_the_check_for_boxes_can_fail(families):
    matplotlib.rcParams["font.family"] = families
    assert boxes(chinese_figure)


def test_the_font_that_ships_is_the_one_that_draws():
    assert font_manager.findfont("Noto Sans SC") == str(style.FONT)
    assert font_manager.get_font(style.FONT).family_name == "Noto Sans SC"


def test_the_font_holds_gb2312_and_the_signs_of_figures():
    held = font_manager.get_font(style.FONT).get_charmap()
    pairs = itertools.product(range(0xA1, 0xF8), range(0xA1, 0xFF))
    gb2312 = "".join(bytes(pair).decode("gb2312", "ignore") for pair in pairs)
    assert len(gb2312) == 7445
    signs = "−±×≤≥≈→√∞αβγδλμπ¥€£%éüāǎ–—…‘’“”"
    assert [char for char in gb2312 + signs if ord(char) not in held] == []


def test_the_licence_stands_beside_the_font():
    licence = (style.FONT.parent / "OFL.txt").read_text(encoding="utf-8")
    assert licence.startswith("(c) 2014-2021 Adobe")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_use_twice_registers_the_font_once():
    style.use()
    entries = [e for e in font_manager.fontManager.ttflist if e.fname == str(style.FONT)]
    assert len(entries) == 1


# Machado, Oliveira and Fernandes (2009), full loss, on linear RGB.
SIGHT = {
    "full": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def lab(colour, sight):
    """CIE L*a*b* of a colour as an eye of this kind receives it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(SIGHT[sight]) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.asarray(to_xyz) @ seen / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
def test_colours_stay_apart_to_every_eye(sight):
    seen = [lab(colour, sight) for colour in style.COLOURS]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 20


def test_colours_stay_apart_in_grey():
    lightness = [lab(colour, "full")[0] for colour in style.COLOURS]
    assert min(abs(a - b) for a, b in itertools.combinations(lightness, 2)) > 10


def test_the_heat_map_darkens_all_the_way():
    steps = matplotlib.colormaps[style.RC["image.cmap"]](np.linspace(0, 1, 32))
    assert (np.diff([lab(colour, "full")[0] for colour in steps]) < 0).all()


@pytest.mark.parametrize(
    "text",
    [
        "Who bought often and of late promises most: 21.3 purchases in the next 39 weeks",
        "买得越勤、最近一次购买越近的客户，今后三十九周之内的期望购买次数就越高，流失的可能性也越小",
        "Short",
    ],
)
@pytest.mark.parametrize("width", [6.4, 4.0])
def test_a_title_fits_its_axes_on_two_lines(text, width):
    fig, ax = plt.subplots(figsize=(width, 3))
    style.title(ax, text)
    written = ax.get_title(loc="left")
    assert written.count("\n") <= 1
    assert written.replace("\n", " " if " " in text else "") == text
    fig.draw_without_rendering()
    [artist] = [text for text in ax.findobj(Text) if text.get_text() == written]
    assert artist.get_window_extent().x1 <= fig.bbox.x1


@pytest.mark.parametrize("letters", range(12, 60))
def test_a_line_breaks_neither_a_formula_nor_a_percentage(letters):
    text = (
        r"With $\alpha = 4.41$ the share alive is 37.8 %, of the rest 62.2 %，其余（见下）为 2 %。"
    )
    lines = style._broken(text, lambda line: len(line) <= letters)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert line.count("$") in (0, 2)
        assert line[0] not in "%，。）" and line[-1] != "（"
        assert len(line) <= max(letters, 16)


def test_a_chinese_line_breaks_between_clauses_rather_than_in_a_word():
    text = "增量效应最高的名单居首：平均每位 2.09 元；最可能留下的名单与之接近"
    lines = style._broken(text, lambda line: len(line) <= 26)
    assert lines == ["增量效应最高的名单居首：平均每位 2.09 元；", "最可能留下的名单与之接近"]
    early = "好，" + 30 * "字"  # a clause that ends too early leaves the line half empty
    assert len(style._broken(early, lambda line: len(line) <= 20)[0]) == 20


def test_alt_text_joins_figure_and_axes_and_skips_the_colour_bar():
    fig, (left, right) = plt.subplots(1, 2)
    fig.colorbar(left.imshow(np.eye(2)), ax=left)
    style.describe(left, "Left falls.")
    style.describe(right, "Right rises.")
    assert style.alt_text(fig) == "Left falls. Right rises."


def test_png_says_how_large_it_is_and_what_it_shows():
    fig = Figure(figsize=(4, 3), dpi=100)
    ax = fig.subplots()
    assert "alt" not in style.png(fig)[1]
    style.describe(ax, "Nothing yet.")
    data, metadata = style.png(fig)
    pixels = plt.imread(io.BytesIO(data)).shape
    assert metadata["alt"] == "Nothing yet."
    assert (metadata["height"], metadata["width"]) == (pixels[0] // 2, pixels[1] // 2)
    assert data == style.png(fig)[0]


CELLS = [
    "import matplotlib.pyplot as plt\nfrom crmlib import style\nstyle.use()",
    "fig, ax = plt.subplots()\nax.plot([1, 2])\nstyle.describe(ax, 'It rises from 1 to 2.');",
    "assert plt.get_fignums() == []\nplt.plot([1, 2]);",
    "import numpy as np\nnp.float64(1600) / 3",
]


@pytest.mark.parametrize("first", [[], ["%matplotlib inline"]], ids=["plain", "magic"])
def test_a_notebook_gets_pictures_with_alt_text_and_numbers_for_people(first, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in first + CELLS]
    )
    where = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, kernel_name="python3", resources=where).execute()
    described, plain, number = [cell.outputs for cell in notebook.cells[-3:]]
    assert len(described) == len(plain) == 1
    metadata = described[0].metadata["image/png"]
    assert metadata["alt"] == "It rises from 1 to 2."
    assert 600 <= metadata["width"] <= 680
    assert described[0].data["text/plain"] == "It rises from 1 to 2."
    assert "alt" not in plain[0].metadata["image/png"]
    assert plain[0].data["text/plain"].startswith("<Figure")
    assert number[0].data["text/plain"] == "533.333"
