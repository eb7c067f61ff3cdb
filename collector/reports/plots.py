"""The geometry of a report's plots: numbers in, rectangles and marks out; the template draws them as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.ledger.timeline import Timeline
from collector.model.event import Outcome

WIDTH, HEIGHT = 720.0, 200.0  # of the plotted area, in units of the viewBox
KINDS: Mapping[Outcome, str] = {
    Outcome.ARCHIVED: "kept",
    Outcome.DUPLICATE: "kept",
    Outcome.REFUSED: "refused",
    Outcome.WITHHELD: "withheld",
    Outcome.DEFERRED: "unfinished",
    Outcome.FAILED: "unfinished",
}
ORDER = ("kept", "refused", "withheld", "unfinished")  # from the bottom


@dataclass(frozen=True, slots=True)
class Rectangle:
    """One part of one bar; `says` is read out and shown on pointing."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A number on an axis, at `at` from its origin."""

    at: float
    says: str


@dataclass(frozen=True, slots=True)
class Stacked:
    """Bars over time, each of parts that stand on each other."""

    rectangles: tuple[Rectangle, ...]
    heights: tuple[Mark, ...]
    times: tuple[Mark, ...]
    step: str


def over_time(line: Timeline, begin: datetime, end: datetime) -> Stacked:
    """Candidates closed per step, by kind of end. Empty where nothing was closed."""
    bars: dict[datetime, dict[str, int]] = {}
    for span in line.spans:
        kinds = bars.setdefault(span.begins, {})
        kind = KINDS[span.outcome]
        kinds[kind] = kinds.get(kind, 0) + span.events
    if not bars:
        return Stacked((), (), (), _step(line.step))
    first = min(*bars, begin)
    steps = max((max(*bars, end) - first) / line.step, 0.0) + 1.0
    ticks = rounded(max(sum(kinds.values()) for kinds in bars.values()))
    top, wide = ticks[-1], WIDTH / steps
    rectangles = []
    for at, kinds in bars.items():
        x, base = (at - first) / line.step * wide, HEIGHT
        for kind in ORDER:
            number = kinds.get(kind, 0)
            if number:
                height = HEIGHT * number / top
                base -= height
                said = f"{at:%Y-%m-%d %H:%M:%S}: {number:,} {kind}"
                rectangles.append(Rectangle(x, base, max(wide * 0.9, 0.4), height, kind, said))
    heights = tuple(Mark(HEIGHT * (1 - tick / top), f"{tick:,}") for tick in ticks)
    times = tuple(
        Mark(WIDTH * part, f"{first + line.step * steps * part:{_clock(line.step)}}") for part in (0.0, 0.5, 1.0)
    )
    return Stacked(tuple(rectangles), heights, times, _step(line.step))


def rounded(most: int) -> tuple[int, ...]:
    """0 and up to five further marks of 1, 2 or 5 times a power of ten, the last of them at least `most` (≥ 1)."""
    rough = max(most, 1) / 4
    power = 10 ** max(math.floor(math.log10(rough)), 0) if rough >= 1 else 1
    size = next(int(power * factor) for factor in (1, 2, 5, 10) if power * factor >= rough)
    return tuple(range(0, (math.ceil(most / size) + 1) * size, size)) if most else (0, 1)


def shares(numbers: Sequence[int]) -> list[float]:
    """Each number as a part of the greatest one, 0 to 1."""
    most = max(numbers, default=0)
    return [number / most if most else 0.0 for number in numbers]


def _step(step: timedelta) -> str:
    names = {1: "second", 10: "ten seconds", 60: "minute", 600: "ten minutes", 3_600: "hour", 86_400: "day"}
    return names[int(step.total_seconds())]


def _clock(step: timedelta) -> str:
    return "%H:%M:%S" if step < timedelta(minutes=1) else "%d %b %H:%M" if step < timedelta(days=1) else "%d %b %Y"
