"""The rules of the house, held by the machine: who may import whom, how large things get, who may open a connection."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pipeline"
MODULES = sorted(PACKAGE.rglob("*.py"))

STAGES = frozenset({"sources", "speech", "translation", "press", "match", "case", "report", "exports"})
FOUNDATION = frozenset({"records", "errors", "settings", "digest", "__init__"})
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_PARAMETERS = 5
NETWORK = frozenset(
    {"socket", "urllib.request", "http.client", "httpx", "requests", "ssl", "ftplib", "aiohttp", "urllib3"}
)
SOLE_IMPORTERS = {"faster_whisper": "speech/recognise.py", "argostranslate": "translation/package.py"}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    """The part of the house that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_used(path: Path) -> set[str]:
    used = {name.split(".")[1] for name in imports(path) if name.startswith("pipeline.")}
    return {name for name in used if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()}


def test_stages_know_only_themselves_and_the_foundation() -> None:
    for path in MODULES:
        if room(path) in STAGES:
            foreign = rooms_used(path) - {room(path)} - FOUNDATION
            assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_the_foundation_imports_no_stage() -> None:
    for path in MODULES:
        if room(path) in FOUNDATION:
            assert rooms_used(path) <= FOUNDATION, path.relative_to(ROOT)


def test_only_the_command_line_imports_the_command_line() -> None:
    for path in MODULES:
        if room(path) not in ("cli", "__main__"):
            assert "cli" not in rooms_used(path), path.relative_to(ROOT)


def test_only_batch_composes_stages() -> None:
    for path in MODULES:
        if room(path) not in ("cli", "batch", "__main__"):
            assert "batch" not in rooms_used(path), path.relative_to(ROOT)


@pytest.mark.parametrize(("library", "importer"), SOLE_IMPORTERS.items())
def test_each_engine_has_one_importer(library: str, importer: str) -> None:
    users = {
        path.relative_to(PACKAGE).as_posix() for path in MODULES if library in {n.split(".")[0] for n in imports(path)}
    }
    assert users == {importer}


def test_only_weights_can_open_a_connection() -> None:
    for path in MODULES:
        if room(path) != "weights":
            names = set(imports(path)) - {"socket.gethostname"}
            allowed = (
                {"socket"} if path.relative_to(PACKAGE).as_posix() == "case/lock.py" else set()
            )  # for the host's name
            assert not (names & NETWORK) - allowed, path.relative_to(ROOT)


def test_only_the_command_line_prints_or_exits() -> None:
    for path in MODULES:
        if room(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "exit", "quit", "input"), f"{path.relative_to(ROOT)}:{node.lineno}"
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
                assert node.attr not in ("exit", "argv"), f"{path.relative_to(ROOT)}:{node.lineno}"


def test_modules_and_functions_stay_small() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= MAX_MODULE_LINES, path.relative_to(ROOT)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                place = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION_LINES, place
                if room(path) != "cli":  # click passes each option as a parameter
                    own = [a for a in (*node.args.args, *node.args.kwonlyargs) if a.arg not in ("self", "cls")]
                    assert len(own) <= MAX_PARAMETERS, place


def test_every_module_says_what_it_is() -> None:
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path.relative_to(ROOT)


def test_broad_excepts_stand_in_two_places_only() -> None:
    allowed = {"batch/guard.py", "cli/__init__.py"}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
                place = path.relative_to(PACKAGE).as_posix()
                assert not broad or place in allowed, f"{place}:{node.lineno}"


def test_help_loads_no_engine() -> None:
    heavy = ("numpy", "av", "faster_whisper", "ctranslate2", "onnxruntime", "lxml", "trafilatura", "pymorphy3", "rich")
    code = (
        "import sys\nfrom pipeline.cli import cli\n"
        "try: cli.main(['--help'], prog_name='voxquote')\nexcept SystemExit: pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


def test_the_lock_holds_hashes_and_no_address() -> None:
    for path in (ROOT / ".install").glob("*.lock"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        for entry in text.replace("\\\n", " ").splitlines():
            assert not entry.strip() or "--hash=sha256:" in entry, f"{path.name}: {entry[:60]}"


@pytest.mark.parametrize("absent", ["torch", "stanza", "spacy", "nvidia", "triton"])
def test_the_lock_leaves_out_what_is_never_imported(absent: str) -> None:
    for path in (ROOT / ".install").glob("*.lock"):
        assert not any(line.startswith(absent) for line in path.read_text(encoding="utf-8").splitlines())
