"""What this server is and what it runs on; the socket."""

from __future__ import annotations

import asyncio
import os
import sys
from importlib import metadata
from typing import Any

import psutil
from aiohttp import web

from patchbay import __version__
from patchbay.api.replies import reply
from patchbay.api.serving import SERVING

# The release of ComfyUI whose protocol is spoken here: clients compare it with what they need.
PROTOCOL_VERSION = "0.3.64"
FRONTEND_VERSION = "1.27.10"


def routes() -> list[web.RouteDef]:
    return [
        web.get("/ws", socket),
        web.get("/system_stats", system_stats),
        web.get("/features", features),
    ]


async def socket(request: web.Request) -> web.StreamResponse:
    """The WebSocket."""
    serving = request.app[SERVING]
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise web.HTTPBadRequest(text="this is a WebSocket: ask for an upgrade")
    if not request.headers.get("Sec-WebSocket-Key", "").isascii():
        raise web.HTTPBadRequest(text="the key of the socket is not ASCII: see RFC 6455, 4.1")
    if len(serving.hub) >= serving.options.limits.sockets:
        raise web.HTTPServiceUnavailable(text="too many sockets are open: close some")
    return await serving.hub.serve(request)


async def features(request: web.Request) -> web.Response:
    return reply(request.app[SERVING].hub.features)


async def system_stats(request: web.Request) -> web.Response:
    serving = request.app[SERVING]
    memory = psutil.virtual_memory()
    devices = await asyncio.to_thread(_devices, memory)
    return reply(
        {
            "system": {
                "os": os.name,
                "ram_total": memory.total,
                "ram_free": memory.available,
                "comfyui_version": PROTOCOL_VERSION,
                "required_frontend_version": FRONTEND_VERSION,
                "installed_templates_version": None,
                "required_templates_version": None,
                "python_version": sys.version,
                "pytorch_version": _version_of("torch"),
                "embedded_python": False,
                "argv": list(serving.options.argv),
                "patchbay_version": __version__,
            },
            "devices": devices,
        }
    )


def _version_of(library: str) -> str:
    """What is installed, without importing it."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def _devices(memory: Any) -> list[dict[str, Any]]:
    """The devices that torch sees, once a node has imported it; the processor until then."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return [_device(torch, index) for index in range(torch.cuda.device_count())]
    sizes = {"vram_total": memory.total, "vram_free": memory.available}
    torch_sizes = {"torch_vram_total": memory.total, "torch_vram_free": memory.available}
    return [{"name": "cpu", "type": "cpu", "index": None, **sizes, **torch_sizes}]


def _device(torch: Any, index: int) -> dict[str, Any]:
    free, total = torch.cuda.mem_get_info(index)
    reserved = torch.cuda.memory_reserved(index)
    unused = reserved - torch.cuda.memory_allocated(index)
    return {
        "name": f"cuda:{index} {torch.cuda.get_device_name(index)}",
        "type": "cuda",
        "index": index,
        "vram_total": total,
        "vram_free": free + unused,
        "torch_vram_total": reserved,
        "torch_vram_free": unused,
    }
