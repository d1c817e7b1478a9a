import runpy
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
environment = runpy.run_path(str(ROOT / ".ci" / "environment.py"))["environment"]


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_environment_yml_is_made_from_pyproject_toml():
    """If this fails: make environment."""
    committed = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert committed == environment(project())


def test_a_new_dependency_or_bound_changes_it():
    now = environment(project())
    more = project() | {"dependencies": [*project()["dependencies"], "duckdb-extra>=9"]}
    assert environment(more) == now + "  - duckdb-extra>=9\n"
    assert environment(project() | {"requires-python": ">=3.12"}) != now


def test_names_are_those_of_conda():
    declared = {"name": "a", "requires-python": ">=3.11", "dependencies": ["duckdb>=1", "rich"]}
    assert environment(declared).splitlines()[-4:] == [
        "  - python>=3.11",
        "  - pip",
        "  - python-duckdb>=1",
        "  - rich",
    ]


def test_constraints_name_no_host():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text and "@" not in text and "--" not in text
