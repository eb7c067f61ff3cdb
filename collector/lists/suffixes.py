"""Registrable domains by tldextract, over ONE pinned public-suffix file: never the network, never a cache folder.

tldextract brings a list of its own that is 18 months old and asks two hosts for a newer one at first use;
publicsuffixlist brings the list of the day it was released. So the file is the one and the reader the other.
"""

from __future__ import annotations

import gc
import re
import warnings
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from collector.model.addresses import parse_address
from collector.model.digest import Digest
from collector.model.errors import ListError, UrlError
from collector.model.url import parse_url

if TYPE_CHECKING:
    from tldextract import TLDExtract

_FILE = "public_suffix_list.dat"


@cache
def suffix_file() -> Path:
    """The pinned file; also what TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS must name before Scrapy is imported."""
    spec = find_spec("publicsuffixlist")
    places = spec.submodule_search_locations if spec is not None else None
    for place in places or ():
        path = Path(place) / _FILE
        if path.is_file():
            return path
    raise ListError("the public-suffix file is missing", where=_FILE, mend="install publicsuffixlist again")


@cache
def suffix_digest() -> Digest:
    """SHA-256 of the pinned file: goes into the ledger with every run."""
    return Digest.of(suffix_file().read_bytes())


@cache
def suffix_version() -> str:
    """The `VERSION:` line of the pinned file."""
    with suffix_file().open(encoding="utf-8") as lines:
        for _, line in zip(range(50), lines, strict=False):
            found = re.match(r"//\s*VERSION:\s*(\S+)", line)
            if found:
                return found[1]
    return "unknown"


@cache
def _extract() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415  it imports requests: only who asks pays

    extract = TLDExtract(
        cache_dir=None,
        suffix_list_urls=(suffix_file().as_uri(),),
        fallback_to_snapshot=False,
        include_psl_private_domains=True,
    )
    # It leaves the file it read to the garbage collector, which complains: read and collected here, once.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        extract.extract_str("example.org")
        gc.collect(1)  # it is young; looking through all that a process holds takes 160 ms
    return extract


@lru_cache(maxsize=65_536)
def registrable_domain(host: str) -> str:
    """The registrable domain of a canonical host: the public suffix and one label more.

    Private suffixes count (`alice.github.io`); where no rule matches, the last label is the suffix (the
    prevailing rule `*` of the public-suffix algorithm). Empty for addresses, public suffixes and single labels.
    """
    if "" in host.split(".") or parse_address(host) is not None:
        return ""
    extracted = _extract().extract_str(host)
    if extracted.suffix:
        return f"{extracted.domain}.{extracted.suffix}" if extracted.domain else ""
    return ".".join(host.rsplit(".", 2)[-2:]) if "." in host else ""


@lru_cache(maxsize=4_096)
def is_public_suffix(host: str) -> bool:
    """Whether `host` is itself a public suffix, of a registry or of a platform, or a single label."""
    if not host or parse_address(host) is not None:
        return False
    return not registrable_domain(host)


@cache
def _suffix_rules() -> tuple[frozenset[str], frozenset[str]]:
    """Names that are rules of the file, and those whose every child is: in ASCII, exceptions left to the reader."""
    plain: set[str] = set()
    wild: set[str] = set()
    for line in suffix_file().read_text(encoding="utf-8").splitlines():
        rule = line.strip().lower()
        if not rule or rule.startswith(("//", "!")):
            continue
        name = rule.removeprefix("*.")
        try:
            ascii_name = parse_url(f"http://{name}/").host
        except UrlError:
            continue
        (wild if rule.startswith("*.") else plain).add(ascii_name)
    return frozenset(plain), frozenset(wild)


def covers_public_suffix(host: str) -> bool:
    """As `is_public_suffix`, for millions of hosts in a row: most are told apart by two look-ups in a set."""
    plain, wild = _suffix_rules()
    label, dot, parent = host.partition(".")
    del label
    return (not dot or host in plain or parent in wild) and is_public_suffix(host)
