"""The room: a short, dark reverberation, and the way back up to the full sample rate."""

from __future__ import annotations

import numpy as np

from .modal import Wave
from .streams import stream

_PIECE = 1 << 13


def reverberated(send: Wave, seconds: float, rate: float) -> Wave:
    """The room's answer (2, frames) to a mono send (frames,); `seconds` to -60 dB.

    Worked out at half the rate, as the room swallows the treble anyway.
    """
    from scipy.signal import oaconvolve

    even = send.size // 2 * 2
    half = (send[0:even:2] + send[1:even:2]) * np.float32(0.5)
    answer = oaconvolve(half[None, :], _response(seconds, rate / 2.0), axes=1)
    answer = doubled(answer[:, : half.size].astype(np.float32, copy=False))
    return np.pad(answer, ((0, 0), (0, send.size - even)))


def _response(seconds: float, rate: float) -> Wave:
    """An impulse response (2, frames) of unit energy a side.

    Exponentially decaying noise, as J. A. Moorer proposed (About this reverberation business,
    1979), in two bands: the upper dies in a third of the time, as in a furnished room. 12 ms
    pass before it starts, and it swells for 15 ms, so that it stays behind the notes.
    """
    frames = int(0.8 * seconds * rate)
    time = np.arange(frames) / rate
    noise = stream(1979, "room").standard_normal((2, frames))
    spectrum = np.fft.rfft(noise, axis=1)
    frequency = np.fft.rfftfreq(frames, 1.0 / rate)
    # Nothing below 200 Hz: a room that booms is the quickest way to mud.
    audible = 1.0 / (1.0 + (200.0 / np.maximum(frequency, 1.0)) ** 4)
    upper = 1.0 / (1.0 + (1400.0 / np.maximum(frequency, 1.0)) ** 2)
    limit = 1.0 / (1.0 + (frequency / 4000.0) ** 4)
    bright = np.fft.irfft(spectrum * audible * upper * limit, frames, axis=1)
    dark = np.fft.irfft(spectrum * audible * (1.0 - upper), frames, axis=1)
    decay = -np.log(1000.0) * time / seconds
    response = dark * np.exp(decay) + bright * np.exp(3.0 * decay)
    response *= np.clip((time - 0.012) / 0.015, 0.0, 1.0)
    response /= np.sqrt(np.sum(response**2, axis=1, keepdims=True))
    return np.asarray(response, dtype=np.float32)


def doubled(bus: Wave) -> Wave:
    """A bus (2, frames) at twice its rate, (2, 2 * frames): every other frame interpolated.

    A windowed sinc half-band filter with 16 taps between the old frames, flat to about 0.8 of the
    old Nyquist frequency; its images there lie above the tape's low-pass anyway.
    """
    reach = 8
    offset = np.arange(reach) + 0.5
    taps = np.sinc(offset) * np.cos(np.pi * offset / (2.0 * reach)) ** 2
    taps = (taps / (2.0 * taps.sum())).astype(np.float32)
    frames = bus.shape[1]
    padded = np.pad(bus, ((0, 0), (reach - 1, reach)))
    wave = np.empty((2, 2 * frames), dtype=np.float32)
    wave[:, 0::2] = bus
    # In pieces that stay in the processor's cache, which halves the time.
    for first in range(0, frames, _PIECE):
        near = padded[:, first : first + _PIECE + 2 * reach - 1]
        count = near.shape[1] - 2 * reach + 1
        between = np.zeros((2, count), dtype=np.float32)
        for index, tap in enumerate(taps):
            before = near[:, reach - 1 - index : reach - 1 - index + count]
            between += tap * (before + near[:, reach + index : reach + index + count])
        wave[:, 2 * first + 1 : 2 * (first + count) : 2] = between
    return wave
