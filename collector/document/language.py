"""The language of a text, by langdetect on a bounded sample.

langdetect 1.0.9 draws its n-grams at random: unseeded, the same text gets different answers from run to
run, and its profiles are loaded on first use without a lock. Both are mended here, and nowhere else is it
imported. Its probability is overconfident on short text, so short text is `und` whatever it says.
"""

from __future__ import annotations

import re
import threading

from langdetect import detector_factory
from langdetect.lang_detect_exception import LangDetectException

from collector.model.page import Language

UNDETERMINED = Language("und", 0.0)
SAMPLE_LETTERS = 1_000
MIN_LETTERS = 24
MIN_IDEOGRAPHS = 8  # one carries what several letters do
SEED = 0
_MAX_SCANNED = 20_000  # characters of the text that are looked at for a sample

_NOT_PROSE = re.compile(r"https?://\S{1,2000}|www\.\S{1,500}|\S{1,64}@\S{1,255}|\[\[[A-Z_]{1,32}_\d{1,9}\]\]")
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LONG_LINE = 60  # a sentence rather than a menu entry

_lock = threading.Lock()
_factory: detector_factory.DetectorFactory | None = None


def detect(text: str) -> Language:
    """ISO 639-1 code and probability of the likeliest language; `und` where there is too little text. Never raises."""
    sample = sample_of(text)
    letters = sum(map(str.isalpha, sample))
    if letters < MIN_LETTERS and len(_IDEOGRAPHS.findall(sample)) < MIN_IDEOGRAPHS:
        return UNDETERMINED
    detector = _profiles().create()
    try:
        detector.append(sample)
        found = detector.get_probabilities()
    except LangDetectException:
        return UNDETERMINED
    if not found:
        return UNDETERMINED
    return Language(found[0].lang.partition("-")[0], round(min(found[0].prob, 1.0), 4))


def sample_of(text: str) -> str:
    """About 1,000 letters of running text: long lines first, then the rest, without addresses and placeholders."""
    lines = [line for line in _NOT_PROSE.sub(" ", text[:_MAX_SCANNED]).splitlines() if line.strip()]
    chosen: list[str] = []
    letters = 0
    for wanted in (True, False):
        for line in lines:
            if (len(line) >= _LONG_LINE) is not wanted:
                continue
            line = line[: SAMPLE_LETTERS * 2]  # noqa: PLW2901
            chosen.append(line)
            letters += sum(map(str.isalpha, line))
            if letters >= SAMPLE_LETTERS:
                break
        if letters >= SAMPLE_LETTERS:
            break
    sample = " ".join(" ".join(chosen).split())
    return sample[: SAMPLE_LETTERS * 2]


def _profiles() -> detector_factory.DetectorFactory:
    global _factory  # noqa: PLW0603  loaded once a process: 55 profiles, about half a second
    with _lock:
        if _factory is None:
            factory = detector_factory.DetectorFactory()
            factory.load_profile(detector_factory.PROFILES_DIRECTORY)
            factory.set_seed(SEED)
            _factory = factory
        return _factory
