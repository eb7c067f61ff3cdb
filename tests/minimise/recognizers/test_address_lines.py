"""personal-data §1.1: addresses over several lines, and what stands in the lines around them."""

from __future__ import annotations

import pytest

from collector.minimise.engine.context import Context
from collector.minimise.replacing.recognize import recognize

KIND = frozenset(("address",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Roe\nTammela 12, Kuusjoki\nMobile: 35 88 32\n", ["Tammela 12, Kuusjoki"]),
        ("Ann Roe\nLarch and Birch Path\n212-555-0134 office\n", ["Larch and Birch Path"]),
        ("Ann Roe\n53 place Auber\nNantes, PL 44000\nMobile: 0612345678\n", ["53 place Auber\nNantes, PL 44000"]),
        ("My address is Budai út 43.\nBuj, SZ 4483 and no other.", ["Budai út 43.\nBuj, SZ 4483"]),
        (
            "Our address:\n\nEnxertos 30\nVilar de la Rinconada, SA 37607.",
            ["Enxertos 30\nVilar de la Rinconada, SA 37607"],
        ),
        (
            "Larch Trail Birch Pike\n Apt. 634\n East Elm\n Oman 38568",
            ["Larch Trail Birch Pike\n Apt. 634\n East Elm\n Oman 38568"],
        ),
        ("We met in Larch Trail Road, Apt. 634 last year.", ["Larch Trail Road, Apt. 634"]),
        ("Linden Ltd\n\nEichweg 31, Obertal", ["Eichweg 31, Obertal"]),
        ("Oak, Elm and Ash\n14 Birch Gate, Elmham", ["14 Birch Gate, Elmham"]),
        ("Oak, Elm and Ash\n14 of them grow there, Elmham says", []),
        ("Linden Ltd\nMarch 12, Berlin", []),
        ("Ann Roe\nJistebská 4\nHorní 1, KR 506 02", ["Jistebská 4\nHorní 1, KR 506 02"]),
        ("Rua da Fonte 94\nMata Alta, LE 3105-180\n", ["Rua da Fonte 94\nMata Alta, LE 3105-180"]),
        ("Avenue d'Ormeaux 12\nCombes,  2807.", ["Avenue d'Ormeaux 12\nCombes,  2807"]),
        ("Rue Jean Orme 11, Oostdorp", ["Rue Jean Orme 11, Oostdorp"]),
        ("93 rue des deux sœurs Tilleul\nCOMBES, IL 95200", ["93 rue des deux sœurs Tilleul\nCOMBES, IL 95200"]),
        (
            "Here they are: 14 Elm Ford Apt. 20 Port Ash Florida, and Ada and Roe Terrace",
            ["14 Elm Ford Apt. 20 Port Ash Florida", "Ada and Roe Terrace"],
        ),
        (
            "Our shop is located at 30 Elm Trail\n Suite 4\n Ashview\n Antarctica (the territory South of 60 deg S).",
            ["30 Elm Trail\n Suite 4\n Ashview\n Antarctica (the territory South of 60 deg S)"],
        ),
        ("C. Ana Olmo 57, Oviedo, 33009 y no más", ["C. Ana Olmo 57, Oviedo, 33009"]),
        ("C. Elegans 57 and C. Olmo 12 worms", []),
        ("Olmboulevard 46\n8119AI\nDorp", ["Olmboulevard 46\n8119AI\nDorp"]),
        ("326 CircularEngine Circle(real p, real z)", []),
        ("He cites Linden 2003, PRL 90, 91302 here", []),
        ("Released on March 12, Berlin\nTel: 212-555-0134", []),
        ("See Chapter 4, Results\n0123456789\n", []),
        ("Rows, Columns\n1234567 2345678\n", []),
    ],
)
def test_lines_of_an_address_are_found_and_their_neighbours_stay(text, expected):
    assert [text[span.start : span.end] for span in recognize(text, Context(), KIND)] == expected
