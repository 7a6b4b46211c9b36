"""Simulate a plan: the resulting inventory, to query it before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.access.model import principals
from zenpro_nb.access.model.inventory import Inventory, InventoryList, list_of
from zenpro_nb.access.plans.bindings import Binding, principal_key, team_key
from zenpro_nb.access.plans.model import Plan, Step
from zenpro_nb.access.plans.state import State

if TYPE_CHECKING:
    import pandas as pd

_IDENTITY = ("user_id", "team_id", "invitation_id", "role_id", "workspace_id", "project_id")
_OF_ACCOUNTS = ("email", "name", "username", "is_active", "is_service_account")


def after(inventory: Inventory, plan: Plan) -> Inventory:
    """Return the inventory after the changes of the plan, without blocked steps.

    New teams and invitations have the ids `{team NAME}` and `{invitation EMAIL}`.

    Example:
        >>> from zenpro_nb.access import DesiredRow, Inventory, make_plan
        >>> found = Inventory.of({"teams": [], "team_members": []})
        >>> after(found, make_plan(found, [DesiredRow("team", team="ops")])).teams.frame["id"].tolist()
        ['{team ops}']
    """
    before = State.of(inventory)
    then = before.after_step(plan.changes)
    removals, come = before.bindings - then.bindings, then.bindings - before.bindings
    teams = _teams(inventory, plan.changes)
    accounts = {step.party.id: step.does == "add" for step in plan.changes if step.kind == "account"}
    users = _active(inventory.users, "id", accounts)
    accounts_by_id = {account["id"]: account for account in frames.convert(users.frame, "records")}
    lists = [teams, users, _invitations(inventory, plan.changes)]
    for name, members in (("team_members", True), ("assignments", False)):
        active = _active(inventory[name], "user_id", accounts)
        away = {binding for binding in removals if (binding.kind == "team-member") is members}
        more = [
            (_membership if members else _assignment)(binding, then, accounts_by_id)
            for binding in sorted(come)
            if (binding.kind == "team-member") is members
        ]
        lists.append(_with_changes(active, away, more))
    members_now = _active(inventory.members, "user_id", accounts)
    lists.append(_members(members_now, before, then, accounts_by_id))
    if inventory.service_accounts.is_known:
        lists.append(_active(inventory.service_accounts, "id", accounts))
    return inventory.with_lists(*lists)


def _with_frame(list_: InventoryList, frame: pd.DataFrame, fields: Iterable[str] = ()) -> InventoryList:
    new_list = list_of(list_.name, frame, fields=list_.fields | frozenset(fields))
    return replace(list_, frame=new_list.frame, fields=new_list.fields)


def _plus(list_: InventoryList, frame: pd.DataFrame, rows: list[dict[str, Any]]) -> InventoryList:
    """Return the list with this frame plus these rows."""
    import pandas as pd  # heavy: only where a frame is made

    if not rows:
        return _with_frame(list_, frame)
    more = list_of(list_.name, rows)
    both = pd.concat([frame.astype(object), more.frame.astype(object)], ignore_index=True)
    return _with_frame(list_, both, more.fields)


def _active(list_: InventoryList, column: str, accounts: Mapping[str, bool]) -> InventoryList:
    """Return the list with updated `is_active`."""
    if not accounts or "is_active" not in list_.frame.columns:
        return list_
    frame = list_.frame.copy()
    states = frame[column].map(accounts)
    frame["is_active"] = frame["is_active"].astype(object).where(states.isna(), states)
    return _with_frame(list_, frame, ["is_active"])


def _teams(inventory: Inventory, steps: Iterable[Step]) -> InventoryList:
    frame = inventory.teams.frame.copy()
    teams: dict[str, dict[str, Any]] = {}
    for step in steps:
        if step.kind != "team":
            continue
        key = team_key(step)
        if step.does == "add":
            teams[key] = {"id": key, "name": step.team, **(step.after or {})}
            continue
        for name, value in (step.after or {}).items():
            frame.loc[frame["id"] == key, name] = value
    return _plus(inventory.teams, frame, list(teams.values()))


def _invitations(inventory: Inventory, steps: Iterable[Step]) -> InventoryList:
    frame = inventory.invitations.frame
    away = {step.party.id for step in steps if step.kind == "invitation" and step.does == "remove"}
    rows = [
        {
            "id": principal_key(step.party),
            "email": step.party.name,
            "accepted": False,
            "roles": [step.role],
            "organization_id": inventory.organization_id or None,
        }
        for step in steps
        if step.kind == "invitation" and step.does == "add"
    ]
    return _plus(inventory.invitations, frame[~frame["id"].isin(away)], rows)


def _with_changes(list_: InventoryList, removals: set[Binding], rows: list[dict[str, Any]]) -> InventoryList:
    """Return a list of memberships or assignments with some rows removed and others added."""
    frame = list_.frame
    if removals:
        away = {_identity(binding) for binding in removals}
        columns = ["user_id", "team_id", "invitation_id", *(("role_id", "workspace_id", "project_id"))]
        values = [
            frame[name].where(frame[name].notna(), "") if name in frame else [""] * len(frame) for name in columns
        ]
        keeps = [pair not in away for pair in zip(*values, strict=True)]
        frame = frame[keeps]
    return _plus(list_, frame, rows)


def _identity(binding: Binding) -> tuple[str, ...]:
    ids = {"user_id": "", "team_id": "", "invitation_id": "", binding.field: binding.id}
    if binding.kind == "team-member":
        ids["team_id"] = binding.team
    return (ids["user_id"], ids["team_id"], ids["invitation_id"], binding.role, binding.workspace, binding.project)


def _kind(binding: Binding, accounts: Mapping[str, Mapping[str, Any]]) -> str:
    if binding.field == "user_id":
        bot = bool((accounts.get(binding.id) or {}).get("is_service_account"))
        return principals.BOT if bot else principals.USER
    return principals.TEAM if binding.field == "team_id" else principals.INVITATION


def _who(binding: Binding, then: State, accounts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    account = accounts.get(binding.id) or {}
    row: dict[str, Any] = {"kind": _kind(binding, accounts), binding.field: binding.id}
    row |= {name: account.get(name) for name in _OF_ACCOUNTS}
    if binding.field == "invitation_id":
        row["invited_email"] = then.invitations.get(binding.id)
    return row


def _membership(binding: Binding, then: State, accounts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {**_who(binding, then, accounts), "team": then.teams[binding.team]["name"], "team_id": binding.team}


def _assignment(binding: Binding, then: State, accounts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    role = then.roles.get(binding.role)
    name = then.teams[binding.id]["name"] if binding.field == "team_id" else then.name_of(binding.holder)
    return {
        "kind": _kind(binding, accounts),
        "principal": name.removeprefix("bot:"),
        "role": role.name if role else None,
        "level": role.level if role else None,
        "workspace": then.workspaces.get(binding.workspace) if binding.workspace else None,
        "project_id": binding.project or None,
        binding.field: binding.id,
        "is_active": (accounts.get(binding.id) or {}).get("is_active"),
        "role_id": binding.role,
        "workspace_id": binding.workspace or None,
    }


def _members(
    list_: InventoryList, before: State, then: State, accounts: Mapping[str, Mapping[str, Any]]
) -> InventoryList:
    """Return the members: principals with a direct organization role."""
    changed = {binding.holder for binding in before.bindings ^ then.bindings if binding.kind == "organization-role"}
    if not changed or not list_.is_known:
        return list_
    frame = list_.frame
    touched = [
        any((name, row.get(name)) in changed for name in ("user_id", "team_id", "invitation_id"))
        for row in frames.convert(frame, "records")
    ]
    rows = []
    for holder in sorted(changed):
        bindings = sorted(
            binding for binding in then.bindings_by_holder.get(holder, ()) if binding.kind == "organization-role"
        )
        if bindings:
            row = _who(bindings[0], then, accounts)
            if holder[0] == "team_id":
                row["team"] = then.teams[holder[1]]["name"]
            names = [
                then.roles[binding.role].name if binding.role in then.roles else binding.role for binding in bindings
            ]
            rows.append(
                {
                    **row,
                    "roles": names,
                    "role_ids": [binding.role for binding in bindings],
                    "levels": ["organization"] * len(bindings),
                }
            )
    return _plus(list_, frame[[not is_touched for is_touched in touched]], rows)
