"""The nodes of `benchmarks/pack/serving.py` for a ComfyUI: put this folder into its
`custom_nodes`, so that `python -m benchmarks serving --url` can measure it too."""

from __future__ import annotations

import time
from typing import Any

Inputs = dict[str, dict[str, tuple[Any, ...]]]

_LARGE = 2**53


def _whole(default: int = 0) -> tuple[str, dict[str, Any]]:
    return "INT", {"default": default, "min": -_LARGE, "max": _LARGE}


def _decimal(default: float) -> tuple[str, dict[str, Any]]:
    return "FLOAT", {"default": default, "min": 0.0, "max": 3600.0, "step": 0.01}


class BenchNumber:
    """Gives a number."""

    CATEGORY = "benchmark"
    FUNCTION = "run"
    RETURN_TYPES = ("INT",)

    @classmethod
    def INPUT_TYPES(cls) -> Inputs:  # noqa: N802 - ComfyUI calls it so
        return {"required": {"value": _whole()}}

    def run(self, value: int) -> tuple[int]:
        return (value,)


class BenchAdd:
    """Adds two numbers."""

    CATEGORY = "benchmark"
    FUNCTION = "run"
    RETURN_TYPES = ("INT",)

    @classmethod
    def INPUT_TYPES(cls) -> Inputs:  # noqa: N802
        return {"required": {"a": _whole(), "b": _whole()}}

    def run(self, a: int, b: int) -> tuple[int]:
        return (a + b,)


class BenchShow:
    """Ends a graph: shows a number."""

    CATEGORY = "benchmark"
    FUNCTION = "run"
    RETURN_TYPES = ()
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls) -> Inputs:  # noqa: N802
        return {"required": {"value": _whole()}}

    def run(self, value: int) -> dict[str, dict[str, list[str]]]:
        return {"ui": {"text": [str(value)]}}


class BenchSleep:
    """Passes a number on after a time in which nothing can stop it."""

    CATEGORY = "benchmark"
    FUNCTION = "run"
    RETURN_TYPES = ("INT",)

    @classmethod
    def INPUT_TYPES(cls) -> Inputs:  # noqa: N802
        return {"required": {"value": _whole(), "seconds": _decimal(1.0)}}

    def run(self, value: int, seconds: float) -> tuple[int]:
        time.sleep(seconds)
        return (value,)


class BenchSteps:
    """Passes a number on after steps that each take some seconds and report progress."""

    CATEGORY = "benchmark"
    FUNCTION = "run"
    RETURN_TYPES = ("INT",)

    @classmethod
    def INPUT_TYPES(cls) -> Inputs:  # noqa: N802
        inputs = {"value": _whole(), "steps": _whole(10), "seconds": _decimal(0.1)}
        return {"required": inputs}

    def run(self, value: int, steps: int, seconds: float) -> tuple[int]:
        from comfy.utils import ProgressBar  # type: ignore[import-not-found]  # only in a ComfyUI

        bar = ProgressBar(steps)
        for _ in range(steps):
            time.sleep(seconds)
            bar.update(1)
        return (value,)


NODE_CLASS_MAPPINGS = {
    cls.__name__: cls for cls in (BenchNumber, BenchAdd, BenchShow, BenchSleep, BenchSteps)
}
