"""collector lists match, status: the format of design §8, to the letter."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from collector.cli.lists import app
from collector.cli.lists_lines import MAX_LINE, answer_line, answer_stream
from collector.lists.match import ListMatch
from collector.lists.memory import MemoryLookup
from collector.lists.ruleset import read_ruleset
from collector.model.errors import ExitCode, InputError, IntegrityError, ListError
from collector.model.url import Url

RUN = CliRunner()
RULES = Path(__file__).parent / "match_vectors.json"


def jsonl(*lines: str | bytes) -> tuple[int, list[dict]]:
    data = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
    result = RUN.invoke(app, ["match", "--jsonl", "--rules", str(RULES)], input=data)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_every_vector_line_by_line_in_order() -> None:
    vectors = json.loads(RULES.read_text(encoding="utf-8"))["vectors"]
    code, answers = jsonl(*(json.dumps({"id": n, "url": v["url"]}) for n, v in enumerate(vectors)))
    assert code == 0
    assert [a["id"] for a in answers] == list(range(len(vectors)))
    for vector, answer in zip(vectors, answers, strict=True):
        assert answer["verdict"] == vector["verdict"]
        assert [m["rule"] for m in answer["matches"][:1]] == ([vector["rule"]] if vector["rule"] else [])
        assert sorted(m["rule"] for m in answer["matches"]) == sorted(vector["all"])


def test_the_shape_of_an_answer() -> None:
    _, (hit, miss) = jsonl('{"id":"a","url":"http://203.0.113.9/"}', '{"id":"b","url":"http://free.test/"}')
    assert set(hit) == {"id", "verdict", "tier", "category", "matches"}
    assert (hit["tier"], hit["category"]) == (2, "crime.malware")
    assert set(hit["matches"][0]) == {"rule", "list", "version", "line", "category"}
    assert miss == {"id": "b", "verdict": "allow", "tier": None, "category": None, "matches": []}


@pytest.mark.parametrize(
    ("line", "identifier"),
    [("no json", None), ("[1]", None), ('{"id": 7}', 7), ('{"id": "x", "url": "nope"}', "x"), ('{"id": 1, "url": 3}', 1),
     (b"\xff\xfe", None), ("[" * 100_000, None), ('{"id": "\\ud800", "url": "ftp://x"}', "\ud800")],
)  # fmt: skip
def test_a_bad_line_answers_its_error_and_the_run_goes_on(line: str | bytes, identifier: object) -> None:
    code, answers = jsonl(line, "", '{"id":"after","url":"http://free.test/"}')
    assert code == ExitCode.FINISHED_WITH_FAULTS
    assert answers[0]["id"] == identifier
    assert set(answers[0]) == {"id", "error"}
    assert answers[1]["verdict"] == "allow"


def test_a_line_without_end_is_one_bad_line() -> None:
    code, answers = jsonl('{"id":"' + "x" * (3 * MAX_LINE) + '"}', '{"id":"after","url":"http://free.test/"}')
    assert code == ExitCode.FINISHED_WITH_FAULTS
    assert ["error" in answer for answer in answers] == [True, False]


WORDS = st.sampled_from(
    ["http://203.0.113.9/", "http://free.test/", "nope", "http://a.test/\u00e9", 7, -0.5, 10**16, None, True, ["x"], {"id": 1},
     "\ud800", "x" * 40],
)  # fmt: skip
LINES = st.one_of(
    st.builds(lambda i, u, s: json.dumps({"id": i, "url": u}, separators=s).encode(), WORDS, WORDS,
              st.sampled_from([(",", ":"), (", ", ": ")])),
    st.builds(lambda i, u: json.dumps({"url": u, "more": [u], "id": i, "id ": 1}, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"), WORDS, WORDS),
    st.binary(max_size=12),
).flatmap(lambda line: st.sampled_from([line, line + b" \r", b" " + line, b"\xef\xbb\xbf" + line, line + b"{}", line[:-1]]))  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.lists(LINES.filter(lambda line: b"\n" not in line), max_size=6))
def test_the_short_way_answers_as_the_long_one(lines: list[bytes]) -> None:
    lookup, out = read_ruleset(RULES), BytesIO()
    bad = answer_stream(BytesIO(b"\n".join(lines)), out, lookup)
    one_by_one = [answer_line(line, lookup) for line in lines]
    assert out.getvalue().decode() == "".join(f"{answer}\n" for answer, _ in one_by_one if answer)
    assert bad == sum(fault for _, fault in one_by_one)


def test_a_line_that_is_whole_only_where_it_was_cut_is_a_bad_line() -> None:
    question = b'{"id":1,"url":"http://free.test/"}'
    for line, bad in ((question.ljust(MAX_LINE), 0), (question.ljust(MAX_LINE + 1), 1)):
        assert answer_stream(BytesIO(line), BytesIO(), read_ruleset(RULES)) == bad


def test_damaged_lists_are_no_fault_of_the_line() -> None:
    class Damaged(MemoryLookup):
        def match(self, url: Url) -> tuple[ListMatch, ...]:
            raise IntegrityError("damaged", where=url.href)

    with pytest.raises(IntegrityError):
        answer_stream(BytesIO(b'{"id":1,"url":"http://free.test/"}'), BytesIO(), Damaged())


def test_for_people_and_against_the_lists_that_travel_with_the_program() -> None:
    result = RUN.invoke(app, ["match", "https://www.ancestry.com/x", "https://example.org/"])
    assert "deny by subtree ancestry.com (genealogy line 1, genealogy)" in result.output
    assert "https://example.org/: allow, in no list" in result.output
    assert json.loads(RUN.invoke(app, ["match", "--json", "https://example.org/"]).output)["verdict"] == "allow"
    assert isinstance(RUN.invoke(app, ["match"]).exception, InputError)
    assert isinstance(RUN.invoke(app, ["match", "x", "--rules", "no-such"]).exception, ListError)


def test_status() -> None:
    result = RUN.invoke(app, ["status"])
    assert result.exit_code == 0
    assert "health.forum" in result.output
    rows = [json.loads(line) for line in RUN.invoke(app, ["status", "--json"]).output.splitlines()]
    assert all(row["entries"] and row["licence"] and not row["rejected"] for row in rows)
