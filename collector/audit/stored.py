"""The facts of a page as a collection has them: what its site published, and what was archived of the page itself."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from collector.archive.naming import locate
from collector.archive.reader import Record, read_at
from collector.document.page_facts import page_facts
from collector.document.read import UnsupportedDocument, read
from collector.ledger.captures import CaptureRow
from collector.model.decision import Decision
from collector.model.errors import UrlError
from collector.model.page import Placement
from collector.model.url import Url, parse_url
from collector.pipeline import Pipeline
from collector.rules.facts import ResponseFacts, SiteFacts
from collector.signals.asset import embedded_in
from collector.signals.robots_txt import RobotsTxt, parse
from collector.signals.rsl_associations import advertised
from collector.signals.site_file import Reach, SiteFile

ROBOTS = "/robots.txt"
ORIGINS = 2_000  # parsed in memory at once


@dataclass(frozen=True, slots=True)
class Published:
    """What an origin answered for its files, robots.txt parsed. `files` by path."""

    robots: SiteFile
    rules: RobotsTxt
    files: Mapping[str, SiteFile]


@dataclass
class StoredSignals:
    """Site facts from stored answers. `read` gives the newest answer of an origin for each path."""

    pipeline: Pipeline
    read: Callable[[str], Mapping[str, SiteFile]]
    _known: OrderedDict[str, Published] = field(default_factory=OrderedDict)

    def published(self, url: Url) -> Published:
        """Everything known of the origin of `url`. Where nobody asked for its robots.txt, that is unknown."""
        origin = str(url.origin)
        known = self._known.get(origin)
        if known is None:
            # What a site said stays what it said: how long that could be relied on is for `recheck` to judge.
            files = {path: replace(file, valid_until=None) for path, file in self.read(origin).items()}
            robots = files.pop(ROBOTS, None) or SiteFile(f"{origin}{ROBOTS}", Reach.UNKNOWN)
            known = self._known[origin] = Published(robots, parse(robots.body), files)
            if len(self._known) > ORIGINS:
                self._known.popitem(last=False)
        self._known.move_to_end(origin)
        return known

    def facts(self, url: Url, now: datetime) -> SiteFacts:
        """What gate 2 judges `url` by."""
        asking, published = self.pipeline.asking, self.published(url)
        files = dict(published.files)
        for href in advertised(published.rules, asking.product_token, url):
            named = self._elsewhere(href, url)
            if named is not None:
                files[href] = named
        return asking.of_site(url, published.robots, published.rules, now, files)

    def _elsewhere(self, href: str, page: Url) -> SiteFile | None:
        try:
            target = parse_url(href)
        except UrlError:
            return None
        if target.origin == page.origin:
            return None  # by its path already
        return self.published(target).files.get(target.target)


def archived_record(root: Path, row: CaptureRow, place_of: Callable[[str], Placement | None]) -> Record:
    """The record that holds the body of `row`: its own, or the one it is a revisit of. Raises IntegrityError."""
    place = (place_of(row.revisit_of) if row.revisit_of else None) or row.page
    return read_at(locate(root, place.file), place.offset, place.length)


def judge_archived(
    url: Url, row: CaptureRow, record: Record, facts: SiteFacts, pipeline: Pipeline, now: datetime
) -> tuple[Decision, ...]:
    """Gates 3 and 4 again, on what the archive has: kept header fields and the minimised body.

    Only for a `response` record; text alone has no header fields and no markup to judge.
    """
    headers = record.http_headers
    if headers is None:
        return ()
    response = ResponseFacts(
        url=url,
        product_token=facts.product_token,
        status=record.http_status or row.status,
        headers=headers,
        now=now,
        body_size=len(record.body),
        training_tokens=facts.training_tokens,
        files=facts.files,
    )
    document = read(record.body, content_type=headers.first("content-type"), url=url)
    wants_language = bool(pipeline.policy.scope.languages) and not isinstance(document, UnsupportedDocument)
    page = page_facts(document, status=response.status, with_language=wants_language)
    embedded = embedded_in(record.body, page.media_type)
    content = pipeline.content_facts(url, page, now, files=facts.files, embedded=embedded)
    return (pipeline.judge_response(response, now), pipeline.judge_content(content))
