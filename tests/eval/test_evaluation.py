import pytest

from eval.claims import Claim
from eval.evaluation import Evaluation
from eval.results import Result
from service.answer import Tokens
from service.reading import Judgement
from service.verify import RuleVerifier
from tests.eval.doubles import (
    ARMY,
    BASES,
    COST,
    LEAVING,
    NOTE,
    WrittenSystem,
    abstained,
    answered,
    case,
    dataset,
    evaluated,
    unanswerable,
)

GOOD = answered((LEAVING, NOTE))
COST_CASE = case("cost", gold=[{"article": "army.md", "quote": COST}], answers=["1,200 million"])


def values(result: Result) -> dict[str, float | None]:
    return {metric.name: metric.value for metric in result.metrics}


def test_metrics_are_means_over_the_cases_they_apply_to() -> None:
    result = evaluated({case("when"): GOOD, COST_CASE: answered((LEAVING, BASES)), unanswerable("cup"): abstained()})
    found = values(result)
    assert (found["gold_hit"], found["refusal_recall"], found["exactness"]) == (0.5, 1.0, 1.0)
    assert found["right"] == pytest.approx(2 / 3, abs=1e-6)
    hit = result.metric("gold_hit")
    assert hit is not None
    assert hit.n == 2


def test_a_metric_that_the_set_cannot_tell_is_unscored_and_says_so() -> None:
    result = Evaluation(
        dataset(case("when"), measures=frozenset(["answer"])), WrittenSystem({"when?": GOOD}), RuleVerifier()
    ).result()
    metric = result.metric("gold_hit")
    assert metric is not None
    assert (metric.value, metric.n, metric.why) == (None, 0, "the set does not tell")
    assert "gold_hit" not in result.records[0].scores
    assert values(result)["answer_recall"] == 1.0


def test_a_metric_that_applies_to_no_case_is_unscored() -> None:
    metric = evaluated({unanswerable(): abstained()}).metric("gold_hit")
    assert metric is not None
    assert (metric.value, metric.interval, metric.why) == (None, None, "no case could be scored")


def test_what_the_system_cannot_do_is_unscored() -> None:
    system = WrittenSystem({"when?": GOOD}, abilities=frozenset(["answer"]))
    result = Evaluation(dataset(case("when")), system, RuleVerifier()).result()
    metric = result.metric("ndcg@10")
    assert metric is not None
    assert (metric.value, metric.why) == (None, "what was measured cannot do it")


def test_failed_cases_are_counted_and_never_scored() -> None:
    result = evaluated({case("when"): GOOD, case("bad"): RuntimeError("a bug")})
    metric = result.metric("right")
    assert metric is not None
    assert (metric.value, metric.n, metric.unscored) == (1.0, 1, 1)
    assert "a bug" in result.records[1].scores["right"].why
    assert "a bug" in str(result.records[1].error)


def test_statistics_of_whole_sets_come_from_what_the_cases_tell() -> None:
    sure, unsure = answered((LEAVING, NOTE), confidence=0.9), abstained(confidence=0.2)
    result = evaluated({case("a"): sure, case("b"): unsure, unanswerable("c"): abstained(confidence=0.1)}, b=GOOD)
    found = values(result)
    assert found["answerable_auroc"] == 1.0
    assert found["refusal_f1"] == pytest.approx(2 / 3, abs=1e-6)  # precision 1/2, recall 1
    assert found["aurc"] == pytest.approx((0 + 0 + 1 / 3) / 3, abs=1e-6)
    assert result.threshold is not None
    assert result.threshold.used_right == pytest.approx(2 / 3, abs=1e-6)
    assert (result.threshold.best, result.threshold.best_right) == (0.2, 1.0)


def test_without_knowing_what_was_refused_there_is_no_risk_coverage() -> None:
    result = evaluated({case("a"): GOOD, case("b"): abstained()})
    assert values(result)["aurc"] is None
    assert result.threshold is None


def test_a_case_that_cannot_be_hit_takes_nothing_from_the_others() -> None:
    bare = case("bare", gold=[], answers=[], gold_articles=["leaving.md"])
    result = evaluated({case("a"): GOOD, bare: GOOD, unanswerable("b"): abstained()})
    metric = result.metric("aurc")
    assert metric is not None
    assert metric.n == 2


def test_a_set_that_does_not_tell_what_is_right_has_no_risks() -> None:
    cases = dataset(case("a"), unanswerable("b"), measures=frozenset(["long", "abstention"]))
    system = WrittenSystem({"a?": GOOD, "b?": abstained()}, {"b?": GOOD})
    result = Evaluation(cases, system, RuleVerifier()).result()
    metric = result.metric("aurc")
    assert metric is not None
    assert (metric.value, metric.why, result.threshold) == (None, "the set does not tell", None)


def test_claims_are_scored_by_their_labels() -> None:
    claims = [
        Claim("yes", "a", (NOTE,), supported=True, group="g"),
        Claim("no", "b", (NOTE,), supported=False, group="h"),
        Claim("missed", "c", (NOTE,), supported=True, group="h"),
    ]
    judged = {
        "yes": Judgement("supported", 0.9),
        "no": Judgement("unsupported", 0.3, ("a name is wrong",)),
        "missed": Judgement("unsupported", 0.2),
    }
    system = WrittenSystem(judgements=judged)
    result = Evaluation(dataset(claims=claims), system, RuleVerifier()).result()
    found = values(result)
    assert (found["support_auroc"], found["support_ba"]) == (0.5, 0.75)
    assert "a name is wrong" in result.records[1].scores["support_right"].why
    assert values(evaluated({case("when"): GOOD}))["support_ba"] is None


def test_a_quote_is_shown_in_its_article_by_its_name_on_the_shelf() -> None:
    (record,) = evaluated({case("when"): answered((LEAVING, BASES))}).records
    (citation,) = record.citations
    assert (citation.article, citation.gold, citation.quote) == ("leaving.md", False, BASES)
    assert LEAVING.text.endswith(citation.before + citation.quote + citation.after)
    assert record.gold[0].quote == NOTE


def test_who_judged_the_support_is_said() -> None:
    notes = " ".join(evaluated({case("when"): GOOD}).notes)
    assert RuleVerifier().name in notes
    assert "another one" in notes
    own = WrittenSystem({"when?": GOOD}, models={"verifier": RuleVerifier().name})
    notes = " ".join(Evaluation(dataset(case("when")), own, RuleVerifier()).result().notes)
    assert "the same that let the statements out" in notes


def test_time_and_tokens_are_summed_up() -> None:
    told = GOOD.model_copy(
        update={"tokens": Tokens(input=10, output=3), "timings_ms": GOOD.timings_ms.model_copy(update={"read": 7.0})}
    )
    speed = evaluated({case("a"): told, case("b"): told}).speed
    assert speed.tokens == {"input": 20, "output": 6}
    assert speed.stages["read"] == {"p50": 7.0, "p95": 7.0}
    assert speed.peak_memory_mb is not None
    assert speed.peak_memory_mb > 10


def test_the_stamp_tells_what_the_figures_depend_on_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_LLM_API_KEY", "sk-secret")
    first, again = evaluated({case("when"): GOOD}).stamp, evaluated({case("when"): GOOD}).stamp
    other = evaluated({case("what"): GOOD}).stamp
    assert first.key == again.key
    assert first.key != other.key
    assert first.packages["numpy"]
    assert first.models["reader"] == "r"
    assert "sk-secret" not in first.model_dump_json()


def test_articles_that_are_cited_but_not_gold_are_named_too() -> None:
    (record,) = evaluated({case("when"): answered((ARMY, COST))}).records
    assert record.citations[0].article == "army.md"
    assert record.scores["right"].value == 0.0
