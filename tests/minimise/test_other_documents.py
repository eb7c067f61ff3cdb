"""personal-data §4, issue "Documents": PDF, office files, XML and JSON go the same way; what cannot be read is not kept."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document import office
from collector.document.main_text import main_text
from collector.document.read import ExtractedDocument, UnsupportedDocument, read
from collector.minimise.document import minimise_document
from collector.minimise.replacing.plan import STRICT, plan_of
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.policy.policy import Minimise

URL = parse_url("https://site.test/file")
LINE = "By Jane Doe. Write to jane@b.example about the bridge."


def pdf(text):
    """One page of one line, and an author in the document information, which is never looked at."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Author (Secret Writer) >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer << /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF" % start)


def packed(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def docx(*paragraphs):
    runs = "".join(
        f"<w:p><w:r><w:t>{text[:9]}</w:t></w:r><w:r><w:t>{text[9:]}</w:t></w:r></w:p>" for text in paragraphs
    )
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "docProps/core.xml": "<c>Secret Writer</c>",
            "word/document.xml": f"<w:document {space}><w:body>{runs}</w:body></w:document>",
            "word/comments.xml": f"<w:comments {space}><w:p><w:r><w:t>Secret remark</w:t></w:r></w:p></w:comments>",
        }
    )


def odt(text):
    space = 'xmlns:office="urn:o" xmlns:text="urn:t"'
    return packed(
        {
            "mimetype": office.ODT,
            "meta.xml": "<m>Secret Writer</m>",
            "content.xml": f"<office:document-content {space}><text:p>{text[:7]}<text:span>{text[7:]}</text:span></text:p></office:document-content>",
        }
    )


def xlsx(text):
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return packed(
        {
            "xl/workbook.xml": "<workbook/>",
            "xl/sharedStrings.xml": f"<sst {space}><si><t>{text}</t></si></sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet {space}><row><c><v>42</v></c><c><v>7</v></c></row></worksheet>",
        }
    )


FILES = {"pdf": pdf(LINE), "docx": docx(LINE, "Second"), "odt": odt(LINE), "xlsx": xlsx(LINE)}


@pytest.mark.parametrize("kind", FILES)
def test_only_the_minimised_text_is_left(kind):
    document = read(FILES[kind], content_type="application/octet-stream", url=URL)
    assert isinstance(document, ExtractedDocument)
    result = minimise_document(document, URL, STRICT)
    assert not result.withhold
    text = result.body.decode()
    assert "By [[PERSON_1]]. Write to [[EMAIL_1]] about the bridge." in text
    assert "jane" not in text.lower()
    assert "Secret" not in text
    assert result.media_type == "text/plain"
    assert main_text(document) == text.strip()


def test_cells_of_one_row_stay_apart():
    document = read(FILES["xlsx"], content_type=None, url=URL)
    assert "42 7" in minimise_document(document, URL, STRICT).body.decode()


def test_the_text_stands_in_for_the_file_even_where_nothing_is_minimised():
    off = plan_of(Minimise(profile="off", reason="test"))
    body = minimise_document(read(pdf("plain words"), content_type=None, url=URL), URL, off).body
    assert body.strip() == b"plain words"


def test_a_bomb_is_not_unpacked():
    bomb = packed({"word/document.xml": b"<a>" + b"x" * (office.MAX_UNPACKED + 10) + b"</a>"})
    assert len(bomb) < 100_000
    assert isinstance(read(bomb, content_type=None, url=URL), UnsupportedDocument)
    many = packed({f"{n}": b"" for n in range(office.MAX_MEMBERS + 1)} | {"word/document.xml": b"<a/>"})
    assert read(many, content_type=None, url=URL).media_type == "application/zip"


@pytest.mark.parametrize("kind", FILES)
@given(cut=st.integers(0, 2_000), noise=st.binary(max_size=20))
def test_broken_files_never_raise(kind, cut, noise):
    body = FILES[kind][: cut % len(FILES[kind])] + noise
    result = minimise_document(read(body, content_type=None, url=URL), URL, STRICT)
    assert b"jane@b.example" not in result.body


def test_other_zips_have_no_minimiser():
    assert isinstance(read(packed({"a.txt": b"x"}), content_type=None, url=URL), UnsupportedDocument)


def test_json():
    value = {
        "author": "Jane Doe",
        "text": "Jane Doe <b>wrote</b> to jane@b.example",
        "n": 4915112345678,
        "jane@b.example": None,
        "more": [{"@type": "Person", "name": "Max Muster", "address": "Lane 1"}],
    }
    document = read(json.dumps(value).encode(), content_type="application/json", url=URL)
    kept = json.loads(minimise_document(document, URL, STRICT).body)
    assert kept == {
        "author": "[[PERSON_1]]",
        "text": "[[PERSON_1]] <b>wrote</b> to [[EMAIL_1]]",
        "n": 4915112345678,
        "[[EMAIL_1]]": None,
        "more": [{"@type": "Person", "name": "[[PERSON_2]]"}],
    }


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":', b"", b"\xff\xfe", b'"\\ud800"'])
def test_hostile_json(body):
    minimise_document(read(body, content_type="application/json", url=URL), URL, STRICT)


def test_xml_of_any_kind():
    body = b'<?xml version="1.0"?><report xmlns:dc="urn:d"><dc:creator>Jane Doe</dc:creator><p mail="jane@b.example">Jane Doe, +49 30 1234567</p></report>'
    document = read(body, content_type="application/xml", url=URL)
    out = minimise_document(document, URL, STRICT).body.decode()
    assert "<dc:creator>[[PERSON_1]]</dc:creator>" in out
    assert '<p mail="[[EMAIL_1]]">[[PERSON_1]], [[PHONE_1]]</p>' in out


def test_a_replaced_header_stands_once():
    headers = Headers([("A", "1"), ("Content-Type", "x"), ("content-type", "y")])
    assert headers.replaced("content-type", "z").pairs == (("A", "1"), ("Content-Type", "z"))
    assert Headers().replaced("B", "2").pairs == (("B", "2"),)
