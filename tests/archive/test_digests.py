"""WARC 1.1 §5.8 and the encodings found in the field; RFC 9112 §7.1 for chunks."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.chunked import Dechunker
from collector.archive.digests import agrees, hasher_for, is_labelled_digest


@given(st.binary(), st.sampled_from(["md5", "sha1", "sha-1", "SHA256", "sha512", "blake2b"]), st.booleans())
def test_every_encoding_of_a_digest_agrees_and_no_other_value_does(data, label, flipped):
    raw = hashlib.new(label.lower().replace("-", ""), data).digest()
    if flipped:
        raw = bytes([raw[0] ^ 1]) + raw[1:]
    spellings = {raw.hex(), raw.hex().upper(), base64.b32encode(raw).decode(), base64.b64encode(raw).decode()}
    spellings |= {base64.b32encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode()}
    for spelling in spellings:
        value = f"{label}:{spelling}"
        assert is_labelled_digest(value)
        hasher = hasher_for(value)
        hasher.update(data)
        assert agrees(value, hasher) is not flipped


@pytest.mark.parametrize(
    "value", ["", "sha256", "sha256:", "sha256:zz", "sha1:" + "A" * 31, "a b:cccc", "sha256:" + "é" * 64]
)
def test_what_is_no_digest(value):
    assert not is_labelled_digest(value)


def test_an_unknown_algorithm_is_no_fault_of_the_file():
    assert is_labelled_digest("blake3:" + "0" * 64)
    assert hasher_for("blake3:" + "0" * 64) is None


def chunks(data, size, extension=b"", trailer=b""):
    parts = [data[n : n + size] for n in range(0, len(data), size)]
    framed = b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)
    return framed + b"0\r\n" + trailer + b"\r\n"


@given(st.binary(max_size=300), st.integers(1, 50), st.integers(1, 40), st.sampled_from([b"", b";a=b", b" "]))
def test_chunks_come_off_wherever_the_stream_is_cut(data, size, cut, extension):
    framed = chunks(data, size, extension, b"X: y\r\n")
    dechunker = Dechunker()
    assert b"".join(dechunker.feed(framed[n : n + cut]) for n in range(0, len(framed), cut)) == data
    assert dechunker.complete


@given(st.binary(max_size=300))
def test_what_is_not_chunked_ends_without_a_word(data):
    dechunker = Dechunker()
    assert len(dechunker.feed(data)) <= len(data)
    for hostile in (b"fffffffffffffffff\r\n", b"-1\r\n", b"0x10\r\n", b"\r\n", b"1" * 5000, b"3\r\nabcd\r\n"):
        broken = Dechunker()
        broken.feed(hostile)
        broken.feed(hostile)
        assert not broken.complete
