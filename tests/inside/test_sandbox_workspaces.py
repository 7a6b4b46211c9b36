"""The workspaces of a sandbox have their own servers with sample runs; one of them breaks off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.workspace_lists import SHOWN
from zenpro_nb import frames
from zenpro_nb.errors import PermissionDeniedError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources import Resource

EVERYTHING = ("--workspace", "all", "--project", "all")


def test_runs_of_all_workspaces_but_the_one_that_breaks_off(
    acme: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = acme.run("runs", *EVERYTHING)
    assert runs.workspace.nunique() == 6
    assert len(runs) > 2_000
    facts = runs.attrs["zenpro"]
    assert [row["workspace"] for row in facts["failed"]] == ["edge-onprem"]
    assert "Lost connection" in facts["failed"][0]["message"]
    assert facts["skipped"]["nlp-research"] == "deactivated"
    assert facts["skipped"]["agents"] == "without a ZenML server"
    line = "zenpro runs --project all --workspace edge-onprem"
    assert f"Repeat the command for it: `{line}`" in capsys.readouterr().err
    foot = frames.foot_line(runs)
    assert "5 workspaces not read: edge-onprem, vision-lab, " in foot
    assert "without a ZenML server: agents" in foot
    assert not [words for words in ("complete", "may be more") if words in foot]


def test_skipped_workspaces_make_every_result_incomplete(acme: Connection, tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    runs = acme.run("runs", "--workspace", "all", "--where", "pipeline~churn", "--plot", "--save", chart)
    counted = acme.run("usage", "--by", "day")
    joined = acme.run("sql", "SELECT count(*) AS n FROM runs", "--workspace", "all")
    for frame in (runs, counted, joined):
        assert frame.attrs["zenpro"]["complete"] is False
        assert re.search(r"[45] workspaces not read: (edge-onprem, )?vision-lab, ", frames.foot_line(frame))
    assert "5 workspaces not read: " in chart.read_text()
    assert "(not complete)" in chart.read_text()


def test_it_returns_short_lists(acme: Connection) -> None:
    assert len(acme.run("runs", "--workspace", "edge-onprem", "--project", "quality", "--limit", "20")) == 20
    assert set(acme.run("info", "--workspace", "edge-onprem").version) == {"0.98.0"}


def test_a_run_and_its_parts(acme: Connection) -> None:
    place = ("--workspace", "ml-prod")
    runs = acme.run("runs", *place, "--project", "churn", "--status", "failed", "--hydrate")
    assert set(runs.columns) >= {"start_time", "error", "pipeline"}
    steps = acme.run("steps", *place, "--project", "churn", "--pipeline-run-id", runs.id[0], "--hydrate")
    logs = acme.run("logs", runs.name[0], *place)
    failed = steps[steps.status == "failed"].iloc[0]
    assert logs.message.str.contains(failed.error, regex=False).any()
    assert "✗" in repr(acme.run("dag", runs.name[0], *place))


# The sandbox writes this wherever a secret can be.
CANARY = "made-up-"


@pytest.mark.parametrize(
    "resource", [listing for listing in SHOWN if "{" not in listing.path], ids=lambda item: item.noun
)
def test_every_list_can_be_read_and_shows_no_secret(acme: Connection, resource: Resource) -> None:
    # Forecasting has its own service account; the members of the other workspaces are random.
    workspace = "forecasting" if resource.noun == "workspace-service-accounts" else "recommender"
    words = [
        (resource.parent or resource.noun).split()[0],
        "--workspace",
        workspace,
        *(["--project", "newsletter"] if resource.scoped else []),
    ]
    for options in (["--hydrate"], ["--hydrate", "--raw"]):
        frame = acme.run(*words, "--limit", "40", *options)
        assert (len(frame) > 0) == (resource.noun != "workspace-devices")
        assert frame.attrs["zenpro"]["lenient"] == 0
        assert CANARY not in repr(frame.to_dict("records"))


def test_writes_that_zenml_pro_refuses(acme: Connection) -> None:
    with pytest.raises(PermissionDeniedError, match="organization service accounts"):
        acme.run("service-accounts", "create", "mine", "--workspace", "ml-staging")


@pytest.mark.parametrize("words", [(), ("--logical-operator", "or"), ("some-run", "--status", "failed")])
def test_runs_are_never_deleted_without_a_filter(acme: Connection, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=r"RUN or a filter is required|cannot be combined with filters"):
        acme.run("runs", "delete", *words, "--workspace", "ml-prod", "--yes")
