"""The pages, and what packs bring for them: scripts, translations, example workflows."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from patchbay import __version__
from patchbay.api.delivery import OCTETS, deliver, user_headers
from patchbay.api.encodings import accepts
from patchbay.api.paths import decide, listing, open_file
from patchbay.api.replies import reply
from patchbay.api.serving import SERVING
from patchbay.api.userdata import user_folder
from patchbay.packs import Pack, shipped

# Of what belongs to the program; what users bring goes by a stricter table.
_TYPES = {
    ".css": "text/css; charset=utf-8", ".gif": "image/gif", ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon", ".jpg": "image/jpeg", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".map": "application/json", ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8", ".png": "image/png", ".svg": "image/svg+xml",
    ".ttf": "font/ttf", ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm",
    ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
}  # fmt: skip
_OURS = "patchbay"  # the name under which the workflows that come with Patchbay are listed
_TEMPLATES = ("example_workflows", "workflows")
_TRANSLATION_BYTES = 4 << 20
# What the build puts here has its content's digest in its name: it never changes.
_ASSETS = "assets"
_NAMED_BY_CONTENT = re.compile(r".+-[\w-]{8}\.\w+", re.ASCII)
_FOR_EVER = "private, max-age=31536000, immutable"
# A worker goes by the policy of its own script, not by that of the page.
_SCRIPT_POLICY = "default-src 'self'; object-src 'none'; frame-ancestors 'none'"
# Beside a file of the editor there may be the same one packed, the best first.
_PACKED = (("br", ".br"), ("gzip", ".gz"))
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Patchbay</title>
<style>
  body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; }}
</style>
<h1>Patchbay {version}</h1>
<p>This is a Patchbay server. It runs graphs of nodes for music, speech, pictures and film;
{nodes} nodes are at hand.</p>
<p>The editor has not been built here. In a checkout of Patchbay, <code>make editor</code> builds it
with Node 20 or newer; then reload this page. A wheel has it already.</p>
<p>Programs that speak ComfyUI's protocol connect to this address. Patchbay's own interface is
below <a href="/api/v1">/api/v1</a> and is described in <a href="/docs">/docs</a>.</p>
</html>
"""


async def get_index(request: web.Request) -> web.StreamResponse:
    """The editor where it is built, else a page that says what this is and how to build it."""
    root = built_editor()
    if await asyncio.to_thread((root / "index.html").is_file):
        return await _deliver_built(request, root, root / "index.html")
    page = _PAGE.format(
        version=html.escape(__version__), nodes=len(request.app[SERVING].catalogue.nodes)
    )
    return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-cache"})


async def get_site_file(request: web.Request) -> web.StreamResponse:
    """A file of the editor."""
    root = built_editor()
    path = decide(request, root, request.path.removeprefix("/"), web.HTTPNotFound)
    return await _deliver_built(request, root, path)


async def get_user_css(request: web.Request) -> web.StreamResponse:
    """The user's own style for the editor; empty where there is none."""
    root = user_folder(request)
    headers = _headers("user.css")
    if await asyncio.to_thread((root / "user.css").is_file):
        return await deliver(request, root, root / "user.css", headers)
    return web.Response(headers=headers)


async def get_extensions(request: web.Request) -> web.Response:
    """The URLs of the scripts that packs bring for the editor, in their folder `web`."""
    packs = request.app[SERVING].catalogue.packs
    return reply(await asyncio.to_thread(lambda: [url for pack in packs for url in _scripts(pack)]))


async def get_extension_file(request: web.Request) -> web.StreamResponse:
    for pack in request.app[SERVING].catalogue.packs:
        if pack.name == request.match_info["pack"]:
            root = pack.folder / "web"
            path = decide(request, root, request.match_info["path"], web.HTTPNotFound)
            return await deliver(request, root, path, _headers(path.name))
    raise web.HTTPNotFound(text="there is no such pack")


async def get_translations(request: web.Request) -> web.Response:
    """By language, the texts of all packs merged: `main.json` at the top, the other files of
    `locales/<language>` each under its name."""
    packs = request.app[SERVING].catalogue.packs
    return reply(await asyncio.to_thread(_translations, packs))


async def get_templates(request: web.Request) -> web.Response:
    """The names of the example workflows, by pack."""
    found = await asyncio.to_thread(_templates, request)
    return reply(found)


async def get_template_file(request: web.Request) -> web.StreamResponse:
    """An example workflow, or a picture of it."""
    for root in _template_folders(request).get(request.match_info["pack"], []):
        path = decide(request, root, request.match_info["path"], web.HTTPNotFound)
        if await asyncio.to_thread(path.is_file):
            return await deliver(request, root, path, user_headers(request, path.name))
    raise web.HTTPNotFound(text="there is no such example")


async def get_subgraphs(request: web.Request) -> web.Response:
    """The subgraphs that come with the server: none."""
    return reply({})


async def get_subgraph(request: web.Request) -> web.Response:
    raise web.HTTPNotFound(text="no subgraphs come with this server: see /global_subgraphs")


def built_editor() -> Path:
    """Where `npm run build` leaves the editor, and a wheel has it."""
    return Path(__file__).parent.parent / "static"


async def _deliver_built(request: web.Request, root: Path, path: Path) -> web.StreamResponse:
    """A file of the editor, packed if the build has packed it and the client takes it so."""
    headers = _headers(path.name)
    if path.parent == root / _ASSETS and _NAMED_BY_CONTENT.fullmatch(path.name):
        headers["Cache-Control"] = _FOR_EVER
    if path.suffix in (".js", ".mjs"):
        headers["Content-Security-Policy"] = _SCRIPT_POLICY
    for encoding, suffix in _PACKED:
        packed = path.with_name(path.name + suffix)
        if not await asyncio.to_thread(packed.is_file):
            continue
        headers["Vary"] = "Accept-Encoding"
        if accepts(request, encoding):
            headers["Content-Encoding"] = encoding
            return await deliver(request, root, packed, headers)
    return await deliver(request, root, path, headers)


def _headers(name: str) -> dict[str, str]:
    kind = _TYPES.get(PurePath(name).suffix.lower(), OCTETS)
    return {
        "Content-Type": kind,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def _scripts(pack: Pack) -> Iterator[str]:
    for file in listing(pack.folder / "web", deep=True):
        if not file.is_folder and file.name.endswith(".js"):
            yield f"/extensions/{quote(pack.name)}/{quote(file.name)}"


def _translations(packs: tuple[Pack, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pack in packs:
        root = pack.folder / "locales"
        for file in listing(root, deep=True):
            language, _, name = file.name.partition("/")
            if file.is_folder or "/" in name or not name.endswith(".json"):
                continue
            texts = _texts(root, root / file.name)
            part = name.removesuffix(".json")
            _merge(found, {language: texts if part == "main" else {part: texts}})
    return found


def _texts(root: Path, path: Path) -> dict[str, Any]:
    """A file of translations; nothing where it is damaged: the editor then shows its own words."""
    try:
        with open_file(root, path) as file:
            texts = msgspec.json.decode(file.read(_TRANSLATION_BYTES))
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        return {}
    return texts if isinstance(texts, dict) else {}


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _template_folders(request: web.Request) -> dict[str, list[Path]]:
    folders = {_OURS: [shipped("workflows")]}
    for pack in request.app[SERVING].catalogue.packs:
        folders.setdefault(pack.name, []).extend(pack.folder / name for name in _TEMPLATES)
    return folders


def _templates(request: web.Request) -> dict[str, list[str]]:
    found = {
        name: [
            file.name.removesuffix(".json")
            for root in roots
            for file in listing(root, deep=False)
            if not file.is_folder and file.name.endswith(".json")
        ]
        for name, roots in _template_folders(request).items()
    }
    return {name: names for name, names in found.items() if names}


def routes() -> list[web.RouteDef]:
    return [
        web.get("/extensions", get_extensions),
        web.get("/i18n", get_translations),
        web.get("/workflow_templates", get_templates),
        web.get("/workflow_templates/{pack}/{path:.+}", get_template_file),
        web.get("/global_subgraphs", get_subgraphs),
        web.get("/global_subgraphs/{id}", get_subgraph),
    ]


def plain_routes() -> list[web.RouteDef]:
    """The routes that have no twin under /api."""
    return [
        web.get("/", get_index),
        web.get("/user.css", get_user_css),
        web.get("/extensions/{pack}/{path:.+}", get_extension_file),
        *_editor_routes(),
    ]


def _editor_routes() -> Iterator[web.RouteDef]:
    """A route for each thing at the top of the built editor. One that takes whatever is left
    would answer for every mistyped path and method. Where it is built while the server runs, its
    assets are there with the next reload."""
    names = {_ASSETS: True}
    names |= {entry.name: entry.is_folder for entry in listing(built_editor(), deep=False)}
    for name, is_folder in names.items():
        if "{" not in name and "}" not in name and not name.endswith((".br", ".gz")):
            yield web.get(f"/{name}/{{path:.+}}" if is_folder else f"/{name}", get_site_file)
