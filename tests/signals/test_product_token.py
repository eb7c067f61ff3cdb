from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals.product_token import key_of, keys_of


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (b"CorpusBot", ("corpusbot",)),  # RFC 9309 §2.2.1: without case
        (b"corpusbot/1.0", ("corpusbot",)),  # cut at the first other character
        (b"corpusbot news", ("corpusbot",)),
        (b"corpus-bot_x", ("corpus-bot_x",)),
        (b"AI2Bot", ("ai", "ai2bot")),
        (b"360Spider", ("360spider",)),
        (b"*", ("*",)),
        (b"* everybody", ("*",)),
        (b"*bot", ()),
        (b"**", ()),
        (b"", ()),
        (b"/1.0", ()),
        (b"b\xc3\xb6t", ("b",)),
    ],
)
def test_names_in_a_user_agent_line(value, keys):
    assert keys_of(value) == keys


@pytest.mark.parametrize(
    ("token", "key"),
    [("corpusbot", "corpusbot"), ("AI2Bot", "ai2bot"), ("Ai2Bot-Dolma", "ai2bot-dolma"), ("img2dataset", "img2dataset"),
     ("Kangaroo Bot", "kangaroo"), ("Google-Extended", "google-extended"), ("!", ""), ("", "")],
)  # fmt: skip
def test_names_that_are_asked_for(token, key):
    assert key_of(token) == key


def test_names_with_digits_do_not_fall_together():
    assert key_of("AI2Bot") not in keys_of(b"Ai2Bot-Dolma")
    assert key_of("img2dataset") not in keys_of(b"img")


@given(st.binary(max_size=40))
def test_never_raises(value):
    assert all(key == key.lower() and key for key in keys_of(value))


@given(st.from_regex(r"[A-Za-z_-]{1,20}", fullmatch=True))
def test_a_token_finds_its_own_line(token):
    assert key_of(token) in keys_of(token.encode())
