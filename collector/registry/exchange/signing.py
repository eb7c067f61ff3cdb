"""Manifests: what a registry published, signed with Ed25519, checked before anything is believed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.model.errors import IntegrityError, RegistryError

FORMAT = "collector-registry-manifest/1"
MAX_BYTES = 4_194_304
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9./-]{0,199}$")]  # relative, no `..`: a dot follows no dot
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]
MAX_PAGES = 100_000


class Part(BaseModel):
    """A published file: `events` after `after` up to `seq` for a page of the feed, all of them for a snapshot."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    file: Name
    sha256: Hex
    size: Count
    after: Count = 0
    seq: Count


class Manifest(BaseModel):
    """What was published. Immutable files are named by it with their digests."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    format: str
    registry: Annotated[str, Field(max_length=200)]
    created: Annotated[str, Field(max_length=40)]
    seq: Count
    entries: Count
    head: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""  # of the chain, at `seq`: only one past has it
    snapshot: Part
    feed: Annotated[tuple[Part, ...], Field(max_length=MAX_PAGES)]


class _Signed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    key_id: Annotated[str, Field(max_length=64)]
    manifest: Manifest
    signature: Annotated[str, Field(max_length=200)]


def public_key(key: Ed25519PrivateKey) -> str:
    """The public part, base64: what peers are given."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def key_id(public: str) -> str:
    """A short name for a public key."""
    return hashlib.sha256(public.encode()).hexdigest()[:16]


def sign(manifest: Manifest, key: Ed25519PrivateKey) -> bytes:
    """`latest.json`: the manifest with its signature. Ed25519 is deterministic: equal manifests are equal bytes."""
    signature = base64.b64encode(key.sign(_canonical(manifest))).decode()
    signed = {"key_id": key_id(public_key(key)), "manifest": manifest.model_dump(mode="json"), "signature": signature}
    return json.dumps(signed, sort_keys=True, indent=1).encode() + b"\n"


def verify(data: bytes, public: str, where: str) -> Manifest:
    """The manifest, once its signature holds. Raises RegistryError for what is none, IntegrityError for a wrong one."""
    if len(data) > MAX_BYTES:
        raise RegistryError("the manifest is too long", where=where)
    try:
        signed = _Signed.model_validate_json(data)
    except (ValidationError, RecursionError) as exc:
        raise RegistryError("not a manifest of a registry", where=where, mend="check the peer's address") from exc
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signed.signature, validate=True), _canonical(signed.manifest))
    except (InvalidSignature, ValueError, binascii.Error) as exc:
        raise IntegrityError(
            "the manifest is not signed with the peer's key",
            where=where,
            mend="ask the peer, by another way, whether the key has changed; nothing was taken over",
        ) from exc
    if signed.manifest.format != FORMAT:
        raise RegistryError(
            f"a manifest of format {signed.manifest.format[:60]!r}", where=where, mend=f"we read {FORMAT}"
        )
    return signed.manifest


def read_public_key(text: str) -> str:
    """A key as peers hand it over. Raises RegistryError."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, binascii.Error) as exc:
        raise RegistryError(
            "not an Ed25519 public key", mend="32 bytes in base64, as `registry publish` prints"
        ) from exc
    return text.strip()


def _canonical(manifest: Manifest) -> bytes:
    said = manifest.model_dump(mode="json")
    if not manifest.head:
        del said["head"]  # of before it was told
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
