"""collector.lists.suffixes: the public-suffix algorithm over one pinned file, without the network."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.lists.suffixes import is_public_suffix, registrable_domain, suffix_digest, suffix_file, suffix_version
from collector.model.digest import Digest


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("co.uk", ""),
        ("com", ""),
        ("alice.github.io", "alice.github.io"),  # private suffixes count
        ("x.alice.github.io", "alice.github.io"),
        ("github.io", ""),
        ("x.y.kawasaki.jp", "x.y.kawasaki.jp"),  # *.kawasaki.jp
        ("www.city.kawasaki.jp", "city.kawasaki.jp"),  # !city.kawasaki.jp
        ("village.localhost", "village.localhost"),  # no rule matches: the prevailing rule is *
        ("a.b.unknowntld", "b.unknowntld"),
        ("localhost", ""),
        ("192.0.2.1", ""),
        ("[2001:db8::1]", ""),
        ("", ""),
        ("a..b", ""),
        (".", ""),
    ],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_public_suffixes() -> None:
    assert [is_public_suffix(h) for h in ("co.uk", "github.io", "example.org", "192.0.2.1")] == [
        True,
        True,
        False,
        False,
    ]


def test_the_pinned_file_is_named_by_digest_and_version() -> None:
    assert suffix_digest() == Digest.of(suffix_file().read_bytes())
    assert suffix_version() > "2026"


def test_a_repeated_question_costs_at_most_3_microseconds() -> None:
    registrable_domain("www.example.org")
    best = min(_per_call() for _ in range(5))
    assert best < 3e-6


def _per_call() -> float:
    start = time.perf_counter()
    for _ in range(10_000):
        registrable_domain("www.example.org")
    return (time.perf_counter() - start) / 10_000


def test_no_socket_is_ever_opened_and_no_cache_is_written(tmp_path) -> None:
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse\n"
        "from collector.lists.suffixes import registrable_domain\n"
        "print(registrable_domain('a.example.co.uk'))\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path)},
        check=False,
    )
    assert (run.stdout.strip(), run.stderr) == ("example.co.uk", "")
    assert not list(tmp_path.rglob("*"))


@given(st.text(alphabet="abc.-0", max_size=30))
def test_never_raises_and_answers_a_tail_of_the_host(host: str) -> None:
    assert host.endswith(registrable_domain(host))
