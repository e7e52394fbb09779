"""How a decorated function becomes a node: its hints, its docstring, and each mistake in them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import pytest

from patchbay import (
    Audio,
    AudioFile,
    Blocked,
    Body,
    Context,
    Engine,
    Expand,
    File,
    Image,
    Lazy,
    Many,
    Number,
    Recipe,
    Seed,
    Socket,
    Subgraph,
    Text,
    node,
)
from patchbay.errors import SignatureError
from patchbay.hints import MAX_SEED
from patchbay.literals import converted
from patchbay.node import declared
from patchbay.signature import spec_of
from patchbay.types import NodeSpec, Port, Widget


class FakeModel:
    """A class of a pack's own."""


Numbers = Many[int]
Sounds = Many[Audio]
LazyNumber = Lazy[int]
LazySound = Lazy[Audio]


def spec(function: Callable[..., Any]) -> NodeSpec:
    declaration = declared(function)
    assert declaration is not None
    return spec_of(declaration, "pack", "abc")


def port(hint: Any, *default: Any) -> Port:
    """The port of an input with this hint."""

    def function(x: Any) -> int:
        return 0

    parameter = inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if default:
        parameter = parameter.replace(default=default[0])
    function.__annotations__ = {"x": hint, "return": int}
    function.__signature__ = inspect.Signature([parameter])  # type: ignore[attr-defined]  # read by inspect
    lazy = "Passing(way='lazy')" in repr(hint)
    return spec(node(needs=lambda x: [])(function) if lazy else node(function)).inputs[0]


# What a hint becomes


@pytest.mark.parametrize(
    ("hint", "type_"),
    [
        (bool, "BOOLEAN"),
        (int, "INT"),
        (float, "FLOAT"),
        (str, "STRING"),
        (Path, "STRING"),
        (Audio, "AUDIO"),
        (Image, "IMAGE"),
        (Recipe, "RECIPE"),
        (dict, "JSON"),
        (dict[str, Any], "JSON"),
        (Any, "*"),
        (object, "*"),
        (FakeModel, "FAKEMODEL"),
        (Literal["a", "b"], "COMBO"),
        (Audio | Image, "AUDIO,IMAGE"),
        (int | str, "INT,STRING"),
        (Annotated[object, Socket("MODEL")], "MODEL"),
        (Annotated[FakeModel, Socket("MODEL")], "MODEL"),
        (Sounds, "AUDIO"),
        (LazySound, "AUDIO"),
        (Audio | None, "AUDIO"),
    ],
)
def test_a_hint_is_a_socket(hint: Any, type_: str) -> None:
    assert port(hint).type == type_


@pytest.mark.parametrize(
    ("hint", "widget"),
    [
        (bool, Widget("toggle")),
        (str, Widget("text")),
        (int, Widget("number", min=-MAX_SEED, max=MAX_SEED, step=1)),
        (Seed, Widget("seed", min=0, max=MAX_SEED, step=1)),
        (Annotated[int, Number(0, 9)], Widget("number", min=0, max=9, step=1)),
        (
            Annotated[float, Number(-60, 24, 0.1, unit="dB", slider=True)],
            Widget("slider", min=-60, max=24, step=0.1, unit="dB"),
        ),
        (Annotated[str, Text(True, "words")], Widget("text", multiline=True, placeholder="words")),
        (Literal["a", "b"], Widget("choice", choices=("a", "b"))),
        (Annotated[Path, File((".txt",))], Widget("file", accept=(".txt",))),
        (Annotated[int, Number(0, 9)] | None, Widget("number", min=0, max=9, step=1)),
        (Audio, None),
        (Numbers, None),
    ],
)
def test_a_hint_is_a_widget(hint: Any, widget: Widget | None) -> None:
    assert port(hint).widget == widget


def test_an_input_without_a_default_is_required() -> None:
    assert port(int).required
    assert not port(int, 3).required
    assert not port(Audio | None).required
    assert not port(Audio | None, None).required
    assert not port(LazyNumber).required
    assert port(Numbers).required


def test_a_default_is_kept() -> None:
    assert port(int, 3).default == 3
    assert port(Literal["a", "b"], "b").default == "b"
    assert port(Audio | None, None).default is None
    assert port(Numbers, (1, 2)).default == [1, 2]


def test_ways_of_passing_are_noted() -> None:
    assert port(Numbers).many
    assert port(LazyNumber).lazy
    assert port(Body).form == port(Subgraph).form == "body"
    assert port(Path).form == port(AudioFile).form == "file"
    assert port(int).form == "value"


def test_the_function_itself_stays_callable() -> None:
    @node(category="x")
    def double(value: int) -> int:
        return 2 * value

    assert double(4) == 8


def test_a_nodes_name_and_title_come_from_the_function() -> None:
    @node
    def add_rain(value: int) -> int:
        return value

    @node(name="TTSReader")
    def read(value: int) -> int:
        return value

    @node(title="Say it")
    def say(value: int) -> int:
        return value

    assert (spec(add_rain).name, spec(add_rain).title) == ("AddRain", "Add Rain")
    assert (spec(read).name, spec(read).title) == ("TTSReader", "TTS Reader")
    assert (spec(say).name, spec(say).title) == ("Say", "Say it")


def test_what_the_decorator_is_told_is_in_the_spec() -> None:
    @node(
        category="audio/level",
        pure=False,
        sink=True,
        resource="gpu",
        version="7",
        aliases=("Old",),
        renamed={"volume": "db"},
        deprecated="use New",
        fingerprint=lambda db: db,
    )
    async def gain(db: int, ctx: Context) -> None:
        """Makes it louder."""

    made = spec(gain)
    assert (made.category, made.pure, made.sink, made.resource) == (
        "audio/level", False, True, "gpu",
    )  # fmt: skip
    assert (made.version, made.aliases, made.migrations) == ("7", ("Old",), {"volume": "db"})
    assert (made.deprecated, made.is_async, made.context) == ("use New", True, "ctx")
    assert [p.name for p in made.inputs] == ["db"]
    assert made.outputs == ()
    assert made.fingerprint is not None


def test_the_version_is_that_of_the_source_unless_it_is_given() -> None:
    @node
    def one() -> int:
        return 1

    assert spec(one).version == "abc"


def test_the_docstring_is_the_help_and_the_tooltips() -> None:
    @node
    def gain(audio: Audio, db: float = 0.0, low: int = 0, high: int = 1) -> Audio:
        """Make audio louder or quieter.

        Nothing is clipped here: a limiter does that.

        audio: the sound.
        db: gain in decibels;
            +6 dB doubles the amplitude.
        low, high: where it begins and ends.
        returns: the louder sound.
        """
        return audio

    made = spec(gain)
    assert made.doc == (
        "Make audio louder or quieter.\n\nNothing is clipped here: a limiter does that."
    )
    assert {p.name: p.doc for p in made.inputs} == {
        "audio": "the sound.",
        "db": "gain in decibels; +6 dB doubles the amplitude.",
        "low": "where it begins and ends.",
        "high": "where it begins and ends.",
    }
    assert made.outputs[0].doc == "the louder sound."


def test_a_sentence_with_a_colon_is_no_note() -> None:
    @node
    def one(value: int) -> int:
        """One thing is sure: it works.

        value: a number.
        """
        return value

    assert spec(one).doc == "One thing is sure: it works."


# Outputs


class Both(NamedTuple):
    """Two outputs.

    left: the left one.
    """

    left: Audio
    right: Many[Audio]


def test_a_word_with_a_colon_that_names_nothing_here_is_no_note() -> None:
    @node()
    def mixed(level: float, rate: float = 1.0) -> float:
        """Adds.

        Levels are added as they
        are: put Normalize behind it.

        level, rate: both.
        returns: the sum.
        """
        return level + rate

    read = spec(mixed)
    assert read.doc == "Adds.\n\nLevels are added as they\nare: put Normalize behind it."
    assert [port.doc for port in read.inputs] == ["both.", "both."]
    assert read.outputs[0].doc == "the sum."


def test_a_list_keeps_what_holds_of_each_item() -> None:
    @node()
    def gains(gains_db: Many[Annotated[float, Number(-60, 6, 0.5, unit="dB")]] = ()) -> float:
        return sum(gains_db)

    port = spec(gains).inputs[0]
    assert port.widget is None
    assert port.item == port.field == Widget("number", min=-60, max=6, step=0.5, unit="dB")
    assert converted(port, [-3, 7.0])[1] == "is outside -60 to 6 dB"
    assert converted(port, [-3, 6.0]) == ([-3.0, 6.0], "")


def test_a_named_tuple_is_several_outputs() -> None:
    @node
    def split(audio: Audio) -> Both:
        """Splits.

        right: the others.
        """
        return Both(audio, [audio])

    made = spec(split)
    assert [(p.name, p.type, p.many, p.doc) for p in made.outputs] == [
        ("left", "AUDIO", False, "the left one."),
        ("right", "AUDIO", True, "the others."),
    ]
    assert made.tuple_result


def test_one_output_is_named_by_its_type() -> None:
    @node
    def one() -> Audio:
        raise NotImplementedError

    @node
    def other() -> Any:
        raise NotImplementedError

    assert [p.name for p in spec(one).outputs] == ["audio"]
    assert [p.name for p in spec(other).outputs] == ["value"]


def test_answers_besides_a_value_are_no_outputs() -> None:
    @node(expands=True)
    def one() -> int | Expand | Blocked:
        return 1

    @node
    def many() -> Many[int]:
        return [1]

    @node
    def choice() -> Literal["a", "b"]:
        return "a"

    assert [(p.type, p.many) for p in spec(one).outputs] == [("INT", False)]
    assert [(p.type, p.many) for p in spec(many).outputs] == [("INT", True)]
    assert [(p.type, p.widget) for p in spec(choice).outputs] == [("STRING", None)]


# Engines


def engine(name: str) -> Engine:
    return Engine(name, "does it", lambda: None, "MIT", True)


def test_an_engine_is_a_choice_that_begins_with_auto() -> None:
    @node(engines=(engine("one"), engine("two")))
    def work(value: int, engine: Engine) -> int:
        return value

    made = spec(work)
    assert made.engine == "engine"
    assert made.ports["engine"].default == "auto"
    assert made.ports["engine"].widget == Widget("choice", choices=("auto", "one", "two"))


# Mistakes: each is told with the file and the line


def without_return(a: int):  # type: ignore[no-untyped-def]  # that is the mistake
    return a


def without_hint(a) -> int:  # type: ignore[no-untyped-def]  # that is the mistake
    return 0


def unknown_name(a: Unheard) -> int:  # type: ignore[name-defined]  # noqa: F821  # the mistake
    return 0


def starred(*values: int) -> int:
    return 0


def keywords(**values: int) -> int:
    return 0


def strange_type(a: set[int]) -> int:
    return 0


def bytes_type(a: bytes) -> int:
    return 0


def strange_output(a: int) -> set[int]:
    return set()


def number_choice(a: Literal[1, 2]) -> int:
    return 0


def default_not_among(a: Literal["a", "b"] = "c") -> int:  # type: ignore[assignment]  # the mistake
    return 0


def default_outside(a: Annotated[int, Number(0, 10)] = 11) -> int:
    return 0


def lazy_without_needs(a: Lazy[int]) -> int:
    return 0


def engine_without_engines(engine: Engine) -> int:
    return 0


def gives_nothing(a: int) -> None:
    return None


def wrong_default(a: int = "text") -> int:  # type: ignore[assignment]  # the mistake
    return 0


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (without_return, "say what it gives"),
        (without_hint, "input 'a' has no type hint"),
        (unknown_name, "'Unheard' is not defined"),
        (starred, "input *values: name each input; use Many[...] for a list"),
        (keywords, "input *values"),
        (strange_type, "input or output 'a'"),
        (bytes_type, "input or output 'a'"),
        (strange_output, "is no socket type"),
        (number_choice, "the choices of a Literal must be texts"),
        (default_not_among, "the default 'c' is not among 'a' and 'b'"),
        (default_outside, "the default 11 is outside 0 to 10"),
        (wrong_default, "the default 'text'"),
        (lazy_without_needs, "say with node(needs=…)"),
        (engine_without_engines, "list them in node(engines=(…,))"),
        (gives_nothing, "nothing would ever run it"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(function: Callable[..., Any], part: str) -> None:
    check_mistake(node(function), part)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"needs": lambda b: []}, "needs() asks for 'b', which is no input"),
        ({"engines": (engine("a"),)}, "no parameter `engine: Engine`"),
        ({"resource": "tpu"}, "resource 'tpu': use cpu, gpu, io or inline"),
        ({"renamed": {"old": "nowhere"}}, "'nowhere'"),
    ],
)
def test_a_wrong_option_is_told_with_its_file_and_line(options: dict[str, Any], part: str) -> None:
    def function(a: int) -> int:
        return a

    check_mistake(node(**options)(function), part)


def test_two_engines_of_one_name_are_refused() -> None:
    def function(a: int, engine: Engine) -> int:
        return a

    check_mistake(node(engines=(engine("x"), engine("x")))(function), "two of its engines")


def check_mistake(function: Callable[..., Any], part: str) -> None:
    with pytest.raises(SignatureError) as caught:
        spec(function)
    line = function.__code__.co_firstlineno
    assert f"{__file__}:{line}: node {function.__name__}: " in caught.value.message
    assert part in caught.value.message
    assert caught.value.details == {"file": __file__, "line": line}


def test_an_option_that_does_not_exist_is_named() -> None:
    with pytest.raises(SignatureError, match="no option 'colour'"):
        node(colour="red")  # type: ignore[call-overload]  # that is the mistake
