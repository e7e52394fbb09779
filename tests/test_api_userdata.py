"""What the editor keeps for its user: files and settings, whole, and nowhere else."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from patchbay.api.serving import Limits
from tests.filing import Files, served
from tests.test_api_files import ESCAPES, SCRIPT, assert_sealed, visible


def name_of(path: str) -> str:
    """A path as one segment of a URL, as browsers' encodeURIComponent writes it."""
    return quote(path, safe="!'()*")


# Files


def test_a_file_is_kept_read_and_removed(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        for path in ("a.json", "workflows/a.json", "workflows/deep/été 100%.json", "a+b.json"):
            for prefix in ("", "/api"):
                url = f"{prefix}/userdata/{name_of(path)}"
                assert (await files.ask(url)).status == 404
                kept = await files.ask(url, "POST", b'{"nodes": []}')
                assert (kept.status, kept.json) == (200, path)
                assert (files.user / path).read_bytes() == b'{"nodes": []}'
                found = await files.ask(url)
                assert (found.status, found.body) == (200, b'{"nodes": []}')
                gone = await files.ask(url, "DELETE")
                assert (gone.status, gone.body) == (204, b"")
                assert (await files.ask(url, "DELETE")).status == 404
        assert visible(files.user) == []

    served(tmp_path, work)


def test_a_browsers_client_is_understood(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        base = f"http://127.0.0.1:{files.port}/api/userdata"
        async with aiohttp.ClientSession() as session:
            for path in (
                "workflows/a b.json",
                "workflows/.index.json",
                "w/100%.json",
                "w/%41.json",
            ):
                url = URL(f"{base}/{name_of(path)}", encoded=True)
                async with session.post(url, data=b"1") as answer:
                    assert await answer.json() == path
                async with session.get(url) as answer:
                    assert await answer.read() == b"1"
        assert visible(files.user) == [
            "w/%41.json", "w/100%.json", "workflows/.index.json", "workflows/a b.json",
        ]  # fmt: skip

    served(tmp_path, work)


def test_a_slash_that_is_not_encoded_is_another_route(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        assert (await files.ask("/userdata/workflows/a.json", "POST", b"1")).status in (404, 405)
        assert not files.user.exists()

    served(tmp_path, work)


def test_a_file_is_replaced_unless_that_is_refused(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        for body, query, status, kept in [
            (b"1", "?overwrite=false", 200, b"1"),
            (b"2", "?overwrite=false", 409, b"1"),
            (b"3", "?overwrite=true", 200, b"3"),
            (b"4", "", 200, b"4"),
            (b"", "", 200, b""),
        ]:
            answer = await files.ask(f"/userdata/a.json{query}", "POST", body)
            assert answer.status == status
            assert (files.user / "a.json").read_bytes() == kept
        assert (await files.ask("/userdata/a.json%2Fb", "POST", b"5")).status in (400, 409)

    served(tmp_path, work)


def test_all_that_is_known_of_a_file_is_told_if_asked(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        answer = await files.ask("/userdata/w%2Fa.json?full_info=true", "POST", b"123")
        state = (files.user / "w" / "a.json").stat()
        modified = int(state.st_mtime * 1000)
        assert answer.json == {
            "path": "w/a.json",
            "size": 3,
            "modified": modified,
            "created": answer.json["created"],
        }
        listed = await files.ask("/userdata?dir=w&full_info=true")
        assert listed.json == [{**answer.json, "path": "a.json"}]

    served(tmp_path, work)


def test_of_many_that_write_at_once_one_is_kept_whole(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        bodies = [bytes([number]) * 200_000 for number in range(20)]
        url = "/userdata/a.json"
        answers = await asyncio.gather(
            *(files.ask(url, "POST", body) for body in bodies),
            *(files.ask(f"{url}x?overwrite=false", "POST", body) for body in bodies),
        )
        assert {answer.status for answer in answers[:20]} == {200}
        assert sorted(answer.status for answer in answers[20:]) == [200, *[409] * 19]
        assert (files.user / "a.json").read_bytes() in bodies
        assert (files.user / "a.jsonx").read_bytes() in bodies
        assert visible(files.user) == ["a.json", "a.jsonx"]

    served(tmp_path, work)


def test_a_file_whose_writing_fails_is_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    async def work(files: Files) -> None:
        await files.ask("/userdata/a.json", "POST", b"before")
        monkeypatch.setattr(os, "fsync", full)
        answer = await files.ask("/userdata/a.json", "POST", b"after")
        assert (answer.status, "free some space" in answer.message) == (507, True)
        assert (files.user / "a.json").read_bytes() == b"before"
        assert visible(files.user) == ["a.json"]

    served(tmp_path, work)


def test_a_file_is_not_larger_than_the_limit(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        assert (await files.ask("/userdata/a", "POST", b"x" * 1000)).status == 200
        assert (await files.ask("/userdata/a", "POST", b"y" * 1001)).status == 413
        assert (files.user / "a").read_bytes() == b"x" * 1000

    served(tmp_path, work, limits=Limits(body_bytes=1000))


@pytest.mark.parametrize("what", ["GET", "POST", "DELETE", "from", "to", "dir", "path"])
def test_nothing_of_the_user_lies_anywhere_else(tmp_path: Path, what: str) -> None:
    async def work(files: Files) -> None:
        files.user.mkdir(parents=True)
        (tmp_path / "secret.txt").write_text("the secret")
        (files.user / "link.txt").symlink_to(tmp_path / "secret.txt")
        (files.user / "folder").symlink_to(tmp_path)
        (files.user / "a.json").write_text("mine")
        before = visible(tmp_path)
        for escape in ESCAPES:
            # Hidden files are the user's here, and what is no UTF-8 stays encoded in a path.
            if any(word in escape for word in (".hidden", ".bashrc", "%c0", "%ff")):
                continue
            one = escape.replace("/", "%2f") if "%" in escape else quote(escape, safe="")
            url, method = {
                "from": (f"/userdata/{one}/move/new.json", "POST"),
                "to": (f"/userdata/a.json/move/{one}", "POST"),
                "dir": (f"/userdata?dir={one}&recurse=true", "GET"),
                "path": (f"/v2/userdata?path={one}", "GET"),
            }.get(what, (f"/userdata/{one}", what))
            answer = await files.ask(url, method, b"written" if method == "POST" else b"")
            assert answer.status in (400, 403, 404), escape
            assert b"the secret" not in answer.body
            assert visible(tmp_path) == before
        assert (tmp_path / "secret.txt").read_text() == "the secret"

    served(tmp_path, work)


def test_a_name_that_leads_out_is_403(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        for bad in ("%2e%2e%2fx", "..%5cx", "%2fx", "a%00b", "%252e%252e%252fx"):
            for method in ("GET", "POST", "DELETE"):
                assert (await files.ask(f"/userdata/{bad}", method)).status == 403
            assert (await files.ask(f"/userdata?dir={bad}")).status == 403
            assert (await files.ask(f"/v2/userdata?path={bad}")).status == 400

    served(tmp_path, work)


def test_a_file_is_moved(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        async def move(source: str, target: str, query: str = "") -> Any:
            url = f"/userdata/{name_of(source)}/move/{name_of(target)}{query}"
            answer = await files.ask(url, "POST")
            return answer.status if answer.status >= 400 else answer.json

        for name in ("a", "b"):
            await files.ask(f"/userdata/{name}", "POST", name.encode())
        assert await move("a", "w/x/c") == "w/x/c"
        assert visible(files.user) == ["b", "w/x/c"]
        assert await move("b", "w/x/c", "?overwrite=false") == 409
        assert await move("b", "b", "?overwrite=false") == 409
        assert visible(files.user) == ["b", "w/x/c"]
        told = await move("b", "w/x/c", "?full_info=true")
        assert (told["path"], told["size"]) == ("w/x/c", 1)
        assert (files.user / "w/x/c").read_bytes() == b"b"
        assert visible(files.user) == ["w/x/c"]
        assert await move("w/x/c", "w/x/c") == "w/x/c"
        assert await move("w/x/c", "d", "?overwrite=false") == "d"
        assert await move("gone", "e") == 404
        assert await move("w", "e") == 404
        assert await move("d", "w") == 400
        assert await move("d", "d/e") in (400, 409)
        assert visible(files.user) == ["d"]

    served(tmp_path, work)


def test_a_file_cannot_be_read_as_a_page(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        for name in ("a.html", "a.svg", "a.js", "a.xml", "a.css", "a.json", "a.png", "user.css"):
            await files.ask(f"/userdata/{name}", "POST", SCRIPT)
            answer = await files.ask(f"/userdata/{name}")
            assert answer.body == SCRIPT
            kinds = {"a.json": "application/json", "a.png": "image/png"}
            kind = kinds.get(name, "application/octet-stream")
            assert answer.headers["content-type"] == kind
            assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
            assert_sealed(answer)

    served(tmp_path, work)


# Lists


def fill(files: Files) -> None:
    for path in ("w/b.json", "w/a.json", "w/deep/c.json", "w/.index.json", "top.txt"):
        (files.user / path).parent.mkdir(parents=True, exist_ok=True)
        (files.user / path).write_text("x")
    os.mkfifo(files.user / "w" / "pipe")


def test_a_folder_is_listed_in_the_form_asked_for(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        fill(files)
        for query, found in [
            ("dir=w", ["a.json", "b.json"]),
            ("dir=w&recurse=true", ["a.json", "b.json", "deep/c.json"]),
            ("dir=w/deep&recurse=true", ["c.json"]),
            ("dir=w%2Fdeep", ["c.json"]),
            ("dir=w&recurse=false&split=true", [["a.json", "a.json"], ["b.json", "b.json"]]),
            (
                "dir=.&recurse=true&split=TRUE",
                [
                    ["top.txt", "top.txt"],
                    ["w/a.json", "w", "a.json"],
                    ["w/b.json", "w", "b.json"],
                    ["w/deep/c.json", "w", "deep", "c.json"],
                ],
            ),
        ]:
            assert (await files.ask(f"/userdata?{query}")).json == found, query
        full = await files.ask("/userdata?dir=w&recurse=true&split=true&full_info=true")
        assert [entry["path"] for entry in full.json] == ["a.json", "b.json", "deep/c.json"]
        assert {type(entry["modified"]) for entry in full.json} == {int}

    served(tmp_path, work)


def test_a_folder_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        assert (await files.ask("/userdata")).status == 400
        assert (await files.ask("/userdata?dir=")).status == 400
        assert (await files.ask("/userdata?dir=workflows&recurse=true")).status == 404
        fill(files)
        assert (await files.ask("/userdata?dir=workflows")).status == 404
        assert (await files.ask("/userdata?dir=top.txt")).status == 400
        assert (await files.ask("/v2/userdata?path=gone")).status == 404
        assert (await files.ask("/v2/userdata?path=top.txt")).status == 400

    served(tmp_path, work)


def test_the_newer_list_has_folders_first(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        assert (await files.ask("/v2/userdata")).json == []
        fill(files)
        found = (await files.ask("/api/v2/userdata")).json
        assert [(entry["name"], entry["path"], entry["type"]) for entry in found] == [
            ("deep", "w/deep", "directory"),
            ("w", "w", "directory"),
            ("a.json", "w/a.json", "file"),
            ("b.json", "w/b.json", "file"),
            ("c.json", "w/deep/c.json", "file"),
            ("top.txt", "top.txt", "file"),
        ]
        assert found[0].keys() == {"name", "path", "type"}
        assert found[2]["size"] == 1
        assert found[2]["modified"] == (files.user / "w/a.json").stat().st_mtime
        below = (await files.ask("/v2/userdata?path=w%2Fdeep")).json
        assert [entry["path"] for entry in below] == ["w/deep/c.json"]

    served(tmp_path, work)


# Users


def test_there_is_one_user(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        assert (await files.ask("/users")).json == {"storage": "server", "migrated": False}
        await files.ask("/settings/a", "POST", b"1")
        assert (await files.ask("/api/users")).json == {"storage": "server", "migrated": True}
        answer = await files.ask("/users", "POST", b'{"username": "eve"}')
        assert (answer.status, "one user" in answer.message) == (400, True)
        other = await files.ask("/userdata/x", "POST", b"1", {"Comfy-User": "../../eve"})
        assert (other.status, (files.user / "x").exists()) == (200, True)

    served(tmp_path, work)


# Settings


def test_settings_are_merged_and_kept(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        assert (await files.ask("/settings")).json == {}
        assert (await files.ask("/settings/Comfy.A")).json is None
        kept = await files.ask("/settings", "POST", b'{"Comfy.A": 1, "B": {"c": [null]}}')
        assert (kept.status, kept.body) == (200, b"")
        assert (await files.ask("/api/settings/Comfy.A", "POST", b"false")).body == b""
        await files.ask("/settings", "POST", b'{"D": "\xc3\xa9"}')
        whole = {"Comfy.A": False, "B": {"c": [None]}, "D": "é"}
        assert (await files.ask("/api/settings")).json == whole
        assert (await files.ask("/settings/B")).json == {"c": [None]}
        assert json.loads((files.user / "comfy.settings.json").read_bytes()) == whole

    async def later(files: Files) -> None:
        assert (await files.ask("/settings/D")).json == "é"

    served(tmp_path, work)
    served(tmp_path, later)


@pytest.mark.parametrize("value", [b"null", b"1e300", b"-0.5", b"12345678901234567890123", b'""'])
def test_any_json_may_be_a_setting(tmp_path: Path, value: bytes) -> None:
    async def work(files: Files) -> None:
        assert (await files.ask("/settings/x%2Fy.z", "POST", value)).status == 200
        assert (await files.ask("/settings/x%2Fy.z")).json == json.loads(value)

    served(tmp_path, work)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/settings", b"[]"),
        ("/settings", b"7"),
        ("/settings", b""),
        ("/settings", b"{"),
        ("/settings", b'{"a": NaN}'),
        ("/settings", b'{"a": "\xff"}'),
        ("/settings/a", b""),
        ("/settings/a", b"NaN"),
        ("/settings/a", b"[" * 100_000),
        ("/settings/a", b"[" * 100 + b"]" * 100),
        ("/settings/a", b'"\\ud800"'),
    ],
)
def test_what_is_no_setting_changes_nothing(tmp_path: Path, path: str, body: bytes) -> None:
    async def work(files: Files) -> None:
        await files.ask("/settings/a", "POST", b"1")
        answer = await files.ask(path, "POST", body)
        assert answer.status == 400
        assert answer.message
        assert (await files.ask("/settings")).json == {"a": 1}

    served(tmp_path, work)


def test_no_change_is_lost_when_many_are_made_at_once(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        async def change(number: int) -> None:
            path = "/settings" if number % 2 else f"/api/settings/s{number}"
            body = f'{{"s{number}": {number}}}' if number % 2 else str(number)
            assert (await files.ask(path, "POST", body.encode())).status == 200

        await asyncio.gather(*(change(number) for number in range(60)))
        whole = (await files.ask("/settings")).json
        assert whole == {f"s{number}": number for number in range(60)}
        assert visible(files.user) == ["comfy.settings.json"]

    served(tmp_path, work)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe\x00", b'{"a": 1', b"[" * 99_999])
def test_damaged_settings_are_set_aside_and_not_lost(tmp_path: Path, damage: bytes) -> None:
    async def work(files: Files) -> None:
        files.user.mkdir(parents=True)
        for number in (1, 2):
            (files.user / "comfy.settings.json").write_bytes(damage)
            assert (await files.ask("/settings")).json == {}
            aside = files.user / f"comfy.settings.damaged-{number}.json"
            assert aside.read_bytes() == damage
        await files.ask("/settings/a", "POST", b"1")
        assert (await files.ask("/settings")).json == {"a": 1}

    served(tmp_path, work)


def test_settings_that_cannot_be_read_are_not_replaced(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.user / "comfy.settings.json").mkdir(parents=True)
        assert (await files.ask("/settings")).status == 400
        assert (await files.ask("/settings/a", "POST", b"1")).status == 400
        assert (files.user / "comfy.settings.json").is_dir()

    served(tmp_path, work)


def test_settings_do_not_grow_without_end(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        value = json.dumps("x" * 700).encode()
        assert (await files.ask("/settings/a", "POST", value)).status == 200
        assert (await files.ask("/settings/b", "POST", value)).status == 413
        assert (await files.ask("/settings/a", "POST", b"1")).status == 200
        assert (await files.ask("/settings/b", "POST", value)).status == 200

    served(tmp_path, work, limits=Limits(body_bytes=1000))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=60), st.text(min_size=1, max_size=20))
def test_no_body_and_no_name_whatever_breaks_the_server(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("data")
    one = quote(name.encode(errors="surrogatepass"), safe="")

    async def work(files: Files) -> None:
        for path, method in [
            ("/settings", "POST"),
            (f"/settings/{one}", "POST"),
            (f"/settings/{one}", "GET"),
            (f"/userdata/{one}", "POST"),
            (f"/userdata/{one}", "GET"),
            (f"/userdata/{one}/move/{one}x", "POST"),
            (f"/userdata?dir={one}&recurse=true", "GET"),
            (f"/v2/userdata?path={one}", "GET"),
            ("/v2/userdata", "GET"),
            (f"/userdata/{one}x", "DELETE"),
        ]:
            answer = await files.ask(path, method, body if method == "POST" else b"")
            assert answer.status < 500, (path, method)
        assert {entry.name for entry in folder.iterdir()} <= {"input", "output", "temp", "user"}

    served(folder, work)
