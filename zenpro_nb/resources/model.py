"""The model of a resource: its route, columns, filters, and secrets."""

from __future__ import annotations

from enum import Enum
from functools import cached_property

from msgspec import Struct, field


class DataType(Enum):
    """The type of a column; each corresponds to one pandas dtype (see `frames`)."""

    TEXT = "text"  # str
    ID = "id"  # str
    TIME = "time"  # datetime64[us, UTC]
    CATEGORY = "category"  # category
    BOOL = "bool"  # boolean (nullable)
    COUNT = "count"  # Int64 (nullable)
    FLOAT = "float"  # float64
    LIST = "list"  # object: a Python list of str; a path with `[]` collects one value of each item
    JSON = "json"  # object: whatever the server sent, kept as Python data


class Display(Enum):
    """How the values of a column are displayed, if that does not follow from their type."""

    PLAIN = ""
    STATE = "state"  # a word with a color: good, in progress, bad …
    PROSE = "prose"  # sentences, which are wrapped and never truncated
    REQUEST = "request"  # routes and bodies of requests: like prose, but their ids are not broken in a terminal
    COMMAND = "command"  # a command: like prose, with long lists of addresses shortened
    NAMES = "names"  # a list of names, of which the first ones are shown
    MOMENT = "moment"  # a time whose seconds matter
    DAY = "day"  # a time that names a day
    BYTES = "bytes"
    SECONDS = "seconds"  # a duration
    HOURS = "hours"  # a sum of durations, which can be compared with other sums
    SHARE = "share"  # a part of 1, displayed as a percentage


class Paging(Enum):
    """How a list is paged."""

    OFFSET = "offset"  # offset/limit, bare array, no total (control plane)
    NONE = "none"  # one request
    PAGE = "page"  # page/size with total (workspace API)


PERIODS = ("day", "week", "month")  # by which times are counted
_BEGINNINGS = ("start_time", "created", "time", "timestamp", "taken")


class Column(Struct, frozen=True):
    """One column of the DataFrame.

    `path` is the dotted path of the value in the record: `organization.name`, `zenml_service.status.server_url`, or
    `roles[].role_id` for a LIST. It defaults to the column's own name. `fallback_paths` are tried in this order if the
    path has no value, because fields move between versions of a server.
    """

    name: str
    kind: DataType = DataType.TEXT
    path: str = ""
    help: str = ""
    fallback_paths: tuple[str, ...] = ()
    computed: bool = False  # combined by zenpro from several responses; the server sends no such field
    display: Display = Display.PLAIN

    @property
    def is_state(self) -> bool:
        """Return whether its values are states: words with a color, or whether the object is active."""
        return self.display is Display.STATE or self.name in ("active", "is_active")

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the steps from the record to the value."""
        return tuple((self.path or self.name).split("."))

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Return the steps of each path where the value may be, in the order in which they are tried."""
        return (self.steps, *(tuple(path.split(".")) for path in self.fallback_paths))


class Filter(Struct, frozen=True):
    """A query parameter of the API, offered as an option with the same name."""

    name: str  # the API's name; the option is `--name-with-dashes`
    help: str
    kind: DataType = DataType.TEXT  # TEXT, ID, BOOL, COUNT, TIME or CATEGORY (with choices)
    choices: tuple[str, ...] = ()
    refers_to: str = ""  # the noun of the resource that the value names ("users"); names become ids, and are completed
    operators: bool = False  # the value can begin with an operator: `oneof:`, `gte:` … (workspace API)
    many: bool = False  # can be repeated
    column: str = ""  # the column that it compares, if its name differs from the filter's


# Compared by identity, not by fields: a resource is the key of a cached decoder.
class Resource(Struct, frozen=True, eq=False, dict=True):
    """One resource of the API."""

    noun: str  # the word that people type: "service-accounts"
    path: str  # "/organizations/{organization_id}/members"
    paging: Paging
    columns: tuple[Column, ...]
    help: str
    filters: tuple[Filter, ...] = ()
    secrets: tuple[str, ...] = ()  # dotted paths that never reach a frame, `--raw` included
    key: tuple[str, ...] = ("id",)  # dotted paths that together identify a row while paging
    label: str = "name"  # the column by which people refer to an object
    aliases: tuple[str, ...] = ()  # further columns by which people can refer to it
    deciding: tuple[str, ...] = ()  # the columns that a narrow table folds away last, the most important one first
    lookup: str = ""  # the filter that finds an object by its label, if the API has one
    detail: str = ""  # the route of a single object: "/users/{id}"
    card_fields: tuple[str, ...] = ()  # fields of a single object that its card shows although they have no column
    members: str = ""  # the noun of the list of its members, which its card shows
    record: str = ""  # path to the record inside each list item ("user" in a member), "" for the item itself
    schemaless: bool = False  # the response model is unknown: fields without a column become columns
    defaults: dict[str, str] = field(default_factory=dict)  # query parameters that are always sent
    scoped: bool = False  # is listed for one project of a workspace at a time
    ignored_fields: tuple[str, ...] = ()  # fields and parameters of the API that deliberately have no column or option
    document: bool = False  # also available as text: `--as markdown`, `--save FILE.md`
    plotted: str = ""  # the state column that stacks the bars of `--plot`, which counts created objects per day
    plot_help: str = ""  # the help of `--plot`, if its chart is another one
    parent: str = ""  # the command that lists it, if it is not a noun of its own: "teams members"
    next_command: str = ""  # the usual next command about one object, with `{}` at the end for its name
    sample: str = ""  # the name of an object in the sandbox, for the examples in the help
    empty: str = ""  # the sentence for a list without rows that no condition restricts
    absent: dict[str, str] = field(default_factory=dict)  # columns that users look for in vain: what to do instead
    sample_workspace: str = ""  # the sandbox workspace that contains it, if it is not the usual one of the examples

    @cached_property
    def deciding_columns(self) -> tuple[str, ...]:
        """Return the columns that are folded away last: the declared ones, otherwise the label and the states."""
        states = (column.name for column in self.columns if column.is_state)
        return self.deciding or tuple(dict.fromkeys((self.label, *states)))

    @cached_property
    def time_column(self) -> Column | None:
        """Return the column with the start of an object, or else its creation; None if there is neither."""
        times = {column.name: column for column in self.columns if column.kind is DataType.TIME}
        return next((times[name] for name in _BEGINNINGS if name in times), None)

    def filters_of(self, column: str) -> list[Filter]:
        """Return the API's filters that compare this column."""
        return [filter_ for filter_ in self.filters if (filter_.column or filter_.name) == column]

    @cached_property
    def label_paths(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the paths of each column by which people can refer to an object, the label's first."""
        columns_by_name = {column.name: column for column in self.columns}
        return tuple(columns_by_name.get(name, Column(name)).paths for name in (self.label, *self.aliases))


class Table(Resource, frozen=True, eq=False, dict=True, kw_only=True):
    """A list without a route: zenpro computes its rows.

    Its noun needs a function that returns them. Captures do not contain it, and `doctor` does not look for its route.
    """

    path: str = ""
    paging: Paging = Paging.NONE
