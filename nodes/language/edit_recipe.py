"""EditRecipe: a recipe with single parts changed."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

import msgspec

from patchbay import Context, InputError, Number, Recipe, Text, node

from .lexicon.choices import Ambience, Instrument, Mode, Mood, Tonic
from .sheet import card, sheet

_SLOWEST_BPM = 40


@node(category="language/plan", resource="inline")
def edit_recipe(  # noqa: PLR0913, PLR0917  # one for each socket
    ctx: Context,
    recipe: Recipe,
    bpm: Annotated[float, Number(0, 200, 1, unit="bpm")] = 0.0,
    tonic: Literal["keep", Tonic] = "keep",
    mode: Literal["keep", Mode] = "keep",
    mood: Literal["keep", Mood] = "keep",
    ambience: Literal["keep", Ambience] = "keep",
    swing: Annotated[float, Number(-1, 1, 0.05)] = -1.0,
    instruments: str = "",
    title: str = "",
    prompt: Annotated[str, Text(multiline=True)] = "",
) -> Recipe:
    """Changes single parts of a recipe and keeps the others.

    recipe: the plan of a piece.
    bpm: tempo in beats a minute, 40 to 200; 0 keeps it.
    tonic: the note that the key is named after.
    mode: major, minor, or one of their relatives.
    mood: what decides on brightness, room and touch.
    ambience: what AmbienceMix lays under the music.
    swing: 0 straight to 1 full triplet swing; -1 keeps it.
    instruments: names with commas between, such as "piano, bass, drums"; empty keeps them.
    title: empty keeps it.
    prompt: the piece in words, for engines that take text; empty keeps it.
    """
    chosen = {"tonic": tonic, "mode": mode, "mood": mood, "ambience": ambience}
    changes: dict[str, Any] = {name: word for name, word in chosen.items() if word != "keep"}
    if bpm:
        changes["bpm"] = _tempo(bpm)
    if swing >= 0:
        changes["swing"] = swing
    if instruments.strip():
        changes["instruments"] = _band(instruments)
    changes |= {name: text for name, text in (("title", title), ("prompt", prompt)) if text.strip()}
    edited = _checked({**msgspec.to_builtins(recipe), **changes})
    ctx.show("recipe", card(edited))
    ctx.show("text", sheet(edited))
    return edited


def _tempo(bpm: float) -> float:
    if bpm < _SLOWEST_BPM:
        raise InputError(f"tempo {bpm:g} bpm: set 40 to 200, or 0 to keep it", input="bpm")
    return bpm


def _band(text: str) -> list[str]:
    known = get_args(Instrument)
    names = list(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"choose among {', '.join(known)}"
            raise InputError(f"instrument {name!r} is not known: {hint}", input="instruments")
    return names


def _checked(fields: dict[str, Any]) -> Recipe:
    try:
        return msgspec.convert(fields, Recipe)
    except msgspec.ValidationError as error:
        raise InputError(f"the recipe would not be right: {str(error).lower()}") from error
