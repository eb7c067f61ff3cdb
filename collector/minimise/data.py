"""JSON documents: every string and key is minimised where it stands, and persons as in JSON-LD."""

from __future__ import annotations

from collector.document.read import JsonDocument
from collector.minimise.engine.context import context_of
from collector.minimise.html import residual
from collector.minimise.minimised import MinimisedDocument
from collector.minimise.names.author_field import is_person
from collector.minimise.replacing.plan import Plan
from collector.minimise.replacing.redact import LOOKALIKE, Redactor, merged
from collector.minimise.structure import declared_contacts, json_ld
from collector.model.page import Redaction
from collector.model.url import Url


def minimise_json(document: JsonDocument, url: Url | None, plan: Plan) -> MinimisedDocument:
    """The value anew, as compact UTF-8 JSON. Numbers stay, but for degrees: only strings say what they are about."""
    if plan.off:
        body = json_ld.dump(document.value)
        return MinimisedDocument(body.encode("utf-8", "replace"), "utf-8", Redaction(plan.profile, {}), visible=body)
    redactor = _redactor(document, url, plan)
    if LOOKALIKE.search(json_ld.dump(document.value)):
        rehearsal = _redactor(document, url, plan)
        json_ld.rewrite(document.value, json_ld.Rewriting(rehearsal, dated=bool(rehearsal.names)))
        redactor.escaping = rehearsal.total > 0
    document.value = json_ld.rewrite(document.value, json_ld.Rewriting(redactor, dated=bool(redactor.names)))
    body = json_ld.dump(document.value)
    redaction = Redaction(plan.profile, merged(redactor.counts))
    if redactor.withhold or residual(body, redactor):
        return MinimisedDocument(b"", "utf-8", redaction, withhold=True)
    return MinimisedDocument(body.encode("utf-8", "replace"), "utf-8", redaction, visible=body)


def _redactor(document: JsonDocument, url: Url | None, plan: Plan) -> Redactor:
    """One that knows the persons and the contacts that the value declares."""
    redactor = Redactor(plan, context_of(url, None)).of(url)
    redactor.names.add(name for name in json_ld.names(document.value) if is_person(name))
    declared_contacts.take(json_ld.contacts(document.value), redactor)
    return redactor
