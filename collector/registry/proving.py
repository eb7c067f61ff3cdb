"""A request's proofs in the database: begun, checked, looked at again; what is seen is kept as evidence."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, insert, select, update

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.journal import append, instant
from collector.registry.keyring import Keyring
from collector.registry.lifecycle import grant, is_permission, may_be_proven_by_web, verify
from collector.registry.request import Request
from collector.registry.schema import evidence as evidence_table
from collector.registry.schema import request as request_table
from collector.registry.schema import verification as table
from collector.registry.scope import Scope, scope_of
from collector.registry.verification.challenge import (
    LASTING,
    MAX_ATTEMPTS,
    RECHECK,
    STRENGTH,
    VALID_FOR,
    Evidence,
    Method,
    Seen,
    check_method,
    new_code,
    new_token,
    same,
)
from collector.registry.versions import of_request

_FIRST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Proof:
    """One verification. `token` is empty for a code, of which only the keyed hash is kept."""

    id: str
    request: str
    method: Method
    token: str
    code_hash: str
    location: str
    issued_at: datetime
    expires_at: datetime
    last_checked_at: datetime | None
    attempts: int
    result: str
    detail: str
    recheck_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Evidence, and when it was seen."""

    seen: Evidence
    at: datetime


def begin(
    tx: Connection, act: Act, keys: Keyring, request: Request, method: Method, location: str = ""
) -> tuple[Proof, str]:
    """A new proof, in place of any that is still pending. Returns it with the token or code to tell.

    Raises RegistryError where the method says nothing about what was asked.
    """
    scope = scope_to_prove(tx, request, method)
    tx.execute(
        update(table)
        .where(table.c.request_id == request.id, table.c.result == "pending")
        .values(result="expired", detail="another proof was begun")
    )
    by_code = method is Method.EMAIL_ROLE
    secret = new_code(act) if by_code else new_token(act)
    row = {
        "id": act.id("v"),
        "request_id": request.id,
        "method": method.value,
        "challenge": "",
        "location": location or scope.host,
        "issued_at": instant(act.at),
        "expires_at": instant(act.at + VALID_FOR),
        "attempts": 0,
        "result": "pending",
        "detail": "",
    }
    row["challenge"] = _code_hash(keys, str(row["id"]), secret) if by_code else secret
    tx.execute(insert(table).values(**row))
    append(tx, act, "proof_begun", request.id, method=method.value, location=str(row["location"]))
    return pending(tx, request, method), secret


def scope_to_prove(tx: Connection, request: Request, method: Method) -> Scope:
    """What the proof is about: a request has one scope. Raises RegistryError where the method cannot prove it."""
    entries = of_request(tx, request.id)
    if not may_be_proven_by_web(entries):
        if method is not Method.MANUAL:
            raise RegistryError(f"{method} proves control of a site, not who somebody is", mend="use --method manual")
        return Scope(entries[0].scope_kind, "")
    if is_permission(entries) and method is Method.DISCOVERED:
        raise RegistryError("a reservation on the site does not prove a permission", mend="use dns_txt or well_known")
    if len(entries) != 1 and method is not Method.MANUAL:
        raise RegistryError(f"{len(entries)} entries came in together", mend="use --method manual --note …")
    scope = scope_of(entries[0])
    check_method(method, scope)
    return scope


def pending(tx: Connection, request: Request, method: Method | None = None) -> Proof:
    """The proof under way. Raises RegistryError where none is."""
    query = select(table).where(table.c.request_id == request.id, table.c.result == "pending")
    if method is not None:
        query = query.where(table.c.method == method.value)
    row = tx.execute(query.order_by(table.c.issued_at.desc())).first()
    if row is None:
        raise RegistryError(
            f"no proof is under way for {request.public_ref}",
            mend=f"begin one: collector registry verify {request.public_ref} --method dns_txt",
        )
    return _read(row)


def proofs(tx: Connection, request: Request) -> tuple[Proof, ...]:
    """All of a request, oldest first."""
    rows = tx.execute(select(table).where(table.c.request_id == request.id).order_by(table.c.issued_at, table.c.id))
    return tuple(_read(row) for row in rows.all())


def may_check(proof: Proof, now: datetime) -> None:
    """Raises RegistryError where the time or the attempts are over, or the last attempt was a moment ago."""
    if now >= proof.expires_at:
        raise RegistryError("the challenge is older than 14 days", mend="begin a new one: verify --method …")
    if proof.attempts >= MAX_ATTEMPTS:
        raise RegistryError(f"{MAX_ATTEMPTS} attempts failed", mend="begin a new proof: verify --method …")
    if proof.last_checked_at is not None and proof.attempts:
        again = proof.last_checked_at + _FIRST_PAUSE * 2 ** (proof.attempts - 1)
        if now < again:
            seconds = (again - now).total_seconds()
            raise RegistryError(f"asked a moment ago: try again in {seconds:.0f} s", mend="wait; records need time")


def code_seen(keys: Keyring, proof: Proof, code: str) -> Seen:
    """Whether the code is the one that was sent."""
    ok = same(_code_hash(keys, proof.id, code.strip().upper()), proof.code_hash)
    return Seen(ok=ok, detail=f"code {'returned' if ok else 'is another'}, sent to {proof.location}")


def record(tx: Connection, act: Act, request: Request, proof: Proof, seen: Seen, *, undecided: bool = False) -> bool:
    """Write down what a check saw. True where it proves the request, which is in force then, or waits `undecided`.

    A failure never takes anything out of force: protection ends with its own date, or by a person.
    """
    kept = _keep(tx, act, seen.evidence) if seen.evidence is not None else None
    attempts = proof.attempts + (0 if seen.unknown or seen.ok else 1)
    lasting = seen.ok and proof.method in LASTING
    result = "ok" if seen.ok else ("failed" if attempts >= MAX_ATTEMPTS else "pending")
    values = {
        "attempts": attempts,
        "last_checked_at": instant(act.at),
        "result": result,
        "detail": seen.detail,
        "evidence_id": kept,
        "recheck_at": instant(act.at + RECHECK) if lasting else None,
    }
    tx.execute(update(table).where(table.c.id == proof.id).values(**values))
    append(tx, act, "proof_checked", request.id, method=proof.method.value, result=result, detail=seen.detail)
    if seen.ok:
        (verify if undecided else grant)(tx, act, request, STRENGTH[proof.method], f"{proof.method}: {seen.detail}")
    return seen.ok


def due_again(tx: Connection, now: datetime) -> tuple[Proof, ...]:
    """Proofs of control whose 180 days are over, those of requests that still stand."""
    stands = select(request_table.c.id).where(request_table.c.closed_at.is_(None))
    query = select(table).where(
        table.c.result.in_(("ok", "lapsed")), table.c.recheck_at <= instant(now), table.c.request_id.in_(stands)
    )
    return tuple(_read(row) for row in tx.execute(query.order_by(table.c.recheck_at, table.c.id)).all())


def lapsed(tx: Connection) -> tuple[Proof, ...]:
    """Proofs that were there and are not any more, of requests that still stand."""
    stands = select(request_table.c.id).where(request_table.c.closed_at.is_(None))
    query = select(table).where(table.c.result == "lapsed", table.c.request_id.in_(stands))
    return tuple(_read(row) for row in tx.execute(query.order_by(table.c.id)).all())


def evidence_of(tx: Connection, proof: Proof) -> Kept | None:
    """What the newest look saw and kept; None where it saw nothing."""
    joined = evidence_table.join(table, table.c.evidence_id == evidence_table.c.id)
    row = tx.execute(select(evidence_table).select_from(joined).where(table.c.id == proof.id)).first()
    if row is None:
        return None
    seen = Evidence(row.kind, row.source, row.sha256, row.head, row.excerpt, row.size)
    return Kept(seen, datetime.fromisoformat(row.captured_at))


def record_again(tx: Connection, act: Act, request: Request, proof: Proof, seen: Seen) -> str:
    """Write down a second look: `ok`, or `lapsed`, which leaves the entries in force until a person decides."""
    kept = _keep(tx, act, seen.evidence) if seen.evidence is not None else None
    result = "ok" if seen.ok else ("lapsed" if not seen.unknown else proof.result)
    pause = RECHECK if seen.ok else timedelta(days=7)
    values = {
        "last_checked_at": instant(act.at),
        "result": result,
        "detail": seen.detail,
        "recheck_at": instant(act.at + pause),
    }
    if kept is not None:
        values["evidence_id"] = kept
    tx.execute(update(table).where(table.c.id == proof.id).values(**values))
    append(tx, act, "proof_rechecked", request.id, method=proof.method.value, result=result, detail=seen.detail)
    return result


def _keep(tx: Connection, act: Act, one: Evidence) -> str:
    identifier = act.id("p")
    tx.execute(
        insert(evidence_table).values(
            id=identifier,
            kind=one.kind,
            sha256=one.sha256,
            source=one.source,
            head=one.head,
            excerpt=one.excerpt,
            size=one.size,
            captured_at=instant(act.at),
        )
    )
    return identifier


def _code_hash(keys: Keyring, proof_id: str, code: str) -> str:
    return hmac.digest(keys.pepper, f"code|{proof_id}|{code}".encode("utf-8", "surrogatepass"), "sha256").hex()


def _read(row: Row[tuple[object, ...]]) -> Proof:
    got = row._mapping  # noqa: SLF001  SQLAlchemy's public name begins with an underscore
    method = Method(got["method"])
    by_code = method is Method.EMAIL_ROLE
    checked, again = got["last_checked_at"], got["recheck_at"]
    return Proof(
        got["id"],
        got["request_id"],
        method,
        "" if by_code else got["challenge"],
        got["challenge"] if by_code else "",
        got["location"],
        datetime.fromisoformat(got["issued_at"]),
        datetime.fromisoformat(got["expires_at"]),
        datetime.fromisoformat(checked) if checked else None,
        got["attempts"],
        got["result"],
        got["detail"],
        datetime.fromisoformat(again) if again else None,
    )
