"""What an RSL document means for one page: RSL §3.1.1, §3.3 to §3.12, and opt-out signals §9."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Attribute
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals.rsl import NAMESPACE, read_rsl
from collector.signals.rsl_terms import Client, Statement, statement_for
from tests.support.growth import assert_linear

PAGE = parse_url("https://www.example.org/articles/1")
SOURCE = "https://www.example.org/licence.xml"
NOBODY = Client()


def contents(inside: str, client: Client = NOBODY, page: str = "https://www.example.org/articles/1") -> Statement:
    read = read_rsl(f'<rsl xmlns="{NAMESPACE}">{inside}</rsl>'.encode())
    assert read.fault == ""
    return statement_for(read, parse_url(page), client, source=SOURCE)


def licences(*inside: str, client: Client = NOBODY, attributes: str = "") -> Statement:
    made = "".join(f"<license>{one}</license>" for one in inside)
    return contents(f'<content url="/" {attributes}>{made}</content>', client)


def permits(tokens: str, kind: str = "usage") -> str:
    return f'<permits type="{kind}">{tokens}</permits>'


def prohibits(tokens: str, kind: str = "usage") -> str:
    return f'<prohibits type="{kind}">{tokens}</prohibits>'


def payment(kind: str, inside: str = "") -> str:
    return f'<payment type="{kind}">{inside}</payment>'


def said(statement: Statement) -> str:
    """`train input index tdm`, one letter each: allow, deny, unknown."""
    return "".join(statement.uses[use].value[0] for use in (Use.TRAIN, Use.INPUT, Use.INDEX, Use.TDM))


class TestVocabulary:
    """§3.4.1.1."""

    @pytest.mark.parametrize(
        ("tokens", "uses"),
        [
            ("all", "aaaa"),
            ("ai-all", "aadu"),
            ("ai-train", "addu"),
            ("ai-input", "dadu"),
            ("ai-index", "dddu"),
            ("search", "ddau"),
            ("search ai-train", "adau"),
            ("ai-train ai-input search", "aaau"),
            ("train-ai", "addu"),
            ("ai-training", "addu"),
            ("inference", "dadu"),
            ("x:new-use", "dddu"),
            ("", "dddu"),
        ],
    )
    def test_3_5_permits_is_a_closed_list(self, tokens, uses):
        assert said(licences(permits(tokens))) == uses

    @pytest.mark.parametrize(
        ("tokens", "uses"),
        [
            ("all", "dddd"),
            ("ai-all", "dduu"),
            ("ai-train", "duuu"),
            ("ai-input", "uduu"),
            ("ai-index", "uduu"),
            ("search", "uudu"),
            ("train-ai", "duuu"),
            ("training", "duuu"),
            ("ai", "dduu"),
            ("x:new-use", "uuuu"),
            ("", "uuuu"),
        ],
    )
    def test_3_6_prohibits_leaves_the_rest_unsaid(self, tokens, uses):
        assert said(licences(prohibits(tokens))) == uses

    @pytest.mark.parametrize(
        ("tokens", "malformed"), [("train-ai", True), ("ai", True), ("ai-train", False), ("ai ai-train", False)]
    )
    def test_what_is_none_of_its_tokens_and_plainly_meant(self, tokens, malformed):
        assert licences(prohibits(tokens)).malformed is malformed

    def test_fetching_is_never_spoken_of(self):
        """§4.4: a licence does not change Allow and Disallow."""
        for statement in (licences(permits("all")), licences(prohibits("all"))):
            assert statement.uses.fetch is Permission.UNKNOWN


class TestOneLicence:
    @pytest.mark.parametrize("permitted", ["ai-train ai-input", "all", "ai-train"])
    def test_3_6_what_is_permitted_and_prohibited_is_not_licensed(self, permitted):
        assert licences(permits(permitted), prohibits("all"), "").uses.train is (
            Permission.ALLOW
        )  # two licences: either is enough
        assert licences(permits(permitted) + prohibits("all")).uses.train is Permission.DENY

    def test_the_rest_of_a_prohibition_stays_permitted(self):
        assert said(licences(permits("all") + prohibits("ai-train"))) == "daau"

    def test_an_empty_licence_says_nothing(self):
        assert licences("").uses == UNSTATED

    @pytest.mark.parametrize(
        ("condition", "granted"),
        [
            (payment("free"), True),
            (payment(""), True),
            ("<payment/>", True),
            (payment("free", '<amount currency="EUR">0</amount>'), True),
            (payment("training", '<amount currency="USD">1</amount>'), False),
            (payment("purchase"), False),
            (payment("subscription"), False),
            (payment("crawl"), False),
            (payment("use"), False),
            (payment("contribution"), False),
            (payment("inference"), False),
            (payment("free", '<amount currency="EUR">3</amount>'), False),
            ("<payment><custom>https://example.org/ask</custom></payment>", False),
            ("<payment><standard>https://example.org/collective</standard></payment>", False),
            ('<reporting type="audit" profile="https://profiles.example.org/a"/>', False),
            (permits("education", "user"), False),
            (prohibits("commercial", "user"), False),
            (permits("US", "geo"), False),
            (prohibits("EU", "geo"), False),
            ('<legal type="warranty">ownership</legal>', True),
        ],
    )
    def test_conditions_that_are_not_met_deny(self, condition, granted):
        statement = licences(permits("all") + condition)
        assert said(statement) == ("aaaa" if granted else "dddd")
        # without a list the licence is for every use, on the same condition
        assert said(licences(condition)) == ("uuuu" if granted else "dddd")

    @pytest.mark.parametrize("attributes", ['server="https://licences.example.org"', 'encrypted="true"'])
    def test_3_3_a_token_or_key_is_needed_even_where_it_is_free(self, attributes):
        assert said(licences(permits("all") + payment("free"), attributes=attributes)) == "dddd"
        assert said(licences(permits("all"), attributes='encrypted="false"')) == "aaaa"

    def test_users_and_places_that_the_policy_names(self):
        ours = Client(users=("non-commercial", "education"), geo=("DE", "EU"))
        for condition, granted in (
            (permits("education", "user"), True),
            (permits("government", "user"), False),
            (prohibits("commercial", "user"), True),
            (prohibits("commercial education", "user"), False),
            (permits("EU", "geo"), True),
            (prohibits("DE", "geo"), False),
            (prohibits("US", "geo"), True),
        ):
            statement = licences(permits("ai-train") + condition, client=ours)
            assert (statement.uses.train is Permission.ALLOW) is granted, condition


class TestAttribution:
    BY = payment("attribution", "<standard>https://creativecommons.org/licenses/by/4.0/</standard>")

    def test_is_an_obligation(self):
        statement = licences(permits("ai-all") + self.BY)
        assert (said(statement), statement.obligations) == (
            "aadu",
            (Attribute("https://creativecommons.org/licenses/by/4.0/"),),
        )
        assert licences(permits("ai-all") + payment("attribution")).obligations == (Attribute(SOURCE),)

    def test_also_where_the_licence_lists_nothing(self):
        assert licences(self.BY) == Statement(obligations=(Attribute("https://creativecommons.org/licenses/by/4.0/"),))

    def test_is_left_to_the_policy(self):
        assert said(licences(permits("all") + self.BY, client=Client(attribution=False))) == "dddd"

    @pytest.mark.parametrize("limits", ["by-nc", "by-nd", "by-nc-sa", "by-nc-nd"])
    def test_limits_of_creative_commons_are_conditions(self, limits):
        standard = f"<standard>https://creativecommons.org/licenses/{limits}/4.0/</standard>"
        assert licences(permits("all") + payment("attribution", standard)).uses.train is Permission.DENY

    def test_a_licence_without_it_is_taken_first(self):
        assert licences(permits("all") + self.BY, permits("all")).obligations == ()

    def test_a_denied_use_owes_nothing(self):
        assert licences(prohibits("all") + self.BY).obligations == ()


class TestSeveralLicences:
    def test_one_that_permits_without_conditions_is_enough(self):
        sold, free = permits("ai-train") + payment("training"), permits("ai-train")
        assert licences(sold, free).uses.train is Permission.ALLOW
        assert licences(free, sold).uses.train is Permission.ALLOW
        assert licences(sold, permits("search")).uses.train is Permission.DENY

    def test_one_that_says_nothing_does_not_lift_a_denial(self):
        assert licences(prohibits("ai-train"), "").uses.train is Permission.DENY


class TestScopes:
    def test_3_1_2_the_printed_example(self):
        """Everything is permitted site-wide, AI training prohibited under /articles/."""
        inside = (
            f'<content url="/"><license>{permits("all")}</license></content>'
            f'<content url="/articles/"><license>{prohibits("ai-train")}</license></content>'
        )
        assert said(contents(inside)) == "daau"
        assert said(contents(inside, page="https://www.example.org/about")) == "aaaa"

    def test_3_1_1_the_order_is_irrelevant(self):
        first = f'<content url="/"><license>{prohibits("ai-all")}</license></content>'
        second = f'<content url="/articles/"><license>{permits("ai-train")}</license></content>'
        assert contents(first + second).uses == contents(second + first).uses
        assert said(contents(first + second)) == "addu"

    def test_a_narrower_permit_is_not_undone_by_a_general_prohibition(self):
        inside = (
            f'<content url="/"><license>{prohibits("all")}</license></content>'
            f'<content url="/articles/"><license>{permits("ai-train ai-input search")}</license></content>'
        )
        assert said(contents(inside)) == "aaau"

    def test_a_page_that_no_content_covers(self):
        assert contents(f'<content url="/shop/"><license>{prohibits("all")}</license></content>') == Statement()

    def test_1_1_the_printed_example_search_but_no_ai(self):
        statement = licences(prohibits("ai-all"))
        assert said(statement) == "dduu"
        (ground,) = statement.grounds
        assert (ground.uses, ground.text) == ((Use.TRAIN, Use.INPUT), "prohibits ai-all")


token = st.sampled_from(["all", "ai-all", "ai-train", "ai-input", "ai-index", "search", "x", "train-ai"])
part = st.one_of(
    st.lists(token, max_size=3).map(lambda tokens: permits(" ".join(tokens))),
    st.lists(token, max_size=3).map(lambda tokens: prohibits(" ".join(tokens))),
    st.sampled_from(["free", "training", "attribution"]).map(payment),
)
licence = st.lists(part, max_size=3, unique_by=lambda text: text[:6]).map("".join)


@given(st.lists(licence, min_size=1, max_size=3), token)
def test_one_more_prohibition_in_every_licence_never_permits(parts, more):
    """Deny is monotone."""
    before = licences(*parts)
    parts = [part for part in parts if "<prohibits" not in part]
    if not parts:
        return
    before = licences(*parts)
    after = licences(*(part + prohibits(more) for part in parts))
    for use, permission in after.uses:
        assert permission is not Permission.ALLOW or before.uses[use] is Permission.ALLOW
        assert before.uses[use] is not Permission.DENY or permission is Permission.DENY or use is Use.TDM


@given(st.lists(licence, min_size=1, max_size=4))
def test_the_order_of_licences_is_irrelevant(parts):
    assert licences(*parts).uses == licences(*reversed(parts)).uses


@given(st.lists(licence, min_size=1, max_size=4))
def test_mining_never_denies_more_than_was_denied(parts):
    """`tdm` denied denies train and input, so it must not come from a licence that permits one of them."""
    uses: Uses = licences(*parts).uses
    assert uses.closed() == uses


def test_time_is_linear_in_the_contents():
    def made(n: int):
        inside = "".join(f'<content url="/a*{k % 97}"><license>{permits("x")}</license></content>' for k in range(n))
        return read_rsl(f'<rsl xmlns="{NAMESPACE}">{inside}</rsl>'.encode())

    assert_linear(lambda read: statement_for(read, PAGE, NOBODY, source=SOURCE), made, 2_000)
