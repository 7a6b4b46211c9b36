"""Determine the scope that a role needs from its level, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.errors import IncompleteError, UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.profiles import WORKSPACE_VARIABLE

_NORMAL = "normal"


class Scope(Struct, frozen=True):
    """A role and the scope it applies to; `params` are the API's parameters for the scope."""

    role_id: str
    label: str  # for people: "Workspace Developer in ml-prod"
    params: Mapping[str, str]
    role: str = ""  # the names of the role and the workspace, where they were looked up
    workspace: str = ""


def of_role(
    ctx: CommandContext, organization: query.Found, role: str, *, workspace: str | None, project: str | None
) -> Scope:
    """Return the role, and the scope that its level needs.

    Args:
        organization: the organization of the principals.
        role: name or id.
        workspace: name or id. Workspace roles and project roles default to the workspace in use.
        project: id.

    Raises:
        UsageError: the scope is missing or does not fit, or the role is of another organization; nothing was sent.
    """
    workspace_lookup = _WorkspaceLookup(ctx, workspace)
    (found_role,) = query.gather_all(ctx.session, [lambda: role_of(ctx, organization, role), workspace_lookup.run])[:1]
    name, level = found_role.name, found_role.record.get("level")
    if level == "organization":
        _refuse(name, "the whole organization", {"--workspace": workspace, "--project": project})
        return Scope(found_role.id, f"{name} in {organization.name}", {}, name)
    found_workspace = workspace_lookup.of(organization, name, str(level))
    where = {"workspace_id": found_workspace.id}
    if level == "workspace":
        _refuse(name, "a whole workspace", {"--project": project})
    elif level == "project" and not project:
        raise IncompleteError(f"`--project` is required: {name} is a project role", hint="Add --project ID.")
    if project:
        label = f"{name} in project {project} of {found_workspace.name}"
        return Scope(found_role.id, label, {**where, "project_id": project}, name, found_workspace.name)
    return Scope(found_role.id, f"{name} in {found_workspace.name}", where, name, found_workspace.name)


def role_of(ctx: CommandContext, organization: query.Found, text: str) -> query.Found:
    """Return a role with its whole record. It must be an ordinary role of this organization.

    Raises:
        UsageError: the role belongs to another organization, or was created by sharing.
    """
    found_role = query.find(ctx.session, "roles", text, {"organization_id": organization.id})
    record = found_role.record
    owner = record.get("organization_id")
    if owner not in (None, organization.id):
        raise UsageError(
            f"The role {found_role.name} belongs to another organization ({owner}), not to {organization.name}; "
            "a role can be assigned only in its own organization",
            hint="Choose a role from `roles`, or name the other organization with --org.",
        )
    if record.get("type") not in (None, _NORMAL):
        # API facts 3.13: refused for a "share" role.
        raise UsageError(
            f"The role {found_role.name} was created by sharing ({record.get('type')}) and cannot be assigned",
            hint="Choose a role from `roles`.",
        )
    return found_role


class _WorkspaceLookup:
    """Finds the workspace that was named or is in use while it is not yet known whether the role needs one."""

    def __init__(self, ctx: CommandContext, text: str | None) -> None:
        self._session = ctx.session
        self._name = text or ctx.session.settings.workspace
        self._result: query.Found | ZenProError | None = None

    def run(self) -> None:
        """Find the workspace. If this fails, `of` raises the error, because not every role needs a workspace."""
        if self._name:
            try:
                self._result = query.find(self._session, "workspaces", self._name)
            except ZenProError as error:
                self._result = error

    def of(self, organization: query.Found, role: str, level: str) -> query.Found:
        """Return the workspace.

        Raises:
            UsageError: none was named, or it belongs to another organization.
            ZenProError: it was not found.
        """
        if self._result is None:
            raise IncompleteError(
                f"`--workspace` is required: {role} is a {level} role",
                hint=self._session.how_to_choose("workspace", "--workspace NAME", WORKSPACE_VARIABLE),
            ).completed_by("--workspace NAME")
        if isinstance(self._result, ZenProError):
            raise self._result
        _require_same(self._result, organization, role)
        return self._result


def _require_same(workspace: query.Found, organization: query.Found, role: str) -> None:
    owner = workspace.record.get("organization")
    if isinstance(owner, Mapping) and owner.get("id") not in (None, organization.id):
        raise UsageError(
            f"The workspace {workspace.name} belongs to the organization {owner.get('name')}, "
            f"but the role {role} belongs to {organization.name}",
            hint="Choose a workspace of the same organization, or name the other organization with --org.",
        )


def _refuse(role: str, level: str, arguments: Mapping[str, str | None]) -> None:
    for option, value in arguments.items():
        if value:
            raise UsageError(
                f"The role {role} applies to {level}, so {option} cannot be used with it", hint=f"Omit {option}."
            )
