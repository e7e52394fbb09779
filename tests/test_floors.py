"""The rules of the house, read from the sources: who may import whom."""

from __future__ import annotations

import ast
import graphlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import patchbay
from patchbay import errors
from patchbay.errors import PatchbayError

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "patchbay"

# ARCHITECTURE.md, section 1. A name covers the modules below it; the longest that fits counts.
FLOORS: list[set[str]] = [
    {"types", "media", "errors", "events", "growing", "recipe"},
    {
        "context", "digest", "graph", "hints", "literals", "mapping", "node", "schedule",
        "signature",
        "names", "sound", "channels", "chunks", "joins", "loudness", "peaks",
        "circles", "links", "reader", "wording",
    },
    # "" is patchbay/__init__.py, the authors' door.
    {
        "", "addresses", "codecs", "downloads", "executor", "files", "live", "models", "records",
        "store", "tags",
    },
    {
        "estimates", "evaluate", "explain", "inputs", "lineage", "packs", "parts", "run", "telling",
        "unfold", "upkeep",
    },
    {
        "documents", "dry", "flatten", "jobs", "layout", "litegraph", "probe", "thumbnails",
        "waveform", "workflow",
    },
    {"api", "comfy"},
    {"__main__", "assemble", "cli", "commands", "configuration", "display", "hosting", "layers"},
]  # fmt: skip
HEAVY = {
    "av", "diffusers", "librosa", "networkx", "ray", "scipy", "soundfile", "soxr", "torch",
    "torchaudio", "transformers",
}  # fmt: skip
FIRST_FLOORS = range(5)


def modules() -> dict[str, Path]:
    """Every module of the engine by its name below `patchbay`."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "builtin" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()
TREES = {name: ast.parse(path.read_text()) for name, path in MODULES.items()}


def floor_of(module: str) -> int | None:
    """The floor of a module; None if it has none yet."""
    while module not in set().union(*FLOORS):
        if "." not in module:
            return None
        module = module.rpartition(".")[0]
    return next(number for number, names in enumerate(FLOORS) if module in names)


def imported(module: str, nodes: Iterator[ast.AST]) -> set[str]:
    """The full names that these statements import."""
    names: set[str] = set()
    here = ("patchbay." + module).rstrip(".").split(".")
    if MODULES[module].name != "__init__.py":
        here.pop()
    for node in nodes:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*here[: len(here) - node.level + 1], *filter(None, [base])])
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return names


def own(names: set[str]) -> set[str]:
    """Those of the engine's modules that these names mean."""
    found = set()
    for name in names:
        if name.split(".")[0] == "patchbay":
            short = name.partition(".")[2]
            found.add(short if short in MODULES else short.rpartition(".")[0])
    return found


def at_top(tree: ast.Module) -> Iterator[ast.AST]:
    """The statements that run on import, except those for type checkers only."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        pending += ast.iter_child_nodes(node)


def in_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Everything inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for statement in node.body:
                yield from ast.walk(statement)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_module_has_a_floor(module: str) -> None:
    assert floor_of(module) is not None, f"say in FLOORS where {module} belongs"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_go_down(module: str) -> None:
    floor = floor_of(module) or 0
    for name in own(imported(module, ast.walk(TREES[module]))):
        assert (floor_of(name) or 0) <= floor, f"{module} imports {name} from a floor above"


def test_no_imports_go_in_a_circle() -> None:
    sorter = graphlib.TopologicalSorter(
        {
            module: own(imported(module, ast.walk(tree))) - {module, module.rpartition(".")[0]}
            for module, tree in TREES.items()
        }
    )
    sorter.prepare()  # raises CycleError with the path


@pytest.mark.parametrize("module", sorted(MODULES))
def test_own_modules_are_imported_at_the_top(module: str) -> None:
    inside = own(imported(module, in_functions(TREES[module])))
    assert not inside, f"{module} imports {inside} inside a function: move the shared part down"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_heavy_libraries_are_imported_where_they_are_used(module: str) -> None:
    first = {name.split(".")[0] for name in imported(module, at_top(TREES[module]))}
    assert not first & HEAVY


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_engine_knows_neither_its_packs_nor_its_server(module: str) -> None:
    first = {name.split(".")[0] for name in imported(module, ast.walk(TREES[module]))}
    assert not first & {"nodes", "server", "tests", "web"}


@pytest.mark.parametrize("module", sorted(m for m in MODULES if floor_of(m) in FIRST_FLOORS))
def test_the_first_five_floors_know_no_web_server_and_no_comfyui(module: str) -> None:
    names = imported(module, ast.walk(TREES[module]))
    parts = {part.lower() for name in names for part in name.split(".")}
    assert not parts & {"aiohttp", "comfy", "comfyui", "folder_paths", "api"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "nodes").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_built_in_packs_come_in_by_the_authors_door(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            if node.module.split(".")[0] == "patchbay":
                assert node.module == "patchbay", f"{node.module}: import it from patchbay"
                names = {alias.name for alias in node.names} - {"__version__"}
                assert names <= set(patchbay.__all__), names - set(patchbay.__all__)
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("patchbay.") for alias in node.names)
    top = {
        name.split(".")[0]
        for node in at_top(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""] * (not node.level)
        )
    }
    assert not top & HEAVY


def test_all_that_the_authors_door_promises_is_there() -> None:
    assert sorted(patchbay.__all__, key=str.lower) == sorted(set(patchbay.__all__), key=str.lower)
    for name in patchbay.__all__:
        assert hasattr(patchbay, name)


def test_every_error_has_a_code_of_its_own() -> None:
    classes = [
        thing
        for _, thing in inspect.getmembers(errors, inspect.isclass)
        if issubclass(thing, PatchbayError)
    ]
    assert len(classes) > 15
    for class_ in classes:
        assert "code" in vars(class_), f"{class_.__name__} has the code of its parent"
    codes = [class_.code for class_ in classes]
    assert sorted(codes) == sorted(set(codes))


def test_every_error_is_of_the_one_family() -> None:
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
                assert module == "errors", f"{module}.{node.name}: move it to errors.py"


def test_importing_patchbay_pulls_in_nothing_heavy() -> None:
    program = (
        "import sys, patchbay\n"
        f"heavy = {HEAVY | {'sqlite3', 'asyncio', 'aiohttp', 'nodes', 'server'}!r}\n"
        "print(*sorted(heavy & {name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
