"""info, statistics, logs, dag."""

from __future__ import annotations

import pytest

from tests.zenml.conftest import World
from zenpro_nb.frontends.connection import Connection


def test_info_and_statistics_of_all_workspaces(acme: Connection) -> None:
    info = acme.run("info", "--workspace", "all")
    assert set(info.workspace) == {"ml-prod", "ml-dev"}
    assert set(info.version) == {"0.98.0"}
    counts = acme.run("statistics", "--workspace", "all").set_index(["workspace", "project"])
    assert counts.loc[("ml-prod", "default"), "runs"] == 3
    assert counts.loc[("ml-prod", "research"), "runs"] == 1
    assert counts.loc[("ml-prod", "research"), "stacks"] == 2
    assert counts.loc[("ml-dev", "default"), "pipelines"] == 2


def test_workspaces_that_are_not_running_are_listed_in_attrs(acme: Connection) -> None:
    info = acme.run("info", "--workspace", "ml-dev", "--workspace", "churn-2023")
    assert list(info.workspace) == ["ml-dev"]
    assert info.attrs["zenpro"]["failed"][0]["workspace"] == "churn-2023"


def test_logs_of_a_run_and_of_a_step(acme: Connection) -> None:
    failed = acme.run("runs", "--workspace", "ml-prod", "--project", "default", "--status", "failed").name[0]
    logs = acme.run("logs", failed, "--workspace", "ml-prod")
    assert logs.timestamp.is_monotonic_increasing
    assert logs.message.str.contains("no such bucket").any()
    assert "broken" in set(logs.step.dropna())
    assert set(logs.level.dropna()) <= {"debug", "info", "warning", "error", "critical"}
    of_step = acme.run("logs", failed, "--workspace", "ml-prod", "--step", "broken")
    assert set(of_step.step) == {"broken"}
    assert 0 < len(of_step) <= len(logs)


def test_a_run_is_drawn(acme: Connection) -> None:
    failed = acme.run("runs", "--workspace", "ml-dev", "--status", "failed").name[0]
    dag = acme.run("dag", failed, "--workspace", "ml-dev")
    text = repr(dag)
    assert text.splitlines()[0] == f"{failed}: failed"
    assert "✗ broken (failed" in text
    assert "rows, for broken" in text
    drawing = dag._repr_html_()
    assert drawing.startswith("<svg")
    assert 'role="img"' in drawing
    assert drawing.count("<rect") == len(dag.nodes)
    assert drawing.count("marker-end") == len(dag.edges)


def test_a_server_without_a_control_plane(plain: Connection, world: World) -> None:
    info = plain.run("info")
    assert info.workspace[0] == world.prod.url.removeprefix("http://")
    with pytest.raises(Exception, match="The run 'nothing' does not exist"):
        plain.run("dag", "nothing")
