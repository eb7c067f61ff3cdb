"""HTTP header fields as received: ordered, repeatable, names compared without case (RFC 9110 §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Headers:
    """An immutable list of (name, value) pairs. Repeated fields stay repeated."""

    __slots__ = ("_index", "pairs")

    pairs: tuple[tuple[str, str], ...]
    _index: dict[str, tuple[str, ...]]

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = tuple(pairs)
        index: dict[str, list[str]] = {}
        for name, value in self.pairs:
            index.setdefault(name.lower(), []).append(value)
        self._index = {name: tuple(values) for name, values in index.items()}

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of the field, in order."""
        return self._index.get(name.lower(), ())

    def first(self, name: str) -> str | None:
        """The first value, or None."""
        values = self._index.get(name.lower())
        return values[0] if values else None

    def replaced(self, name: str, value: str) -> Headers:
        """The same fields with one value for `name`: in its first place, or at the end where there was none."""
        lower = name.lower()
        kept: list[tuple[str, str]] = []
        for known, old in self.pairs:
            if known.lower() != lower:
                kept.append((known, old))
            elif all(each.lower() != lower for each, _ in kept):
                kept.append((known, value))
        return Headers(kept if lower in self._index else [*kept, (name, value)])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and other.pairs == self.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __repr__(self) -> str:
        return f"Headers({[name for name, _ in self.pairs]!r})"  # values may hold personal data

    def __reduce__(self) -> tuple[type[Headers], tuple[tuple[tuple[str, str], ...]]]:
        return (Headers, (self.pairs,))
