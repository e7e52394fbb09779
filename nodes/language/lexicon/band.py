"""Who plays: the instruments a text names, completed from the style; and the sound of the place."""

from __future__ import annotations

from .choices import Ambience, Instrument
from .dice import Dice
from .reading import Hit, Reading
from .styles import Style

# Of these one usually carries the chords; naming one sends the style's own home.
_CHORDS: tuple[Instrument, ...] = ("electric piano", "piano", "guitar", "vibraphone", "music box")
_RHYTHM: tuple[Instrument, ...] = ("bass", "drums")
_LAST_RESORT: tuple[Instrument, ...] = ("soft pad", "electric piano", "piano", "music box")
_MOST_PLAYERS = 7


def band_of(reading: Reading, style: Style, lively: bool, dice: Dice) -> tuple[Instrument, ...]:
    """One to seven instruments: those named first, nobody who was refused; drums if lively.

    "Only piano" and "solo piano" leave it at those named.
    """
    banned = {hit.concept.cues.instrument for hit in reading.unwanted}
    named = list(dict.fromkeys(
        player for hit in reading.wanted
        if (player := hit.concept.cues.instrument) and player not in banned
    ))[:_MOST_PLAYERS]  # fmt: skip
    if named and any(hit.alone for hit in reading.wanted):
        return tuple(named)
    own = [player for player in style.band if not _replaced(player, named)]
    if lively and "drums" not in own:
        own.append("drums")
    guests = [p for p in dice.shuffled("colours", style.colours) if not _replaced(p, named)]
    if not named:
        own, guests = _with_other_chords(own, guests, dice)
    tune = [player for player in named if player not in _RHYTHM]
    players = [p for p in dict.fromkeys([*tune, *own, *named]) if p not in banned]
    wished = 5 if dice.fraction("players") < 0.7 else 6 - 2 * (len(players) < 4)
    for guest in guests:
        if len(players) >= wished:
            break
        if guest not in banned and guest not in players:
            players.append(guest)
    spare = [player for player in _LAST_RESORT if player not in banned]
    return tuple(players[:_MOST_PLAYERS]) or tuple(spare[:1]) or ("soft pad",)


def _replaced(player: Instrument, named: list[Instrument]) -> bool:
    return player in _CHORDS and player not in named and any(one in _CHORDS for one in named)


def _with_other_chords(
    own: list[Instrument], guests: list[Instrument], dice: Dice
) -> tuple[list[Instrument], list[Instrument]]:
    """Now and then another instrument carries the chords, so that seeds do not sound alike."""
    others = [player for player in guests if player in ("piano", "guitar")]
    if "electric piano" not in own or not others or dice.fraction("chords") > 0.3:
        return own, guests
    stand_in = others[0]
    swapped: list[Instrument] = [
        stand_in if player == "electric piano" else player for player in own
    ]
    return swapped, [player for player in guests if player != stand_in]


def ambience_of(reading: Reading, style: Style, energetic: bool, dice: Dice) -> Ambience:
    """The place heard around the music: what is named, else hinted at, else vinyl or nothing."""
    refused = {hit.concept.cues.ambience for hit in reading.unwanted}
    if any(hit.concept.noun in ("noise", "silence") and hit.negated for hit in reading.hits):
        return "none"
    votes: dict[Ambience, float] = {}
    for hit in reading.wanted:
        place = hit.concept.cues.ambience
        if place and place not in refused:
            votes[place] = votes.get(place, 0.0) + _loudness(hit)
    if votes:
        return max(votes, key=lambda place: votes[place])
    quiet = "lofi" in style.words or "hip hop" in style.words or "jazz" in style.words
    crackle = 0.6 if quiet and not energetic else 0.0
    return "vinyl" if dice.fraction("vinyl") < crackle and "vinyl" not in refused else "none"


def _loudness(hit: Hit) -> float:
    return 3.0 if hit.concept.cues.certain else 1.0
