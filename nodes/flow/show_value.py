"""ShowValue: lets one see a value."""

from __future__ import annotations

from typing import Any

import msgspec

from patchbay import Audio, Context, Image, node


@node(category="flow", sink=True, resource="inline", aliases=("PreviewAny",))
def show_value(value: Any, ctx: Context) -> Any:
    """Shows a value as text and passes it on.

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
    ctx.show("text", text)
    return value
