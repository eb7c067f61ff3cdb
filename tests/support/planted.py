"""Pages planted with personal data of every kind, and a search for it in every byte below a folder.

Every place has a datum of its own, so that a hit says which place leaked. All persons, numbers and addresses are
invented; numbers are valid by their own check digits, or no recognizer would have to find them.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.simsite import HTML, Reply, Site, document, paragraphs, text
from tests.support.views import base64_spellings, spellings, views


@dataclass(frozen=True, slots=True)
class Plant:
    """One planted datum: `value` as written, `needles` the strings that must be nowhere afterwards."""

    kind: str
    where: str
    value: str
    needles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A planted datum that was found: in which file, inside which containers, at which offset, how encoded."""

    file: Path
    inside: str
    offset: int
    encoding: str
    plant: Plant


def _email(where: str, name: str) -> Plant:
    local = f"{name}.quillfeather"
    return Plant("email", where, f"{local}@garten-post.example.org", (local, f"{name} quillfeather", f"{name}%2equill"))


def _phone(where: str, number: str) -> Plant:
    digits = "".join(c for c in number if c.isdigit())
    return Plant("phone", where, number, (number, digits, digits[-9:], number.partition(" ")[2]))


def iban(country: str, account: str) -> str:
    """A valid IBAN of `country` for `account` (ISO 13616: check digits by ISO 7064 MOD 97-10)."""
    digits = "".join(str(int(c, 36)) for c in f"{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{account}"


def card(prefix: str) -> str:
    """A 16-digit card number beginning with `prefix` of 15 digits, its last digit by Luhn."""
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(prefix))
    return f"{prefix}{-total % 10}"


def _grouped(number: str) -> str:
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def _number(kind: str, where: str, number: str) -> Plant:
    return Plant(kind, where, number, (number, _grouped(number), "-".join(_grouped(number).split())))


def _person(where: str, name: str) -> Plant:
    first, last = name.split(" ")
    return Plant("person", where, name, (name, f"{last}, {first}", f"{first}-{last}"))


def cfemail(address: str, key: int = 0x5A) -> str:
    """`address` as a well-known e-mail protection hides it: a key octet, then every octet XORed with it, in hex."""
    return f"{key:02x}" + "".join(f"{octet ^ key:02x}" for octet in address.encode())


def as_references(value: str) -> str:
    """Every character as a numeric character reference, decimal and hexadecimal by turns."""
    return "".join(f"&#{ord(c)};" if i % 2 else f"&#x{ord(c):x};" for i, c in enumerate(value))


_EMAIL_PLACES = (
    ("plain text", "aberta"), ("obfuscated [at]", "bertil"), ("obfuscated (at) dot", "zbigni"), ("references", "cosima"),
    ("cfemail", "dagmar"), ("mailto", "edwina"), ("JSON-LD", "florin"), ("title attribute", "gunnar"),
    ("comment", "hedwig"), ("script", "ingmar"), ("response header", "jorunn"), ("link query", "kelmar"),
    ("split by tags", "ludmil"), ("meta description", "mirabe"), ("hidden input", "nepomu"), ("title", "ottoka"),
    ("link path", "perdit"), ("template", "quirin"), ("data attribute", "rosamu"), ("inline state", "sieghi"),
    ("text file", "thusne"), ("feed", "urbani"), ("page URL", "veroni"), ("robots.txt comment", "wendel"),
    ("redirect", "xaveri"), ("refused page", "yolant"), ("percent-encoded mailto", "zdenka"), ("alt", "alaric"),
    ("fullwidth @", "blanka"), ("error page", "clovis"), ("noscript", "detlef"), ("Link header", "elfrun"),
)  # fmt: skip

PLANTS: Mapping[tuple[str, str], Plant] = {
    (plant.kind, plant.where): plant
    for plant in (
        *(_email(where, name) for where, name in _EMAIL_PLACES),
        _phone("plain text", "+44 20 7946 0958"),
        _phone("tel", "+44 20 7946 0321"),
        _phone("attribute", "+44 20 7946 0677"),
        _phone("JSON-LD", "+44 20 7946 0483"),
        _phone("text file", "+44 20 7946 0719"),
        Plant("ip", "plain text", "81.2.69.142", ("81.2.69.142",)),
        Plant("ip", "plain text, v6", "2a02:cf40:add:4002:91f2:a9b2:e09a:6fc6", ("4002:91f2:a9b2",)),
        Plant("ip", "attribute", "81.2.69.163", ("81.2.69.163",)),
        _number("iban", "plain text", iban("DE", "370400440532014711")),
        _number("iban", "grouped", iban("GB", "NWBK60161331928815")),
        _number("iban", "attribute", iban("DE", "500105175407324931")),
        _number("card", "plain text", card("453914880343646")),
        _number("card", "grouped", card("542523343010990")),
        _number("card", "attribute", card("455673758689985")),
        _person("meta", "Ottoline Brackenbury"),
        _person("JSON-LD", "Fenwick Hallowaye"),
        _person("microdata", "Isolde Marchbanksy"),
        _person("rel=author", "Peregrine Thistlewood"),
        _person("feed", "Leontine Vanderbrook"),
    )
}


def planted(kind: str, where: str) -> str:
    """The datum of `kind` planted at `where`, as written."""
    return PLANTS[kind, where].value


def _article() -> str:
    e = {where: planted("email", where) for where, _ in _EMAIL_PLACES}
    local, _, domain = e["split by tags"].partition("@")
    half = len(local) // 2
    persons = [p.value for p in PLANTS.values() if p.kind == "person" and p.where != "feed"]
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "The bridge over the mill race",
        "author": {"@type": "Person", "name": planted("person", "JSON-LD"), "email": e["JSON-LD"],
                   "telephone": planted("phone", "JSON-LD")},
    }  # fmt: skip
    head = f"""\
<meta name="author" content="{planted("person", "meta")}">
<meta name="description" content="Write to {e["meta description"]} about the bridge">
<link rel="author" href="/people/thistlewood">
<script type="application/ld+json">{json.dumps(linked)}</script>
<script>window.__STATE__ = {{"user": {{"mail": "{e["inline state"]}"}}}};</script>
<!-- built by {e["comment"]} -->"""
    main = f"""{paragraphs("the bridge over the mill race", 6)}
<p>Questions go to {e["plain text"]}, or call {planted("phone", "plain text")} before noon.</p>
<p>Also {e["obfuscated [at]"].replace("@", " [at] ")} and
{e["obfuscated (at) dot"].replace("@", " (at) ").replace(".example.org", " dot example dot org")}.</p>
<p>The secretary reads {as_references(e["references"])} and {e["fullwidth @"].replace("@", "＠")} daily.</p>
<p><a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{cfemail(e["cfemail"])}">[protected]</a></p>
<p><a href="mailto:{e["mailto"]}?subject=bridge">write to us</a>
<a href="mailto:{e["percent-encoded mailto"].replace("@", "%40").replace(".", "%2E")}">or here</a></p>
<p>Or {local[:half]}<b>{local[half:]}</b>@<i>{domain}</i>, as the poster says.</p>
<p><a href="tel:{planted("phone", "tel").replace(" ", "")}">call</a>
<span title="{e["title attribute"]}" data-call="{planted("phone", "attribute")}">hover</span>
<img src="/bridge.png" alt="{e["alt"]}"><span data-owner="{e["data attribute"]}">owner</span></p>
<p>The last visitor came from {planted("ip", "plain text")} and the one before from {planted("ip", "plain text, v6")}.</p>
<p data-ip="{planted("ip", "attribute")}">Give to IBAN {planted("iban", "plain text")} or
{_grouped(planted("iban", "grouped"))}.</p>
<p data-iban="{planted("iban", "attribute")}" data-card="{planted("card", "attribute")}">Paid by card number
{planted("card", "plain text")} and card {_grouped(planted("card", "grouped"))}.</p>
<div itemscope itemtype="https://schema.org/Person"><span itemprop="name">{planted("person", "microdata")}</span></div>
<p>By <a rel="author" href="/people/thistlewood">{planted("person", "rel=author")}</a>.
Thanks also to {", ".join(persons)} for their help with the stones.</p>
<form><input type="hidden" name="owner" value="{e["hidden input"]}"></form>
<template><p>{e["template"]}</p></template><noscript><p>{e["noscript"]}</p></noscript>
<script>var contact = "{e["script"]}";</script>
<ul><li><a href="/gone?page=1">gone</a></li>
<li><a href="/profile?email={html.escape(e["page URL"])}">profile</a></li>
<li><a href="/write?to={e["link query"].replace("@", "%40")}">write</a></li>
<li><a href="/u/{e["link path"]}/photos">photos</a></li>
<li><a href="/private/secret.html">private</a> <a href="/moved">moved</a> <a href="/notes.txt">notes</a>
<a href="/feed.xml">feed</a></li></ul>"""
    return document(f"The bridge {e['title']}", main=main, head=head)


def plant(site: Site) -> Site:
    """Fill `site` with planted pages, all linked from `/`; `/private/` is disallowed by its robots.txt."""
    e = {where: planted("email", where) for where, _ in _EMAIL_PLACES}
    fields = (
        ("X-Author-Mail", e["response header"]),
        ("Link", f'<mailto:{e["Link header"]}>; rel="author"'),
        ("Set-Cookie", "session=5d41402abc4b2a76b9719d911017c592"),
    )
    notes = (
        f"Notes on the bridge.\n\nKept by {e['text file']}, telephone {planted('phone', 'text file')}.\n"
        + "\n".join("The arch was measured again in spring and found to be sound." for _ in range(20))
    )
    feed = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Bridge</title>
<author><name>{planted("person", "feed")}</name><email>{e["feed"]}</email></author>
<entry><title>One</title><link href="/plain"/><id>urn:1</id><updated>2026-01-01T00:00:00Z</updated></entry></feed>"""
    refused = document("Private", main=f"<p>{e['refused page']}</p>{paragraphs('privacy')}").encode()
    error = document("Gone", main=f"<p>Tell {e['error page']}</p>").encode()
    return (
        site.robots(f"# kept by {e['robots.txt comment']}, at home\nUser-agent: *\nDisallow: /private/\n")
        .serve("/", Reply(200, _article().encode(), (("Content-Type", HTML), *fields)))
        .page("/plain", "A page without anything to hide")
        .serve("/private/secret.html", Reply(200, refused, (("Content-Type", HTML),)))
        .serve("/gone", Reply(500, error, (("Content-Type", HTML),)))
        .serve("/notes.txt", text(notes))
        .serve("/feed.xml", Reply(200, feed.encode(), (("Content-Type", "application/atom+xml"),)))
        .redirect("/moved", f"/welcome?email={e['redirect']}")
    )


def find_planted(root: Path, plants: Iterable[Plant] = PLANTS.values(), *, limit: int = 1_000) -> list[Hit]:
    """Look for every plant in every file below `root`: raw, decompressed, in the database, in many encodings."""
    wanted = [
        (name, spelled, plant) for plant in plants for needle in plant.needles for name, spelled in spellings(needle)
    ]
    exact = [(spelled, plant) for plant in plants for needle in plant.needles for spelled in base64_spellings(needle)]
    wanted += [
        ("cfemail", cfemail(p.value, key)[2:].encode(), p) for p in plants if p.kind == "email" for key in (0, 0x5A)
    ]
    hits: list[Hit] = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        for inside, data in views(path):
            lower = data.lower()
            for encoding, spelled, plant in wanted:
                if (at := lower.find(spelled)) >= 0:
                    hits.append(Hit(path, inside, at, encoding, plant))
            for spelled, plant in exact:
                if (at := data.find(spelled)) >= 0:
                    hits.append(Hit(path, inside, at, "base64", plant))
            if len(hits) >= limit:
                return hits
    return hits
