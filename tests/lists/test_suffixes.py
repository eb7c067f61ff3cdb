"""collector.lists.suffixes: the public-suffix algorithm over one pinned file, without the network."""

from __future__ import annotations

import subprocess
import sys
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.lists import suffixes
from collector.lists.suffixes import is_public_suffix, registrable_domain, suffix_digest, suffix_file, suffix_version
from collector.model.digest import Digest
from tests.support.growth import assert_linear


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


def test_a_repeated_question_is_answered_from_memory(monkeypatch) -> None:
    def refuse() -> NoReturn:
        raise AssertionError("the list was asked again")

    registrable_domain("repeated.example.org")
    monkeypatch.setattr(suffixes, "_extract", refuse)
    assert registrable_domain("repeated.example.org") == "example.org"
    with pytest.raises(AssertionError, match="asked again"):
        registrable_domain("never-asked-before.example.org")


@pytest.mark.parametrize("piece", ["a.", ".", "-", "1.", "xn--", "co.uk.", ":"])
def test_long_hosts_take_linear_time(piece: str) -> None:
    # Without what it remembers: the second run of the same host would cost nothing.
    assert_linear(registrable_domain.__wrapped__, lambda length: piece * (length // len(piece)) + "uk", 20_000)


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
