"""The cast: which instrument of a recipe has which duty, and who plays at which energy."""

from __future__ import annotations

from dataclasses import dataclass

from .notes import Measure

_CHORDAL = ("electric piano", "piano", "guitar")
_SUSTAINED = ("soft pad", "strings")
_SOLO = ("vibraphone", "flute", "music box", "synth lead")
_ROLLED = ("vibraphone", "music box", "synth lead")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in one bar. Empty text or tuple: nobody.

    `chords` carries the harmony, `colours` answer it, `pads` hold it, `lead` has the melody.
    """

    chords: str
    colours: tuple[str, ...]
    pads: tuple[str, ...]
    lead: str
    bass: bool
    drums: bool


def cast(measure: Measure) -> Cast:
    """The players of a bar: more with more energy, never none, each named one somewhere."""
    named = tuple(dict.fromkeys(measure.recipe.instruments))
    chordal = tuple(name for name in named if name in _CHORDAL)
    pads = tuple(name for name in named if name in _SUSTAINED)
    solo = tuple(name for name in named if name in _SOLO)
    turned = _turned(measure, chordal)
    chords, colours = (turned[0], turned[1:]) if turned else ("", ())
    if not chords and not pads:
        chords = next((name for name in solo if name in _ROLLED), "")
    energy = measure.energy
    needed = not chords and not pads
    return Cast(
        chords=chords,
        colours=colours if energy >= 0.4 else (),
        pads=pads if energy >= 0.15 or not chords else (),
        lead=_lead(measure, solo, turned, pads) if energy >= 0.3 or needed else "",
        bass="bass" in named and (energy >= 0.25 or (needed and not solo)),
        drums="drums" in named and (energy >= 0.3 or (needed and not solo)),
    )


def _turned(measure: Measure, chordal: tuple[str, ...]) -> tuple[str, ...]:
    """The chord players of a section: choruses and bridges hand the duty on to the next."""
    if len(chordal) < 2:
        return chordal
    first = int(measure.place.section.name in ("chorus", "bridge"))
    return chordal[first:] + chordal[:first]


def _lead(
    measure: Measure, solo: tuple[str, ...], chordal: tuple[str, ...], pads: tuple[str, ...]
) -> str:
    """Who has the melody in this phrase: soloists in turn, else a chord player, else the pads."""
    players = solo or chordal[1:] or chordal or pads
    if not players:
        return ""
    turn = measure.place.occurrence + measure.place.bar // 2
    return players[turn % len(players)]
