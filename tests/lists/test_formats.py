"""collector.lists.formats: one format each, what is an entry and why the rest is none (spec lists-and-registry §2)."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import dns.zone
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.lists.candidate import _PLAIN_HOST
from collector.lists.entry import Kind, canonical
from collector.lists.formats import ut1
from collector.lists.formats.catalogue import FORMATS, format_named
from collector.lists.formats.row import Row
from collector.lists.reading import MAX_LINE, Rejected
from collector.lists.suffixes import covers_public_suffix, is_public_suffix
from collector.lists.taxonomy import taxonomy
from collector.model.errors import ListError


def read(folder: Path, name: str, text: str | bytes) -> tuple[list[tuple[int, str, str, str]], list[tuple[int, str]]]:
    """Entries as (line, kind, value, action), and rejected lines as (line, reason)."""
    path = folder / "list"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    stated = list(FORMATS[name].read(path))
    rows = [(r.line, str(r.kind or "?"), r.value, str(r.action or "?")) for r in stated if isinstance(r, Row)]
    return rows, [(r.line, r.reason) for r in stated if isinstance(r, Rejected)]


def test_hosts(tmp_path: Path) -> None:
    text = "# x\n127.0.0.1 localhost\n0.0.0.0 a.test b.test # z\n192.0.2.1 c.test\n::\n0.0.0.0 bad!host d.test\n"
    rows, rejected = read(tmp_path, "hosts", text)
    assert [value for _, _, value, _ in rows] == ["a.test", "b.test", "d.test"]
    assert [line for line, _ in rejected] == [2, 4, 5, 6]


def test_adblock(tmp_path: Path) -> None:
    text = """[Adblock Plus 2.0]
! remark
||a.test^
@@||b.a.test^
||c.test^$important
||d.test^$third-party
example.org##.ad
||e.test^
||e.test^$badfilter
|https://f.test/x/
||g.test/p/
/banner[0-9]+/
||h.test/ab
ad.js
||*.i.test^
"""
    rows, rejected = read(tmp_path, "adblock", text)
    assert rows == [
        (3, "subtree", "a.test", "?"),
        (4, "subtree", "b.a.test", "allow"),
        (5, "subtree", "c.test", "?"),
        (10, "prefix", "f.test/x/", "?"),
        (11, "prefix", "g.test/p/", "?"),
        (15, "subtree", "i.test", "?"),
    ]
    assert [line for line, _ in rejected] == [6, 7, 8, 9, 12, 13, 14]


def test_dnsmasq(tmp_path: Path) -> None:
    text = """address=/a.test/b.test/0.0.0.0
address=/c.test/#
server=/d.test/
local=/e.test/
server=/f.test/8.8.8.8
address=/#/
port=53
address=/g.test/ # remark
address=/h.test/192.0.2.1
"""
    rows, rejected = read(tmp_path, "dnsmasq", text)
    assert [value for _, _, value, _ in rows] == [f"{name}.test" for name in "abcdeg"]
    assert [line for line, _ in rejected] == [5, 6, 7, 9]


def test_unbound(tmp_path: Path) -> None:
    text = """server:
local-zone: "a.test" always_nxdomain
local-zone: "b.test." refuse # x
local-zone: "c.test" transparent
local-data: "d.test A 0.0.0.0"
local-data: "e.test A 192.0.2.1"
local-zone: "f.test" nodefault
"""
    rows, rejected = read(tmp_path, "unbound", text)
    assert rows == [
        (2, "subtree", "a.test", "?"),
        (3, "subtree", "b.test", "?"),
        (4, "subtree", "c.test", "allow"),
        (5, "host", "d.test", "?"),
    ]
    assert [line for line, _ in rejected] == [6, 7]


ZONE = """$TTL 300
@ SOA ns.rpz.test. hostmaster.rpz.test. (
    1 3600 ; serial, refresh
    600 86400 300 )
  NS ns.rpz.test.
$ORIGIN rpz.test.
a.test CNAME .
*.a.test IN CNAME .
b.test 60 IN CNAME rpz-passthru.
*.b.test CNAME rpz-passthru.
32.9.113.0.203.rpz-ip CNAME .
48.zz.db8.2001.rpz-ip CNAME *.
c.test CNAME walled.garden.
d.test A 192.0.2.1
e.test.rpz.test. CNAME *.
8.0.0.0.10.rpz-nsip CNAME .
"""


def test_rpz(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, "rpz", ZONE + "garbage\n")
    assert rows == [
        (7, "host", "a.test", "?"),
        (8, "subtree", "a.test", "?"),
        (9, "host", "b.test", "allow"),
        (11, "cidr", "203.0.113.9/32", "?"),
        (12, "cidr", "2001:db8::/48", "?"),
        (15, "host", "e.test", "?"),
    ]
    assert [line for line, _ in rejected] == [10, 13, 14, 16, 17]
    assert read(tmp_path, "rpz", "@ SOA a. b. (\nx.test CNAME .\n")[1][0][1].startswith("a bracket that never closes")


def test_rpz_names_are_those_that_dnspython_reads(tmp_path: Path) -> None:
    zone = dns.zone.from_text(ZONE, origin="rpz.test.", check_origin=False)
    theirs = {
        str(name)
        for name, rdataset in zone.iterate_rdatasets("CNAME")
        if any(str(record.target) in {".", "*.", "*", "rpz-passthru."} for record in rdataset)
    }
    rows, rejected = read(tmp_path, "rpz", ZONE)
    assert len(theirs) == len(rows) + sum("exception" in why or "name servers" in why for _, why in rejected)
    assert {value for _, kind, value, _ in rows if kind == "host"} <= theirs


def test_v2fly_includes_once_and_in_circles(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("full:x.test @ads\ndomain:y.test\ninclude:list\ninclude:other\n")
    text = "a.test\ninclude:other @ads\nkeyword:k\nregexp:r\ninclude:none\ninclude:../etc\nfoo:bar\n"
    rows, rejected = read(tmp_path, "v2fly", text)
    assert (2, "host", "x.test", "?") in rows
    assert not [row for row in rows if row[2] == "y.test"]
    assert {3, 4, 5, 6, 7} <= {line for line, _ in rejected}


def test_ublacklist(tmp_path: Path) -> None:
    text = "*://*.a.test/*\n*://b.test/*\n@*://*.c.test/*\n*://*.d.test/x/*\n/re/\n*://*/z\n*://e.test/ab*\n# c\n"
    rows, rejected = read(tmp_path, "ublacklist", text)
    assert [(kind, value, action) for _, kind, value, action in rows] == [
        ("subtree", "a.test", "?"),
        ("host", "b.test", "?"),
        ("subtree", "c.test", "allow"),
        ("prefix", "d.test/x/", "?"),
    ]
    assert [line for line, _ in rejected] == [5, 6, 7]


def test_csv_as_spreadsheets_write_it(tmp_path: Path) -> None:
    text = "\ufeffkind;value;category;uses\r\nsubtree;a.test;dating;\r\n;b.test;;search\r\nbad;c.test;;\r\nx\r\n"
    rows, rejected = read(tmp_path, "csv", text)
    assert rows == [(2, "subtree", "a.test", "?")]
    assert [line for line, _ in rejected] == [3, 4, 5]
    with pytest.raises(ListError, match="unknown column"):
        read(tmp_path, "csv", "value,price\n")


def test_plain_and_json_lines(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, "plain", "a.test\n*.b.test\nc.test/x # r\n192.0.2.0/24\ntwo words\n")
    assert [row[1] for row in rows] == ["?", "subtree", "prefix", "cidr"]
    assert [line for line, _ in rejected] == [5]
    rows, rejected = read(tmp_path, "jsonl", '{"value":"a.test","kind":"host"}\n{}\n\n')
    assert rows == [(1, "host", "a.test", "?")]
    assert [line for line, _ in rejected] == [2]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "ut1"])
def test_no_line_is_lost_however_broken(tmp_path: Path, name: str) -> None:
    broken = [b"\xff\xfe", b"x" * (MAX_LINE + 5), b"ok.test\x00", b"((((", b'"', b"$", b"||", b"@@", b"=/", b"include:"]
    head = b"value\n" if name == "csv" else b""
    rows, rejected = read(tmp_path, name, head + b"\n".join(broken) + b"\n")
    lines = {row[0] for row in rows} | {line for line, _ in rejected}
    # Two kinds of lines say nothing in some formats: remarks, and the RPZ reader's brackets (told as one).
    assert {1, 2} <= {line - bool(head) for line in lines}
    assert len(lines) >= 8 or name == "rpz"


@settings(deadline=None)
@given(st.sampled_from([name for name in FORMATS if name not in {"ut1", "csv"}]), st.binary(max_size=300))
def test_no_reader_fails_on_any_octets(tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "octets"
    path.write_bytes(data)
    assert all(isinstance(one, Row | Rejected) for one in FORMATS[name].read(path))


def archive(path: Path, files: dict[str, bytes], *links: tuple[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as out:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
        for name, target in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            out.addfile(info)
    return path


def test_ut1(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "ut1.tar.gz",
        {
            "blacklists/adult/domains": b"a.test\nb.test\n192.0.2.1\n",
            "blacklists/adult/urls": b"c.test/x\nd.test/p?q=1\ntwo words/x\n",
            "blacklists/adult/expressions": b"(sex|porn)",
            "blacklists/adult/usage": b"# usage\nblack\n",
            "blacklists/press/domains": b"news.test\n",  # white, by our own knowledge
            "blacklists/dating/domains": b"date.test\n",
            "blacklists/dating/usage": b"white\n",  # white, because it says so
            "blacklists/unheard/domains": b"x.test\n",
            "blacklists/gambling/domains.0": b"g.test\n",
        },
        ("blacklists/porn", "adult"),
        ("blacklists/drogue/domains", "/etc/hosts"),
    )
    stated = list(ut1.read_ut1(path))
    rows = [(r.kind, r.value, r.category) for r in stated if isinstance(r, Row)]
    assert rows == [
        (Kind.SUBTREE, "a.test", "adult.pornography"),
        (Kind.SUBTREE, "b.test", "adult.pornography"),
        (Kind.SUBTREE, "192.0.2.1", "adult.pornography"),
        (Kind.PREFIX, "c.test/x", "adult.pornography"),
        (Kind.URL, "d.test/p?q=1", "adult.pornography"),
        (Kind.SUBTREE, "g.test", "gambling"),
    ]
    reasons = {r.text: r.reason for r in stated if isinstance(r, Rejected)}
    assert reasons["press"] == reasons["dating"] == "a category of allowed sites"
    assert "taxonomy" in reasons["unheard"]
    assert reasons["adult/urls: two words/x"] == "a blank inside", "the file stands beside the line"
    assert [r.file for r in stated if isinstance(r, Row)] == ["adult/domains"] * 3 + ["adult/urls"] * 2 + [
        "gambling/domains.0"
    ]
    assert reasons["blacklists/porn"] == reasons["blacklists/drogue/domains"] == "a link or device in the archive"


def test_every_category_of_ut1_is_one_of_ours_or_left_out_and_none_of_allowed_sites_is_a_denial() -> None:
    assert set(ut1.CATEGORIES.values()) <= set(taxonomy())
    never = """child cleaning download liste_bu liste_blanche educational_games sexual_education press jobsearch bank
        translation update shortener examen_pix ai""".split()  # lists-taxonomy: never_import_as_deny
    assert set(never) <= ut1.WHITE
    assert not ut1.WHITE & ut1.CATEGORIES.keys()


def test_ut1_archives_that_are_no_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = archive(tmp_path / "whole", {"adult/domains": b"a.test\n" * 50_000}).read_bytes()
    for name, data in (("cut", whole[: len(whole) // 2]), ("text", b"a.test\n"), ("empty", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ListError, match="damaged or cut off"):
            list(ut1.read_ut1(tmp_path / name))
    monkeypatch.setattr(ut1, "MAX_OCTETS", 10_000)
    with pytest.raises(ListError, match="holds more than"):
        list(ut1.read_ut1(tmp_path / "whole"))
    with tarfile.open(tmp_path / "bomb", "w:gz", format=tarfile.PAX_FORMAT, pax_headers={"x": "y" * (2 << 20)}):
        pass
    with pytest.raises(ListError, match="a header of"):
        list(ut1.read_ut1(tmp_path / "bomb"))


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(ListError, match="no list format") as caught:
        format_named("xlsx")
    assert "adblock" in caught.value.mend


LABELS = st.lists(
    st.text("abx0-_n", min_size=1, max_size=5) | st.sampled_from(["xn--a", "9", "0x1", "A", ""]), max_size=4
)


@given(LABELS.map(".".join))
def test_hosts_that_need_no_parser_are_what_the_parser_makes_of_them(text: str) -> None:
    if _PLAIN_HOST.match(text):
        assert canonical(Kind.SUBTREE, text) == (text, "")


@pytest.mark.parametrize(
    "host",
    "com co.uk uk github.io ck www.ck x.ck a.x.ck kawasaki.jp x.kawasaki.jp xn--p1ai рф test a.test".split(),
)
def test_the_fast_question_for_public_suffixes_is_the_slow_one(host: str) -> None:
    ascii_host = canonical(Kind.SUBTREE, host)[0]
    assert covers_public_suffix(ascii_host) is is_public_suffix(ascii_host)
