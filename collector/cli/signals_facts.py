"""The decisions on one URL with the files they rest on: asked for now, or as a collection has them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from collector.ledger.findings import read_decisions
from collector.ledger.keys import FILE_NAME, load, url_key
from collector.ledger.runs import policy_texts
from collector.ledger.site_files import signals_of
from collector.ledger.store import Store
from collector.ledger.story import Closed, key_of, story
from collector.model.decision import Decision
from collector.model.errors import InputError
from collector.model.layout import Layout
from collector.model.url import Url, parse_url
from collector.policy.load import load_policy
from collector.policy.policy import Policy
from collector.rules.catalogue import bind, fragments
from collector.rules.evaluate import Ruleset
from collector.signals.site_file import SiteFile


@dataclass(frozen=True, slots=True)
class Judged:
    """How one URL ended, under which rules, and what its site answered when it was asked for its files."""

    url: str
    outcome: str
    gate: str  # that stopped it; empty where none did
    reason: str
    decisions: tuple[Decision, ...]
    ruleset: Ruleset
    files: tuple[tuple[str, SiteFile], ...]  # path, answer; oldest first
    at: datetime


def ask_now(url: str, policy_path: Path, data: Path) -> Judged:
    """The real crawl of one URL, kept nowhere. Raises CollectorError."""
    from collector.crawler.run import run_crawl
    from collector.crawler.wiring import Options

    ruleset = bind(load_policy(policy_path, fragments()))
    with tempfile.TemporaryDirectory(prefix="collector-explain-") as folder:
        temporary = Path(folder)
        if Layout(data).registry.is_dir():
            (temporary / "registry").symlink_to(Layout(data).registry.resolve())
        finished = run_crawl(Options(policy_path, temporary, seeds=(url,), once=True, pool_size=0), quiet=True)
        store = Store.open(Layout(temporary).collection(finished.collection).database, write=False)
        try:
            with store.snapshot() as tx:
                return _first(tx, url, ruleset)
        finally:
            store.close()


def _first(tx: Connection, url: str, ruleset: Ruleset) -> Judged:
    row = tx.exec_driver_sql(
        "SELECT outcome, gate, reason, decisions, at FROM event ORDER BY depth, id LIMIT 1"
    ).first()
    if row is None:
        raise InputError("the URL was never closed", where=url, mend="try again")
    parsed = parse_url(url)
    return Judged(
        parsed.href,
        row.outcome,
        row.gate,
        row.reason,
        read_decisions(tx, row.decisions),
        ruleset,
        tuple(signals_of(tx, str(parsed.origin))),
        datetime.fromisoformat(row.at),
    )


def from_collection(url: str, collection: str, data: Path) -> Judged:
    """The last time the collection met the URL, under the policy of that day. Raises CollectorError."""
    layout = Layout(data)
    parsed = parse_url(url)
    store = Store.open(layout.collection(collection).database, write=False)
    try:
        with store.snapshot() as tx:
            closed = _last_closed(tx, layout.keys(collection), parsed)
            if closed is None:
                raise InputError(
                    "this collection never closed the URL",
                    where=parsed.href,
                    mend="without --collection the site is asked now; `collector ledger show` tells what waits",
                )
            ruleset = _ruleset_of(tx, closed, layout, collection)
            files = signals_of(tx, str(parsed.origin))
    finally:
        store.close()
    known = tuple((path, f) for path, f in files if f.fetched_at is None or f.fetched_at <= closed.at)
    gate = next((d.gate.value for d in closed.decisions if d.verdict.value != "allow"), "")
    return Judged(parsed.href, closed.outcome.value, gate, closed.reason, closed.decisions, ruleset, known, closed.at)


def _last_closed(tx: Connection, keys: Path, url: Url) -> Closed | None:
    key = url_key(load(keys), url.href) if (keys / FILE_NAME).exists() else key_of(tx, url.href)
    chapters = story(tx, key) if key is not None else []
    return next((c for c in reversed(chapters) if isinstance(c, Closed) and c.decisions), None)


def _ruleset_of(tx: Connection, closed: Closed, layout: Layout, collection: str) -> Ruleset:
    digest = closed.decisions[0].policy.digest
    kept = layout.collection(collection).policies / f"{digest.hex}.toml"
    if not kept.is_file() and str(digest) not in policy_texts(tx):
        raise InputError(
            "the policy of that day is not in the collection", where=str(kept), mend="restore it from a backup"
        )
    return bind(kept_policy(kept))


def kept_policy(path: Path) -> Policy:
    """A policy as the collection has kept it. Raises PolicyError."""
    return load_policy(path, fragments(), kept=True)
