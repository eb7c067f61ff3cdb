"""The pages of a package's documentation: HTML, text, and what its modules say of themselves."""

from __future__ import annotations

import ast
import gzip
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from collector.document.charset import decode

_TEXTS = (".rst", ".md", ".txt", ".doctest")
_NOT_READ = ("changelog", "changes", "history", "news", "licen", "copying", "requirements", "sources.txt")
_MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of `package`; `html` says which of both `text` is."""

    package: str
    where: str
    text: str
    html: bool


def pages(package: str, folder: Path, *, most: int) -> Iterator[Page]:
    """At most `most` pages of each kind (HTML, text, modules), drawn with a fixed seed, of 100 bytes to 2 MB.

    Lists of changes, licences and files are no documentation. A module's page is what autodoc would print: the
    docstrings of the module, its classes and functions.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    files = [path for path in files if not any(word in path.name.lower() for word in _NOT_READ)]
    for names in ((".html", ".htm"), _TEXTS, (".py",)):
        fitting = [path for path in files if _name(path).endswith(names)]
        for path in sorted(random.Random(7).sample(fitting, min(most, len(fitting)))):
            page = _page(package, folder, path)
            if page is not None:
                yield page


def _name(path: Path) -> str:
    return path.name.lower().removesuffix(".gz")


def _page(package: str, folder: Path, path: Path) -> Page | None:
    body = path.read_bytes()
    if path.suffix == ".gz":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError):
            return None
    if not 100 <= len(body) <= _MAX_BYTES:
        return None
    is_html = _name(path).endswith(("html", "htm"))
    text = decode(body)[0]
    if path.suffix == ".py":
        text = docstrings(text)
    return Page(package, str(path.relative_to(folder)), text, is_html) if text.strip() else None


def docstrings(source: str) -> str:
    """The docstrings of a module and of everything in it, in order; empty for what Python cannot read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef))
    return "\n\n".join(found for node in nodes if (found := ast.get_docstring(node)))
