"""The archive of the University of Toulouse: a folder per category with `domains`, `urls`, `expressions` and `usage`.

Read as a stream and never unpacked to disk. Categories of allowed sites are not denials, however they are packed
beside them; a link is refused, because it lists another category's sites once more or leads outside.
"""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from collector.lists.entry import Kind
from collector.lists.formats.row import Row, Stated, lines_of, opened, refused
from collector.lists.reading import Rejected
from collector.model.errors import ListError

MAX_OCTETS = 4 << 30  # unpacked, all files together
MAX_FILES = 10_000
MAX_HEADER = 1 << 20

# Its categories among ours. Those of allowed sites, and those of which a site's name says nothing, are left out.
CATEGORIES: Mapping[str, str] = {
    "adult": "adult.pornography", "mixed_adult": "adult.pornography", "lingerie": "adult.provocative",
    "dating": "dating", "drogue": "health.addiction", "social_networks": "social.profiles", "chat": "social.chat",
    "forums": "social.forums", "blog": "social.blogs", "associations_religieuses": "religion.community",
    "sect": "religion.community", "agressif": "hate_extremism", "stalkerware": "leaks.doxing",
    "malware": "crime.malware", "phishing": "crime.malware", "cryptojacking": "crime.malware",
    "ddos": "crime.malware", "hacking": "crime.malware", "warez": "ip.piracy", "gambling": "gambling",
    "arjel": "gambling", "financial": "finance.personal", "redirector": "access.circumvention",
    "strict_redirector": "access.circumvention", "strong_redirector": "access.circumvention",
    "vpn": "access.circumvention", "residential-proxies": "access.circumvention", "doh": "access.circumvention",
    "dynamic-dns": "access.circumvention", "publicite": "quality.spam", "marketingware": "quality.spam",
    "fakenews": "quality.spam", "tricheur": "quality.spam",
}  # fmt: skip
WHITE = frozenset(
    """child press liste_bu liste_blanche sexual_education jobsearch bank cleaning update translation shortener
    cooking sports educational_games examen_pix webmail webhosting download filehosting reaffected ai""".split()
)
_FILE = re.compile(r"(domains|urls)(?:\.\d+)?\Z")
_DESCRIBING = frozenset("usage README LICENSE LICENSE.pdf global_usage cc-by-sa-4-0.pdf".split())


class _Info(tarfile.TarInfo):
    """A header whose own extensions are of bounded size: tarfile reads them into memory whole."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type not in {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE} and self.size > MAX_HEADER:
            raise tarfile.ReadError(f"a header of {self.size:,} octets")
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]  # the hook is not in its stub


def read_ut1(path: Path) -> Iterator[Stated]:
    """Every domain and URL of the archive's black categories, under ours.

    Raises ListError where it cannot be read at all, where it is larger than MAX_OCTETS unpacked, or where it is
    cut off: half of such an archive would be taken for the withdrawal of the other half.
    """
    white = _white_by_usage(path)
    told: set[str] = set()
    for member, stream in _members(path):
        name = PurePosixPath(member.name)
        category = name.parent.name
        if not member.isfile() or member.issparse():
            if not member.isdir():
                yield Rejected(0, ascii(member.name[:80])[1:-1], "a link or device in the archive")
            continue
        if name.name in _DESCRIBING:
            continue
        if not _FILE.match(name.name):
            if name.name == "expressions" and category in CATEGORIES:
                yield Rejected(0, ascii(member.name[:80])[1:-1], "expressions cover hosts that nobody has seen")
            continue
        why = _left_out(category, white)
        if why:
            if category not in told:
                told.add(category)
                yield Rejected(0, ascii(category[:80])[1:-1], why)
            continue
        yield from _rows(stream, CATEGORIES.get(category), f"{category}/{name.name}")


def _left_out(category: str, white: frozenset[str]) -> str:
    if category in WHITE or category in white:
        return "a category of allowed sites"
    if category and category not in CATEGORIES:
        return "a category that the taxonomy does not know"
    return ""  # known, or files at the top of an archive of one category


def _rows(stream: IO[bytes], category: str | None, file: str) -> Iterator[Stated]:
    urls = file.rpartition("/")[2].startswith("urls")
    for number, text in lines_of(stream):
        if isinstance(text, Rejected):
            yield replace(text, text=ascii(f"{file}: ")[1:-1] + text.text)
            continue
        value = text.strip()
        if not value or value[0] == "#":
            continue
        if not urls:
            yield Row(number, Kind.SUBTREE, value, None, category, file=file)
        elif any(character.isspace() for character in value):
            yield refused(number, f"{file}: {text}", ListError("a blank inside"))
        else:
            # Addresses stand without a scheme, and cover what begins with them up to a segment's end.
            kind = Kind.URL if "?" in value else Kind.PREFIX
            yield Row(number, kind, value, None, category, file=file)


def _white_by_usage(path: Path) -> frozenset[str]:
    white = set()
    for member, stream in _members(path):
        name = PurePosixPath(member.name)
        if member.isfile() and name.name == "usage":
            words = {line.strip().lower() for line in stream.read(65_536).splitlines() if not line.startswith(b"#")}
            if b"white" in words and b"black" not in words:
                white.add(name.parent.name)
    return frozenset(white)


def _members(path: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    octets = files = 0
    with opened(path) as raw:
        try:
            with tarfile.open(fileobj=raw, mode="r|*", tarinfo=_Info) as archive:
                for member in archive:
                    files += 1
                    octets += member.size
                    if octets > MAX_OCTETS or files > MAX_FILES:
                        raise ListError(
                            f"the archive holds more than {MAX_OCTETS >> 30} GiB or {MAX_FILES:,} files",
                            where=str(path),
                            mend="this is no list of hosts",
                        )
                    stream = archive.extractfile(member) if member.isfile() else None
                    yield member, stream if stream is not None else raw
        except (tarfile.TarError, EOFError, OSError, zlib.error) as exc:
            raise ListError(
                f"the archive is damaged or cut off: {exc}", where=str(path), mend="fetch it again"
            ) from exc
