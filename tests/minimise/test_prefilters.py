"""What is looked at first to save work never hides anything: with a prefilter and without one, the same is found."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.engine.matching import Matcher, latin
from collector.minimise.engine.prefilter import ENGINES, prefilter_of
from collector.minimise.engine.words_of import MANY, TRIES, WordsOf
from collector.minimise.names import bylines, letters, name_lists
from collector.minimise.replacing.plan import STRICT
from collector.minimise.replacing.recognize import RECOGNIZERS, recognize, silent
from collector.minimise.structure import attribute_values
from collector.model.url import parse_url

URL = parse_url("https://news.example.org/story")
PIECES = (
    "© 2011-2022, ", "Copyright (c) 2019\n", "By Jane Doe", "Von Hans Müller am 3. Mai", "posted by", "från", "Autor: ", "Автор:", "Übersetzung : ", "jdoe42",
    "Jane Doe", "Peter", "says", "sagte:", "napisała", " on Monday", "© 2020 ", "(c) ", "Copyright", "Jane, 12 May",
    "Dr. ", "Herr ", "von der ", "Anna", "\xa0", " ", "\n", "|", "12.05.2021", "3 pm by ", "geschrieben am 3. Mai von ",
    "V.i.S.d.P.: ", "mis en ligne le 3 mai par ", "İbrahim", "ſaid", "?", ".", ",", "word", "MÜLLER", "ÉCRIT par ",
)  # fmt: skip
LINES = (
    "By", "by:", "  Von: ", "Bildautor", "Überautorin:", "Maintainer:", "V.i.S.d.P.:", "posted by", "ÉCRIT PAR", "Автор",
    "geschrieben am 3. Mai von", "mis en ligne le 3 mai par:", "napisał przez", "Jane Doe", "Vsevolod Quxton", "vq1 ", "x",
    "", "  ", "\xa0\u2003von\u3000", "\u2028by:\u2029", "\x1cBy:\x85", "Hans Müller am 3. Mai", "from", "Bildautor: vq1",
    "word " * 45 + "was written by Jane Doe.", "Ü" * 50 + " " * 160 + "patch by Иван Петров", "created by Jane Doe",
    " " * 300 + "By" + " " * 20 + "Vsevolod Quxton", " " * 9 + "By Jane Doe" + " " * 300, "Peter sagte" + " " * 9,
)  # fmt: skip
LETTERS = (
    "Jane Doe", "Vsevolod Quxton", "Anna Lee, ", "Thomas Qarl", "Bo Qvist ", "Iwan von der Qlot", "Dr. Qux", "Иван Петров",
    "\n", "\n", "\n", "\n\n", " ", ", ", "; ", " and ", " und ", ": ", ". ", " - ", "* ", "> ", "--", "\n-- \n", "\n__-_\n", "— ", "–",
    " <jd@mail.example.org>", " <jd\u2010\n   oe@mail.x.test>", "\n    ", " (jd at mail", " wrote:", " a écrit :", "schrieb ", "\nschreef ", "My name is ", "Je m\u2019appelle ",
    "Ich heiße ", "I'm ", "About ", "Über ", "Regards,", "\n> Best wishes", "mfg", "\nViele Grüße aus Ulm", "GRÜẞE", "À bientôt",
    "pozdrawiam", "\n|Un saludo,", "z poważaniem", "x", "word", "Word", "ſ", "\xa0", "\u2003", "Jane\u2019s ",
)  # fmt: skip
VALUES = (
    "1.1.1.1", "8.8.8.8.", "@jane_doe", "jane@example.org", "jane [at] example [dot] org", "+49 30 1234567", "0171/2345678",
    "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "2001:db8::8a2e:370:7334", "52.5200, 13.4050", "password: hunter22x",
    "00:1b:63:84:45:e6", "born 3 May 1980", "tel: 5551234567", "1600 Amphitheatre Parkway", "SSN 219-09-9999", "Passport C01X00T47",
    "https://u:p@x.test/", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "word", "a", "", " ", "0", "\n", "x\n7", "12", "@", "+", ":",
)  # fmt: skip
ATTRIBUTES = (
    "class='author'", "class='a fn b'", "class='postAuthor'", "class='entry-meta2'", "id=by-line", "id=x", "class=vcard",
    "class='p-tel'", "href='/author/jane-doe'", "href='mailto:jane.doe@example.org'", "href='https://x.test/a'",
    "href='http://x.test/?a=1'", "href='ftp://x.test/'", "href='a://b'", "href='//twitter.com/janedoe'", "href='#x12'",
    "href='/reset/abcdefghij1234567890'", "href='javascript:f()'", "rel=author", "title='Call 030 1234567'",
    "data-author='Jane Doe'", "alt='jane dot doe at example dot org'", "alt='Jane Doe'", "title='1.2.3'", "alt='12345'",
    "value=1", "onclick=f()", "data-x='{}'", "itemprop=name", "title='a\nauthor'", "title='İ'", "aria-label='page 3'",
)  # fmt: skip


@pytest.fixture
def nothing_first(monkeypatch):
    """A function that turns every prefilter of lines and attributes off."""
    return lambda: monkeypatch.setattr(Matcher, "ends", lambda _self, _text: None)


def drawn(seed, pieces, most):
    chance = random.Random(seed)
    return "".join(chance.choices(pieces, k=chance.randint(1, most)))


def page(seed):
    chance = random.Random(seed)
    parts = []
    for _ in range(chance.randint(1, 12)):
        tag = chance.choice(("p", "a", "span", "div", "cite", "meta", "input", "img"))
        attributes = " ".join(chance.sample(ATTRIBUTES, chance.randint(0, 3)))
        parts.append(f"<{tag} {attributes}>{drawn(chance.random(), PIECES, 3)}</{tag}>")
    return "".join(parts).encode()


def test_where_hyperscan_is_there_it_takes_the_patterns():
    pytest.importorskip("hyperscan")
    assert bylines._LINES._matcher.ends("Autor: Jane Doe")
    assert letters._FIRST_LOOK.ends("\nRegards,")
    assert name_lists._SECOND.ends("Jane Doe")
    assert attribute_values._WORDS.ends("\npost author 12345")
    assert attribute_values._URLS.ends("\n/author/x")


def test_lines_without_a_first_look_give_the_same_names(nothing_first):
    texts = [drawn(seed, PIECES, 12) for seed in range(400)]
    texts += [drawn(seed, [line + "\n" for line in LINES], 9) for seed in range(400)]
    first = [list(bylines.find(text)) for text in texts]
    assert sum(map(len, first)) > 400
    nothing_first()
    assert [list(bylines.find(text)) for text in texts] == first


def test_letters_and_lists_without_a_first_look_give_the_same_names(nothing_first):
    texts = [drawn(seed, LETTERS, 20) for seed in range(3_000)]
    first = [[*letters.find(text), *name_lists.find(text)] for text in texts]
    assert sum(map(len, first)) > 1_000
    nothing_first()
    assert [[*letters.find(text), *name_lists.find(text)] for text in texts] == first


def test_only_the_lines_below_an_announcement_and_those_that_say_something_are_looked_at():
    pytest.importorskip("hyperscan")
    text = "\n".join(("a word", "posted by", "", " x ", "  vq1  ", "a word", "word " * 60, "Jane, 3 May", "by:"))
    assert [(at, line) for at, line, _ in bylines._LINES.of(text)] == [
        (text.index(line), line) for line in ("posted by", "vq1", "Jane, 3 May", "by:")
    ]


def test_attributes_without_a_first_look_are_minimised_the_same(nothing_first):
    bodies = [page(seed) for seed in range(150)]

    def minimised(body):
        result = minimise_document(read(body, content_type="text/html; charset=utf-8", url=URL), URL, STRICT)
        return result.body, result.redaction, result.spans, result.locations

    first = [minimised(body) for body in bodies]
    assert sum(bool(redaction.counts) for _, redaction, _, _ in first) > 50
    nothing_first()
    assert [minimised(body) for body in bodies] == first


def test_a_pattern_for_latin_1_stands_for_the_letters_it_cannot_see():
    assert latin(r"napisał\sprzez") == r"napisa[?][\s\x1c-\x1f\x85\xa0?]przez"
    assert latin("über") in ("[Üü]ber", "[üÜ]ber")
    assert latin("groß") == "gro[ß?]"


@given(st.text(alphabet="aAbß é1_'-", max_size=60), st.text(alphabet="aAbßé1", min_size=1, max_size=3))
def test_a_word_stands_in_a_text_where_a_run_of_letters_is_that_word(text, word):
    runs = "".join(c if c.isalpha() else " " for c in text).split()
    assert (word in WordsOf(text)) == (word in runs)


def test_many_questions_and_many_false_places_are_answered_alike():
    words = WordsOf("ab " + "aab " * (2 * TRIES) + "a")
    assert "a" in words
    assert "b" not in words
    asked = WordsOf("one two three")
    assert [f"w{n}" in asked for n in range(2 * MANY)] == [False] * (2 * MANY)
    assert "two" in asked


def test_visible_text_is_walked_once_until_the_tree_is_to_change():
    document = read(b"<p>one</p>", content_type="text/html", url=URL)
    assert document.visible() is document.visible()
    taken = document.take_visible()
    assert taken.text.strip() == "one"
    document.root.find("body/p").text = "two"
    assert document.visible().text.strip() == "two"


@given(st.lists(st.lists(st.sampled_from(VALUES), max_size=3).map("".join), max_size=12))
def test_nothing_is_found_in_what_is_told_to_be_silent(texts):
    """Wherever a text stands among others: at the beginning or the end of one, numbers before or behind it."""
    quiet = silent(texts)
    assert not [text for text in quiet if recognize(text, NO_CONTEXT, STRICT.kinds)]


def test_most_texts_of_a_page_are_told_to_be_silent():
    """Not all that hold nothing: a trigger at the end of one reaches over the line break into the next."""
    texts = ["Article", "headline", "The village and its well", "https://schema.org", "wide"]
    assert silent(texts) == set(texts)
    assert silent([*texts, "jane.roe@mail.example.org"]) == set(texts)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_window_ends_behind_the_number_that_it_would_cut(engine):
    prefilter = prefilter_of(RECOGNIZERS, engine)
    cuts = 0
    for before in range(35):
        text = f"{'x' * before} 91.198.174.19 {'9' * before}?91.198.174.19 is 2 " + "or 12345 " * 60
        ends = [end for windows in prefilter.windows(text) for _, end in windows if end < len(text)]
        assert not [end for end in ends if text[end - 1 : end + 1].isalnum()]
        cuts += len(ends)
    assert cuts
