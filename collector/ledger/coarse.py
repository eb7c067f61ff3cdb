"""Findings as they may be kept of a page whose URL is personal: who said what, and nothing that names the page."""

from __future__ import annotations

from dataclasses import replace

from collector.model.decision import Decision, Finding
from collector.model.url import Url

UNSAID = "not kept: it would name the page"
# Rules whose reasons name kinds and quote nothing: `?email=…` would hide from everybody that it was an e-mail address.
_KINDS_ONLY = frozenset(("personal_url",))
_SHORTEST = 4  # characters of a path segment or parameter that would give the page away


def coarse(decisions: tuple[Decision, ...], url: Url) -> tuple[Decision, ...]:
    """The same decisions without evidence, and with reasons only where they do not quote the URL (design §2.3)."""
    telling = _parts(url)
    return tuple(replace(d, findings=tuple(_finding(f, telling) for f in d.findings)) for d in decisions)


def coarse_text(text: str, url: Url, decisions: tuple[Decision, ...] = ()) -> str:
    """`text`, or a placeholder where it quotes the URL. `decisions`: a reason of theirs is kept as theirs are."""
    said = {f.reason: f for decision in decisions for f in decision.findings}.get(text)
    return _finding(said, _parts(url)).reason if said is not None else _reason(text, _parts(url))


def _parts(url: Url) -> tuple[str, ...]:
    pieces = {url.host, url.path, url.query, *url.path.split("/")}
    for pair in url.query.split("&"):
        pieces.update(pair.partition("=")[::2])
    return tuple(p.lower() for p in pieces if len(p) >= _SHORTEST)


def _finding(finding: Finding, telling: tuple[str, ...]) -> Finding:
    reason = finding.reason if finding.rule in _KINDS_ONLY else _reason(finding.reason, telling)
    return replace(finding, reason=reason, evidence=())


def _reason(reason: str, telling: tuple[str, ...]) -> str:
    lowered = reason.lower()
    return UNSAID if any(part in lowered for part in telling) else reason
