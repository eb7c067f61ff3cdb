"""Coordinates that say where somebody is: in degrees, or as decimal pairs behind a word or in a `geo:` address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span

KIND = "coordinates"

_DEGREES = (
    r"(?:\d{1,3}(?:[.,]\d{1,8})?\s?[°º]\s?(?:\d{1,2}(?:[.,]\d{1,6})?\s?['\u2032\u2019]\s?)?"
    r"(?:\d{1,2}(?:[.,]\d{1,6})?\s?(?:[\"\u2033\u201d]|''|\u2032\u2032)\s?)?)"
)
_SEXAGESIMAL = re.compile(
    rf"(?<![\w.])(?:[NSns]\s?{_DEGREES}[\s,;/]{{0,4}}[EWOewo]\s?{_DEGREES}"
    rf"|{_DEGREES}\s?(?:[NSns]|north|south|nord|süd|sud)\b[\s,;/]{{0,4}}{_DEGREES}\s?(?:[EWOewo]|east|west|ost|est"
    rf"|ouest)\b)",
    re.IGNORECASE,
)
_NUMBER = r"[+-]?\d{1,3}[.]\d{2,14}"
_PAIR = re.compile(
    rf"(?<![\w.,])(?P<lat>{_NUMBER})(?P<n>\s?[NSns]\b)?(?:\s{{0,2}}[,;/]\s{{0,3}}"
    rf"|\s{{1,4}})(?P<lon>{_NUMBER})(?P<e>\s?[EWew]\b)?(?![\d]|[.,]\d|%)"
)
_LABELLED = re.compile(
    rf"\blat(?:itude)?\b[\"']?\s?[:=]?\s{{0,2}}[\"']?(?P<lat>{_NUMBER})[\"']?(?P<between>[\s,;&"
    rf"|/}}{{]{{0,6}}[\"']?(?:l(?:on|ng|ong)(?:itude)?)\b"
    rf"[\"']?\s?[:=]?\s{{0,2}}[\"']?)(?P<lon>{_NUMBER})",
    re.IGNORECASE,
)
_ABOUT_PLACE = re.compile(
    r"(?:\bgeo\b|\bgps\b|\blat\b|latitude|\bcoord|koordinat|coordonn|coordenad|współrzęd|\bposition\b|\blocation\b"
    r"|\blocated\b"
    r"|standort|ubicaci|posizione|\bmaps?\b|\bll=|[?&]q=|@)[^\n]{0,40}\Z",
    re.IGNORECASE,
)


# Behind `latitude` alone: one quantity many times. A third number is a height.
_MANY_BEHIND = re.compile(r"(?:\s?[,;]\s{0,3}[+-]?\d{1,3}\.\d{3,14}){2}")
_MANY_BEFORE = re.compile(r"(?:\d{1,3}\.\d{3,14}\s?[,;]\s{0,3}[+-]?){2}\Z")
# Places in the sky and of atoms are nobody's.
_SKY = re.compile(
    r"\b(?:numpy|array|atoms?|vector|xyz|skycoord|icrs|fk[45]|galactic|query_(?:region|criteria|object)|simbad"
    r"|vizier|ra\s?[,=:/]\s?dec)\b",
    re.IGNORECASE,
)
_AXES = re.compile(r"\D{0,2}(?:0|90|180)\D{1,8}(?:0|90|180)\D{1,4}")  # `0°N, 90°E`: of a formula


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of latitude with longitude; half a pair names no place."""
    for match in _SEXAGESIMAL.finditer(text, start, end):
        if _AXES.fullmatch(match[0]):
            continue
        yield Span(match.start(), match.end(), KIND, "coordinates_degrees", " ".join(match[0].split()))
    for match in _LABELLED.finditer(text, start, end):
        if _is_place(match["lat"], match["lon"]):
            value = f"{float(match['lat'])},{float(match['lon'])}"
            yield Span(match.start("lat"), match.end("lon"), KIND, "coordinates_labelled", value)
    for match in _PAIR.finditer(text, start, end):
        if not _is_place(match["lat"], match["lon"]):
            continue
        lettered = match["n"] and match["e"]
        precise = min(len(match[name].partition(".")[2]) for name in ("lat", "lon")) >= 3
        before = text[max(0, match.start() - 60) : match.start()]
        if lettered or (precise and (about := _ABOUT_PLACE.search(before)) and not _is_no_place(text, match, about)):
            value = f"{float(match['lat'])},{float(match['lon'])}"
            yield Span(match.start(), match.end(), KIND, "coordinates_decimal", value)


def _is_no_place(text: str, match: re.Match[str], about: re.Match[str]) -> bool:
    """Whether the two stand in a longer list of latitudes, or say where something is in the sky."""
    if about[0][:3].lower() == "lat" and (_MANY_BEHIND.match(text, match.end()) or _MANY_BEFORE.search(about.string)):
        return True
    return _SKY.search(about.string) is not None


def _is_place(latitude: str, longitude: str) -> bool:
    return abs(float(latitude)) <= 90 and abs(float(longitude)) <= 180


RECOGNIZER = Recognizer(
    KIND,
    "Latitude with longitude, in degrees or decimal",
    "the signs of degrees with points of the compass; or three decimals behind a word, `lat`/`lon` or `geo:`",
    (
        Trigger(r"\d\s?[\xb0\xba]", 60, 60),
        Trigger(r"\d\.\d{2,14}\s?[NSns]?\s?\s?[,;/]?\s?\s?\s?[+-]?\d{1,3}\.\d\d", 60, 40),
        Trigger(r"(?i)\blat(?:itude)?\b[\x22']?\s?[:=]?\s?\s?[\x22']?[+-]?\d", 30, 90),
    ),
    find,
)
