"""collector.crawler.who: an act of the account always names somebody, also where the machine has no name for him."""

from __future__ import annotations

import pytest

from collector.crawler.who import who_acts


def test_who_is_named_is_meant():
    assert who_acts("ann") == "ann"


@pytest.mark.parametrize("nobody", [KeyError("getpwuid(): uid not found: 4711"), OSError("No username set")])
def test_a_user_without_a_name_is_a_number(monkeypatch, nobody):
    def fails() -> str:
        raise nobody

    monkeypatch.setattr("getpass.getuser", fails)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert who_acts() == "uid 4711"


def test_the_user_of_the_machine(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ben")
    assert who_acts() == "ben"
