"""SaveAudio: a sound into the output folder, with how it was made in its tags."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Context, FileError, Number, SoFar, __version__, node, tags

from .contents import filled
from .measures import measured
from .writing import Bits, FileFormat, planned, write


@node(category="audio/file", sink=True)
def save_audio(
    ctx: Context,
    audio: Audio,
    filename_prefix: str = "audio",
    file_format: FileFormat = "flac",
    bits: Bits = "24",
    bitrate_kbps: Annotated[int, Number(32, 320, 8, unit="kbit/s")] = 192,
) -> None:
    """Saves a sound in the output folder, under the prefix and a number.

    The file carries the prompt, the workflow, and each engine that had a part in it with its
    licence, so that opening it opens the graph, and `patchbay run that.flac` runs it again.
    Nothing ever clips: a sound that passes full scale is turned down as a whole until its peak is
    at -0.1 dBFS, and the note says by how much; 32-bit WAV keeps it as it is.

    audio: the sound.
    filename_prefix: the beginning of the name; may hold a folder and %year%, %month%, %day%.
    file_format: flac loses nothing and is half the size of wav; mp3 plays anywhere; opus sounds
        best for its size, and is always at 48 kHz.
    bits: for wav and flac. 16 is dithered, 24 for further work, 32 (wav only) is floating point.
    bitrate_kbps: for mp3 and opus, of the whole file; Opus is transparent from about 128.
    """
    plan = planned(filled(audio), file_format, int(bits))
    ctx.progress(0, plan.audio.frames, SoFar(plan.audio.samples, plan.audio.rate_hz))
    found = measured(plan.audio, ctx.progress).louder(plan.gain_db)
    ctx.progress(0, audio.frames)
    suffix = f".{file_format}"
    with ctx.saving(filename_prefix, suffix, "audio") as path:
        write(path, plan, bitrate_kbps, ctx.progress)
        title = filename_prefix.rpartition("/")[2]
        try:
            tags.write(path, tags.of(ctx.provenance, __version__, title))
        except FileError as error:  # a sound without its tags is better than none
            ctx.say(f"saved without tags: {error.message}")
    for note in plan.notes:
        ctx.say(note)
    ctx.show("facts", found.facts())
