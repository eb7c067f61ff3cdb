"""What the command line adds to a policy, and the text that is kept of both: a kept policy reads back to its digest."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import Field

from collector.policy.tables import Table
from collector.policy.values import Count, HttpUrl

AS_RUN = "as_run"


@dataclass(frozen=True, slots=True)
class Overrides:
    """Given on the command line. Seeds are added to the policy's; limits only ever tighten."""

    seeds: tuple[str, ...] = ()
    max_pages: int | None = None
    max_depth: int | None = None
    max_bytes: int | None = None


class AsRunTable(Table):
    """[as_run], written by the program at the end of a kept policy. Nobody writes it by hand."""

    seeds: tuple[HttpUrl, ...] = ()
    max_pages: Count | None = None
    max_depth: int | None = Field(default=None, ge=0)
    max_bytes: Count | None = None
    assessment_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


def as_run_of(overrides: Overrides | None, assessment_sha256: str | None) -> AsRunTable:
    """The table for these overrides. Raises pydantic.ValidationError for a seed that is no URL."""
    given = overrides or Overrides()
    return AsRunTable(
        seeds=given.seeds,
        max_pages=given.max_pages,
        max_depth=given.max_depth,
        max_bytes=given.max_bytes,
        assessment_sha256=assessment_sha256,
    )


def kept_text(text: str, as_run: AsRunTable) -> str:
    """The policy's own text with [as_run] at its end, or as it is where there is nothing to add."""
    rows = [
        # A JSON string without control characters above 0x7E is a TOML basic string.
        f"{key} = {json.dumps(value)}"
        for key, value in as_run.model_dump(mode="json", exclude_defaults=True).items()
    ]
    if not rows:
        return text
    note = "# Written by the program: what the command line added, and what the policy rests on."
    return "\n".join([text.rstrip("\n"), "", note, f"[{AS_RUN}]", *rows, ""])
