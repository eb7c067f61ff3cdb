"""The way of a page through the four gates: consider, admit, receive, ingest, and what each answer becomes.

Pure: no disk, clock or network. Facts come in as values, outcomes go out as values; whoever calls
this fetches the former and records the latter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from collector.document import links as document_links
from collector.document.facts import PageFacts
from collector.document.main_text import Extractor, MainText, extract
from collector.document.page_facts import page_facts
from collector.document.read import Document, UnsupportedDocument, read
from collector.document.simhash import simhash
from collector.minimise.headers import minimise_headers
from collector.minimise.names.asked import Persons
from collector.minimise.quoted import minimise_decision
from collector.minimise.replacing.plan import Plan, plan_of
from collector.model.decision import Decision, Gate, NoArchive, NoFollow, Verdict, combine
from collector.model.event import Outcome, Stop
from collector.model.headers import Headers
from collector.model.leaving import restriction_of
from collector.model.page import Admitted, Candidate, Capture, Hop, Language, Link, Minimised, Redaction
from collector.model.url import Url
from collector.policy.policy import Policy
from collector.rules.asking import Asking
from collector.rules.catalogue import bind
from collector.rules.evaluate import Ruleset, evaluate, judge_silence, overall, stand_ins, worth_asking
from collector.rules.facts import ContentFacts, ResponseFacts, SiteFacts, UrlFacts
from collector.rules.rule import Needed
from collector.signals.asset import embedded_in
from collector.signals.embedded import NOTHING, Embedded
from collector.signals.site_file import SiteFile

DISCOVERY_HOPS = (Hop.SITEMAP.value, Hop.FEED.value)


@dataclass(frozen=True, slots=True)
class Redirected:
    """The server sent us elsewhere: the target is a candidate of its own and passes all gates again."""

    capture: Minimised
    target: str | None  # as sent; None where there is no usable Location


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a capture, and the links to consider next (none from a page that was refused)."""

    result: Minimised | Stop
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanting:
    """Gate 4 cannot judge yet: the page names documents that must be at hand, and nothing else refuses it."""

    needed: tuple[Needed, ...]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One policy's rules and redaction plan. Build it with `pipeline_of`."""

    policy: Policy
    ruleset: Ruleset
    plan: Plan
    training_tokens: tuple[str, ...] = ()
    with_language: bool = True  # it costs more than all gates: detected where a rule asks for it, or a text is kept

    @property
    def asking(self) -> Asking:
        """As whom sites are asked."""
        return Asking(self.policy.crawler.product_token, self.training_tokens)

    def consider(self, facts: UrlFacts, now: datetime) -> Decision:
        """Gate 1. Nobody may be contacted before this allows."""
        return evaluate(Gate.URL, facts, facts.candidate.url, self.ruleset, now)

    def admit(self, candidate: Candidate, considered: Decision, facts: SiteFacts, now: datetime) -> Admitted | Stop:
        """Gate 2. Only what this admits may be downloaded."""
        if considered.verdict is not Verdict.ALLOW:
            return stop(candidate, (considered,))
        decisions = (considered, evaluate(Gate.SITE, facts, candidate.url, self.ruleset, now))
        if decisions[-1].verdict is not Verdict.ALLOW:
            return stop(candidate, decisions)
        return Admitted(candidate, decisions)

    def receive(self, admitted: Admitted, facts: ResponseFacts, now: datetime) -> tuple[Decision, ...] | Stop:
        """Gate 3, on status and header fields; then what the status means for the candidate."""
        candidate = admitted.candidate
        decisions = (*admitted.decisions, self.judge_response(facts, now))
        if decisions[-1].verdict is not Verdict.ALLOW:
            return stop(candidate, decisions)
        if facts.status >= 400 or facts.status < 200:
            return Stop(candidate, Outcome.FAILED, f"http status {facts.status}", decisions)
        return decisions

    def judge_response(self, facts: ResponseFacts, now: datetime) -> Decision:
        """Gate 3. What its findings quote is minimised: a header value may name anybody."""
        return minimise_decision(evaluate(Gate.RESPONSE, facts, facts.url, self.ruleset, now))

    def redirect(self, capture: Capture) -> Redirected:
        """A 3xx answer: kept without its body; its target is judged by whoever considers it next."""
        headers, counts = minimise_headers(capture.headers, self.plan, self.policy.storage.headers)
        kept = _minimised(capture, headers, b"", "", None, dict(counts), self.plan.profile)
        kept = self._for_uses(kept, capture.decisions)
        return Redirected(kept, capture.headers.first("location"))

    def attempt(self, capture: Capture, now: datetime) -> Ingested | Wanting:
        """`ingest`, unless the page names documents that decide on it: they are fetched, and it is ingested then."""
        document, facts = self._parse(capture, now, {})
        wanted = worth_asking(Gate.CONTENT, facts, facts.url, self.ruleset, now)
        if wanted:
            return Wanting(wanted)
        return self._ingest(capture, document, replace(facts, files=stand_ins(Gate.CONTENT, facts, self.ruleset)))

    def ingest(self, capture: Capture, now: datetime, *, files: Mapping[str, SiteFile] | None = None) -> Ingested:
        """Parse once, gate 4, links, minimise, main text. The capture's body goes no further than this.

        `files`: the documents that the page names, by absolute URL; what it names and is not among them cannot
        be had.
        """
        document, facts = self._parse(capture, now, files or {})
        return self._ingest(capture, document, facts)

    def _parse(self, capture: Capture, now: datetime, files: Mapping[str, SiteFile]) -> tuple[Document, ContentFacts]:
        url = capture.admitted.candidate.url
        document = read(capture.body, content_type=capture.headers.first("content-type"), url=url)
        page = page_facts(document, status=capture.status, with_language=self.with_language)
        embedded = embedded_in(capture.body, page.media_type)
        return document, self.content_facts(url, page, now, files=files, embedded=embedded)

    def _ingest(self, capture: Capture, document: Document, facts: ContentFacts) -> Ingested:
        candidate = capture.admitted.candidate
        url, page, now = facts.url, facts.page, facts.now
        content = self.judge_content(facts)
        decisions = (*capture.decisions, content)
        silence = judge_silence(decisions, self.ruleset)
        if silence is not None:
            content = combine(
                Gate.CONTENT,
                (*content.findings, silence),
                need=self.ruleset.need,
                policy=content.policy,
                now=now,
            )
            decisions = (*capture.decisions, content)
        if content.verdict is not Verdict.ALLOW:
            return Ingested(stop(candidate, decisions))
        obligations = tuple(o for decision in decisions for o in decision.obligations)
        links: tuple[Link, ...] = ()
        if self.policy.scope.follow_links and not any(isinstance(o, NoFollow) for o in obligations):
            links = tuple(link for link in document_links.links(document, url) if not link.nofollow)
        reason = self._not_kept(document, candidate)
        if reason is not None:
            return Ingested(Stop(candidate, Outcome.WITHHELD, reason, decisions), links)
        if any(isinstance(o, NoArchive) for o in obligations):
            return Ingested(Stop(candidate, Outcome.WITHHELD, "the page forbids keeping a copy", decisions), links)
        return self._minimise(capture, document, decisions, links, page.language)

    def content_facts(
        self, url: Url, page: PageFacts, now: datetime, *, files: Mapping[str, SiteFile], embedded: Embedded = NOTHING
    ) -> ContentFacts:
        """The facts of gate 4, as this policy asks them."""
        return ContentFacts(
            url=url,
            product_token=self.policy.crawler.product_token,
            page=page,
            now=now,
            training_tokens=self.training_tokens,
            files=files,
            embedded=embedded,
        )

    def judge_content(self, facts: ContentFacts) -> Decision:
        """Gate 4. What its findings quote is minimised."""
        return minimise_decision(evaluate(Gate.CONTENT, facts, facts.url, self.ruleset, facts.now))

    def _not_kept(self, document: Document, candidate: Candidate) -> str | None:
        """Why a document that passed gate 4 is still not archived: what we sniffed, not what was promised."""
        if isinstance(document, UnsupportedDocument):
            return f"{document.media_type}: no minimiser for this media type, so it is not archived"
        if document.media_type not in self.policy.scope.media_types:
            if candidate.hops.endswith(DISCOVERY_HOPS):
                return f"{document.media_type}: read for its links only"
            return f"{document.media_type} is not among [scope] media_types"
        return None

    def _minimise(
        self,
        capture: Capture,
        document: Document,
        decisions: tuple[Decision, ...],
        links: tuple[Link, ...],
        language: Language | None,
    ) -> Ingested:
        from collector.minimise.document import minimise_document  # noqa: PLC0415  a crawler has others do it

        candidate = capture.admitted.candidate
        cleaned = minimise_document(document, candidate.url, self.plan)
        if cleaned.withhold:
            reason = "personal data was left after minimising, so the page is not archived"
            return Ingested(Stop(candidate, Outcome.WITHHELD, reason, decisions))
        wanted = self.policy.storage.text
        found = extract(document, Extractor(self.policy.document.extractor)) if wanted else MainText(None)
        headers, header_counts = minimise_headers(capture.headers, self.plan, self.policy.storage.headers)
        if cleaned.media_type is not None:
            headers = headers.replaced("content-type", f"{cleaned.media_type}; charset={cleaned.charset}")
        counts = dict(cleaned.redaction.counts)
        for kind, count in header_counts.items():
            counts[kind] = counts.get(kind, 0) + count
        kept = _minimised(
            capture,
            headers,
            cleaned.body,
            cleaned.media_type or document.media_type,
            cleaned.charset,
            counts,
            self.plan.profile,
        )
        return Ingested(
            replace(
                self._for_uses(kept, decisions),
                decisions=decisions,
                redaction=replace(kept.redaction, models=cleaned.redaction.models),
                title=cleaned.title,
                text=found.text,
                extractor=found.by,
                simhash=simhash(found.text if wanted else cleaned.visible) if cleaned.body else None,
                language=language,
            ),
            links,
        )

    def _for_uses(self, kept: Minimised, decisions: tuple[Decision, ...]) -> Minimised:
        """With what it may be used for, once a later carrier of a signal has superseded an earlier one."""
        _, uses = overall(decisions, self.ruleset)
        return replace(kept, uses=uses, restriction=restriction_of(uses, research=self.policy.research is not None))


def pipeline_of(
    policy: Policy, training_tokens: tuple[str, ...] = (), key: bytes = b"", persons: Persons | None = None
) -> Pipeline:
    """The pipeline under this policy; `key` where its treatments need the campaign's, `persons` who asked."""
    ruleset = bind(policy)
    asks = any(getattr(bound.settings, "languages", ()) for bound in ruleset.by_gate[Gate.CONTENT])
    plan = plan_of(policy.minimise, key, persons)
    return Pipeline(policy, ruleset, plan, training_tokens, asks or policy.storage.text)


def stop(candidate: Candidate, decisions: tuple[Decision, ...]) -> Stop:
    """What the last decision, which did not allow, turns the candidate into."""
    last = decisions[-1]
    if last.verdict is Verdict.DEFER:
        outcome = Outcome.DEFERRED
    elif last.gate in (Gate.URL, Gate.SITE):
        outcome = Outcome.REFUSED
    else:
        outcome = Outcome.WITHHELD
    return Stop(candidate, outcome, last.deciding.reason, decisions)


def _minimised(
    capture: Capture,
    headers: Headers,
    body: bytes,
    media_type: str,
    charset: str | None,
    counts: dict[str, int],
    profile: str,
) -> Minimised:
    return Minimised(
        candidate=capture.admitted.candidate,
        decisions=capture.decisions,
        status=capture.status,
        headers=headers,
        body=body,
        media_type=media_type,
        charset=charset,
        redaction=Redaction(profile, counts),
        fetched_at=capture.fetched_at,
        duration=capture.duration,
        ip_address=capture.ip_address,
        protocol=capture.protocol,
        tls_verified=capture.tls_verified,
        truncated=capture.truncated,
    )
