"""Hosts files: an address that leads nowhere, then the hosts that are sent there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.row import Row, Stated, host_of, lines_of, opened, refused
from collector.lists.reading import Rejected
from collector.model.addresses import parse_address
from collector.model.errors import ListError

SINKS = frozenset(
    "0.0.0.0 127.0.0.1 127.0.0.0 :: ::1 0 fe80::1%lo0 ff00::0 ff02::1 ff02::2".split()  # where nothing answers
)
_OWN = frozenset(
    """localhost localhost.localdomain local broadcasthost ip6-localhost ip6-loopback ip6-localnet ip6-mcastprefix
    ip6-allnodes ip6-allrouters ip6-allhosts 0.0.0.0""".split()
)


def read_hosts(path: Path) -> Iterator[Stated]:
    """Every host, several to a line as they come. Raises ListError where the file cannot be read."""
    with opened(path) as stream:
        for number, text in lines_of(stream):
            if isinstance(text, Rejected):
                yield text
                continue
            words = text.partition("#")[0].split()
            if not words:
                continue
            address, *hosts = words
            if address not in SINKS:
                what = "an address where a site is" if parse_address(address) else "no line of a hosts file"
                yield refused(number, text, ListError(what, mend="0.0.0.0 example.org"))
                continue
            if not hosts:
                yield refused(number, text, ListError("an address without a host", mend="0.0.0.0 example.org"))
            for host in hosts:
                # One bad name does not take its neighbours along.
                if host.lower() in _OWN:
                    yield refused(number, host, ListError("a name of the machine itself"))
                    continue
                try:
                    yield Row(number, None, host_of(host))
                except ListError as error:
                    yield refused(number, host, error)


def hosts_line(entry: Entry) -> str | None:
    """The entry as a line; None where a hosts file cannot say it: it knows single hosts only."""
    plain = entry.kind in {Kind.HOST, Kind.SUBTREE} and parse_address(entry.host) is None and not entry.force
    return f"0.0.0.0 {entry.host}" if plain else None
