"""What the API takes and gives: the records that requests are read into and answers made from.

Times are in seconds since the epoch, lengths in seconds.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from patchbay.jobs.records import Status

Offset = Annotated[int, Meta(ge=0, le=1 << 40, description="how many to leave out")]
Limit = Annotated[int, Meta(ge=1, le=500, description="how many to give at most")]
Json = dict[str, Any]
Text = Annotated[str, Meta(max_length=500)]
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._~-]{1,100}$", description="an id of your own")]
# Far beyond any order of arrival, and small enough that halves still lie between two of them.
Priority = Annotated[
    float,
    Meta(
        ge=-1e12,
        le=1e12,
        description="smaller numbers run first; without one a job gets its number in the order of "
        "arrival, so that 0 goes before all that wait",
    ),
]
Prompt = Annotated[Json, Meta(description="nodes by id, as in ComfyUI's API format")]
Workflow = Annotated[
    Json,
    Meta(
        description="a workflow as the editor saves it",
        extra_json_schema={"properties": {"nodes": {"type": "array"}}, "required": ["nodes"]},
    ),
]
Targets = Annotated[
    list[str], Meta(max_length=100_000, description="ids of the sinks to run; all without it")
]
AnyTargets = Annotated[
    list[str],
    Meta(
        max_length=100_000,
        description="ids of the nodes to run with what they need, sinks or not; an instance of a "
        "subgraph stands for all in it. All sinks without it",
    ),
]


class Taken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a body holds. Fields that nobody knows are refused: they are mistypings."""


class Problem(Struct, frozen=True, kw_only=True):
    """Something wrong with a graph."""

    code: Annotated[str, Meta(description="stable; see the list of error codes")]
    message: str
    node: str | None = None
    input: str | None = None
    details: Json = {}


class ErrorFacts(Struct, frozen=True, kw_only=True):
    """What went wrong."""

    type: Annotated[str, Meta(description="a stable code")]
    message: Annotated[str, Meta(description="one sentence: what was wrong, what would be right")]
    details: str
    extra_info: Json


class ErrorAnswer(Struct, frozen=True, kw_only=True):
    """The shape of every error."""

    error: ErrorFacts
    node_errors: Annotated[Json, Meta(description="as in ComfyUI's protocol")] = {}
    problems: Annotated[list[Problem], Meta(description="all that is wrong with a graph")] = []


# Jobs


class Failure(Struct, frozen=True, kw_only=True):
    """The first node that failed."""

    code: str
    message: str
    node: str = ""
    drawn: Annotated[str, Meta(description="the node on the canvas that it belongs to")] = ""
    class_type: str = ""
    input: str | None = None
    traceback: list[str] | UnsetType = UNSET


class File(Struct, frozen=True, kw_only=True):
    """A file that a job left."""

    folder: Literal["input", "output", "temp"]
    name: Annotated[str, Meta(description="its path below the folder")]
    kind: Annotated[str, Meta(description="what the node calls it: audio, images, …")]
    node: str
    size_bytes: Annotated[int | None, Meta(description="as it is on the disk now")] = None
    exists: Annotated[bool, Meta(description="false once it was deleted, moved or renamed")] = False
    url: str
    thumbnail_url: str | None = None
    peaks_url: Annotated[str | None, Meta(description="the waveform, for sound")] = None


class Estimate(Struct, frozen=True, kw_only=True):
    """How long it may still take, from how long its nodes took before; null where unknown."""

    seconds_waiting: float | None = None
    seconds_running: float | None = None


class JobSummary(Struct, kw_only=True):
    """A job, as lists have it."""

    id: str
    status: Status
    title: str
    client: str | None
    workflow_id: str
    priority: float
    position: Annotated[
        int | None, Meta(description="how many jobs come before it; null if it does not wait")
    ]
    nodes: Annotated[int, Meta(description="of its prompt")]
    targets: list[str]
    created: float
    started: float | None
    ended: float | None
    seconds: Annotated[float | None, Meta(description="that it ran, without waiting")]
    attempts: Annotated[int, Meta(description="how often it was begun")]
    estimate: Estimate
    failure: Failure | None = None
    files: list[File] = []


class RunningNode(Struct, frozen=True, kw_only=True):
    """A node at work."""

    node: str
    drawn: str
    class_type: str
    since: float
    calls: int
    reason: Annotated[str, Meta(description="why it was not known")]
    engine: str
    done: float
    total: float
    seconds_left: float | None


class Progress(Struct, frozen=True, kw_only=True):
    """How far a job is."""

    done: Annotated[int, Meta(description="nodes that have ended")]
    wanted: Annotated[int, Meta(description="nodes that it needs")]
    running: list[RunningNode]


class Job(JobSummary, kw_only=True):
    """A job with all that is known of it."""

    progress: Progress | None = None
    outputs: Annotated[
        dict[str, dict[str, list[Any]]], Meta(description="what each node showed, by its id")
    ] = {}
    problems: list[Problem] = []
    engines: Annotated[dict[str, str], Meta(description="by node")] = {}
    cached: Annotated[list[str], Meta(description="nodes that had nothing to do")] = []
    executed: Annotated[list[str], Meta(description="nodes that ran")] = []
    skipped: list[str] = []
    dropped: Annotated[
        list[str], Meta(description="sinks that cannot be run; told once, in answer to an order")
    ] = []


class Jobs(Struct, frozen=True, kw_only=True):
    """A page of jobs."""

    jobs: list[JobSummary]
    total: Annotated[int, Meta(description="on all pages")]
    offset: int
    limit: int


class JobsAsked(Struct, frozen=True, kw_only=True):
    """Which jobs."""

    status: Annotated[list[Status], Meta(description="any of these")] = []
    text: Annotated[
        str, Meta(max_length=500, description="words in prompts, titles and ids, all of them")
    ] = ""
    workflow_id: Text = ""
    client: Text = ""
    sort: Literal["arrival", "end", "seconds"] = "arrival"
    order: Literal["newest", "oldest"] = "newest"
    offset: Offset = 0
    limit: Limit = 50


class NewJob(Taken, frozen=True, kw_only=True):
    """What is to be run: either a prompt or a workflow."""

    prompt: Prompt | UnsetType = UNSET
    workflow: Workflow | UnsetType = UNSET
    id: Id | None = None
    targets: AnyTargets | None = None
    title: Text = ""
    priority: Priority | None = None
    front: Annotated[bool, Meta(description="run it before all that wait")] = False
    client: Annotated[
        Text | None, Meta(description="whose socket and events are to tell of it")
    ] = None
    webhook: Annotated[
        str,
        Meta(
            max_length=2_000,
            pattern="^(https?://.+)?$",
            description="a URL that is told when the job has ended",
        ),
    ] = ""
    extra: Annotated[Json, Meta(description="kept with the job, given back as it is")] = {}


class JobChanges(Taken, frozen=True, kw_only=True):
    """What to change of a job. `priority` and `before` are for those that wait."""

    priority: Priority | UnsetType = UNSET
    before: (
        Annotated[str, Meta(description="id of the waiting job to put it before")] | UnsetType
    ) = UNSET
    title: Text | UnsetType = UNSET


class PreviewAsked(Struct, frozen=True, kw_only=True):
    """Which part of a sound that is being made."""

    take: Annotated[
        int, Meta(ge=0, description="as the event's `url` has it; 0: whichever it is")
    ] = 0
    from_seconds: Annotated[float, Meta(ge=0, le=1_000_000, description="of the sound")] = 0.0
    seconds: Annotated[float, Meta(gt=0, le=600, description="how much of it, at most")] = 300.0


class WhichJobs(Taken, frozen=True, kw_only=True):
    """Which jobs are meant."""

    waiting: bool = True
    running: bool = True


class Cancelled(Struct, frozen=True, kw_only=True):
    """How many jobs were told to end; those that run do so within a step."""

    waiting: int
    running: int


class JobPrompt(Struct, frozen=True, kw_only=True):
    """What was ordered."""

    prompt: Any
    extra: Any


class JobWorkflow(Struct, frozen=True, kw_only=True):
    """The drawing of a job."""

    workflow: Json
    drawn: Annotated[
        bool, Meta(description="false if none came with the job, and it was made from the prompt")
    ]


# The queue


class QueueItem(Struct, frozen=True, kw_only=True):
    """A job that runs or waits."""

    id: str
    status: Status
    client: str | None
    priority: float
    nodes: Annotated[
        int, Meta(description="of its prompt; of a job that runs, only those that it needs")
    ]
    position: int | None
    started: float | None
    estimate: Estimate


class QueueState(Struct, frozen=True, kw_only=True):
    """What runs and what waits, in the order in which it will run."""

    paused: bool
    at_once: Annotated[int, Meta(description="how many jobs may run side by side")]
    running: list[QueueItem]
    waiting: list[QueueItem]
    running_total: int
    waiting_total: int


class Paging(Struct, frozen=True, kw_only=True):
    """Which part of a list."""

    offset: Offset = 0
    limit: Limit = 100


# Graphs


class GraphGiven(Taken, frozen=True, kw_only=True):
    """Either a prompt or a workflow."""

    prompt: Prompt | UnsetType = UNSET
    workflow: Workflow | UnsetType = UNSET
    targets: Targets | None = None


class GraphOnly(Taken, frozen=True, kw_only=True):
    """Either a prompt or a workflow."""

    prompt: Prompt | UnsetType = UNSET
    workflow: Workflow | UnsetType = UNSET


class Verdict(Struct, frozen=True, kw_only=True):
    """What is right and wrong with a graph."""

    valid: Annotated[bool, Meta(description="whether all of it can be run")]
    problems: list[Problem]
    notes: Annotated[list[Problem], Meta(description="oddities that keep nothing from running")]
    sinks: Annotated[list[str], Meta(description="nodes that save or show something")]
    runnable: Annotated[list[str], Meta(description="those that would be run")]


class Dropped(Struct, frozen=True, kw_only=True):
    """A drawn node that is not in the prompt."""

    node: str
    type: str
    title: str
    reason: Literal["muted", "bypassed", "virtual"]


class Conversion(Struct, frozen=True, kw_only=True):
    """The other form of a graph."""

    prompt: Json | None = None
    workflow: Json | None = None
    problems: list[Problem] = []
    notes: list[Problem] = []
    dropped: list[Dropped] = []


class PlannedNode(Struct, frozen=True, kw_only=True):
    """What would become of a node."""

    node: str
    drawn: str
    class_type: Annotated[str, Meta(description='"" for a node that comes from an expansion')]
    state: Annotated[
        Literal["known", "runs", "depends", "blocked", "fails", "skipped"],
        Meta(
            description="known: nothing to do; runs: its calls are not known; depends: it needs "
            "one that runs, and may turn out to be known; blocked: it was given a blocked value; "
            "fails: it cannot begin; skipped: it needs one that fails"
        ),
    ]
    reason: str
    calls: Annotated[int, Meta(description="that are not known")]
    engine: str
    seconds: float | None


class Plan(Struct, frozen=True, kw_only=True):
    """What a run would do."""

    nodes: list[PlannedNode]
    known: int
    runs: int
    depends: int
    seconds: Annotated[
        float | None, Meta(description="one node after the other; null if none ever ran")
    ]
    problems: list[Problem]


# Nodes, engines, cache, workflows


class Widget(Struct, frozen=True, kw_only=True):
    """How an input is set by hand."""

    kind: str
    min: float | None
    max: float | None
    step: float | None
    unit: str
    choices: list[str]
    multiline: bool
    placeholder: str
    accept: list[str]


class Input(Struct, frozen=True, kw_only=True):
    """A socket or widget of a node."""

    name: str
    type: str
    doc: str
    required: bool
    lazy: Annotated[bool, Meta(description="made only if the node asks for it")]
    many: Annotated[bool, Meta(description="takes a whole list")]
    default: Any
    form: Literal["value", "file", "body"]
    widget: Widget | None
    item: Annotated[Widget | None, Meta(description="of a list: what holds of each item")]


class Output(Struct, frozen=True, kw_only=True):
    """An output of a node."""

    name: str
    type: str
    doc: str
    many: bool


class Engine(Struct, frozen=True, kw_only=True):
    """One way in which a node can do its work."""

    node: str
    name: str
    doc: str
    licence: str
    commercial: Annotated[bool, Meta(description="whether what it makes may be used commercially")]
    cost: str
    needs: str
    source: str
    revision: str
    available: bool
    missing: Annotated[str | None, Meta(description="what keeps it from working, how to get it")]


class NodeSummary(Struct, frozen=True, kw_only=True):
    """A node, as lists have it."""

    name: str
    title: str
    category: str
    pack: str
    summary: str
    sink: bool
    deprecated: str


class Node(NodeSummary, frozen=True, kw_only=True):
    """All about a node."""

    doc: str
    version: str
    aliases: list[str]
    inputs: list[Input]
    outputs: list[Output]
    engines: list[Engine]
    engine_input: Annotated[str | None, Meta(description="the input that chooses the engine")]
    renamed: Annotated[dict[str, str], Meta(description="former names of inputs -> today's")]
    keywords: Annotated[bool, Meta(description="takes inputs that are not listed, too")]
    pure: bool
    expands: bool
    resource: Literal["inline", "cpu", "gpu", "io"]


class Nodes(Struct, frozen=True, kw_only=True):
    """The nodes that are installed."""

    nodes: list[NodeSummary]
    problems: Annotated[list[Problem], Meta(description="files of packs that could not be loaded")]


class Specs(Struct, frozen=True, kw_only=True):
    """Every node in full, by category and name."""

    nodes: list[Node]
    problems: Annotated[list[Problem], Meta(description="files of packs that could not be loaded")]


class NodesAsked(Struct, frozen=True, kw_only=True):
    """Which nodes."""

    category: Annotated[Text, Meta(description="with what lies below it")] = ""
    text: Annotated[Text, Meta(description="words in name, title or help")] = ""


class Engines(Struct, frozen=True, kw_only=True):
    """Every engine of every node."""

    engines: list[Engine]


class CacheState(Struct, frozen=True, kw_only=True):
    """What the cache holds."""

    records: Annotated[int, Meta(description="calls whose results are known")]
    size_bytes: Annotated[int, Meta(description="of the values that lie in files")]
    limit_bytes: int | None
    writable: bool
    folder: Annotated[str | None, Meta(description="only told to an admin")]


class TrimAsked(Taken, frozen=True, kw_only=True):
    """How large the cache may be."""

    limit_bytes: Annotated[int, Meta(ge=0, le=1 << 60)]


class Trimmed(Struct, frozen=True, kw_only=True):
    """What came of trimming."""

    freed_bytes: int
    size_bytes: int


class WorkflowEntry(Struct, frozen=True, kw_only=True):
    """A workflow that can be opened."""

    source: Annotated[
        Literal["shipped", "saved"], Meta(description="with Patchbay, or by people here")
    ]
    name: str
    size_bytes: int
    modified: float
    title: Annotated[str, Meta(description="its own, else its name in words")]
    description: Annotated[str, Meta(description='in a sentence or two; "" if it says nothing')]
    nodes: Annotated[int, Meta(description="with those in subgraphs")]
    picture_url: Annotated[str, Meta(description="a drawing of it; `?theme=dark` for dark pages")]


class PictureAsked(Struct, frozen=True, kw_only=True):
    """How it is to look."""

    theme: Annotated[
        Literal["", "light", "dark"], Meta(description="without it, as the reader's system is set")
    ] = ""


class AnyObject(Struct, frozen=True):
    """A workflow as the editor saves it: litegraph's JSON."""


class Workflows(Struct, frozen=True, kw_only=True):
    """The workflows that can be opened."""

    workflows: list[WorkflowEntry]


# The editor


class Opened(Struct, frozen=True, kw_only=True):
    """A file as the editor takes it up.

    `workflow` is the file's own JSON, unchanged but for `properties.patchbay` of the nodes that
    are known: `widgets` has all values by today's input names, `controls` what becomes of seeds
    where their place among the values does not tell.
    """

    workflow: Json
    notes: Annotated[list[Problem], Meta(description="what is odd or wrong with it")]
    source: Annotated[
        Literal["workflow", "prompt", "media"],
        Meta(description="what the file is; media is a picture, a sound or a film that carries it"),
    ]
    laid_out: Annotated[bool, Meta(description="it was a prompt, and was drawn just now")]
    unknown: Annotated[list[str], Meta(description="types of nodes that are not installed")]


class Version(Struct, frozen=True, kw_only=True):
    """One state of a workflow or draft."""

    number: Annotated[int, Meta(description="later ones have larger numbers")]
    time: float
    size_bytes: int
    nodes: Annotated[int, Meta(description="with those in subgraphs")]
    revision: Annotated[str, Meta(description="names its content")]


class Versions(Struct, frozen=True, kw_only=True):
    """The last different states, newest first."""

    versions: list[Version]


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """A workflow that has versions."""

    name: Annotated[str, Meta(description="its path below `workflows`")]
    exists: Annotated[bool, Meta(description="false once it was deleted")]
    versions: int
    time: Annotated[float, Meta(description="of the newest")]


class Histories(Struct, frozen=True, kw_only=True):
    """Workflows that have versions, the last saved first."""

    workflows: list[HistoryEntry]


class NewDraft(Taken, frozen=True, kw_only=True):
    """What is in a tab of the editor."""

    workflow: Json
    name: Annotated[Text, Meta(description='the saved workflow that it came from, "" if none')] = ""
    title: Text = ""
    base: Annotated[
        Text, Meta(description="the revision (ETag) of that workflow when it was opened or saved")
    ] = ""


class Draft(Struct, frozen=True, kw_only=True):
    """What was last in a tab."""

    id: str
    name: str
    title: str
    base: str
    time: float
    size_bytes: int
    nodes: int
    revision: str


class DraftWhole(Draft, frozen=True, kw_only=True):
    """What was last in a tab, with the workflow."""

    workflow: Json


class Drafts(Struct, frozen=True, kw_only=True):
    """All drafts, the last kept first."""

    drafts: list[Draft]


# Files


class FileEntry(Struct, frozen=True, kw_only=True):
    """A file in a folder."""

    folder: Literal["input", "output", "temp"]
    name: str
    kind: Literal["audio", "image", "video", "text", "other"]
    size_bytes: int
    modified: float
    url: str
    thumbnail_url: str | None
    peaks_url: str | None


class FileFacts(FileEntry, frozen=True, kw_only=True):
    """A file, with what it says of itself."""

    seconds: float | None
    rate_hz: int | None
    channels: int | None
    width: int | None
    height: int | None
    frames_per_second: float | None
    title: str
    carries: Annotated[
        list[Literal["prompt", "workflow"]], Meta(description="how it was made, if it says so")
    ]


class Files(Struct, frozen=True, kw_only=True):
    """A page of files, newest first."""

    files: list[FileEntry]
    total: int
    offset: int
    limit: int


class FilesAsked(Struct, frozen=True, kw_only=True):
    """Which files."""

    kind: list[Literal["audio", "image", "video", "text", "other"]] = []
    text: Annotated[Text, Meta(description="part of the name")] = ""
    offset: Offset = 0
    limit: Limit = 100


class ThumbnailAsked(Struct, frozen=True, kw_only=True):
    """How large."""

    size: Annotated[int, Meta(ge=16, le=1024, description="pixels each way, at most")] = 256


class PeaksAsked(Struct, frozen=True, kw_only=True):
    """How fine."""

    points: Annotated[int, Meta(ge=1, le=4000, description="pairs, at most")] = 800


class Peaks(Struct, frozen=True, kw_only=True):
    """A waveform. Full scale is ±1; a pair has the extremes of all channels."""

    seconds: float
    rate_hz: int
    channels: int
    peaks: Annotated[
        list[tuple[float, float]], Meta(description="lowest and highest sample, evenly spread")
    ]


class TileFacts(Struct, frozen=True, kw_only=True):
    """A picture in tiles.

    Level 0 has the whole picture in one tile; each level after it is twice as large; the last
    has it pixel by pixel. Level `l` is ceil(width / 2**(levels - 1 - l)) pixels wide.
    """

    width: int
    height: int
    tile: Annotated[int, Meta(description="pixels each way; less at the right and lower edge")]
    levels: int
    ready: Annotated[bool, Meta(description="false: the first tile takes as long as the picture")]
    url: Annotated[str, Meta(description="put `/{level}/{x}/{y}` after it")]


class Carried(Struct, frozen=True, kw_only=True):
    """How a file was made."""

    prompt: Any = None
    workflow: Any = None


# Events, health, settings


class EventsAsked(Struct, frozen=True, kw_only=True):
    """Which events; all without either."""

    job: Annotated[Text, Meta(description="only of this job")] = ""
    client: Annotated[Text, Meta(description="only of this client's jobs")] = ""
    last_event_id: Annotated[
        Text, Meta(description="as the header Last-Event-ID, for clients that cannot set it")
    ] = ""


class LoadedModel(Struct, frozen=True, kw_only=True):
    """A model in memory."""

    name: str
    parameters: int
    size_bytes: int
    device: str


class WorkingNode(Struct, frozen=True, kw_only=True):
    """A node at work."""

    node: str
    class_type: str
    engine: str
    seconds: Annotated[float, Meta(description="since it began")]


class WorkingJob(Struct, frozen=True, kw_only=True):
    """A job that runs."""

    id: str
    seconds: Annotated[float, Meta(description="since it began")]
    nodes: list[WorkingNode]


class Health(Struct, frozen=True, kw_only=True):
    """How the server is. Who may not look at jobs is only told that it is there."""

    status: Literal["ok"]
    version: str
    uptime_seconds: float
    running: list[WorkingJob] | UnsetType = UNSET
    waiting: int | UnsetType = UNSET
    paused: bool | UnsetType = UNSET
    models: list[LoadedModel] | UnsetType = UNSET


class WebhookSecret(Struct, frozen=True, kw_only=True):
    """What webhooks are signed with."""

    secret: str


class Document(Struct, frozen=True, kw_only=True):
    """An OpenAPI document."""

    openapi: str
    info: Json
    paths: Json


class Root(Struct, frozen=True, kw_only=True):
    """Where to read on."""

    openapi: str
    docs: str
    health: str
