"""`users offboard --successor`: hand over what the API can give to another user, before it is revoked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from msgspec.structs import replace

from zenpro_nb.commands.organization import role_assignments
from zenpro_nb.commands.organization.workspaces.owner import changed_owner
from zenpro_nb.commands.people import impact
from zenpro_nb.commands.people.memberships import Person, Place, people_named
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import ABSENT, CommandContext, NameType, Opt, Write, update_of
from zenpro_nb.query import Found
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.syntax.unparse import quoted

_HANDING_OVER = (
    "--transfer-to", "--transfer", "--new-owner", "--owner", "--handover-to", "--handover", "--hand-over-to",
    "--hand-over", "--reassign-to", "--reassign",
)  # fmt: skip
Successor = Annotated[
    str | None,
    Opt(
        type=NameType("users"),
        metavar="USER",
        synonyms=_HANDING_OVER,
        help="Before offboarding, hand over to this user the workspaces that the departing users own, and their roles "
        "in workspaces and projects.",
    ),
]
HAND_OVER, STAYS = "hand over", "stays"
# API facts 3, workspaces: only a workspace has an owner that a request can change.
NOT_TRANSFERABLE = "No API can change the owner of schedules, triggers, deployments, connectors, or keys."


def successor_named(
    ctx: CommandContext, text: str | None, places: Sequence[Place], leaving: Sequence[Person]
) -> Person | None:
    """Return the user who takes over; None if nobody was named.

    Raises:
        UsageError: this user cannot take over.
    """
    if text is None:
        return None
    (person,) = people_named(ctx, [text], places, lambda email: False)
    if not person.id:
        raise UsageError(f"--successor {person.email}: there is no such account", hint="Name a user from `members`.")
    if any(person.id == other.id for other in leaving):
        raise UsageError(f"--successor {person.email}: this user is leaving too", hint="Name another user.")
    if person.active is False:
        line = f"users activate {quoted(person.email)}"
        raise UsageError(
            f"--successor {person.email}: the account is deactivated", hint=f"Activate it first: `{line}`."
        )
    if not any(where.is_member(person) for where in places):
        line = f"users onboard {quoted(person.email)}"
        names = ", ".join(where.organization.name for where in places)
        raise UsageError(f"--successor {person.email}: not a member of {names}", hint=f"Run `{line}` first.")
    return person


def handed_over(
    ctx: CommandContext,
    successor: Person,
    person: Person,
    places: Sequence[Place],
    work: Sequence[impact.Work],
) -> Iterator[Write]:
    """Yield the writes that give the workspaces and the missing roles of a leaving user to the successor.

    An organization in which the successor is not a member is left out.
    """
    if not person.id:
        return
    here = [(where, found) for where, found in zip(places, work, strict=True) if where.is_member(successor)]
    for _, found in here:
        for workspace in found.workspaces.known:
            if workspace.owner_id == person.id:
                yield _new_owner(ctx, workspace, successor, person)
    for where, _ in here:
        held = [(scope.role_id, dict(scope.params)) for scope in where.scopes_of(successor.principal)]
        for scope in where.scopes_of(person.principal):
            if (scope.role_id, dict(scope.params)) not in held:
                write = role_assignments.assignment(ctx, scope, successor.principal).with_position(action="assign")
                # The name of the leaving user: their role is revoked only after this write.
                yield replace(write, name=person.email, before=ABSENT)


def _new_owner(ctx: CommandContext, workspace: impact.KnownWorkspace, successor: Person, person: Person) -> Write:
    target = workspace.target
    record = {"id": target.id, "name": target.name, "owner": {"id": workspace.owner_id}}
    write = update_of(ctx, WORKSPACES, Found(target.id, target.name, record), {"owner_id": successor.id})
    undo: dict[str, Any] = {"before": None, "inverse": (), "irreversible": "", "noop": ""}
    undo = changed_owner(ctx, write.path, record, successor.found, undo, {})
    undo["inverse"] = tuple(replace(inverse, target=f"{write.target} to {person.email}") for inverse in undo["inverse"])
    write = write.with_confirmation(past_tense="handed over").with_position(action=HAND_OVER)
    return replace(write, target=f"{write.target} to {successor.email}", name=person.email, **undo)
