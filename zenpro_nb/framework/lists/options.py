"""Parameter types, and the options that every listing has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem
from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.command import VariableOption
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.where import condition_options, predicate_of
from zenpro_nb.framework.parameters.types import AS_KEPT, CaptureType, NameType, TextType, VariableType, offered
from zenpro_nb.resources import CONTROL_PLANE, DataType, Filter, Resource
from zenpro_nb.syntax.conditions import Condition

if TYPE_CHECKING:
    from zenpro_nb.frames import FrameFiles, Predicate

PANDAS = "pandas"
NOTHING = "none"  # keeps nothing in memory: what is read goes into files
FORMS_OF_RESULT = (PANDAS, "arrow", "polars", "records", NOTHING)


class ColumnsType(TextType):
    """A column, or several with commas between them; `signed` ones may begin with a minus."""

    name = "columns"

    def __init__(self, names: Iterable[str], *, signed: bool = False) -> None:
        self.names = tuple(names)
        self.signed = signed
        self.name = "[-]column" if signed else "a,b,…"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the columns that begin with what stands behind the last comma."""
        before, comma, last = incomplete.rpartition(",")
        sign = "-" if self.signed and last.startswith("-") else ""
        chosen = set(before.split(","))
        start = before + comma + sign
        return [
            CompletionItem(start + name, kind="column")
            for name in self.names
            if name.startswith(last.removeprefix(sign)) and name not in chosen
        ]


class FilterType(TextType):
    """A filter's value, which may begin with an operator."""

    def __init__(self, filter_: Filter) -> None:
        self.filter = filter_
        self.name = "time" if filter_.kind is DataType.TIME else "value"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the words that the value can be, or the fetched names; also behind `oneof:` and a comma."""
        runtime = ctx.find_object(CommandContext)
        names = runtime.session.names.of(self.filter.refers_to) if self.filter.refers_to and runtime is not None else []
        start, last = _before_last_word(incomplete)
        times = ["today", "-7d", *([] if start else ["gte:-7d"])]
        if names:
            return offered(names, last, start=start)
        words = self.filter.choices or (times if self.filter.kind is DataType.TIME else [])
        return offered(words, last, start=start, kind="value")


def _before_last_word(text: str) -> tuple[str, str]:
    """Return what stands before the word that is being typed, and the word."""
    at = max(text.rfind(":"), text.rfind(",")) + 1
    return text[:at], text[at:]


class ListOptions(Struct, frozen=True):
    """What the options of a listing say.

    Attributes:
        where: what the rows must fit.
        typed: the options that `where` was made of, as they were typed: `7d` is another time at every run.
        filters: the API's own filters.
        at: the capture, or the time, that is asked instead of the server.
        into: files that the rows go into while they are read, instead of a frame.
    """

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
    typed: Mapping[str, Any]
    filters: Mapping[str, Any]
    at: str | None = None
    into: FrameFiles | None = None

    def also(self, *conditions: Condition) -> ListOptions:
        """Return the same with further conditions on the rows.

        Raises:
            UsageError: the columns that they are about are not there with `--raw`.
        """
        if not conditions:
            return self
        require_columns(self.raw)
        return replace(self, where=self.where.also(*conditions))


def options_from(given: dict[str, Any], resource: Resource, now: float) -> ListOptions:
    """Take the listing's own options out of what click parsed; the rest are filters.

    Args:
        given: what click parsed; it is used up.
        resource: what is listed.
        now: what times such as `7d` are counted from, in seconds since 1970.

    Raises:
        UnknownNameError: a condition is about no column of the list.
        UsageError: a condition cannot be one of its column.
    """
    own = {
        name: given.pop(name, None) for name in ("org", "limit", "columns", "sort", "out", "as_", "raw", "plot", "at")
    }
    where, since, until = (given.pop(name, None) for name in ("where", "since", "until"))
    save = tuple(dict.fromkeys(given.pop("save", None) or ()))
    if where or since or until:
        require_columns(own["raw"])
    typed = {"where": [str(item) for item in where or ()], "since": since, "until": until}
    predicate = predicate_of(resource, where or (), since, until, now)
    own["as_"] = own["as_"] or PANDAS
    if own["as_"] == NOTHING and not save:
        raise UsageError("--as none keeps nothing in memory, and no file is named", hint="Add --save FILE.")
    if own["as_"] == NOTHING and own["out"]:
        raise UsageError("--as none leaves nothing for --out", hint="Leave one of them out.")
    own["plot"] = bool(own["plot"])
    return ListOptions(**own, save=save, where=predicate, typed=typed, filters=given)


def require_columns(raw: bool) -> None:
    """Refuse conditions on the columns of a frame that has none of them."""
    if raw:
        raise UsageError(
            "Rows are chosen by declared columns, and --raw has none of them", hint="Leave one of them out."
        )


def shape_options(resource: Resource) -> list[click.Parameter]:
    """Return the options that shape and keep a result."""
    columns = [column.name for column in resource.columns]
    return [
        *([at_option()] if resource in CONTROL_PLANE else []),
        *condition_options(resource),
        click.Option(
            ["--limit"],
            type=click.IntRange(min=1),
            metavar="N",
            help="At most N rows, of those that fit. With --sort the first N of all, so that everything is read.",
        ),
        click.Option(["--columns"], type=ColumnsType(columns), help="Only these columns, in this order."),
        click.Option(
            ["--sort"], type=ColumnsType(columns, signed=True), help="Order by this column; -column for descending."
        ),
        VariableOption(["--out"], type=VariableType(), help="Also put the result into this variable."),
        click.Option(
            ["--save"],
            type=click.Path(),
            metavar="FILE",
            multiple=True,
            help=f"Also write it: .csv .csv.gz .parquet .xlsx .json{' .md' * resource.document} by suffix. "
            "May be repeated.",
        ),
        click.Option(
            ["--as", "as_"],
            type=click.Choice([*FORMS_OF_RESULT, *["markdown"] * resource.document]),
            default=PANDAS,
            help="What to return. Default: pandas. none: only write --save, row by row where the list allows it, so "
            "that it need not fit into memory (--sort, --limit and .xlsx need all rows).",
        ),
        click.Option(["--raw"], is_flag=True, help="The fields as the server sends them, unflattened; never secrets."),
        *([_plot_option(resource)] if resource.plotted else ()),
    ]


def _plot_option(resource: Resource) -> click.Option:
    return click.Option(
        ["--plot"],
        is_flag=True,
        help=f"Also draw how many were created a day (UTC), by {resource.plotted}. --save FILE.svg keeps the picture.",
    )


def at_option() -> click.Option:
    """Return the option that asks a capture instead of the server."""
    return click.Option(["--at"], type=CaptureType(), help=AS_KEPT)


def filter_option(filter_: Filter) -> click.Option:
    """Return the option of one of the API's own filters, under the API's name; `--user` beside `--user-id`."""
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
        return click.Option(spellings, type=NameType(filter_.refers_to), help=f"{text} By name or id.")
    if filter_.kind is DataType.CATEGORY:
        return click.Option([long, filter_.name], type=click.Choice(filter_.choices), help=text)
    return click.Option([long, filter_.name], type=int if filter_.kind is DataType.COUNT else str, help=text)


def needs_organization(resource: Resource) -> bool:
    """Return whether the resource's route names an organization."""
    return "{organization_id}" in resource.path


def columns_epilog(resource: Resource) -> str:
    """Return the paragraph of a listing's help that names its columns."""
    if not resource.columns:
        return "The columns are made from what the server sends."
    names = ", ".join(column.name for column in resource.columns)
    return f"Columns: {names}."
