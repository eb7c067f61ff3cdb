"""Lists of one JSON object per line, where an entry says its kind, action, category and why it is there."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.entry import Entry, Kind, Origin, canonical
from collector.lists.match import Action, Tier
from collector.lists.reading import Reading, read_lines
from collector.model.errors import ListError

Text = Annotated[str, Field(max_length=2_000)]


class Line(BaseModel):
    """One line. Only `value` is owed; everything else falls back to the list's manifest."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    value: Annotated[str, Field(min_length=1, max_length=8_192)]
    kind: Kind | None = None
    action: Action | None = None
    category: Annotated[str, Field(max_length=64, pattern=r"^[a-z_.]*$")] | None = None
    id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    subdomains: bool = False
    force: bool = False
    ignore_case: bool = False
    note: Text = ""
    at: Text = ""  # registry: when it was recorded
    by: Text = ""  # registry: who recorded it
    reason: Text = ""  # registry: why


def read_jsonl(data: bytes, origin: Origin) -> Reading:
    """Every entry of a JSON Lines list, and every line that is none. Never raises."""

    def read_line(text: str, number: int) -> Entry | None:
        stripped = text.strip()
        return entry_of(parse_line(stripped), origin, number) if stripped else None

    return read_lines(data, read_line)


def parse_line(text: str) -> Line:
    """One line, validated. Raises ListError naming the field."""
    try:
        return Line.model_validate_json(text)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ListError(
            f"{field}: {first['msg']}" if field else first["msg"],
            mend='write {"kind": "subtree", "value": "example.org", "note": "why"}',
        ) from exc
    except RecursionError as exc:  # pydantic guards against it; a second lock costs nothing
        raise ListError("JSON nested too deeply") from exc


def entry_of(line: Line, origin: Origin, number: int) -> Entry:
    """The entry a line means. Raises ListError."""
    kind = line.kind or origin.default_kind
    action = line.action or origin.action
    host, path = canonical(kind, line.value)
    if line.force:
        if action is not Action.ALLOW or origin.tier is not Tier.OPERATOR:
            raise ListError("force is for allow entries of the operator", mend="leave force out, or name an allow file")
        if not (line.note or line.reason):
            raise ListError("a forced allow without a reason", mend='add "note": who decided it, and why')
    return Entry(
        kind,
        host,
        path,
        action=action,
        category=origin.category if line.category is None else line.category,
        tier=origin.tier,
        list=origin.list,
        version=origin.version,
        line=number,
        rule=line.id or line.value,
        note=line.note or line.reason,
        subdomains=line.subdomains,
        force=line.force,
        ignore_case=line.ignore_case,
    )
