"""Pages with the same content as the page that led to them: the sign of a site that has no end. Links stop there."""

from __future__ import annotations

from collections import OrderedDict

from collector.crawler.network.ticket import Ticket
from collector.minimise.structure.url import scrub
from collector.model.digest import Digest
from collector.model.page import Minimised

REMEMBERED = 10_000  # pages: a link is followed soon after its page, or much later and then once


class Echoes:
    """What the last pages of this worker contained. A relative link on a page that repeats itself leads ever deeper."""

    def __init__(self) -> None:
        self._contents: OrderedDict[str, Digest] = OrderedDict()  # by scrubbed URL, as `via` names it

    def repeats(self, ticket: Ticket, page: Minimised) -> bool:
        """Remember the page; True when it is what its referrer is, byte for byte as kept, and was not seeded itself."""
        if not page.body:
            return False
        candidate, digest = ticket.candidate, page.payload_digest
        self._contents[scrub(candidate.url.href)] = digest
        if len(self._contents) > REMEMBERED:
            self._contents.popitem(last=False)
        return candidate.via is not None and self._contents.get(candidate.via) == digest
