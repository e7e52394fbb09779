"""The golden descriptions of the built-in nodes."""

from __future__ import annotations

from typing import Any

from patchbay.comfy.info import info_of
from patchbay.packs import load_all


def made() -> dict[str, Any]:
    """Every built-in node as `/object_info` describes it where all engines work and the input
    folder has one file. The version, a digest of the node's source, is left out."""
    found: dict[str, Any] = {}
    for spec in load_all().nodes:
        module = f"nodes.{spec.pack}"
        info = info_of(spec, module, lambda accept: ["takes/piano.wav"], lambda engine: None)
        del info["patchbay"]["version"]
        found[spec.name] = info
    return found
