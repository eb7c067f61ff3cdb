"""RSL 1.0 documents as they are read: RSL §2.2, §3."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.model.url import parse_url
from collector.signals.rsl import MAX_BYTES, NAMESPACE, Payment, RslDocument, Terms, read_rsl
from tests.support.growth import assert_linear

LICENCE = '<license><permits type="usage">all</permits></license>'
PAGE = parse_url("https://www.example.org/news/today?x=1")


def document(inside: str, attributes: str = "") -> RslDocument:
    return read_rsl(f'<rsl xmlns="{NAMESPACE}" {attributes}>{inside}</rsl>'.encode())


def scope(url: str):
    read = document(f'<content url="{url}">{LICENCE}</content>')
    assert read.fault == ""
    return read.contents[0].scope


class TestModel:
    def test_a_licence_with_everything(self):
        read = document(
            '<content url="/" server="https://licences.example.org/" encrypted="true"><license>'
            '<permits type="usage">search ai-input</permits><permits type="user">education</permits>'
            '<prohibits type="usage">AI-Train</prohibits><prohibits type="geo">DE FR</prohibits>'
            '<payment type="attribution"><standard>https://creativecommons.org/licenses/by/4.0/</standard></payment>'
            '<reporting type="telemetry" profile="https://profiles.example.org/t"/>'
            '<legal type="warranty">ownership</legal></license><terms>https://example.org/terms</terms></content>'
        )
        (content,) = read.contents
        assert (content.token_from, content.encrypted) == ("https://licences.example.org/", True)
        (licence,) = content.licences
        assert licence.permits == Terms(frozenset(("search", "ai-input")), frozenset(("education",)))
        assert licence.prohibits == Terms(frozenset(("ai-train",)), None, frozenset(("de", "fr")))
        assert licence.payment == Payment("attribution", "https://creativecommons.org/licenses/by/4.0/")
        assert licence.reporting

    def test_lines_are_counted(self):
        read = read_rsl(f'<rsl xmlns="{NAMESPACE}">\n<content url="/">\n{LICENCE}</content></rsl>'.encode())
        assert (read.contents[0].line, read.contents[0].licences[0].line) == (2, 3)

    def test_3_5_lists_of_1_0_and_of_0_9(self):
        """0.9 separated by commas."""
        read = document(
            '<content url="/"><license><permits type="usage">search, ai-input</permits></license></content>'
        )
        assert read.contents[0].licences[0].permits.usage == frozenset(("search", "ai-input"))

    @pytest.mark.parametrize(
        ("inside", "own_terms"),
        [
            ('<amount currency="EUR">0.00</amount>', False),
            ('<amount currency="USD">0.015</amount>', True),
            ('<amount currency="USD">1</amount>', True),
            ('<amount currency="USD"></amount>', True),
            ("<custom>https://example.org/ask</custom>", True),
            ('<accepts type="application/x402+json">{}</accepts>', True),
            ("<standard>https://example.org/s</standard>", False),
            ("", False),
        ],
    )
    def test_3_9_to_3_11_what_asks_for_more_than_credit(self, inside, own_terms):
        read = document(f'<content url="/"><license><payment type="free">{inside}</payment></license></content>')
        assert read.contents[0].licences[0].payment.own_terms is own_terms

    @pytest.mark.parametrize(
        ("written", "days"), [("7", 7), ("0", 1), ("31", 30), ("x", 30), ("99999999999", 30), ("", 30), ("²", 30)]
    )
    def test_3_2_max_age_in_days(self, written, days):
        content = f'<content url="/">{LICENCE}</content>'
        assert document(content, f'max-age="{written}"').lifetime == timedelta(days=days)
        assert document(content).lifetime == timedelta(days=30)

    def test_foreign_elements_are_passed_over_with_what_they_hold(self):
        """Erratum 2026-08-07."""
        foreign = f'<x:y xmlns:x="https://x.example.org/"><z xmlns="{NAMESPACE}"/></x:y>'
        read = document(f'{foreign}<content url="/">{foreign}{LICENCE}</content>')
        assert (read.fault, len(read.contents)) == ("", 1)

    def test_2_2_any_prefix_and_any_of_the_usual_encodings(self):
        for text, encoding in (
            (f'<r:rsl xmlns:r="{NAMESPACE}"><r:content url="/"><r:license/></r:content></r:rsl>', "utf-8"),
            (f'<rsl xmlns="{NAMESPACE}"><content url="/ö"><license/></content></rsl>', "utf-8-sig"),
            (f'<rsl xmlns="{NAMESPACE}"><content url="/"><license/></content></rsl>', "utf-16"),
            (f'<?xml version="1.0" encoding="ISO-8859-1"?><rsl xmlns="{NAMESPACE}"><content url="/ö"><license/></content></rsl>', "latin-1"),
        ):  # fmt: skip
            assert read_rsl(text.encode(encoding)).fault == "", encoding


class TestScope:
    """§3.3: `url` is a path by RFC 9309, or a full URL."""

    @pytest.mark.parametrize(
        ("url", "octets"),
        [
            ("/", 1),
            ("*", 1),
            ("/news/", 6),
            ("/news/today$", None),
            ("/news/today?x=1$", 16),
            ("/*/today", 8),
            ("/sport/", None),
            ("/NEWS/", None),
            ("", 0),
            ("https://www.example.org/", 1),
            ("http://WWW.example.org/news/", 6),
            ("https://www.example.org", 1),
            ("https://www.example.org/news/today#top", 11),
            ("https://www.example.org:443/", 1),
            ("https://www.example.org:8443/", None),
            ("https://example.org/", None),
            ("https://*.example.org/news/*", 7),
            ("https://*.ample.org/", None),
            ("//www.example.org/news", 5),
            ("*://www.example.org/news", 5),
        ],
    )
    def test_match(self, url, octets):
        assert scope(url).octets(PAGE) == octets

    def test_another_port_is_another_server(self):
        assert scope("https://www.example.org/").octets(parse_url("https://www.example.org:8443/")) is None
        assert scope("https://www.example.org:80/").octets(PAGE) is None
        assert scope("https://www.example.org:8443/").octets(parse_url("https://www.example.org:8443/")) == 1
        assert scope("/").octets(parse_url("https://www.example.org:8443/")) == 1


class TestFaults:
    @pytest.mark.parametrize(
        ("body", "fault"),
        [
            (b"", "not well-formed XML"),
            (b"<rsl", "not well-formed XML"),
            (b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"></rsl>', "not well-formed XML"),
            (b"<!DOCTYPE html><html><title>not found</title></html>", "document type"),
            (b'<!DOCTYPE rsl SYSTEM "file:///etc/passwd"><rsl xmlns="https://rslstandard.org/rsl"/>', "document type"),
            (b"<html><body>licence</body></html>", "the root is not `rsl`"),
            (b"<rsl><content/></rsl>", "the root is not `rsl`"),
            (b'<rsl xmlns="http://rslstandard.org/rsl"/>', "the root is not `rsl`"),
            (b'<?xml version="1.0" encoding="UTF-7"?><rsl xmlns="https://rslstandard.org/rsl"/>', "encoding"),
            (b'<?xml version="1.0" encoding="no-such"?><rsl xmlns="https://rslstandard.org/rsl"/>', "encoding"),
            (b'<rsl xmlns="https://rslstandard.org/rsl" x="\xe9"/>', "not utf-8"),
            (b" " * (MAX_BYTES + 1), "larger than"),
        ],
    )
    def test_of_the_whole(self, body, fault):
        read = read_rsl(body)
        assert fault in read.fault
        assert read.contents == ()

    @pytest.mark.parametrize(
        ("inside", "fault"),
        [
            ("<contents/>", "no element `contents`"),
            ('<content url="/"><license><permit type="usage">all</permit></license></content>', "no element `permit`"),
            (f"<content>{LICENCE}</content>", "has no `url`"),
            ('<content url="/"/>', "has no `license`"),
            (f'<content url="news/">{LICENCE}</content>', "neither a URL nor a path"),
            (f'<content url="https://a b/">{LICENCE}</content>', "unreadable `url`"),
            (f'<content url="/{"x" * 5_000}">{LICENCE}</content>', "too long"),
            (f'<content url="/{"*a" * 101}">{LICENCE}</content>', "too long"),
            ('<content url="/"><license><permits>all</permits></license></content>', "no known type"),
            ('<content url="/"><license><permits type="use">all</permits></license></content>', "no known type"),
            ('<content url="/"><license>' + '<permits type="usage"/>' * 2 + "</license></content>", "a second `permits`"),
            ('<content url="/"><license><payment/><payment/></license></content>', "a second `payment`"),
            ("<schema>" * 40 + "</schema>" * 40, "deeper than 32"),
            (f'<content url="/">{LICENCE}</content>' * 5_001, "more than 5,000 `content`"),
            (f'<content url="/">{"<license/>" * 2_600}</content>' * 2, "more than 5,000 licences"),
            ("<x:a xmlns:x='x:'/>" * 50_001, "more than 50,000 elements"),
        ],
        ids=lambda value: value[:40],
    )  # fmt: skip
    def test_3_non_conformant(self, inside, fault):
        read = document(inside)
        assert fault in read.fault
        assert read.contents == ()


class TestHostile:
    def test_entities_are_never_expanded(self):
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        bomb = f'<!DOCTYPE rsl [<!ENTITY l0 "ha">{laughs}]><rsl xmlns="{NAMESPACE}"><terms>&l11;</terms></rsl>'
        for encoding in ("utf-8", "utf-16"):
            assert "document type" in read_rsl(bomb.encode(encoding)).fault

    @given(st.binary(max_size=300))
    @example(b"\xff\xfe<")
    @example(b"<?xml version='1.0' encoding=''?>")
    @example(b"\xef\xbb\xbf\x00")
    def test_no_exception_on_any_bytes(self, body):
        assert read_rsl(body).fault

    @given(
        st.lists(
            st.sampled_from(
                ["<license>", "</license>", "<content url='/'>", "</content>", "<permits type='usage'>", "</permits>",
                 "all", "&amp;", "&#0;", "&x;", "<![CDATA[", "]]>", "<!--", "-->", "<payment>", "</payment>", "<?x ?>"]
            ),
            max_size=12,
        )
    )  # fmt: skip
    def test_no_exception_on_any_markup(self, parts):
        read = document("".join(parts))
        assert not (read.fault and read.contents)

    @pytest.mark.parametrize(
        "shape",
        [
            lambda n: "<content url='/a'><license/></content>" * (n // 40),
            lambda n: "<x:a xmlns:x='x:'/>" * (n // 20),
            lambda n: "<x:a xmlns:x='x:' " + "".join(f"a{k}='' " for k in range(n // 10)) + "/>",
            lambda n: (
                f"<content url='/'><license><permits type='usage'>{'all ' * (n // 4)}</permits></license></content>"
            ),
            lambda n: f"<content url='/{'%' * n}'><license/></content>",
            lambda n: "&amp;" * (n // 5),
        ],
        ids=["contents", "foreign", "attributes", "tokens", "escapes", "references"],
    )
    def test_time_is_linear(self, shape):
        def run(body: bytes) -> None:
            read_rsl.cache_clear()
            read_rsl(body)

        def made(n: int) -> bytes:
            return f'<rsl xmlns="{NAMESPACE}">{shape(n)}</rsl>'.encode()

        assert_linear(run, made, 80_000)
