"""ShowValue: lets one see a value."""

from __future__ import annotations

from typing import Any

import msgspec

from patchbay import Audio, Context, Image, node

_MOST_CHARACTERS = 100_000  # what is shown is sent to every client, and kept with the job


@node(category="flow", sink=True, resource="inline", aliases=("PreviewAny",))
def show_value(value: Any, ctx: Context) -> Any:
    """Shows a value as text and passes it on.

    Of a long text the first 100,000 characters are shown; all of it is passed on.

    value: anything; of sound and pictures the measures are shown.
    """
    if isinstance(value, Audio):
        channels = "1 channel" if value.channels == 1 else f"{value.channels} channels"
        text = f"{value.seconds:.3f} s, {channels}, {value.rate_hz} Hz"
    elif isinstance(value, Image):
        count, height, width, _ = value.pixels.shape
        text = f"{count} × {width} × {height} pixels"
    elif isinstance(value, str):
        text = value
    else:
        text = msgspec.json.format(msgspec.json.encode(value, enc_hook=repr)).decode()
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]}… ({len(text)} characters in all)"
    ctx.show("text", text)
    return value
