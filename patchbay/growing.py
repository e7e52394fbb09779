"""Sound that is still being made, for whoever wants to see and hear it before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from patchbay.errors import MediaError
from patchbay.media import MAX_CHANNELS, Samples


@dataclass(frozen=True, slots=True, eq=False)
class SoFar:
    """A stretch of a sound in the making, to give to `ctx.progress`: `samples` float32
    (channels, frames), full scale ±1.0, that begin `start_seconds` into the sound.

    Give a view of the array that you fill: nothing is copied, and what was shown may still
    change. A stretch takes the place of all that was shown from its start on, so that a node may
    show everything from the beginning, or only what is new. Raises MediaError.
    """

    samples: Samples
    rate_hz: int
    start_seconds: float = 0.0

    def __post_init__(self) -> None:
        found = self.samples
        if found.ndim != 2 or found.dtype != np.float32 or not 1 <= len(found) <= MAX_CHANNELS:
            raise MediaError(
                f"samples {found.dtype} of shape {found.shape}: give float32 (channels, frames)"
            )
        if self.rate_hz < 1 or not (isfinite(self.start_seconds) and self.start_seconds >= 0):
            raise MediaError(
                f"{self.rate_hz} Hz from {self.start_seconds} s: set rate_hz to 8000 or more, and "
                "start_seconds to 0 or more"
            )
