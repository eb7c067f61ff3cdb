"""The simulated web answers as told and remembers what it was asked: judged by raw sockets, no HTTP library."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time

import brotli
import pytest

from tests.support.changing import until
from tests.support.simsite import CLOSE, HANG, RESET, Framing, Reply, text
from tests.support.simtls import self_signed
from tests.support.simweb import SimulatedWeb


def ask(web: SimulatedWeb, host: str, path: str = "/", *, extra: str = "", port: int | None = None) -> bytes:
    with socket.create_connection(("127.0.0.1", port or web.port), 5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{extra}\r\n".encode())
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def test_hosts_are_told_apart_and_logged(simweb):
    simweb.site("a.localhost").page("/", "Alpha", links=["/x"])
    simweb.site("b.localhost").page("/", "Beta")
    assert b"Alpha" in ask(simweb, "a.localhost")
    assert b"Beta" in ask(simweb, f"B.localhost:{simweb.port}")
    assert ask(simweb, "c.localhost").startswith(b"HTTP/1.1 421 ")
    assert simweb.log.hosts() == {"a.localhost", "b.localhost", "c.localhost"}
    assert simweb.log.paths("a.localhost") == ["/"]
    assert len(simweb.log.connections) == 3


def test_a_second_port_may_show_another_site(simweb):
    other = simweb.listen()
    simweb.site("a.localhost").page("/", "First")
    simweb.site("a.localhost", on=other).page("/", "Second")
    assert b"First" in ask(simweb, "a.localhost")
    assert b"Second" in ask(simweb, "a.localhost", port=other.port)
    assert len(simweb.log.requests(port=other.port)) == 1


def test_answers_change_during_a_crawl(simweb):
    simweb.site("a.localhost").robots("User-agent: *\nAllow: /\n", text("", 503), "User-agent: *\nDisallow: /\n")
    answers = [ask(simweb, "a.localhost", "/robots.txt") for _ in range(4)]
    assert b"Allow: /" in answers[0]
    assert answers[1].startswith(b"HTTP/1.1 503 ")
    assert b"Disallow: /" in answers[2]
    assert b"Disallow: /" in answers[3]


def test_truncated_bodies_announce_more_than_they_send(simweb):
    simweb.site("a.localhost").robots(Reply(200, b"User-agent: *\nDisallow: /\n", missing=10))
    answer = ask(simweb, "a.localhost", "/robots.txt")
    assert b"Content-Length: 26\r\n" in answer
    assert len(body(answer)) == 16


def test_reset_close_and_hang(simweb):
    simweb.site("a.localhost").serve("/reset", RESET).serve("/close", CLOSE).serve("/hang", HANG)
    with pytest.raises(ConnectionResetError):
        ask(simweb, "a.localhost", "/reset")
    assert ask(simweb, "a.localhost", "/close") == b""
    with socket.create_connection(("127.0.0.1", simweb.port), 5) as connection:
        connection.sendall(b"GET /hang HTTP/1.1\r\nHost: a.localhost\r\n\r\n")
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
    assert simweb.log.paths("a.localhost") == ["/reset", "/close", "/hang"]


@pytest.mark.parametrize(("coding", "decode"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_content_codings(simweb, coding, decode):
    simweb.site("a.localhost").serve("/", Reply(200, b"text " * 100, coding=coding))
    answer = ask(simweb, "a.localhost")
    assert f"Content-Encoding: {coding}".encode() in answer
    assert decode(body(answer)) == b"text " * 100


def test_framings_and_http_1_0(simweb):
    site = simweb.site("a.localhost")
    site.serve("/chunked", Reply(200, b"x" * 5_000, framing=Framing.CHUNKED))
    site.serve("/close", Reply(200, b"y" * 10, framing=Framing.CLOSE))
    site.serve("/old", Reply(200, b"z", version="HTTP/1.0"))
    assert (
        body(ask(simweb, "a.localhost", "/chunked"))
        == b"1000\r\n" + b"x" * 4_096 + b"\r\n388\r\n" + b"x" * 904 + b"\r\n0\r\n\r\n"
    )
    assert b"Content-Length" not in ask(simweb, "a.localhost", "/close")
    assert ask(simweb, "a.localhost", "/old").startswith(b"HTTP/1.0 200 OK")


def test_redirect_chains_and_loops(simweb):
    site = simweb.site("a.localhost").redirects("/start", 6, "/end").loop("/round")
    hops = ["/start"]
    for _ in range(6):
        hops.append(site.answers[hops[-1]][0].headers[0][1])
    assert hops[-1] == "/end"
    assert len(set(hops)) == 7
    assert b"Location: /round.back" in ask(simweb, "a.localhost", "/round")
    assert b"Location: /round\r\n" in ask(simweb, "a.localhost", "/round.back")


def test_conditional_requests_rfc_9110_13(simweb):
    simweb.site("a.localhost").validators("/", "Page", etag='"v1"', modified="Mon, 05 Jan 2026 10:00:00 GMT")
    assert ask(simweb, "a.localhost").startswith(b"HTTP/1.1 200 ")
    assert ask(simweb, "a.localhost", extra='If-None-Match: "v1"\r\n').startswith(b"HTTP/1.1 304 ")
    assert ask(simweb, "a.localhost", extra='If-None-Match: "v2"\r\n').startswith(b"HTTP/1.1 200 ")


def test_a_folder_of_files_is_served_and_nothing_above_it(simweb, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<p>inside</p>")
    (tmp_path / "secret.txt").write_text("outside")
    simweb.site("a.localhost").files(tmp_path / "site")
    assert b"inside" in ask(simweb, "a.localhost", "/")
    assert ask(simweb, "a.localhost", "/..%2fsecret.txt").startswith(b"HTTP/1.1 404 ")


def test_gaps_and_simultaneous_requests_are_measured(simweb):
    simweb.site("a.localhost").serve("/slow", Reply(200, b"late"))
    simweb.hold_after(0)
    threads = [threading.Thread(target=ask, args=(simweb, "a.localhost", "/slow")) for _ in range(2)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        until(lambda number=number: len(simweb.log.exchanges) == number, None)
        time.sleep(0.05)
    simweb.release()
    for thread in threads:
        thread.join()
    until(lambda: all(one.ended_at is not None for one in simweb.log.exchanges), None)
    assert simweb.log.most_at_once("a.localhost") == 2
    assert len(simweb.log.gaps("a.localhost")) == 1
    assert simweb.log.gaps("a.localhost")[0] >= 0.05


def test_answers_are_held_back_by_host_and_all_together(simweb):
    for host in ("a.localhost", "b.localhost"):
        simweb.site(host).page("/", host)
    simweb.hold_after(1, host="a.localhost")
    for host in ("a.localhost", "b.localhost", "b.localhost"):
        assert ask(simweb, host).startswith(b"HTTP/1.1 200 ")
    thread = threading.Thread(target=ask, args=(simweb, "a.localhost"))
    thread.start()
    until(lambda: len(simweb.log.paths("a.localhost")) == 2, None)
    assert simweb.log.select(host="a.localhost")[1].ended_at is None
    simweb.hold_after(0, host="b.localhost")
    assert simweb.log.select(host="a.localhost")[1].ended_at is None
    simweb.hold_after(1, host="a.localhost")
    thread.join()
    assert ask(simweb, "a.localhost").startswith(b"HTTP/1.1 200 ")
    simweb.release()
    assert ask(simweb, "b.localhost").startswith(b"HTTP/1.1 200 ")


def test_a_connection_without_a_request_is_a_contact(simweb):
    with socket.create_connection(("127.0.0.1", simweb.port), 5):
        until(lambda: bool(simweb.log.connections), None)
    assert len(simweb.log.silent_connections()) == 1


def test_tls(simweb, tmp_path):
    certificate, key = self_signed(tmp_path, ["a.localhost"])
    listener = simweb.listen_tls(certificate, key)
    simweb.site("a.localhost").page("/", "Locked")
    context = ssl.create_default_context(cafile=str(certificate))
    with (
        socket.create_connection(("127.0.0.1", listener.port), 5) as plain,
        context.wrap_socket(plain, server_hostname="a.localhost") as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
    assert listener.url("a.localhost") == f"https://a.localhost:{listener.port}/"
