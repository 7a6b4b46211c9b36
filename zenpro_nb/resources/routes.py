"""Every route of the control plane (fact sheet, section 3), and the commands that use it, or why none should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MACHINE = "for the servers of workspaces, with their own credential"
_BROWSER = "for browsers; a notebook signs in with a key, a token or the device flow"


@dataclass(frozen=True)
class Route:
    """One route. `commands` are the words of the commands that use it; `why_none` says why there are none.

    Of the two spellings, workspace and tenant, the newer stands here; the client falls back to the older by itself.
    """

    method: str
    path: str
    commands: tuple[str, ...] = ()
    why_none: str = ""
    inferred: bool = False  # the fact sheet deduces it; no public material shows it

    def matches(self, method: str, path: str) -> bool:
        """Whether a request of this method and path is one of this route."""
        return method == self.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", self.path), path) is not None


def _get(path: str, *commands: str, why_none: str = "", inferred: bool = False) -> Route:
    return Route("GET", path, commands, why_none, inferred)


def _post(path: str, *commands: str, why_none: str = "", inferred: bool = False) -> Route:
    return Route("POST", path, commands, why_none, inferred)


def _put(path: str, *commands: str, why_none: str = "", inferred: bool = False) -> Route:
    return Route("PUT", path, commands, why_none, inferred)


def _patch(path: str, *commands: str, why_none: str = "", inferred: bool = False) -> Route:
    return Route("PATCH", path, commands, why_none, inferred)


def _delete(path: str, *commands: str, why_none: str = "", inferred: bool = False) -> Route:
    return Route("DELETE", path, commands, why_none, inferred)


_ORGANIZATIONS = (
    _get("/organizations", "organizations"),
    _post("/organizations", "organizations create"),
    _get("/organizations/{organization_id}", "organizations get", "organizations delete"),
    _patch("/organizations/{organization_id}", "organizations update"),
    _delete("/organizations/{organization_id}", "organizations delete"),
    _get("/organizations/{organization_id}/members", "members", "users"),
    _delete("/organizations/{organization_id}/members", "members remove"),
    _get("/organizations/{organization_id}/invitations", "invitations"),
    _post("/organizations/{organization_id}/invitations", "invitations create"),
    _delete("/organizations/{organization_id}/invitations/{invitation_id}", "invitations revoke"),
    _get("/organizations/{organization_id}/roles", "roles"),
    _get("/organizations/{organization_id}/teams", "teams"),
    _get("/organizations/{organization_id}/workspaces", why_none="`workspaces` reads /workspaces, which filters more"),
    _get(
        "/organizations/{organization_id}/workspace/{workspace_name}",
        why_none="names of workspaces are unique in all of ZenML, so that /workspaces/{name} says the same",
    ),
    _get("/organizations/{organization_id}/trial", "organizations trial"),
    _get("/organizations/{organization_id}/entitlement/{feature}", "organizations entitlement"),
    _get(
        "/organizations/validation/name/{organization_name}",
        "organizations validate",
        "organizations create",
    ),
    _get(
        "/organizations/{organization_id}/validation/workspace_name/{workspace_name}",
        "workspaces validate",
        "workspaces create",
        inferred=True,
    ),
    _get(
        "/organizations/{organization_id}/validation/tenant_name/{workspace_name}",
        "workspaces validate",
        "workspaces create",
    ),
    _get("/organizations/{organization_id}/service_accounts", "service-accounts"),
    _post("/organizations/{organization_id}/service_accounts", "service-accounts create"),
    _get(
        "/organizations/{organization_id}/service_accounts/{service_account_id}",
        "service-accounts get",
        inferred=True,
    ),
    _patch(
        "/organizations/{organization_id}/service_accounts/{service_account_id}",
        "service-accounts update",
        "service-accounts activate",
        "service-accounts deactivate",
        inferred=True,
    ),
    _delete(
        "/organizations/{organization_id}/service_accounts/{service_account_id}",
        "service-accounts delete",
        inferred=True,
    ),
)


def _keys(owner: str, *, inferred: bool) -> Iterator[Route]:
    path = f"{owner}/api_keys"
    yield _get(path, "api-keys")
    yield _post(path, "api-keys create")
    yield _get(f"{path}/{{api_key_id}}", why_none="`api-keys` shows the same fields of each key", inferred=inferred)
    yield _patch(f"{path}/{{api_key_id}}", "api-keys activate", "api-keys deactivate", inferred=inferred)
    yield _put(f"{path}/{{api_key_id}}/rotate", "api-keys rotate", inferred=inferred)
    yield _delete(f"{path}/{{api_key_id}}", "api-keys delete", inferred=inferred)


_USERS = (
    _get("/users", "users"),
    _post("/users", "users create"),
    _get("/users/{user_id}", "users get"),
    _patch("/users/{user_id}", "users update", "users activate", "users deactivate"),
    _delete("/users/{user_id}", "users delete"),
    _get("/users/me", "me"),
    _patch("/users/me", "me update"),
    _get("/users/authorize_server", "permissions check"),
)

_TEAMS = (
    _post("/teams", "teams create"),
    _get("/teams/{team_id}", "teams get"),
    _patch("/teams/{team_id}", "teams update"),
    _delete("/teams/{team_id}", "teams delete"),
    _get("/teams/{team_id}/members", "teams members"),
    _post("/teams/{team_id}/members", "teams add"),
    _delete("/teams/{team_id}/members", "teams remove"),
)

_ROLES = (
    _post("/roles", "roles create"),
    _get("/roles/{role_id}", "roles get", "roles create"),
    _patch("/roles/{role_id}", "roles update"),
    _delete("/roles/{role_id}", "roles delete"),
    _get("/roles/{role_id}/assignments", "assignments"),
    _post("/roles/{role_id}/assignments", "roles assign"),
    _delete("/roles/{role_id}/assignments", "roles revoke"),
    _get("/permissions", "permissions"),
    _post("/rbac/check_permissions", why_none=_MACHINE),
    _get("/rbac/allowed_resource_ids", why_none=_MACHINE),
    _get("/rbac/resource_members", why_none=_MACHINE),
    _post("/rbac/resource_members", why_none=_MACHINE),
    _delete("/rbac/resources", why_none=_MACHINE),
)

_WORKSPACES = (
    _get("/workspaces", "workspaces"),
    _post("/workspaces", "workspaces create"),
    _delete("/workspaces", why_none="deletes a whole list at once; what is deleted here is named one by one"),
    _get("/workspaces/{workspace_id}", "workspaces get", "workspaces wait"),
    _patch("/workspaces/{workspace_id}", "workspaces update", "workspaces rename"),
    _delete("/workspaces/{workspace_id}", "workspaces delete"),
    _patch("/workspaces/{workspace_id}/deploy", "workspaces deploy"),
    _patch("/workspaces/{workspace_id}/deactivate", "workspaces deactivate"),
    _get("/workspaces/{workspace_id}/members", "workspaces members"),
    _post("/workspaces/{workspace_id}/members", why_none="its parameters are guesswork; `roles assign` does the same"),
    _delete(
        "/workspaces/{workspace_id}/members", why_none="its parameters are guesswork; `roles revoke` does the same"
    ),
    _get("/workspaces/{workspace_id}/projects/{project_id}/members", "workspaces members"),
    _patch("/workspace_status", why_none=_MACHINE),
)

_REST = (
    _post("/auth/login", "login"),
    _post("/auth/logout", why_none="a session of this tool ends by itself within the hour, and its key would go on"),
    _get("/auth/authorize", why_none=_BROWSER),
    _get("/auth/callback", why_none=_BROWSER),
    _get("/auth/connections", why_none=_BROWSER),
    _post("/auth/device_authorization", "login"),
    _get("/auth/api_token", "login"),
    _post("/auth/workspace_authorization/{workspace_id}", why_none="for web clients of one workspace"),
    _get("/devices", "devices"),
    _get("/devices/{device_id}", "devices get"),
    _put("/devices/{device_id}", why_none="what it changes is not published"),
    _delete("/devices/{device_id}", "devices delete"),
    _put("/devices/verify", "devices verify"),
    _get("/invitations", "invitations mine"),
    _get("/invitations/{invitation_id}", "invitations accept"),
    _post("/invitations/{invitation_id}", "invitations accept"),
    _get("/releases", "releases"),
    _get("/releases/{release_service}", "releases"),
    _get("/server/info", ""),
    _get("/health", why_none="says nothing that /server/info does not"),
    _post("/usage-event", why_none=_MACHINE),
    _post("/usage-batch", why_none=_MACHINE),
    _post("/stigg-webhook", why_none="for the billing service"),
)

ROUTES: tuple[Route, ...] = (
    *_ORGANIZATIONS,
    *_keys("/organizations/{organization_id}/service_accounts/{service_account_id}", inferred=True),
    *_USERS,
    *_keys("/users/me", inferred=True),
    *_TEAMS,
    *_ROLES,
    *_WORKSPACES,
    *_REST,
)


def route_of(method: str, path: str) -> Route | None:
    """The route that a request of this method and path is one of; a fixed path goes before one with braces."""
    found = [route for route in ROUTES if route.matches(method, path)]
    return min(found, key=lambda route: route.path.count("{"), default=None)


def as_markdown() -> str:
    """The table of all routes, for the documentation."""
    lines = [
        "# Routes of the control plane",
        "",
        "Every route that is known, and the command that uses it, or why none does. `api GET PATH` reads any of them.",
        "Routes marked *inferred* follow by analogy; no public material shows them. Control planes that know the older",
        "spelling (`/tenants` for `/workspaces`) are asked in that spelling.",
        "",
        "This page is made by `python -m zenpro_nb.resources.routes`; a test holds it to the code.",
        "",
        "| route | command |",
        "|---|---|",
    ]
    lines += [f"| `{one.method} {one.path}`{' *inferred*' * one.inferred} | {_use(one)} |" for one in ROUTES]
    return "\n".join(lines) + "\n"


def _use(route: Route) -> str:
    if route.commands:
        return ", ".join(f"`{command}`" if command else "the status card" for command in route.commands)
    return f"none: {route.why_none}"


if __name__ == "__main__":
    from zenpro_nb.terminal import console  # for this alone

    console.show(as_markdown().rstrip("\n"))
