"""personal-data §3.4: identifiers of many countries behind their words, in the ways they are written."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from collector.minimise.engine.context import Context
from collector.minimise.recognizers.national_id_table import IDENTIFIERS
from collector.minimise.replacing.recognize import recognize

KIND = frozenset(("national_id", "phone"))
# What stands outside ⟦…⟧ has to stay.
SENTENCES = (
    "Rijksregisternummer ⟦85 07 30 033 28⟧ van de aanvrager.",
    "Son numéro NISS est ⟦85.07.30-033 28⟧.",
    "OIB: ⟦HR 33392005961⟧, Zagreb",
    "ЕГН ⟦752316 926 3⟧ на лицето",
    "Rol Único Tributario ⟦12531909-2⟧",
    "Cédula ⟦00113918205⟧ de la solicitante",
    "CURP ⟦BOXW310820HNERXN09⟧ y RFC ⟦GODE 561231 GR8⟧",
    "RČ: ⟦710319/2745⟧",
    "PAN ⟦ACUPA7085R⟧ of the applicant",
    "Voter card EPIC ⟦WKH1186253⟧",
    "NIK ⟦3171011708450001⟧",
    "NIF ⟦54362315K⟧",
    "O meu NIF é ⟦501 964 843⟧.",
    "Kennitala ⟦4504013150⟧",
    "PPS No ⟦6433435F⟧",
    "Personal health number ⟦9698 658 215⟧",
    "AHV-Nr. ⟦756.9217.0769.85⟧",
    "個人番号 ⟦6214 9832 0257⟧",
    "Идентификационный номер ⟦123456789047⟧",
    "Steuernummer ⟦181/815/08155⟧ beim Finanzamt",
    "Medicare card ⟦2123 45670 1⟧ of the patient",
    "RIF ⟦V-11470283-4⟧",
    # the check digits of these fail: their word is of nothing else
    "DNI: ⟦664-73-7828⟧ del titular",
    "Mi DNI es ⟦12345678A⟧ y caduca en 2030.",
    "Aadhaar number is ⟦1234 5678 9013⟧.",
    "СНИЛС: ⟦664737828830⟧",
    "Personal taxpayer code of Utopia is 12, tax number 2019-2020, PESEL 12.05.2020.",
    "CPR 2010 is a guideline; the national id of a node is 12.",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_number_is_found_whole_and_nothing_else(sentence):
    text = sentence.replace("⟦", "").replace("⟧", "")
    expected = [part.partition("⟧")[0] for part in sentence.split("⟦")[1:]]
    found = [text[span.start : span.end] for span in recognize(text, Context(), KIND)]
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "Version 54362315K of the firmware, build 9698658215, commit 3171011708450001.",
        "RFC 7231 and RFC 9309 say so; see pin 12 of port 00113918205x.",
        "The tax was raised in 2021 by 12531909 dollars.",
    ],
)
def test_the_same_numbers_beside_other_words_stay(text):
    assert recognize(text, Context(), frozenset(("national_id",))) == []


def test_every_row_names_a_module_or_a_structure_of_its_own():
    written_here = {"gb.nino", "sg.nric", "de.perso", "it.carta", "pl.dowod", "au.medicare"}
    missing = [row.module for row in IDENTIFIERS if find_spec(f"stdnum.{row.module}") is None]
    assert set(missing) == written_here
