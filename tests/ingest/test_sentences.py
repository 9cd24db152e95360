"""Sentences: hard cases of news text, and what must hold for any string."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.article import Span
from ingest.sentences import LONGEST, sentences

# Each case is one stretch of text; `¦` marks where the next sentence begins.
ABBREVIATIONS = [
    "Mr. Azimov met Gen. Orlov on Monday. ¦Neither spoke to reporters.",
    "The envoy, Dr. Leyla Hasanova, left early. ¦Ms. Park stayed.",
    "Lt. Col. Brandt and Sgt. Mills testified. ¦Sen. Whitlow and Reps. Ames and Cole did not.",
    "The Rt. Rev. Hugh Aldous preached. ¦Msgr. Conti assisted.",
    "The U.S. Embassy closed its gates. ¦Staff left by road.",
    "The plane was built in the U.S. ¦The engines were not.",
    "She moved to Washington, D.C. ¦Her brother stayed in the U.K. ¦They rarely met.",
    "Talks began on Jan. 14 and ended on Sept. 3. ¦A second round is planned.",
    "Resolution No. 1973 passed. ¦Nos. 4 and 5 failed.",
    "Would he resign? ¦No. ¦He would stay on.",
    "The flight left at 6:40 a.m. Tuesday and landed at 9 p.m. Moscow time. ¦Nobody was hurt.",
    "The polls close at 8 p.m. ¦Results are due by 11 p.m. ET on Sunday.",
    "Kestrel Mining Inc. and Barrow Bros. Holdings merged. ¦Shares rose.",
    "He sold his stake in Kestrel Mining Inc. ¦The buyer was not named.",
    "The road from St. Ives to Mt. Errigal was shut. ¦Snow lay deep.",
    "Malta vs. Norway was abandoned. ¦Rain had flooded the pitch.",
    "Roe v. Wade was cited twice. ¦So was Marbury v. Madison.",
    "The firm makes pumps, valves, etc. ¦It employs 40 people.",
    "Harlow et al. found no effect. ¦Others disagree.",
    "Some states, e.g. Ohio, objected. ¦Others, i.e. the coastal ones, agreed.",
    "See Fig. 3 and pp. 12-14. ¦The data are in Vol. 2.",
    "Martin Lowe Jr. won the seat. ¦His father had held it.",
    "The mayor of Reno, Nev., spoke first. ¦Gov. Ada Quill of Tucson, Ariz. followed.",
    "TULSA, Okla. — The river crested at noon. ¦It will fall by Friday.",
    "ST. LOUIS (AP) — The bridge reopened. ¦Traffic was light.",
    "She holds a Ph.D. in physics. ¦He has an M.D. from Graz.",
    "She has lived with MS. ¦Doctors gave her ten years.",
    "The rate fell to 4.25 percent. ¦It had been 5.5 percent.",
    "Oil cost $71.40 a barrel. ¦Gas cost $3.10.",
]
INITIALS = [
    "J. R. R. Tolkien taught there. ¦So did C. S. Lewis.",
    "I. A. Karimov signed; V. V. Putin did not. ¦The text was published.",
    "The letter was sent to A. Karimov. ¦He never replied.",
    "J.D. Harmon and Mary J. Oakes led the inquiry. ¦It took a year.",
    "Sailors lacked vitamin C. ¦Oranges came later. ¦Then kale.",
    "Elizabeth Q. Marsh ran the desk. ¦She retired in May. ¦Updates followed.",
    "The end of World War I. ¦It changed the map.",
    "Q. What changed? ¦A. The law did.",
]
QUOTES = [
    "“We agreed to continue,” he said. ¦He then left.",
    "“It was dark. ¦We heard shots. ¦Then nothing,” she said.",
    "He called it “a farce.” ¦The court disagreed.",
    "He called it “a farce”. ¦The court disagreed.",
    '"We will wait," the minister said. ¦"We have time."',
    'She asked "Why now?" and left the room. ¦Nobody answered.',
    "“Is it safe?” he asked. ¦“Yes!” the guide shouted.",
    "“Who ordered it?” Judge Maria Ott asked. ¦The witness was silent.",
    "“Never again!” ¦They meant it.",
    "Ministers exchanged “our views” (Interfax, April 15). ¦Talks resume in May.",
    "“That is why we meet.” (Interfax, April 15) ¦The two men then dined.",
    "“That is why we meet.” (Interfax, April 15). ¦The two men then dined.",
    "The deal is dead. (Reuters) ¦Markets fell.",
    "(He was wrong.) ¦The vote came later.",
    "He was wrong (see the note of May 3. It is long) and knew it. ¦He left.",
    "The bill passed. ¦(It had failed twice.) ¦The president signed it.",
    "‘We were told to run.’ ¦They ran.",
    "He shouted “Stop!” ¦Then he fell.",
    "The report was leaked.[4][12] ¦Nobody was charged.",
]
ELLIPSES = [
    "He waited... then left. ¦The door was open.",
    "He waited... ¦Then he left.",
    "“I thought… well, never mind,” she said. ¦She sat down.",
    "We saw smoke… ¦The tower was gone.",
    "The text reads “all parties . . . shall withdraw.” ¦None did.",
    "They withdrew. . . . ¦The border closed.",
    "It was sad. ¦... I cannot explain it.",
]
MARKS = [
    "Shares of Yahoo! fell. ¦Yahoo! Finance reported it first.",
    "What now?! ¦Nobody knew.",
    "Write to desk@example.org. ¦Or visit www.example.org/a.b?c=1. ¦Both work.",
    "Details are at https://news.example.com/2013/04/17/story.html?id=7. ¦Read them.",
    "The site Example.com was down. ¦So was Node.js itself.",
    "The demand grew. ¦iPhone sales rose too.",
    "Prices fell by half.¦The bank said so. ¦Nobody was surprised.",
    "Follow the story here. ¦@newsdesk has updates.",
    "Great news 🎉. ¦The team won. ¦👍 Everyone cheered.",
    "انتهت المحادثات. ¦لم يعلن شيء.",
]
LAYOUT = [
    "Leaders Meet in the Capital\n\n¦The two presidents met on Monday.",
    "Leaders meet in the capital\n¦By Nora Ash\n¦The two presidents met on Monday to talk about water and gas.",
    "The first line of this paragraph was wrapped\nby hand and goes on here. ¦A second sentence\nfollows it.",
    "A paragraph was set narrowly and names Foreign Minister\nAbdulaziz Kamilov on its second line.",
    "Three points matter:\n¦- the border\n¦- the water\n¦- the gas",
    "Three points matter:\n\n¦• The border is shut.\n¦• The water is low. ¦It will fall.\n¦• The gas is dear.",
    "1. Shut the border.\n¦2. Save the water.\n¦3. Sell the gas.",
    "He lists (in this order):\n¦a) the border\n¦b) the water",
    "The item is long and was wrapped\n¦* first item that was wrapped\n  by hand\n¦* second item",
    "Points: ¦• border ¦• water",
    "The province grew cotton\n– and little else – for years.",
    "The pact was signed on Dec.\n26. ¦It lapsed.",
    "A paragraph without a stop\n\n¦Another one\r\n\r\n¦A third",
    "Page one ends here\x0c¦Page two begins.",
]
CASES = [*ABBREVIATIONS, *INITIALS, *QUOTES, *ELLIPSES, *MARKS, *LAYOUT]


def split(text: str) -> list[str]:
    return [sentence.of(text) for sentence in sentences(text, Span(0, len(text)))]


@pytest.mark.parametrize("case", CASES)
def test_hard_case(case: str) -> None:
    assert split(case.replace("¦", "")) == [part.strip() for part in case.split("¦")]


def test_there_are_cases_enough() -> None:
    assert len(set(CASES)) >= 60


ARTICLE = """Tashkent and Moscow Renew Gas Contract

By Nora Ash

TASHKENT, Uzbekistan — Presidents I. A. Karimov and V. V. Putin met on April 15. “We agreed. It took long,” Mr. Putin
said (Interfax, April 15).

What was agreed?

- Gas at $240 per 1,000 cu. m.
- No bases.

The U.S. did not comment."""


def test_article() -> None:
    assert split(ARTICLE) == [
        "Tashkent and Moscow Renew Gas Contract",
        "By Nora Ash",
        "TASHKENT, Uzbekistan — Presidents I. A. Karimov and V. V. Putin met on April 15.",
        "“We agreed.",
        "It took long,” Mr. Putin\nsaid (Interfax, April 15).",
        "What was agreed?",
        "- Gas at $240 per 1,000 cu. m.",
        "- No bases.",
        "The U.S. did not comment.",
    ]


def test_only_the_asked_stretch_is_read() -> None:
    text = "One is here. Two is here. Three is here."
    stretch = Span(text.index("Two"), text.index("Three"))
    assert sentences(text, stretch) == [Span(stretch.start, stretch.end - 1)]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\u2029"])
def test_nothing_but_white_space_has_no_sentence(text: str) -> None:
    assert split(text) == []


@pytest.mark.parametrize("unit", ["word ", "clause; ", "line\n", "x", "Mr. ", "( ", "\ud800", "。", "• ", "3.5 "])
def test_text_without_stops_is_parted(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    pieces = split(text)
    assert max(map(len, pieces)) <= LONGEST
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_long_text_is_parted_at_its_clauses() -> None:
    clause = "the committee heard the witness and the witness heard the committee"
    text = "; ".join([clause] * 40) + "."
    assert all(piece.endswith((";", ".")) for piece in split(text))


def test_a_long_text_is_parted_as_its_parts_are() -> None:
    paragraph = "Mr. Orlov spoke for an hour. “Why?” asked Ms. Park. Nobody in the U.S. Senate knew. "
    assert split(paragraph * 1000) == split(paragraph) * 1000


FRAGMENTS = (
    "Mr. |No. 5|U.S. |A. |J.D. |p.m. |Yahoo! |The |he |said |I |word |Word |3.5|“|”|\"|'|(|)|[1]|(Interfax, April 15)",
    ". |.|...|…|? |! |; |, |— |:|。|\n|\n\n|\r\n|- |• |1. |\u2029|\x0c|\x00|\u200b|\ufeff|e\u0301",
    "http://a.b/c. |a@b.org |🎉|\ud800|\udfff|ש. |م؟ ",
)
fragments = st.sampled_from([fragment for line in FRAGMENTS for fragment in line.split("|")])
texts = st.one_of(st.text(), st.lists(fragments, max_size=60).map("".join), st.text(st.characters(), max_size=200))


@given(texts, st.data())
@settings(max_examples=400, deadline=None)
def test_spans_and_gaps_give_the_stretch_back(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    position, rebuilt = start, ""
    for sentence in sentences(text, Span(start, end)):
        gap = text[position : sentence.start]
        assert not gap.strip()
        assert sentence.of(text) == sentence.of(text).strip() != ""
        assert start <= position <= sentence.start < sentence.end <= end
        rebuilt += gap + sentence.of(text)
        position = sentence.end
    assert not text[position:end].strip()
    assert rebuilt + text[position:end] == text[start:end]


@given(texts)
@settings(max_examples=200, deadline=None)
def test_the_same_text_gives_the_same_sentences_wherever_it_stands(text: str) -> None:
    before = "Before.\n\n"
    shift = len(before)
    there = sentences(f"{before}{text}\n\nAfter.", Span(shift, shift + len(text)))
    assert [Span(start - shift, end - shift) for start, end in there] == sentences(text, Span(0, len(text)))


@given(st.lists(st.sampled_from(CASES), min_size=1, max_size=5))
@settings(deadline=None)
def test_paragraphs_do_not_touch_each_other(cases: list[str]) -> None:
    plain = [case.replace("¦", "") for case in cases]
    assert split("\n\n".join(plain)) == [sentence for text in plain for sentence in split(text)]
