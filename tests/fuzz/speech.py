"""Bytes sent to a server as they are, and what it answers."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import time
from dataclasses import dataclass
from enum import Enum

PATIENCE_SECONDS = 10.0
# Whether the server has something to say to half a request cannot be known, only waited for.
_SILENCE_SECONDS = 0.03
_CHUNK_BYTES = 1 << 16
_MOST_BYTES = 64 << 20
PING = b"\x89\x84\x00\x00\x00\x00fuzz"
PONG = b"\x8a\x04fuzz"


class Reading(Enum):
    """What is waited for after the bytes were sent."""

    ANSWER = "an answer to one whole request"
    END = "the connection's end; an answer may come before"
    FRAMES = "the answer to a ping, or the end of the socket"


@dataclass(frozen=True, slots=True)
class Step:
    """What is sent over one connection."""

    data: bytes
    reading: Reading = Reading.ANSWER

    @property
    def line(self) -> str:
        """Its first line, short enough to be printed."""
        return (
            self.data.split(b"\r\n", 1)[0][:200].decode("latin-1").encode("unicode_escape").decode()
        )


@dataclass(frozen=True, slots=True)
class Case:
    """What is sent one after the other, each over a connection of its own. `follow`: what it
    began is to be awaited."""

    steps: tuple[Step, ...]
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` is 0 if nothing did, which only whole requests are owed."""

    status: int
    content_type: str
    body: bytes
    seconds: float


class SilentError(Exception):
    """The server did not answer, or did not end the connection, in time."""


class GarbledError(Exception):
    """What came back is not HTTP."""


def request(
    method: str,
    target: str | bytes,
    body: bytes = b"",
    headers: tuple[tuple[str, str | bytes], ...] = (),
) -> Step:
    """A request that is complete, whatever it says."""
    given = {name.lower() for name, _ in headers}
    standard: list[tuple[str, str | bytes]] = [("Host", "localhost"), ("Connection", "close")]
    if "transfer-encoding" not in given and (body or method in ("POST", "PUT", "PATCH")):
        standard.append(("Content-Length", str(len(body))))
    lines = [b"%s %s HTTP/1.1" % (method.encode(), _bytes(target))]
    for name, value in [*(pair for pair in standard if pair[0].lower() not in given), *headers]:
        lines.append(name.encode("latin-1") + b": " + _bytes(value))
    return Step(b"\r\n".join(lines) + b"\r\n\r\n" + body)


def json_request(method: str, target: str, body: bytes) -> Step:
    return request(method, target, body, (("Content-Type", "application/json"),))


def ask(address: tuple[str, int], step: Step) -> Answer:
    """Sends, and reads what comes. Raises SilentError, GarbledError, ConnectionError."""
    began = time.perf_counter()
    with socket.create_connection(address, PATIENCE_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            _send(connection, step.data)
            read = _answer if step.reading is Reading.ANSWER else _until_end
            status, kind, body = read(connection, step)
        except TimeoutError:
            waited = time.perf_counter() - began
            raise SilentError(f"after {waited:.1f} s there was not {step.reading.value}") from None
    return Answer(status, kind, body, time.perf_counter() - began)


def _send(connection: socket.socket, data: bytes) -> None:
    # It may refuse in the middle: the answer is there already.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(data)


def _answer(connection: socket.socket, step: Step) -> tuple[int, str, bytes]:
    method = step.data.split(b" ", 1)[0].decode("latin-1")
    response = http.client.HTTPResponse(connection, method=method)
    try:
        response.begin()
        kind = response.getheader("Content-Type", "")
        if kind.startswith("text/event-stream"):  # it never ends
            return response.status, kind, b""
        return response.status, kind, response.read(_MOST_BYTES)
    except http.client.HTTPException as error:
        raise GarbledError(f"what came back is not HTTP: {error!r}") from error
    except ConnectionResetError as error:
        raise GarbledError("the connection was reset instead of answered") from error
    finally:
        response.close()


def _until_end(connection: socket.socket, step: Step) -> tuple[int, str, bytes]:
    """Reads until the other side has closed; it is told that nothing more comes as soon as it is
    silent for a moment."""
    if step.reading is Reading.FRAMES:
        _send(connection, PING)
    data = bytearray()
    connection.settimeout(_SILENCE_SECONDS)
    patient = False
    while len(data) < _MOST_BYTES:
        try:
            chunk = connection.recv(_CHUNK_BYTES)
        except TimeoutError:
            if patient:
                raise
            chunk = b""
        except ConnectionResetError:
            break
        data += chunk
        if not patient and (not chunk or PONG in data):
            patient = True
            connection.settimeout(PATIENCE_SECONDS)
            _end_sending(connection)
        elif not chunk:
            break
    return _first_of(bytes(data))


def _end_sending(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_WR)


def _first_of(data: bytes) -> tuple[int, str, bytes]:
    """The first answer in what came; of an upgrade, the frames after it."""
    if not data:
        return 0, "", b""
    head, _, rest = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    words = lines[0].split(b" ", 2)
    if not words[0].startswith(b"HTTP/") or len(words) < 2 or not words[1].isdigit():
        raise GarbledError(f"what came back is not HTTP: {data[:100]!r}")
    fields = http.client.parse_headers(io.BytesIO(b"\r\n".join(lines[1:]) + b"\r\n\r\n"))
    length = fields.get("Content-Length", "")
    body = rest[: int(length)] if length.isdigit() else rest
    kind = fields.get("Content-Type", "")
    return int(words[1]), kind, body


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
