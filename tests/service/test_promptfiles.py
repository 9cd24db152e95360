from __future__ import annotations

from pathlib import Path

from service.promptfiles import HASH_DIGITS, prompts_hash


def test_the_hash_follows_every_prompt_and_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one")
    first = prompts_hash(tmp_path)
    (tmp_path / "notes.txt").write_text("no prompt")
    assert prompts_hash(tmp_path) == first
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    renamed = prompts_hash(tmp_path)
    (tmp_path / "b.md").write_text("two")
    changed = prompts_hash(tmp_path)
    (tmp_path / "a.md").write_text("one")
    assert len({first, renamed, changed, prompts_hash(tmp_path)}) == 4


def test_the_installed_prompts_have_one() -> None:
    assert len(prompts_hash()) == HASH_DIGITS
    assert prompts_hash() == prompts_hash()
