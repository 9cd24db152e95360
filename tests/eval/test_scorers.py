from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.scorers import proof, sentences, wording
from eval.scorers.ranking import ranking_scores
from eval.scorers.wording import squad_words, words
from eval.scoring import OF_ANSWERS, OF_READING
from service.answer import Answer, Clarification, Disagreement, Short, Side
from service.reading import Judgement
from tests.eval.doubles import (
    ARMY,
    BASES,
    COST,
    LEAVING,
    NOTE,
    OTHER,
    abstained,
    answered,
    asked,
    case,
    cited,
    near,
    unanswerable,
)

GOLD = answered((LEAVING, NOTE))
WRONG = answered((ARMY, COST))
SECOND = answered((ARMY, OTHER), (LEAVING, NOTE))
REFUSED = abstained()

EXPECTED = {
    #                     gold   wrong  second refused | unanswerable: answered, refused
    "exactness": (1.0, 1.0, 1.0, None, 1.0, None),
    "right": (1.0, 0.0, 1.0, 0.0, 0.0, 1.0),
    "status": (1.0, 1.0, 1.0, 0.0, 0.0, 1.0),
    "gold_hit": (1.0, 0.0, 1.0, None, None, None),
    "gold_first": (1.0, 0.0, 0.0, None, None, None),
    "answer_recall": (1.0, 0.0, 1.0, None, None, None),
    "citation_precision": (1.0, 0.0, 0.5, None, None, None),
    "citation_recall": (1.0, 0.0, 1.0, None, None, None),
    "squad_em": (0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    "rouge_l": (None, None, None, None, None, None),
    "refusal_precision": (None, None, None, 0.0, None, 1.0),
    "refusal_recall": (None, None, None, None, 0.0, 1.0),
    "wrong_refusal": (0.0, 0.0, 0.0, 1.0, None, None),
    "short_f1": (None, None, None, None, None, None),
    "both_told": (None, None, None, None, None, None),
    "false_dispute": (0.0, 0.0, 0.0, None, 0.0, None),
    "asked_back": (None, None, None, None, None, None),
    "wrongly_asked_back": (None, None, None, None, None, None),
}


def value(name: str, one: Any, answer: Answer) -> float | None:
    score = OF_ANSWERS[name](asked(one, answer), answer)
    assert score.why
    return score.value


@pytest.mark.parametrize("name", list(EXPECTED))
def test_each_measure_counts_what_it_says_and_leaves_the_rest_unscored(name: str) -> None:
    found = [value(name, case(), answer) for answer in (GOLD, WRONG, SECOND, REFUSED)]
    found += [value(name, unanswerable(), answer) for answer in (GOLD, REFUSED)]
    assert tuple(found) == EXPECTED[name]


def test_every_measure_is_tested_here() -> None:
    assert set(EXPECTED) | {"squad_f1"} == set(OF_ANSWERS)


def test_where_both_are_right_neither_is_scored() -> None:
    either = case(expected=None)
    for answer in (GOLD, REFUSED):
        assert value("right", either, answer) is None
        assert value("status", either, answer) is None
        assert value("wrong_refusal", either, answer) is None


def test_without_gold_sentences_right_is_saying_an_acceptable_answer() -> None:
    bare = case(gold=[], gold_articles=["leaving.md"])
    assert value("right", bare, GOLD) == 1.0
    assert value("right", bare, WRONG) == 0.0
    assert value("gold_hit", bare, GOLD) is None


def test_answers_that_are_right_in_other_words_of_the_same_sentence_count_by_their_citation() -> None:
    answer = answered((LEAVING, "handed over on 20 June"), texts=["It came on the 20th of June."])
    assert value("gold_hit", case(), answer) == 1.0
    assert value("answer_recall", case(), answer) == 0.0


def test_the_right_sentence_of_another_article_is_no_gold() -> None:
    one = case(gold=[{"article": "army.md", "quote": OTHER}])
    assert value("gold_hit", one, answered((LEAVING, OTHER))) == 0.0
    assert value("gold_hit", one, answered((ARMY, OTHER))) == 1.0


def test_recall_counts_every_gold_sentence() -> None:
    both = case(gold=[{"article": "leaving.md", "quote": NOTE}, {"article": "leaving.md", "quote": BASES}])
    assert value("citation_recall", both, GOLD) == 0.5


def test_without_acceptable_answers_their_recall_is_unscored() -> None:
    assert value("answer_recall", case(answers=[]), GOLD) is None
    assert value("squad_f1", case(answers=[]), GOLD) is None


def test_the_first_sentence_counts_though_it_was_refused() -> None:
    refused = asked(case(), REFUSED, insisted=GOLD)
    assert sentences.top1(refused).value == 1.0
    assert sentences.top1(asked(case(), REFUSED, insisted=WRONG)).value == 0.0
    assert sentences.top1(asked(case(), GOLD, insisted=SECOND)).value == 0.0


def test_what_would_have_been_said_is_unscored_where_nobody_knows() -> None:
    unknown = asked(case(), REFUSED)
    unknown = type(unknown)(unknown.case, unknown.outcome.model_copy(update={"insisted": None}), unknown.gold)
    assert sentences.top1(unknown).value is None


def test_the_passage_read_counts_by_its_rank() -> None:
    read = asked(case(), GOLD, passages=(near(ARMY, COST), near(LEAVING, f"{NOTE} {OTHER}")))
    assert sentences.read_mrr(read).value == 0.5
    assert sentences.read_mrr(asked(case(), GOLD, passages=(near(ARMY, COST),))).value == 0.0
    assert sentences.read_mrr(asked(case(), GOLD)).value is None


# Short answers, disagreements, questions back


def test_the_first_short_answer_that_is_shown_counts() -> None:
    day = answered((LEAVING, NOTE))
    assert value("short_f1", case(), with_short(day, "20 June")) == 1.0
    assert value("short_f1", case(), with_short(day, "20 June 2012")) == pytest.approx(0.8)
    assert value("short_f1", case(), with_short(day, "eight days early")) == 0.0
    assert value("short_f1", unanswerable(), with_short(day, "20 June")) is None


def with_short(answer: Answer, text: str) -> Answer:
    (citation,) = answer.citations
    start = citation.start + citation.quote.index(text)
    short = Short(start=start, end=start + len(text), text=text)
    return answer.model_copy(update={"citations": (citation.model_copy(update={"short": short}),)})


def disputing(*values: str) -> Answer:
    sides = tuple(Side(value=text, citations=(number,)) for number, text in enumerate(values, start=1))
    told = (Disagreement(about="date", sides=sides),) if sides else ()
    return SECOND.model_copy(update={"disagreements": told})


def test_both_sides_must_be_told_each_by_its_quote() -> None:
    disputed = case(answers=["20 June"], rivals=["that summer"])
    assert value("both_told", disputed, disputing("a", "b")) == 1.0
    assert value("both_told", disputed, disputing("a")) == 0.0
    assert value("both_told", disputed, disputing()) == 0.0
    assert value("both_told", case(rivals=["in May"]), disputing("a", "b")) == 0.0
    assert value("false_dispute", disputed, disputing("a", "b")) is None
    assert value("false_dispute", case(), disputing("a", "b")) == 1.0


def test_asking_back_counts_where_it_is_known_whether_to() -> None:
    back = REFUSED.model_copy(update={"clarification": Clarification(question="Which note?")})
    assert value("asked_back", unanswerable(asks_back=True), back) == 1.0
    assert value("asked_back", unanswerable(asks_back=True), REFUSED) == 0.0
    assert value("wrongly_asked_back", case(asks_back=False), back) == 1.0
    assert value("wrongly_asked_back", case(asks_back=False), GOLD) == 0.0


# Exactness


def test_a_quote_off_by_one_is_inexact() -> None:
    good = cited(1, LEAVING, BASES)
    shifted = good.model_copy(update={"start": good.start - 1, "end": good.end - 1})
    answer = answered((LEAVING, BASES)).model_copy(update={"citations": (shifted,)})
    score = proof.exactness(asked(case(), answer), answer)
    assert score.value == 0.5  # the statement's reference holds, the quote does not
    assert LEAVING.id in score.why


@pytest.mark.parametrize(
    "change",
    [
        {"article_id": "gone"},
        {"quote": "", "end": 0, "start": 0},
        {"start": 10_000, "end": 10_010},
        {"quote": BASES.upper()},
    ],
)
def test_every_way_of_being_inexact_is_seen(change: dict[str, Any]) -> None:
    citation = cited(1, LEAVING, BASES).model_copy(update=change)
    answer = answered((LEAVING, BASES)).model_copy(update={"citations": (citation,)})
    assert value("exactness", case(), answer) == 0.5


def test_statements_must_cite_what_is_listed() -> None:
    unlisted = answered((LEAVING, BASES)).model_copy(update={"citations": ()})
    assert value("exactness", case(), unlisted) == 0.0
    bare = answered((LEAVING, BASES))
    bare = bare.model_copy(update={"statements": (bare.statements[0].model_copy(update={"citations": ()}),)})
    assert value("exactness", case(), bare) == 0.5
    assert value("exactness", case(), bare.model_copy(update={"statements": (), "citations": ()})) == 0.0


def test_the_nearest_passages_of_a_refusal_must_be_exact_too() -> None:
    assert value("exactness", unanswerable(), abstained(near(LEAVING, BASES))) == 1.0
    wrong = near(LEAVING, BASES).model_copy(update={"quote": NOTE})
    assert value("exactness", unanswerable(), abstained(wrong)) == 0.0


# Support


class AllWordsVerifier:
    """Supports what it finds every word of in the quotes."""

    name = "all words"

    def judge(self, statement: str, quotes: Any, context: str = "") -> Judgement:
        held = set(" ".join(quotes).split())
        return Judgement("supported" if set(statement.split()) <= held else "unsupported", 0.5)


def support(answer: Answer) -> tuple[float | None, float | None]:
    found = proof.Support(AllWordsVerifier(), asked(case(), answer), answer)
    return found.recall().value, found.precision().value


def citing_both(text: str) -> Answer:
    answer = answered((LEAVING, NOTE), (LEAVING, BASES))
    (first, _) = answer.statements
    return answer.model_copy(update={"statements": (first.model_copy(update={"text": text, "citations": (1, 2)}),)})


def test_support_is_as_alce_has_it() -> None:
    assert support(GOLD) == (1.0, 1.0)
    assert support(answered((LEAVING, NOTE), texts=["The moon is cheese."])) == (0.0, 0.0)
    # Both are needed; only the first is; neither helps.
    assert support(citing_both("Uzbekistan note was early.")) == (1.0, 1.0)
    assert support(citing_both("The note was handed over")) == (1.0, 0.5)
    assert support(citing_both("The moon")) == (0.0, 0.0)
    assert support(REFUSED) == (None, None)


def test_a_statement_without_a_citation_is_not_supported() -> None:
    bare = GOLD.model_copy(update={"citations": ()})
    assert support(bare) == (0.0, None)


# Words


@pytest.mark.parametrize(
    ("wanted", "said", "found"),
    [
        ("20 June", "on 20 JUNE 2012.", True),
        ("1200 million", COST, True),
        ("1,200", COST, True),
        ("200 million", COST, False),
        ("2", "in 2012", False),
        ("3", "about 3.5 per cent", False),
        ("President’s guard", "the President's guard", True),
        ("no foreign bases", BASES, True),
        ("foreign base", BASES, False),
    ],
)
def test_answers_are_found_whatever_their_form_but_only_whole(wanted: str, said: str, found: bool) -> None:
    answer = answered((LEAVING, NOTE), texts=[said])
    assert value("answer_recall", case(answers=[wanted]), answer) == float(found)


@pytest.mark.parametrize(
    ("said", "wanted", "exact", "f1"),
    [
        ("The 20 June!", "20 june", 1.0, 1.0),
        ("on 20 June 2012", "20 June", 0.0, 2 * 2 / 6),
        ("in May", "20 June", 0.0, 0.0),
    ],
)
def test_exact_match_and_f1_are_those_of_squad(said: str, wanted: str, exact: float, f1: float) -> None:
    answer = answered((LEAVING, NOTE), texts=[said])
    one = case(answers=["something else", wanted])
    assert value("squad_em", one, answer) == exact
    assert value("squad_f1", one, answer) == pytest.approx(f1)


def test_a_refusal_is_squad_s_empty_answer() -> None:
    assert value("squad_f1", unanswerable(), REFUSED) == 1.0
    assert value("squad_f1", unanswerable(), GOLD) == 0.0
    assert value("squad_f1", case(), REFUSED) == 0.0


def test_rouge_is_the_longest_common_subsequence() -> None:
    answer = answered((LEAVING, NOTE), texts=["the cat sat on the mat"])
    score = wording.rouge_l(asked(case(reference="the cat lay on a mat"), answer), answer)
    assert score.value == pytest.approx(4 / 6)  # the, cat, on, mat


def test_squad_drops_articles_and_punctuation() -> None:
    assert squad_words("The U.S. has a (very) long coast.") == ["us", "has", "very", "long", "coast"]


@given(st.text(max_size=60))
def test_words_are_stable(text: str) -> None:
    assert words(words(text)) == words(text)


@given(st.text(max_size=30), st.text(min_size=1, max_size=30).filter(str.strip), st.text(max_size=30))
def test_scores_stay_within_bounds(before: str, said: str, after: str) -> None:
    answer = answered((LEAVING, NOTE), texts=[before + said + after or "x"])
    one = asked(case(answers=[said], reference=said), answer)
    scores = [measure(one, answer) for measure in OF_ANSWERS.values()] + [
        measure(one) for measure in OF_READING.values()
    ]
    assert all(score.value is None or 0 <= score.value <= 1 for score in scores)


# Rankings


def test_rankings_are_measured_and_what_was_not_found_counts() -> None:
    ids = [LEAVING.id, ARMY.id]
    first = asked(case("first"), None, ranking=tuple(ids))
    second = asked(case("second"), None, ranking=tuple(reversed(ids)))
    missed = asked(case("missed"), None, ranking=())
    found = ranking_scores(
        [first, second, missed, asked(case("unranked"), None), asked(unanswerable(), None, ranking=())]
    )
    assert set(found) == {"first", "second", "missed"}
    assert {name: score.value for name, score in found["first"].items()} == dict.fromkeys(found["first"], 1.0)
    assert found["second"]["mrr"].value == 0.5
    assert found["second"]["hit@1"].value == 0.0
    assert found["second"]["ndcg@10"].value == pytest.approx(0.63093, abs=1e-4)  # 1 / log2(3)
    assert {score.value for score in found["missed"].values()} == {0.0}
    assert "gold at rank 2" in found["second"]["mrr"].why
    assert "no gold article found" in found["missed"]["mrr"].why
