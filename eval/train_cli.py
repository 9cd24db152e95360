"""`dossier eval train`: makes the weights and coefficients that the product ships with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eval.terminal import announce, reported

WEIGHTS, READER, VERIFIER = (Path("service") / name for name in ("weights", "reader.json", "verify.json"))

train = typer.Typer(
    no_args_is_help=True, help="Make the weights and coefficients anew, from a folder of sets that may be trained on."
)
Data = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder that holds the sets, each in its own.")]


@train.command()
def encoder(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="The folder that the weights go to.")] = WEIGHTS,
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="How often every question is gone through.")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="Draws the lessons and starts the head.")] = 1,
) -> None:
    """Train the cross-encoder (about an hour on two cores)."""
    with reported():
        from eval.terminal import counting
        from eval.training.encoder import Recipe, train_encoder
        from eval.training.material import read_material

        with counting("training") as progress:
            train_encoder(read_material(data), Recipe(epochs=epochs, seed=seed), out, progress)
        announce(f"The weights are in {out}; fit the reader on them: dossier eval train reader {data}")


@train.command()
def reader(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="The file that the coefficients go to.")] = READER,
    weights: Annotated[Path, typer.Option("--encoder", help="The folder of the cross-encoder's weights.")] = WEIGHTS,
) -> None:
    """Calibrate the reader over its cross-encoder, and print what it reaches on articles that it never saw."""
    with reported():
        from eval.atomic import write_whole
        from eval.training.material import read_material
        from eval.training.models import packaged_embedder
        from eval.training.reader import fit_reader
        from eval.training.remembering import RememberingEmbedder, RememberingEncoder
        from service.crossencoder import OnnxCrossEncoder

        embedder = RememberingEmbedder(packaged_embedder())
        scorer = RememberingEncoder(OnnxCrossEncoder(weights))
        rgb = data / "rgb" / "en_fact.json"
        write_whole(out, fit_reader(read_material(data), embedder, scorer, rgb, typer.echo))


@train.command()
def verifier(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="The file that the coefficients go to.")] = VERIFIER,
) -> None:
    """Fit the verifier's score of support, and print what it reaches on pages and sets that it never saw."""
    with reported():
        from eval.atomic import write_whole
        from eval.training.verifier import fit_verifier

        write_whole(out, fit_verifier(data, typer.echo))
