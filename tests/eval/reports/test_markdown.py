import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from eval.reports.markdown import LONGEST, escape, markdown
from eval.verdicts import Change
from tests.eval.reports.doubles import HOSTILE, case, gate, result

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = re.compile(r"</?(details|summary|sub)>")


def tokens(text: str) -> list[Token]:
    return [token for block in READER.parse(text) for token in (block, *(block.children or ()))]


def said(text: str) -> str:
    """The text as it is read."""
    return "".join(token.content for token in tokens(text) if token.type == "text")


def worse(count: int, why: str = "no gold") -> tuple[Change, ...]:
    return tuple(
        Change(id=f"case-{number:02}", metric="right", before=1.0, after=0.0, worse=True, why=why)
        for number in range(count)
    )


def test_the_verdict_comes_first() -> None:
    first, *_ = markdown(result(), gate("worse")).splitlines()
    assert said(first) == "❌ Worse: 1 of 2 bounded metrics failed: right."
    assert markdown(result(), None).startswith("### Evaluation\n")


def test_faults_are_listed() -> None:
    assert "- failed:" in markdown(result(), gate("broken"))


def test_a_row_tells_value_interval_difference_bounds_and_verdict() -> None:
    line = "| right | 0.500 | 0.250 – 0.750 | −0.250 (−0.500 … +0.125) | ≥ 0.55 | ❌ worse |"
    assert line in markdown(result(), gate())
    assert "| right | 0.500 | 0.250 – 0.750 |\n" in markdown(result(), None)


def test_the_unscored_say_why() -> None:
    assert "Unscored: rouge_l: no answers." in said(markdown(result(), None))


def test_changed_cases_are_folded_away() -> None:
    text = markdown(result(), gate())
    assert "<details><summary>Got worse: 1</summary>\n\n- **bad** bad, please? (right 1 → 0): no gold" in text
    assert "<details><summary>Got better: 1</summary>\n\n- **good**" in text


def test_only_twenty_of_a_kind_are_listed() -> None:
    text = markdown(result(), gate(changes=worse(23)))
    assert "case-19" in text
    assert "case-20" not in text
    assert "- and 3 more in the report" in text


def test_a_comment_is_never_too_long_to_be_posted() -> None:
    run = result(*(case(f"case-{number:02}", 0.0, question="#" * 500) for number in range(20)))
    text = markdown(run, gate(changes=worse(20, "@" * 500)))
    assert len(text) <= LONGEST
    assert "case-04" in text


def test_the_last_line_tells_code_data_and_models() -> None:
    *_, last = markdown(result(), gate()).splitlines()
    assert last.startswith("<sub>")
    assert "1f64ab0c93de with uncommitted changes" in last
    assert "own dddddddddddddddd" in last
    assert "embedder mini, reader r1" in last


@pytest.mark.parametrize(
    "hostile", [HOSTILE, "</details>\n\n# Title\n\n- item", "a | b\n--- | ---", "www.evil.example"]
)
def test_no_text_of_others_becomes_markup(hostile: str) -> None:
    changes = (Change(id=hostile, metric="right", before=1.0, after=0.0, worse=True, why=hostile),)
    text = markdown(result(case(hostile, question=hostile)), gate(changes=changes, baseline=hostile))
    safe = markdown(
        result(case("x", question="x")), gate(changes=(changes[0].model_copy(update={"id": "x", "why": "x"}),))
    )
    kinds = [token.type for token in tokens(text) if token.type != "text"]
    assert kinds == [token.type for token in tokens(safe) if token.type != "text"]
    assert not {"link_open", "image", "code_inline"} & set(kinds)
    markup = "".join(token.content for token in tokens(text) if token.type in {"html_inline", "html_block"})
    assert OURS.sub("", markup).split() == ["Got", "worse:", "1"]
    assert not re.search(r"@\w|#\d|://|www\.", said(text))


@given(st.text())
def test_escaped_text_reads_as_it_was_and_stays_in_its_line(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    assert not re.search(r"[<>|`\[\]*_@]", escaped)
    kinds = {token.type for token in tokens(f"x {escaped} x")}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text"}
