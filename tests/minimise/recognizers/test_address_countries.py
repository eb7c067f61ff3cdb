"""Personal-data §1.1, row "postal address": streets of many countries, told by their words, their codes and their lines."""

from __future__ import annotations

import pytest

from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.recognizers import address_american, address_coded, address_scripts
from collector.minimise.replacing.recognize import recognize
from tests.support.growth import assert_linear

ADDRESS = frozenset(("address",))
FOUND = (
    "Hlavná ulica 12, 811 01 Bratislava",
    "Lipová cesta 14b, 1540 Laško",
    "Õie tänav 7, 10115 Tallinn",
    "Fő utca 33, 1011 Budapest",
    "Strada Lungă 12, 500035 Brașov",
    "Aleea Nucului, Bloc 22, Ap. 30, 828410 Titu",
    "Barış Sokak 7 Daire 3, 34710 Kadıköy",
    "Nizami küç., 31, AZ4082 Quba",
    "Strandvej 71, 8. tv, 5254 Odense",
    "ул. Садовая, 96, 452702 Уфа",
    "вул. Зелена 11 кв. 3, 79005 Львів",
    "Πλ. Ελευθερίας 17, 54785 Λαμία",
    "Calle Mayor s/n, 07043 Palma",
    "6 Place du Marché Apt. 8, 59478 Lille",
    "Droga Leśna 9b, 83-722 Ostroróg",
    "2885 oakland ave sw # 17, grandville mi 49418-1342",
    "rural route 1 box 14, louisville il 62858",
    "120 E OAK ST APT 7B, DOVER, DE 19901",
    "60 East Willow Street, 60611",
    "1200 12th Street Southwest, Rochester, MN 55902",
    "北京市朝阳区中山路12号3室",
    "3丁目8番4号",
    "경기도 수원시 장안로 791",
    "12 شارع النخيل, 54276 العين",
    "خیابان بهار, پلاک 2",
    "רחוב הגפן 12",
    "თავისუფლების ქუჩა 12",
    "Մաշտոցի պողոտա 12",
)
KEPT = (
    "Python 3, 2000 Users",
    "See Table 3, 1234 Items",
    "Written in May 12, 20527 Lines",
    "Models: GPSMAP 76C\nStreetPilot 2730\n",
    "More than 1030 Debian developers made about 18000 Packages",
    "It takes 5 seconds or 10000 cycles",
    "버전으로 3",
    "2024年5月12日",
    "Released 2019, 2020 Foo",
)


@pytest.mark.parametrize("address", FOUND)
def test_an_address_goes_whole(address):
    text = f"We met there: {address}. It rained.\n"
    (span,) = recognize(text, NO_CONTEXT, ADDRESS)
    assert text[span.start : span.end].rstrip(".") == address


@pytest.mark.parametrize(
    "lines", ["Øvre Myr 4\n7015 Utøy", "Villas del Sol 664\nMálaga 60530", "Birkeveien 9\n4194 Fager"]
)
def test_a_code_that_says_little_is_one_on_lines_of_their_own(lines):
    text = f"Kim Moe\n{lines}\n\nOpen daily\n"
    (span,) = recognize(text, NO_CONTEXT, ADDRESS)
    assert text[span.start : span.end] == lines


@pytest.mark.parametrize("text", KEPT)
def test_numbers_and_words_with_capitals_are_no_address_by_themselves(text):
    assert recognize(text, NO_CONTEXT, ADDRESS) == []


@pytest.mark.parametrize(
    "shape",
    ["Aa 1, 12345 Bb ", "1 Aa bb ", "路1号", "1丁目1番", "ش 1 شارع ", "st 1 ", "Aa 1\n", " al 12345", "ქუჩა 1 "],
)
def test_hostile_shapes_cost_twice_as_much_when_they_are_twice_as_long(shape):
    def found(text):
        for module in (address_american, address_coded, address_scripts):
            list(module.RECOGNIZER.find(text, NO_CONTEXT, 0, len(text)))

    assert_linear(found, lambda size: (shape * size)[:size], 8_000)
