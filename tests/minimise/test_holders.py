"""personal-data §2: whoever owns the copyright is named in the footer of every page; persons go, firms and projects stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.names import attributions
from collector.minimise.replacing.plan import STRICT
from collector.minimise.text import minimise_text
from collector.model.url import parse_url
from tests.support.growth import assert_linear

URL = parse_url("https://docs.site.test/")
LONG = "The parts of a boat are told of in this chapter, from the keel to the sails, and how each of them is made. " * 3


def kept(text: str) -> str:
    return minimise_text(text, STRICT, url=None, lang=None).text


@pytest.mark.parametrize(
    "line",
    [
        "©2022, Vsevolod Quxton. | Powered by Sphinx 4.3 | Page source",
        "© Copyright 2011-2023, Vsevolod Quxton & contributors.",
        "© Copyright 2009–present Vsevolod Quxton and others. Created using Sphinx 4.",
        "Copyright (c) 2003, 2004, 2006 Vsevolod Quxton. All rights reserved.",
        "Copyright 2004 by Vsevolod Quxton",
        "(c) 2014 Vsevolod Quxton | Home | Contact",
        "Copyright: Vsevolod Quxton, 2019",
        "Copyright © 2019 Vsevolod Quxton Last updated on 3 May 2020.",
        "© 2020 Vsevolod Quxton Revision 7a8b",
        "© 2020 Vsevolod Quxton <vq@mail.example.org>",
        "© Copyright 2020, V. A. Quxton.",
        "© 2001-2005 Jan van Quxton",
        "© 2020 Example Works GmbH and Vsevolod Quxton",
        "© 2020 Jane Doe, Vsevolod Quxton and Anna Lee",
        "© 2020 Jane Doe (sails), Vsevolod Quxton (hull)",
        "© 2011 Jane Doe, 2012 Vsevolod Quxton",
        "© 2014 Vsevolod Quxton. Tous droits réservés.",
        "Copyright 2014 par Vsevolod Quxton et Anna Lee",
        "© 2014 Vsevolod Quxton. Alle Rechte vorbehalten. Impressum",
        "Copyright 2014 von Vsevolod Quxton und Anna Lee",
        "© 2014 Vsevolod Quxton. Todos los derechos reservados.",
        "© 2014 Anna Lee y Vsevolod Quxton",
        "© 2014 di Vsevolod Quxton. Tutti i diritti riservati.",
        "© 2014 Anna Lee e Vsevolod Quxton",
        "© 2014 Vsevolod Quxton. Wszelkie prawa zastrzeżone.",
        "Copyright 2014 przez Vsevolod Quxton",
        "© 2014 Vsevolod Quxton. Alle rechten voorbehouden.",
        "Copyright 2014 door Vsevolod Quxton en Anna Lee",
        "Copyright © 2014-2019\n    Vsevolod Quxton",
        f"{LONG}Copyright (C) 2014 Vsevolod Quxton. {LONG}",
        "© Copyright anna quxton.",
        "© 2010 ANNA QUXTON",
    ],
)
def test_a_person_who_owns_it_is_masked(line):
    assert "quxton" not in kept(line).casefold()


@pytest.mark.parametrize(
    "line",
    [
        "© 2014 Example Works, Inc. All rights reserved.",
        "© 2014 Tide Harbour Ltd",
        "© 2014 Keel Sailmaker GmbH",
        "© 2014, Sailmaker Quxton e.V.",
        "© 2014 Vsevolod Quxton Foundation",
        "© 2014 The Tide Table Authors",
        "© 2014 Tide Table contributors.",
        "© 2014 Harbour Light Project",
        "© 2014 Universidad de Ejemplo",
        "© 2014 Quxton Systems. Created using Sphinx 4.3.",
        "© 2014 Sails Team. Powered by Keel Maker.",
        "© 2014 Fundacja Przykładowa, Wszelkie Prawa Zastrzeżone",
        "Copyright Notice",
        "Copyright and Licensing Terms",
        "Copyright-Bedingungen Der Seefahrt",
        "(c) Public Performance\n(d) Private Copies",
        f"{LONG}A keel is heavy, and a sail is wide.\n© 2014 Sail Keel",
        "The copyright line family is set by this option.",
        "© 2014 | Powered By Keel Maker",
    ],
)
def test_firms_projects_and_headings_stay(line):
    assert "PERSON" not in kept(line)


def test_the_name_is_found_across_inline_elements_and_what_stands_behind_it_stays():
    body = (
        "<p>Keels and sails.</p><footer>&copy; 2011-2022, <a href='/'>Vsevolod</a> Quxton.\n"
        "| Powered by <a href='https://tool.site.test/'>Sphinx 4.3</a> | <a href='/s'>Page source</a></footer>"
    )
    result = minimise_document(read(body.encode(), content_type="text/html; charset=utf-8", url=URL), URL, STRICT)
    assert "Quxton" not in result.body.decode()
    assert "Vsevolod" not in result.body.decode()
    assert "Powered by Sphinx 4.3 | Page source" in result.visible


@pytest.mark.parametrize(
    "shape", ["© ", "© 2014, ", "(c) 2014 Ann Lee, ", "Copyright by ", "© Ann ", "copyright\n", "© 2-"]
)
def test_the_work_grows_with_the_text(shape):
    assert_linear(lambda text: list(attributions.find(text)), lambda size: (shape * size)[:size], 20_000)


@given(
    st.lists(st.sampled_from(["©", "(c)", "Copyright", " ", ", ", "2014", "-", "Anna", "Quxton", "and", "Inc", "\n"]))
)
def test_offsets_are_those_of_the_name(parts):
    text = "".join(parts)
    for found in attributions.find(text):
        assert " ".join(text[found.start : found.end].split()) == found.name
