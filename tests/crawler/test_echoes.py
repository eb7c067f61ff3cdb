"""Heritrix's TrapSuppressExtractor (crawling.md A2): no links from a page that is what its referrer is."""

from __future__ import annotations

from types import SimpleNamespace

from collector.crawler.queue import echoes as module
from collector.crawler.queue.echoes import Echoes
from collector.model.digest import Digest
from collector.model.page import Candidate
from collector.model.url import parse_url


def asked(path: str, via: str | None, body: bytes, echoes: Echoes) -> bool:
    candidate = Candidate(parse_url(f"https://a.example.org{path}"), via=f"https://a.example.org{via}" if via else None)
    page = SimpleNamespace(body=body, payload_digest=Digest.of(body))
    return echoes.repeats(SimpleNamespace(candidate=candidate), page)


def test_a_page_that_is_what_its_referrer_is():
    echoes = Echoes()
    assert not asked("/a/", None, b"trap", echoes)
    assert asked("/a/a/", "/a/", b"trap", echoes)
    assert not asked("/b/", "/a/", b"other", echoes)
    assert not asked("/c/", "/b/", b"trap", echoes), "the same as some page, but not as its referrer"
    assert not asked("/d/", "/unknown/", b"trap", echoes)
    assert not asked("/empty/", "/empty/", b"", echoes)


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 3)
    echoes = Echoes()
    for number in range(10):
        asked(f"/{number}", None, b"x", echoes)
    assert len(echoes._contents) == 3
