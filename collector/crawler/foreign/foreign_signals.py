"""Takes what sites said from somebody else's archive into the account: robots.txt and the files beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from collector.archive.foreign import Foreign
from collector.crawler.crawl import Crawl
from collector.crawler.network.decoding import Decoder
from collector.ledger.site_files import signal_for
from collector.minimise.site_file import minimise_site_file
from collector.model.decision import Verdict
from collector.model.errors import UrlError
from collector.model.headers import Headers
from collector.model.url import Url, parse_url
from collector.rules.site import ai_txt
from collector.signals import age_declaration, tdmrep, trust_txt
from collector.signals.reach import MAX_REDIRECTS, Answer, interpret
from collector.signals.robots_reader import kept_part

ROBOTS = "/robots.txt"
PATHS = frozenset((ROBOTS, tdmrep.WELL_KNOWN, ai_txt.PATH, age_declaration.PATH, *trust_txt.PATHS))
RSL = "application/rsl+xml"
MAX_REDIRECTED = 200_000  # files that lead elsewhere, held until the whole archive was seen


@dataclass
class ForeignSignals:
    """Collects them in a first pass. Call `settle` after it: a redirect may lead to what stands further on."""

    crawl: Crawl
    decoder: Decoder
    found: int = 0
    _led: dict[str, tuple[Url, datetime]] = field(default_factory=dict)  # URL of a site file: where it led, when

    def is_signal(self, foreign: Foreign, url: Url) -> bool:
        """Whether a record is a site's answer about itself, not a page."""
        if url.target in PATHS:
            return True
        declared = foreign.headers.first("content-type") or ""
        return declared.partition(";")[0].strip().lower() == RSL

    def take(self, foreign: Foreign, url: Url) -> None:
        """Record one answer, with its date and the archive's own bytes, minimised."""
        crawl, at = self.crawl, foreign.date
        if at is None or at > crawl.now() or foreign.kind == "conversion":
            return
        if crawl.gates.may_contact(url, crawl.now()).verdict is not Verdict.ALLOW:
            return  # nothing of a host that objected is kept, not even what it published
        status = foreign.status if foreign.status is not None else 200
        target = _target(foreign, url) if 300 <= status < 400 else None
        if target is not None:
            if len(self._led) < MAX_REDIRECTED:
                self._led[url.href] = (target, at)
            return
        body, error = b"", "truncated" if foreign.truncated else ""
        if 200 <= status < 300:
            decoded = self.decoder.decode(url, foreign.headers, foreign.body)
            error = error or ("" if decoded.body is not None else "coding")
            body, _ = minimise_site_file(kept_part(decoded.body or b""))
        headers = Headers([pair for pair in foreign.headers.pairs if pair[0].lower() != "content-encoding"])
        record = crawl.recorder.signal_record(
            url, status, headers, body, foreign.ip_address, at, truncated=foreign.truncated
        )
        answer = Answer(url.href, status, headers, body, error)
        crawl.recorder.signal(url.origin, url.target, interpret([answer], fetched_at=at, record_id=record))
        self.found += 1
        if crawl.recorder.due():
            crawl.recorder.flush()

    def settle(self) -> None:
        """RFC 9309 §2.3.1.2: what led elsewhere is what stands there; where the archive lacks it, it stays unknown."""
        self.crawl.recorder.flush()
        for href, (first, at) in self._led.items():
            url, hops, target = parse_url(href), [first.href], first
            while target.href in self._led and len(hops) <= MAX_REDIRECTS:
                target = self._led[target.href][0]
                hops.append(target.href)
            with self.crawl.store.snapshot() as tx:
                there = signal_for(tx, str(target.origin), target.target)
            if there is None or len(hops) > MAX_REDIRECTS:
                continue
            self.crawl.recorder.signal(
                url.origin, url.target, replace(there, url=href, redirects=tuple(hops), fetched_at=at)
            )
            self.found += 1
        self._led.clear()
        self.crawl.recorder.flush()


def _target(foreign: Foreign, url: Url) -> Url | None:
    location = foreign.headers.first("location")
    try:
        return parse_url(location, url) if location and location.strip() else None
    except UrlError:
        return None
