"""What is fuzzed below whole documents: recognizers and their view, names, dates, URLs, quotations, renderings."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from collector.minimise.engine.context import NO_CONTEXT, Context
from collector.minimise.engine.matching import Matcher
from collector.minimise.engine.span import KINDS, PLACEHOLDER, Span, resolve
from collector.minimise.engine.view import view_of
from collector.minimise.names import asked, attributions, author_field, gazetteer, person_dates
from collector.minimise.names.persons import Names
from collector.minimise.quoted import minimise_decision
from collector.minimise.replacing import recognize as recognizing
from collector.minimise.replacing.plan import STRICT
from collector.minimise.replacing.redact import ROUNDS, Redactor
from collector.minimise.replacing.rendering import Style, render
from collector.minimise.structure import json_state, person_classes, profile_links, zone_text
from collector.minimise.structure.url import is_plain, personal_kinds, scrub, url_spans
from collector.minimise.text import minimise_text
from collector.model.decision import Evidence, Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest
from collector.model.errors import UrlError
from collector.model.url import parse_url
from collector.registry.in_force import PERSONS_FILE, PERSONS_KIND
from collector.registry.layered import sealed_layers, whole
from collector.registry.person import canonical_identifier, keyed
from collector.registry.persons import PersonList
from tests.fuzz.minimise_targets import LETTER, PERSONAL, URLS
from tests.fuzz.minimised import CANARY, check_spans

ALL = frozenset(KINDS)
CONTEXTS = (NO_CONTEXT, Context(("DE", "GB", "US")))
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = Digest.of(b"x")
PEPPER = bytes(32)


class _Everywhere:
    """In the place of a prefilter: every recognizer looks at everything."""

    def windows(self, text: str) -> list[list[tuple[int, int]]]:
        return [[(0, len(text))] for _ in recognizing.RECOGNIZERS]


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogateescape")


def _recognizers(octets: bytes) -> object:
    """Each alone over all of the text; together, behind the prefilter and without one."""
    text = _text(octets)
    context = CONTEXTS[len(octets) % 2]
    view = view_of(text)
    for recognizer in recognizing.RECOGNIZERS:
        for span in recognizer.find(view.text, context, 0, len(view.text)):
            assert 0 <= span.start < span.end <= len(view.text), (recognizer.kind, span)
            assert span.kind == recognizer.kind
    found = recognizing.recognize(text, context, ALL)
    check_spans(found, len(text))
    with patch.object(recognizing, "_prefilter", _Everywhere):
        assert recognizing.recognize(text, context, ALL) == found
    lines = text.split("\n")
    for line in recognizing.silent(lines):
        assert recognizing.recognize(line, context, ALL) == [], line
    return found


def _view(octets: bytes) -> object:
    """Each character of the view stands for characters of the source, in their order, none left out but what is no width."""
    text = _text(octets)
    view = view_of(text)
    position = 0
    for offset in range(len(view.text)):
        start, end = view.original(offset), view.original(offset + 1, end=True)
        assert position <= start < end <= len(text), (offset, start, end)
        position = start
    spans = [Span(0, len(view.text), "email", "x")] if view.text else []
    assert resolve(spans) == spans
    return view


def _names(octets: bytes) -> object:
    """Whoever is named in a text by whatever way, and everywhere that name then stands."""
    text = _text(octets)
    found = list(attributions.find(text))
    with patch.object(Matcher, "ends", lambda _self, _text: None):
        assert list(attributions.find(text)) == found
    for line in found:
        assert 0 <= line.start < line.end <= len(text), line
    for start, end in gazetteer.find(text):
        assert 0 <= start < end <= len(text)
    names = Names()
    names.add(line.name for line in found)
    names.add(zone_text.names_in(text))
    names.add(json_state.names(text))
    names.add(name for name in author_field.split_names(text) if author_field.is_person(name))
    for line in text.split("\n")[:8]:
        person_classes.meaning(line)
        names.add(filter(None, (profile_links.name_of(profile_links.slug_of(line) or ""),)))
        profile_links.social_slug(line)
    names.settle(text)
    for span in (*names.find(text, NO_CONTEXT), *names.find_spelled(text)):
        assert 0 <= span.start < span.end <= len(text), span
    return names


def _person_dates(octets: bytes) -> object:
    text = _text(octets)
    persons = [Span(line.start, line.end, "person", "x") for line in attributions.find(text)]
    found = resolve(person_dates.find(text, persons))
    check_spans(found, len(text))
    check_spans(person_dates.dates_in(text), len(text))
    return found


def _persons() -> PersonList:
    """Two who asked, as the registry compiles them."""
    lines = []
    for number, (scheme, value) in enumerate((("name", "Vsevolod Quxton"), ("email", CANARY), ("name", "Max Muster"))):
        inner = f"{scheme}|{canonical_identifier(scheme, value)}".encode()
        row = {
            "effect": "redact",
            "entry": f"e{number}",
            "hash": keyed(PEPPER, bytes.fromhex(Digest.of(inner).hex)),
            "owner": f"o{number}",
        }
        lines.append(json.dumps(row | {"kind": "person_name" if scheme == "name" else "person_id", "scheme": scheme}))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / PERSONS_FILE).write_bytes(
            sealed_layers(whole(Path(PERSONS_FILE), PERSONS_KIND, 1, "", sorted(lines)))
        )
        return PersonList(Path(folder), PEPPER)


_WHOLE = re.compile(r"(?<!\w)Vsevolod Quxton(?!\w)")
ASKED = replace(STRICT, persons=_persons())


def _asked(octets: bytes) -> object:
    """Persons who asked not to be named: the same runs of capitals as the pattern finds; nobody is left."""
    text = _text(octets)
    assert list(asked.runs(text)) == [run.span() for run in asked._RUN.finditer(text)]
    result = minimise_text(text, ASKED, url=None, lang="en")
    if not result.withhold:
        assert Redactor(ASKED).spans(result.text) == [], result.text
        assert not _WHOLE.search(result.text), result.text
        again = minimise_text(result.text, ASKED, url=None, lang="en")
        assert (again.text, again.counts) == (result.text, {})
    return result


def _quoted(octets: bytes) -> object:
    reason, _, locator = _text(octets).partition("\n")
    finding = Finding("x_robots_tag", Verdict.ALLOW, reason, evidence=(Evidence("header", DIGEST, locator),))
    decision = combine(Gate.RESPONSE, (finding,), need=frozenset(), policy=PolicyRef("test", DIGEST), now=NOW)
    kept = minimise_decision(decision)
    assert minimise_decision(kept) == kept, (decision, kept)
    (after,) = kept.findings
    assert (after.evidence[0].digest is None) == (after.evidence[0].locator != locator)
    return kept


def _url(octets: bytes) -> object:
    text = octets.decode("latin-1")
    spans = url_spans(text)
    check_spans(spans, len(text))
    if is_plain(text):
        assert spans == []
    clean = scrub(text)
    assert url_spans(clean) == []
    assert scrub(clean) == clean
    try:
        url = parse_url(text)
        kept = parse_url(scrub(url.href))  # none where an address reached into the host: it is recorded only
    except UrlError:
        return clean
    assert not url_spans(kept.href), (url.href, kept.href)
    return personal_kinds(url)


def _rendering(octets: bytes) -> object:
    """In every style: nothing but placeholders changes, and none is left where a style has no word for any of them."""
    text = _text(octets)
    assert render(text, Style.TYPED) == text
    rendered = {style: render(text, style) for style in Style}
    parts = [part for part in PLACEHOLDER.split(text) if part]
    for style, written in rendered.items():
        if "[" not in text:
            assert written == text
        if style not in (Style.TYPED, Style.DROP) and "\\" not in text:
            position = 0
            for part in parts:
                position = written.index(part, position) + len(part)
    return rendered


def _settled(octets: bytes) -> object:
    """A text with a label, as attributes and fields have them."""
    label, _, text = _text(octets).partition("\n")
    redactor = Redactor(STRICT, CONTEXTS[1])
    kept = redactor.settled(
        text, redactor.spans_labelled(label, text), lambda left: redactor.spans_labelled(label, left)
    )
    assert redactor.spans_labelled(label, kept) == [], (kept, ROUNDS)
    assert redactor.foreseen(text) is not None
    return kept


RECOGNITION_TARGETS: Mapping[str, Callable[[bytes], object]] = {
    "recognizers": _recognizers,
    "view": _view,
    "names": _names,
    "person_dates": _person_dates,
    "asked": _asked,
    "quoted": _quoted,
    "url": _url,
    "rendering": _rendering,
    "settled": _settled,
}
_FORMS = (
    *PERSONAL, b"SSN 219-09-9999", b"00:1b:63:84:45:e6", b"2001:4860:4860::8888", b"ghp_16C7e42F292c6912E7710c838347Ae178B4a", b"password: hunter22x", b"passport no. C01X00T47",
    b"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", b"BLZ 37040044 Konto 532013000", b"@jane_roe", b"1600 Old Parkway, Suite 5", b"\xd1\x82\xd0\xbe\xd1\x87\xd0\xba\xd0\xb0", b" dot ", b" at ",
    b"\xe2\x80\x93", b"\xc2\xa0", b"(", b")", b"/", b".", b",", b":", b"-", b"+", b"0", b"1234567", b"a", b"A", b"https://wa.me/", b"tel:", b"PESEL 44051401359", b"B-AB 1234", b"\xe4\xb8\xad\xe6\x96\x87",
    b"\xf0\x9f\x98\x80", b"\xf0\x9d\x9f\x99", b"&commat;", b"&period;", b"&#0064;", b"&#x00000040;", b"&", b";", b"\xcc\x81", b"\xc5\xbf", b"\xc4\xb0", b"fax", b"IBAN", b"geb. 3.5.1980", b"Str.", b"box 12",
)  # fmt: skip
_NAMED = (
    *LETTER, b"Regards,\nMax", b"/author/jane-roe", b"https://twitter.com/jane_roe", b'"author":"Max Muster"', b"author fn", b"McRoe", b"O\xe2\x80\x99Roe", b"\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd \xd0\x9f\xd0\xb5\xd1\x82\xd1\x80\xd0\xbe\xd0\xb2",
    b"\xe5\xb1\xb1\xe7\x94\xb0", b"J. ", b"A", b"Roe, Jane", b"Jane-Marie", b"\xc3\x89CRIT PAR ", b"\xc5\xbf", b"\xc4\xb0", b"\xe2\x80\xa8", b"\x1c", b"\t", b"<jr@b.example>", b"\n\n", b" says:\n", b"Autor:\n",
)  # fmt: skip
_DATED = (
    *LETTER,
    b"12.05.2024",
    b"2024-05-12T10:00:00Z",
    b"Sunday, 12 May 2024 at 10:30",
    b"died ",
    b"1980",
    b"\xe2\x80\xa0 3.5.1980",
    b"3 mai 2024",
    b"May 12, 2024",
    b"99",
    b"-",
    b".",
)
RECOGNITION_WORDS: Mapping[str, tuple[bytes, ...]] = {
    "recognizers": _FORMS,
    "view": _FORMS,
    "names": _NAMED,
    "person_dates": _DATED,
    "asked": (*_NAMED, b"Vsevolod Quxton", b"Vsevolod", b"Quxton", b"Quxton, Vsevolod", b"von der ", b"1", b"_", b"|"),
    "quoted": _FORMS,
    "url": (*URLS, b"https://a.test/", b"//", b"http:", b"\\@", b"?token[]=", b"token%5B%5D=", b"%3D", b"%26", b"\t", b"jane.roe%40b%2Eexample", b"skype:jane"),
    "rendering": (b"[[EMAIL_1]]", b"[[PERSON_QXJZWVBNMALPQK_0]]", b"[\\[EMAIL_1]]", b"[[", b"]]", b"[", b"]", b" ", b"\\", b"EMAIL_1", b"_0", b"[[IP_999999999]]", b"[[ORG_CONTACT_2]]", b"x"),
    "settled": (b"data-phone\n", b"telephone\n", b"x\n", *_FORMS),
}  # fmt: skip
