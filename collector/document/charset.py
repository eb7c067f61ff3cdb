"""Bytes to text, by the WHATWG Encoding Standard's labels: BOM, header, `<meta>`, UTF-8, windows-1252.

Python's own codec names are not the web's (`iso-8859-1` there is not windows-1252, `gb2312` lacks half of
what pages use), so the labels of the standard stand here as a table.
"""

from __future__ import annotations

import codecs
import re

PRESCAN = 4_096  # bytes searched for a declaration; the standard asks for at least 1,024

# Encoding Standard §4.2: the encoding's name, Python's codec for it, further labels.
_LABELS = """
utf-8 utf_8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8
ibm866 cp866 866 cp866 csibm866
iso-8859-2 iso8859_2 csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
iso-8859-3 iso8859_3 csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
iso-8859-4 iso8859_4 csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
iso-8859-5 iso8859_5 csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988
iso-8859-6 iso8859_6 arabic asmo-708 csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i iso8859-6 iso_8859-6
iso-8859-7 iso8859_7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 iso_8859-7
iso-8859-8 iso8859_8 csisolatinhebrew hebrew iso-8859-8-e iso-8859-8-i iso-ir-138 iso8859-8 iso_8859-8 logical visual
iso-8859-10 iso8859_10 csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6
iso-8859-13 iso8859_13 iso8859-13 iso885913
iso-8859-14 iso8859_14 iso8859-14 iso885914
iso-8859-15 iso8859_15 csisolatin9 iso8859-15 iso885915 iso_8859-15 l9
iso-8859-16 iso8859_16
koi8-r koi8_r cskoi8r koi koi8 koi8_r
koi8-u koi8_u koi8-ru
macintosh mac_roman csmacintosh mac x-mac-roman
windows-874 cp874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620
windows-1250 cp1250 cp1250 x-cp1250
windows-1251 cp1251 cp1251 x-cp1251
windows-1252 cp1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 \
iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252 x-user-defined
windows-1253 cp1253 cp1253 x-cp1253
windows-1254 cp1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 \
x-cp1254
windows-1255 cp1255 cp1255 x-cp1255
windows-1256 cp1256 cp1256 x-cp1256
windows-1257 cp1257 cp1257 x-cp1257
windows-1258 cp1258 cp1258 x-cp1258
x-mac-cyrillic mac_cyrillic x-mac-ukrainian
gbk gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk
gb18030 gb18030
big5 big5hkscs big5-hkscs cn-big5 csbig5 x-x-big5
euc-jp euc_jp cseucpkdfmtjapanese x-euc-jp
iso-2022-jp iso2022_jp csiso2022jp
shift_jis cp932 csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis
euc-kr cp949 cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949
utf-16be utf_16_be unicodefffe
utf-16le utf_16_le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16
"""


def _table() -> dict[str, tuple[str, str]]:
    table = {}
    for line in _LABELS.strip().splitlines():
        name, codec, *labels = line.split()
        for label in (name, *labels):
            table[label] = (name, codecs.lookup(codec).name)
    return table


ENCODINGS = _table()

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16be"), (codecs.BOM_UTF16_LE, "utf-16le"))
_HEADER = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([\w:.+-]{2,40})""", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META = re.compile(rb"""<meta\b[^>]{0,500}?\bcharset\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.+-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""\A\s{0,99}<\?xml\b[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}["']([\w:.+-]{2,40})""")
# What XML 1.0 §2.2 has no place for, and lxml refuses to take back.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\x0c\r")


def resolve(label: str | None) -> str | None:
    """The encoding's name for a label (Encoding Standard §4.2), or None where the label is unknown."""
    entry = ENCODINGS.get(label.strip().lower()) if label else None
    return entry[0] if entry else None


def declared(body: bytes, content_type: str | None) -> str | None:
    """The name of the encoding that BOM, header or document declares, in that order; None where nothing does.

    HTML §13.2.3.2: a declaration inside the document cannot be UTF-16, because it was read as ASCII.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return name
    in_header = _HEADER.search(content_type or "")
    name_in_header = resolve(in_header[1]) if in_header else None
    if name_in_header:
        return name_in_header
    start = body[:PRESCAN]
    found = _XML.match(start) or _META.search(_COMMENT.sub(b"", start))
    name_inside = resolve(found[1].decode("ascii", "replace")) if found else None
    return "utf-8" if name_inside in ("utf-16be", "utf-16le") else name_inside


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text and the name of the encoding used. Never raises; what cannot be decoded becomes U+FFFD."""
    name = declared(body, content_type)
    if name is None:
        try:
            return _clean_utf8(body.decode("utf-8"), body), "utf-8"
        except UnicodeDecodeError:
            name = "windows-1252"
    text = body.decode(ENCODINGS[name][1], "replace")
    return _clean_utf8(text, body) if name == "utf-8" else _clean(text), name


def _clean_utf8(text: str, body: bytes) -> str:
    """Looks for what is forbidden among the bytes, where that is faster: in UTF-8 they say the same."""
    if len(body.translate(None, _CONTROLS)) == len(body) and b"\xef\xbf" not in body:
        return text.removeprefix("\ufeff")
    return _clean(text)


def _clean(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return _FORBIDDEN.sub("\ufffd", text) if _FORBIDDEN.search(text) else text
