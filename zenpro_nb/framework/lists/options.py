"""Define parameter types, and the options that every listing has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem
from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.command import VariableOption
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.where import condition_options, predicate_of
from zenpro_nb.framework.parameters.types import AT_HELP, CaptureType, NameType, TextType, VariableType, completions
from zenpro_nb.resources import CONTROL_PLANE, DataType, Filter, Resource
from zenpro_nb.resources.model import PERIODS
from zenpro_nb.resources.workspace.columns import needs_hydration
from zenpro_nb.syntax.conditions import Condition

if TYPE_CHECKING:
    from zenpro_nb.frames import FrameFiles, Predicate
    from zenpro_nb.framework.lists.grouping import Grouping

PANDAS = "pandas"
NOTHING = "none"  # keeps nothing in memory: rows go directly into files
FORMS_OF_RESULT = (PANDAS, "arrow", "polars", "records", NOTHING)


class ColumnsType(TextType):
    """One column, or several separated by commas; `signed` ones can begin with a minus."""

    name = "columns"

    def __init__(self, names: Iterable[str], *, signed: bool = False) -> None:
        self.names = tuple(names)
        self.signed = signed
        self.name = "[-]column" if signed else "a,b,…"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the columns that begin with the text after the last comma."""
        before, comma, typed_word = incomplete.rpartition(",")
        sign = "-" if self.signed and typed_word.startswith("-") else ""
        names = set(before.split(","))
        start = before + comma + sign
        return [
            CompletionItem(start + name, kind="column")
            for name in self.names
            if name.startswith(typed_word.removeprefix(sign)) and name not in names
        ]


class FilterType(TextType):
    """The value of a filter; it can begin with an operator."""

    def __init__(self, filter_: Filter) -> None:
        self.filter = filter_
        self.name = "time" if filter_.kind is DataType.TIME else "value"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the possible values or the fetched names; also after `oneof:` and a comma."""
        command_ctx = ctx.find_object(CommandContext)
        names = (
            command_ctx.session.names.of(self.filter.refers_to)
            if self.filter.refers_to and command_ctx is not None
            else []
        )
        start, typed_word = _before_last_word(incomplete)
        times = ["today", "-7d", *([] if start else ["gte:-7d"])]
        if names:
            return completions(names, typed_word, start=start)
        words = self.filter.choices or (times if self.filter.kind is DataType.TIME else [])
        return completions(words, typed_word, start=start, kind="value")


def _before_last_word(text: str) -> tuple[str, str]:
    """Return the text before the word that is being typed, and the word."""
    at = max(text.rfind(":"), text.rfind(",")) + 1
    return text[:at], text[at:]


class ListOptions(Struct, frozen=True):
    """The parsed options of a listing.

    Attributes:
        resource: the list whose columns are shown.
        where: the conditions on the rows.
        typed_values: the options that produced `where`, as typed: `7d` is a different time in every run.
        filters: the API's own filters.
        at: the capture, or the time, to read from instead of the server.
        into: files that the rows are written to while they are read, instead of into a DataFrame.
        grouping: what is counted; the other options are then those of reading the list.
        added: the conditions that the command added; its copies share the list, and the rows that are read must fulfill
            them, whether or not the command itself selects them.
    """

    resource: Resource
    org: str | None
    limit: int | None
    columns: str | None
    sort: str | None
    out: str | None
    save: tuple[str, ...]
    as_: str
    raw: bool
    plot: bool
    where: Predicate
    typed_values: Mapping[str, Any]
    filters: Mapping[str, Any]
    at: str | None = None
    into: FrameFiles | None = None
    grouping: Grouping | None = None
    added: list[Condition] = field(default_factory=list)

    def also(self, *conditions: Condition, option: str) -> ListOptions:
        """Return these options with further conditions on the rows. The list contains only rows that fulfill them.

        Args:
            option: the option as typed, for messages: `--inactive`.

        Raises:
            UsageError: the columns of the conditions do not exist with `--raw`.
        """
        if not conditions:
            return self
        require_columns(self.raw, [option])
        self.added.extend(conditions)
        return replace(self, where=self.where.also(*conditions))

    def with_added(self) -> ListOptions:
        """Return these options with the conditions that the command added to its copies."""
        new = [condition for condition in dict.fromkeys(self.added) if condition not in self.where.conditions]
        return replace(self, where=self.where.also(*new)) if new else self


def options_from(arguments: dict[str, Any], resource: Resource, now: float) -> ListOptions:
    """Take the listing's own options out of the values that click parsed; the rest are filters.

    Args:
        arguments: the values that click parsed; they are removed from it.
        resource: the resource that is listed.
        now: the reference for times such as `7d`, in seconds since 1970.

    Raises:
        UnknownNameError: a condition names a column that the list does not have.
        UsageError: the value of a condition is not valid for its column.
    """
    own = {
        name: arguments.pop(name, None)
        for name in ("org", "limit", "columns", "sort", "out", "as_", "raw", "plot", "at")
    }
    by = arguments.pop("by", None)
    where, since, until = (arguments.pop(name, None) for name in ("where", "since", "until"))
    save = tuple(dict.fromkeys(arguments.pop("save", None) or ()))
    selecting = {"--where": where, "--since": since, "--until": until}
    require_columns(own["raw"], [name for name, value in selecting.items() if value])
    typed_values = {"where": [str(condition) for condition in where or ()], "since": since, "until": until}
    clock = datetime.fromtimestamp(now, UTC)
    is_selecting = bool(where or since or until)
    predicate = (
        predicate_of(resource, where or (), since, until, clock) if is_selecting else frames.Predicate(resource, clock)
    )
    own["as_"] = own["as_"] or PANDAS
    if own["as_"] == NOTHING and not save:
        raise UsageError("`--save` is required: `--as none` keeps nothing in memory", hint="Add --save FILE.")
    if own["as_"] == NOTHING and own["out"]:
        raise UsageError("`--as none` cannot be combined with `--out`: it returns nothing", hint="Omit one of them.")
    own["plot"] = bool(own["plot"])
    if by:
        from zenpro_nb.framework.lists.grouping import grouping_of  # few commands count

        require_columns(own["raw"], ["--by"])
        own["grouping"] = grouping_of(resource, by, **{name: own[name] for name in ("columns", "sort", "limit")})
        own |= {"columns": ",".join(own["grouping"].sources), "sort": None, "limit": None}
    return ListOptions(
        **own, resource=resource, save=save, where=predicate, typed_values=typed_values, filters=arguments
    )


def require_columns(raw: bool, selecting: Sequence[str]) -> None:
    """Refuse options that select rows by a column if the DataFrame has no declared columns."""
    if raw and selecting:
        raise UsageError(
            f"`{selecting[0]}` cannot be combined with `--raw`: raw fields have no fixed columns",
            hint="Omit one of them.",
        )


def shape_options(resource: Resource) -> list[click.Parameter]:
    """Return the options that shape and save a result."""
    columns = [column.name for column in resource.columns]
    chart = ", or .svg or .png for the chart of --plot" if resource.plotted else ""
    return [
        *([at_option()] if resource in CONTROL_PLANE and resource.path else []),
        *condition_options(resource),
        click.Option(
            ["--limit"],
            type=click.IntRange(min=1),
            metavar="N",
            help="Return at most N matching rows. With --sort, all rows are read first.",
        ),
        click.Option(["--columns"], type=ColumnsType(columns), help="Return only these columns, in this order."),
        click.Option(
            ["--sort"], type=ColumnsType(columns, signed=True), help="Sort by this column; -column for descending."
        ),
        click.Option(
            ["--by"],
            type=ColumnsType([*columns, *PERIODS]),
            help="Count the rows by these columns, or by day, week, or month (UTC).",
        ),
        VariableOption(["--out"], type=VariableType(), help="Also assign the result to this variable."),
        click.Option(
            ["--save"],
            type=click.Path(),
            metavar="FILE",
            multiple=True,
            help="Also save to this file, in the format of its suffix: .csv .csv.gz .parquet .xlsx .json"
            f"{' .md' * resource.document}{chart}. Can be repeated.",
        ),
        click.Option(
            ["--as", "as_"],
            type=click.Choice([*FORMS_OF_RESULT, *["markdown"] * resource.document]),
            default=PANDAS,
            help="Return the result in this form. Default: pandas. With `none`, zenpro only writes the --save file, "
            "row by row to save memory; --sort, --limit and .xlsx still load all rows.",
        ),
        click.Option(["--raw"], is_flag=True, help="Return the fields as the server sends them, without secrets."),
        *([_plot_option(resource)] if resource.plotted else ()),
    ]


def _plot_option(resource: Resource) -> click.Option:
    default = f"Also draw a chart of the number per day (UTC), by {resource.plotted}."
    return click.Option(
        ["--plot"],
        is_flag=True,
        help=f"{resource.plot_help or default} --save FILE.svg or FILE.png saves the chart.",
    )


def at_option() -> click.Option:
    """Return the option that reads a capture instead of the server."""
    return click.Option(["--at"], type=CaptureType(), help=AT_HELP)


def filter_option(filter_: Filter) -> click.Option:
    """Return the option of one of the API's own filters, with the API's name; `--user` as well as `--user-id`."""
    text = filter_.help[0].upper() + filter_.help[1:] + "."
    long = "--" + filter_.name.replace("_", "-")
    if filter_.kind is DataType.BOOL:
        return click.Option([f"{long}/--no-{long[2:]}", filter_.name], default=None, help=text)
    if filter_.operators:
        if filter_.choices:
            text = f"{text[:-1]}: {', '.join(filter_.choices)}."
        return click.Option([long, filter_.name], type=FilterType(filter_), multiple=filter_.many, help=text)
    if filter_.refers_to:
        spellings = [long, long.removesuffix("-id"), filter_.name] if long.endswith("-id") else [long, filter_.name]
        return click.Option(spellings, type=NameType(filter_.refers_to), help=f"{text[:-1]}, by name or ID.")
    if filter_.kind is DataType.CATEGORY:
        return click.Option([long, filter_.name], type=click.Choice(filter_.choices), help=text)
    return click.Option([long, filter_.name], type=int if filter_.kind is DataType.COUNT else str, help=text)


def needs_organization(resource: Resource) -> bool:
    """Return whether the resource's route contains an organization."""
    return "{organization_id}" in resource.path


def columns_epilog(resource: Resource) -> str:
    """Return the paragraph of a listing's help that names its columns."""
    if not resource.columns:
        return "The columns depend on what the server sends."
    usual, on_request = (
        ", ".join(column.name for column in resource.columns if needs_hydration(column) is asked)
        for asked in (False, True)
    )
    more = f" Only with --hydrate, or if --columns names them: {on_request}." if on_request else ""
    return f"Columns: {usual}.{more}"
