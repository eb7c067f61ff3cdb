"""URLs erased before and hosts under a recorded objection: looked up by keyed hash, so that the list names nobody."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from collector.lists.entry import Kind, canonical
from collector.model.digest import Digest
from collector.model.errors import CollectorError, ListError, RegistryError
from collector.model.url import Url


class SuppressedLine(BaseModel):
    """One line: `{"of": "url"|"host", "hmac": …, "ref": …}`, or `{"host": …, "ref": …}` where a host names nobody."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    ref: Annotated[str, Field(min_length=1, max_length=200)]  # of the case; it says nothing about the person
    of: Literal["url", "host"] | None = None
    hmac: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    host: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    at: Annotated[str, Field(max_length=40)] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> SuppressedLine:
        if (self.hmac is None) == (self.host is None) or (self.hmac is None) != (self.of is None):
            raise ValueError('give "of" and "hmac", or "host"')
        return self


def suppression_hash(key: bytes, of: Literal["url", "host"], value: str) -> str:
    """HMAC-SHA256 of `of|value` in hex; `value` is a canonical URL or host."""
    return hmac.new(key, f"{of}|{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


class Suppressed:
    """Callable: the references of the erasures and objections that cover a URL. Immutable; `reload_if_changed`."""

    def __init__(self, path: Path, key: bytes | None = None) -> None:
        self._path = path
        self._key = key
        self._stamp = _stamp(path)
        self._urls: dict[str, tuple[str, ...]] = {}
        self._hashed_hosts: dict[str, tuple[str, ...]] = {}
        self._hosts: dict[str, tuple[str, ...]] = {}
        self._digest = ""
        self._load()

    def __call__(self, url: Url) -> tuple[str, ...]:
        """References, without repeats; empty where nothing covers `url`."""
        found: dict[str, None] = {}
        if self._urls and self._key is not None:
            found |= dict.fromkeys(self._urls.get(suppression_hash(self._key, "url", url.href), ()))
        if self._hosts or self._hashed_hosts:
            for form in url.host_forms:
                for host in _with_parents(form):
                    found |= dict.fromkeys(self._hosts.get(host, ()))
                    if self._hashed_hosts and self._key is not None:
                        found |= dict.fromkeys(self._hashed_hosts.get(suppression_hash(self._key, "host", host), ()))
        return tuple(found)

    @property
    def digest(self) -> str:
        """SHA-256 of the file as it was read; of nothing where there is none."""
        return self._digest

    def __len__(self) -> int:
        return len(self._urls) + len(self._hashed_hosts) + len(self._hosts)

    def reload_if_changed(self) -> bool:
        """Read again where the file changed. Raises RegistryError; what was in force then stays in force."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return False
        if stamp is None:
            raise RegistryError("the suppression list is gone", where=str(self._path), mend="put it back")
        self._load()
        self._stamp = stamp
        return True

    def _load(self) -> None:
        urls: dict[str, tuple[str, ...]] = {}
        hashed: dict[str, tuple[str, ...]] = {}
        hosts: dict[str, tuple[str, ...]] = {}
        data = _octets(self._path)
        for line in _read(data, self._path):
            if line.host is not None:
                host, _ = canonical(Kind.SUBTREE, line.host)
                hosts[host] = (*hosts.get(host, ()), line.ref)
            elif line.hmac is not None:
                table = urls if line.of == "url" else hashed
                table[line.hmac] = (*table.get(line.hmac, ()), line.ref)
        if (urls or hashed) and self._key is None:
            raise RegistryError(
                "the suppression list holds keyed hashes and the key is not there",
                where=str(self._path),
                mend="put the key back; without it an erased page could be collected again",
            )
        self._urls, self._hashed_hosts, self._hosts = urls, hashed, hosts
        self._digest = str(Digest.of(data))


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""  # nobody has been erased yet
    except OSError as exc:
        raise RegistryError(f"the suppression list cannot be read: {exc.strerror or exc}", where=str(path)) from exc


def _read(data: bytes, path: Path) -> list[SuppressedLine]:
    lines = []
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            line = SuppressedLine.model_validate_json(raw)
            if line.host is not None:
                canonical(Kind.SUBTREE, line.host)
        except (ValidationError, ListError, UnicodeDecodeError) as exc:
            reason = exc.message if isinstance(exc, CollectorError) else "not a line of the suppression list"
            raise RegistryError(
                reason, where=f"{path}:{number}", mend="restore the line; nothing is fetched while it cannot be read"
            ) from exc
        lines.append(line)
    return lines


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise RegistryError(f"the suppression list cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _with_parents(host: str) -> list[str]:
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(min(len(labels), 127))] if not host.startswith("[") else [host]
