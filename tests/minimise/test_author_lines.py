"""personal-data §2: authors, translators and cooks in fields, credits and lines of their own, in many languages."""

from __future__ import annotations

import pytest

from collector.minimise.names import attributions, bylines
from collector.minimise.replacing.plan import STRICT
from collector.minimise.text import minimise_text
from tests.support.growth import assert_linear

LONG = "The parts of a boat are told of in this chapter, from the keel to the sails, and how each of them is made. " * 3


def kept(text: str) -> str:
    return minimise_text(text, STRICT, url=None, lang=None).text


@pytest.mark.parametrize(
    "text",
    [
        ":Author: Vsevolod Quxton",
        ":Authors: Anna Lee, Vsevolod Quxton and Bo Berg",
        "Author(s): Anna Lee, Vsevolod Quxton",
        "@author Vsevolod Quxton",
        " * @author: Vsevolod Quxton",
        "\\author{Vsevolod Quxton}",
        "# Maintainer: Vsevolod Quxton",
        ";; Author: Vsevolod Quxton",
        "Author\nVsevolod Quxton, Anna Lee\nLicence",
        "AUTHOR\n       Written by Anna Lee, Vsevolod Quxton and Bo Berg.\n",
        "AUTEUR\n       Écrit par Anna Lee et Vsevolod Quxton.\n",
        "AUTEUR\n       Geschreven door Anna Lee en Vsevolod Quxton.\n",
        "AUTOR\n       Geschrieben von Anna Lee und Vsevolod Quxton.\n",
        "AUTOR\n       Escrito por Anna Lee y Vsevolod Quxton.\n",
        "AUTORE\n       Scritto da Anna Lee e Vsevolod Quxton.\n",
        "AUTOR\n       Napisany przez Anna Lee i Vsevolod Quxton.\n",
        "Fix contributed by Vsevolod Quxton.",
        "The boat is maintained by **Anna Quxton**, of the harbour.",
        f"{LONG}It was written by Anna Lee (hull), Vsevolod Quxton (sails) and Bo Berg.",
        f"{LONG}Many thanks to Anna Lee, Vsevolod Quxton and Bo Berg for their help.",
        " -- Vsevolod Quxton <vq@mail.example.org>  Mon, 03 May 2021 12:00:00 +0200",
        "Recipe by Anna Quxton",
        "Recipe by     AnnaQuxton",
        "Adapted from Anna Quxton",
        "Photo courtesy of Anna Quxton",
        "Photos by Vsevolod Quxton and Anna Lee",
        "Shared by Vsevolod Quxton",
        "By Anna Lee and Vsevolod Quxton",
        "Por Quxton4",
        "Rezept von Anna Quxton",
        "Übersetzt von Anna Lee und Vsevolod Quxton",
        "Recette de Anna Quxton",
        "Proposée par Vsevolod Quxton",
        "Receta de Anna Quxton",
        "Publicada por Vsevolod Quxton",
        "Ricetta di Anna Quxton",
        "Pubblicata da Vsevolod Quxton",
        "Przepis: Anna Quxton",
        "Opublikowane przez Vsevolod Quxton",
        "Recept van Anna Quxton",
        "Ingezonden door Vsevolod Quxton",
        "Receita de Anna Quxton",
        "Recept av Anna Quxton",
        "Opskrift af Anna Quxton",
        "Recept od Anna Quxton",
    ],
)
def test_who_made_it_is_masked(text):
    assert "quxton" not in kept(text).casefold()


@pytest.mark.parametrize(
    "text",
    [
        "Recipe by category",
        "Recipes from Northern Shores",
        "Adapted from Harbour Soups",
        "Courtesy of Tide Works",
        "Recette de Soupe Marine",
        "Rezept von Oma",
        "Receta de Pescado Frito",
        "Ricetta di Pesce Fritto",
        "Przepis: Zupa Rybna",
        "Recept van Verse Vis",
        "The index is maintained by sailtool.",
        "Several sails were contributed by users.",
        "The hull is shared by two of them",
        "Una revisione del 1994 di XPG4.",
        "© 1988 BY HARBOUR ASSOCIATES INCORPORATED",
        "This page was created by man2sail from the log.",
        "Authors: see the file named AUTHORS.",
        "@param Author The one who sails",
        "Source: Harbour Office, 2014",
    ],
)
def test_dishes_tools_and_offices_stay(text):
    assert "PERSON" not in kept(text)


@pytest.mark.parametrize(
    "shape", ["by **", "Recipe by ", ":Author: ", "written by Ann Lee (x), ", "photo: Ann ", "@author "]
)
def test_the_work_grows_with_the_text(shape):
    assert_linear(lambda text: list(attributions.find(text)), lambda size: (shape * size)[:size], 20_000)
    line = shape * (180 // len(shape)) + "\n"
    assert_linear(lambda text: list(bylines.find(text)), lambda size: line * (size // len(line)), 20_000)
