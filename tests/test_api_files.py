"""Looking at files and sending them: what comes back, and what no request gets at."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
import struct
import wave
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from patchbay.api import delivery, pictures
from patchbay.api.serving import Limits
from patchbay.errors import MediaError
from tests.filing import FORM, Answer, Files, form_of, served, serving

WORDS = bytes(range(256)) * 8


def sound() -> bytes:
    """A second of a tone, as a WAV file."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        tone = np.sin(np.arange(8000) * 0.3) * 20_000
        file.writeframes(tone.astype("<i2").tobytes())
    return data.getvalue()


def picture(mode: str = "RGBA", colour: Any = (10, 20, 30, 40), **how: Any) -> bytes:
    data = io.BytesIO()
    Image.new(mode, (6, 4), colour).save(data, how.pop("format", "PNG"), **how)
    return data.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def visible(folder: Path) -> list[str]:
    """All files below a folder, hidden ones too."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


# Looking: where


def test_a_file_is_found_by_folder_subfolder_and_name(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / "takes").mkdir()
        for folder, text in (("input", b"i"), ("output", b"o"), ("temp", b"t")):
            (files.folders.of(folder) / "a.txt").write_bytes(text)  # type: ignore[arg-type]
        (files.folders.output / "takes" / "a.txt").write_bytes(b"deep")
        for query, body in [
            ("filename=a.txt", b"o"),
            ("filename=a.txt&type=input", b"i"),
            ("filename=a.txt&type=temp&subfolder=", b"t"),
            ("filename=a.txt&subfolder=takes", b"deep"),
            ("filename=a.txt&subfolder=takes/&type=output", b"deep"),
            ("filename=a.txt&subfolder=.", b"o"),
            ("filename=takes/a.txt", b"deep"),
            ("filename=takes%5Ca.txt", b"deep"),
            ("filename=a.txt%20%5Binput%5D", b"i"),
            ("filename=a.txt%20[temp]&type=output", b"t"),
            ("filename=a.txt&rand=0.123&type=output", b"o"),
        ]:
            for prefix in ("", "/api"):
                answer = await files.ask(f"{prefix}/view?{query}")
                assert (answer.status, answer.body) == (200, body), query

    served(tmp_path, work)


def test_what_is_not_there_is_told_so(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / "folder").mkdir()
        os.mkfifo(files.folders.output / "pipe.wav")
        for query, status in [
            ("", 404),
            ("filename=", 404),
            ("filename=gone.wav", 404),
            ("filename=folder", 404),
            ("filename=pipe.wav", 404),
            ("filename=a.wav&subfolder=gone", 404),
            ("filename=a.wav&type=models", 400),
            ("filename=a.wav&type=", 400),
            ("filename=a.wav&type=../input", 400),
            ("filename=folder/", 404),
            ("filename=.", 400),
        ]:
            answer = await files.ask(f"/view?{query}")
            assert answer.status == status, query
            assert answer.message
            assert str(tmp_path) not in answer.body.decode()

    served(tmp_path, work)


ESCAPES = [
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "%2e%2e/secret.txt",
    "..%5csecret.txt",
    "%2e%2e%5csecret.txt",
    "%252e%252e%252fsecret.txt",
    "..%252fsecret.txt",
    "..%c0%afsecret.txt",
    "%c0%ae%c0%ae/secret.txt",
    "a/../../secret.txt",
    "....//secret.txt",
    ".../secret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "file:///etc/passwd",
    "C:%5csecret.txt",
    "%5c%5cserver%5cshare%5cx",
    "%5c%5c%3f%5cC:%5cx",
    "secret.txt%00.png",
    "..%00/secret.txt",
    "link.txt",
    "folder/secret.txt",
    "a.txt:stream",
    "con",
    "nul.txt",
    "a.txt.",
    "a.txt%20",
    "a%0d%0aSet-Cookie:x",
    "%ff%fe",
    "x" * 300,
    "x/" * 600 + "x",
    "~/.bashrc",
    ".hidden",
    "sub/.hidden/a",
]


@pytest.mark.parametrize("where", ["filename", "subfolder", "type", "annotated", "both"])
def test_no_request_gets_at_anything_outside(tmp_path: Path, where: str) -> None:
    async def work(files: Files) -> None:
        (tmp_path / "secret.txt").write_text("the secret")
        output = files.folders.output
        (output / "link.txt").symlink_to(tmp_path / "secret.txt")
        (output / "folder").symlink_to(tmp_path)
        (output / "a.txt").write_text("fine")
        (output / ".hidden").write_text("the secret")
        for escape in ESCAPES:
            query = {
                "filename": f"filename={escape}",
                "subfolder": f"filename=secret.txt&subfolder={escape}",
                "type": f"filename=secret.txt&type={escape}",
                "annotated": f"filename={escape}%20[output]&type=temp",
                "both": f"filename={escape}&subfolder={escape}",
            }[where]
            answer = await files.ask(f"/view?{query}")
            assert answer.status in (400, 403, 404), escape
            assert b"the secret" not in answer.body
            assert b"root:" not in answer.body
            assert "set-cookie" not in answer.headers

    served(tmp_path, work)


def test_a_bad_name_is_400_and_a_bad_subfolder_403(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        for bad in ("../x", "/x", "..%5cx", "%2e%2e%2fx", "C:/x", "%00"):
            assert (await files.ask(f"/view?filename={bad}")).status == 400, bad
            assert (await files.ask(f"/view?filename=a&subfolder={bad}")).status == 403, bad

    served(tmp_path, work)


def test_the_path_itself_may_be_written_in_any_way(tmp_path: Path) -> None:
    """What is odd in a URL's path gets at no other route, and at no file."""

    async def work(files: Files) -> None:
        (tmp_path / "secret.txt").write_text("the secret")
        for path in (
            "/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/..%5csecret.txt",
            "//secret.txt", "/extensions/../../secret.txt", "/view/../../secret.txt",
            "/internal/files/..", "/internal/files/%2e%2e", "/internal/files/output%2f..",
            "/models/..%2f..", "/models/%2e%2e", "/view_metadata/..?filename=a.safetensors",
            "/view_metadata/loras?filename=../../secret.safetensors",
            "/experiment/models/preview/loras/0/..%2f..%2f..%2fsecret.txt",
            "/experiment/models/preview/loras/-1/a", "/experiment/models/preview/loras/99/a",
            "/api/workflow_templates/patchbay/..%2f..%2fpyproject.toml",
            "/api/workflow_templates/..%2f/README.md",
        ):  # fmt: skip
            answer = await files.ask(path)
            assert answer.status in (400, 403, 404), path
            assert b"the secret" not in answer.body

    served(tmp_path, work)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_query_whatever_gets_outside_or_breaks_the_server(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("any")
    piece = st.one_of(st.sampled_from(ESCAPES), st.text(max_size=20).map(quote_anything))
    queries = data.draw(
        st.lists(
            st.dictionaries(
                st.sampled_from(["filename", "subfolder", "type", "preview", "channel"]), piece
            ),
            min_size=4,
            max_size=4,
        )
    )

    async def work(files: Files) -> None:
        (folder / "secret.txt").write_text("the secret")
        (files.folders.output / "link.txt").symlink_to(folder / "secret.txt")
        for query in queries:
            text = "&".join(f"{name}={value}" for name, value in query.items())
            answer = await files.ask(f"/view?{text}")
            assert answer.status in (400, 403, 404)
            assert b"the secret" not in answer.body

    served(folder, work)


def quote_anything(text: str) -> str:
    return quote(text.encode(errors="surrogatepass"))


# Looking: ranges and conditions


def test_ranges_of_a_sound_are_those_asked_for(tmp_path: Path) -> None:
    data = sound()
    size = len(data)

    async def work(files: Files) -> None:
        (files.folders.output / "a.wav").write_bytes(data)
        for asked, start, stop in [
            ("bytes=0-", 0, size),
            ("bytes=0-0", 0, 1),
            ("bytes=44-143", 44, 144),
            ("bytes=100-", 100, size),
            ("bytes=-100", size - 100, size),
            ("bytes=-99999999", 0, size),
            (f"bytes={size - 1}-{size - 1}", size - 1, size),
            (f"bytes=10-{10**30}", 10, size),
            ("Bytes = 1 - 2 ", 1, 3),
        ]:
            answer = await files.ask("/view?filename=a.wav", headers={"Range": asked})
            assert answer.status == 206, asked
            assert answer.body == data[start:stop]
            assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
            assert answer.headers["content-length"] == str(stop - start)
            assert answer.headers["content-type"] == "audio/wav"
            assert answer.headers["accept-ranges"] == "bytes"

    served(tmp_path, work)


def test_a_range_that_is_not_there_is_416(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / "a.wav").write_bytes(WORDS)
        (files.folders.output / "empty.wav").touch()
        for name, asked, size in [
            ("a.wav", f"bytes={len(WORDS)}-", len(WORDS)),
            ("a.wav", f"bytes={10**40}-", len(WORDS)),
            ("a.wav", "bytes=-0", len(WORDS)),
            ("empty.wav", "bytes=0-", 0),
            ("empty.wav", "bytes=-5", 0),
        ]:
            answer = await files.ask(f"/view?filename={name}", headers={"Range": asked})
            assert (answer.status, answer.body) == (416, b""), asked
            assert answer.headers["content-range"] == f"bytes */{size}"

    served(tmp_path, work)


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=5-2", "bytes=-", "bytes=a-b", "items=0-5", "bytes=0-1,4-5", "bytes", "bytes=--5",
        "bytes=1-2-3", "bytes=٣-٤", "bytes=" + "9" * 5000 + "-", "",
    ],
)  # fmt: skip
def test_what_is_no_range_gives_the_whole_file(tmp_path: Path, asked: str) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / "a.wav").write_bytes(WORDS)
        answer = await files.ask("/view?filename=a.wav", headers={"Range": asked})
        assert (answer.status, answer.body) == (200, WORDS)
        assert "content-range" not in answer.headers

    served(tmp_path, work)


def test_asking_for_the_head_gives_only_that(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / "a.wav").write_bytes(WORDS)
        for headers in ({}, {"Range": "bytes=0-9"}):
            answer = await files.ask("/view?filename=a.wav", "HEAD", headers=headers)
            assert (answer.status, answer.body) == (200, b"")
            assert answer.headers["content-length"] == str(len(WORDS))
        assert (await files.ask("/view?filename=gone", "HEAD")).status == 404

    served(tmp_path, work)


def test_a_file_that_the_client_has_is_not_sent_again(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        path = files.folders.output / "a.wav"
        path.write_bytes(WORDS)
        os.utime(path, (1_700_000_000.6, 1_700_000_000.6))
        first = await files.ask("/view?filename=a.wav")
        tag, day = first.headers["etag"], first.headers["last-modified"]
        assert re.fullmatch(r'"[0-9a-f-]+"', tag)
        assert day == "Tue, 14 Nov 2023 22:13:20 GMT"
        late = "Wed, 15 Nov 2023 22:13:20 GMT"
        early = "Mon, 13 Nov 2023 22:13:20 GMT"
        for headers, status in [
            ({"If-None-Match": tag}, 304),
            ({"If-None-Match": f"W/{tag}"}, 304),
            ({"If-None-Match": f'"other", {tag}'}, 304),
            ({"If-None-Match": "*"}, 304),
            ({"If-None-Match": '"other"'}, 200),
            ({"If-None-Match": '"other"', "If-Modified-Since": day}, 200),
            ({"If-Modified-Since": day}, 304),
            ({"If-Modified-Since": late}, 304),
            ({"If-Modified-Since": early}, 200),
            ({"If-Modified-Since": "yesterday"}, 200),
            ({"If-Match": tag}, 200),
            ({"If-Match": f"W/{tag}"}, 412),
            ({"If-Match": '"other"'}, 412),
            ({"If-Unmodified-Since": day}, 200),
            ({"If-Unmodified-Since": early}, 412),
        ]:
            answer = await files.ask("/view?filename=a.wav", headers=headers)
            assert answer.status == status, headers
            assert answer.body == (WORDS if status == 200 else b"")
            assert answer.headers["etag"] == tag

    served(tmp_path, work)


def test_a_range_of_another_version_is_not_mixed_with_what_the_client_has(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        path = files.folders.output / "a.wav"
        path.write_bytes(WORDS)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        first = await files.ask("/view?filename=a.wav")
        tag, day = first.headers["etag"], first.headers["last-modified"]
        for condition, status in [
            (tag, 206),
            (day, 206),
            ('"old"', 200),
            (f"W/{tag}", 200),
            ("Wed, 15 Nov 2023 22:13:20 GMT", 200),
            ("Mon, 13 Nov 2023 22:13:20 GMT", 200),
            ("nonsense", 200),
        ]:
            headers = {"Range": "bytes=0-9", "If-Range": condition}
            answer = await files.ask("/view?filename=a.wav", headers=headers)
            assert answer.status == status, condition
            assert answer.body == (WORDS[:10] if status == 206 else WORDS)

    served(tmp_path, work)


def test_a_file_beside_it_is_never_sent_in_its_stead(tmp_path: Path) -> None:
    """Some servers send `a.txt.gz` to whoever takes gzip: an upload would then replace another."""

    async def work(files: Files) -> None:
        (files.folders.output / "a.txt").write_text("mine")
        (files.folders.output / "a.txt.gz").write_text("theirs")
        (files.folders.output / "a.txt.br").write_text("theirs")
        headers = {"Accept-Encoding": "gzip, br"}
        answer = await files.ask("/view?filename=a.txt", headers=headers)
        assert answer.body == b"mine"
        assert "content-encoding" not in answer.headers

    served(tmp_path, work)


def test_a_large_file_arrives_whole(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        data = np.random.default_rng(1).bytes(3_000_001)
        (files.folders.output / "a.wav").write_bytes(data)
        assert (await files.ask("/view?filename=a.wav")).body == data
        tail = await files.ask("/view?filename=a.wav", headers={"Range": "bytes=1000001-"})
        assert tail.body == data[1_000_001:]

    served(tmp_path, work)


def test_a_client_that_goes_away_in_the_middle_harms_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(files: Files) -> None:
        with (files.folders.output / "a.wav").open("wb") as file:
            file.truncate(64 << 20)
        for _ in range(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", files.port)
            writer.write(b"GET /view?filename=a.wav HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            await reader.readexactly(1000)
            writer.transport.abort()
        answer = await files.ask("/view?filename=a.wav", headers={"Range": "bytes=0-3"})
        assert answer.body == b"\0\0\0\0"

    served(tmp_path, work)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_file_cut_short_while_it_is_sent_does_not_leave_the_client_waiting(
    tmp_path: Path,
) -> None:
    async def work(files: Files) -> None:
        path = files.folders.output / "a.wav"
        with path.open("wb") as file:
            file.truncate(64 << 20)
        reader, writer = await asyncio.open_connection("127.0.0.1", files.port)
        writer.write(b"GET /view?filename=a.wav HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await reader.readexactly(1000)
        os.truncate(path, 1000)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(reader.readexactly(64 << 20), 30)
        writer.close()

    served(tmp_path, work)


# Looking: what a browser makes of it


RUNS = [
    "page.html", "page.HTM", "page.xhtml", "page.xht", "page.shtml", "script.js", "script.mjs",
    "style.css", "drawing.svg", "drawing.SVGZ", "feed.xml", "feed.rss", "sheet.xsl", "old.swf",
    "app.wasm", "doc.pdf", "mail.mht", "mail.mhtml", "mail.eml", "help.hta", "bare", "a.unknown",
    "movie.html.", "x.php", "x.jsonp", "x.webmanifest", "x.appcache", "x.wav.html", "x.py",
]  # fmt: skip
# The media types that a browser shows without running anything in them.
HARMLESS = re.compile(
    r"(audio|video)/[\w.-]+|image/(?!svg)[\w.-]+|application/json|text/(plain|vtt); charset=utf-8"
)
SCRIPT = b"<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>"


@pytest.mark.parametrize("name", RUNS)
def test_nothing_uploaded_can_run_in_a_browser(tmp_path: Path, name: str) -> None:
    async def work(files: Files) -> None:
        sent = await files.upload(SCRIPT, name)
        if name.endswith("."):
            assert sent.status == 400
            return
        answer = await files.ask(f"/view?filename={name}&type=input")
        assert answer.body == SCRIPT
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert_sealed(answer)
        for extra in ("&preview=webp;90", "&channel=rgb", "&channel=a"):
            again = await files.ask(f"/view?filename={name}&type=input{extra}")
            assert again.headers["content-type"] == "application/octet-stream"
            assert_sealed(again)

    served(tmp_path, work)


def assert_sealed(answer: Answer) -> None:
    policy = [part.strip() for part in answer.headers["content-security-policy"].split(";")]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in answer.headers["content-security-policy"]
    assert "allow" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.wav", "audio/wav"),
        ("a.MP3", "audio/mpeg"),
        ("a.flac", "audio/flac"),
        ("a.opus", "audio/ogg"),
        ("a.png", "image/png"),
        ("a.jpeg", "image/jpeg"),
        ("a.webp", "image/webp"),
        ("a.mp4", "video/mp4"),
        ("a.webm", "video/webm"),
        ("a.json", "application/json"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.srt", "text/plain; charset=utf-8"),
    ],
)
def test_media_is_shown_even_if_a_script_poses_as_it(tmp_path: Path, name: str, kind: str) -> None:
    async def work(files: Files) -> None:
        await files.upload(SCRIPT, name)
        answer = await files.ask(f"/view?filename={name}&type=input")
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
        assert_sealed(answer)

    served(tmp_path, work)


def test_every_type_that_is_shown_runs_nothing() -> None:
    for suffix, kind in delivery._SHOWN.items():
        assert HARMLESS.fullmatch(kind), suffix


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.wav", 'inline; filename="a.wav"'),
        ("two words (1).wav", 'inline; filename="two words (1).wav"'),
        ("é.wav", "inline; filename=\"_.wav\"; filename*=UTF-8''%C3%A9.wav"),
        ('a"b.wav', "inline; filename=\"a_b.wav\"; filename*=UTF-8''a%22b.wav"),
        ("a;b.wav", "inline; filename=\"a_b.wav\"; filename*=UTF-8''a%3Bb.wav"),
        ("50%41.wav", "inline; filename=\"50_41.wav\"; filename*=UTF-8''50%2541.wav"),
        ("曲.wav", "inline; filename=\"_.wav\"; filename*=UTF-8''%E6%9B%B2.wav"),
        ("a\u202egnp.wav", "inline; filename=\"a_gnp.wav\"; filename*=UTF-8''a%E2%80%AEgnp.wav"),
    ],
)
def test_a_file_keeps_its_name_whatever_that_is(tmp_path: Path, name: str, header: str) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / name).touch()
        answer = await files.ask(f"/view?filename={quote(name)}")
        assert answer.headers["content-disposition"] == header

    served(tmp_path, work)


@given(name=st.text())
def test_any_name_makes_a_header_of_one_line_that_parses(name: str) -> None:
    header = delivery.disposition("attachment", name)
    assert re.fullmatch(
        r'attachment; filename="[^"\\\x00-\x1f\x7f-\U0010ffff]*"'
        r"(; filename\*=UTF-8''[A-Za-z0-9%._~-]*)?",
        header,
    )


def test_pages_that_the_user_allows_may_embed_files(tmp_path: Path) -> None:
    async def alone(files: Files) -> None:
        (files.folders.output / "a.png").touch()
        answer = await files.ask("/view?filename=a.png")
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"

    async def allowed(files: Files) -> None:
        answer = await files.ask("/view?filename=a.png")
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"

    served(tmp_path, alone)
    served(tmp_path, allowed, origins=("https://a.example",))


# Looking: pictures in other forms


def test_a_picture_is_given_in_the_form_asked_for(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / "a.png").write_bytes(picture())
        for query, kind, mode, pixel in [
            ("preview=webp;90", "image/webp", "RGBA", None),
            ("preview=webp", "image/webp", "RGBA", None),
            ("preview=jpeg;80", "image/jpeg", "RGB", None),
            ("preview=gif;80", "image/webp", "RGBA", None),
            ("preview=jpeg;80&channel=rgba", "image/webp", "RGBA", None),
            ("preview=jpeg;9999&channel=rgb", "image/webp", "RGB", None),
            ("channel=rgb", "image/png", "RGB", (10, 20, 30)),
            ("channel=a", "image/png", "RGBA", (0, 0, 0, 40)),
        ]:
            answer = await files.ask(f"/view?filename=a.png&{query}")
            assert answer.status == 200, query
            image = opened(answer.body)
            assert (answer.headers["content-type"], image.mode) == (kind, mode), query
            assert image.size == (6, 4)
            if pixel is not None:
                assert image.getpixel((0, 0)) == pixel
            assert answer.headers["content-disposition"] == 'inline; filename="a.png"'
            assert_sealed(answer)

    served(tmp_path, work)


def test_a_picture_is_sent_as_it_is_unless_asked_otherwise(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        data = picture()
        (files.folders.output / "a.png").write_bytes(data)
        (files.folders.output / "a.wav").write_bytes(b"RIFF")
        for query in ("filename=a.png", "filename=a.png&channel=rgba", "filename=a.png&channel=x"):
            assert (await files.ask(f"/view?{query}")).body == data
        assert (await files.ask("/view?filename=a.wav&preview=webp;90")).body == b"RIFF"

    served(tmp_path, work)


def test_a_picture_without_alpha_is_opaque(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / "a.jpg").write_bytes(picture("L", 99, format="JPEG"))
        answer = await files.ask("/view?filename=a.jpg&channel=a")
        assert opened(answer.body).getpixel((0, 0)) == (0, 0, 0, 255)

    served(tmp_path, work)


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has ten thousand million pixels."""
    data = bytearray(picture("L", 0))
    data[16:24] = struct.pack(">II", 100_000, 100_000)
    import zlib

    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cannot be read"),
        (b"<svg onload=alert(1)>", "cannot be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be read"),
        (picture()[:50], "cannot be read"),
        (picture("RGB", (1, 2, 3), format="PPM"), "none of AVIF, BMP"),
        (bomb(), "too large"),
    ],
    ids=["empty", "svg", "postscript", "truncated", "another", "bomb"],
)
def test_what_only_poses_as_a_picture_is_told_so(tmp_path: Path, data: bytes, reason: str) -> None:
    async def work(files: Files) -> None:
        (files.folders.output / "a.png").write_bytes(data)
        for query in ("channel=rgb", "preview=webp;90", "channel=a"):
            answer = await files.ask(f"/view?filename=a.png&{query}")
            assert answer.status == 400
            assert reason in answer.message
            assert str(tmp_path) not in answer.body.decode()

    served(tmp_path, work)


def test_a_picture_larger_than_the_limit_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 23)

    async def work(files: Files) -> None:
        (files.folders.output / "a.png").write_bytes(picture())
        answer = await files.ask("/view?filename=a.png&channel=rgb")
        assert (answer.status, "too large" in answer.message) == (400, True)

    served(tmp_path, work)


def test_a_mural_longer_than_webp_holds_has_a_preview(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        Image.new("RGB", (80_000, 80)).save(files.folders.output / "a.png")
        webp = await files.ask("/view?filename=a.png&preview=webp;10")
        assert opened(webp.body).size == (16_383, 16)
        jpeg = await files.ask("/view?filename=a.png&preview=jpeg;10")
        assert opened(jpeg.body).size == (65_500, 66)

    served(tmp_path, work)


@given(st.binary(max_size=200), st.sampled_from(["PNG", "GIF", "BMP", "WEBP", "JPEG", "TIFF"]))
def test_no_damage_to_a_picture_is_more_than_an_error(noise: bytes, form: str) -> None:
    data = bytearray(picture("RGB", (1, 2, 3), format=form))
    for place, byte in enumerate(noise):
        data[(place * 37 + byte) % len(data)] = byte
    with contextlib.suppress(MediaError):
        pictures.converted(io.BytesIO(bytes(data)), pictures.Form("WEBP"))


# Uploading


def test_a_file_of_any_kind_is_uploaded_and_looked_at(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        answer = await files.upload(sound(), "take one.wav")
        assert (answer.status, answer.json) == (
            200,
            {"name": "take one.wav", "subfolder": "", "type": "input"},
        )
        assert (files.folders.input / "take one.wav").read_bytes() == sound()
        again = await files.ask("/view?filename=take%20one.wav&type=input")
        assert again.body == sound()
        empty = await files.upload(b"", "empty.txt")
        assert empty.status == 200
        assert visible(files.folders.input) == ["empty.txt", "take one.wav"]

    served(tmp_path, work)


def test_the_fields_may_come_before_the_file_or_after_it(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        file = ("image", "a.txt", b"x")
        folder = ("subfolder", None, b"takes/new")
        kind = ("type", None, b"temp")
        for parts in ([file, folder, kind], [folder, kind, file], [kind, file, folder]):
            answer = await files.send_form(parts)
            assert answer.json == {"name": "a.txt", "subfolder": "takes/new", "type": "temp"}
        assert visible(files.folders.temp) == ["takes/new/a.txt"]
        assert visible(files.folders.input) == []

    served(tmp_path, work)


def test_a_file_of_the_same_content_is_not_kept_twice(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        found = []
        for data in (b"one", b"one", b"two", b"one", b"two", b"six", b"three"):
            found.append((await files.upload(data, "a.txt")).json["name"])
        assert found == [
            "a.txt", "a.txt", "a (1).txt", "a.txt", "a (1).txt", "a (2).txt", "a (3).txt",
        ]  # fmt: skip
        assert (files.folders.input / "a (2).txt").read_bytes() == b"six"

    served(tmp_path, work)


@pytest.mark.parametrize(("word", "kept"), [("true", "two"), ("1", "two"), ("false", "one")])
def test_a_file_is_replaced_only_if_asked(tmp_path: Path, word: str, kept: str) -> None:
    async def work(files: Files) -> None:
        await files.upload(b"one", "a.txt")
        answer = await files.upload(b"two", "a.txt", overwrite=word)
        assert answer.json["name"] == ("a.txt" if kept == "two" else "a (1).txt")
        assert (files.folders.input / "a.txt").read_text() == kept

    served(tmp_path, work)


def test_uploads_of_one_name_at_once_are_all_kept(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        contents = [f"content {number % 40}".encode() for number in range(60)]
        answers = await asyncio.gather(*(files.upload(data, "a.txt") for data in contents))
        assert {answer.status for answer in answers} == {200}
        for answer, data in zip(answers, contents, strict=True):
            assert (files.folders.input / answer.json["name"]).read_bytes() == data
        stems = ["a.txt", *(f"a ({number}).txt" for number in range(1, 40))]
        assert visible(files.folders.input) == sorted(stems)

    served(tmp_path, work)


def test_no_upload_goes_anywhere_else(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.folders.input / "link").symlink_to(tmp_path)
        (files.folders.input / "note.txt").symlink_to(tmp_path / "new.txt")
        (files.folders.input / "file").touch()
        before = visible(tmp_path)
        for name in (
            "../a.txt", "..\\\\a.txt", "a/b.txt", "/etc/x", "C:\\\\a.txt", "a.txt:b", "con",
            "nul.txt", "a.txt.", "a.txt ", ".hidden", "..", ".", "x" * 256, "a\x01b",
            "%2e%2e%2fa.txt", "%2fetc%2fpasswd", "note.txt",
        ):  # fmt: skip
            answer = await files.upload(b"x", name)
            assert answer.status == 400, name
        for subfolder in (
            "..", "../output", "/tmp", "a/../..", "..\\x", "C:/x", "link", "link/x", ".git", "a/.b",
            "%2e%2e", "x\x00", "a:b", "y" * 300, "z/" * 600 + "z",
        ):  # fmt: skip
            answer = await files.upload(b"x", "a.txt", subfolder=subfolder)
            assert answer.status == 400, subfolder
        for kind in ("models", "..", "../input", "INPUT"):
            assert (await files.upload(b"x", "a.txt", type=kind)).status == 400, kind
        assert (await files.upload(b"x", "a.txt", subfolder="file")).status == 409
        assert visible(tmp_path) == before

    served(tmp_path, work)


def test_a_name_written_in_the_longer_form_is_decided_on_too(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        for name, status in [
            ("UTF-8''%e2%82%ac.txt", 200),
            ("UTF-8''..%2f..%2fa.txt", 400),
            ("UTF-8''%2fetc%2fpasswd", 400),
            ("UTF-8''a%00b", 400),
            ("UTF-8''a%0d%0ab", 400),
            ("no-such-charset''a%41.txt", 400),
            ("UTF-8''%ff%fe", 400),
        ]:
            body = (
                f'--edge\r\nContent-Disposition: form-data; name="image"; filename*={name}\r\n\r\n'
                "x\r\n--edge--\r\n"
            ).encode()
            answer = await files.ask("/upload/image", "POST", body, FORM)
            assert answer.status == status, name
        assert visible(files.folders.input) == ["€.txt"]

    served(tmp_path, work)


def test_a_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        (files.folders.input / "a.txt").mkdir()
        assert (await files.upload(b"x", "a.txt", overwrite="true")).status == 400
        assert (await files.upload(b"x", "a.txt")).json["name"] == "a (1).txt"

    served(tmp_path, work)


def test_a_name_that_has_no_room_for_a_number_is_told_so(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        name = "x" * 251 + ".txt"
        assert (await files.upload(b"one", name)).status == 200
        assert (await files.upload(b"two", name)).status == 400
        assert visible(files.folders.input) == [name]

    served(tmp_path, work)


def part(data: bytes) -> bytes:
    return b'--edge\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n' + data


BROKEN = {
    "nothing": b"",
    "no form": b"hello",
    "only a boundary": b"--edge",
    "no end": part(b"x"),
    "ends in the head": part(b"")[:40],
    "another boundary": part(b"x\r\n--other--\r\n"),
    "no file": b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--edge--\r\n',
    "no name": b"--edge\r\n\r\nx\r\n--edge--\r\n",
    "an empty file name": part(b"x\r\n--edge--\r\n").replace(b'"a"', b'""'),
    "a damaged head": part(b"x\r\n--edge--\r\n").replace(b"; name", b";;; name="),
    "a head that is none": b"--edge\r\n\x00\xff\xfe\r\n\r\nx\r\n--edge--\r\n",
    "a long head": b"--edge\r\nX: " + b"y" * 100_000 + b"\r\n\r\nx\r\n--edge--\r\n",
    "many heads": b"--edge\r\n" + b"X: y\r\n" * 10_000 + b"\r\nx\r\n--edge--\r\n",
    "a form in a form": b"--edge\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\n",
    "two files": part(b"x\r\n") + part(b"y\r\n") + b"--edge--\r\n",
    "many fields": b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 100
    + part(b"x\r\n--edge--\r\n"),
    "a field of other letters": part(b"x\r\n")
    + b'--edge\r\nContent-Disposition: form-data; name="type"\r\n\r\n\xff\xfe\r\n--edge--\r\n',
    "an unknown encoding": part(b"").replace(
        b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: rot13\r\n\r\n"
    )
    + b"x\r\n--edge--\r\n",
    "damaged base64": part(b"").replace(
        b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    + b"x\r\n--edge--\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("path", ["/upload/image", "/upload/mask"])
def test_a_broken_form_is_told_so_and_leaves_nothing(tmp_path: Path, name: str, path: str) -> None:
    async def work(files: Files) -> None:
        answer = await files.ask(path, "POST", BROKEN[name], FORM)
        assert answer.status == 400
        assert answer.message
        assert visible(files.folders.input) == []

    served(tmp_path, work)


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=edge",
        "application/json", "image/png", "", "multipart/form-data; boundary=" + "x" * 500, "\x7f;;",
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_is_told_so(tmp_path: Path, kind: str) -> None:
    async def work(files: Files) -> None:
        body = form_of([("image", "a", b"x")])
        answer = await files.ask("/upload/image", "POST", body, {"Content-Type": kind})
        assert answer.status == 400
        assert visible(files.folders.input) == []

    served(tmp_path, work)


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.integers(0, 300), st.booleans())
def test_no_form_whatever_breaks_the_server(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int, chunked: bool
) -> None:
    folder = tmp_path_factory.mktemp("form")
    body = bytearray(form_of([("image", "a", b"abc"), ("type", None, b"temp")]))
    body[place : place + len(noise) // 4] = noise

    async def work(files: Files) -> None:
        for data in (noise, bytes(body)):
            if chunked:
                head = f"POST /upload/image HTTP/1.1\r\nHost: 127.0.0.1:{files.port}\r\n"
                head += f"Content-Type: {FORM['Content-Type']}\r\nConnection: close\r\n"
                head += "Transfer-Encoding: chunked\r\n\r\n"
                sent = (
                    f"{len(data):x}\r\n".encode() + data + b"\r\n0\r\n\r\n"
                    if data
                    else b"0\r\n\r\n"
                )
                answer = await files.raw(head.encode() + sent)
            else:
                answer = await files.ask("/upload/image", "POST", data, FORM)
            assert answer.status in (200, 400, 413)
        assert not [name for name in visible(folder) if name.endswith(".part")]
        assert {entry.name for entry in folder.iterdir()} == {"input", "output", "temp"}

    served(folder, work)


def test_too_large_an_upload_is_refused_before_and_while_it_comes(tmp_path: Path) -> None:
    limits = Limits(upload_bytes=100_000)

    async def work(files: Files) -> None:
        assert (await files.upload(b"x" * 100_000)).status == 200
        # Not announced as too large, since a form may be a little larger than its file.
        answer = await files.upload(b"y" * 100_001)
        assert (answer.status, answer.json["error"]["type"]) == (413, "too_large")
        # Announced: refused before the body comes.
        head = f"POST /upload/image HTTP/1.1\r\nHost: 127.0.0.1:{files.port}\r\n"
        head += f"Content-Type: {FORM['Content-Type']}\r\nConnection: close\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", files.port)
        writer.write((head + "Content-Length: 900000000\r\n\r\n").encode())
        assert b" 413 " in await reader.readline()
        writer.close()
        # In chunks, so that nobody knows how much is to come.
        data = form_of([("image", "a", b"z" * 500_000)])
        chunk = f"{len(data):x}\r\n".encode() + data + b"\r\n0\r\n\r\n"
        late = await files.raw((head + "Transfer-Encoding: chunked\r\n\r\n").encode() + chunk)
        assert late.status == 413
        field = await files.upload(b"x", "b", subfolder="s" * 70_000)
        assert field.status == 413
        assert visible(files.folders.input) == ["a.bin"]

    served(tmp_path, work, limits=limits)


@pytest.mark.parametrize("announced", [True, False])
def test_a_client_that_hangs_up_in_the_middle_leaves_nothing(
    tmp_path: Path, announced: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(files: Files) -> None:
        head = f"POST /upload/image HTTP/1.1\r\nHost: 127.0.0.1:{files.port}\r\n"
        head += f"Content-Type: {FORM['Content-Type']}\r\n"
        head += (
            "Content-Length: 9000000\r\n\r\n" if announced else "Transfer-Encoding: chunked\r\n\r\n"
        )
        data = part(b"x" * 3_000_000)
        if not announced:
            data = f"{9_000_000:x}\r\n".encode() + data
        for _ in range(3):
            _, writer = await asyncio.open_connection("127.0.0.1", files.port)
            writer.write(head.encode() + data)
            await until(lambda: any(name.endswith(".part") for name in visible(tmp_path)))
            writer.transport.abort()
            await until(lambda: not visible(files.folders.input))
        assert (await files.upload(b"x", "a.txt")).status == 200
        assert visible(files.folders.input) == ["a.txt"]

    served(tmp_path, work)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def until(done: Any) -> None:
    """Waits for what another task or thread does, looking every few milliseconds."""
    async with asyncio.timeout(60):
        while not done():
            await asyncio.sleep(0.005)


def test_a_half_uploaded_file_cannot_be_looked_at(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        head = f"POST /upload/image HTTP/1.1\r\nHost: 127.0.0.1:{files.port}\r\n"
        head += f"Content-Type: {FORM['Content-Type']}\r\nContent-Length: 9000000\r\n\r\n"
        _, writer = await asyncio.open_connection("127.0.0.1", files.port)
        writer.write(head.encode() + part(b"x" * 3_000_000))
        await until(lambda: visible(files.folders.input))
        (name,) = visible(files.folders.input)
        answer = await files.ask(f"/view?filename={name}&type=input")
        assert (answer.status, "hidden" in answer.message) == (400, True)
        assert (await files.ask("/internal/files/input")).json == []
        writer.close()

    served(tmp_path, work)


def test_what_a_killed_server_left_unfinished_is_removed(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        left = files.folders.input / ".upload.999999999-5.part"
        ours = files.folders.input / f".upload.{os.getpid()}-5.part"
        for path in (left, ours):
            path.touch()
        await files.upload(b"x", "a.txt")
        assert visible(files.folders.input) == [ours.name, "a.txt"]

    served(tmp_path, work)


def test_an_upload_is_never_held_in_memory(tmp_path: Path) -> None:
    process = psutil.Process()

    async def work(files: Files) -> None:
        size = 192 << 20
        head = f"POST /upload/image HTTP/1.1\r\nHost: 127.0.0.1:{files.port}\r\n"
        head += f"Content-Type: {FORM['Content-Type']}\r\nConnection: close\r\n"
        start, end = part(b""), b"\r\n--edge--\r\n"
        head += f"Content-Length: {len(start) + size + len(end)}\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", files.port)
        writer.write(head.encode() + start)
        block = bytes(1 << 20)
        before = most = process.memory_info().rss
        for _ in range(size >> 20):
            writer.write(block)
            await writer.drain()
            most = max(most, process.memory_info().rss)
        writer.write(end)
        assert b"200 OK" in await reader.read()
        writer.close()
        assert (files.folders.input / "a").stat().st_size == size
        assert most - before < 32 << 20

    served(tmp_path, work)


def test_the_usual_client_is_understood(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("subfolder", "été")
        form.add_field("image", sound(), filename="prise n° 1.wav", content_type="audio/wav")
        form.add_field("overwrite", "true")
        base = f"http://127.0.0.1:{files.port}"
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{base}/api/upload/image", data=form) as sent:
                placed = await sent.json()
            assert placed == {"name": "prise n° 1.wav", "subfolder": "été", "type": "input"}
            query = {"filename": placed["name"], "subfolder": placed["subfolder"], "type": "input"}
            async with session.get(f"{base}/api/view", params=query) as got:
                assert await got.read() == sound()
                assert got.content_disposition is not None
                assert got.content_disposition.filename == "prise n° 1.wav"

    served(tmp_path, work)


# Masks


def reference(name: str = "a.png", **facts: Any) -> str:
    return json.dumps({"filename": name, "type": "input", **facts})


def test_a_mask_becomes_the_pictures_alpha_channel(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        text = PngInfo()
        text.add_text("workflow", '{"nodes": []}')
        text.add_itxt("title", "été")
        original = picture("RGB", (10, 20, 30), pnginfo=text)
        (files.folders.input / "a.png").write_bytes(original)
        mask = picture("RGBA", (99, 99, 99, 7))
        fields = {"original_ref": reference(), "subfolder": "masks"}
        answer = await files.upload(mask, "m.png", "/upload/mask", **fields)
        assert answer.json == {"name": "m.png", "subfolder": "masks", "type": "input"}
        result = opened((files.folders.input / "masks" / "m.png").read_bytes())
        assert result.format == "PNG"
        assert result.getpixel((3, 2)) == (10, 20, 30, 7)
        assert getattr(result, "text") == {"workflow": '{"nodes": []}', "title": "été"}  # noqa: B009
        assert (files.folders.input / "a.png").read_bytes() == original

    served(tmp_path, work)


def test_a_masked_photograph_is_upright_and_a_png(tmp_path: Path) -> None:
    async def work(files: Files) -> None:
        image = Image.new("RGB", (4, 6), (200, 200, 200))
        exif = image.getexif()
        exif[0x0112] = 6  # turned by a quarter
        image.save(files.folders.input / "a.jpg", exif=exif)
        fields = {"original_ref": reference("a.jpg [input]", type="output")}
        answer = await files.upload(picture(), "m.jpg", "/upload/mask", **fields)
        assert answer.json["name"] == "m.png"
        result = opened((files.folders.input / "m.png").read_bytes())
        assert (result.format, result.size) == ("PNG", (6, 4))

    served(tmp_path, work)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[" * 10_000, 400),
        ("7", 400),
        ('"a.png"', 400),
        ('{"filename": 7}', 400),
        ('{"filename": "a.png", "type": null}', 400),
        ("{}", 400),
        (reference("gone.png"), 404),
        (reference("../a.png"), 400),
        (reference(subfolder=".."), 403),
        (reference(type="models"), 400),
        (reference("link.png"), 400),
        (reference("noise.png"), 400),
        (reference("wide.png"), 400),
    ],
)
def test_a_mask_without_its_picture_is_told_so(tmp_path: Path, text: str, status: int) -> None:
    async def work(files: Files) -> None:
        (tmp_path / "secret.png").write_bytes(picture())
        (files.folders.input / "link.png").symlink_to(tmp_path / "secret.png")
        (files.folders.input / "a.png").write_bytes(picture())
        (files.folders.input / "noise.png").write_bytes(b"noise")
        Image.new("RGB", (60, 4)).save(files.folders.input / "wide.png")
        before = visible(files.folders.input)
        answer = await files.upload(picture(), "m.png", "/upload/mask", original_ref=text)
        assert answer.status == status
        assert visible(files.folders.input) == before

    served(tmp_path, work)


def test_the_mask_editors_layers_are_kept_apart(tmp_path: Path) -> None:
    """A second mask of one name gets a number, as any upload does; the same one does not."""

    async def work(files: Files) -> None:
        (files.folders.input / "a.png").write_bytes(picture("RGB", (1, 2, 3)))
        names = []
        for alpha in (7, 8, 7):
            mask = picture("RGBA", (0, 0, 0, alpha))
            answer = await files.upload(mask, "m.png", "/upload/mask", original_ref=reference())
            names.append(answer.json["name"])
        assert names == ["m.png", "m (1).png", "m.png"]

    served(tmp_path, work)


def test_serving_many_at_once_is_no_trouble(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as files:
            (files.folders.output / "a.png").write_bytes(picture())
            (files.folders.output / "a.wav").write_bytes(WORDS)
            paths = ["/view?filename=a.wav", "/view?filename=a.png&preview=webp;90"] * 50
            answers = await asyncio.gather(*(files.ask(path) for path in paths))
            assert {answer.status for answer in answers} == {200}
            assert {answer.body for answer in answers[::2]} == {WORDS}

    asyncio.run(main())
