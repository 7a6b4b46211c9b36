"""The noun `workspaces`: list and manage workspaces and their members."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import click
from msgspec.structs import replace

from zenpro_nb import frames, limits, query
from zenpro_nb.commands.organization.members import principal_kind, with_role_names
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
    Observation,
    Opt,
    Org,
    Outcome,
    ProjectType,
    RareOption,
    Reveal,
    SecretTo,
    Timeout,
    Undo,
    Wait,
    WorkspaceName,
    Write,
    delete_of,
    is_changed,
    is_created,
    name_validation,
    noun,
    reading,
    secret_out_for,
    undo_update,
    until,
    update_of,
    value_at,
    waiting,
    without_missing,
)
from zenpro_nb.resources.control_plane import MEMBERS, ROLES, WORKSPACES

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames import Table

ZENML, KITARU = "zenml", "kitaru"

# Observed under /tenants (API facts 3.17); the shape is that of all members (API facts 4.7).
WORKSPACE_MEMBERS = replace(
    MEMBERS,
    noun="workspace-members",
    path="/workspaces/{workspace_id}/members",
    filters=(),
    help="List the members of a workspace, or with --project of a project.",
    # API facts 3.17 and 4.7.
)
PROJECT_MEMBERS = replace(
    WORKSPACE_MEMBERS, noun="project-members", path="/workspaces/{workspace_id}/projects/{project_id}/members"
)

DisplayName = Annotated[str | None, Opt(help="Set the name shown in the dashboard.")]
_VERSION_HELP = "Run this version of ZenML; `releases` lists them."
Version = Annotated[str | None, Opt(metavar="VERSION", help=_VERSION_HELP)]
NewOwner = Annotated[
    str | None,
    Opt("--owner", type=NameType("users"), help="Hand the workspace over to this user, by email, name or ID."),
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
Project = Annotated[
    str | None, Opt(type=ProjectType(), help="Show the members of this project in the workspace, by ID.")
]
HeldRole = Annotated[
    str | None, Opt("--role", type=NameType("roles"), help="Show only members with this role, by name or ID.")
]
Until = Annotated[
    str,
    Opt(
        type=click.Choice([AVAILABLE, DEACTIVATED, DELETED]),
        help="Wait for this state. Default: available.",
    ),
]


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

    The name must be unique across ZenML Pro and consist of lowercase letters, digits and hyphens.

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
        irreversible="its content cannot be checked before deletion; run `workspaces delete`",
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
    return _transition(ctx, workspace, "deploy", AVAILABLE)


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
    return _transition(ctx, workspace, "deactivate", DEACTIVATED)


@workspaces.write(asks=Destroys("Delete the {target}, with all its projects, runs and models?"), after=until(DELETED))
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


@workspaces.listing(WORKSPACE_MEMBERS)
def members(
    ctx: CommandContext, options: ListOptions, workspace: WorkspaceName, project: Project = None, role: HeldRole = None
) -> Table:
    """Read the members of a workspace or project, with their kind and the names of their roles.

    Examples:
        # List the admins of a workspace
        workspaces members ml-prod --role "Workspace Admin"
    """
    found = query.find(ctx.session, "workspaces", workspace, remembered=True)
    resource, ids = WORKSPACE_MEMBERS, {"workspace_id": found.id}
    if project:
        resource, ids = PROJECT_MEMBERS, {**ids, "project_id": project}
    read = partial(query.read_records, ctx.session, resource, ids, raw=options.raw and not role)
    if role or not options.raw:
        (rows, facts), names = query.gather(ctx.session, read, partial(_role_names, ctx, found))
    else:
        (rows, facts), names = read(), {}
    if role:
        # The route has no such parameter (API facts 3.17).
        held = query.pick("roles", role, [{"id": key, "name": name} for key, name in names.items()])
        rows = [
            row for row in rows if any(name.get("role_id") == held.id for name in with_role_names(row.get("roles"), {}))
        ]
    if not options.raw:
        rows = [{**row, "kind": principal_kind(row), "roles": with_role_names(row.get("roles"), names)} for row in rows]
    frame = reading.frame_of_records(ctx, resource, rows, options, route=query.fill(resource.path, ids), **facts)
    frames.mark(frame, [f"role_ids={held.id}"] if role else [])
    return frame


@workspaces.verb
def validate(ctx: CommandContext, name: NewWorkspaceName, org: Org = None) -> pd.DataFrame:
    """Check whether a name is available for a workspace.

    Examples:
        # Check one name
        workspaces validate ml-next
    """
    routes = name_validation.workspace_routes(query.organization(ctx.session, org).id, name)
    return name_validation.frame_of(ctx, [name_validation.verdict(ctx.session, name, routes)], routes)


@workspaces.verb
def wait(
    ctx: CommandContext, workspace: WorkspaceName, until: Until = AVAILABLE, timeout: Timeout = limits.LIFECYCLE_TIMEOUT
) -> pd.DataFrame:
    """Wait until a workspace reaches a state, and show it. Fails if the workspace fails.

    Examples:
        # Wait until a workspace is available
        workspaces wait ml-prod
    """
    found = query.find(ctx.session, "workspaces", workspace, remembered=True)
    record = waiting.workspace(ctx, found.id, found.name, until, timeout)
    frame = frames.from_records(WORKSPACES, [record])
    query.note(ctx.session, frame, route=f"/workspaces/{found.id}")
    return frame


def _service(version: str | None) -> dict[str, Any] | None:
    return {"configuration": {"version": version}} if version else None


def _runs(record: Mapping[str, Any], version: str) -> bool:
    """Return whether a workspace is available with this version of ZenML."""
    (column,) = (column for column in WORKSPACES.columns if column.name == "version")
    versions = [value_at(record, ".".join(place)) for place in column.paths]
    states = {record.get("status"), record.get("desired_state")}
    return next((value for value in versions if value), None) == version and states == {AVAILABLE}


def _transition(ctx: CommandContext, workspace: str, verb: str, goal: str) -> Write:
    """Return the write that moves the workspace to the state `goal`."""
    found = query.find(ctx.session, "workspaces", workspace)
    return Write(
        "PATCH",
        f"/workspaces/{found.id}/{verb}",
        target=f"workspace {found.name}",
        name=found.name,
        resource=WORKSPACES,
        verify=is_changed(ctx.session, f"/workspaces/{found.id}", {"desired_state": goal}),
        **_undo_of_transition(found, goal),
    )


def _undo_of_transition(found: query.Found, goal: str) -> dict[str, Any]:
    """Return the undo that moves the workspace back to its previous desired state."""
    before, path = found.record.get("desired_state"), f"/workspaces/{found.id}"
    status = found.record.get("status")
    verbs = {AVAILABLE: "deploy", DEACTIVATED: "deactivate"}
    if before not in verbs:
        return {"irreversible": "its previous state is unknown or cannot be restored"}
    if before == goal and status != goal:
        return {"irreversible": f"it was {status or 'in an unknown state'}, not {goal}, and no request restores that"}
    was = {"desired_state": before}
    inverse = Undo(
        "PATCH", f"{path}/{verbs[before]}", Observation(path=path), expected_now={"desired_state": goal}, restores=was
    )
    return {"before": was, "inverse": (inverse,), "noop": f"already {goal}" if before == goal else ""}


def _role_names(ctx: CommandContext, workspace: query.Found) -> dict[str, str]:
    """Return the names of roles by ID, in the organization of the workspace."""
    record: Mapping[str, Any] = workspace.record
    if "organization" not in record:
        record = query.record_of(ctx.session.client.get(f"/workspaces/{workspace.id}"), WORKSPACES)
    organization = (record.get("organization") or {}).get("id")
    return query.names_by_id(ctx.session, ROLES, {"organization_id": organization}) if organization else {}
