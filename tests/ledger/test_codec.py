"""Decisions survive the account: what is written is what is read, whatever a site put into it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.ledger.codec import decode, encode, instant, plain, read_instant
from collector.ledger.findings import read_decisions, write_decisions
from collector.model.decision import (
    Attribute,
    Basis,
    CrawlDelay,
    Decision,
    Evidence,
    Finding,
    Flag,
    Gate,
    NoArchive,
    NoFollow,
    PolicyRef,
    RetainUntil,
    Verdict,
)
from collector.model.digest import Digest
from collector.model.errors import IntegrityError
from collector.model.uses import Permission, Uses
from tests.ledger.sample_account import allowed, open_store

anything = st.text(st.characters(exclude_categories=()), max_size=40)  # lone surrogates and NUL too
digests = st.binary(max_size=8).map(Digest.of)
evidence = st.builds(Evidence, anything, st.none() | digests, anything)
obligations = st.one_of(
    st.builds(CrawlDelay, st.floats(allow_nan=False)),
    st.just(NoFollow()),
    st.just(NoArchive()),
    st.builds(RetainUntil, st.dates()),
    st.builds(Attribute, anything),
    st.builds(Flag, anything),
)
uses = st.builds(Uses, *[st.sampled_from(Permission)] * 5)
findings = st.builds(
    Finding,
    rule=anything,
    verdict=st.sampled_from(Verdict),
    reason=anything,
    uses=uses,
    basis=st.sampled_from(Basis),
    evidence=st.lists(evidence, max_size=2).map(tuple),
    obligations=st.lists(obligations, max_size=2).map(tuple),
    failed=st.booleans(),
    supersedes=st.lists(anything, max_size=2).map(tuple),
)
moments = st.datetimes(timezones=st.just(UTC))
decisions = st.builds(
    Decision,
    gate=st.sampled_from(Gate),
    verdict=st.sampled_from(Verdict),
    uses=uses,
    findings=st.lists(findings, min_size=1, max_size=3).map(tuple),
    policy=st.builds(PolicyRef, anything, digests),
    decided_at=moments,
)


@given(st.lists(decisions, max_size=4).map(tuple))
def test_round_trip(said):
    text = encode(said)
    assert text.isascii()
    assert decode(text) == said
    json.loads(text, parse_constant=pytest.fail)  # RFC 8259 §6: no Infinity, no NaN


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("codec"))
    yield store
    store.close()


@settings(max_examples=50, deadline=None)
@given(batch=st.lists(st.lists(decisions, max_size=3).map(tuple), max_size=4))
def test_round_trip_through_the_table_of_findings(store, batch):
    with store.transaction() as tx:
        texts = write_decisions(tx, batch)
        assert write_decisions(tx, batch) == texts  # nothing is written twice
        assert [read_decisions(tx, text) for text in texts] == batch


def test_a_finding_is_stored_once_however_often_it_is_said(tmp_path):
    with open_store(tmp_path).transaction() as tx:
        write_decisions(tx, [allowed()] * 50)
        assert tx.exec_driver_sql("SELECT COUNT(*) FROM finding").scalar() == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"gates":[{}]}',
        '{"gates":[7]}',
        '{"gates":[{"gate":"url","verdict":"maybe"}]}',
        "[" * 9_000,
    ],
)
def test_a_damaged_text_is_an_integrity_error(text, tmp_path):
    with pytest.raises(IntegrityError, match="cannot be read"):
        decode(text, where="event 1")
    with open_store(tmp_path).transaction() as tx, pytest.raises(IntegrityError):
        read_decisions(tx, text)


def test_a_missing_finding_is_an_integrity_error(tmp_path):
    with open_store(tmp_path).transaction() as tx:
        (text,) = write_decisions(tx, [allowed()])
        tx.exec_driver_sql("DELETE FROM finding")
        with pytest.raises(IntegrityError, match="cannot be read"):
            read_decisions(tx, text)


@given(st.lists(moments, min_size=2, max_size=2))
def test_instants_sort_as_text(pair):
    one, other = pair
    assert read_instant(instant(one)) == one
    assert (instant(one) < instant(other)) == (one < other)
    assert len(instant(one)) == 27


def test_instants_are_utc():
    assert instant(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == "2025-12-31T23:00:00.000000Z"
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 1, 1))  # noqa: DTZ001


@given(anything)
def test_plain_text_can_always_be_stored(text):
    assert "\x00" not in plain(text)
    plain(text).encode()


def test_day_survives():
    finding = Finding("r", Verdict.ALLOW, "", obligations=(RetainUntil(date(2027, 2, 28)), CrawlDelay(float("inf"))))
    said = (
        Decision(
            Gate.URL,
            Verdict.ALLOW,
            Uses(),
            (finding,),
            PolicyRef("p", Digest.of(b"")),
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
    )
    assert decode(encode(said)) == said
