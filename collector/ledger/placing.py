"""An archived page as a row: which records it became, where each one lies, and what it may be used for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from collector.ledger.codec import instant, plain
from collector.ledger.segments import record_bytes
from collector.model.event import ClosingEvent
from collector.model.page import Archived, Placement
from collector.model.uses import Permission, Uses, combine_uses

USE_CODES = {Permission.UNKNOWN: 0, Permission.ALLOW: 1, Permission.DENY: 2}
USES = {code: permission for permission, code in USE_CODES.items()}


def segments_of(archived: Archived) -> Iterator[str]:
    """Every file that holds a record of this page."""
    for placement in (archived.page, archived.text, archived.provenance):
        if placement is not None:
            yield placement.file


def capture_row(key: bytes, event: ClosingEvent, archived: Archived, segments: Mapping[str, int]) -> dict[str, object]:
    """The row of one capture. `segments` maps files to their rows. Raises IntegrityError for a malformed record id."""
    page = archived.minimised
    language = page.language
    return {
        "url_key": key,
        "visit": event.candidate.visit,
        **_place("", archived.page, segments),
        **_place("text_", archived.text, segments),
        **_place("provenance_", archived.provenance, segments),
        "status": page.status,
        "media_type": plain(page.media_type),
        "charset": plain(page.charset) if page.charset is not None else None,
        "language": language.code if language else None,
        "language_probability": language.probability if language else None,
        "payload_digest": str(archived.payload_digest),
        "size": len(page.body),
        "fetched_at": instant(page.fetched_at),
        "revisit_of": record_bytes(archived.revisit_of) if archived.revisit_of else None,
        **{f"use_{use.value}": USE_CODES[said] for use, said in _uses(event, archived)},
        "restriction": page.restriction.value,
        "source": plain(archived.source),
        "redaction_profile": page.redaction.profile,
        "simhash": signed(page.simhash) if page.simhash is not None else None,
        "redactions": json.dumps(dict(page.redaction.counts), separators=(",", ":"), sort_keys=True),
    }


def signed(mark: int) -> int:
    """64 bits as the databases keep them: two's complement."""
    return mark - (1 << 64) if mark >> 63 else mark


def unsigned(stored: int) -> int:
    """`signed` undone."""
    return stored & (1 << 64) - 1


def _uses(event: ClosingEvent, archived: Archived) -> Uses:
    """What all gates together said. Only who knows the rules can tell which statement another one supersedes."""
    said = archived.minimised.uses
    return combine_uses(d.uses for d in event.decisions) if said is None else said


def _place(prefix: str, placement: Placement | None, segments: Mapping[str, int]) -> dict[str, object]:
    if placement is None:
        return {f"{prefix}{name}": None for name in ("record_id", "segment", "offset", "length")}
    return {
        f"{prefix}record_id": record_bytes(placement.record_id),
        f"{prefix}segment": segments[placement.file],
        f"{prefix}offset": placement.offset,
        f"{prefix}length": placement.length,
    }
