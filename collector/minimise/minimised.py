"""What minimising a document gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.minimise.engine.span import Span
from collector.minimise.replacing.location import Location
from collector.model.page import Redaction


@dataclass(frozen=True, slots=True)
class MinimisedDocument:
    """`body` in `charset` may be kept, unless `withhold`: then something was left and nothing may be.

    `visible` is the visible text after minimising; `spans` are offsets into the visible text before it.
    """

    body: bytes = field(repr=False)
    charset: str
    redaction: Redaction
    title: str | None = field(default=None, repr=False)
    visible: str = field(default="", repr=False)
    spans: tuple[Span, ...] = ()
    locations: tuple[Location, ...] = ()
    withhold: bool = False
    media_type: str | None = None  # of `body`, where it is not the document's own
