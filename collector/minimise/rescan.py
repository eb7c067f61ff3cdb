"""The second scan: only what stands around a replacement can have become something that it was not before."""

from __future__ import annotations

from collector.minimise.engine.span import Span
from collector.minimise.names import attributions
from collector.minimise.replacing.plan import OFF
from collector.minimise.replacing.redact import Redactor

AROUND = 400  # characters on each side; no recognizer looks further for its context


def after(text: str, spans: list[Span], written: dict[int, str], redactor: Redactor) -> tuple[str, bool]:
    """`text` with `written` in the place of `spans`, and whether a scan around each finds nothing.

    A hit here may be an artefact of where the window was cut: the caller then scans the whole. What else is new
    in the whole text, and no window shows, is a line that names somebody, and a word that now is a name only.
    """
    parts: list[str] = []
    windows: list[tuple[int, int]] = []
    position = length = 0
    for index, span in enumerate(spans):
        parts.append(text[position : span.start])
        length += span.start - position
        new = written.get(index, "")
        parts.append(new)
        _widen(windows, length - AROUND, length + len(new) + AROUND)
        length += len(new)
        position = span.end
    parts.append(text[position:])
    minimised = "".join(parts)
    if any(redactor.spans(_whole(minimised, *window)) for window in windows):
        return minimised, False
    if redactor.plan.names == OFF or "person" not in redactor.kinds:
        return minimised, True
    return minimised, not redactor.names.settle(minimised) and next(attributions.find(minimised), None) is None


def _widen(windows: list[tuple[int, int]], start: int, end: int) -> None:
    if windows and start <= windows[-1][1]:
        windows[-1] = (windows[-1][0], end)
    else:
        windows.append((max(0, start), end))


def _whole(text: str, start: int, end: int) -> str:
    """The window without the words that its edges cut."""
    while start > 0 and start < end and not text[start - 1].isspace():
        start += 1
    end = min(end, len(text))
    while end < len(text) and end > start and not text[end].isspace():
        end -= 1
    return text[start:end]
