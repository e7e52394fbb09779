"""Patchbay: node graphs for music, speech, pictures and film. This is the author's door.

What is named here is promised to people who write nodes; nothing else is.
"""

from patchbay import sound, tags
from patchbay.context import Context
from patchbay.errors import CancelledError, FileError, InputError, MediaError, PatchbayError
from patchbay.growing import SoFar
from patchbay.hints import (
    AudioFile,
    Body,
    File,
    Lazy,
    Many,
    Number,
    Seed,
    Socket,
    Subgraph,
    Text,
)
from patchbay.media import Audio, Depth, Image, Mask
from patchbay.node import node
from patchbay.recipe import Ambience, Instrument, Mode, Mood, Recipe, Section, SectionName, Tonic
from patchbay.types import Blocked, Engine, Expand, Link, NodeId, Outer, Provenance

__version__ = "0.1.0"

__all__ = [
    "Ambience",
    "Audio",
    "AudioFile",
    "Blocked",
    "Body",
    "CancelledError",
    "Context",
    "Depth",
    "Engine",
    "Expand",
    "File",
    "FileError",
    "Image",
    "InputError",
    "Instrument",
    "Lazy",
    "Link",
    "Many",
    "Mask",
    "MediaError",
    "Mode",
    "Mood",
    "NodeId",
    "Number",
    "Outer",
    "PatchbayError",
    "Provenance",
    "Recipe",
    "Section",
    "SectionName",
    "Seed",
    "SoFar",
    "Socket",
    "Subgraph",
    "Text",
    "Tonic",
    "node",
    "sound",
    "tags",
]
