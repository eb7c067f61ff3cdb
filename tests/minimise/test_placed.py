"""Names that only their place gives as a writer's (personal-data §2: a name that a page or post says is somebody's)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.minimise.names import attributions, placed
from collector.minimise.replacing.plan import STRICT
from collector.minimise.text import minimise_text
from tests.support.growth import assert_linear

STORY = "\nThe harbour office met on a cold evening and decided little.\n"
PIECES = (
    "Vsevolod Quxton", "Anna Lee", "Vsevolod Berger", " is a ", ", ", " | ", " • ", "staff writer", "journalistin", "Autorin", "\n", "\n\n",
    "3 May 2021", "03.05.2021", "3 days ago", "vor 3 Tagen", "on ", "10:11 Uhr", "3 мая 2021", "?", "é", "ſ", "word", "freelance ", ". ", "\xa0", "٣ May 2021",
)  # fmt: skip


def kept(text: str) -> str:
    return minimise_text(text + STORY, STRICT, url=None, lang=None).text


@pytest.mark.parametrize(
    "text",
    [
        "Vsevolod Quxton, Staff Writer",
        "Vsevolod Quxton | Local Reporter",
        "Vsevolod Quxton is a freelance writer who lives in Ulm.",
        "The end. Vsevolod Quxton is the Gazette's chess correspondent.",
        "Vsevolod Quxton ist freie Journalistin in Ulm.",
        "Vsevolod Quxton est journaliste.",
        "Vsevolod Quxton es periodista y vive en Vigo.",
        "Vsevolod Quxton è una giornalista di Bari.",
        "Vsevolod Quxton • 3 days ago",
        "A harbour\n\nVsevolod Berger\n12 March 2021",
        "A harbour\n12 March 2021\nVsevolod Berger",
        "Vsevolod Berger\nMarch 3, 2014 at 10:04 am\nI do not agree.",
        "03.05.2021 | Vsevolod Berger",
        "Vsevolod Berger - 3 mai 2021",
        "About the author\nVsevolod Quxton",
        "Über die Autorin: Vsevolod Quxton",
        "Sobre el autor\nVsevolod Quxton",
        "(Reporting by Anna Lee; Editing by Vsevolod Quxton)",
        "Words: Anna Lee | Pictures: Vsevolod Quxton",
        "Text: Anna Lee Fotos: Vsevolod Quxton",
        "Text: Anna Lee; Foto: Vsevolod Quxton",
        "Asked by Vsevolod Quxton on 3 May",
        "Propos recueillis par Vsevolod Quxton",
        "Crédit photo : Vsevolod Quxton",
        "A cura di Vsevolod Quxton",
        "Tekst: Vsevolod Quxton",
        "Texto: Vsevolod Quxton",
        "Yazar: Vsevolod Quxton",
        "Das Gespräch führte Vsevolod Quxton.",
        "Vsevolod Quxton hat gesagt…",
        "Vsevolod Quxton disse:",
        "Em 3 de maio Vsevolod Quxton escreveu:\n> nada",
        "Dne 3. května Vsevolod Quxton napsal(a):\n> nic",
        "Thanks in advance,\n\nVsevolod Quxton",
        "Atenciosamente,\nVsevolod Quxton",
        "Med vänliga hälsningar\nVsevolod Quxton",
        "Med venlig hilsen\nVsevolod Quxton",
        "S pozdravem\nVsevolod Quxton",
        "Cu stimă,\nVsevolod Quxton",
        "Saygılarımla,\nVsevolod Quxton",
        "Met vriendelijke groet,\nVsevolod Quxton",
        "From: vsevolod quxton <vq@mail.example.org>\nSubject: the tide",
        "From: vq@mail.example.org (vsevolod quxton)\nSubject: the tide",
        'From: "Quxton, Vsevolod (Ulm)" <vq@mail.example.org>\nSubject: the tide',
        "The office rejects a bypass\nBy VSEVOLOD QUXTON\nPublished: 12:40",
        "The office rejects a bypass after all\n\nVsevolod Quxton\n12 March 2021",
        "Dr Vsevolod Quxton\nConsultant",
        "Herr Quxton ist verreist",
        "Verantwortlich für den Inhalt nach § 55 Abs. 2 RStV:\nVsevolod Quxton",
        f"{'The paragraph is long. ' * 12}It was started by Vsevolod Berger in a week.",
    ],
)
def test_who_stands_where_writers_do_is_masked(text):
    assert "quxton" not in kept(text).casefold()
    assert "Berger" not in kept(text)


def test_a_russian_letter_and_label():
    assert "Петрович" not in kept("Я не согласен.\n\nС уважением,\nЗвана Петрович")
    assert "Петрович" not in kept("Текст: Звана Петрович")
    assert "Петрович" not in kept("Звана Петрович пишет:\nнет")


@pytest.mark.parametrize(
    "text",
    [
        "Harbour Report\n3 May 2021",
        "Press Release\n12 March 2021",
        "Hong Kong, 3 May 2021",
        "San Francisco | 3 May 2021",
        "Latest News • 3 days ago",
        "Tide Tables is the favourite of the writer",
        "Sailing Weather, of which the author",
        "About the author\nRead more",
        "Tekst: Verse Haven Vis, met de haven en vis",
        "Hi Thomas\n3 May 2021",
        "Photograph: Getty Images",
        "BY USING THIS you agree",
        "MME Hozza el",
        "The office rejects a bypass after all.\nHarbour Roads\n12 March 2021\nOf harbour roads",
    ],
)
def test_headings_places_and_greetings_stay(text):
    assert "PERSON" not in kept(text)


def test_a_guess_is_no_reason_to_rewrite_an_address():
    (found,) = placed.find("Vsevolod Quxton, staff writer")
    assert found.guessed


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_the_first_look_hides_nothing(text):
    with pytest.MonkeyPatch.context() as patch:
        looked = list(placed.find(text))
        patch.setattr(placed._FIRST_LOOK, "_database", None)
        patch.setattr(placed._FIRST_LOOK, "_tried", True)
        assert list(placed.find(text)) == looked


@pytest.mark.parametrize(
    "shape", ["Ann Lee • 3 days ago\n", "Ann Lee is a ", "a, writer ", "3 May 2021\n", "Ann Lee, a a writer. "]
)
def test_the_work_grows_with_the_text(shape):
    assert_linear(lambda text: list(attributions.find(text)), lambda size: (shape * size)[:size], 20_000)


@pytest.mark.parametrize(
    "text",
    [
        "Table 8.1. Data Types\nName\nAliases\nDescription\nbigint\nint8\n",
        "Table\xa0B.1.\xa0Month Names\nMonth\nAbbreviations\n",
        "RAID-1\nThis level is also known as a mirror.",
        "# Translated by rules-restore-translate v1.8.7 on Wed Mar 16",
    ],
)
def test_heads_of_tables_and_tools_stay(text):
    assert list(attributions.find(text)) == []
