"""A new policy with its assessments: commented, complete but for the blanks that only a person can fill."""

from __future__ import annotations

import re

from collector.policy.assessment import DPIA_SCREENING, LEGITIMATE_INTEREST, skeleton

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")

# `%` marks the places of the name; everything in <angle brackets> is a blank that the loader refuses.
_POLICY = """\
# The policy of the collection "%id%". A crawl is bound to it, keeps a copy of it, and names it in every decision.
# Fill in what stands in <angle brackets>, answer the questions in %assessment%, then: collector policy check %file%

[collection]
id = "%id%"
title = "<title of the collection>"
# One or two sentences: what the texts are collected for. Anything else they are used for later needs its own basis.
purpose = "<purpose>"
# GDPR Art. 6(1): consent, contract, legal_obligation, vital_interest, public_task or legitimate_interest.
# The last one needs the assessment below, filled in. Read %dpia% too: it tells whether an impact assessment is owed.
legal_basis = "legitimate_interest"
assessment = "%assessment%"
phase = "development"                  # development | maintenance

[controller]
name = "<who answers for the collection>"
contact = "<e-mail address or page for people and rightsholders>"
# dpo = "dpo@example.org"
# country = "DE"

[crawler]
# What sites call us in robots.txt: letters, hyphens and underscores (RFC 9309).
product_token = "%token%"
# A page that explains the crawler, and an address that is read. Both go into every request.
info_url = "<https://page-about-the-crawler>"
contact = "<e-mail address>"

[scope]
# The collection criteria, fixed beforehand. Seeds also on the command line: collector crawl %file% --seed URL
seeds = []
# domains = ["example.org"]            # empty: the registrable domains of the seeds
# include = ["example.org/articles/*"] # * stands for anything; empty: everything in the domains
# exclude = ["*/private/*"]
# languages = ["en", "fr"]             # empty: every language
max_depth = 8
max_pages = 10_000
max_pages_per_host = 2_000
max_body_bytes = 5_000_000

[politeness]
min_delay = 2.0                        # seconds between requests to a host
max_delay = 60.0
concurrency_per_host = 1

[uses]
need = ["fetch", "train"]              # a page that reserves one of these is not kept
unknown = "keep"                       # where nobody said anything: keep (opt-out, DSM Art. 4) or drop (opt-in)

# A recorded permission lifts a reservation, never the floor and never an objection in the registry.
# [[licences]]
# scope = ["https://example.org/*"]
# uses = ["train"]
# reference = "contract 2026-17"
# expires = 2027-12-31

[lists]
# Sources that are sensitive by nature and not contacted; blocklists/taxonomy.toml explains each category.
sensitive = [
%categories%
]
# files = ["our-list.txt"]             # further hosts, one per line

[minimise]
profile = "strict"                     # strict | standard: keeps organisations' contacts | off: with a reason
# ner = ["spacy_en"]                   # models of names in running text, costly; docs/plugins.md

# [minimise.kinds]                     # docs/kinds.md: what is recognised, and what each kind may become
# birth_date = "generalise"            # its year
# person_date = "generalise"           # exact dates with a person: their month

[retention]
development = "180d"                   # 12h, 180d, 6m, 2y
maintenance = "2y"
refusals = "90d"
logs = "30d"

[release]
not_before = "30d"                     # between collection and use, so that objections still count
"""


def is_collection_id(name: str) -> bool:
    """Whether `name` can name a collection: lower-case letters, digits, hyphens."""
    return _ID.match(name) is not None


def new_policy(name: str, categories: tuple[str, ...]) -> dict[str, str]:
    """File name to text: the policy, the assessment and the DPIA screening of a collection called `name`."""
    files = {"file": f"{name}.toml", "assessment": f"{name}-assessment.md", "dpia": f"{name}-dpia.md"}
    token = re.sub(r"[^a-z-]", "", name).strip("-") or "corpus"
    listed = "\n".join(f'    "{category}",' for category in categories)
    text = _POLICY
    for mark, value in {"id": name, "token": f"{token}-bot", "categories": listed, **files}.items():
        text = text.replace(f"%{mark}%", value)
    return {
        files["file"]: text,
        files["assessment"]: skeleton(LEGITIMATE_INTEREST),
        files["dpia"]: skeleton(DPIA_SCREENING),
    }


def blanks(text: str) -> list[str]:
    """The keys of a policy text whose value is still a blank in angle brackets."""
    return re.findall(r'^([a-z_]+) = "<[^>\n]*>"', text, flags=re.MULTILINE)
