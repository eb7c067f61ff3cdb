"""What of a package's authors is left after minimising its pages, and how much of the text went with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.documentation.gold import Gold, addresses
from benchmarks.documentation.pages import Page
from collector.document.html import HtmlDocument, tree_of
from collector.document.text import visible_text
from collector.minimise.document import minimise_document
from collector.minimise.engine.span import Span
from collector.minimise.replacing.plan import STRICT
from collector.minimise.text import minimise_text
from collector.model.url import parse_url


@dataclass(frozen=True, slots=True)
class Outcome:
    """One page before and after: `text` is what a reader sees, `source` what lies in the file."""

    text: str
    source: str
    text_after: str
    source_after: str
    spans: tuple[Span, ...]
    withheld: bool


@dataclass(slots=True)
class Tally:
    """Sums over pages; names and addresses are counted once a page."""

    pages: int = 0
    withheld: int = 0
    names: int = 0
    names_left: int = 0
    authors: int = 0  # addresses of the gold that a reader saw
    authors_left: int = 0
    visible: int = 0  # addresses of any kind, by a plain pattern
    visible_left: int = 0
    source: int = 0
    source_left: int = 0
    characters: int = 0
    masked_person: int = 0
    masked_other: int = 0
    left: list[str] = field(default_factory=list)

    def add(self, page: Page, gold: Gold) -> None:
        """Minimise `page` and look for its authors and for addresses in what is left of it."""
        outcome = minimised(page)
        self.pages += 1
        self.characters += len(outcome.text)
        names = [name for name in gold.names if holds(outcome.text, name)]
        seen, written = addresses(outcome.text), addresses(outcome.source)
        self.names += len(names)
        self.authors += len(seen & gold.addresses)
        self.visible += len(seen)
        self.source += len(written)
        if outcome.withheld:
            self.withheld += 1
            return
        names_left = [name for name in names if holds(outcome.text_after, name)]
        seen_left = seen & addresses(outcome.text_after)
        written_left = written & addresses(outcome.source_after)
        self.names_left += len(names_left)
        self.authors_left += len(seen_left & gold.addresses)
        self.visible_left += len(seen_left)
        self.source_left += len(written_left)
        person = sum(span.end - span.start for span in outcome.spans if span.kind == "person")
        self.masked_person += person
        self.masked_other += sum(span.end - span.start for span in outcome.spans) - person
        where = f"{page.package}/{page.where}"
        self.left += [f"{where}: {value}" for value in (*names_left, *sorted(seen_left | written_left))]

    def line(self, name: str) -> str:
        """One row of the report."""
        characters = max(self.characters, 1)
        return (
            f"{name:12}{self.pages:6} pages ({self.withheld} withheld); names {_share(self.names_left, self.names)};"
            f" authors' addresses {_share(self.authors_left, self.authors)};"
            f" all addresses, visible {_share(self.visible_left, self.visible)},"
            f" source {_share(self.source_left, self.source)};"
            f" masked {self.masked_person / characters:.3%} names, {self.masked_other / characters:.3%} other kinds"
            f" of {characters / 1e6:.2f} M characters"
        )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(whole, 1):.2%})"


def minimised(page: Page) -> Outcome:
    """`page` through the minimiser of the strict profile, as it would come from a host of the package's name."""
    url = parse_url(f"https://{page.package.replace('/', '.').lower()}.example/")
    if not page.html:
        result = minimise_text(page.text, STRICT, url=url, lang="en")
        return Outcome(page.text, page.text, result.text, result.text, result.spans, result.withhold)
    document = HtmlDocument("text/html", "utf-8", tree_of(page.text))
    before = visible_text(document.root).text
    kept = minimise_document(document, url, STRICT, lang=None)
    return Outcome(before, page.text, kept.visible, kept.body.decode(), kept.spans, kept.withhold)


def holds(text: str, name: str) -> bool:
    """Whether the whole name stands in `text`, in any case of letters and with any white space."""
    pattern = r"\s+".join(map(re.escape, name.split()))
    return re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) is not None


def tallied(pages: Iterable[Page], gold: Gold, tallies: dict[str, Tally]) -> None:
    """Add each page to the tally of its source and form."""
    for page in pages:
        name = f"{page.package.partition('/')[0]} {'HTML' if page.html else 'text'}"
        tallies.setdefault(name, Tally()).add(page, gold)
