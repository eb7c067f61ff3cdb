"""What addresses are written with: words with capitals, particles of streets, the last words of English streets."""

from __future__ import annotations

import re

# a word with a capital
CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĄĆČĎĐĒĘĞĪİĽŁŃŇŐŘŚŞŠȘŤȚŪŮŰŹŻŽ\u0386-\u03ab\u0410-\u042f]"
WORD_BARE = rf"{CAPITAL}[^\W\d_]{{0,30}}(?:['\u2019.-][^\W\d_]{{1,30}}){{0,2}}"
WORD = rf"{WORD_BARE}\.?"
TOWN = (
    rf"(?:(?:St\.|Ste\.|{WORD_BARE})[ -](?:(?:am|an der|im|in|ob der|sur|sous|en|les|lès|bei|de la|de los|de las|del"
    rf"|della|di|la|el|los|las|de|dos|do|da|u"
    rf"|aan den|op|ob|pri|nad|pod|na)[ -])?){{0,3}}{WORD_BARE}"
)
PARTICLE = (
    r"(?:de la|de l['\u2019]|de los|de las|della|delle|dei|degli|dell['\u2019]|del|de|du|des|das|da|do|dos|di"
    r"|aux|au|d['\u2019]|l['\u2019]"
    r"|la|le|les|el|van de[rn]?|van|der|den|zum|zur|am|an der|w|na)"
)
NAME = rf"(?:{PARTICLE}[ ]?){{0,2}}{WORD}(?:[ ](?:{PARTICLE}[ ]?){{0,2}}{WORD}){{0,3}}"
GAP = r"(?:,?[ \t]{1,2}|[ \t]?,?[ \t]?\n[ \t]{0,4})"
SUFFIX = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Ter|Way|Close"
    r"|Crescent|Cres"
    r"|Parkway|Pkwy|Square|Sq|Highway|Hwy|Gardens|Gdns|Grove|Mews|Row|Circle|Cir|Trail|Trl|Turnpike|Plaza|Alley"
    r"|Walk|Hill"
    r"|Loop|Pike|Path|Run|Ridge|Heights|Springs|Spur|Manor|Park|Extension|Fields?|Views?|Crossing|Station|Point"
    r"|Landing)"
)
# USPS Publication 28, appendix C1: words that end a street's name and much else besides.
RARE_SUFFIX = (
    r"(?:Branch|Bridge|Circles|Centers|Brooks?|Burgs?|Bypass|Camp|Canyon|Cape|Causeway|Centers?|Cliffs?|Club|Common"
    r"|Corners?|Course"
    r"|Courts|Coves?|Creek|Crest|Crossroad|Curve|Dale|Dam|Divide|Drives|Estates?|Expressway|Extensions|Falls?|Ferry"
    r"|Flats?|Fords?|Forest|Forges?|Forks?|Fort|Freeway|Gardens?|Gateway|Glens?|Greens?|Groves|Harbors?|Haven|Hills"
    r"|Hollow"
    r"|Inlet|Islands?|Isle|Junctions?|Keys?|Knolls?|Lakes?|Land|Lights?|Loaf|Locks?|Lodge|Mall|Manors|Meadows?|Mills?"
    r"|Mission|Motorway|Mount|Mountains?|Neck|Orchard|Oval|Overpass|Parks|Parkways|Pass|Passage|Pikes?|Pines?|Places"
    r"|Plains?|Points|Ports?|Prairie|Radial|Ramp|Ranch|Rapids?|Rest|Ridges|Rivers?|Roads|Route|Rue|Shoals?|Shores?"
    r"|Skyway|Spring"
    r"|Spurs|Squares?|Stravenue|Streams?|Streets|Summit|Throughway|Trace|Tracks?|Trafficway|Trails?|Tunnel|Underpass"
    r"|Unions?|Valleys?|Via|Viaduct|Villages?|Ville|Vista|Walks|Wall|Ways|Wells?|Break|Mews|Islands)"
)
# Streets and squares in Greek, Russian and Ukrainian, written before their name.
STREET_BEFORE = (
    r"(?:χλμ|πλατεία|λεωφόρος|λεωφ\.|οδός|ул\.|улица|вул\.|вулиця|пр\.|просп\.|проспект|пер\.|переулок|пл\.|площадь"
    r"|площа|бул\."
    r"|бульвар|наб\.|набережная|шоссе)"
)
# Words of streets that are written small before their number.
SMALL = (
    r"(?:útja|út|utca|u\.|tere|tér|köz|krt\.?|körút|rkp\.?|rakpart|fasor|sétány|sor|gate|gata|gade|vei|veien|vej"
    r"|katu|kuja|tie|tänav|mnt|pst|tee|ulica|ul\.|trg|nám\."
    r"|vägen|allé|plads|sok\.?|cad\.?|mah\.?|plein|straat|straße|weg|rue|via|calle)"
)
# A word with a capital and a number behind it that are no street.
NO_STREET = re.compile(
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?"
    r"|Dec(?:ember)?|\w{3,6}day|Version|Release|Chapter|Section|Figure|Table|Page|Part|Step|Line|Volume|Note|Example"
    r"|Debian|Python|Windows|Linux|Ubuntu|Fedora|Java|Perl|Unicode|Level|Appendix|Class|Type|Phase|Stage|Grade|Gate"
    r"|Terminal|Room|Day|Week|Year|Season|Episode|Group|Team|Psalm|Matthew|Mark|Luke|John)s?\.? \d"
)
