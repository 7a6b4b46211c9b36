"""Metadata about the origin of a frame: in its attrs, and per row in a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from zenpro_nb import limits
from zenpro_nb.resources.model import DataType, Display, Resource
from zenpro_nb.security.masking import mask
from zenpro_nb.syntax.counts import counted, name_list

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames.rows import Table

T = TypeVar("T", bound="Table")
NAME = "zenpro"
ALL_MATCHING = "all_matching"  # whether the rows are all that match the conditions
MATCHING = "matching"  # how many rows there are in all, if `--limit` cut a list that was read completely
ANSWER = "answer"  # the name of the sentence that answers a command
FOLDED = "folded"  # the columns that are folded away at any width
CONFIRMATION = "confirmation"  # whether the table is shown above a question
UNREAD = "unread"  # the names of the lists that could not be read completely
SERVERLESS = "without a ZenML server"  # the status of a workspace that has nothing to read
PSEUDONYMS = "pseudonyms"  # the badge of a table whose people have pseudonyms
UNSENT = "nothing has been sent yet"
BLOCKED = "blocked"  # whether these are the writes that guards block
ENDED = "ended"  # how the writes of a table of outcomes ended, such as `interrupted`
SEEN = "seen"  # the time of the display, for a table that is stored and changes after the read
_DESCRIPTION_KEYS = ("noun", "styles", "deciding")


def declare(df: T, resource: Resource) -> T:
    """Return the frame, with `df.attrs["zenpro"]` describing what its rows are and how its columns are displayed.

    Information that follows from the dtype of a column is left out; undeclared names are displayed by dtype.
    """
    styles = {
        column.name: DataType.ID.value if column.kind is DataType.ID else column.display.value
        for column in resource.columns
        if column.name in df.columns and (column.kind is DataType.ID or column.display is not Display.PLAIN)
    }
    deciding = [name for name in resource.deciding_columns if name in df.columns]
    df.attrs[NAME] = {"noun": resource.noun, "styles": styles, "deciding": deciding}
    return df


def facts(df: Table) -> dict[str, Any]:
    """Return the metadata of a frame; empty if it has none."""
    metadata = df.attrs.get(NAME)
    return metadata if isinstance(metadata, dict) else {}


def answer_of(df: Table) -> str:
    """Return the sentence that answers the command; "" if the rows answer it."""
    return str(facts(df).get(ANSWER) or "")


def is_whole(facts: Mapping[str, Any]) -> bool:
    """Return whether nothing is missing: the list has all rows, or all that match its conditions."""
    return bool(facts.get("complete") or facts.get(ALL_MATCHING)) and not lacking(facts)


def unread_workspaces(facts: Mapping[str, Any]) -> list[str]:
    """Return the workspaces, and projects of workspaces, that were selected but not read.

    They failed, did not respond, or were not running. A workspace without a ZenML server has nothing to read.

    >>> unread_workspaces({"failed": [{"workspace": "edge"}], "skipped": {"lab": "failed", "ops": SERVERLESS}})
    ['edge', 'lab']
    >>> unread_workspaces({"gaps": [{"workspace": "ml-prod", "project": "vision"}, {"workspace": "lab"}]})
    ['ml-prod/vision', 'lab']
    """
    records = [*(facts.get("failed") or ()), *(facts.get("gaps") or ())]
    names = ["/".join(filter(None, (record.get("workspace"), record.get("project")))) for record in records]
    names += [name for name, status in (facts.get("skipped") or {}).items() if status != SERVERLESS]
    return list(dict.fromkeys(names))


def lacking(facts: Mapping[str, Any], *, named: bool = True) -> str:
    """Return in words what could not be read; "" if nothing is known to be missing.

    Args:
        named: whether to add the names.

    >>> lacking({"skipped": {"lab": "failed"}}), lacking({UNREAD: ["roles"]}), lacking({"complete": False})
    ('1 workspace not read: lab', 'not read completely: roles', '')
    """
    places, lists = unread_workspaces(facts), list(facts.get(UNREAD) or ())
    noun = "workspace or project" if any("/" in place for place in places) else "workspace"
    numbers = [(counted(len(places), noun) + " not read", places), ("not read completely", lists)]
    return "; ".join(
        f"{words}: {name_list(names, limits.NAMES_IN_MESSAGE)}" if named or names is lists else words
        for words, names in numbers
        if names
    )


def with_answer(df: T, answer: str) -> T:
    """Return the frame with the sentence that answers its command, where its display and Python code find it."""
    df.attrs = {**df.attrs, NAME: {**facts(df), ANSWER: answer}}
    return df


def with_varied(df: pd.DataFrame, column: str, place: int) -> pd.DataFrame:
    """Return the DataFrame; if the rows have several values in a column, it decides, after this number of others."""
    deciding = [name for name in facts(df).get("deciding", ()) if name != column]
    if column in df.columns and len(set(df[column])) > 1:
        df.attrs[NAME] = {**facts(df), "deciding": [*deciding[:place], column, *deciding[place:]]}
    return df


def with_folded(df: T, columns: Sequence[str]) -> T:
    """Return the frame with the columns that its display folds away at any width."""
    df.attrs[NAME] = {**facts(df), FOLDED: list(columns)}
    return df


def with_chosen(df: T, columns: Sequence[str]) -> T:
    """Return the frame with columns that a user has chosen: the first ones are folded away last."""
    df.attrs[NAME] = {**facts(df), "deciding": list(columns), FOLDED: []}
    return df


def folded_of(df: Table) -> list[str]:
    """Return the columns to fold away at any width; none if a user has selected some of the columns."""
    metadata = facts(df)
    names = metadata.get(FOLDED) or []
    return list(names) if {*names, *metadata.get("deciding", ())} <= {*map(str, df.columns)} else []


def for_confirmation(df: T) -> T:
    """Return the table of changes as the one above a question: nothing has been sent yet, and most rows are shown."""
    df.attrs = {**df.attrs, NAME: {**facts(df), CONFIRMATION: True}}
    return df


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
    scope: str = "",
    **more: Any,
) -> None:
    """Write the origin of the frame into `df.attrs["zenpro"]`, in plain values that a Parquet file preserves.

    Args:
        df: the frame; its attrs are changed, but not its data.
        server: the address of the server.
        route: the route that was read.
        time: the time of the read; written in UTC.
        filters: the query parameters; secrets are masked.
        rows: the number of rows that were read; defaults to the rows of the frame.
        complete: False if a limit or an interruption cut the list. Workspaces and lists that were not read, among
            the further facts, also make it False.
        changed: True if the list changed during the read.
        sandbox: True if the server is an embedded sandbox, not ZenML Pro.
        lenient: the number of pages that did not match the declared types.
        unknown: how often each undeclared field occurred.
        scope: the organizations that a list of several covers, for the line below it.
        **more: further facts, stored under their names.
    """
    description = {name: value for name, value in df.attrs.get(NAME, {}).items() if name in _DESCRIPTION_KEYS}
    moment = time.astimezone(UTC).isoformat(timespec="seconds") if isinstance(time, datetime) else time
    json_facts = _plain(mask({"filters": dict(filters or {}), **more})) if filters or more else {"filters": {}}
    df.attrs[NAME] = {
        **description,
        "server": server,
        "route": route,
        "filters": json_facts.pop("filters"),
        "time": moment,
        "rows": len(df) if rows is None else rows,
        "complete": complete,
        "changed": changed,
        "sandbox": sandbox,
        "lenient": lenient,
        "unknown": dict(unknown or {}),
        **({"scope": scope} if scope else {}),
        **json_facts,
    }
    if lacking(df.attrs[NAME]):
        df.attrs[NAME]["complete"] = False


def _plain(value: Any) -> Any:
    """Return the value in JSON's own types; anything else as text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def label_rows(
    frame: pd.DataFrame, column: str, names: Sequence[str | None], sizes: Sequence[int], *, insert_at: int | None = None
) -> None:
    """Write names into a category column of a frame, each repeated as often as its size says.

    Args:
        frame: its rows are those of the names, in order.
        insert_at: the position at which to create a missing column; None: do not create it.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"workspace": [None] * 3})
    >>> label_rows(frame, "workspace", ["dev", "prod"], [1, 2])
    >>> list(frame["workspace"])
    ['dev', 'prod', 'prod']
    """
    import numpy as np  # not needed for a list that is printed
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
