"""`--check-usage` and `--max-affected` of plan, apply and users offboard, over HTTP."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.access.random_organizations import Api
from tests.support.sandbox import SandboxProcess
from tests.usage.conftest import people_of, records, run_counts, workspaces_of
from zenpro_nb.errors import BlockedError, UsageError
from zenpro_nb.frontends.connection import Connection

WINDOW = ("--check-usage", "90d")


@pytest.fixture
def runner(zen: Connection, api: Api, small_sandbox: SandboxProcess) -> tuple[str, int]:
    """A person who started runs and administers nothing, and the number of these runs."""
    runs: Counter[str] = Counter()
    for (account, _), number in run_counts(small_sandbox, workspaces_of(api)).items():
        runs[account] += number
    paths = records(zen.run("access", "--where", "kind=user"))
    admins = {row["user_id"] for row in paths if "Admin" in row["role"] or row["role"] in ("superuser", "owner")}
    return next((email, runs[key]) for key, email in people_of(api).items() if runs[key] and key not in admins)


def without(value: Any, name: str) -> Any:
    """The content of a file without a name in its lists."""
    if isinstance(value, dict):
        return {key: without(inner, name) for key, inner in value.items()}
    return [item for item in value if item != name] if isinstance(value, list) else value


def leaving(zen: Connection, file: Path, email: str) -> tuple[str, ...]:
    """The arguments of a plan in which a person loses everything."""
    zen.run("export", str(file), "--exact")
    file.write_text(yaml.safe_dump(without(yaml.safe_load(file.read_text()), email)))
    return (str(file), *WINDOW, "--max-removals", "100%")


def test_a_plan_marks_the_removal_and_the_limit_stops_apply(
    zen: Connection, api: Api, runner: tuple[str, int], tmp_path: Path
) -> None:
    email, runs = runner
    line = leaving(zen, tmp_path / "access.yaml", email)
    steps = records(zen.run("plan", *line))
    marked = [row for row in steps if row["usage"]]
    assert {row["principal"] for row in marked} == {email}
    assert {row["action"] for row in marked} == {"remove"}
    assert max(row["runs"] + row["scheduled_runs"] for row in marked) == runs
    assert "no role that allows it would remain" in marked[0]["usage"]

    with pytest.raises(BlockedError, match="--max-affected 1"):
        zen.run("apply", *line, "--max-affected", "0", "--yes")
    assert email in set(people_of(api).values())
    with pytest.raises(UsageError, match="--check-usage is required"):
        zen.run("plan", line[0], "--max-affected", "0")


@pytest.mark.slow
def test_a_saved_plan_keeps_the_limit_and_counts_the_runs_again(
    zen: Connection, api: Api, runner: tuple[str, int], tmp_path: Path
) -> None:
    email, _ = runner
    line = leaving(zen, tmp_path / "access.yaml", email)
    saved = tmp_path / "plan.json"
    zen.run("plan", *line, "--max-affected", "0", "--save", str(saved))
    with pytest.raises(BlockedError, match="--max-affected 1"):
        zen.run("apply", str(saved), "--yes")
    zen.run("apply", str(saved), "--max-affected", "1", "--yes")
    assert email not in set(people_of(api).values())


@pytest.mark.slow
def test_offboarding_shows_the_runs_and_respects_the_limit(zen: Connection, api: Api, runner: tuple[str, int]) -> None:
    email, runs = runner
    rows = records(zen.run("users", "offboard", email, *WINDOW, "--dry-run"))
    marked = [row for row in rows if row["usage"]]
    assert any(f"started {runs} run" in row["usage"] for row in marked)
    assert {row["action"] for row in marked} >= {"deactivate", "leave"}
    with pytest.raises(BlockedError, match="--max-affected 1"):
        zen.run("users", "offboard", email, *WINDOW, "--max-affected", "0", "--yes")
    assert email in set(people_of(api).values())
    with pytest.raises(UsageError, match="--check-usage is required"):
        zen.run("users", "offboard", email, "--max-affected", "0")
    zen.run("users", "offboard", email, *WINDOW, "--max-affected", "1", "--yes")
    assert email not in set(people_of(api).values())
