"""TDM Reservation Protocol, W3C Community Group Final Report (2024-05-10): its printed examples, by section title."""

from __future__ import annotations

import json

import pytest

from collector.signals.tdmrep import Reservation, read_file, read_values
from tests.support.asking import ask, finding

POLICY = "https://provider.com/policies/policy.json"
WHOLE_SERVER = [{"location": "/", "tdm-reservation": 1}]
THREE_GROUPS = [
    {"location": "/directory-a/", "tdm-reservation": 1},
    {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": POLICY},
    {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0},
]


def file(rules: object) -> dict[str, str]:
    return {"/.well-known/tdmrep.json": json.dumps(rules)}


def page(*metas: str) -> str:
    head = "".join(
        f'<meta name="{name}" content="{content}">' for name, _, content in (m.partition("=") for m in metas)
    )
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}<title>Document title</title></head><body><p>x</p></body></html>'


class TestFileOnTheOriginServer:
    """Section "TDM File on the Origin Server" and its examples."""

    @pytest.mark.parametrize("path", ["/", "/a", "/a/b.pdf?x=1"])
    def test_example_every_file_of_a_server(self, path):
        answer = ask(path, site_files=file(WHOLE_SERVER))
        assert (answer["gate"], answer["uses"]["tdm"], answer["uses"]["train"]) == ("site", "deny", "deny")
        assert answer["uses"]["fetch"] != "deny"
        assert finding(answer, "tdmrep_file")["basis"] == "spec"

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("/directory-a/paper.pdf", "deny"),
            ("/directory-b/html/page.html", "deny"),
            ("/directory-b/images/photo.jpg", "allow"),
            ("/directory-b/images/photo.png", "unknown"),
            ("/directory-c/", "unknown"),
            ("/Directory-A/paper.pdf", "unknown"),  # the matching should be case sensitive
        ],
    )
    def test_example_three_groups_of_files(self, path, said):
        answer = ask(path, site_files=file(THREE_GROUPS))
        assert finding(answer, "tdmrep_file")["uses"]["tdm"] == said

    def test_the_policy_is_recorded_and_permits_nothing(self):
        rule = read_file(json.dumps(THREE_GROUPS).encode()).match("/directory-b/html/x")
        assert rule is not None
        assert rule.policy == POLICY
        assert ask("/directory-b/html/x", site_files=file(THREE_GROUPS))["uses"]["tdm"] == "deny"

    def test_the_most_specific_match_is_the_first_in_sequence(self):
        rules = [{"location": "/a", "tdm-reservation": 0}, {"location": "/a/b", "tdm-reservation": 1}]
        assert finding(ask("/a/b", site_files=file(rules)), "tdmrep_file")["uses"]["tdm"] == "allow"
        assert finding(ask("/a/b", site_files=file(rules[::-1])), "tdmrep_file")["uses"]["tdm"] == "deny"

    @pytest.mark.parametrize(
        ("location", "path", "matches"),
        [
            ("/this/path/exactly$", "/this/path/exactly", True),
            ("/this/path/exactly$", "/this/path/exactly/not", False),
            ("/this/*/then", "/this/a/b/then", True),
            ("/this/*/then", "/this/then", False),
            ("/path/foo-%24", "/path/foo-$", True),
            ("/path/%7Efoo", "/path/~foo", True),
            ("/path%2Ffoo", "/path/foo", False),
        ],
    )
    def test_special_characters_and_percent_encoding(self, location, path, matches):
        rules = read_file(json.dumps([{"location": location, "tdm-reservation": 1}]).encode())
        assert (rules.match(path) is not None) is matches

    def test_location_and_reservation_are_mandatory(self):
        rules = [{"tdm-reservation": 1}, {"location": "/", "tdm-policy": POLICY}]
        assert read_file(json.dumps(rules).encode()).rules == ()

    @pytest.mark.parametrize("answer", [{"status": 404}, {"status": 500}, {"error": "timeout"}, "<!doctype html>"])
    def test_failure_to_provide_it_means_that_the_protocol_is_not_implemented(self, answer):
        said = ask(site_files={"/.well-known/tdmrep.json": answer})
        assert said["uses"]["tdm"] == "unknown"


class TestHeaderField:
    """Section "TDM Header Field in HTTP Responses"."""

    def test_example_reserved(self):
        answer = ask(headers=[["tdm-reservation", "1"]])
        assert (answer["gate"], answer["uses"]["tdm"]) == ("response", "deny")

    def test_example_reserved_with_a_policy(self):
        answer = ask(headers=[["tdm-reservation", "1"], ["tdm-policy", "https://provider.com/policies/policy-a"]])
        assert (answer["gate"], answer["uses"]["tdm"]) == ("response", "deny")

    @pytest.mark.parametrize(
        ("value", "said"), [("0", "0"), ("1", "1"), ("2", "unset"), ("", "unset"), ("no", "unset")]
    )
    def test_any_other_value_is_an_error_of_protocol_and_unset(self, value, said):
        assert read_values([value]) is Reservation(said)


class TestMetadataInHtml:
    """Section "TDM Metadata in HTML Content"."""

    def test_example(self):
        answer = ask(html=page("tdm-reservation=1", f"tdm-policy={POLICY}"))
        assert (answer["gate"], answer["uses"]["tdm"]) == ("content", "deny")
        assert finding(answer, "meta_tdm_reservation")["basis"] == "spec"


class TestProcessingPriority:
    """Section "Processing priority": header over file, page over both; what is absent resets nothing."""

    @pytest.mark.parametrize(
        ("in_file", "in_header", "in_page", "said"),
        [
            (1, None, None, "deny"),
            (1, 0, None, "allow"),
            (1, None, 0, "allow"),
            (1, 0, 1, "deny"),
            (0, 1, None, "deny"),
            (0, 1, 0, "allow"),
            (None, 1, 0, "allow"),
            (None, 0, 1, "deny"),
            (0, None, None, "allow"),
            (None, None, None, "unknown"),
        ],
    )
    def test_table(self, in_file, in_header, in_page, said):
        files = {} if in_file is None else file([{"location": "/", "tdm-reservation": in_file}])
        headers = [] if in_header is None else [["tdm-reservation", str(in_header)]]
        html = page() if in_page is None else page(f"tdm-reservation={in_page}")
        assert ask(site_files=files, headers=headers, html=html)["uses"]["tdm"] == said
