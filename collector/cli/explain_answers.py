"""Site files as `explain` is given them: a text, a status, an error, a chain of redirects, or one per attempt."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from collector.model.errors import InputError, UrlError
from collector.model.url import Url, parse_url
from collector.signals.reach import Answer, interpret, settle
from collector.signals.site_file import SiteFile

Refused = Callable[[Url], bool]


def robots_file(url: Url, given: Any, now: datetime, refused: Refused) -> SiteFile:
    """The answer for /robots.txt. Absent means 404; of several attempts the first that was reachable counts."""
    address = f"{url.origin}/robots.txt"
    if given is None:
        return interpret([Answer(address, 404)], fetched_at=now)
    if isinstance(given, list):
        if not given:
            raise InputError("`robots` is an empty list: one answer per attempt")
        return settle([_file(address, attempt, now, refused) for attempt in given])
    return _file(address, given, now, refused)


def site_file(url: Url, name: str, given: Any, now: datetime) -> SiteFile:
    """The answer for another file, named by its path or its absolute URL."""
    try:
        address = parse_url(name, url).href
    except UrlError as exc:
        raise InputError(f"`site_files` names no URL: {name!r}") from exc
    return _file(address, given, now, lambda _: False)


def _file(address: str, given: Any, now: datetime, refused: Refused) -> SiteFile:
    if isinstance(given, str):
        return interpret([Answer(address, 200, body=given.encode("utf-8", "surrogatepass"))], fetched_at=now)
    if not isinstance(given, dict):
        raise InputError("a site file is a text, or an object with `status`, `body_base64`, `error`, `redirects`")
    return interpret(_chain(address, given, refused), fetched_at=now)


def _chain(address: str, given: Mapping[str, Any], refused: Refused) -> list[Answer]:
    """The first answer and one per redirect followed.

    A chain may be given from either end: a 3xx with the answers that followed, or the final answer with the
    redirects that led to it.
    """
    redirects = given.get("redirects") or []
    if not isinstance(redirects, list) or not all(isinstance(hop, dict) for hop in redirects):
        raise InputError("`redirects` is a list of objects with `url`, `status`, `body_base64`")
    if not redirects or given.get("error"):
        return [_answer(address, given)]
    final = given
    if 300 <= _status(given) < 400 or not 300 <= _status(redirects[-1]) < 400:
        final = redirects[-1]
    answers = [Answer(address, 301)]
    for hop in redirects:
        href = str(hop.get("url", ""))
        try:
            target = parse_url(href)
        except UrlError:
            return [*answers, Answer(href, error="redirects")]
        if refused(target):
            return [*answers, Answer(href, error="address")]
        answers.append(Answer(href, 301))
    answers[-1] = _answer(answers[-1].url, final)
    return answers


def _answer(url: str, given: Mapping[str, Any]) -> Answer:
    if given.get("error"):
        return Answer(url, error=str(given["error"])[:40])
    return Answer(url, _status(given), body=_body(given))


def _status(answer: Mapping[str, Any]) -> int:
    value = answer.get("status", 200)
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 999:
        raise InputError(f"`status` is no HTTP status: {value!r}")
    return value


def _body(answer: Mapping[str, Any]) -> bytes:
    if isinstance(answer.get("body"), str):
        return str(answer["body"]).encode("utf-8", "surrogatepass")
    value = answer.get("body_base64") or ""
    if not isinstance(value, str):
        raise InputError("`body_base64` is a text")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise InputError(f"`body_base64` is not base64: {exc}") from exc
