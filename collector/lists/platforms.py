"""Hosts that are shared: a public suffix, or a platform whose tenants are strangers to each other (spec §2.3)."""

from __future__ import annotations

from functools import cache

from collector.lists.suffixes import covers_public_suffix
from collector.model.resources import resource_folder

_FILE = "platforms.txt"


@cache
def platforms() -> frozenset[str]:
    """Platforms that the public-suffix list does not name, from `blocklists/platforms.txt`."""
    lines = (resource_folder("blocklists") / _FILE).read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def is_shared(host: str) -> bool:
    """Whether a refusal of `host` and all below it would refuse sites that have nothing to do with each other."""
    return host in platforms() or covers_public_suffix(host)
