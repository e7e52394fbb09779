"""Nodes that make and use things which have no bytes, and things from the world outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from patchbay import AudioFile, Context, Engine, File, Recipe, Section, node

from ._notes import WORLD, note


class FakeModel:
    """Something that lives in memory only."""

    def __init__(self, name: str) -> None:
        self.name = name


@node(category="test", resource="cpu")
def load_model(name: str = "small") -> FakeModel:
    """Loads a model."""
    note("LoadModel", name)
    return FakeModel(name)


@node(category="test", resource="cpu")
def tune_model(model: FakeModel, amount: int = 1) -> FakeModel:
    """Makes another model from a model."""
    note("TuneModel", model.name, amount)
    return FakeModel(f"{model.name}+{amount}")


@node(category="test", resource="cpu")
def use_model(model: FakeModel, value: int = 0) -> str:
    """Uses a model."""
    note("UseModel", model.name, value)
    return f"{model.name} {value}"


@node(category="test", resource="inline", pure=False)
def dice() -> int:
    """Gives another number each time."""
    note("Dice")
    WORLD["dice"] = WORLD.get("dice", 0) + 1
    return int(WORLD["dice"])


@node(category="test", resource="inline", fingerprint=lambda place: WORLD.get(place, 0))
def weather(place: str) -> str:
    """Says what the weather is, which is not up to its inputs."""
    note("Weather", place)
    return f"{place}: {WORLD.get(place, 0)}"


def _letters(text: str) -> int:
    return len(text)


@node(category="test", resource="inline", fingerprint=_letters)
def watch(text: str) -> int:
    """Has a fingerprint that looks at a text."""
    note("Watch", len(text))
    return len(text)


@node(category="test", resource="inline")
def read_text(file: Annotated[Path, File((".txt",))]) -> str:
    """Reads a file."""
    note("ReadText", Path(file).name)
    return Path(file).read_text(encoding="utf-8")


@node(category="test", resource="inline")
def read_sound(file: AudioFile) -> str:
    """Says which sound file it was given."""
    note("ReadSound", file.name)
    return file.suffix


def _is_there() -> str | None:
    return None if WORLD.get("fast") else "it is not installed: pip install fast"


FAST = Engine("fast", "quick", lambda value: value * 100, "MIT", True, revision="2", find=_is_there)
SLOW = Engine("slow", "always here", lambda value: value * 10, "CC-BY-4.0", True)


@node(category="test", resource="inline", engines=(FAST, SLOW))
def multiply(value: int, engine: Engine) -> int:
    """Multiplies by what its engine likes."""
    note("Multiply", value, engine.name)
    return int(engine.run(value))


@node(category="test", resource="inline")
def make_recipe(title: str = "snow") -> Recipe:
    """Gives a recipe."""
    note("MakeRecipe", title)
    sections = (Section("verse", 4, 0.5),)
    return Recipe(title, "calm", 80, "C", "major", ("piano",), sections, "none", "")


@node(category="test", resource="inline")
def make_object(fields: dict[str, Any]) -> Any:
    """Gives an object as it is."""
    note("MakeObject")
    return fields


@node(category="test", resource="inline")
def kind_of(value: Any) -> str:
    """Names the Python type of what it is given."""
    note("KindOf", type(value).__name__)
    return type(value).__name__


@node(category="test", resource="inline")
def make_tuple() -> Any:
    """Gives a tuple, which comes back from the store as a list."""
    return (1, 2)


@node(category="test", resource="inline")
def list_engines(value: Any, ctx: Context) -> str:
    """Names the engines that had a part in what it was given."""
    names = [engine.name for engine in ctx.provenance.engines]
    note("ListEngines", *names)
    return " ".join(names)
