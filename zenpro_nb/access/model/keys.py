"""Keys: the ids that identify an assignment, a membership or another object of an organization.

The checks of an audit, the rows of a review and the rows of an inventory are compared by these keys, never by the text
that is displayed: an account and an open invitation can have the same email, and two teams the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Union

from msgspec import Struct
from msgspec.structs import astuple

# The API's names of a principal's id.
HOLDERS = ("user_id", "team_id", "invitation_id")


class AssignmentKey(Struct, frozen=True):
    """A role assigned to one principal at one scope. In the API, assignments have no id of their own.

    A row that has both an account and an invitation belongs to the account: the invitation was accepted.

    Example:
        >>> row = {"role_id": "7", "user_id": "1", "team_id": None, "invitation_id": "3", "workspace_id": "9"}
        >>> AssignmentKey.of(row)
        AssignmentKey(role_id='7', user_id='1', team_id='', invitation_id='', workspace_id='9', project_id='')
    """

    role_id: str = ""
    user_id: str = ""
    team_id: str = ""
    invitation_id: str = ""
    workspace_id: str = ""
    project_id: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> AssignmentKey:
        """Return the key of a row of assignments."""
        return cls(**_ids(row, cls.__struct_fields__))


class MembershipKey(Struct, frozen=True):
    """A user, service account or invitation in a team."""

    team_id: str = ""
    user_id: str = ""
    invitation_id: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> MembershipKey:
        """Return the key of a row of team members."""
        return cls(**_ids(row, cls.__struct_fields__))


class HeldRoleKey(Struct, frozen=True):
    """A role that a user, service account or invitation has, directly or through a team membership."""

    assignment: AssignmentKey
    membership: MembershipKey | None = None

    @property
    def source(self) -> AssignmentKey | MembershipKey:
        """Return the row that grants the role to this principal only: the team membership, else the assignment."""
        return self.membership or self.assignment


class AccountKey(Struct, frozen=True):
    """An account."""

    user_id: str


class AccountRolesKey(Struct, frozen=True):
    """All direct role assignments of an account."""

    user_id: str


class AccountMembershipsKey(Struct, frozen=True):
    """All team memberships of an account."""

    user_id: str


class ApiKeyKey(Struct, frozen=True):
    """An API key of a service account."""

    user_id: str
    api_key_id: str


class InvitationKey(Struct, frozen=True):
    """An invitation."""

    invitation_id: str


class TeamKey(Struct, frozen=True):
    """A team."""

    team_id: str


class RoleKey(Struct, frozen=True):
    """A role."""

    role_id: str


class WorkspaceKey(Struct, frozen=True):
    """A workspace."""

    workspace_id: str


class EntryKey(Struct, frozen=True):
    """An account in one workspace, with any roles."""

    workspace_id: str
    user_id: str


class LocalAccountKey(Struct, frozen=True):
    """An account that exists in one workspace only."""

    workspace_id: str
    local_id: str


class TopicKey(Struct, frozen=True):
    """The organization as a whole: its administrators, or a list that could not be read."""

    topic: str


ADMINS = TopicKey("admins")

# `Union` and not `|`: the type checker needs one name for all of them.
Key = Union[  # noqa: UP007
    AssignmentKey, MembershipKey, HeldRoleKey, AccountKey, AccountRolesKey, AccountMembershipsKey, ApiKeyKey,
    InvitationKey, TeamKey, RoleKey, WorkspaceKey, EntryKey, LocalAccountKey, TopicKey,
]  # fmt: skip


def texts_of(key: Key) -> Iterator[str]:
    """Yield the ids of a key in order; missing ids are empty.

    >>> list(texts_of(HeldRoleKey(AssignmentKey("7", team_id="2"), MembershipKey("2", "1"))))
    ['7', '', '2', '', '', '', '2', '1', '']
    """
    for value in astuple(key):
        if isinstance(value, Struct):
            yield from texts_of(value)  # type: ignore[arg-type]  # keys contain only keys and texts
        else:
            yield value or ""


def _ids(row: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, str]:
    ids = {name: str(row.get(name) or "") for name in fields}
    return {**ids, "invitation_id": ""} if ids["user_id"] else ids
