"""Who may call the server, from which pages, and what an answer lets a browser do."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, make_mocked_request

from patchbay.api import guarding
from patchbay.api.access import ROLE, Access, need, token_of
from patchbay.api.log import Log
from patchbay.api.origins import is_host, is_origin, shown
from patchbay.api.roles import Role, needed
from patchbay.api.serving import SERVING, Options, Serving
from patchbay.api.tokens import Tokens
from patchbay.errors import (
    ConfigurationError,
    ConflictError,
    MediaError,
    NotFoundError,
    RequestError,
    TooManyError,
    UnauthorizedError,
)

FOLDER = web.AppKey("folder", Path)
Reply = tuple[int, dict[str, str], Any]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


# Tokens in their file.


def test_a_token_is_known_by_its_hash_alone(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "user")
    token = tokens.make("render farm", Role.RUN)
    assert re.fullmatch(r"[\w-]{43}", token)
    assert tokens.role_of(token) is Role.RUN
    text = (tmp_path / "user" / "tokens.json").read_text()
    assert token not in text
    assert json.loads(text)["format"] == 1
    assert Tokens(tmp_path / "user").role_of(token) is Role.RUN
    assert tokens.names() == {"render farm": Role.RUN}


def test_only_its_owner_may_read_the_file_of_tokens(tmp_path: Path) -> None:
    Tokens(tmp_path).make("a", Role.VIEW)
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.json"]


@pytest.mark.parametrize("wrong", ["", "x", "a" * 100_000, "\udcff", "é", "\0"])
def test_a_wrong_token_has_no_role(tmp_path: Path, wrong: str) -> None:
    tokens = Tokens(tmp_path)
    token = tokens.make("a", Role.ADMIN)
    for text in (wrong, token[:-1], token + "A", token.swapcase(), f" {token}"):
        assert tokens.role_of(text) is None


def test_every_token_is_compared_though_the_first_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = Tokens(tmp_path)
    first = tokens.make("a", Role.VIEW)
    tokens.make("b", Role.RUN)
    compared = []

    def compare(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr("hmac.compare_digest", compare)
    assert tokens.role_of(first) is Role.VIEW
    assert tokens.role_of("wrong") is None
    assert compared == [(64, 64)] * 4


def test_a_name_is_given_once_and_removed_once(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    token = tokens.make("a", Role.VIEW)
    with pytest.raises(ConflictError):
        tokens.make("a", Role.ADMIN)
    tokens.remove("a")
    assert tokens.role_of(token) is None
    with pytest.raises(NotFoundError):
        tokens.remove("a")


@pytest.mark.parametrize("name", ["", " a", "a" * 65, "a\nb", "a/b", "\x1b[2J", "-a"])
def test_an_odd_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RequestError, match="1 to 64"):
        Tokens(tmp_path).make(name, Role.VIEW)


def test_a_token_made_or_removed_elsewhere_counts_within_a_second(tmp_path: Path) -> None:
    clock = Clock()
    serving, command = Tokens(tmp_path, clock), Tokens(tmp_path)
    token = command.make("a", Role.VIEW)
    clock.seconds += 1
    assert serving.role_of(token) is Role.VIEW
    command.remove("a")
    clock.seconds += 1
    assert serving.role_of(token) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"tokens": {}}',
        '{"format": 2, "tokens": {}}',
        '{"format": 1, "tokens": {"a": {"role": "king", "hash": "", "made": 0}}}',
        '{"format": 1, "tokens": {"a": {"role": "view", "hash": "xyz", "made": 0}}}',
        "\udcff",
    ],
)
def test_a_damaged_file_of_tokens_lets_nobody_in(tmp_path: Path, text: str) -> None:
    clock = Clock()
    tokens = Tokens(tmp_path, clock)
    token = tokens.make("a", Role.ADMIN)
    (tmp_path / "tokens.json").write_text(text, errors="surrogateescape")
    with pytest.raises(ConfigurationError, match=r"tokens\.json"):
        Tokens(tmp_path)
    clock.seconds += 1
    assert tokens.role_of(token) is None


def test_roles_are_named_in_order() -> None:
    assert [role.word for role in Role] == ["view", "run", "admin"]
    assert Role.VIEW < Role.RUN < Role.ADMIN
    assert Role.named("run") is Role.RUN
    with pytest.raises(RequestError, match="view, run, admin"):
        Role.named("root")


@pytest.mark.parametrize(
    ("method", "pattern", "role"),
    [
        ("GET", "/health", None),
        ("GET", "/api/health", None),
        ("POST", "/health", Role.RUN),
        ("GET", "", Role.VIEW),
        ("GET", "/ws", Role.VIEW),
        ("GET", "/api/ws", Role.VIEW),
        ("GET", "/queue", Role.VIEW),
        ("HEAD", "/view", Role.VIEW),
        ("GET", "/api/v1/events", Role.VIEW),
        ("POST", "/prompt", Role.RUN),
        ("POST", "/api/interrupt", Role.RUN),
        ("POST", "/upload/image", Role.RUN),
        ("DELETE", "/api/userdata/{file}", Role.RUN),
        ("POST", "/settings/{id}", Role.RUN),
        ("BREW", "/unknown", Role.RUN),
        ("POST", "/api/free", Role.ADMIN),
        ("GET", "/internal/logs", Role.ADMIN),
        ("GET", "/api/internal/logs/raw", Role.ADMIN),
        ("GET", "/internal/folder_paths", Role.ADMIN),
        ("GET", "/internal/files/{kind}", Role.VIEW),
        ("POST", "/internal/files/{kind}", Role.ADMIN),
        ("GET", "/internals", Role.VIEW),
        ("GET", "/api/v1/tokens", Role.ADMIN),
        ("DELETE", "/api/v1/tokens/{name}", Role.ADMIN),
        ("DELETE", "/api/v1/history", Role.ADMIN),
        ("DELETE", "/api/v1/history/{id}", Role.RUN),
        ("GET", "/api/v1/cache", Role.VIEW),
        ("DELETE", "/api/v1/cache", Role.ADMIN),
    ],
)
def test_each_route_needs_its_role(method: str, pattern: str, role: Role | None) -> None:
    assert needed(method, pattern) is role


# A server with a few routes, asked over real sockets.


async def fine(request: web.Request) -> web.StreamResponse:
    role = request[ROLE]
    return web.json_response(role.word if role else None)


async def page(request: web.Request) -> web.StreamResponse:
    return web.Response(text="<p>a page</p>", content_type="text/html")


async def fail(request: web.Request) -> web.StreamResponse:
    kind = request.match_info["kind"]
    if kind == "own":
        raise MediaError("the sound has no channels", code="x", status=2)
    if kind == "text":
        raise web.HTTPBadRequest(text="say which file")
    if kind == "json":
        raise web.HTTPConflict(text='{"error": "as it is"}', content_type="application/json")
    if kind == "redirect":
        raise web.HTTPFound("/fine")
    if kind == "range":
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": "bytes */5"})
    if kind == "late":
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
    if kind == "body":
        return web.Response(body=await request.read())
    if kind == "need":
        need(request, Role.ADMIN)
        return web.Response(text="done")
    raise RuntimeError("secret of the house")


async def media(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(request.app[FOLDER] / request.match_info["name"])


async def socket(request: web.Request) -> web.StreamResponse:
    found = web.WebSocketResponse()
    await found.prepare(request)
    await found.send_str("hello")
    await found.close()
    return found


class Served:
    """A server on this machine that believes to be bound to another host."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", **options: Any) -> None:
        self.clock = Clock()
        self.options = Options(user_folder=folder, host=host, **options)
        self.access = Access(folder, host, self.options.hosts, self.clock)
        self.folder = folder
        self.port = 0

    def run(self, talk: Callable[[Served], Awaitable[None]]) -> None:
        async def run() -> None:
            nothing = cast(Any, None)
            app = web.Application(middlewares=guarding.middlewares())
            app.on_response_prepare.append(guarding.finish)
            app[SERVING] = Serving(
                self.options, nothing, nothing, nothing, nothing, self.access, Log(), 0.0
            )
            app[FOLDER] = self.folder
            for path, handler in ROUTES.items():
                for prefix in ("", "/api"):
                    app.router.add_route("*", prefix + path, handler)
            app.router.add_get("/only", fine)
            async with TestServer(app) as server:
                self.port = server.port or 0
                await talk(self)

        asyncio.run(run())

    async def send(self, data: bytes) -> bytes:
        """Everything that comes back until the server hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        try:
            return await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()

    async def ask(
        self, line: str, *headers: str, host: str | None = "127.0.0.1", body: str = ""
    ) -> Reply:
        """Sends these very headers; status, headers by lower-case name, and the body."""
        lines = [f"{line} HTTP/1.1", "Connection: close", *headers]
        if host is not None:
            lines.append(f"Host: {host}")
        if body:
            lines.append(f"Content-Length: {len(body)}")
        text = "\r\n".join([*lines, "", body])
        answer = await self.send(text.encode("latin-1"))
        head, _, found = answer.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        names = {name.lower(): value for name, _, value in (row.partition(": ") for row in rest)}
        return (
            int(first.split()[1]),
            names,
            json.loads(found) if found[:1] in (b"{", b"[") else found,
        )


ROUTES = {
    "/": page,
    "/fine": fine,
    "/queue": fine,
    "/prompt": fine,
    "/free": fine,
    "/health": fine,
    "/internal/logs": fine,
    "/fail/{kind}": fail,
    "/media/{name}": media,
    "/ws": socket,
}


def code(reply: Reply) -> str:
    """The code of an error, whose whole shape is looked at too."""
    status, headers, body = reply
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert set(body) == {"error", "node_errors"}
    assert set(body["error"]) == {"type", "message", "details", "extra_info"}
    assert body["error"]["message"]
    return f"{status} {body['error']['type']}"


# Host: a foreign name that was made to point here is seen.


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8188", "localhost", "LocalHost:1", "localhost.", "a.localhost:8188",
     "[::1]", "[::1]:8188", "127.8.8.8", "[0:0:0:0:0:0:0:1]:8188"],
)  # fmt: skip
def test_on_loopback_its_names_are_answered_without_a_login(tmp_path: Path, host: str) -> None:
    async def talk(server: Served) -> None:
        assert (await server.ask("GET /fine", host=host))[::2] == (200, b'"admin"')

    Served(tmp_path).run(talk)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8188", "127.0.0.1.evil.example", "localhost.evil.example",
     "evil-localhost", "192.168.1.5", "8.8.8.8", "0.0.0.0", "0.0.0.0:8188", "[::]", "[::2]",
     "2130706433", "0x7f.1", "127.1", "", ":8188", "127.0.0.1@evil.example",
     "evil.example#localhost", "localhost/evil", "localhost:port", "localhost, evil.example",
     "[::1", "::1]", "[localhost]", "[127.0.0.1]", "localhost:8188:8188",
     "127.0.0.1 evil", "loc\xe4lhost", "a b.localhost"],
)  # fmt: skip
def test_on_loopback_every_other_name_is_refused(tmp_path: Path, host: str) -> None:
    async def talk(server: Served) -> None:
        reply = await server.ask("GET /fine", host=host)
        assert code(reply) == "403 forbidden"
        assert "this server is not called" in reply[2]["error"]["message"]

    Served(tmp_path).run(talk)


def test_a_request_for_an_absolute_url_answers_to_both_names(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        assert code(await server.ask("GET http://evil.example/fine")) == "403 forbidden"
        absolute = "GET http://127.0.0.1:8188/fine"
        assert code(await server.ask(absolute, host="evil.example")) == "403 forbidden"
        assert (await server.ask(absolute, host="localhost:8188"))[0] == 200

    Served(tmp_path).run(talk)


def test_only_http_1_0_may_leave_the_host_out(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        assert (await server.ask("GET /fine", host=None))[0] == 400
        assert b" 200 OK" in await server.send(b"GET /fine HTTP/1.0\r\n\r\n")
        answer = await server.send(b"POST /fine HTTP/1.0\r\nOrigin: http://evil.example\r\n\r\n")
        assert b" 403 " in answer

    Served(tmp_path).run(talk)


def test_two_hosts_in_one_request_are_refused(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        for other in ("evil.example", "localhost"):
            answer = await server.send(
                f"GET /fine HTTP/1.1\r\nHost: {other}\r\nHost: evil.example\r\n\r\n".encode()
            )
            assert b" 200 " not in answer.split(b"\r\n", 1)[0]

    Served(tmp_path).run(talk)


def test_bound_further_any_address_will_do_but_no_foreign_name(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        token = f"Authorization: Bearer {server.access.make('a', Role.VIEW)}"
        for host in ("192.168.1.5:8188", "127.0.0.1", "[fd00::5]:8188", "box.example"):
            assert (await server.ask("GET /fine", token, host=host))[::2] == (200, b'"view"')
        for host in ("evil.example", "0.0.0.0", "[::]"):
            assert code(await server.ask("GET /fine", token, host=host)) == "403 forbidden"

    Served(tmp_path, "0.0.0.0", hosts=("Box.Example",)).run(talk)


def test_a_server_answers_to_the_name_that_it_is_bound_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchbay.addresses.addresses_of", lambda *_: ["192.168.1.5"])

    async def talk(server: Served) -> None:
        assert code(await server.ask("GET /fine", host="box.lan:8188")) == "401 unauthorized"
        assert code(await server.ask("GET /fine", host="tin.lan:8188")) == "403 forbidden"

    Served(tmp_path, "box.lan").run(talk)


def test_a_host_for_every_address_is_shown_as_one_that_can_be_opened() -> None:
    assert shown("127.0.0.1") == "127.0.0.1"
    assert shown("fd00::5") == "[fd00::5]"
    assert shown("box.example") == "box.example"
    for host in ("0.0.0.0", "::", ""):
        assert shown(host) not in ("0.0.0.0", "[::]", "::", "")


# Origin: another site's page is refused.


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "https://evil.example:8188", "null", "", "file://", "127.0.0.1:8188",
     "http://127.0.0.1", "http://127.0.0.1:8189", "https://127.0.0.1:8188",
     "http://localhost:8188", "http://127.0.0.1:8188.evil.example", "http://127.0.0.1:8188/",
     "http://127.0.0.1:8188@evil.example", "http://evil.example http://127.0.0.1:8188",
     "chrome-extension://abcdef", "http://[::1]:8188", "*"],
)  # fmt: skip
def test_another_origin_is_refused(tmp_path: Path, origin: str, method: str) -> None:
    async def talk(server: Served) -> None:
        status, headers, _ = await server.ask(
            f"{method} /fine", f"Origin: {origin}", host="127.0.0.1:8188"
        )
        assert status == 403
        assert "access-control-allow-origin" not in headers

    Served(tmp_path, origins=("https://friend.example",)).run(talk)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8188", "127.0.0.1:8188"),
        ("HTTP://LOCALHOST:8188", "localhost:8188"),
        ("http://localhost", "localhost:80"),
        ("http://localhost:80", "localhost"),
        ("http://[::1]:8188", "[::1]:8188"),
    ],
)
def test_the_own_origin_may_do_all(tmp_path: Path, origin: str, host: str) -> None:
    async def talk(server: Served) -> None:
        status, headers, _ = await server.ask("POST /fine", f"Origin: {origin}", host=host)
        assert status == 200
        assert not [name for name in headers if name.startswith("access-control")]

    Served(tmp_path).run(talk)


def test_a_page_behind_a_proxy_with_tls_has_the_proxys_scheme(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        token = f"Authorization: Bearer {server.access.make('a', Role.RUN)}"
        ask = ("POST /fine", token, "Origin: https://box.example")
        assert code(await server.ask(*ask, host="box.example")) == "403 forbidden"
        reply = await server.ask(*ask, "X-Forwarded-Proto: https", host="box.example")
        assert reply[0] == 200

    Served(tmp_path, hosts=("box.example",)).run(talk)


def test_a_cross_site_post_without_an_origin_is_refused(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        for site, expected in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
            header = f"Sec-Fetch-Site: {site}"
            assert (await server.ask("POST /fine", header))[0] == expected
            assert (await server.ask("GET /fine", header))[0] == 200
        assert (await server.ask("POST /fine"))[0] == 200

    Served(tmp_path).run(talk)


def test_a_friendly_origin_may_call_and_read(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        origin = "Origin: https://friend.example:8443"
        status, headers, body = await server.ask("OPTIONS /prompt", origin)
        assert (status, body) == (200, b"")
        assert headers["access-control-allow-origin"] == "https://friend.example:8443"
        assert headers["access-control-allow-methods"] == "POST, GET, DELETE, PUT, PATCH, OPTIONS"
        assert headers["access-control-allow-headers"] == "Content-Type, Authorization"
        assert headers["access-control-allow-credentials"] == "true"
        assert headers["vary"] == "Origin"
        for line in ("POST /prompt", "GET /fail/own"):
            _, headers, _ = await server.ask(line, origin)
            assert headers["access-control-allow-origin"] == "https://friend.example:8443"
        _, headers, _ = await server.ask("GET /fine")
        assert "access-control-allow-origin" not in headers
        assert headers["vary"] == "Origin"

    Served(tmp_path, origins=("https://friend.example:8443",)).run(talk)


def test_options_is_answered_everywhere_and_runs_nothing(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        for path in ("/fine", "/fail/bug", "/nowhere"):
            status, headers, body = await server.ask(f"OPTIONS {path}")
            assert (status, body) == (200, b"")
            assert not [name for name in headers if name.startswith("access-control")]
        assert code(await server.ask("OPTIONS /", host="evil.example")) == "403 forbidden"

    Served(tmp_path, "192.168.1.5").run(talk)


def test_a_socket_is_opened_for_the_own_page_only(tmp_path: Path) -> None:
    upgrade = (
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )  # fmt: skip

    async def talk(server: Served) -> None:
        own = f"http://127.0.0.1:{server.port}"
        for path in ("/ws", "/api/ws"):
            async with aiohttp.ClientSession() as session:
                for headers in ({}, {"Origin": own}):
                    async with session.ws_connect(f"{own}{path}", headers=headers) as found:
                        assert (await found.receive()).data == "hello"
            for extra in ("Origin: http://evil.example", "Origin: null"):
                assert code(await server.ask(f"GET {path}", *upgrade, extra)) == "403 forbidden"
            rebound = await server.ask(
                f"GET {path}", *upgrade, "Origin: http://evil.example", host="evil.example"
            )
            assert code(rebound) == "403 forbidden"

    Served(tmp_path).run(talk)


def test_hosts_and_origins_are_told_from_other_texts() -> None:
    assert all(map(is_host, ["a", "a.example", "127.0.0.1", "::1", "[::1]", "a_b-c.example."]))
    assert not any(
        map(is_host, ["", "a:1", "http://a", "a/b", "a b", "[::1]:1", "[a]", ":", "a@b"])
    )
    assert all(map(is_origin, ["http://a", "https://a.example:1", "http://[::1]:1"]))
    assert not any(map(is_origin, ["*", "null", "a.example", "http://a/", "ftp://a", "http://a b"]))


# Tokens over HTTP.

BEYOND = "192.168.1.5"


def test_beyond_loopback_everybody_needs_a_token(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        for line in ("GET /", "GET /fine", "POST /prompt", "GET /ws", "GET /nowhere", "PATCH /x"):
            for host in ("127.0.0.1", "192.168.1.5:8188"):
                status, headers, body = await server.ask(line, host=host)
                assert code((status, headers, body)) == "401 unauthorized"
                assert headers["www-authenticate"] == "Bearer"
        assert (await server.ask("GET /health"))[::2] == (200, b"null")
        assert (await server.ask("GET /api/health"))[::2] == (200, b"null")

    Served(tmp_path, BEYOND).run(talk)


def test_each_role_reaches_its_routes_and_no_more(tmp_path: Path) -> None:
    lines = ["GET /fine", "POST /prompt", "POST /free", "GET /internal/logs", "GET /fail/need",
             "GET /api/internal/logs", "GET /health"]  # fmt: skip
    reached = {
        Role.VIEW: [200, 403, 403, 403, 403, 403, 200],
        Role.RUN: [200, 200, 403, 403, 403, 403, 200],
        Role.ADMIN: [200, 200, 200, 200, 200, 200, 200],
    }

    async def talk(server: Served) -> None:
        for role, expected in reached.items():
            token = f"Authorization: Bearer {server.access.make(role.word, role)}"
            assert [(await server.ask(line, token))[0] for line in lines] == expected
            assert (await server.ask("GET /health", token))[2] == f'"{role.word}"'.encode()
        refused = await server.ask("POST /prompt", f"Cookie: patchbay_token={view}")
        assert code(refused) == "403 forbidden"
        assert refused[2]["error"]["message"] == "this needs the role 'run', the token has 'view'"

    server = Served(tmp_path, BEYOND)
    view = server.access.make("looker", Role.VIEW)
    server.run(talk)


@pytest.mark.parametrize(
    "path",
    ["//internal/logs", "/api//internal/logs", "/./internal/logs", "/internal//logs",
     "/internal/%6cogs", "/%69nternal/logs", "/fine/../internal/logs", "/fine/..%2finternal/logs",
     "/INTERNAL/logs", "/internal/logs/", "/internal/logs?x", "/internal/logs%00",
     "/internal/logs;x", "http://127.0.0.1/internal/logs"],
)  # fmt: skip
def test_no_spelling_of_a_path_gets_around_its_role(tmp_path: Path, path: str) -> None:
    async def talk(server: Served) -> None:
        token = f"Authorization: Bearer {server.access.make('a', Role.VIEW)}"
        assert (await server.ask(f"GET {path}", token))[0] in (400, 403, 404)

    Served(tmp_path, BEYOND).run(talk)


def test_a_token_comes_as_bearer_or_cookie(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        token = server.access.make("a", Role.RUN)
        for header, status in (
            (f"Authorization: Bearer {token}", 200),
            (f"authorization: bearer   {token} ", 200),
            (f"Cookie: a=b; patchbay_token={token}; c=d", 200),
            (f"Authorization: Basic {token}", 401),
            (f"Authorization: {token}", 401),
            (f"Authorization: Bearer{token}", 401),
            ("Authorization: Bearer ", 401),
            (f"Authorization: Bearer {token} x", 401),
            (f"Cookie: token={token}", 401),
            ("Cookie: patchbay_token=", 401),
            ("Authorization: Bearer \xff\xfe", 401),
        ):
            assert (await server.ask("GET /fine", header))[0] == status, header
        both = (f"Authorization: Bearer x{token}", f"Cookie: patchbay_token={token}")
        assert (await server.ask("GET /fine", *both))[0] == 401
        assert (await server.ask(f"GET /fine?token={token}"))[0] == 401

    Served(tmp_path, BEYOND).run(talk)


def test_a_token_in_the_url_becomes_a_cookie(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        token = server.access.make("a", Role.VIEW)
        status, headers, body = await server.ask(f"GET /?x=1&token={token}&y=%2F")
        assert (status, headers["location"], body) == (303, "/?x=1&y=/", b"")
        parts = headers["set-cookie"].split("; ")
        assert parts[0] == f"patchbay_token={token}"
        assert set(parts[1:]) == {"HttpOnly", "Max-Age=15552000", "Path=/", "SameSite=Strict"}
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert (await server.ask("GET /", f"Cookie: {parts[0]}"))[0] == 200
        secure = await server.ask(f"GET /?token={token}", "X-Forwarded-Proto: https")
        assert "; Secure" in secure[1]["set-cookie"]

    Served(tmp_path, BEYOND).run(talk)


def test_a_wrong_token_in_the_url_sets_no_cookie(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        for query in ("token=wrong", "token=", "token=%ff%00", "token=a&token=b"):
            reply = await server.ask(f"GET /?{query}")
            assert code(reply) == "401 unauthorized"
            assert "set-cookie" not in reply[1]
        token = server.access.make("a", Role.VIEW)
        assert (await server.ask(f"POST /?token={token}"))[0] == 401

    Served(tmp_path, BEYOND).run(talk)


def test_on_loopback_a_token_is_taken_out_of_the_url_all_the_same(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        status, headers, _ = await server.ask("GET //?token=old")
        assert status == 404
        status, headers, _ = await server.ask("GET /?token=old")
        assert (status, headers["location"]) == (303, "/")
        assert "set-cookie" not in headers

    Served(tmp_path).run(talk)


def test_a_removed_token_is_refused(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        token = server.access.make("a", Role.ADMIN)
        header = f"Authorization: Bearer {token}"
        assert (await server.ask("GET /fine", header))[0] == 200
        server.access.remove("a")
        assert (await server.ask("GET /fine", header))[0] == 401

    Served(tmp_path, BEYOND).run(talk)


def test_what_came_through_a_proxy_on_this_machine_needs_a_token(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        for header in (
            "X-Forwarded-For: 10.0.0.9",
            "Forwarded: for=10.0.0.9",
            "X-Real-IP: 10.0.0.9",
        ):
            assert code(await server.ask("GET /fine", header)) == "401 unauthorized"
        assert code(await server.ask("GET /fine", host="box.example")) == "401 unauthorized"
        token = f"Authorization: Bearer {server.access.make('a', Role.RUN)}"
        reply = await server.ask(
            "GET /fine", token, "X-Forwarded-For: 10.0.0.9", host="box.example"
        )
        assert reply[::2] == (200, b'"run"')

    Served(tmp_path, hosts=("box.example",)).run(talk)


def test_the_first_token_is_made_once_and_only_when_one_is_needed(tmp_path: Path) -> None:
    assert Access(tmp_path / "a", "127.0.0.1").first() is None
    assert Access(tmp_path / "a", "localhost").first() is None
    assert not (tmp_path / "a").exists()
    for number, (host, hosts) in enumerate(
        [("0.0.0.0", ()), ("::", ()), (BEYOND, ()), ("", ()), ("127.0.0.1", ("box.example",))]
    ):
        access = Access(tmp_path / str(number), host, hosts)
        token = access.first()
        assert token is not None
        assert access.role_of(token) is Role.ADMIN
        assert access.names() == {"admin": Role.ADMIN}
        assert access.first() is None
        assert Access(tmp_path / str(number), host, hosts).first() is None


# Guessing.


def test_an_address_that_guesses_has_to_wait(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        right = f"Authorization: Bearer {server.access.make('a', Role.RUN)}"
        for number in range(10):
            reply = await server.ask("GET /fine", f"Authorization: Bearer guess{number}")
            assert code(reply) == "401 unauthorized"
        for header in ("Authorization: Bearer guess10", right, "Cookie: patchbay_token=x"):
            reply = await server.ask("GET /fine", header)
            assert code(reply) == "429 too_many"
            assert reply[1]["retry-after"] == "60"
        assert code(await server.ask("GET /?token=guess")) == "429 too_many"
        assert code(await server.ask("GET /fine")) == "401 unauthorized"
        server.clock.seconds += 59
        assert (await server.ask("GET /fine", right))[0] == 429
        server.clock.seconds += 1
        assert (await server.ask("GET /fine", right))[0] == 200

    Served(tmp_path, BEYOND).run(talk)


def test_a_forgotten_tab_locks_out_nobody_else(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        right = f"Authorization: Bearer {server.access.make('a', Role.RUN)}"
        old = "Cookie: patchbay_token=old"
        statuses = [(await server.ask("GET /fine", old))[0] for _ in range(12)]
        assert statuses == [401] * 10 + [429] * 2
        assert (await server.ask("GET /fine", right))[0] == 200

    Served(tmp_path, BEYOND).run(talk)


class Caller:
    """What `Access.role` looks at of a request."""

    def __init__(self, remote: str, token: str) -> None:
        self.remote = remote
        self.headers = {"Authorization": f"Bearer {token}"}
        self.cookies: dict[str, str] = {}


def guess(access: Access, remote: str, token: str) -> str:
    try:
        found = access.role(cast(Any, Caller(remote, token)), local=False)
    except (UnauthorizedError, TooManyError) as error:
        return error.code
    return found.word if found else "none"


def test_a_household_of_ipv6_counts_as_one_address(tmp_path: Path) -> None:
    access = Access(tmp_path, BEYOND)
    codes = [guess(access, f"2001:db8::{number:x}", str(number)) for number in range(12)]
    assert codes == ["unauthorized"] * 10 + ["too_many"] * 2
    assert guess(access, "2001:db8:0:1::1", "x") == "unauthorized"
    mapped = [guess(access, f"::ffff:10.0.0.{number}", str(number)) for number in range(12)]
    assert mapped == ["unauthorized"] * 12


def test_guesses_from_many_addresses_take_bounded_memory(tmp_path: Path) -> None:
    access = Access(tmp_path, BEYOND)
    for number in range(10_500):
        guess(access, f"10.0.{number >> 8}.{number & 255}", "x")
    assert len(access._guesses._misses) == 10_000
    for number in range(50):
        guess(access, "10.9.9.9", str(number))
    assert len(access._guesses._misses["10.9.9.9"].tried) == 10


# Errors and headers.


@pytest.mark.parametrize(
    ("line", "expected", "message"),
    [
        ("GET /fail/own", "400 bad_media", "the sound has no channels"),
        ("GET /fail/text", "400 bad_request", "say which file"),
        ("GET /nowhere", "404 not_found", "there is nothing at /nowhere"),
        ("GET /api/no%0d%0awhere", "404 not_found", "there is nothing at /api/no%0d%0awhere"),
        ("POST /only", "405 bad_request", "POST /only is not possible: use GET,HEAD"),
        ("GET /fail/range", "416 bad_request", "requested range not satisfiable"),
    ],
)
def test_every_error_has_one_shape(tmp_path: Path, line: str, expected: str, message: str) -> None:
    async def talk(server: Served) -> None:
        reply = await server.ask(line)
        assert code(reply) == expected
        assert reply[2]["error"]["message"] == message
        assert reply[2]["node_errors"] == {}

    Served(tmp_path).run(talk)


def test_errors_keep_what_a_client_needs_of_their_headers(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        assert (await server.ask("POST /only"))[1]["allow"] == "GET,HEAD"
        assert (await server.ask("GET /fail/range"))[1]["content-range"] == "bytes */5"
        status, headers, body = await server.ask("GET /fail/json")
        assert (status, body) == (409, {"error": "as it is"})
        assert headers["x-content-type-options"] == "nosniff"
        status, headers, _ = await server.ask("GET /fail/redirect")
        assert (status, headers["location"]) == (302, "/fine")
        assert (await server.ask("GET /fail/own"))[2]["error"]["extra_info"] == {
            "code": "x", "status": 2,
        }  # fmt: skip

    Served(tmp_path).run(talk)


def test_a_fault_of_ours_tells_a_number_and_keeps_the_rest_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk(server: Served) -> None:
        reply = await server.ask("GET /fail/bug?token=abcdef")
        assert code(reply) == "500 error"
        error = reply[2]["error"]
        assert list(error["extra_info"]) == ["id"]
        assert re.fullmatch("[0-9a-f]{8}", error["extra_info"]["id"])
        assert "secret" not in json.dumps(reply[2])
        assert f"GET /fail/bug failed ({error['extra_info']['id']})" in caplog.text
        assert "RuntimeError: secret of the house" in caplog.text
        assert "abcdef" not in caplog.text

    Served(tmp_path).run(talk)


def test_with_debug_a_fault_shows_where_it_was(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        _, _, body = await server.ask("GET /fail/bug")
        assert body["error"]["extra_info"]["traceback"][-1] == "RuntimeError: secret of the house\n"

    Served(tmp_path, debug=True).run(talk)


def test_a_fault_in_the_middle_of_an_answer_ends_the_connection(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        answer = await server.send(b"GET /fail/late HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer.endswith(b"4\r\nhalf\r\n")
        assert answer.count(b"HTTP/1.1") == 1

    Served(tmp_path).run(talk)


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_refused_without_a_traceback(
    tmp_path: Path, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    async def talk(server: Served) -> None:
        answer = await server.send(data)
        assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 404", b"HTTP/1.1 403")
        assert b"Traceback" not in answer
        assert b"text/html" not in answer

    Served(tmp_path).run(talk)


def test_a_body_that_cannot_be_read_is_the_clients_fault(tmp_path: Path) -> None:
    async def talk(server: Served) -> None:
        for headers, body in (
            ("Content-Encoding: gzip\r\nContent-Length: 4", "abcd"),
            ("Content-Encoding: deflate\r\nContent-Length: 4", "abcd"),
            ("Transfer-Encoding: chunked", "zz\r\nabc\r\n0\r\n\r\n"),
        ):
            text = f"POST /fail/body HTTP/1.1\r\nHost: localhost\r\n{headers}\r\nConnection: close"
            answer = await server.send(f"{text}\r\n\r\n{body}".encode())
            assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400")), answer
            assert b"Traceback" not in answer

    Served(tmp_path).run(talk)


def test_every_answer_says_what_a_browser_may_do_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<script>alert(1)</script>")
    (tmp_path / "a.svg").write_text("<svg/>")
    (tmp_path / "a.json").write_text("{}")

    async def talk(server: Served) -> None:
        for path in ("/", "/fine", "/nowhere", "/fail/bug", "/media/a.svg", "/fail/redirect"):
            _, headers, _ = await server.ask(f"GET {path}")
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
        for path, script in (("/", "script-src 'self'"), ("/media/a.html", "script-src 'self'")):
            policy = (await server.ask(f"GET {path}"))[1]["content-security-policy"]
            assert script in policy
            assert "object-src 'none'" in policy
            assert "unsafe-inline" not in policy.partition("script-src")[2]
        for path in ("/media/a.svg", "/media/a.json", "/fine"):
            policy = (await server.ask(f"GET {path}"))[1]["content-security-policy"]
            assert policy.startswith("default-src 'none'")
            assert "script-src" not in policy

    Served(tmp_path).run(talk)


def test_a_handler_may_set_a_policy_of_its_own(tmp_path: Path) -> None:
    async def own(request: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Content-Security-Policy": "sandbox"})

    async def run() -> None:
        request, response = cast(Any, {}), await own(cast(Any, None))
        await guarding.finish(request, response)
        assert response.headers.getall("Content-Security-Policy") == ["sandbox"]

    asyncio.run(run())


def test_a_log_of_requests_has_no_queries(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "patchbay")

    async def talk(server: Served) -> None:
        await server.ask("GET /?token=abcdef")
        await server.ask("GET /fine%0aforged?key=abcdef")

    Served(tmp_path).run(talk)
    lines = [record.getMessage() for record in caplog.records if "patchbay" in record.name]
    assert lines == ["127.0.0.1 GET / 303", "127.0.0.1 GET /fine%0aforged 404"]


def test_a_client_that_knows_only_passwords_sends_the_token_as_one(tmp_path: Path) -> None:
    access = Access(tmp_path, "0.0.0.0")
    token = access.make("studio", Role.RUN)

    def asked(header: str) -> str | None:
        return token_of(make_mocked_request("GET", "/", headers={"Authorization": header}))

    def basic(words: str) -> str:
        return f"Basic {base64.b64encode(words.encode()).decode()}"

    assert asked(basic(f":{token}")) == token
    assert asked(basic(f"anyone:{token}")) == token
    assert asked(basic("anyone:")) is None
    assert asked(basic("anyone")) is None
    assert asked("Basic !!!") is None
