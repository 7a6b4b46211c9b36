"""Find objects of an organization by name in its inventory, without any server request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zenpro_nb import limits
from zenpro_nb.access.model.columns import ADMIN_ROLES, BOT, BOT_MARK, OWNER, SUPERUSER, TEAM_MARK
from zenpro_nb.access.model.holders import holders
from zenpro_nb.access.model.name_table import NameTable
from zenpro_nb.errors import AmbiguousNameError, PermissionDeniedError, UnknownNameError
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Gap, Inventory

_ADMIN_WORDS = ("admin", "administrator", "owner")
_TO_ADMINS = "To list all admins: `access --admins`."
_FORBIDDEN = "forbidden"  # the reason of a gap
Ids = Mapping[str, Sequence[str]]  # by column


def principal_ids(inventory: Inventory, text: str) -> Ids:
    """Return the ids of a principal, by column: of `user_id`, `invitation_id`, `team_id`.

    An email address can match an account and an open invitation; both are returned.

    Args:
        inventory: the inventory to search.
        text: an email address, a sign-in name, a full name, `bot:NAME` or the name of a service account, `team:NAME`
            for roles that come through a team, or an id.

    Raises:
        UnknownNameError: there is no match, or it is unknown; the message suggests similar names.
        AmbiguousNameError: there are several matches; the message lists them with their ids.

    Example:
        >>> from zenpro_nb.access import Inventory
        >>> found = Inventory.of({"users": [{"id": "1", "email": "ada@example.com", "name": "Ada"}]})
        >>> principal_ids(found, "ADA@example.com"), principal_ids(found, "Ada")
        ({'user_id': ['1']}, {'user_id': ['1']})
    """
    teams, users = inventory.teams.frame, _users(inventory)
    who = holders(inventory)
    sources = (
        ("user_id", users[["name", "id"]]),
        ("invitation_id", who[["principal", "invitation_id"]]),
        ("team_id", teams[["name", "id"]].assign(name=TEAM_MARK + teams["name"])),
    )
    found: dict[str, list[str]] = {}
    valid_names: list[str] = []
    for column, pairs in sources:
        names, ids = (pairs.iloc[:, place] for place in range(2))
        there = ids.notna()
        table = _table(names[there], ids[there])
        if ids_here := table.ids_of(text):
            found[column] = _single(text, ids_here, names[there], ids[there])
        valid_names += table
    if not found and (gap := inventory.gaps.get("members")) is not None:
        error = _unread(inventory, gap, "member", text)
        raise UnknownNameError(error.message, hint=error.hint)  # the account may be found elsewhere
    if not found:
        advice = "Write a team as team:NAME, and a service account as bot:NAME."
        raise UnknownNameError(
            f"No principal in {inventory.organization_name or 'the organization'} is called {text!r}",
            hint=_TO_ADMINS if text.casefold().rstrip("s") in _ADMIN_WORDS else did_you_mean(text, valid_names, advice),
            strangers=[text],
        )
    return found


def _users(inventory: Inventory) -> pd.DataFrame:
    """Return every name of each account, with its id."""
    import pandas as pd  # heavy: only where a frame is made

    who = holders(inventory)
    who = who[who["user_id"].notna()]
    bots = who[who["kind"] == BOT]
    accounts = inventory.users.frame
    columns = [who[["principal", "user_id"]]]
    columns += [bots[["principal", "user_id"]].assign(principal=bots["principal"].str.removeprefix(BOT_MARK))]
    columns += [accounts[[name, "id"]] for name in ("username", "name")]
    pairs = pd.concat([column.set_axis(["name", "id"], axis=1) for column in columns], ignore_index=True)
    return pairs[pairs["name"].notna()].drop_duplicates(ignore_index=True)


def _table(names: pd.Series, ids: pd.Series) -> NameTable:
    return NameTable(zip(names, ids, strict=True))


def _single(text: str, found: list[str], names: pd.Series, ids: pd.Series) -> list[str]:
    if len(found) > 1:
        first = names.groupby(ids).first()
        candidates = ", ".join(f"{key} ({first[key]})" for key in found[: limits.NAMES_IN_MESSAGE])
        raise AmbiguousNameError(f"{len(found)} principals are called {text!r}: {candidates}", name=text, ids=found)
    return found


def workspace_ids(inventory: Inventory, text: str) -> list[str]:
    """Return the ids of the workspaces with this name or id.

    Raises:
        PermissionDeniedError: the workspaces may not be read.
        UnknownNameError: there is none, or it is unknown.
    """
    rows = inventory.workspaces.frame
    table = _table(rows["name"], rows["id"])
    for name, key in zip(rows["display_name"], rows["id"], strict=True):
        if name not in table:
            table.enter(name, key)
    assigned_ids = inventory.assignments.frame["workspace_id"]
    ids = table.ids_of(text) or ([text] if (assigned_ids == text).any() else [])
    if not ids and (gap := inventory.gaps.get("workspaces")) is not None:
        raise _unread(inventory, gap, "workspace", text)
    if not ids:
        raise UnknownNameError(
            f"There is no workspace {text!r} in {inventory.organization_name or 'the organization'}",
            hint=did_you_mean(text, table, "List them with `workspaces`."),
        )
    return ids


def role_ids(inventory: Inventory, text: str) -> list[str]:
    """Return the ids of all roles with this name, at any level, or of the role with this id.

    Raises:
        PermissionDeniedError: the roles may not be read.
        UnknownNameError: there is none, or it is unknown. `superuser` and `owner` are not roles and are returned as
            they are.
    """
    rows = inventory.roles.frame
    table = _table(rows["name"], rows["id"])
    ids = table.ids_of(text) or [word for word in (SUPERUSER, OWNER) if word == text.casefold()]
    if not ids and (gap := inventory.gaps.get("roles")) is not None:
        raise _unread(inventory, gap, "role", text)
    if not ids:
        names = [*table, SUPERUSER, OWNER]
        hint = did_you_mean(text, names, "List them with `roles`.")
        if text.casefold().rstrip("s") in _ADMIN_WORDS:
            hint = f"{_TO_ADMINS} {hint}"
        matching = sum(text.casefold() in str(name).casefold() for name in names)
        if matching > limits.SUGGESTIONS:
            hint += f" {matching} roles contain this word: `roles --where {quoted(f'name~{text}')}`."
        raise UnknownNameError(
            f"There is no role {text!r} in {inventory.organization_name or 'the organization'}", hint=hint
        )
    return ids


def _unread(inventory: Inventory, gap: Gap, noun: str, text: str) -> PermissionDeniedError | UnknownNameError:
    """Return the error for a name in a list that could not be read: whether it exists is unknown."""
    organization = inventory.organization_name or "the organization"
    message = f"The {noun}s of {organization} could not be read, so it is unknown whether there is a {noun} {text!r}"
    if gap.reason != _FORBIDDEN:
        return UnknownNameError(message, hint=gap.message)
    return PermissionDeniedError(
        f"{message} (HTTP 403)",
        hint=f"Ask an Organization Admin of {organization} for a role with the permission read:{noun}, such as "
        "Organization Viewer.",
        status=403,
    )


def select(
    access: pd.DataFrame,
    inventory: Inventory,
    *,
    principal: str | None = None,
    workspace: str | None = None,
    project: str | None = None,
    role: str | None = None,
    admins: bool | None = None,
) -> pd.DataFrame:
    """Return the rows of effective access that match all arguments.

    Args:
        access: effective access, computed from the inventory.
        inventory: the inventory to search for names.
        principal: see `principal_ids`.
        workspace: name or id.
        project: id.
        role: name or id, or superuser or owner.
        admins: only paths of `ADMIN_ROLES`. A custom role with such a name does not count.

    Raises:
        UnknownNameError: an object does not exist.
        AmbiguousNameError: several principals have the name.
    """
    import pandas as pd

    fits = pd.Series(True, index=access.index)
    if principal is not None:
        ids = principal_ids(inventory, principal)
        fits &= pd.concat([access[column].isin(values) for column, values in ids.items()], axis=1).any(axis=1)
    if workspace is not None:
        fits &= access["workspace_id"].isin(workspace_ids(inventory, workspace))
    if project is not None:
        fits &= access["project_id"] == project
    if role is not None:
        column_ids = role_ids(inventory, role)
        fits &= access["role_id"].isin(column_ids) | (access["role_id"].isna() & access["role"].isin(column_ids))
    if admins:
        roles = inventory.roles.frame
        custom_ids = roles.loc[roles["system_managed"].eq(False).fillna(False), "id"]
        fits &= access["role"].isin(ADMIN_ROLES) & ~access["role_id"].isin(custom_ids)
    return access[fits].reset_index(drop=True)
