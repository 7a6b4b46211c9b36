"""The noun `workspaces`: list and manage workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import click
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.commands.organization import workspace_lifecycle, workspace_members
from zenpro_nb.commands.organization.workspace_owner import changed_owner, is_owner
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    AVAILABLE,
    DEACTIVATED,
    DELETED,
    CommandContext,
    Description,
    Destroys,
    ListOptions,
    LogoUrl,
    NameType,
    NewWorkspaceName,
    Opt,
    Org,
    Outcome,
    RareOption,
    Reveal,
    SecretTo,
    Timeout,
    Wait,
    WorkspaceName,
    Write,
    delete_of,
    is_created,
    name_validation,
    noun,
    reading,
    secret_out_for,
    undo_update,
    until,
    update_of,
    value_at,
    without_missing,
)
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames import Table

ZENML, KITARU = "zenml", "kitaru"

DisplayName = Annotated[str | None, Opt(help="Set the name shown in the dashboard.")]
_VERSION_HELP = "Run this version of ZenML; `releases` lists them."
Version = Annotated[str | None, Opt(metavar="VERSION", help=_VERSION_HELP)]
NewOwner = Annotated[
    str | None,
    Opt("--owner", type=NameType("users"), help="Hand the workspace over to this user, by email, name, or ID."),
]
FirstVersion = Annotated[str | None, Opt(metavar="VERSION", help=_VERSION_HELP, option=RareOption)]
Product = Annotated[
    str | None,
    Opt(
        "--type",
        type=click.Choice([ZENML, KITARU]),
        help="Choose the product that runs in the workspace. Default: zenml.",
        option=RareOption,
    ),
]
Enroll = Annotated[
    bool,
    Opt(help="Enroll a workspace on your own infrastructure. Creates an enrollment key.", option=RareOption),
]
Force = Annotated[bool, Opt(help="With --version: force the update (passed to the API as `force`).", option=RareOption)]


def _read(ctx: CommandContext, options: ListOptions, org: Org = None) -> Table:
    """Read the workspaces of the organization that was named or is in use, otherwise of all organizations.

    Examples:
        # List all workspaces
        workspaces
        # Show the versions of the workspaces that are running
        workspaces --status available --columns name,version,owner
        # Save the five newest workspaces as CSV
        workspaces --sort -created --limit 5 --save workspaces.csv
    """
    wanted = reading.query_of(ctx, WORKSPACES, options)
    if org or ctx.session.settings.organization:
        organization = query.organization(ctx.session, org)
        wanted = replace(wanted, params={**wanted.params, "organization_id": organization.id})
    return reading.read_query(ctx, wanted, options)


workspaces = noun(WORKSPACES, get=True, read=_read)


@workspaces.write(after=until(AVAILABLE))
def create(
    ctx: CommandContext,
    name: NewWorkspaceName,
    org: Org = None,
    display_name: DisplayName = None,
    description: Description = None,
    logo_url: LogoUrl = None,
    version: FirstVersion = None,
    product: Product = None,
    enroll: Enroll = False,
    to: SecretTo = None,
    reveal: Reveal = False,
    wait: Wait = False,
    timeout: Timeout = limits.LIFECYCLE_TIMEOUT,
) -> Write:
    """Create a workspace.

    The name must be unique across ZenML Pro and consist of lowercase letters, digits, and hyphens.

    Examples:
        # Show the request without sending it
        workspaces create ml-new --description "A first try" --dry-run
        # Create a workspace, and wait until it is available
        workspaces create ml-new --wait
    """
    if not enroll and (to or reveal):
        raise UsageError(
            f"{'--to' if to else '--reveal'} requires --enroll: no enrollment key is created without it",
            hint=f"Add --enroll, or omit {'--to' if to else '--reveal'}.",
        )
    if product == KITARU and version:
        raise UsageError(
            "--version cannot be combined with --type kitaru", hint="Omit --version: the server chooses it."
        )
    secret_out = None
    if enroll:
        secret_out = secret_out_for(
            ctx,
            "enrollment_key",
            f"the enrollment key of {name}",
            to=to,
            reveal=reveal,
            entry=f"enrollment {name}",
            rescue=f"delete the workspace {name} and enroll it again",
        )
    organization = query.organization(ctx.session, org)
    routes = name_validation.workspace_routes(organization.id, name)
    name_validation.require_usable(name_validation.verdict(ctx.session, name, routes))
    body = without_missing(
        name=name,
        organization_id=organization.id,
        display_name=display_name,
        description=description,
        logo_url=logo_url,
        # Omitted for ZenML, the only product of older servers. API facts 11.6 describes the request for Kitaru.
        workspace_type=KITARU if product == KITARU else None,
        zenml_service=_service(version),
    )
    return Write(
        "POST",
        WORKSPACES.path,
        target=f"workspace {name} in {organization.name}",
        name=name,
        # API facts 10.7: the documented full script sends a body together with enroll=true.
        params=without_missing(enroll=True if enroll else None),
        body=body,
        resource=WORKSPACES,
        verify=is_created(ctx.session, WORKSPACES, {}, name, body),
        secret_out=secret_out,
        irreversible="`undo` never deletes a workspace, because it may contain runs by then; to delete it, run "
        f"`workspaces delete {quoted(name)}`",
    )


@workspaces.write(after=until(AVAILABLE))
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
        body |= {"zenml_service": _service(version), "desired_state": AVAILABLE}
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
    same = not force and (not plain or bool(back["noop"])) and (not version or _runs(found.record, version))
    for new_owner in owners:
        back = changed_owner(ctx, write.path, found.record, new_owner, back, plain)
        same = same and is_owner(found.record, new_owner)
    back["noop"] = f"already has this {' and '.join(fields)}" if same else ""
    return replace(
        write.with_confirmation(past_tense=f"changed {', '.join(fields)} of"),
        params={"force": True} if force else {},
        **back,
    )


def _after_rename(ctx: CommandContext, outcome: Outcome, given: dict[str, Any]) -> Outcome:
    """Add a note if a server accepts the request but keeps the old name (API facts 10.10)."""
    name = (outcome.record or {}).get("name")
    if name not in (None, given["name"]):
        return replace(outcome, detail=f"the server accepted the request but kept the name {name}")
    return outcome


@workspaces.write(after=_after_rename)
def rename(ctx: CommandContext, workspace: WorkspaceName, name: NewWorkspaceName) -> Write:
    """Rename a workspace. Its address in the dashboard changes too.

    Older servers reject the request.

    Examples:
        # Give a workspace a new name
        workspaces rename vision-lab vision
    """
    found = query.find(ctx.session, "workspaces", workspace)
    return replace(update_of(ctx, WORKSPACES, found, {"name": name}), target=f"workspace {found.name} as {name}")


@workspaces.write(after=until(AVAILABLE))
def deploy(
    ctx: CommandContext, workspace: WorkspaceName, wait: Wait = False, timeout: Timeout = limits.LIFECYCLE_TIMEOUT
) -> Write:
    """Start the server of a workspace that is deactivated or has failed.

    Examples:
        # Start a server, and wait until it is available
        workspaces deploy nlp-research --wait
    """
    return workspace_lifecycle.transition(ctx, workspace, "deploy", AVAILABLE)


@workspaces.write(
    asks="Deactivate the {target}? No one can use it until it is deployed again.", after=until(DEACTIVATED)
)
def deactivate(
    ctx: CommandContext, workspace: WorkspaceName, wait: Wait = False, timeout: Timeout = limits.LIFECYCLE_TIMEOUT
) -> Write:
    """Stop the server of a workspace. Its data is kept.

    Examples:
        # Stop a server, and wait until it has stopped
        workspaces deactivate forecasting --wait
    """
    return workspace_lifecycle.transition(ctx, workspace, "deactivate", DEACTIVATED)


@workspaces.write(asks=Destroys("Delete the {target}, with all its projects, runs, and models?"), after=until(DELETED))
def delete(
    ctx: CommandContext, workspace: WorkspaceName, wait: Wait = False, timeout: Timeout = limits.LIFECYCLE_TIMEOUT
) -> Write:
    """Delete a workspace and everything in it.

    Examples:
        # Delete a workspace with everything in it
        workspaces delete churn-2023
    """
    found = query.find(ctx.session, "workspaces", workspace)
    gone = delete_of(ctx, WORKSPACES, found, irreversible="its content is permanently deleted")
    is_deleted = found.record.get("status") == DELETED
    # The server can still list the deleted workspace, so its row is shown.
    return replace(gone, resource=WORKSPACES, noop="already deleted" if is_deleted else "")


workspaces.listing(workspace_members.WORKSPACE_MEMBERS)(workspace_members.members)


@workspaces.verb
def validate(ctx: CommandContext, name: NewWorkspaceName, org: Org = None) -> pd.DataFrame:
    """Check whether a name is available for a workspace.

    Examples:
        # Check one name
        workspaces validate ml-next
    """
    routes = name_validation.workspace_routes(query.organization(ctx.session, org).id, name)
    return name_validation.frame_of(ctx, [name_validation.verdict(ctx.session, name, routes)], routes)


workspaces.verb(workspace_lifecycle.wait)


def _service(version: str | None) -> dict[str, Any] | None:
    return {"configuration": {"version": version}} if version else None


def _runs(record: Mapping[str, Any], version: str) -> bool:
    """Return whether a workspace is available with this version of ZenML."""
    (column,) = (column for column in WORKSPACES.columns if column.name == "version")
    versions = [value_at(record, ".".join(place)) for place in column.paths]
    states = {record.get("status"), record.get("desired_state")}
    return next((value for value in versions if value), None) == version and states == {AVAILABLE}
