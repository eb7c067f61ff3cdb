"""collector registry add, list, check: the registry keeper's three questions."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.cli.registry import app
from collector.model.errors import RegistryError, StorageError
from collector.registry.schema import request
from tests.registry.outside import dns_server
from tests.support.registry import keeper

RUN = CliRunner()


def test_add_list_check(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]
    result = RUN.invoke(app, ["add", "example.org", "--reason", "letter 1", "--by", "keeper", *data])
    assert result.exit_code == 0, result.output
    assert "in force: subtree example.org, recorded by keeper" in result.output
    second = json.loads(
        RUN.invoke(app, ["add", "https://b.test/private/", "--reason", "mail 2", "--json", *data]).output
    )
    assert (second["kind"], second["state"], second["entries"]) == ("prefix", "in_force", 2)
    assert f"{second['entry']}.1  mail 2" in RUN.invoke(app, ["list", *data]).output
    assert len(RUN.invoke(app, ["list", "--json", *data]).output.splitlines()) == 2
    assert RUN.invoke(app, ["check", "https://www.example.org/x", *data]).output.startswith("opted out")
    assert RUN.invoke(app, ["check", "b.test", *data]).output.startswith("free")
    answer = json.loads(RUN.invoke(app, ["check", "https://b.test/private/1", "--json", *data]).output)
    assert answer["opted_out"] is True
    assert answer["evidence"][0]["source"].endswith(f"@{second['entry']}.1"), "the entry that did it"


def test_what_is_no_host_is_refused(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["add", "co.uk", "--reason", "x", "--data", str(tmp_path)])
    assert isinstance(result.exception, RegistryError)
    assert "0 entries in force" in RUN.invoke(app, ["list", "--data", str(tmp_path)]).output
    assert "0 entries in force" in RUN.invoke(app, ["list", "--data", str(tmp_path / "other")]).output
    assert isinstance(RUN.invoke(app, ["list", "--all", "--data", str(tmp_path / "other")]).exception, StorageError)


def test_a_registry_that_cannot_be_read_is_mended_first(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "a.txt").write_text("not a host at all\n")
    for arguments in (["add", "b.test", "--reason", "x"], ["list"], ["check", "b.test"]):
        assert isinstance(RUN.invoke(app, [*arguments, "--data", str(tmp_path)]).exception, RegistryError)
    assert not (tmp_path / "registry" / "in-force.snapshot").exists()


def ask(*arguments: str, code: int = 0) -> str:
    result = RUN.invoke(app, list(arguments))
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def test_a_request_from_the_counter_to_the_archive(tmp_path: Path) -> None:
    """Issue: takes in an objection, proves control, sees what it touches, and can show every step."""
    data = ["--data", str(tmp_path)]
    assert ask("add", "a.test", "--reason", "form 1", "--unproven", "--preview", *data).startswith("matches 0 hosts")
    assert "0 entries in force" in ask("list", *data)
    row = json.loads(ask("add", "www.a.test", "--reason", "form 1", "--unproven", "--json", *data))
    ref = row["ref"]
    assert row["state"] == "pending"
    assert "1 entries in force" in ask("list", *data)
    assert "_corpus-optout.a.test" in ask("verify", ref, "--method", "dns_txt", *data)
    with dns_server() as one, dns_server() as two:
        servers = [part for zone in (one, two) for part in ("--resolver", f"127.0.0.1:{zone.address[1]}")]
        assert ask("verify", ref, *servers, *data, code=1).startswith("not verified")
        assert isinstance(RUN.invoke(app, ["verify", ref, *servers, *data]).exception, RegistryError), "a moment ago"
        token = json.loads(ask("verify", ref, "--method", "dns_txt", "--json", *data))["token"]
        for zone in (one, two):
            zone.txt("_corpus-optout.a.test", f"v=co1; t={token}")
        assert ask("verify", ref, *servers, *data).startswith("verified, in force")
    ask("review", ref, "--hold", "which sites?", *data)
    shown = json.loads(ask("show", ref, "--json", *data))
    assert (shown["state"], shown["entries"][0]["strength"]) == ("in_force", "control_verified")
    seen = shown["proofs"][-1]["evidence"]
    assert (seen["source"], seen["excerpt"]) == ("dns:_corpus-optout.a.test?type=TXT", f"v=co1; t={token}")
    assert seen["sha256"] == hashlib.sha256(seen["excerpt"].encode()).hexdigest()
    assert [one["type"] for one in shown["events"]][:3] == ["received", "entry", "proof_begun"]
    assert "nothing is due" in ask("review", *data)
    assert "withdrawn: 1 entries" in ask("withdraw", ref, "--reason", "asked", *data)
    assert "free" in ask("check", "www.a.test", *data)
    assert "revoked" in ask("list", "--all", *data)
    assert "each bound to the one before" in ask("compile", *data)


def test_overdue_answers_make_the_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ["--data", str(tmp_path)]
    ask("add", "a.test", "--reason", "form 1", "--unproven", *data)
    with keeper(tmp_path) as opened, opened.store.transaction() as tx:
        tx.execute(request.update().values(due_at="2020-01-01T00:00:00.000000+00:00"))
    assert "OVERDUE" in ask("review", *data, code=1)


def test_import_export_publish_and_sync(tmp_path: Path) -> None:
    one, two = ["--data", str(tmp_path / "one")], ["--data", str(tmp_path / "two")]
    (tmp_path / "list.txt").write_text("a.test\nb.test/x\ntwo words\n")
    said = ask("import", str(tmp_path / "list.txt"), "--reason", "case 9", *one, code=1)
    assert "list.txt:3: more than one word" in said
    assert "2 new, 0 known, 1 rejected" in said
    assert ask("export", "--format", "plain", *one).splitlines()[:2] == ["b.test/x", "a.test"]
    public = str(tmp_path / "public")
    key = json.loads(ask("publish", public, "--json", *one))["public_key"]
    ask("peer", "add", "one", public, "--key", key, *two)
    assert "2 new or changed, 0 removed" in ask("sync", *two)
    assert ask("export", "--format", "csv", *one) == ask("export", "--format", "csv", *two)
    (tmp_path / "public" / "latest.json").write_text("{}")
    ask("sync", *two, code=1)
    assert "asked again at" in ask("sync", *two)
    assert "2 entries in force" in ask("list", *two)
    assert "not a manifest" in ask("peer", "list", *two)


def test_a_letter_that_lay_and_a_script_that_repeats_itself(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path), "--json"]
    given = ["add", "a.test", "--reason", "letter", "--received", "2026-01-31", "--once", "case-7", *data]
    first, second = (json.loads(ask(*given)) for _ in range(2))
    assert first["due"].startswith("2026-02-28")
    assert (second["ref"], second["entries"]) == (first["ref"], 1)


def test_a_draft_is_handed_in_proven_and_decided(tmp_path: Path) -> None:
    """Spec 4.3, at the counter: draft, received, verified, in force, superseded, revoked."""
    data = ["--data", str(tmp_path)]

    def asked(ref: str, *more: str) -> str:
        return str(json.loads(ask("review", ref, "--json", *more, *data))["state"])

    made = json.loads(ask("add", "a.test", "--draft", "--reason", "form", "--json", *data))
    ref = made["ref"]
    assert "a draft binds nobody" in made["unprotected"]
    assert ask("check", "a.test", *data).startswith("free")
    assert "nothing is due" in ask("review", *data)
    assert asked(ref, "--submit") == "received"
    assert ask("check", "a.test", *data).startswith("opted out")
    assert "verified" in ask("verify", ref, "--method", "manual", "--note", "called back", "--undecided", *data)
    assert asked(ref) == "verified"
    assert "answer owed (verified)" in ask("review", *data)
    assert asked(ref, "--decide", "no grounds against it") == "in_force"
    newer = json.loads(ask("add", "a.test/x/", "--reason", "letter 2", "--same-requester-as", ref, "--json", *data))[
        "ref"
    ]
    assert asked(ref, "--supersede-by", newer) == "superseded"
    assert ask("check", "a.test", *data).startswith("free")
    assert asked(newer, "--revoke", "not the holder after all") == "revoked"
    assert ask("check", "a.test/x/1", *data).startswith("free")


def test_a_person_is_recorded_by_hash_and_told_to_one_recipient(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]
    said = ask("add", "ada@example.net", "--kind", "person_id", "--scheme", "email", "--reason", "mail 3", *data)
    assert "ada" not in said
    out = tmp_path / "acme.zip"
    assert "1 added, 0 removed" in ask("persons", "export", "acme", str(out), *data)
    (tmp_path / "answers.csv").write_text("Id,Status\nnobody,3\n")
    assert "0 answers taken in, 1 wrong" in ask(
        "persons", "answers", "acme", str(tmp_path / "answers.csv"), *data, code=1
    )
