"""How the source files look: short, named after what they are about, each with its one reason."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.sources import ROOT, sources

MAX_LINES = 400
FORBIDDEN_WORDS = {"util", "utils", "helper", "helpers", "common", "base", "misc", "manager", "handler", "processor",
                   "item", "items", "blacklist", "whitelist"}  # fmt: skip


@pytest.mark.parametrize("path", sources(), ids=str)
def test_a_file_is_short(path):
    assert len((ROOT / path).read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", sources(), ids=str)
def test_a_file_says_its_reason(path):
    """Packages hold only names; every other module begins with a docstring."""
    source = (ROOT / path).read_text()
    if path.name == "__init__.py":
        code = [n for n in ast.parse(source).body if not isinstance(n, ast.ImportFrom | ast.Assign | ast.Expr)]
        assert code == [], "no code in __init__ beyond names"
        return
    reason = ast.get_docstring(ast.parse(source)) or ""
    assert reason.split("\n\n")[0].strip().endswith((".", "?", ")")), "one sentence: the file's one reason"
    assert len(reason) >= 20


def test_no_file_is_named_after_a_mechanism():
    named = {str(path) for path in sources() for part in path.with_suffix("").parts if part in FORBIDDEN_WORDS}
    assert named == set()


def test_no_name_uses_a_word_we_do_not_use():
    """docs/design.md, words: names of classes and functions, not of what a library wants implemented."""
    used = set()
    for path in sources():
        for node in ast.walk(ast.parse((ROOT / path).read_bytes())):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                words = re.findall(r"[A-Z]?[a-z]+", node.name)
                # Scrapy and the logging library call these names themselves
                if {w.lower() for w in words} & FORBIDDEN_WORDS - {"item", "items", "handler", "base"}:
                    used.add(f"{path}:{node.lineno} {node.name}")
    assert used == set()


def test_braces_of_a_pattern_are_doubled_where_it_is_an_f_string():
    r"""`rf"\d{1,4}"` is `\d(1, 4)`, which never matches and says nothing."""
    numbers = [
        f"{path}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse((ROOT / path).read_bytes()))
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Constant | ast.Tuple)
    ]
    assert numbers == []


def test_nothing_names_the_machine_it_was_written_on():
    """Repository files hold no machine path and no package index."""
    # put together here, or this file would be the first to be found
    banned = re.compile(
        "|".join(("/wor" + "k/", "/tm" + "p/parts", "/hom" + "e/[a-z]", "pypi" + r"\.", "files" + r"\.pythonhosted"))
    )
    checked = [*sources(), *(p.relative_to(ROOT) for name in ("README.md", "constraints.txt", "Makefile", "pyproject.toml")
                            if (p := ROOT / name).exists()), *(p.relative_to(ROOT) for p in (ROOT / "docs").rglob("*.md"))]  # fmt: skip
    found = [f"{path}: {match[0]}" for path in checked if (match := banned.search((ROOT / path).read_text()))]
    assert found == []
