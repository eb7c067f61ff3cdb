"""What must hold of a document that was minimised, whatever it was made of; each check raises AssertionError."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence

from lxml import etree

from collector.document.feed import FeedDocument
from collector.document.html import HtmlDocument, tree_of
from collector.document.read import Document, ExtractedDocument, JsonDocument, TextDocument, read
from collector.document.text import visible_text
from collector.minimise import document as minimising
from collector.minimise.engine.span import Span
from collector.minimise.html import residual
from collector.minimise.minimised import MinimisedDocument
from collector.minimise.replacing.plan import STRICT, Plan, plan_of
from collector.minimise.replacing.redact import Redactor
from collector.model.url import Url, parse_url
from collector.policy.policy import Minimise, Treatment

URL = parse_url("https://www.verein.example.de/a/b?c=d")
CANARY = "canary.q7@leak.example.org"  # nobody's, and no word of the formats
_CANARY = re.compile(rf"(?<![\w.!#$%&'*+\-/=?^`{{|}}~\"]){re.escape(CANARY)}(?![\w.-])", re.IGNORECASE)

# What stands in the shape of a placeholder is escaped, and then is neither here nor there.
_LOOKALIKE = re.compile(r"\[.{0,9}\[.{0,9}[A-Z][A-Z_]{0,31}_\d", re.DOTALL)

_TAG = re.compile(r"<[^>]*>")
# In fields that markup declares, a rest beside what was taken out can be read anew; it comes to an end in so many turns.
DECLARED = frozenset(("person", "birth_date", "person_date", "address", "phone", "coordinates"))
TURNS = 4

_COARSE = dict.fromkeys(("birth_date", "person_date", "coordinates", "ip"), Treatment.GENERALISE)
_NOISY = dict.fromkeys(("birth_date", "coordinates"), Treatment.RANDOMISE)
STANDARD = plan_of(Minimise(profile="standard"))
UNCHANGED = plan_of(Minimise(profile="off", reason="what reading and writing alone do"))
TREATED: Sequence[Plan] = (
    plan_of(Minimise(kinds=_COARSE, names="all")),
    plan_of(Minimise(kinds={"person": Treatment.PSEUDONYM, "org_contact": Treatment.PSEUDONYM, **_NOISY}), bytes(32)),
    plan_of(Minimise(kinds=dict.fromkeys(("email", "phone", "ip", "card"), Treatment.DROP))),
)


def minimised(document: Document, plan: Plan, url: Url = URL) -> MinimisedDocument:
    """As `minimise_document`, but what a document does to the parser is told, not withheld."""
    return minimising._minimise(document, url, plan, None)


def check_spans(spans: Sequence[Span], length: int) -> None:
    """Sorted, apart from one another, none empty, all within `length` characters."""
    position = 0
    for span in spans:
        assert position <= span.start < span.end <= length, (span, position, length)
        position = span.end


def check_document(octets: bytes, content_type: str, plan: Plan) -> MinimisedDocument:
    """Minimise a document twice under `plan`: nothing is left, the second time nothing changes."""
    document = read(octets, content_type=content_type, url=URL)
    before = _text(document)
    result = minimised(document, plan)
    assert minimised(read(octets, content_type=content_type, url=URL), plan) == result, "another run, another result"
    if result.withhold:
        assert result.body == b""
        return result
    if before is not None:
        check_spans(result.spans, len(before))
    body = result.body.decode(result.charset, "replace")
    assert not _CANARY.search(body), body
    assert not _CANARY.search(html.unescape(body)), body
    if plan is STRICT:
        assert residual(body, Redactor(plan)) == []
    if not _LOOKALIKE.search(html.unescape(octets.decode("latin-1"))):
        _check_again(document, result, plan)
    return result


def _check_again(document: Document, result: MinimisedDocument, plan: Plan) -> None:
    kind = f"{result.media_type or document.media_type}; charset={result.charset}"
    again = read(result.body, content_type=kind, url=URL)
    if isinstance(document, HtmlDocument):
        _check_page(document, again, result)
    elif isinstance(document, JsonDocument):
        json.loads(result.body)
    elif not isinstance(document, (TextDocument, ExtractedDocument)):
        _check_xml(result.body)
    if isinstance(document, FeedDocument) and isinstance(again, HtmlDocument):
        return  # XML whose root has the name of an element of HTML, once what stood before it has gone
    assert type(again) is type(document) or isinstance(document, ExtractedDocument), (document, again)
    body, second = result.body, minimised(again, plan)
    if isinstance(document, (HtmlDocument, FeedDocument)):
        for _ in range(TURNS):
            if second.withhold or not second.redaction.counts or not second.redaction.counts.keys() <= DECLARED:
                break
            result, body = second, second.body
            second = minimised(read(body, content_type=kind, url=URL), plan)
    assert not second.withhold, (body, second.redaction.counts)
    assert second.redaction.counts == {}, (second.redaction.counts, body, second.body)
    if isinstance(document, FeedDocument):  # the HTML that entries hold as text is read and written in each turn
        assert _words(_TAG.sub("", html.unescape(second.visible))) == _words(
            _TAG.sub("", html.unescape(result.visible))
        )
        return
    # a parser may mend hostile markup once more, but minimising does nothing beyond that
    plain = minimised(read(body, content_type=kind, url=URL), UNCHANGED)
    assert second.body == plain.body, (body, second.body, plain.body)


def _check_xml(body: bytes) -> None:
    try:
        etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as exc:
        if "is not a valid URI" not in str(exc):  # the name of a namespace, which XML itself lets be anything
            raise


def _check_page(document: HtmlDocument, again: Document, result: MinimisedDocument) -> None:
    assert isinstance(again, HtmlDocument), again
    # what is told to be its text is what a reader of the stored page sees
    shown = visible_text(tree_of(result.body.decode())).text
    assert _words(shown) == _words(result.visible), (result.body, shown, result.visible)
    if document.media_type == "application/xhtml+xml":
        _check_xml(result.body)


def _words(text: str) -> str:
    return "".join(text.split())


def _text(document: Document) -> str | None:
    if isinstance(document, HtmlDocument):
        return document.visible().text
    return document.text if isinstance(document, (TextDocument, ExtractedDocument)) else None
