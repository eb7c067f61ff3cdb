"""Hosts that say no: to AI crawlers in robots.txt, to AI in a header field, and one whose robots.txt cannot be read."""

from __future__ import annotations

from collector.demo.page import File, Host, Page

PAPER = Host(
    "paper.localhost",
    "a newspaper whose robots.txt turns AI-training crawlers away by name: refused, although nobody named ours",
    (
        Page(
            "/",
            "The Harbour Paper",
            """
            News for people who can smell the sea. [The lighthouse is painted](/lighthouse.html) ·
            [The ferry has a new captain](/ferry.html)
            """,
        ),
        Page(
            "/lighthouse.html",
            "The lighthouse is painted",
            """
            It took nine days, two hundred litres of white and sixty of red. The painters worked from a basket and
            came down only when the wind was stronger than the rope.
            """,
        ),
        Page(
            "/ferry.html",
            "The ferry has a new captain",
            """
            She learned the crossing from her aunt, who learned it from a map with a coffee stain where the sandbank
            is.
            """,
        ),
    ),
    (
        File(
            "/robots.txt",
            "User-agent: GPTBot\nUser-agent: CCBot\nUser-agent: Google-Extended\nDisallow: /\n\n"
            "User-agent: *\nAllow: /\n",
        ),
    ),
)

STUDIO = Host(
    "studio.localhost",
    "an illustrator's pages, each sent with X-Robots-Tag: noai: fetched, then withheld",
    (
        Page(
            "/",
            "Studio over the stables",
            """
            Drawings, linocuts and hand-set type. [Birds](/birds.html) · [Letters](/letters.html)
            """,
        ),
        Page(
            "/birds.html",
            "Birds",
            """
            A series of twenty linocuts, made from sketches along the estuary in one winter. Each block was cut
            twice, once for the bird and once for the water behind it.
            """,
        ),
        Page(
            "/letters.html",
            "Letters",
            """
            An alphabet drawn after the signs on fishing boats. It has no Q, because no boat here needs one.
            """,
        ),
    ),
    (File("/robots.txt", "User-agent: *\nAllow: /\n"),),
    (("X-Robots-Tag", "noai, noimageai"),),
)

ATLAS = Host(
    "atlas.localhost",
    "a site whose robots.txt answers 503: nothing is fetched until it can be read, so it ends as deferred",
    (
        Page("/", "Atlas of small rivers", "Every brook between the hills and the coast. [The Otter](/otter.html)"),
        Page("/otter.html", "The Otter", "Twenty miles long, red after rain, and older than every bridge across it."),
    ),
    (
        File(
            "/robots.txt",
            "the server is being mended\n",
            status=503,
            headers=(("Retry-After", "3600"),),
        ),
    ),
)
