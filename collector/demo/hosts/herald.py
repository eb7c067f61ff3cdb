"""A village newspaper in English: the ordinary case, with personal data to be taken out."""

from __future__ import annotations

from collector.demo.page import File, Host, Page

HERALD = Host(
    "herald.localhost",
    "a village newspaper: kept, with authors, e-mail addresses, telephone numbers and an IBAN taken out",
    (
        Page(
            "/",
            "The Millbrook Herald",
            """
            News from Millbrook and the three farms above it, every Thursday since the bakery bought a printing press.

            - [The clock strikes thirteen](/stories/clock.html?utm_source=front&utm_medium=web)
            - [A bridge for hedgehogs](/stories/bridge.html)
            - [The library lends umbrellas](/stories/umbrellas.html)
            - [Weather of the week](/stories/weather.html)
            - [Who we are](/contact.html)
            - [Drafts, not for the public](/drafts/next-week.html)

            From elsewhere: [recipes from the valley](//kueche.localhost/), [the museum](//musee.localhost/) and
            [a talk about bees](//health.localhost/).
            """,
            head='<link rel="alternate" type="application/atom+xml" href="/feed.xml">',
        ),
        Page(
            "/stories/clock.html",
            "The clock strikes thirteen",
            """
            On Sunday at noon the clock of the old town hall struck thirteen times. Most people did not notice,
            because they had stopped counting at twelve. The baker did notice, because she takes the bread out on
            the twelfth stroke and heard one more while the oven door was open.

            The clockmaker climbed up on Monday with a lamp and a can of oil. A jackdaw had built its nest against
            the striking wheel and had bent the small iron tooth that ends the count. The nest was moved to the
            north window, together with four eggs. The tooth was filed straight by Tuesday evening.

            The council has decided to leave a small wooden shelf for the jackdaw, so that it does not come back to
            the wheel. Until the eggs have hatched the clock will not strike at night.

            [More about the tower in the museum](//musee.localhost/horloge.html)
            """,
            head='<meta name="author" content="Winifred Applegarth">\n'
            '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", '
            '"headline": "The clock strikes thirteen", "datePublished": "2026-03-05", '
            '"author": {"@type": "Person", "name": "Winifred Applegarth"}}</script>',
            after='<footer>By <a rel="author" href="/contact.html">Winifred Applegarth</a></footer>',
        ),
        Page(
            "/stories/bridge.html",
            "A bridge for hedgehogs",
            """
            The new road to the sawmill cuts the hedgehogs' way to the orchards in two. Last autumn the pupils of
            the upper class counted them at dusk for three weeks and drew a map of where they cross. The map hangs
            in the town hall.

            From the map the carpenters have now built a bridge. It is as wide as a tea tray, has a floor of split
            hazel so that small feet hold on to it, and a roof against owls. It cost less than a single road sign.

            In its first night eleven hedgehogs, two toads and a very slow cat crossed it. The pupils will go on
            counting until the first frost and will print the figures here.
            """,
            head='<meta name="author" content="Barnaby Thornquist">',
        ),
        Page(
            "/stories/umbrellas.html",
            "The library lends umbrellas",
            """
            Whoever leaves the library in the rain may now borrow an umbrella like a book. There are forty of them,
            each has a number and a card, and they are due back on the next dry day. The librarian admits that
            nobody has yet been able to say what exactly a dry day is.

            The umbrellas come from the lost property office of the railway, where they had been waiting for nine
            years. Three of them play a tune when they are opened. These are in such demand that there is a waiting
            list.
            """,
        ),
        Page(
            "/stories/weather.html",
            "Weather of the week",
            """
            Fog in the morning until Wednesday, thicker along the brook. From Thursday on the wind turns to the west
            and brings showers, none of them long. The nights stay mild, so that the early potatoes may be
            uncovered.

            The water stands at two hand widths below the lower mark of the mill. Swimming is not advised, fishing is.
            """,
        ),
        Page(
            "/contact.html",
            "Who we are",
            """
            The Herald is made by four people and a printing press. Write to winifred.applegarth@herald.example.org
            about stories, or to barnaby [at] herald [dot] example [dot] org about everything that has four legs.

            Telephone +44 20 7946 0018 on Thursdays, or 020 7946 0857 at the bakery. Small advertisements are paid to
            GB33BUKB20201555555555 in advance.
            """,
            after='<address><a href="mailto:editor@herald.example.org">Write to the editor</a> or '
            '<a href="tel:+442079460018">call</a></address>',
        ),
        Page("/drafts/next-week.html", "Not yet", "This story is not finished, and no crawler was to see it."),
    ),
    (
        File(
            "/robots.txt",
            "# The Millbrook Herald\nUser-agent: *\nDisallow: /drafts/\n\nSitemap: //herald.localhost/sitemap.xml\n",
        ),
        File(
            "/sitemap.xml",
            '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            "<url><loc>//herald.localhost/stories/clock.html</loc><lastmod>2026-03-05</lastmod></url>\n"
            "<url><loc>//herald.localhost/stories/bridge.html</loc><lastmod>2026-03-12</lastmod></url>\n</urlset>\n",
            "application/xml",
        ),
        File(
            "/feed.xml",
            '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
            "<title>The Millbrook Herald</title><id>//herald.localhost/</id><updated>2026-03-12T08:00:00Z</updated>\n"
            "<author><name>Winifred Applegarth</name></author>\n<entry><title>The library lends umbrellas</title>\n"
            '<link href="//herald.localhost/stories/umbrellas.html"/>'
            "<id>//herald.localhost/stories/umbrellas.html</id>\n"
            "<updated>2026-03-12T08:00:00Z</updated></entry>\n</feed>\n",
            "application/atom+xml",
        ),
    ),
)
