"""The requirements of a notebook: which are met, and the permissions among them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec import Struct, field

from zenpro_nb import limits, query
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN
from zenpro_nb.errors import ZenProError
from zenpro_nb.query import Found
from zenpro_nb.resources.control_plane import MEMBERS, ROLES
from zenpro_nb.resources.rights import TYPES
from zenpro_nb.session.session import Session

_NO_TYPE = "no_such_type"  # matches no role; a server that returns one ignores the filter (API facts 11.13)


class Requirements(Struct):
    """The results of checking the requirements.

    Attributes:
        missing: the requirements that are not met, each with the way to meet it.
        met: the requirements that are met, as shown in the result message.
        unknown: the requirements that could not be checked.
        me: the account of the credential.
        contacts: the administrators to ask, as a phrase; read when first needed.
    """

    session: Session
    command: str
    missing: list[tuple[str, str]] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    me: dict[str, Any] = field(default_factory=dict)
    organization: Found | None = None
    contacts: str = ""

    def add_missing(self, what: str, fix: str) -> None:
        """Add a requirement that is not met."""
        self.missing.append((what, fix))

    def administrators(self) -> str:
        """Return the administrators of the organization to ask, by name if their names can be read."""
        if not self.contacts:
            names = _administrators(self.session, self.organization) if self.organization is not None else []
            names_text = ", ".join(names[: limits.NAMES_IN_REASON]) + (
                " …" if len(names) > limits.NAMES_IN_REASON else ""
            )
            self.contacts = names_text or "an administrator of the organization"
        return self.contacts


def check_permissions(checked: Requirements, required: Sequence[str], workspaces: Sequence[Found]) -> None:
    """Check that a role of the caller grants the required permissions.

    Reads the caller's own roles that grant each permission (API facts 3.6: `assigned_to_current_user`,
    `resource`, `action`, `workspace_scope`), and once those for a permission that no role can grant.
    """
    questions = [(permission, scope) for permission in required for scope in _scopes(permission, workspaces)]
    if not questions:
        return
    if checked.me.get("is_superuser"):
        checked.met += [f"can {permission}" for permission in required]
        return
    answers = checked.session.client.fan_out(
        [
            *(partial(_own_roles, checked, permission, scope) for permission, scope in questions),
            partial(_own_roles, checked, f"read:{_NO_TYPE}", None),
            partial(_own_roles, checked, None, None),
        ],
        errors="return",
    )
    *granting, impossible, own_roles = answers
    roles = own_roles if isinstance(own_roles, list) else []
    system_roles = {str(role.get("name")) for role in roles if role.get("system_managed")}
    filter_works = impossible == []
    for (permission, scope), answer in zip(questions, granting, strict=True):
        where = f" in {scope.name}" if scope is not None else ""
        if ORGANIZATION_ADMIN in system_roles or (filter_works and isinstance(answer, list) and answer):
            checked.met.append(f"can {permission}{where}")
        elif filter_works and answer == [] and not _is_unknown_to_server(checked, permission):
            names = ", ".join(sorted(str(role.get("name")) for role in roles))
            reason = f": your roles ({names}) do not grant it" if names else ""
            checked.add_missing(
                f"permission {permission}{where}{reason}", f"ask {checked.administrators()} for a role that does"
            )
        else:
            checked.unknown.append(f"{permission}{where}")


def _scopes(permission: str, workspaces: Sequence[Found]) -> Sequence[Found | None]:
    """Return the scopes in which a permission is checked: each workspace, or the organization itself."""
    return list(workspaces) if permission.partition(":")[2] in TYPES and workspaces else [None]


def _own_roles(checked: Requirements, permission: str | None, workspace: Found | None) -> list[Any]:
    action, _, resource = (permission or "").partition(":")
    params = {"assigned_to_current_user": True, "action": action, "resource": resource}
    params |= {"workspace_scope": workspace.id} if workspace is not None else {}
    params = {name: value for name, value in params.items() if value != ""}
    return query.records(checked.session, ROLES, {"organization_id": _id(checked)}, params)


def _is_unknown_to_server(checked: Requirements, permission: str) -> bool:
    """Return whether no role of the organization grants the permission, so the server may not know it at all."""
    action, _, resource = permission.partition(":")
    params = {"action": action, "resource": resource}
    try:
        return not query.records(checked.session, ROLES, {"organization_id": _id(checked)}, params)
    except ZenProError:  # callers who cannot list roles see only their own, and those do not grant it
        return False


def _administrators(session: Session, organization: Found) -> list[str]:
    ids = {"organization_id": organization.id}
    try:
        roles = query.records(session, ROLES, ids, {"name": ORGANIZATION_ADMIN})
        calls = [partial(query.records, session, MEMBERS, ids, {"role_id": str(role["id"])}) for role in roles]
        admins = [member for members in session.client.fan_out(calls) for member in members]
    except (ZenProError, KeyError):
        return []
    users = [record.get("user") or {} for record in admins]
    active = [user for user in users if user.get("is_active", True) and not user.get("is_service_account")]
    teams = [f"team {record['team'].get('name')}" for record in admins if record.get("team")]
    return [*(_display_name(user) for user in active if user), *teams]


def _display_name(user: dict[str, Any]) -> str:
    name, address = user.get("name"), user.get("email") or user.get("username")
    return f"{name} ({address})" if name and address else str(name or address)


def _id(checked: Requirements) -> str:
    if checked.organization is None:
        raise TypeError("permissions can only be checked in an organization")
    return checked.organization.id
