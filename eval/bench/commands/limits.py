"""`dossier bench limits`: beside what the engines can do at best."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from eval.bench.commands.shared import ArticlesOption, JsonOption, LimitOption, documents_of, milliseconds, table
from eval.terminal import announce, print_json, reported

ARTICLES = 200


def limits(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often to ingest.")] = 3,
    questions: Annotated[int, typer.Option("--questions", min=1, help="How many to retrieve for.")] = 100,
    prompts: Annotated[int, typer.Option("--prompts", min=0, help="How many sentences to word with the LLM.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Compare with the limit: the bare encoder, one bare query of vectors, the bare llama.cpp."""
    with reported():
        from eval.bench.limits import measure_limits

        with documents_of(articles, limit, ARTICLES) as documents:
            found = measure_limits(documents, questions, prompts, announce, rounds).summary()
        if as_json:
            print_json(found)
        else:
            _show(found)


def _show(found: dict[str, Any]) -> None:
    ingest, retrieval, generation = found["ingest"], found["retrieval"], found["generation"]
    rows = [
        (
            "ingest, passages/s",
            f"{ingest['pipeline']:.1f}",
            f"{ingest['bare']:.1f}",
            f"{ingest['ratio']:.3f} (at least {ingest['target']})",
        ),
        (
            "retrieval",
            milliseconds(retrieval["parts"]["whole retrieval"]["p50"]) + " ms",
            milliseconds(retrieval["parts"]["one embedding and one query of vectors"]["p50"]) + " ms",
            f"{retrieval['times_bare']:.2f} (at most {retrieval['target']:.0f})",
        ),
    ]
    if generation:
        rows += [
            (
                "generation, tokens/s",
                f"{generation['tokens_per_second']:.1f}",
                f"{generation['bare_tokens_per_second']:.1f}",
                f"{generation['ratio']:.3f} (at least {generation['target']})",
            ),
            ("a whole call", f"{generation['seconds']:.2f} s", f"{generation['bare_seconds']:.2f} s", ""),
            (
                f"read anew of {generation['prompt_tokens']:.0f} tokens",
                f"{generation['prompt_tokens_read']:.0f}",
                f"{generation['bare_prompt_tokens_read']:.0f}",
                "",
            ),
        ]
    table(("", "measured", "limit", "ratio"), rows)
    parts = ", ".join(f"{name} {milliseconds(each['p50'])} ms" for name, each in retrieval["parts"].items())
    typer.echo(f"{ingest['articles']} articles, {ingest['passages']} passages, {ingest['variant']}; medians: {parts}")
