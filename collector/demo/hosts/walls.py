"""A members' area behind walls, and a directory full of links that must not be followed blindly."""

from __future__ import annotations

from collector.demo.page import File, Host, Page

_LOGIN = """<form action="/session" method="post"><label>Name <input type="text" name="name"></label>
<label>Password <input type="password" name="password"></label><button>Sign in</button></form>"""

MEMBERS = Host(
    "members.localhost",
    "a club with a login page, a page that answers 401 and an article behind a paywall: freely accessible only",
    (
        Page(
            "/",
            "Walking club",
            """
            We walk on the first Sunday of every month, in any weather that allows an umbrella. Guests are welcome
            on all open walks and need to bring nothing but shoes. The next open walk leads along the brook to the
            sawmill and back through the orchards, about nine miles in all, with a rest at the inn.

            - [Sign in to see the routes](/routes.html)
            - [Minutes, for the board](/board/minutes.html)
            - [The long way home, for subscribers](/magazine/long-way.html)
            """,
        ),
        Page("/routes.html", "Sign in", "Please sign in.", after=_LOGIN),
        Page(
            "/board/minutes.html",
            "Not for you",
            "The minutes are for the board.",
            status=401,
            headers=(("WWW-Authenticate", 'Basic realm="board"'),),
        ),
        Page(
            "/magazine/long-way.html",
            "The long way home",
            """
            Whoever misses the last bus has a choice between the road, which is short and has no pavement, and the
            path along the ridge. This article continues for subscribers.
            """,
            head='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", '
            '"isAccessibleForFree": false, "headline": "The long way home"}</script>',
        ),
    ),
    (File("/robots.txt", "User-agent: *\nAllow: /\n"),),
)

LINKS = Host(
    "links.localhost",
    "a web directory with traps: private addresses, an endless calendar, URLs with personal data, files of other types",
    (
        Page(
            "/",
            "Links worth following, and some that are not",
            """
            Collected over the years by somebody who could not stop. Most of them lead somewhere, a few lead
            everywhere, and some of them lead to places that a polite visitor does not enter.

            - [The cupboard of a machine nobody should ask](http://169.254.169.254/latest/)
            - [A neighbour's printer](http://192.168.1.20/)
            - [A way out that leads inside](/out)
            - [A profile](/people?email=tobias.fernhill@links.example.org)
            - [Sign in again](/back?session=1f8a3c5e7d9b2f4a6c8e0d1b3f5a7c9e)
            - [The calendar](/calendar/2026/03/)
            - [Round and round](/a/b/a/b/a/b/)
            - [A picture](/picture.png)
            - [A page that moved to the herald](/news)
            - [A page of old, old words](/old-words.html)
            """,
        ),
        Page(
            "/old-words.html",
            "Old words",
            """
            A list of words that were used along the brook and have gone out of fashion. A puddle too small to jump
            over was called a plish, the last slice of bread in the basket a stayer, and the noise of a gate that
            nobody has closed a waiting.

            Older people still know them. Younger people use them again, mostly to tease the older ones, and so the
            words come back by the kitchen door.
            """,
        ),
        Page(
            "/calendar/2026/03/",
            "March",
            "Nothing on this month. [Next](/calendar/2026/04/) [Earlier](/calendar/1731/01/)",
        ),
    ),
    (
        File("/robots.txt", "User-agent: *\nAllow: /\n"),
        File("/out", status=302, headers=(("Location", "http://127.0.0.1:22/"),)),
        File("/news", status=301, headers=(("Location", "//herald.localhost/stories/weather.html"),)),
        File("/picture.png", "\x89PNG, in name only", "image/png"),
    ),
)
