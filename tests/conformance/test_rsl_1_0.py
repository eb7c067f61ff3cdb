"""Really Simple Licensing 1.0: the patterns that the specification prints, by its sections, and each of its MUSTs."""

from __future__ import annotations

import pytest

from tests.support.asking import ORIGIN, ask, finding

HERE = f"{ORIGIN}/license.xml"
NAMESPACE = "https://rslstandard.org/rsl"


def document(*contents: str, attributes: str = "") -> str:
    return f'<rsl xmlns="{NAMESPACE}" {attributes}>{"".join(contents)}</rsl>'


def content(*licences: str, url: str = "/", attributes: str = "", more: str = "") -> str:
    made = "".join(f"<license>{licence}</license>" for licence in licences)
    return f'<content url="{url}" {attributes}>{made}{more}</content>'


def permits(tokens: str, kind: str = "usage") -> str:
    return f'<permits type="{kind}">{tokens}</permits>'


def prohibits(tokens: str, kind: str = "usage") -> str:
    return f'<prohibits type="{kind}">{tokens}</prohibits>'


def said(text: str, path: str = "/articles/1") -> str:
    """`train input index`, one letter each (allow, deny, unknown), of a document that robots.txt names (§4.4)."""
    answer = ask(path, robots=f"License: {HERE}\nUser-agent: *\nAllow: /\n", site_files={HERE: text})
    uses = finding(answer, "rsl_licence")["uses"]
    return "".join(uses[use][0] for use in ("train", "input", "index"))


class TestSection1Patterns:
    def test_search_and_no_ai(self):
        assert said(document(content(prohibits("ai-all")))) == "ddu"
        assert said(document(content(permits("search") + prohibits("ai-all")))) == "dda"

    def test_ai_under_a_licence_of_the_publishers_own(self):
        payment = "<payment><custom>https://example.com/ai-license-request</custom></payment>"
        assert said(document(content(permits("ai-all") + payment))) == "ddd"

    def test_pay_per_crawl(self):
        payment = (
            '<payment type="crawl"><standard>https://example.com/pay-per-crawl</standard>'
            '<amount currency="USD">0.015</amount></payment>'
        )
        assert said(document(content(permits("ai-train") + payment)))[0] == "d"
        assert said(document(content(payment)))[0] == "d"

    def test_attribution_under_a_public_licence(self):
        payment = (
            '<payment type="attribution"><standard>https://creativecommons.org/licenses/by/4.0/</standard></payment>'
        )
        text = document(content(permits("ai-all") + payment))
        answer = ask("/articles/1", robots=f"License: {HERE}\n", site_files={HERE: text})
        assert answer["uses"]["train"] == "allow"
        assert "Attribute" in {obligation["obligation"] for obligation in answer["obligations"]}

    def test_a_collective_licence_with_a_server(self):
        payment = '<payment type="use"><standard>https://rslcollective.org/license</standard></payment>'
        text = document(content(permits("ai-all") + payment, attributes='server="https://api.rslcollective.org"'))
        assert said(text)[0] == "d"


class TestSection3Document:
    def test_3_an_element_unknown_in_the_namespace_makes_it_non_conformant(self):
        """A misspelt `permit`: what is advertised and not conformant licenses nothing (§4.3)."""
        assert said(document(content('<permit type="usage">all</permit>'))) == "ddd"

    def test_3_elements_of_other_namespaces_are_passed_over(self):
        foreign = '<x:note xmlns:x="https://example.org/x">no</x:note>'
        assert said(document(content(permits("ai-train") + foreign)))[0] == "a"

    def test_3_1_1_the_order_of_elements_is_irrelevant(self):
        one, other = content(permits("all")), content(prohibits("ai-train"), url="/articles/")
        assert said(document(one, other)) == said(document(other, one))

    def test_3_1_1_both_permitted_and_prohibited_is_not_licensed(self):
        assert said(document(content(permits("ai-train search") + prohibits("ai-train"))))[0] == "d"

    def test_3_1_2_a_section_is_excepted_from_what_the_site_permits(self):
        text = document(content(permits("all")), content(prohibits("ai-train"), url="/articles/"))
        assert said(text, "/articles/1")[0] == "d"
        assert said(text, "/news/1") == "aaa"

    @pytest.mark.parametrize(
        ("url", "path", "covered"),
        [
            ("/", "/x", True),
            ("/images/", "/images/a.png", True),
            ("/images/", "/image", False),
            ("/*.pdf$", "/a/b.pdf", True),
            ("/*.pdf$", "/a/b.pdf?x", False),
            (f"{ORIGIN}/x", "/x/y", True),
            ("https://other.example.org/x", "/x/y", False),
        ],
    )
    def test_3_3_the_url_of_content_is_a_pattern_of_rfc_9309(self, url, path, covered):
        assert (said(document(content(prohibits("all"), url=url)), path) == "ddd") is covered

    def test_3_3_content_without_a_licence_is_not_conformant(self):
        terms = "<terms>https://creativecommons.org/licenses/by-sa/4.0/legalcode.txt</terms>"
        assert said(document(content(more=terms))) == "ddd"

    @pytest.mark.parametrize(
        ("tokens", "expected"),
        [
            ("all", "aaa"),
            ("ai-all", "aad"),
            ("ai-train", "add"),
            ("ai-input", "dad"),
            ("search", "dda"),
            ("ai-train search", "ada"),
        ],
    )
    def test_3_4_1_1_the_vocabulary_and_3_5_the_closed_list(self, tokens, expected):
        assert said(document(content(permits(tokens)))) == expected

    @pytest.mark.parametrize(
        ("tokens", "expected"), [("all", "ddd"), ("ai-all", "ddu"), ("ai-train", "duu"), ("search", "uud")]
    )
    def test_3_6_what_is_prohibited_and_nothing_else(self, tokens, expected):
        assert said(document(content(prohibits(tokens)))) == expected

    @pytest.mark.parametrize("list_of", [permits, prohibits])
    def test_3_5_one_list_of_each_type(self, list_of):
        assert said(document(content(list_of("search") + list_of("ai-input")))) == "ddd"

    @pytest.mark.parametrize("kind", ["purchase", "subscription", "training", "crawl", "use", "contribution"])
    def test_3_7_payment_is_a_condition(self, kind):
        assert said(document(content(permits("ai-train") + f'<payment type="{kind}"/>')))[0] == "d"

    @pytest.mark.parametrize("payment", ["", '<payment type="free"/>', "<payment/>"])
    def test_3_7_absent_means_free(self, payment):
        assert said(document(content(permits("ai-train") + payment)))[0] == "a"

    @pytest.mark.parametrize(
        "restriction", [permits("education", "user"), permits("US", "geo"), prohibits("EU", "geo")]
    )
    def test_3_4_1_2_users_and_places_that_we_are_not_known_to_be(self, restriction):
        assert said(document(content(permits("ai-train") + restriction)))[0] == "d"

    def test_3_12_a_report_that_cannot_be_made_is_no_licence(self):
        report = '<reporting type="telemetry" profile="https://profiles.example/telemetry"/>'
        assert said(document(content(permits("ai-train") + report)))[0] == "d"


class TestSection4Discovery:
    NO = document(content(prohibits("ai-all")))

    def test_4_3_unobtainable_is_unlicensed(self):
        answer = ask(robots=f"License: {HERE}\n", site_files={HERE: {"status": 404}})
        assert answer["uses"]["train"] == "deny"

    def test_4_4_robots_for_the_whole_file(self):
        """`License: <absolute URI>` before any group, and robots.txt allows what it allows."""
        answer = ask(robots=f"License: {HERE}\n\nUser-agent: *\nAllow: /\n", site_files={HERE: self.NO})
        assert (answer["uses"]["train"], answer["uses"]["fetch"]) == ("deny", "allow")

    def test_4_4_a_group_with_licences_of_its_own_leaves_the_others_aside(self):
        free = document(content(permits("all")))
        robots = f"License: {HERE}\n\nUser-agent: corpusbot\nLicense: {ORIGIN}/own.xml\nAllow: /\n"
        answer = ask(robots=robots, site_files={HERE: self.NO, f"{ORIGIN}/own.xml": free})
        assert answer["uses"]["train"] == "allow"

    def test_4_5_link_header(self):
        link = [["Link", f'<{HERE}>; rel="license"; type="application/rsl+xml"']]
        answer = ask(headers=link, site_files={HERE: self.NO})
        assert (answer["gate"], answer["uses"]["train"]) == ("response", "deny")

    def test_4_6_1_link_element(self):
        html = f'<html><head><link rel="license" type="application/rsl+xml" href="{HERE}"></head><body>x</body></html>'
        answer = ask(html=html, site_files={HERE: self.NO})
        assert (answer["gate"], answer["uses"]["train"]) == ("content", "deny")

    def test_4_6_2_inline_with_an_empty_url_for_the_page(self):
        inline = document(content(prohibits("ai-train"), url=""))
        html = f'<html><head><script type="application/rsl+xml">{inline}</script></head><body>x</body></html>'
        answer = ask(html=html)
        assert (answer["gate"], answer["uses"]["train"]) == ("content", "deny")

    @pytest.mark.parametrize("first_is_free", [True, False])
    def test_4_9_channels_that_differ_mean_the_most_restrictive(self, first_is_free):
        free, no = document(content(permits("all"), url="")), document(content(prohibits("all"), url=""))
        in_robots, in_page = (free, no) if first_is_free else (no, free)
        html = f'<html><head><script type="application/rsl+xml">{in_page}</script></head><body>x</body></html>'
        robots = f"License: {HERE}\n"
        at_root = in_robots.replace('url=""', 'url="/"')
        assert ask(robots=robots, site_files={HERE: at_root}, html=html)["uses"]["train"] == "deny"
