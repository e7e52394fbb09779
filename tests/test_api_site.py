"""The pages, what packs bring for them, and the folders of models."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import pytest
from PIL import Image

from patchbay import packs
from patchbay.api import folders, site
from patchbay.packs import Pack
from tests.filing import Files, served
from tests.test_api_files import SCRIPT, assert_sealed, opened


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """A pack with something of everything."""
    folder = tmp_path / "glue"
    for path, text in {
        "web/glue.js": "export {}",
        "web/deep/more.js": "export {}",
        "web/style.css": "p {}",
        "web/.secret.js": "secret = 1",
        "node.py": "secret = 1",
        "locales/de/main.json": '{"hello": "Hallo", "deep": {"a": "A"}}',
        "locales/de/nodeDefs.json": '{"Gain": {"display_name": "Verstärkung"}}',
        "locales/fr/main.json": "{damaged",
        "example_workflows/first.json": '{"nodes": []}',
        "example_workflows/first.jpg": "",
        "example_workflows/page.html": "<script>",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return Pack("glue", folder, (), ())


# Pages


def test_the_first_page_says_what_this_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "built_editor", lambda: tmp_path / "static")

    async def work(files: Files) -> None:
        answer = await files.ask("/")
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert b'href="/docs"' in answer.body
        assert b'href="/api/v1"' in answer.body
        assert b"<code>make editor</code> builds it" in answer.body
        assert b"<script" not in answer.body
        assert answer.headers["cache-control"] == "no-cache"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert (await files.ask("/index.html")).status == 404
        assert (await files.ask("/", "HEAD")).body == b""
        (tmp_path / "static" / "assets").mkdir(parents=True)
        (tmp_path / "static" / "index.html").write_text("<!doctype html>just built")
        (tmp_path / "static" / "assets" / "a.js").write_text("run()")
        assert (await files.ask("/")).body == b"<!doctype html>just built"
        assert (await files.ask("/assets/a.js")).body == b"run()"

    served(tmp_path, work)


def test_the_editor_is_served_where_it_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist = tmp_path / "patchbay" / "static"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html>the editor")
    (dist / "assets" / "main.js").write_text("run()")
    (dist / "assets" / "drawing.svg").write_text("<svg/>")
    (dist / "assets" / "raw").write_text("?")
    (dist / "été {1}.txt").write_text("a name that is no pattern")
    (dist / "icon.png").write_text("?")
    (tmp_path / "patchbay" / "package.json").write_text("secret")
    monkeypatch.setattr(site, "built_editor", lambda: dist)

    async def work(files: Files) -> None:
        for path, kind in {
            "/": "text/html; charset=utf-8",
            "/index.html": "text/html; charset=utf-8",
            "/assets/main.js": "text/javascript; charset=utf-8",
            "/assets/drawing.svg": "image/svg+xml",
            "/assets/raw": "application/octet-stream",
            "/icon.png": "image/png",
        }.items():
            answer = await files.ask(path)
            assert (answer.status, answer.headers["content-type"]) == (200, kind)
            assert answer.headers["x-content-type-options"] == "nosniff"
        page = await files.ask("/")
        assert page.body == b"<!doctype html>the editor"
        again = await files.ask("/", headers={"If-None-Match": page.headers["etag"]})
        # A browser takes over a 304's headers: with another policy a reload would show nothing.
        assert (again.status, "content-security-policy" in again.headers) == (304, False)
        for path in (
            "/../package.json", "/%2e%2e/package.json", "/..%2fpackage.json", "/assets/",
            "/assets/../../package.json", "/gone.js", "/assets%5c..%5c..%5cpackage.json",
        ):  # fmt: skip
            answer = await files.ask(path)
            assert answer.status == 404, path
            assert b"secret" not in answer.body

    served(tmp_path, work)


def test_the_editors_files_are_kept_for_as_long_as_they_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    for name, text in {
        "index.html": "the page", "index.html.gz": "the page, by gzip", "icon.svg": "<svg/>",
        "assets/main-B7HI2Lj7.js": "run()", "assets/main-B7HI2Lj7.js.br": "by brotli",
        "assets/main-B7HI2Lj7.js.gz": "by gzip", "assets/plain.js": "plain()",
    }.items():  # fmt: skip
        (static / name).write_text(text)
    monkeypatch.setattr(site, "built_editor", lambda: static)

    async def work(files: Files) -> None:
        script = "/assets/main-B7HI2Lj7.js"
        for accepted, encoding, body in (
            ("", None, b"run()"),
            ("gzip", "gzip", b"by gzip"),
            ("gzip, br;q=0.5", "br", b"by brotli"),
            ("br;q=0, gzip;q=0.1", "gzip", b"by gzip"),
            ("*", "br", b"by brotli"),
            ("*;q=0", None, b"run()"),
            ("br;q=x", None, b"run()"),
        ):
            answer = await files.ask(script, headers={"Accept-Encoding": accepted})
            assert (answer.status, answer.headers.get("content-encoding"), answer.body) == (
                200, encoding, body,
            ), accepted  # fmt: skip
            assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
            assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
            assert "Accept-Encoding" in answer.headers["vary"]
            # A worker goes by the policy that its script comes with.
            assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        for path in ("/", "/index.html", "/assets/plain.js", "/icon.svg"):
            assert (await files.ask(path)).headers["cache-control"] == "no-cache", path
        page = await files.ask("/", headers={"Accept-Encoding": "gzip"})
        assert (page.headers["content-encoding"], page.body) == ("gzip", b"the page, by gzip")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert (await files.ask("/index.html.gz")).status == 404

    served(tmp_path, work)


def test_what_is_unknown_is_told_as_json(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        for path in ("/api/nothing", "/api/nothing/at/all", "/internal/nothing", "/nothing.html"):
            for method in ("GET", "POST", "DELETE"):
                answer = await files.ask(path, method)
                assert (answer.status, answer.json["error"]["type"]) == (404, "not_found"), path
        assert (await files.ask("/upload/image")).status == 405
        assert (await files.ask("/view", "POST")).status == 405

    served(tmp_path, work)


def test_the_users_own_style_is_served_as_one(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        empty = await files.ask("/user.css")
        assert (empty.status, empty.body) == (200, b"")
        await files.ask("/userdata/user.css", "POST", b"p { color: red }")
        answer = await files.ask("/user.css")
        assert (answer.status, answer.body) == (200, b"p { color: red }")
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        (files.user / "user.css").unlink()
        (tmp_path / "secret").write_text("the secret")
        (files.user / "user.css").symlink_to(tmp_path / "secret")
        assert (await files.ask("/user.css")).status == 404

    served(tmp_path, work)


# What packs bring


def test_a_packs_scripts_are_listed_and_served(tmp_path: Path, pack: Pack) -> None:
    async def work(files: Files) -> None:
        urls = (await files.ask("/api/extensions")).json
        assert urls == ["/extensions/glue/deep/more.js", "/extensions/glue/glue.js"]
        for url in urls:
            answer = await files.ask(url)
            assert (answer.status, answer.body) == (200, b"export {}")
            assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        for path in (
            "/extensions/glue/../node.py", "/extensions/glue/..%2fnode.py",
            "/extensions/glue/.secret.js", "/extensions/other/glue.js",
            "/extensions/glue/gone.js", "/extensions/glue/deep",
            "/extensions/..%2fglue/web/glue.js",
        ):  # fmt: skip
            answer = await files.ask(path)
            assert answer.status == 404, path
            assert b"secret = 1" not in answer.body

    served(tmp_path, work, packs=(pack,))


def test_a_server_without_packs_lists_nothing(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        assert (await files.ask("/extensions")).json == []
        assert (await files.ask("/i18n")).json == {}
        assert (await files.ask("/global_subgraphs")).json == {}
        assert (await files.ask("/api/global_subgraphs")).json == {}
        assert (await files.ask("/api/global_subgraphs/x")).status == 404

    served(tmp_path, work)


def test_translations_of_all_packs_are_merged(tmp_path: Path, pack: Pack) -> None:
    other = tmp_path / "other"
    (other / "locales" / "de").mkdir(parents=True)
    (other / "locales" / "de" / "main.json").write_text('{"deep": {"b": "B"}, "hello": "Servus"}')
    (other / "locales" / "de" / "nodeDefs.json").write_text('{"Trim": 1}')
    (other / "locales" / "stray.json").write_text("{}")

    async def work(files: Files) -> None:
        assert (await files.ask("/api/i18n")).json == {
            "de": {
                "hello": "Servus",
                "deep": {"a": "A", "b": "B"},
                "nodeDefs": {"Gain": {"display_name": "Verstärkung"}, "Trim": 1},
            },
            "fr": {},
        }

    served(tmp_path, work, packs=(pack, Pack("other", other, (), ())))


def test_example_workflows_are_listed_and_served(tmp_path: Path, pack: Pack) -> None:
    async def work(files: Files) -> None:
        found = (await files.ask("/workflow_templates")).json
        assert found["glue"] == ["first"]
        assert "lofi-tape" in found["patchbay"]
        ours = await files.ask("/api/workflow_templates/patchbay/lofi-tape.json")
        assert ours.body == (packs.shipped("workflows") / "lofi-tape.json").read_bytes()
        assert ours.headers["content-type"] == "application/json"
        theirs = await files.ask("/api/workflow_templates/glue/first.json")
        assert theirs.json == {"nodes": []}
        assert (await files.ask("/api/workflow_templates/glue/first.jpg")).status == 200
        page = await files.ask("/api/workflow_templates/glue/page.html")
        assert page.headers["content-type"] == "application/octet-stream"
        assert_sealed(page)
        for path in (
            "glue/gone.json",
            "gone/first.json",
            "glue/..%2fnode.py",
            "glue/%2e%2e/node.py",
        ):
            assert (await files.ask(f"/api/workflow_templates/{path}")).status == 404, path

    served(tmp_path, work, packs=(pack,))


# Models


def safetensors(header: bytes, size: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if size is None else size) + header + bytes(8)


def models(files: Files) -> Path:
    return files.options.user_folder / "models"


def test_models_are_listed_by_their_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    monkeypatch.setenv("PATCHBAY_MODELS", os.pathsep.join([str(shared), ""]))

    async def work(files: Files) -> None:
        keys = (await files.ask("/api/models")).json
        assert keys == list(folders.KEYS)
        assert len(keys) == len(set(keys)) == 20
        for key in keys:
            assert (await files.ask(f"/models/{key}")).json == []
        for root, names in {
            models(files) / "loras": ["b.safetensors", "deep/a.gguf", "note.txt", ".part.bin"],
            shared / "loras": ["b.safetensors", "c.SAFETENSORS"],
            models(files) / "embeddings": ["style.v2.pt"],
            models(files) / "configs": ["v1.yaml", "x.safetensors"],
        }.items():
            for name in names:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(b"12345")
        assert (await files.ask("/models/loras")).json == [
            "b.safetensors", "deep/a.gguf", "c.SAFETENSORS",
        ]  # fmt: skip
        assert (await files.ask("/models/configs")).json == ["v1.yaml"]
        assert (await files.ask("/api/embeddings")).json == ["style.v2"]
        assert (await files.ask("/models/nothing")).status == 404
        found = (await files.ask("/api/experiment/models/loras")).json
        assert [(one["name"], one["pathIndex"], one["size"]) for one in found] == [
            ("b.safetensors", 0, 5),
            ("deep/a.gguf", 0, 5),
            ("b.safetensors", 1, 5),
            ("c.SAFETENSORS", 1, 5),
        ]
        assert found[0].keys() == {"name", "pathIndex", "modified", "created", "size"}
        assert (await files.ask("/experiment/models/nothing")).status == 404
        listed = {
            one["name"]: one["folders"] for one in (await files.ask("/experiment/models")).json
        }
        assert listed["loras"] == [str(models(files) / "loras"), str(shared / "loras")]
        assert not {"configs", "custom_nodes"} & set(listed)

    served(tmp_path, work)


def test_a_model_says_what_it_is_without_being_read(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        root = models(files) / "loras"
        root.mkdir(parents=True)
        facts = {"ss_steps": "7", "title": "été"}
        header = json.dumps({"__metadata__": facts, "w": {"dtype": "F32"}}).encode()
        (root / "good.safetensors").write_bytes(safetensors(header))
        with (root / "huge.safetensors").open("wb") as file:
            file.write(safetensors(header))
            file.truncate(4 << 30)
        for name in ("good", "huge"):
            answer = await files.ask(f"/api/view_metadata/loras?filename={name}.safetensors")
            assert (answer.status, answer.json) == (200, facts)
        for name, data in {
            "empty": b"",
            "short": b"\x08\x00",
            "lying": safetensors(header, 2**63),
            "longer": safetensors(header, 17 << 20),
            "beyond": safetensors(header, 1 << 20),
            "noise": safetensors(b"\xff" * 40),
            "list": safetensors(b"[]"),
            "none": safetensors(b"{}"),
            "text": safetensors(b'{"__metadata__": "x"}'),
            "deep": safetensors(b"[" * 50_000),
        }.items():
            (root / f"{name}.safetensors").write_bytes(data)
            answer = await files.ask(f"/view_metadata/loras?filename={name}.safetensors")
            assert answer.status == 404, name
        for query in ("", "?filename=", "?filename=gone.safetensors", "?filename=note.txt"):
            assert (await files.ask(f"/view_metadata/loras{query}")).status == 404
        assert (await files.ask("/view_metadata/no?filename=good.safetensors")).status == 404

    served(tmp_path, work)


def test_no_model_is_looked_at_outside_its_folder(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        root = models(files) / "loras"
        root.mkdir(parents=True)
        good = safetensors(b'{"__metadata__": {"a": "the secret"}}')
        (tmp_path / "secret.safetensors").write_bytes(good)
        (root / "link.safetensors").symlink_to(tmp_path / "secret.safetensors")
        (root / "folder").symlink_to(tmp_path)
        assert (await files.ask("/models/loras")).json == []
        for name in (
            "link.safetensors", "folder/secret.safetensors", "../../../secret.safetensors",
            "%2e%2e/%2e%2e/%2e%2e/secret.safetensors", "..%5c..%5c..%5csecret.safetensors",
            str(tmp_path / "secret.safetensors"), "x%00.safetensors", "%ff.safetensors",
        ):  # fmt: skip
            answer = await files.ask(f"/view_metadata/loras?filename={name}")
            assert answer.status == 404, name
            assert b"the secret" not in answer.body

    served(tmp_path, work)


def test_the_picture_beside_a_model_is_shown(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        root = models(files) / "loras"
        (root / "deep").mkdir(parents=True)
        Image.new("RGB", (8, 4), (200, 0, 0)).save(root / "deep" / "a.png")
        (root / "b.png").write_bytes(SCRIPT)
        base = "/api/experiment/models/preview/loras"
        for path in ("deep/a.safetensors", "deep%2Fa.safetensors"):
            answer = await files.ask(f"{base}/0/{path}")
            assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
            assert opened(answer.body).size == (8, 4)
            assert_sealed(answer)
        for path in ("0/gone.safetensors", "0/b.safetensors", "7/a", "-1/a", "x/a", "٣/a"):
            assert (await files.ask(f"{base}/{path.replace('٣', '%D9%A3')}")).status == 404, path
        assert (await files.ask("/api/experiment/models/preview/no/0/a")).status == 404

    served(tmp_path, work)


# Folders of files


def test_the_newest_files_are_listed_first(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        for name, age in (("old.wav", 30), ("new.wav", 10), ("middle.wav", 20), (".part", 0)):
            path = files.folders.output / name
            path.touch()
            os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
        (files.folders.output / "folder").mkdir()
        found = await files.ask("/internal/files/output")
        assert found.json == ["new.wav", "middle.wav", "old.wav"]
        assert (await files.ask("/internal/files/temp")).json == []
        assert (await files.ask("/internal/files/models")).status == 400
        files.folders.temp.rmdir()
        assert (await files.ask("/internal/files/temp")).json == []
        assert (await files.ask("/api/internal/files/output")).status == 404

    served(tmp_path, work)


def test_the_folders_are_told_to_those_who_may_know(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        found = (await files.ask("/internal/folder_paths")).json
        assert found["output"] == [str(files.folders.output)]
        assert found["loras"] == [str(models(files) / "loras")]
        assert (await files.ask("/api/internal/folder_paths")).status == 404

    served(tmp_path, work)
