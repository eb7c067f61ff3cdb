"""The words beside which running text names a writer, in the languages of Europe: alternatives of `re`."""

from __future__ import annotations

# Words that a writer follows wherever they stand.
STRONG = (
    r"written\sby|posted\sby|published\sby|submitted\sby|reported\sby|reviewed\sby|edited\sby|created\sby|added\sby"
    r"|words\sby|story\sby|text\sby|photos?\sby|photography\sby|article\sby|review\sby|interview\sby|a\spost\sby"
    r"|guest\spost\sby|blog\sby|started\sby|comment\sby|comments?\sfrom|translated\sby|presented\sby"
    r"|contributed\sby|maintained\sby|authored\sby|shared\sby|uploaded\sby|illustrations?\sby|styling\sby|video\sby"
    r"|(?:additional\s)?reporting\sby|editing\sby|compiled\sby|hosted\sby|curated\sby|asked\sby|answered\sby|pictures\sby"
    r"|photographs?\sby|researched\sby|narrated\sby|posts?\sby|stories\sby|articles\sby"
    r"|originally\sby|(?:medically|expert|technically)\sreviewed\sby|fact(?:-|\s)checked\sby|updated\sby"
    r"|(?:geschrieben|verfasst|veröffentlicht|eingestellt|erstellt|gepostet|publiziert|geposted|hochgeladen|übersetzt"
    r"|gepflegt|betreut|angelegt|vorgestellt|eingetragen|aktualisiert|getestet|gebloggt|fotografiert)\s(?:am\s[^\n]{4,30}\s)?von"
    r"|(?:artikel|beitrag|text|fotos?|bild(?:er)?|bericht|kommentar|rezension|interview|gastbeitrag|eintrag|post|ein"
    r"\sbeitrag|kolumne|blog|analyse|reportage|essay)\svon"
    r"|(?:publiée?|écrite?|rédigée?|postée?|proposée?|traduite?|envoyée?|partagée?|mise?\sen\sligne)\s(?:le\s[^\n]{4,30}\s)?par"
    r"|(?:publicad[oa]|escrit[oa]|redactad[oa]|enviad[oa]|cread[oa]|postad[oa]|traducid[oa]|compartid[oa])\s(?:el\s[^\n]{4,30}\s)?por"
    r"|(?:scritt[oa]|pubblicat[oa]|inserit[oa]|postat[oa]|redatt[oa]|tradott[oa])\s(?:il\s[^\n]{4,30}\s)?da"
    r"|(?:geschreven|gepost|geplaatst|gepubliceerd|ingezonden|vertaald)\s(?:op\s[^\n]{4,30}\s)?door"
    r"|(?:napisany|napisane|opublikowany|dodany|dodane|napisał|napisała|opublikowane|opublikowana)\s(?:przez)?"
    r"|(?:napsal|napsala|vložil|vložila|přidal|přidala|publikoval|publikovala)"
    r"|(?:skrevet|skrivet|postet|publisert|publicerat|publicerad|udgivet|indsendt|skriven)\s(?:den\s[^\n]{4,30}\s)?(?:af|av)"
)
LABEL = (
    r"authors?(?:\(s\))?|(?:[^\W\d_]{2,12})?autor(?:in|en|es)?|maintainers?|auteurs?|autore|autrice|autorka|auteure"
    r"|redakteur(?:in)?|verfasser(?:in)?|redaktion|redazione|writer|reporter|editor|text(?:e)?|fotos?|bilder"
    r"|photos?|foto\scredit|photo\scredit|posted|bild"
    r"|verantwortlich(?:\s(?:für\sden\sinhalt|im\ssinne)(?:\s(?:nach|gemäß|des|von)\s§[^:\n]{2,40})?)?|inhaber(?:in)?|geschäftsführer(?:in)?|ansprechpartner(?:in)?|kontakt"
    r"|contact|from|to|cc|reply-to|sender|an|absender|автор(?:\sстатьи)?|текст|фото|перевод|illustration(?:en)?|übersetzung|translation|words"
    r"|vertreten\sdurch|v\.?\s?i\.?\s?s\.?\s?d\.?\s?p\.?|speaker|referent(?:in)?|name|interview"
)
OPENING = r"by|von|par|por|di|da|door|af|av|przez|od|fra|från|autor|author"
# Words that a writer follows, or a dish, a place or a book: only what a list holds is a name behind them.
WEAK = (
    r"(?:recipe|recipes)\s(?:by|from)|adapted\sfrom|courtesy\sof|inspired\sby|from\sthe\skitchen\sof|imag(?:e|es)\sby"
    r"|rezept(?:e)?\s(?:von|nach)|nach\seinem\srezept\svon|mit\sfreundlicher\sgenehmigung\svon|aufnahmen?\svon"
    r"|recettes?\s(?:de|par)|photos?\s(?:de|par)|crédits?\sphotos?|adaptée?\sde|avec\sl'aimable\sautorisation\sde"
    r"|recetas?\s(?:de|por)|fotos?\s(?:de|por)|fotografías?\s(?:de|por)|cortesía\sde|adaptad[oa]\sde"
    r"|ricett[ae]\sdi|foto\sdi|a\scura\sdi|per\sgentile\sconcessione\sdi|adattat[oa]\sda"
    r"|przepis(?:y)?(?:\sod)?|zdjęci[ae]|fot\.|recepten?\s(?:van|door)|foto(?:.?s)?\s(?:van|door)|aangepast\svan"
    r"|receitas?\s(?:de|por)|cortesia\sde|recept\s(?:av|från|od)|foto\s(?:av|af)|opskrift\s(?:af|fra)"
    r"|credit|credits|source|quelle|fuente|fonte|bron|źródło|foto|fotografía|fotografia|crédit"
)
# What a writer follows and much else: what is shaped as a name is one behind them, on a list or not.
SHAPED = (
    r"about\sthe\sauthors?|über\sden\sautor|über\sdie\sautorin|à\spropos\sde\sl.auteure?|sobre\s(?:el\sautor|la\sautora)"
    r"|sobre\s(?:o\sautor|a\sautora)|l.autore|l.autrice|over\sde\sauteur|o\sautorze|o\sautorce|om\sförfattaren"
    r"|om\sforfatteren|despre\sautor|o\sautorovi|yazar\shakkında"
    r"|pictures|photograph|guest\scontributor|photo\scourtesy\sof|image\scourtesy\sof|das\sgespräch\sführten?"
    r"|(?:aus\s\w{2,24}\s)?berichtet|protokoll|bildquelle|angaben\sgemäß\s§\s5\s(?:tmg|ddg)|propos\srecueillis\spar"
    r"|un\s(?:article|texte|reportage|billet)\sde|commentaire\sde|crédit\sphotos?|texto|a\scura\sdi|testo\sdi|tekst"
    r"|fot\.|zdjęcia|doda(?:ł|ła|ne\sprzez)|texto\sde|texto\se\sfotos?|publicat\sde|scris\sde|napsala?|yazar|yazan"
    r"|gönderen|text\soch\sfoto|tekst\sog\sfoto"
)
SAID = (
    r"says|said|writes|wrote|replied|commented|sagt|sagte|schreibt|schrieb|meint|meinte|antwortete|a\sdit|dit|dice|dijo"
    r"|hat\sgesagt|disse|escreveu|comentou|napsala?|пишет|писал|написала?|сказала?|spune|yazdı|dedi"
    r"|scrive|ha\sdetto|ha\sscritto|zegt|schreef|pisze|napisał|napisała|kommentierte|kommentiert|skriver|skrev"
)
SAID_WORDS = frozenset(
    """says said writes wrote replied commented sagt sagte schreibt schrieb meint meinte antwortete dit dice dijo scrive
    detto scritto zegt schreef pisze napisał napisała kommentierte kommentiert skriver skrev gesagt disse escreveu
    comentou napsal napsala пишет писал написал написала сказал сказала spune yazdı dedi""".split()
)
