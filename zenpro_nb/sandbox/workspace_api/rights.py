"""The permissions of a caller inside a workspace, from the control plane's roles and from ownership.

As in 0.98.0 (`rbac/utils.py`): the creator of an item has full permissions on it, an item without a creator belongs to
everyone, and the read permission of an item applies to its versions.
"""

from __future__ import annotations

from msgspec import Struct

from zenpro_nb.sandbox.errors import ForbiddenError
from zenpro_nb.sandbox.permissions.rbac import PermissionCheck
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.items.base import Item

READ, CREATE, UPDATE, DELETE, READ_SECRET = "read", "create", "update", "delete", "read_secret_value"
PRUNE = "prune"


class Allowed(Struct, frozen=True):
    """The allowed resources of one type in one project: all of them, or only these ids."""

    all: bool
    ids: frozenset[str]


class WorkspaceRights:
    """Permission checks, with one control plane query per resource type, project and action of a request."""

    def __init__(self, check: PermissionCheck, account: Account) -> None:
        self._check = check
        self._account = account
        self._cache: dict[tuple[str, str, str], Allowed] = {}

    def may(self, action: str, item: Item) -> bool:
        """Return whether the caller can perform an action on an item."""
        guard = item.guard() if action == READ else item
        if item.private and item.owner is not self._account:
            return False
        if not guard.kind.permission or self._owns(guard):
            return True
        allowed = self.allowed(action, guard.kind.permission, guard.project)
        return allowed.all or guard.id in allowed.ids

    def may_read(self, item: Item) -> bool:
        """Return whether the caller can read an item."""
        return self.may(READ, item)

    def require(self, action: str, item: Item) -> None:
        """Raise ForbiddenError with the message of 0.98.0 unless the action is allowed."""
        if not self.may(action, item):
            kind = item.guard().kind if action == READ else item.kind
            self._refuse(action, kind.permission, item.project, item.id)

    def require_create(self, permission: str, project: Item | None) -> None:
        """Raise ForbiddenError unless the caller can create such items in the project."""
        if not self.allowed(CREATE, permission, project).all:
            self._refuse(CREATE, permission, project, "")

    def require_in(self, action: str, permission: str, project: Item) -> None:
        """Raise ForbiddenError unless the caller can perform an action on all such items of the project."""
        if not self.allowed(action, permission, project).all:
            self._refuse(action, permission, project, "")

    def allowed(self, action: str, permission: str, project: Item | None) -> Allowed:
        """Return the resources of a type in a project for which the control plane allows the action."""
        key = (action, permission, project.id if project is not None else "")
        if key not in self._cache:
            resource = _resource(permission, project)
            every = self._check.allows(action, resource)
            self._cache[key] = Allowed(every, frozenset(() if every else self._check.allowed_ids(action, resource)))
        return self._cache[key]

    def _owns(self, item: Item) -> bool:
        return item.kind.owned and (item.owner is None or item.owner is self._account)

    def _refuse(self, action: str, permission: str, project: Item | None, item_id: str) -> None:
        resource = _resource(permission, project) + (f"/{item_id}" if item_id else "")
        raise ForbiddenError(f"Insufficient permissions to {action.upper()} resource '{resource}'.")


def _resource(permission: str, project: Item | None) -> str:
    """Return the resource string of API facts 7.9."""
    return permission if project is None else f"{project.id}:{permission}"
