"""What the cache promises: nothing false is believed, nothing is lost, and it keeps its size."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from patchbay import Audio, codecs
from patchbay.errors import FileError, LostError, StoreError
from patchbay.events import NodeCached, NodeStarted
from patchbay.live import Live
from patchbay.store import Store
from patchbay.types import Key, Result, Value
from tests.machine import Machine, Prompt, entry, link

Warnings = list[str]


def sound(pitch: int = 1, frames: int = 4_000) -> Audio:
    return Audio(np.full((2, frames), pitch / 1000, np.float32), 8_000)


def put(store: Store, audio: Audio) -> Value:
    encoded = codecs.encode(audio)
    assert encoded is not None
    return store.put(audio, encoded)


def record(store: Store, number: int, value: Value, seconds: float = 1.0) -> Key:
    key = Key(number.to_bytes(32, "big"))
    store.records.add(key, "pack/Node", "", b"", Result(((value,),), {}, seconds))
    return key


def path_of(store: Store, value: Value) -> Path:
    name = value.digest.hex()
    return store.folder / "values" / name[:2] / name


def damage(path: Path) -> None:
    """Changes one byte in the middle, and no date."""
    stat = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens the cache in `tmp_path`, as often as asked; each is closed in the end. No store made
    this way holds anything in memory, and none may warn."""
    stores: list[Store] = []

    def opening(**options: int | None) -> Store:
        store = Store(tmp_path / "cache", warn=pytest.fail, live=Live(0), **options)
        stores.append(store)
        return store

    yield opening
    for store in stores:
        with contextlib.suppress(sqlite3.ProgrammingError):  # closed by the test itself
            store.close()


# Values


def test_a_value_comes_back_as_it_was(opened: Callable[..., Store]) -> None:
    store = opened()
    value = put(store, sound(3))
    store.close()
    assert opened().load(value) == sound(3)


def test_small_values_need_no_file(opened: Callable[..., Store]) -> None:
    store = opened()
    value = store.put("short", codecs.encode("short"))  # type: ignore[arg-type]  # it has a codec
    assert value.inline is not None
    assert store.load(value) == "short"
    assert not list((store.folder / "values").glob("??/*"))


def test_equal_values_are_stored_once(opened: Callable[..., Store]) -> None:
    store = opened()
    assert put(store, sound(1)) == put(store, sound(1))
    assert len(list((store.folder / "values").glob("??/*"))) == 1


def test_a_stored_array_cannot_be_written_to(opened: Callable[..., Store]) -> None:
    store = opened()
    value = put(store, sound(1))
    loaded = store.load(value)
    with pytest.raises(ValueError, match="read-only"):
        loaded.samples[0, 0] = 1.0


def test_a_damaged_value_is_not_believed(tmp_path: Path) -> None:
    warned: Warnings = []
    first = Store(tmp_path, warn=warned.append)
    value = put(first, sound(1))
    first.close()
    store = Store(tmp_path, warn=warned.append)
    damage(path_of(store, value))
    assert store.has(value)
    with pytest.raises(LostError, match="damaged"):
        store.load(value)
    assert not store.has(value)
    assert warned == ["a damaged value was removed from the cache: it is made again"]
    store.close()


@pytest.mark.parametrize("size", [0, 4, 9, 100])
def test_a_value_cut_short_is_not_believed(tmp_path: Path, size: int) -> None:
    warned: Warnings = []
    with contextlib.closing(Store(tmp_path, warn=warned.append, live=Live(0))) as first:
        value = put(first, sound(1))
    with contextlib.closing(Store(tmp_path, warn=warned.append)) as store:
        os.truncate(path_of(store, value), size)
        with pytest.raises(LostError):
            store.load(value)
        assert not store.has(value)


def test_a_damaged_file_is_replaced_when_its_value_is_made_again(tmp_path: Path) -> None:
    """It lies there under the right name: it must not be taken for the value."""
    warned: Warnings = []
    with contextlib.closing(Store(tmp_path, warn=warned.append)) as first:
        value = put(first, sound(1))
    with contextlib.closing(Store(tmp_path, warn=warned.append, live=Live(0))) as store:
        damage(path_of(store, value))
        assert put(store, sound(1)) == value
        assert store.load(value) == sound(1)


def test_a_value_that_is_gone_is_said_to_be_lost(opened: Callable[..., Store]) -> None:
    store = opened()
    value = put(store, sound(1))
    path_of(store, value).unlink()
    assert not store.has(value)
    with pytest.raises(LostError, match="gone"):
        store.load(value)


def test_a_damaged_value_is_made_again(machine: Machine) -> None:
    prompt = {
        "tone": entry("Tone", pitch=2),
        "level": entry("Level", audio=link("tone")),
        "show": entry("Show", value=link("level")),
    }
    machine.run(prompt)
    damage(machine.value_files()[0])
    prompt["more"] = entry("Louder", audio=link("tone"))
    prompt["show"] = entry("Show", value=link("more"))
    ran = machine.run(prompt)
    assert ran.calls[:2] == ["Tone(2)", "Louder(2)"]
    assert ran.status == "done"
    assert ran.warnings == ("a damaged value was removed from the cache: it is made again",)


def test_a_damaged_value_that_nobody_needs_is_left_alone(machine: Machine) -> None:
    prompt = {
        "tone": entry("Tone", pitch=2),
        "level": entry("Level", audio=link("tone")),
        "show": entry("Show", value=link("level")),
    }
    machine.run(prompt)
    damage(machine.value_files()[0])
    ran = machine.run(prompt)
    assert ran.calls == []
    assert ran.warnings == ()


def test_each_damaged_item_of_a_list_is_made_again(machine: Machine) -> None:
    prompt: Prompt = {
        "list": entry("Count", upto=6),
        "tone": entry("Tone", pitch=link("list")),
        "levels": entry("Levels", sounds=link("tone")),
        "show": entry("Show", value=link("levels")),
    }
    machine.run(prompt)
    for path in machine.value_files()[:5]:
        damage(path)
    prompt["louder"] = entry("Louder", audio=link("tone"), factor=3)
    prompt["levels"] = entry("Levels", sounds=link("louder"))
    ran = machine.run(prompt, live_bytes=0)
    assert ran.messages == []
    assert ran.value("show") == 3 * 15


# Trimming


def test_trimming_gives_up_what_saves_the_least_time_per_byte(opened: Callable[..., Store]) -> None:
    store = opened()
    quick, slow, huge = sound(1), sound(2), sound(3, frames=40_000)
    values = [put(store, audio) for audio in (quick, slow, huge)]
    for number, (value, seconds) in enumerate(zip(values, (1.0, 60.0, 60.0), strict=True)):
        record(store, number, value, seconds)
    # 1 s / 32 kB, 60 s / 32 kB, 60 s / 320 kB: the large one saves less per byte than the slow.
    freed = store.trim(values[1].size_bytes + values[2].size_bytes)
    assert freed == values[0].size_bytes
    assert [store.has(value) for value in values] == [False, True, True]
    store.trim(values[1].size_bytes)
    assert [store.has(value) for value in values] == [False, True, False]


def test_what_was_not_used_for_days_goes_before_what_was(opened: Callable[..., Store]) -> None:
    store = opened()
    old, new = put(store, sound(1)), put(store, sound(2))
    record(store, 1, old, 3.0)
    record(store, 2, new, 2.0)
    store.flush()
    table = sqlite3.connect(store.folder / "records.sqlite")
    with table:
        table.execute("UPDATE stored SET used = used - 86400 WHERE digest = ?", (old.digest,))
    table.close()
    store.trim(new.size_bytes)
    assert not store.has(old)
    assert store.has(new)


def test_a_value_whose_call_is_not_recorded_yet_is_not_trimmed(
    opened: Callable[..., Store],
) -> None:
    """Another process may be about to record it."""
    store = opened()
    value = put(store, sound(1))
    assert store.trim(0) == 0
    assert store.has(value)
    hours_ago = path_of(store, value).stat().st_mtime - 2 * 3600
    os.utime(path_of(store, value), (hours_ago, hours_ago))
    assert store.trim(0) == value.size_bytes


def test_records_outlive_their_bytes(opened: Callable[..., Store]) -> None:
    store = opened()
    value = put(store, sound(1))
    key = record(store, 1, value)
    store.trim(0)
    assert not store.has(value)
    assert store.find(key) == Result(((value,),), {}, 1.0)
    assert store.stats().trimmed == 1


def test_the_limit_is_kept_when_the_cache_is_closed(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=10),
        "tone": entry("Tone", pitch=link("list")),
        "levels": entry("Levels", sounds=link("tone")),
        "show": entry("Show", value=link("levels")),
    }
    ran = machine.run(prompt, limit_bytes=60_000)
    assert ran.value("show") == 45
    assert 0 < sum(path.stat().st_size for path in machine.value_files()) <= 60_000


def test_a_trimmed_value_is_made_again_only_when_it_is_needed(machine: Machine) -> None:
    prompt: Prompt = {
        "tone": entry("Tone", pitch=2),
        "level": entry("Level", audio=link("tone")),
        "show": entry("Show", value=link("level")),
    }
    machine.run(prompt, limit_bytes=0)
    assert machine.value_files() == []
    assert machine.run(prompt).calls == []
    prompt["louder"] = entry("Louder", audio=link("tone"))
    prompt["level"] = entry("Level", audio=link("louder"))
    ran = machine.run(prompt, explaining=True)
    assert ran.calls == ["Tone(2)", "Louder(2)", "Level(4)", "Show(4)"]
    assert {str(e.node): e.reason for e in ran.of(NodeStarted)}["tone"] == "trimmed"


def test_a_trimmed_value_is_made_again_from_trimmed_values(machine: Machine) -> None:
    prompt: Prompt = {
        "tone": entry("Tone", pitch=2),
        "l1": entry("Louder", audio=link("tone"), factor=2),
        "l2": entry("Louder", audio=link("l1"), factor=3),
        "level": entry("Level", audio=link("l2")),
        "show": entry("Show", value=link("level")),
    }
    machine.run(prompt, limit_bytes=0)
    prompt["level"] = entry("Levels", sounds=link("l2"))
    ran = machine.run(prompt)
    assert ran.calls == ["Tone(2)", "Louder(2)", "Louder(3)", "Levels(12)"]
    assert ran.nodes(NodeCached)[-1] == "show"


def test_of_a_list_only_the_trimmed_items_are_made_again(machine: Machine) -> None:
    prompt: Prompt = {
        "list": entry("Count", upto=4),
        "tone": entry("Tone", pitch=link("list")),
        "level": entry("Level", audio=link("tone")),
        "show": entry("Show", value=link("level")),
    }
    machine.run(prompt)
    machine.value_files()[0].unlink()
    prompt["level"] = entry("Levels", sounds=link("tone"))
    ran = machine.run(prompt)
    assert len([call for call in ran.calls if call.startswith("Tone")]) == 1
    assert "Levels(6)" in ran.calls


def test_a_trimmed_value_behind_any_link_of_one_input_is_made_again(machine: Machine) -> None:
    prompt: Prompt = {
        "a": entry("Tone", pitch=1),
        "b": entry("Tone", pitch=2),
        "c": entry("Tone", pitch=4),
        "levels": entry(
            "Total", values=link("x"), **{"values.2": link("y"), "values.3": link("z")}
        ),
        "x": entry("Level", audio=link("a")),
        "y": entry("Level", audio=link("b")),
        "z": entry("Level", audio=link("c")),
        "show": entry("Show", value=link("levels")),
    }
    machine.run(prompt, limit_bytes=0)
    links = {"sounds": link("a"), "sounds.2": link("b"), "sounds.3": link("c")}
    prompt["levels"] = entry("Levels", **links)
    ran = machine.run(prompt, live_bytes=0)
    assert ran.messages == []
    assert sorted(ran.calls) == ["Levels(7)", "Tone(1)", "Tone(2)", "Tone(4)"]


def test_a_long_text_in_a_prompt_survives_trimming(machine: Machine) -> None:
    """In a server the parts live for days, and the cache is trimmed meanwhile."""
    text = "word " * 2_000
    prompt: Prompt = {
        "length": entry("Length", text=text),
        "show": entry("Show", value=link("length")),
    }
    with machine.session(live_bytes=0) as session:
        first = session.start(prompt, job="first")
        assert session.go(first.go).status == "done"
        for path in machine.value_files():
            path.unlink()
        prompt["length"] = entry("KindOf", value=text)
        second = session.start(prompt, job="second")
        outcome = session.go(second.go)
        assert [problem.message for problem in outcome.problems] == []


def test_files_that_no_record_knows_are_counted(opened: Callable[..., Store]) -> None:
    store = opened()
    record(store, 1, put(store, sound(1)))
    put(store, sound(2))
    assert store.verify().orphans == 1


# Checking and clearing


def test_verifying_removes_what_is_damaged_and_nothing_else(tmp_path: Path) -> None:
    warned: Warnings = []
    store = Store(tmp_path, warn=warned.append)
    good, bad = put(store, sound(1)), put(store, sound(2))
    record(store, 1, good)
    record(store, 2, bad)
    store.flush()
    damage(path_of(store, bad))
    table = sqlite3.connect(store.folder / "records.sqlite")
    with table:
        table.execute("UPDATE records SET result = x'00' WHERE key = ?", (bytes(31) + b"\x02",))
    table.close()
    found = store.verify()
    assert (found.values, found.damaged_values, found.damaged_records) == (2, 1, 1)
    assert store.has(good)
    again = store.verify()
    assert (again.values, again.damaged_values, again.damaged_records) == (1, 0, 0)
    store.close()


def test_after_a_check_a_damaged_value_is_made_again(machine: Machine) -> None:
    prompt = {"tone": entry("Tone", pitch=2), "show": entry("Show", value=link("tone"))}
    machine.run(prompt)
    damage(machine.value_files()[0])
    with machine.session() as session:
        assert session.store.verify().damaged_values == 1
        assert session.store.verify().damaged_values == 0
    prompt["level"] = entry("Level", audio=link("tone"))
    prompt["show"] = entry("Show", value=link("level"))
    assert machine.run(prompt).calls == ["Tone(2)", "Level(2)", "Show(2)"]


def test_clearing_forgets_everything_and_leaves_a_cache_that_works(machine: Machine) -> None:
    prompt = {"tone": entry("Tone", pitch=2), "show": entry("Show", value=link("tone"))}
    machine.run(prompt)
    with machine.session() as session:
        session.store.clear()
        assert session.store.stats().records == session.store.stats().values == 0
    assert machine.run(prompt).calls[0] == "Tone(2)"
    assert machine.run(prompt).calls == []


def test_stats_count_what_is_there(opened: Callable[..., Store], tmp_path: Path) -> None:
    store = opened(limit_bytes=1_000_000)
    value = put(store, sound(1))
    record(store, 1, value)
    stats = store.stats()
    assert stats.folder == str(tmp_path / "cache")
    assert (stats.records, stats.values, stats.size_bytes) == (1, 1, value.size_bytes)
    assert (stats.trimmed, stats.limit_bytes) == (0, 1_000_000)


# Files that nodes read


def test_a_files_digest_follows_its_content(opened: Callable[..., Store], tmp_path: Path) -> None:
    store = opened()
    path = tmp_path / "a.txt"
    path.write_text("one")
    first = store.file_digest(path)
    assert store.file_digest(path) == first
    path.write_text("two!")
    assert store.file_digest(path) != first
    path.write_text("one")
    assert store.file_digest(path) == first


def test_a_file_that_is_gone_is_named(opened: Callable[..., Store], tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"gone\.txt"):
        opened().file_digest(tmp_path / "gone.txt")


def test_an_empty_file_has_a_digest(opened: Callable[..., Store], tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert len(opened().file_digest(tmp_path / "empty")) == 32


# Scratch


def test_scratch_folders_of_dead_processes_are_removed(tmp_path: Path) -> None:
    Store(tmp_path, warn=pytest.fail).close()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / "v1" / "scratch" / f"{dead.pid}-abc"
    left.mkdir()
    (left / "sketch").touch()
    part = tmp_path / "v1" / "scratch" / f"{dead.pid}-0.part"
    part.touch()
    mine = tmp_path / "v1" / "scratch" / f"{os.getpid()}-abc"
    mine.mkdir()
    Store(tmp_path, warn=pytest.fail).close()
    assert not left.exists()
    assert not part.exists()
    assert mine.exists()


# A cache that cannot be used as asked


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    path.touch()
    with pytest.raises(StoreError, match="is a file: choose another"):
        Store(path, warn=pytest.fail)


def test_a_cache_of_a_newer_patchbay_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    Store(tmp_path, warn=pytest.fail).close()
    table = sqlite3.connect(tmp_path / "v1" / "records.sqlite")
    table.execute("PRAGMA user_version = 99")
    table.close()
    with pytest.raises(StoreError, match=r"format 99.*update Patchbay"):
        Store(tmp_path, warn=pytest.fail)
    table = sqlite3.connect(tmp_path / "v1" / "records.sqlite")
    assert table.execute("PRAGMA user_version").fetchone() == (99,)
    table.close()


@pytest.mark.parametrize("where", ["all", "start", "end"])
def test_a_damaged_table_is_set_aside_or_survived(machine: Machine, where: str) -> None:
    prompt = {
        "list": entry("Count", upto=300),
        "n": entry("Remark", value=link("list")),
        "total": entry("Total", values=link("n")),
        "show": entry("Show", value=link("total")),
    }
    expected = machine.run(prompt).value("show")
    path = machine.cache / "v1" / "records.sqlite"
    data = bytearray(path.read_bytes())
    assert len(data) > 20_000
    if where == "all":
        data = bytearray(b"this is no table " * 1_000)
    elif where == "start":
        data[:200] = bytes(200)
    else:
        data[len(data) // 2 :] = os.urandom(len(data) - len(data) // 2)
    path.write_bytes(data)
    ran = machine.run(prompt)
    assert ran.status == "done"
    assert ran.value("show") == expected
    assert ran.warnings
    if where != "end":
        assert len(ran.warnings) == 1
        assert "lies aside as records.damaged-" in ran.warnings[0]
        assert list(path.parent.glob("records.damaged-*"))
        assert machine.run(prompt).calls == []


def test_a_table_that_is_cut_short_is_survived(machine: Machine) -> None:
    prompt = {"tone": entry("Tone", pitch=2), "show": entry("Show", value=link("tone"))}
    machine.run(prompt)
    path = machine.cache / "v1" / "records.sqlite"
    os.truncate(path, path.stat().st_size // 2)
    ran = machine.run(prompt, limit_bytes=0)
    assert ran.status == "done"


@contextlib.contextmanager
def unprivileged(*folders: Path) -> Iterator[None]:
    """Gives up the rights of root for a while, without which no folder is read-only."""
    if os.geteuid() != 0:
        yield
        return
    for folder in folders:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user may reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("filled", [False, True])
def test_a_cache_that_cannot_be_written_is_read_and_results_stay_in_memory(
    open_folder: Path, machine: Machine, filled: bool
) -> None:
    prompt: Prompt = {
        "tone": entry("Tone", pitch=2),
        "louder": entry("Louder", audio=link("tone")),
        "level": entry("Level", audio=link("louder")),
        "show": entry("Show", value=link("level")),
    }
    machine.cache = open_folder / "cache"
    machine.cache.mkdir()
    if filled:
        machine.run(prompt)
    every = [machine.cache, *machine.cache.rglob("*")]
    for path in every:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = {path: path.stat().st_mtime_ns for path in every}
    with unprivileged(machine.cache):
        ran = machine.run(prompt, live_bytes=0)
        prompt["again"] = entry("Louder", audio=link("tone"), factor=3)
        prompt["level"] = entry("Level", audio=link("again"))
        changed = machine.run(prompt, live_bytes=0)
    assert ran.calls == ([] if filled else ["Tone(2)", "Louder(2)", "Level(4)", "Show(4)"])
    assert changed.calls[-3:] == ["Louder(3)", "Level(6)", "Show(6)"]
    assert [len(ran.warnings), len(changed.warnings)] == [1, 1]
    assert "cannot be written" in ran.warnings[0]
    assert "--cache" in ran.warnings[0]
    assert {path: path.stat().st_mtime_ns for path in every} == before


FULL_DISK = """
    import resource, signal, sys
    from pathlib import Path
    from tests.machine import Machine, chain, drive, entry, link, load_pack

    def fill_the_disk(limit):
        # No file may grow beyond this: what a full disk does, as far as a process can tell.
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    kind, folder = sys.argv[1], Path(sys.argv[2])
    machine = Machine(folder, load_pack())
    machine.run({"n": entry("Remark", value=1), "show": entry("Show", value=link("n"))})
    sounds = {
        "list": entry("Count", upto=5),
        "tone": entry("Tone", pitch=link("list"), frames=100_000),
        "louder": entry("Louder", audio=link("tone")),
        "levels": entry("Levels", sounds=link("louder")),
        "show": entry("Show", value=link("levels")),
    }
    prompt, sink = (sounds, "show") if kind == "values" else (chain(2_000), "1999")
    if kind == "from the start":
        fill_the_disk(10)
    with machine.session(live_bytes=0) as session:
        if kind != "from the start":
            fill_the_disk(300_000 if kind == "values" else 40_000)
        ran = drive(session, lambda: session.start(prompt))
    fill_the_disk(resource.RLIM_INFINITY)
    assert ran.status == "done", ran.messages
    print("value", ran.value(sink))
    print("calls", len(ran.calls))
    print("warnings", len(machine.warnings))
    print(*machine.warnings, sep="\\n")
    left = list(folder.glob("cache/v1/scratch/*"))
    assert not left, left
    again = machine.run(prompt)
    assert again.status == "done"
    assert not again.warnings, again.warnings
    print("again", again.value(sink))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "result", "calls"),
    [("values", 20, 13), ("records", 1999, 2_000), ("from the start", 1999, 2_000)],
)
def test_a_full_disk_stops_no_run(tmp_path: Path, kind: str, result: int, calls: int) -> None:
    """Each call runs once, the result is right, and one warning says what to do."""
    lines = python(FULL_DISK, kind, str(tmp_path / "machine")).splitlines()
    assert lines[0] == f"value {result}"
    assert lines[1] == f"calls {calls}"
    assert lines[-1] == f"again {result}"
    assert lines[2] == "warnings 1", lines
    assert "free some space" in lines[3]
    assert "--cache" in lines[3]


def python(program: str, *arguments: str) -> str:
    """What a Python program of its own prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program), *arguments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Two processes


SHARED = """
    import sys
    from pathlib import Path
    from tests.machine import Machine, entry, link, load_pack
    folder, start = Path(sys.argv[1]), int(sys.argv[2])
    machine = Machine(folder / sys.argv[2], load_pack())
    machine.cache = folder / "cache"
    print("ready", flush=True)
    sys.stdin.readline()
    for round in range(4):
        prompt = {}
        for i in range(start, start + 60):
            prompt[f"n{i}"] = entry("Tone", pitch=i)
            prompt[f"l{i}"] = entry("Level", audio=link(f"n{i}"))
            prompt[f"h{i}"] = entry("Heavy", value=link(f"l{i}"))
        prompt["total"] = entry(
            "Total", **{f"values.{i}": link(f"h{i}") for i in range(start, start + 60)}
        )
        prompt["show"] = entry("Show", value=link("total"))
        ran = machine.run(prompt, live_bytes=0, limit_bytes=200_000)
        assert ran.status == "done", ran.messages
        assert not ran.warnings, ran.warnings
        assert ran.value("show") == 2 * sum(range(start, start + 60)), ran.value("show")
        start += 10
"""


@pytest.mark.slow
def test_processes_share_a_cache_folder(tmp_path: Path) -> None:
    """They begin at the same moment on a folder that is not there yet, want overlapping calls,
    and each trims what the others may be about to read."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(SHARED), str(tmp_path), str(start)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        for start in (0, 10, 20, 30)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    ended = [process.communicate("go\n", timeout=120) for process in processes]
    for process, (_, errors) in zip(processes, ended, strict=True):
        assert process.returncode == 0, errors


def test_what_one_process_records_another_finds(tmp_path: Path) -> None:
    one = Store(tmp_path, warn=pytest.fail)
    two = Store(tmp_path, warn=pytest.fail)
    value = put(one, sound(1))
    key = record(one, 1, value)  # which took a second: it is on disk at once
    assert two.find(key) == Result(((value,),), {}, 1.0)
    assert two.load(value) == sound(1)
    one.close()
    two.close()
