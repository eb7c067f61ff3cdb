"""collector.crawler.known: a policy is held against kinds, models and domains before anything is crawled under it."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.crawler.known import KNOWN
from collector.minimise.replacing.plan import SETTABLE, plan_of, treatments_of
from collector.model.errors import PolicyError
from collector.policy.faults import Fault, FaultyPolicyError
from collector.policy.load import load_policy
from collector.policy.policy import Minimise, Treatment
from tests.support.minimal_policy import MINIMAL

FIRST = MINIMAL.count("\n") + 1


def faults(tmp_path: Path, text: str) -> list[Fault]:
    path = tmp_path / "p.toml"
    path.write_text(MINIMAL + text)
    try:
        load_policy(path, {}, known=KNOWN)
    except FaultyPolicyError as error:
        return list(error.faults)
    return []


def test_kinds_treatments_and_models_that_do_not_fit_are_told_at_once_with_their_lines(tmp_path):
    text = '[minimise]\nner = ["no_such_model"]\n[minimise.kinds]\nemial = "drop"\nip = "generalise"\nphone = "randomise"\n'
    model, kind, treatment = faults(tmp_path, text)
    assert (model.line, model.key) == (FIRST + 1, "minimise.ner")
    assert "no_such_model" in model.message
    assert (kind.line, kind.key, kind.mend) == (FIRST + 3, "minimise.kinds.emial", "did you mean email?")
    assert (treatment.line, treatment.key) == (FIRST + 5, "minimise.kinds.phone")
    assert treatment.mend == "one of placeholder, pseudonym, drop, keep"


@pytest.mark.parametrize("kind", SETTABLE)
def test_what_the_loader_takes_a_plan_can_be_made_of_and_nothing_else(tmp_path, kind):
    for treatment in Treatment:
        fits = not faults(tmp_path, f'[minimise.kinds]\n{kind} = "{treatment}"\n')
        assert fits == (treatment in treatments_of(kind))
        settings = Minimise(kinds={kind: treatment})
        if fits:
            assert plan_of(settings, bytes(32)).treatments[kind] is treatment
        else:
            with pytest.raises(PolicyError, match=kind):
                plan_of(settings, bytes(32))


@pytest.mark.parametrize(
    ("domain", "registrable"),
    [("www.example.org", "example.org"), ("a.b.example.co.uk", "example.co.uk")],
)
def test_an_override_that_no_host_would_be_looked_up_by_is_a_fault(tmp_path, domain, registrable):
    (fault,) = faults(tmp_path, f'[[politeness.host]]\ndomain = "{domain}"\nmin_delay = 9.0\n')
    assert (fault.line, fault.key) == (FIRST + 1, "politeness.host[0].domain")
    assert fault.mend == f"write {registrable}; it covers every host below"


@pytest.mark.parametrize(
    "domain", ["example.org", "Example.org", "example.co.uk", "alice.github.io", "127.0.0.1", "h.localhost"]
)
def test_an_override_by_registrable_domain_or_address_stands(tmp_path, domain):
    assert faults(tmp_path, f'[[politeness.host]]\ndomain = "{domain}"\n') == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[politeness.host]]\ndomain = "a.test"\n[[politeness.host]]\ndomain = "a.test"\n', "name a.test"),
        ('[[politeness.host]]\ndomain = "a.test"\nmin_delay = 3\nmax_delay = 2\n', "max_delay is below min_delay"),
        ('[recrawl]\nafter = "0s"\n', "never done"),
        ("[storage]\nsegment_bytes = 10\n", "10 is too small"),
        ("[scope]\nmax_depth = 5_000\n", "5000 is too large"),
    ],
)
def test_values_out_of_bounds_are_told_in_words_with_a_mend(tmp_path, text, said):
    (fault,) = faults(tmp_path, text)
    assert said in fault.message
    assert fault.mend
    assert "datetime" not in fault.message + fault.mend
