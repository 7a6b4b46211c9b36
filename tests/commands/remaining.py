"""What somebody still has in an organization, read over the raw API."""

from __future__ import annotations

from typing import Any

from zenpro_nb.frontends.connection import Connection


def raw(zen: Connection, path: str, **params: str) -> Any:
    """What the API itself answers, all pages of a list."""
    found = zen.client.request("GET", path, params=params).json()
    while isinstance(found, list) and len(found) and len(found) % 100 == 0:
        more = zen.client.request("GET", path, params={**params, "offset": len(found)}).json()
        if not more or more[0] in found:  # the end, or a list without pages
            break
        found += more
    return found


def organization_id(zen: Connection, name: str = "acme") -> str:
    return next(str(one["id"]) for one in raw(zen, "/organizations") if one["name"] == name)


def traces(zen: Connection, email: str, organization: str = "acme") -> set[str]:
    """Whatever somebody still has in an organization, and that the account is active, found over the raw API."""
    org = f"/organizations/{organization_id(zen, organization)}"
    found = {f"active {one['email']}" for one in raw(zen, "/users", email=email) if one["is_active"]}
    found |= {f"invitation {one['id']}" for one in raw(zen, f"{org}/invitations", email=email) if not one["accepted"]}

    def is_of(one: Any) -> bool:
        return any((one.get(side) or {}).get("email") == email for side in ("user", "invitation"))

    for team in raw(zen, f"{org}/teams"):
        found |= {f"team {team['name']}" for one in raw(zen, f"/teams/{team['id']}/members") if is_of(one)}
    for role in raw(zen, f"{org}/roles"):
        rows = raw(zen, f"/roles/{role['id']}/assignments")
        found |= {f"{role['name']} {one['workspace_id']} {one['project_id']}" for one in rows if is_of(one)}
    return found


PROJECT = "5b0c1f0e-6c1e-4d8e-9a38-1d2a3b4c5d6e"
