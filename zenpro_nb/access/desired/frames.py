"""Convert an edited DataFrame, or one with decisions, to desired rows, matching objects by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import frames
from zenpro_nb.access.model.columns import DIRECT, VIA
from zenpro_nb.access.plans.bindings import ROLE_KINDS
from zenpro_nb.access.plans.lookup import ID_MARK
from zenpro_nb.access.plans.model import DesiredRow
from zenpro_nb.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    Record = Mapping[str, Any]

DECISION = "decision"
KEEP, REVOKE = "keep", "revoke"
_UNDECIDED = ("", "don't-know", "don't know", "undecided")
_ID_COLUMNS = ("user_id", "team_id", "invitation_id")
# Columns with names, which are displayed next to the ids.
_NAMES = ("principal", "email", "invited_email", "username", "role", "roles", "team", "workspace", "kind", "level")
_READING = ("server", "route", "filters", "time", "rows", "capture")


class _Shape(Struct, frozen=True):
    """The meaning of a frame's rows: team members, role assignments, or members of the organization."""

    what: str  # "roles", "team" or "members"
    team: str = ""  # for "team": the id of the team of all rows, if no column contains it

    @property
    def key(self) -> tuple[str, ...]:
        more = {"roles": ("role_id", "workspace_id", "project_id"), "team": ("of_team",), "members": ()}
        return (*_ID_COLUMNS, *more[self.what])


def rows_of_frame(edited: pd.DataFrame, original: pd.DataFrame | None = None) -> list[DesiredRow]:
    """Return the changes in an edited frame as desired rows.

    Args:
        edited: a frame of `access`, `assignments`, `teams members` or `members`; either with a column `decision` (keep,
            revoke or empty), or with rows deleted and added.
        original: the frame before it was edited; without it, missing rows are ignored.

    Raises:
        UsageError: the ids are missing; a name was edited beside its id; rows are missing of a frame that was read
            otherwise, filtered, or not whole; or what should go is not theirs alone.
    """
    shape = _shape(edited)
    if DECISION in edited.columns:
        return list(_decided_rows(edited, shape))
    if original is None:
        raise UsageError(
            "--from is required: without the original DataFrame, deleted rows cannot be detected",
            hint="Add --from $original, or a column `decision` with keep and revoke.",
        )
    if _shape(original).what != shape.what:
        raise UsageError(
            "The edited and the original DataFrame are from different lists",
            hint="Pass the original of the edited DataFrame: `--from $original`.",
        )
    return list(_differing(edited, original, shape))


def _shape(frame: pd.DataFrame) -> _Shape:
    columns = set(frame.columns)
    if "role_id" in columns and columns & set(_ID_COLUMNS):
        return _Shape("roles")
    if "role_ids" in columns and "user_id" in columns:
        return _Shape("members")
    if columns & {"user_id", "invitation_id"}:
        if "team_id" in columns:
            return _Shape("team")
        parts = str(frames.facts(frame).get("route", "")).split("/")
        if len(parts) >= 4 and parts[1] == "teams" and parts[3] == "members":
            return _Shape("team", parts[2])
    raise UsageError(
        "This DataFrame lacks the id columns that identify principals and roles",
        hint="Use a DataFrame of `access`, `assignments`, `members`, or `teams members` with all of its columns.",
    )


def _decided_rows(frame: pd.DataFrame, shape: _Shape) -> Iterator[DesiredRow]:
    for at, row in enumerate(_records(frame, shape), start=1):
        word = str(row.get(DECISION) or "").strip().casefold()
        if word == REVOKE:
            yield from _desired_rows(row, shape, at, present=False)
        elif word not in (KEEP, *_UNDECIDED):
            raise UsageError(
                f"Row {at}: {row[DECISION]!r} is not a decision",
                hint=f"Write {KEEP} or {REVOKE}, or leave the cell empty.",
            )


def _differing(edited: pd.DataFrame, original: pd.DataFrame, shape: _Shape) -> Iterator[DesiredRow]:
    before = {_key(row, shape): row for row in _records(original, shape)}
    after: dict[tuple[Any, ...], Record] = {}
    for at, row in enumerate(_records(edited, shape), start=1):
        key = _key(row, shape)
        if key in before:
            _require_unchanged(row, before[key], at)
        else:
            yield from _desired_rows(row, shape, at, present=True)
        after[key] = row
    removals = [row for key, row in before.items() if key not in after]
    if removals:
        _whole(edited, original)
    for row in removals:
        yield from _desired_rows(row, shape, 0, present=False)


def _whole(edited: pd.DataFrame, original: pd.DataFrame) -> None:
    """Refuse to treat missing rows as deleted if they may not have been read.

    Raises:
        UsageError: rows may not have been read.
    """
    mine, theirs = frames.facts(edited), frames.facts(original)
    same = all(mine.get(name) == theirs.get(name) for name in _READING)
    for facts, what in ((mine, "The edited DataFrame"), (theirs, "The original")):
        if facts and not facts.get("complete", True):
            raise UsageError(
                f"{what} was not read completely, so missing rows cannot be treated as removals",
                hint="Read the list again without --limit and --where, and edit the result.",
            )
    if mine and not same and mine.get("filters"):
        raise UsageError(
            "The edited DataFrame was filtered but the original was not, so missing rows cannot be treated as removals",
            hint="Edit a copy of the original, and pass both: `plan $edited --from $original`.",
        )


def _records(frame: pd.DataFrame, shape: _Shape) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frames.convert(frame, "records")
    if shape.what == "team":
        for row in rows:
            row["of_team"] = shape.team or row.pop("team_id", None)
    if "via" in frame.columns:
        for row in rows:
            # A direct role has no team. For other paths, `team_id` is the team that the role comes through.
            if row["via"] == VIA[DIRECT]:
                row.pop("team_id", None)
    return rows


def _key(row: Record, shape: _Shape) -> tuple[Any, ...]:
    more = [row.get("via"), row.get("path")] if row.get("via") not in (None, VIA[DIRECT]) else []
    return (*(row.get(name) or None for name in shape.key), *more)


def _require_unchanged(row: Record, before: Record, at: int) -> None:
    for name, value in before.items():
        if name not in row or _same(row[name]) == _same(value):
            continue
        if name in _NAMES:
            raise UsageError(
                f"Row {at}: {name} was edited from {value!r} to {row[name]!r}, but its ids were not",
                hint="Delete the row and add a new one, without ids or with the new ids.",
            )
        raise UsageError(
            f"Row {at}: {name} was edited from {value!r} to {row[name]!r}, but a plan cannot change this column",
            hint="Add or delete rows. For other changes, use the commands of the object, such as `users update`.",
        )


def _same(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else None if value == "" else value


def _desired_rows(row: Record, shape: _Shape, at: int, *, present: bool) -> Iterator[DesiredRow]:
    """Yield the desired rows of a frame's row."""
    via = row.get("via")
    if via not in (None, VIA[DIRECT]) and not (present and not any(row.get(name) for name in _ID_COLUMNS)):
        raise UsageError(
            f"{_principal_text(row)} has {row.get('role')} via {via} ({row.get('path') or 'not directly'}), "
            f"so a row cannot {'assign' if present else 'revoke'} it",
            hint="Change the team membership or the role that grants it.",
        )
    source = f"row {at}" if at else f"row deleted: {_principal_text(row)}"
    common: dict[str, Any] = {"present": present, "source": source, "why": str(row.get("justification") or "")}
    if shape.what == "team":
        team = row.get("of_team") or row.get("team")
        if not team:
            raise UsageError(f"Row {at}: the team is missing", hint="Fill in team_id or team.")
        yield DesiredRow("team-member", _principal_text(row, exact=True), team=str(team), **common)
    elif shape.what == "members":
        for role in row.get("role_ids") or row.get("roles") or ():
            yield DesiredRow("organization-role", _principal_text(row, exact=True), role=str(role), **common)
    else:
        role = row.get("role_id") or row.get("role")
        if not role:
            raise UsageError(f"Row {at}: the role is missing", hint="Fill in role_id or role.")
        workspace, project = row.get("workspace_id") or row.get("workspace"), row.get("project_id")
        kind = ROLE_KINDS[2 if project else 1 if workspace else 0]
        yield DesiredRow(
            kind,
            _principal_text(row, exact=True),
            role=str(role),
            workspace=str(workspace or ""),
            project_id=str(project or ""),
            **common,
        )


def _principal_text(row: Record, *, exact: bool = False) -> str:
    """Return the principal of a row: by name for messages, by id (if any) when `exact`."""
    keys = [str(row[name]) for name in _ID_COLUMNS if row.get(name)]
    names = [str(row[name]) for name in ("principal", "email", "invited_email", "username") if row.get(name)]
    if not keys and not names:
        raise UsageError(
            "A row has no principal",
            hint="Fill in `user_id`, `team_id`, or `invitation_id`, or `principal` or `email`.",
        )
    if exact and keys:
        return f"{ID_MARK}{keys[0]}"
    if exact and row.get("kind") in ("team", "service account", "service-account"):
        mark = "team:" if row["kind"] == "team" else "bot:"
        return names[0] if names[0].startswith(mark) else mark + names[0]
    return names[0] if names else keys[0]
