"""Where RSL licence documents are named: robots.txt, the Link header field, `<link>` elements (RSL §4).

Inline documents (§4.6.2) need no address; the rule that finds them reads them as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.model.errors import UrlError
from collector.model.headers import Headers
from collector.model.url import Url, parse_url
from collector.signals import link_header
from collector.signals.excerpt import excerpt
from collector.signals.product_token import ANY
from collector.signals.robots_reader import Record
from collector.signals.robots_txt import RobotsTxt
from collector.signals.rsl import MEDIA_TYPE

FIELD = "license"
IN_FEED = "#rsl-in-feed"  # where facts keep what a feed said of the page
MAX_ASSOCIATIONS = 16  # different documents for one page; whoever names more is read as naming an unreadable one


@dataclass(frozen=True, slots=True)
class Association:
    """One place that names a licence document."""

    target: str  # as written
    url: Url | None  # None: no URL that can be asked, or no address at all
    quoted: str  # the place, for the evidence: `line 3: License: https://…`
    raw: str  # what its digest is of
    restricts_only: bool = False  # may refuse, must not permit
    malformed: bool = False  # because the specification wants an absolute URL
    is_address: bool = True  # False: a word such as `CC-BY-4.0`, which names no place


def in_robots(robots: RobotsTxt, token: str, base: Url | None = None) -> tuple[Association, ...]:
    """RSL §4.4: the `License` lines of the groups that apply to `token`; where they hold none, those of no group.

    Beyond the specification: where neither has any, those for `*` count too, to refuse and not to permit.
    `base` resolves paths, which §4.4 does not allow. A value that is neither URL nor path, such as the name
    of a licence, has no `url`.
    """
    records, foreign = robots.once((FIELD, token), lambda: _speaking(robots, token))
    if not records:
        return ()
    found: dict[str, Association] = {}
    for record in records:
        shown = f"line {record.line}: License: {excerpt(record.value)}"
        target = record.value
        if target.lower().startswith(("http:", "https:", "/")) or target.lower().endswith(".xml"):
            named = _association(target, base, shown, target, foreign=foreign)
        else:
            named = Association(target, None, shown, target, is_address=False)
        found.setdefault(target, named)
    return tuple(found.values())


def in_headers(headers: Headers, page: Url) -> tuple[Association, ...]:
    """RSL §4.5: Link fields with `rel="license"` and the media type of RSL, whose context is the page."""
    found: dict[str, Association] = {}
    for link in link_header.read_links(headers.all(link_header.FIELD)):
        if FIELD not in link.relations or link.media_type != MEDIA_TYPE or not _is_page(link.anchor, page):
            continue
        shown = f'Link: <{excerpt(link.target)}>; rel="license"; type="{MEDIA_TYPE}"'
        found.setdefault(link.target, _association(link.target, page, shown, link.field))
    return tuple(found.values())


def in_elements(link_rels: Iterable[tuple[str, str, str]], page: Url) -> tuple[Association, ...]:
    """RSL §4.6.1: `<link rel="license" type="application/rsl+xml">`, given as (rel, type, href) in lower case."""
    found: dict[str, Association] = {}
    for rel, media_type, href in link_rels:
        if FIELD not in rel.split() or media_type.partition(";")[0].strip() != MEDIA_TYPE:
            continue
        shown = f'<link rel="license" type="{MEDIA_TYPE}" href="{excerpt(href)}">'
        found.setdefault(href, _association(href.strip(), page, shown, href))
    return tuple(found.values())


def advertised(robots: RobotsTxt, token: str, base: Url | None = None, *, https_only: bool = True) -> tuple[str, ...]:
    """The URLs that must be fetched before the site gate can decide for `token`. `base`: a page of the origin.

    RSL §8: over https alone, unless `https_only` is false. Addresses come from strangers: gate 1 judges each
    before it is contacted.
    """
    return askable(in_robots(robots, token, base), https_only=https_only)


def askable(associations: Iterable[Association], *, https_only: bool = True) -> tuple[str, ...]:
    """The addresses among `associations` that may be asked, each once, at most 16."""
    urls = dict.fromkeys(
        association.url.href
        for association in associations
        if association.url is not None and (association.url.scheme == "https" or not https_only)
    )
    return tuple(urls)[:MAX_ASSOCIATIONS]


def _speaking(robots: RobotsTxt, token: str) -> tuple[tuple[Record, ...], bool]:
    """The lines that count for `token`, and whether they are those for everybody else."""
    records = _licences(robots.content_records(token)) or _licences(robots.orphans)
    return (records, False) if records else (_licences(robots.content_records(ANY)), True)


def _licences(records: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(record for record in records if record.field == FIELD and record.value)


def _association(target: str, base: Url | None, shown: str, raw: str, *, foreign: bool = False) -> Association:
    """RSL §4.4 and §4.5 want absolute URLs; a relative one is resolved, and may only restrict."""
    absolute = target.lower().startswith(("http:", "https:"))
    url: Url | None = None
    try:
        if target:
            url = parse_url(target, None if absolute else base)
    except UrlError:
        url = None
    if url is not None and url.credentials:
        url = None
    return Association(target, url, shown, raw, restricts_only=foreign or not absolute, malformed=not absolute)


def _is_page(anchor: str | None, page: Url) -> bool:
    """RFC 8288 §3.2: a link with an anchor elsewhere speaks of another resource."""
    if anchor is None:
        return True
    try:
        return parse_url(anchor, page) == page
    except UrlError:
        return False
