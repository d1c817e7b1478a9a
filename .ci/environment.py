"""environment.yml for conda users, made from pyproject.toml: ``make environment``."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {"duckdb": "python-duckdb", "matplotlib": "matplotlib-base"}


def environment(project):
    """The text of environment.yml for the ``[project]`` table of pyproject.toml."""
    needs = [f"python{project['requires-python']}", "pip"]
    for need in project["dependencies"]:
        name, versions = re.fullmatch(r"([\w.-]+)(.*)", need).groups()
        needs.append(CONDA_NAMES.get(name, name) + versions)
    lines = [
        "# Made from pyproject.toml by `make environment`; change it there.",
        "# conda env create -f environment.yml",
        f"# conda activate {project['name']}",
        "# pip install --no-deps -e .",
        f"name: {project['name']}",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        *(f"  - {need}" for need in needs),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (ROOT / "environment.yml").write_text(environment(declared["project"]), encoding="utf-8")
