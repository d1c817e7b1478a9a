"""What `inspect` guards, broken on purpose."""

import pytest

PAGE = """<!doctype html>
<html lang="en"><head><title>A page</title><style>STYLE</style></head>
<body><main><h1>A page</h1>BODY</main></body></html>"""
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
DARK = "@media (prefers-color-scheme: dark) { body { background: #111; color: #333; } }"
FONT = "@font-face { font-family: f; src: url(https://example.org/f.woff); } p { font-family: f; }"


@pytest.fixture
def page(tmp_path):
    """A function that writes a page."""

    def write(body, style=""):
        path = tmp_path / "page.html"
        path.write_text(PAGE.replace("BODY", body).replace("STYLE", style))
        return path

    return write


def test_a_good_page_passes(inspect, page):
    body = (
        f'<p>Text</p><img alt="A dot" src="{DOT}"><math><mi>x</mi></math><a href="#a" id="a">a</a>'
    )
    facts = inspect(page(body), "inspect")
    assert (facts["images"], facts["formulas"]) == (1, 1)


@pytest.mark.parametrize(
    ("body", "style", "told"),
    [
        (
            '<img alt="A dot" src="https://example.org/dot.png">',
            "",
            "asked for https://example.org",
        ),
        ("<p>Text</p>", FONT, "asked for https://example.org/f.woff"),
        ("<script>new WebSocket('ws://example.org/')</script>", "", "asked for ws://example.org/"),
        ('<img alt="A dot" src="dot.png">', "", "ERR_FILE_NOT_FOUND"),
        (f'<img src="{DOT}">', "", "image-alt"),
        ("<script>console.error('trouble')</script>", "", "console: trouble"),
        ("<script>throw new Error('trouble')</script>", "", "error: trouble"),
        ('<p style="color: #aaa; background: #fff">Pale</p>', "", "light: color-contrast"),
        ("<p>Text</p>", DARK, "dark: color-contrast"),
        ('<p style="width: 800px">Wide</p>', "", "a phone has to scroll sideways"),
        ('<a href="#nowhere">there</a>', "", "links to nowhere"),
        ('<a href="nowhere.html">there</a>', "", "nowhere.html"),
        ('<p id="a">One</p><p id="a">Two</p>', "", "ids used twice"),
        ('<math style="display: none"><mi>x</mi></math>', "", "formulas that do not show"),
        ("<p>| 350 | Not yet. |</p>", "", "marks of Markdown"),
        ("<p>A **bold** word</p>", "", "marks of Markdown"),
    ],
)
def test_a_bad_page_is_seen(inspect, page, body, style, told):
    with pytest.raises(AssertionError, match=told):
        inspect(page(body, style), "inspect")
