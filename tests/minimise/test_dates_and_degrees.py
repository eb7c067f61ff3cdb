"""personal-data §6 "generalise": dates of birth to year or decade, dates with a person to the month, coarse degrees."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.engine.span import Span
from collector.minimise.names import person_dates
from collector.minimise.replacing.plan import STRICT, plan_of
from collector.minimise.text import minimise_text
from collector.model.url import parse_url
from collector.policy.policy import Minimise, Treatment
from tests.support.growth import assert_linear

URL = parse_url("https://news.example.org/a")
MONTHS = {"person_date": Treatment.GENERALISE}
COARSE = {"birth_date": Treatment.GENERALISE, "coordinates": Treatment.GENERALISE, **MONTHS}
KEY = bytes(32)


def page(html, settings=None):
    document = read(html.encode(), content_type="text/html; charset=utf-8", url=URL)
    result = minimise_document(document, URL, plan_of(settings or Minimise(), KEY))
    assert not result.withhold
    return result.body.decode()


def text(written, **settings):
    return minimise_text(written, plan_of(Minimise(**settings), KEY), url=None, lang=None)


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("By Jane Roe, May 12, 2024 at 10:32 am", "By [[PERSON_1]], 2024-05"),
        ("By Jane Roe\nSunday, 12 May 2024\nThe bridge", "By [[PERSON_1]]\n2024-05\nThe bridge"),
        ("Von Jana Müller, Sonntag, den 12. Mai 2024, 10:32 Uhr", "Von [[PERSON_1]], 2024-05"),
        ("Par Jeanne Martin, le 12 mai 2024 à 10h32", "Par [[PERSON_1]], le 2024-05"),
        ("Por María García, 12 de mayo de 2024", "Por [[PERSON_1]], 2024-05"),
        ("di Maria Rossi, 12.05.2024", "di [[PERSON_1]], 2024-05"),
        ("Autor: Jan Kowalski, 12 maja 2024", "Autor: [[PERSON_1]], 2024-05"),
        ("Door Pieter de Vries, 12-05-2024", "Door [[PERSON_1]], 2024-05"),
        ("Er starb am 3.5.1999 in Köln.", "Er starb am 1999-05 in Köln."),
        ("Zmarła 3 maja 1999.", "Zmarła 1999-05."),
        ("Overleden op 3 mei 1999", "Overleden op 1999-05"),
    ],
)
def test_a_date_with_a_person_becomes_its_month(written, month):
    assert text(written, kinds=MONTHS).text == month


@pytest.mark.parametrize(
    "written",
    [
        "The treaty was signed on May 4, 1970.",
        "By Jane Roe. The treaty was signed on May 4, 1970.",
        "By Jane Roe\n\n12 May 2024",
        "By Jane Roe\nThe treaty of the two towns was signed on 4 May 1970 and kept.",
    ],
)
def test_a_date_alone_is_nobodys(written):
    result = text(written, kinds=MONTHS)
    assert "person_date" not in result.counts
    assert "1970" not in written or "1970" in result.text


def test_without_a_policy_that_asks_they_stay():
    written = "By Jane Roe, May 12, 2024"
    assert text(written).text == "By [[PERSON_1]], May 12, 2024"
    assert text(written, kinds={"person_date": Treatment.PLACEHOLDER}).text == "By [[PERSON_1]], [[PERSON_DATE_1]]"
    assert "person_date" not in STRICT.kinds


POSTED = """<meta property="article:published_time" content="2024-05-12T10:00:00+02:00">{author}
<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"2024-05-12T10:00:00Z"{by}}}</script>
<p>{line} <time datetime="2024-05-12T10:00" title="12 May 2024, 10:00">12 May 2024</time></p><p>The two towns signed it on 4 May 1970."""


def test_markup_of_a_page_that_names_its_author():
    linked = ',"author":{"@type":"Person","name":"Jane Roe"}'
    said = POSTED.format(author='<meta name=author content="Jane Roe">', by=linked, line="By Jane Roe")
    body = page(said, Minimise(kinds=MONTHS))
    assert "2024-05-12" not in body
    assert "12 May" not in body
    assert body.count("2024-05") == 5
    assert "4 May 1970" in body
    nobody = POSTED.format(author="", by="", line="On")
    assert page(nobody, Minimise(kinds=MONTHS)).count("2024-05-12") == 3
    assert page(said).count("2024-05-12") == 3  # only where a policy asks


def test_dates_of_a_feed_that_names_who_writes():
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><author><name>Jane Roe</name></author><entry>
    <title>One</title><updated>2024-05-12T10:00:00Z</updated></entry></feed>"""
    for written, left in ((feed, "<updated>2024-05</updated>"), (feed.replace("Jane Roe", ""), "2024-05-12T10:00:00Z")):
        document = read(written.encode(), content_type="application/atom+xml", url=URL)
        body = minimise_document(document, URL, plan_of(Minimise(kinds=MONTHS))).body.decode()
        assert left in body


BORN = """<div itemscope itemtype="https://schema.org/Person"><b itemprop=name>Otto Linde</b>
<time itemprop=birthDate datetime="1980-05-03">3 May 1980</time></div><div class=vcard><b class=fn>Ida Linde</b>
<abbr class=bday title="1984-11-30">the thirtieth of November 1984</abbr></div>
<script type="application/ld+json">{"@type":"Person","name":"Otto Linde","birthDate":"1980-05-03",
"deathDate":"2020-01-02"}</script>"""


def test_births_that_markup_gives_are_found_where_no_word_says_so():
    body = page(BORN)
    for gone in ("1980", "1984", "2020", "thirtieth"):
        assert gone not in body
    coarse = page(BORN, Minimise(kinds=COARSE))
    assert '<time itemprop="birthDate" datetime="1980">1980</time>' in coarse
    assert 'title="1984"' in coarse
    assert '"birthDate":"1980","deathDate":"2020-01"' in coarse
    assert "05-03" not in coarse


def test_a_band_of_ten_years_where_a_policy_says_so():
    settings = {"kinds": COARSE, "birth_dates": "decade"}
    assert text("She was born on May 3, 1987.", **settings).text == "She was born on 1980s."
    assert 'datetime="1980s"' in page(BORN, Minimise(**settings))


def place(**kinds):
    linked = json.dumps({"@type": "Photograph", "geo": {"latitude": 52.520008, "longitude": "13.404954"}})
    return page(
        f"""<script type="application/ld+json">{linked}</script><p class=geo><i class=latitude>48.858370</i>
        <i class=longitude title="2.294481">2°17'</i></p>""",
        Minimise(kinds=kinds),
    )


def test_degrees_in_fields_of_their_own():
    body = place()
    for gone in ("52.52", "13.40", "48.85", "2.29"):
        assert gone not in body
    coarse = place(coordinates=Treatment.GENERALISE)
    assert '"latitude":52.5,"longitude":"13.4"' in coarse
    assert '<i class="latitude">48.9</i>' in coarse
    assert 'title="2.3"' in coarse
    noisy = place(coordinates=Treatment.RANDOMISE)
    assert noisy == place(coordinates=Treatment.RANDOMISE)
    geo = json.loads(noisy[noisy.index("{") : noisy.index("}}") + 2])["geo"]
    assert abs(geo["latitude"] - 52.52) < 0.16
    assert place(coordinates=Treatment.DROP).count("52") == 0


def test_an_organisations_place_is_a_contact_of_its():
    shop = {"@type": "BookStore", "geo": {"@type": "GeoCoordinates", "latitude": 52.520008, "longitude": 13.404954}}
    html = f'<script type="application/ld+json">{json.dumps(shop)}</script>'
    assert "[[ORG_PLACE_1]]" in page(html)
    assert "52.520008" in page(html, Minimise(profile="standard"))


@given(st.text(alphabet="Jane Roe.\n, 12May20242-:T", max_size=80))
def test_whatever_is_written_every_date_lies_in_the_text(written):
    for span in person_dates.find(written, [Span(0, min(8, len(written)), "person", "r")]):
        assert 0 <= span.start < span.end <= len(written)


@pytest.mark.parametrize("shape", ["Jane Roe 12.", "1.1.", "12 May ", "died 1 ", "\u2020 ", "Sunday, "])
def test_work_grows_with_the_text(shape):
    def written(size):
        text = shape * (size // len(shape))
        return text, [Span(at, at + 8, "person", "r") for at in range(0, len(text) - 8, 12)]

    assert_linear(lambda both: list(person_dates.find(*both)), written, 30_000)
