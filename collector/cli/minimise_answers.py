"""What `collector minimise` answers for one text, page or other document: values out, nothing printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collector.model.errors import InputError

if TYPE_CHECKING:
    from collector.document.read import Document
    from collector.minimise.engine.span import Span
    from collector.minimise.minimised import MinimisedDocument
    from collector.minimise.replacing.plan import Plan
    from collector.model.url import Url

Answer = dict[str, Any]


def answer(request: dict[str, Any], plan: Plan, *, show_input: bool) -> Answer:
    """For a request with `text` or `html`, as design §8 has it. Raises InputError for a `url` that is none."""
    from collector.model.url import parse_url

    url = parse_url(request["url"]) if request.get("url") else None
    if "html" in request:
        return _of_page(request, plan, url, show_input=show_input)
    from collector.minimise.text import minimise_text

    result = minimise_text(request["text"], plan, url=url, lang=request.get("lang"))
    if result.withhold:
        return {"id": request.get("id"), "counts": dict(result.counts), "action": "withhold"}
    said = {
        "id": request.get("id"),
        "text": result.text,
        "spans": [_span(span) for span in result.spans],
        "locations": [],
        "counts": dict(result.counts),
        "action": "keep",
    }
    return {**said, "visible": request["text"]} if show_input else said


def answer_for_bytes(
    body: bytes, declared: str | None, name: str, plan: Plan, *, url: str | None, lang: str | None
) -> Answer:
    """For a PDF, an office file, a feed, JSON or XML, told by its bytes, as a crawl whose policy admits it keeps it.

    `declared`: its media type, where the bytes alone do not tell.

    `text` is what would be stored; `visible` what was read. Raises InputError for what nothing here can minimise: a
    crawl never archives it.
    """
    from collector.document.charset import decode
    from collector.document.read import ExtractedDocument, UnsupportedDocument, read
    from collector.minimise.document import minimise_document
    from collector.model.url import parse_url

    where = parse_url(url) if url else None
    document = read(body, content_type=declared, url=where or parse_url("https://invalid.invalid/"))
    if isinstance(document, UnsupportedDocument):
        mend = "a crawl would not archive it either; --text or --html reads it as that all the same"
        raise InputError(f"{document.media_type} cannot be minimised", where=name, mend=mend)
    before = document.text if isinstance(document, ExtractedDocument) else decode(body)[0]
    result = minimise_document(document, where, plan, lang=lang)
    said: Answer = {"id": name, "media_type": _kept_as(document, result), "counts": dict(result.redaction.counts)}
    if result.withhold:
        return {**said, "action": "withhold"}
    spans = [_span(span) for span in result.spans]
    text = result.body.decode(result.charset)
    return {**said, "text": text, "spans": spans, "locations": [], "action": "keep", "visible": before}


def _kept_as(document: Document, result: MinimisedDocument) -> str:
    return result.media_type or document.media_type


def _of_page(request: dict[str, Any], plan: Plan, url: Url | None, *, show_input: bool) -> Answer:
    from collector.document.html import HtmlDocument, tree_of
    from collector.document.text import visible_text
    from collector.minimise.document import minimise_document

    document = HtmlDocument("text/html", "utf-8", tree_of(request["html"]))
    visible = visible_text(document.root).text if show_input else ""
    result = minimise_document(document, url, plan, lang=request.get("lang"))
    counts = dict(result.redaction.counts)
    if result.withhold:
        return {"id": request.get("id"), "counts": counts, "action": "withhold"}
    said = {
        "id": request.get("id"),
        "text": result.visible,
        "html": result.body.decode(result.charset),
        "spans": [_span(span) for span in result.spans],
        "locations": [
            {"xpath": at.xpath, "attr": at.attr, "start": at.start, "end": at.end, "kind": at.kind, "rule": at.rule}
            for at in result.locations
        ],
        "counts": counts,
        "action": "keep",
    }
    return {**said, "visible": visible} if show_input else said


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "kind": span.kind, "rule": span.rule}
