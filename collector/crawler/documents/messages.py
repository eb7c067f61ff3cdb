"""Jobs and answers on their way between the crawler and its document processes: plain values, and only what is news.

By hand, over a pickle of the objects, which takes longer than either gate: what the crawler knows of a page does not
come back from its reader, a finding that was made before is looked up, and nothing but rare parts is pickled.
"""

from __future__ import annotations

import marshal
import pickle
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from collector.model.decision import Basis, Decision, Evidence, Finding, Gate, PolicyRef, Verdict
from collector.model.digest import Digest
from collector.model.event import Outcome, Stop
from collector.model.headers import Headers
from collector.model.leaving import Restriction
from collector.model.page import Admitted, Candidate, Capture, Hop, Language, Link, Minimised, Redaction
from collector.model.url import Url
from collector.model.uses import UNSTATED, Uses, permissions
from collector.pipeline import Ingested, Wanting
from collector.signals.site_file import SiteFile

_VERSION = 2  # of the marshal format: the last one in which equal values are equal bytes
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_FINDINGS = 4_096  # remembered: a site gives the same ones on each page
_ANSWERS = 512  # remembered whole: what the last gate says, some 4 KB of each

Plain = tuple[Any, ...]
Unknown = Callable[[list[str]], Collection[str]]


@dataclass(frozen=True, slots=True)
class Job:
    """One document."""

    capture: Capture
    now: datetime
    files: Mapping[str, SiteFile] | None = None  # what the page names; None: not known yet what that is


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it; `failure` names the class of an error, never its text, which may quote the page."""

    ingested: Ingested | Wanting | None
    failure: str
    cpu_seconds: float


def job_bytes(job: Job) -> bytes:
    """The job with what its reader asks of the capture, and of earlier findings those that bear on its page."""
    capture = job.capture
    candidate = capture.admitted.candidate
    url = candidate.url
    return marshal.dumps(
        (
            (url.href, url.scheme, url.host, url.port, url.path, url.query, url.credentials),
            candidate.hops,
            tuple([_told(decision) for decision in capture.decisions]),
            capture.status,
            capture.headers.pairs,
            capture.body,
            job.now.timestamp(),
            None if job.files is None else _rare(dict(job.files)),
        ),
        _VERSION,
    )


def job_of(message: bytes) -> Job:
    """The reverse of `job_bytes`; what it does not say of the capture has its default, times are those of the job."""
    url, hops, decisions, status, pairs, body, now, files = marshal.loads(message)  # noqa: S302  from our own parent
    at = datetime.fromtimestamp(now, UTC)
    admitted = Admitted(Candidate(Url(*url), hops=hops), ())
    capture = Capture(admitted, _decided_before(decisions), status, Headers(pairs), body, at, 0.0)
    return Job(capture, at, None if files is None else pickle.loads(files))  # noqa: S301  likewise


def answer_bytes(answer: Answer, job: Job) -> bytes:
    """The answer without what came with the job."""
    return marshal.dumps((answer.cpu_seconds, answer.failure, *_result(answer.ingested, job)), _VERSION)


def answer_of(message: bytes, job: Job, unknown: Unknown | None = None) -> Answer:
    """The reverse of `answer_bytes`, in the crawler: `job` is the one that was asked, with its whole capture.

    Of links of which nothing but the URL is said those alone that `unknown` leaves: most of a site's links are
    known, on each page.
    """
    cpu_seconds, failure, kind, *said = marshal.loads(message)  # noqa: S302  from our own child
    if kind == _NOTHING:
        return Answer(None, failure, cpu_seconds)
    if kind == _WHOLE:
        return Answer(pickle.loads(said[0]), failure, cpu_seconds)  # noqa: S301  from our own child
    decisions, plain, links, *rest = said
    capture = job.capture
    after = (*capture.decisions, *[replace(one, decided_at=job.now) for one in _decided(decisions)])
    result = _stopped(capture, after, *rest) if kind == _STOP else _minimised(capture, after, *rest)
    found: tuple[Link, ...] = pickle.loads(links) if links else ()  # noqa: S301  likewise
    if plain:
        hrefs = plain.split("\n")
        found = tuple([Link(href) for href in (hrefs if unknown is None else unknown(hrefs))])
    return Answer(Ingested(result, found), failure, cpu_seconds)


_NOTHING, _WHOLE, _STOP, _PAGE = range(4)


def _rare(value: object) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _result(ingested: Ingested | Wanting | None, job: Job) -> Plain:
    if ingested is None:
        return (_NOTHING,)
    if isinstance(ingested, Wanting):
        return (_WHOLE, _rare(ingested))
    result, links = ingested.result, ingested.links
    before = len(job.capture.decisions)
    decisions = marshal.dumps(tuple([_plain_decision(decision) for decision in result.decisions[before:]]), _VERSION)
    plain = all(map(_is_plain, links))
    hrefs = "\n".join([link.href for link in links]) if plain else ""
    said = (decisions, hrefs, b"" if plain else _rare(links))
    if isinstance(result, Stop):
        return (_STOP, *said, result.outcome.value, str(result.reason))
    return (_PAGE, *said, *_page(result))


def _is_plain(link: Link) -> bool:
    more = link.nofollow or link.lastmod is not None or link.licence
    return link.hop is Hop.LINK and not more and "\n" not in link.href


def _stopped(capture: Capture, decisions: tuple[Decision, ...], outcome: str, reason: str) -> Stop:
    return Stop(capture.admitted.candidate, Outcome(outcome), reason, decisions)


def _page(m: Minimised) -> Plain:
    return (
        m.headers.pairs,
        m.body,
        m.media_type,
        m.charset,
        (m.redaction.profile, dict(m.redaction.counts), m.redaction.models),
        m.title,
        m.text,
        m.extractor,
        None if m.language is None else (m.language.code, m.language.probability),
        m.simhash,
        None if m.uses is None else permissions(m.uses),
        m.restriction.value,
    )


def _minimised(
    capture: Capture,
    decisions: tuple[Decision, ...],
    pairs: tuple[tuple[str, str], ...],
    body: bytes,
    media_type: str,
    charset: str | None,
    redaction: Plain,
    title: str | None,
    text: str | None,
    extractor: str,
    language: Plain | None,
    simhash: int | None,
    uses: Plain | None,
    restriction: str,
) -> Minimised:
    return Minimised(
        candidate=capture.admitted.candidate,
        decisions=decisions,
        status=capture.status,
        headers=Headers(pairs),
        body=body,
        media_type=media_type,
        charset=charset,
        redaction=Redaction(*redaction),
        fetched_at=capture.fetched_at,
        duration=capture.duration,
        ip_address=capture.ip_address,
        protocol=capture.protocol,
        tls_verified=capture.tls_verified,
        truncated=capture.truncated,
        title=title,
        text=text,
        extractor=extractor,
        language=None if language is None else Language(*language),
        simhash=simhash,
        uses=None if uses is None else _uses(uses),
        restriction=Restriction(restriction),
    )


@lru_cache(maxsize=243)  # 3 to the 5th: every statement there can be
def _uses(said: Plain) -> Uses:
    uses = Uses.of(said)
    return UNSTATED if uses == UNSTATED else uses


def _plain_decision(decision: Decision) -> Plain:
    ref = decision.policy
    return (
        decision.gate.value,
        decision.verdict.value,
        permissions(decision.uses),
        tuple([_plain_finding(finding) for finding in decision.findings]),
        (ref.id, ref.digest.hex, ref.digest.algorithm),
    )


def _decision(said: Plain, at: datetime) -> Decision:
    gate, verdict, uses, findings, policy = said
    return Decision(
        Gate(gate), Verdict(verdict), _uses(uses), tuple([_finding(one) for one in findings]), _policy(policy), at
    )


@lru_cache(maxsize=_ANSWERS)
def _decided(said: bytes) -> tuple[Decision, ...]:
    """Looked up by their bytes, whose hash costs a twentieth of those of the findings in them."""
    return tuple([_decision(one, _LONG_AGO) for one in marshal.loads(said)])  # noqa: S302  from our own child


@lru_cache(maxsize=8)
def _policy(said: Plain) -> PolicyRef:
    name, value, algorithm = said
    return PolicyRef(name, Digest(value, algorithm))


def _plain_finding(finding: Finding) -> Plain:
    uses = finding.uses
    evidence = [
        (str(one.source), None if one.digest is None else (one.digest.hex, one.digest.algorithm), str(one.locator))
        for one in finding.evidence
    ]
    return (
        str(finding.rule),  # a rule of somebody else's may say it in a word of an enumeration
        finding.verdict.value,
        str(finding.reason),
        None if uses is UNSTATED else permissions(uses),
        finding.basis.value,
        tuple(evidence),
        _rare(finding.obligations) if finding.obligations else b"",
        bool(finding.failed),
        tuple(map(str, finding.supersedes)),
    )


@lru_cache(maxsize=_FINDINGS)
def _finding(said: Plain) -> Finding:
    rule, verdict, reason, uses, basis, evidence, obligations, failed, supersedes = said
    return Finding(
        rule,
        Verdict(verdict),
        reason,
        UNSTATED if uses is None else _uses(uses),
        Basis(basis),
        tuple([Evidence(s, None if digest is None else Digest(*digest), where) for s, digest, where in evidence]),
        pickle.loads(obligations) if obligations else (),  # noqa: S301  from our own child
        failed,
        supersedes,
    )


@lru_cache(maxsize=_FINDINGS)
def _bearing(finding: Finding) -> Plain | None:
    allows = finding.verdict is Verdict.ALLOW and finding.uses is UNSTATED
    if allows and not (finding.obligations or finding.supersedes or finding.failed):
        return None
    return _plain_finding(replace(finding, reason="", evidence=()))


def _told(decision: Decision) -> Plain:
    """With those findings alone that bear on what is done with the page: most of them only allow it.

    What is left out allows, says nothing of any use, obliges to nothing and supersedes nothing; and of those that are
    told no reader asks for the reason or the evidence.
    """
    bearing = [said for said in map(_bearing, decision.findings) if said is not None]
    ref = decision.policy
    policy = (ref.id, ref.digest.hex, ref.digest.algorithm)
    return (decision.gate.value, decision.verdict.value, permissions(decision.uses), tuple(bearing), policy)


@lru_cache(maxsize=_FINDINGS)
def _decided_before(said: Plain) -> tuple[Decision, ...]:
    """When that was is no news to a reader."""
    return tuple([_decision(one, _LONG_AGO) for one in said])
