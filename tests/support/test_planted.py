"""The search for planted data finds it however it lies: a search that finds nothing proves nothing otherwise."""

from __future__ import annotations

import base64
import gzip
import sqlite3
import zlib
from contextlib import closing
from urllib.parse import quote

import pytest

from tests.support.planted import PLANTS, card, cfemail, find_planted, iban, plant, planted
from tests.support.simlog import Connection, Request
from tests.support.simsite import Reply, Site

ADDRESS = planted("email", "plain text")
SENTENCE = f"Please write to {ADDRESS} today."


def test_an_iban_and_a_card_are_valid_by_their_own_rules():
    assert iban("DE", "370400440532013000") == "DE89370400440532013000"  # the example of ISO 13616
    assert card("411111111111111") == "4111111111111111"
    compact = planted("iban", "plain text")
    assert int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def test_every_plant_is_served_and_found(tmp_path):
    """Write what the site answers to disk, as a crawler that minimises nothing would: every plant must be found."""
    site = plant(Site("a.localhost"))
    for number, path in enumerate(site.answers):
        request = Request("GET", path, "HTTP/1.1", "a.localhost", (), {}, Connection(0, 0.0, 80), 0.0)
        reply = site.answer(request)
        assert isinstance(reply, Reply)
        (tmp_path / f"{number}.warc").write_bytes(repr(reply.headers).encode() + b"\n" + reply.body)
    found = {(hit.plant.kind, hit.plant.where) for hit in find_planted(tmp_path)}
    # these two leave no contiguous spelling in the raw page: they can only appear once something has joined them
    assert set(PLANTS) - found <= {("email", "split by tags"), ("email", "references")}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("raw", SENTENCE.encode()),
        ("upper case", SENTENCE.upper().encode()),
        ("utf-16", SENTENCE.encode("utf-16")),
        ("gzip", b"WARC" + gzip.compress(b"before", mtime=0) + gzip.compress(SENTENCE.encode(), mtime=0)),
        ("gzip cut off", gzip.compress(SENTENCE.encode() * 50, mtime=0)[:-12]),
        ("zlib", b"junk" + zlib.compress(SENTENCE.encode(), 9) + b"junk"),
        ("gzip in gzip", gzip.compress(gzip.compress(SENTENCE.encode(), mtime=0), mtime=0)),
        ("percent", quote(SENTENCE, safe="").encode()),
        ("references", "".join(f"&#{ord(c)};" for c in SENTENCE).encode()),
        ("hex", SENTENCE.encode().hex().encode()),
        ("base64", base64.b64encode(SENTENCE.encode())),
        ("base64 shifted", base64.b64encode(b"x" + SENTENCE.encode())),
        ("base64 shifted twice", base64.b64encode(b"xy" + SENTENCE.encode())),
        ("cfemail", f'<a data-cfemail="{cfemail(ADDRESS)}">'.encode()),
    ],
)
def test_a_plant_is_found_in_every_shape(tmp_path, name, data):
    (tmp_path / "file.bin").write_bytes(data)
    hits = find_planted(tmp_path)
    assert {(hit.plant.kind, hit.plant.where) for hit in hits} == {("email", "plain text")}, name


def test_a_plant_is_found_in_a_database_and_its_log(tmp_path):
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma wal_autocheckpoint=0")
        connection.execute("create table page (body blob)")
        connection.execute("insert into page values (?)", (zlib.compress(SENTENCE.encode() * 400, 9),))
        connection.commit()
        hits = find_planted(tmp_path)
    assert any("table page" in hit.inside for hit in hits)


def test_nothing_is_found_where_nothing_is(tmp_path):
    (tmp_path / "clean.txt").write_text("[[EMAIL_1]] and [[PHONE_1]] and the bridge over the mill race")
    assert find_planted(tmp_path) == []
