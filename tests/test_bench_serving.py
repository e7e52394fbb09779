"""The benchmark of a server: the graphs it sends, what it hears, and its arithmetic. No timing."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import itertools
import json
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks import serving
from benchmarks.serving import figures, prompts, session, shapes, sockets
from benchmarks.serving.client import Client, FailedError, RefusedError, Watched
from benchmarks.serving.figures import Figure
from benchmarks.serving.prompts import Prompt, Shape
from patchbay import graph, packs
from patchbay.events import NodeStarted
from patchbay.packs import Catalogue
from tests.machine import Machine, catalogue_of, load_pack

BENCHMARKS = Path(serving.__file__).parent.parent


@pytest.fixture(scope="module")
def bench() -> Catalogue:
    found = catalogue_of(packs.load(BENCHMARKS / "pack"))
    assert not found.problems, [problem.message for problem in found.problems]
    return found


@pytest.fixture(scope="module")
def comfyui() -> ModuleType:
    """The pack that a ComfyUI loads, loaded without one."""
    file = BENCHMARKS / "comfyui_pack" / "__init__.py"
    spec = importlib.util.spec_from_file_location("bench_comfyui_pack", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the graphs -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "nodes", "sinks"),
    [
        (prompts.wide(4, 0), 4, 1),
        (prompts.wide(1_000, 0), 1_000, 1),
        (prompts.wide(4_998, 0), 4_998, 1),
        (prompts.chain(2, 0), 2, 1),
        (prompts.chain(500, 0), 500, 1),
        (prompts.sinks(1_000, 0), 1_000, 500),
        (prompts.small(0), 5, 1),
        (prompts.sleeping(4, 1.0, 0), 9, 1),
        (prompts.stepping(100, 0.1, 0), 2, 1),
    ],
)
def test_a_graph_is_valid_and_has_as_many_nodes_as_asked(
    prompt: Prompt, nodes: int, sinks: int, bench: Catalogue
) -> None:
    checked = graph.validate(prompt, bench.specs)
    assert checked.problems == ()
    assert (len(checked.graph.nodes), len(checked.sinks)) == (nodes, sinks)


@pytest.mark.parametrize("leaves", [2, 3, 5, 8, 13])
def test_a_wide_graph_adds_every_number_once(leaves: int, tmp_path: Path, bench: Catalogue) -> None:
    load_pack()
    ran = Machine(tmp_path, bench).run(prompts.wide(2 * leaves, 700))
    (shown,) = ran.outcome.outputs.values()
    assert shown == {"text": [str(sum(range(700, 700 + leaves)))]}


def test_a_chain_counts_its_links(tmp_path: Path, bench: Catalogue) -> None:
    load_pack()
    ran = Machine(tmp_path, bench).run(prompts.chain(7, 100))
    (shown,) = ran.outcome.outputs.values()
    assert shown == {"text": ["105"]}


@pytest.mark.parametrize("shape", [prompts.wide, prompts.chain, prompts.sinks])
def test_a_graph_that_was_not_sent_before_shares_no_call_with_one_that_was(
    shape: Shape, tmp_path: Path, bench: Catalogue
) -> None:
    load_pack()
    machine = Machine(tmp_path, bench)
    first, second = itertools.islice(prompts.salts(), 2)
    assert len(machine.run(shape(20, first)).of(NodeStarted)) == 20
    assert len(machine.run(shape(20, second)).of(NodeStarted)) == 20
    assert len(machine.run(shape(20, first)).of(NodeStarted)) == 0


def test_no_two_salts_lie_closer_than_the_largest_graph_is_long() -> None:
    made = sorted(itertools.islice(prompts.salts(), 1_000))
    assert len(set(made)) == 1_000
    apart = min(b - a for a, b in itertools.pairwise(made))
    assert apart > max(max(counts) for counts in shapes._COUNTS.values())


# --- the nodes ------------------------------------------------------------------------------


def test_the_pack_for_a_comfyui_has_the_same_nodes(bench: Catalogue, comfyui: ModuleType) -> None:
    ours = {
        spec.name: (
            {port.name: str(port.type) for port in spec.inputs},
            [str(port.type) for port in spec.outputs],
            spec.sink,
        )
        for spec in bench.nodes
        if spec.name.startswith("Bench")
    }
    theirs = {
        name: (
            {key: given[0] for key, given in cls.INPUT_TYPES()["required"].items()},
            list(cls.RETURN_TYPES),
            getattr(cls, "OUTPUT_NODE", False),
        )
        for name, cls in comfyui.NODE_CLASS_MAPPINGS.items()
    }
    assert ours == theirs
    assert len(ours) == 5


def test_the_pack_for_a_comfyui_gives_the_same_values(comfyui: ModuleType) -> None:
    nodes = comfyui.NODE_CLASS_MAPPINGS
    assert nodes["BenchNumber"]().run(value=3) == (3,)
    assert nodes["BenchAdd"]().run(a=3, b=4) == (7,)
    assert nodes["BenchShow"]().run(value=7) == {"ui": {"text": ["7"]}}
    assert nodes["BenchSleep"]().run(value=7, seconds=0.0) == (7,)
    assert all(hasattr(cls, cls.FUNCTION) for cls in nodes.values())


# --- what the client hears ------------------------------------------------------------------


def with_server(
    frames: Sequence[Any], use: Callable[[Client], Awaitable[Any]], *, status: int = 200
) -> Any:
    """What `use` gives with a server that answers each prompt with these frames and an id."""

    async def main() -> Any:
        found: list[web.WebSocketResponse] = []

        async def ws(request: web.Request) -> web.WebSocketResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            found.append(socket)
            async for _ in socket:
                pass
            return socket

        async def prompt(request: web.Request) -> web.Response:
            assert set(await request.json()) == {"prompt", "client_id"}
            for frame in frames:
                if isinstance(frame, bytes):
                    await found[0].send_bytes(frame)
                else:
                    await found[0].send_str(frame)
            return web.json_response({"prompt_id": "a", "number": 1}, status=status)

        app = web.Application()
        app.add_routes([web.get("/ws", ws), web.post("/prompt", prompt)])
        async with TestServer(app) as server, Client(str(server.make_url("/")), 20) as client:
            while not found:
                await asyncio.sleep(0)
            return await use(client)

    return asyncio.run(main())


def frame(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": data})


END = frame("executing", node=None, prompt_id="a")


async def _watch(client: Client) -> Watched:
    return await client.watch(client.body(prompts.small(0)))


def test_every_byte_and_message_is_counted_and_every_node_that_ran() -> None:
    sent: list[Any] = [
        frame("status", status={"exec_info": {"queue_remaining": 1}}),
        frame("execution_start", prompt_id="a", timestamp=1),
        frame("executing", node="1", display_node="1", prompt_id="a"),
        frame("executing", node="2", display_node="2", prompt_id="a"),
        frame("executing", node="9", display_node="9", prompt_id="another"),
        frame("progress_state", prompt_id="a", nodes={"1": {"parent_node_id": None}}),
        frame("executed", node="2", prompt_id="a", output={"text": ["ü" * 500]}),
        json.dumps({"type": "later", "data": {"text": "ü"}}, ensure_ascii=False),
        b"\0\0\0\1preview",
        END,
    ]
    heard = with_server(sent, _watch)
    assert (heard.id, heard.nodes, heard.messages) == ("a", 2, len(sent))
    raw = [text if isinstance(text, bytes) else text.encode() for text in sent]
    assert heard.size_bytes == sum(len(data) for data in raw)
    assert 0 < heard.first_seconds <= heard.seconds


def test_an_end_without_spaces_is_an_end_too() -> None:
    assert with_server([END.replace(" ", "")], _watch).nodes == 0


def test_a_refused_prompt_says_what_the_server_said() -> None:
    with pytest.raises(RefusedError, match=r'400: \{"prompt_id": "a"'):
        with_server([], _watch, status=400)


def test_a_failed_prompt_is_no_figure_however_long_its_error_is() -> None:
    error = frame("execution_error", prompt_id="a", traceback=["x" * 5_000])
    with pytest.raises(FailedError, match="execution_error"):
        with_server([error, END], _watch)


def test_a_socket_that_is_closed_ends_the_waiting() -> None:
    async def close(client: Client) -> None:
        waiting = asyncio.create_task(client.end_of("b"))
        await asyncio.sleep(0)
        await client._socket.close()
        await waiting

    with pytest.raises(FailedError, match="the socket was closed"):
        with_server([], close)


def test_sockets_are_open_while_they_are_asked_for_and_some_never_read() -> None:
    # More than the kernel keeps for one that does not read.
    text = "x" * (32 << 20)
    read = threading.Semaphore(0)

    async def main() -> tuple[int, bool]:
        opened: list[web.WebSocketResponse] = []

        async def ws(request: web.Request) -> web.WebSocketResponse:
            socket = web.WebSocketResponse()
            opened.append(socket)
            await socket.prepare(request)
            with contextlib.suppress(ConnectionError):
                await socket.send_str(text)
                read.release()
            return socket

        def hold(url: str) -> tuple[int, bool]:
            with sockets.listening(url, 2, read=False), sockets.listening(url, 3, read=True):
                for _ in range(3):
                    assert read.acquire(timeout=60)
                return len(opened), read.acquire(blocking=False)

        app = web.Application()
        app.add_routes([web.get("/ws", ws)])
        async with TestServer(app) as server:
            return await asyncio.to_thread(hold, str(server.make_url("")))

    assert asyncio.run(main()) == (5, False)


def test_a_socket_that_is_refused_is_an_error() -> None:
    async def main() -> None:
        def hold(url: str) -> None:
            with sockets.listening(url, 1, read=True):
                pass

        async with TestServer(web.Application()) as server:
            await asyncio.to_thread(hold, str(server.make_url("")))

    with pytest.raises(OSError, match="404"):
        asyncio.run(main())


# --- the arithmetic -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "kept", "times"),
    [
        ("wide of 1,000, cold", 0.26, True, 50.0),
        ("wide of 1,000, cold", 0.3, True, 13 / 0.3),
        ("wide of 1,000, cold", 0.301, False, 13 / 0.301),
        ("wide of 1,000, cold", None, False, None),
        ("200 five-node prompts at once", 1_000, True, 1_000 / 150),
        ("200 five-node prompts at once", 999, False, 999 / 150),
        ("nodes run again after a restart", 0, True, None),
        ("nodes run again after a restart", 1, False, 1_000.0),
        ("chain of 1,000, cold", 0.1, True, None),
        ("nobody promised this", 1e9, None, None),
    ],
)
def test_a_promise_holds_up_to_its_limit(
    name: str, value: float | None, kept: bool | None, times: float | None
) -> None:
    figure = Figure(name, value, "ms a node")
    assert figures.holds(figure) is kept
    assert figures.times_better(figure) == (None if times is None else pytest.approx(times))


def test_a_row_says_what_was_measured_what_was_promised_and_what_comfyui_took() -> None:
    def words(figure: Figure) -> str:
        return " ".join(figures.row(figure).split())

    cold = Figure("wide of 1,000, cold", 0.2, "ms a node", "0.2 s")
    assert words(cold) == "✓ wide of 1,000, cold 0.2 ms a node ≤ 0.3 13 65 0.2 s"
    traffic = Figure("wide of 5,000, traffic", 12_345.6, "bytes a node")
    assert words(traffic) == ("✗ wide of 5,000, traffic 12,346 bytes a node ≤ 2,000 1,020,000 82.6")
    longest = Figure("longest chain that runs", None, "nodes", "refused: 400")
    assert words(longest) == "✗ longest chain that runs none ≥ 20,000 981 refused: 400"


def test_the_columns_stand_below_each_other() -> None:
    columns = figures.heading().index("measured") + len("measured")
    for name in figures.PROMISES:
        row = figures.row(Figure(name, 1_234_567, "ms a node"))
        assert row[:columns].endswith(" 1,234,567 ms a node")


def test_json_has_the_figure_and_what_it_is_held_against() -> None:
    assert figures.as_json(Figure("two one-second jobs", 2.1, "s")) == {
        "name": "two one-second jobs",
        "value": 2.1,
        "unit": "s",
        "note": "",
        "promise": {"limit": 1.05, "comfyui": None, "least": False},
        "holds": False,
        "times_better": None,
    }


@pytest.mark.parametrize(
    ("count", "percent", "rank"),
    [(500, 99, 495), (300, 99, 297), (1, 99, 1), (100, 50, 50), (5, 50, 3), (4, 100, 4)],
)
def test_a_percentile_is_a_value_that_was_measured(count: int, percent: int, rank: int) -> None:
    assert figures.percentile(list(range(count, 0, -1)), percent) == rank


def test_what_takes_long_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 3.9, 4.1])
    fake = SimpleNamespace(perf_counter=lambda: next(clock))
    monkeypatch.setattr("benchmarks.serving.session.time", fake)
    taken = iter([4.0, 8.0])

    async def once() -> float:
        return next(taken)

    assert asyncio.run(session.repeated(once)) == 6.0


def test_every_promise_about_a_shape_is_of_a_shape_that_is_measured() -> None:
    measured = {
        f"{shape.__name__} of {count:,}, {kind}"
        for shape, counts in shapes._COUNTS.items()
        for count in counts
        for kind in ("cold", "cached", "traffic")
    }
    promised = {name for name in figures.PROMISES if name.startswith(("wide of", "chain of"))}
    assert promised <= measured
    assert len(promised) == 16
