"""`workspaces update` and `workspaces rename`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.commands.organization.workspaces.creation import DisplayName
from zenpro_nb.commands.organization.workspaces.owner import changed_owner, is_owner
from zenpro_nb.commands.organization.workspaces.version import Version, is_running, requested_service
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    AVAILABLE,
    CommandContext,
    Description,
    LogoUrl,
    NameType,
    NewWorkspaceName,
    Opt,
    Outcome,
    RareOption,
    Timeout,
    Wait,
    WorkspaceName,
    Write,
    undo_update,
    update_of,
    without_missing,
)
from zenpro_nb.resources.control_plane import WORKSPACES

NewOwner = Annotated[
    str | None,
    Opt("--owner", type=NameType("users"), help="Hand the workspace over to this user, by email, name, or ID."),
]
Force = Annotated[bool, Opt(help="With --version: force the update (passed to the API as `force`).", option=RareOption)]


def update(
    ctx: CommandContext,
    workspace: WorkspaceName,
    display_name: DisplayName = None,
    description: Description = None,
    logo_url: LogoUrl = None,
    version: Version = None,
    force: Force = False,
    wait: Wait = False,
    timeout: Timeout = limits.LIFECYCLE_TIMEOUT,
    owner: NewOwner = None,
) -> Write:
    """Update a workspace, or roll out a version. Fields that you do not specify stay unchanged.

    Examples:
        # Change the description
        workspaces update ml-dev --description "Shared playground, tidied up"
        # Roll out a version, and wait until it runs
        workspaces update ml-dev --version 0.98.0 --wait
        # Hand a workspace over to a colleague
        workspaces update ml-dev --owner ada@example.com --dry-run
    """
    if (force or wait) and not version:
        option = "--force" if force else "--wait"
        raise UsageError(f"{option} requires --version", hint=f"Add --version VERSION, or omit {option}.")
    body = without_missing(display_name=display_name, description=description, logo_url=logo_url)
    if version:
        # API facts 8.5: version and desired state are sent together.
        body |= {"zenml_service": requested_service(version), "desired_state": AVAILABLE}
    nouns = {"workspaces": workspace, **({"users": owner} if owner else {})}
    found, *owners = query.gather_all(ctx.session, [partial(query.find, ctx.session, *pair) for pair in nouns.items()])
    if owners:
        body["owner_id"] = owners[0].id
    # Messages say "version" for what the request calls service and desired state.
    fields = [
        *("owner" if name == "owner_id" else name for name in body if name not in ("zenml_service", "desired_state")),
        *(["version"] if version else []),
    ]
    write = update_of(ctx, WORKSPACES, found, body)
    plain = {name: value for name, value in body.items() if name in fields}
    older = "a server cannot be downgraded to an older version" if version else ""
    back: dict[str, Any] = {"before": None, "inverse": (), "irreversible": "", "noop": ""}
    if plain or version:
        back |= undo_update(ctx, write.path, found.record, plain, older)
    same = not force and (not plain or bool(back["noop"])) and (not version or is_running(found.record, version))
    for new_owner in owners:
        back = changed_owner(ctx, write.path, found.record, new_owner, back, plain)
        same = same and is_owner(found.record, new_owner)
    back["noop"] = f"already has this {' and '.join(fields)}" if same else ""
    return replace(
        write.with_confirmation(past_tense=f"changed {', '.join(fields)} of"),
        params={"force": True} if force else {},
        **back,
    )


def after_rename(ctx: CommandContext, outcome: Outcome, arguments: dict[str, Any]) -> Outcome:
    """Add a note if a server accepts the request but keeps the old name (API facts 10.10)."""
    name = (outcome.record or {}).get("name")
    if name not in (None, arguments["name"]):
        return replace(outcome, detail=f"the server accepted the request but kept the name {name}")
    return outcome


def rename(ctx: CommandContext, workspace: WorkspaceName, name: NewWorkspaceName) -> Write:
    """Rename a workspace. Its address in the dashboard changes too.

    Older servers reject the request.

    Examples:
        # Give a workspace a new name
        workspaces rename vision-lab vision
    """
    found = query.find(ctx.session, "workspaces", workspace)
    return replace(update_of(ctx, WORKSPACES, found, {"name": name}), target=f"workspace {found.name} as {name}")
