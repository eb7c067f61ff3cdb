"""What may stand as a value in a policy file: durations, URLs, networks, ports, counts: each says what it wants."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.json_schema import WithJsonSchema

from collector.model.errors import UrlError
from collector.model.url import parse_url
from collector.policy.duration import PATTERN, parse_duration
from collector.policy.glob import parse_glob


def _url(text: str) -> str:
    try:
        parse_url(text)
    except UrlError as exc:
        raise ValueError(f"{text[:80]!r} is no http or https URL: write https://host/path") from exc
    return text


def _glob(text: str) -> str:
    parse_glob(text)
    return text


def _cidr(text: str) -> str:
    try:
        ip_network(text, strict=False)
    except ValueError as exc:
        raise ValueError(f"{text!r} is no network: write 127.0.0.0/8 or ::1/128") from exc
    return text


def _domain(text: str) -> str:
    try:
        host = parse_url(f"http://{text}/").host
    except UrlError as exc:
        raise ValueError(f"{text!r} is no host name: write example.org") from exc
    if any(mark in text for mark in "/*@:?# ") and not text.startswith("["):
        raise ValueError(f"{text!r} is more than a host name: write {host}; it covers every host below")
    return host


_LAST_PORT = 65_535


def _port_range(text: str) -> str:
    low, _, high = text.partition("-")
    first, last = int(low), int(high or low)
    if not 1 <= first <= last <= _LAST_PORT:
        raise ValueError(f"{text!r} is no port or range of ports: write 8080 or 8000-8999")
    return text


def _listen(text: str) -> str:
    host, _, port = text.rpartition(":")
    try:
        ip_address(host.strip("[]"))
        _port_range(port)
    except ValueError as exc:
        raise ValueError(f"{text!r} is no address and port of this machine: write 127.0.0.1:9400") from exc
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("it is left blank")
    if text.strip().startswith("<") and text.strip().endswith(">"):
        raise ValueError(f"the blank {text.strip()} is not filled in")
    return text.strip()


def _not_at_once(length: timedelta) -> timedelta:
    if length < timedelta(seconds=1):
        raise ValueError("what is due again at once is never done: write 1s or more")
    return length


def _to_duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


_DurationSchema = {"type": "string", "pattern": PATTERN, "examples": ["12h", "180d", "2y"]}
Duration = Annotated[timedelta, BeforeValidator(_to_duration), WithJsonSchema(_DurationSchema)]
Interval = Annotated[Duration, AfterValidator(_not_at_once)]
Said = Annotated[str, Field(min_length=1, max_length=5_000), AfterValidator(_said)]
HttpUrl = Annotated[Said, AfterValidator(_url)]
Glob = Annotated[str, AfterValidator(_glob)]
Cidr = Annotated[str, AfterValidator(_cidr)]
Domain = Annotated[str, AfterValidator(_domain)]
Listen = Annotated[str, AfterValidator(_listen)]
Ports = Annotated[str, Field(pattern=r"^[0-9]{1,5}(-[0-9]{1,5})?$"), AfterValidator(_port_range)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
