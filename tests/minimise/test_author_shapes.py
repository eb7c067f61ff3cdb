"""personal-data §2.3: an author is found wherever the usual shapes of blogs and newspapers name one, and only the author."""

from __future__ import annotations

import pytest

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.replacing.plan import plan_of
from collector.model.url import parse_url
from collector.policy.policy import Minimise

URL = parse_url("https://blog.site.test/2014/05/story/")
PROSE = (
    "<p>The bridge over the river was closed in May because of the flood, and the council of the town met in the old "
    "library. Der Rat der Stadt hat am Montag im Neuen Rathaus über die Brücke beraten, sagte ein Sprecher der Verwaltung. "
    "Le conseil a discuté du pont dans la Grande Salle.</p>"
)

SHAPES = {
    # name: markup that stands before the text of the article
    "Jana Beispiel": "<p class='post-meta'>12. Mai 2014 von Jana Beispiel</p>",
    "Peter Muster": "<div class='entry-meta'><span>Geschrieben am</span> 3. Mai 2014 <span>von</span> <a href='/?author=2'>Peter Muster</a></div>",
    "caschy": "<span class='byline'>by <span class='author vcard'><a class='url fn n' href='/author/x/'>caschy</a></span></span>",
    "Karla": "<p class='postmetadata'>Dieser Eintrag wurde am 5. Mai 2008 von Karla veröffentlicht.</p>",
    "Sabine Vorbild": "<span class='post-author vcard'>Eingestellt von <span class='fn'>Sabine Vorbild</span></span> um <abbr>12:03</abbr>",
    "Ralf Modell": "<small>Ralf Modell | 12.05.2014</small>",
    "Anna-Lena Probe": "<div class='artikel-autor'>Von Anna-Lena Probe, Hamburg</div>",
    "Jean Exemple": "<p>Publié le 3 mars 2012 par <strong>Jean Exemple</strong></p>",
    "María Ejemplo": "<p class='firma'>Por <a href='/autor/maria-ejemplo/'>María Ejemplo</a></p>",
    "Giulia Esempio": "<div><em>di Giulia Esempio</em></div>",
    "Jan Przykładowy": "<div class='info'>Autor: Jan Przykładowy</div>",
    "Femke Voorbeeld": "<p>Geschreven door Femke Voorbeeld op 3 mei 2014</p>",
    "John Specimen": "<h4>By JOHN SPECIMEN, Staff Reporter</h4>",
    "Laura Placeholder": "<script>dataLayer = [{'pageType':'article','author':'Laura Placeholder'}]</script><p>Laura Placeholder</p>",
    "Tim Testing": '<script id="__NEXT_DATA__" type="application/json">{"props":{"article":{"authors":[{"id":7,"name":"Tim Testing"}]}}}</script><p>Tim Testing reports</p>',
    "Eva Modellfall": "<div class='h-card'><img class='u-photo' src='/a.jpg'><b class='p-name'>Eva Modellfall</b></div>",
    "Olga Sample": "<div typeof='foaf:Person'><span property='foaf:name'>Olga Sample</span></div>",
    "Nina Dummy": "<p><span property='schema:author'>Nina Dummy</span></p>",
    "Uwe Platzhalter": "<address>Uwe Platzhalter<br>Beispielweg 3</address>",
    "Marc Attrapp": "<a href='https://blog.site.test/autor/marc-attrapp'>Alle Artikel</a><p>Marc Attrapp ist Redakteur.</p>",
    "Lisa Mock": "<li class='comment'><cite>Lisa Mock</cite> says:</li>",
    "Rita Fixture": "<p>Text: Rita Fixture, Fotos: privat</p>",
    "Hugo Vorlage": "<footer>© 2014 Hugo Vorlage. Alle Rechte vorbehalten.</footer>",
    "Grete Schablone": "<div id='author-info'><h3>About Grete Schablone</h3></div>",
    "Ingo Kulisse": "<meta name='parsely-author' content='Ingo Kulisse'><p>Von unserem Redakteur Ingo Kulisse</p>",
    "Bernd Beleg": "<span data-author='Bernd Beleg'></span><p>Bernd Beleg</p>",
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_author_is_gone_and_the_prose_is_not(name):
    markup = f"<html lang=de><body><h1>Die Brücke</h1>{SHAPES[name]}{PROSE}<p>{name} war dabei.</p></body></html>"
    document = read(markup.encode(), content_type="text/html; charset=utf-8", url=URL)
    result = minimise_document(document, URL, plan_of(Minimise()))
    assert not result.withhold
    assert name.casefold() not in result.visible.casefold()
    assert name.casefold() not in result.body.decode().casefold()
    for word in ("council of the town", "Rat der Stadt", "Neuen Rathaus", "Grande Salle", "Die Brücke", "war dabei"):
        assert word in result.visible


@pytest.mark.parametrize(
    "line",
    [
        "New York City",
        "San Francisco Chronicle",
        "Read more about the bridge",
        "By the way, this works",
        "Von der Brücke bis zum Markt",
        "By Monday the water had gone",
        "Published by Example Press Ltd",
        "Chapter 3: Memory of the River",
        "May 2014",
        "Par exemple, le pont",
        "Python Software Foundation",
        "© 2014 Example Company Inc.",
        "Text: see below",
        "Open Source Software for the Sea",
        "Home Contact Imprint",
    ],
)
def test_lines_that_name_nobody(line):
    markup = f"<html><body><h1>The bridge</h1><p>{line}</p>{PROSE}</body></html>"
    document = read(markup.encode(), content_type="text/html; charset=utf-8", url=URL)
    result = minimise_document(document, URL, plan_of(Minimise()))
    assert "PERSON" not in result.visible


def test_names_can_be_switched():
    """[minimise] names = zones | all | off."""
    markup = (
        f"<p>Jane Doe, 3 May 2014</p><p>{'And then, as the flood of that year was over, ' * 5} Mary Jones came.</p>"
    )

    def visible(names):
        document = read(markup.encode(), content_type="text/html", url=URL)
        return minimise_document(document, URL, plan_of(Minimise(names=names))).visible

    assert "Jane Doe" not in visible("zones")
    assert "Mary Jones" in visible("zones")
    assert "Mary Jones" not in visible("all")
    assert "Jane Doe" in visible("off")


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<a class='fn' href='#method.zu_beispiel'>zu_beispiel</a>", True),
        ("<a class='method fn'>beispiel</a>", True),
        ("<p id='fn1'>beispiel</p>", True),
        ("<b class='fn'>Beispiel</b>", False),
        ("<div class='vcard'><b class='fn'>beispiel</b></div>", False),
        ("<div class='vcard'><p><i class='a fn'>zu_beispiel</i></p></div>", False),
    ],
)
def test_a_function_is_no_formatted_name(markup, left):
    """hCard (microformats.org): `fn` stands inside a card; elsewhere code marks its functions with the same word."""
    document = read(f"<html><body>{markup}{PROSE}".encode(), content_type="text/html; charset=utf-8", url=URL)
    result = minimise_document(document, URL, plan_of(Minimise()))
    assert ("eispiel" in result.visible) is left


def test_what_documentation_cites_is_no_person_and_who_comments_is():
    words = "<p>Threads that match <cite>querystring</cite>, or <cite>None</cite>.</p><p>None match querystring.</p>"
    said = "<ol class=commentlist><li><cite>jane77</cite> says: <p>jane77 was here.</p></ol>"
    document = read((words + said).encode(), content_type="text/html; charset=utf-8", url=URL)
    result = minimise_document(document, URL, plan_of(Minimise()))
    assert "None match querystring." in result.visible
    assert "jane77" not in result.body.decode()
