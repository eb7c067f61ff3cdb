"""Minimises running text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.minimise.engine.context import context_of
from collector.minimise.engine.span import Span, resolve
from collector.minimise.names import attributions, person_dates
from collector.minimise.names.author_field import normal
from collector.minimise.replacing.plan import ALL, OFF, Plan
from collector.minimise.replacing.redact import LOOKALIKE, ROUNDS, Redactor, merged
from collector.model.url import Url


@dataclass(frozen=True, slots=True)
class MinimisedText:
    """`spans` are offsets into the text as it was given. `withhold`: some of it could not be taken out."""

    text: str = field(repr=False)
    spans: tuple[Span, ...]
    counts: Mapping[str, int]
    withhold: bool = False
    models: tuple[str, ...] = ()


def minimise_text(text: str, plan: Plan, *, url: Url | None, lang: str | None) -> MinimisedText:
    """`text` with placeholders. A second scan of the result finds nothing; minimising it again changes nothing.

    A placeholder that stood in the source is escaped where the result holds placeholders of ours; where it
    holds none, nothing can be taken for one, and the text stays as it is.
    """
    if plan.off:
        return MinimisedText(text, (), {})
    redactor = Redactor(plan, context_of(url, lang)).of(url)
    modelled = redactor.by_models(text)
    spans = named_spans(text, redactor)
    if modelled:
        spans = with_dates(text, resolve([*spans, *modelled]), redactor)
    if not spans:
        return MinimisedText(text, (), {}, withhold=redactor.withhold, models=redactor.models)
    redactor.escaping = LOOKALIKE.search(text) is not None
    minimised = redactor.apply(text, spans)
    minimised, clean = settle(minimised, redactor)
    withhold = not clean or redactor.withhold
    return MinimisedText(minimised, tuple(spans), merged(redactor.counts), withhold, redactor.models)


def named_spans(text: str, redactor: Redactor) -> list[Span]:
    """What is to be taken out of `text`, with the names that its own short lines give as somebody's."""
    redactor.names.everywhere = redactor.plan.names == ALL
    found = list(attributions.find(text)) if redactor.plan.names != OFF and "person" in redactor.kinds else []
    redactor.names.take(found)
    redactor.names.settle(text)
    spans = redactor.spans(text)
    if found:
        spans = resolve([*spans, *(Span(f.start, f.end, "person", "person_byline", normal(f.name)) for f in found)])
    return with_dates(text, spans, redactor)


def with_dates(text: str, spans: list[Span], redactor: Redactor) -> list[Span]:
    """`spans` and the exact dates beside persons, where a policy asks for them."""
    if person_dates.KIND not in redactor.kinds:
        return spans
    return resolve([*spans, *person_dates.find(text, spans)])


def settle(minimised: str, redactor: Redactor) -> tuple[str, bool]:
    """Scan and redact until a scan finds nothing; False where that does not come to an end."""
    redactor.escaping = False
    for _ in range(ROUNDS):
        spans = named_spans(minimised, redactor)
        if not spans:
            return minimised, True
        minimised = redactor.apply(minimised, spans)
    return minimised, not named_spans(minimised, redactor)
