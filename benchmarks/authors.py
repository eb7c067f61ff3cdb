"""Are the authors of pages written by others gone? By who says who the author is.

Run: `python benchmarks/authors.py [--show]`.

No gold is made here, and none of it comes from this program's own reading of a page:

- *recipes*: some two hundred saved pages of cooking sites and blogs, and the author that somebody else's tests expect
  of each (the MIT-licensed source package of python-recipe-scrapers, which Debian distributes);
- *documentation*: HTML in Debian packages; the names are those of the package's `debian/copyright`;
- *manuals*: the same packages' manual pages as text, with the same names;
- *articles*, *posts*: see `documentation/elsewhere.py`; what leaked of their unread half is never printed.

An author leaks when the whole name still stands in the visible text of the minimised page, in any case of letters;
names that the visible text did not hold before are not counted. Printed beside it: the share of visible characters
masked as a person's name. Pages are fetched with apt-get, unpacked below `$COLLECTOR_TEST_CACHE`, and never installed.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.documentation.elsewhere import (
    READ,
    UNREAD,
    Page,
    articles,
    debian_source,
    posts,
    run,
    without_data,
)
from benchmarks.documentation.gold import NO_PERSON, of_debian
from collector.document.charset import decode
from collector.document.html import HtmlDocument, tree_of
from collector.document.text import visible_text
from collector.minimise.document import minimise_document
from collector.minimise.replacing.plan import STRICT
from collector.minimise.text import minimise_text
from collector.model.url import parse_url
from tests.support.realdocs import cache

PACKAGES = (
    "apache2-doc", "debian-handbook", "developers-reference", "maint-guide", "debian-policy", "fp-docs-3.2.2",
    "lilypond-doc-html", "python-docutils-doc", "sqlite3-doc", "gnuplot-doc", "r-doc-html", "emacs-common-non-dfsg",
    "texlive-latex-recommended-doc", "libcgal-demo", "octave-doc", "zsh-doc", "rsync", "mutt", "gawk-doc",
    "python-mako-doc", "python-jinja2-doc", "python-lxml-doc", "python-pelican-doc", "dh-make", "ntp-doc", "privoxy",
    "fvwm", "gramps", "hevea-doc", "imagemagick-6-doc", "jed", "lynx", "mtools", "naturaldocs", "pure-ftpd", "vim-doc",
)  # fmt: skip
_ROFF = re.compile(r"^\.\w+ ?|\\f.|\\", re.MULTILINE)


@dataclass(slots=True)
class Score:
    """What one source of pages came to."""

    pages: int = 0
    authors: int = 0
    leaked: list[str] = field(default_factory=list)
    withheld: int = 0
    characters: int = 0
    masked: int = 0

    def line(self, name: str) -> str:
        """One row of the report."""
        share = 100 * self.masked / max(self.characters, 1)
        leak = 100 * len(self.leaked) / max(self.authors, 1)
        return (
            f"{name:22} {self.pages:5} pages {self.authors:5} authors visible {len(self.leaked):4} leaked"
            f" ({leak:4.1f} %)  {share:4.2f} % of {self.characters / 1e6:.2f} M characters masked,"
            f" {self.withheld} withheld"
        )


def judge(pages: Iterator[Page], score: Score, *, show: bool) -> None:
    """Minimise each page and look for its authors in what is left."""
    for page in pages:
        before, after, spans = _minimised(page)
        score.pages += 1
        score.characters += len(before)
        here = [author for author in page.authors if _holds(before, author)]
        score.authors += len(here)
        if after is None:
            score.withheld += 1
            continue
        score.masked += spans
        for author in here:
            if _holds(after, author):
                score.leaked.append(f"{page.where}: {author}")
                if show:
                    print(f"  leak  {page.where}: {_around(after, author)}")


def _minimised(page: Page) -> tuple[str, str | None, int]:
    if page.text:
        result = minimise_text(page.text, STRICT, url=None, lang="en")
        masked = sum(span.end - span.start for span in result.spans if span.kind == "person")
        return page.text, None if result.withhold else result.text, masked
    document = HtmlDocument("text/html", "utf-8", tree_of(page.html))
    before = visible_text(document.root).text
    kept = minimise_document(document, parse_url(f"https://{page.where.split('#')[0]}/"), STRICT)
    masked = sum(span.end - span.start for span in kept.spans if span.kind == "person")
    return before, None if kept.withhold else kept.visible, masked


def _holds(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){_pattern(name)}(?!\w)", text, re.IGNORECASE) is not None


def _pattern(name: str) -> str:
    return r"\s+".join(map(re.escape, name.split()))


def _around(text: str, name: str) -> str:
    found = re.search(_pattern(name), text, re.IGNORECASE)
    start, end = (found.start(), found.end()) if found else (0, 0)
    around = text[max(0, start - 60) : start] + "⟦" + text[start:end] + "⟧" + text[end : end + 40]
    return around.replace("\n", "⏎")


def recipes(*, bare: bool = False) -> Iterator[Page]:
    """Saved pages with the author that the package's own tests expect, organisations and sites left out."""
    folder = debian_source("python-recipe-scrapers")
    for test in sorted((folder / "tests").glob("test_*.py")):
        pages = folder / "tests" / "test_data" / f"{test.stem.removeprefix('test_')}.testhtml"
        author, host = _expected(test)
        if not pages.is_file() or not author or _is_site(author, host):
            continue
        html = decode(pages.read_bytes())[0]
        yield Page(f"{host or 'unknown.example'}#{test.stem}", (author,), html=without_data(html) if bare else html)


def visible_only(pages: Iterator[Page]) -> Iterator[Page]:
    """The same pages as running text."""
    for page in pages:
        yield Page(page.where, page.authors, text=visible_text(tree_of(page.html)).text)


def _articles_as_text(half: str) -> Iterator[Page]:
    return visible_only(articles(half))


def _expected(test: Path) -> tuple[str, str]:
    """The literals that `author()` and `host()` are compared with."""
    found = {"author": "", "host": ""}
    for call in ast.walk(ast.parse(test.read_text("utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "assertEqual" and len(call.args) == 2:
            asked = [a.func.attr for a in call.args if isinstance(a, ast.Call) and isinstance(a.func, ast.Attribute)]
            given = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if asked and given and asked[0] in found:
                found[asked[0]] = " ".join(given[0].split())
    return found["author"], found["host"]


def _is_site(author: str, host: str) -> bool:
    plain = re.sub(r"\W", "", author).casefold()
    site = re.sub(r"\W", "", host.rpartition(".")[0]).casefold()
    return len(plain) < 3 or plain in site or site in plain or NO_PERSON.search(author) is not None


def documentation(kind: str) -> Iterator[Page]:
    """Pages of each package that has a name of its copyright file in it; at most 60 a package."""
    for package in PACKAGES:
        folder = _package(package)
        if folder is None:
            continue
        authors = of_debian(folder).names
        if authors:
            readers: dict[str, Callable[[Path], Iterator[Page]]] = {"html": _html_pages, "manual": _manuals}
            taken = 0
            for page in readers[kind](folder):
                if any(author in (page.html or page.text) for author in authors):
                    taken += 1
                    yield Page(f"{package}.example#{page.where}", authors, html=page.html, text=page.text)
                if taken >= 60:
                    break


def _html_pages(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.rglob("*.htm*")):
        if path.is_file() and not path.is_symlink() and path.suffix in (".html", ".htm"):
            yield Page(path.name, (), html=decode(path.read_bytes()[:2_000_000])[0])


def _manuals(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.glob("usr/share/man/man*/*.gz")):
        if path.is_symlink():
            continue
        rendered = subprocess.run(
            ["man", "-l", str(path)], capture_output=True, text=True, check=False, timeout=60,
            env={"PATH": "/usr/bin:/bin", "MANWIDTH": "80", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        source = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        text = (
            rendered.stdout if rendered.returncode == 0 else re.sub(r"^\.\w+ ?|\\f.|\\", "", source, flags=re.MULTILINE)
        )
        if text:
            yield Page(path.name, (), text=text)


def _package(name: str) -> Path | None:
    target = cache() / name
    if not target.is_dir():
        target.mkdir(parents=True)
        run(["apt-get", "download", name], target)
        for archive in target.glob("*.deb"):
            run(["dpkg-deb", "-x", str(archive), str(target)], target)
            archive.unlink()
    return target if (target / "usr").is_dir() else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what leaked, in its surroundings")
    parser.add_argument("--only", metavar="SOURCE", help="the first word of a row, or the whole")
    arguments = parser.parse_args()
    sources: dict[str, Callable[[], Iterator[Page]]] = {
        "recipes": recipes,
        "recipes, bare": lambda: recipes(bare=True),
        "recipes, text": lambda: visible_only(recipes()),
        "documentation": lambda: documentation("html"),
        "manuals": lambda: documentation("manual"),
    }
    for half in (READ, UNREAD):
        sources[f"articles, {half}"] = partial(articles, half)
        sources[f"articles, {half}, bare"] = partial(articles, half, bare=True)
        sources[f"articles, {half}, text"] = partial(_articles_as_text, half)
        sources[f"posts, {half}"] = partial(posts, half)
        sources[f"posts, {half}, bare"] = partial(posts, half, headed=False)
    for name, pages in sources.items():
        if arguments.only in (None, name, name.partition(",")[0]):
            score = Score()
            judge(pages(), score, show=arguments.show and UNREAD not in name)
            print(score.line(name))


if __name__ == "__main__":
    main()
