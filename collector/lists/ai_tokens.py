"""Reads the list of AI-training crawlers: whose exclusion from a site speaks to every crawl made for training."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.model.errors import ListError
from collector.model.resources import resource_folder

TOKENS_FILE = "tokens.jsonl"


class Purpose(StrEnum):
    """What a crawler fetches pages for, as its operator says or its use has shown."""

    TRAINING = "training"  # counts
    OPTIONAL = "optional"  # training and something else besides: counts where an operator chooses so
    SEARCH = "search"  # finds pages for people: never counts
    USER = "user"  # fetches what one person asked for: never counts


class AiToken(BaseModel):
    """One line of the list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+( [A-Za-z0-9_-]+)*$", max_length=64)]
    operator: Annotated[str, Field(min_length=1)]
    purpose: Purpose
    note: Annotated[str, Field(min_length=1)]


def read_ai_tokens(path: Path | None = None) -> tuple[AiToken, ...]:
    """Every line of the list, in order. `path` is the file or its folder; None is the list that comes along.

    Raises ListError naming file and line: one faulty line makes the whole list unusable, because a token that
    is silently missing would let pages through.
    """
    path = resource_folder("blocklists") / "ai-tokens" if path is None else path
    path = path / TOKENS_FILE if path.is_dir() else path
    seen: dict[str, int] = {}
    tokens = []
    for number, line in _lines(path):
        where = f"{path}:{number}"
        try:
            entry = AiToken.model_validate_json(line)
        except ValidationError as exc:
            faults = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'line'}: {e['msg']}" for e in exc.errors(include_url=False)
            )
            raise ListError(faults, where=where, mend='write {"token", "operator", "purpose", "note"}') from exc
        first = seen.setdefault(entry.token.lower(), number)
        if first != number:
            raise ListError(f"{entry.token} stands on line {first} already", where=where, mend="remove one of them")
        tokens.append(entry)
    return tuple(tokens)


def load_ai_tokens(path: Path | None = None, *, optional: bool = False) -> tuple[str, ...]:
    """The tokens that count, as sites write them; with `optional` also those that train besides other things.

    Raises ListError as `read_ai_tokens`, and where no token is left.
    """
    counting = {Purpose.TRAINING, Purpose.OPTIONAL} if optional else {Purpose.TRAINING}
    tokens = tuple(entry.token for entry in read_ai_tokens(path) if entry.purpose in counting)
    if not tokens:
        raise ListError(
            "the list names no training crawler",
            where=str(path or TOKENS_FILE),
            mend='switch the rule off in the policy instead: [rules.ai_tokens] mode = "off"',
        )
    return tokens


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ListError(
            f"the list cannot be read: {exc.strerror or exc}", where=str(path), mend="install the package again"
        ) from exc
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield number, line
