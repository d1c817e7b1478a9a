"""A real browser with the network refused, and what every page must stand up to."""

import os
import shutil
from pathlib import Path

import pytest

PICTURES = Path(__file__).resolve().parents[2] / "build" / "browser"
LOCAL = ("file:", "data:", "blob:", "about:")
OFFLINE = [  # nor does the browser itself go anywhere
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright; skips where one of the two is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    program = shutil.which("chromium")
    if not program:
        pytest.skip("there is no Chromium; CONTRIBUTING.md says how to get it")
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # for whom it has no sandbox
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=[*OFFLINE, *(["--no-sandbox"] if root else [])]
        )
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium):
    """A function that opens an empty page: ``page, trouble = browse(allowed, **settings)``.

    What starts with none of ``allowed`` is refused; ``trouble`` fills with what was refused,
    was missing, or went to the console as an error.
    """
    contexts = []

    def browse(allowed=LOCAL, **settings):
        context, trouble = chromium.new_context(**settings), []
        contexts.append(context)

        def answer(route):
            if route.request.url.startswith(allowed):
                route.continue_()
            else:
                trouble.append(f"asked for {route.request.url}")
                route.abort()

        def log(message):
            if message.type == "error":
                trouble.append(f"console: {message.text} ({message.location['url'][:200]})")

        context.route("**/*", answer)
        page = context.new_page()
        page.on("console", log)
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on(
            "websocket",
            lambda socket: (
                socket.url.startswith(allowed) or trouble.append(f"asked for {socket.url}")
            ),
        )
        return page, trouble

    yield browse
    for context in contexts:
        context.close()


@pytest.fixture
def picture():
    """A function that keeps a picture of a page in ``build/browser/``."""

    def picture(page, name, **settings):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", **settings)

    return picture


FACTS = """() => {
    const all = (what) => [...document.querySelectorAll(what)];
    const lost = (href) => !document.getElementById(decodeURIComponent(href.slice(1)));
    return {
        title: document.title,
        language: document.documentElement.lang,
        images: all("img").length,
        pale: all("img").filter((e) => !e.complete || !e.naturalWidth || !e.alt.trim()).length,
        formulas: all("math").length,
        flat: all("math").filter((e) => !e.getBoundingClientRect().height).length,
        broken: all("a[href^='#']").map((e) => e.getAttribute("href")).filter(lost),
        files: all("a[href]").map((e) => e.href).filter((href) => href.startsWith("file:")),
        raw: all("p").map((e) => e.innerText).filter((text) => /^[|#]|\\*\\*|\\$\\$/.test(text)),
        twice: all("[id]").map((e) => e.id).filter((id, i, ids) => ids.indexOf(id) != i),
    };
}"""


@pytest.fixture
def inspect(browse, picture):
    """A function that looks at a page in a file as its readers would, and returns its facts.

    Light and dark, on a desk and on a phone; everything folded is unfolded. Nothing may
    come from outside, be missing, or be hard to read (axe-core: serious and critical).
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def unfolded(path, **settings):
        page, trouble = browse(**settings)
        page.goto(path.resolve().as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        return page, trouble

    def inspect(path, name):
        for scheme in ("light", "dark"):
            page, trouble = unfolded(
                path, color_scheme=scheme, viewport={"width": 1280, "height": 900}
            )
            picture(page, f"{name}_{scheme}", full_page=True)
            facts = page.evaluate(FACTS)
            found = axe.run(page).response["violations"]
            found = [
                f"{scheme}: {one['id']}: {node['html'][:150]}"
                for one in found
                if one["impact"] in SERIOUS
                for node in one["nodes"]
            ]
            assert found == []
            assert trouble == []
        assert facts["title"]
        assert facts["language"]
        assert (facts["pale"], facts["flat"]) == (0, 0), "pictures, formulas that do not show"
        assert (facts["broken"], facts["twice"]) == ([], []), "links to nowhere, ids used twice"
        assert facts["raw"] == [], "marks of Markdown among the text"
        lost = [href for href in facts["files"] if not _is_there(href)]
        assert lost == []

        page, trouble = unfolded(path, viewport={"width": 390, "height": 844})
        picture(page, f"{name}_phone", full_page=True)
        width = page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= 390, "a phone has to scroll sideways"
        assert trouble == []
        return facts

    return inspect


def _is_there(address):
    from urllib.parse import unquote, urlsplit

    return Path(unquote(urlsplit(address).path)).exists()
