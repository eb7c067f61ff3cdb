"""Issue 6 "Deterministic": a scan of what was minimised finds nothing, whatever vocabulary the page speaks."""

from __future__ import annotations

import json

import pytest

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.replacing.plan import plan_of
from collector.model.url import parse_url
from collector.policy.policy import Minimise, Treatment

URL = parse_url("https://www.verein.example.de/seite")
COARSE = dict.fromkeys(("birth_date", "person_date", "coordinates", "ip"), Treatment.GENERALISE)
POLICIES = {
    "strict": Minimise(),
    "standard": Minimise(profile="standard"),
    "coarse": Minimise(kinds=COARSE),
    "decades": Minimise(kinds=COARSE, birth_dates="decade"),
    "all names": Minimise(names="all", kinds={"person_date": Treatment.PLACEHOLDER}),
    "pseudonyms": Minimise(kinds={"person": Treatment.PSEUDONYM, "org_contact": Treatment.PSEUDONYM}),
    "dropped": Minimise(kinds=dict.fromkeys(("email", "phone", "coordinates", "person_date"), Treatment.DROP)),
}
LINKED = {
    "@type": "Bakery",
    "telephone": "+49 30 9018200",
    "email": "laden@korn.example",
    "geo": {"latitude": 52.520008, "longitude": 13.404954},
    "address": {"@type": "PostalAddress", "streetAddress": "Musterstraße 12", "postalCode": "12345"},
    "founder": {"@type": "Person", "name": "Jana Korn", "birthDate": "1980-05-03", "deathDate": "2020-01-02"},
}
ARTICLE = {
    "@type": "NewsArticle",
    "datePublished": "2024-05-12T10:00:00Z",
    "author": [{"name": "Jane Roe"}, "Max Muster"],
}
PAGES = {
    "JSON-LD": f'<script type="application/ld+json">{json.dumps([LINKED, ARTICLE])}</script><p>Ruf 030 9018200.</p>',
    "meta": '<meta name=author content="Jane Roe"><meta property="article:published_time" content="2024-05-12"><p>x</p>',
    "byline": "<p class=byline>By <a rel=author href=/author/jane-roe>Jane Roe</a>, <time datetime=2024-05-12>May 12, 2024</time></p>",
    "comment": '<div id=c1 class=comment><cite class="fn comment-author">jane77</cite> says: <p>Jane77 is right.</p></div>',
    "hCard": """<div class=vcard><b class=fn>Otto Linde</b> <i class=tel>0049 40 1230456</i> <i class=bday>3.5.1980</i>
        <p class=adr><i class=street-address>Amselweg 3</i></p><i class=geo><i class=latitude>48.85837</i></i></div>""",
    "h-card of an organisation": """<div class="h-card"><b class="p-name p-org">Verein</b> <a class=u-email
        href="mailto:wir@v.example">wir@v.example</a> <i class=p-tel>+49 40 1230456</i></div>""",
    "microdata": """<div itemscope itemtype="https://schema.org/Person"><b itemprop=name>Otto Linde</b>
        <time itemprop=birthDate datetime="1980-05-03">3 May</time> <i itemprop=telephone>12 34 56</i></div>""",
    "RDFa": """<div typeof="foaf:Person"><b property="foaf:name">Otto Linde</b></div>
        <div typeof="schema:Store"><i property="schema:streetAddress">Amselweg 3</i></div>""",
    "address": "<address>By Otto Linde<br>Amselweg 3<br>12345 Berlin<br>otto@linde.example</address>",
    "attributes": '<p data-author="Jane Roe" title="Jane Roe, +49 30 9018200">Jane Roe</p><img alt="Jane Roe" src="/jane-roe.png">',
    "social": '<a href="https://twitter.com/jane_roe">Jane Roe</a> <a href="mailto:jane@roe.example">Jane Roe</a>',
    "cloudflare": '<a data-cfemail="5a303b343f1a283f7420">[email&#160;protected]</a> <i>jane at roe dot example</i>',
    "text": "<p>By Jane Roe\n<p>Sunday, 12 May 2024\n<p>She was born on 3 May 1980 at 52.52001 N, 13.40495 E; 91.198.174.192.",
    "account": "<p>Kontoinhaber: Otto Linde, IBAN DE02120300000000202051</p><p>Spenden: DE89 3704 0044 0532 0130 00</p>",
    "zone with more in it": """<div class=comment><cite class=fn>Heather Linde, MS, RD, Kellogg's FiberPlus(R)
        <a rel="nofollow" href="https://linde.example/heather-linde">Heather Linde</a></cite> says: <p>These look good.</p></div>""",
    "card that shrinks": f"""<a rel=author href=/x>Maximiliana Wolkenstein</a><div class=author-card>
        <p>{"Maximiliana Wolkenstein, " * 12}</p><h3>Looking For Every Time</h3></div><p>Every card was there.</p>""",
    "profile": """<a class=author href="https://www.jana-linde.example/contributors/the-kitchen-with-jana-linde">Jana Linde</a>
        <a href="https://www.jana-linde.example/contributors/the-kitchen-with-jana-linde">The Kitchen With Jana Linde</a>""",
    "mail of a desk": '<a href="mailto:presse@linde.example">Uff.\n Stampa</a> <a href="mailto:j.roe@x.example">Advertis<b>ing</b></a>',
    "empty entry": "<ul><li><script>1</script></li> <li>b</li></ul><ol><li><!-- a --></li></ol><p>jane@roe.example",
    "carriage return": "<p>1 de 2&#13;Strogonoff, 2&#13;&#10;jane@roe.example</p><pre>a&#13;b</pre>",
}  # fmt: skip


def minimised(body, settings):
    document = read(body, content_type="text/html; charset=utf-8", url=URL)
    return minimise_document(document, URL, plan_of(settings, bytes(32)))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("page", PAGES)
def test_a_second_run_finds_nothing_and_changes_no_byte(page, policy):
    once = minimised(PAGES[page].encode(), POLICIES[policy])
    assert not once.withhold
    assert once.redaction.total or policy in ("standard", "dropped")
    twice = minimised(once.body, POLICIES[policy])
    assert twice.redaction.counts == {}
    assert twice.body == once.body
    assert not twice.withhold
