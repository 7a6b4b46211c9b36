"""The body of `POST /runs/statistics`, validated as in 0.98.0."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError, UnexpectedError

TIME, METADATA, TAG = "time", "metadata", "tag"
SIMPLE_GROUPINGS = ("status", "pipeline", "snapshot", "source_snapshot", "stack", "trigger", "user", TAG)
GROUPINGS = (*SIMPLE_GROUPINGS, TIME, METADATA)
GRANULARITIES = ("hour", "day", "week", "month")
AGGREGATIONS = ("avg", "sum", "min", "max")
SIMPLE_SOURCES = ("duration", "step_count", "cached_step_count", "output_artifact_count")
SOURCES = (*SIMPLE_SOURCES, METADATA)

_Place = tuple[str, ...]


class Grouping(Struct, frozen=True):
    """One dimension. `key` is the granularity of a time, or the key of metadata."""

    name: str
    kind: str
    key: str = ""


class Metric(Struct, frozen=True):
    """One number per group. `key` is the key of metadata."""

    name: str
    aggregation: str
    source: str
    key: str = ""


class Question(Struct, frozen=True):
    """A valid request.

    Args:
        filters: the filters of runs as pairs of name and text, as in a query.
    """

    filters: Sequence[tuple[str, str]]
    groupings: Sequence[Grouping]
    metrics: Sequence[Metric]
    max_groups: int

    @classmethod
    def of(cls, body: Mapping[str, Any], filter_names: Collection[str]) -> Question:
        """Return the request of a body.

        Args:
            body: the body.
            filter_names: the names of the filters.

        Raises:
            UnexpectedError: a filter is unknown.
            InvalidRequestError: a field is missing, has another type, or its value is not supported.
        """
        if "filter" not in body:
            raise InvalidRequestError("missing", ("body", "filter"), "Field required", dict(body))
        filters = list(_filters(body["filter"], filter_names))
        groupings = [_grouping(entry, place) for entry, place in _entries(body, "groupings")]
        metrics = [_metric(entry, place) for entry, place in _entries(body, "metrics")]
        most = _max_groups(body.get("max_groups", limits.STATISTICS_GROUPS))
        for noun, names in (
            ("grouping", [grouping.name for grouping in groupings]),
            ("metric", [metric.name for metric in metrics]),
        ):
            if len(names) != len(set(names)):
                _refuse(f"Duplicate {noun} names are not allowed.", body)
        if sum(grouping.kind == TIME for grouping in groupings) > 1:
            _refuse("At most one time grouping is allowed.", body)
        return cls(filters, groupings, metrics, most)


def _refuse(message: str, body: object) -> None:
    raise InvalidRequestError("value_error", ("body",), f"Value error, {message}", body)


def _filters(filters: Any, filter_names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the filters as texts. A list contains several conditions on one field.

    Unlike in the query of a list, an unknown filter is an error (0.98.0, observed).
    """
    if not isinstance(filters, dict):
        raise UnexpectedError("An unexpected error occurred.")
    for name, value in filters.items():
        if name not in filter_names:
            raise UnexpectedError("An unexpected error occurred.")
        for text in value if isinstance(value, list) else [value]:
            if text is not None:
                yield name, str(text).lower() if isinstance(text, bool) else str(text)


def _entries(body: Mapping[str, Any], field: str) -> Iterator[tuple[Mapping[str, Any], _Place]]:
    entries = body.get(field, [])
    if not isinstance(entries, list):
        raise InvalidRequestError("list_type", ("body", field), "Input should be a valid list", entries)
    for number, entry in enumerate(entries):
        place = ("body", field, str(number))
        if not isinstance(entry, dict):
            message = "Input should be a valid dictionary or object to extract fields from"
            raise InvalidRequestError("model_attributes_type", place, message, entry)
        yield entry, place


def _grouping(entry: Mapping[str, Any], place: _Place) -> Grouping:
    kind = _tag(entry, "type", GROUPINGS, place)
    name = _text(entry, "name", place, empty=False)
    if kind == TIME:
        return Grouping(name, kind, _choice(entry, "granularity", GRANULARITIES, place))
    return Grouping(name, kind, _text(entry, "metadata_key", place) if kind == METADATA else "")


def _metric(entry: Mapping[str, Any], place: _Place) -> Metric:
    source = _tag(entry, "source", SOURCES, place)
    name = _text(entry, "name", place, empty=False)
    aggregation = _choice(entry, "aggregation", AGGREGATIONS, place)
    return Metric(name, aggregation, source, _text(entry, "metadata_key", place) if source == METADATA else "")


def _tag(entry: Mapping[str, Any], field: str, allowed: Sequence[str], place: _Place) -> str:
    """Return the field that decides which other fields an entry has."""
    found = entry.get(field)
    if found is None:
        message = f"Unable to extract tag using discriminator '{field}'"
        raise InvalidRequestError("union_tag_not_found", place, message, dict(entry))
    if found not in allowed:
        expected = ", ".join(repr(name) for name in allowed)
        message = f"Input tag '{found}' found using '{field}' does not match any of the expected tags: {expected}"
        raise InvalidRequestError("union_tag_invalid", place, message, dict(entry))
    return str(found)


def _choice(entry: Mapping[str, Any], field: str, allowed: Sequence[str], place: _Place) -> str:
    found = _text(entry, field, place)
    if found not in allowed:
        *others, last = (repr(name) for name in allowed)
        message = f"Input should be {', '.join(others)} or {last}"
        raise InvalidRequestError("enum", (*place, field), message, found)
    return found


def _text(entry: Mapping[str, Any], field: str, place: _Place, *, empty: bool = True) -> str:
    if field not in entry:
        raise InvalidRequestError("missing", (*place, field), "Field required", dict(entry))
    found = entry[field]
    if not isinstance(found, str):
        raise InvalidRequestError("string_type", (*place, field), "Input should be a valid string", found)
    if not found and not empty:
        message = "String should have at least 1 character"
        raise InvalidRequestError("string_too_short", (*place, field), message, found)
    return found


def _max_groups(value: Any) -> int:
    place = ("body", "max_groups")
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise InvalidRequestError("int_type", place, "Input should be a valid integer", value) from None
    if isinstance(value, float) and value != number:
        message = "Input should be a valid integer, got a number with a fractional part"
        raise InvalidRequestError("int_from_float", place, message, value)
    if number <= 0:
        raise InvalidRequestError("greater_than", place, "Input should be greater than 0", value)
    if number > limits.STATISTICS_GROUPS_MAX:
        message = f"Input should be less than or equal to {limits.STATISTICS_GROUPS_MAX}"
        raise InvalidRequestError("less_than_equal", place, message, value)
    return number
