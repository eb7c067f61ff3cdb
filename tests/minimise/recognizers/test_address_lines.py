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
        ("Released on March 12, Berlin\nTel: 212-555-0134", []),
        ("See Chapter 4, Results\n0123456789\n", []),
        ("Rows, Columns\n1234567 2345678\n", []),
    ],
)
def test_lines_of_an_address_are_found_and_their_neighbours_stay(text, expected):
    assert [text[span.start : span.end] for span in recognize(text, Context(), KIND)] == expected
