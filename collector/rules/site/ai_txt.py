"""Rule `ai_txt`: what the site's /ai.txt allows and disallows by file type."""

from __future__ import annotations

from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.model.uses import UNSTATED, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.rule import Needed, NoSettings
from collector.signals.ai_txt import read_ai_txt
from collector.signals.site_file import Reach, SiteFile
from collector.signals.site_files import at_path, is_markup

RULE = "ai_txt"
PATH = "/ai.txt"
MAX_BYTES = 64_000


def needs(facts: SiteFacts, settings: NoSettings) -> tuple[Needed, ...]:
    """The file, of the site's own domain."""
    del facts, settings
    return (Needed(PATH, MAX_BYTES, own_domain=True),)


def ai_txt(facts: SiteFacts, settings: NoSettings) -> Finding:
    """Whether /ai.txt (Spawning) keeps this address, or pages of its kind, out of AI training.

    The grammar of robots.txt, our token or else `*`, with patterns such as `*.html` for kinds of files: the
    longest match decides, Disallow where two are equal, no match says nothing. A page of HTML where the file
    should be counts as no file; a file without a user agent and a rule is another format of that name.
    """
    del settings
    file = at_path(facts.files, PATH, facts.url)
    if file is None or file.reach is Reach.UNAVAILABLE:
        return _silent("the site has no ai.txt")
    if file.reach is Reach.UNREACHABLE:
        return _silent(f"ai.txt could not be read ({file.error or file.status}): unknown", Evidence(file.url))
    if is_markup(file):
        return _silent("the site has no ai.txt (it answers with a page)", Evidence(file.url, file.digest))
    read = read_ai_txt(file.body, facts.product_token)
    if not read.groups:
        return _silent("ai.txt holds no user agent with a rule: another format of that name", _evidence(file, ""))
    found = read.match(facts.url)
    if found.verdict is None:
        return _silent("no rule of ai.txt is for us and covers this address", _evidence(file, ""))
    reading = f", read as .{found.reads_as}" if found.reads_as else ""
    evidence = (_evidence(file, f"line {found.line}: {found.text}"),)
    if found.verdict is Verdict.ALLOW:
        reason = f"training allowed by ai.txt line {found.line} `{found.text}`{reading}"
        return Finding(RULE, Verdict.ALLOW, reason, Uses.allowing(Use.TRAIN), Basis.POLICY, evidence)
    reason = f"training denied by ai.txt line {found.line} `{found.text}`{reading}"
    basis = Basis.MALFORMED_RESTRICTIVE if found.malformed else Basis.POLICY
    return Finding(RULE, Verdict.ALLOW, reason, Uses.denying(Use.TRAIN), basis, evidence)


def _silent(reason: str, *evidence: Evidence) -> Finding:
    return Finding(RULE, Verdict.ALLOW, reason, UNSTATED, Basis.POLICY, evidence)


def _evidence(file: SiteFile, locator: str) -> Evidence:
    record = f"record {file.record_id}" if file.record_id is not None else ""
    return Evidence(file.url, file.digest, "; ".join(part for part in (locator, record) if part))
