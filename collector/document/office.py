"""The text of office files (OOXML, OpenDocument): a zip of XML, read with bounds on every member against bombs."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from lxml import etree

from collector.document.xml import local_name, parse_xml

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
OFFICE = frozenset((DOCX, XLSX, PPTX, ODT, ODS, ODP))

MAX_MEMBERS = 5_000
MAX_UNPACKED = 20_000_000  # bytes, all members that are read together

_PARTS = {
    DOCX: re.compile(r"word/(?:document|footnotes|endnotes|header\d{0,3}|footer\d{0,3})\.xml\Z"),
    XLSX: re.compile(r"xl/(?:sharedStrings|worksheets/sheet\d{1,4})\.xml\Z"),
    PPTX: re.compile(r"ppt/slides/slide\d{1,4}\.xml\Z"),
}
_MAIN = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_BLOCKS = frozenset(("p", "h", "tr", "row", "si", "table-row", "br", "line-break", "list-item"))
_CELLS = frozenset(("tab", "tc", "c", "table-cell"))
_TEXTS = frozenset(("t", "v"))  # OOXML keeps text in `t`; a cell's number in `v`
_NOT_SHOWN = frozenset(("deltext", "instrtext", "annotation", "tracked-changes", "creator", "initial-creator"))


def office_type(body: bytes) -> str | None:
    """Which office format a zip is; None for any other zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
            if len(names) > MAX_MEMBERS:
                return None
            for name, media_type in _MAIN.items():
                if name in names:
                    return media_type
            if "mimetype" in names and "content.xml" in names:
                declared = _member(archive, "mimetype", 200).decode("latin-1").strip()
                return declared if declared in OFFICE else None
    except _BROKEN:
        return None
    return None


def text_of_office(body: bytes, media_type: str) -> str | None:
    """One line for each paragraph or row; None for a broken file or one beyond the limits above."""
    wanted = _PARTS.get(media_type)
    lines: list[str] = []
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()[:MAX_MEMBERS]
            for name in sorted(n for n in names if (wanted.match(n) if wanted else n == "content.xml")):
                part = _member(archive, name, left)
                left -= len(part)
                root = parse_xml(part)
                if root is None:
                    return None
                lines += _lines(root, only_texts=wanted is not None)
    except _BROKEN:
        return None
    return "\n".join(lines)


class _TooLargeError(Exception):
    """More than may be unpacked."""


_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, NotImplementedError, RuntimeError, EOFError,
           _TooLargeError)  # fmt: skip


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """The member's bytes, whatever size it claims."""
    with archive.open(name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise _TooLargeError
    return data


def _lines(root: etree._Element, *, only_texts: bool) -> list[str]:
    lines: list[str] = []
    line: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        name = local_name(element)
        if event == "start":
            if name in _NOT_SHOWN:
                walker.skip_subtree()
            elif element.text and (not only_texts or name in _TEXTS):
                line.append(element.text)
            continue
        if name in _BLOCKS:
            text = " ".join("".join(line).split())
            line = []
            if text:
                lines.append(text)
        elif name in _CELLS:
            line.append(" ")
        if element.tail and not only_texts:
            line.append(element.tail)
    text = " ".join("".join(line).split())
    return [*lines, text] if text else lines
