"""The registry's secrets, each in a file of its own: pepper, contact key, signing key, one pepper per recipient."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from collector.model.errors import IntegrityError, RegistryError
from collector.model.key_file import make_key, read_key

_WHOSE = "a key of the registry"
_MEND = "give the keeper's user access, or move the keys with $COLLECTOR_KEYS"
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
        make_key(path, self.fresh, _WHOSE, _MEND)
        return read_key(path, _WHOSE, _MEND)
