"""The changes of the files with deadlines that belong to assignments, revocations and their undo."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.access import desired
from zenpro_nb.commands.organization.deadlines.deadline_file import DeadlineFile, file_called
from zenpro_nb.commands.organization.deadlines.known_entries import KnownEntry, key_of, known_entries
from zenpro_nb.errors import IncompleteError, UsageError, ZenProError
from zenpro_nb.framework.declare import CommandContext, Principal, Scope, Write, mark_no_ops
from zenpro_nb.syntax.timespec import DEADLINES, parse_deadline, written_instant
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.access.desired.editing import EntryPlace
    from zenpro_nb.query import Found

_MARKS = {"teams": "team:", "service-accounts": "bot:"}


def temporary(
    ctx: CommandContext,
    writes: Sequence[Write],
    entries: Sequence[tuple[Scope, Principal]],
    organization: Found,
    *,
    until: str | None,
    file: str | None,
) -> list[Write]:
    """Return the assignments with the changes of the file that contains their deadlines.

    Without a deadline, the roles become permanent: in the named file, else in the files that this machine knows.

    Raises:
        UsageError: a role is held permanently, the deadline has passed, or the file is for another organization.
    """
    if until is None:
        files = (
            [file_called(file, organization, ctx.session.settings.url)]
            if file is not None
            else list(_known_files(ctx, organization))
        )
        places = [_place(*entry) for entry in entries]
        if not any(isinstance(file.state_of(place)[0], datetime) for file in files for place in places):
            return list(writes)
        return [_permanent(write, place, files) for write, place in zip(mark_no_ops(ctx, writes), places, strict=True)]
    if file is None:
        raise IncompleteError(
            "`--file` is required: the API does not support deadlines, so a file stores the deadline",
            hint="Add --file expiring.yaml, in the folder from which a job runs `apply expiring.yaml`.",
        )
    deadline = _deadline(until, ctx)
    file_entry = file_called(file, organization, ctx.session.settings.url)
    return [
        _until(write, _place(*entry), file_entry, deadline)
        for write, entry in zip(mark_no_ops(ctx, writes), entries, strict=True)
    ]


def revoke_deadlines(
    ctx: CommandContext, writes: Sequence[Write], entries: Sequence[tuple[Scope, Principal]], organization: Found
) -> list[Write]:
    """Return the revocations with the changes of the known files: an entry would assign the role again."""
    files = list(_known_files(ctx, organization))
    result = []
    for write, entry in zip(writes, entries, strict=True):
        place = _place(*entry)
        for file in files:
            if isinstance(file.state_of(place)[0], datetime):
                file.want(write, place, None)
                write = replace(write, companions=(*write.companions, file))
        result.append(write)
    return result


def undo_deadlines(ctx: CommandContext, steps: Sequence[Write], org: str | None = None) -> list[Write]:
    """Return the steps of an undo with the changes of the known files: an undone deadline leaves its file."""
    keys = {key_of(write) for write in steps if write.path.endswith("/assignments")}
    every = known_entries(ctx.session.settings.url)
    entries_by_file = {file: [entry for entry in entries if entry.key in keys] for file, entries in every.items()}
    if not any(entries_by_file.values()):
        return list(steps)
    files = list(_known_files(ctx, query.organization(ctx.session, org)))
    return [_with_entry_undo(write, files, entries_by_file) for write in steps]


def _with_entry_undo(
    write: Write, files: Sequence[DeadlineFile], entries_by_file: Mapping[str, Sequence[KnownEntry]]
) -> Write:
    for file in files:
        for entry in entries_by_file[os.path.abspath(file.path)]:
            if write.hold_text or entry.key != key_of(write):
                continue
            before = file.state_of(entry.place)[0]
            if write.method == "DELETE" and isinstance(before, datetime):
                file.want(write, entry.place, None)
            elif write.method == "POST" and before is None:
                file.want(write, entry.place, parse_deadline(entry.until))
            else:
                continue
            write = replace(write, companions=(*write.companions, file))
    return write


def _until(write: Write, place: EntryPlace, file: DeadlineFile, deadline: datetime) -> Write:
    before, where = file.state_of(place)
    if before is not None and not isinstance(before, datetime):
        raise UsageError(
            f"{where} contains {write.target} without a deadline",
            hint="Add a deadline to the entry in the file, or remove the entry.",
        )
    if write.noop and before is None:
        raise UsageError(
            f"{write.target}: the role is already assigned permanently, and {file.name} would revoke it later",
            hint="To make it temporary, revoke it with `roles revoke` first.",
        )
    file.want(write, place, deadline)
    words = f"ends when `apply {quoted(file.name)}` runs after {written_instant(deadline)}"
    noop = f"{write.noop}; it {words}" if write.noop else ""
    return replace(write, noop=noop, keeps_note=words, companions=(file,))


def _permanent(write: Write, place: EntryPlace, files: Sequence[DeadlineFile]) -> Write:
    for file in files:
        if isinstance(file.state_of(place)[0], datetime):
            file.want(write, place, "permanent")
            words = f"its deadline in {file.name} is removed"
            noop = f"{write.noop}; {words}" if write.noop else ""
            write = replace(write, noop=noop, keeps_note=words, companions=(*write.companions, file))
    return write


def _place(scope: Scope, principal: Principal) -> EntryPlace:
    workspace, project = scope.params.get("workspace_id"), scope.params.get("project_id")
    return desired.editing.EntryPlace(
        desired.editing.Name(f"{_MARKS.get(principal.noun, '')}{principal.name}", principal.id),
        desired.editing.Name(scope.role, scope.role_id),
        desired.editing.Name(scope.workspace, workspace) if workspace else None,
        desired.editing.Name(project, project) if project else None,
    )


def _deadline(text: str, ctx: CommandContext) -> datetime:
    now = query.now(ctx.session)
    try:
        deadline = parse_deadline(text, now)
    except ValueError:
        raise UsageError(f"--until {text!r} is not a deadline", hint=f"Write {DEADLINES}.") from None
    if deadline <= now:
        raise UsageError(f"--until {text!r} is in the past: {written_instant(deadline)}", hint=f"Write {DEADLINES}.")
    return deadline


def _known_files(ctx: CommandContext, organization: Found) -> Iterator[DeadlineFile]:
    """Yield the files with deadlines of this organization that commands on this machine have written."""
    for path in map(Path, known_entries(ctx.session.settings.url)):
        if not path.exists():
            continue
        try:
            name = os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
            yield DeadlineFile(path, name, organization, ctx.session.settings.url)
        except ZenProError as error:
            if "is for the organization" not in error.message:
                ctx.ui.warn(f"a file with deadlines was skipped: {error.message}")
