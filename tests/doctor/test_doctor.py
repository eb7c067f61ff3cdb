"""`collector doctor`: what is wrong is found, said with its mend, and told by the exit code."""

from __future__ import annotations

import json
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collector.cli.__main__ import main
from collector.doctor import holdings, machine
from collector.doctor.check import Check, State, exit_code, fail, ok, warn
from collector.doctor.own_page import own_page
from collector.ledger.account import record_act
from collector.ledger.keys import load_or_create
from collector.ledger.orders import Verb
from collector.model.errors import ExitCode
from collector.model.layout import Layout
from collector.model.url import parse_url
from collector.policy.load import load_policy
from collector.policy.ready import find_policy
from collector.rules.catalogue import fragments
from tests.ledger.sample_account import NOW, OPERATOR, begin, open_store
from tests.support.simsite import Reply
from tests.support.simtls import self_signed
from tests.support.simweb import SimulatedWeb


def states(checks):
    return {f"{check.area} {check.name}": check.state for check in checks}


def now():
    return datetime.now(UTC)


@pytest.fixture
def layout(tmp_path, monkeypatch):
    monkeypatch.delenv("COLLECTOR_KEYS", raising=False)
    monkeypatch.delenv("COLLECTOR_REGISTRY", raising=False)
    layout = Layout(tmp_path / "data")
    layout.collection("corpus").create()
    return layout


@pytest.mark.parametrize(
    ("checks", "strict", "code"),
    [
        ([], False, 0),
        ([ok("a", "b", "c")], True, 0),
        ([warn("a", "b", "c", "d")], False, 0),
        ([warn("a", "b", "c", "d")], True, 1),
        ([fail("a", "b", "c", "d", ExitCode.BAD_INPUT), warn("a", "b", "c", "d")], True, 2),
        ([fail("a", "b", "c", "d", ExitCode.BAD_INPUT), fail("a", "b", "c", "d")], False, 4),
        ([fail("a", "b", "c", "d"), fail("a", "b", "c", "d", ExitCode.INTEGRITY)], False, 3),
    ],
)
def test_the_gravest_failure_is_the_exit_code(checks, strict, code):
    assert exit_code(checks, strict=strict) == code


def test_a_disk_that_is_slow_or_far_away(tmp_path):
    ticks = iter(range(1_000))
    seen = {check.name: check for check in machine.disk(tmp_path / "not" / "yet", lambda: next(ticks) * 0.08)}
    assert seen["write"].state is State.WARN
    assert "80.0 ms" in seen["write"].said
    assert not list(tmp_path.iterdir())  # nothing is left behind
    proc = tmp_path / "proc"
    proc.mkdir()
    (proc / "mounts").write_text(f"/dev/x / ext4 rw 0 0\nhere:/x {tmp_path} nfs4 rw 0 0\nbroken\n")
    seen = {check.name: check for check in machine.disk(tmp_path / "data", lambda: 0.0, proc)}
    assert seen["kind"].state is State.FAIL
    assert "nfs4" in seen["kind"].said


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("MemTotal: 9 kB\nMemAvailable: 8000000 kB\n", State.OK),
        ("MemAvailable: 100000 kB\n", State.WARN),
        ("nonsense", State.WARN),
    ],
)
def test_memory(tmp_path, text, state):
    (tmp_path / "meminfo").write_text(text)
    assert machine.memory(tmp_path).state is state


def test_keys_that_others_can_read_or_that_lie_in_the_collection(layout, monkeypatch):
    assert list(holdings.keys(layout, "corpus")) == []
    load_or_create(layout.keys("corpus"))
    assert states(holdings.keys(layout, "corpus")) == {"keys folder": State.OK}
    layout.keys("corpus").chmod(0o755)
    seen = list(holdings.keys(layout, "corpus"))
    assert (seen[0].name, seen[0].state, seen[0].code) == ("mode", State.FAIL, ExitCode.BAD_INPUT)
    assert seen[0].mend.startswith("chmod 700")
    inside = layout.collection("corpus").root / "keys"
    monkeypatch.setenv("COLLECTOR_KEYS", str(inside))
    load_or_create(inside / "corpus")
    assert states(holdings.keys(layout, "corpus"))["keys place"] is State.FAIL


def test_the_account_tells_of_pauses_foreign_keys_and_clocks_that_went_back(layout):
    paths = layout.collection("corpus")
    assert states(holdings.collection(paths, layout.keys("corpus"), NOW)) == {"collection account": State.SKIPPED}
    store = open_store(paths.root)
    with store.transaction() as tx:
        begin(tx)
        record_act(tx, OPERATOR, Verb.PAUSE, "crawl", NOW, detail="a storm")
    store.close()
    seen = states(holdings.collection(paths, layout.keys("corpus"), NOW))
    assert seen == {"collection account": State.OK, "collection paused": State.WARN}
    paths.database.write_bytes(b"no database" * 1_000)
    (check,) = holdings.collection(paths, layout.keys("corpus"), NOW)
    assert (check.state, check.code) == (State.FAIL, ExitCode.INTEGRITY)


def test_lists_and_registry(layout):
    seen = states(holdings.lists(None, layout, now()))
    assert seen["lists shipped"] is State.OK
    assert seen["lists organisation"] is State.SKIPPED
    old = {check.name: check for check in holdings.lists(None, layout, now() + timedelta(days=4_000))}
    assert old["suffixes"].state is State.WARN
    assert states(holdings.registry(None, layout, now())) == {"registry readable": State.OK}
    decision = {"kind": "host", "value": "a.test", "reason": "a letter", "by": "ann", "at": "2026-11-22"}
    layout.lists.mkdir()
    (layout.lists / "overrides.jsonl").write_text(json.dumps(decision) + "\n")
    assert states(holdings.lists(None, layout, now()))["lists organisation"] is State.SKIPPED
    strict = load_policy(find_policy("strict-eu"), fragments(), today=now().date())
    strict = replace(strict, lists=replace(strict.lists, second_person=True))
    waiting = {check.name: check for check in holdings.lists(strict, layout, now())}["second person"]
    assert (waiting.state, waiting.mend) == (State.WARN, "have somebody else approve it: --approved-by")
    (layout.lists / "overrides.jsonl").write_text("torn")
    torn = {check.name: check for check in holdings.lists(None, layout, now())}["organisation"]
    assert (torn.state, torn.code) == (State.FAIL, ExitCode.BAD_INPUT), "no crawl would begin with it"
    layout.registry.mkdir()
    (layout.registry / "in-force.snapshot").write_text("torn")
    (check,) = holdings.registry(None, layout, now())
    assert (check.state, check.code) == (State.FAIL, ExitCode.BAD_INPUT)


@pytest.fixture(name="web")
def _web():
    with SimulatedWeb() as web:
        yield web


def asked(url, context=None, at=now):
    trust = context or ssl.create_default_context()
    return {f"{c.area} {c.name}": c for c in own_page(parse_url(url), at, agent="doctor/0", context=trust, timeout=3.0)}


def dated(shift):
    stamp = (now() + timedelta(seconds=shift)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return Reply(body=b"us", headers=[("Date", stamp)])


@pytest.mark.parametrize(
    ("shift", "state"), [(0, State.OK), (-60, State.WARN), (60, State.WARN), (-4_000, State.FAIL), (4_000, State.FAIL)]
)
def test_the_clock_is_compared_with_that_of_our_own_page(web, shift, state):
    """RFC 9110 §6.6.1."""
    web.site("localhost").serve("/bot", lambda _: dated(shift))
    seen = asked(web.url("localhost", "/bot"))
    assert seen["network dns"].state is State.OK
    assert seen["network info_url"].state is State.OK
    assert seen["clock right"].state is state
    assert [(e.method, e.path) for e in web.log.requests()] == [("HEAD", "/bot")]  # one request, and no other


def test_a_page_that_is_not_there(web):
    web.site("localhost")
    assert asked(web.url("localhost", "/gone"))["network info_url"].state is State.WARN
    assert asked("http://127.0.0.1:1/")["network connect"].state is State.FAIL


def test_a_name_that_nobody_knows(monkeypatch):
    """No question leaves this machine for the test."""

    def unknown(*_args, **_how):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert states(asked("http://nowhere.invalid/").values()) == {"network dns": State.FAIL}


@pytest.mark.parametrize(("expired", "state"), [(False, State.WARN), (True, State.FAIL)])
def test_certificates(web, tmp_path, expired, state):
    """One that ends tomorrow works today; one that has ended does not, and nothing is asked then."""
    certificate, key = self_signed(tmp_path, ["localhost"], expired=expired)
    listener = web.listen_tls(certificate, key)
    web.site("localhost", on=listener).page("/bot", "About our crawler")
    trust = ssl.create_default_context(cafile=str(certificate))
    seen = asked(listener.url("localhost", "/bot"), trust)
    assert seen["network tls"].state is state
    assert bool(web.log.requests()) is not expired
    untrusted = asked(listener.url("localhost", "/bot"))
    assert untrusted["network tls"].state is State.FAIL


def test_the_command(layout, capsys):
    code = main(["doctor", "demo", "--data", str(layout.data), "--offline", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert said["exit_code"] == code == 0
    seen = {f"{c['area']} {c['name']}": c for c in said["checks"]}
    assert seen["policy valid"]["state"] == "warn"  # it opens the network to the bundled web
    assert seen["network info_url"]["state"] == "skipped"
    assert {"machine cores", "machine memory", "disk free", "disk write", "lists shipped", "registry readable"} <= set(
        seen
    )


def test_a_policy_that_does_not_stand(layout, tmp_path, capsys):
    policy = tmp_path / "broken.toml"
    policy.write_text("[collection]\nid = 'x'\n")
    assert main(["doctor", str(policy), "--data", str(layout.data), "--offline"]) == ExitCode.BAD_INPUT
    said = capsys.readouterr().out
    assert "fail    policy valid" in said
    assert "mend:" in said
    assert Check("a", "b", State.OK, "c").code is ExitCode.OK
