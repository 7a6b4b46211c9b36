"""What a resource is: where it is listed, which columns it has, what filters it, what is secret in it."""

from __future__ import annotations

from enum import Enum
from functools import cached_property

from msgspec import Struct, field


class DataType(Enum):
    """The type of a column; each stands for one pandas dtype (see `frames`)."""

    TEXT = "text"  # str
    ID = "id"  # str
    TIME = "time"  # datetime64[us, UTC]
    CATEGORY = "category"  # category
    BOOL = "bool"  # boolean (nullable)
    COUNT = "count"  # Int64 (nullable)
    FLOAT = "float"  # float64
    LIST = "list"  # object: a Python list of str; a path with `[]` collects one value of each item
    JSON = "json"  # object: whatever the server sent, kept as Python data


class Style(Enum):
    """How the values of a column are shown, where their kind does not say it."""

    PLAIN = ""
    STATE = "state"  # a word that means something: good, under way, bad …
    PROSE = "prose"  # sentences and requests, which are wrapped and never cut
    MOMENT = "moment"  # a time whose seconds matter
    BYTES = "bytes"
    SECONDS = "seconds"  # how long something lasts
    MINUTES = "minutes"


class Paging(Enum):
    """How a list is read."""

    OFFSET = "offset"  # offset/limit, bare array, no total (control plane)
    NONE = "none"  # one request
    PAGE = "page"  # page/size with total (workspace API)


_BEGINNINGS = ("start_time", "created", "time", "timestamp", "taken")


class Column(Struct, frozen=True):
    """One column of the frame.

    `path` is where the value stands in the record, dotted: `organization.name`, `zenml_service.status.server_url`,
    `roles[].role_id` for a LIST. It is the column's own name when left out. `also` are further places, looked at in
    this order where nothing stands there: between versions of a server, fields move.
    """

    name: str
    kind: DataType = DataType.TEXT
    path: str = ""
    help: str = ""
    also: tuple[str, ...] = ()
    made: bool = False  # put together here from several answers; the server sends no such field
    style: Style = Style.PLAIN

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the steps from the record to the value."""
        return tuple((self.path or self.name).split("."))

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """Return the steps to each place where the value may stand, in the order in which they are looked at."""
        return (self.steps, *(tuple(path.split(".")) for path in self.also))


class Filter(Struct, frozen=True):
    """A query parameter of the API's own, offered as an option under the same name."""

    name: str  # the API's name; the option is `--name-with-dashes`
    help: str
    kind: DataType = DataType.TEXT  # TEXT, ID, BOOL, COUNT, TIME or CATEGORY (with choices)
    choices: tuple[str, ...] = ()
    names: str = ""  # the noun of the resource that the value names ("users"): resolved to its id, completed by name
    operators: bool = False  # the value may begin with an operator: `oneof:`, `gte:` … (workspace API)
    many: bool = False  # may be given several times
    column: str = ""  # the column that it compares, where that has another name than the filter


# Two are never compared by their fields: one is the key of how it is read.
class Resource(Struct, frozen=True, eq=False, dict=True):
    """One resource of the API."""

    noun: str  # what people type: "service-accounts"
    path: str  # "/organizations/{organization_id}/members"
    paging: Paging
    columns: tuple[Column, ...]
    help: str
    filters: tuple[Filter, ...] = ()
    secrets: tuple[str, ...] = ()  # dotted paths that never reach a frame, `--raw` included
    key: tuple[str, ...] = ("id",)  # dotted paths that together identify a row while paging
    label: str = "name"  # the column that names it for people
    aliases: tuple[str, ...] = ()  # further columns by which people may name it
    lookup: str = ""  # the filter that finds it by its label, where the API has one
    detail: str = ""  # the route of a single one: "/users/{id}"
    shows: tuple[str, ...] = ()  # fields of a single one that have no column, and that its card shows
    members: str = ""  # the noun of the list of its members, which its card shows
    record: str = ""  # path to the record inside each list item ("user" in a member), "" for the item itself
    open: bool = False  # the response model is unknown: further columns are made from what comes
    defaults: dict[str, str] = field(default_factory=dict)  # query parameters that are always sent
    scoped: bool = False  # is listed for one project of a workspace at a time
    known: tuple[str, ...] = ()  # fields and parameters of the API that have no column or option on purpose
    document: bool = False  # it is a text too: `--as markdown`, `--save FILE.md`
    plotted: str = ""  # the column of the state that stacks the bars of `--plot`, which counts what was created a day
    within: str = ""  # the command that lists it, where it is no noun of its own: "teams members"
    next_command: str = ""  # the line that people type next about one of them, with its name for `{}` at the end
    sample: str = ""  # one that the sandbox has, by name, for the examples of the help
    sample_in: str = ""  # the sandbox's workspace that has it, where that is not the examples' usual one

    @cached_property
    def moment(self) -> Column | None:
        """Return the column that says when one began: its start, or else when it was made; None where none does."""
        times = {column.name: column for column in self.columns if column.kind is DataType.TIME}
        return next((times[name] for name in _BEGINNINGS if name in times), None)

    def filters_of(self, column: str) -> list[Filter]:
        """Return the API's own filters that compare this column."""
        return [filter_ for filter_ in self.filters if (filter_.column or filter_.name) == column]

    @cached_property
    def naming(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the places of each column by which people may name one, those of the label first."""
        declared = {column.name: column for column in self.columns}
        return tuple(declared.get(name, Column(name)).places for name in (self.label, *self.aliases))
