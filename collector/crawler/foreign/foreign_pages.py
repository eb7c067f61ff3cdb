"""One page of somebody else's archive through gates 1 to 3, with what the archive knows of it, and no more."""

from __future__ import annotations

from dataclasses import dataclass, replace

from collector.archive.foreign import Foreign
from collector.audit.stored import ROBOTS, StoredSignals
from collector.crawler.crawl import Crawl
from collector.crawler.gating.judge import REDIRECTS
from collector.crawler.network.decoding import Decoder
from collector.model.decision import Attribute, Basis, Evidence, Finding, Gate, Verdict, combine
from collector.model.event import Outcome, Stop
from collector.model.headers import Headers
from collector.model.page import Admitted, Candidate, Capture, Hop
from collector.model.url import Url
from collector.model.uses import Uses
from collector.pipeline import stop
from collector.policy.policy import OnUnknown, Source, SourceKind
from collector.rules.facts import ResponseFacts, SiteFacts
from collector.signals.robots_txt import parse
from collector.signals.site_file import Reach, SiteFile


@dataclass(frozen=True, slots=True)
class Received:
    """Either a capture to read, or why there is none."""

    foreign: Foreign
    candidate: Candidate
    capture: Capture | None = None
    stop: Stop | None = None
    redirects: bool = False
    without_robots: bool = False


@dataclass
class ForeignPages:
    """Judges records of one source. `signals` are the site files that the account has by now."""

    crawl: Crawl
    source: Source
    decoder: Decoder
    signals: StoredSignals

    def receive(self, foreign: Foreign, url: Url) -> Received:
        """Gates 1 to 3. Status and header fields that the archive does not have are unknown, and said to be."""
        crawl, candidate = self.crawl, Candidate(url, hops=Hop.ARCHIVE.value)
        now = crawl.now()
        facts = self._site_facts(url)
        unknown = facts.robots.reach is Reach.UNKNOWN and self.source.kind is SourceKind.CRAWLED
        received = Received(foreign, candidate, without_robots=unknown)
        admitted = crawl.pipeline.admit(candidate, crawl.gates.consider(candidate, now), facts, now)
        if isinstance(admitted, Stop):
            return replace(received, stop=admitted)
        admitted = self._with_source(admitted, unknown=unknown, told=foreign.status is not None)
        if admitted.decisions[-1].verdict is not Verdict.ALLOW:
            return replace(received, stop=stop(candidate, admitted.decisions))
        limit = crawl.policy.scope.max_body_bytes
        decoded = self.decoder.decode(url, foreign.headers, foreign.body)
        too_large = decoded.too_large or len(foreign.body) > limit
        headers = Headers([pair for pair in foreign.headers.pairs if pair[0].lower() != "content-encoding"])
        status = foreign.status if foreign.status is not None else 200
        body = decoded.body or b""
        response = ResponseFacts(
            url=url,
            product_token=facts.product_token,
            status=status,
            headers=headers,
            now=now,
            body_size=limit + 1 if too_large else len(body),
            training_tokens=facts.training_tokens,
            files=facts.files,
        )
        decisions = crawl.pipeline.receive(admitted, response, now)
        if isinstance(decisions, Stop):
            return replace(received, stop=decisions)
        if decoded.body is None or too_large:
            reason = (
                "body larger than the limit" if too_large else "the body does not decode as its Content-Encoding says"
            )
            return replace(received, stop=Stop(candidate, Outcome.FAILED, reason, decisions))
        assert foreign.date is not None
        capture = Capture(
            admitted=admitted,
            decisions=decisions,
            status=status,
            headers=headers,
            body=body,
            fetched_at=foreign.date,
            duration=0.0,
            ip_address=foreign.ip_address,
            truncated=foreign.truncated,
        )
        return replace(received, capture=capture, redirects=status in REDIRECTS)

    def _site_facts(self, url: Url) -> SiteFacts:
        """What the site published; nothing of the kind addresses what a rightsholder has given by himself."""
        facts = self.signals.facts(url, self.crawl.now())
        if self.source.kind is SourceKind.CRAWLED:
            return facts
        robots = SiteFile(f"{url.origin}{ROBOTS}", Reach.UNKNOWN)
        return replace(facts, robots=robots, robots_txt=parse(b""), files={})

    def _with_source(self, admitted: Admitted, *, unknown: bool, told: bool) -> Admitted:
        """With the finding that names the source, what its publisher granted, and what its archive does not tell."""
        crawl, source = self.crawl, self.source
        missing = [*(["robots.txt"] if unknown else []), *([] if told else ["status and header fields"])]
        silent = f"; not in the archive, so unknown: {', '.join(missing)}" if missing else ""
        drops = unknown and source.without_robots is OnUnknown.DROP
        finding = Finding(
            "source",
            Verdict.DENY if drops else Verdict.ALLOW,
            f"{source.kind.value}: {source.title}, {source.publisher}{silent}",
            Uses.allowing(*source.uses),
            Basis.POLICY,
            (Evidence("policy", crawl.policy.digest, f"[[sources]] {source.id}"),),
            (Attribute(source.licence),),
        )
        last = admitted.decisions[-1]
        need = crawl.pipeline.ruleset.need
        judged = combine(Gate.SITE, (*last.findings, finding), need=need, policy=last.policy, now=last.decided_at)
        return replace(admitted, decisions=(*admitted.decisions[:-1], judged))
