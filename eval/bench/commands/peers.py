"""`dossier bench peers`: beside what a user would pick instead."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from eval.bench.commands.shared import SAMPLE, JsonOption, LimitOption, table
from eval.terminal import announce, print_json, reported


def peers(
    cases: Annotated[
        str, typer.Option("--cases", help="Questions with articles that answer: NAME:PATH, or a file of your own.")
    ] = str(SAMPLE.parent),
    limit: LimitOption = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often each takes in the articles.")] = 3,
    answers: Annotated[int, typer.Option("--answers", min=0, help="How many questions to answer with the LLM.")] = 3,
    as_json: JsonOption = False,
) -> None:
    """Compare with LangChain, LlamaIndex and Haystack: the same articles and embedding weights, in turns."""
    with reported():
        from eval.adapters import read_dataset
        from eval.bench.peers.comparison import Comparison, compare
        from eval.bench.peers.loading import WEIGHTS, load_peers
        from ingest.embedding import load_embedder
        from ingest.settings import IngestSettings, read_settings

        found: dict[str, Any] = {}
        dataset = read_dataset(cases)
        ways = load_peers(answering=answers > 0)
        embedder = load_embedder(WEIGHTS, read_settings(IngestSettings).cache.expanduser(), announce)
        for step in compare(dataset, ways, embedder, rounds, limit, answers):
            if isinstance(step, Comparison):
                found = step.summary()
            else:
                announce(step)
        if as_json:
            print_json(found)
        else:
            _show(found)


def _show(found: dict[str, Any]) -> None:
    rows = [
        (
            name,
            f"{way['articles_per_second']:.2f}",
            f"{way['characters_per_second']:,.0f}",
            f"{way['passages_per_second']:.1f}",
            f"{way['unread']:.0%}",
            f"{way['retrieval_p50'] * 1000:.1f} ms",
            f"{way['ndcg@10']:.3f}",
            f"{way['answer_p50']:.1f} s, {way['cited']:.0%}" if way["answers"] else "",
        )
        for name, way in found["ways"].items()
    ]
    headings = ("", "articles/s", "characters/s", "passages/s", "unread", "retrieval", "nDCG@10", "answer, cited")
    table(headings, rows)
    rival = found["retrieval_rival"]
    better = found["ndcg_differences"][rival]
    sure = " ({:+.3f} to {:+.3f})".format(*better["interval"]) if better["interval"] else ""
    typer.echo(f"nDCG@10 is {better['mean']:+.3f}{sure} over that of {rival} (target: above 0)")
    typer.echo(
        f"Ingest is {found['ingest_ratio']:.2f} times as fast as {found['best_peer']} "
        f"(target {found['ingest_target']}); retrieval {found['retrieval_ratio']:.2f} times as fast as "
        f"{rival} (target {found['retrieval_target']:.0f}); "
        f"{found['set']}: {found['articles']} articles, {found['characters']:,} characters"
    )
