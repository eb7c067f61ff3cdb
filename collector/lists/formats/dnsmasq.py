"""dnsmasq configurations that refuse domains: address=/host/, server=/host/ and local=/host/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.hosts import SINKS
from collector.lists.formats.row import Row, Stated, by_line, host_of
from collector.model.addresses import parse_address
from collector.model.errors import ListError

_MEND = "address=/example.org/ is what a crawl can use"


def read_dnsmasq(path: Path) -> Iterator[Stated]:
    """Every refused domain. Raises ListError where the file cannot be read."""
    return by_line(path, _rows)


def _rows(text: str, number: int) -> Iterable[Row]:
    line = text.partition("#")[0].strip() if not _answers_nothing(text) else text.strip()
    if not line:
        return ()
    option, equals, value = line.partition("=")
    if option.strip() not in {"address", "server", "local"} or not equals or not value.strip().startswith("/"):
        raise ListError("an option that refuses no domain", mend=_MEND)
    *domains, answer = value.strip()[1:].split("/")
    # A name server, or an address where something answers, is a diversion and no refusal.
    if answer not in SINKS | {"", "#"} or (answer and option.strip() != "address"):
        raise ListError("a diversion, not a refusal", mend=_MEND)
    if not domains or domains == ["#"]:
        raise ListError("every domain there is", mend=_MEND)
    return [Row(number, Kind.SUBTREE, host_of(domain.removeprefix("*.").lstrip("."))) for domain in domains]


def _answers_nothing(text: str) -> bool:
    # `address=/host/#` is dnsmasq's own way to write both null addresses; elsewhere # begins a remark.
    return text.strip().endswith("/#") and text.count("#") == 1


def dnsmasq_line(entry: Entry) -> str | None:
    """The entry as a line; None where dnsmasq cannot say it."""
    plain = entry.kind is Kind.SUBTREE and parse_address(entry.host) is None and not entry.force
    return f"address=/{entry.host}/" if plain else None
