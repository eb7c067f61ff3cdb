"""Images, PDFs and books with a reservation inside, built byte by byte: the containers without the pictures."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

import cbor2

PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
TDM = "http://www.w3.org/ns/tdmrep/"
RSL = "https://rslstandard.org/rsl"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"


def xmp(inside: str = "", attributes: str = "", *, wrapped: bool = True) -> bytes:
    """A packet whose one description has these attributes and elements; prefixes plus, tdm, rsl and ext are bound."""
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:plus="{PLUS}" xmlns:tdm="{TDM}" xmlns:rsl="{RSL}" xmlns:ext="{IPTC_EXT}"'
        f" {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    if not wrapped:
        return packet.encode()
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{packet}<?xpacket end="w"?>'.encode()


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def superbox(label: str, *inside: bytes) -> bytes:
    return box(b"jumb", box(b"jumd", bytes(16) + b"\x03" + label.encode() + b"\0") + b"".join(inside))


def manifest(*assertions: bytes, name: str = "urn:c2pa:1") -> bytes:
    return superbox(name, superbox("c2pa.assertions", *assertions))


def assertion(entries: Mapping[str, object], label: str = "cawg.training-mining") -> bytes:
    given = {name: use if isinstance(use, Mapping) else {"use": use} for name, use in entries.items()}
    return superbox(label, box(b"cbor", cbor2.dumps({"entries": given})))


def store(*manifests: bytes) -> bytes:
    return superbox("c2pa", *manifests)


def jpeg(packet: bytes = b"", c2pa: bytes = b"", *, piece: int = 60_000) -> bytes:
    segments = [b"\xff\xd8"]
    if packet:
        segments.append(_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    if c2pa:
        head, rest = c2pa[:8], c2pa[8:]
        for number, at in enumerate(range(0, len(rest), piece), 1):
            segments.append(_segment(0xEB, b"JP\0\1" + number.to_bytes(4, "big") + head + rest[at : at + piece]))
    return b"".join((*segments, b"\xff\xda\0\x02", b"\x12\x34" * 20, b"\xff\xd9"))


def jpeg_extended(parts: list[tuple[int, bytes]]) -> bytes:
    """The extension of an XMP packet, cut in parts with their offsets, in this order."""
    digest, whole = b"A" * 32, sum(len(part) for _, part in parts)
    segments = [
        _segment(
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0"
            + digest
            + whole.to_bytes(4, "big")
            + offset.to_bytes(4, "big")
            + part,
        )
        for offset, part in parts
    ]
    return b"".join((b"\xff\xd8", *segments, b"\xff\xda\0\x02"))


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def png(
    packet: bytes = b"", c2pa: bytes = b"", *, compressed: bool = False, keyword: str = "XML:com.adobe.xmp"
) -> bytes:
    chunks = [_chunk(b"IHDR", bytes(13))]
    if packet:
        text = zlib.compress(packet) if compressed else packet
        chunks.append(_chunk(b"iTXt", keyword.encode() + b"\0" + bytes((compressed, 0)) + b"\0\0" + text))
    if c2pa:
        chunks.append(_chunk(b"caBX", c2pa))
    return b"\x89PNG\r\n\x1a\n" + b"".join((*chunks, _chunk(b"IDAT", b"x"), _chunk(b"IEND", b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def webp(packet: bytes = b"", c2pa: bytes = b"") -> bytes:
    chunks = b"".join(
        kind + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)
        for kind, data in ((b"VP8X", bytes(10)), (b"XMP ", packet), (b"C2PA", c2pa))
        if data
    )
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WEBP" + chunks


def pdf(packet: bytes = b"", *, compressed: bool = False, info: str = "", extra: bytes = b"") -> bytes:
    data = zlib.compress(packet) if compressed else packet
    coding = " /Filter /FlateDecode" if compressed else ""
    return b"".join(
        (
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Metadata 2 0 R >>\nendobj\n",
            f"2 0 obj\n<< /Type /Metadata /Subtype /XML{coding} /Length {len(data)} >>\nstream\n".encode(),
            data,
            b"\nendstream\nendobj\n",
            f"3 0 obj\n<< /Title (A) {info} >>\nendobj\n".encode(),
            extra,
            b"trailer << /Root 1 0 R /Info 3 0 R >>\n%%EOF\n",
        )
    )


def epub(metadata: str = "", *, path: str = "OPS/package.opf") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            f'<rootfile full-path="{path}" media-type="application/oebps-package+xml"/></rootfiles></container>',
        )
        book.writestr(
            path,
            f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xmlns:rsl="{RSL}" '
            f'prefix="tdm: http://www.w3.org/ns/tdmrep#"><metadata>{metadata}</metadata></package>',
            zipfile.ZIP_DEFLATED,
        )
    return buffer.getvalue()
