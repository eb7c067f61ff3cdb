"""Who may import whom: the layers of docs/design.md as contracts, and each outside library in its one place."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath

import pytest

from tests.architecture.sources import ROOT, imported, sources

# library → the only places that may import it (a folder with its slash, or one module)
ONLY_IN = {
    "scrapy": ("collector/crawler/",),
    "twisted": ("collector/crawler/",),
    "itemadapter": ("collector/crawler/",),
    "warcio": ("collector/archive/",),
    "protego": ("collector/signals/robots_txt.py",),
    "trafilatura": ("collector/document/main_text.py",),
    "resiliparse": ("collector/document/fast_text.py",),
    "langdetect": ("collector/document/language.py",),
    "fastapi": ("collector/web/",),
    "rich": ("collector/cli/", "collector/crawler/watching/progress.py"),
    "typer": ("collector/cli/",),
    "alembic": ("collector/ledger/", "collector/registry/", "collector/rights/"),
}


def test_the_layers_hold():
    """`lint-imports` over the contracts in pyproject.toml, as `make lint` runs it."""
    program = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([program, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "0 broken" in answer.stdout


def test_every_package_has_its_layer():
    """The contract is exhaustive, so this fails with a plain sentence before lint-imports does with a long one."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layered = {name.strip("() ") for layer in config["contracts"][0]["layers"] for name in layer.split("|")}
    present = {PurePosixPath(path).parts[1].removesuffix(".py") for path in sources()} - {"__init__"}
    assert present <= layered, f"give {sorted(present - layered)} a place in [tool.importlinter]"


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_has_one_place(library):
    places = ONLY_IN[library]
    strays = [
        f"{path}:{line}"
        for path in sources()
        if not str(path).startswith(places)
        for line, name in imported(path)
        if name.partition(".")[0] == library
    ]
    assert strays == [], f"{library} belongs in {' '.join(places)} alone"


def test_what_is_imported_is_declared():
    """A library that only some other package's dependency brings in is missing after the next release of that one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + [x for extra in project["optional-dependencies"].values() for x in extra]
    declared = {re.split(r"[\[=<>! ]", line)[0].lower().replace("_", "-") for line in lines}
    owners = importlib.metadata.packages_distributions()
    undeclared = {
        f"{path}:{line} {name}"
        for path in sources()
        for line, name in imported(path)
        if (top := name.partition(".")[0]) not in sys.stdlib_module_names
        and top not in {"collector", *PARTS}
        and not {owner.lower().replace("_", "-") for owner in owners.get(top, [top])} & declared
    }
    assert undeclared == set()


# Parts of a declared library's own public surface: their versions move with it.
PARTS = {
    "pydantic_core",
    "twisted",
    "itemadapter",
    "parsel",
    "w3lib",
    "zope",
    "OpenSSL",
    "service_identity",
    "cryptography",
}


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("collector.pipeline", {"scrapy", "twisted", "socket", "ssl", "asyncio", "http.client", "urllib.request"}),
        ("collector.rules.catalogue", {"scrapy", "twisted", "socket", "sqlalchemy"}),
        ("collector.model.page", {"scrapy", "twisted", "socket", "lxml", "pydantic"}),
        ("collector.cli.__main__", {"scrapy", "twisted", "lxml", "trafilatura", "sqlalchemy", "langdetect"}),
    ],
)
def test_deciding_code_loads_no_network(module, absent):
    """Issue 2: importing the pipeline loads no Scrapy, no Twisted, no socket. A fresh interpreter, its own answer."""
    program = f"import sys, {module}; print(*sorted(set({sorted(absent)!r}) & sys.modules.keys()))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == []
