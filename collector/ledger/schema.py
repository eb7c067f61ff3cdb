"""The tables of a collection: the account of everything, and the queue. Portable types only, for PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()
Serial = BigInteger().with_variant(Integer(), "sqlite")  # SQLite's rowid is spelled INTEGER
Instant = Text  # ISO 8601, UTC, microseconds, fixed width: sorts as text, read by people


def _index_where(name: str, *columns: str, only: str) -> Index:
    """A partial index, on both databases."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))


# --- who, when, under which policy -----------------------------------------------------------------

policy = Table(
    "policy",
    metadata,
    Column("digest", Text, primary_key=True),  # sha256:…
    Column("id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("first_used_at", Instant, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("policy_digest", Text, ForeignKey("policy.digest"), nullable=False),
    Column("software", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("shards", Integer, nullable=False),
    Column("exit_reason", Text),
)

act = Table(
    "act",  # append-only: who did what in what role
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("run", BigInteger, ForeignKey("run.id")),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

# --- what became of every candidate -----------------------------------------------------------------

finding = Table(
    "finding",  # most findings are said of thousands of pages: each is written once
    metadata,
    Column("id", Serial, primary_key=True),
    Column("digest", LargeBinary(16), nullable=False, unique=True),  # of the body
    Column("body", Text, nullable=False),  # JSON, ledger.codec
)

closing = Table(
    "event",
    metadata,
    Column("id", Serial, primary_key=True),  # the order of the account
    Column("run", BigInteger, ForeignKey("run.id"), nullable=False),
    Column("url_key", LargeBinary(16), nullable=False),
    Column("visit", Integer, nullable=False),
    Column("url", Text),  # NULL where the URL itself is personal
    Column("scrubbed", Text, nullable=False),  # its scrubbed form then, else empty
    Column("depth", Integer, nullable=False),
    Column("hops", Text, nullable=False),
    Column("via", Text),
    Column("attempt", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("gate", Text, nullable=False),  # that stopped it; empty where none did
    Column("rule", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("decisions", Text, nullable=False),  # JSON, ledger.codec; findings by number
    Column("at", Instant, nullable=False),
    UniqueConstraint("url_key", "visit", name="event_once"),
    _index_where("event_deferred", "id", only="outcome = 'deferred'"),
    _index_where("event_again", "id", only="visit > 1"),
)

attempt = Table(
    "attempt",  # asked, deferred, asked again
    metadata,
    Column("id", Serial, primary_key=True),
    Column("run", BigInteger, ForeignKey("run.id"), nullable=False),
    Column("url_key", LargeBinary(16), nullable=False),
    Column("visit", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("gate", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decisions", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("next_at", Instant),
    Index("attempt_url", "url_key", "visit"),
)

# --- where the records lie -----------------------------------------------------------------

segment = Table(
    "segment",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("file", Text, nullable=False, unique=True),  # relative to the collection, without `.open`
    Column("kind", Text, nullable=False),  # archive | signals | text
    Column("committed_offset", BigInteger, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("sha256", Text),
)

capture = Table(
    "capture",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("url_key", LargeBinary(16), nullable=False),
    Column("visit", Integer, nullable=False),
    Column("record_id", LargeBinary(16), nullable=False, unique=True),
    Column("segment", BigInteger, ForeignKey("segment.id"), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("charset", Text),
    Column("language", Text),
    Column("language_probability", Double),
    Column("payload_digest", Text, nullable=False),  # of the stored body
    Column("size", BigInteger, nullable=False),  # of the stored body, bytes
    Column("fetched_at", Instant, nullable=False),
    Column("text_record_id", LargeBinary(16)),
    Column("text_segment", BigInteger, ForeignKey("segment.id")),
    Column("text_offset", BigInteger),
    Column("text_length", BigInteger),
    Column("provenance_record_id", LargeBinary(16)),
    Column("provenance_segment", BigInteger, ForeignKey("segment.id")),
    Column("provenance_offset", BigInteger),
    Column("provenance_length", BigInteger),
    Column("revisit_of", LargeBinary(16)),
    Column("use_fetch", SmallInteger, nullable=False),  # 0 unknown, 1 allow, 2 deny
    Column("use_train", SmallInteger, nullable=False),
    Column("use_input", SmallInteger, nullable=False),
    Column("use_index", SmallInteger, nullable=False),
    Column("use_tdm", SmallInteger, nullable=False),
    Column("restriction", Text, nullable=False, server_default=""),  # `research`: for nothing else
    Column("source", Text, nullable=False, server_default=""),  # of [[sources]]; empty: fetched by us
    Column("redaction_profile", Text, nullable=False),
    Column("redactions", Text, nullable=False),  # JSON: kind → count, never a value
    Column("simhash", BigInteger),  # of the stored text, as a signed number; NULL: too short to compare
    UniqueConstraint("url_key", "visit", name="capture_once"),
    Index("capture_place", "segment", "offset"),
    _index_where("capture_payload", "payload_digest", only="revisit_of IS NULL"),
)

# --- what sites publish -----------------------------------------------------------------

signal_body = Table(
    "signal_body",  # many sites publish the same robots.txt: kept once
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

signal = Table(
    "signal",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("run", BigInteger, ForeignKey("run.id"), nullable=False),
    Column("origin", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("reach", Text, nullable=False),
    Column("status", Integer),
    Column("error", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("redirects", Text, nullable=False),  # JSON list
    Column("digest", Text, nullable=False),
    Column("fetched_at", Instant),
    Column("valid_until", Instant),
    Column("record_id", LargeBinary(16)),
    Column("segment", BigInteger, ForeignKey("segment.id")),
    Column("offset", BigInteger),
    Column("length", BigInteger),
    Index("signal_latest", "origin", "path", "id"),
)

# --- running totals, so that `status` never scans -----------------------------------------------------------------

rule_count = Table(
    "rule_count",
    metadata,
    Column("run", BigInteger, ForeignKey("run.id"), primary_key=True),
    Column("gate", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("verdict", Text, primary_key=True),
    Column("reason", Text, primary_key=True),  # class of reason: bounded in number
    Column("answers", BigInteger, nullable=False),
    Column("decided", BigInteger, nullable=False),  # closing events whose deciding finding it was
    Column("failed", BigInteger, nullable=False),  # the rule raised
)

outcome_count = Table(
    "outcome_count",
    metadata,
    Column("run", BigInteger, ForeignKey("run.id"), primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("media_type", Text, primary_key=True),
    Column("events", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

site_count = Table(
    "site_count",
    metadata,
    Column("host", Text, primary_key=True),
    Column("pages", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

# --- the queue (moved by collector.frontier) -----------------------------------------------------------------

host = Table(
    "host",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("domain", Text, nullable=False),  # registrable
    Column("bucket", Integer, nullable=False),  # stable hash of the domain
    Column("shard", Integer, nullable=False),  # bucket mod this run's shards
    Column("next_at", Double, nullable=False),  # epoch seconds: nobody asks this host before
    Column("delay", Double, nullable=False),  # seconds between requests, as things stand
    Column("crawl_delay", Double),
    Column("failures", Integer, nullable=False),  # in a row
    Column("concurrency", Integer, nullable=False),
    Column("blocked", Text),  # why nothing of it may be claimed
    Column("waiting", BigInteger, nullable=False),
    Column("in_flight", BigInteger, nullable=False),
    Column("deferred", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    CheckConstraint("waiting >= 0 AND in_flight >= 0 AND deferred >= 0 AND done >= 0", name="host_counts"),
    _index_where(
        "host_due",
        "shard",
        "next_at",
        only="waiting > 0 AND in_flight < concurrency AND blocked IS NULL",
    ),
)

address = Table(
    "address",  # hosts that share one share its clock, where the policy asks for it
    metadata,
    Column("name", Text, primary_key=True),  # IP address
    Column("shard", Integer, primary_key=True),  # whose requests these are
    Column("next_at", Double, nullable=False),  # epoch seconds: nobody asks any of its hosts before
    Column("in_flight", Integer, nullable=False),
)

via = Table(
    "via",  # the page a batch of links was found on, once for all of them
    metadata,
    Column("id", Serial, primary_key=True),
    Column("href", Text, nullable=False),
)

url = Table(
    "url",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", LargeBinary(16), nullable=False, unique=True),
    Column("host", BigInteger, ForeignKey("host.id"), nullable=False),
    Column("state", SmallInteger, nullable=False),  # 0 waiting, 1 in flight, 2 done, 3 deferred
    Column("priority", Integer, nullable=False),  # lower first
    Column("depth", Integer, nullable=False),
    Column("visit", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("hops", Text, nullable=False),
    Column("via", BigInteger),
    Column("href", Text),  # NULL once done: the account has it, or must not
    Column("lastmod", Text),
    Column("found_at", Double, nullable=False),
    Column("due", Double),  # deferred until, epoch seconds
    Column("run", BigInteger),  # in flight under
    Column("visited_at", Double),  # the last answer that may be worth another visit, epoch seconds
    Column("listing", SmallInteger),  # 1: a site map or feed, read for its links
    Column("etag", Text),  # validators of what was kept (RFC 9110 §8.8): for a conditional request, nowhere else
    Column("last_modified", Text),
    _index_where("url_waiting", "host", "priority", "depth", "id", only="state = 0"),
    _index_where("url_deferred", "due", only="state = 3"),
    _index_where("url_in_flight", "host", only="state = 1"),
    # without `state`: claiming a URL must not touch them
    _index_where("url_visited", "visited_at", "id", only="visited_at IS NOT NULL"),
    _index_where("url_listing", "visited_at", "id", only="listing = 1"),
)
