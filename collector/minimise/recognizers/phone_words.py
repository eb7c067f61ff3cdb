"""The words that say of a number that it is a telephone's, or that it is something else's, in many languages."""

from __future__ import annotations

import re

from collector.minimise.engine.begun import at_edges

# What hyperscan looks for; words in other scripts are seen only beside seven digits, which trigger by themselves.
TRIGGER_WORDS = (
    r"(?:\btel\b|tel[e?\xe9\xc9]f|teleph|t[?\xe9\xc9]l|telem|phone|\bph\b|\bfon\b|\bfone|\bfax|\bmobil|\bmob\b"
    r"|\bcell|celular"
    r"|\bhandy\b"
    r"|\bcall\b|\bruf|\bappel|\bll[a?\xe1]m|\bchiama|dzwo[n?]|\bbel\b|\bligue\b|\bring\b|\bdial\b|\btext me"
    r"|\bsms\b|whats ?app|\bsignal\b|\bviber\b|hotline|helpline|portable\b|m[o?\xf3]vil"
    r"|kom[o?\xf3]rk|\btlf\b|\bpuh\b|rufnummer|durchwahl|anruf|\bgsm\b|landline|switchboard|\bvoice|pager"
    r"|\bregistered\b|\bmessages? to\b|\banswer(?:ing)? (?:at|on)\b|\b[tfmp]\s?[:.]|\bdesk\s?:|\bdirect\s?:"
    r"|\bme (?:up )?(?:at|on)\b|\bavailable (?:at|on)\b|\b(?:line|person|number) (?:at|is)\b|\d (?:office|work|home"
    r"|desk)\b)"
)
# What stands before a number is put into lower case first: `re` is twice as fast without IGNORECASE.
# A word before the number, with at most 24 characters of anything but digits between.
NAMED = re.compile(
    r"(?:\btel\b|tel[eé]f|teleph|téléph|tél\b|telemó|\bphone(?!s [(a-z])|\bph\b|\bfon\b|\bfone\b|\bfax|\bmobil"
    r"|\bmob\b|(?<![\w.])cell\b(?=(?: (?:phone|no|number|nr|is|at|on|me))?[^a-z\d]{0,6}\Z)"
    r"|celular"
    r"|cellulare|cellphone|\bhandy\b|\bcall\b|call us|\bruf|\bappel|\bll[aá]m[ae](?:me|nos)?\b|\bchiama|dzwo[nń]"
    r"|\bbel\b|\bligue\b|\bring\b|\bdial\b|\btext me\b|\bsms\b(?! (?:memory|cent|message|part|status|type))"
    r"|whatsapp|whats app|\bsignal\b"
    r"|\bviber\b|hotline|helpline|durchwahl|\bvoice(?:mail)?\b|\bpager\b"
    r"|portable\b|móvil|movil|komórk|\btlf\b|\bpuh\b|rufnummer|anruf|gsm\b|landline|switchboard|(?<!\w)(?:тел|факс|моб)"
    r"|电话|電話|手机|手機|携帯|전화|휴대폰|هاتف|फ़ोन|☎|☏|📞|📱|✆|(?<=\d[ \n])national (?:significant )?number\b"
    r"|(?<![a-z])[tfmp]\s?(?::(?!=)|\.\s)(?=[^a-z\d]{0,8}\Z))[^\d\n]{0,24}\n?[^\d\n]{0,4}\Z",
)
# Words of telephone numbers and of much else: seven digits are wanted, and no word of another number.
NAMED_WEAKLY = re.compile(
    r"(?:\b(?:my|our|your|his|her|their|mein\w?|unser\w?|mon|mi|mio|mijn)\s(?:\w{1,12}\s)?"
    r"(?:number|nummer|numéro|número|numero|numer|no\.)|\breach(?:ed)?\b"
    r"|\bregistered\b|\bmessages? to\b|\b(?:answer(?:ing)?|available|line|me up|try (?:me|us)|reply|respond"
    r"|person) (?:at|on)\b|\bcontact\b|\bcontacter\b"
    r"|\bcontattar\w{1,3}\b"
    r"|\bkontakt|\berreich|\bjoindre\b|\bjoignable\b|\bllam[aeo]|\bchiam[aio]|\bcontactar\b|\bdzwo[nń]|\bbellen\b"
    r"|\bbereik"
    r"|\b(?:work|home|office|house|evenings?|daytime)\s?[:.)])[^\d\n]{0,24}\Z",
)
NAMED_AFTER = re.compile(
    r"\s{0,3}[(\[,\u2013-]?\s?(?:voice|fax|home|work|office|cell|mobile?|tel|phone|handy|privat|dienstl|whatsapp"
    r"|direct)\b",
    re.IGNORECASE,
)
# The word, and what is said of the number before it is written: `My phone since last March has been 555 …`.
NAMED_FAR = re.compile(
    r"(?:\b(?:tele)?phone (?:number|no\.)|\b(?:mobile|cell|fax|contact) (?:number|no\.)|telefonnummer|handynummer"
    r"|mobilnummer|numéro de (?:téléphone|portable)|número de (?:teléfono|telefone|móvil)|numero di (?:telefono"
    r"|cellulare)"
    r"|numer telefonu|telefoonnummer)[^\d\n.;!]{0,40}\Z"
)
# A line of an address block: six digits, and whose they are behind them or before them.
NAMED_LINE_AFTER = re.compile(
    r"[ -]\(?(?:voice|fax|home|work|office|cell|mobile?|tel|phone|handy|desk)\)?[ ]?(?:[\n,]|\Z)", re.IGNORECASE
)
LABELLED_LINE = re.compile(
    r"(?:\A|\n|\d)[ ]?(?:desk|direct|office|home|work|privat|dienstlich|day|evening)s?[ ]?:[ ]\Z"
)
OTHER_NUMBER = re.compile(
    r"(?:isbn|issn|\bdoi|pmid|oclc|\bvat\b|ust|hrb|siret|siren|\babn\b|order|invoice|ticket|\bid\b|\bids\b"
    r"|\bref\b|\bsku\b|\bean\b|gtin|\bssn\b|social security|\bnhs\b|passport|licen[cs]e|account|routing|\bimei\b"
    r"|version|build|\brfc|\biso\b|patent|serial|konto|\bblz|\bkto|iban|\bbic\b|\bplz|\bzip\b|\blat|\blon|§"
    r"|\bpage|\bpp?\.|\bvol|\bv\.(?=\s?\Z)|\bcard\b|\bcard (?:no|number)|karte"
    r"|article|artikel|bug|issue|commit|revision|model|\btotal|sum|population|price|usd|eur"
    r"|\bkg\b|number of|tracking|reference|case no|customer n|rechnung|auftrag|bestell|aktenzeichen|beleg|facture"
    r"|commande|pedido|factura|fattura|ordine|zamówieni|faktur)[^\d\n]{0,20}\Z",
)
FOLLOWS_ANOTHER = re.compile(
    r"[\s,;/|&]{1,4}(?:(?:or|and|oder|und|ou|et|y|o|i|lub|e|of|en|fax|mobile?)[\s:.]{1,3})?\(?", re.IGNORECASE
)

# Asked of every number, in a fourth of the time.
NAMED, OTHER_NUMBER = at_edges(NAMED), at_edges(OTHER_NUMBER)
