"""Model folders and the three folders of files, as ComfyUI's clients list them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import msgspec
from aiohttp import web

from patchbay.api import pictures
from patchbay.api.delivery import user_headers
from patchbay.api.paths import Listed, decide, disk_errors, folder_of, listing, open_file
from patchbay.api.replies import reply
from patchbay.api.serving import SERVING, Options
from patchbay.errors import MediaError

# By the names that ComfyUI's clients and node packs know.
KEYS = (
    "checkpoints", "configs", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision",
    "style_models", "embeddings", "diffusers", "vae_approx", "controlnet", "gligen",
    "upscale_models", "custom_nodes", "hypernetworks", "photomaker", "classifiers",
    "model_patches", "audio_encoders",
)  # fmt: skip
_NO_MODELS = ("configs", "custom_nodes")
_SUFFIXES = frozenset(
    (".safetensors", ".sft", ".gguf", ".ckpt", ".pt", ".pt2", ".pth", ".bin", ".pkl", ".onnx")
)
_SUFFIXES_OF = {"configs": frozenset((".yaml", ".yml", ".json"))}
_HEADER_BYTES = 16 << 20  # of a safetensors file; its format allows 100 MB, none has a tenth
_PREVIEWS = (".preview.png", ".png", ".webp", ".jpg", ".jpeg", ".preview.webp", ".preview.jpg")


@dataclass(frozen=True, slots=True)
class Found:
    """A model file: its folder's place in the list of folders, and what is known of it."""

    index: int
    root: Path
    file: Listed


def model_folders(options: Options, key: str) -> list[Path]:
    """Where models of a kind are looked for: the user's own folder, then those below the folders
    that PATCHBAY_MODELS names."""
    named = os.environ.get("PATCHBAY_MODELS", "").split(os.pathsep)
    roots = [options.user_folder / "models", *(Path(part) for part in named if part)]
    return [root / key for root in roots]


def _models(options: Options, key: str) -> Iterator[Found]:
    suffixes = _SUFFIXES_OF.get(key, _SUFFIXES)
    for index, root in enumerate(model_folders(options, key)):
        for file in listing(root, deep=True):
            if not file.is_folder and PurePath(file.name).suffix.lower() in suffixes:
                yield Found(index, root, file)


async def _listed(request: web.Request, key: str) -> list[Found]:
    if key not in KEYS:
        raise web.HTTPNotFound(text=f"there are no models called {key[:80]!r}: see /models")
    options = request.app[SERVING].options
    with disk_errors(f"folder {key!r}"):
        return await asyncio.to_thread(lambda: list(_models(options, key)))


async def get_models(request: web.Request) -> web.Response:
    return reply(KEYS)


async def get_model_names(request: web.Request) -> web.Response:
    """The names of the files of one kind, each once, below whichever folder has it."""
    found = await _listed(request, request.match_info["folder"])
    return reply(list(dict.fromkeys(one.file.name for one in found)))


async def get_embeddings(request: web.Request) -> web.Response:
    """As `get_model_names`, without suffixes: that is how a prompt's text names them."""
    found = await _listed(request, "embeddings")
    return reply(list(dict.fromkeys(one.file.name.rpartition(".")[0] for one in found)))


async def get_folders(request: web.Request) -> web.Response:
    options = request.app[SERVING].options
    return reply(
        [
            {"name": key, "folders": [str(path) for path in model_folders(options, key)]}
            for key in KEYS
            if key not in _NO_MODELS
        ]
    )


async def get_model_files(request: web.Request) -> web.Response:
    """What is known of each file of one kind; times are in seconds."""
    found = await _listed(request, request.match_info["folder"])
    return reply(
        [
            {
                "name": one.file.name,
                "pathIndex": one.index,
                "modified": one.file.modified,
                "created": one.file.created,
                "size": one.file.size_bytes,
            }
            for one in found
        ]
    )


async def get_preview(request: web.Request) -> web.Response:
    """The picture beside a model file, as WebP."""
    key, index, name = (request.match_info[part] for part in ("folder", "index", "filename"))
    folders = model_folders(request.app[SERVING].options, key) if key in KEYS else []
    if not index.isascii() or not index.isdigit() or int(index[:9]) >= len(folders):
        raise web.HTTPNotFound(text="there is no such folder of models")
    root = folders[int(index[:9])]
    path = decide(request, root, name)
    picture = await asyncio.to_thread(_preview, root, path)
    if picture is None:
        raise web.HTTPNotFound(text=f"there is no picture beside {path.name!r}")
    headers = user_headers(request, f"{path.stem}.webp", picture.content_type)
    return web.Response(body=picture.data, headers=headers)


def _preview(root: Path, path: Path) -> pictures.Encoded | None:
    for suffix in _PREVIEWS:
        try:
            with open_file(root, path.with_name(path.stem + suffix)) as file:
                return pictures.converted(file, pictures.Form("WEBP"))
        except (OSError, MediaError):
            continue
    return None


async def get_metadata(request: web.Request) -> web.Response:
    """What a safetensors file says of itself. No weight is read."""
    name = request.query.get("filename", "")
    if not name.endswith(".safetensors"):
        raise web.HTTPNotFound(text="no safetensors file is named: give filename")
    found = await _listed(request, request.match_info["folder"])
    for one in found:
        if one.file.name == name:
            path = decide(request, one.root, name, web.HTTPNotFound)
            facts = await asyncio.to_thread(_metadata, one.root, path)
            if facts is not None:
                return reply(facts)
    raise web.HTTPNotFound(text=f"there is no metadata for {name[:80]!r}")


def _metadata(root: Path, path: Path) -> dict[str, Any] | None:
    """The `__metadata__` of a safetensors file's header, which begins with its length in eight
    bytes, the lowest first (huggingface.co/docs/safetensors). None where there is none."""
    try:
        with open_file(root, path) as file:
            size = int.from_bytes(file.read(8), "little")
            data = file.read(size) if size <= _HEADER_BYTES else b""
        header = msgspec.json.decode(data)
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        return None
    facts = header.get("__metadata__") if isinstance(header, dict) else None
    return facts if isinstance(facts, dict) else None


async def get_folder_paths(request: web.Request) -> web.Response:
    serving = request.app[SERVING]
    folders: dict[str, list[str]] = {
        key: [str(path) for path in model_folders(serving.options, key)] for key in KEYS
    }
    for name in ("input", "output", "temp"):
        folders[name] = [str(serving.parts.folders.of(name))]
    return reply(folders)


async def get_files(request: web.Request) -> web.Response:
    """The names of the files at the top of the input, output or temp folder, newest first."""
    root = folder_of(request, request.match_info["type"])
    with disk_errors("the folder"):
        found = await asyncio.to_thread(listing, root, deep=False)
    found.sort(key=lambda one: -one.modified)
    return reply([one.name for one in found if not one.is_folder])


def routes() -> list[web.RouteDef]:
    return [
        web.get("/embeddings", get_embeddings),
        web.get("/models", get_models),
        web.get("/models/{folder}", get_model_names),
        web.get("/experiment/models", get_folders),
        web.get("/experiment/models/{folder}", get_model_files),
        web.get("/experiment/models/preview/{folder}/{index}/{filename:.+}", get_preview),
        web.get("/view_metadata/{folder}", get_metadata),
    ]


def plain_routes() -> list[web.RouteDef]:
    """The routes that have no twin under /api."""
    return [
        web.get("/internal/folder_paths", get_folder_paths),
        web.get("/internal/files/{type}", get_files),
    ]
