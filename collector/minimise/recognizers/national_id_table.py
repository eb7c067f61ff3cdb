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
    """`module` of python-stdnum; `shape` of the number; `names`, a pattern of words before it; `alone`: tier A."""

    module: str
    shape: str
    names: str
    pattern: re.Pattern[str]
    alone: bool = False

    @property
    def rule(self) -> str:
        """`national_id_` with the country and its name of the number."""
        return f"national_id_{self.module.replace('_', '').replace('.', '_')}"


def _row(module: str, shape: str, names: str, *, alone: bool = False) -> Identifier:
    return Identifier(module, shape, names, re.compile(rf"(?:{shape})(?!\w|[-/.]\d)"), alone)


# Words that any national number may stand behind.
GENERIC = (
    r"national (?:id|identity|identification|insurance)|identity (?:card|number|no)|id (?:card|number|no\b|#)"
    r"|identification n"
    r"|personal (?:id|identification|code|number)|tax(?:payer)?[ -]?(?:id|identification|number|file)|\btin\b"
    r"|social security|ssn\b"
    r"|\bid:|citizen|personalausweis|ausweis|steuer|identité|identidad|identità|fiscal|identyfik|burgerservice"
    r"|personnummer"
)
_STEUER = r"steuer|idnr|id-nr|\btin\b|tax id"

IDENTIFIERS: tuple[Identifier, ...] = (
    # Tier A: may stand alone
    _row("ch.ssn", r"756\.?\d{4}\.?\d{4}\.?\d{2}", "ahv|avs", alone=True),
    _row("cn.ric", r"\d{17}[\dXx]", "身份证", alone=True),
    _row("hr.oib", r"\d{11}", "oib", alone=True),
    _row("fr.nif", r"[0-3]\d \d{2} \d{3} \d{3} \d{3}|[0-3]\d{12}", "numéro fiscal|nif|spi", alone=True),
    _row(
        "fr.nir",
        r"[1278] ?\d{2} ?(?:0[1-9]|[1-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        "nir|sécurité sociale|insee",
        alone=True,
    ),
    _row(
        "fi.hetu",
        r"(?:0[1-9]|[12]\d|3[01])(?:0\d|1[0-2])\d{2}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]",
        "hetu|henkilötunnus",
        alone=True,
    ),
    _row("za.idnr", r"\d{6} ?\d{4} ?\d{3}", "south african|rsa id", alone=True),
    _row("no.fodselsnummer", r"\d{6} ?\d{5}", "fødselsnummer|personnummer", alone=True),
    _row("be.nn", r"\d{2}\.?\d{2}\.?\d{2}[- ]?\d{3}\.?\d{2}", "rijksregister|registre national|insz", alone=True),
    _row("be.bis", r"\d{2}\.?\d{2}\.?\d{2}[- ]?\d{3}\.?\d{2}", "bis", alone=True),
    _row("is_.kennitala", r"\d{6}-\d{4}", "kennitala|kt", alone=True),
    _row("ro.cnp", r"[1-9]\d{12}", "cnp|numeric personal", alone=True),
    _row("de.idnr", r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}", _STEUER, alone=True),
    _row("ee.ik", r"[1-8]\d{10}", "isikukood", alone=True),
    _row("gr.amka", r"[0-3]\d{10}", "amka|αμκα", alone=True),
    _row("se.personnummer", r"(?:19|20)?\d{6}[-+]\d{4}", "personnummer", alone=True),
    _row("si.emso", r"\d{13}", "emšo|emso|jmbg", alone=True),
    _row("kr.rrn", r"\d{6}-\d{7}", "주민등록", alone=True),
    # Its sixteen characters are a shape that nothing else has.
    _row(
        "it.codicefiscale",
        r"[A-Za-z]{6}\d{2}[A-EHLMPR-Ta-ehlmpr-t]\d{2}[A-Za-z]\d{3}[A-Za-z]",
        "codice fiscale|c\\.f\\.",
        alone=True,
    ),
    # Tier B: behind a word
    _row("br.cpf", r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", "cpf|cadastro de pessoa"),
    _row("tr.tckimlik", r"[1-9]\d{10}", "kimlik|tckn|t\\.?c\\.? ?no"),
    _row("ar.cuit", r"\d{2}-?\d{8}-?\d", "cuit|cuil"),
    _row("bg.egn", r"\d{10}", "egn|егн"),
    _row("lt.asmens", r"[1-8]\d{10}", "asmens"),
    _row("ie.pps", r"\d{7}[A-Wa-w][A-IWa-iw]?", "pps"),
    _row("pl.pesel", r"\d{11}", "pesel"),
    _row("ec.ci", r"\d{10}", "cédula|cedula"),
    _row("us.itin", r"9\d{2}-?\d{2}-?\d{4}", "itin"),
    _row("dk.cpr", r"\d{6}-?\d{4}", "cpr|personnummer"),
    _row("my.nric", r"\d{6}-?\d{2}-?\d{4}", "nric|mykad|kad pengenalan"),
    _row("es.dni", r"\d{2}\.?\d{3}\.?\d{3}[ -]?[A-Za-z]", "dni|nif|documento nacional"),
    _row("es.nie", r"[XYZxyz][ -]?\d{7}[ -]?[A-Za-z]", "nie|extranjero"),
    _row("nz.ird", r"\d{2,3}-?\d{3}-?\d{3}", "ird"),
    _row("cz.rc", r"\d{6}/?\d{3,4}", "rodné číslo|rodne cislo|rč|r\\.č"),
    _row("ca.sin", r"\d{3}[ -]?\d{3}[ -]?\d{3}", "sin\\b|social insurance|numéro d'assurance sociale|nas\\b"),
    _row("th.pin", r"\d(?:-?\d{4})(?:-?\d{5})-?\d{2}-?\d", "thai|บัตรประชาชน"),
    _row("in_.aadhaar", r"\d{4}[ -]?\d{4}[ -]?\d{4}", "aadhaar|aadhar|uid(?:ai)?\\b|आधार"),
    _row("cl.rut", r"\d{1,2}\.?\d{3}\.?\d{3}-?[\dKk]", "rut\\b|run\\b"),
    _row("nl.bsn", r"\d{4}[. ]?\d{2}[. ]?\d{3}|\d{9}", "bsn|burgerservice|sofi"),
    _row("au.tfn", r"\d{3}[ -]?\d{3}[ -]?\d{2,3}", "tfn|tax file"),
    _row("au.medicare", r"\d{4}[ -]?\d{5}[ -]?\d(?:[ -/]?\d)?", "medicare"),
    _row("ru.inn", r"\d{12}", "инн|inn\\b"),
    _row("gb.nhs", r"\d{3}[ -]?\d{3}[ -]?\d{4}", "nhs"),
    _row("gb.utr", r"\d{5} ?\d{5}", "utr|unique taxpayer"),
    _row("il.idnr", r"\d{8}-?\d", "teudat|zehut|ת\\.?ז"),
    _row("ua.rntrc", r"\d{10}", "рнокпп|іпн|ипн|rntrc"),
    _row("mx.curp", r"[A-Za-z]{4}\d{6}[HMhm][A-Za-z]{5}[A-Za-z0-9]\d", "curp"),
    _row("pt.cc", r"\d{8} ?\d ?[A-Z0-9]{2}\d", "cartão de cidadão"),
    _row("pt.nif", r"[1-9]\d{2} ?\d{3} ?\d{3}", "nif|contribuinte"),
    _row("at.vnr", r"[1-9]\d{3} ?\d{6}", "svnr|sozialversicherung|sv-n"),
    _row("hu.anum", r"\d-?\d{6}-?\d{4}", "személyi"),
    _row("sk.rc", r"\d{6}/?\d{3,4}", "rodné číslo|rodne cislo|rč"),
    _row("vn.mst", r"\d{10}", "mã số"),
    _row("jp.in_", r"\d{4}[ -]?\d{4}[ -]?\d{4}", "マイナンバー|my number"),
    # Tier C: a word and the official way of writing
    _row("us.ssn", r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}|\d{3}\.\d{2}\.\d{4}", "ssn|social|soc\\.? sec"),
    _row("us.atin", r"9\d{2}-\d{2}-\d{4}", "atin"),
    _row("ar.dni", r"\d{2}\.\d{3}\.\d{3}", "dni"),
    _row("cr.cpf", r"\d-\d{4}-\d{4}", "cédula|cedula"),
    _row("de.stnr", r"\d{2,3}/\d{3,4}/\d{4,5}", "steuernummer|st\\.?-?nr"),
    _row("pk.cnic", r"\d{5}-\d{7}-\d", "cnic"),
    _row("in_.pan", r"[A-Z]{5}\d{4}[A-Z]", "pan\\b|permanent account"),
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
