"""Loudness, peak and length of a sound, as numbers and in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

from patchbay import Audio, sound


@dataclass(frozen=True, slots=True)
class Measures:
    """Integrated loudness in LUFS and true peak in dBTP; both -inf for silence."""

    loudness_lufs: float
    true_peak_db: float
    seconds: float
    rate_hz: int
    channels: int

    def louder(self, gain_db: float) -> Measures:
        """What the same sound measures after this gain."""
        return replace(
            self,
            loudness_lufs=self.loudness_lufs + gain_db,
            true_peak_db=self.true_peak_db + gain_db,
        )

    def facts(self) -> dict[str, float | int | None]:
        """Rounded for reading; None stands for silence, as JSON has no infinity."""
        return {
            "loudness_lufs": _rounded(self.loudness_lufs),
            "true_peak_dbtp": _rounded(self.true_peak_db),
            "seconds": round(self.seconds, 3),
            "rate_hz": self.rate_hz,
            "channels": self.channels,
        }


def measured(audio: Audio, progress: Callable[[int, int], None]) -> Measures:
    """The sound measured after ITU-R BS.1770-4. `progress` may raise to stop."""
    return Measures(
        sound.loudness(audio),
        sound.true_peak_db(audio, progress),
        audio.seconds,
        audio.rate_hz,
        audio.channels,
    )


def _rounded(value: float) -> float | None:
    return round(value, 1) if isfinite(value) else None
