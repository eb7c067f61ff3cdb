"""Lists of persons for one recipient, in the shape of California's DROP: hashes per scheme, what was removed, answers.

The hashes are keyed anew with the recipient's own pepper, so that two recipients cannot compare their lists, and a
list that leaks is of no use without its pepper; DROP's plain SHA-256 of a telephone number is guessed in a minute.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.entry import PERSONS, EntryState, RegistryEntry
from collector.registry.journal import append, instant
from collector.registry.keyring import Keyring
from collector.registry.person import keyed
from collector.registry.propagation import Delivered, Status, Target, TargetKind, note
from collector.registry.schema import delivery
from collector.registry.schema import request as request_table
from collector.registry.versions import all_current

# What a recipient answers, per item (DROP API 1.2): 2 exempted, 3 deleted, 4 opted out, 5 not found.
STATUS = {"2": Status.EXEMPT, "3": Status.REMOVED, "4": Status.APPLIED, "5": Status.NOT_FOUND}
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ITEM_CHARACTERS = 12
_MAX_ANSWERS = 5_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PersonBatch:
    """A ZIP of `<Scheme>.csv` (ID,Hash) and `Removed.csv` (ID)."""

    data: bytes
    added: int
    removed: int


def person_batch(tx: Connection, act: Act, keys: Keyring, recipient: str, *, full: bool = False) -> PersonBatch:
    """What `recipient` does not know yet; with `full`, all that is in force. Raises RegistryError, IntegrityError."""
    pepper = keys.recipient_pepper(recipient)
    entries = all_current(tx)
    binding = {
        key: entry
        for key, entry in entries.items()
        if entry.scope_kind in PERSONS and entry.state is EntryState.IN_FORCE and entry.in_force(act.at)
    }
    rows = tx.execute(select(delivery).where(delivery.c.recipient == recipient)).all()
    known = {row.entry_id: row for row in rows if row.removed_at is None}
    new = [_delivered(tx, act, keys, pepper, recipient, binding[key]) for key in sorted(set(binding) - set(known))]
    gone = [known[key] for key in sorted(set(known) - set(binding))]
    for row in gone:
        tx.execute(
            update(delivery)
            .where(delivery.c.recipient == recipient, delivery.c.item == row.item)
            .values(removed_at=instant(act.at))
        )
    items = list(new)
    if full:
        items += [(row.item, row.scheme, row.hash) for key, row in sorted(known.items()) if key in binding]
    if new or gone:
        append(tx, act, "person_list", recipient, added=len(new), removed=len(gone))
    return PersonBatch(_zip(items, [row.item for row in gone]), len(new), len(gone))


def _delivered(
    tx: Connection, act: Act, keys: Keyring, pepper: bytes, recipient: str, entry: RegistryEntry
) -> tuple[str, str, str]:
    sealed = tx.execute(select(request_table.c.inner_enc).where(request_table.c.id == entry.request)).scalar()
    if sealed is None:
        raise RegistryError(
            f"{entry.id} cannot be keyed for another recipient: only its hash is here",
            mend="it came from a peer; the recipient asks that peer",
        )
    inner = keys.decrypt(sealed, f"inner:{entry.request}")
    item = _item(pepper, entry.id)
    hashed = base64.b64encode(bytes.fromhex(keyed(pepper, inner))).decode()
    row = {"recipient": recipient, "item": item, "entry_id": entry.id, "scheme": entry.id_scheme, "hash": hashed}
    again = update(delivery).where(delivery.c.recipient == recipient, delivery.c.item == item)
    if tx.execute(again.values(removed_at=None, delivered_at=instant(act.at))).rowcount == 0:
        tx.execute(insert(delivery).values(**row, delivered_at=instant(act.at), status="delivered"))
    target = Target(TargetKind.RECIPIENT, recipient)
    note(tx, Delivered(entry.id, entry.version, target, Status.DELIVERED, 1, act.at, item))
    return item, entry.id_scheme, hashed


def read_answers(tx: Connection, act: Act, recipient: str, data: bytes) -> tuple[int, tuple[str, ...]]:
    """`Id,Status` of a recipient: how many were taken in, and what was wrong with the other lines."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig", "replace")))
    taken, wrong = 0, []
    items = {row.item: row for row in tx.execute(select(delivery).where(delivery.c.recipient == recipient)).all()}
    entries = all_current(tx)
    try:
        for number, row in enumerate(rows, start=1):
            if number == 1 and [cell.strip().lower() for cell in row] == ["id", "status"]:
                continue
            if number > _MAX_ANSWERS:
                raise RegistryError("too many answers in one file")
            known = items.get(row[0].strip()) if len(row) == 2 else None
            status = STATUS.get(row[1].strip()) if known is not None else None
            if known is None or status is None:
                wrong.append(f"line {number}: {'no status' if known is not None else 'no item of this recipient'}")
                continue
            where = (delivery.c.recipient == recipient) & (delivery.c.item == known.item)
            tx.execute(update(delivery).where(where).values(status=status.value))
            entry = entries[known.entry_id]
            target = Target(TargetKind.RECIPIENT, recipient)
            note(tx, Delivered(entry.id, entry.version, target, status, 1, act.at, known.item))
            taken += 1
    except csv.Error as exc:
        raise RegistryError(f"not a CSV file: {exc}", mend="write Id,Status, one line per item") from exc
    append(tx, act, "person_answers", recipient, taken=taken, wrong=len(wrong))
    return taken, tuple(wrong)


def _item(pepper: bytes, entry_id: str) -> str:
    """Permanent: the same person is the same item in every batch for this recipient."""
    number = int.from_bytes(hashlib.blake2b(entry_id.encode(), key=pepper, digest_size=16).digest())
    text = ""
    for _ in range(_ITEM_CHARACTERS):
        number, rest = divmod(number, 62)
        text += _BASE62[rest]
    return text


def _zip(items: list[tuple[str, str, str]], removed: list[str]) -> bytes:
    """Equal lists are equal bytes: sorted, and without the time of day."""
    by_scheme: dict[str, list[tuple[str, str]]] = {}
    for item, scheme, hashed in items:
        by_scheme.setdefault(scheme, []).append((item, hashed))
    files = {f"{scheme.capitalize()}.csv": _csv(("ID", "Hash"), sorted(rows)) for scheme, rows in by_scheme.items()}
    files["Removed.csv"] = _csv(("ID",), [(item,) for item in sorted(removed)])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _csv(head: tuple[str, ...], rows: list[tuple[str, str]] | list[tuple[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()
