"""Why a run failed: `runs get` reads the error of the step, which the run itself does not have."""

from __future__ import annotations

import zenpro_nb
from tests.support.sandbox import SandboxProcess

PLACE = ("--workspace", "ml-prod")


def test_a_failed_run_shows_the_error_of_the_step_that_ended_it(sandbox: SandboxProcess) -> None:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        runs = zen.run("runs", *PLACE, "--project", "all", "--status", "failed", "--hydrate")
        run = runs[runs["error"].isna()].iloc[0]
        in_run = ("--project", run["project"], "--pipeline-run-id", run["id"])
        steps = zen.run("steps", *PLACE, *in_run, "--status", "failed", "--hydrate")
        got = zen.run("runs", "get", run["id"], *PLACE)
    expected = [f"{step['name']}: {step['error']}" for _, step in steps.iterrows() if isinstance(step["error"], str)]
    assert got["error"].iloc[0] in expected
    assert got["error"].dtype == runs["error"].dtype


def test_a_run_that_has_not_failed_has_no_error(sandbox: SandboxProcess) -> None:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        runs = zen.run("runs", *PLACE, "--project", "all", "--status", "completed", "--limit", "1")
        got = zen.run("runs", "get", runs["id"].iloc[0], *PLACE)
    assert got["error"].isna().all()
