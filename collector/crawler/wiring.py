"""Composition root of a worker: opens the collection, recovers it, and puts every part in its place."""

from __future__ import annotations

import os
import random
import socket
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from collector import __version__
from collector.archive.files import PosixFiles, storage_errors
from collector.archive.identifiers import MonotonicIds
from collector.archive.record import Member, WarcinfoFacts, warcinfo
from collector.archive.recover import recover
from collector.archive.writer import SegmentWriter
from collector.crawler.crawl import Crawl
from collector.crawler.documents.pool import DocumentPool
from collector.crawler.gating.gates import Gates
from collector.crawler.known import KNOWN
from collector.crawler.lock import CollectionLock
from collector.crawler.politeness.clock import TOLERANCE
from collector.crawler.recording.account_view import AccountView
from collector.crawler.recording.commit import Commit
from collector.crawler.recording.recorder import Recorder
from collector.crawler.sites.site_files import SiteFiles
from collector.crawler.sites.site_source import SiteSource
from collector.crawler.sources import SourceFiles
from collector.crawler.who import who_acts
from collector.document.main_text import Extractor, available
from collector.frontier.addresses import clocks_of
from collector.frontier.clock_set import move_waits
from collector.frontier.pace import pace_of
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger import account
from collector.ledger.account import Actor, RunStart
from collector.ledger.clock_set import clock_was_set, seconds_set_back
from collector.ledger.keys import PSEUDONYMS, load_or_create
from collector.ledger.own_key import own_key
from collector.ledger.segments import segment_sealed, segments
from collector.ledger.store import Store
from collector.ledger.verify import files_gone
from collector.lists.ai_tokens import load_ai_tokens
from collector.lists.suffixes import suffix_digest
from collector.minimise.replacing.plan import needs_key
from collector.minimise.structure.url import personal_kinds
from collector.model.errors import FAULTS, IntegrityError, PolicyError, UrlError
from collector.model.layout import CollectionLayout, Layout
from collector.model.resources import resource_folder
from collector.model.url import parse_url
from collector.pipeline import Pipeline, pipeline_of
from collector.policy.as_run import Overrides
from collector.policy.load import load_policy
from collector.policy.policy import Policy
from collector.registry.persons import PersonList
from collector.rules.catalogue import fragments

BUSY_SECONDS = 20.0  # a fault meets the lock several times on its way out: two minutes at the most


@dataclass(frozen=True, slots=True)
class Options:
    """How one worker is started."""

    policy: Path
    data: Path
    actor: str = ""
    seeds: tuple[str, ...] = ()
    max_pages: int | None = None
    pool_size: int | None = None  # None: one per core, shared among the shards
    shard: int = 0
    shards: int = 1
    run: int | None = None  # of the parent; None: this worker begins its own
    metrics: str = ""  # address and port of /metrics, instead of the policy's
    once: bool = False  # the seeds only, one attempt each: for explaining


def read_policy(options: Options) -> Policy:
    """The policy with what the command line added. Raises PolicyError."""
    kept = tuple(text for text in options.seeds if not is_personal(text))  # the policy is written to the disk
    overrides = Overrides(seeds=kept, max_pages=options.max_pages)
    policy = load_policy(options.policy, fragments(), overrides=overrides, today=datetime.now(UTC).date(), known=KNOWN)
    if policy.storage.text and not available(Extractor(policy.document.extractor)):
        raise PolicyError(
            f"{policy.document.extractor} is not installed",
            where=f"{options.policy}: document.extractor",
            mend="pip install 'collector[fast-text]', or leave it at trafilatura",
        )
    if not options.once:
        return policy
    scope = replace(policy.scope, seeds=options.seeds, sitemaps=(), follow_links=False)
    return replace(policy, scope=scope, politeness=replace(policy.politeness, retry_budget=1))


def is_personal(text: str) -> bool:
    """Whether a seed is a URL that carries personal data: it is refused, and nothing but the account may name it."""
    try:
        return bool(personal_kinds(parse_url(text)))
    except UrlError:
        return False


def build_pipeline(policy: Policy, layout: Layout, persons: PersonList | None = None) -> Pipeline:
    """The pipeline under this policy, with the token list that travels with the program, the key it may need, and who
    asked not to be named.
    """
    wanted = needs_key(policy.minimise)
    key = load_or_create(layout.keys(policy.collection.id), name=PSEUDONYMS) if wanted else b""
    return pipeline_of(policy, training_tokens(), key, persons)


def training_tokens() -> tuple[str, ...]:
    """Product tokens of crawlers for training: the list that travels with the program."""
    return load_ai_tokens(resource_folder("blocklists") / "ai-tokens")


def open_crawl(options: Options, policy: Policy | None = None) -> Crawl:
    """Open, lock, recover. Raises CollectorError with what is wrong and the mend; nothing is fetched then.

    `policy`: as `read_policy` has read it, where the caller did.
    """
    policy = policy or read_policy(options)
    layout = Layout(options.data)
    paths = layout.collection(policy.collection.id)
    with storage_errors(paths.root):
        paths.create()
    now = datetime.now(UTC)
    lock = None
    if options.run is None:
        lock = CollectionLock.take(paths.lock, now, f"collector crawl, policy {policy.collection.id}")
    try:
        return _open(options, policy, layout, paths, lock, now)
    except BaseException:
        if lock is not None:
            lock.release()
        raise


def _open(
    options: Options,
    policy: Policy,
    layout: Layout,
    paths: CollectionLayout,
    lock: CollectionLock | None,
    now: datetime,
) -> Crawl:
    store = Store.open(paths.database, write=True, busy_seconds=BUSY_SECONDS)
    try:
        with store.snapshot() as tx:
            key = own_key(tx, layout.keys(policy.collection.id))
        files = SourceFiles(policy, layout, key, options.policy.parent)
        return _with_store(options, policy, paths, lock, store, files, key, now)
    except BaseException:
        store.close()
        raise


def _with_store(
    options: Options,
    policy: Policy,
    paths: CollectionLayout,
    lock: CollectionLock | None,
    store: Store,
    files: SourceFiles,
    key: bytes,
    now: datetime,
) -> Crawl:
    actor = Actor(who_acts(options.actor), "operator")
    run = options.run
    if run is None:
        recover_archive(store, paths)
        run = begin(store, policy, actor, now, options.shards)
        keep_policy(paths, policy)
    frontier = SqliteFrontier(
        pace_of(policy.politeness), fence=_fence(), shard=options.shard, shards=options.shards, chance=random.random
    )
    with store.transaction() as tx:
        frontier.recover(tx)
        clocks_of(policy.politeness, options.shard).recover(tx, options.shards)
        if options.run is None and (back := seconds_set_back(tx, now)) > TOLERANCE:
            move_waits(tx, -back)
            clock_was_set(tx, actor, run, now, -back)
    pipeline = build_pipeline(policy, Layout(options.data), files.persons())
    view = AccountView(store)
    gates = Gates(pipeline, files.sources(), view.spent, files.reload)
    crawl = Crawl(
        policy=policy,
        pipeline=pipeline,
        paths=paths,
        store=store,
        frontier=frontier,
        account=view,
        gates=gates,
        pool=DocumentPool(pipeline, _pool_size(options), policy.minimise.document_seconds),
        key=key,
        run=run,
        actor=actor,
        lock=lock,
        shard=options.shard,
        shards=options.shards,
    )
    ids = MonotonicIds(lambda: time.time_ns() // 1_000_000, os.urandom)
    pages, signals, texts = (_writer(crawl, folder, ids) for folder in ("archive", "signals", "text"))
    crawl.recorder = Recorder(crawl, Commit(crawl, pages=pages, signals=signals, texts=texts, ids=ids), ids)
    files.when_persons_change(crawl.pool.renew)
    crawl.site_source = SiteSource(crawl)
    crawl.site_files = SiteFiles(crawl)
    crawl.journal.info(
        "worker started",
        policy=str(policy.digest),
        software=f"collector/{__version__}",
        shards=options.shards,
        lists=str(gates.sources.sensitive.digest),
        registry=str(gates.sources.opted_out.digest),
        public_suffixes=str(suffix_digest()),
    )
    files.tell(lambda fault: crawl.journal.warning("lists", reason=fault))
    if policy.network.allow_addresses or not policy.network.verify_tls:
        crawl.journal.warning(
            "the policy opens the network",
            addresses=" ".join(policy.network.allow_addresses),
            verify_tls=policy.network.verify_tls,
        )
    return crawl


def close_crawl(crawl: Crawl, reason: str) -> None:
    """Seal, end the run, let go of the lock. After a fault the open segments are left to the next start."""
    try:
        if crawl.fault is None:
            crawl.recorder.close()
        else:
            crawl.recorder.abandon()
        if crawl.lock is not None:
            # a disk that has failed may fail once more: the first fault is the one to tell
            with suppress(*FAULTS) if crawl.fault is not None else nullcontext(), crawl.store.transaction() as tx:
                account.end_run(tx, crawl.run, crawl.actor, reason, crawl.now())
    finally:
        crawl.journal.info("worker ended", reason=reason, pool_documents=crawl.pool.statistics.documents)
        crawl.log_file.close()
        crawl.store.close()
        if crawl.lock is not None:
            crawl.lock.release()


def recover_archive(store: Store, paths: CollectionLayout) -> None:
    """Cut open segments back to what the ledger has committed (design §2.7); nothing is adopted.

    Raises IntegrityError where a file that the ledger has records in is gone or too short.
    """
    with store.snapshot() as tx:
        committed = {s.file: s.committed_offset for s in segments(tx) if not s.sealed}
    cuts = recover(paths.root, committed, PosixFiles())
    sealed = [cut.sealed for cut in cuts if cut.sealed is not None and cut.file in committed]
    if sealed:
        with store.transaction() as tx:
            for one in sealed:
                segment_sealed(tx, one.file, one.sha256)
    with store.snapshot() as tx:
        gone = next(files_gone(tx, paths.root), None)
    if gone is not None:
        raise IntegrityError(
            gone.message,
            where=str(paths.root / gone.where),
            mend="restore it from a backup, or start a new collection; `collector ledger verify` names all of them",
        )


def begin(store: Store, policy: Policy, actor: Actor, now: datetime, shards: int) -> int:
    """Record the policy and begin the run."""
    digest = str(policy.digest)
    with store.transaction() as tx:
        account.record_policy(tx, policy.collection.id, digest, policy.source, now)
        start = RunStart(digest, f"collector/{__version__}", actor, socket.gethostname(), os.getpid(), shards)
        return account.begin_run(tx, start, now)


def keep_policy(paths: CollectionLayout, policy: Policy) -> None:
    """`policies/<digest>.toml`, as it was."""
    path = paths.policies / f"{policy.digest.hex}.toml"
    if not path.exists():
        PosixFiles().replace(path, policy.source.encode())


def _writer(crawl: Crawl, folder: str, ids: MonotonicIds) -> SegmentWriter:
    policy = crawl.policy
    facts = WarcinfoFacts(
        software=f"collector/{__version__}",
        operator=f"{policy.controller.name} <{policy.controller.contact}>",
        hostname=socket.gethostname(),
        user_agent=policy.crawler.user_agent(__version__),
        is_part_of=policy.collection.id,
        policy=policy.ref,
    )

    def make(filename: str, date: datetime, identifier: UUID) -> Member:
        return warcinfo(facts, filename, date, identifier)

    return SegmentWriter(
        crawl.paths.root,
        folder,
        prefix=policy.collection.id if folder == "archive" else f"{policy.collection.id}-{folder}",
        host=socket.gethostname(),
        files=crawl.files,
        now=crawl.now,
        ids=ids,
        make_warcinfo=make,
        limit_bytes=policy.storage.segment_bytes,
        shard=crawl.shard,
    )


def _pool_size(options: Options) -> int:
    if options.pool_size is not None:
        return options.pool_size
    return max(1, len(os.sched_getaffinity(0)) // options.shards)


def _fence() -> int:
    """New for every start of a worker: claims of an earlier one are told apart."""
    return int.from_bytes(os.urandom(7), "big")
