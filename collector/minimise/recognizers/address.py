"""Postal addresses by the shapes of streets in eight languages, with the town behind them where it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Find, Recognizer, Trigger
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.address_tail import tail
from collector.minimise.recognizers.address_words import GAP, NAME, PARTICLE, RARE_SUFFIX, SMALL, SUFFIX, TOWN, WORD

KIND = "address"

_DIGIT = re.compile(r"\d")
_HOUSE = r"\d{1,4}(?: ?[a-z]\b)?(?: ?[-/] ?\d{1,4}[a-z]?\b)?"

# What may stand before a street's own word; any other word with a capital is the sentence's.
_BEFORE = (
    r"(?:(?:Am|Im|An der|An den|In der|In den|Auf der|Auf dem|Zum|Zur|Alte[rn]?|Neue[rn]?|Große[rn]?|Kleine[rn]?"
    r"|Obere[rn]?"
    r"|Untere[rn]?|Sankt|St\.|Lange|Oude|Nieuwe|Grote|Kleine|Korte|Eerste|Tweede|Van der) ){0,2}"
)
_GERMANIC = re.compile(
    rf"(?<![\w-]){_BEFORE}(?:(?:[^\W\d_]{{1,30}}-){{0,3}}[A-ZÄÖÜ][^\W\d_]{{1,30}}(?:stra(?:ß|ss)e|str\.|gasse|weg"
    rf"|platz|allee|damm|ufer"
    r"|chaussee|steig|ring|baan|pad|hof|straat|laan|plein|gracht|kade|singel|dijk|dreef|steeg|plantsoen|boulevard"
    r"|vej|gade"
    r"|gatan|vägen|gränd|stigen)"
    rf"|(?:[^\W\d_]{{1,30}}-){{0,3}}[A-ZÄÖÜ][^\W\d_]{{1,30}}[ -](?:Stra(?:ß|ss)e|Str\.|Allee|Damm|Ufer|Chaussee"
    rf"|Weg|Platz|Gasse|Ring|Hof))[ ]{_HOUSE}"
    rf"(?P<town>{GAP}(?:(?:D|A|CH|DE|AT|NL|B|BE)-?\s?)?(?:\d{{4}}\s?[A-Z]{{2}}|\d{{4,5}}|\d{{3}} \d{{2}}),?\s{TOWN})?"
)
_ENGLISH = re.compile(
    rf"\d(?<![\w.,:/-]\d)\d{{0,5}}[A-Za-z]?\s(?:[NSEW]\.?\s|(?:North|South|East|West)\s)?(?:(?:{WORD}|\d{{1,3}}(?:st"
    rf"|nd|rd|th))[ ]){{1,3}}{SUFFIX}\b(?!\()\.?"
    r"(?:[ ](?:[NSEW]{1,2}|(?:North|South)(?:east|west)?|East|West)\b(?!\n))?"
    r"(?:,?\s(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|No)\b|#)\.?\s?#?\w{1,6})?"
    rf"(?P<town>{GAP}{TOWN}(?:,?\s(?:[A-Z]{{2}}|{WORD}(?:\s{WORD})?))?(?:{GAP}(?:\d{{5}}(?:-\d{{4}})?"
    rf"|[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{{4}})\b))?"
)
_BOX = re.compile(
    r"(?<![\w])(?:P\.?\s?O\.?\s?Box|Post Office Box|Postfach|Post(?:box|boks)|Boîte postale|B\.?P\."
    r"|Apartado(?: de correos)?"
    r"|Casella postale|Postbus|Skrytka pocztowa)\s\d{1,6}\b"
    rf"(?P<town>{GAP}(?:\d{{4,5}}\s{TOWN}|{TOWN},?\s[A-Z]{{2}}\s\d{{5}}(?:-\d{{4}})?))?",
    re.IGNORECASE,
)
_RUE = (
    r"(?i:rue|avenue|av\.|boulevard|bd|bld|place|chemin|impasse|allées?|quai|route|cours|passage|square|faubourg"
    r"|sentier"
    r"|villa|cité|résidence)"
)
# `12 rue des trois frères Dupont`: nothing else begins so, whatever is written small in it
_RUE_SMALL = (
    rf"(?:[Rr]ue|[Cc]hemin|[Ii]mpasse)\s(?:{PARTICLE}[ ]?){{0,2}}"
    rf"[^\W\d_A-Z]{{3,14}}(?: [^\W\d_A-Z]{{2,14}}){{0,2}}(?: {WORD}){{0,2}}"
)
_FRENCH = re.compile(
    rf"\d(?<![\w.,:/-]\d)\d{{0,3}}(?:\s?(?:bis|ter|quater))?,?\s(?:{_RUE}\s{NAME}|{_RUE_SMALL})"
    rf"(?P<town>{GAP}(?:F-|B-|CH-|L-)?\d{{4,5}}\s{TOWN})?"
)
_RUE_FIRST = re.compile(
    rf"(?<![\w-]){_RUE}\s{NAME}(?:,?\s\d{{1,4}}[a-z]?)?(?P<town>{GAP}(?:F-|B-|CH-|L-)?\d{{4,5}}\s{TOWN})"
    rf"|(?<![^\n])(?:Rue|Avenue|Boulevard|Chemin|Impasse|Quai)\s{NAME}\s\d{{1,4}}[a-z]?(?P<beside>,\s{TOWN})"
    rf"|(?<![\w-]){_RUE}\s{NAME}\s\d{{1,4}}[a-z]?(?P<coded>{GAP}{TOWN},\s{{1,2}}(?:[A-Z]{{2}} )?\d{{4,5}}\b)"
)
_ROMANCE = re.compile(
    r"(?<![\w])(?i:(?:calle|avenida|plaza|paseo|carretera|camino|ronda|travesía|via|viale?|piazza|corso|largo|vicolo"
    r"|piazzale"
    r"|rua|travessa|praça|alameda|ulica|ulicy|aleja|alei|plac|osiedle|rambla|cañada|callejón|glorieta|cuesta|pasaje"
    r"|borgo|contrada|canale|rotonda|strada|stradone|incrocio|rúa|urbanización|acceso|stretto|pasadizo|explanada"
    r"|lungo\w{2,8})[ \t]|(?-i:C\.[ ])|(?:c/|avda\.?|av\.|pº|ctra\.?|v\.le|p\.zza|c\.so|ul\.|al\.|pl\.|os\.)[ \t]?)"
    rf"{NAME}(?:,?[ ](?:n[º°.]|núm\.?|nr\.?|n\.º)?\s?){_HOUSE}(?: ?/ ?[A-Za-z0-9]{{1,4}}\b| ?m\. ?\d{{1,3}})?"
    r"(?:\s(?:Puerta|Piso|Bajo|Escalera|Portal)\s\d{1,3}\b)?(?:,?\s\d{1,2}[ºª°]\s?(?:[A-Z]\b|izq|dcha|izda)?\.?)?"
    rf"(?P<town>{GAP}(?:(?:\d{{2}}-\d{{3}}|\d{{4}}-\d{{3}}|\d{{5}}),?\s{TOWN}(?: \([A-Z]{{2}}\))?"
    rf"|{TOWN},\s{{1,2}}(?:[A-Z]{{1,2}} )?\d{{4}}-\d{{3}}\b|{TOWN},?\s\d{{5}}\b))?"
)
_RARE = re.compile(
    rf"\d(?<![\w.,:/-]\d)\d{{0,5}}[A-Za-z]?\s{WORD}(?:[ ]{WORD}){{0,2}}?[ ]{RARE_SUFFIX}\b(?P<town>(?!))?"
)
_YEAR = re.compile(r"(?:19|20)\d\d ")
_LIVED = re.compile(
    r"(?:address|live[sd]?|located|deliver|shipp?|send|sent|moved|reside|house|mail|taxi|meet|office|return)\w{0,5}"
    r"(?:\s[\w']{1,12}){0,6}?[\s:?]{1,4}\Z",
    re.IGNORECASE,
)
_CORNER = re.compile(
    rf"\b(?P<town>(?:the )?[Cc]orner of (?:{WORD} ){{1,3}}(?:{SUFFIX}|{RARE_SUFFIX}) and (?:{WORD} ){{1,3}}"
    rf"(?:{SUFFIX}|{RARE_SUFFIX})(?: St\.?)?)\b"
)
_FORCES = re.compile(
    r"(?<!\w)(?:(?:Unit|PSC|CMR) \d{1,5},? Box \d{1,5}|US(?:NS|NV|S|CGC|NNS|GC) [A-Z][\w']{1,20})"
    r"(?P<town>,?\s{1,3}[ADF]PO,? A[AEP],? \d{5}(?:-\d{4})?)"
)
_STREET_UNIT = re.compile(
    rf"(?<![\w-])(?:{WORD} ){{1,4}}(?:{SUFFIX}|{RARE_SUFFIX})"
    r"(?P<town>(?:,? |\n ?)(?:Apt\.?|Apartment|Suite"
    rf"|Ste\.?) \d{{1,4}}\b)"
)
_FLAT = re.compile(
    rf"(?<!\w)(?:Flat|Studio|Apartment|Apt\.?|Suite) \d{{1,4}}[A-Za-z]?{GAP}(?:{WORD}[ ]){{0,3}}{WORD}"
    rf"(?P<town>(?:{GAP}{TOWN}){{0,2}}{GAP}(?:[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}}|\d{{5}}(?:-\d{{4}})?)\b)"
)
_NUMBER_LAST = re.compile(
    rf"(?<![\w-])(?:[A-Z][a-z]{{1,5}}\. (?:{PARTICLE} ){{0,2}})?{WORD}(?: {WORD}){{0,3}}(?: {SMALL})?"
    rf" \d{{1,4}}[A-Za-z]?\.?"
    rf"(?P<town>{GAP}{TOWN}(?: \d{{1,2}}(?=,\s{{1,2}}[A-Z]{{1,2}} \d{{3}} \d\d))?,\s{{1,2}}(?:[A-Z]{{1,2}}\s)?"
    rf"(?!(?:19|20)\d\d\b)(?:\d{{5}}(?:-\d{{4}})?|\d{{4}}-\d{{3}}|\d{{2}}-\d{{3}}|\d{{3}} \d{{2}}|\d{{2}} \d{{4}}"
    rf"|\d{{4}}(?: [A-Z]{{2}})?)(?![\w-]|\.\d))"
)
_STREET_BEFORE = re.compile(rf"(?:{WORD} ){{1,4}}(?:{SUFFIX}|{RARE_SUFFIX}),?\s{{1,3}}\Z")
_UNIT_BEFORE = re.compile(r"(?:Flat|Studio|Apartment|Apt\.?|Unit|Suite|Level) \d{1,4}[A-Za-z]?[,/]?\s?\Z")
_UNIT = r"(?:,?\s(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|No)\b|#)\.?\s?#?\w{1,6})?"
_ZIP = r"(?:\d{4,5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)\b"
_ZIPPED = re.compile(
    rf"\d(?<![\w.,:/-]\d)\d{{0,5}}(?:/\d{{1,4}})?[A-Za-z]?\s(?:{WORD}\s){{0,3}}{WORD}(?: (?:str|st|rd|ave|ln"
    rf"|dr)\b\.?)?{_UNIT}"
    rf"(?P<town>{GAP}{TOWN},?\s(?:[A-Z]{{2}},?\s(?:\d{{5}}(?:-\d{{4}})?|[A-Z]\d[A-Z]\s?\d[A-Z]\d)|(?:NSW|VIC|QLD"
    rf"|TAS|ACT|NT|WA|SA),?\s\d{{4}}|[A-Z]{{2}} (?!(?:19|20)\d\d\b)\d{{4}})\b|{GAP}{TOWN}{GAP}(?!\d){_ZIP})"
)
# Streets whose names are words too: without a town behind them they are sentences (`3 Ways to Run`, `Platz 1`).
_DOUBTFUL = re.compile(
    r"\b(?:Way|Run|Row|Park|Place|Point|Path|Close|Fields?|Views?|Hill|Station|Plaza|Extension|Loop|Walk|Springs"
    r"|Ridge|Manor"
    r"|Heights|Landing|Crossing|Spur|Court|Circle|Weg|Platz|St(?! [A-Z])|Dr|Ct|Pl|Sq|Ter)\b"
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
            first, last, proof = match.start(), match.end(), match["town"] is not None
            street = match[0][: match.start("town") - first] if proof else match[0]
            if rule in _WHOLE:
                first = match.start("town")
            if rule not in _WHOLE:
                last, more = tail(text, last, behind="town" if proof else "street")
                proof = proof or more
            if proof or not _is_doubtful(text, match.start(), street, rule):
                if rule in _NUMBER_FIRST and (unit := _UNIT_BEFORE.search(text, max(0, first - 20), first)):
                    first = unit.start()
                if rule == "address_flat" and (named := _STREET_BEFORE.search(text, max(0, first - 90), first)):
                    first = named.start()
                yield Span(first, last, KIND, rule, " ".join(text[first:last].casefold().split()))

    return find


def _numbered(find: Find) -> Find:
    def found(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:
        """What `find` finds, which has a digit in it."""
        if _DIGIT.search(text, start, end):
            yield from find(text, context, start, end)

    return found


def _finders(*parts: tuple[re.Pattern[str], str]) -> Find:
    finders = [_finder(*part) for part in parts]

    def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:
        """What each of them finds."""
        for each in finders:
            yield from each(text, context, start, end)

    return find


_WHOLE = frozenset(("address_corner",))  # no tail behind them, and they begin with the place
_NUMBER_FIRST = frozenset(("address_english", "address_rare", "address_zip"))


def _is_doubtful(text: str, start: int, street: str, rule: str) -> bool:
    if rule == "address_rare":
        # `1970 Blue Valley`, but `Send it to 482 Blue Valley`
        return _YEAR.match(street) is not None or not _LIVED.search(text, max(0, start - 60), start)
    if rule == "address_english":
        # `1 Foo Way`, but `1600 Pennsylvania Avenue` and `12 St. James Drive`
        return _DOUBTFUL.search(street) is not None and len(street.split(maxsplit=1)[0]) < 3
    if rule == "address_germanic":
        return _GERMANIC_DOUBTFUL.search(street) is not None
    if street.isupper() or street.startswith("C. "):
        return True  # `9632 SQUARE ROOT`
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
                r"|straat|laan|plein|gracht|kade|singel|dijk|dreef|steeg|plantsoen|boulevard|vej|gade|gatan"
                r"|v\xe4gen|gr\xe4nd"
                r"|stigen)\s\d",
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
        "Streets in English whose last word is rarely a street's: `482 Blue Valley Apt. 3`",
        "a flat, a state or a country behind it, or a word of living or sending before it",
        (
            Trigger(
                # without the number and the words between: they cost more than the windows that they spare
                rf" {RARE_SUFFIX}\b",
                160,
                8,
            ),
        ),
        _finder(_RARE, "address_rare"),
    ),
    Recognizer(
        KIND,
        "Corners of two streets, post of the armed forces, flats without a house number",
        "two streets with their words; `APO AE 09012`; a flat, a street and a postal code",
        (
            Trigger(r"[Cc]orner of [A-Z]", 20, 150),
            Trigger(r"[ADF]PO,? A[AEP],? \d{5}", 110, 8),
            Trigger(r"\b(?:Flat|Studio|Apartment|Apt\.?|Unit|Suite|Level) \d", 130, 220),
        ),
        _finders(
            (_CORNER, "address_corner"),
            (_FORCES, "address_forces"),
            (_FLAT, "address_flat"),
            (_STREET_UNIT, "address_unit"),
        ),
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
            Trigger(
                r"(?i)\b(?:rue|avenue|av\.|boulevard|bd|bld|place|chemin|impasse|quai|route"
                r"|sentier)\s[^0-9\n]{2,60}[\s,]"
                r"(?:\d{1,4}[a-z]?,?\s{1,4})?(?:[FBL]-|CH-)?\d{4,5}\s",
                130,
                100,
            ),
            Trigger(
                r"\b(?:Rue|Avenue|Boulevard|Chemin|Impasse|Quai)\s[^0-9\n]{2,60}\s\d{1,4}[a-z]?"
                r"(?:, ?\n?| ?\n)[A-Z\x80-\xff?]",
                100,
                80,
            ),
        ),
        _finders((_FRENCH, "address_french"), (_RUE_FIRST, "address_french")),
    ),
    Recognizer(
        KIND,
        "Streets in Spanish, Italian, Portuguese and Polish: `Via Roma 10, 00184 Roma`",
        "the shape of the street with a house number; the town behind it belongs to it",
        (
            Trigger(
                r"(?i)\b(?:(?:calle|avenida|plaza|paseo|carretera|camino|ronda|traves[?\xed]a|via|viale?|piazza"
                r"|corso|largo"
                r"|vicolo|piazzale|rua|travessa|pra[?\xe7]a|alameda|ulic[ay]|aleja|alei|plac|osiedle|rambla"
                r"|ca[?\xf1]ada|callej[?\xf3]n|glorieta|cuesta|pasaje|borgo|contrada|canale|rotonda|strada|stradone"
                r"|incrocio|r[?\xfa]a|urbanizaci[?\xf3]n|acceso|stretto|pasadizo|explanada)[ \t]"
                r"|lungo[a-z\x80-\xff?]|(?:c/|avda\.?|av\.|p[?\xba]|ctra\.?|v\.le|p\.zza|c\.so|ul\.|al\.|pl\."
                r"|os\.)[ \t]?)"
                # a capital, or a particle before one
                r"(?-i:[A-Z\x80-\xff?]|d[aeiou'?]|a[umn]|l[aes'?]|el |van |zu[mr]|w |na)",
                48,
                330,
            ),
            Trigger(r"\bC\. (?:de |del )?[A-Z\x80-\xff?]", 48, 330),
        ),
        _numbered(_finder(_ROMANCE, "address_street_first")),
    ),
    Recognizer(
        KIND,
        "Post boxes: `Postfach 12 34`, `P.O. Box 99`",
        "its word and a number",
        (
            Trigger(
                r"(?i)\b(?:p\.?\s?o\.?\s?box|post office box|postfach|postbo|bo[?\xee]te postale|b\.?p\.|apartado"
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
            Trigger(
                r"[0-9A-Za-z\x80-\xff?],\s{1,2}(?:[A-Z]{1,2}\s)?(?:\d{4,5}(?:-\d{3,4})?|\d{2}-\d{3}|\d{3} \d{2}"
                r"|\d{2} \d{4})(?:[^0-9A-Za-z]|$)",
                190,
                6,
            ),
        ),
        _finders((_ZIPPED, "address_zip"), (_NUMBER_LAST, "address_number_last")),
    ),
)
