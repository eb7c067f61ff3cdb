"""Minimises a document, whatever its media type; what cannot be minimised may not be kept."""

from __future__ import annotations

from typing import assert_never

from collector.document.feed import FeedDocument
from collector.document.html import HtmlDocument
from collector.document.read import Document, ExtractedDocument, JsonDocument, TextDocument, UnsupportedDocument
from collector.document.sitemap import SitemapDocument
from collector.minimise.data import minimise_json
from collector.minimise.feed import minimise_feed, minimise_sitemap
from collector.minimise.html import minimise_html
from collector.minimise.minimised import MinimisedDocument
from collector.minimise.replacing.plan import Plan
from collector.minimise.text import minimise_text
from collector.model.page import Redaction
from collector.model.url import Url


def minimise_document(document: Document, url: Url | None, plan: Plan, *, lang: str | None = None) -> MinimisedDocument:
    """The document as it may be kept, and what was taken out.

    `document` is changed in place, so that a main text made from it afterwards holds no more than the body.
    `url` and `lang` say where telephone numbers without a country code are at home. Raises nothing but MemoryError: a
    document that cannot be minimised comes back with `withhold` and no body.
    """
    try:
        return _minimise(document, url, plan, lang)
    except MemoryError:
        raise  # of the machine, not of the page: whoever set the limit says what becomes of it
    except Exception:  # noqa: BLE001  whatever a hostile page does to the parser, it must not be kept raw
        return MinimisedDocument(b"", "utf-8", Redaction(plan.profile), withhold=True)


def _minimise(document: Document, url: Url | None, plan: Plan, lang: str | None) -> MinimisedDocument:
    match document:
        case HtmlDocument():
            return minimise_html(document, url, plan, lang)
        case TextDocument():
            return _minimise_plain(document, url, plan, lang)
        case FeedDocument():
            return minimise_feed(document, url, plan)
        case SitemapDocument():
            return minimise_sitemap(document, plan)
        case ExtractedDocument():
            return _minimise_extracted(document, url, plan, lang)
        case JsonDocument():
            return minimise_json(document, url, plan)
        case UnsupportedDocument():
            return MinimisedDocument(b"", "utf-8", Redaction(plan.profile), withhold=True)
        case _:
            assert_never(document)


def _minimise_extracted(
    document: ExtractedDocument, url: Url | None, plan: Plan, lang: str | None
) -> MinimisedDocument:
    """The text alone, whether or not anything was taken out of it: the file's own bytes hold names of their own."""
    result = minimise_text(document.text, plan, url=url, lang=lang)
    redaction = Redaction(plan.profile, result.counts, result.models)
    if result.withhold:
        return MinimisedDocument(b"", "utf-8", redaction, withhold=True)
    document.text = result.text
    return MinimisedDocument(
        result.text.encode("utf-8", "replace"), "utf-8", redaction,
        visible=result.text, spans=result.spans, media_type="text/plain",
    )  # fmt: skip


def _minimise_plain(document: TextDocument, url: Url | None, plan: Plan, lang: str | None) -> MinimisedDocument:
    result = minimise_text(document.text, plan, url=url, lang=lang)
    redaction = Redaction(plan.profile, result.counts, result.models)
    if result.withhold:
        return MinimisedDocument(b"", "utf-8", redaction, withhold=True)
    if result.text == document.text:
        body, charset = document.body, document.charset
    else:
        body, charset = result.text.encode("utf-8", "replace"), "utf-8"
        document.text, document.body, document.charset = result.text, body, charset
    return MinimisedDocument(body, charset, redaction, visible=result.text, spans=result.spans)
