"""What people type into the search of the documentation, and the pages that answer it."""

from __future__ import annotations

# Each page must be among the first three hits of its terms, and at most two clicks from the home page.
TERMS: dict[str, tuple[str, ...]] = {
    "how-to/offboard": ("offboard someone", "offboard", "someone left", "deactivate a user", "remove a user"),
    "how-to/onboard": ("onboard", "invite someone", "new colleague", "add a user"),
    "how-to/who-may-do-what": ("who can delete stacks in production", "who has access", "permissions", "matrix"),
    "how-to/leaked-keys": ("my key expired", "expired key", "leaked key", "token expired", "401"),
    "how-to/rotate-keys": ("rotate keys", "rotate", "old keys"),
    "how-to/slow-lists": ("the list is slow", "slow", "list takes too long", "timeout"),
    "how-to/ci": ("use in CI", "GitHub Actions", "pipeline in CI", "cron"),
    "how-to/install": ("install", "upgrade", "pip install", "installation"),
    "how-to/troubleshooting": ("troubleshooting", "error message", "command not found", "does not work"),
    "how-to/access-as-code": ("access as code", "yaml", "terraform", "drift"),
    "how-to/compare-with-last-month": ("what changed", "history", "capture"),
    "how-to/quarterly-review": ("access review", "quarterly review", "auditor"),
    "how-to/idp-groups": ("okta", "identity provider", "sync groups", "SSO"),
    "how-to/usage": ("usage", "cost", "who uses what"),
    "how-to/projects": ("create a project", "project"),
    "how-to/temporary-access": ("temporary access", "deadline"),
    "how-to/failed-runs": ("failed runs", "failed"),
    "how-to/papermill-and-schedules": ("papermill", "schedule", "send a report"),
    "how-to/share-a-notebook": ("share a notebook", "pseudonyms", "secrets in a notebook"),
    "how-to/self-hosted": ("self-hosted", "proxy", "certificate"),
    "how-to/guards": ("blocked", "last administrator", "guard"),
    "how-to/sql": ("sql", "duckdb"),
    "how-to/shell-completion": ("tab completion", "completion"),
}
