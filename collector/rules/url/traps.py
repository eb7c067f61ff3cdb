"""Signs in a URL that a site has no end: repeating paths, calendars, session identifiers. Linear time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from collector.model.url import Url

_LONGEST_RUN = 8  # segments that repeat together

# Words by which sites of several languages name their calendars.
_CALENDAR = frozenset(
    [
        "agenda",
        "agendas",
        "cal",
        "calendar",
        "calendario",
        "calendars",
        "calendrier",
        "event",
        "events",
        "evenement",
        "evenements",
        "evento",
        "eventos",
        "kalender",
        "kalendarz",
        "schedule",
        "termine",
        "veranstaltungen",
    ]
)
_CALENDAR_PARAMETERS = frozenset(
    ["cal", "calendar", "date", "day", "jahr", "kalender", "mois", "monat", "month", "year"]
)
_YEAR = re.compile(r"(?<![0-9])([12][0-9]{3})(?:[-_./]?(?:0[1-9]|1[0-2])(?:[-_./]?[0-3][0-9])?)?(?![0-9])")

_SESSION_PARAMETERS = frozenset(
    [
        "aspsessionid",
        "cfid",
        "cftoken",
        "jsessionid",
        "phpsessid",
        "session_id",
        "sessionid",
        "sessid",
        "zenid",
        "oscsid",
        "osc_sid",
    ]
)
_SESSION_VALUE = re.compile(r"^[0-9A-Za-z_,-]{20,}$")  # `sid=`, `s=`: only with a value that nobody chose
_COOKIELESS = re.compile(r"/\((?:[A-Z]\([0-9a-z]{20,40}\))+\)/")  # ASP.NET


def query_names(query: str) -> list[str]:
    """Names of the query's parameters in lower case, repeats included."""
    return [pair.partition("=")[0].lower() for pair in query.split("&") if pair] if query else []


def repeated_run(segments: Sequence[str]) -> int:
    """How many times in a row the most repeated run of one to eight segments stands: `/a/b/a/b/a/b` gives 3."""
    most = 1 if segments else 0
    for period in range(1, min(_LONGEST_RUN, len(segments) // 2) + 1):
        same = 0
        for index in range(period, len(segments)):
            same = same + 1 if segments[index] == segments[index - period] else 0
            most = max(most, same // period + 1)
    return most


def repeated_parameter(query: str) -> int:
    """How often the same parameter stands in the query with the same value: what a link that adds itself leaves."""
    seen: dict[str, int] = {}
    for pair in query.split("&"):
        if pair:
            seen[pair] = seen.get(pair, 0) + 1
    return max(seen.values(), default=0)


def session_id(url: Url) -> str:
    """The name of the session identifier that the URL carries, or an empty text."""
    head, separator, _ = url.path.lower().partition(";jsessionid=")
    if separator and head:
        return "jsessionid"
    if "/(" in url.path and _COOKIELESS.search(url.path):
        return "ASP.NET session"
    for pair in url.query.split("&"):
        name, _, value = pair.partition("=")
        name = name.lower()
        if name in _SESSION_PARAMETERS or name.startswith("aspsessionid"):
            return name[:40]
        if name in {"sid", "s"} and _SESSION_VALUE.match(value) and any(c.isdigit() for c in value):
            return name
    return ""


def calendar_trap(url: Url, segments: Sequence[str], depth: int, *, years: tuple[int, int], max_depth: int) -> str:
    """Why the URL looks like a page of a calendar without end, or an empty text.

    Only pages that name themselves a calendar, by a segment or a parameter, and carry a date: a newspaper's
    archive of 1850 is no trap.
    """
    named = any(_CALENDAR & set(re.split(r"[-_.]", segment.lower())) for segment in segments)
    parameters = set(query_names(url.query))
    if not named and not (parameters & _CALENDAR_PARAMETERS):
        return ""
    found = [int(match[1]) for match in _YEAR.finditer(url.target)]
    if not found:
        return ""
    outside = next((year for year in found if not years[0] <= year <= years[1]), None)
    if outside is not None:
        return f"a calendar page of the year {outside}: calendars have no end"
    if depth > max_depth:
        return f"a dated calendar page {depth} links from a seed: calendars have no end"
    return ""
