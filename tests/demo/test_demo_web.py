"""The bundled web: what the demo promises to show is there, the same every time, and no link of it is dead."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys

import pytest

from collector.demo.page import answer
from collector.demo.server import serve
from collector.demo.web import HOSTS, OPTED_OUT, SENSITIVE

DEAD_ON_PURPOSE = {"/a/b/a/b/a/b/", "/people", "/calendar/2026/04/", "/calendar/1731/01/", "/back"}


def get(port: int, host: str, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}", "User-Agent": "test"})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_ten_hosts_about_forty_pages_three_languages():
    pages = [page for host in HOSTS for page in host.pages]
    assert len(HOSTS) == 10
    assert 38 <= len(pages) <= 45
    assert {page.lang for page in pages} == {"en", "de", "fr"}
    assert all(host.name.endswith(".localhost") and host.shows for host in HOSTS)
    assert {*SENSITIVE, *OPTED_OUT} < {host.name for host in HOSTS}


def test_every_host_says_what_crawlers_may_do():
    assert all(answer(host, "/robots.txt", 1) for host in HOSTS)


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_links_lead_somewhere_unless_they_are_traps(host):
    names = {other.name: other for other in HOSTS}
    for page in host.pages:
        body = answer(host, page.path, 8080).body.decode()
        for href in re.findall(r'href="([^"]+)"', body):
            target, path = host, href
            if match := re.match(r"http://([^:/]+)(?::8080)?(/.*)$", href):
                if match[1] not in names:
                    continue  # the private addresses
                target, path = names[match[1]], match[2]
            if path.startswith(("mailto:", "tel:")) or path.partition("?")[0] in DEAD_ON_PURPOSE:
                continue
            assert answer(target, path, 8080), f"{page.path} links {href}"


def test_it_answers_and_remembers_whom_it_was_asked_for():
    with serve() as web:
        status, headers, body = get(web.port, "herald.localhost", "/contact.html")
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert b"winifred.applegarth@" in body
        assert get(web.port, "atlas.localhost", "/robots.txt")[0] == 503
        assert get(web.port, "studio.localhost", "/birds.html")[1]["X-Robots-Tag"] == "noai, noimageai"
        assert get(web.port, "links.localhost", "/news")[1]["Location"] == (
            f"http://herald.localhost:{web.port}/stories/weather.html"
        )
        assert get(web.port, "nobody.localhost", "/")[0] == 404
        assert web.hosts_asked == {
            "herald.localhost", "atlas.localhost", "studio.localhost", "links.localhost", "nobody.localhost",
        }  # fmt: skip
        assert web.seeds[0] == f"http://herald.localhost:{web.port}/"


def test_it_is_the_same_every_time():
    first = [answer(host, page.path, 80) for host in HOSTS for page in host.pages]
    assert first == [answer(host, page.path, 80) for host in HOSTS for page in host.pages]


def test_the_print_version_is_a_duplicate():
    kueche = next(host for host in HOSTS if host.name == "kueche.localhost")
    assert answer(kueche, "/rezepte/brot.html", 80).body == answer(kueche, "/druck/brot.html", 80).body


def test_it_needs_no_crawler():
    program = "import sys, collector.demo.server; print(sorted({'scrapy', 'twisted', 'lxml'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
