"""Files whose metadata name people: PDF, OOXML and OpenDocument, packed without compression so that a leak is seen."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

Named = Callable[[str], str]  # the datum for a place
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BODY = "The bridge over the mill race was mended in the spring, as it is every year. " * 6


def _packed(members: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def pdf(who: Named) -> bytes:
    """Its information dictionary, XMP packet, outline, annotation, attachment and a comment; text on the page."""
    content = f"BT /F1 12 Tf 72 720 Td (By {who('pdf-text')} on the bridge) Tj ET".encode("latin-1")
    packet = f'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><c>{who("pdf-xmp")}</c></x:xmpmeta>'.encode()
    attached = f"Kept by {who('pdf-attachment')}".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R /Outlines 8 0 R /Names << /EmbeddedFiles 13 0 R >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Annots [12 0 R] /Resources 14 0 R >>",
        _stream(b"", content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Author ({who('pdf-info')}) /Title (Bridge by {who('pdf-title')}) >>".encode(),
        _stream(b"/Type /Metadata /Subtype /XML", packet),
        b"<< /Type /Outlines /First 9 0 R /Last 9 0 R /Count 1 >>",
        f"<< /Title (Chapter by {who('pdf-outline')}) /Parent 8 0 R >>".encode(),
        f"<< /Type /Filespec /F ({who('pdf-filename')}.txt) /EF << /F 11 0 R >> >>".encode(),
        _stream(b"/Type /EmbeddedFile", attached),
        f"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (says {who('pdf-annotation')}) >>".encode(),
        b"<< /Names [(a.txt) 10 0 R] >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out = bytearray(f"%PDF-1.4\n% made by {who('pdf-comment')}\n".encode())
    offsets = []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(
        out + b"trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    )


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def docx(who: Named) -> bytes:
    """Its core and own properties, comments, tracked deletions, field codes and custom XML; text in the body."""
    deleted = (
        f'<w:del w:author="{who("docx-revision")}"><w:r><w:delText>{who("docx-deleted")}</w:delText></w:r></w:del>'
    )
    field = f"<w:r><w:instrText>AUTHOR {who('docx-field')}</w:instrText></w:r>"
    return _packed(
        {
            "[Content_Types].xml": "<Types/>",
            "docProps/core.xml": f"<c><creator>{who('docx-core')}</creator></c>",
            "docProps/app.xml": f"<p><Manager>{who('docx-app')}</Manager></p>",
            "docProps/custom.xml": f"<p><v>{who('docx-custom')}</v></p>",
            "word/comments.xml": f"<w:comments {_W}><w:t>{who('docx-comment')}</w:t></w:comments>",
            "word/document.xml": f"<w:document {_W}><w:body><w:p><w:r><w:t>{_BODY} By {who('docx-text')}</w:t></w:r>"
            f"{deleted}{field}</w:p></w:body></w:document>",
        }
    )


def odt(who: Named) -> bytes:
    """Its meta.xml, an annotation and a tracked change; text in the body."""
    spaces = 'xmlns:office="urn:o" xmlns:text="urn:t" xmlns:dc="urn:d"'
    changes = f"<text:tracked-changes><dc:creator>{who('odt-change')}</dc:creator></text:tracked-changes>"
    remark = f"<office:annotation><dc:creator>{who('odt-annotation')}</dc:creator></office:annotation>"
    return _packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "meta.xml": f"<m><creator>{who('odt-meta')}</creator></m>",
            "content.xml": f"<office:document-content {spaces}>{changes}<text:p>As was said: {_BODY} By {who('odt-text')}{remark}</text:p>"
            "</office:document-content>",
        }
    )


PLACES = (
    "pdf-text", "pdf-xmp", "pdf-attachment", "pdf-info", "pdf-title", "pdf-outline", "pdf-filename", "pdf-annotation",
    "pdf-comment", "docx-revision", "docx-deleted", "docx-field", "docx-core", "docx-app", "docx-custom", "docx-comment",
    "docx-text", "odt-change", "odt-annotation", "odt-meta", "odt-text",
)  # fmt: skip
