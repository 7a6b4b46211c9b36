"""Where a role applies: the scope that its level needs, demanded before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.errors import IncompleteError, UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.profiles import WORKSPACE_VARIABLE

_NORMAL = "normal"


class Scope(Struct, frozen=True):
    """A role and where it applies; `params` are the API's names for the place."""

    role_id: str
    words: str  # for people: "Workspace Developer in ml-prod"
    params: Mapping[str, str]


def of_role(
    ctx: CommandContext, organization: query.Found, role: str, *, workspace: str | None, project: str | None
) -> Scope:
    """Return the role, and the scope that its level needs.

    Args:
        organization: the one that the principals are of.
        role: name or id.
        workspace: name or id; for a role of a workspace or project the one in use, where none was named.
        project: id.

    Raises:
        UsageError: the scope is missing or does not fit, or the role is of another organization; nothing was sent.
    """
    place = _Place(ctx, workspace)
    (found,) = query.gather_all(ctx.session, [lambda: role_of(ctx, organization, role), place.look])[:1]
    name, level = found.name, found.record.get("level")
    if level == "organization":
        _refuse(name, "the whole organization", {"--workspace": workspace, "--project": project})
        return Scope(found.id, f"{name} in {organization.name}", {})
    there = place.of(organization, name, str(level))
    where = {"workspace_id": there.id}
    if level == "workspace":
        _refuse(name, "a whole workspace", {"--project": project})
    elif level == "project" and not project:
        raise IncompleteError(f"{name} is a project role, and no project was named", hint="Add --project ID.")
    if project:
        return Scope(found.id, f"{name} in project {project} of {there.name}", {**where, "project_id": project})
    return Scope(found.id, f"{name} in {there.name}", where)


def role_of(ctx: CommandContext, organization: query.Found, text: str) -> query.Found:
    """Return a role with its whole record, which must be an ordinary one of this organization.

    Raises:
        UsageError: it is another organization's, or made by sharing.
    """
    found = query.find(ctx.session, "roles", text, {"organization_id": organization.id})
    record = found.record
    owner = record.get("organization_id")
    if owner not in (None, organization.id):
        raise UsageError(
            f"The role {found.name} belongs to another organization ({owner}), and {organization.name} is meant here; "
            "a role can be assigned in its own organization only",
            hint="Choose a role from `roles`, or name the other organization with --org.",
        )
    if record.get("type") not in (None, _NORMAL):
        # API facts 3.13: refused for a "share" role.
        raise UsageError(
            f"The role {found.name} was made by sharing ({record.get('type')}), and cannot be assigned",
            hint="Choose a role from `roles`.",
        )
    return found


class _Place:
    """The workspace that was named or is in use, looked for while nobody knows yet whether the role needs one."""

    def __init__(self, ctx: CommandContext, text: str | None) -> None:
        self._session = ctx.session
        self._name = text or ctx.session.settings.workspace
        self._found: query.Found | ZenProError | None = None

    def look(self) -> None:
        """Look for it; that it is not there is an error only where it is needed."""
        if self._name:
            try:
                self._found = query.find(self._session, "workspaces", self._name)
            except ZenProError as error:
                self._found = error

    def of(self, organization: query.Found, role: str, level: str) -> query.Found:
        """Return it.

        Raises:
            UsageError: none was named, or it is another organization's.
            ZenProError: it was not found.
        """
        if self._found is None:
            raise IncompleteError(
                f"{role} is a {level} role, and no workspace was named",
                hint=self._session.how_to_choose("workspace", "--workspace NAME", WORKSPACE_VARIABLE),
            )
        if isinstance(self._found, ZenProError):
            raise self._found
        _require_same(self._found, organization, role)
        return self._found


def _require_same(found: query.Found, organization: query.Found, role: str) -> None:
    owner = found.record.get("organization")
    if isinstance(owner, Mapping) and owner.get("id") not in (None, organization.id):
        raise UsageError(
            f"The workspace {found.name} belongs to the organization {owner.get('name')}, "
            f"and the role {role} to {organization.name}",
            hint="Choose a workspace of the same organization, or name the other with --org.",
        )


def _refuse(role: str, level: str, given: Mapping[str, str | None]) -> None:
    for option, value in given.items():
        if value:
            raise UsageError(f"The role {role} applies to {level}, so {option} does not fit", hint="Leave it out.")
