"""A list's manifest: what it is, whose it is, under which licence, and what its lines mean."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.entry import Kind, Origin
from collector.lists.match import Action, Tier
from collector.model.errors import ListError


class Manifest(BaseModel):
    """`manifest.toml` beside the entries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    title: Annotated[str, Field(min_length=1)]
    category: Annotated[str, Field(pattern=r"^[a-z_.]+$")]
    licence: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]  # who collected the entries, and how
    date: date
    action: Action = Action.DENY
    match: Kind = Kind.SUBTREE  # what a bare host means
    review: str = ""  # who looked at the entries, and what is still to be checked

    def origin(self) -> Origin:
        """What its entries inherit."""
        return Origin(self.id, self.date.isoformat(), Tier.LIST, self.action, self.category, self.match)


def read_manifest(path: Path) -> Manifest:
    """Read and check a manifest. Raises ListError naming the file and every faulty key."""
    try:
        parsed = tomllib.loads(path.read_text(encoding="utf-8"))
        return Manifest.model_validate(parsed)
    except FileNotFoundError as exc:
        raise ListError("no manifest", where=str(path), mend="write one as blocklists/README.md shows") from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ListError(f"the manifest cannot be read: {exc}", where=str(path)) from exc
    except ValidationError as exc:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors(include_url=False))
        raise ListError(faults, where=str(path), mend="see blocklists/README.md for the keys") from exc
