"""`<meta>` names and properties whose content is nothing but a person: Dublin Core, Highwire, OpenGraph, Twitter."""

from __future__ import annotations

META_NAMES = frozenset(
    """author authors article:author og:article:author og:author book:author books:author music:musician video:director
    video:actor video:writer dc.creator dc.contributor dcterms.creator dcterms.contributor dc:creator dc:contributor
    dc.creator.personalname dcterms.creator.name creator citation_author citation_editor citation_authors
    citation_author_email citation_author_orcid sailthru.author parsely-author parsely-authors
    twitter:creator twitter:creator:id twitter:author profile:first_name profile:last_name profile:username byl
    byline cxenseparse:author
    cxenseparse:editor web_author bepress_citation_author eprints.creators_name eprints.creators article:modified_by
    last-modified-by shareaholic:article_author_name shareaholic:article_author vr:author wp.author pageauthor
    contributor     reply-to article.author article-author article_author prism.author rbauthors bt:author
    lp.article:author
    mediator_author author_name authorname page-author post-author content-author content_author dable:author
    fb:profile_id syn:author owner publisher-author autor auteur redakteur article:contributor dcsext.author
    dcsext.articleauthor sv.author guardian:author msapplication-author bylines writer journalist reporter""".split()
)
LABEL_NAMES = {"twitter:label1": "twitter:data1", "twitter:label2": "twitter:data2"}
LABELS = frozenset(
    """written by|author|by|geschrieben von|verfasst von|écrit par|escrito por|autor|auteur|scritto da|geschreven door
    |napisane przez|von|par|por|door|est. author|posted by""".replace("\n    ", "").split("|")
)
