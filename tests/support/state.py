"""The state of an organization by names only: it must be the same after an undo, although ids are new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from zenpro_nb import frames, inventory
from zenpro_nb.frontends.connection import Connection


def state_of(zen: Connection) -> Mapping[str, Any]:
    """Read accounts, teams, roles, assignments and invitations."""
    known = inventory.fill(zen._session, None)
    rows = {
        name: frames.convert(known[name].frame, "records")
        for name in (
            "users",
            "teams",
            "team_members",
            "roles",
            "assignments",
            "invitations",
            "service_accounts",
            "workspaces",
        )
    }
    emails = {row["id"]: row["email"] for row in rows["invitations"]}
    holders = {row["id"]: row["name"] for row in rows["teams"]} | emails
    holders |= {row["id"]: row["username"] for row in [*rows["users"], *rows["service_accounts"]]}

    def holder(row: Mapping[str, Any]) -> str:
        return str(holders[row["user_id"] or row.get("team_id") or row["invitation_id"]])

    teams: dict[str, Any] = {row["name"]: (row["description"] or "", []) for row in rows["teams"]}
    for row in rows["team_members"]:
        member = holders[row["user_id"] or row["invitation_id"]]
        teams[row["team"]][1].append(member)
    roles = defaultdict(list)
    for row in rows["assignments"]:
        where = " in ".join(str(part) for part in (row["role"], row["workspace"], row["project_id"]) if part)
        roles[holder(row)].append(where)
    waiting = [row["email"] for row in rows["invitations"] if not row["accepted"]]
    return {
        "users": {row["username"]: (row["is_active"], row["name"]) for row in rows["users"]},
        "teams": {name: (text, sorted(members)) for name, (text, members) in teams.items()},
        "roles": {who: sorted(held) for who, held in roles.items()},
        "custom roles": sorted((row["name"], row["description"] or "") for row in rows["roles"]),
        "invitations": sorted(waiting),
        "service accounts": sorted((row["username"], row["is_active"]) for row in rows["service_accounts"]),
        "workspaces": sorted(
            (row["name"], row["description"] or "", row["desired_state"]) for row in rows["workspaces"]
        ),
    }
