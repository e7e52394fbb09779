"""The embedded engine `synth`: composes and plays lofi music from a recipe and a seed."""

from __future__ import annotations

from .engine import bar_frames, bars_in, ignore, play

__all__ = ["bar_frames", "bars_in", "ignore", "play"]
