"""What several nodes ask of a sound before they work on it."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay import Audio, Context, InputError, sound


def filled(audio: Audio, name: str = "audio") -> Audio:
    """The sound itself. Raises InputError when it has no frames."""
    if not audio.frames:
        raise InputError(
            f"input {name!r} is empty (0 frames): give it a sound that lasts, or check the node "
            "before it",
            input=name,
        )
    return audio


def alike(sounds: Sequence[Audio], ctx: Context) -> list[Audio]:
    """The sounds at the highest rate among them, with the most channels; says what it changed."""
    tell_alike(sounds, ctx)
    rate_hz = max(audio.rate_hz for audio in sounds)
    channels = max(audio.channels for audio in sounds)
    return [sound.with_channels(sound.resampled(audio, rate_hz), channels) for audio in sounds]


def tell_alike(sounds: Sequence[Audio], ctx: Context) -> None:
    """Says which rates and numbers of channels become one when these sounds are put together."""
    rates = sorted({audio.rate_hz for audio in sounds})
    if len(rates) > 1:
        lower = ", ".join(str(rate) for rate in rates[:-1])
        ctx.say(f"resampled from {lower} Hz to {rates[-1]} Hz, the highest rate")
    counts = sorted({audio.channels for audio in sounds})
    if len(counts) > 1:
        fewer = ", ".join(str(count) for count in counts[:-1])
        ctx.say(f"brought from {fewer} to {counts[-1]} channels, the most there are")
