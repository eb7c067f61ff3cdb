"""A recipe blog in German: another language, identical pages, and a page that asks not to be indexed."""

from __future__ import annotations

from collector.demo.page import File, Host, Page

_BROT = """
Für ein Brot, das eine Woche lang frisch bleibt, braucht es Geduld und wenig mehr. Am Abend werden zweihundert Gramm
Roggenschrot mit lauwarmem Wasser und einem Löffel Sauerteig verrührt und zugedeckt auf die Ofenbank gestellt.

Am nächsten Morgen kommen vierhundert Gramm Weizenmehl, ein gestrichener Esslöffel Salz und so viel Wasser hinzu,
dass der Teig sich gerade noch von der Schüssel löst. Wer mag, gibt eine Handvoll geröstete Sonnenblumenkerne dazu.

Nach zwei Stunden Ruhe wird der Laib geformt und in den sehr heißen Ofen geschoben. Nach zehn Minuten wird die Hitze
verringert, nach weiteren vierzig klopft man auf den Boden: Klingt es hohl, ist das Brot fertig.
"""

KUECHE = Host(
    "kueche.localhost",
    "a recipe blog in German: the print version is a duplicate, one recipe carries X-Robots-Tag: noindex",
    (
        Page(
            "/",
            "Küche am Bach",
            """
            Rezepte aus einem alten Haus am Bach, mit dem gekocht, was der Garten und der Wochenmarkt hergeben.

            - [Bauernbrot mit Roggenschrot](/rezepte/brot.html)
            - [Bauernbrot, Fassung zum Drucken](/druck/brot.html)
            - [Kürbissuppe mit Apfel](/rezepte/suppe.html)
            - [Zwetschgenkuchen vom Blech](/rezepte/kuchen.html)
            - [Ein Versuch, noch nicht für alle](/rezepte/versuch.html)
            - [Impressum](/impressum.html)
            """,
            "de",
        ),
        Page("/rezepte/brot.html", "Bauernbrot mit Roggenschrot", _BROT, "de"),
        Page("/druck/brot.html", "Bauernbrot mit Roggenschrot", _BROT, "de"),
        Page(
            "/rezepte/suppe.html",
            "Kürbissuppe mit Apfel",
            """
            Ein kleiner Kürbis wird halbiert, entkernt und ungeschält im Ofen gebacken, bis er weich ist. In der
            Zwischenzeit dünstet man eine Zwiebel in Butter an, gibt zwei säuerliche Äpfel in Stücken dazu und
            löscht mit Brühe ab.

            Das Fruchtfleisch wird mit dem Löffel aus der Schale gehoben und mit allem anderen püriert. Ein wenig
            Muskat, etwas Sahne, zum Schluss ein paar Tropfen Kürbiskernöl. Dazu passt das Bauernbrot vom Vortag, in
            Scheiben geröstet.
            """,
            "de",
        ),
        Page(
            "/rezepte/kuchen.html",
            "Zwetschgenkuchen vom Blech",
            """
            Der Hefeteig soll weich sein und darf ruhig ein wenig kleben. Er geht in der Schüssel, bis er sich
            verdoppelt hat, und wird dann mit nassen Händen auf dem Blech verteilt.

            Die Zwetschgen werden so geschnitten, dass sie sich aufklappen lassen wie ein Buch, und dicht an dicht
            gestellt. Zucker kommt erst nach dem Backen darüber, sonst ziehen sie zu viel Saft. Eine halbe Stunde
            bei guter Hitze genügt.
            """,
            "de",
            head='<link rel="canonical" href="//kueche.localhost/rezepte/kuchen.html">',
        ),
        Page(
            "/rezepte/versuch.html",
            "Ein Versuch mit Brennnesseln",
            """
            Dieses Rezept ist noch nicht fertig und soll in keinem Verzeichnis stehen, auch nicht in einer Sammlung
            von Texten.
            """,
            "de",
            headers=(("X-Robots-Tag", "noindex"),),
        ),
        Page(
            "/impressum.html",
            "Impressum",
            """
            Verantwortlich für den Inhalt ist die Küche am Bach. Fragen bitte an post (at) kueche.example.org oder
            am Telefon unter +49 30 23125 014. Wer den Garten unterstützen will: IBAN DE89 3704 0044 0532 0130 00.
            """,
            "de",
        ),
    ),
    (File("/robots.txt", "User-agent: *\nAllow: /\nCrawl-delay: 0.2\n"),),
)
