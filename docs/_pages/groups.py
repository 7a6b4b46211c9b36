"""The groups in which the list of commands is shown, by what people want to work with."""

from __future__ import annotations

from collections.abc import Sequence

_GROUPS: dict[str, tuple[str, ...]] = {
    "People": ("users", "members", "invitations", "teams", "me"),
    "Access": ("access", "audit", "assignments", "roles", "permissions", "reviews", "require"),
    "Access as code": ("plan", "apply", "export", "undo", "journal"),
    "Changes over time": ("captures", "diff", "history"),
    "API keys and service accounts": (
        "service-accounts", "api-keys", "devices", "workspace-devices", "secrets", "connectors",
    ),
    "Organizations and workspaces": ("organizations", "workspaces", "projects", "info", "statistics", "releases"),
    "Runs": (
        "runs", "usage", "steps", "logs", "dag", "pipelines", "schedules", "triggers", "wait-conditions", "builds",
        "snapshots",
    ),
    "Stacks and resources": ("stacks", "components", "flavors", "code-repositories", "resource-requests", "webhooks"),
    "Models and artifacts": (
        "models", "model-versions", "artifacts", "artifact-versions", "services", "deployments", "tags",
    ),
    "Queries": ("sql", "api"),
    "Sign in and settings": ("login", "logout", "use", "profiles", "doctor"),
    "Notebooks, forms, and help": ("notebooks", "pseudonyms", "form", "demo", "sandbox", "docs", "completion"),
}  # fmt: skip


def grouped(names: Sequence[str]) -> dict[str, list[str]]:
    """Return the commands by group.

    Raises:
        LookupError: a command is not in a group.
    """
    without_group = sorted({*names} - {name for listed in _GROUPS.values() for name in listed})
    if without_group:
        raise LookupError(f"Enter {', '.join(without_group)} in a group of _GROUPS in docs/_pages/groups.py.")
    groups = {title: [name for name in listed if name in names] for title, listed in _GROUPS.items()}
    return {title: listed for title, listed in groups.items() if listed}
