"""The registry's tables: requests, versions of entries, proofs, events, deliveries; SQLite and PostgreSQL.

List sources and their versions are kept by `lists`, decisions by each collection's ledger; here is what the
organisation was asked.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()
Instant = Text  # ISO 8601, UTC, microseconds: sorts as text, read by people

requester = Table(
    "requester",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("contact_enc", LargeBinary),  # AES-GCM; NULL once dropped
    Column("contact_hash", Text, nullable=False),  # keyed; empty where no contact is known
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant),
    Index("requester_contact", "contact_hash"),
)

request = Table(
    "request",
    metadata,
    Column("id", Text, primary_key=True),
    Column("public_ref", Text, nullable=False, unique=True),
    Column("requester_id", Text, ForeignKey("requester.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("ack_at", Instant),
    Column("due_at", Instant, nullable=False),
    Column("extended_to", Instant),
    Column("extension_reason", Text, nullable=False),
    Column("hold_reason", Text, nullable=False),  # what we wait for from the requester; empty: nothing
    Column("rejected_at", Instant),
    Column("withdrawn_at", Instant),
    Column("closed_at", Instant),
    Column("decision_reason", Text, nullable=False),
    Column("idempotency_key", Text, unique=True),
    Column("plain_enc", LargeBinary),  # a person's identifiers until they are verified, AES-GCM
    Column("inner_enc", LargeBinary),  # their inner digests, for re-keying
    Column("submitted_at", Instant),  # NULL: a draft, which binds nobody and owes nobody an answer
    Column("verified_at", Instant),
    Column("granted_at", Instant),
    Column("verified_strength", Text, nullable=False, server_default=""),
)

entry = Table(
    "entry",  # append-only: a change is a new version
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", Text, primary_key=True),  # two contents under one number are both kept
    Column("request_id", Text, nullable=False),
    Column("scope_kind", Text, nullable=False),
    Column("scope_host", Text, nullable=False),
    Column("id_hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("body", Text, nullable=False),  # JSON of all fields
    Column("ends_at", Instant),  # when this version stops binding by itself, where it does
    Index("entry_ends", "ends_at"),
    Index("entry_request", "request_id"),
    Index("entry_host", "scope_host"),
    Index("entry_hash", "id_hash"),
)

verification = Table(
    "verification",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, ForeignKey("request.id"), nullable=False),
    Column("method", Text, nullable=False),
    Column("challenge", Text, nullable=False),
    Column("location", Text, nullable=False),  # host, URL or address of a role; never a person's address
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("last_checked_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("result", Text, nullable=False),  # pending | ok | failed | expired | lapsed
    Column("detail", Text, nullable=False),
    Column("evidence_id", Text, ForeignKey("evidence.id")),
    Column("recheck_at", Instant),
    Index("verification_request", "request_id"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("head", Text, nullable=False),  # status and header fields that the decision rests on
    Column("excerpt", LargeBinary, nullable=False),  # the signal's own bytes, at most 4 KiB
    Column("size", BigInteger, nullable=False),
    Column("captured_at", Instant, nullable=False),
)

event = Table(
    "event",  # hash-chained; seq is the cursor of the feed
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Index("event_subject", "subject"),
)

propagation = Table(
    "propagation",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("entry_version", Integer, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("target_kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("affected", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("proof", Text, nullable=False),
)

peer = Table(
    "peer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("public_key", Text, nullable=False),  # Ed25519, base64
    Column("cursor", BigInteger, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_sync_at", Instant),
    Column("last_status", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_at", Instant),
    Column("active", Boolean, nullable=False),
)

delivery = Table(
    "delivery",  # what a recipient's list of persons held, so that the next one can say what is removed
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("item", Text, primary_key=True),  # permanent work-item id
    Column("entry_id", Text, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("delivered_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Column("status", Text, nullable=False),
)
