from __future__ import annotations

import json

import pytest

from collector.lists.ai_tokens import Purpose, load_ai_tokens, read_ai_tokens
from collector.model.errors import ListError
from collector.signals.product_token import key_of

LINE = {"token": "ABot", "operator": "A", "purpose": "training", "note": "n"}


def written(tmp_path, *lines: object):
    path = tmp_path / "tokens.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


class TestTheListThatComesAlong:
    def test_names_the_training_crawlers_and_no_others(self):
        tokens = load_ai_tokens()
        assert {
            "GPTBot",
            "CCBot",
            "Google-Extended",
            "ClaudeBot",
            "AI2Bot",
            "Ai2Bot-Dolma",
            "img2dataset",
            "Kangaroo Bot",
        } <= set(tokens)
        excluded = {"Googlebot", "Bingbot", "OAI-SearchBot", "ChatGPT-User", "Claude-User", "Claude-SearchBot", "PerplexityBot", "Perplexity-User",
                    "DuckAssistBot", "Applebot", "MistralAI-User", "meta-externalfetcher", "Amzn-SearchBot"}  # fmt: skip
        assert excluded.isdisjoint(tokens)
        assert excluded <= {
            entry.token for entry in read_ai_tokens() if entry.purpose in (Purpose.SEARCH, Purpose.USER)
        }

    def test_no_two_tokens_are_found_under_one_key(self):
        keys = [key_of(entry.token) for entry in read_ai_tokens()]
        assert len(keys) == len(set(keys))
        assert all(keys)

    def test_optional_ones_count_where_chosen(self):
        assert set(load_ai_tokens(optional=True)) - set(load_ai_tokens()) == {"PetalBot"}


class TestFaultyLists:
    @pytest.mark.parametrize(
        ("line", "what"),
        [
            ("{", "line"),
            ("[]", "line"),
            (LINE | {"token": ""}, "token"),
            (LINE | {"token": "a/b"}, "token"),
            (LINE | {"purpose": "fun"}, "purpose"),
            (LINE | {"colour": "red"}, "colour"),
            ({"token": "B"}, "operator"),
        ],
    )
    def test_file_and_line_are_named(self, tmp_path, line, what):
        path = written(tmp_path, LINE, "", line)
        with pytest.raises(ListError) as caught:
            load_ai_tokens(path)
        assert caught.value.where == f"{path}:3"
        assert what in caught.value.message

    def test_binary_junk(self, tmp_path):
        path = tmp_path / "tokens.jsonl"
        path.write_bytes(b"\x00\xff\xfe\n")
        with pytest.raises(ListError, match=r"tokens\.jsonl:1"):
            load_ai_tokens(path)

    def test_twice(self, tmp_path):
        with pytest.raises(ListError, match="line 1 already"):
            load_ai_tokens(written(tmp_path, LINE, LINE | {"token": "abot"}))

    def test_missing_or_empty(self, tmp_path):
        with pytest.raises(ListError, match="cannot be read"):
            load_ai_tokens(tmp_path / "none.jsonl")
        with pytest.raises(ListError, match="names no training crawler"):
            load_ai_tokens(written(tmp_path, LINE | {"purpose": "search"}))

    def test_a_folder_will_do(self, tmp_path):
        written(tmp_path, LINE)
        assert load_ai_tokens(tmp_path) == ("ABot",)
