"""Channels: mono, stereo and surround from each other."""

from __future__ import annotations

from typing import Literal

from patchbay import Audio, Context, node, sound

from .contents import filled

Layout = Literal["mono", "stereo", "3.0", "4.0", "5.0", "5.1", "6.1", "7.1", "left", "right"]
_COUNTS = {
    "mono": 1, "stereo": 2, "3.0": 3, "4.0": 4, "5.0": 5, "5.1": 6, "6.1": 7, "7.1": 8,
}  # fmt: skip


@node(category="audio/format")
def channels(ctx: Context, audio: Audio, layout: Layout = "stereo") -> Audio:
    """Brings a sound to another number of channels.

    Mono to more: a copy in each. To mono: the average. Surround to stereo: centre and sides are
    folded in at -3 dB, as broadcasters do (ITU-R BS.775), and the low-frequency channel is left
    out. A channel that is new is silent. A fold can pass full scale; the note says so.

    audio: the sound.
    layout: mono, stereo or surround; left and right keep that channel alone, as mono.
    """
    filled(audio)
    if layout in ("left", "right"):
        index = min(audio.channels - 1, 1 if layout == "right" else 0)
        return Audio(audio.samples[index : index + 1], audio.rate_hz)
    result = sound.with_channels(audio, _COUNTS[layout])
    if result.peak > 1 >= audio.peak:
        ctx.say("the fold passes full scale: put Gain or Normalize behind it")
    return result
