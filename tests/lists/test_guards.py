"""lists-and-registry §1.4, §8: sex education, LGBT press, medical authorities and religious press are not denied."""

from __future__ import annotations

import json

import pytest

from collector.lists.folder import load_lists
from collector.lists.guards import guards_of, lifted_by
from collector.lists.match import Action
from collector.model.decision import Verdict
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.sensitive_domain import sensitive_domain

ADULT = "adult.pornography"
# What a careless public list holds: each of these stands in some list of its category, wrongly.
CARELESS = [
    ("subtree", "scarleteen.com", ADULT),
    ("host", "www.plannedparenthood.org", ADULT),
    ("subtree", "queer.de", ADULT),
    ("subtree", "www.advocate.com", "sexuality.community"),
    ("subtree", "medlineplus.gov", "health.addiction"),
    ("subtree", "katholisch.de", "religion.community"),
    ("prefix", "www.scarleteen.com/boards/", ADULT),
    ("subtree", "thetablet.co.uk", "crime.malware"),
    ("subtree", "videos.example.org", ADULT),
]


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """The answer of sensitive_domain with a careless list among the shipped ones."""
    folder = tmp_path_factory.mktemp("lists") / "careless"
    folder.mkdir()
    rows = [json.dumps({"kind": kind, "value": value, "category": category}) for kind, value, category in CARELESS]
    (folder / "entries.jsonl").write_text("\n".join(rows))
    (folder / "manifest.toml").write_text(
        'id = "careless"\ntitle = "t"\ncategory = "adult.pornography"\nlicence = "CC0-1.0"\nsource = "a test"\n'
        "date = 2026-11-01\n"
    )
    careless = load_lists(folder.parent).lookup.entries
    lookup = type(load_lists().lookup)((*load_lists().lookup.entries, *careless))

    def answer(url: str, *also):
        candidate = Candidate(parse_url(url))
        matches = (*also, *lookup.match(candidate.url))
        return sensitive_domain(UrlFacts(candidate, sensitive=matches), NoSettings())

    return answer


@pytest.mark.parametrize(
    ("url", "guard"),
    [
        ("https://www.scarleteen.com/article/consent", "education.sexuality"),
        ("https://www.plannedparenthood.org/learn", "education.sexuality"),
        ("https://www.queer.de/detail.php?article_id=1", "press.lgbt"),
        ("https://www.advocate.com/news", "press.lgbt"),
        ("https://medlineplus.gov/opioids.html", "authority.health"),
        ("https://www.katholisch.de/artikel/1", "press.religion"),
    ],
)
def test_a_guard_lifts_what_a_careless_list_denies(ask, url: str, guard: str) -> None:
    finding = ask(url)
    assert finding.verdict is Verdict.ALLOW
    assert f"is {guard}" in finding.reason
    assert [evidence.source.partition("@")[0] for evidence in finding.evidence] == ["list:guards", "list:careless"]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.scarleteen.com/boards/ask",  # names a path: written with the site in view
        "https://www.thetablet.co.uk/",  # a category that no guard lifts
        "https://videos.example.org/",  # no guard
        "https://www.reddit.com/r/HIV",  # ours
    ],
)
def test_other_denials_stand(ask, url: str) -> None:
    assert ask(url).verdict is Verdict.DENY


def test_an_operators_own_denial_stands(tmp_path, ask) -> None:
    path = tmp_path / "own.txt"
    path.write_text("scarleteen.com\n")
    own = load_lists(files=[path]).lookup.match(parse_url("https://www.scarleteen.com/"))
    assert own[0].action is Action.DENY
    finding = ask("https://www.scarleteen.com/", *own)
    assert finding.verdict is Verdict.DENY


def test_guards_of_a_url() -> None:
    assert lifted_by(guards_of(parse_url("https://www.tetu.com/2026"))) == {ADULT, "sexuality.community"}
    assert guards_of(parse_url("https://example.org/")) == ()
    assert lifted_by(()) == frozenset()


def test_guarded_sources_are_not_denied_by_anything_shipped() -> None:
    lists = load_lists()
    for entry in lists.lookup.entries:
        if entry.list == "guards":
            matches = lists.lookup.match(parse_url(f"https://{entry.host}/"))
            assert all(match.action is Action.INFO for match in matches), entry.host
