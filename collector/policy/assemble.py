"""Makes the frozen `Policy` out of checked tables; field by field, so that the type checker sees every one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from collector.model.digest import Digest
from collector.policy import policy as types
from collector.policy import tables
from collector.policy.as_run import AsRunTable


def assemble(
    table: tables.PolicyFile,
    rules: Mapping[str, object],
    as_run: AsRunTable,
    *,
    digest: Digest,
    source: str,
    path: str,
) -> types.Policy:
    """The policy in force: the file, and what the command line added."""
    return types.Policy(
        collection=_collection(table.collection),
        controller=_controller(table.controller),
        crawler=types.CrawlerIdentity(table.crawler.product_token, table.crawler.info_url, table.crawler.contact),
        retention=types.Retention(
            development=table.retention.development,
            maintenance=table.retention.maintenance,
            refusals=table.retention.refusals,
            logs=table.retention.logs,
        ),
        scope=_scope(table.scope, as_run),
        digest=digest,
        politeness=_politeness(table.politeness),
        recrawl=types.Recrawl(table.recrawl.after, table.recrawl.sitemaps),
        uses=types.UsesPolicy(table.uses.need, table.uses.unknown),
        licences=tuple(types.Licence(row.scope, row.uses, row.reference, row.expires) for row in table.licences),
        research=_research(table.research),
        sources=tuple(map(_source, table.sources)),
        rules=MappingProxyType(dict(rules)),
        lists=types.Lists(table.lists.sensitive, table.lists.files, table.lists.allow, table.lists.second_person),
        registry=types.Registry(table.registry.sources),
        minimise=types.Minimise(
            profile=table.minimise.profile,
            reason=table.minimise.reason,
            kinds=MappingProxyType(dict(table.minimise.kinds)),
            names=table.minimise.names,
            ner=table.minimise.ner,
            birth_dates=table.minimise.birth_dates,
            document_seconds=table.minimise.document_seconds,
        ),
        document=types.DocumentPolicy(extractor=table.document.extractor),
        storage=types.Storage(
            payload=table.storage.payload,
            text=table.storage.text,
            headers=table.storage.headers,
            segment_bytes=table.storage.segment_bytes,
        ),
        release=types.Release(table.release.not_before),
        approvals=tuple(types.Approval(row.by, row.role, row.on, row.note) for row in table.approvals),
        network=types.Network(table.network.allow_addresses, table.network.allow_ports, table.network.verify_tls),
        monitoring=types.Monitoring(table.monitoring.metrics, table.monitoring.report),
        source=source,
        path=path,
    )


def _collection(table: tables.CollectionTable) -> types.Collection:
    return types.Collection(
        id=table.id,
        title=table.title,
        purpose=table.purpose,
        legal_basis=table.legal_basis,
        assessment=table.assessment,
        phase=table.phase,
    )


def _research(table: tables.ResearchTable | None) -> types.Research | None:
    return None if table is None else types.Research(table.organisation, table.status, table.project)


def _source(table: tables.SourceTable) -> types.Source:
    return types.Source(
        id=table.id,
        kind=table.kind,
        title=table.title,
        publisher=table.publisher,
        url=table.url,
        licence=table.licence,
        lawful=table.lawful,
        sensitive=table.sensitive,
        checked_by=table.checked_by,
        checked_on=table.checked_on,
        without_robots=table.without_robots,
        uses=table.uses,
    )


def _controller(table: tables.ControllerTable) -> types.Controller:
    return types.Controller(
        name=table.name,
        contact=table.contact,
        dpo=table.dpo,
        country=table.country,
        role=table.role,
        recipients=table.recipients,
    )


def _scope(table: tables.ScopeTable, as_run: AsRunTable) -> types.Scope:
    return types.Scope(
        seeds=tuple(dict.fromkeys((*table.seeds, *as_run.seeds))),
        sitemaps=table.sitemaps,
        domains=table.domains,
        include=table.include,
        exclude=table.exclude,
        languages=table.languages,
        media_types=table.media_types,
        max_depth=_tighter(table.max_depth, as_run.max_depth) or 0,
        max_pages=_tighter(table.max_pages, as_run.max_pages),
        max_pages_per_host=table.max_pages_per_host,
        max_bytes=_tighter(table.max_bytes, as_run.max_bytes),
        max_body_bytes=table.max_body_bytes,
        follow_links=table.follow_links,
        any_domain=table.any_domain,
    )


def _tighter(policy: int | None, command_line: int | None) -> int | None:
    limits = [limit for limit in (policy, command_line) if limit is not None]
    return min(limits) if limits else None


def _politeness(table: tables.PolitenessTable) -> types.Politeness:
    return types.Politeness(
        min_delay=table.min_delay,
        max_delay=table.max_delay,
        latency_factor=table.latency_factor,
        concurrency_per_host=table.concurrency_per_host,
        max_crawl_delay=table.max_crawl_delay,
        request_timeout=table.request_timeout,
        retry_budget=table.retry_budget,
        retry_backoff=table.retry_backoff,
        patience=table.patience,
        concurrency=table.concurrency,
        min_delay_per_address=table.min_delay_per_address,
        concurrency_per_address=table.concurrency_per_address,
        hosts=tuple(
            types.HostPoliteness(row.domain, row.min_delay, row.max_delay, row.concurrency_per_host)
            for row in table.host
        ),
    )
