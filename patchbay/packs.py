"""Finding packs, loading their nodes, and saying what is wrong with them, file by file."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from patchbay import digest
from patchbay.errors import PackError, SignatureError
from patchbay.node import declared
from patchbay.signature import spec_of
from patchbay.types import NodeSpec, Problem

# Packs live under a name of their own in sys.modules, so that none can shadow an installed
# library or one of ours.
_ROOT = "patchbay_packs"
# Where a pack's package notes the digest of the files that it was imported from.
_TEXT = "__patchbay_text__"


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder of nodes: those that could be loaded, and what kept the others from it."""

    name: str
    folder: Path
    specs: tuple[NodeSpec, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All nodes that are at hand. `specs` also finds a node by its former names."""

    packs: tuple[Pack, ...]
    specs: Mapping[str, NodeSpec]
    problems: tuple[Problem, ...]

    def named(self, pack: str, node: str) -> NodeSpec:
        """The spec that a call means."""
        return self.specs[node]

    @property
    def nodes(self) -> list[NodeSpec]:
        """Every node once, by category and name."""
        unique = {spec.name: spec for spec in self.specs.values()}
        return sorted(unique.values(), key=lambda spec: (spec.category, spec.name))


def shipped(name: str) -> Path:
    """A folder that comes with Patchbay: `nodes` or `workflows`, installed or in a checkout."""
    installed = Path(__file__).parent / "builtin" / name
    return installed if installed.is_dir() else Path(__file__).parent.parent / name


def load_all(folders: Iterable[Path] = ()) -> Catalogue:
    """The packs that come with Patchbay, then each of `folders` as a pack of its own.

    A mistake in one file is listed and costs only the nodes of that file.
    """
    builtin = shipped("nodes")
    paths = sorted(p for p in builtin.iterdir() if p.is_dir() and p.name[0] not in "._")
    packs = [load(path) for path in [*paths, *folders]]
    specs: dict[str, NodeSpec] = {}
    problems = [problem for pack in packs for problem in pack.problems]
    for pack in packs:
        for spec in pack.specs:
            if spec.name in specs:
                problems.append(_duplicate(spec, specs[spec.name]))
            else:
                specs[spec.name] = spec
    for spec in list(specs.values()):
        for alias in spec.aliases:
            specs.setdefault(alias, spec)
    return Catalogue(tuple(packs), specs, tuple(problems))


def load(folder: Path) -> Pack:
    """The nodes in a folder: those of each `.py` file at its top whose name begins with a letter.

    Its files may import each other relatively. Raises PackError when there is no such folder.
    """
    if not folder.is_dir():
        raise PackError(f"pack {folder}: there is no such folder")
    folder = folder.resolve()
    name = folder.name
    parent = _package(name, folder)
    sources = Sources(folder)
    _forget_if_changed(parent, sources.text_of_all())
    specs: list[NodeSpec] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.py")):
        if path.stem[0].isalpha() and not path.stem.startswith("test_"):
            found, wrong = _load_file(parent, path, name, sources)
            specs += found
            problems += wrong
    return Pack(name, folder, tuple(specs), tuple(problems))


def _load_file(
    parent: str, path: Path, pack: str, sources: Sources
) -> tuple[list[NodeSpec], list[Problem]]:
    try:
        module = importlib.import_module(f"{parent}.{path.stem}")
    except (Exception, SystemExit) as error:  # whatever a stranger's file does when imported
        return [], [_import_problem(error, path)]
    specs: list[NodeSpec] = []
    problems: list[Problem] = []
    found = {id(d): d for thing in vars(module).values() if (d := declared(thing)) is not None}
    for declaration in found.values():
        if getattr(declaration.function, "__module__", "") != module.__name__:
            continue
        try:
            specs.append(spec_of(declaration, pack, sources.version(path)))
        except SignatureError as error:
            message = error.message if error.details else f"{path}: {error.message}"
            details = error.details or {"file": str(path), "line": 0}
            problems.append(Problem(error.code, message, details=details))
    return specs, problems


@dataclass
class Sources:
    """The sources of a pack, to tell when a node's code has changed."""

    folder: Path
    _texts: dict[Path, str] = field(default_factory=dict)
    _imports: dict[Path, frozenset[Path]] = field(default_factory=dict)

    def text_of_all(self) -> str:
        """The digest of every Python file in the folder."""
        texts: list[str] = []
        for path in sorted(self.folder.rglob("*.py")):
            texts += (path.relative_to(self.folder).as_posix(), self._text(path))
        return digest.of_text(*texts)

    def version(self, path: Path) -> str:
        """The digest of a file and of all files of the pack that it imports, directly or not."""
        seen: set[Path] = set()
        pending = [path]
        while pending:
            here = pending.pop()
            if here not in seen:
                seen.add(here)
                pending += self._imported(here)
        ordered = sorted(seen, key=lambda p: p.relative_to(self.folder).as_posix())
        texts: list[str] = []
        for file in ordered:
            texts += (file.relative_to(self.folder).as_posix(), self._text(file))
        return digest.of_text(*texts)

    def _text(self, path: Path) -> str:
        if path not in self._texts:
            self._texts[path] = path.read_text(encoding="utf-8", errors="replace")
        return self._texts[path]

    def _imported(self, path: Path) -> frozenset[Path]:
        if path not in self._imports:
            found: set[Path] = set()
            try:
                tree = ast.parse(self._text(path))
            except SyntaxError:  # it imports nothing; its text is part of the version anyway
                tree = ast.Module([], [])
            for statement in ast.walk(tree):
                if isinstance(statement, ast.ImportFrom) and statement.level:
                    found |= self._files_of(path, statement)
            self._imports[path] = frozenset(found)
        return self._imports[path]

    def _files_of(self, path: Path, statement: ast.ImportFrom) -> set[Path]:
        base = path.parent
        for _ in range(statement.level - 1):
            base = base.parent
        candidates = [base / "__init__.py"]
        for part in (statement.module or "").split("."):
            base = base / part  # each folder on the way is imported too
            candidates += (base.with_suffix(".py"), base / "__init__.py")
        for alias in statement.names:
            candidates += (base / f"{alias.name}.py", base / alias.name / "__init__.py")
        return {c for c in candidates if c.is_file() and c.is_relative_to(self.folder)}


def _package(name: str, folder: Path) -> str:
    """A package for the pack in sys.modules; the name tells folders of one name apart."""
    if _ROOT not in sys.modules:
        root = ModuleType(_ROOT)
        root.__path__ = []
        sys.modules[_ROOT] = root
    safe = "".join(letter if letter.isalnum() else "_" for letter in name)
    full = f"{_ROOT}.{safe}_{digest.of_text(str(folder))[:8]}"
    if full not in sys.modules:
        package = ModuleType(full)
        package.__path__ = [str(folder)]
        sys.modules[full] = package
    return full


def _forget_if_changed(parent: str, text: str) -> None:
    """Drops what was imported from a folder before if any of its files has changed since."""
    package = sys.modules[parent]
    if getattr(package, _TEXT, text) != text:
        importlib.invalidate_caches()
        for name in [name for name in sys.modules if name.startswith(f"{parent}.")]:
            del sys.modules[name]
    setattr(package, _TEXT, text)


def _import_problem(error: BaseException, path: Path) -> Problem:
    line = 0
    if isinstance(error, SyntaxError) and error.filename:
        line, path = error.lineno or 0, Path(error.filename)
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(path.parent):
                line, path = frame.lineno or 0, Path(frame.filename)
    what = error.msg if isinstance(error, SyntaxError) else str(error)
    message = f"{path}:{line}: {type(error).__name__}: {what}"
    return Problem(PackError.code, message, details={"file": str(path), "line": line})


def _duplicate(second: NodeSpec, first: NodeSpec) -> Problem:
    return Problem(
        PackError.code,
        f"{second.file}:{second.line}: node {second.name} is already defined in "
        f"{first.file}:{first.line}: give it another name",
        details={"file": second.file, "line": second.line},
    )
