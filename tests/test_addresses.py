"""The guard before every URL: what may be loaded, from where, how much and for how long."""

from __future__ import annotations

import asyncio
import http.server
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from patchbay import addresses
from patchbay.addresses import LookUp, check, is_loopback, is_public, place_of
from patchbay.api import outgoing
from patchbay.downloads import fetch
from patchbay.errors import AddressError, TooLargeError


def knows(**hosts: str | list[str]) -> LookUp:
    """A resolver that knows these names, written with _ for a dot; the rest it takes from the
    system, which for numbers asks nobody."""

    def look_up(host: str, port: int) -> Sequence[str]:
        found = hosts.get(host.replace(".", "_"))
        if found is not None:
            return [found] if isinstance(found, str) else found
        if any(letter in host for letter in "ghijklmnopqrstuvwyz"):
            raise OSError("no such host")
        return addresses.addresses_of(host, port)

    return look_up


PUBLIC = knows(a_example="93.184.216.34")


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_an_address_of_the_public_network_is_taken(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8",
        "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1", "fe80::1", "fe80::1%1", "2606:4700::1111%1", "fec0::1", "fc00::1",
        "fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::",
        "3fff::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "100::1",
        "5f00::1", "", "a.example", "127.1", "2130706433",
    ],
)  # fmt: skip
def test_every_other_address_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://127.0.0.1#@a.example/",
        "http://127.0.0.1?@a.example/",
        "http://127.0.0.1/@a.example/",
        "http://127。0。0。1/",  # ideographic full stops
        "http://127．0．0．1/",  # full-width ones
        "http://１２７.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://ⓛocalhost/",
        "http://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1:443/",
    ],
)
def test_no_spelling_of_this_machine_gets_through(url: str) -> None:
    with pytest.raises(AddressError, match="addresses of this machine"):
        check(url, look_up=knows(localhost="127.0.0.1", **{"localhost_": "127.0.0.1"}))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "only http:// and https://"),
        ("a.example", "only http:// and https://"),
        ("//a.example/", "only http:// and https://"),
        ("file:///etc/passwd", "only http:// and https://"),
        ("ftp://a.example/", "only http:// and https://"),
        ("gopher://a.example:70/_x", "only http:// and https://"),
        ("http://user:password@a.example/", "user's name or password"),
        ("http://@a.example/", "user's name or password"),
        ("http://a.example\\@127.0.0.1/", "odd characters"),
        ("http://a.example /", "odd characters"),
        ("http://a.ex\nample/", "odd characters"),
        (" http://a.example/", "odd characters"),
        ("http://a.example/\r\nX: y", "odd characters"),
        ("http://a.example/\x00", "odd characters"),
        ("http://", "neither a name nor an address"),
        ("http:///path", "neither a name nor an address"),
        ("http://%31%32%37.0.0.1/", "neither a name nor an address"),
        ("http://[fe80::1%25eth0]/", "neither a name nor an address"),
        ("http://[fe80::1%eth0]/", "neither a name nor an address"),
        ("http://a..example/", "neither a name nor an address"),
        ("http://.a.example/", "neither a name nor an address"),
        ("http://" + "a" * 64 + ".example/", "neither a name nor an address"),
        ("http://a.example:99999/", "cannot be read"),
        ("http://a.example:x/", "cannot be read"),
        ("http://[::1/", "cannot be read"),
        ("http://a.example\u2100/", "cannot be read"),  # ℀ becomes a/c
        ("http://a.example:0/", "port 0"),
        ("http://a.example/" + "x" * 8_000, "at most 8000"),
        ("http://gone.example/", "cannot be found"),
    ],
)
def test_a_url_that_is_not_plain_is_refused(url: str, message: str) -> None:
    with pytest.raises(AddressError, match=message):
        check(url, look_up=PUBLIC)


def test_where_a_url_leads_is_told_with_its_checked_addresses() -> None:
    found = check("HTTPS://A.Example:8443/ä b?q=%20ü&x=1#end".replace(" ", "%20"), look_up=PUBLIC)
    assert found.addresses == ("93.184.216.34",)
    assert (found.place.scheme, found.place.host, found.place.port) == ("https", "a.example", 8443)
    assert found.place.target == "/%C3%A4%20b?q=%20%C3%BC&x=1"


def test_messages_show_a_url_without_its_query() -> None:
    assert (
        place_of("http://[2606:4700::1]:8080/a?key=secret").shown == "http://[2606:4700::1]:8080/a"
    )
    assert place_of("https://a.example").shown == "https://a.example/"


def test_a_name_with_one_private_address_among_others_is_refused() -> None:
    mixed = knows(a_example=["93.184.216.34", "10.0.0.1"])
    with pytest.raises(AddressError, match=r"host 'a.example' leads to 10\.0\.0\.1"):
        check("http://a.example/", look_up=mixed)
    with pytest.raises(AddressError, match="has no address"):
        check("http://a.example/", look_up=knows(a_example=[]))


def test_private_addresses_are_taken_on_request() -> None:
    assert check("http://127.0.0.1:81/", private=True).addresses == ("127.0.0.1",)
    with pytest.raises(AddressError):
        check("file:///etc/passwd", private=True)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("both.example", False),
        ("here.example", True),
        ("gone.example", False),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("192.168.1.2", False),
        ("a\udc80b", False),
    ],
)
def test_loopback_is_told_from_everything_else(host: str, expected: bool) -> None:
    names = knows(here_example="127.0.0.1", both_example=["127.0.0.1", "192.168.1.2"])
    assert is_loopback(host, names) is expected


# Loading, from a server on this machine, whose name the resolver makes up.


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers by path; `asked` collects the request lines and hosts."""

    asked: ClassVar[list[str]]
    release: ClassVar[threading.Event]

    def do_GET(self) -> None:
        self.asked.append(f"{self.path} {self.headers['Host']}")
        name = self.path.partition("?")[0].strip("/")
        if name == "to":
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
        elif name == "drip":
            self.send_response(200)
            self.end_headers()
            while not self.release.wait(0.02):  # each read alone is quick enough
                self.wfile.write(b"x")
        elif name == "short":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"half")
        elif name in ("long", "endless"):
            self.send_response(200)
            if name == "long":
                self.send_header("Content-Length", str(1 << 40))
            self.end_headers()
            while name == "endless":
                self.wfile.write(b"x" * 100_000)
        elif name == "gone":
            self.send_error(404)
        elif name == "nowhere":
            self.send_response(301)
            self.end_headers()
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"a sound")

    def log_message(self, *_: object) -> None:
        pass


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass  # the guard hangs up on it


@pytest.fixture
def server() -> Iterator[Quiet]:
    class Own(Answers):
        asked: ClassVar[list[str]] = []
        release = threading.Event()

    with Quiet(("127.0.0.1", 0), Own) as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.01,))
        thread.start()
        yield found
        Own.release.set()
        found.shutdown()
        thread.join()


def asked(server: Quiet) -> list[str]:
    handler = server.RequestHandlerClass
    assert isinstance(handler, type)
    assert issubclass(handler, Answers)
    return handler.asked


Load = Callable[..., None]


@pytest.fixture
def load(server: Quiet, tmp_path: Path) -> Load:
    """Loads a path of the server into `tmp_path / "file"`."""

    def run(path: str, most_bytes: int = 1_000, timeout_seconds: float = 20.0) -> None:
        fetch(
            f"http://a.example:{server.server_port}{path}",
            tmp_path / "file",
            most_bytes=most_bytes,
            timeout_seconds=timeout_seconds,
            private=True,
            look_up=knows(a_example="127.0.0.1"),
        )

    return run


def test_a_file_is_loaded_under_the_name_it_was_asked_by(
    load: Load, server: Quiet, tmp_path: Path
) -> None:
    load("/a?b=c")
    assert (tmp_path / "file").read_bytes() == b"a sound"
    assert asked(server) == [f"/a?b=c a.example:{server.server_port}"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_address_that_was_checked_is_the_one_connected_to(
    server: Quiet, tmp_path: Path
) -> None:
    times = []

    def changing(host: str, port: int) -> Sequence[str]:
        times.append(host)
        return ["127.0.0.1"] if len(times) == 1 else ["127.0.0.2"]

    url = f"http://a.example:{server.server_port}/a"
    path = tmp_path / "file"
    fetch(url, path, most_bytes=99, timeout_seconds=20, private=True, look_up=changing)
    assert times == ["a.example"]


def test_nothing_is_asked_of_a_server_on_this_machine(server: Quiet, tmp_path: Path) -> None:
    for host in ("127.0.0.1", "2130706433", "0x7f.1", "localhost"):
        with pytest.raises(AddressError, match="addresses of this machine"):
            fetch(
                f"http://{host}:{server.server_port}/",
                tmp_path / "file",
                most_bytes=99,
                timeout_seconds=5,
                look_up=knows(localhost="127.0.0.1"),
            )
    assert asked(server) == []
    assert list(tmp_path.iterdir()) == []


def test_every_redirect_passes_the_guard(
    server: Quiet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 127.0.0.1 plays the public network, so that the first hop is let through.
    real = addresses.is_public
    monkeypatch.setattr(addresses, "is_public", lambda a: a == "127.0.0.1" or real(a))
    names = knows(a_example="127.0.0.1", inside_example="10.1.2.3")
    for target in ("http://inside.example/", "http://127.0.0.2/", "//127.0.0.2/", "file:///etc/x"):
        with pytest.raises(AddressError, match=r"addresses of this machine|only http"):
            fetch(
                f"http://a.example:{server.server_port}/to/?{target}",
                tmp_path / "file",
                most_bytes=99,
                timeout_seconds=5,
                look_up=names,
            )
    assert len(asked(server)) == 4
    assert list(tmp_path.iterdir()) == []


def test_redirects_are_followed_and_counted(load: Load, server: Quiet, tmp_path: Path) -> None:
    load("/to/?/to/?../a")
    assert (tmp_path / "file").read_bytes() == b"a sound"
    assert [line.split()[0] for line in asked(server)] == ["/to/?/to/?../a", "/to/?../a", "/a"]
    with pytest.raises(AddressError, match="more than 5 redirects"):
        load("/to/?" * 6 + "/a")
    load("/to/?" * 5 + "/a")
    with pytest.raises(AddressError, match="redirects to nowhere"):
        load("/nowhere")


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("/gone", AddressError, "/gone answered 404 Not Found"),
        ("/long", TooLargeError, "/long is larger than 1000 bytes"),
        ("/endless", TooLargeError, "/endless is larger than 1000 bytes"),
        ("/short", AddressError, "/short cannot be loaded"),
    ],
)
def test_what_cannot_be_loaded_whole_leaves_no_file(
    load: Load, tmp_path: Path, path: str, error: type[Exception], message: str
) -> None:
    (tmp_path / "file").write_text("before")
    with pytest.raises(error, match=message):
        load(path)
    assert (tmp_path / "file").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_of_exactly_the_size_allowed_is_taken(load: Load) -> None:
    load("/a", most_bytes=7)
    with pytest.raises(TooLargeError):
        load("/a", most_bytes=6)


def test_a_server_that_drips_is_left_when_the_time_is_over(load: Load, tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="/drip took too long to load"):
        load("/drip", timeout_seconds=0.2)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_never_greets_is_left_when_the_time_is_over(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(AddressError, match="took too long to load"):
            fetch(url, tmp_path / "file", most_bytes=9, timeout_seconds=0.2, private=True)


def test_a_server_that_does_not_speak_tls_is_refused(server: Quiet, tmp_path: Path) -> None:
    url = f"https://127.0.0.1:{server.server_port}/a"
    with pytest.raises(AddressError, match=r"cannot be loaded: .*SSL"):
        fetch(url, tmp_path / "file", most_bytes=9, timeout_seconds=20, private=True)
    assert asked(server) == []


def test_a_proxy_named_in_the_environment_is_not_used(
    load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    load("/a")
    assert (tmp_path / "file").read_bytes() == b"a sound"


# From the server itself.


def posted(private_ok: bool, *urls: str, redirect: str = "") -> list[str]:
    """What came of posting to each URL, {port} being that of a server on this machine."""

    async def answer(request: web.Request) -> web.Response:
        if redirect:
            raise web.HTTPTemporaryRedirect(redirect)
        return web.Response(text="had it", headers={"Set-Cookie": "a=b"})

    async def run() -> list[str]:
        app = web.Application()
        app.router.add_route("*", "/", answer)
        found = []
        async with TestServer(app) as server, outgoing.session(private_ok) as session:
            for url in urls:
                try:
                    async with session.post(url.format(port=server.port)) as response:
                        found.append(await response.text())
                except AddressError as error:
                    found.append(error.code)
                except aiohttp.ClientError as error:
                    found.append(type(error).__name__)
            assert not list(session.cookie_jar)
        return found

    return asyncio.run(run())


def test_a_session_connects_to_no_private_address() -> None:
    urls = ["http://127.0.0.1:{port}/", "http://localhost:{port}/"]
    urls += ["http://[::1]:{port}/", "http://169.254.169.254:{port}/", "http://10.0.0.1:{port}/"]
    assert posted(False, *urls) == ["bad_address"] * 5
    odd = ["http://2130706433:{port}/", "http://0x7f.1:{port}/", "http://127.1:{port}/"]
    assert not {"had it"} & set(posted(False, *odd))


def test_a_session_may_be_let_into_the_private_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert posted(True, "http://127.0.0.1:{port}/") == ["had it"]


def test_a_session_judges_redirects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    assert posted(False, "http://127.0.0.1:{port}/") == ["had it"]
    assert posted(False, "http://127.0.0.1:{port}/", redirect="http://127.0.0.2/") == [
        "bad_address"
    ]
    assert posted(False, "http://127.0.0.1:{port}/", redirect="file:///etc/passwd") == [
        "NonHttpUrlRedirectClientError"
    ]
