"""Every rule there is, in one place: add a line here and a module in the folder of its gate.

Other distributions add theirs by entry point (`plugins`): `rules()` is all of them, `RULES` are ours.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.model.decision import Gate
from collector.policy.policy import Policy
from collector.rules import licensed, plugins
from collector.rules.content import (
    access_wall,
    adult_signals,
    embedded_tdm_reservation,
    inline_rsl,
    language,
    meta_robots,
    meta_tdm_reservation,
    page_classifier,
    personal_page,
    plus_data_mining,
    profile_page,
    self_label,
    sensitive_community,
    sensitive_content,
    training_mining,
)
from collector.rules.evaluate import BoundRule, Ruleset, bind_licences
from collector.rules.response import (
    access_barrier,
    body_size,
    content_signal_header,
    content_usage,
    link_licence,
    media_type,
    rating_header,
    robots_tag,
    tdm_reservation,
    x_robots_tag,
)
from collector.rules.rule import NoSettings, Rule
from collector.rules.site import (
    age_declaration,
    ai_tokens,
    ai_txt,
    content_signal,
    content_usage_robots,
    disallow_ai_training,
    feed_licence,
    robots_txt,
    rsl_licence,
    tdmrep_file,
    trust_txt,
)
from collector.rules.url import (
    in_scope,
    opted_out,
    personal_url,
    plain_request,
    public_address,
    sensitive_domain,
    suppressed,
)

RULES: tuple[Rule, ...] = (
    # gate 1: nobody contacted yet
    Rule("in_scope", Gate.URL, in_scope.in_scope, in_scope.Settings, bind=in_scope.settings_from),
    Rule(
        "public_address",
        Gate.URL,
        public_address.public_address,
        public_address.Settings,
        floor=True,
        bind=public_address.settings_from,
    ),
    Rule("sensitive_domain", Gate.URL, sensitive_domain.sensitive_domain, floor=True),
    Rule("opted_out", Gate.URL, opted_out.opted_out, floor=True),
    Rule("suppressed", Gate.URL, suppressed.suppressed, floor=True),
    Rule("personal_url", Gate.URL, personal_url.personal_url, floor=True),
    Rule("plain_request", Gate.URL, plain_request.plain_request, floor=True),
    # gate 2: what the site publishes
    Rule(
        "robots_txt",
        Gate.SITE,
        robots_txt.robots_txt,
        robots_txt.Settings,
        floor=True,
        bind=robots_txt.settings_from,
    ),
    Rule("ai_tokens", Gate.SITE, ai_tokens.ai_tokens, ai_tokens.Settings),
    Rule("rsl_licence", Gate.SITE, rsl_licence.rsl_licence, licensed.Settings, needs=rsl_licence.needs),
    Rule("ai_txt", Gate.SITE, ai_txt.ai_txt, needs=ai_txt.needs),
    Rule("trust_txt", Gate.SITE, trust_txt.trust_txt, needs=trust_txt.needs),
    Rule("content_usage_robots", Gate.SITE, content_usage_robots.content_usage_robots, content_usage_robots.Settings),
    Rule("content_signal", Gate.SITE, content_signal.content_signal, content_signal.Settings),
    Rule("disallow_ai_training", Gate.SITE, disallow_ai_training.disallow_ai_training, disallow_ai_training.Settings),
    Rule("tdmrep_file", Gate.SITE, tdmrep_file.tdmrep_file, tdmrep_file.Settings, needs=tdmrep_file.needs),
    Rule("feed_licence", Gate.SITE, feed_licence.feed_licence, bind=licensed.settings_from),
    Rule(
        "age_declaration",
        Gate.SITE,
        age_declaration.age_declaration,
        age_declaration.Settings,
        needs=age_declaration.needs,
    ),
    # gate 3: status and header fields
    Rule("access_barrier", Gate.RESPONSE, access_barrier.access_barrier, floor=True),
    Rule("media_type", Gate.RESPONSE, media_type.media_type, media_type.Settings, bind=media_type.settings_from),
    Rule("body_size", Gate.RESPONSE, body_size.body_size, body_size.Settings, bind=body_size.settings_from),
    Rule("x_robots_tag", Gate.RESPONSE, x_robots_tag.x_robots_tag, x_robots_tag.Settings),
    Rule("robots_tag", Gate.RESPONSE, robots_tag.robots_tag, robots_tag.Settings),
    Rule("rating_header", Gate.RESPONSE, rating_header.rating_header, rating_header.Settings),
    Rule(
        "link_licence",
        Gate.RESPONSE,
        link_licence.link_licence,
        bind=licensed.settings_from,
        needs=link_licence.needs,
    ),
    Rule(
        "tdm_reservation",
        Gate.RESPONSE,
        tdm_reservation.tdm_reservation,
        tdm_reservation.Settings,
        needs=tdm_reservation.needs,
    ),
    Rule("content_usage", Gate.RESPONSE, content_usage.content_usage, content_usage.Settings),
    Rule(
        "content_signal_header",
        Gate.RESPONSE,
        content_signal_header.content_signal_header,
        content_signal_header.Settings,
    ),
    # gate 4: the body
    Rule("access_wall", Gate.CONTENT, access_wall.access_wall, access_wall.Settings, floor=True),
    Rule("language", Gate.CONTENT, language.language, language.Settings, bind=language.settings_from),
    Rule("meta_robots", Gate.CONTENT, meta_robots.meta_robots, meta_robots.Settings),
    Rule(
        "meta_tdm_reservation",
        Gate.CONTENT,
        meta_tdm_reservation.meta_tdm_reservation,
        meta_tdm_reservation.Settings,
        needs=meta_tdm_reservation.needs,
    ),
    Rule("inline_rsl", Gate.CONTENT, inline_rsl.inline_rsl, bind=licensed.settings_from, needs=inline_rsl.needs),
    Rule(
        "embedded_tdm_reservation",
        Gate.CONTENT,
        embedded_tdm_reservation.embedded_tdm_reservation,
        embedded_tdm_reservation.Settings,
        needs=embedded_tdm_reservation.needs,
    ),
    Rule("plus_data_mining", Gate.CONTENT, plus_data_mining.plus_data_mining, plus_data_mining.Settings),
    Rule("training_mining", Gate.CONTENT, training_mining.training_mining, training_mining.Settings),
    Rule("self_label", Gate.CONTENT, self_label.self_label, self_label.Settings),
    Rule("adult_signals", Gate.CONTENT, adult_signals.adult_signals, adult_signals.Settings),
    Rule("sensitive_community", Gate.CONTENT, sensitive_community.sensitive_community, sensitive_community.Settings),
    Rule("profile_page", Gate.CONTENT, profile_page.profile_page),
    Rule("personal_page", Gate.CONTENT, personal_page.personal_page, personal_page.Settings),
    Rule("sensitive_content", Gate.CONTENT, sensitive_content.sensitive_content, sensitive_content.Settings),
    Rule(
        "page_classifier",
        Gate.CONTENT,
        page_classifier.page_classifier,
        page_classifier.Settings,
        bind=page_classifier.settings_from,
    ),
)


_OWN_IDS = frozenset(rule.id for rule in RULES)


def rules() -> tuple[Rule, ...]:
    """Ours, and those of every installed plug-in. Raises PolicyError where one cannot be loaded."""
    return (*RULES, *plugins.installed(_OWN_IDS))


def fragments() -> Mapping[str, type]:
    """Each rule's settings class, by rule id: what the policy loader validates `[rules.<id>]` with."""
    return {rule.id: rule.settings for rule in rules()}


def floor() -> frozenset[str]:
    """The rules no policy can switch off."""
    return frozenset(rule.id for rule in RULES if rule.floor)


def bind(policy: Policy) -> Ruleset:
    """The rules as this policy sets them. Floor rules are asked whatever the policy says."""
    by_gate: dict[Gate, list[BoundRule]] = {gate: [] for gate in Gate}
    for rule in rules():
        if not rule.floor and rule.id not in policy.rules:
            continue
        settings = policy.rules.get(rule.id)
        if settings is None:
            settings = rule.settings()
        bound = rule.bind(policy, settings) if rule.bind else settings
        by_gate[rule.gate].append(BoundRule(rule, bound))
    return Ruleset(
        policy=policy.ref,
        need=policy.uses.need,
        unknown=policy.uses.unknown,
        by_gate={gate: tuple(rules) for gate, rules in by_gate.items()},
        licences=bind_licences(policy.licences),
    )


__all__ = ["RULES", "NoSettings", "bind", "floor", "fragments", "rules"]
