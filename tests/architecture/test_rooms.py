from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.commands import ROOT
from tests.rooms import telling

ROOMS = ("ingest", "service", "eval")
HOMES = {
    "torch": ("eval/training/",),
    "transformers": ("eval/training/",),
    "sentence_transformers": ("ingest/embedding.py", "ingest/export.py", "service/named_reader.py"),
    "langchain_openai": (),
}
"""Where each framework may be imported; import-linter keeps the others in their rooms."""
SLOW = ("torch", "transformers", "sentence_transformers", "langchain_openai", "scipy")


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


SOURCES = dict(sources())


def imported(tree: ast.Module) -> set[str]:
    """The top packages that a module imports, wherever it does."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def reads_environment(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        named = {node.attr} if isinstance(node, ast.Attribute) else set()
        if isinstance(node, ast.ImportFrom) and node.module in {"os", "pydantic_settings"}:
            named = {alias.name for alias in node.names}
        if named & {"environ", "environb", "getenv", "getenvb", "BaseSettings"}:
            return True
    return False


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 50


@pytest.mark.parametrize("framework", HOMES)
def test_a_framework_stays_in_its_room(framework: str) -> None:
    outside = [
        name for name, tree in SOURCES.items() if framework in imported(tree) and not name.startswith(HOMES[framework])
    ]
    assert outside == []


def test_only_settings_read_the_environment() -> None:
    readers = {name for name, tree in SOURCES.items() if reads_environment(tree)}
    # The peers' libraries are told by it, and by nothing else, to keep to this machine.
    telling = {"eval/bench/peers/loading.py"}
    assert readers - telling == {"ingest/settings.py", "service/settings.py"}


def test_packages_export_nothing_at_their_top() -> None:
    """What is public is a module, named where it is imported."""
    for room in ROOMS:
        (docstring,) = SOURCES[f"{room}/__init__.py"].body
        assert isinstance(docstring, ast.Expr)


def test_every_public_part_says_what_it_is() -> None:
    silent = []
    for name, tree in SOURCES.items():
        if not ast.get_docstring(tree):
            silent.append(name)
        public = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
        silent += [f"{name}:{node.name}" for node in public if node.name[0] != "_" and not ast.get_docstring(node)]
    assert silent == []


def test_the_commands_are_these() -> None:
    commands = {entry.name: entry for entry in entry_points(group="dossier.commands")}
    assert set(commands) == {
        "ingest",
        "articles",
        "check",
        "rebuild",
        "ask",
        "chat",
        "serve",
        "mcp",
        "keys",
        "slack",
        "eval",
        "bench",
    }
    for entry in commands.values():
        assert callable(entry.load())
    (script,) = (entry for entry in entry_points(group="console_scripts") if entry.name == "dossier")
    assert script.value == "service.cli:main"


IMPORT_ALL = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def run(code: str, *arguments: str | Path) -> set[str]:
    """The modules that are loaded at the end of a program, which prints them last."""
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_builds_nothing_and_loads_nothing_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "DOSSIER_DATA", "DOSSIER_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    names = [
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name in SOURCES
        if name.startswith(("ingest/", "service/")) and "/migrations/" not in name
    ]
    loaded = run(IMPORT_ALL, *names)
    assert set(names) <= loaded
    assert sorted(loaded & set(SLOW)) == []
    assert list(tmp_path.iterdir()) == []


ASK = """
import json, sys
from service.cli import main
sys.argv = ["dossier", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(json.dumps(sorted(sys.modules)))
"""


SERVICE = """
import json, sys
from pathlib import Path
from ingest.settings import IngestSettings
from service.serving import open_server
from service.settings import ServiceSettings
import socket
listener = socket.create_server(("127.0.0.1", 0))
with open_server(IngestSettings(data=Path(sys.argv[1])), ServiceSettings(llm="none"), listener, lambda _: None):
    print(json.dumps(sorted(sys.modules)))
"""


def test_a_service_is_ready_before_it_loads_what_a_few_ask_for(tmp_path: Path) -> None:
    loaded = run(SERVICE, tmp_path / "data")
    assert "service.http.mcp.route" in loaded
    assert sorted(loaded & {*SLOW, "mcp", "mcp_types", "slack_bolt", "slack_sdk", "langchain_core"}) == []


def test_asking_for_quotes_loads_nothing_slow(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Tashkent left the treaty because it prefers ties of its own. {telling(1)}")
    run(ASK, "ingest", tmp_path / "a.txt", "--data", tmp_path / "data")
    question = "Why did Tashkent leave the treaty?"
    loaded = run(ASK, "ask", question, "--mode", "quoted", "--data", tmp_path / "data")
    assert "service.chain" in loaded
    assert sorted(loaded & {*SLOW, "mcp", "langchain_core"}) == []
