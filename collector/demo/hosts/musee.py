"""A museum in French: redirects, one page with noai in its head, another that is not to be followed."""

from __future__ import annotations

from collector.demo.page import File, Host, Page

MUSEE = Host(
    "musee.localhost",
    "a museum in French: an old address redirects, one page says noai in a meta tag",
    (
        Page(
            "/",
            "Le petit musée du pays",
            """
            Dans l'ancienne école du village, trois salles racontent comment on vivait ici avant l'arrivée du chemin
            de fer. L'entrée est libre, le poêle est allumé dès le mois d'octobre.

            - [L'horloge de la mairie](/horloge.html)
            - [La salle des outils](/outils.html)
            - [L'ancienne page des horaires](/ancien/horaires.html)
            - [Les dessins de l'atelier](/dessins.html)
            - [Nous écrire](/contact.html)
            """,
            "fr",
        ),
        Page(
            "/horloge.html",
            "L'horloge de la mairie",
            """
            Le mécanisme exposé au fond de la première salle a battu pendant cent douze ans dans la tour de la
            mairie. Il a été forgé par un serrurier qui n'avait jamais vu d'horloge de près et qui s'était servi
            d'un livre emprunté au curé.

            Les roues sont en fer, les paliers en bronze, et le balancier bat un peu plus lentement que la seconde.
            Deux fois par semaine, une habitante du village montait les poids avec une manivelle. On peut encore
            entendre la sonnerie le dimanche à quinze heures, à condition de demander au gardien.
            """,
            "fr",
        ),
        Page(
            "/outils.html",
            "La salle des outils",
            """
            Des rabots, des faux, un métier à tisser et une curieuse machine à éplucher les châtaignes occupent la
            deuxième salle. La plupart de ces objets ont été offerts par des familles de la vallée, qui s'en sont
            servies jusque dans les années soixante.

            Chaque outil porte une étiquette écrite à la main par les élèves. Elles sont parfois plus longues que
            l'outil lui-même, mais les visiteurs les lisent toujours jusqu'au bout.
            """,
            "fr",
        ),
        Page(
            "/horaires.html",
            "Horaires",
            """
            Le musée est ouvert le mercredi et le dimanche de quatorze à dix-huit heures, et tous les jours pendant
            les vacances d'été. Les groupes sont les bienvenus le matin sur rendez-vous. Le jardin ferme à la tombée
            de la nuit.
            """,
            "fr",
        ),
        Page(
            "/dessins.html",
            "Les dessins de l'atelier",
            """
            Ces dessins ont été faits par les participants de l'atelier du samedi. Ils peuvent être regardés ici,
            mais ceux qui les ont faits ne souhaitent pas qu'ils servent à l'entraînement de machines.
            """,
            "fr",
            head='<meta name="robots" content="noai, noimageai">',
        ),
        Page(
            "/contact.html",
            "Nous écrire",
            """
            Le gardien répond au 01 99 00 45 17, le plus souvent avant midi. On peut aussi écrire à
            accueil (arobase) musee.example.org ou à l'adresse suivante : accueil@musee.example.org.
            """,
            "fr",
            head='<meta name="author" content="Célestine Vaubernier">',
        ),
    ),
    (
        File("/robots.txt", "User-agent: *\nDisallow:\n"),
        File("/ancien/horaires.html", status=301, headers=(("Location", "/horaires.html"),)),
    ),
)
