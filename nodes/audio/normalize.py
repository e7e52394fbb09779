"""Normalize: brings a sound to a loudness, with its peaks under a ceiling."""

from __future__ import annotations

from math import isfinite
from typing import Annotated

from patchbay import Audio, Context, Number, node, sound

from .contents import amplified, filled


@node(category="audio/level")
def normalize(
    ctx: Context,
    audio: Audio,
    target_lufs: Annotated[float, Number(-60, 0, 0.5, unit="LUFS")] = -16.0,
    ceiling_db: Annotated[float, Number(-20, 0, 0.1, unit="dBTP")] = -1.0,
    limiting: bool = True,
) -> Audio:
    """Brings a whole sound to a loudness as listeners hear it (EBU R 128, ITU-R BS.1770).

    One gain for the whole sound, so that soft parts stay soft. Where peaks would pass the
    ceiling, a limiter holds them, or the whole is turned down instead. Silence stays as it is.

    audio: the sound.
    target_lufs: -23 for European television, -16 for podcasts and quiet music, -14 for streaming.
    ceiling_db: the highest the waveform may rise, between samples too; -1 survives MP3 and Opus.
    limiting: on, peaks are held and the loudness is reached; off, nothing is bent, and the sound
        may stay quieter than asked.
    """
    level = sound.loudness(filled(audio))
    if not isfinite(level):
        ctx.say("the sound is silent: nothing to normalize")
        return audio
    gain_db = target_lufs - level
    if not limiting:
        gain_db = min(gain_db, ceiling_db - sound.true_peak_db(audio))
    samples = amplified(audio, gain_db)
    result = Audio(samples, audio.rate_hz)
    held = sound.limited(result, ceiling_db, samples, ctx.progress) if limiting else result
    note = f"from {level:.1f} LUFS by {gain_db:+.1f} dB to {sound.loudness(held):.1f} LUFS"
    if held is not result:
        note += f"; peaks are held at {ceiling_db:g} dBTP"
    elif gain_db < target_lufs - level - 0.05:
        note += f"; more would pass {ceiling_db:g} dBTP"
    ctx.say(note)
    return held
