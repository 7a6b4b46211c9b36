"""What a frame says about where it comes from: in its attrs, and row by row in a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from zenpro_nb.resources.model import DataType, Display, Resource
from zenpro_nb.security.masking import mask

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames.rows import Table

T = TypeVar("T", bound="Table")
NAME = "zenpro"
_DECLARED = ("noun", "styles")


def declare(df: T, resource: Resource) -> T:
    """Return the frame, which says in `df.attrs["zenpro"]` what its rows are, and how its columns are shown.

    What the dtype of a column says by itself is left out; a name that nobody declared is shown by its dtype.
    """
    styles = {
        column.name: DataType.ID.value if column.kind is DataType.ID else column.display.value
        for column in resource.columns
        if column.name in df.columns and (column.kind is DataType.ID or column.display is not Display.PLAIN)
    }
    df.attrs[NAME] = {"noun": resource.noun, "styles": styles}
    return df


def facts(df: Table) -> dict[str, Any]:
    """Return what a frame says about itself; nothing where it says nothing."""
    said = df.attrs.get(NAME)
    return said if isinstance(said, dict) else {}


def describe(
    df: Table,
    *,
    server: str,
    route: str,
    time: datetime | str,
    filters: Mapping[str, Any] | None = None,
    rows: int | None = None,
    complete: bool = True,
    changed: bool = False,
    sandbox: bool = False,
    lenient: int = 0,
    unknown: Mapping[str, int] | None = None,
    **more: Any,
) -> None:
    """Write into `df.attrs["zenpro"]` where the frame comes from, in plain values that a parquet file keeps.

    Args:
        df: the frame; its attrs are changed, its data is not.
        server: address of the server.
        route: the route that was read.
        time: when it was read; written in UTC.
        filters: the query parameters, secrets are masked.
        rows: how many rows were read; those of the frame when left out.
        complete: False when the list was cut by a limit or an interruption.
        changed: True when the list changed while it was read.
        sandbox: True when the server is an embedded sandbox, not ZenML Pro.
        lenient: how many pages did not fit the declared types.
        unknown: how often each undeclared field was seen.
        **more: further facts, kept under their names.
    """
    known = {name: value for name, value in df.attrs.get(NAME, {}).items() if name in _DECLARED}
    moment = time.astimezone(UTC).isoformat(timespec="seconds") if isinstance(time, datetime) else time
    shown = _plain(mask({"filters": dict(filters or {}), **more}))
    df.attrs[NAME] = {
        **known,
        "server": server,
        "route": route,
        "filters": shown.pop("filters"),
        "time": moment,
        "rows": len(df) if rows is None else rows,
        "complete": complete,
        "changed": changed,
        "sandbox": sandbox,
        "lenient": lenient,
        "unknown": dict(unknown or {}),
        **shown,
    }


def _plain(value: Any) -> Any:
    """Return the value in JSON's own types; everything else as text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def label_rows(
    frame: pd.DataFrame, column: str, names: Sequence[str | None], sizes: Sequence[int], *, insert_at: int | None = None
) -> None:
    """Write the names, each as often as its size says, into a column of a frame as categories.

    Args:
        frame: its rows are those of the names, one after the other.
        insert_at: the position at which the column is made, should the frame have none; None: it is not made.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"workspace": [None] * 3})
    >>> label_rows(frame, "workspace", ["dev", "prod"], [1, 2])
    >>> list(frame["workspace"])
    ['dev', 'prod', 'prod']
    """
    import numpy as np  # a list that is printed may do without
    import pandas as pd

    from zenpro_nb.frames.kinds import TEXT

    words = sorted({name for name in names if name is not None})
    codes = [-1 if name is None else words.index(name) for name in names]
    values = pd.Categorical.from_codes(
        np.repeat(np.array(codes, dtype=np.int32), sizes), categories=pd.Index(words, dtype=TEXT)
    )
    if column in frame.columns:
        frame[column] = values
    elif insert_at is not None:
        frame.insert(insert_at, column, pd.Series(values, index=frame.index))
