"""`collector frontier`: what waits in a collection's queue, read beside the crawl that works on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from collector.cli import frontier_acts
from collector.cli.chosen import HERE, Data, Json, chosen
from collector.frontier import desk
from collector.frontier.desk import HostRow, Order, UrlRow
from collector.ledger.orders import pause_in_force
from collector.ledger.store import Store
from collector.model.errors import InputError
from collector.model.layout import Layout
from collector.model.url import parse_url

app = typer.Typer(no_args_is_help=True, add_completion=False)
Collection = Annotated[
    str, typer.Option("--collection", help="The collection's id; may be left out where there is one.")
]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="How many at the most.")]


@contextmanager
def _reading(data: Data, collection: str) -> Iterator[Connection]:
    store = Store.open(Layout(data).collection(chosen(data, collection)).database, write=False)
    try:
        with store.snapshot() as tx:
            yield tx
    finally:
        store.close()


@app.command()
def stats(collection: Collection = "", data: Data = HERE, *, as_json: Json = False) -> None:
    """URLs by state and depth, hosts, what is blocked, and whether the crawl is paused."""
    with _reading(data, collection) as tx:
        numbers, depths, paused = desk.stats(tx), desk.depths(tx), pause_in_force(tx)
    if as_json:
        standing = None
        if paused is not None:
            standing = {"act": paused.number, "at": paused.at.isoformat(), "by": paused.actor, "reason": paused.reason}
        print(json.dumps({**asdict(numbers), "waiting_by_depth": depths, "paused": standing}))
        return
    if paused is not None:
        print(f"PAUSED    {paused.told}")
    n = numbers
    print(f"URLs      {n.waiting:,} waiting, {n.in_flight:,} in flight, {n.deferred:,} deferred, {n.done:,} done")
    print(f"hosts     {n.hosts:,} known, {n.hosts_active:,} active, {n.hosts_waiting:,} with something to come")
    print(f"          {n.hosts_backing_off:,} backing off, {n.hosts_blocked:,} blocked ({n.waiting_at_blocked:,} URLs)")
    print(f"longest   {_span(n.slowest_seconds)} until the slowest host's queue is empty")
    for depth, waiting in depths.items():
        print(f"{waiting:>9,} waiting at depth {depth}")


@app.command()
def hosts(
    collection: Collection = "",
    data: Data = HERE,
    *,
    order: Annotated[Order, typer.Option(help="What comes first.")] = Order.WAITING,
    limit: Limit = 20,
    blocked: Annotated[bool, typer.Option("--blocked", help="Only what operators have blocked.")] = False,
    as_json: Json = False,
) -> None:
    """The hosts: what waits there, how slowly each is asked, and why."""
    with _reading(data, collection) as tx:
        found = desk.hosts(tx, order, limit=limit, blocked=blocked)
    now = datetime.now(UTC).timestamp()
    if as_json:
        for one in found:
            print(json.dumps(_host_json(one)))
        return
    print("  waiting deferred flight     done    delay  failed  host")
    for one in found:
        print(
            f"{one.waiting:>9,} {one.deferred:>8,} {one.in_flight:>6,} {one.done:>8,} {one.delay:>7.1f}s"
            f" {one.failures:>7,}  {one.name}{_standing(one, now)}"
        )


@app.command()
def show(
    what: Annotated[str, typer.Argument(help="A host, or a URL.")],
    collection: Collection = "",
    data: Data = HERE,
    *,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """A host with what is asked of it next, in order; or where a URL stands in the queue."""
    if "://" in what:
        _show_url(what, collection, data, as_json=as_json)
        return
    name = frontier_acts.name_of(what)
    with _reading(data, collection) as tx:
        found, urls = desk.host(tx, name), desk.next_urls(tx, name, limit)
    if found is None:
        raise InputError("the queue has never seen this host", where=name, mend="collector frontier hosts")
    if as_json:
        print(json.dumps({**_host_json(found), "next": [_url_json(one) for one in urls]}))
        return
    now = datetime.now(UTC).timestamp()
    print(f"{found.name} ({found.domain}), worker {found.shard}{_standing(found, now)}")
    print(
        f"  {found.waiting:,} waiting, {found.in_flight:,} in flight, {found.deferred:,} deferred, {found.done:,} done"
    )
    said = f", its Crawl-delay says {found.crawl_delay:g} s" if found.crawl_delay is not None else ""
    print(f"  one request in {found.delay:.3g} s{said}: {_span(found.seconds_left)} for what waits")
    for one in urls:
        print(f"  {one.state:>9}  {_url_text(one)}")


def _show_url(text: str, collection: str, data: Data, *, as_json: bool) -> None:
    from collector.ledger.keys import url_key
    from collector.ledger.own_key import own_key

    wanted = parse_url(text)
    name = chosen(data, collection)
    with _reading(data, name) as tx:
        key = url_key(own_key(tx, Layout(data).keys(name)), wanted.href)
        found = desk.url(tx, key)
    if found is None:
        raise InputError("the queue does not know this URL", where=wanted.href, mend="collector explain says why")
    if as_json:
        print(json.dumps({**_url_json(found), "href": wanted.href}))
        return
    print(f"{wanted.href}\n  {found.state}, {_url_text(found)}")
    if found.href is None:
        print(f"  next: collector ledger show {wanted.href} --collection {name}")


def _host_json(one: HostRow) -> dict[str, object]:
    return {**asdict(one), "next_at": _instant(one.next_at), "seconds_left": round(one.seconds_left, 1)}


def _url_json(one: UrlRow) -> dict[str, object]:
    return {**asdict(one), "found_at": _instant(one.found_at), "due": _instant(one.due)}


def _url_text(one: UrlRow) -> str:
    due = f", due {_instant(one.due)}" if one.due is not None else ""
    return f"{one.href or ''} depth {one.depth}, visit {one.visit}, attempt {one.attempt}{due}".strip()


def _standing(one: HostRow, now: float) -> str:
    if one.blocked is not None:
        return f"  BLOCKED by {one.blocked}"
    if one.failures and one.next_at > now:
        return f"  backing off for {_span(one.next_at - now)}"
    return ""


def _instant(epoch: float | None) -> str | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")


def _span(seconds: float) -> str:
    for size, name in ((86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {name}"
    return f"{seconds:,.0f} seconds"


app.command()(frontier_acts.block)
app.command()(frontier_acts.unblock)
app.command()(frontier_acts.purge)
app.command()(frontier_acts.pause)
app.command()(frontier_acts.resume)
