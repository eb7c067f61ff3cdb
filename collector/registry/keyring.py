"""The registry's secrets, each in a file of its own: pepper, contact key, signing key, one pepper per recipient."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from collector.model.errors import IntegrityError, RegistryError, StorageError

KEY_BYTES = 32
_NONCE_BYTES = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys in `folder` (0700), each made at first use from `fresh` bytes."""

    folder: Path
    fresh: Callable[[int], bytes]

    @property
    def pepper(self) -> bytes:
        """The key of the hashes that stand for persons, 32 bytes."""
        return self._key("pepper")

    def recipient_pepper(self, name: str) -> bytes:
        """The pepper of one recipient's lists. Raises RegistryError for a name that is no file name."""
        if not _NAME.fullmatch(name):
            raise RegistryError(f"{name[:64]!r} is no name of a recipient", mend="lower-case letters, digits and - _ .")
        return self._key(f"recipient-{name}")

    @property
    def signing(self) -> Ed25519PrivateKey:
        """The key that manifests are signed with."""
        return Ed25519PrivateKey.from_private_bytes(self._key("signing"))

    def encrypt(self, plain: bytes, about: str) -> bytes:
        """AES-256-GCM with a fresh nonce, bound to `about` (the row it stands in)."""
        nonce = self.fresh(_NONCE_BYTES)
        return nonce + AESGCM(self._key("contact")).encrypt(nonce, plain, about.encode())

    def decrypt(self, sealed: bytes, about: str) -> bytes:
        """What `encrypt` was given. Raises IntegrityError where key, row or bytes are others."""
        try:
            plain = AESGCM(self._key("contact")).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError) as exc:
            raise IntegrityError(
                "an encrypted field does not open with this key",
                where=str(self.folder / "contact.key"),
                mend="point $COLLECTOR_KEYS at the folder that holds the registry's keys",
            ) from exc
        return bytes(plain)

    def _key(self, name: str) -> bytes:
        path = self.folder / f"{name}.key"
        try:
            if not path.exists():
                self._make(path)
            key = path.read_bytes()
        except OSError as exc:
            raise StorageError(
                f"a key of the registry cannot be read or made ({exc.strerror})",
                where=str(path),
                mend="give the keeper's user access, or move the keys with $COLLECTOR_KEYS",
            ) from exc
        if len(key) != KEY_BYTES:
            raise IntegrityError(
                f"not a key: {len(key)} bytes instead of {KEY_BYTES}",
                where=str(path),
                mend="restore it from its own backup",
            )
        return key

    def _make(self, path: Path) -> None:
        """On disk, whole, before it is used; of two processes that make it at once, the first one's counts."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(self.fresh(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(partial, path)
        partial.unlink()
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
