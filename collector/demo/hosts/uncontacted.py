"""Hosts that must never be contacted: one opted out, one on the list of sensitive domains."""

from __future__ import annotations

from collector.demo.page import File, Host, Page

GARDEN = Host(
    "garden.localhost",
    "a diary whose owner asked to be left out: it stands in the opt-out registry and is never contacted",
    (
        Page(
            "/",
            "Garden diary",
            """
            What grew, what did not, and what the slugs left. [April](/april.html) · [May](/may.html)
            """,
        ),
        Page("/april.html", "April", "The peas are up. It rained on eleven days, and on the twelfth as well."),
        Page("/may.html", "May", "The first strawberries, two of them, both eaten by somebody with small teeth."),
    ),
    (File("/robots.txt", "User-agent: *\nAllow: /\n"),),
)

HEALTH = Host(
    "health.localhost",
    "a forum about illnesses: on the demo's list of sensitive domains, so it is never contacted",
    (
        Page(
            "/",
            "Forum: living with it",
            """
            People write here about their illnesses. [Sleep](/threads/sleep.html) ·
            [Medicines](/threads/medicines.html)
            """,
        ),
        Page("/threads/sleep.html", "Sleep", "Does anybody else wake at four, and what do you do until the morning?"),
        Page("/threads/medicines.html", "Medicines", "I was told to take half of it. Has somebody tried that as well?"),
    ),
    (File("/robots.txt", "User-agent: *\nAllow: /\n"),),
)
