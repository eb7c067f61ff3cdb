"""Streets of some forty more languages, told by their own word for one: `Strada Lungă 12`, `улица Мира, 5`."""

from __future__ import annotations

import re

# Behind the name, as its end or as a word of its own.
_BEHIND = (
    r"(?:(?<=\w)(?:vej|vejen|gade|gaden|gata|gatan|gate|gaten|vägen|väg|veien|vegen|vei|stræde|plads|pladsen|torv|torvet"
    r"|gränd|gränden|stigen|backen|bakken|stien|plass|plassen|torget|torg|allén|kaj|katu|tie|kuja|polku|kaari|raitti|rinne"
    r"|straat|laan|weg|plein|dreef|steenweg|stra(?:ß|ss)e|gasse|platz|allee|ring)"
    r"|(?:utca|útja|út|tér|tere|körút|sétány|köz|sugárút|fasor|rakpart|utcája"
    r"|ulica|ulice|cesta|náměstí|námestie|nábřeží|nábrežie|třída|trieda|trg|nabrežje|bulvár|bulevar|šetalište|put"
    r"|iela|gatve|gāte|prospekts|bulvāris|laukums|gatvė|prospektas|alėja|aikštė|tänav|maantee|puiestee|väljak|tee"
    r"|caddesi|cad\.|sokak|sokağı|sok\.|bulvarı|bulv\.|meydanı|küçəsi|küç\.|prospekti|xiyabanı|ko['‘’`ʻ]?chasi"
    r"|улица|ул\.|вулиця|вул\.|проспект|просп\.|переулок|провулок|шоссе|шосе|бульвар|набережная|площадь|площа|проезд"
    r"|тупик|көшесі|даңғылы|вуліца|майдан|փողոց|ქუჩა|გამზირი))"
)
# Before the name.
FIRST = (
    r"(?:Strada|Str\.?|Bulevardul|Bd\.|Calea|Aleea|Intrarea|Șoseaua|Piața|Splaiul|Ulica|Ul\.|ul\.|Trg|Cesta|nám\.|al\."
    r"|aleja|droga|szosa|rynek|plac|pl\.|os\.|wyb\.|skwer|Jalan|Jl\.|Jln\.?|Gang|Gg\.|Lorong|Kpg\.|Dk\.|Rruga|Triq|Heol|Ffordd"
    r"|Stryd|Maes|Lôn|Đường|Phố|Cda\.|Calz\.|Calzada|Callejón|Privada|Priv\.|Circuito|Cerrada|Prolongación|Carrer"
    r"|Avinguda|Passeig|Plaça|Kale|Rúa|Travessa|Marginal|Rodovia|Largo|Avenida|Avda\.|Calle|Rua|Via|Viale|Piazza|Corso"
    r"|Οδός|Λεωφόρος|Λεωφ\.|Πλατεία|Πλ\.|Πάροδος|улица|ул\.|вулиця|вул\.|вуліца|вул|проспект|просп\.|пр\.|пр-т|переулок"
    r"|пер\.|провулок|шоссе|бульвар|бул\.|набережная|наб\.|площадь|площа|пл\.|ж\.к\.|микрорайон|мкр\.|аллея|Квай"
    r"|Rue|Avenue|Boulevard|Chemin|Quai|Place|Route|Allée|Impasse|Passage)"
)
STREET_WORD = re.compile(rf"{_BEHIND}(?!\w)|(?<!\w){FIRST}(?!\w)", re.IGNORECASE)
