"""Where a peer's published files come from: its web server, by the guarded fetcher, or a folder that was carried."""

from __future__ import annotations

from pathlib import Path

from collector.model.errors import RegistryError
from collector.registry.exchange.sync import MAX_SNAPSHOT, Get, Reply
from collector.registry.verification.fetch import Fetcher, FetchRefusedError

MAX_FILE = 268_435_456  # bytes, packed
SECONDS = 120.0
_NOT_MODIFIED = 304


def over_http(fetcher: Fetcher, base: str) -> Get:
    """`base` is the address of the published folder."""

    def get(name: str, etag: str) -> Reply:
        try:
            answer = fetcher.get(f"{base.rstrip('/')}/{name}", etag)
        except FetchRefusedError as exc:
            raise RegistryError(f"the peer cannot be asked: {exc}", where=base, mend="it is asked again later") from exc
        if answer.status == _NOT_MODIFIED and etag:
            return Reply(None, etag)
        if answer.status != 200 or answer.cut:
            said = "sent more than we read" if answer.cut else f"answered {answer.status}"
            raise RegistryError(f"the peer {said} for {name}", where=base, mend="it is asked again later")
        return Reply(answer.body, next(iter(answer.values("etag")), ""))

    return get


def from_folder(folder: Path) -> Get:
    """For registries that are exchanged on a medium. There are no ETags: everything is read."""

    def get(name: str, etag: str) -> Reply:
        del etag
        path = folder / name
        try:
            if path.stat().st_size > MAX_SNAPSHOT:
                raise RegistryError("the file is too long", where=str(path))
            return Reply(path.read_bytes())
        except OSError as exc:
            raise RegistryError(f"cannot be read: {exc.strerror}", where=str(path)) from exc

    return get
