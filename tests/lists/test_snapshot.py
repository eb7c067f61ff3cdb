"""collector.lists.snapshot: agrees with the Lookup in memory, and refuses what is not whole (spec §5, issue 5)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.lists.compile import Compiler, compile_entries
from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, Tier
from collector.lists.memory import MemoryLookup
from collector.lists.ruleset import read_ruleset
from collector.lists.snapshot import Snapshot
from collector.model.digest import Digest
from collector.model.errors import ListError
from collector.model.url import parse_url

FILE = Path(__file__).parent / "match_vectors.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]


def entry(kind: str, value: str, **changes: object) -> Entry:
    host, path = canonical(Kind(kind), value)
    return replace(Entry(Kind(kind), host, path, rule=value), **changes)  # type: ignore[arg-type]


def compiled(folder: Path, entries: list[Entry], *, seed: int = 7, only: frozenset[str] | None = None) -> Snapshot:
    digest, _ = compile_entries(entries, folder / "one.snap", seed=seed)
    return Snapshot(folder / "one.snap", digest, only)


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return compiled(tmp_path_factory.mktemp("snap"), list(read_ruleset(FILE).entries))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["url"] for vector in VECTORS])
def test_conformance_vectors(vectors: Snapshot, vector: dict) -> None:
    found = vectors.match(parse_url(vector["url"]))
    assert (found[0].action if found else "allow") == vector["verdict"]
    assert (found[0].rule if found else None) == vector["rule"]
    assert sorted(match.rule for match in found) == sorted(vector["all"])
    assert found == read_ruleset(FILE).match(parse_url(vector["url"]))


HOSTS = ["example.org", "a.example.org", "b.a.example.org", "other.test", "faß.de", "www.fass.de", "com", "[2001:db8::7]",
         "192.0.2.9", "x_y.example.org"]  # fmt: skip
PATHS = ["/", "/x", "/x/", "/X/y", "/x/y/z", "/%66oo", "/é", "//"]
ENTRIES = st.one_of(
    st.builds(
        lambda host, kind, path, query, changes: entry(
            kind,
            host + (path + query if kind == "url" else path if kind == "prefix" else ""),
            **changes,
        ),
        st.sampled_from(HOSTS),
        st.sampled_from(["host", "subtree", "prefix", "url"]),
        st.sampled_from(PATHS),
        st.sampled_from(["", "?q=1", "?Q=1"]),
        st.fixed_dictionaries(
            {
                "action": st.sampled_from(list(Action)),
                "tier": st.sampled_from(list(Tier)),
                "force": st.booleans(),
                "subdomains": st.booleans(),
                "ignore_case": st.booleans(),
                "line": st.integers(0, 2),
                "list": st.sampled_from(["one", "two"]),
                "note": st.sampled_from(["", "why", "wärum\n\t"]),
                "category": st.sampled_from(["", "dating", "union"]),
            }
        ),
    ),
    st.builds(
        lambda value, line: entry("cidr", value, line=line),
        st.sampled_from(["192.0.2.0/24", "192.0.2.9/32", "0.0.0.0/0", "2001:db8::/32", "2001:db8::4/126"]),
        st.integers(0, 2),
    ),
)
URLS = st.builds(
    lambda host, path, query: parse_url(f"https://{host}{path}{query}"),
    st.sampled_from([*HOSTS, "www.com", "WWW.Example.ORG.", "c.b.a.example.org", "free.test"]),
    st.sampled_from([*PATHS, "/x/y/z/1/2", "/X", "/foo/a"]),
    st.sampled_from(["", "?q=1", "?x"]),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(ENTRIES, max_size=12), st.lists(URLS, min_size=1, max_size=6), st.integers(0, 2**64 - 1))
def test_it_agrees_with_the_lookup_in_memory(entries: list[Entry], urls: list, seed: int) -> None:
    memory = MemoryLookup(entries)
    with TemporaryDirectory() as folder:
        snapshot = compiled(Path(folder), entries, seed=seed)
        snapshot.verify()
        for url in urls:
            assert snapshot.match(url) == memory.match(url)
            assert sorted(snapshot.covering(url), key=repr) == sorted(memory.covering(url), key=repr)


def test_the_same_entries_and_seed_make_the_same_file_and_another_seed_another(tmp_path: Path) -> None:
    entries = [entry("subtree", f"h{n}.test", line=n) for n in range(500)]
    digests = [compile_entries(entries, tmp_path / f"{n}", seed=seed)[0] for n, seed in enumerate((1, 1, 2))]
    assert digests[0] == digests[1] != digests[2]
    for n, digest in enumerate(digests):
        snapshot = Snapshot(tmp_path / f"{n}", digest)
        assert all(snapshot.match(parse_url(f"http://www.h{i}.test/"))[0].line == i for i in range(500))


def test_a_key_that_only_shares_place_and_fingerprint_is_no_hit(tmp_path: Path) -> None:
    # What a crafted collision would look like: the slot of one host names the record of another.
    snapshot = compiled(tmp_path, [entry("host", "victim.test")])
    path = tmp_path / "one.snap"
    data = bytearray(path.read_bytes())
    record = data.index(b"victim.test")
    data[record : record + 11] = b"attack.test"
    path.chmod(0o644)
    path.write_bytes(data)
    forged = Snapshot(path, Digest.of(bytes(data)))
    assert not forged.match(parse_url("http://victim.test/"))
    assert snapshot.digest != forged.digest


def test_categories_that_the_policy_refuses(tmp_path: Path) -> None:
    # As folder.load_lists: mild actions become denials, other categories' denials go, the operator's word stays.
    entries = [
        entry("subtree", "a.test", category="dating", action=Action.FLAG),
        entry("subtree", "b.test", category="union"),
        entry("subtree", "c.test", category="union", action=Action.FLAG),
        entry("subtree", "d.test", category="union", tier=Tier.OPERATOR),
    ]
    lookup = compiled(tmp_path, entries, only=frozenset({"dating"}))
    answers = {host: [m.action for m in lookup.match(parse_url(f"http://{host}.test/"))] for host in "abcd"}
    assert answers == {"a": [Action.DENY], "b": [], "c": [Action.FLAG], "d": [Action.DENY]}


def test_nothing_is_left_where_writing_fails(tmp_path: Path) -> None:
    with Compiler(tmp_path, 1) as compiler, pytest.raises(ListError):
        compiler.add_entry(Entry(Kind.PREFIX, "a.test", "/" + "x" * 70_000))
    with Compiler(tmp_path, 1) as compiler, pytest.raises(TypeError):
        compiler.write(tmp_path / "x.snap", {"not": object()})
    assert list(tmp_path.iterdir()) == []


def test_a_compiled_file_cannot_be_written_to(tmp_path: Path) -> None:
    compile_entries([entry("subtree", "example.org")], tmp_path / "good", seed=1)
    assert (tmp_path / "good").stat().st_mode & 0o222 == 0
