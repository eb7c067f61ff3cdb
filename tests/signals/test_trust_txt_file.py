"""trust.txt: opt-out signals §11, JournalList reference document of 2024-04-04."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.uses import Permission
from collector.signals.trust_txt import MAX_BYTES, MAX_STATEMENTS, read_trust_txt
from tests.support.growth import assert_linear


def said(text: str) -> list[str]:
    return [statement.permission.value for statement in read_trust_txt(text.encode())]


@pytest.mark.parametrize(
    ("line", "permission"),
    [
        ("datatrainingallowed=no", "deny"),
        ("datatrainingallowed=yes", "allow"),
        ("DataTrainingAllowed = No", "deny"),
        ("datatrainingallowed=YES # for everybody", "allow"),
        ("  datatrainingallowed\t=\tno", "deny"),
        ("datatrainingallowed=maybe", "unknown"),
        ("datatrainingallowed=", "unknown"),
        ("datatrainingallowed=yes, but", "unknown"),
        ("datatrainingallowed: yes", "unknown"),
        ("datatrainingallowed=nothing", "unknown"),
    ],
)
def test_a_line(line, permission):
    assert said(line + "\n") == [permission]


@pytest.mark.parametrize(
    "line",
    ["datatrainingallowed: no", "data-training-allowed=no", "datatrainingallowed=false", "datatrainingallowed=0",
     "datatrainingallowed='no'", "datatrainingallowed=No.", "datatrainingallowed=none", "data_training_allowed = never"],
)  # fmt: skip
def test_broken_and_plainly_meant_as_a_no(line):
    (statement,) = read_trust_txt(line.encode())
    assert (statement.permission, statement.malformed) == (Permission.DENY, True)


@pytest.mark.parametrize(
    "text", ["", "member=https://x.test/\n", "# datatrainingallowed=no\n", "xdatatrainingallowed=no\n", "<html>"]
)
def test_nothing_is_said(text):
    assert said(text) == []


def test_every_line_is_told():
    statements = read_trust_txt(b"member=https://x.test/\r\ndatatrainingallowed=yes\r\nDataTrainingAllowed=no\r\n")
    assert [(s.line, s.text) for s in statements] == [(2, "datatrainingallowed=yes"), (3, "DataTrainingAllowed=no")]


def test_byte_order_marks():
    text = "datatrainingallowed=no\n"
    assert read_trust_txt(text.encode("utf-8-sig"))[0].permission is Permission.DENY
    assert read_trust_txt(text.encode("utf-16"))[0].permission is Permission.DENY


def test_limits():
    assert read_trust_txt(b"#" * MAX_BYTES + b"\ndatatrainingallowed=no\n") == ()
    assert len(read_trust_txt(b"datatrainingallowed=no\n" * 1_000)) == MAX_STATEMENTS


@given(st.binary(max_size=200))
def test_no_exception_on_any_bytes(body):
    read_trust_txt(body)
    for statement in read_trust_txt(b"datatrainingallowed=" + body):
        assert statement.line >= 1


@pytest.mark.parametrize("part", [b" ", b"datatrainingallowed\t", b"\n", b"datatrainingallowed= \t", b"data-"])
def test_time_is_linear(part):
    def run(body: bytes) -> None:
        read_trust_txt.cache_clear()
        read_trust_txt(body)

    assert_linear(run, lambda n: part * (n // len(part)), 30_000)
