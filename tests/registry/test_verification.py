"""collector.registry.verification against real servers on loopback: DNS, web, mail (spec 4.4)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from collector.model.addresses import parse_networks
from collector.model.errors import RegistryError
from collector.registry.entry import EntryState, Strength
from collector.registry.exchange.signing import public_key
from collector.registry.proving import (
    begin,
    record,
)
from collector.registry.schema import evidence
from collector.registry.scope import read_scope
from collector.registry.verification.challenge import Method, Seen, check_method, instructions, same
from collector.registry.verification.checker import Checker
from collector.registry.verification.dns_txt import read_record
from collector.registry.verification.fetch import Fetcher, FetchRefusedError
from collector.registry.verification.statement import check_statement, signed_bytes
from collector.registry.verification.web import check_published
from collector.registry.versions import of_request
from tests.registry.outside import Page, Web, Zone, dns_server, web_server
from tests.support.registry import Keeper

LOOPBACK = parse_networks(["127.0.0.0/8"])
TOKEN = "abcdefghijklmnop"
SITE = read_scope("www.example.org")


@pytest.fixture(scope="module")
def zones() -> Iterator[tuple[Zone, Zone]]:
    with dns_server() as one, dns_server() as two:
        yield one, two


@pytest.fixture
def resolvers(zones: tuple[Zone, Zone]) -> tuple[Zone, Zone]:
    for zone in zones:
        zone.records.clear()
        zone.asked.clear()
        zone.refuse = zone.silent = False
    return zones


@pytest.fixture(scope="module")
def one_web() -> Iterator[Web]:
    with web_server() as web:
        yield web


@pytest.fixture
def web(one_web: Web) -> Web:
    one_web.pages.clear()
    one_web.seen.clear()
    one_web.drip = 0.0
    return one_web


def checker(zones: tuple[Zone, ...]) -> Checker:
    return Checker.at([zone.address for zone in zones], "test", LOOPBACK)


def of_web(web: Web, **more: object) -> Fetcher:
    return Fetcher(lambda _: ["127.0.0.1"], "test", LOOPBACK, **more)  # type: ignore[arg-type]


# --- DNS -----------------------------------------------------------------------------------------


def test_a_txt_record_at_the_registrable_domain_speaks_for_the_host_below(resolvers: tuple[Zone, Zone]) -> None:
    for zone in resolvers:
        zone.txt("_corpus-optout.example.org", "unrelated")
        zone.txt("_corpus-optout.example.org", f"v=co1; t={TOKEN}; uses=", "train-ai")
    seen = checker(resolvers).look(Method.DNS_TXT, SITE, TOKEN.upper())
    assert seen.ok
    assert seen.evidence is not None
    assert seen.evidence.excerpt == f"v=co1; t={TOKEN}; uses=train-ai".encode()
    assert not [name for name in resolvers[0].asked if name.startswith("_corpus-optout.org")], (
        "no public suffix is asked"
    )


def test_one_resolver_alone_proves_nothing(resolvers: tuple[Zone, Zone]) -> None:
    resolvers[0].txt("_corpus-optout.www.example.org", f"v=co1; t={TOKEN}")
    seen = checker(resolvers).look(Method.DNS_TXT, SITE, TOKEN)
    assert (seen.ok, seen.unknown) == (False, False)
    resolvers[1].refuse = True
    seen = checker(resolvers).look(Method.DNS_TXT, SITE, TOKEN)
    assert (seen.ok, seen.unknown) == (False, True), "a resolver that fails says nothing either way"


@pytest.mark.parametrize(
    "text", [f"v=co2; t={TOKEN}", f"t={TOKEN}; v=co1", f"v=co1; t={TOKEN}x", "v=co1", "", f"v=co1 t={TOKEN}"]
)
def test_what_is_no_proof(resolvers: tuple[Zone, Zone], text: str) -> None:
    for zone in resolvers:
        zone.txt("_corpus-optout.www.example.org", text)
    assert not checker(resolvers).look(Method.DNS_TXT, SITE, TOKEN).ok


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_record("x", text)
    assert found is None or found.tag("v") == "co1"


# --- the web -------------------------------------------------------------------------------------


def look(web: Web, method: Method, value: str, token: str = TOKEN) -> Seen:
    scope = read_scope(value)
    fetcher = of_web(web)
    # the checker asks on the scheme's own port: here the host's port is the test server's
    aimed = Fetcher(fetcher.resolve, "test", LOOPBACK)
    return check_published(method, scope, token, _Aimed(aimed, web.port), ("http",))  # type: ignore[arg-type]


class _Aimed:
    """The guarded fetcher, with the port of the test's server in every address."""

    def __init__(self, fetcher: Fetcher, port: int) -> None:
        self._fetcher, self._port = fetcher, port

    def get(self, address: str) -> object:
        host, _, path = address.removeprefix("http://").partition("/")
        return self._fetcher.get(f"http://{host}:{self._port}/{path}")


def test_the_well_known_file(web: Web) -> None:
    path = f"/.well-known/corpus-optout/{TOKEN}"
    assert not look(web, Method.WELL_KNOWN, "www.example.org").ok
    web.pages[path] = Page(f" {TOKEN}\r\n".encode())
    seen = look(web, Method.WELL_KNOWN, "www.example.org")
    assert seen.ok
    assert seen.evidence is not None
    assert seen.evidence.head.startswith("HTTP 200")
    assert web.seen[-1][:2] == (f"www.example.org:{web.port}", path)
    web.pages[path] = Page(b"<html>every path answers with the same page</html>")
    assert not look(web, Method.WELL_KNOWN, "www.example.org").ok


def test_the_header_field_and_the_tag(web: Web) -> None:
    html = f'<html><head><meta name="Corpus-Optout" content="{TOKEN}"></head><body></body></html>'
    web.pages["/u/ada"] = Page(html.encode(), headers=(("Content-Type", "text/html"),))
    web.pages["/"] = Page(b"", headers=(("corpus-optout", "other"), ("corpus-optout", TOKEN)))
    assert look(web, Method.HTML_META, "www.example.org/u/ada").ok
    assert look(web, Method.HTTP_HEADER, "www.example.org").ok
    assert not look(web, Method.HTTP_HEADER, "www.example.org/u/ada").ok
    assert not look(web, Method.HTML_META, "www.example.org/u/ada", "another").ok


@pytest.mark.parametrize(
    "where",
    ["<body><p>{}</p></body>", "<body>{}</body>", "<head><!-- {} --></head>", "<head><template>{}</template></head>"],
)
def test_a_tag_that_anybody_may_have_written_proves_nothing(web: Web, where: str) -> None:
    """Comments and profiles are written by visitors: only the page's own head speaks for it."""
    tag = f'<meta name="corpus-optout" content="{TOKEN}">'
    body = f"<html>{where.format(tag)}</html>"
    web.pages["/u/ada"] = Page(body.encode(), headers=(("Content-Type", "text/html"),))
    assert not look(web, Method.HTML_META, "www.example.org/u/ada").ok


def test_a_tag_does_not_speak_for_a_whole_host() -> None:
    with pytest.raises(RegistryError, match="not for a whole host"):
        check_method(Method.HTML_META, read_scope("www.example.org"))
    check_method(Method.HTML_META, read_scope("www.example.org/u/"))
    for method in set(Method) - {Method.MANUAL}:
        with pytest.raises(RegistryError):
            check_method(method, read_scope("192.0.2.0/24"))


RESERVED = json.dumps([{"location": "/art/", "tdm-reservation": 1}]).encode()


@pytest.mark.parametrize(
    ("path", "page", "value", "found"),
    [
        ("/.well-known/tdmrep.json", Page(RESERVED), "www.example.org/art/", "tdmrep.json rule 1"),
        ("/.well-known/tdmrep.json", Page(RESERVED), "www.example.org/blog/", ""),
        ("/robots.txt", Page(b"User-agent: *\nContent-Usage: train-ai=n\n"), "www.example.org", "robots.txt line 2"),
        ("/robots.txt", Page(b"User-agent: *\nDisallowAITraining: /art\n"), "www.example.org/art/", "disallows AI"),
        ("/robots.txt", Page(b"User-agent: *\nContent-Usage: train-ai=y\n"), "www.example.org", ""),
        ("/robots.txt", Page(b"User-agent: *\nContent-Signal: ai-train=no\n"), "www.example.org", "robots.txt line 2"),
        ("/robots.txt", Page(b"User-agent: *\nContent-Signal: /art ai-train=no\n"), "www.example.org/art/", "line 2"),
        ("/robots.txt", Page(b"User-agent: *\nContent-Signal: search=no, ai-train=yes\n"), "www.example.org", ""),
        ("/ai.txt", Page(b"User-Agent: *\nDisallow: *.html\n"), "www.example.org", "ai.txt line 2"),
        ("/ai.txt", Page(b"User-Agent: *\nDisallow: /art/\n"), "www.example.org/art/", "ai.txt line 2"),
        ("/ai.txt", Page(b"User-Agent: *\nDisallow: /art/\n"), "www.example.org/blog/", ""),
        (
            "/ai.txt",
            Page(b"User-Agent: *\nDisallow: *.html\n", headers=(("Content-Type", "text/html"),)),
            "www.example.org",
            "",
        ),
        ("/", Page(b"", headers=(("tdm-reservation", "1"),)), "www.example.org", "header field tdm-reservation"),
        ("/", Page(b"", headers=(("Content-Usage", "train-ai=n"),)), "www.example.org", "header field Content-Usage"),
        ("/", Page(b'<head><meta name="tdm-reservation" content="1"></head>'), "www.example.org", "meta tdm"),
        ("/", Page(b'<head><meta name="tdm-reservation" content="0"></head>'), "www.example.org", ""),
    ],
)
def test_a_declaration_that_the_site_publishes_is_discovered(
    web: Web, path: str, page: Page, value: str, found: str
) -> None:
    web.pages[path] = page
    seen = look(web, Method.DISCOVERED, value)
    assert seen.ok is bool(found), seen.detail
    assert found in seen.detail


def test_a_server_that_does_not_answer_says_nothing_either_way(web: Web) -> None:
    web.pages["/"] = Page(b"", 503)
    assert look(web, Method.HTTP_HEADER, "www.example.org").unknown
    with web_server() as gone:
        pass
    assert look(gone, Method.HTTP_HEADER, "www.example.org").unknown
    assert look(gone, Method.DISCOVERED, "www.example.org").unknown


# --- the guarded fetch ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "169.254.169.254",
        "192.168.1.1",
        "::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "0.0.0.0",
        "no address",
    ],
)
def test_an_address_inside_is_never_connected_to(address: str) -> None:
    """SSRF: by name, and by every way of writing it."""
    fetcher = Fetcher(lambda _: ["93.184.215.14", address], "test")
    with pytest.raises(FetchRefusedError):
        fetcher.get("http://rebinding.example.org/")
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(FetchRefusedError):
        Fetcher(lambda _: [address], "test").get(f"http://{shown}/")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://user:pass@example.org/",
        "http://",
        "gopher://x",
        "http://2130706433/",
    ],
)
def test_nothing_but_plain_web_addresses(address: str) -> None:
    with pytest.raises(FetchRefusedError):
        Fetcher(lambda _: ["127.0.0.1"], "test").get(address)


def test_redirects_stay_on_the_host_and_end(web: Web) -> None:
    fetcher, base = of_web(web), f"http://www.example.org:{web.port}"
    web.pages["/a"] = Page(b"", 302, (("Location", "/b"),))
    web.pages["/b"] = Page(b"arrived")
    assert fetcher.get(f"{base}/a").body == b"arrived"
    for target in ("http://other.example.org/", "//169.254.169.254/latest", "http://[::1]/", "ftp://x/", "http://[bad"):
        web.pages["/a"] = Page(b"", 302, (("Location", target),))
        with pytest.raises(FetchRefusedError):
            fetcher.get(f"{base}/a")
    web.pages["/a"] = Page(b"", 302, (("Location", "/a"),))
    with pytest.raises(FetchRefusedError, match="more than 3"):
        fetcher.get(f"{base}/a")


def test_long_and_slow_answers_are_cut(web: Web) -> None:
    base = f"http://www.example.org:{web.port}"
    web.pages["/long"] = Page(b"x" * 100_000)
    answer = of_web(web).get(f"{base}/long")
    assert (len(answer.body), answer.cut) == (65_536, True)
    web.drip = 0.05
    web.pages["/slow"] = Page(b"x" * 2_000)
    with pytest.raises(FetchRefusedError, match="did not answer"):
        of_web(web, seconds=0.4).get(f"{base}/slow")
    assert web.dripped < 2_000, "it waited for the last byte"


# --- signed statements ---------------------------------------------------------------------------


def signed(key: Ed25519PrivateKey, host: str, token: str) -> bytes:
    signature = base64.b64encode(key.sign(signed_bytes(host, token))).decode()
    return json.dumps({"statement": {"host": host, "token": token}, "signature": signature}).encode()


def test_a_statement_signed_with_the_domains_own_key(resolvers: tuple[Zone, Zone]) -> None:
    key = Ed25519PrivateKey.generate()
    for zone in resolvers:
        zone.txt("_corpus-optout.example.org", f"v=co1; k=ed25519; p={public_key(key)}")
    asked = checker(resolvers)
    assert asked.statement(SITE, TOKEN, signed(key, "www.example.org", TOKEN)).ok
    for wrong in (
        signed(key, "other.example.org", TOKEN),
        signed(key, "www.example.org", "another"),
        signed(Ed25519PrivateKey.generate(), "www.example.org", TOKEN),
        b"{}",
        b"[" * 5_000,
        b"x" * 20_000,
    ):
        assert not asked.statement(SITE, TOKEN, wrong).ok
    resolvers[1].records.clear()
    assert not asked.statement(SITE, TOKEN, signed(key, "www.example.org", TOKEN)).ok, "two resolvers must see the key"
    assert asked.statement(SITE, TOKEN, signed(key, "www.example.org", TOKEN), public_key(key)).ok


@given(st.binary(max_size=200), st.text(max_size=60))
def test_no_statement_is_believed_unsigned(data: bytes, key: str) -> None:
    assert not check_statement(data, "example.org", TOKEN, key, "x").ok


# --- a proof's life ------------------------------------------------------------------------------


def test_what_was_seen_is_evidence_and_grants(desk: Keeper, resolvers: tuple[Zone, Zone]) -> None:
    recorded = desk.take("www.example.org", proven=False)
    with desk.store.transaction() as tx:
        proof, token = begin(tx, desk.act, desk.keys, desk.find(recorded), Method.DNS_TXT)
    for zone in resolvers:
        zone.txt("_corpus-optout.www.example.org", f"v=co1; t={token}")
    seen = checker(resolvers).look(Method.DNS_TXT, SITE, proof.token)
    with desk.store.transaction() as tx:
        record(tx, desk.act, desk.find(recorded), proof, seen)
        kept = tx.execute(select(evidence)).one()
        (entry,) = of_request(tx, recorded.request)
    assert kept.excerpt == f"v=co1; t={token}".encode()
    assert (entry.state, entry.strength, entry.provisional_until) == (
        EntryState.IN_FORCE,
        Strength.CONTROL_VERIFIED,
        None,
    )


@pytest.mark.parametrize("method", list(Method))
def test_instructions_name_what_is_looked_for(method: Method) -> None:
    scope = read_scope("www.example.org/u/ada/")
    said = instructions(method, scope, TOKEN)
    assert (TOKEN in said) is (method not in {Method.EMAIL_ROLE, Method.DISCOVERED, Method.MANUAL})


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparison(one: str, other: str) -> None:
    assert same(one, other) is (one.strip().casefold() == other.strip().casefold())
