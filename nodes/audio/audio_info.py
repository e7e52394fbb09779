"""AudioInfo: measures a sound."""

from __future__ import annotations

from typing import NamedTuple

from patchbay import Audio, Context, node

from .contents import filled
from .measures import measured

# Where meters stop: the gate of BS.1770 and the noise of 20 bits.
_LOWEST_LUFS = -70.0
_LOWEST_PEAK_DB = -120.0


class AudioFacts(NamedTuple):
    """What was measured.

    loudness_lufs: integrated loudness (ITU-R BS.1770-4); -70 for silence.
    true_peak_db: highest point of the waveform in dBTP; -120 for silence.
    seconds: length.
    rate_hz: samples a second.
    channels: how many there are.
    """

    loudness_lufs: float
    true_peak_db: float
    seconds: float
    rate_hz: int
    channels: int


@node(category="audio/measure", sink=True)
def audio_info(ctx: Context, audio: Audio) -> AudioFacts:
    """Measures a sound: how loud listeners hear it, its highest peak, its length.

    audio: the sound.
    """
    found = measured(filled(audio), ctx.progress)
    ctx.show("facts", found.facts())
    return AudioFacts(
        max(found.loudness_lufs, _LOWEST_LUFS),
        max(found.true_peak_db, _LOWEST_PEAK_DB),
        found.seconds,
        found.rate_hz,
        found.channels,
    )
