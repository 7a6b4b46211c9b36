"""What a visitor may do inside a workspace: the control plane's verdicts, and the rights of whoever made a thing.

As in 0.98.0 (`rbac/utils.py`): who made a thing may do everything with it, what nobody made belongs to everybody, and
the versions of a thing are read by whoever may read the thing.
"""

from __future__ import annotations

from msgspec import Struct

from zenpro_nb.sandbox.errors import ForbiddenError
from zenpro_nb.sandbox.rbac import Verdict
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.items.base import Item

READ, CREATE, UPDATE, DELETE, READ_SECRET = "read", "create", "update", "delete", "read_secret_value"


class Allowed(Struct, frozen=True):
    """What may be done with one type of resource in one project: everything, or only with these ids."""

    all: bool
    ids: frozenset[str]


class WorkspaceRights:
    """Asks the control plane once for each type of resource, project and action of a request."""

    def __init__(self, verdict: Verdict, account: Account) -> None:
        self._verdict = verdict
        self._account = account
        self._known: dict[tuple[str, str, str], Allowed] = {}

    def may(self, action: str, item: Item) -> bool:
        """Return whether the visitor may do something with a thing."""
        guard = item.guard() if action == READ else item
        if item.private and item.owner is not self._account:
            return False
        if not guard.kind.permission or self._owns(guard):
            return True
        allowed = self.allowed(action, guard.kind.permission, guard.project)
        return allowed.all or guard.id in allowed.ids

    def may_read(self, item: Item) -> bool:
        """Return whether the visitor may read a thing."""
        return self.may(READ, item)

    def require(self, action: str, item: Item) -> None:
        """Raise ForbiddenError unless it is allowed, in the words of 0.98.0."""
        if not self.may(action, item):
            kind = item.guard().kind if action == READ else item.kind
            self._refuse(action, kind.permission, item.project, item.id)

    def require_create(self, permission: str, project: Item | None) -> None:
        """Raise ForbiddenError unless the visitor may make such things in the project."""
        if not self.allowed(CREATE, permission, project).all:
            self._refuse(CREATE, permission, project, "")

    def allowed(self, action: str, permission: str, project: Item | None) -> Allowed:
        """Return what the control plane allows with a type of resource in a project."""
        key = (action, permission, project.id if project is not None else "")
        if key not in self._known:
            resource = _resource(permission, project)
            every = self._verdict.allows(action, resource)
            self._known[key] = Allowed(every, frozenset(() if every else self._verdict.some_ids(action, resource)))
        return self._known[key]

    def _owns(self, item: Item) -> bool:
        return item.kind.owned and (item.owner is None or item.owner is self._account)

    def _refuse(self, action: str, permission: str, project: Item | None, item_id: str) -> None:
        resource = _resource(permission, project) + (f"/{item_id}" if item_id else "")
        raise ForbiddenError(f"Insufficient permissions to {action.upper()} resource '{resource}'.")


def _resource(permission: str, project: Item | None) -> str:
    """Return the resource string of API facts 7.9."""
    return permission if project is None else f"{project.id}:{permission}"
