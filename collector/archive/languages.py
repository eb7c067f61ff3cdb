"""ISO 639-1 to ISO 639-3, which `WARC-Identified-Content-Language` takes; the languages that detectors know."""

from __future__ import annotations

import re

_CODES = re.findall(
    r"\w+",
    """
    af afr am amh ar ara az aze be bel bg bul bn ben bs bos ca cat cs ces cy cym da dan de deu el ell en eng eo
    epo es spa et est eu eus fa fas fi fin fr fra fy fry ga gle gd gla gl glg gu guj he heb hi hin hr hrv hu hun
    hy hye id ind is isl it ita ja jpn ka kat kk kaz km khm kn kan ko kor ku kur ky kir la lat lb ltz lo lao lt
    lit lv lav mk mkd ml mal mn mon mr mar ms msa mt mlt my mya nb nob ne nep nl nld nn nno no nor oc oci or ori
    pa pan pl pol ps pus pt por ro ron ru rus sd snd si sin sk slk sl slv so som sq sqi sr srp sv swe sw swa ta
    tam te tel tg tgk th tha tk tuk tl tgl tr tur tt tat ug uig uk ukr ur urd uz uzb vi vie yi yid zh zho
    """,
)
ISO_639_3 = dict(zip(_CODES[::2], _CODES[1::2], strict=True))


def iso_639_3(code: str) -> str | None:
    """`spa` for `es`, `zho` for `zh-cn`; three letters stay; None for `und` and what is not known."""
    base = code.lower().partition("-")[0]
    if len(base) == 3 and base.isascii() and base.isalpha():
        return None if base == "und" else base
    return ISO_639_3.get(base)
