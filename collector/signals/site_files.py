"""Which of a site's answers at hand is the one for an address, and whether it is a page instead of the file."""

from __future__ import annotations

from collections.abc import Mapping

from collector.model.url import Url
from collector.signals.site_file import SiteFile

_MARKUP_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_SPACE_AND_MARK = b" \t\r\n\0\xef\xbb\xbf\xfe\xff"  # byte order marks, and the zero halves of UTF-16


def answer_for(files: Mapping[str, SiteFile], address: Url, page: Url) -> SiteFile | None:
    """The answer for `address`, kept under it, or under its path where it lies on the server of `page`."""
    file = files.get(address.href)
    if file is None and address.origin == page.origin:
        file = files.get(address.target)
    return file if file is not None else next((f for f in files.values() if f.url == address.href), None)


def at_path(files: Mapping[str, SiteFile], path: str, page: Url) -> SiteFile | None:
    """The answer for one of the files that a site keeps at a fixed path, by the path or by its full address."""
    file = files.get(path)
    return file if file is not None else files.get(f"{page.origin}{path}")


def is_markup(file: SiteFile) -> bool:
    """A page where a text file was asked for: what many servers answer with status 200 for a file they lack."""
    return file.media_type in _MARKUP_TYPES or file.body[:512].lstrip(_SPACE_AND_MARK).startswith(b"<")
