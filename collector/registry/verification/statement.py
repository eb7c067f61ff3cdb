"""A statement signed with a key that the domain publishes, or that the keeper trusts: Ed25519 over canonical JSON."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.registry.verification.challenge import Evidence, Seen, same

MAX_BYTES = 16_384
Short = Annotated[str, Field(max_length=2_000)]


class _Said(BaseModel):
    """What is signed: these keys sorted, no blanks, UTF-8."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    host: Short
    token: Short


class _Statement(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    statement: _Said
    signature: Short  # base64


def signed_bytes(host: str, token: str) -> bytes:
    """The bytes that the requester signs."""
    said = {"host": host, "token": token}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check_statement(data: bytes, host: str, token: str, public_key: str, source: str) -> Seen:
    """`public_key`: base64 of 32 bytes. Never raises: what cannot be read is not signed."""
    if not public_key:
        return Seen(ok=False, detail="no key: the domain publishes none, and none was named")
    if len(data) > MAX_BYTES:
        return Seen(ok=False, detail="the statement is too long")
    try:
        given = _Statement.model_validate_json(data)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(
            base64.b64decode(given.signature, validate=True), signed_bytes(given.statement.host, given.statement.token)
        )
    except ValidationError as exc:
        return Seen(ok=False, detail=f"not a statement: {exc.errors(include_input=False)[0]['msg']}")
    except (ValueError, binascii.Error, RecursionError):
        return Seen(ok=False, detail="key or signature is not what it should be")
    except InvalidSignature:
        return Seen(ok=False, detail="the signature is not by this key")
    if given.statement.host != host or not same(given.statement.token, token):
        return Seen(ok=False, detail="signed for another host or request")
    evidence = Evidence(
        "statement", source, hashlib.sha256(data).hexdigest(), f"ed25519 {public_key}", data[:4_096], len(data)
    )
    return Seen(ok=True, detail=f"signed for {host}", evidence=evidence)
