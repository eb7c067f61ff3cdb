"""EPUB (2 and 3.3): the metadata of the package document, where TDMRep and RSL put their statements."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from collector.document.xml import local_name, parse_xml
from collector.signals.embedded import Embedded
from collector.signals.rsl import NAMESPACE

MAX_PACKAGE = 1_048_576
_MAX_CONTAINER = 65_536
_MAX_METAS = 2_000
_MAX_MEMBERS = 20_000
_CONTAINER = "META-INF/container.xml"  # EPUB 3.3 §4.2.6.3.1
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, NotImplementedError, RuntimeError)


def read_epub(body: bytes) -> Embedded:
    """`<meta name content>` of EPUB 2 and `<meta property>` of EPUB 3, and RSL documents. Never raises; bounded.

    A book that cannot be opened states nothing, and says so in `faults`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            if len(book.infolist()) > _MAX_MEMBERS:
                return Embedded(faults=("an EPUB of too many files",))
            root = parse_xml(_member(book, _package_path(book), MAX_PACKAGE))
    except _BROKEN as exc:
        return Embedded(faults=(f"an EPUB that cannot be opened ({type(exc).__name__})",))
    if root is None:
        return Embedded(faults=("an EPUB without a readable package document",))
    return Embedded(package=tuple(_metas(root)), rsl=tuple(_licences(root)))


def _member(book: zipfile.ZipFile, name: str, limit: int) -> bytes:
    with book.open(name) as member:
        return member.read(limit)


def _package_path(book: zipfile.ZipFile) -> str:
    container = parse_xml(_member(book, _CONTAINER, _MAX_CONTAINER))
    if container is not None:
        for element in container.iter():
            if local_name(element) == "rootfile" and element.get("full-path"):
                return str(element.get("full-path"))
    return next(name for name in (*book.namelist(), "") if name.lower().endswith(".opf") or not name)


def _metas(root: etree._Element) -> Iterator[tuple[str, str]]:
    count = 0
    for element in root.iter():
        if local_name(element) != "meta":
            continue
        name = (element.get("property") or element.get("name") or "").strip()
        value = element.get("content") if element.get("content") is not None else element.text
        if name:
            yield name[:200], (value or "").strip()[:4_096]
            count += 1
        if count == _MAX_METAS:
            return


def _licences(root: etree._Element) -> Iterator[bytes]:
    for count, element in enumerate(root.iter(f"{{{NAMESPACE}}}rsl")):
        if count == 16:
            return
        yield etree.tostring(element, with_tail=False)
