"""Who wrote it, in letters, posts, lists and prose (personal-data §2: names that a page or post says are somebody's)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.minimise.names import attributions, letters, name_lists
from collector.minimise.names.name_shapes import spelt
from collector.minimise.replacing.plan import STRICT
from collector.minimise.text import minimise_text
from tests.support.growth import assert_linear

FULL = "This page of the manual, which is long enough to fill a line,"


def names(text: str) -> list[str]:
    return [found.name for found in attributions.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Send patches to Vsevolod Quxton <vq@mail.example.org>, please.",
        'From: "Vsevolod Quxton" <vq@mail.example.org>',
        "From: vq@mail.example.org (Vsevolod Quxton)",
        "Reply-To: Vsevolod Quxton <vq (at) mail.example.org>",
        "Maintainer: Vsevolod Quxton",
        'From: "Quxton, Vsevolod" <vq@mail.example.org>\n\nYours, Vsevolod Quxton of old',
        "From: vq@mail.example.org (Vsevolod P. Quxton)\n\nThis is what Vsevolod Quxton would say",
        "That is all.\n\nVsevolod Quxton        vquxton@mail.example.org\n",
        "That is all.\n| Vsevolod Quxton | vquxton@mail.example.org |\n",
        "===\nVsevolod Quxton\nvquxton@mail.example.org\n===\n",
        f"{'This paragraph is long. ' * 12}It was first written for Linux by Anton Quxton, and so on.",
        f"{'This paragraph is long. ' * 12}It was ported to Windows by Mark Abel and Anton Quxton last year.",
        "On Mon, 3 May 1993 12:00:01 GMT, Vsevolod Quxton wrote:\n> nothing",
        "On Mon, 3 May 1993, Vsevolod Quxton <vq@mail.example.org> wrote:\n> nothing",
        "In article <1@news.example.org> vq@mail.example.org (Vsevolod Quxton) writes:\n>ha",
        "Am 3. Mai 2001 schrieb Vsevolod Quxton:\n> nichts",
        "Le 3 mai 2001, Vsevolod Quxton a écrit :\n> rien",
        "El 3 de mayo, Vsevolod Quxton escribió:\n> nada",
        "Il giorno 3 maggio Vsevolod Quxton ha scritto:\n> niente",
        "Op 3 mei schreef Vsevolod Quxton:\n> niets",
        "W dniu 3 maja Vsevolod Quxton pisze:\n> nic",
        "All the best.\n\nRegards,\nVsevolod Quxton\n",
        "Bis bald\n\nMit freundlichen Grüßen\n\nVsevolod Quxton\n",
        "Merci.\nCordialement,\nVsevolod Quxton",
        "Un saludo,\nVsevolod Quxton",
        "That is all.\n-- \nVsevolod Quxton | Example Works\n",
        "That is all.\n--\nVsevolod Quxton, Room 12\n",
        "added by\nVsevolod Quxton\nnutrition",
        "Von:\n   Vsevolod Quxton\nHeute",
        f"{'This paragraph is long. ' * 12}It was originally written by Anton Quxton in a week.",
        "                                  By                  Vsevolod Quxton",
        "Special thanks for the many drawings to Anton Quxton, who made them.",
        f"{'This paragraph is long. ' * 12}Einen besonderen Dank möchte ich an Anton Quxton richten.",
        f"{'This paragraph is long. ' * 12}It was improved by Mark Abel, Anna Berg, Karl Funk and Anton Quxton.",
        "Copyright © 2003, 2004, 2005, 2006, 2009 Anton Quxton",
        f"{FULL} Anna  Lee  <al@mail.example.org>  and  Vsevolod   Quxton\n    <vq@mail.example.org>.",
        f"{FULL} was written by Vsevolod\n       Quxton <vq@mail.example.org>.",
        f"{FULL} geschrieben  von  Vsevolod\n       Quxton  <vq@mail.example.org>  und   Anna   Lee\n",
        f"{FULL} a été créée par Vsevolod Qux\u2010\n       ton <vsevolod.qux\u2010\n       ton@mail.example.org> et autres.",
        f"{FULL} escrita  por  Vsevolod   Quxton   (vqx)   <vq@mail.example.org>.",
        f"{FULL} tradotta  da  Jan  van   Quxton   <vq@mail.example.org>.",
        f"{FULL} przetłumaczył  Vsevolod   Quxton   <vq@mail.example.org>.",
        f"{FULL} geschreven door  Vsevolod\n       Quxton    <vq at mail.example.org>.",
        "Mended it. (Mark Abel)\nMade it wide. (Anton\n    Quxton, closes #12)\nAnd red. (Anna Berg, Karl Funk)\n",
    ],
)
def test_a_name_that_the_text_says_is_somebodys_is_masked(text):
    assert any("Quxton" in name and len(name.split()) in (2, 3) for name in names(text))
    assert "Qux" not in minimise_text(text, STRICT, url=None, lang="en").text


def test_an_initial_before_a_listed_name_hides_nothing():
    text = f"{'This paragraph is long. ' * 12}It was written by D. Anton Quxton and by Carl-Anton Quxton in a week."
    assert "Quxton" not in minimise_text(text, STRICT, url=None, lang="en").text


@pytest.mark.parametrize("closing", ["Cheers,", "LG", "Bises", "Saluti", "Groetjes,", "Pozdrawiam"])
def test_a_given_name_under_a_letter_is_masked_there(closing):
    assert "Vsev" not in minimise_text(f"See you.\n\n{closing}\nVsev\n", STRICT, url=None, lang=None).text


@pytest.mark.parametrize(
    "text",
    [
        "The tide came in, Paris, Texas <see the map> and so on.",
        "Mailing List\nlist@mail.example.org",
        "Distributions (Red Hat) and desktops (Night Sky) and editors (Big Vim).",
        "Thanks to Northern Winds it was cold; credit is due to Open Source Software.",
        "The letters were written in haste; the door was closed by Northern Winds of March.",
        "Chapter Nine\n    Mail <list@mail.example.org>",
        "See the :ref:`Wide Table` (or Harbour Table) <the_imperative_table>.",
        "Technical Support  |  help@mail.example.org",
    ],
)
def test_what_only_looks_like_it_stays(text):
    assert names(text) == []


def test_all_of_a_list_are_names_where_enough_are_listed():
    text = "Thanks to Simon Albrecht, Anna Quxton, Vsevolod Qarl, Thomas Qhide and Peter Qmann for their help."
    kept = minimise_text(text, STRICT, url=None, lang="en").text
    assert not any(name in kept for name in ("Albrecht", "Quxton", "Vsevolod", "Qarl", "Qhide", "Qmann"))


def test_a_column_of_names_is_masked_with_those_no_list_holds():
    text = "Crew\n\nAnna Quxton\nVsevolod Qarl\nThomas Qhide: sails\nPeter Qmann <pq@mail.example.org>\n"
    kept = minimise_text(text, STRICT, url=None, lang="en").text
    assert not any(name in kept for name in ("Quxton", "Vsevolod", "Qhide", "Qmann"))
    assert "Crew" in kept
    assert "sails" in kept


@pytest.mark.parametrize(
    "text",
    [
        "Northern Lights, Bright Stars, Open Water and Deep Forest are all worth a visit.",
        "Getting Started\nInstalling Packages\nRunning Tests\nWriting Documents\n",
        "The valley is reached by Red Lion Road or by Green Lane.",
        "Thanks for reading.\nMore stories below\n",
        "Best of the year\nTen places\n",
        "It was made by hand and said to last: nobody wrote: nothing.",
        "Contact us <info@mail.example.org>",
    ],
)
def test_what_nobody_is_called_stays(text):
    assert names(text) == []


@pytest.mark.parametrize(
    "shape", ["Jane Doe\n", "Jane Doe, ", "wrote: ", "<a@b", "Regards,\n", "-- \n", "by Jane ", "\n"]
)
def test_the_work_grows_with_the_text(shape):
    def run(text: str) -> None:
        list(letters.find(text))
        list(name_lists.find(text))

    assert_linear(run, lambda size: (shape * size)[:size], 20_000)


@given(st.text(alphabet=st.sampled_from("AJane Doe,.\n\t<>@()-:wrotebyRgds ä"), max_size=300))
def test_offsets_are_those_of_the_name(text):
    for found in attributions.find(text):
        assert spelt(text[found.start : found.end]) == found.name
