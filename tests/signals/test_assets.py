"""Metadata lifted out of images, PDFs and books: XMP part 3, PNG §11.3.3.4, RFC 9649, C2PA annex A, EPUB 3.3."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.sniff import sniff
from collector.signals.asset import embedded_in
from collector.signals.embedded import NOTHING
from collector.signals.jumbf import MAX_BOXES, read_store, store_at
from collector.signals.training_mining import read_training_mining
from collector.signals.xmp import MAX_PACKET, MAX_PACKETS, packets_in
from tests.support import assets
from tests.support.growth import assert_linear

PACKET = assets.xmp(attributes='plus:DataMining="DMI-PROHIBITED"')
STORE = assets.store(assets.manifest(assets.assertion({"cawg.ai_training": "notAllowed"})))


def values(body: bytes) -> list[str]:
    return [one.value for one in embedded_in(body, sniff(body)).properties if one.name == "DataMining"]


@pytest.mark.parametrize(
    "body",
    [
        assets.jpeg(PACKET),
        assets.png(PACKET),
        assets.png(PACKET, compressed=True),
        assets.webp(PACKET),
        assets.pdf(PACKET),
        assets.pdf(PACKET, compressed=True),
        assets.pdf(assets.xmp(attributes='plus:DataMining="DMI-PROHIBITED"', wrapped=False)),
        b"GIF89a" + bytes(20) + PACKET,
        b"II*\0" + bytes(20) + PACKET,
        assets.jpeg_extended([(40, PACKET[40:]), (0, PACKET[:40])]),
    ],
    ids="jpeg png png-compressed webp pdf pdf-compressed pdf-unwrapped gif tiff jpeg-extended".split(),
)
def test_xmp_is_found_in_every_container(body):
    assert values(body) == ["DMI-PROHIBITED"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_packets_in_wide_encodings(encoding):
    """ISO 16684-1 §7.3.2."""
    packet = PACKET.decode().encode(encoding)
    assert values(b"GIF89a" + bytes(6) + packet) == ["DMI-PROHIBITED"]


@pytest.mark.parametrize(
    "inside",
    [
        "<plus:DataMining>DMI-PROHIBITED</plus:DataMining>",
        '<plus:DataMining rdf:resource="DMI-PROHIBITED"/>',
        "<plus:DataMining><rdf:Seq><rdf:li>DMI-PROHIBITED</rdf:li></rdf:Seq></plus:DataMining>",
    ],
)
def test_properties_as_elements(inside):
    """ISO 16684-1 §7.4 to §7.9."""
    assert values(assets.jpeg(assets.xmp(inside))) == ["DMI-PROHIBITED"]


def test_what_is_said_of_ingredients_is_not_said_of_the_asset():
    inside = (
        '<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource"><plus:DataMining>DMI-PROHIBITED</plus:DataMining>'
        "</rdf:li></rdf:Seq></plus:Licensor>"
    )
    assert values(assets.jpeg(assets.xmp(inside))) == []


@pytest.mark.parametrize("piece", [60_000, 37])
def test_a_store_is_put_together_from_its_segments(piece):
    """C2PA A.3.1; ISO 18477-3: in segments each of which repeats the head of the box."""
    for body in (assets.jpeg(c2pa=STORE, piece=piece), assets.png(c2pa=STORE), assets.webp(c2pa=STORE)):
        (found,) = embedded_in(body, sniff(body)).manifests
        assert found == STORE
    body = assets.pdf(extra=b"4 0 obj <<>> stream\n" + STORE + b"\nendstream")
    assert embedded_in(body, sniff(body)).manifests == (STORE,)


def test_the_last_manifest_is_the_active_one():
    """C2PA §11.1.4."""
    store = assets.store(
        assets.manifest(assets.assertion({"cawg.data_mining": "notAllowed"}), name="urn:c2pa:first"),
        assets.manifest(assets.assertion({"cawg.ai_training": "allowed"}), name="urn:c2pa:last"),
    )
    read = read_training_mining(read_store(store))
    assert [(entry.name, entry.active) for entry in read.entries] == [("data_mining", False), ("ai_training", True)]


@pytest.mark.parametrize("label", ["c2pa.training-mining", "cawg.training-and-data-mining", "cawg.training-mining__2"])
def test_the_names_it_had_before(label):
    store = assets.store(assets.manifest(assets.assertion({"c2pa.ai_training": "notAllowed"}, label)))
    (entry,) = read_training_mining(read_store(store)).entries
    assert (entry.name, entry.said) == ("ai_training", "notAllowed")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x81" * 5_000,  # nested
        b"\xbf" + b"\x61a\x01" * 10,  # no end
        b"\x9b" + b"\xff" * 8,  # longer than anything
        b"\xc5\x82\x1a\x7f\xff\xff\xff\x01",  # a number beyond all numbers
        b"\xa1\x67entries\x81\x01",
        b"\xa2\x67entries\xa0\x67entries\xa0",
        b"\xff" * 100,
    ],
)
def test_cbor_that_cannot_be_read_is_told(payload):
    """RFC 8949: what is malformed, nested or huge."""
    inside = assets.superbox("cawg.training-mining", assets.box(b"cbor", payload))
    read = read_training_mining(read_store(assets.store(assets.manifest(inside))))
    assert read.entries == ()
    assert "cannot be read" in read.fault


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ('<meta name="tdm:reservation" content="1"/>', ("tdm:reservation", "1")),  # EPUB 2
        ('<meta property="tdm:reservation">1</meta>', ("tdm:reservation", "1")),  # EPUB 3
        ('<meta property="tdm:policy"> https://site.test/p </meta>', ("tdm:policy", "https://site.test/p")),
    ],
)
def test_the_package_document_of_a_book(metadata, expected):
    """TDMRep §6.4."""
    body = assets.epub(metadata)
    assert sniff(body, "application/zip") == "application/epub+zip"
    assert embedded_in(body, sniff(body)).package == (expected,)


def test_info_entries_of_a_pdf():
    body = assets.pdf(info="/tdm#3Areservation (1) /tdm-policy (https://site.test/p)")
    assert embedded_in(body, sniff(body)).package == (("tdm:reservation", "1"), ("tdm:policy", "https://site.test/p"))


def test_a_book_that_cannot_be_opened_says_so():
    whole = assets.epub('<meta property="tdm:reservation">1</meta>')
    for body in (whole[:80], whole[:-30], assets.epub(path="x.txt")[:58] + b"\0" * 500):
        assert embedded_in(body, "application/epub+zip").faults


def test_pages_and_texts_carry_nothing():
    assert embedded_in(PACKET, "text/html") is NOTHING


def test_a_compressed_packet_does_not_grow_without_bound():
    bomb = zlib.compress(b"<?xpacket begin" + b" " * 50_000_000)
    body = assets.png(b"x").replace(b"\0\0\0\0\0x", b"\0\1\0\0\0" + bomb)
    assert all(len(packet) <= MAX_PACKET for packet in embedded_in(body, "image/png").xmp)
    many = assets.pdf() + b"<< /Type /Metadata /FlateDecode >> stream\n" * 200 + bomb
    assert len(embedded_in(many, "application/pdf").xmp) <= MAX_PACKETS


def test_a_packet_with_a_document_type_is_not_read():
    packet = PACKET.replace(b"<x:xmpmeta", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x:xmpmeta', 1)
    packet = packet.replace(b'"DMI-PROHIBITED"', b'"&b;&b;&b;"')
    assert values(assets.jpeg(packet)) == []


@given(st.binary(max_size=400), st.sampled_from(("image/jpeg", "image/png", "image/webp", "application/pdf",
                                                 "application/epub+zip", "image/tiff")))  # fmt: skip
def test_any_bytes(body, media_type):
    for start in (
        b"",
        b"\xff\xd8\xff\xe1",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBP",
        b"%PDF-1.7\n/Type /Metadata stream\n",
    ):
        embedded_in(start + body, media_type)


@given(st.data())
def test_damaged_assets(data):
    whole = data.draw(
        st.sampled_from(
            (
                assets.jpeg(PACKET, STORE),
                assets.png(PACKET, STORE, compressed=True),
                assets.webp(PACKET, STORE),
                assets.pdf(PACKET, compressed=True, extra=STORE),
                assets.epub('<meta property="tdm:reservation">1</meta>'),
            )
        )
    )
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    body = whole[:at] + (b"" if cut else bytes((data.draw(st.integers(0, 255)),)) + whole[at + 1 :])
    for store in embedded_in(body, sniff(body)).manifests:
        read_training_mining(read_store(store))


@given(st.binary(max_size=200))
def test_any_store(data):
    assert len(read_store(data).assertions) <= MAX_BOXES
    assert len(store_at(data)) <= len(data)


@pytest.mark.parametrize(
    ("run", "shape"),
    [
        (packets_in, lambda n: b"<?xpacket begin" * n),
        (store_at, lambda n: b"jumbxxxxjumd" * n),
        (read_store, lambda n: assets.box(b"jumb", b"\0\0\0\x08free" * n)),
        (lambda body: embedded_in(body, "application/pdf"), lambda n: b"/Type /Metadata stream\n" * n),
        (lambda body: embedded_in(body, "image/jpeg"), lambda n: b"\xff\xd8" + b"\xff\xe1\0\2" * n),
        (
            lambda body: embedded_in(body, "image/png"),
            lambda n: b"\x89PNG\r\n\x1a\n" + (bytes(4) + b"tEXt" + bytes(4)) * n,
        ),
    ],
    ids="packets store boxes pdf jpeg png".split(),
)
def test_work_grows_with_the_file_only(run, shape):
    assert_linear(run, shape, 10_000)
