"""LoadAudio: a sound from a file."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, AudioFile, Context, Number, node

from .reading import Part, read


@node(category="audio/file")
def load_audio(
    ctx: Context,
    audio: AudioFile,
    start_seconds: Annotated[float, Number(0, 360_000, 0.1, unit="s")] = 0.0,
    duration_seconds: Annotated[float, Number(0, 360_000, 0.1, unit="s")] = 0.0,
) -> Audio:
    """Loads a sound: WAV, FLAC, MP3, Ogg, Opus, AIFF, M4A and what else FFmpeg reads.

    Rate and channels stay as they are in the file. It is loaded again only when its content
    or its name changes.

    audio: the file, in the input folder or anywhere by its full path.
    start_seconds: where to begin.
    duration_seconds: how much to take; 0 takes all that follows.
    """
    return read(audio, Part(start_seconds, duration_seconds or None), ctx.progress)
