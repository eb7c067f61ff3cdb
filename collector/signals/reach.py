"""What the answers to a request for a site file amount to: available, unavailable or unreachable, and for how long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from collector.model.headers import Headers
from collector.signals.dates import read_date
from collector.signals.site_file import Reach, SiteFile

MAX_REDIRECTS = 5  # RFC 9309 §2.3.1.2: at least five are followed
MAX_LIFETIME = timedelta(hours=24)  # RFC 9309 §2.4
MIN_LIFETIME = timedelta(hours=1)

NO_HEADERS = Headers()

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,10})", re.IGNORECASE)
_NOT_REUSED = re.compile(r"(?:^|[,\s])(?:no-cache|no-store)(?:$|[,\s=])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP exchange, or its failure, of the chain of redirects that a site file was asked through."""

    url: str
    status: int | None = None  # None: no answer, `error` says why
    headers: Headers = NO_HEADERS
    body: bytes = b""
    error: str = ""  # timeout | dns | tls | reset | truncated | coding | address


def interpret(
    answers: Sequence[Answer], *, fetched_at: datetime | None = None, record_id: str | None = None
) -> SiteFile:
    """RFC 9309 §2.3.1 over one attempt: the first request and every redirect followed, in order.

    2xx is available, 4xx unavailable; 429, 5xx, every failure of the network and whatever else is
    unreachable, and so are a body that broke off, more than five redirects and one that leads nowhere.
    The file stays that of the authority first asked, wherever the redirects led (§2.3.1.2).
    """
    if not answers:
        return SiteFile(url="", reach=Reach.UNREACHABLE, error="timeout", fetched_at=fetched_at)
    last = answers[-1]
    reach, error = _reach(last, len(answers) - 1)
    return SiteFile(
        url=answers[0].url,
        reach=reach,
        status=last.status,
        body=last.body if reach is Reach.AVAILABLE else b"",
        error=error,
        media_type=(last.headers.first("content-type") or "").partition(";")[0].strip().lower(),
        redirects=tuple(answer.url for answer in answers[1:]),
        fetched_at=fetched_at,
        valid_until=(
            robots_lifetime(last.headers, fetched_at)
            if fetched_at is not None and reach is not Reach.UNREACHABLE
            else None
        ),
        record_id=record_id,
    )


def settle(attempts: Sequence[SiteFile]) -> SiteFile:
    """Of several attempts, one after the other: the first that reached the file, else the last.

    Raises ValueError when there is none.
    """
    if not attempts:
        raise ValueError("no attempt was made: that is no answer")
    return next((attempt for attempt in attempts if attempt.reach is not Reach.UNREACHABLE), attempts[-1])


def robots_lifetime(headers: Headers, fetched_at: datetime) -> datetime:
    """Until when the copy may be used: `max-age` (else `Expires`), at least an hour, at most 24 (RFC 9309 §2.4)."""
    return fetched_at + min(max(_stated(headers, fetched_at), MIN_LIFETIME), MAX_LIFETIME)


def _stated(headers: Headers, fetched_at: datetime) -> timedelta:
    control = ", ".join(headers.all("cache-control"))[:4_096]
    if _NOT_REUSED.search(control):
        return MIN_LIFETIME
    ages = [int(age) for age in _MAX_AGE.findall(control)]
    if ages:
        return timedelta(seconds=min(*ages, MAX_LIFETIME.total_seconds()))
    expires = headers.first("expires")
    if expires is None:
        return MAX_LIFETIME
    moment = read_date(expires)
    if moment is None:
        return MIN_LIFETIME  # RFC 9111 §5.3: an invalid date, especially 0, is in the past
    return moment - fetched_at


def _reach(last: Answer, redirects: int) -> tuple[Reach, str]:
    status = last.status
    if redirects > MAX_REDIRECTS:
        return Reach.UNREACHABLE, "redirects"
    if last.error:
        return Reach.UNREACHABLE, last.error
    if status is None:
        return Reach.UNREACHABLE, "timeout"
    if status == HTTPStatus.PARTIAL_CONTENT:  # never asked for: a part may lack the rule that forbids
        return Reach.UNREACHABLE, "truncated"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Reach.UNREACHABLE, ""
    match status // 100:
        case 2:
            return Reach.AVAILABLE, ""
        case 3:  # a redirect without a usable target
            return Reach.UNREACHABLE, "redirects"
        case 4:
            return Reach.UNAVAILABLE, ""
        case _:
            return Reach.UNREACHABLE, ""
