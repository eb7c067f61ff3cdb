"""Sentences written for these tests, each value in ⟦kind|value⟧; what stands outside is nobody's and has to stay."""

from __future__ import annotations

import re

_MARK = re.compile(r"⟦(\w+)\|([^⟧]+)⟧")


def read(sentence: str) -> tuple[str, list[tuple[str, str]]]:
    """The text, and kinds with values in order."""
    return _MARK.sub(r"\2", sentence), _MARK.findall(sentence)


ENGLISH = """
Please send the invoice to ⟦email|jane.roe@mail.example.org⟧ or fax it to ⟦phone|(212) 555-0123⟧ before 12/05/2024.
Reach Jane on ⟦phone|+44 20 7946 0958⟧, extension numbers are in section 34.1.1.1 of the manual.
My card ⟦card|4111 1111 1111 1111⟧ expires 09/27, my old one was ⟦card|5500-0000-0000-0004⟧.
Her social security number is ⟦national_id|536-90-4399⟧ and his SSN: ⟦national_id|536904399⟧.
National Insurance number ⟦national_id|QQ 12 34 56 C⟧, NHS number ⟦national_id|943 476 5919⟧.
Passport No. ⟦passport|C01X00T47⟧, driver's license ⟦driving_licence|D1234567⟧.
She was born on ⟦birth_date|May 3, 1970⟧ in Springfield; the treaty was signed on May 4, 1970.
What is your date of birth? It's ⟦birth_date|1970-05-03⟧, and the form is of 2001-02-03.
DOB: ⟦birth_date|03/05/1970⟧
He lives at ⟦address|742 Evergreen Terrace, Springfield, IL 62704⟧.
Ship to ⟦address|221B Baker Street, London NW1 6XE⟧, please.
She moved to ⟦address|4410 Willow Shoals Suite 420, South Colton, AR 50703⟧ last May.
Deliver it to ⟦address|930 Kenneth Grove, West Arden, Saint Helena⟧, not to the Blue Valley of 1970.
Meet me at ⟦address|the corner of Larch Village and Aspen Ford⟧ at noon; 482 Blue Valley farms, 12 Great Lakes.
Our post goes to ⟦address|Unit 6952 Box 0601, DPO AP 80820⟧ these days.
They rent ⟦address|Studio 9, Armstrong Spurs, Charlton, N9 4FN⟧ until June.
I now live in ⟦address|Slovenska 71, Dol pri Lipi⟧ with Chapter 71 of my book.
Write to ⟦address|P.O. Box 1234⟧.
We are at ⟦address|Tammela 12, Kuusjoki⟧ from May on; Chapter 12, Results, and Python 3, Cython stay.
The parcel was sent to ⟦address|Nagymező utca 41., Berettyófalva⟧. It came back.
Our new address is ⟦address|Villa Verde 7, Monte Alto⟧ and the old one is gone.
Where should it be sent to? Ann: ⟦address|Lípová 80, Horní Ves⟧
Please return it to ⟦address|Ada and Elm Meadow⟧ in case of doubt.
The Linden office is at ⟦address|Petőfi vezér u. 38., Felsőtelek⟧ these days.
Charge the address with ⟦address|40 St Ann Boulevard, HORSEFORD⟧ for it, or ⟦address|12 Oak Street, North Elm City⟧.
I live at ⟦address|1727 Lady Elm Drive, Colorado Springs⟧ now, not in Colorado.
Deliver the letter to ⟦address|Ada and Brook Village⟧, please; Ada and Brook went away.
My telephone number since last March was always ⟦phone|5550134567⟧, the code 5550134567 is another.
You can hit me up at ⟦phone|5550134567⟧ or try me on ⟦phone|32 82 12⟧.
Phone ⟦phone|25 514555⟧-Office,⟦phone|25 514556⟧-Fax
Tel. ⟦phone|20.12.34⟧ since 20.12.34, of version 20.12.34.
⟦birth_date|12/03/1980⟧ is my birthday.
12/03/1981 is the date of the treaty.
The visitor came from ⟦ip|91.198.174.192⟧ and later ⟦ip|2a00:1450:4001:81b::200e⟧, gateway 192.168.1.1.
Chrome/120.0.6099.71 on version 10.15.7.2, see section 4.5.6.7 and RFC 7231.
The laptop's MAC is ⟦mac|3c:22:fb:9a:10:07⟧, the switch says ⟦mac|3c22.fb9a.1007⟧.
The ratios are 48.85837, 2.294481 and so on.
Position of the camera: ⟦coordinates|48.85837, 2.294481⟧.
Meet at ⟦coordinates|48°51'30"N 2°17'40"E⟧; water boils at 100°C.
Log in at https://⟦credential|jane:s3cretPw⟧@intranet.example.org/ with password ⟦credential|Tr0ub4dor&3⟧.
Tips go to ⟦wallet|48gHpPsmvpia2vWrGi4zB8QXxGRb7dG1oETJCxrRBqt59ggV991x1ErEBxBKMDbykhECmDzRL2QTBAH5NLufe1fknN5LPuL⟧, or to ⟦wallet|4AXmMCXXnC4H2pPwS2csTQRev1V3nCgD8qGuWPZPzaHrW7eprtQxK3U6ENZgQANJmb6LkMLCt6hAomLXBo46fbS3GpfPuHWiTA4h3tYNvE⟧, or ⟦wallet|0x44d35db41d94e5efaf89fc43c5fa52f8b2b19b8f⟧, says the maker.
Pay to ⟦wallet|1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa⟧ or ⟦wallet|bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq⟧.
Follow us on Twitter ⟦handle|@jane_roe⟧ or https://www.instagram.com/⟦handle|jane.roe⟧ now.
Account number ⟦bank_account|12345678⟧, sort code ⟦bank_account|12-34-56⟧, BIC ⟦bank_account|DEUTDEFF500⟧.
Use @media queries, @param tags and @Override; order 3015551234, ISBN 978-3-16-148410-0, 10 000 000 EUR.
My addresses are ⟦address|Tammela 12, Kuusjoki⟧, and ⟦address|Hansu 43, Lepavere⟧, and that is all.
They never answer at ⟦phone|75 401 456⟧; the code went to my registered ⟦phone|6208704156⟧ instead.
Please call a taxi to the corner before 5; call 1.2.3 is a version of the call.
Boston, MA 02110-1301 is a postal code, pages 100-120, 1999-2003, 12:34:56 and 3.14159265358979 are numbers.
"""
GERMAN = """
Schreiben Sie an ⟦email|jörg@müller.example⟧ oder ⟦email|max (ät) firma punkt de⟧, Tel. ⟦phone|030 901820-0⟧.
Mobil: ⟦phone|0171/1234567⟧, dienstlich ⟦phone|+49 (0)30 901820⟧.
Konto: ⟦iban|DE89 3704 0044 0532 0130 00⟧ bei der Bank, Betrag 1.234.567,89 EUR am 29.03.2021 - 15 Uhr.
Kontonummer ⟦bank_account|532013000⟧, BLZ ⟦bank_account|370 400 44⟧.
Er wurde am 3. Mai befördert und ist geboren am ⟦birth_date|3. Mai 1970⟧ in Köln.
Wohnhaft ⟦address|Musterstraße 12a, 12345 Berlin⟧, vorher ⟦address|Am Alten Markt-Weg 3, 50667 Köln⟧.
Die Steuer-ID lautet ⟦national_id|86 095 742 719⟧, die Rechnung trägt Nummer 2021-0815.
Reisepass ⟦passport|C01X00T47⟧ und Führerschein ⟦driving_licence|B072RRE2I55⟧.
Auf Platz 1 kam Weg 5 nach Paragraph 12, Absatz 3.
"""
FRENCH = """
Écrivez à ⟦email|jean [arobase] exemple [point] fr⟧ ou appelez le ⟦phone|06 12 34 56 78⟧.
Née le ⟦birth_date|12 mars 1985⟧ à Lyon, elle habite ⟦address|12 bis rue de la Paix, 75002 Paris⟧.
N° de sécurité sociale : ⟦national_id|2 55 08 14 168 025 38⟧, IBAN ⟦iban|FR14 2004 1010 0505 0001 3M02 606⟧.
Téléphone : ⟦phone|46.12.34⟧ à Nouméa, ou bien ⟦phone|+687 75.12.34⟧.
Carte bancaire ⟦card|4970100000000006⟧, passeport n° ⟦passport|12AB34567⟧.
Adresse : ⟦address|avenue des Tilleuls 40, 2503 Bienne⟧ ou ⟦address|rue du Puits, 20192 Sainte-Manon⟧.
Le chapitre 3 place 10 exemples sur 120 pages en 2021.
"""
SPANISH = """
Mi teléfono es ⟦phone|612 345 678⟧ y mi correo ⟦email|maria arroba ejemplo punto es⟧.
Teléfono: ⟦phone|222 1234⟧
DNI ⟦national_id|12345678Z⟧, NIE ⟦national_id|X1234567L⟧, nacida el ⟦birth_date|3 de marzo de 1990⟧.
Reside en ⟦address|Glorieta de Marcial 101 Puerta 2, Ceuta, 31337⟧ desde mayo.
Vive en ⟦address|Calle Mayor 5, 28013 Madrid⟧. IBAN ⟦iban|ES91 2100 0418 4502 0005 1332⟧.
"""
ITALIAN = """
Codice fiscale ⟦national_id|RSSMRA85T10A562S⟧, telefono ⟦phone|06 1234 5678⟧.
Nato il ⟦birth_date|10/12/1985⟧ e residente in ⟦address|Via Roma 10, 00184 Roma⟧.
Abita in ⟦address|Contrada Fantini, 25 Piano 2, 25061 Irma (BS)⟧ da anni.
IBAN ⟦iban|IT60X0542811101000000123456⟧, mail ⟦email|mario chiocciola esempio punto it⟧.
"""
POLISH = """
PESEL ⟦national_id|44051401359⟧, telefon ⟦phone|22 123 45 67⟧, urodzony ⟦birth_date|14.05.1944⟧.
Adres korespondencyjny: ⟦address|ul. Długa 5/7, 00-238 Warszawa⟧, konto ⟦iban|PL61 1090 1014 0000 0712 1981 2874⟧.
Napisz na ⟦email|jan małpa przyklad kropka pl⟧ do 15 maja.
"""
DUTCH = """
BSN ⟦national_id|111222333⟧, geboren op ⟦birth_date|7 april 1979⟧, bel ⟦phone|020 123 4567⟧.
Woonadres ⟦address|Keizersgracht 123, 1015 CJ Amsterdam⟧, rekening ⟦iban|NL91 ABNA 0417 1643 00⟧.
Adres: ⟦address|Lindepad 10, 3499GZ, Overslag⟧ sinds mei.
Mail naar ⟦email|piet apenstaartje voorbeeld punt nl⟧ voor 3 mei.
"""
BY_LANGUAGE = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "pl": POLISH,
    "nl": DUTCH,
}
SENTENCES = [(language, line) for language, text in BY_LANGUAGE.items() for line in text.strip().splitlines()]
