"""The keyed hash of a person, worked out in two halves, is HMAC-SHA256 (RFC 2104, RFC 4231)."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from collector.registry.person import keyed


@given(st.binary(max_size=130), st.binary(max_size=80))
def test_it_is_hmac_whatever_the_length_of_the_key(pepper, inner):
    assert keyed(pepper, inner) == hmac.digest(pepper, inner, "sha256").hex()


def test_the_second_case_of_the_standard():
    """RFC 4231 §4.3."""
    named = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keyed(b"Jefe", b"what do ya want for nothing?") == named
