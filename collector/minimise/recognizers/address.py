"""Postal addresses by the shapes of streets in eight languages, with the town behind them where it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.context import Context
from collector.minimise.recognizer import END, Find, Recognizer, Trigger, words
from collector.minimise.span import Span

KIND = "address"

_W0 = r"[A-ZÀ-ÖØ-ÞĀĄĆČĐĘŁŃÓŘŚŠŹŻŽ][^\W\d_]{0,30}(?:['\u2019.-][^\W\d_]{1,30}){0,2}"  # a word with a capital
_W = rf"{_W0}\.?"
_TOWN = (
    rf"(?:(?:St\.|Ste\.|{_W0})[ -](?:(?:am|an der|im|in|ob der|sur|sous|en|les|lès|de|del|della|di|la|el|los|las"
    rf"|aan den|op)[ -])?){{0,2}}{_W0}"
)
_PARTICLE = (
    r"(?:de la|de l['\u2019]|de los|de las|della|delle|dei|degli|dell['\u2019]|del|de|du|des|da|do|dos|di"
    r"|d['\u2019]|l['\u2019]"
    r"|la|le|les|el|van de[rn]?|van|der|den|zum|zur|am|an der|w|na)"
)
_NAME = rf"(?:{_PARTICLE}\s?){{0,2}}{_W}(?:\s(?:{_PARTICLE}\s?){{0,2}}{_W}){{0,3}}"
_HOUSE = r"\d{1,4}(?: ?[a-z]\b)?(?: ?[-/] ?\d{1,4}[a-z]?\b)?"
_GAP = r"(?:,?[ \t]{1,2}|[ \t]?,?[ \t]?\n[ \t]{0,4})"

# What may stand before a street's own word; any other word with a capital is the sentence's.
_BEFORE = (
    r"(?:(?:Am|Im|An der|An den|In der|In den|Auf der|Auf dem|Zum|Zur|Alte[rn]?|Neue[rn]?|Große[rn]?|Kleine[rn]?"
    r"|Obere[rn]?"
    r"|Untere[rn]?|Sankt|St\.|Lange|Oude|Nieuwe|Grote|Kleine|Korte|Eerste|Tweede|Van der) ){0,2}"
)
_GERMANIC = re.compile(
    rf"(?<![\w-]){_BEFORE}(?:(?:[^\W\d_]{{1,30}}-){{0,3}}[A-ZÄÖÜ][^\W\d_]{{1,30}}(?:stra(?:ß|ss)e|str\.|gasse|weg"
    rf"|platz|allee|damm|ufer"
    r"|chaussee|steig|ring|baan|pad|hof|straat|laan|plein|gracht|kade|singel|dijk|dreef|steeg|plantsoen|vej|gade"
    r"|gatan|vägen)"
    rf"|(?:[^\W\d_]{{1,30}}-){{0,3}}[A-ZÄÖÜ][^\W\d_]{{1,30}}[ -](?:Stra(?:ß|ss)e|Str\.|Allee|Damm|Ufer|Chaussee"
    rf"|Weg|Platz|Gasse|Ring|Hof))[ ]{_HOUSE}"
    rf"(?P<town>{_GAP}(?:(?:D|A|CH|DE|AT|NL|B|BE)-?\s?)?(?:\d{{4}}\s?[A-Z]{{2}}|\d{{4,5}}|\d{{3}} \d{{2}})\s{_TOWN})?"
)
_SUFFIX = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Ter|Way|Close"
    r"|Crescent|Cres"
    r"|Parkway|Pkwy|Square|Sq|Highway|Hwy|Gardens|Gdns|Grove|Mews|Row|Circle|Cir|Trail|Trl|Turnpike|Plaza|Alley"
    r"|Walk|Hill"
    r"|Loop|Pike|Path|Run|Ridge|Heights|Springs|Spur|Manor|Park|Extension|Fields?|Views?|Crossing|Station|Point"
    r"|Landing)"
)
_ENGLISH = re.compile(
    rf"\d(?<![\w.,:/-]\d)\d{{0,5}}[A-Za-z]?\s(?:[NSEW]\.?\s|(?:North|South|East|West)\s)?(?:(?:{_W}|\d{{1,3}}(?:st"
    rf"|nd|rd|th))[ ]){{1,3}}{_SUFFIX}\b\.?"
    r"(?:\s(?:[NSEW]{1,2}|North|South|East|West)\b)?"
    r"(?:,?\s(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|No|#)\.?\s?#?\w{1,6})?"
    rf"(?P<town>{_GAP}{_TOWN}(?:,?\s(?:[A-Z]{{2}}|{_W}(?:\s{_W})?))?(?:{_GAP}(?:\d{{5}}(?:-\d{{4}})?"
    rf"|[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{{4}})\b))?"
)
_BOX = re.compile(
    r"(?<![\w])(?:P\.?\s?O\.?\s?Box|Post Office Box|Postfach|Boîte postale|B\.?P\.|Apartado(?: de correos)?"
    r"|Casella postale|Postbus|Skrytka pocztowa)\s\d{1,6}\b"
    rf"(?P<town>{_GAP}(?:\d{{4,5}}\s{_TOWN}|{_TOWN},?\s[A-Z]{{2}}\s\d{{5}}(?:-\d{{4}})?))?",
    re.IGNORECASE,
)
_FRENCH = re.compile(
    r"\d(?<![\w.,:/-]\d)\d{0,3}(?:\s?(?:bis|ter|quater))?,?\s(?i:rue|avenue|av\.|boulevard|bd|bld|place|chemin"
    r"|impasse|allées?|quai|route"
    rf"|cours|passage|square|faubourg|sentier|villa|cité|résidence)\s{_NAME}"
    rf"(?P<town>{_GAP}(?:F-|B-|CH-|L-)?\d{{4,5}}\s{_TOWN})?"
)
_ROMANCE = re.compile(
    r"(?<![\w])(?i:calle|c/|avenida|avda\.?|av\.|plaza|paseo|pº|carretera|camino|ronda|travesía|via|viale|v\.le"
    r"|piazza|p\.zza|corso|c\.so"
    r"|largo|vicolo|piazzale|rua|travessa|praça|alameda|ul\.|ulica|ulicy|al\.|aleja|alei|pl\.|plac|os\.|osiedle"
    r"|rambla|cañada|callejón|glorieta|cuesta|pasaje|borgo|contrada|canale|rotonda|strada|incrocio)[ \t]?"
    rf"{_NAME}(?:,?[ ](?:n[º°.]|núm\.?|nr\.?|n\.º)?\s?){_HOUSE}(?: ?/ ?[A-Za-z0-9]{{1,4}}\b| ?m\. ?\d{{1,3}})?"
    r"(?:,?\s\d{1,2}[ºª°]\s?(?:[A-Z]\b|izq|dcha|izda)?\.?)?"
    rf"(?P<town>{_GAP}(?:(?:\d{{2}}-\d{{3}}|\d{{4}}-\d{{3}}|\d{{5}}),?\s{_TOWN}(?: \([A-Z]{{2}}\))?"
    rf"|{_TOWN},?\s\d{{5}}\b))?"
)
_UNIT = r"(?:,?\s(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|No|#)\.?\s?#?\w{1,6})?"
_ZIP = r"(?:\d{4,5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)\b"
_ZIPPED = re.compile(
    rf"\d(?<![\w.,:/-]\d)\d{{0,5}}(?:/\d{{1,4}})?[A-Za-z]?\s(?:{_W}\s){{0,3}}{_W}{_UNIT}"
    rf"(?P<town>{_GAP}{_TOWN},?\s(?:[A-Z]{{2}},?\s(?:\d{{5}}(?:-\d{{4}})?|[A-Z]\d[A-Z]\s?\d[A-Z]\d)|(?:NSW|VIC|QLD"
    rf"|TAS|ACT|NT|WA|SA),?\s\d{{4}})\b|{_GAP}{_TOWN}{_GAP}(?!\d){_ZIP})"
)
_LABELLED = re.compile(
    r"\b(?<!mail )(?<!mail-)(?<!ip )(?<!mac )(?<!web )(?:(?:home|postal|mailing|street|billing|shipping) address"
    r"|address|adresse|anschrift"
    r"|adres|indirizzo|dirección|direccion|endereço|morada|domicilio|wohnhaft|residing at|lives at|lived in"
    r"|lives in|abita in|vive en)"
    rf"\s?[:=]?\s{{0,2}}(?-i:(?P<town>(?=[A-Z0-9À-Þ])[^;|:]{{4,80}}?[\s,](?:[A-Z]{{1,2}}-)?(?:\d{{2}}-\d{{3}}"
    rf"|\d{{4,5}})(?: [A-Z]{{2}})?,?\s{_TOWN}))",
    re.IGNORECASE,
)
# Streets whose names are words too: without a town behind them they are sentences (`3 Ways to Run`, `Platz 1`).
_DOUBTFUL = re.compile(
    r"\b(?:Way|Run|Row|Park|Place|Point|Path|Close|Fields?|Views?|Hill|Station|Plaza|Extension|Loop|Walk|Springs"
    r"|Ridge|Manor"
    r"|Heights|Landing|Crossing|Spur|Court|Circle|Weg|Platz|St|Dr|Ct|Pl|Sq|Ter)\b"
)
# `Monitoring 12`, `Spring 1992`, `Bahnhof 2`
_GERMANIC_DOUBTFUL = re.compile(r"(?:ring|pad|hof|baan|steig|Weg|Platz|Hof)\s\d")
_STREET_FIRST_DOUBTFUL = re.compile(
    r"(?i)(?:via|plaza|largo|corso|camino|ronda|al\.|pl\.|os\.|av\.|place|cours|passage|villa|route)(?!\w)"
)


def _finder(pattern: re.Pattern[str], rule: str) -> Find:
    def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
        """Spans from the street to the town; street and house number are enough where they can be nothing else."""
        for match in pattern.finditer(text, start, end):
            street = match[0] if match["town"] is None else match[0][: match.start("town") - match.start()]
            if match["town"] is not None or not _is_doubtful(street, rule):
                first = match.start("town") if rule == "address_labelled" else match.start()
                yield Span(first, match.end(), KIND, rule, " ".join(match[0].casefold().split()))

    return find


def _is_doubtful(street: str, rule: str) -> bool:
    if rule == "address_english":
        # `1 Foo Way`, but `1600 Pennsylvania Avenue` and `12 St. James Drive`
        return _DOUBTFUL.search(street) is not None and len(street.split(maxsplit=1)[0]) < 3
    if rule == "address_germanic":
        return _GERMANIC_DOUBTFUL.search(street) is not None
    return _STREET_FIRST_DOUBTFUL.match(street.lstrip("0123456789, ")) is not None and not street[0].isupper()


RECOGNIZERS = (
    Recognizer(
        KIND,
        "Streets of German, Dutch and Scandinavian towns: `Musterstraße 12, 12345 Berlin`",
        "the shape of the street with a house number; the town behind it belongs to it",
        (
            Trigger(
                r"(?:stra(?:\xdf|ss)e|[Ss]tr\.|Stra(?:\xdf|ss)e|gasse|weg|platz|[Rr]ing|baan|pad|[Hh]of|[Aa]llee"
                r"|[Dd]amm|[Uu]fer|[Cc]haussee|steig|Weg|Platz|Gasse"
                r"|straat|laan|plein|gracht|kade|singel|dijk|dreef|steeg|plantsoen|vej|gade|gatan|v\xe4gen)\s\d",
                150,
                150,
            ),
        ),
        _finder(_GERMANIC, "address_germanic"),
    ),
    Recognizer(
        KIND,
        "Streets in English: `12 Main Street, Springfield, IL 62704`",
        "the shape of the street with a house number; the town behind it belongs to it",
        (
            Trigger(
                r" (?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Ter"
                r"|Way|Close|Crescent|Cres"
                r"|Parkway|Pkwy|Square|Sq|Highway|Hwy|Gardens|Gdns|Grove|Mews|Row|Circle|Cir|Trail|Trl|Turnpike"
                r"|Plaza|Alley|Walk|Hill"
                r"|Loop|Pike|Path|Run|Ridge|Heights|Springs|Spur|Manor|Park|Extension|Fields?|Views?|Crossing"
                r"|Station|Point|Landing)\b",
                160,
                260,
            ),
        ),
        _finder(_ENGLISH, "address_english"),
    ),
    Recognizer(
        KIND,
        "Streets in French: `12 rue de la Paix, 75002 Paris`",
        "the shape of the street with a house number; the town behind it belongs to it",
        (
            Trigger(
                r"(?i)\d(?:\s?(?:bis|ter|quater))?,?\s(?:rue|avenue|av\.|boulevard|bd|bld|place|chemin|impasse"
                r"|all[?\xe9]es?|quai|route|cours|passage"
                r"|square|faubourg|sentier|villa|cit[?\xe9]|r[?\xe9]sidence)\s",
                48,
                300,
            ),
        ),
        _finder(_FRENCH, "address_french"),
    ),
    Recognizer(
        KIND,
        "Streets in Spanish, Italian, Portuguese and Polish: `Via Roma 10, 00184 Roma`",
        "the shape of the street with a house number; the town behind it belongs to it",
        (
            Trigger(
                r"(?i)\b(?:calle|c/|avenida|avda|av\.|plaza|paseo|carretera|camino|ronda|traves[?\xed]a|via|viale"
                r"|v\.le|piazza|p\.zza|corso|c\.so"
                r"|largo|vicolo|piazzale|rua|travessa|pra[?\xe7]a|alameda|ul\.|ulic[ay]|al\.|alei|aleja|pl\.|plac"
                r"|rambla|ca[?\xf1]ada|callej|glorieta|cuesta|pasaje|borgo|contrada|canale|rotonda|strada|incrocio"
                r"|os\.|osiedle|p[?\xba])\s?[A-Za-z\x80-\xff?]",
                48,
                330,
            ),
        ),
        _finder(_ROMANCE, "address_street_first"),
    ),
    Recognizer(
        KIND,
        "Post boxes: `Postfach 12 34`, `P.O. Box 99`",
        "its word and a number",
        (
            Trigger(
                r"(?i)\b(?:p\.?\s?o\.?\s?box|post office box|postfach|bo[?\xee]te postale|b\.?p\.|apartado"
                r"|casella postale|postbus|skrytka)",
                48,
                200,
            ),
        ),
        _finder(_BOX, "address_box"),
    ),
    Recognizer(
        KIND,
        "Any address that ends in a town with its state and postal code: `96 Larch Break, Elk Falls, NY 10001`",
        "a house number, words with capitals, and a postal code of the US, Canada, Australia or the United Kingdom",
        (
            Trigger(r"[A-Z]{2,3},?\s\d{4,5}\b", 190, 8),
            Trigger(r"\b[A-Z]{1,2}\d[A-Z0-9]?\s?\d[A-Z]{2}\b", 190, 4),
            Trigger(r"\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b", 190, 4),
        ),
        _finder(_ZIPPED, "address_zip"),
    ),
    Recognizer(
        KIND,
        "What stands behind `Address:` up to the town",
        "the word in eight languages; a postal code and a word with a capital within 80 characters",
        (
            words(
                r"(?:address|adresse|anschrift|\badres|indirizzo|direcci[o?\xf3]n|endere[?\xe7]o|\bmorada"
                r"|domicilio|wohnhaft|residing at"
                r"|live[sd] (?:at|in)|abita in|vive en)",
                before=30,
                after=260,
            ),
        ),
        _finder(_LABELLED, "address_labelled"),
    ),
)
