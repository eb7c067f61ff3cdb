"""Which answer at hand is the one for an address, and soft 404s: opt-out signals §2."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.model.digest import Digest
from collector.model.url import parse_url
from collector.signals.site_file import Reach, SiteFile
from collector.signals.site_files import answer_for, at_path, is_markup

PAGE = parse_url("https://www.example.org/a")
FILE = SiteFile("https://www.example.org/licence.xml", Reach.AVAILABLE, 200, b"x")


@pytest.mark.parametrize("name", ["/licence.xml", "https://www.example.org/licence.xml", "anything"])
def test_by_path_by_address_and_by_what_the_answer_says(name):
    address = parse_url("https://www.example.org/licence.xml")
    assert answer_for({name: FILE}, address, PAGE) is FILE


def test_a_path_is_of_the_own_server_alone():
    assert answer_for({"/licence.xml": FILE}, parse_url("https://other.example.net/licence.xml"), PAGE) is None
    assert answer_for({"/licence.xml": FILE}, parse_url("http://www.example.org/licence.xml"), PAGE) is None


def test_a_fixed_path():
    assert at_path({"/ai.txt": FILE}, "/ai.txt", PAGE) is FILE
    assert at_path({"https://www.example.org/ai.txt": FILE}, "/ai.txt", PAGE) is FILE
    assert at_path({"https://www.example.org/ai.txt": FILE}, "/ai.txt", parse_url("http://www.example.org/")) is None


@pytest.mark.parametrize(
    ("body", "media_type", "markup"),
    [
        (b"<!doctype html>", "", True),
        (b"\xef\xbb\xbf \r\n<html>", "text/plain", True),
        ("<html>".encode("utf-16"), "", True),
        (b"User-Agent: *", "text/html", True),
        (b"User-Agent: *", "text/plain", False),
        (b"", "", False),
        (b"a <b>", "", False),
    ],
)
def test_a_page_instead_of_the_file(body, media_type, markup):
    assert is_markup(SiteFile("https://x.test/", Reach.AVAILABLE, 200, body, media_type=media_type)) is markup


def test_the_digest_is_that_of_the_own_body():
    assert [FILE.digest, FILE.digest] == [Digest.of(b"x")] * 2
    assert replace(FILE, body=b"y").digest == Digest.of(b"y")
    assert SiteFile(FILE.url, FILE.reach, FILE.status, FILE.body) == FILE
