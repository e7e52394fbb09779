"""PreviewAudio: a sound to listen to, kept in no folder of yours."""

from __future__ import annotations

from patchbay import Audio, Context, SoFar, node

from .contents import filled
from .measures import measured
from .writing import planned, write


@node(category="audio/file", sink=True)
def preview_audio(ctx: Context, audio: Audio) -> None:
    """Plays a sound in the editor. The file lies in the temporary folder and may vanish.

    audio: the sound; above full scale it is turned down as a whole, never clipped.
    """
    plan = planned(filled(audio), "flac", 16)
    ctx.progress(0, plan.audio.frames, SoFar(plan.audio.samples, plan.audio.rate_hz))
    with ctx.saving("preview", ".flac", "audio", "temp") as path:
        write(path, plan, 0, ctx.progress)
    for note in plan.notes:
        ctx.say(note)
    ctx.show("facts", measured(plan.audio, ctx.progress).louder(plan.gain_db).facts())
