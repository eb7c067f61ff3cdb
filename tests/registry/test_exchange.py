"""collector.registry.exchange: export then import is the identity; signatures, cursor, removals, last good copy (spec 4.5)."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from collector.model.addresses import parse_networks
from collector.model.errors import CollectorError, IntegrityError, RegistryError
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.registry import lifecycle
from collector.registry.entry import PLACES, Effect, ScopeKind, Strength
from collector.registry.exchange import publish as publishing
from collector.registry.exchange.feed import change_line, changes, read_change
from collector.registry.exchange.fetching import from_folder, over_http
from collector.registry.exchange.formats import read
from collector.registry.exchange.importing import candidate, record_import
from collector.registry.exchange.line import Exchanged, exchanged_of
from collector.registry.exchange.peers import Peer, add_peer, find_peer, peers, remove_peer
from collector.registry.exchange.person_list import person_batch, read_answers
from collector.registry.exchange.publish import LATEST, Published, publish
from collector.registry.exchange.signing import public_key, sign, verify
from collector.registry.exchange.sync import Synced, note_failure, pull
from collector.registry.folder import RegistryFolder
from collector.registry.person import person_hash
from collector.registry.propagation import Status, of_entries
from collector.registry.verification.fetch import Fetcher
from collector.registry.versions import all_current
from collector.registry.vocabulary import UseLabel
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.opted_out import opted_out
from tests.registry.outside import Page, web_server
from tests.support.registry import Keeper, keeper

# --- import -----------------------------------------------------------------------------------------


def test_an_import_shows_what_is_new_and_quarantines_suffixes(desk: Keeper) -> None:
    desk.take("a.test")
    with desk.store.transaction() as tx:
        plan = candidate(tx, read("plain", b"a.test\nb.test\nco.uk\nc.test/x\n"))
        assert (len(plan.new), plan.known, [one.value for one in plan.quarantined]) == (2, 1, ["co.uk"])
        ref, entries = record_import(tx, desk.act, plan, "the list of case 7", source="x.txt")
        assert len(entries) == 2
        assert ref.startswith("O-")
        with pytest.raises(RegistryError, match="nothing in it is new"):
            record_import(tx, desk.act, candidate(tx, read("plain", b"a.test\n")), "again", source="x")
        many = candidate(tx, read("plain", "".join(f"s{n}.test\n" for n in range(1_001)).encode()))
        with pytest.raises(RegistryError, match="quarantined"):
            record_import(tx, desk.act, many, "many", source="x")
    desk.compile()
    assert RegistryFolder(desk.registry).match(parse_url("http://www.b.test/"))


# --- publish and sync -----------------------------------------------------------------------------


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Keeper, Keeper, Path]]:
    """Two organisations, and the folder that the first publishes into."""
    with keeper(tmp_path / "one", seed="one") as ours, keeper(tmp_path / "two", seed="two") as theirs:
        yield ours, theirs, tmp_path / "public"


def put_out(desk: Keeper, folder: Path) -> Published:
    with desk.store.snapshot() as tx:
        return publish(tx, folder, desk.keys.signing, "one", desk.now)


def known(desk: Keeper, folder: Path | str, key: str = "") -> Peer:
    with desk.store.transaction() as tx:
        if not peers(tx):
            add_peer(tx, desk.act, "one", str(folder), key)
        return find_peer(tx, "one")


def take_over(desk: Keeper, folder: Path, key: str, **more: bool) -> Synced:
    peer = known(desk, folder, key)
    with desk.store.transaction() as tx:
        done = pull(tx, desk.act, peer, from_folder(folder), **more)
    desk.compile()
    return done


def in_force(desk: Keeper) -> set[Exchanged]:
    with desk.store.snapshot() as tx:
        return {exchanged_of(e) for e in all_current(tx).values() if e.scope_kind in PLACES and e.in_force(desk.now)}


def test_a_registry_that_is_taken_over_is_the_same_and_follows(pair: tuple[Keeper, Keeper, Path]) -> None:
    one, two, public = pair
    first = one.take("a.test")
    one.take("pub.test")
    one.take("b.test/x/", uses=(UseLabel.TDM,))
    one.take("mine.test", collections=("news",))
    one.take("assertion.test", proven=False)
    one.take("ada@example.net", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT)
    key = put_out(one, public).public_key
    done = take_over(two, public, key)
    assert (done.changed, done.removed, done.refused) == (3, 0, ())
    told = {scope for scope in in_force(one) if scope.host in {"a.test", "pub.test", "b.test"}}
    assert in_force(two) == told
    with one.store.transaction() as tx:
        lifecycle.withdraw(tx, one.act, one.find(first), "asked")
    one.take("c.test")
    put_out(one, public)
    assert take_over(two, public, key) == Synced(done.seq + 4, 1, 1)
    assert in_force(two) == (told - {exchanged_of(first.entry)}) | {Exchanged(ScopeKind.SUBTREE, "c.test")}
    assert take_over(two, public, key).changed == 0
    match = RegistryFolder(two.registry).match(parse_url("http://c.test/"))[0]
    assert match.list.startswith("registry:one/")


def test_the_same_registry_is_the_same_files_and_pages_never_change(pair: tuple[Keeper, Keeper, Path]) -> None:
    one, _, public = pair
    one.take("a.test")
    put_out(one, public)
    before = {path: path.stat().st_mtime_ns for path in public.rglob("*") if path.is_file()}
    one.later(hours=1)
    assert not put_out(one, public).changed
    assert {path: path.stat().st_mtime_ns for path in public.rglob("*") if path.is_file()} == before
    one.take("b.test")
    put_out(one, public)
    for path, stamp in before.items():
        if path.name != LATEST and "exports" not in path.parts and path.exists():
            assert path.stat().st_mtime_ns == stamp, path


def test_full_pages_are_not_read_again_and_those_of_another_past_are(
    desk: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change costs its own page; a registry that came back from a backup tells its feed anew."""
    monkeypatch.setattr(publishing, "PAGE", 4)
    public, read = tmp_path / "public", []
    told = publishing.changes
    monkeypatch.setattr(publishing, "changes", lambda tx, **part: read.append(part["since"]) or told(tx, **part))
    for number in range(5):
        desk.take(f"s{number}.test")
    put_out(desk, public)
    assert read == [0, 4, 8]
    read.clear()
    before = verify((public / LATEST).read_bytes(), public_key(desk.keys.signing), "x")
    desk.take("more.test")
    put_out(desk, public)
    assert read == [8]
    read.clear()
    (public / before.feed[1].file).write_bytes(b"changed by somebody")
    desk.take("further.test")
    put_out(desk, public)
    assert read == [4, 12]
    read.clear()
    with desk.store.transaction() as tx:
        tx.execute(text("DELETE FROM event WHERE seq > 2"))
        tx.execute(text("DELETE FROM entry WHERE body NOT LIKE '%s0.test%'"))
    for number in range(9):
        desk.take(f"other{number}.test")
    put_out(desk, public)
    assert read == [0, 4, 8, 12, 16]
    fresh = tmp_path / "fresh"
    put_out(desk, fresh)
    assert (public / LATEST).read_bytes() == (fresh / LATEST).read_bytes()


def test_nothing_published_names_a_person_a_reason_or_a_keeper(pair: tuple[Keeper, Keeper, Path]) -> None:
    one, _, public = pair
    recorded = one.take("a.test", reason="letter of Ada L.", contact="ada@example.net")
    person = one.take("ada@example.net", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT)
    put_out(one, public)
    everything = b""
    for path in public.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            everything += gzip.decompress(data) if path.suffix == ".gz" else data
    assert recorded.entry.id.encode() in everything
    for secret in (b"Ada", b"ada@", b"keeper", person.entry.id_hash.encode(), recorded.public_ref.encode()):
        assert secret not in everything


@pytest.mark.parametrize("harm", ["signature", "key", "snapshot", "feed", "cut", "older", "junk", "gone"])
def test_what_cannot_be_believed_changes_nothing(pair: tuple[Keeper, Keeper, Path], harm: str) -> None:
    one, two, public = pair
    one.take("a.test")
    key = put_out(one, public).public_key
    old = (public / LATEST).read_bytes()
    take_over(two, public, key)
    one.take("b.test")
    put_out(one, public)
    latest = public / LATEST
    (page,) = [path for path in (public / "feed").iterdir() if path.name in latest.read_text()]
    held = in_force(two)
    match harm:
        case "signature":
            latest.write_bytes(latest.read_bytes().replace(b'"entries": 2', b'"entries": 3'))
        case "key":
            with two.store.transaction() as tx:
                remove_peer(tx, two.act, "one")
                add_peer(tx, two.act, "one", str(public), public_key(Ed25519PrivateKey.generate()))
        case "snapshot" | "feed":
            page.write_bytes(page.read_bytes().replace(b"b.test", b"c.test"))
        case "cut":
            page.write_bytes(page.read_bytes()[:-20])
        case "older":
            one.take("c.test")
            put_out(one, public)
            take_over(two, public, key)
            held = in_force(two)
            latest.write_bytes(old)
        case "junk":
            latest.write_bytes(b"<html>not found</html>")
        case "gone":
            latest.unlink()
    peer = known(two, public, key)
    with pytest.raises(CollectorError) as caught:
        take_over(two, public, key)
    assert in_force(two) == held
    with two.store.transaction() as tx:
        note_failure(tx, two.act, peer, caught.value)
        after = find_peer(tx, "one")
    assert (after.cursor, after.failures) == (peer.cursor, 1)
    assert after.next_at is not None


def test_failures_wait_twice_as_long_each_time_and_a_day_at_most(desk: Keeper) -> None:
    peer = known(desk, "https://one.example/", public_key(Ed25519PrivateKey.generate()))
    pauses = []
    for _ in range(14):
        with desk.store.transaction() as tx:
            note_failure(tx, desk.act, peer, RegistryError("x"))
            peer = find_peer(tx, "one")
        assert peer.next_at is not None
        pauses.append((peer.next_at - desk.now).total_seconds())
    assert pauses == [min(60 * 2**n, 86_400) for n in range(14)]


def test_many_removals_at_once_need_a_person(pair: tuple[Keeper, Keeper, Path]) -> None:
    one, two, public = pair
    taken = [one.take(f"s{n}.test") for n in range(40)]
    key = put_out(one, public).public_key
    take_over(two, public, key)
    with one.store.transaction() as tx:
        for recorded in taken[:15]:
            lifecycle.withdraw(tx, one.act, one.find(recorded), "mistake")
    put_out(one, public)
    with pytest.raises(RegistryError, match="remove 15 of 40"):
        take_over(two, public, key)
    assert len(in_force(two)) == 40
    assert take_over(two, public, key, accept_shrink=True).removed == 15


def test_a_peer_cannot_touch_what_others_asked_for(pair: tuple[Keeper, Keeper, Path]) -> None:
    """Its entries live under its own name: no overwriting by number, no lifting by a permission, no suffixes."""
    one, two, public = pair
    mine = two.take("pub.test")
    theirs = one.take("x.test")
    one.take("pub.test/open/", effect=Effect.ALLOW, same_requester_as=theirs.public_ref)
    one.take("github.io", whole_suffix=True)
    key = put_out(one, public).public_key
    snapshot = next((public / "snapshots").iterdir())
    lines = gzip.decompress(snapshot.read_bytes()).decode().splitlines()
    assert len(lines) == 3
    done = take_over(two, public, key)
    assert done.refused == ()
    with two.store.snapshot() as tx:
        assert all_current(tx)[mine.entry.id] == mine.entry

    url = parse_url("http://pub.test/open/1")
    finding = opted_out(UrlFacts(Candidate(url), opted_out=RegistryFolder(two.registry).match(url)), NoSettings())
    assert finding.verdict == "deny"


def test_a_peer_that_was_away_long_reads_the_whole(pair: tuple[Keeper, Keeper, Path]) -> None:
    one, two, public = pair
    first = one.take("a.test")
    key = put_out(one, public).public_key
    take_over(two, public, key)
    one.take("b.test")
    with one.store.transaction() as tx:
        lifecycle.withdraw(tx, one.act, one.find(first), "asked")
    put_out(one, public)
    data = (public / LATEST).read_bytes()
    manifest = verify(data, key, "x").model_copy(update={"feed": ()})

    (public / LATEST).write_bytes(sign(manifest, one.keys.signing))
    done = take_over(two, public, key)
    assert (done.changed, done.removed) == (1, 1)
    assert {scope.host for scope in in_force(two)} == {"b.test"}


def test_over_http_with_an_etag(pair: tuple[Keeper, Keeper, Path]) -> None:
    one, two, public = pair
    one.take("a.test")
    key = put_out(one, public).public_key
    with web_server() as web:
        for path in public.rglob("*"):
            if path.is_file():
                etag = f'"{path.stat().st_size}-{path.stat().st_mtime_ns}"'
                web.pages[f"/r/{path.relative_to(public)}"] = Page(path.read_bytes(), headers=(("ETag", etag),))
        fetcher = Fetcher(lambda _: ["127.0.0.1"], "test", parse_networks(["127.0.0.0/8"]), max_bytes=1_000_000)
        get = over_http(fetcher, f"http://one.example:{web.port}/r/")
        for expected in (False, True):
            peer = known(two, "http://one.example/r/", key)
            with two.store.transaction() as tx:
                assert pull(tx, two.act, peer, get).unchanged is expected
        assert [path for _, path, _ in web.seen].count("/r/latest.json") == 2
        assert len(web.seen) == 3, "latest, snapshot, latest"
        assert web.seen[-1][2], "asked with the ETag"
        web.pages["/r/latest.json"] = Page(b"x", 500)
        with pytest.raises(RegistryError, match="answered 500"):
            get("latest.json", "")
    assert {scope.host for scope in in_force(two)} == {"a.test"}


@given(st.binary(max_size=200))
def test_no_manifest_and_no_line_is_believed_by_accident(junk: bytes) -> None:
    with pytest.raises((RegistryError, IntegrityError)):
        verify(junk, public_key(Ed25519PrivateKey.from_private_bytes(bytes(32))), "x")
    with pytest.raises(RegistryError):
        read_change(junk)


def test_the_feed_tells_what_happened_since(desk: Keeper) -> None:
    first = desk.take("a.test", proven=False)
    with desk.store.transaction() as tx:
        lifecycle.grant(tx, desk.act, desk.find(first), Strength.CONTROL_VERIFIED, "dns")
        lifecycle.withdraw(tx, desk.act, desk.find(first), "asked")
    with desk.store.snapshot() as tx:
        told = list(changes(tx, since=0))
        assert [(one.seq, one.op, one.version) for one in told] == [(3, "update", 2), (5, "remove", 3)]
        assert list(changes(tx, since=3)) == told[1:]
    for one in told:
        assert read_change(change_line(one).encode()) == one


# --- lists of persons -----------------------------------------------------------------------------


def rows(data: bytes, name: str) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return list(csv.reader(io.StringIO(archive.read(name).decode())))[1:] if name in archive.namelist() else []


def test_a_recipients_list_is_keyed_for_it_alone_and_tells_removals(desk: Keeper) -> None:
    """In the shape of DROP: ID,Hash per scheme; Removed.csv; Id,Status back."""
    person = {"kind": ScopeKind.PERSON_ID, "effect": Effect.REDACT}
    ada = desk.take("ada@example.net", scheme="email", **person)
    desk.take("+33 6 12 34 56 78", scheme="phone", **person)
    desk.take("eve@example.net", scheme="email", proven=False, **person)
    with desk.store.transaction() as tx:
        first = person_batch(tx, desk.act, desk.keys, "acme")
        other = person_batch(tx, desk.act, desk.keys, "other")
        assert person_batch(tx, desk.act, desk.keys, "acme").added == 0
    ((item, hashed),) = rows(first.data, "Email.csv")
    assert base64.b64decode(hashed).hex() == person_hash(desk.keys.recipient_pepper("acme"), "email", "Ada@example.net")
    assert hashed not in str(rows(other.data, "Email.csv"))
    assert len(rows(first.data, "Phone.csv")) == 1
    assert len(item) == 12
    assert item.isalnum()
    with desk.store.transaction() as tx:
        taken, wrong = read_answers(tx, desk.act, "acme", f"Id,Status\r\n{item},3\r\n{item},9\r\nnobody,3\r\n".encode())
        assert (taken, len(wrong)) == (1, 2)
        (arrived,) = [one for one in of_entries(tx, [ada.entry.id]) if one.target.name == "acme"]
        assert (arrived.status, arrived.proof) == (Status.REMOVED, item)
        lifecycle.withdraw(tx, desk.act, desk.find(ada), "asked")
        after = person_batch(tx, desk.act, desk.keys, "acme", full=True)
    assert rows(after.data, "Removed.csv") == [[item]]
    assert rows(after.data, "Email.csv") == []
    assert len(rows(after.data, "Phone.csv")) == 1
    with pytest.raises(RegistryError, match="no name of a recipient"), desk.store.transaction() as tx:
        person_batch(tx, desk.act, desk.keys, "../x")
    assert json.dumps(rows(first.data, "Removed.csv")) == "[]"
