"""collector.policy.load: every fault at once, with line, key and mend; the digest names the meaning (design §7)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.errors import ExitCode, PolicyError
from collector.model.uses import Use
from collector.policy import policy as types
from collector.policy import tables
from collector.policy.as_run import Overrides
from collector.policy.assessment import LEGITIMATE_INTEREST, skeleton
from collector.policy.faults import FaultyPolicyError
from collector.policy.floor import FLOOR
from collector.policy.load import load_policy
from collector.policy.policy import Policy
from tests.support.minimal_policy import MINIMAL

TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing to set."""


@dataclass(frozen=True, slots=True)
class Guards:
    """Guards."""

    max_length: int = 100
    words: tuple[str, ...] = ("a",)
    names: frozenset[str] = frozenset({"x", "y"})
    ratio: float = 0.5

    def __post_init__(self) -> None:
        if self.max_length < 0:
            raise ValueError("max_length is below zero")


FRAGMENTS: dict[str, type] = {"robots_txt": Nothing, "guards": Guards, "language": Nothing}


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "p.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def load(path: Path, **changes: object) -> Policy:
    options: dict = {"today": TODAY, "categories": ["dating", "health.forum"], **changes}
    return load_policy(path, FRAGMENTS, **options)


def faults(path: Path, **changes: object) -> dict[str, tuple[int, str, str]]:
    with pytest.raises(FaultyPolicyError) as error:
        load(path, **changes)
    assert error.value.exit_code is ExitCode.BAD_INPUT
    assert all(str(path) in line for line in str(error.value).splitlines() if not line.startswith("  mend"))
    return {fault.key: (fault.line, fault.message, fault.mend) for fault in error.value.faults}


def test_a_minimal_policy_has_every_default(write) -> None:
    policy = load(write(MINIMAL))
    assert policy.retention.development == timedelta(days=180)
    assert policy.scope == types.Scope()
    assert policy.politeness == types.Politeness()
    assert policy.uses == types.UsesPolicy()
    assert policy.rules == {"robots_txt": Nothing(), "guards": Guards(), "language": Nothing()}
    assert policy.source == MINIMAL


@pytest.mark.parametrize(
    ("dataclass_type", "table"),
    [
        (types.Collection, tables.CollectionTable), (types.Controller, tables.ControllerTable),
        (types.CrawlerIdentity, tables.CrawlerTable), (types.Scope, tables.ScopeTable),
        (types.HostPoliteness, tables.HostPolitenessTable), (types.UsesPolicy, tables.UsesTable),
        (types.Licence, tables.LicenceTable), (types.Lists, tables.ListsTable), (types.Registry, tables.RegistryTable),
        (types.Minimise, tables.MinimiseTable), (types.Storage, tables.StorageTable),
        (types.Retention, tables.RetentionTable), (types.Release, tables.ReleaseTable),
        (types.Approval, tables.ApprovalTable), (types.Network, tables.NetworkTable),
    ],
)  # fmt: skip
def test_every_field_can_be_written_and_has_the_same_default(dataclass_type: type, table: type) -> None:
    fields = {field.name: field for field in dataclasses.fields(dataclass_type)}
    assert set(fields) == set(table.model_fields)  # type: ignore[attr-defined]
    for name, field in fields.items():
        written = table.model_fields[name]  # type: ignore[attr-defined]
        if field.default is dataclasses.MISSING:
            continue
        assert written.get_default(call_default_factory=True) == field.default, name


def test_every_value_arrives(write) -> None:
    text = (
        MINIMAL
        + """
[scope]
seeds = ["https://example.org/"]
domains = ["Example.org", "bücher.example"]
include = ["example.org/*"]
max_depth = 0
[politeness]
min_delay = 2
[[politeness.host]]
domain = "slow.test"
min_delay = 9.5
[uses]
need = ["fetch", "tdm"]
unknown = "drop"
[[licences]]
scope = ["https://example.org/*"]
uses = ["train", "tdm"]
reference = "c-1"
expires = 2026-11-22
[rules.guards]
max_length = 7
words = ["b", "c"]
[rules.language]
enabled = false
[lists]
sensitive = ["dating"]
[minimise]
profile = "off"
reason = "own texts"
[minimise.kinds]
email = "drop"
[[approvals]]
by = "Board"
role = "ethics"
on = 2026-11-01
[network]
allow_addresses = ["127.0.0.0/8"]
allow_ports = ["8000-8999"]
"""
    )
    policy = load(write(text))
    assert policy.scope.domains == ("example.org", "xn--bcher-kva.example")
    assert policy.scope.max_depth == 0
    assert policy.politeness.hosts == (types.HostPoliteness("slow.test", 9.5),)
    assert policy.uses == types.UsesPolicy(frozenset({Use.FETCH, Use.TDM}), types.OnUnknown.DROP)
    assert policy.licences[0].expires == date(2026, 11, 22)
    assert policy.rules == {"robots_txt": Nothing(), "guards": Guards(7, ("b", "c"))}
    assert policy.minimise.kinds == {"email": types.Treatment.DROP}
    assert policy.approvals[0].on == date(2026, 11, 1)


@pytest.mark.parametrize("table", ["collection", "controller", "crawler", "retention"])
def test_no_purpose_controller_contact_or_retention_means_no_crawl(write, table: str) -> None:
    kept = "".join(f"[{part}" for part in MINIMAL.split("[")[1:] if not part.startswith(table))
    assert f"the table [{table}] is missing" in faults(write(kept))[table][1]


@pytest.mark.parametrize("key", ["purpose", "contact", "development", "product_token", "legal_basis"])
def test_a_missing_key_names_its_table(write, key: str) -> None:
    kept = "\n".join(line for line in MINIMAL.splitlines() if not line.startswith(f"{key} ="))
    found = faults(write(kept))
    assert all("missing" in message and key in mend and line > 0 for line, message, mend in found.values())
    assert found


BAD = """\
[collection]
id = "Bad Name"
titel = "x"
purpose = "<purpose>"
legal_basis = "legitimate_intrest"
[controller]
name = ""
contact = "a@example.org"
max_pages = 3
[crawler]
product_token = "bot 2"
info_url = "ftp://example.org"
contact = "a@example.org"
[retention]
development = "soon"
[scope]
seeds = [
  "https://ok.test/",
  "nope",
]
max_depth = "3"
include = ["example.org"]
max_pages = 1.5
[politeness]
min_delay = 5
max_delay = 1
[uses]
need = ["train"]
[lists]
sensitive = ["helth.forum", "dating"]
files = ["gone.txt"]
[minimise]
profile = "off"
[network]
allow_addresses = ["300.0.0.0/8"]
allow_ports = ["99999"]
[rules.robots_txt]
enabled = false
[rules.robot_txt]
[rules.guards]
max_lenght = 3
ratio = nan
[[licences]]
scope = ["*"]
uses = ["train"]
reference = "fine"
[[licences]]
scope = ["*"]
uses = ["train"]
reference = "c-2"
expires = 2026-11-21
"""


def test_all_faults_at_once_each_with_its_line_and_mend(write) -> None:
    found = faults(write(BAD))
    lines = {key: line for key, (line, _, _) in found.items()}
    assert lines == {
        "collection.id": 2, "collection.title": 1, "collection.titel": 3, "collection.purpose": 4,
        "collection.legal_basis": 5, "controller.name": 7, "controller.max_pages": 9, "crawler.product_token": 11,
        "crawler.info_url": 12, "retention.development": 15, "scope.seeds[1]": 17, "scope.max_depth": 21,
        "scope.include[0]": 22, "scope.max_pages": 23, "politeness": 24, "uses.need": 28, "lists.sensitive": 30,
        "lists.files": 31, "minimise": 32, "network.allow_addresses[0]": 35, "network.allow_ports[0]": 36,
        "rules.robots_txt.enabled": 38, "rules.robot_txt": 39, "rules.guards.max_lenght": 41, "rules.guards.ratio": 42,
        "licences[1].expires": 47 + 4,
    }  # fmt: skip
    mends = {key: mend for key, (_, _, mend) in found.items()}
    assert "`title`" in mends["collection.titel"]
    assert "legitimate_interest" in mends["collection.legal_basis"]
    assert "belongs to [scope]" in mends["controller.max_pages"]
    assert "health.forum" in mends["lists.sensitive"]
    assert "[rules.robots_txt]" in mends["rules.robot_txt"]
    assert "`max_length`" in mends["rules.guards.max_lenght"]
    assert "example.org/*" in mends["scope.include[0]"]


def test_the_floor_cannot_be_switched_off_and_other_rules_can(write) -> None:
    for rule in FLOOR:
        path = write(MINIMAL + f"[rules.{rule}]\nenabled = false\n")
        with pytest.raises(FaultyPolicyError, match="floor"):
            load_policy(path, {rule: Nothing}, categories=[])
    assert "language" not in load(write(MINIMAL + "[rules.language]\nenabled = false\n")).rules


def test_rules_that_are_off_by_default_are_switched_on_by_name(write) -> None:
    assert "language" not in load(write(MINIMAL), off_by_default=["language"]).rules
    text = MINIMAL + "[rules.language]\nenabled = true\n"
    assert "language" in load(write(text), off_by_default=["language"]).rules


def test_settings_that_check_themselves(write) -> None:
    found = faults(write(MINIMAL + "[rules.guards]\nmax_length = -1\n"))
    assert found["rules.guards"] == (15, "max_length is below zero", "")


@pytest.mark.parametrize("text", ["rules = 3\n" + MINIMAL, MINIMAL + "[rules]\nguards = 3\n", MINIMAL + "as_run = 3\n"])
def test_tables_that_are_none(write, text: str) -> None:
    assert faults(write(text))


def test_toml_that_is_none_names_the_line(write) -> None:
    found = faults(write('[collection]\nid = "a"\ntitle = \n'))
    assert found[""][0] == 3
    assert faults(write("[collection"))[""][0] == 1


@pytest.mark.parametrize("data", [b"\xff\xfe[\x00", b"[a]\nb = '\xe9'\n"])
def test_text_that_is_not_utf_8_names_the_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.toml").write_bytes(data)
    with pytest.raises(PolicyError, match="not UTF-8"):
        load(tmp_path / "p.toml")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such policy"):
        load(tmp_path / "gone.toml")
    with pytest.raises(PolicyError, match="cannot be read"):
        load(tmp_path)


@given(st.text(max_size=200))
def test_any_text_is_a_policy_or_an_error_for_people(tmp_path_factory, text: str) -> None:
    path = tmp_path_factory.mktemp("p") / "p.toml"
    path.write_bytes((MINIMAL + text).encode("utf-8", "surrogatepass"))
    try:
        digest = load(path).digest
    except PolicyError:
        return
    assert load(path).digest == digest


LEGITIMATE = MINIMAL.replace('"consent"', '"legitimate_interest"')


def answered() -> str:
    return skeleton(LEGITIMATE_INTEREST).replace("<answer>", "Yes, because we looked.")


def test_legitimate_interest_owes_an_assessment_that_is_filled_in(write, tmp_path: Path) -> None:
    assert "needs an assessment" in faults(write(LEGITIMATE))["collection.assessment"][1]
    named = LEGITIMATE.replace("[controller]", 'assessment = "a.md"\n[controller]')
    assert "there is no assessment" in faults(write(named))["collection.assessment"][1]
    (tmp_path / "a.md").write_text(skeleton(LEGITIMATE_INTEREST))
    line, message, _ = faults(write(named))["collection.assessment"]
    assert line == 6
    assert "17 questions unanswered: Which interest; " in message
    (tmp_path / "a.md").write_text(answered().replace("Yes, because we looked.", "<answer>", 1))
    assert "1 question unanswered: Which interest" in faults(write(named))["collection.assessment"][1]
    (tmp_path / "a.md").write_text(answered())
    assert load(write(named)).collection.assessment == "a.md"


def test_the_digest_names_the_meaning_not_the_spelling(write) -> None:
    digest = load(write(MINIMAL)).digest
    parts = MINIMAL.split("[")[1:]
    reordered = "# a remark\n" + "".join("[" + part for part in reversed(parts)) + "[scope]\nmax_depth = 16\n"
    assert load(write(reordered)).digest == digest
    for change in (
        "[scope]\nmax_depth = 15\n",
        "[rules.guards]\nratio = 0.25\n",
        "[rules.language]\nenabled = false\n",
    ):
        assert load(write(MINIMAL + change)).digest != digest


def test_the_digest_covers_the_assessment(write, tmp_path: Path) -> None:
    path = write(LEGITIMATE.replace("[controller]", 'assessment = "a.md"\n[controller]'))
    (tmp_path / "a.md").write_text(answered())
    first = load(path).digest
    (tmp_path / "a.md").write_text(answered() + "\nRevised.\n")
    assert load(path).digest != first


def test_a_kept_policy_reads_back_to_its_digest_without_the_files_beside_it(write, tmp_path: Path) -> None:
    text = LEGITIMATE.replace("[controller]", 'assessment = "a.md"\n[controller]') + '[lists]\nfiles = ["l.txt"]\n'
    (tmp_path / "a.md").write_text(answered())
    (tmp_path / "l.txt").write_text("bad.test\n")
    policy = load(write(text), overrides=Overrides(seeds=("https://a.test/", "https://b.test/é"), max_pages=5))
    kept = tmp_path / "policies" / "kept.toml"
    kept.parent.mkdir()
    kept.write_text(policy.source)
    again = load(kept, kept=True, today=None)
    assert again.digest == policy.digest
    assert again.source == policy.source
    assert again.scope == policy.scope
    assert "as_run" in faults(kept)  # only a kept copy may say what the command line said


def test_overrides_add_seeds_and_only_tighten(write) -> None:
    text = MINIMAL + '[scope]\nseeds = ["https://a.test/"]\nmax_pages = 10\nmax_depth = 3\n'
    over = Overrides(seeds=("https://b.test/", "https://a.test/"), max_pages=100, max_depth=2, max_bytes=7)
    scope = load(write(text), overrides=over).scope
    assert scope.seeds == ("https://a.test/", "https://b.test/")
    assert (scope.max_pages, scope.max_depth, scope.max_bytes) == (10, 2, 7)
    assert "as_run.seeds[0]" in faults(write(text), overrides=Overrides(seeds=("nope",)))
