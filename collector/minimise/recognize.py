"""Every recognizer over one text, and which of overlapping spans stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collector.minimise.context import Context
from collector.minimise.recognizers import card, email, iban, ip, phone
from collector.minimise.span import Span, resolve
from collector.minimise.view import view_of

Find = Callable[[str, Context], Iterator[Span]]

RECOGNIZERS: tuple[tuple[str, Find], ...] = (
    (email.KIND, email.find),
    (iban.KIND, iban.find),
    (ip.KIND, ip.find),
    (phone.KIND, phone.find),
    (card.KIND, card.find),
)
_NUMBERS = frozenset((iban.KIND, ip.KIND, phone.KIND, card.KIND))


def recognize(
    text: str, context: Context, kinds: frozenset[str], *, also: Find | None = None, keep_roles: bool = False
) -> list[Span]:
    """The spans of `kinds` in `text`, sorted, without overlaps; time linear in the text.

    `also` is a further recognizer that only this document has (its persons' names). `keep_roles` leaves
    addresses of functions (`press@…`) alone.
    """
    view = view_of(text)
    has_digits = any(character in view.text for character in "0123456789")
    found: list[Span] = []
    for kind, find in RECOGNIZERS:
        if kind in kinds and (has_digits or kind not in _NUMBERS):
            found.extend(find(view.text, context))
    if keep_roles:
        found = [span for span in found if span.kind != email.KIND or not email.is_role(span.value)]
    if also is not None:
        found.extend(also(view.text, context))
    if not found:
        return found
    settled = resolve(found)
    if not view.starts:
        return settled
    return [
        Span(view.original(span.start), view.original(span.end, end=True), span.kind, span.rule, span.value)
        for span in settled
    ]
