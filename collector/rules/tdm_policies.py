"""TDMRep policy documents beside a reservation: asked for as evidence of the terms, and never a permission.

TDMRep §7: the policy tells how a licence can be had. A reservation stays one whatever is offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collector.model.decision import Evidence
from collector.model.errors import UrlError
from collector.model.url import Url, parse_url
from collector.rules.rule import Needed
from collector.signals.excerpt import excerpt
from collector.signals.site_file import UNNEEDED, Reach, SiteFile
from collector.signals.site_files import answer_for
from collector.signals.tdm_policy import MAX_BYTES, read_tdm_policy

MAX_POLICIES = 4  # of one answer


def policies_needed(addresses: Iterable[str], page: Url) -> tuple[Needed, ...]:
    """The documents that these values of `tdm-policy` name, as written."""
    urls = dict.fromkeys(url.href for url in (_url(address, page) for address in addresses) if url is not None)
    return tuple(Needed(href, max_bytes=MAX_BYTES) for href in tuple(urls)[:MAX_POLICIES])


def policies_told(addresses: Iterable[str], files: Mapping[str, SiteFile], page: Url) -> tuple[Evidence, ...]:
    """What the documents at hand say, as evidence: digest, record, and the offer in one line.

    One that cannot be had leaves the conditions unknown, which is no error (TDMRep §7.1).
    """
    told: dict[str, Evidence] = {}
    for address in addresses:
        url = _url(address, page)
        file = answer_for(files, url, page) if url is not None else None
        if file is None or file.error == UNNEEDED:
            continue
        record = f"; record {file.record_id}" if file.record_id is not None else ""
        if file.reach is Reach.AVAILABLE:
            said = read_tdm_policy(file.body).told
            told.setdefault(file.url, Evidence(file.url, file.digest, f"{said}{record}"))
        else:
            why = excerpt(file.error, 40) or f"it answered {file.status}"
            told.setdefault(file.url, Evidence(file.url, None, f"tdm-policy not to be had ({why}): conditions unknown"))
        if len(told) == MAX_POLICIES:
            break
    return tuple(told.values())


def _url(address: str, page: Url) -> Url | None:
    try:
        url = parse_url(address.strip(), page) if address.strip() else None
    except UrlError:
        return None
    return None if url is None or url.credentials else url
