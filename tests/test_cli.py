"""The command line: exit codes, what is printed where, and bad input in one sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from patchbay import cli, tags


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHBAY_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def write(path: Path, graph: Any) -> str:
    path.write_text(json.dumps(graph), encoding="utf-8")
    return str(path)


def tone(**inputs: Any) -> dict[str, Any]:
    """A short piece of music, made quieter and saved."""
    return {
        "1": {
            "class_type": "LLMPlanner",
            "inputs": {"text": "calm", "seconds": 10},
            "_meta": {"title": "Plan"},
        },
        "2": {"class_type": "MusicGenChunk", "inputs": {"recipe": ["1", 0], "seconds": 4}},
        "3": {
            "class_type": "Gain",
            "inputs": {"audio": ["2", 0], "db": -6.0, **inputs},
            "_meta": {"title": "Quieter"},
        },
        "4": {"class_type": "SaveAudio", "inputs": {"audio": ["3", 0], "filename_prefix": "tone"}},
    }


def numbers(**inputs: Any) -> dict[str, Any]:
    return {
        "1": {"class_type": "Integer", "inputs": {"value": 2}, "_meta": {"title": "Two"}},
        "2": {
            "class_type": "TextTemplate",
            "inputs": {"template": "{a} and {b}", "a": ["1", 0], "b": 3, **inputs},
        },
        "3": {"class_type": "ShowValue", "inputs": {"value": ["2", 0]}},
    }


def shown(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_run_prints_the_files_it_made_and_ends_with_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", write(tmp_path / "tone.json", tone())]) == 0
    made = capsys.readouterr().out.splitlines()
    assert [Path(line) for line in made] == [tmp_path / "output" / "tone_00001_.flac"]
    assert Path(made[0]).stat().st_size > 10_000


def test_a_second_run_finds_everything_and_names_the_same_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "tone.json", tone())
    cli.main(["run", path, "--json"])
    first = shown(capsys)
    cli.main(["run", path, "--json"])
    second = shown(capsys)
    assert {node["state"] for node in first["nodes"].values()} == {"done"}
    assert {node["state"] for node in second["nodes"].values()} == {"cached"}
    assert second["files"] == first["files"]


def test_a_file_that_was_deleted_is_saved_again_and_nothing_else_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "tone.json", tone())
    cli.main(["run", path, "--quiet"])
    Path(capsys.readouterr().out.strip()).unlink()
    cli.main(["run", path, "--json", "--explain"])
    nodes = shown(capsys)["nodes"]
    assert [id_ for id_, node in nodes.items() if node["state"] == "done"] == ["4"]
    assert nodes["4"]["reason"] == "its file is gone"


def test_what_was_trimmed_is_made_again_behind_expansions_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = tone()
    for number, before in (("5", "2"), ("6", "5")):
        inputs = {"audio": [before, 0], "recipe": ["1", 0], "seconds": 12, "window_seconds": 14}
        graph[number] = {"class_type": "Continue", "inputs": inputs}
    graph["3"]["inputs"]["audio"] = ["6", 0]
    path = write(tmp_path / "tape.json", graph)
    cli.main(["run", path, "--quiet"])
    made = Path(capsys.readouterr().out.strip())
    before_trimming = made.read_bytes()
    made.unlink()
    cli.main(["cache", "trim", "0"])
    capsys.readouterr()
    assert cli.main(["run", path, "--json", "--explain"]) == 0
    nodes = shown(capsys)["nodes"]
    reasons = {id_: node.get("reason") for id_, node in nodes.items() if node["state"] == "done"}
    assert reasons.pop("4") == "its file is gone"
    assert reasons == dict.fromkeys(("2", "3", "5", "6"), "trimmed")
    assert made.read_bytes() == before_trimming


def test_a_saved_sound_runs_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["run", write(tmp_path / "tone.json", tone()), "--quiet"])
    made = capsys.readouterr().out.strip()
    assert cli.main(["run", made, "--output", "again", "--json"]) == 0
    again = shown(capsys)
    assert again["files"] == [str(tmp_path / "again" / "tone_00001_.flac")]
    states = {id_: node["state"] for id_, node in again["nodes"].items()}
    assert states == {"1": "cached", "2": "cached", "3": "cached", "4": "done"}


def test_a_sound_carries_what_was_set_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["convert", write(tmp_path / "tone.json", tone()), "-o", "drawn.json"])
    cli.main(["run", "drawn.json", "--set", "Quieter.db=-20", "--quiet"])
    made = capsys.readouterr().out.strip()
    cli.main(["convert", made, "--to", "prompt"])
    assert shown(capsys)["3"]["inputs"]["db"] == -20
    carried = json.loads(tags.read(Path(made))["workflow"])
    before = json.loads(Path("drawn.json").read_text())
    (tmp_path / "carried.json").write_text(json.dumps(carried))
    cli.main(["convert", "carried.json"])
    assert shown(capsys)["3"]["inputs"]["db"] == -20
    places = [{node["id"]: node["pos"] for node in w["nodes"]} for w in (before, carried)]
    assert places[0] == places[1]


def test_set_takes_an_id_a_title_or_a_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "numbers.json", numbers())
    words = ["run", path, "--json", "--set", "Two.value=7", "--set", "2.b=[8]"]
    assert cli.main([*words, "--set", "TextTemplate.template={a}+{b}"]) == 0
    assert shown(capsys)["outputs"]["3"]["text"] == ["7+[8]"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("Two.value", "write NODE.INPUT=VALUE"),
        ("value=3", "write NODE.INPUT=VALUE"),
        ("Three.value=3", "there is no node 'Three'"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    setting: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", write(tmp_path / "n.json", numbers()), "--set", setting]) == 2
    assert message in capsys.readouterr().err


def test_a_target_runs_only_what_it_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "tone.json", tone())
    assert cli.main(["run", path, "--target", "Plan", "--json"]) == 0
    states = {id_: node["state"] for id_, node in shown(capsys)["nodes"].items()}
    assert states == {"1": "done", "2": "not needed", "3": "not needed", "4": "not needed"}


def test_explain_says_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "numbers.json", numbers())
    cli.main(["run", path, "--quiet"])
    cli.main(["run", path, "--set", "2.b=4", "--explain", "--quiet"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "Two                      cached",
        "Text Template            done: input b changed",
        "Show Value               done: input value changed",
    ]


def test_without_the_cache_everything_runs_and_nothing_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "numbers.json", numbers())
    for _ in range(2):
        cli.main(["run", path, "--no-cache", "--json"])
        assert {node["state"] for node in shown(capsys)["nodes"].values()} == {"done"}
    assert not (tmp_path / "cache").exists()


def test_a_node_that_fails_ends_the_run_with_1_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "numbers.json", numbers(template="{z}"))
    assert cli.main(["run", path]) == 1
    err = capsys.readouterr().err
    assert "node 2 “Text Template”: the template names {z}" in err
    assert "Traceback" not in err


BROKEN = {
    "missing": (None, "no such file"),
    "empty": ("", "is not JSON"),
    "half": ('{"1": {"class_type": "Int', "is not JSON: line 1"),
    "a list": ("[1, 2]", "no graph"),
    "a text": ('"hello"', "no graph"),
    "another object": ('{"a": 1}', "no graph"),
    "not text": (b"\xff\xfe\x00{", "carries no graph"),
    "no UTF-8": (b'{"1": "\xff"}', "not UTF-8"),
    "deep": ("[" * 200_000, "nested too deep"),
}


@pytest.mark.parametrize("command", ["run", "validate", "convert"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_graph_gives_one_sentence(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, message = BROKEN[name]
    path = tmp_path / "graph.json"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert cli.main([command, str(path)]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_a_folder_is_no_graph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_a_node_that_is_not_installed_is_named_with_its_pack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    properties = {"cnr_id": "fine-pack", "ver": "1.2.0"}
    node = {"id": 4, "type": "FineNode", "pos": [0, 0], "properties": properties, "inputs": []}
    workflow = {"version": 0.4, "nodes": [node], "links": [], "last_node_id": 4}
    assert cli.main(["run", write(tmp_path / "w.json", workflow)]) == 2
    err = capsys.readouterr().err
    assert "FineNode" in err
    assert "fine-pack" in err


def test_validate_names_every_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = tone(db=99)
    graph["2"]["inputs"]["secnds"] = 1
    graph["4"]["class_type"] = "SaveAudo"
    assert cli.main(["validate", write(tmp_path / "bad.json", graph), "--json"]) == 2
    found = shown(capsys)
    assert not found["valid"]
    codes = sorted((p["node"], p["code"]) for p in found["problems"])
    assert codes == [("2", "unknown_input"), ("3", "out_of_range"), ("4", "unknown_node")]
    assert cli.main(["validate", write(tmp_path / "good.json", tone())]) == 0


def test_convert_goes_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prompt = write(tmp_path / "prompt.json", numbers())
    assert cli.main(["convert", prompt, "-o", "workflow.json"]) == 0
    assert cli.main(["convert", "workflow.json"]) == 0
    back = shown(capsys)
    assert {id_: node["class_type"] for id_, node in back.items()} == {
        "1": "Integer",
        "2": "TextTemplate",
        "3": "ShowValue",
    }
    assert back["2"]["inputs"] == numbers()["2"]["inputs"]


def test_nodes_explains_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["nodes", "Gain"]) == 0
    text = capsys.readouterr().out
    assert "dB" in text
    assert "AUDIO" in text
    assert cli.main(["nodes", "Gian"]) == 2
    assert "did you mean Gain" in capsys.readouterr().err


def test_nodes_of_a_folder_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "mine"
    pack.mkdir()
    (pack / "half.py").write_text(
        "from patchbay import node\n\n\n@node()\ndef half(value: float) -> float:\n"
        '    """Halves."""\n    return value / 2\n'
    )
    assert cli.main(["nodes", "--json", "--packs", str(pack)]) == 0
    assert "Half" in {node["name"] for node in shown(capsys)}


def test_the_cache_can_be_looked_at_checked_trimmed_and_cleared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["run", write(tmp_path / "tone.json", tone()), "--quiet"])
    capsys.readouterr()
    cli.main(["cache", "stats", "--json"])
    stats = shown(capsys)
    assert stats["values"] == 2
    assert stats["size_bytes"] > 1_000_000
    assert cli.main(["cache", "verify"]) == 0
    next((tmp_path / "cache" / "v1" / "values").glob("*/*")).write_bytes(b"damaged")
    assert cli.main(["cache", "verify"]) == 1
    capsys.readouterr()
    cli.main(["cache", "trim", "0", "--json"])
    assert shown(capsys)["freed_bytes"] > 500_000
    cli.main(["cache", "clear"])
    capsys.readouterr()
    cli.main(["cache", "stats", "--json"])
    assert shown(capsys)["records"] == 0


def test_a_size_that_makes_no_sense_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cache", "trim", "lots"]) == 2
    assert "such as 20G" in capsys.readouterr().err


def test_doctor_finds_this_installation_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--json"]) == 0
    findings = shown(capsys)
    assert all(finding["good"] for finding in findings)
    assert {"installation", "cache", "packs", "engines"} <= {f["topic"] for f in findings}


def test_a_broken_pack_is_told_and_the_rest_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "mine"
    pack.mkdir()
    (pack / "broken.py").write_text("def (:\n")
    path = write(tmp_path / "numbers.json", numbers())
    assert cli.main(["run", path, "--packs", str(pack)]) == 0
    assert "broken.py:1: SyntaxError" in capsys.readouterr().err
    assert cli.main(["doctor", "--packs", str(pack)]) == 1


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("run", "validate", "convert", "nodes", "cache", "doctor"):
        with pytest.raises(SystemExit) as exit_:
            cli.main([command, "--help"])
        assert exit_.value.code == 0
        assert len(capsys.readouterr().out.splitlines()) > 6


@pytest.mark.slow
def test_an_interrupt_ends_a_run_with_130(tmp_path: Path) -> None:
    graph = {
        "1": {"class_type": "WaitForEver", "inputs": {}},
        "2": {"class_type": "ShowValue", "inputs": {"value": ["1", 0]}},
    }
    pack = tmp_path / "waiting"
    pack.mkdir()
    (pack / "wait.py").write_text(
        "import asyncio\n\nfrom patchbay import node\n\n\n@node()\n"
        "async def wait_for_ever() -> int:\n"
        '    print("waiting", flush=True)\n    await asyncio.Event().wait()\n    return 0\n'
    )
    words = ["run", write(tmp_path / "graph.json", graph), "--packs", str(pack), "--quiet"]
    child = subprocess.Popen(
        [sys.executable, "-m", "patchbay.cli", *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == "waiting\n"
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=30) == 130
