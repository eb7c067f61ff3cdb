"""Encoding Standard §4.2 labels, HTML §13.2.3 encoding sniffing."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.charset import ENCODINGS, declared, decode, resolve


@pytest.mark.parametrize(
    ("label", "name"),
    [
        (" UTF8 ", "utf-8"),
        ("latin1", "windows-1252"),
        ("ISO-8859-1", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("gb2312", "gbk"),
        ("shift-jis", "shift_jis"),
        ("ks_c_5601-1987", "euc-kr"),
        ("iso-8859-9", "windows-1254"),
        ("utf-7", None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_labels_of_the_standard_section_4_2(label, name):
    assert resolve(label) == name


def test_every_encoding_has_a_codec():
    for name, codec in set(ENCODINGS.values()):
        assert codecs.lookup(codec), name


@pytest.mark.parametrize(
    ("body", "header", "name"),
    [
        (codecs.BOM_UTF8 + b"<meta charset=latin1>", "text/html; charset=koi8-r", "utf-8"),
        (codecs.BOM_UTF16_LE + "a".encode("utf-16-le"), None, "utf-16le"),
        (b"<meta charset=koi8-r>", "text/html; charset=windows-1251", "windows-1251"),
        (b"<meta charset=koi8-r>", "text/html", "koi8-r"),
        (b"<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>", None, "shift_jis"),
        (b"<!-- <meta charset=koi8-r> --><meta charset=windows-1250>", None, "windows-1250"),
        (b"<?xml version='1.0' encoding='iso-8859-2'?><html/>", None, "iso-8859-2"),
        (b"<meta charset=utf-16>", None, "utf-8"),  # HTML §13.2.3.2: it was read as ASCII
        (b"<p>plain", None, None),
        (b"<p>plain", "text/html; charset=made-up", None),
    ],
)
def test_bom_then_header_then_document(body, header, name):
    assert declared(body, header) == name


def test_undeclared_bytes_are_utf8_or_else_windows_1252():
    assert decode("Grüße".encode()) == ("Grüße", "utf-8")
    assert decode("Grüße “x”".encode("cp1252")) == ("Grüße “x”", "windows-1252")


def test_what_xml_has_no_place_for_is_replaced():
    assert decode(b"a\x00b\x01c")[0] == "a\ufffdb\ufffdc"


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=60)))
def test_never_raises(body, header):
    text, name = decode(body, header)
    assert isinstance(text, str)
    assert name in {entry[0] for entry in ENCODINGS.values()}
    assert "\x00" not in text
