"""What a person still has in an organization, read with the raw API."""

from __future__ import annotations

from typing import Any

from zenpro_nb.frontends.connection import Connection


def raw(zen: Connection, path: str, **params: str) -> Any:
    """Return the response of the API, with all pages of a list."""
    found = zen.client.request("GET", path, params=params).json()
    while isinstance(found, list) and len(found) and len(found) % 100 == 0:
        more = zen.client.request("GET", path, params={**params, "offset": len(found)}).json()
        if not more or more[0] in found:  # the end, or a list without pages
            break
        found += more
    return found


def organization_id(zen: Connection, name: str = "acme") -> str:
    return next(str(item["id"]) for item in raw(zen, "/organizations") if item["name"] == name)


def traces(zen: Connection, email: str, organization: str = "acme") -> set[str]:
    """Return everything a person still has in an organization, including an active account, read with the raw API."""
    org = f"/organizations/{organization_id(zen, organization)}"
    found = {f"active {item['email']}" for item in raw(zen, "/users", email=email) if item["is_active"]}
    found |= {
        f"invitation {item['id']}" for item in raw(zen, f"{org}/invitations", email=email) if not item["accepted"]
    }

    def is_of(value: Any) -> bool:
        return any((value.get(side) or {}).get("email") == email for side in ("user", "invitation"))

    for team in raw(zen, f"{org}/teams"):
        found |= {f"team {team['name']}" for item in raw(zen, f"/teams/{team['id']}/members") if is_of(item)}
    for role in raw(zen, f"{org}/roles"):
        rows = raw(zen, f"/roles/{role['id']}/assignments")
        found |= {f"{role['name']} {row['workspace_id']} {row['project_id']}" for row in rows if is_of(row)}
    return found


PROJECT = "5b0c1f0e-6c1e-4d8e-9a38-1d2a3b4c5d6e"
