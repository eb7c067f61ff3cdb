"""Every format that lists are read from and written to, by the name a person gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.lists.entry import Entry
from collector.lists.formats.adblock import adblock_line, read_adblock
from collector.lists.formats.dnsmasq import dnsmasq_line, read_dnsmasq
from collector.lists.formats.hosts import hosts_line, read_hosts
from collector.lists.formats.objects import object_line, read_objects
from collector.lists.formats.plain import plain_line, read_plain_list
from collector.lists.formats.row import Stated
from collector.lists.formats.rpz import read_rpz, rpz_lines
from collector.lists.formats.table import read_table, table_heading, table_line
from collector.lists.formats.ublacklist import read_ublacklist, ublacklist_line
from collector.lists.formats.unbound import read_unbound, unbound_line
from collector.lists.formats.ut1 import read_ut1
from collector.lists.formats.v2fly import read_v2fly, v2fly_line
from collector.model.errors import ListError


@dataclass(frozen=True, slots=True)
class Format:
    """How lists of one kind are read and written."""

    name: str
    title: str
    read: Callable[[Path], Iterator[Stated]]
    write: Callable[[Entry], tuple[str, ...]] | None = None  # no lines: the format cannot say the entry
    head: tuple[str, ...] = ()  # lines before the first entry


def _one(line: Callable[[Entry], str | None]) -> Callable[[Entry], tuple[str, ...]]:
    def write(entry: Entry) -> tuple[str, ...]:
        written = line(entry)
        return () if written is None else (written,)

    return write


_RPZ_HEAD = ("$TTL 3600", "@ SOA localhost. hostmaster.localhost. 1 3600 600 86400 3600", "@ NS localhost.")

FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("plain", "one host, prefix or network per line", read_plain_list, _one(plain_line)),
        Format("hosts", "hosts file", read_hosts, _one(hosts_line)),
        Format("adblock", "Adblock Plus, uBlock Origin, AdGuard DNS", read_adblock, _one(adblock_line)),
        Format("dnsmasq", "dnsmasq configuration", read_dnsmasq, _one(dnsmasq_line)),
        Format("unbound", "Unbound configuration", read_unbound, _one(unbound_line), ("server:",)),
        Format("rpz", "response policy zone", read_rpz, rpz_lines, _RPZ_HEAD),
        Format("ut1", "archive of the University of Toulouse, tar.gz", read_ut1),
        Format("v2fly", "v2fly domain list", read_v2fly, _one(v2fly_line)),
        Format("ublacklist", "uBlacklist rules", read_ublacklist, _one(ublacklist_line)),
        Format("csv", "table with a heading", read_table, _one(table_line), (table_heading(),)),
        Format("jsonl", "JSON Lines, lossless", read_objects, _one(object_line)),
    )
}


def format_named(name: str) -> Format:
    """The format. Raises ListError naming those there are."""
    found = FORMATS.get(name)
    if found is None:
        raise ListError(f"no list format {name[:40]!r}", mend=f"one of {', '.join(FORMATS)}")
    return found
