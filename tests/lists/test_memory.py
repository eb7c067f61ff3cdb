"""collector.lists.memory: kinds, host forms, segment boundaries, tiers (spec lists-and-registry §0.6, §2)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.lists.compile import compile_entries
from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, ListMatch, Tier
from collector.lists.memory import MemoryLookup
from collector.lists.ruleset import read_ruleset
from collector.lists.snapshot import Snapshot
from collector.model.url import parse_url

FILE = Path(__file__).parent / "match_vectors.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]


def entry(kind: str, value: str, **changes: object) -> Entry:
    host, path = canonical(Kind(kind), value)
    return replace(Entry(Kind(kind), host, path, rule=value), **changes)  # type: ignore[arg-type]


def rules(found: tuple[ListMatch, ...]) -> list[str]:
    return [match.rule for match in found]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["url"] for vector in VECTORS])
def test_conformance_vectors(vector: dict) -> None:
    found = read_ruleset(FILE).match(parse_url(vector["url"]))
    assert (found[0].action if found else "allow") == vector["verdict"]
    assert (found[0].rule if found else None) == vector["rule"]
    assert sorted(rules(found)) == sorted(vector["all"])


def test_both_idna_forms_are_looked_up() -> None:
    # UTS 46 §4: ß is kept by IDNA 2008 and mapped to ss by IDNA 2003; a list in either form must hold.
    url = parse_url("http://www.faß.de/")
    assert url.host == "www.xn--fa-hia.de"
    for value in ("fass.de", "faß.de", "xn--fa-hia.de"):
        assert rules(MemoryLookup([entry("subtree", value)]).match(url)) == [value]


@pytest.mark.parametrize(
    ("host", "older"),
    [("faß.de", "fass.de"), ("\u03bf\u03b4\u03cc\u03c2.test", "\u03bf\u03b4\u03cc\u03c3.test"),
     ("\u0928\u094d\u200d\u0926.test", "\u0928\u094d\u0926.test")],
)  # fmt: skip
def test_every_deviation_character_is_looked_up_in_both_forms(tmp_path: Path, host: str, older: str) -> None:
    # UTS 46 §4, table of deviations: ß, final sigma, zero-width joiner (the non-joiner goes the same way).
    url = parse_url(f"http://www.{host}/")
    assert url.host_forms[0] != url.host_forms[1]
    for value in (host, older):
        digest, _ = compile_entries([entry("subtree", value)], tmp_path / "one.snap", seed=1)
        for lookup in (MemoryLookup([entry("subtree", value)]), Snapshot(tmp_path / "one.snap", digest)):
            assert rules(lookup.match(url)) == [value]
        (tmp_path / "one.snap").unlink()
    assert not MemoryLookup([entry("subtree", host)]).match(parse_url(f"http://{older}/")), "another site's own name"


@pytest.mark.parametrize("path", ["/%66orum/x", "/f%6Frum", "/forum?x=1", "/forum/", "/forum/a/b/c"])
def test_needless_escapes_do_not_evade_a_prefix(path: str) -> None:
    assert MemoryLookup([entry("prefix", "example.org/forum/")]).match(parse_url(f"https://example.org{path}"))


@pytest.mark.parametrize("path", ["/forumx", "/Forum", "/a/forum", "/foru", "/forum%2Fx"])
def test_a_prefix_covers_whole_segments_only(path: str) -> None:
    assert not MemoryLookup([entry("prefix", "example.org/forum/")]).match(parse_url(f"https://example.org{path}"))


def test_ignore_case_holds_for_the_entry_that_says_so() -> None:
    lookup = MemoryLookup([entry("prefix", "x.test/r/HIV", ignore_case=True), entry("prefix", "x.test/A")])
    assert rules(lookup.match(parse_url("http://x.test/R/hiv/1"))) == ["x.test/r/HIV"]
    assert not lookup.match(parse_url("http://x.test/a"))


def test_a_prefix_of_the_whole_host() -> None:
    assert MemoryLookup([entry("prefix", "example.org/")]).match(parse_url("http://example.org/a/b"))


def test_networks_of_both_versions() -> None:
    lookup = MemoryLookup(
        [entry("cidr", "192.0.2.0/25"), entry("cidr", "2001:db8::/33"), entry("cidr", "192.0.2.7/32")]
    )
    assert rules(lookup.match(parse_url("http://192.0.2.7/"))) == ["192.0.2.7/32", "192.0.2.0/25"]
    assert not lookup.match(parse_url("http://192.0.2.128/"))
    assert lookup.match(parse_url("http://[2001:db8::1]/"))
    assert not lookup.match(parse_url("http://[2001:db8:8000::1]/"))
    assert not lookup.match(parse_url("http://192.0.2.7.example.org/"))


def test_a_remark_never_wins_over_a_no() -> None:
    remark = entry("url", "example.org/a", action=Action.INFO)
    lookup = MemoryLookup([remark, entry("subtree", "example.org")])
    assert [match.action for match in lookup.match(parse_url("http://example.org/a"))] == [Action.DENY, Action.INFO]


def test_digest_knows_no_order_and_every_difference() -> None:
    one, two = entry("host", "a.test"), entry("host", "b.test")
    assert MemoryLookup([one, two]).digest == MemoryLookup([two, one]).digest
    assert MemoryLookup([one, two]).digest != MemoryLookup([one, replace(two, action=Action.ALLOW)]).digest
    assert MemoryLookup().digest.startswith("sha256:")


def test_a_hostile_path_costs_no_more_than_the_deepest_entry() -> None:
    lookup = MemoryLookup([entry("prefix", "example.org/a/b")])
    assert lookup.match(parse_url("http://example.org/a/b" + "/x" * 10_000))


HOSTS = st.sampled_from(["example.org", "a.example.org", "b.a.example.org", "other.test"])
ENTRIES = st.builds(
    lambda host, kind, path, action, tier, force: entry(
        kind, f"{host}{path}" if kind in {"prefix", "url"} else host, action=action, tier=tier, force=force
    ),
    HOSTS,
    st.sampled_from(["host", "subtree", "prefix", "url"]),
    st.sampled_from(["/", "/x", "/x/y"]),
    st.sampled_from(list(Action)),
    st.sampled_from(list(Tier)),
    st.booleans(),
)
URLS = st.builds(lambda host, path: parse_url(f"https://{host}{path}"), HOSTS, st.sampled_from(["/", "/x", "/x/y/z"]))


@given(st.lists(ENTRIES, max_size=8), URLS, st.randoms())
def test_the_answer_knows_no_order_of_entries(entries: list[Entry], url: object, random: object) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert MemoryLookup(entries).match(url) == MemoryLookup(shuffled).match(url)  # type: ignore[arg-type]


@given(st.lists(ENTRIES, max_size=8), URLS)
def test_nothing_beats_a_denial_of_tier_0_but_a_narrower_entry_of_tier_0(entries: list[Entry], url: object) -> None:
    lookup = MemoryLookup(
        [*(e for e in entries if e.tier is not Tier.OPT_OUT), entry("subtree", "example.org", tier=Tier.OPT_OUT)]
    )
    found = lookup.match(url)  # type: ignore[arg-type]
    if url.host.endswith("example.org"):  # type: ignore[attr-defined]
        assert found[0].tier is Tier.OPT_OUT
        assert found[0].action is Action.DENY
