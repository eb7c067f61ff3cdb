"""personal-data §2 "NER last": models of names are plug-ins that a policy has to name; ours ship in wheels."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from importlib.metadata import EntryPoint
from importlib.util import find_spec

import pytest

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.names import name_models
from collector.minimise.replacing.plan import plan_of
from collector.minimise.text import minimise_text
from collector.model.errors import PolicyError
from collector.model.url import parse_url
from collector.policy.policy import Minimise

ENGLISH = """The committee met on the bridge in the afternoon and nobody spoke for a while. Then Wulfric Okonjo-Bell said that
the river was rising, and the mayor asked what the engineers had done about it since the last winter."""


class Pairs:
    """Takes two capitalised words, a long one first, for a name; counts how often it was loaded and asked."""

    languages = frozenset(("en",))
    needs: tuple[str, ...] = ("re",)
    extra = "pairs"
    name = "pairs"
    version = "7"

    def __init__(self):
        self.loaded = self.asked = 0

    def load(self):
        self.loaded += 1
        return self

    def find(self, text):
        self.asked += 1
        for match in re.finditer(r"\b[A-Z][a-z]{6,} [A-Z][\w-]+", text):
            yield match.span()


PAIRS = Pairs()


@pytest.fixture
def installed(monkeypatch):
    """The plug-in as a package would bring it."""
    point = EntryPoint("pairs", "tests.minimise.test_name_models:PAIRS", name_models.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda self: PAIRS if self.name == "pairs" else object())
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point] if group == name_models.GROUP else [])
    PAIRS.__init__()
    yield PAIRS
    name_models._model.cache_clear()
    name_models._finder.cache_clear()


def test_no_model_is_asked_unless_a_policy_names_it(installed):
    assert "Okonjo" in minimise_text(ENGLISH, plan_of(Minimise()), url=None, lang=None).text
    assert installed.loaded == 0


def test_a_plug_in_is_loaded_once_and_named_with_its_version(installed):
    plan = plan_of(Minimise(ner=("pairs",)))
    assert installed.loaded == 0  # a policy that is read loads no weights
    for _ in range(2):
        result = minimise_text(ENGLISH + "\n\nSo Wulfric Okonjo-Bell went home.", plan, url=None, lang=None)
        assert result.text.count("[[PERSON_1]]") == 2
        assert result.models == ("pairs 7",)
    assert [span.rule for span in name_models.find(ENGLISH, ("pairs",))[0]] == ["person_pairs"]
    assert installed.loaded == 1
    assert installed.asked == 3  # twice, and here: of the text as it came, and not again of what was left


def test_on_a_page_the_name_goes_everywhere_and_the_record_says_which_model(installed):
    url = parse_url("https://news.example.org/")
    html = f"<html lang=en><title>Wulfric Okonjo-Bell</title><p>{ENGLISH}</p><a href='/wulfric-okonjo-bell'>more</a>"
    document = read(html.encode(), content_type="text/html", url=url)
    result = minimise_document(document, url, plan_of(Minimise(ner=("pairs",))))
    assert b"konjo" not in result.body
    assert result.redaction.models == ("pairs 7",)


def test_other_languages_are_left_to_others(installed):
    german = (
        "Der Ausschuss traf sich auf der Brücke, und niemand sprach. Dann sagte Wulfric Okonjo, der Fluss steige nun."
    )
    result = minimise_text(german, plan_of(Minimise(ner=("pairs",))), url=None, lang=None)
    assert result.models == ()
    assert installed.asked == 0


def test_what_a_model_says_is_judged(installed, monkeypatch):
    text = ENGLISH + " [[PERSON_1]] of the Widgets Ltd, in 2024 "
    monkeypatch.setattr(Pairs, "find", lambda self, chunk: [(0, len(chunk)), (chunk.find("[["), chunk.find("]]") + 2)])
    assert name_models.find(text, ("pairs",))[0] == []


def test_long_texts_are_shown_in_chunks_that_cut_no_name(installed, monkeypatch):
    seen = []
    monkeypatch.setattr(Pairs, "find", lambda self, chunk: seen.append(chunk) or [])
    text = "\n".join([ENGLISH] * 300)
    name_models.find(text, ("pairs",))
    assert "".join(seen) == text
    assert max(map(len, seen)) <= name_models.CHUNK
    assert all(chunk.endswith("\n") for chunk in seen[:-1])


@pytest.mark.parametrize(
    ("ner", "said"),
    [
        ("no-such", "no model 'no-such' of names"),
        ("pairs", "needs no_such_module, which is not installed"),
    ],
)
def test_a_model_that_is_not_there_stops_the_policy(installed, monkeypatch, ner, said):
    monkeypatch.setattr(installed, "needs", ("no_such_module",), raising=False)
    with pytest.raises(PolicyError, match=re.escape(said)) as caught:
        plan_of(Minimise(ner=(ner,)))
    assert caught.value.where == "[minimise] ner"
    assert "install" in (caught.value.mend or "")


@pytest.mark.skipif(find_spec("spacy") is not None, reason="the extra is installed")
def test_without_the_extra_our_models_say_what_to_install():
    with pytest.raises(PolicyError, match="spacy") as caught:
        plan_of(Minimise(ner=("spacy_en",)))
    assert caught.value.mend == "pip install 'collector[ner]'"


def test_importing_the_seam_loads_no_model():
    code = "import sys, collector.minimise.replacing.plan; print([m for m in ('spacy', 'slovnet', 'socket') if m in sys.modules])"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == "[]"


FRENCH = """La réunion a eu lieu hier dans la salle des fêtes du village. Le maire Étienne Lacombe a parlé de la
rivière, et les habitants ont demandé ce qui avait été fait depuis l'hiver dernier."""
OURS = {
    "spacy_en": (ENGLISH.replace("Wulfric Okonjo-Bell", "Margaret Hollins"), "Margaret Hollins", "en_core_web_sm"),
    "spacy_fr": (FRENCH, "Étienne Lacombe", "fr_core_news_sm"),
    "slovnet_ru": (
        "Вчера вечером на мосту собрались жители посёлка. Инженер Иван Петров рассказал о реке, и все слушали его молча.",
        "Иван Петров",
        "slovnet_ner_news_v1",
    ),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("model", OURS)
def test_ours_find_a_name_in_running_text_without_the_network(model, monkeypatch):
    text, name, called = OURS[model]
    missing = [module for module in name_models._model(model).needs if find_spec(module) is None]
    if missing:
        pytest.skip(f"the extra is not installed: pip install 'collector[ner]' ({', '.join(missing)})")

    def refuse(*_args, **_kwargs):
        raise AssertionError("a model asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    result = minimise_text(text, plan_of(Minimise(names="off", ner=(model,))), url=None, lang=None)
    assert name not in result.text
    assert result.models[0].startswith(f"{called}")
    assert len(result.text) > len(text) - 60
