"""`--where`, `--since` and `--until`: which rows of a list are wanted, and which of it the server can be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem
from msgspec import Struct, field

from zenpro_nb import frames
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.parsing import MarkedOption
from zenpro_nb.framework.parameters.types import TextType, offered
from zenpro_nb.resources import RESOURCES, Column, DataType, Filter, Resource
from zenpro_nb.resources.workspace.columns import needs_hydration
from zenpro_nb.syntax.conditions import OPERATORS, ORDER, Condition, parse
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.timespec import FORMS, parse_time
from zenpro_nb.workspaces import filter_values

if TYPE_CHECKING:
    from zenpro_nb.frames import Predicate

_EXACT = ("=", "!=")
_TIMES = ("today", "yesterday", "7d", "30d")
_UNCOMPARED = (DataType.LIST, DataType.JSON)


class ConditionType(TextType):
    """A condition on one of a list's columns."""

    name = "column=value"

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the condition; raise what `parse` raises."""
        return value if isinstance(value, Condition) else parse(str(value))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the columns, behind a whole one the operators, and behind an operator what is known of its values."""
        typed = next((sign for sign in sorted(OPERATORS, key=len, reverse=True) if sign in incomplete), "")
        columns = {column.name: column for column in self.resource.columns}
        if not typed and incomplete in columns:
            return offered(operators_of(columns[incomplete].kind), "", start=incomplete, kind="operator")
        if not typed:
            return offered([f"{name}=" for name in columns], incomplete, kind="column")
        name, _, start = incomplete.partition(typed)
        if name not in columns:
            return []
        words = _words_of(self.resource, columns[name], ctx.find_object(CommandContext))
        return offered(words, start, start=name + typed, kind="value")


class ConditionOption(MarkedOption):
    """`--where`: the operator is found before the values come from behind their marks, and so is always typed."""

    def read(self, values: Placeholders, given: Sequence[str]) -> list[Condition]:
        """Return the conditions."""
        return [parse(text, values.resolve) for text in given]


class MomentType(TextType):
    """A time, as it is typed: what it is counted from is known when the command runs."""

    name = "time"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return some times that people ask for."""
        return offered(_TIMES, incomplete, kind="value")


def operators_of(kind: DataType) -> tuple[str, ...]:
    """Return the operators that mean something for a column of this kind."""
    if kind in (DataType.TIME, DataType.COUNT, DataType.FLOAT):
        return (*_EXACT, *ORDER)
    return _EXACT if kind is DataType.BOOL else (*_EXACT, "~")


def _words_of(resource: Resource, column: Column, ctx: CommandContext | None) -> list[str]:
    """Return what is known of the values of a column, from the declarations and what has been fetched."""
    if column.kind is DataType.BOOL:
        return ["true", "false"]
    if column.kind is DataType.TIME:
        return list(_TIMES)
    choices = [word for filter_ in resource.filters_of(column.name) for word in filter_.choices]
    noun = resource.noun if column.name == resource.label else f"{column.name}s"
    names = ctx.session.names.of(noun) if ctx is not None and noun in RESOURCES else []
    return [*choices, *names]


def condition_options(resource: Resource) -> list[click.Parameter]:
    """Return the options that choose rows: by any column, and by time where the list's things have a beginning."""
    options: list[click.Parameter] = [
        ConditionOption(
            ["--where"],
            type=ConditionType(resource),
            metavar="COLUMN=VALUE",
            multiple=True,
            help="Only rows that fit: = != < > <= >=, ~ for text that contains it in any letters, NAME= for missing, "
            "NAME!= for present. Several must all fit.",
        )
    ]
    if resource.time_column is None:
        return options
    by = f"by {resource.time_column.name}"
    return [
        *options,
        click.Option(["--since"], type=MomentType(), help=f"Only those from then on, {by}: {FORMS}."),
        click.Option(["--until"], type=MomentType(), help=f"Only those until then, {by}; a date is its whole day."),
    ]


def predicate_of(
    resource: Resource, where: Sequence[Condition], since: str | None, until: str | None, now: float
) -> Predicate:
    """Return what the rows of a list must fit.

    Args:
        where: the conditions as they were typed.
        since: from when on.
        until: until when.
        now: what `7d` is counted from, in seconds since 1970.

    Raises:
        UnknownNameError: a condition is about no column of the list.
        UsageError: a value is none of its column's, or the times leave nothing between them.
    """
    clock = datetime.fromtimestamp(now, UTC)
    between = [] if resource.time_column is None else _between(resource.time_column.name, since, until, clock)
    return frames.Predicate.of(resource, [*where, *between], clock)


def _between(column: str, since: str | None, until: str | None, now: datetime) -> list[Condition]:
    start = _moment("--since", since, now).start if since else None
    end = _moment("--until", until, now).end if until else None
    if start is not None and end is not None and start >= end:
        raise UsageError(
            f"--since {since} is later than --until {until}, so that nothing lies between", hint="Exchange them."
        )
    found = [] if start is None else [Condition(column, ">=", start.isoformat())]
    return found if end is None else [*found, Condition(column, "<", end.isoformat())]


def _moment(option: str, text: str, now: datetime) -> Any:
    try:
        return parse_time(text, now)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a time", hint=f"Write {FORMS}.") from None


class Pushdown(Struct):
    """What the server is asked for: its own filters, and the conditions that they stand for."""

    params: dict[str, object] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)


def push_down(resource: Resource, where: Predicate, given: Mapping[str, Any]) -> Pushdown:
    """Return the conditions that the API has the very filter for, under its names.

    The rows are compared here all the same where the column comes anyway: a server that does not know a filter
    ignores it, and some databases take `Ada` for `ada`.

    Args:
        given: the filters that were typed as options, which stay as they are.
    """
    found = Pushdown()
    if given.get("logical_operator") == "or":
        return found
    columns = {column.name: column for column in resource.columns}
    for name in where.names:
        about = [condition for condition in where.conditions if condition.column == name]
        for own in resource.filters_of(name):
            if given.get(own.name) in (None, ()) and name in columns and _comparable(own, columns[name]):
                _hand(found, own, about, where)
                break
    return found


def server_only(resource: Resource, found: Pushdown) -> list[Condition]:
    """Return the conditions that the server alone looks at: their columns would make every row heavier to read."""
    heavy = {column.name for column in resource.columns if needs_hydration(column)}
    return [condition for condition in found.conditions if condition.column in heavy]


def _comparable(own: Filter, column: Column) -> bool:
    same = all((own.kind is kind) == (column.kind is kind) for kind in (DataType.TIME, DataType.BOOL, DataType.COUNT))
    return same and column.kind not in _UNCOMPARED and not own.many


def _hand(found: Pushdown, own: Filter, about: Sequence[Condition], where: Predicate) -> None:
    phrase = _phrases if own.operators else _plain_value
    phrased = [(condition, values) for condition in about if (values := phrase(own, condition, where))]
    if not own.operators:
        phrased = phrased[:1]  # a filter of the control plane takes one value
    values = [value for _, several in phrased for value in several]
    if values:
        found.params[own.name] = values[0] if len(values) == 1 else values
        found.conditions += [condition for condition, _ in phrased]


def _plain_value(own: Filter, condition: Condition, where: Predicate) -> list[object]:
    """Return the value of a filter that can only be equal; nothing where it could not say the same."""
    if condition.operator != "=" or not condition.value:
        return []
    if own.kind is DataType.BOOL or own.kind is DataType.COUNT:
        return [where.value(condition)]
    return [condition.value] if _is_value(own, condition.value) else []


def _phrases(own: Filter, condition: Condition, where: Predicate) -> list[object]:
    """Return the condition in a workspace's own words (API facts 6.4); nothing where it has none.

    `!=` is not handed over: what is missing is equal to nothing, and a database would leave it out.
    """
    if condition.value is None:
        # By name or id means two fields, of which one is always there.
        return [] if own.refers_to else ["isnull:" if condition.operator == "=" else "isnotnull:"]
    if own.kind is DataType.TIME:
        return _time_phrases(condition, where)
    if own.kind is DataType.COUNT:
        words = {"=": "equals", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
        number = where.value(condition)
        return (
            [f"{words[condition.operator]}:{number}"] if condition.operator in words and isinstance(number, int) else []
        )
    return [f"equals:{condition.value}"] if condition.operator == "=" and _is_value(own, condition.value) else []


def _time_phrases(condition: Condition, where: Predicate) -> list[object]:
    meant = where.value(condition)
    if meant.start.microsecond or meant.end.microsecond:
        return []  # finer than the server's own filter
    start, end = filter_values.written(meant.start), filter_values.written(meant.end)
    words = {
        "=": [f"gte:{start}", f"lt:{end}"],
        "<": [f"lt:{start}"],
        "<=": [f"lt:{end}"],
        ">": [f"gte:{end}"],
        ">=": [f"gte:{start}"],
    }
    return list(words.get(condition.operator, ()))


def _is_value(own: Filter, value: str) -> bool:
    """Return whether the server would understand the value; what it does not, it refuses or finds nowhere."""
    if not value or (own.choices and value not in own.choices):
        return False
    return is_id(value) if own.kind is DataType.ID else True
