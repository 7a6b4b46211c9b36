"""Selecting columns, and sorting rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.frames import coerce
from zenpro_nb.resources.model import Column, Resource
from zenpro_nb.syntax.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames.rows import Rows

_PRINCIPALS = ("user", "member", "person", "people", "account", "email", "team", "service_account", "bot")


def split_columns(spec: str | None) -> list[str]:
    """Return the names in `"a,b"`, in the given order.

    >>> split_columns("name, -created"), split_columns(None)
    (['name', '-created'], [])
    """
    return [part.strip() for part in (spec or "").split(",") if part.strip()]


def choose_columns(source: pd.DataFrame | Rows | Resource, spec: str | Sequence[str]) -> list[str]:
    """Return the names in `"a,b"`, checked against a frame or a resource, in the given order, each once.

    Raises:
        UnknownNameError: a column does not exist.
        UsageError: the text contains no name.

    Example:
        >>> import pandas as pd
        >>> choose_columns(pd.DataFrame({"id": [], "name": []}), "name, id")
        ['name', 'id']
    """
    names = split_columns(spec) if isinstance(spec, str) else [name.strip() for name in spec]
    unique_names = list(dict.fromkeys(filter(None, names)))
    if not unique_names:
        raise UsageError("No columns were named", hint="Separate them with commas: --columns id,name.")
    if isinstance(source, Resource):
        return check_columns(source, unique_names)
    require(unique_names, [str(name) for name in source.columns], "The table")
    return unique_names


def check_columns(resource: Resource, names: Sequence[str]) -> list[str]:
    """Return the names, each once, after checking that all are columns of the resource.

    The further columns of a schemaless resource are unknown until its response arrives, so any name passes here, and
    `assemble` checks it.

    Raises:
        UnknownNameError: the resource has no such column; the message lists its columns, or suggests the closest one.
    """
    unique_names = list(dict.fromkeys(names))
    if not resource.schemaless:
        require(unique_names, [column.name for column in resource.columns], f"`{resource.noun}`", resource.absent)
    return unique_names


def select(resource: Resource, names: Sequence[str] | None = None) -> tuple[Column, ...]:
    """Return the declared columns with these names, in this order; without names, all of them in declared order.

    Raises:
        UnknownNameError: as `check_columns`.
    """
    if names is None:
        return resource.columns
    columns_by_name = {column.name: column for column in resource.columns}
    # The name of a column that only the response of a schemaless resource will reveal is unknown until then.
    return tuple(columns_by_name[name] for name in check_columns(resource, names) if name in columns_by_name)


def sort(df: pd.DataFrame, spec: str) -> pd.DataFrame:
    """Return the rows sorted by `"[-]column,…"`; `-` means descending.

    Equal rows keep their order, and missing values come last.

    Categories are sorted by their text, lists and nested objects by their JSON text. The index is renumbered.

    Raises:
        UnknownNameError: a column does not exist.
        UsageError: the text contains no name.

    Example:
        >>> import pandas as pd
        >>> sort(pd.DataFrame({"n": [1, 3, 2]}), "-n")["n"].tolist()
        [3, 2, 1]
    """
    parts = split_columns(spec)
    column_names = {str(name) for name in df.columns}
    downwards = {part for part in parts if part.startswith("-") and part not in column_names}
    names = choose_columns(df, [part.removeprefix("-") if part in downwards else part for part in parts])
    ascending = [f"-{name}" not in downwards for name in names]
    ordered = df.sort_values(
        names, ascending=ascending, na_position="last", kind="stable", ignore_index=True, key=_sortable
    )
    ordered.attrs = dict(df.attrs)
    return ordered


def _sortable(series: pd.Series) -> pd.Series:
    import pandas as pd  # not needed for unsorted rows

    if isinstance(series.dtype, pd.CategoricalDtype):
        return series.astype(object)
    if series.dtype == object and not all(isinstance(value, int | float) for value in series.dropna()):
        return series.map(lambda value: value if isinstance(value, str) else coerce.encode(value), na_action="ignore")
    return series


def _meant(name: str, column_names: Sequence[str]) -> str:
    """Return the column that shows what a name stands for, under another name; "" if there is none.

    >>> _meant("owner_email", ["owner", "owner_id"]), _meant("user_email", ["principal", "user_id"])
    ('owner', 'principal')
    """
    object_name = re.sub(r"_(email|name|address)$", "", name)
    if object_name != name and object_name in column_names:
        return object_name
    return "principal" if object_name in _PRINCIPALS and "principal" in column_names else ""


def require(
    names: Sequence[str], column_names: Sequence[str], where: str, absent: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Raise `UnknownNameError` for the first unknown name.

    Args:
        absent: the hints for names that users look for in vain.
    """
    for name in names:
        if name not in column_names:
            columns = f"Columns: {', '.join(column_names)}." if column_names else "It has no columns."
            meant = _meant(name, column_names)
            suggestion = f"Did you mean {meant!r}?" if meant else did_you_mean(name, column_names)
            hint = absent.get(name) or f"{suggestion} {columns}".strip()
            raise UnknownNameError(f"{where} has no column {name!r}", hint=hint)
