"""Between Scrapy's objects and our values: the one place that reads a Request or a Response."""

from __future__ import annotations

import re
from datetime import datetime

from scrapy import Request
from scrapy.http import Response

from collector.crawler.network.arrived import Arrived
from collector.model.decision import Decision
from collector.model.headers import Headers
from collector.model.page import Admitted, Capture, RequestForm

TOO_LARGE = "collector_too_large"  # flag of a response whose body was cut off at the size limit
UNDECODED = "collector_undecoded"  # flag of a response whose Content-Encoding could not be undone

# What a request may ask for that would get round a gate. The value is what the finding calls it.
BYPASSES = {"dont_obey_robotstxt": "dont_obey_robotstxt", "dont_filter": "dont_filter"}
FOREIGN_META = {
    "proxy": "a proxy",
    "_auth_proxy": "a proxy",
    "cookiejar": "cookies",
    "dont_merge_cookies": "cookies",
    "bindaddress": "an outgoing address of its own",
    "splash": "a foreign download handler (splash)",
    "playwright": "a foreign download handler (playwright)",
    "selenium": "a foreign download handler (selenium)",
    "zyte_api": "a foreign download handler (zyte_api)",
    "zyte_api_automap": "a foreign download handler (zyte_api)",
    "crawlera": "a foreign download handler (crawlera)",
    "impersonate": "a foreign download handler (impersonate)",
    "pyppeteer": "a foreign download handler (pyppeteer)",
    "cloudflare": "a foreign download handler (cloudflare)",
    "download_handler": "a foreign download handler",
}
FOREIGN_PREFIXES = ("playwright_", "splash_", "zyte_", "selenium_", "pyppeteer_")
CREDENTIAL_HEADERS = {
    b"Authorization": "credentials",
    b"Cookie": "cookies",
    b"Proxy-Authorization": "a proxy",
    b"X-Api-Key": "credentials",
    b"X-Auth-Token": "credentials",
    b"X-Csrf-Token": "credentials",
    b"Host": "a Host field of its own",
}
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.1"
# What a spider may say in its own words; every other field of a request is ours (download_handler).
FREE_HEADERS = (b"Accept", b"Accept-Language")
# Limits that the policy sets, not the request: taken away without a word.
LIMIT_META = (
    "download_slot",
    "download_maxsize",
    "download_warnsize",
    "download_timeout",
    "download_fail_on_dataloss",
    "handle_httpstatus_all",
    "handle_httpstatus_list",
    "max_retry_times",
    "dont_retry",
    "dont_redirect",
    "dont_cache",
)


def headers_of(response: Response) -> Headers:
    """Every header field with every value (Scrapy's own indexing returns the last one only)."""
    return Headers(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in (values if isinstance(values, list) else [values])
        if value is not None
    )


def form_of(request: Request) -> RequestForm:
    """How the request departs from a plain GET: names of the departures, never their values."""
    departures = set()
    for key, value in request.meta.items():
        if value in (None, False):
            continue
        if key in FOREIGN_META:
            departures.add(FOREIGN_META[key])
        elif isinstance(key, str) and key.startswith(FOREIGN_PREFIXES):
            departures.add(f"a foreign download handler ({key.partition('_')[0]})")
    if request.cookies:
        departures.add("cookies")
    for name, what in CREDENTIAL_HEADERS.items():
        if name in request.headers:
            departures.add(what)
    if request.body:
        departures.add("a request body")
    return RequestForm(request.method, tuple(sorted(departures)))


def bypasses_of(form: RequestForm) -> tuple[str, ...]:
    """What of a request's form is refused, in one word each, for the statistics."""
    method = () if form.method == "GET" else (f"method {form.method[:20]}",)
    return (*method, *form.departures)


def strip_bypasses(request: Request) -> tuple[Request, tuple[str, ...]]:
    """The request without `dont_obey_robotstxt` and `dont_filter`, and which of them it carried."""
    found = [name for key, name in BYPASSES.items() if request.meta.get(key)]
    if request.dont_filter:
        found.append("dont_filter")
    meta = {key: value for key, value in request.meta.items() if key not in BYPASSES and key not in LIMIT_META}
    if not found and len(meta) == len(request.meta):
        return request, ()
    return request.replace(dont_filter=False, meta=meta), tuple(sorted(set(found)))


def capture_of(
    admitted: Admitted,
    decisions: tuple[Decision, ...],
    response: Arrived,
    headers: Headers,
    fetched_at: datetime,
    duration: float,
    *,
    verify_tls: bool,
) -> Capture:
    """The raw capture. `fetched_at` is when the request went out (WARC-Date: when capture began)."""
    return Capture(
        admitted=admitted,
        decisions=decisions,
        status=response.status,
        headers=headers,
        body=response.body,
        fetched_at=fetched_at,
        duration=duration,
        ip_address=response.ip_address,
        protocol=response.protocol,
        tls_verified=verify_tls if admitted.candidate.url.scheme == "https" else None,
        # not `partial`: a body that ends with the connection is complete (RFC 9112 §6.3)
        truncated="disconnect" if "dataloss" in response.flags else None,
    )


def undecoded(headers: Headers) -> str:
    """Why a body is none: broken, or in a coding that we did not say we accept (RFC 9110 §8.4)."""
    codings = re.sub(r"[^a-z0-9, -]", "?", ", ".join(headers.all("content-encoding")).lower())[:40]
    return f"the body does not decode as its Content-Encoding says ({codings})"
