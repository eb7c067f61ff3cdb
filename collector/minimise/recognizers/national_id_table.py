"""National identifiers as a table: shape, check by python-stdnum, and what stands beside the number.

The tiers follow how many random strings of the shape a check lets through (measured for python-stdnum 2.2):
below 0.5 % it may stand alone, above it needs its word, and where the check says next to nothing also the
official way of writing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Identifier:
    """`module` of python-stdnum; `shape` of the number; `names`, a pattern of words before it.

    `alone`: tier A. `own`: only behind a word of its own, never behind one that fits any number.
    """

    module: str
    shape: str
    names: str
    pattern: re.Pattern[str]
    alone: bool = False
    own: bool = False

    @property
    def country(self) -> str:
        """ISO 3166 of who gives it out: it may stand before the number, as in `HR 33392005961`."""
        return self.module[:2].upper()

    @property
    def rule(self) -> str:
        """`national_id_` with the country and its name of the number."""
        return f"national_id_{self.module.replace('_', '').replace('.', '_')}"


def _row(module: str, shape: str, names: str, *, alone: bool = False, own: bool = False) -> Identifier:
    return Identifier(module, shape, names, re.compile(rf"(?:{shape})(?!\w|[-/.]\d)"), alone, own)


# Words that any national number may stand behind.
GENERIC = (
    r"national (?:id|identity|identification|insurance|number|personal|registration)"
    r"|identity (?:card|number|no|code|doc)"
    r"|id (?:card|number|no\b|#|code)|identification (?:n|code)|birth number|resident (?:registration|identity)"
    r"|personal (?:id|identi|code|number|public|tax)|individual (?:tax|number|id)"
    r"|tax(?:payer)?(?:'s)?[ -]?(?:id|identi|number|file|code|ref|no\b)|\btin\b|social (?:security|insurance)|ssn\b"
    r"|\bid:|citizen|personalausweis|ausweis|steuer|identité|identidad|identità|identidade|fiscal|identyfik"
    r"|burgerservice|personnummer|c[ée]dula|identifika|identifica|identitets|идентифик|ідентиф"
)
_TRADER = r"vat\b|iva\b|tva\b|moms|di[cč]\b"
_BE = r"\d{2}([. ]?)\d{2}\1\d{2}[- ]?\d{3}[. ]?\d{2}"
_STEUER = r"steuer|idnr|id-nr|\btin\b|tax id"

IDENTIFIERS: tuple[Identifier, ...] = (
    # Tier A: may stand alone
    _row("ch.ssn", r"756\.?\d{4}\.?\d{4}\.?\d{2}", "ahv|avs|sozialversicherung", alone=True),
    _row("cn.ric", r"\d{17}[\dXx]", "身份证", alone=True),
    _row("hr.oib", r"\d{11}", "oib", alone=True),
    _row("fr.nif", r"[0-3]\d \d{2} \d{3} \d{3} \d{3}|[0-3]\d{12}", "numéro fiscal|nif|spi", alone=True),
    _row(
        "fr.nir",
        r"[1278] ?\d{2} ?(?:0[1-9]|[1-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        "nir|sécurité sociale|insee|nss\\b",
        alone=True,
    ),
    _row(
        "fi.hetu",
        r"(?:0[1-9]|[12]\d|3[01])(?:0\d|1[0-2])\d{2}[-+A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]",
        "hetu|henkilötunnus",
        alone=True,
    ),
    _row("za.idnr", r"\d{6} ?\d{4} ?\d{2} ?\d", "south african|rsa id", alone=True),
    _row("no.fodselsnummer", r"\d{6} ?\d{5}", "fødselsnummer|personnummer", alone=True),
    _row("be.nn", _BE, "rijksregister|registre national|insz|niss|\\bnn\\b", alone=True),
    _row("be.bis", _BE, "bis\\b", alone=True),
    _row("is_.kennitala", r"\d{6}-\d{4}", "kennitala|kt", alone=True),
    _row("is_.kennitala", r"\d{10}", "kennitala|kt\\b", own=True),
    _row("ro.cnp", r"[1-9]\d{12}", "cnp|numeric personal", alone=True),
    _row("de.idnr", r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}", _STEUER, alone=True),
    _row("ee.ik", r"[1-8]\d{10}", "isikukood", alone=True),
    _row("gr.amka", r"[0-3]\d{10}", "amka|αμκα", alone=True),
    _row("se.personnummer", r"(?:19|20)?\d{6}[-+]\d{4}", "personnummer", alone=True),
    _row("si.emso", r"\d{13}", "emšo|emso|jmbg", alone=True),
    _row("kr.rrn", r"\d{6}-\d{7}", "주민등록", alone=True),
    _row("kr.rrn", r"\d{13}", "주민등록|rrn\\b|resident registration"),
    # Its sixteen characters are a shape that nothing else has.
    _row(
        "it.codicefiscale",
        r"[A-Za-z]{6}\d{2}[A-EHLMPR-Ta-ehlmpr-t]\d{2}[A-Za-z]\d{3}[A-Za-z]",
        "codice fiscale|c\\.f\\.",
        alone=True,
    ),
    # Tier B: behind a word
    _row("br.cpf", r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", "cpf\\b|cadastro de pessoa"),
    _row("tr.tckimlik", r"[1-9]\d{10}", "kimlik|tckn|t\\.?c\\.? ?no"),
    _row("ar.cuit", r"\d{2}-?\d{8}-?\d", "cuit|cuil|identificación tributaria"),
    _row("bg.egn", r"\d{10}|\d{6} \d{3} \d", "egn|егн|граждански"),
    _row("lt.asmens", r"[1-8]\d{10}", "asmens"),
    _row("ie.pps", r"\d{7}[A-Wa-w][A-IWTXa-iwtx]?", "pps|personal public service"),
    _row("pl.pesel", r"\d{11}", "pesel"),
    _row("ec.ci", r"\d{9}-?\d", "cédula|cedula"),
    _row("ec.ci", r"\d{9}-\d", r"\bci\b", own=True),
    _row("us.itin", r"9\d{2}-?\d{2}-?\d{4}", "itin"),
    _row("dk.cpr", r"\d{6}-?\d{4}", "cpr|personnummer"),
    _row("my.nric", r"\d{6}-?\d{2}-?\d{4}", "nric|mykad|kad pengenalan"),
    _row("es.dni", r"\d{2}\.?\d{3}\.?\d{3}[ -]?[A-Za-z]", "dni|nif|documento nacional"),
    _row("es.nie", r"[XYZxyz][ -]?\d{7}[ -]?[A-Za-z]", "nie\\b|extranjero|foreigner"),
    _row("nz.ird", r"\d{2,3}-?\d{3}-?\d{3}|\d{7,8}-\d", "ird\\b|inland revenue|te tari"),
    _row("cz.rc", r"\d{6}/?\d{3,4}", "rodn[éeý]|rč|r\\.č|birth number"),
    _row("ca.sin", r"\d{3}[ -]?\d{3}[ -]?\d{3}", "sin\\b|social insurance|numéro d'assurance sociale|nas\\b"),
    _row("th.pin", r"\d(?:-?\d{4})(?:-?\d{5})-?\d{2}-?\d", "thai|บัตรประชาชน|\\bpin\\b|\\btin\\b"),
    _row("in_.aadhaar", r"\d{4}[ -]?\d{4}[ -]?\d{4}", "aadhaar|aadhar|uid(?:ai)?\\b|आधार"),
    _row("cl.rut", r"\d{1,2}\.?\d{3}\.?\d{3}-?[\dKk]", "rut\\b|run\\b|único tributario|rol único"),
    _row("nl.bsn", r"\d{4}[. ]?\d{2}[. ]?\d{3}", "bsn|burgerservice|sofi|onderwijsnummer"),
    _row("au.tfn", r"\d{3}[ -]?\d{3}[ -]?\d{2,3}", "tfn|tax file"),
    _row("au.medicare", r"\d{4}[ -]?\d{5}[ -]?\d(?:[ -/]?\d)?", "medicare"),
    _row("ru.inn", r"\d{12}|\d{10}", "инн|inn\\b|налогоплат"),
    _row("gb.nhs", r"\d{3}[ -]?\d{3}[ -]?\d{4}", "nhs|national health"),
    _row("gb.utr", r"\d{5} ?\d{5}", "utr|unique taxpayer"),
    _row("il.idnr", r"\d{7,8}-?\d", "teudat|zehut|ת\\.?ז|מספר זהות"),
    _row("ua.rntrc", r"\d{10}", "рнокпп|іпн|ипн|rntrc|taxpayer"),
    _row("mx.curp", r"[A-Za-z]{4}\d{6}[HMhm][A-Za-z]{5}[A-Za-z0-9]\d", "curp|única de registro"),
    _row("pt.cc", r"\d{8} ?\d ?[A-Z][A-Z0-9]\d", "cartão de cidadão|\\bcc\\b"),
    _row("pt.nif", r"[1-9]\d{2} ?\d{3} ?\d{3}", "nif|contribuinte|identificação fiscal"),
    _row("at.vnr", r"[1-9]\d{3} ?\d{6}", "svnr|vsnr|\\bvnr|versicherungs|sv-n"),
    _row("hu.anum", r"\d-?\d{6}-?\d{4}", "személyi"),
    _row("sk.rc", r"\d{6}/?\d{3,4}", "rodn[éeý]|rč|r\\.č|birth number"),
    _row("vn.mst", r"\d{10}(?:-?\d{3})?", "mã số|\\bmst\\b"),
    _row("jp.in_", r"\d{4}[ -]?\d{4}[ -]?\d{4}", "マイナンバー|個人番号|my number|kojin bang"),
    # Tier C: a word and the official way of writing
    _row("us.ssn", r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}|\d{3}\.\d{2}\.\d{4}", "ssn|social|soc\\.? sec"),
    _row("us.atin", r"\d{3}-?\d{2}-?\d{4}", "atin\\b|adoption", own=True),
    _row("us.tin", r"\d{3}-\d{2}-\d{4}|\d{2}-\d{7}", "\\btin\\b|taxpayer", own=True),
    _row("ar.dni", r"\d{2}\.\d{3}\.\d{3}", "dni"),
    _row("ar.dni", r"\d{7,8}", "dni\\b|documento nacional", own=True),
    _row("cr.cpf", r"0?\d-\d{4}-\d{4}", "cédula|cedula|\\bcpf\\b"),
    _row("cr.cpf", r"0?\d{9}", "cédula|cedula|persona física|\\bcpf\\b", own=True),
    _row("de.stnr", r"\d{2,3}/\d{3,4}/\d{4,5}(?: \d)?", "steuernummer|st\\.?-?nr"),
    _row("de.stnr", r"\d{10,11}", "steuernummer|st\\.?-?nr", own=True),
    _row("pk.cnic", r"\d{13}", "cnic|national identity", own=True),
    _row("pk.cnic", r"\d{5}-\d{7}-\d", "cnic"),
    _row("in_.pan", r"[A-Z]{5}\d{4}[A-Z]", "pan\\b|permanent account|income tax"),
    # Of persons and of firms alike, or less common; all of them behind a word
    _row("al.nipt", r"[A-Z] ?\d{8} ?[A-Z]", "nipt|nuis|personin e tatuesh"),
    _row("ad.nrt", r"[A-Z]-?\d{6}-?[A-Z]", "nrt\\b|registre tributari"),
    _row("at.tin", r"\d{2}-?\d{3}/?\d{4}", "abgabenkonto|steuernummer|st\\.?-?nr"),
    _row("be.eid", r"\d{3}-?\d{7}-?\d{2}", "eid\\b|identity card|identiteitskaart|d['\u2019]identité"),
    _row("bg.pnf", r"\d{10}|\d{4} \d{3} \d{3}", "pnf\\b|лнч|чужденец|foreigner"),
    _row("ca.bc_phn", r"9\d{3}[ -]?\d{3}[ -]?\d{3}", "phn\\b|personal health"),
    _row("co.nit", r"\d{1,3}(?:\.?\d{3}){2,3}-?\d", "nit\\b|ciudadanía|identificación tributaria"),
    _row("cr.cr", r"1\d{11}", "residencia|dimex|\\bcr\\b"),
    _row("cu.ni", r"\d{11}", "de identidad|\\bni\\b"),
    _row("do.cedula", r"\d{3}-?\d{7}-?\d", "cédula|cedula"),
    _row("dz.nif", r"\d{15}(?:\d{5})?|\d{3}(?: \d{3}){4}", "nif\\b|n\\.i\\.f|identification fiscale"),
    _row("es.nif", r"[A-HJ-NP-SU-Z][ -]?\d{7}[ -]?[0-9A-Z]", "nif\\b|cif\\b|identificación fiscal"),
    _row("fi.veronumero", r"\d{12}", "veronumero"),
    _row("gb.upn", r"[A-Z]\d{11}[0-9A-Z]", "upn\\b|pupil"),
    _row("gr.vat", r"\d{9}", "αφμ|α\\.φ\\.μ|afm\\b|φορολογικού"),
    _row("gt.nit", r"\d{4,8}-?[\dK]", "nit\\b|identificación tributaria", own=True),
    _row("id.nik", r"\d{16}", "nik\\b|kependudukan|ktp\\b"),
    _row("in_.epic", r"[A-Z]{3}\d{7}", "epic\\b|voter"),
    _row("in_.vid", r"\d{4} ?\d{4} ?\d{4} ?\d{4}", "vid\\b|virtual id"),
    _row("ke.pin", r"[AP]\d{9}[A-Z]", "pin\\b|kra\\b"),
    _row("li.peid", r"\d{4,12}", "peid\\b", own=True),
    _row("lv.pvn", r"\d{6}-?\d{5}|\d{4} ?\d{4} ?\d{3}", "personas kod|pvn\\b|pievienotās"),
    _row("mu.nid", r"[A-Z]\d{12}[0-9A-Z]", "nid\\b"),
    _row("mx.rfc", r"[A-ZÑ&]{3,4}[ -]?\d{6}[ -]?[A-Z0-9]{3}", "rfc\\b|registro federal"),
    _row("nl.onderwijsnummer", r"\d{4}\.?\d{2}\.?\d{3}", "onderwijsnummer"),
    _row("pe.cui", r"\d{8}(?:-?[0-9A-K])?", "cui\\b|dni\\b|cédula única", own=True),
    _row("pe.ruc", r"\d{11}", "ruc\\b|único de contribuyentes"),
    _row("pl.nip", r"\d{3}-?\d{3}-?\d{2}-?\d{2}|\d{3}-\d{2}-\d{2}-\d{3}", "nip\\b|numer identyfikacji"),
    _row("si.ddv", r"\d{8}|\d{4} \d{4}", "davčna|ddv\\b"),
    _row("sv.nit", r"\d{4}-?\d{6}-?\d{3}-?\d", "nit\\b"),
    _row("tr.vkn", r"\d{10}", "vkn\\b|vergi"),
    _row("us.ptin", r"P-?\d{8}", "ptin\\b|preparer", own=True),
    _row("ve.rif", r"[VEJPG]-?\d{8}-?\d", "rif\\b|cédula|información fiscal"),
    _row("za.tin", r"\d{10}", "south african tax|sars\\b|\\btin\\b"),
    # For value added tax a trader who is a person has a number of the person's form in these countries: behind the
    # word of that tax only such are looked for, a firm's stay.
    _row("cz.rc", r"\d{6}/?\d{4}", _TRADER, own=True),
    _row("es.dni", r"\d{8}[ -]?[A-Z]", _TRADER, own=True),
    _row("es.nie", r"[XYZ][ -]?\d{7}[ -]?[A-Z]", _TRADER, own=True),
    _row("lv.pvn", r"(?:[0-2]\d|3[01])[01]\d{3}-?\d{5}|32\d{4}-?\d{5}", _TRADER, own=True),
    _row("pt.nif", r"[1-3]\d{2} ?\d{3} ?\d{3}", _TRADER, own=True),
    _row("se.vat", r"\d{2}[01]\d{7}01", _TRADER, own=True),
    _row("ve.rif", r"[VEP]-?\d{8}-?\d", _TRADER, own=True),
    # Not in python-stdnum: the structure is all there is to check (`_STRUCTURES`).
    _row(
        "gb.nino",
        r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Z]",
        "national insurance|nino?\\b|n\\.i\\.",
    ),
    _row("sg.nric", r"[STFGM]\d{7}[A-Z]", "nric|fin\\b"),
    _row("de.perso", r"[CFGHJKLMNPRTVWXYZ0-9]{9}\d?", "personalausweis|ausweisnummer|perso\\b"),
    _row("it.carta", r"[A-Z]{2} ?\d{7}|[A-Z]{2}\d{5}[A-Z]{2}", "carta d['’ ]identità|carta di identità"),
    _row("pl.dowod", r"[A-Z]{3} ?\d{6}", "dowód|dowod"),
)
