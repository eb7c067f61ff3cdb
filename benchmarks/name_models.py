"""What a model of names costs and finds beside what is on by default: `[minimise] ner`.

Run: `pip install 'collector[ner]'`, then `python benchmarks/name_models.py`.

Texts are made: sentences of news and letters in three languages, with a given and a family name put into each (Faker's
lists for the language). They stand in running prose, where by default no list of names is asked, so most are left; a
name that still stands there afterwards is counted. What else was masked is counted in characters. Both plans run by
turns over the same texts, in CPU time; the figures are medians of the rounds, and their ratio.
"""

# ruff: noqa: RUF001  Russian sentences

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import time
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faker import Faker

from collector.minimise.names import name_models
from collector.minimise.replacing.plan import Plan, plan_of
from collector.minimise.text import minimise_text
from collector.policy.policy import Minimise

ROUNDS = 5
TEXTS = 20
SENTENCES = 90  # of a text: about 11 KB, as much as a page of the web shows
PROSE = {
    "spacy_en": ("en_US", (
        "Then {} said that the river had risen again and that the bridge would stay closed until the spring.",
        "The council thanked {} for the work of the last winter, and nobody asked what it had cost.",
        "In the afternoon the engineers met on the bank, where {} had left the boat the evening before.",
        "The committee read the letter twice before it was put away with the others in the drawer.",
        "Prices of bread rose by four per cent, which the market in the old town felt at once.",
        "It was {} who found the second map, folded into the back of a book about gardens.",
    )),
    "spacy_fr": ("fr_FR", (
        "Ensuite {} a dit que la rivière montait encore et que le pont resterait fermé jusqu'au printemps.",
        "Le conseil a remercié {} pour le travail de l'hiver dernier, et personne n'a demandé le prix.",
        "L'après-midi, les ingénieurs se sont retrouvés sur la rive, où {} avait laissé la barque la veille.",
        "La commission a lu la lettre deux fois avant de la ranger avec les autres dans le tiroir.",
        "Le prix du pain a augmenté de quatre pour cent, ce que le marché de la vieille ville a senti.",
        "C'est {} qui a trouvé la seconde carte, pliée à la fin d'un livre sur les jardins.",
    )),
    "slovnet_ru": ("ru_RU", (
        "Затем {} сказал, что река снова поднялась и мост останется закрытым до весны.",
        "На берегу собрались инженеры, и {} показал им лодку, оставленную накануне вечером.",
        "Комиссия дважды прочитала письмо и убрала его в ящик к остальным бумагам.",
        "Цены на хлеб выросли на четыре процента, и рынок старого города сразу это почувствовал.",
        "Вторую карту нашёл {}, она лежала сложенной в конце книги о садах.",
    )),
}  # fmt: skip


def made(model: str) -> list[tuple[str, list[str]]]:
    """Texts, and the names put into each; the same in every run."""
    locale, sentences = PROSE[model]
    people = Faker(locale)
    people.seed_instance(7)
    chance = random.Random(7)
    texts = []
    for _ in range(TEXTS):
        lines, names = [], []
        for _ in range(SENTENCES):
            sentence = chance.choice(sentences)
            if "{}" in sentence:
                names.append(f"{people.first_name_male()} {people.last_name_male()}")
                sentence = sentence.format(names[-1])
            lines.append(sentence)
        texts.append((" ".join(lines), names))
    return texts


def run(plan: Plan, texts: list[tuple[str, list[str]]]) -> tuple[float, int, int]:
    """CPU seconds; names that are left; characters masked beyond the names."""
    started = time.process_time()
    results = [minimise_text(text, plan, url=None, lang=None) for text, _ in texts]
    spent = time.process_time() - started
    left = beyond = 0
    for (_, names), result in zip(texts, results, strict=True):
        here = [name for name in names if name in result.text]
        left += len(here)
        masked = sum(span.end - span.start for span in result.spans)
        beyond += max(0, masked - sum(len(name) for name in names if name not in result.text))
    return spent, left, beyond


def measure(model: str) -> None:
    """One model beside none, by turns."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    name_models.load((model,))
    loading = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1_024
    texts = made(model)
    size = sum(len(text.encode()) for text, _ in texts)
    names = sum(len(names) for _, names in texts)
    plans = (plan_of(Minimise()), plan_of(Minimise(ner=(model,))))
    for plan in plans:
        run(plan, texts[:1])  # compiles
    rounds = [[run(plan, texts) for plan in plans] for _ in range(ROUNDS)]
    (plain, plain_left, plain_beyond), (modelled, left, beyond) = (
        (statistics.median(r[which][0] for r in rounds), *rounds[0][which][1:]) for which in (0, 1)
    )
    print(f"{model}: loads in {loading:.1f} s, {grown} MB")
    for what, seconds, here, others in (
        ("without", plain, plain_left, plain_beyond),
        ("with", modelled, left, beyond),
    ):
        print(
            f"  {what:<8}{size / seconds / 1e3:8,.0f} KB/s {here:6,} of {names:,} names left, {others:,} others masked"
        )
    more = 1e3 * (modelled - plain) / TEXTS
    print(f"  {more:,.0f} ms more for a text of {size / TEXTS / 1e3:.0f} KB: {modelled / plain:,.0f} times as much")


def main() -> int:
    """Measure each model that is installed; returns the exit code."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    there = [name for name in PROSE if all(map(find_spec, name_models._model(name).needs))]  # noqa: SLF001
    for name in PROSE:
        if name in there:
            measure(name)
        else:
            print(f"{name}: not installed (pip install 'collector[ner]')")
    return 0 if there else 1


if __name__ == "__main__":
    raise SystemExit(main())
