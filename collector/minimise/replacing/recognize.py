"""Every recognizer over one text, and which of overlapping spans stands."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from collector.minimise.engine.context import Context
from collector.minimise.engine.prefilter import Prefilter, prefilter_of
from collector.minimise.engine.recognizer import Recognizer
from collector.minimise.engine.span import Span, resolve
from collector.minimise.engine.view import view_of
from collector.minimise.recognizers import (
    address,
    address_american,
    address_coded,
    address_scripts,
    address_stated,
    bank_account,
    birth_date,
    card,
    coordinates,
    credential,
    email,
    handle,
    iban,
    identity_document,
    ip,
    mac,
    national_id,
    phone,
    plate,
    secret,
    wallet,
)

Also = Callable[[str, Context], Iterator[Span]]

RECOGNIZERS: tuple[Recognizer, ...] = (
    credential.RECOGNIZER,
    secret.RECOGNIZER,
    email.RECOGNIZER,
    iban.RECOGNIZER,
    ip.RECOGNIZER,
    mac.RECOGNIZER,
    wallet.RECOGNIZER,
    national_id.RECOGNIZER,
    identity_document.PASSPORT_RECOGNIZER,
    identity_document.LICENCE_RECOGNIZER,
    bank_account.RECOGNIZER,
    phone.RECOGNIZER,
    card.RECOGNIZER,
    birth_date.RECOGNIZER,
    coordinates.RECOGNIZER,
    *address.RECOGNIZERS,
    *address_stated.RECOGNIZERS,
    address_coded.RECOGNIZER,
    address_american.RECOGNIZER,
    address_scripts.RECOGNIZER,
    plate.RECOGNIZER,
    handle.RECOGNIZER,
)
RESIDUAL = frozenset(("email", "iban"))  # what is looked for once more, in the serialised page
_FEW = frozenset((RESIDUAL,))  # sets of kinds that have a prefilter of their own
_SHORTEST = 5  # characters: `a@b.c`, a short telephone number behind its word


def recognize(text: str, context: Context, kinds: frozenset[str], *, also: Also | None = None) -> list[Span]:
    """The spans of `kinds` in `text`, sorted, without overlaps; time linear in the text.

    `also` is a further recognizer that only this document has (its persons' names).
    """
    view = view_of(text)
    found: list[Span] = []
    if len(view.text) >= _SHORTEST:
        few = kinds in _FEW
        recognizers = _recognizers(kinds) if few else RECOGNIZERS
        prefilter = _prefilter_of(kinds) if few else _prefilter()
        for recognizer, windows in zip(recognizers, prefilter.windows(view.text), strict=True):
            if windows and recognizer.kind in kinds:
                for start, end in windows:
                    found.extend(recognizer.find(view.text, context, start, end))
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


def silent(texts: Iterable[str]) -> set[str]:
    """Those of many short texts in which `recognize` finds nothing, told in one pass; who is not told of may be so too.

    No trigger ends in them or at the line break behind them, and no pattern begins otherwise at the start of a text
    than behind a line break.
    """
    plain = [text for text in dict.fromkeys(texts) if text.isascii() and "&" not in text]  # each its own view
    ends = _prefilter().ends("\n".join([*plain, ""])) if plain else None
    if ends is None:
        return set()
    starts = list(accumulate((len(text) + 1 for text in plain), initial=0))
    spoken = {plain[bisect.bisect_right(starts, end - 1) - 1] for end in ends}
    return set(plain) - spoken


@functools.cache
def _recognizers(kinds: frozenset[str]) -> tuple[Recognizer, ...]:
    return tuple(recognizer for recognizer in RECOGNIZERS if recognizer.kind in kinds)


@functools.cache
def _prefilter_of(kinds: frozenset[str]) -> Prefilter:
    return prefilter_of(_recognizers(kinds))


@functools.cache
def _prefilter() -> Prefilter:
    """Compiled by the first text of the process."""
    return prefilter_of(RECOGNIZERS)
