"""Proofs that a site publishes: a file, a header field, a tag, or a reservation in one of the standard places."""

from __future__ import annotations

from urllib.parse import urljoin

from collector.document.html import parse_html
from collector.document.page_facts import page_facts
from collector.model.decision import Verdict
from collector.model.url import parse_url
from collector.model.uses import Permission, Use, Uses
from collector.registry.scope import Scope
from collector.registry.verification.challenge import NAME, WELL_KNOWN, Evidence, Method, Seen, same
from collector.registry.verification.fetch import Answer, Fetcher, FetchRefusedError
from collector.signals import content_signal, content_usage, tdmrep
from collector.signals.ai_txt import read_ai_txt
from collector.signals.disallow_ai_training import FIELDS as TRAINING_FIELDS
from collector.signals.disallow_ai_training import Answer as Training
from collector.signals.disallow_ai_training import for_target as training_rules
from collector.signals.product_token import ANY
from collector.signals.robots_txt import parse as parse_robots

_KEPT_HEADERS = frozenset({NAME, "content-type", "content-usage", "date", "tdm-reservation", "tdm-policy", "server"})
_AI_TXT = "/ai.txt"
_RESERVED = (tdmrep.Reservation.RESERVED, tdmrep.Reservation.MEANT_RESERVED)


def check_published(method: Method, scope: Scope, token: str, fetcher: Fetcher, schemes: tuple[str, ...]) -> Seen:
    """Look once. `schemes` are tried in order; an answer over the first that answers counts."""
    if method is Method.DISCOVERED:
        return _discovered(scope, fetcher, schemes)
    path = f"{WELL_KNOWN}{token}" if method is Method.WELL_KNOWN else scope.page
    try:
        answer = _first(fetcher, schemes, scope.host, path)
    except FetchRefusedError as exc:
        return Seen(ok=False, detail=str(exc), unknown=True)
    if answer.status >= 500:
        return Seen(ok=False, detail=f"{answer.url} answered {answer.status}", unknown=True)
    if answer.status != 200:
        return Seen(ok=False, detail=f"{answer.url} answered {answer.status}, not 200")
    found = _token_in(method, answer, token)
    if found is None:
        return Seen(ok=False, detail=f"{answer.url} does not hold the token")
    return Seen(ok=True, detail=f"found at {answer.url}", evidence=_evidence(method.value, answer, found))


def _first(fetcher: Fetcher, schemes: tuple[str, ...], host: str, path: str) -> Answer:
    refused: FetchRefusedError | None = None
    for scheme in schemes:
        try:
            return fetcher.get(f"{scheme}://{host}{path}")
        except FetchRefusedError as exc:
            refused = refused or exc
    raise refused or FetchRefusedError("no scheme to ask by")


def _token_in(method: Method, answer: Answer, token: str) -> bytes | None:
    """The bytes that carry the token, or None."""
    match method:
        case Method.WELL_KNOWN:
            text = answer.body[:4_096].decode("utf-8", "replace")
            return answer.body[:4_096] if same(text, token) else None
        case Method.HTTP_HEADER:
            values = answer.values(NAME)
            return next((f"{NAME}: {value}".encode() for value in values if same(value, token)), None)
        case Method.HTML_META:
            metas = _metas(answer)
            held = next((content for name, content in metas if name == NAME and same(content, token)), None)
            return None if held is None else f'<meta name="{NAME}" content="{held}">'.encode()
        case _:
            return None


def _metas(answer: Answer) -> list[tuple[str, str]]:
    kind = next(iter(answer.values("content-type")), "text/html")
    page = parse_html(answer.body, media_type="text/html", content_type=kind)
    # In the body anybody may have written it, a comment's author for one.
    metas = page_facts(page, status=answer.status, with_language=False).metas
    return [(meta.name, meta.content) for meta in metas if meta.in_head]


def _discovered(scope: Scope, fetcher: Fetcher, schemes: tuple[str, ...]) -> Seen:
    """A reservation of mining or training for the scope's own path, wherever the site publishes it."""
    path = scope.page
    answered = False
    said: list[str] = []
    for where in (tdmrep.WELL_KNOWN, "/robots.txt", _AI_TXT, path):
        try:
            answer = _first(fetcher, schemes, scope.host, where)
        except FetchRefusedError as exc:
            said.append(str(exc))
            continue
        answered = answered or answer.status < 500
        if answer.status != 200:
            continue
        why = _reservation(where, path, answer)
        if why:
            return Seen(ok=True, detail=f"{why}: {answer.url}", evidence=_evidence("discovered", answer, why.encode()))
    if answered:
        return Seen(ok=False, detail=f"{scope.host} publishes no reservation for {path}")
    return Seen(ok=False, detail=said[0] if said else "no answer", unknown=True)


def _reservation(where: str, path: str, answer: Answer) -> str:
    """What is reserved, in plain words; empty for nothing."""
    target = parse_url(answer.url).target if where == path else path
    if where == tdmrep.WELL_KNOWN:
        rule = tdmrep.read_file(answer.body).match(target)
        return f"tdmrep.json rule {rule.number} reserves" if rule is not None and rule.reservation in _RESERVED else ""
    if where == _AI_TXT:
        return _in_ai_txt(answer, path)
    if where == "/robots.txt":
        records = parse_robots(answer.body).content_records("*")
        signals = [record for record in records if record.field == "content-signal"]
        signalled = content_signal.for_target(signals, target)
        if any(_any_denied(uses) for uses in (signalled.spec, signalled.contested, signalled.meant)):
            return f"robots.txt line {signalled.because[0].line}: {signalled.because[0].value}"
        preferences = [record for record in records if record.field == "content-usage"]
        for record, statement in content_usage.for_target(preferences, target):
            if _denies(statement):
                return f"robots.txt line {record.line}: {record.value}"
        rules = [record for record in records if record.field in TRAINING_FIELDS]
        found = training_rules(rules, target)
        denied = found.answer is Training.DENIED
        return f"robots.txt line {found.because[0].line} disallows AI training" if denied else ""
    if tdmrep.read_values(answer.values(tdmrep.FIELD)) in _RESERVED:
        return f"header field {tdmrep.FIELD}"
    if _denies(content_usage.read_header(answer.values("content-usage"))):
        return "header field Content-Usage"
    values = [content for name, content in _metas(answer) if name == tdmrep.FIELD]
    return f"meta {tdmrep.FIELD}" if values and tdmrep.read_values(values) in _RESERVED else ""


def _in_ai_txt(answer: Answer, path: str) -> str:
    if next(iter(answer.values("content-type")), "").lower().startswith(("text/html", "application/xhtml")):
        return ""  # a page where the file should be
    found = read_ai_txt(answer.body, ANY).match(parse_url(urljoin(answer.url, path)))
    return f"ai.txt line {found.line}: {found.text}" if found.verdict is Verdict.DENY else ""


def _any_denied(uses: Uses) -> bool:
    return any(uses[use] is Permission.DENY for use in (Use.FETCH, Use.TRAIN, Use.TDM))


def _denies(statement: content_usage.Statement) -> bool:
    uses = content_usage.meaning(statement, older_labels=True, malformed=content_usage.Malformed.UNREADABLE)
    return any(_any_denied(one) for one in uses)


def _evidence(kind: str, answer: Answer, found: bytes) -> Evidence:
    kept = [f"{name}: {value[:500]}" for name, value in answer.headers if name.lower() in _KEPT_HEADERS]
    head = "\n".join((f"HTTP {answer.status}", *kept[:20]))
    return Evidence(kind, answer.url, answer.sha256, head, found[:4_096], len(answer.body))
