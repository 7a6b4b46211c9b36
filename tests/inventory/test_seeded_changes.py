"""Changes over the API, one after the other: each gives exactly its expected rows."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest

import zenpro_nb
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb import inventory
from zenpro_nb.access import Inventory
from zenpro_nb.frontends.connection import Connection

NEW = "new.colleague@example.com"
MEMBER, PROD = "Organization Member", "ml-prod"

# The command and the differences: list, change, name, column, before, after.
CHANGES: list[tuple[str, list[tuple[str | None, ...]]]] = [
    ("teams create seeded", [("teams", "added", "seeded", None, None, None)]),
    ("teams update seeded --description first", [("teams", "changed", "seeded", "description", None, "first")]),
    ("teams update seeded --name sown", [("teams", "changed", "sown", "name", "seeded", "sown")]),
    ("teams add sown --user linus@example.com", [("team_members", "added", "linus@example.com in sown")]),
    ("teams add sown --service-account ci-bot", [("team_members", "added", "ci-bot in sown")]),
    ("teams update sown --name grown", [("teams", "changed", "grown", "name", "sown", "grown")]),
    (
        f"roles assign 'Workspace Viewer' --team grown --workspace {PROD}",
        [("assignments", "added", f"grown: Workspace Viewer in {PROD}")],
    ),
    (
        f"roles revoke 'Workspace Viewer' --team grown --workspace {PROD}",
        [("assignments", "removed", f"grown: Workspace Viewer in {PROD}")],
    ),
    ("teams remove grown --user linus@example.com", [("team_members", "removed", "linus@example.com in grown")]),
    (
        f"roles assign '{MEMBER}' --team grown",
        [("members", "added", "grown"), ("assignments", "added", f"grown: {MEMBER}")],
    ),
    (
        "teams delete grown",
        [
            ("members", "removed", "grown"),
            ("teams", "removed", "grown"),
            ("team_members", "removed", "ci-bot in grown"),
            ("assignments", "removed", f"grown: {MEMBER}"),
        ],
    ),
    (f"users create {NEW}", []),  # the account is not yet in any organization
    (
        f"roles assign '{MEMBER}' --user {NEW}",
        [("members", "added", NEW), ("assignments", "added", f"{NEW}: {MEMBER}")],
    ),
    (f"users update {NEW} --name 'New Colleague'", [("users", "changed", NEW, "name", None, "New Colleague")]),
    (f"users deactivate {NEW}", [("users", "changed", NEW, "is_active", "true", "false")]),
    (f"users activate {NEW}", [("users", "changed", NEW, "is_active", "false", "true")]),
    (f"users update {NEW} --superuser", [("users", "changed", NEW, "is_superuser", "false", "true")]),
    (f"users update {NEW} --no-superuser", [("users", "changed", NEW, "is_superuser", "true", "false")]),
    (
        f"roles assign 'Workspace Developer' --user {NEW} --workspace {PROD}",
        [("assignments", "added", f"{NEW}: Workspace Developer in {PROD}")],
    ),
    (
        f"roles assign 'Workspace Developer' --user {NEW} --workspace ml-dev",
        [("assignments", "added", f"{NEW}: Workspace Developer in ml-dev")],
    ),
    (
        f"roles revoke 'Workspace Developer' --user {NEW} --workspace {PROD}",
        [("assignments", "removed", f"{NEW}: Workspace Developer in {PROD}")],
    ),
    (
        f"roles revoke 'Workspace Developer' --user {NEW} --workspace ml-dev",
        [("assignments", "removed", f"{NEW}: Workspace Developer in ml-dev")],
    ),
    (
        f"roles assign 'Organization Viewer' --user {NEW}",
        [("assignments", "added", f"{NEW}: Organization Viewer")],
    ),
    (
        f"members remove {NEW}",
        [
            ("members", "removed", NEW),
            ("assignments", "removed", f"{NEW}: {MEMBER}"),
            ("assignments", "removed", f"{NEW}: Organization Viewer"),
        ],
    ),
    (
        "roles create Sower --level workspace --permission pipeline:read",
        [("roles", "added", "Sower")],
    ),
    ("roles update Sower --description sows", [("roles", "changed", "Sower", "description", None, "sows")]),
    (
        f"roles assign Sower --user linus@example.com --workspace {PROD}",
        [("assignments", "added", f"linus@example.com: Sower in {PROD}")],
    ),
    ("roles update Sower --name Reaper", [("roles", "changed", "Reaper", "name", "Sower", "Reaper")]),
    (
        f"roles revoke Reaper --user linus@example.com --workspace {PROD}",
        [("assignments", "removed", f"linus@example.com: Reaper in {PROD}")],
    ),
    ("roles delete Reaper", [("roles", "removed", "Reaper")]),
    (
        f"invitations create --email guest@example.com --role '{MEMBER}'",
        [
            ("assignments", "added", f"guest@example.com (invited): {MEMBER}"),
            ("invitations", "added", "guest@example.com"),
        ],
    ),
    (
        "invitations revoke guest@example.com",
        [
            ("assignments", "removed", f"guest@example.com (invited): {MEMBER}"),
            ("invitations", "removed", "guest@example.com"),
        ],
    ),
    ("service-accounts create seed-bot", [("service_accounts", "added", "seed-bot")]),
    (
        "service-accounts update seed-bot --description sows",
        [("service_accounts", "changed", "seed-bot", "description", None, "sows")],
    ),
    (
        "service-accounts update seed-bot --username plough-bot",
        [("service_accounts", "changed", "plough-bot", "username", "seed-bot", "plough-bot")],
    ),
    (
        "roles assign 'Workspace Contributor' --service-account plough-bot --workspace ml-dev",
        [("assignments", "added", "plough-bot: Workspace Contributor in ml-dev")],
    ),
    (
        "service-accounts deactivate plough-bot",
        [("service_accounts", "changed", "plough-bot", "is_active", "true", "false")],
    ),
    (
        "api-keys create spade --service-account plough-bot --expires-in 30d --to env:ZENPRO_TEST_SPADE",
        [("api_keys", "added", "spade of plough-bot")],
    ),
    (
        "api-keys deactivate spade --service-account plough-bot",
        [("api_keys", "changed", "spade of plough-bot", "active", "true", "false")],
    ),
    ("api-keys delete spade --service-account plough-bot", [("api_keys", "removed", "spade of plough-bot")]),
    ("workspaces create furrow --description first", [("workspaces", "added", "furrow")]),
    (
        "workspaces update furrow --display-name Furrow",
        [("workspaces", "changed", "furrow", "display_name", "furrow", "Furrow")],
    ),
    (
        "workspaces rename furrow field",
        [
            ("workspaces", "changed", "field", "name", "furrow", "field"),
            ("workspaces", "changed", "field", "server_url", "{url}/workspace/furrow", "{url}/workspace/field"),
        ],
    ),
    (
        "organizations update acme --description harvest",
        [("organization", "changed", "acme", "description", "Acme Corp's machine learning platform", "harvest")],
    ),
]


@pytest.fixture(scope="module")
def zen(sandboxes: SandboxPool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with (
        pytest.MonkeyPatch.context() as patch,
        sandboxes.lend("zen", lifecycle_seconds=0, users=40) as plane,
        zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection,
    ):
        patch.setenv("ZENPRO_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        patch.setenv("ZENPRO_NEW_PASSWORD", "correct-horse-9")
        yield connection


def differences(before: Inventory, after: Inventory) -> list[tuple[Any, ...]]:
    changes = inventory.compare(before, after)
    columns = changes[["list", "change", "name", "column", "before", "after"]].astype(object)
    return sorted((tuple(row) for row in columns.where(columns.notna(), None).itertuples(index=False)), key=str)


def rows_in_order(expected: list[tuple[str | None, ...]], url: str) -> list[tuple[str | None, ...]]:
    """The expected rows in order."""
    rows = [tuple(item and item.replace("{url}", url) for item in row) for row in expected]
    return sorted(((*row, *[None] * (6 - len(row))) for row in rows), key=str)


@pytest.mark.slow
def test_each_change_gives_exactly_its_rows(zen: Connection) -> None:
    assert len(CHANGES) >= 40
    last = inventory.fill(zen._session)
    assert last.gaps == {}
    assert differences(last, inventory.fill(zen._session)) == []
    wrong = {}
    for line, expected in CHANGES:
        zen.run(*shlex.split(line), "--yes", "--quiet")
        now = inventory.fill(zen._session)
        if (found := differences(last, now)) != rows_in_order(expected, now.server):
            wrong[line] = found
        last = now
    assert wrong == {}
