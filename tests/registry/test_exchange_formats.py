"""collector.registry.exchange.formats: export then import is the identity, over every format that can say it (spec 4.5)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.model.errors import RegistryError
from collector.registry.entry import PLACES, Effect, EntryState, RegistryEntry, ScopeKind, Strength
from collector.registry.exchange.formats import ONE_HOST, WHOLE_WEB, exchanged, read, render
from collector.registry.exchange.line import Exchanged
from collector.registry.scope import read_scope
from collector.registry.vocabulary import UseLabel, normal
from collector.registry.wire import from_json, to_json
from tests.support.registry import START

HOSTS = st.sampled_from(
    ["a.test", "www.a.test", "bücher.example", "sub.xn--bcher-kva.example", "b.example", "[2001:db8::1]", "192.0.2.7"]
)
PATHS = st.sampled_from(["/a", "/a/b", "/%7Eada", "/a%2Fb", "/x.html", "/a b".replace(" ", "%20"), "/$x"])


@st.composite
def scoped(draw: st.DrawFn) -> Exchanged:
    kind = draw(st.sampled_from(sorted(PLACES)))
    match kind:
        case ScopeKind.CIDR:
            value = draw(st.sampled_from(["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32", "2001:db8::7/128"]))
        case ScopeKind.HOST | ScopeKind.SUBTREE:
            value = draw(HOSTS)
        case ScopeKind.PREFIX:
            value = draw(HOSTS) + draw(PATHS) + draw(st.sampled_from(["", "/"]))
        case _:
            value = draw(HOSTS) + draw(PATHS) + draw(st.sampled_from(["", "?q=1", "?a/b#c"]))
    uses = normal(draw(st.sets(st.sampled_from(UseLabel), min_size=1)))
    collections = tuple(sorted(draw(st.sets(st.sampled_from(["*", "news"]), min_size=1))))
    if draw(st.booleans()):
        uses, collections = (UseLabel.ALL,), ("*",)
    return Exchanged.of(
        read_scope(value, kind),
        draw(st.sampled_from([Effect.DENY_FETCH, Effect.ALLOW, Effect.DENY_USE])),
        uses,
        collections,
    )


def scope(value: str, kind: ScopeKind, effect: Effect) -> Exchanged:
    return Exchanged.of(read_scope(value, kind), effect)


DENIED_AND_ALLOWED = [
    [scope(value, kind, Effect.DENY_FETCH), scope(value, other, Effect.ALLOW)]
    for value, kind, other in (
        ("a.test", ScopeKind.HOST, ScopeKind.HOST),
        ("a.test", ScopeKind.HOST, ScopeKind.SUBTREE),
        ("a.test", ScopeKind.SUBTREE, ScopeKind.HOST),
        ("192.0.2.0/24", ScopeKind.CIDR, ScopeKind.CIDR),
    )
]


@pytest.mark.parametrize("both", DENIED_AND_ALLOWED, ids=lambda both: f"{both[0].kind}-{both[1].kind}")
def test_a_zone_denies_what_is_both_denied_and_allowed(both: list[Exchanged]) -> None:
    """A name has one answer in it, and an objection is never the one that is left out."""
    rendered = render("rpz", both)
    assert read("rpz", rendered.text.encode()).entries == (both[0],)
    assert (rendered.held, rendered.left_out) == (1, 1)
    assert "@@" not in render("abp", both).text  # where an exception always wins


def as_entry(one: Exchanged, number: int = 1) -> RegistryEntry:
    return RegistryEntry(f"e-{number}", 1, "q", "r", one.kind, one.value, one.effect, one.uses, EntryState.IN_FORCE,
                         Strength.CONTROL_VERIFIED, START, START, "keeper", collections=one.collections)  # fmt: skip


@given(given=st.lists(scoped(), max_size=8), name=st.sampled_from(WHOLE_WEB))
@example(given=DENIED_AND_ALLOWED[0], name="rpz")
def test_export_then_import_is_the_identity(given: list[Exchanged], name: str) -> None:
    """What is held comes back exactly; what cannot be said is left out and counted, never said otherwise."""
    rendered = render(name, exchanged(as_entry(one, number) for number, one in enumerate(given)))
    back = read(name, rendered.text.encode())
    assert back.rejected == ()
    assert len(back.entries) == rendered.held
    assert set(back.entries) <= set(given)
    assert rendered.left_out == len(set(given)) - rendered.held
    if name == "csv":
        assert set(back.entries) == set(given)


@given(given=st.lists(scoped(), max_size=8), name=st.sampled_from(ONE_HOST))
def test_a_sites_own_file_says_its_entries_and_no_others(given: list[Exchanged], name: str) -> None:
    entries = exchanged(as_entry(one, number) for number, one in enumerate(given))
    rendered = render(name, entries, host="a.test", token="corpusbot")
    back = read(name, rendered.text.encode(), host="a.test", token="corpusbot")
    assert back.rejected == ()
    plain = {
        one
        for one in given
        if one.host == "a.test" and one.uses == ((UseLabel.ALL,) if name == "robots" else (UseLabel.TDM,))
    }
    prefixes = {one.path for one in back.entries if one.kind is ScopeKind.PREFIX}
    sayable = {one for one in plain if one.effect is Effect.DENY_FETCH and one.collections == ("*",) and "$" not in one.path
               and (one.kind is not ScopeKind.SUBTREE) and not (one.kind is ScopeKind.URL and one.path in prefixes)}  # fmt: skip
    assert sayable <= set(back.entries)


@pytest.mark.parametrize(
    ("name", "held"),
    [("plain", {"a.test", "b.test/x", "b.test/x?y=1", "192.0.2.0/24"}), ("hosts", {"h.test"}), ("abp", {"a.test"}),
     ("rpz", {"a.test", "h.test", "192.0.2.0/24"}), ("csv", {"a.test", "b.test/x", "b.test/x?y=1", "192.0.2.0/24", "h.test"})],
)  # fmt: skip
def test_what_each_format_can_say(name: str, held: set[str]) -> None:
    given = [read_scope(value, kind) for value, kind in (
        ("a.test", None), ("h.test", ScopeKind.HOST), ("b.test/x/", None), ("b.test/x?y=1", None), ("192.0.2.0/24", None))]  # fmt: skip
    rendered = render(name, exchanged(as_entry(Exchanged.of(scope), n) for n, scope in enumerate(given)))
    assert {one.value for one in read(name, rendered.text.encode()).entries} == held


def test_lines_that_are_no_entries_are_rejected_with_their_number_and_reason() -> None:
    back = read("plain", b"a.test\n\n# remark\ntwo words\nhttp://\n\xff\xfe\nb.test/x\n")
    assert {one.value for one in back.entries} == {"a.test", "b.test/x"}
    assert [one.line for one in back.rejected] == [4, 5, 6]
    assert all(one.reason for one in back.rejected)
    for name, text in (("hosts", "127.0.0.1 a.test b.test"), ("abp", "||a.test^$third-party"), ("abp", "##.ad"),
                       ("rpz", "*.a.test CNAME ."), ("rpz", "a.test A 192.0.2.1"), ("csv", "kind,value,effect,uses,collections\nhost,a.test,deny,all,*")):  # fmt: skip
        found = read(name, text.encode())
        assert (found.entries, len(found.rejected)) == ((), 1), name
    robots = read("robots", b"User-agent: *\nDisallow: /a\nAllow: /b/\nDisallow: /c/\n", host="a.test")
    assert [(one.kind, one.path) for one in robots.entries] == [("prefix", "/c")]
    assert sorted(one.line for one in robots.rejected) == [2, 3]
    with pytest.raises(RegistryError, match="--host"):
        read("robots", b"")
    with pytest.raises(RegistryError, match="no format"):
        read("docx", b"")


@given(name=st.sampled_from((*WHOLE_WEB, *ONE_HOST)), junk=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(name: str, junk: bytes) -> None:
    try:
        read(name, junk, host="a.test", token="x")
    except RegistryError:
        assert name == "csv"


@given(scoped())
def test_an_entry_survives_its_own_json(one: Exchanged) -> None:
    entry = as_entry(one)
    assert from_json(to_json(entry)) == entry
    assert from_json(to_json(entry)).digest == entry.digest
