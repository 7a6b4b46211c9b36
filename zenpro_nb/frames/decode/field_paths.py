"""Paths into a record: `organization.name`, `roles[].role_id`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from zenpro_nb import limits
from zenpro_nb.resources.model import Column, Resource
from zenpro_nb.security.masking import hides


class PathStep(NamedTuple):
    """One step of a path; `many` means that its value is a list, and that the rest of the path applies to its items."""

    name: str
    many: bool = False


@lru_cache(maxsize=limits.FIELD_NAMES)
def parse(path: str) -> tuple[PathStep, ...]:
    """Return the steps of a dotted path.

    >>> parse("roles[].role_id")
    (PathStep(name='roles', many=True), PathStep(name='role_id', many=False))
    """
    return tuple(PathStep(step.removesuffix("[]"), step.endswith("[]")) for step in path.split(".") if step)


def main_path(resource: Resource, column: Column) -> tuple[PathStep, ...]:
    """Return the steps from the list item to the column's value."""
    return parse(resource.record) + parse(column.path or column.name)


def all_paths(resource: Resource, column: Column) -> tuple[tuple[PathStep, ...], ...]:
    """Return the steps from the record to each possible position of the column's value, without secret ones."""
    paths = [parse(path) for path in (column.path or column.name, *column.fallback_paths)]
    hiding, record = secrets(resource), parse(resource.record)
    return tuple(steps for steps in paths if not hides([step.name for step in record + steps], hiding))


@lru_cache(maxsize=limits.FIELD_NAMES)
def readable_paths(resource: Resource, column: Column) -> tuple[tuple[PathStep, ...], ...]:
    """Return the paths of a column; empty if its main path is secret, even if a fallback path is not."""
    return () if is_hidden(resource, column) else all_paths(resource, column)


def first_present(value: object, other: object) -> object:
    """Return the value, or the fallback if it is missing; a missing list becomes empty.

    >>> first_present([], ["a"]), first_present(None, None), first_present("a", "b")
    (['a'], None, 'a')
    """
    return other if other is not None and (value is None or value == []) else value


def walk(value: object, steps: Sequence[PathStep]) -> object:
    """Return the value at the end of the steps, a list of values if a step is `many`; None if the path ends early."""
    for at, step in enumerate(steps):
        if not isinstance(value, dict):
            return None
        value = value.get(step.name)
        if step.many:
            return list(_each(value, steps[at + 1 :]))
    return value


def _each(items: object, rest: Sequence[PathStep]) -> Iterator[object]:
    """Yield the values below each item; a value that is itself a collected list yields its own items."""
    nested = any(step.many for step in rest)
    for item in items if isinstance(items, list) else ():
        value = walk(item, rest)
        if nested and isinstance(value, list):
            yield from value
        else:
            yield value


def is_present(value: object, steps: Sequence[PathStep]) -> bool:
    """Return whether there is a value at the end of the steps: null and an empty list count, an absent field does not.

    >>> path = parse("user.email")
    >>> is_present({"user": {"email": None}}, path), is_present({"user": {}}, path), is_present({"user": None}, path)
    (True, False, False)
    """
    for at, step in enumerate(steps):
        if not isinstance(value, dict) or step.name not in value:
            return False
        value = value[step.name]
        if step.many:
            rest = steps[at + 1 :]
            return not rest or not value or (isinstance(value, list) and any(is_present(item, rest) for item in value))
    return True


@lru_cache(maxsize=limits.COLUMN_CHOICES)
def secrets(resource: Resource) -> tuple[str, ...]:
    """Return the resource's secret paths, relative to the list item and to the record in it."""
    prefix = f"{resource.record}."
    inner = (path.removeprefix(prefix) for path in resource.secrets if resource.record and path.startswith(prefix))
    return (*resource.secrets, *inner)


def is_hidden(resource: Resource, column: Column) -> bool:
    """Return whether the column has a secret path; it is then never read, because secrecy takes precedence."""
    return hides([step.name for step in main_path(resource, column)], secrets(resource))
