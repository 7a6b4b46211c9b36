"""The data of one organization at one point in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.access.model.lists import LISTS, ListType
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

# Why a list, or a part of it, is not known.
#   not asked: not requested, or not in the capture.
#   forbidden:   403, the credential's owner may not read it.
#   plan:        402, the organization's plan has it not.
#   token:       401, the route refuses this kind of token.
#   missing: 404, the server has no such route, or the object was deleted in the meantime.
#   failed:      5xx or an answer that is none, after all retries.
#   unreachable: no connection, or no answer in time.
#   ignored:     the server answers as if a filter had not been sent.
GapReason = Literal["not asked", "forbidden", "plan", "token", "missing", "failed", "unreachable", "ignored"]


class Gap(Struct, frozen=True):
    """Why a list is not known, or not whole.

    Attributes:
        reason: one word for it, of the first part that failed.
        message: one sentence for people, with what to do next.
        parts: where only a part of the list is not known: the ids of the teams, roles, bots or workspaces (see
            `ListType.part`) whose rows are missing, and why. Empty: the whole list is not known.
    """

    reason: GapReason
    message: str
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def brief(self) -> str:
        """Return the message; if it ends with the reason of one part, without this reason."""
        cause = next((why for why in self.parts.values() if self.message.endswith(why)), "")
        return self.message.removesuffix(cause).rstrip() or self.message


class InventoryList(Struct, frozen=True, eq=False):
    """One list: its rows, and how complete they are.

    Attributes:
        name: its name in the inventory.
        frame: the rows; every declared column with its dtype, also without rows.
        complete: the end of the list was seen, and no part of it is missing.
        changed: rows moved while it was read.
        started, finished: when it was read; None where it was not.
        fields: the columns of which the server sent the field at all, in some row. A field that is not among them is
            unknown; a null in one of them is a value.
        gap: why it is not known, or not whole.
    """

    name: str
    frame: pd.DataFrame
    complete: bool = True
    changed: bool = False
    started: datetime | None = None
    finished: datetime | None = None
    fields: frozenset[str] = frozenset()
    gap: Gap | None = None

    @property
    def type(self) -> ListType:
        """Return its declaration: columns, key, part."""
        return LISTS[self.name]

    @property
    def is_known(self) -> bool:
        """Return whether any part of it was read: False if `gap` is about the whole list."""
        return self.gap is None or bool(self.gap.parts)

    @property
    def gap_text(self) -> str:
        """Return in one sentence why the list is incomplete; "" if it is complete."""
        if self.gap is not None:
            return self.gap.message
        return "" if self.complete else "The list is incomplete."

    def knows(self, column: str) -> bool:
        """Return whether the values of a column came from the server; always true for a known list without rows.

        >>> list_of("users", [{"id": "1", "email": None}]).knows("is_superuser")
        False
        """
        return self.is_known and (column in self.fields or len(self.frame) == 0)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        more = "" if self.gap is None else f", {self.gap.reason}"
        return f"<InventoryList {self.name}, {counted(len(self), 'row')}{more}>"


def list_of(
    name: str,
    rows: pd.DataFrame | Sequence[Mapping[str, Any]] = (),
    *,
    fields: frozenset[str] | None = None,
    **facts: Any,
) -> InventoryList:
    """Return a list of these rows with all declared columns and dtypes; missing columns are empty.

    Args:
        name: one of `LISTS`.
        rows: a frame, or one mapping per row by column name; other columns are dropped.
        fields: the fields that the server sent; by default the columns of `rows`.
        facts: the other attributes of `InventoryList`.

    Raises:
        UnknownNameError: an inventory has no such list.

    Example:
        >>> teams = list_of("teams", [{"id": "1", "name": "ops"}])
        >>> str(teams.frame["member_count"].dtype), teams.knows("name"), teams.knows("member_count")
        ('Int64', True, False)
    """
    list_type = _type_of(name)
    frame = frames.with_types(list_type.columns, rows)
    if fields is None:
        field_names = {name for row in rows for name in row} if isinstance(rows, Sequence) else set(rows.columns)
        fields = frozenset(column.name for column in list_type.columns if column.name in field_names)
    return InventoryList(name, frame, fields=fields, **facts)


def not_asked(name: str) -> InventoryList:
    """Return a list that was not requested, so nothing is known about it."""
    gap = Gap("not asked", f"The list {name} was not read.")
    return InventoryList(name, _without_rows(name).copy(deep=False), complete=False, gap=gap)


@lru_cache
def _without_rows(name: str) -> pd.DataFrame:
    return frames.with_types(_type_of(name).columns, [])


def _type_of(name: str) -> ListType:
    if name not in LISTS:
        raise UnknownNameError(f"An inventory has no list {name!r}", hint=did_you_mean(name, list(LISTS)))
    return LISTS[name]


class Inventory(Struct, frozen=True, eq=False, weakref=True):
    """The data of one organization at one point in time; a list that was not read has a `gap`.

    Iterating gives the names of the lists, `inventory["users"]` is `inventory.users`.

    Attributes:
        organization_id, organization_name: whose it is.
        server: the address of the server.
        sandbox: the server is an embedded sandbox.
        started, finished: when it was read.
        requests: the number of requests it took.
        organization, me: one row each: the organization, and the account that read the data.
        users: the accounts, bots among them, that members, teams and assignments name.
        members: users, service accounts, teams and invitations with organization roles.
        teams, team_members: the teams and their members.
        roles, assignments: the roles and their assignments at every level.
        workspaces, invitations, service_accounts: as the control plane lists them.
        api_keys: the keys of the service accounts, never the keys themselves.
        permissions: for each queried pair, the roles that allow it; see `roles_allowing`.
        workspace_users, workspace_service_accounts, workspace_projects: the data of each running workspace itself.
        usage: the runs of the last 90 days by project, pipeline, user and day.

    Example:
        >>> inventory = Inventory.of({"users": [{"id": "1", "email": "ada@example.com", "is_active": True}]})
        >>> inventory.users.frame["email"].tolist(), inventory.teams.gap.reason
        (['ada@example.com'], 'not asked')
    """

    organization_id: str = ""
    organization_name: str = ""
    server: str = ""
    sandbox: bool = False
    started: datetime | None = None
    finished: datetime | None = None
    requests: int = 0
    organization: InventoryList = field(default_factory=lambda: not_asked("organization"))
    me: InventoryList = field(default_factory=lambda: not_asked("me"))
    users: InventoryList = field(default_factory=lambda: not_asked("users"))
    members: InventoryList = field(default_factory=lambda: not_asked("members"))
    teams: InventoryList = field(default_factory=lambda: not_asked("teams"))
    team_members: InventoryList = field(default_factory=lambda: not_asked("team_members"))
    roles: InventoryList = field(default_factory=lambda: not_asked("roles"))
    assignments: InventoryList = field(default_factory=lambda: not_asked("assignments"))
    workspaces: InventoryList = field(default_factory=lambda: not_asked("workspaces"))
    invitations: InventoryList = field(default_factory=lambda: not_asked("invitations"))
    service_accounts: InventoryList = field(default_factory=lambda: not_asked("service_accounts"))
    api_keys: InventoryList = field(default_factory=lambda: not_asked("api_keys"))
    permissions: InventoryList = field(default_factory=lambda: not_asked("permissions"))
    workspace_users: InventoryList = field(default_factory=lambda: not_asked("workspace_users"))
    workspace_service_accounts: InventoryList = field(default_factory=lambda: not_asked("workspace_service_accounts"))
    workspace_projects: InventoryList = field(default_factory=lambda: not_asked("workspace_projects"))
    usage: InventoryList = field(default_factory=lambda: not_asked("usage"))

    @classmethod
    def of(
        cls,
        lists: Mapping[str, InventoryList | pd.DataFrame | Sequence[Mapping[str, Any]]],
        **facts: Any,
    ) -> Inventory:
        """Return the inventory of these lists, as they are or created by `list_of`.

        Args:
            lists: by name; omitted lists are "not asked".
            facts: `organization_id`, `server` and the other attributes that are not lists.

        Raises:
            UnknownNameError: an inventory has no list of that name.
        """
        lists_by_name: dict[str, Any] = {}
        for name, listing in lists.items():
            lists_by_name[_type_of(name).name] = (
                listing if isinstance(listing, InventoryList) else list_of(name, listing)
            )
        return cls(**facts, **lists_by_name)

    def __iter__(self) -> Iterator[str]:
        return iter(LISTS)

    def __getitem__(self, name: str) -> InventoryList:
        """Return the list of this name.

        Raises:
            UnknownNameError: an inventory has no such list.
        """
        list_: InventoryList = getattr(self, _type_of(name).name)
        return list_

    def items(self) -> Iterator[tuple[str, InventoryList]]:
        """Yield each name with its list."""
        return ((name, self[name]) for name in self)

    @property
    def gaps(self) -> dict[str, Gap]:
        """Return the gaps by the names of the lists, except for lists that were not requested."""
        pairs = ((name, list_.gap) for name, list_ in self.items())
        return {name: gap for name, gap in pairs if gap is not None and gap.reason != "not asked"}

    def with_lists(self, *lists: InventoryList, requests: int = 0) -> Inventory:
        """Return the inventory with these lists replaced, and `requests` added."""
        return replace(self, **{listing.name: listing for listing in lists}, requests=self.requests + requests)

    def roles_allowing(self, action: str, resource: str) -> frozenset[str] | None:
        """Return the ids of the roles that allow the action on the type; None if unknown.

        Example:
            >>> asked = {"action": "delete", "resource": "stack", "known": True}
            >>> inventory = Inventory.of({"permissions": [{**asked, "role_id": "1"}, {**asked, "role_id": "2"}]})
            >>> sorted(inventory.roles_allowing("delete", "stack")), inventory.roles_allowing("read", "stack")
            (['1', '2'], None)
        """
        permissions = self.permissions.frame
        rows = permissions[(permissions["action"] == action) & (permissions["resource"] == resource)]
        if rows.empty or not rows["known"].fillna(False).all():
            return None
        return frozenset(rows["role_id"].dropna())

    def __repr__(self) -> str:
        rows = sum(len(list_) for _, list_ in self.items())
        size = f"{counted(rows, 'row')}, {counted(len(self.gaps), 'gap')}"
        return f"<Inventory of {self.organization_name or self.organization_id}, {size}>"
