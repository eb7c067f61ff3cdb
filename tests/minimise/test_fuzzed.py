"""What a fuzzer found in minimising: text that a replacement brings together, fields beside one, raw text elements."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.document.text import visible_text
from collector.minimise.document import minimise_document
from collector.minimise.headers import minimise_headers
from collector.minimise.replacing.plan import STRICT, plan_of
from collector.minimise.site_file import minimise_site_file
from collector.minimise.structure import profile_links
from collector.minimise.structure.url import scrub, url_spans
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.policy.policy import Minimise
from tests.support.growth import assert_linear

URL = parse_url("https://www.verein.example.de/seite")
STANDARD = plan_of(Minimise(profile="standard"))
TWO = "+49 30 1234567+49 30 1234567"  # the second is one only once the first has gone
ATOM = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{}</feed>'


def minimised(body, content_type="text/html; charset=utf-8", plan=STRICT):
    return minimise_document(read(body.encode(), content_type=content_type, url=URL), URL, plan)


def kept(body, content_type="text/html; charset=utf-8", plan=STRICT):
    """What is kept, which a second run keeps as it is."""
    once = minimised(body, content_type, plan)
    assert not once.withhold
    again = minimised(once.body.decode(), content_type, plan)
    assert again.redaction.counts == {}
    assert again.body == once.body
    return once.body.decode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f"<p title='{TWO}'>x</p>", "text/html; charset=utf-8"),
        (ATOM.format(f"<title>{TWO}</title><link title='{TWO}'/>{TWO}"), "application/atom+xml"),
        (json.dumps({"a": TWO}), "application/json"),
        (f'<script type="application/ld+json">{json.dumps({"a": TWO})}</script>', "text/html; charset=utf-8"),
    ],
)
def test_what_a_replacement_brings_together_is_found_in_the_same_run(body, content_type):
    assert "1234567" not in kept(body, content_type)


def test_nor_is_it_left_in_headers_and_site_files():
    (field,), _ = minimise_headers(Headers([("link", f"<https://a.test/>; title={TWO}")]), STRICT, ())
    assert "1234567" not in field[1]
    assert b"1234567" not in minimise_site_file(f"# {TWO}\n".encode())[0]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ATOM.format("<author><name>Jane Roe</name></author><title>mail a@b.example</title>"), "application/atom+xml"),
        ('{"a": "mail a@b.example"}', "application/json"),
    ],
)
def test_a_second_run_escapes_no_placeholder_of_the_first(body, content_type):
    assert "[[EMAIL_1]]" in kept(body, content_type)
    forged = body.replace("mail", "[[EMAIL_7]]")
    assert "[\\" in minimised(forged, content_type).body.decode()


def test_a_feed_is_kept_as_it_is_where_a_policy_says_so():
    off = plan_of(Minimise(profile="off", reason="test"))
    assert (
        "a@b.example" in minimised(ATOM.format("<title>a@b.example</title>"), "application/atom+xml", off).body.decode()
    )


@pytest.mark.parametrize("name", ["commat", "nbsp", "unheard"])
def test_an_entity_that_no_feed_declares_cuts_no_word_and_stays_xml(name):
    out = kept(ATOM.format(f"<title>mail jane.roe&{name};b.example now</title>"), "application/atom+xml")
    assert ("[[EMAIL_1]]" in out) == (name == "commat")
    assert f"&{name};" not in out


@pytest.mark.parametrize("tag", ["plaintext", "xmp", "iframe", "noframes", "noembed", "listing"])
def test_elements_of_raw_text_stay_what_they_are(tag):
    """HTML §15.3.1: nobody sees what is in frames that are shown; what is seen is not escaped once more by each run."""
    out = kept(f"<p>x</p><{tag}>a &lt; b, <i>john@b.example</i>")
    assert "john" not in out
    assert "&amp;amp;" not in out
    seen = tag in ("plaintext", "xmp", "listing")
    assert ("[[EMAIL_1]]" in out) == seen
    result = minimised(f"<p>x</p><{tag}>a &lt; b, <i>john@b.example</i>")
    again = read(result.body, content_type="text/html; charset=utf-8", url=URL)
    assert visible_text(again.root).text.split() == result.visible.split()


@pytest.mark.parametrize(
    "inside",
    [
        "<!-- x -->",
        "<textarea>x</textarea>",
        "<script>x</script>",
        "<img src=/t.gif>",
        "<b></b>" * 300,
    ],
)
def test_noscript_in_which_nothing_is_shown_goes_at_once(inside):
    assert "noscript" not in kept(f"<body><noscript>{inside}</noscript>x")


def test_a_control_character_is_a_space_in_xhtml_too():
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>a&#1;b</body></html>'
    assert "a b" in kept(page, "application/xhtml+xml")


def test_fields_of_degrees_hold_degrees_and_nothing_of_an_address_of_the_net():
    place = "<div itemscope itemtype=https://schema.org/Place><i itemprop=latitude {}>{}</i></div>"
    assert "[[IP_1]]" in kept(place.format("", "91.198.174.192"))
    out = kept(place.format("title='52.52001, 13.40495'", "52.52001, 13.40495"))
    assert "52.5" not in out
    assert "13.4" not in out


def test_a_second_date_in_a_field_of_birth_goes_with_the_first():
    assert "1990" not in kept("<div class=vcard><i class=bday>3 May 1980 - 4 May 1990</i></div>")


@pytest.mark.parametrize("beside", ["jane@b.example", "+49 30 1234567", "91.198.174.192"])
def test_a_name_stands_beside_an_address_as_it_would_alone(beside):
    out = kept(f"<div class=byline>Vsevolod Quxton {beside}</div><p>Said Vsevolod Quxton.</p>")
    assert "Quxton" not in out


def test_what_is_masked_in_the_serialised_page_is_looked_over_as_a_page():
    out = kept("<div class=vcard>jane [at] roe [dot] org<b>\u0661</b></div>Jane Roe")
    assert "roe" not in out.lower()


@pytest.mark.parametrize(
    "url",
    [
        "https://a.test/;jsessionid=[[CREDENTIAL_1]][[EMAIL_1]]",
        "https://[[CREDENTIAL_1]]@a.test/",
        r"mailto:[\[EMAIL_1]]",
    ],
)
def test_nothing_in_a_url_is_taken_out_twice(url):
    assert url_spans(url) == []


def test_an_account_is_not_an_organisations_by_what_is_taken_out_beside_it():
    account = "IBAN DE89 3704 0044 0532 0130 00"
    assert "[[IBAN_1]]" in kept(f"<p>{account}, post@verein.example</p>".replace("post@", "otto.linde@"), plan=STANDARD)
    assert "DE89" in kept(f"<p>Sportverein e.V., {account}</p>", plan=STANDARD)


@pytest.mark.parametrize("reference", ["&#xd800;", "&#xDFFF;", "&#55296;", "&#057343;", "&#x00dabc;"])
def test_a_reference_to_no_character_is_read_as_the_sign_for_one(reference):
    """XML §2.2 has no place for surrogates; libxml2 recovers them into bytes that nothing can read."""
    feed = ATOM.format(f"<title>a{reference}b mail a@b.example</title>")
    out = kept(feed, "application/atom+xml")
    assert "a\ufffdb mail [[EMAIL_1]]" in out
    facts = page_facts(
        read(feed.encode(), content_type="application/atom+xml", url=URL), status=200, with_language=False
    )
    assert "\ufffd" in facts.text
    sitemap = f"<urlset><url><loc>https://a.test/{reference}</loc></url><url><loc>https://a.test/2</loc></url></urlset>"
    assert "https://a.test/2" in kept(sitemap, "application/xml")


def test_a_user_in_a_url_is_cut_however_long_the_name():
    """WHATWG URL §4.4: all before the last `@` of the authority is credentials."""
    for user in ("jane" * 400, "jane@" * 300 + "x"):
        assert "jane" not in scrub(f"https://{user}@a.test/x")
        assert "jane" not in kept(f"<a href='https://{user}@a.test/x'>x</a>")


def test_a_prefix_that_no_feed_declares_hides_no_author_and_stays_xml():
    out = kept(
        "<rss><item><dc:creator x:role='a'>Vsevolod Quxton</dc:creator><name:/>Vsevolod Quxton</item></rss>", "text/xml"
    )
    assert "Quxton" not in out
    assert etree.fromstring(out.encode()).tag == "rss"


def test_noscript_in_noscript_is_not_walked_through_again_for_each():
    assert_linear(minimised, lambda size: "<noscript>" * (size // 10), 9_000)


def test_places_are_told_in_the_same_order_in_every_run():
    page = "<p>Jane Roe</p>" + "".join(f"<a rel=author href=/u/{n} title='Jane Roe'>x</a>" for n in range(40))
    results = [minimised(page) for _ in range(4)]
    assert len(results[0].locations) >= 40
    assert all(result == results[0] for result in results)


def test_the_letters_of_a_pseudonym_are_no_name():
    assert profile_links.name_of("[[PERSON_HSWATJKQKPBYBH_0]]") is None
    assert profile_links.name_of("[[PERSON_HSWATJKQKPBYBH_0]]-jane-roe") == "Jane Roe"


def test_a_reference_to_a_control_character_beside_an_unknown_entity_is_a_space():
    feed = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>a&#28;b &unheard; c</title></feed>'
    document = read(feed, content_type="application/atom+xml", url=URL)
    body = minimise_document(document, URL, STRICT).body
    assert b"a b " in body
    assert b"unheard; c" in body
