"""Visible text, main text and language: linear, deterministic, without state."""

from __future__ import annotations

import threading
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from collector.document.html import tree_of
from collector.document.language import detect, sample_of
from collector.document.main_text import MAX_ELEMENTS, main_text
from collector.document.read import read
from collector.document.text import plain_lines, visible_text
from collector.model.url import parse_url

URL = parse_url("https://site.test/")
ENGLISH = "The council met on Tuesday to talk about the library and agreed that it should stay open longer. "


def test_blocks_are_lines_and_inline_elements_are_nothing():
    text = visible_text(tree_of("<p>jo<b>hn</b>@x<i>.</i>test</p><div>two<br>three</div><td>four")).text
    assert plain_lines(text) == "john@x.test\ntwo\nthree\nfour"


def test_code_styles_templates_and_form_values_are_not_text():
    html = "<script>a</script><style>b</style><template>c</template><textarea>d</textarea><!-- e --><p>f"
    assert plain_lines(visible_text(tree_of(html)).text) == "f"


@given(st.text(st.sampled_from("ab \t\n\r\x0b\x0c\x1c\x85\xa0\u2028\u3000\u200b\xad\x00é"), max_size=40))
def test_lines_are_collapsed_whichever_white_space_stands_there(text):
    collapsed = (" ".join(line.split()) for line in text.splitlines())
    assert plain_lines(text) == "\n".join(line for line in collapsed if line)


@pytest.mark.parametrize("depth", [10, 255, 2_040])
def test_trees_of_any_depth_are_walked(depth):
    assert plain_lines(visible_text(tree_of("<div>" * depth + "deep")).text) == "deep"


def test_lines_of_preformatted_text_stay():
    assert "a\n  b" in visible_text(tree_of("<pre>a\n  b</pre>")).text


@given(st.text(alphabet="<>/pbdiv \n\tre@xab!-", max_size=120))
def test_every_node_keeps_its_text(html):
    root = tree_of(html)
    visible = visible_text(root)
    assert "".join(visible.text.split()) == "".join(visible.text.split())
    for start, end, element, tail in visible.nodes:
        text = element.tail if tail else element.text
        shown = visible.text[start:end]
        assert len(shown) == len(text)
        assert shown.split() == text.split()
    assert visible_text(root, list(root.iter())).text == visible.text


@given(st.text(alphabet="<>/pbdiv a-!", max_size=80), st.integers(0, 60), st.integers(1, 60))
def test_nodes_of_a_range_are_those_that_show_a_character_of_it(html, start, length):
    visible = visible_text(tree_of(html))
    here = [node for node in visible.nodes if any(start <= place < start + length for place in range(node[0], node[1]))]
    assert visible.between(start, start + length) == here


def article(words=60):
    body = "".join(f"<p>{ENGLISH * 2}</p>" for _ in range(words // 10))
    return f"<html><body><nav><a href=/>Home</a> <a href=/a>About</a></nav><article><h1>Library</h1>{body}</article><footer>Imprint</footer></body></html>"


def test_main_text_leaves_navigation_out_and_the_tree_alone():
    document = read(article().encode(), content_type="text/html", url=URL)
    before = etree.tostring(document.root)
    text = main_text(document)
    assert "library" in text
    assert "Imprint" not in text
    assert etree.tostring(document.root) == before
    assert main_text(document) == text  # no state between calls: nothing is a duplicate of itself


def test_a_page_too_large_for_the_extractor_keeps_its_visible_text(monkeypatch):
    monkeypatch.setattr("collector.document.main_text.MAX_ELEMENTS", 3)
    assert "Imprint" in main_text(read(article().encode(), content_type="text/html", url=URL))
    assert MAX_ELEMENTS > 3


def test_a_page_too_deep_for_the_extractor_keeps_its_visible_text():
    assert main_text(read(b"<div>" * 300 + b"deep", content_type="text/html", url=URL)) == "deep"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        ("Der Gemeinderat hat gestern über den neuen Haushalt der Bibliothek beraten und beschlossen.", "de"),
        ("Le conseil municipal a décidé hier que la bibliothèque resterait ouverte plus longtemps.", "fr"),
        ("El ayuntamiento decidió ayer que la biblioteca permanecerá abierta durante más tiempo.", "es"),
        ("図書館は来年から開館時間を延長することが決まりました。", "ja"),
        ("Городской совет вчера решил, что библиотека будет работать дольше обычного.", "ru"),
        ("Hi", "und"),
        ("", "und"),
        ("12345 67890 " * 30, "und"),
        ("https://site.test/this-is-english-words-in-an-address " * 5, "und"),
        ("[[EMAIL_1]] [[PERSON_2]] " * 20, "und"),
    ],
)
def test_languages(text, code):
    assert detect(text).code == code


def test_the_same_text_gets_the_same_answer_in_every_thread():
    mixed = ENGLISH + "Der Rat tagte gestern. Le conseil a voté hier. "
    answers = []
    threads = [threading.Thread(target=lambda: answers.append([detect(mixed) for _ in range(4)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer for each in answers for answer in each}) == 1


def test_the_sample_prefers_sentences_and_is_bounded():
    menu = "\n".join(["Inicio", "Contacto", "Noticias"] * 50)
    assert sample_of(f"{menu}\n{ENGLISH * 20}").startswith("The council")
    assert len(sample_of("x" * 1_000_000)) <= 2_000


def test_a_copy_of_a_document_gives_the_same_text():
    document = read(article().encode(), content_type="text/html", url=URL)
    assert main_text(deepcopy(document)) == main_text(document)
