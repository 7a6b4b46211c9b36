"""The noun `roles`: manage roles, assign and revoke them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import click

from zenpro_nb import query
from zenpro_nb.commands.organization.deadlines import temporary
from zenpro_nb.commands.organization.role_assignments import assignment, revocation
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    HERE,
    Blocker,
    CommandContext,
    Description,
    Destroys,
    NameType,
    Observation,
    Opt,
    Org,
    ParameterGroup,
    PermissionType,
    Principal,
    RareOption,
    RoleName,
    RoleProject,
    RoleWorkspace,
    Scope,
    Write,
    delete_of,
    is_created,
    new_name,
    noun,
    permission,
    principals,
    rename_of,
    role_scope,
    undo_create,
    update_of,
    without_missing,
)
from zenpro_nb.resources.columns import LEVELS
from zenpro_nb.resources.control_plane import ASSIGNMENTS, ROLES
from zenpro_nb.syntax.unparse import quoted

NewRoleName = Annotated[str, new_name("roles")]
NewName = Annotated[str | None, rename_of("roles")]
Level = Annotated[
    str,
    Opt(
        type=click.Choice(LEVELS),
        help="Set the level at which the role can be assigned: organization, workspace, or project.",
    ),
]
Permissions = Annotated[
    tuple[str, ...],
    Opt(
        "--permission",
        type=PermissionType(),
        help="Grant actions on a resource type, for example pipeline:read,create. Can be repeated.",
    ),
]
Like = Annotated[str | None, Opt(type=NameType("roles"), help="Copy the permissions of this role, by name or ID.")]

Until = Annotated[
    str | None,
    Opt(
        "--until",
        metavar="7d|DATE|TIME",
        help="Set a deadline: 7d from now, a date (through that day, UTC), or a time (UTC). Requires --file.",
        option=RareOption,
    ),
]
DeadlineFile = Annotated[
    str | None,
    Opt(
        "--file",
        type=click.Path(),
        metavar="FILE",
        help="Write the deadline to this file, for example expiring.yaml or access.yaml.",
        option=RareOption,
    ),
]


class RolePlace(ParameterGroup, frozen=True):
    """Where a role is assigned, as typed."""

    org: Org = None
    workspace: RoleWorkspace = None
    project: RoleProject = None


Make = Callable[[CommandContext, Scope, Principal], Write]

roles = noun(
    ROLES,
    get=True,
    examples=(
        "# List all roles",
        "roles",
        "# List the roles that apply to workspaces",
        "roles --level workspace --columns name,description",
    ),
)


@roles.write()
def create(
    ctx: CommandContext,
    name: NewRoleName,
    level: Level,
    org: Org = None,
    description: Description = None,
    permissions: Permissions = (),
    like: Like = None,
) -> Write:
    """Create a custom role.

    Examples:
        # Create a role that can read pipelines and runs
        roles create "Pipeline Reader" --level workspace --permission pipeline:read --permission pipeline_run:read
    """
    organization = query.organization(ctx.session, org)
    of_org = {"organization_id": organization.id}
    # The names of the fields are inferred (API facts 3.12).
    body = without_missing(
        name=name,
        description=description,
        organization_id=organization.id,
        level=level,
        permissions=_permissions(ctx, permissions, like, of_org) or [],
    )
    return Write(
        "POST",
        "/roles",
        target=f"role {name} in {organization.name}",
        name=name,
        body=body,
        resource=ROLES,
        verify=is_created(ctx.session, ROLES, of_org, name, body, {"level": level}),
        **undo_create(
            "/roles",
            {"name": name, "description": description, "level": level},
            by_name=Observation(noun=ROLES.noun, ids=of_org, params={"level": level}, match={"name": name}),
            by_hand=f"roles delete {quoted(name)}",
            blockers=(Blocker(Observation(noun=ASSIGNMENTS.noun, ids={"role_id": HERE}), "it is assigned to someone"),),
        ),
    )


@roles.write()
def update(
    ctx: CommandContext,
    role: RoleName,
    org: Org = None,
    name: NewName = None,
    description: Description = None,
    permissions: Permissions = (),
    like: Like = None,
) -> Write:
    """Update a custom role. Permissions that you specify replace all existing ones.

    Examples:
        # Change the description
        roles update "Model Promoter" --description "Promotes models to production"
    """
    of_org = {"organization_id": query.organization(ctx.session, org).id}
    found = query.find(ctx.session, "roles", role, of_org)
    allowed = _permissions(ctx, permissions, like, of_org)
    return update_of(ctx, ROLES, found, {"name": name, "description": description, "permissions": allowed})


@roles.write(asks=Destroys("Delete the {target}? Everyone it is assigned to loses it."), guarded=True)
def delete(ctx: CommandContext, role: RoleName, org: Org = None) -> Write:
    """Delete a custom role. Everyone it is assigned to loses it.

    Examples:
        # Delete the role, including all of its assignments
        roles delete "Model Promoter"
    """
    organization = query.organization(ctx.session, org)
    found = query.find(ctx.session, "roles", role, {"organization_id": organization.id})
    return delete_of(ctx, ROLES, found, irreversible="a new role would have a different ID and no assignments")


@roles.write(several=True)
def assign(
    ctx: CommandContext,
    role: RoleName,
    names: principals.PrincipalNames,
    place: RolePlace,
    until: Until = None,
    file: DeadlineFile = None,
) -> list[Write]:
    """Assign a role to users, service accounts, teams, or invitations.

    Principals that already have the role are unchanged.

    With --until, the role is temporary. ZenML Pro does not support deadlines, so --file names a file for the deadline,
    and `apply FILE` revokes the role when it runs after the deadline: run it on a schedule. Without --until, a role
    becomes permanent: its deadline is removed from the file.

    Examples:
        # Show the request without sending it
        roles assign "Workspace Developer" --user linus@example.com --workspace ml-staging --dry-run
        # Assign a role to a team
        roles assign "Workspace Viewer" --team Research --workspace ml-prod
        # Get the members of a team as a DataFrame
        df = teams members Platform
        # Assign a role to all of them
        roles assign "Workspace Viewer" --users {df.email} --workspace ml-dev
        # Assign a role to an invited person
        roles assign "Workspace Viewer" --invitation new.hire1@example.com --workspace ml-dev
        # Assign a role for a week; `apply expiring.yaml` revokes it after that
        roles assign "Workspace Admin" --user linus@example.com --workspace ml-dev --until 7d --file expiring.yaml
    """
    assigned = _of_each(ctx, role, names, place, assignment, invite=True)
    return temporary.temporary(ctx, *assigned, until=until, file=file)


@roles.write(asks="Revoke {target}?", several=True, guarded=True)
def revoke(
    ctx: CommandContext,
    role: RoleName,
    names: principals.PrincipalNames,
    place: RolePlace,
) -> list[Write]:
    """Revoke a role from users, service accounts, teams, or invitations.

    Only the assignment at exactly this scope is revoked.

    Examples:
        # Revoke a role in one workspace
        roles revoke "Workspace Developer" --user katherine@example.com --workspace ml-prod
    """
    return temporary.revoke_deadlines(ctx, *_of_each(ctx, role, names, place, revocation))


def _permissions(
    ctx: CommandContext, changes: Sequence[str], like: str | None, of_org: Mapping[str, str]
) -> list[Any] | None:
    """Return the permissions in the API's notation; None if none were given."""
    if changes and like:
        raise UsageError(
            "--permission cannot be combined with --like", hint="Use --like alone to copy the permissions of a role."
        )
    if not like:
        # Inferred: the notation of a permission is not published (API facts 3.12); --like needs no guess.
        pairs = [permission(text) for text in changes]
        return [{"resource": resource, "actions": actions} for resource, actions in pairs] or None
    found = query.find(ctx.session, "roles", like, of_org)
    current = query.record_of(ctx.session.client.get(f"/roles/{found.id}")).get("permissions")
    if not isinstance(current, list):
        raise UsageError(
            f"The server does not show the permissions of role {found.name}",
            hint="List them instead: --permission pipeline:read.",
        )
    return current


def _of_each(
    ctx: CommandContext,
    role: str,
    names: principals.PrincipalNames,
    place: RolePlace,
    make: Make,
    *,
    invite: bool = False,
) -> tuple[list[Write], list[tuple[Scope, Principal]], query.Found]:
    """Return one write per principal, at the scope that the level of the role requires, and the organization."""
    principals.require_some(names)
    organization = query.organization(ctx.session, place.org)
    scope, found = query.gather(
        ctx.session,
        partial(role_scope.of_role, ctx, organization, role, workspace=place.workspace, project=place.project),
        partial(principals.resolve, ctx, organization.id, names, invite=invite),
    )
    entries = [(scope, principal) for principal in found]
    return [make(ctx, *entry) for entry in entries], entries, organization
