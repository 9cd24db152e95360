from eval.records import ScoreRecord
from eval.reports.changes import changed, subject
from eval.reports.losses import Reason, worst
from eval.verdicts import Change
from tests.eval.reports.doubles import case, claim, failed, gate, result


def scored(**values: tuple[float | None, str]) -> dict[str, ScoreRecord]:
    return {name: ScoreRecord(value=value, why=why) for name, (value, why) in values.items()}


def test_errors_come_before_inexact_quotes_before_the_greatest_losses() -> None:
    inexact = case("inexact", scores=scored(right=(1.0, ""), exactness=(0.5, "not in the article")))
    half, none = case("half", 0.5), case("none", 0.0)
    found = worst(result(case("good"), half, none, inexact, failed()))
    assert [lost.record.id for lost in found] == ["failed", "inexact", "none", "half"]


def test_equal_losses_keep_their_order() -> None:
    found = worst(result(case("b", 0.0), case("a", 0.0)))
    assert [lost.record.id for lost in found] == ["b", "a"]


def test_a_loss_minds_which_way_is_good_and_leaves_the_unscored_out() -> None:
    scores = scored(right=(None, "unscored"), wrong_refusal=(1.0, "refused"), unheard_of=(0.0, "?"))
    (lost,) = worst(result(case("one", scores=scores)))
    assert lost.losses == {"wrong_refusal": 1.0}


def test_equal_reasons_are_told_once() -> None:
    scores = scored(right=(0.0, "refused"), exactness=(1.0, "exact"), wrong_refusal=(1.0, "refused"))
    (lost,) = worst(result(case("one", scores=scores)))
    assert lost.reasons == [Reason("refused", ["right", "wrong_refusal"])]


def test_a_record_got_worse_if_any_metric_did() -> None:
    better = Change(id="bad", metric="exactness", before=0.5, after=1.0, worse=False, why="exact")
    worse = Change(id="bad", metric="right", before=1.0, after=0.0, worse=True, why="wrong")
    (found,) = changed(result(), gate(changes=(better, worse)))
    assert found.worse
    assert list(found.telling) == [worse]
    assert found.reasons == ["wrong"]


def test_changes_of_records_that_are_gone_are_kept() -> None:
    gone = Change(id="gone", metric="right", before=1.0, after=None, worse=True)
    (found,) = changed(result(), gate(changes=(gone,)))
    assert (found.record, found.subject) == (None, "")


def test_a_claim_is_about_its_statement() -> None:
    assert subject(claim()) == "Rain fell."
