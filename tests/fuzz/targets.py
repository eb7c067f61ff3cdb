"""What is fuzzed: every parser of what sites send, as a function of octets that must neither raise nor take long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from collector.document.facts import Meta
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.signals import (
    ai_txt,
    content_signal,
    content_usage,
    dates,
    disallow_ai_training,
    excerpt,
    link_header,
    meta_robots,
    path_scope,
    percent,
    product_token,
    reach,
    robots_reader,
    robots_txt,
    robots_values,
    rsl,
    rsl_associations,
    rsl_terms,
    self_label,
    site_files,
    tdmrep,
    trust_txt,
    x_robots_tag,
)
from collector.signals.robots_reader import Record
from collector.signals.site_file import Reach, SiteFile
from tests.fuzz.asset_targets import ASSET_REACHED, ASSET_TARGETS, ASSET_WORDS
from tests.fuzz.document_targets import DOCUMENT_TARGETS, DOCUMENT_WORDS
from tests.fuzz.minimise_targets import MINIMISE_TARGETS, MINIMISE_WORDS
from tests.fuzz.recognition_targets import RECOGNITION_TARGETS, RECOGNITION_WORDS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = parse_url("https://www.example.org/a/b?c=d")
TOKEN = "corpusbot"
TARGETS_ASKED = ("/", "/a/b?u=https://c", "/%7E*$?%3A")

Target = Callable[[bytes], object]


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogateescape")


def _fields(octets: bytes, name: str) -> Headers:
    return Headers([(name, line.decode("latin-1")) for line in octets.split(b"\n")])


def _metas(octets: bytes) -> list[Meta]:
    """Lines in turn are name, http-equiv, property, content."""
    lines = [_text(line) for line in octets.split(b"\n")] + [""] * 4
    return [Meta(*lines[at : at + 4]) for at in range(0, len(lines) - 4, 4)]


def _robots(octets: bytes) -> object:
    robots = robots_txt.parse(octets)
    for target in TARGETS_ASKED:
        for token in (TOKEN, "GPTBot", "AI2Bot", _text(octets[:12])):
            robots.match(token, target)
            robots.match(token, _text(octets[-40:]), default_star=False)
    return robots.crawl_delay(TOKEN), robots.names("GPTBot"), robots_reader.kept_part(octets)


def _records(octets: bytes, field: str) -> tuple[Record, ...]:
    return tuple(Record(number, field, line) for number, line in enumerate(octets.split(b"\n"), 1))


def _content_usage(octets: bytes) -> object:
    content_usage.read_content_usage(octets)
    content_usage.read_header(_text(octets).split("\n"))
    return [content_usage.for_target(_records(octets, content_usage.FIELD), target) for target in TARGETS_ASKED]


def _content_signal(octets: bytes) -> object:
    content_signal.denied_in_header(_text(octets).split("\n"))
    return [content_signal.for_target(_records(octets, content_signal.FIELD), target) for target in TARGETS_ASKED]


def _disallow_ai_training(octets: bytes) -> object:
    records = (
        *_records(octets[::2], disallow_ai_training.DISALLOW),
        *_records(octets[1::2], disallow_ai_training.ALLOW),
    )
    return [disallow_ai_training.for_target(records, target) for target in TARGETS_ASKED]


def _tdmrep(octets: bytes) -> object:
    tdmrep.read_values(_text(octets).split("\n"))
    file = tdmrep.read_file(octets)
    return [file.match(target) for target in TARGETS_ASKED]


def _ai_txt(octets: bytes) -> object:
    file = ai_txt.read_ai_txt(octets, TOKEN)
    return [file.match(url) for url in (PAGE, parse_url("https://www.example.org/a/b.html"))]


def _rsl(octets: bytes) -> object:
    document = rsl.read_rsl(octets)
    return rsl_terms.statement_for(document, PAGE, rsl_terms.Client(), source="https://www.example.org/l.xml")


def _rsl_body(octets: bytes) -> object:
    """Inside the root, where random octets seldom get by themselves."""
    inside = octets.decode("utf-8", "ignore")
    return _rsl(f'<rsl xmlns="{rsl.NAMESPACE}"><content url="/">{inside}</content></rsl>'.encode())


def _rsl_associations(octets: bytes) -> object:
    robots = robots_txt.parse(b"License: " + octets)
    return (
        rsl_associations.in_robots(robots, TOKEN, PAGE),
        rsl_associations.advertised(robots, TOKEN, PAGE, https_only=False),
        rsl_associations.in_headers(_fields(octets, "Link"), PAGE),
        rsl_associations.in_elements([("license", rsl.MEDIA_TYPE, _text(octets))], PAGE),
    )


def _robots_values(octets: bytes) -> object:
    audience = robots_values.audience_of(TOKEN, ("Scrapy",), ("GPTBot",))
    statement = robots_values.interpret(robots_values.read_values(_text(octets)), audience, now=NOW)
    return statement.reason("X-Robots-Tag"), x_robots_tag.read_x_robots_tag(_fields(octets, "X-Robots-Tag"))


def _reach(octets: bytes) -> object:
    headers = _fields(octets, "Cache-Control")
    expires = _fields(octets, "Expires")
    answers = [reach.Answer("https://www.example.org/robots.txt", 200, headers, octets)]
    return reach.interpret(answers, fetched_at=NOW), reach.robots_lifetime(expires, NOW)


def _site_files(octets: bytes) -> object:
    file = SiteFile("https://www.example.org/ai.txt", Reach.AVAILABLE, 200, octets)
    return site_files.is_markup(file), site_files.at_path({"/ai.txt": file}, "/ai.txt", PAGE), file.digest


def _paths(octets: bytes) -> object:
    path, rest = path_scope.split_path(octets)
    target = percent.normalise_target(_text(octets[-60:]))
    path_scope.over_limits(path)
    return path_scope.covers(path or b"/" + rest, target), percent.normalise(octets), percent.plain_query(octets)


TARGETS: Mapping[str, Target] = {
    "robots_txt": _robots,
    "product_token": lambda octets: (product_token.keys_of(octets), product_token.key_of(_text(octets))),
    "paths": _paths,
    "content_usage": _content_usage,
    "content_signal": _content_signal,
    "disallow_ai_training": _disallow_ai_training,
    "tdmrep": _tdmrep,
    "ai_txt": _ai_txt,
    "trust_txt": trust_txt.read_trust_txt,
    "rsl": _rsl,
    "rsl_body": _rsl_body,
    "rsl_associations": _rsl_associations,
    "link_header": lambda octets: link_header.read_links(_text(octets).split("\n")),
    "robots_values": _robots_values,
    "meta_robots": lambda octets: meta_robots.read_meta_robots(_metas(octets), (TOKEN, "GPTBot")),
    "self_label": lambda octets: self_label.read_self_labels(_metas(octets)),
    "dates": lambda octets: dates.read_date(_text(octets)),
    "reach": _reach,
    "site_files": _site_files,
    "excerpt": lambda octets: (excerpt.excerpt(octets), excerpt.excerpt(_text(octets), 20)),
    **ASSET_TARGETS,
    **DOCUMENT_TARGETS,
    **MINIMISE_TARGETS,
    **RECOGNITION_TARGETS,
}

# Words of each format: where a fuzzer begins, and what hostile files repeat.
WORDS: Mapping[str, tuple[bytes, ...]] = {
    "robots_txt": (
        b"User-agent: *\n", b"user-agent: corpusbot\n", b"Disallow: /\n", b"Allow: /a*b$\n", b"Disallow: /?u=:%3A\n",
        b"Crawl-delay: 1,5\n", b"dissallow: /x\n", b"User-agent: a,b\n", b"Disallow /\n", b"#", b"\r\n", b"%7e", b"*a", b"\xef\xbb\xbf",
    ),
    "product_token": (b"corpusbot", b"AI2Bot", b"*", b"/1.0", b"-_"),
    "paths": (b"/", b"*", b"$", b"%2F", b"%", b"\xff", b"?a=:", b" ", b"%3a"),
    "content_usage": (b"train-ai=n", b", ", b"search=y;a=1", b"/a* ", b"*.pdf ", b"ai=n", b'"', b"(", b"Train-AI = N,", b"\n", b"?0"),
    "content_signal": (b"ai-train=no", b", ", b"search=yes", b"/a ", b"use=reference", b"ai-train: 'no'", b"\n", b"ai-train =\t"),
    "disallow_ai_training": (b"/", b"*", b"/a$", b"yes", b"\n", b"%41"),
    "tdmrep": (
        b'[{"location": "/a*", "tdm-reservation": 1}]', b'{"location":"/","tdm-reservation":0},', b"[", b"{", b'"', b"1,", b"0", b"true",
        b'"\\ud800"', b"https://h", b"\n",
    ),
    "ai_txt": (b"User-Agent: *\n", b"Disallow: *.html\n", b"Disallow: .php\n", b"Allow: /\n", b"*", b"\n"),
    "trust_txt": (b"datatrainingallowed=no\n", b"data-training-allowed : yes", b"#", b" ", b"\n"),
    "rsl": (b'<rsl xmlns="https://rslstandard.org/rsl">', b"</rsl>", b'<content url="/">', b"</content>", b"<?xml version='1.0'?>", b"<!DOCTYPE"),
    "rsl_body": (
        b"<license>", b"</license>", b'<permits type="usage">ai-train</permits>', b'<prohibits type="geo">EU</prohibits>',
        b'<payment type="free"><amount currency="USD">0.0</amount></payment>', b'</content><content url="https://*.a:80/*">', b"all ",
        b"<reporting/>", b'<x xmlns="u">', b"</x>", b"&#1;", b"&amp;", b"&#xd800;",
    ),
    "rsl_associations": (b"https://a.example/l.xml", b'<l>; rel="license"; type="application/rsl+xml"', b"\nLicense: ", b"http://u:p@h", b", "),
    "link_header": (b"<a>", b"; ", b'rel="license next"', b"type=a/b", b'="\\', b"anchor=", b", ", b"<", b'"', b"\n"),
    "robots_values": (b"noai, ", b"gptbot: ", b"unavailable_after: 1 Jan 2026", b"max-snippet:0", b";", b":", b'"', b"none ", b"a"),
    "meta_robots": (b"robots\n\n\nnoai\n", b"corpusbot\n", b"\nx-robots-tag\n\n", b"noindex, ", b",robots ", b"\n"),
    "self_label": (b"rating\n\n\nadult\n", b"age-de-meta-label\n\n\nage=18\n", b"RTA-5042-1996-1400-1577-RTA", b"age ", b"\n"),
    "dates": (b"Sun, 06 Nov 1994 08:49:37 GMT", b"2026-11-22T00:00:00+23:59", b"Sun Nov  6 08:49:37 1994", b" ", b"99", b"-"),
    "reach": (b"max-age=60", b", ", b"no-store", b'max-age="1', b"\n", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    "site_files": (b"<html>", b"\xff\xfe<\0", b" ", b"\xef\xbb\xbf"),
    "excerpt": (b"\xe2\x80\xa8", b"\xff", b"\x00", b"a"),
    **ASSET_WORDS,
    **DOCUMENT_WORDS,
    **MINIMISE_WORDS,
    **RECOGNITION_WORDS,
}  # fmt: skip

# Modules of collector/signals that hold no parser of their own, or are reached through another's target.
REACHED_THROUGH = {
    "robots_reader": "robots_txt",
    "path_pattern": "robots_txt",
    "path_scope": "paths",
    "percent": "paths",
    "rsl_terms": "rsl",
    "x_robots_tag": "robots_values",
    "site_file": "site_files",
    **ASSET_REACHED,
}
