"""Implement `--where`, `--since` and `--until`: filter rows here, and on the server if it has the filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem
from msgspec import Struct, field

from zenpro_nb import frames
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.parsing import MarkedOption
from zenpro_nb.framework.parameters.types import TextType, completions
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
        """Return the condition; raise the errors of `parse`."""
        return value if isinstance(value, Condition) else parse(str(value))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the columns; after a whole column the operators; after an operator the known values."""
        operator = next((sign for sign in sorted(OPERATORS, key=len, reverse=True) if sign in incomplete), "")
        columns = {column.name: column for column in self.resource.columns}
        if not operator and incomplete in columns:
            return completions(operators_of(columns[incomplete].kind), "", start=incomplete, kind="operator")
        if not operator:
            return completions([f"{name}=" for name in columns], incomplete, kind="column")
        name, _, start = incomplete.partition(operator)
        if name not in columns:
            return []
        words = _words_of(self.resource, columns[name], ctx.find_object(CommandContext))
        return completions(words, start, start=name + operator, kind="value")


class ConditionOption(MarkedOption):
    """`--where`: the operator is parsed before placeholders are resolved, so it is always the one that was typed."""

    def read(self, values: Placeholders, texts: Sequence[str]) -> list[Condition]:
        """Return the conditions."""
        return [parse(text, values.resolve) for text in texts]


class MomentType(TextType):
    """A time as typed: the reference for relative times is known only when the command runs."""

    name = "time"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return some common times."""
        return completions(_TIMES, incomplete, kind="value")


def operators_of(kind: DataType) -> tuple[str, ...]:
    """Return the operators that make sense for a column of this kind."""
    if kind in (DataType.TIME, DataType.COUNT, DataType.FLOAT):
        return (*_EXACT, *ORDER)
    return _EXACT if kind is DataType.BOOL else (*_EXACT, "~")


def _words_of(resource: Resource, column: Column, ctx: CommandContext | None) -> list[str]:
    """Return the known values of a column, from the declarations and from fetched names."""
    if column.kind is DataType.BOOL:
        return ["true", "false"]
    if column.kind is DataType.TIME:
        return list(_TIMES)
    choices = [word for filter_ in resource.filters_of(column.name) for word in filter_.choices]
    noun = resource.noun if column.name == resource.label else f"{column.name}s"
    names = ctx.session.names.of(noun) if ctx is not None and noun in RESOURCES else []
    return [*choices, *names]


def condition_options(resource: Resource) -> list[click.Parameter]:
    """Return the options that filter rows: by any column, and by time if the list has a time column."""
    options: list[click.Parameter] = [
        ConditionOption(
            ["--where"],
            type=ConditionType(resource),
            metavar="COLUMN=VALUE",
            multiple=True,
            help="Return only matching rows. Operators: = != < > <= >=, and ~ for contains (case-insensitive). COLUMN= "
            "matches missing values, COLUMN!= all others. COLUMN=A,B matches either text. Repeat it to combine "
            "conditions with AND.",
        )
    ]
    if resource.time_column is None:
        return options
    column = f"`{resource.time_column.name}`"
    return [
        *options,
        click.Option(
            ["--since"], type=MomentType(), help=f"Return only rows whose {column} is at or after this time: {FORMS}."
        ),
        click.Option(
            ["--until"],
            type=MomentType(),
            help=f"Return only rows whose {column} is not after this time. A date includes its whole day.",
        ),
    ]


def predicate_of(
    resource: Resource, where: Sequence[Condition], since: str | None, until: str | None, now: datetime
) -> Predicate:
    """Return the predicate for the rows of a list.

    Args:
        where: the conditions as typed.
        since: the start of the time range.
        until: the end of the time range.
        now: the reference for times such as `7d`.

    Raises:
        UnknownNameError: a condition names a column that the list does not have.
        UsageError: a value is not valid for its column, or the time range is empty.
    """
    time_conditions = [] if resource.time_column is None else _between(resource.time_column.name, since, until, now)
    return frames.Predicate(resource, now).also(*where, *time_conditions)


def _between(column: str, since: str | None, until: str | None, now: datetime) -> list[Condition]:
    start = _moment("--since", since, now).start if since else None
    end = _moment("--until", until, now).end if until else None
    if start is not None and end is not None and start >= end:
        raise UsageError(f"--since {since} is later than --until {until}", hint="Swap them.")
    conditions = [] if start is None else [Condition(column, ">=", start.isoformat())]
    return conditions if end is None else [*conditions, Condition(column, "<", end.isoformat())]


def _moment(option: str, text: str, now: datetime) -> Any:
    try:
        return parse_time(text, now)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a time", hint=f"Write {FORMS}.") from None


class Pushdown(Struct):
    """What the server filters by: its own filters, and the conditions that they express."""

    params: dict[str, object] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)


def push_down(resource: Resource, where: Predicate, filters: Mapping[str, Any]) -> Pushdown:
    """Return the conditions for which the API has an equivalent filter, under the API's names.

    If the column is read anyway, the rows are compared again here: a server that does not know a filter ignores it,
    and some databases treat `Ada` and `ada` as equal.

    Args:
        filters: the filters that were typed as options; they are left unchanged.
    """
    pushdown = Pushdown()
    if filters.get("logical_operator") == "or":
        return pushdown
    columns = {column.name: column for column in resource.columns}
    for name in where.names:
        conditions = [condition for condition in where.conditions if condition.column == name]
        for filter_ in resource.filters_of(name):
            if filters.get(filter_.name) in (None, ()) and name in columns and _comparable(filter_, columns[name]):
                _add_filter(pushdown, filter_, conditions, where)
                break
    return pushdown


def server_only(resource: Resource, pushdown: Pushdown) -> list[Condition]:
    """Return the conditions that only the server checks: their columns would make every row slower to read."""
    heavy = {column.name for column in resource.columns if needs_hydration(column)}
    return [condition for condition in pushdown.conditions if condition.column in heavy]


def _comparable(own: Filter, column: Column) -> bool:
    same = all((own.kind is kind) == (column.kind is kind) for kind in (DataType.TIME, DataType.BOOL, DataType.COUNT))
    return same and column.kind not in _UNCOMPARED and not own.many


def _add_filter(pushdown: Pushdown, filter_: Filter, conditions: Sequence[Condition], where: Predicate) -> None:
    phrases_of = _phrases if filter_.operators else _plain_value
    pairs = [(condition, values) for condition in conditions if (values := phrases_of(filter_, condition, where))]
    if not filter_.operators:
        pairs = pairs[:1]  # a filter of the control plane takes only one value
    values = [value for _, several in pairs for value in several]
    if values:
        pushdown.params[filter_.name] = values[0] if len(values) == 1 else values
        pushdown.conditions += [condition for condition, _ in pairs]


def _plain_value(filter_: Filter, condition: Condition, where: Predicate) -> list[object]:
    """Return the value of a filter that can only test for equality; empty if it cannot express the condition."""
    if condition.operator != "=" or not condition.value or condition.words:
        return []
    if filter_.kind is DataType.BOOL or filter_.kind is DataType.COUNT:
        return [where.value(condition)]
    return [condition.value] if _is_value(filter_, condition.value) else []


def _phrases(filter_: Filter, condition: Condition, where: Predicate) -> list[object]:
    """Return the condition in a workspace's filter syntax (API facts 6.4); empty if it cannot express it.

    `!=` is not pushed down: here a missing value differs from every value, but a database would leave it out.
    """
    if condition.value is None:
        # A filter by name or id covers two fields, one of which always has a value.
        return [] if filter_.refers_to else ["isnull:" if condition.operator == "=" else "isnotnull:"]
    if filter_.kind is DataType.TIME:
        return _time_phrases(condition, where)
    if filter_.kind is DataType.COUNT:
        words = {"=": "equals", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
        number = where.value(condition)
        return (
            [f"{words[condition.operator]}:{number}"] if condition.operator in words and isinstance(number, int) else []
        )
    if condition.words and condition.operator == "=":
        # The choices of the API contain no comma, so the whole text is not a value.
        are_choices = filter_.choices and all(word in filter_.choices for word in condition.words)
        return [f"oneof:{','.join(condition.words)}"] if are_choices else []
    return [f"equals:{condition.value}"] if condition.operator == "=" and _is_value(filter_, condition.value) else []


def _time_phrases(condition: Condition, where: Predicate) -> list[object]:
    span = where.value(condition)
    if span.start.microsecond or span.end.microsecond:
        return []  # finer than the server's own filter
    start, end = filter_values.as_written(span.start), filter_values.as_written(span.end)
    words = {
        "=": [f"gte:{start}", f"lt:{end}"],
        "<": [f"lt:{start}"],
        "<=": [f"lt:{end}"],
        ">": [f"gte:{end}"],
        ">=": [f"gte:{start}"],
    }
    return list(words.get(condition.operator, ()))


def _is_value(filter_: Filter, value: str) -> bool:
    """Return whether the server would understand the value; it refuses others, or finds nothing."""
    if not value or (filter_.choices and value not in filter_.choices):
        return False
    return is_id(value) if filter_.kind is DataType.ID else True
