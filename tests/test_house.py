"""Imports go down the house, never up, and never across two chapters."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "crmlib"
CHAPTERS = {"identification", "classification", "value", "retention"}
FLOORS = {
    "errors": 0,
    **dict.fromkeys(("text", "fonts", "checks", "quantities", "frames", "ranking"), 1),
    **dict.fromkeys(("style", "interactive", "exports"), 1),
    **dict.fromkeys(("transactions", "simulation"), 1),
    **dict.fromkeys(("customers", "datasets"), 2),
    **dict.fromkeys((*CHAPTERS, "course"), 3),
    "cli": 4,
}
SCREENS = {"plots", "widgets"}  # of a chapter, above its models


def imported(path, package=PACKAGE):
    """The modules of crmlib that a module imports anywhere, as tuples of names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    here = ("crmlib", *path.relative_to(package).with_suffix("").parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = list(here[: -node.level]) if node.level else []
            start += node.module.split(".") if node.module else []
            targets = [[*start, alias.name] for alias in node.names]
        else:
            continue
        yield from (tuple(target[1:]) for target in targets if target[0] == "crmlib" and target[1:])


def wrong(here, there):
    """Why module ``here`` may not import module ``there``; None if it may."""
    room, other = here[0], there[0]
    if other not in FLOORS:  # a name of the package itself, such as DataError
        return None
    if room == other:
        if room in CHAPTERS and SCREENS & set(there) and not SCREENS & set(here):
            return "a model imports a screen"
        return None
    if FLOORS[other] > FLOORS[room]:
        return "an import goes up"
    if FLOORS[other] == FLOORS[room] == FLOORS["course"]:
        return "an import across chapters, or between a chapter and the course"
    return None


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts != ("__init__",):
            yield path, parts


def test_every_module_has_its_floor():
    assert {parts[0] for _path, parts in modules()} <= set(FLOORS)


@pytest.mark.parametrize(
    ("path", "parts"), [pytest.param(*found, id=".".join(found[1])) for found in modules()]
)
def test_imports_go_down(path, parts):
    bad = [(".".join(there), why) for there in imported(path) if (why := wrong(parts, there))]
    assert bad == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("course/running.py", "from crmlib.value.btyd import BGNBD"),
        ("course/running.py", "import crmlib.value"),
        ("value/lifetime.py", "from crmlib.course import results"),
        ("value/lifetime.py", "from ..retention import economics"),
        ("value/btyd/bg_nbd.py", "from crmlib.value.plots import matrix"),
        ("transactions.py", "from crmlib import customers"),
        ("transactions.py", "def f():\n    from crmlib import datasets"),
        ("style.py", "from . import customers"),
        ("customers.py", "from crmlib import value"),
        ("customers.py", "from crmlib import cli"),
    ],
)
def test_a_wrong_import_is_seen(tmp_path, module, line):
    path = tmp_path / module
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line)
    parts = path.relative_to(tmp_path).with_suffix("").parts
    [there] = imported(path, tmp_path)
    assert wrong(parts, there)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("value/plots.py", "from crmlib.value import lifetime"),
        ("value/plots.py", "from crmlib import style"),
        ("customers.py", "from crmlib.transactions import read"),
        ("customers.py", "from crmlib import DataError"),
        ("cli/course.py", "from crmlib.course import running"),
        ("text.py", "from crmlib.errors import DataError"),
    ],
)
def test_a_right_import_is_allowed(tmp_path, module, line):
    path = tmp_path / module
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line)
    parts = path.relative_to(tmp_path).with_suffix("").parts
    assert [wrong(parts, there) for there in imported(path, tmp_path)] == [None]
