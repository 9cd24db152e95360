import pytest

from eval.claims import Claim
from eval.dataset import Dataset
from eval.errors import CaseError
from eval.splits import held_out
from tests.eval.doubles import case, dataset


def named(name: str, *groups: str) -> Dataset:
    cases = [case(f"case{number}", group=group) for number, group in enumerate(groups)]
    return Dataset(name, frozenset(["answer"]), cases=cases)


def test_only_the_articles_that_nothing_was_fitted_on_are_kept() -> None:
    kept = held_out(named("squad2", "Harvard University", "Normans", "Yuan_dynasty"))
    assert [each.group for each in kept.cases] == ["Harvard University", "Yuan_dynasty"]
    assert "nothing was fitted on" in kept.note


def test_a_title_is_on_one_side_only() -> None:
    titles = [f"title {number}" for number in range(40)]
    kept = held_out(named("clapnq", *titles))
    assert 10 < len(kept.cases) < 30
    assert held_out(kept).cases == kept.cases


def test_a_set_that_nothing_was_fitted_on_stays_whole() -> None:
    whole = dataset(case("a"), claims=[Claim("c", "s", ("s",), True, "g")])
    assert held_out(whole) is whole


@pytest.mark.parametrize(("name", "groups"), [("wice", ["a"]), ("squad2", ["Normans"])])
def test_where_nothing_is_held_out_that_is_said(name: str, groups: list[str]) -> None:
    with pytest.raises(CaseError, match=r"held out"):
        held_out(named(name, *groups))
