"""`explain --jsonl`: facts in, decisions out, one JSON line each, without network, disk or clock.

The format is the project's door for audits (docs/design.md): what goes in is everything a decision rests
on, so that any decision of the ledger can be reproduced from outside.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from http import HTTPStatus
from math import isfinite
from typing import Any, NoReturn

from collector.cli.explain_answers import robots_file, site_file
from collector.document.page_facts import page_facts
from collector.document.read import UnsupportedDocument, read
from collector.lists.match import Lookup
from collector.minimise.quoted import minimise_decision
from collector.minimise.structure.url import personal_kinds
from collector.model.decision import Decision, Evidence, Finding, Gate, Obligation, Verdict, combine
from collector.model.errors import CollectorError, InputError
from collector.model.headers import Headers
from collector.model.page import Candidate
from collector.model.url import Url, parse_url
from collector.pipeline import Pipeline
from collector.rules.asking import Asking
from collector.rules.evaluate import evaluate, judge_silence, overall, without_superseded
from collector.rules.facts import ContentFacts, ResponseFacts, UrlFacts
from collector.signals.asset import embedded_in
from collector.signals.product_token import ANY, key_of
from collector.signals.robots_txt import RobotsTxt, parse
from collector.signals.site_file import SiteFile

GATES = (Gate.URL, Gate.SITE, Gate.RESPONSE, Gate.CONTENT)
KEYS = frozenset({"id", "url", "product_token", "robots", "site_files", "status", "headers", "html", "body_base64"})


@dataclass(frozen=True, slots=True)
class Door:
    """What stands still from line to line."""

    pipeline: Pipeline
    sensitive: Lookup
    opted_out: Lookup
    registered_domain: Any  # host → registrable domain
    now: datetime

    def answer_line(self, line: str | bytes) -> dict[str, Any]:
        """One answer; a bad line answers `{"id", "error"}`. Bytes are UTF-8."""
        identifier: Any = None
        try:
            text = line if isinstance(line, str) else line.decode("utf-8-sig")
            given = json.loads(text, parse_constant=_no_json, parse_float=_finite)
            if not isinstance(given, dict):
                raise InputError("a line is one JSON object")
            identifier = given.get("id")
            return {"id": identifier, **self.answer(given)}
        except CollectorError as exc:
            return {"id": identifier, "error": str(exc)}
        except (ValueError, TypeError, KeyError, RecursionError) as exc:
            return {"id": identifier, "error": f"not a usable line: {exc}"}

    def answer(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every gate whose facts are given, none cut short by another."""
        unknown = sorted(set(given) - KEYS)
        if unknown:
            raise InputError(f"unknown key {unknown[0]!r}", mend=f"the keys are {', '.join(sorted(KEYS))}")
        if not isinstance(given.get("url"), str):
            raise InputError("`url` is missing or not a text")
        decisions = without_superseded(self.decide(given), self.pipeline.ruleset)
        stopped = next((d for d in decisions if d.verdict is not Verdict.ALLOW), None)
        verdict, uses = overall(decisions, self.pipeline.ruleset)
        return {
            "verdict": verdict.value,
            "gate": stopped.gate.value if stopped is not None else None,
            "uses": uses.as_dict(),
            "findings": [finding_json(f, d.gate) for d in decisions for f in d.findings],
            "obligations": [obligation_json(o) for d in decisions for o in d.obligations],
        }

    def decide(self, given: Mapping[str, Any]) -> tuple[Decision, ...]:
        """The decisions of all gates whose facts are given."""
        pipeline = self.pipeline
        url = parse_url(given["url"])
        token = self._token(given)
        decisions = [self._url_gate(url), self._site_gate(url, token, given)]
        headers = _headers(given.get("headers"))
        body = _body(given)
        if body is not None or given.get("headers") is not None or given.get("status") is not None:
            decisions.append(self._response_gate(url, token, given, headers, body))
        if body is not None:
            decisions.append(self._content_gate(url, token, given, headers, body))
            silence = judge_silence(tuple(decisions), pipeline.ruleset)
            if silence is not None:
                last = decisions.pop()
                decisions.append(
                    combine(
                        Gate.CONTENT,
                        (*last.findings, silence),
                        need=pipeline.ruleset.need,
                        policy=last.policy,
                        now=self.now,
                    )
                )
        return tuple(decisions)

    def _token(self, given: Mapping[str, Any]) -> str:
        token = given.get("product_token")
        if token is None:
            return self.pipeline.policy.crawler.product_token
        if not isinstance(token, str) or key_of(token) in ("", ANY):
            raise InputError("`product_token` names no crawler", mend="letters, `-` and `_` (RFC 9309 §2.2.1)")
        return token

    def _url_gate(self, url: Url) -> Decision:
        domain = self.registered_domain(url.host)
        scope = self.pipeline.policy.scope
        facts = UrlFacts(
            candidate=Candidate(url),
            sensitive=self.sensitive.match(url),
            opted_out=self.opted_out.match(url),
            registered_domain=domain,
            personal=personal_kinds(url),
            # a policy that names no seeds yet is asked as if this URL were its seed
            scope_domains=scope.domains or ((domain,) if not scope.seeds else self._seed_domains()),
        )
        return self.pipeline.consider(facts, self.now)

    def _seed_domains(self) -> tuple[str, ...]:
        return tuple(self.registered_domain(parse_url(seed).host) for seed in self.pipeline.policy.scope.seeds)

    def _site_gate(self, url: Url, token: str, given: Mapping[str, Any]) -> Decision:
        robots = robots_file(url, given.get("robots"), self.now, self._refused)
        asking = Asking(token, self.pipeline.training_tokens)
        facts = asking.of_site(url, robots, _parsed(robots.body), self.now, self._answers(url, given))
        return evaluate(Gate.SITE, facts, url, self.pipeline.ruleset, self.now)

    def _answers(self, url: Url, given: Mapping[str, Any]) -> Mapping[str, SiteFile]:
        """Site files, and licence documents that lie elsewhere, under the names that the line gives them."""
        return {name: site_file(url, name, value, self.now) for name, value in _files(given).items()}

    def _refused(self, target: Url) -> bool:
        """Whether a redirect of robots.txt leads where nobody may be contacted."""
        facts = UrlFacts(
            Candidate(target), opted_out=self.opted_out.match(target), sensitive=self.sensitive.match(target)
        )
        rules = (b for b in self.pipeline.ruleset.by_gate[Gate.URL] if b.rule.floor)
        return any(b.rule.ask(facts, b.settings).verdict is not Verdict.ALLOW for b in rules)

    def _response_gate(
        self, url: Url, token: str, given: Mapping[str, Any], headers: Headers, body: bytes | None
    ) -> Decision:
        facts = ResponseFacts(
            url=url,
            product_token=token,
            status=_status(given.get("status")),
            headers=headers,
            now=self.now,
            body_size=None if body is None else len(body),
            training_tokens=self.pipeline.training_tokens,
            files=self._answers(url, given),
        )
        return self.pipeline.judge_response(facts, self.now)

    def _content_gate(self, url: Url, token: str, given: Mapping[str, Any], headers: Headers, body: bytes) -> Decision:
        content_type = headers.first("content-type")
        if "html" in given and content_type is None:
            content_type = "text/html; charset=utf-8"
        document = read(body, content_type=content_type, url=url)
        page = page_facts(
            document,
            status=_status(given.get("status")),
            with_language=bool(self.pipeline.policy.scope.languages) and not isinstance(document, UnsupportedDocument),
        )
        facts = ContentFacts(
            url=url,
            product_token=token,
            page=page,
            now=self.now,
            training_tokens=self.pipeline.training_tokens,
            files=self._answers(url, given),
            embedded=embedded_in(body, page.media_type),
        )
        return minimise_decision(evaluate(Gate.CONTENT, facts, url, self.pipeline.ruleset, self.now))


@lru_cache(maxsize=256)
def _parsed(body: bytes) -> RobotsTxt:
    return parse(body)


def _files(given: Mapping[str, Any]) -> Mapping[str, Any]:
    files = given.get("site_files") or {}
    if not isinstance(files, dict):
        raise InputError("`site_files` is an object: path or absolute URL → answer")
    return files


def _headers(pairs: object) -> Headers:
    if pairs is None:
        return Headers()
    if not isinstance(pairs, list):
        raise InputError("`headers` is a list of [name, value]")
    read_pairs = []
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise InputError("`headers` is a list of [name, value]")
        read_pairs.append((pair[0], pair[1]))
    return Headers(read_pairs)


def _no_json(constant: str) -> NoReturn:
    raise InputError(f"{constant} is no JSON (RFC 8259 §6)")


def _finite(number: str) -> float:
    value = float(number)
    return value if isfinite(value) else _no_json(number)


def _status(value: object) -> int:
    if value is None:
        return HTTPStatus.OK
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 999:
        raise InputError(f"`status` is no HTTP status: {value!r}")
    return value


def _body(given: Mapping[str, Any]) -> bytes | None:
    if given.get("html") is not None:
        if not isinstance(given["html"], str):
            raise InputError("`html` is a text")
        return given["html"].encode("utf-8", "surrogatepass")
    if given.get("body_base64") is not None:
        return decode_base64(given["body_base64"])
    return None


def decode_base64(value: object) -> bytes:
    """Strict base64. Raises InputError."""
    if not isinstance(value, str):
        raise InputError("`body_base64` is a text")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise InputError(f"`body_base64` is not base64: {exc}") from exc


def finding_json(finding: Finding, gate: Gate) -> dict[str, Any]:
    """One finding, as the ledger and the audit read it."""
    return {
        "rule": finding.rule,
        "gate": gate.value,
        "verdict": finding.verdict.value,
        "uses": finding.uses.as_dict(),
        "basis": finding.basis.value,
        "reason": finding.reason,
        "evidence": [evidence_json(evidence) for evidence in finding.evidence],
    }


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Where, of which bytes, which line or field."""
    digest = str(evidence.digest) if evidence.digest is not None else None
    return {"source": evidence.source, "digest": digest, "locator": evidence.locator}


def obligation_json(obligation: Obligation) -> dict[str, Any]:
    """`{"obligation": "CrawlDelay", "seconds": 2.0}`."""
    values = {field.name: getattr(obligation, field.name) for field in fields(obligation)}
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
    return {"obligation": type(obligation).__name__, **plain}


__all__ = ["Door", "decode_base64", "finding_json", "obligation_json"]
