"""collector.lists: entry, plain, jsonl, manifest, folder, ruleset: what is read, and what is refused with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.lists.entry import Entry, Kind, Origin, canonical, plain_path
from collector.lists.folder import load_lists, read_file, read_folder
from collector.lists.jsonl import read_jsonl
from collector.lists.manifest import read_manifest
from collector.lists.match import Action, Tier
from collector.lists.plain import read_plain
from collector.lists.ruleset import read_ruleset
from collector.model.errors import ListError
from collector.model.url import parse_url

ORIGIN = Origin("test", "1")
MANIFEST = 'id = "one"\ntitle = "One"\ncategory = "dating"\nlicence = "CC0-1.0"\nsource = "us"\ndate = 2026-11-01\n'


def plain(text: str) -> list[tuple[str, str, str]]:
    return [(e.kind.value, e.host, e.path) for e in read_plain(text.encode(), ORIGIN).entries]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("example.org", ("subtree", "example.org", "")),
        ("EXAMPLE.org.", ("subtree", "example.org", "")),
        ("*.example.org", ("subtree", "example.org", "")),
        (".example.org", ("subtree", "example.org", "")),
        ("https://example.org/", ("subtree", "example.org", "")),
        ("https://example.org:8443", ("subtree", "example.org", "")),
        ("bücher.example # a shop", ("subtree", "xn--bcher-kva.example", "")),
        ("example.org/forum/", ("prefix", "example.org", "/forum")),
        ("https://example.org/%66orum", ("prefix", "example.org", "/forum")),
        ("https://example.org/page?id=7#top", ("url", "example.org", "/page?id=7")),
        ("192.0.2.0/24", ("cidr", "192.0.2.0/24", "")),
        ("192.0.2.9", ("subtree", "192.0.2.9", "")),
        ("2001:db8::/32", ("cidr", "2001:db8::/32", "")),
        ("2001:db8::1", ("subtree", "[2001:db8::1]", "")),
    ],
)
def test_what_a_plain_line_means(line: str, expected: tuple[str, str, str]) -> None:
    assert plain(line) == [expected]


def test_comments_blank_lines_and_bom() -> None:
    assert plain("\ufeff# one\n; two\n! three\n\n   \nexample.org\t# why\r\n") == [("subtree", "example.org", "")]


@pytest.mark.parametrize(
    "line",
    ["0.0.0.0 example.org", "exa*mple.org", "user:pw@example.org", "http://", "ftp://example.org/x", "[::1", "a..b",
     "example.org/\x00", "x" * 9_000 + ".org", "||example.org^"],
)  # fmt: skip
def test_a_line_that_is_no_entry_is_rejected_with_a_reason(line: str) -> None:
    reading = read_plain(f"good.test\n{line}\n".encode(), ORIGIN)
    assert [e.host for e in reading.entries] == ["good.test"]
    assert reading.rejected_count == 1
    assert reading.rejected[0].line == 2
    assert reading.rejected[0].reason
    assert reading.rejected[0].text.isprintable()


def test_binary_junk_survives_and_is_counted() -> None:
    junk = b"\xff\xfe\x00\x01\n" * 1_500 + b"good.test\n" + b"\x80" * 70_000
    reading = read_plain(junk, ORIGIN)
    assert [e.host for e in reading.entries] == ["good.test"]
    assert reading.rejected_count == 1_501
    assert len(reading.rejected) == 1_000


@given(st.binary(max_size=300))
def test_readers_never_raise(data: bytes) -> None:
    for read in (read_plain, read_jsonl):
        reading = read(data, ORIGIN)
        assert len(reading.entries) + reading.rejected_count <= data.count(b"\n") + 1


@given(st.sampled_from(list(Kind)), st.text(max_size=40))
def test_what_is_canonical_stays_as_it_is(kind: Kind, value: str) -> None:
    try:
        host, path = canonical(kind, value)
    except ListError:
        return
    assert canonical(kind, host + (path or ("/" if kind is Kind.URL else ""))) == (host, path)


def test_only_unreserved_characters_are_unescaped() -> None:
    # RFC 3986 §2.3 and §6.2.2.2: %2F and %3F mean something else than / and ?
    assert plain_path("/%7Ea/%2D%2e%5F%41%7a%30/%2F%3F%25") == "/~a/-._Az0/%2F%3F%25"


def test_jsonl_takes_kind_action_and_category() -> None:
    line = b'{"kind":"prefix","value":"x.test/r/A","category":"dating","action":"flag","subdomains":true,"id":"E1","note":"n"}'
    (entry,) = read_jsonl(line, ORIGIN).entries
    assert entry == Entry(
        Kind.PREFIX, "x.test", "/r/A", Action.FLAG, "dating", Tier.LIST, "test", "1", 1, "E1", "n", subdomains=True
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"value":"x.test","expires":"2027"}', "expires"),
        ('{"value":7}', "value"),
        ('{"kind":"tree","value":"x.test"}', "kind"),
        ('{"kind":"host","value":"x.test/a"}', "has a path"),
        ('{"kind":"prefix","value":"x.test/a?b"}', "has a query"),
        ('{"kind":"cidr","value":"x.test"}', "is no network"),
        ('{"value":"x.test","force":true,"action":"allow","note":"n"}', "force is for"),
        ("[]", ""),
        ("{" * 5_000, ""),
    ],
)
def test_jsonl_names_the_fault(line: str, reason: str) -> None:
    reading = read_jsonl(line.encode(), ORIGIN)
    assert not reading.entries
    assert reason in reading.rejected[0].reason


def test_a_forced_allow_owes_a_reason() -> None:
    operator = Origin("allow", tier=Tier.OPERATOR, action=Action.ALLOW)
    assert "without a reason" in read_jsonl(b'{"value":"x.test","force":true}', operator).rejected[0].reason
    assert read_jsonl(b'{"value":"x.test","force":true,"note":"letter 3"}', operator).entries[0].force


def test_a_folder_of_lists(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "tokens").mkdir()  # another kind of list: no entries file, not read
    (tmp_path / "one" / "manifest.toml").write_text(MANIFEST)
    (tmp_path / "one" / "entries.txt").write_text("love.test\nco.uk\ngithub.io\n")
    lists = load_lists(tmp_path)
    (one,) = lists.lists
    assert [e.host for e in one.entries] == ["love.test"]
    assert [r.line for r in one.rejected] == [2, 3]  # a public suffix would cover every site below it
    found = lists.lookup.match(parse_url("https://www.love.test/"))[0]
    assert (found.list, found.version, found.line, found.category) == ("one", "2026-11-01", 1, "dating")
    assert not load_lists(tmp_path, only=["genealogy"]).lookup.entries


def test_a_policy_refuses_a_category_that_the_list_only_flags(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "manifest.toml").write_text(MANIFEST + 'action = "flag"\n')
    (tmp_path / "one" / "entries.txt").write_text("love.test\n")
    url = parse_url("https://love.test/")
    assert load_lists(tmp_path).lookup.match(url)[0].action is Action.FLAG
    assert load_lists(tmp_path, only=["dating"]).lookup.match(url)[0].action is Action.DENY
    assert load_lists(tmp_path, only=[]).lookup.match(url)[0].action is Action.FLAG


def test_files_that_a_policy_names(tmp_path: Path) -> None:
    files, allow = tmp_path / "mine.txt", tmp_path / "allow.txt"
    files.write_text("bad.test\n")
    allow.write_text("www.bad.test\n")
    lookup = load_lists(_empty(tmp_path), files=[files], allow=[allow]).lookup
    assert lookup.match(parse_url("http://x.bad.test/"))[0].action is Action.DENY
    assert lookup.match(parse_url("http://www.bad.test/"))[0].action is Action.ALLOW
    assert lookup.match(parse_url("http://a.www.bad.test/"))[0].action is Action.DENY  # a host, not its subtree
    files.write_text("bad.test\nnot a host\n")
    with pytest.raises(ListError, match=r"mine\.txt:2: more than one word"):
        read_file(files)
    with pytest.raises(ListError, match="cannot be read"):
        read_file(tmp_path / "gone.txt")


def _empty(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "id"),
        (MANIFEST + "x = 1\n", "x"),
        ("id = ", "cannot be read"),
        (MANIFEST.replace("2026-11-01", '"soon"'), "date"),
    ],
)
def test_a_faulty_manifest_names_file_and_key(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(text)
    with pytest.raises(ListError, match=fault) as error:
        read_manifest(path)
    assert "manifest.toml" in str(error.value)


def test_missing_folder_and_manifest(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="no such folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(ListError, match="no manifest"):
        read_manifest(tmp_path / "manifest.toml")


@pytest.mark.parametrize(
    "text", ["{}", "no json", '{"rules":[{"id":"a","tier":9,"kind":"host","value":"x","action":"deny"}]}',
             '{"rules":[{"id":"a","tier":1,"kind":"cidr","value":"x","action":"deny"}]}']
)  # fmt: skip
def test_a_faulty_ruleset_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.json"
    path.write_text(text)
    with pytest.raises(ListError, match=r"rules\.json"):
        read_ruleset(path)
