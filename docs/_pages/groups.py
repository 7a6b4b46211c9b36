"""The groups in which the list of commands is shown, by what people want to work with."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.commands.tree import tree

_GROUPS: dict[str, tuple[str, ...]] = {
    "People": ("users", "members", "invitations", "teams", "me"),
    "Access": ("access", "audit", "assignments", "roles", "permissions", "reviews", "require"),
    "Access as code": ("plan", "apply", "export", "undo", "journal"),
    "Changes over time": ("captures", "diff", "history"),
    "Keys and accounts of programs": (
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
    """Return the commands by group. A command without one is shown under its section of `--help`."""
    groups = {title: [name for name in listed if name in names] for title, listed in _GROUPS.items()}
    known = {name for listed in groups.values() for name in listed}
    for title, section in tree.sections.items():
        rest = [name for name in section.names if name not in known and name in names]
        if rest:
            groups[title] = groups.get(title, []) + rest
    return {title: listed for title, listed in groups.items() if listed}
