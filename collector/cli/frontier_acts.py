"""`collector frontier block, purge, pause …`: acts of an operator that a running crawl follows in seconds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from collector.cli.chosen import HERE, Data, Json, chosen
from collector.crawler.who import who_acts
from collector.model.errors import InputError
from collector.model.layout import Layout

if TYPE_CHECKING:
    from collector.crawler.queue.operating import Operator
    from collector.ledger.store import Store

Collection = Annotated[
    str, typer.Option("--collection", help="The collection's id; may be left out where there is one.")
]
Reason = Annotated[str, typer.Option(help="Why: it stands in the account, and in the reason of what is closed for it.")]
By = Annotated[str, typer.Option(help="Who does it; the user of this machine where not given.")]
Host = Annotated[str, typer.Argument(help="A host, as www.example.org.")]
Domain = Annotated[bool, typer.Option("--domain", help="Every host of its registrable domain, also those found later.")]
BUSY_SECONDS = 10.0


@contextmanager
def _acting(data: Data, collection: str, by: str, reason: str) -> Iterator[tuple[Store, Operator]]:
    from collector.crawler.queue.operating import Operator
    from collector.ledger.account import Actor
    from collector.ledger.store import Store

    operator = Operator(Actor(who_acts(by), "operator"), reason, lambda: datetime.now(UTC))
    database = Layout(data).collection(chosen(data, collection)).database
    if not database.is_file():
        raise InputError("there is no collection here", where=str(database), mend="check --data and --collection")
    store = Store.open(database, write=True, busy_seconds=BUSY_SECONDS)
    try:
        yield store, operator
    finally:
        store.close()


def name_of(text: str) -> str:
    """A host as the queue names it. Raises InputError."""
    from collector.crawler.queue.operating import host_name

    return host_name(text)


def _named(text: str, *, domain: bool) -> tuple[str, str]:
    from collector.frontier.desk import whole
    from collector.lists.suffixes import registrable_domain

    host = name_of(text)
    registrable = registrable_domain(host)
    return (whole(registrable), registrable) if domain else (host, registrable)


def _say(act: int, text: str, *, as_json: bool, **facts: object) -> None:
    print(json.dumps({"act": act, **facts}) if as_json else f"{text} (act {act})")


def block(
    host: Host,
    reason: Reason,
    collection: Collection = "",
    data: Data = HERE,
    *,
    domain: Domain = False,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Ask nothing of a host any more, until it is unblocked. What waits there stays in the queue."""
    from collector.crawler.queue.operating import block as do

    name, registrable = _named(host, domain=domain)
    with _acting(data, collection, by, reason) as (store, operator):
        act, left = do(store, name, registrable, operator)
    _say(act, f"blocked {name}: {left:,} URLs wait there", as_json=as_json, host=name, waiting=left)


def unblock(
    host: Host,
    reason: Reason,
    collection: Collection = "",
    data: Data = HERE,
    *,
    domain: Domain = False,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Ask a blocked host again."""
    from collector.crawler.queue.operating import unblock as do

    name, registrable = _named(host, domain=domain)
    with _acting(data, collection, by, reason) as (store, operator):
        act = do(store, name, registrable, operator)
    _say(act, f"unblocked {name}", as_json=as_json, host=name)


def purge(
    pattern: Annotated[
        str, typer.Argument(help="As in [scope] exclude: 'example.org/calendar/*'; or a host, whichever its port.")
    ],
    reason: Reason,
    collection: Collection = "",
    data: Data = HERE,
    *,
    min_depth: Annotated[int, typer.Option(min=0, help="Only what is at least this far from the seeds.")] = 0,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Close what waits as refused, with a finding that names this act. What is found again later waits again."""
    from collector.crawler.queue.operating import Which
    from collector.crawler.queue.operating import purge as do
    from collector.frontier.pace import Pace
    from collector.frontier.sqlite import SqliteFrontier
    from collector.policy.glob import parse_glob

    host = "" if "/" in pattern or ":" in pattern.rpartition("]")[2] else name_of(pattern)
    written = f"{host or pattern}/*" if "/" not in pattern else pattern
    try:
        which = Which(parse_glob(written), min_depth, every_port=bool(host))
    except ValueError as exc:
        raise InputError(str(exc), where=pattern, mend="write it as in [scope] exclude") from exc
    with _acting(data, collection, by, reason) as (store, operator):
        act, closed = do(store, SqliteFrontier(Pace(), fence=0), which, operator)
    _say(act, f"purged {closed:,} URLs: {which}", as_json=as_json, pattern=str(which), closed=closed)


def pause(
    reason: Reason, collection: Collection = "", data: Data = HERE, *, by: By = "", as_json: Json = False
) -> None:
    """Send nothing any more, in this run and in later ones, until `resume`. What is under way is finished."""
    from collector.crawler.queue.operating import pause as do

    with _acting(data, collection, by, reason) as (store, operator):
        act = do(store, operator)
    _say(act, "paused", as_json=as_json)


def resume(
    reason: Reason = "go on", collection: Collection = "", data: Data = HERE, *, by: By = "", as_json: Json = False
) -> None:
    """Go on after `pause`."""
    from collector.crawler.queue.operating import resume as do

    with _acting(data, collection, by, reason) as (store, operator):
        act = do(store, operator)
    _say(act, "resumed", as_json=as_json)
