"""Read data for the guards: while a command looks up its names, and each list only once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from zenpro_nb import query
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, WORKSPACE_ADMIN
from zenpro_nb.errors import ZenProError
from zenpro_nb.resources.control_plane import ASSIGNMENTS, ME, ROLES, TEAM_MEMBERS
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.ids import is_id

Record = Mapping[str, Any]
T = TypeVar("T")
if TYPE_CHECKING:
    from zenpro_nb.framework.writes.observe import Observer

PREDEFINED_ADMINS = (ORGANIZATION_ADMIN, WORKSPACE_ADMIN)
_ADMIN_ROLES = "administrator roles"  # the kind under which the session caches their ids


class GuardReads:
    """The data of one organization that the guards of a command read. A failed read is repeated when it is needed.

    Args:
        organization_id: the organization.
    """

    def __init__(self, session: Session, organization_id: str) -> None:
        self.organization_id = organization_id
        self._session = session
        self._found: dict[tuple[str, str], Any] = {}

    def prefetch(self, arguments: Mapping[str, Any]) -> None:
        """Read the data that the guards of this command will need. The guards themselves report errors.

        The administrators are read, unless the command is about another role; and the caller's roles, if the command
        names the caller.

        Args:
            arguments: the parameters of the command.
        """
        role_name = arguments.get("role")
        roles = [self.roles] if _may_be_administrator(role_name) else []
        cached = None if role_name else self._session.names.value(_ADMIN_ROLES, self.organization_id)
        cached_keys = cached if isinstance(cached, tuple) else ()
        self._attempt([self.me, *roles, *(partial(self.assignments, role_id) for role_id in cached_keys)])
        role_records = self._stored("roles", "")
        administrators = [role for role in role_records if is_administrator(role)]
        keys = tuple(str(role.get("id")) for role in administrators)
        if role_records:
            self._session.names.keep(_ADMIN_ROLES, self.organization_id, keys)
        if role_name and not any(_refers_to(role_name, role, ("id", "name")) for role in administrators):
            keys = ()
        me = self._stored("me", "")
        if me and any(_refers_to(value, me, ("id", "email", "username", "name")) for value in arguments.values()):
            keys = (*keys, *(str(role.get("id")) for role in role_records if counts_for_caller(role)))
        self._attempt([partial(self.assignments, role_id) for role_id in dict.fromkeys(keys)])
        assignments = [assignment for role_id in keys for assignment in self._stored("assignments", role_id)]
        teams = {
            str(team["id"]) for item in assignments if isinstance(team := item.get("team"), Mapping) and team.get("id")
        }
        self._attempt([partial(self.members, team_id) for team_id in sorted(teams)])

    def add_lists(self, observer: Observer) -> None:
        """Store the lists that were read for another reason."""
        for noun, ids, records in observer.whole_lists():
            if noun == ASSIGNMENTS.noun:
                self._found.setdefault(("assignments", ids["role_id"]), records)
            if noun == TEAM_MEMBERS.noun:
                self._found.setdefault(("members", ids["team_id"]), records)

    def me(self) -> Record:
        """Return the account of the caller."""
        return self._once("me", "", lambda: query.record_of(self._session.client.get(ME.path)))

    def roles(self) -> Sequence[Record]:
        """Return the roles of the organization."""
        ids = {"organization_id": self.organization_id}
        return self._once("roles", "", partial(query.records, self._session, ROLES, ids))

    def assignments(self, role_id: str) -> Sequence[Record]:
        """Return the assignments of a role."""
        read = partial(query.records, self._session, ASSIGNMENTS, {"role_id": role_id})
        return self._once("assignments", role_id, read)

    def members(self, team_id: str) -> Sequence[Record]:
        """Return the members of a team."""
        read = partial(query.records, self._session, TEAM_MEMBERS, {"team_id": team_id})
        return self._once("members", team_id, read)

    def _once(self, what: str, of: str, read: Callable[[], T]) -> T:
        if (what, of) not in self._found:
            self._found[what, of] = read()
        result: T = self._found[what, of]
        return result

    def _stored(self, what: str, of: str) -> Any:
        """Return the stored data; empty if it was not read."""
        return self._found.get((what, of), ())

    def _attempt(self, reads: Sequence[Callable[[], Any]]) -> None:
        """Run the reads at the same time; a refusal is not an error here."""
        for result in self._session.server.fan_out(list(reads), errors="return") if reads else ():
            if isinstance(result, Exception) and not isinstance(result, ZenProError):
                raise result


def is_predefined(role: Record) -> bool:
    """Return whether a role is predefined by the server; if the server does not say, its name decides."""
    managed = role.get("system_managed")
    return bool(managed) if managed is not None else role.get("name") in PREDEFINED_ADMINS


def counts_for_caller(role: Record) -> bool:
    """Return whether losing a role can remove admin access to the organization or to a workspace."""
    return role.get("level") == "organization" or (role.get("name") == WORKSPACE_ADMIN and is_predefined(role))


def is_administrator(role: Record) -> bool:
    """Return whether a role is the predefined Organization Admin."""
    return role.get("name") == ORGANIZATION_ADMIN and is_predefined(role)


def _may_be_administrator(role: object) -> bool:
    """Return whether the role of a command could be Organization Admin; true if the command names no role."""
    return not isinstance(role, str) or is_id(role) or role.casefold() == ORGANIZATION_ADMIN.casefold()


def _refers_to(value: object, record: Record, fields: Sequence[str]) -> bool:
    """Return whether a parameter, or one of its values, refers to a record by one of these fields."""
    texts = value if isinstance(value, tuple | list) else [value]
    words = {str(record[field]).casefold() for field in fields if record.get(field)}
    return any(isinstance(text, str) and text.casefold() in words for text in texts)
