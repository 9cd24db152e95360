"""Asks every case, puts every claim, and keeps what came back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from eval.asking import Asking
from eval.cases import Case
from eval.claims import Claim
from eval.dataset import Dataset
from eval.errors import RunError
from eval.log import Outcome, OutcomeLog
from eval.outcomes import CaseOutcome, ClaimOutcome
from eval.systems import System
from ingest.errors import DossierError

Progress = Callable[[int], None]
Work = Callable[[], Outcome]


@dataclass(frozen=True, slots=True)
class Run:
    """The outcomes of all cases and claims, in the order of the set."""

    cases: Sequence[tuple[Case, CaseOutcome]]
    claims: Sequence[tuple[Claim, ClaimOutcome]]


def run(
    dataset: Dataset,
    system: System,
    mode: Asking,
    log: OutcomeLog,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Run:
    """Does what `log` does not hold yet, `jobs` at a time. `progress` is told how many are done more.

    What fails keeps its error and the run goes on; what the system cannot do is left out.
    Raises: RunError when an article that a case speaks of is not where it is asked, or the log cannot be written.
    """
    asked = {"answer", "rank"} & system.abilities if dataset.cases else set()
    cases = dataset.cases if asked else ()
    claims = dataset.claims if "judge" in system.abilities else ()
    _require_articles(cases, dataset, system)
    todo: list[Work] = [_case(case, dataset, system, mode) for case in cases if _to_do(log.cases.get(case.id))]
    todo += [_claim(claim, system) for claim in claims if _to_do(log.claims.get(claim.id))]
    if progress:
        progress(len(cases) + len(claims) - len(todo))
    for outcome in _in_parallel(todo, jobs):
        log.add(outcome)
        if progress:
            progress(1)
    return Run([(case, log.cases[case.id]) for case in cases], [(claim, log.claims[claim.id]) for claim in claims])


def _to_do(outcome: Outcome | None) -> bool:
    """What failed is asked again: the service may be back."""
    return outcome is None or outcome.error is not None


def _in_parallel(todo: Sequence[Work], jobs: int) -> Iterator[Outcome]:
    """As they get done. Few are handed out ahead, so that an interruption does not wait for them all."""
    with ThreadPoolExecutor(jobs, thread_name_prefix="dossier-eval") as pool:
        left = iter(todo)
        running: set[Future[Outcome]] = set(_submitted(pool, islice(left, 2 * jobs)))
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= set(_submitted(pool, islice(left, len(done))))
            for future in done:
                yield future.result()


def _submitted(pool: ThreadPoolExecutor, works: Iterable[Work]) -> Iterator[Future[Outcome]]:
    for work in works:
        yield pool.submit(work)


def _require_articles(cases: Sequence[Case], dataset: Dataset, system: System) -> None:
    for name in sorted(frozenset().union(*(case.named for case in cases))):
        if system.known_as(dataset.shelf.articles[name]) is None:
            raise RunError(
                f"{system.name} does not hold the article {name} as the cases know it.",
                "Ingest the articles of the cases there first.",
            )


def _case(case: Case, dataset: Dataset, system: System, mode: Asking) -> Work:
    def work() -> CaseOutcome:
        began = perf_counter()
        over = tuple(str(system.known_as(dataset.shelf.articles[name])) for name in case.over)
        try:
            question = case.asked(mode, over)
            reply = system.answer(question) if dataset.asks and "answer" in system.abilities else None
            ranking = tuple(system.rank(question)) if _ranks(dataset, system) else None
        except Exception as error:  # noqa: BLE001 - a crash on one case must neither hide the others nor pass as "worse"
            return CaseOutcome(id=case.id, error=_said(error), seconds=perf_counter() - began)
        answered = reply._asdict() if reply else {}
        return CaseOutcome(id=case.id, ranking=ranking, seconds=perf_counter() - began, **answered)

    return work


def _claim(claim: Claim, system: System) -> Work:
    def work() -> ClaimOutcome:
        began = perf_counter()
        try:
            judgement, quotes = system.judge(claim)
        except Exception as error:  # noqa: BLE001 - as for a case
            return ClaimOutcome(id=claim.id, error=_said(error), seconds=perf_counter() - began)
        return ClaimOutcome(
            id=claim.id,
            verdict=judgement.verdict,
            support=judgement.support,
            reasons=tuple(judgement.reasons),
            quotes=quotes,
            seconds=perf_counter() - began,
        )

    return work


def _ranks(dataset: Dataset, system: System) -> bool:
    return "retrieval" in dataset.measures and "rank" in system.abilities


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, DossierError) else f"{type(error).__name__}: {error}"
