import base64
import copy
import datetime
import io
import itertools
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.figure import Figure

from crmlib import DataError
from crmlib.course import handouts, lessons, notebook

pytest.importorskip("pypandoc")
pytest.importorskip("typst")
pypdf = pytest.importorskip("pypdf")

DAY = datetime.date(2026, 11, 21)
GLYPHS = "☐ ✓ γ α − ×"
ODD = [
    "<script>alert(1)</script>",
    '#import "x"',
    r"$\input$",
    '#eval("1")',
    "@ref <lab> // c /* d */ {=typst}",
    f"王小明 {GLYPHS}",
]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def markdown(source, *tags):
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": source}


def code(source, *outputs, tags=()):
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": source,
        "execution_count": 1,
        "outputs": list(outputs),
    }


def output(data, metadata=None):
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def table(frame):
    return output({"text/html": frame.to_html(), "text/plain": str(frame)})


def picture(alt, words=""):
    file = io.BytesIO()
    Figure(figsize=(2, 1)).savefig(file, format="png", dpi=50)
    png = base64.b64encode(file.getvalue()).decode()
    size = {"image/png": {"alt": alt, "width": 571, "height": 391}}
    return output({"image/png": png, "text/plain": f"{alt} {words}".strip()}, size)


def book(*cells):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


LESSON = book(
    markdown("# 1.1 Counting\n\n**How many?**", "title"),
    code('dataset = "cdnow"', tags=["parameters"]),
    code("import pandas", tags=["imports"]),
    markdown('## 1. A sum\n\n她说“好”。 It is "so": $\\frac{m}{r}$, then\n\n$$V = \\alpha$$'),
    code("first = 1", table(pd.DataFrame({"name": ["Li", "Wu"], "paid": ["1,200", "−3.5"]}))),
    code("draw()", picture("A line that rises.")),
    code("slide()", picture("A bar.", "It says 7."), tags=["widget"]),
    markdown("## Claim check\n\n> *So it is.*", "claim"),
    code("ask()", output({"text/plain": "0.5"})),
    markdown("**Verdict:** ☐ holds ☐ holds if … ☐ does not hold", "claim"),
    markdown("## Exercises", "exercise"),
    markdown("**1.1-a.** What is it worth?", "exercise"),
    markdown("<details><summary>Hint</summary>\n\nAdd `two`.\n\n</details>", "hint"),
    code("answer_a = ...", tags=["attempt"]),
    code('check("1.1-a", answer_a)', output({"text/markdown": "No answer"}), tags=["check"]),
    code("### BEGIN SOLUTION\nanswer_a = 4\n### END SOLUTION", tags=["solution"]),
    markdown("**Answer:** 4\n\n| Given | Said |\n|---|---|\n| 5 | Too many. |", "answer"),
    markdown("## What you can now do\n\n1. Count.", "takeaway"),
)


@pytest.fixture
def make(tmp_path):
    def write(form, content=LESSON, edition="student", **options):
        if edition == "student":
            taught = {"solution", "answer"}
            cells = [c for c in content["cells"] if not taught & set(c["metadata"].get("tags", []))]
            content = {**content, "cells": cells}
        path = tmp_path / edition / f"handout.{form}"
        options = {"title": "1.1 Counting", "version": "0.1", "date": DAY, **options}
        return handouts.write(
            content, path, format=form, course="Customers", edition=edition, **options
        )

    return write


class Page(HTMLParser):
    """What an HTML page holds: its elements, its words, its headings."""

    def __init__(self, path):
        super().__init__()
        self.elements, self.words, self.headings = [], [], []
        self.style, self.inside = "", None
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        self.elements.append((tag, dict(attributes)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "style":
            self.style += data
        elif self.inside != "annotation":  # the TeX behind a formula, which nobody sees
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def document(path, part="word/document.xml"):
    with zipfile.ZipFile(path) as file:
        return ElementTree.fromstring(file.read(part))


def tagged(path, kind):
    """The elements of one kind in the structure of a PDF, as a reader for the blind sees it."""
    found, todo = [], [pypdf.PdfReader(path).trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        element = todo.pop().get_object()
        if isinstance(element, list):
            todo += element
        elif isinstance(element, dict):
            if element.get("/S") == kind:
                found.append(element)
            if "/K" in element:
                todo.append(element["/K"])
    return found


def said(path):
    """The words of a handout on one line, without what only helps to break one."""
    if path.suffix == ".html":
        text = "".join(Page(path).words)
    elif path.suffix == ".pdf":
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    else:
        paragraphs = document(path).iter(f"{W}p")
        text = "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in paragraphs)
    return " ".join(text.replace("\u200b", "").split())


forms = pytest.mark.parametrize("form", handouts.FORMATS)


@forms
def test_a_student_reads_the_lesson_and_not_the_machinery(make, form):
    text = said(make(form))
    for words in (
        "1.1 Counting",
        "How many?",
        "她说“好”",
        "“so”",
        "first = 1",
        "It says 7.",
        "Add two.",
    ):
        assert words in text, words
    for words in ("dataset", "import pandas", "answer_a", "check(", "No answer", "Answer:"):
        assert words not in text, words
    assert "Student edition" in text and "Version 0.1" in text and "2026-11-21" in text
    assert "Name" in text and "Date" in text


@forms
def test_an_instructor_reads_the_solutions_too(make, form):
    text = said(make(form, edition="instructor"))
    for words in ("Solution.", "answer_a = 4", "Answer: 4", "Too many.", "Add two."):
        assert words in text, words
    assert "BEGIN SOLUTION" not in text and "check(" not in text and "Name" not in text


@forms
def test_a_report_shows_no_code(make, form):
    text = said(make(form, edition="report"))
    assert not re.search(r"first|draw\(|answer_a|import", text)
    assert "1,200" in text and "It says 7." in text


@forms
@pytest.mark.parametrize("computer", [False, True])
def test_a_student_has_room_to_write_after_each_exercise(make, form, computer):
    content = copy.deepcopy(LESSON)
    if computer:  # then there is less to write
        for cell in notebook.tagged(content, "exercise"):
            cell["metadata"]["tags"].append("computer")

    def lines(path):
        if form == "html":
            return Page(path).source.count("<div></div>")
        if form == "docx":
            styles = [style.get(f"{W}val") for style in document(path).iter(f"{W}pStyle")]
            return styles.count("WritingLine")
        drawn = b"".join(page.get_contents().get_data() for page in pypdf.PdfReader(path).pages)
        across = rb"368\.5\d* ([\d.]+) m 368\.5\d* [\d.]+ l 0 "  # 130 mm, as the text
        return len(re.findall(across, drawn))

    assert lines(make(form, content)) == (1 if computer else 5)
    assert lines(make(form, content, edition="instructor")) == 0


@forms
def test_odd_text_from_data_is_only_odd_text(make, form):
    frame = pd.DataFrame({"customer": ODD, "n": range(len(ODD))})
    sentences = [output({"text/markdown": odd, "text/plain": repr(odd)}) for odd in ODD]
    prints = [{"output_type": "stream", "name": "stdout", "text": odd} for odd in ODD]
    text = said(path := make(form, book(code("x", table(frame), *sentences, *prints))))
    for odd in ODD:
        shown = " ".join(odd.split())
        assert text.count(shown) == 3, odd
    if form == "html":
        assert not Page(path).all("script") and not Page(path).all("math")


@forms
def test_odd_titles_are_only_odd_titles(make, form):
    title = r'1.1 <b>&amp; #title $x$ *b* "q" \ {n}'
    path = make(form, title=title)
    assert title in said(path)
    if form == "docx":
        assert title in "".join(document(path, "word/header.xml").itertext())


@forms
def test_nothing_in_a_handout_asks_for_anything_outside_it(make, form):
    evil = (
        '<p onclick="x()">fine <img src="http://evil.example/a.png" alt="gone"> '
        '<a href="http://evil.example">link</a><iframe src="http://evil.example"></iframe>'
        "<script>alert(2)</script></p>"
        "<style>p { background: url(http://evil.example) }</style><script>evil()</script>"
    )
    marked = "fine ![gone](http://evil.example/p.png) [link](http://evil.example/x)"
    path = make(
        form, book(code("x", output({"text/html": evil}), output({"text/markdown": marked})))
    )
    assert said(path).count("fine gone link") == 2
    if form == "html":
        source = Page(path).source
        assert "evil" not in source and "onclick" not in source and "<script" not in source
        assert not re.search(r"(src|href)=\"(?!data:|#)|@import|url\(", source)
        policy = Page(path).all("meta")[-1]
        assert policy["http-equiv"] == "Content-Security-Policy"
        assert policy["content"].startswith("default-src 'none'; img-src data:;")
    elif form == "pdf":
        assert b"/URI" not in path.read_bytes()
    else:
        with zipfile.ZipFile(path) as file:
            assert not any(b"evil" in file.read(name) for name in file.namelist())


@forms
def test_tables_are_tables_with_numbers_to_the_right(make, form):
    frame = pd.DataFrame({"name": ["Li", "Wu"], "paid": ["1,200", "−3.5"]})
    path = make(form, book(code("x", table(frame.rename_axis("row")))))
    if form == "html":
        cells = [(a.get("style"), tag) for tag, a in Page(path).elements if tag in ("th", "td")]
        assert len(cells) == 9  # the name of the index is in the one row of headings
        right = "text-align: right;"
        assert [style == right for style, _tag in cells] == [True, False, True] * 3
        assert [tag for _style, tag in cells] == ["th"] * 4 + ["td"] * 2 + ["th"] + ["td"] * 2
    elif form == "docx":
        [found] = document(path).iter(f"{W}tbl")
        sides = [cell.find(f".//{W}jc") for cell in found.iter(f"{W}tc")]
        assert [side is not None and side.get(f"{W}val") == "right" for side in sides] == [
            True,
            False,
            True,
        ] * 3
    else:
        [_found] = tagged(path, "/Table")
        assert len(tagged(path, "/TH")) == 3 and len(tagged(path, "/TD")) == 6


def test_a_report_on_a_log_keeps_both_its_tables(make):
    from crmlib import datasets

    _log, report = datasets.transactions("cdnow")
    path = make("html", book(code("report", output({"text/html": report._repr_html_()}))))
    assert len(Page(path).all("table")) == 2
    assert "Columns" in said(path) and "exact duplicate" in said(path)
    assert not any("padding" in a.get("style", "") for a in Page(path).all("td"))


NAMES = ("customer_id", "frequency", "recency", "monetary_value", "frequency_holdout",
         "monetary_value_holdout", "duration_holdout", "expectedtopurchase")  # fmt: skip


def test_no_heading_is_printed_over_another(make):
    frame = pd.DataFrame([range(len(NAMES))], columns=NAMES)
    shown = re.sub(
        "<th>([a-z_]+)</th>", r"<th>检验期平均消费额<br><code>\1</code></th>", frame.to_html()
    )
    path = make("pdf", book(code("x", output({"text/html": shown}))), language="zh")
    pieces = []

    def see(text, placed, within, _font, size):
        text = text.replace("\u200b", "").strip()
        if re.fullmatch("[a-z_]+", text):
            pieces.append((round(placed[5] + within[5]), placed[4] + within[4], text, size))

    for page in pypdf.PdfReader(path).pages:
        page.extract_text(visitor_text=see)
    assert "".join(text for *_where, text, _size in pieces).count("holdout") == 3
    lines = itertools.groupby(sorted(pieces), key=lambda piece: piece[0])
    for _line, [*along] in lines:
        for (_y, left, text, size), (_, right, *_other) in itertools.pairwise(along):
            assert left + len(text) * 0.6 * size < right, text


def test_word_breaks_a_heading_at_underscores_alone(make):
    frame = pd.DataFrame([range(len(NAMES))], columns=NAMES)
    [found] = document(make("docx", book(code("x", table(frame))))).iter(f"{W}tbl")
    widths = [int(column.get(f"{W}w")) / 20 for column in found.iter(f"{W}gridCol")]  # points
    assert sum(widths) <= 472
    for width, name in zip(widths, ("", *NAMES), strict=True):
        longest = max(map(len, re.split("(?<=_)", name)), default=0)
        assert width > 7 + longest * 0.5 * 7.5, name  # the cell's margins; Calibri, 7.5 points


def test_short_columns_stay_whole_beside_long_ones(make):
    """What a log's report looks like in Chinese."""
    frame = pd.DataFrame(
        {"发现": ["购买后来被取消"], "处理": ["搁置；可以保留" * 9], "例子": ["第四十行" * 20]}
    )
    [found] = document(make("docx", book(code("x", table(frame))), language="zh")).iter(f"{W}tbl")
    widths = [int(column.get(f"{W}w")) / 20 for column in found.iter(f"{W}gridCol")]
    assert widths[1] > 7 * 9 and widths[2] == pytest.approx(widths[3], rel=0.01)


def test_a_sentence_has_more_room_than_headings(make):
    frame = pd.DataFrame([[0.5] * 5], columns=NAMES[:5]).assign(why="Speaks for leaving. " * 9)
    [found] = document(make("docx", book(code("x", table(frame))))).iter(f"{W}tbl")
    widths = [int(column.get(f"{W}w")) for column in found.iter(f"{W}gridCol")]
    assert widths[-1] > 1.5 * max(widths[:-1])


@forms
def test_a_minus_sign_is_one_and_a_date_stays_on_one_line(make, form):
    frame = pd.DataFrame({"example": ["row 76: -24.66", "0147, 1997-07-31"]})
    text = said(make(form, book(code("x", table(frame)))))
    assert "row 76: −24.66" in text
    assert ("1997\u201107\u201131" if form == "docx" else "1997-07-31") in text  # Word breaks at -


@forms
def test_a_per_cent_sign_stays_with_its_number(make, form):
    path = make(form, book(markdown("Often 25 to 85 % are promised, or 9 %.")))
    if form == "html":
        assert "85\u00a0% are promised, or 9\u00a0%." in Page(path).source
    elif form == "docx":
        words = [word.text for word in document(path).iter(f"{W}t")]
        assert any("85\u00a0%" in word for word in words)
    assert "25 to 85 % are" in said(path)


PARAMETERS = """dataset = "cdnow"  # a name
margin = 0.30      # per unit of revenue
change = [0.01, 5]  # least, most
names = True       # of customers"""


@forms
@pytest.mark.parametrize("edition", handouts.EDITIONS)
def test_the_numbers_that_the_text_refers_to_are_printed(make, form, edition):
    injected = code("# Parameters\nmargin = 1200\n", tags=["injected-parameters"])
    content = book(code(PARAMETERS, tags=["parameters"]), injected, markdown("Now `margin`."))
    text = said(make(form, content, edition))
    assert "Number used here Value Meaning" in text
    assert "margin 1,200, instead of 0.3 per unit of revenue" in text
    assert "change 0.01, 5 least, most" in text
    assert "cdnow" not in text and "True" not in text and "Parameters" not in text


def test_without_numbers_there_is_no_such_table(make):
    content = book(code('dataset = "cdnow"', tags=["parameters"]))
    assert not Page(make("html", content)).all("table")


@forms
def test_what_moves_on_a_screen_is_said_to(make, form):
    assert said(make(form)).count("On screen this picture moves. It says 7.") == 1


@forms
def test_an_instructor_is_told_beside_the_question(make, form):
    content = book(
        markdown("## Claim check\n\nIs it so?\n\n**Verdict:** ☐ holds", "claim"),
        markdown("> **For the instructor.** It is not.", "instructor"),
    )
    path = make(form, content, "instructor")
    assert "For the instructor. It is not." in said(path)
    if form == "html":
        assert Page(path).all("div")[-1] == {"class": "instructor"}
        assert not Page(path).all("blockquote")
    elif form == "docx":
        styles = [style.get(f"{W}val") for style in document(path).iter(f"{W}pStyle")]
        assert styles[-1] == "Instructor"


def test_each_claim_has_a_box_of_its_own(make):
    claim = "## Claim check\n\nSo it is.\n\n**Verdict:** ☐ holds"
    page = Page(make("html", book(markdown(claim, "claim"), markdown(claim, "claim"))))
    assert sum(section.get("class") == "claim" for section in page.all("section")) == 2


def test_a_verdict_stays_with_the_paragraph_before_it(make):
    """However long the page is filled."""
    for lines in range(22, 36):
        filled = "\n\n".join(["Line."] * lines)
        claim = "## Claim check\n\nBefore.\n\n**Verdict:** ☐ holds"
        path = make("pdf", book(markdown(filled), markdown(claim, "claim")))
        [page] = [page for page in pypdf.PdfReader(path).pages if "☐" in page.extract_text()]
        assert "Before." in page.extract_text()


def test_english_on_a_chinese_page_is_english(make):
    content = book(
        markdown("他说“好”。\n\n- Singer, J. D. (1993). It's about time: “so”.\n\nHardie's 模型")
    )
    page = Page(make("html", content, language="zh"))
    assert [span for span in page.all("span") if span] == [{"lang": "en"}]
    words = "".join(page.words)
    assert "Hardie's 模型" in words and "It’s about" in words
    assert 'body { font-family: "Noto Sans SC"' in page.style
    fonts = make("pdf", content, language="zh").read_bytes().decode("latin-1")
    assert "LibertinusSerif" in fonts
    plain = make("pdf", book(markdown("他说“好”，5 or 6。")), language="zh")
    assert "Libertinus" not in plain.read_bytes().decode("latin-1")


@forms
def test_chinese_is_not_slanted(make, form):
    path = make(form, book(markdown("> *他说*“好”。")), language="zh")
    if form == "docx":
        styles = document(path, "word/styles.xml")
        [quote] = [one for one in styles if one.get(f"{W}styleId") == "BlockText"]
        assert quote.find(f".//{W}i") is None
    elif form == "html":
        assert "font-style: normal" in Page(path).style
    else:
        assert not re.search(rb"/FontName/\S*Italic", path.read_bytes())


def test_a_wide_table_stays_on_the_page(make):
    wide = pd.DataFrame({f"column_number_{i}": [1000.123 * i, 2.5] for i in range(24)})
    long = pd.DataFrame({"name": ["a" * 300]})
    path = make("pdf", book(code("x", table(wide), table(long), output({"text/plain": "b" * 300}))))
    starts, lines, numbers = [], [], []

    def see(text, placed, within, _font, size):
        if "23002.829" in text:
            numbers.append(size)
        starts.append(placed[4] + within[4])
        lines.extend(re.split("[\u200b\n]", text))

    for page in pypdf.PdfReader(path).pages:
        page.extract_text(visitor_text=see)
    assert 450 < max(starts) < (22 + 166) / 25.4 * 72
    assert max(numbers) * 0.55 * len("23002.829") < 166 / 25.4 * 72 / 25  # one of 25 columns
    assert max(map(len, lines)) < 90  # of nine points, in 166 mm
    together = said(path).replace(" ", "")
    assert together.count("column_number_") == 24 and "23002.829" in together


@forms
def test_figures_say_what_they_show_and_do_not_print_it(make, form):
    path = make(form)
    if form == "html":
        told = [image["alt"] for image in Page(path).all("img")]
        assert len(Page(path).all("figure")) == 2
    elif form == "docx":
        told = [e.get("descr") for e in document(path).iter() if e.tag.endswith("}docPr")]
    else:
        told = [figure["/Alt"] for figure in tagged(path, "/Figure")][::-1]
    assert told == ["A line that rises.", "A bar."]
    assert "A line that rises." not in said(path) and "It says 7." in said(path)


@forms
def test_mathematics_is_mathematics(make, form):
    path = make(form)
    if form == "html":
        assert [math["display"] for math in Page(path).all("math")] == ["inline", "block"]
    elif form == "docx":
        assert sum(element.tag.endswith("}oMath") for element in document(path).iter()) == 2
    else:
        assert "NewCMMath" in path.read_bytes().decode("latin-1")
    assert "$" not in said(path)


@forms
def test_a_claim_stands_out_with_its_boxes(make, form):
    path = make(form)
    assert said(path).count("☐") == 3
    if form == "html":
        assert {"id": "claim-check", "class": "claim"} in Page(path).all("section")
    if form == "docx":
        styles = [style.get(f"{W}val") for style in document(path).iter(f"{W}pStyle")]
        assert "Verdict" in styles


@forms
def test_the_language_is_said(make, form):
    path = make(form, language="zh_CN")
    if form == "html":
        assert Page(path).all("html") == [{"lang": "zh-CN"}]
    elif form == "pdf":
        assert pypdf.PdfReader(path).trailer["/Root"]["/Lang"] == "zh-CN"
    else:
        [lang] = document(path, "word/styles.xml").iter(f"{W}lang")
        assert lang.get(f"{W}eastAsia") == "zh-CN"


def test_pages_are_numbered_under_a_running_title(make):
    pages = pypdf.PdfReader(make("pdf")).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert f"Page {number} of {len(pages)}" in text
        assert "Customers" in text and "1.1 Counting" in text
    word = make("docx")
    footer = document(word, "word/footer.xml")
    fields = [field.get(f"{W}instr").strip() for field in footer.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]
    assert "Customers1.1 Counting" in "".join(
        t.text for t in document(word, "word/header.xml").iter(f"{W}t")
    )
    assert 'content: "Page " counter(page) " of " counter(pages)' in Page(make("html")).style


@forms
def test_its_own_words_are_in_the_language_in_use(make, form, monkeypatch):
    chinese = {
        "Name": "姓名",
        "Hints": "提示们",
        "Hint": "提示",
        "Page {n} of {total}": "共{total}页第{n}页",
    }
    monkeypatch.setattr(handouts, "_", lambda text: chinese.get(text, text))
    path = make(form, language="zh")
    text = said(path)
    assert "姓名" in text and "Name" not in text and "提示" in text
    if form == "pdf":
        assert re.search(r"共\d页第1页", re.sub(r"\s", "", text))
    elif form == "html":
        assert 'content: "共" counter(pages) "页第" counter(page) "页"' in Page(path).style
    else:
        footer = document(path, "word/footer.xml")
        fields = [field.get(f"{W}instr").strip() for field in footer.iter(f"{W}fldSimple")]
        assert fields == ["NUMPAGES", "PAGE"]


def test_headings_nest_below_one_title(make):
    cells = [markdown(f"{'#' * level} Heading {i}") for i, level in enumerate((1, 2, 4, 1, 3))]
    assert Page(make("html", book(*cells))).headings == [1, 2, 3, 2, 3]


@forms
def test_the_same_input_gives_the_same_file(make, form, tmp_path):
    first = make(form).read_bytes()
    again = handouts.write(
        book(
            *[c for c in LESSON["cells"] if not {"solution", "answer"} & set(c["metadata"]["tags"])]
        ),
        tmp_path / "elsewhere" / "b",
        format=form,
        title="1.1 Counting",
        course="Customers",
        edition="student",
        version="0.1",
        date=DAY,
    )
    assert again.read_bytes() == first
    if form == "docx":
        with zipfile.ZipFile(again) as file:
            assert {part.date_time for part in file.infolist()} == {(2026, 11, 21, 0, 0, 0)}
    assert [file.name for file in again.parent.iterdir()] == ["b"]
    if form == "docx":
        core = document(again, "docProps/core.xml")
        assert core[-1].text == "2026-11-21T00:00:00Z"
    if form == "pdf":
        assert pypdf.PdfReader(again).metadata["/CreationDate"] == "D:20261121000000Z"


def test_only_fonts_that_ship_are_used(make):
    path = make("pdf", book(markdown(f"王 {GLYPHS} ﷽ 😀 $\\alpha$ `code` *a* **b**")))
    used = set(re.findall(r"/FontName/\w{6}\+(\w+)", path.read_bytes().decode("latin-1")))
    known = {"LibertinusSerif", "NewCMMath", "DejaVuSansMono", "NotoSansSC", "NewCM10"}
    assert all(any(name.startswith(font) for font in known) for name in used)


def test_a_font_that_is_not_there_is_an_error(make, tmp_path, monkeypatch):
    templates = Path(shutil.copytree(handouts.TEMPLATES, tmp_path / "templates"))
    template = templates / "handout.typ"
    template.write_text(template.read_text("utf-8").replace("Noto Sans SC", "Nowhere"), "utf-8")
    monkeypatch.setattr(handouts, "TEMPLATES", templates)
    with pytest.raises(DataError, match="unknown font family: nowhere"):
        make("pdf")


@pytest.mark.parametrize("missing", ["pypandoc", "typst"])
def test_without_the_extra_it_says_what_to_install(make, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(DataError, match=rf"{missing}; install it with: pip install 'crmlib\[hand"):
        make("html")


def test_what_cannot_be_made_is_refused_in_a_sentence(make):
    with pytest.raises(DataError, match="no handout 'pfd'; did you mean 'pdf'"):
        make("pfd")
    with pytest.raises(DataError, match="no handout 'students'; did you mean 'student'"):
        make("pdf", edition="students")


@forms
def test_a_failure_leaves_no_file(make, form, tmp_path):
    (tmp_path / "student").mkdir()
    old = tmp_path / "student" / f"handout.{form}"
    old.write_text("old")
    with pytest.raises(DataError, match="Pandoc cannot make the handout"):
        make(form, {"cells": [markdown("x")], "nbformat": 4, "nbformat_minor": "five"})
    assert list(old.parent.iterdir()) == [old] and old.read_text() == "old"


KILLED = """
import datetime, os, sys
from crmlib.course import handouts
handouts._Pandoc.run = lambda *given, **more: os._exit(9)
cell = {"cell_type": "markdown", "metadata": {}, "source": "x"}
book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
handouts.write(book, sys.argv[1], format="html", title="t", course="c", edition="student",
               version="1", date=datetime.date(2026, 1, 2))
"""


def test_who_is_killed_leaves_nothing_behind(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "out" / "a.html"], check=False)
    assert done.returncode == 9
    assert list((tmp_path / "out").iterdir()) == []


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_every_text_can_be_read_in_light_and_dark(make):
    """WCAG 2 AA: 4.5 to 1."""
    light, dark, _paper = re.findall(r":root \{(.*?)\}", Page(make("html")).style, re.DOTALL)
    for scheme in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        for ground in (colours.pop("paper"), colours.pop("card")):
            for name in colours.keys() - {"line"}:
                pair = sorted((luminance(ground), luminance(colours[name])))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, name


@forms
def test_a_lesson_of_the_course_goes_on_paper(make, form):
    lesson = lessons.read().find(["3.2"])[0]
    content = notebook.read(lesson.path)
    path = make(form, content, title="3.2 Lifetime value")
    text = said(path)
    assert "What will this customer bring from here on?" in text
    assert not re.search(r"\\frac|\\alpha|dtype:|dataframe|<style|BEGIN SOLUTION|nbval", text)
    pictures = sum(
        "image/png" in shown.get("data", {})
        for cell in content["cells"]
        for shown in cell.get("outputs", [])
    )
    if form == "html":
        page = Page(path)
        assert len(page.all("img")) == pictures and page.headings.count(1) == 1
        ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
    elif form == "pdf":
        assert len(tagged(path, "/Figure")) == pictures
        assert len(pypdf.PdfReader(path).pages) < 25
    assert path.stat().st_size < 2_000_000
