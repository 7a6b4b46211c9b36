"""roles: create, update, delete, assign, revoke."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from zenpro_nb.commands.core import principals, role_scope
from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.options import ORG, NameType
from zenpro_nb.commands.core.principals import Principal
from zenpro_nb.commands.core.role_scope import Scope
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.types import NewNameType, PermissionType, ProjectType, permission
from zenpro_nb.commands.core.verification import changed, gone, listed, named
from zenpro_nb.commands.core.write import Record, Write, require_change, without_missing
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.columns import LEVELS
from zenpro_nb.resources.control_plane import ASSIGNMENTS, ROLES

_ROLE = click.Argument(["role"], type=NameType("roles"))
_PERMISSIONS = [
    click.Option(
        ["--permission", "permissions"],
        multiple=True,
        type=PermissionType(),
        help="A resource type and actions on it, as pipeline:read,create; may be repeated.",
    ),
    click.Option(["--like"], type=NameType("roles"), help="Take the permissions of this role, by name or id."),
]


def plan_create(
    runtime: Runtime,
    name: str,
    level: str,
    org: str | None,
    description: str | None,
    permissions: tuple[str, ...],
    like: str | None,
) -> Write:
    """A new role of the organization."""
    from zenpro_nb import query

    organization = query.organization(runtime.session, org)
    of_org = {"organization_id": organization.id}
    return Write(
        "POST",
        "/roles",
        target=f"role {name} in {organization.name}",
        # The names of the fields are inferred (fact sheet, section 3, POST /roles).
        body=without_missing(
            name=name,
            description=description,
            organization_id=organization.id,
            level=level,
            permissions=_permissions(runtime, permissions, like, of_org) or [],
        ),
        resource=ROLES,
        happened=named(runtime.session, ROLES, of_org, name, {"level": level}),
    )


def plan_update(
    runtime: Runtime,
    role: str,
    org: str | None,
    name: str | None,
    description: str | None,
    permissions: tuple[str, ...],
    like: str | None,
) -> Write:
    """Changes of what was given; permissions that are given replace all."""
    from zenpro_nb import query

    of_org = {"organization_id": query.organization(runtime.session, org).id}
    found = query.find(runtime.session, "roles", role, of_org)
    body = without_missing(
        name=name, description=description, permissions=_permissions(runtime, permissions, like, of_org)
    )
    path = f"/roles/{found.id}"
    return Write(
        "PATCH",
        path,
        target=f"role {found.name}",
        body=require_change(body),
        resource=ROLES,
        happened=changed(runtime.session, path, body),
    )


def plan_delete(runtime: Runtime, role: str, org: str | None) -> Write:
    """The role, and with it its assignments."""
    from zenpro_nb import query

    of_org = {"organization_id": query.organization(runtime.session, org).id}
    found = query.find(runtime.session, "roles", role, of_org)
    path = f"/roles/{found.id}"
    return Write(
        "DELETE",
        path,
        target=f"role {found.name}",
        happened=gone(runtime.session, path),
        question=f"Delete the role {found.name}? Whoever has it loses it.",
    )


def _permissions(
    runtime: Runtime, given: Sequence[str], like: str | None, of_org: Mapping[str, str]
) -> list[Any] | None:
    """The permissions in the API's notation; None where none were given."""
    from zenpro_nb import query
    from zenpro_nb.query import record_of

    if given and like:
        raise UsageError("--permission and --like exclude each other", hint="Give one of them.")
    if not like:
        # Inferred: the notation of a permission is not published (fact sheet, section 3); --like needs no guess.
        pairs = [permission(text) for text in given]
        return [{"resource": resource, "actions": actions} for resource, actions in pairs] or None
    found = query.find(runtime.session, "roles", like, of_org)
    shown = record_of(runtime.session.client.get(f"/roles/{found.id}")).get("permissions")
    if not isinstance(shown, list):
        raise UsageError(f"The server does not show the permissions of the role {found.name}", hint="Name them.")
    return shown


def plan_assign(runtime: Runtime, role: str, org: str | None, **given: Any) -> list[Write]:
    """The role for each of the principals, at the scope that its level needs."""
    return _planned(runtime, role, org, given, _assignment)


def plan_revoke(runtime: Runtime, role: str, org: str | None, **given: Any) -> list[Write]:
    """The role taken from each of the principals, at the scope that its level needs."""
    return _planned(runtime, role, org, given, _revocation)


Make = Callable[[Runtime, Scope, Principal], Write]


def _planned(runtime: Runtime, role: str, org: str | None, given: Mapping[str, Any], make: Make) -> list[Write]:
    from zenpro_nb import query

    principals.require_some(given)
    organization = query.organization(runtime.session, org)
    scope = role_scope.of_role(runtime, organization, role, workspace=given["workspace"], project=given["project"])
    found = principals.resolve(runtime, organization.id, given)
    return [make(runtime, scope, principal) for principal in found]


def _assignment(runtime: Runtime, scope: Scope, principal: Principal) -> Write:
    return Write(
        "POST",
        f"/roles/{scope.role_id}/assignments",
        target=f"{principal.name} as {scope.words}",
        # Query parameters, no body (fact sheet, section 3).
        params={principal.field: principal.id, **scope.params},
        happened=_has(runtime, scope, principal, expected=True),
        already="has the role already",
    )


def _revocation(runtime: Runtime, scope: Scope, principal: Principal) -> Write:
    return Write(
        "DELETE",
        f"/roles/{scope.role_id}/assignments",
        target=f"{principal.name} as {scope.words}",
        params={principal.field: principal.id, **scope.params},
        happened=_has(runtime, scope, principal, expected=False),
        # Inferred: role and principal were found just now, so that a 404 can only mean the assignment.
        absent="does not have the role",
        question=f"Take {scope.words} from {principal.name}?",
    )


def _has(runtime: Runtime, scope: Scope, principal: Principal, *, expected: bool) -> Any:
    def fits(record: Record) -> bool:
        holder = record.get(principal.field.removesuffix("_id"))
        if not isinstance(holder, Mapping) or holder.get("id") != principal.id:
            return False
        return all(record.get(name) == value for name, value in scope.params.items())

    ids = {"role_id": scope.role_id}
    return listed(runtime.session, ASSIGNMENTS, ids, fits, scope.params, expected=expected)


def add_to(group: Group) -> None:
    """Attach the verbs to the noun."""
    scope = [
        ORG,
        click.Option(
            ["--workspace"],
            type=NameType("workspaces"),
            help="The workspace, by name or id; roles of a workspace and of a project need it.",
        ),
        click.Option(["--project"], type=ProjectType(), help="The project, by id; roles of a project need it."),
    ]
    for command in (
        WriteCommand(
            "create",
            plan=plan_create,
            params=[
                click.Argument(["name"], type=NewNameType("roles")),
                click.Option(
                    ["--level"],
                    type=click.Choice(LEVELS),
                    required=True,
                    help="Where it can be assigned: in the organization, a workspace or a project.",
                ),
                ORG,
                click.Option(["--description"], help="What it is for, in a few words."),
                *_PERMISSIONS,
            ],
            help="Create a role of your own.",
        ),
        WriteCommand(
            "update",
            plan=plan_update,
            params=[
                _ROLE,
                ORG,
                click.Option(["--name"], type=NewNameType("roles"), help="Its new name."),
                click.Option(["--description"], help="What it is for, in a few words."),
                *_PERMISSIONS,
            ],
            help="Change a role of your own; permissions that are given replace those it has.",
        ),
        WriteCommand(
            "delete",
            plan=plan_delete,
            params=[_ROLE, ORG],
            destructive=True,
            help="Delete a role of your own. Whoever has it loses it.",
        ),
        WriteCommand(
            "assign",
            plan=plan_assign,
            params=[_ROLE, *principals.options("Who gets it"), *scope],
            several=True,
            help="Give a role to users, service accounts, teams or invitations. Who has it already keeps it.",
        ),
        WriteCommand(
            "revoke",
            plan=plan_revoke,
            params=[_ROLE, *principals.options("Who loses it"), *scope],
            several=True,
            destructive=True,
            help="Take a role from users, service accounts, teams or invitations, at exactly this scope.",
        ),
    ):
        group.add_command(command)
