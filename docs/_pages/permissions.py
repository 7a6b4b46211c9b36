"""The permissions that a command needs, from the routes that it uses and the sandbox's predefined roles.

The API facts do not name the permissions of the control plane, so the sandbox infers them. The pages say so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.resources import WORKSPACE_LISTS
from zenpro_nb.resources.nouns import option_word
from zenpro_nb.resources.routes import ROUTES
from zenpro_nb.sandbox.permissions.predefined import ALL_TYPES, PREDEFINED

_ACTIONS = {"GET": "read", "POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
# The type of resource by the path of a route; the first match applies. None: the caller's own objects.
_TYPES: tuple[tuple[str, str | None], ...] = (
    (r"/users/me|/devices|/permissions|/releases|/invitations|/auth/|/users/authorize_server", None),
    (r"/users", "superuser"),
    (r"/organizations/validation|.*/(trial|entitlement|validation)/?", None),
    (r"/organizations/\{\w+\}/members", "member"),
    (r"/organizations/\{\w+\}/invitations", "invitation"),
    (r"/organizations/\{\w+\}/service_accounts", "service_account"),
    (r"/organizations/\{\w+\}/roles|/roles/\{\w+\}$|/roles$", "role"),
    (r"/organizations/\{\w+\}/teams|/teams", "team"),
    (r"/roles/\{\w+\}/assignments", "role_assignment"),
    (r"/workspaces/\{\w+\}(/projects/\{\w+\})?/members", "member"),
    (r"/workspaces", "workspace"),
    (r"/organizations/\{\w+\}$", "organization"),
)
# The type inside workspaces where it is not the list's own name.
_INSIDE = {
    "runs": "pipeline_run", "steps": "pipeline_run", "builds": "pipeline_build", "components": "stack_component",
    "connectors": "service_connector", "snapshots": "pipeline_deployment", "wait-conditions": "pipeline_run",
    "logs": "pipeline_run", "dag": "pipeline_run",
}  # fmt: skip


# Roles of workspaces and projects count for these too.
_AT_EVERY_LEVEL = {"member", "role_assignment", "workspace"}
_READS_ALL = "`read` on the lists of the organization; a list that cannot be read is reported as a gap"
_STEPS = "those of each step that it sends"
_LOCAL = "none; it works with files on this machine"
_OTHERS = {
    **dict.fromkeys(
        ("access", "audit", "plan", "export", "diff", "history", "captures create", "reviews create", "sql"), _READS_ALL
    ),
    **dict.fromkeys(("apply", "undo", "reviews apply", "users onboard", "users offboard"), _STEPS),
    **dict.fromkeys(
        ("captures", "reviews", "journal", "notebooks", "profiles", "sandbox", "demo", "docs", "completion"), _LOCAL
    ),
    "reviews decide": _LOCAL,
    "api": "those of the route",
}


def permission_of(words: str, command: click.Command) -> str:
    """Return the sentence about the permissions of a command; empty if there is nothing to say about them."""
    noun, _, verb = words.partition(" ")
    if told := _OTHERS.get(words) or _OTHERS.get(noun):
        return told
    inside = {listing.noun for listing in WORKSPACE_LISTS} | {"logs", "dag"}
    if noun in inside:
        kind = _INSIDE.get(noun, option_word(noun).replace("-", "_"))
        action = {"delete": "delete", "stop": "update", "run": "create", "refresh": "update"}.get(verb, "read")
        if isinstance(command, WriteCommand) and action == "read":
            action = "update"
        roles = _roles(action, kind, ("organization", "workspace", "project"))
        return f"`{action}` on `{kind}` in the workspace{f': {roles}' if roles else ''}"
    found = [
        sentence for route in ROUTES if words in route.commands if (sentence := _of_route(route.method, route.path))
    ]
    if isinstance(command, WriteCommand):
        found = [sentence for sentence in found if not sentence.startswith("`read`")] or found
    return "; ".join(dict.fromkeys(found))


def _of_route(method: str, path: str) -> str:
    kind = next((kind for pattern, kind in _TYPES if re.match(pattern, path)), None)
    if kind == "superuser":
        return "" if method == "GET" else "superuser of the instance"
    if kind is None:
        return ""
    action = "update" if path.startswith("/teams/{") and path.endswith("/members") else _ACTIONS[method]
    if kind == "team" and method == "GET":
        action = "read"
    if kind == "service_account" and "api_keys" in path and method != "GET":
        action = "update"
    levels = ("organization", "workspace", "project") if kind in _AT_EVERY_LEVEL else ("organization",)
    return f"`{action}` on `{kind}`: {_roles(action, kind, levels)}"


def _roles(action: str, kind: str, levels: Sequence[str]) -> str:
    if kind not in ALL_TYPES:
        return ""
    names = [role.name for role in PREDEFINED if role.level in levels and action in role.permissions.get(kind, ())]
    return ", ".join(f"*{name}*" for name in names)
