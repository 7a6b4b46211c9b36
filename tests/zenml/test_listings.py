"""Every list of a workspace, from the real server: columns, dtypes, rows, hydration, secrets."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.support.workspace_lists import SHOWN, noun_of
from tests.zenml.conftest import CANARY
from zenpro_nb.errors import AmbiguousNameError, SwitchedOffError, UnknownNameError
from zenpro_nb.frames import dtype_of
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace import needs_hydration

# The number of rows that the seed creates in `prod`, over all its projects; None: at least one.
ROWS = {
    "runs": 4,
    "pipelines": 3,
    "steps": 8,
    "schedules": 1,
    "snapshots": 4,
    "builds": 1,
    "wait-conditions": 0,
    "stacks": 2,
    "components": 4,
    "flavors": None,
    "connectors": 1,
    "secrets": 1,
    "code-repositories": 1,
    "tags": 3,
    "models": 2,
    "model-versions": 3,
    "artifacts": 4,
    "artifact-versions": 4,
    "services": 1,
    "deployments": 0,
    "triggers": 1,
    "projects": 2,
    "workspace-users": None,  # other tests create users on the same server
    "workspace-service-accounts": 1,
    "workspace-api-keys": 1,
    "workspace-devices": 0,
    "webhooks": 0,
}
# An open-source server has the route, but no feature for it.
PRO_ONLY = "resource-requests"


def line(resource: Resource) -> list[str]:
    words = [noun_of(resource)]
    if resource.scoped:
        words += ["--project", "all"]
    if resource.noun == "workspace-api-keys":
        words += ["--service-account", "ci"]
    return words


@pytest.mark.parametrize("resource", SHOWN, ids=lambda item: item.noun)
def test_declared_columns_and_dtypes(plain: Connection, resource: Resource) -> None:
    if resource.noun == PRO_ONLY:
        with pytest.raises(SwitchedOffError, match="not enabled"):
            plain.run(*line(resource))
        return
    expected = ROWS[resource.noun]
    for options in ([], ["--hydrate"]):
        frame = plain.run(*line(resource), *options)
        declared = [column for column in resource.columns if options or not needs_hydration(column)]
        assert list(frame.columns) == [column.name for column in declared]
        for column in declared:
            wanted = dtype_of(column.kind)
            found = frame[column.name].dtype
            assert (
                isinstance(found, pd.CategoricalDtype) if isinstance(wanted, pd.CategoricalDtype) else found == wanted
            )
        assert (len(frame) > 0) if expected is None else (len(frame) == expected)
        assert frame.id.is_unique
        facts = frame.attrs["zenpro"]
        assert facts["rows"] == len(frame)
        assert facts["lenient"] == 0


@pytest.mark.parametrize("resource", SHOWN, ids=lambda item: item.noun)
def test_no_secret_reaches_a_frame(plain: Connection, resource: Resource) -> None:
    if resource.noun == PRO_ONLY:
        return
    for options in (["--hydrate"], ["--hydrate", "--raw"]):
        frame = plain.run(*line(resource), *options)
        assert CANARY not in repr(frame.to_dict("records")), options


def test_runs_show_their_origin_and_result(plain: Connection) -> None:
    runs = plain.run("runs", "--project", "all", "--hydrate")
    assert set(runs.project) == {"default", "research"}
    assert runs.workspace.nunique() == 1
    assert sorted(runs.status.astype(str)) == ["completed", "completed", "completed", "failed"]
    good = runs[runs.pipeline == "good"].iloc[0]
    assert good.model == "churn"
    assert good.tags == ["nightly"]
    assert good.stack == "shared"
    assert good.end_time > good.start_time
    assert good.user == "ci"


def test_a_column_that_needs_hydration_requests_it(plain: Connection) -> None:
    runs = plain.run("runs", "--project", "default", "--columns", "name,start_time")
    assert list(runs.columns) == ["name", "start_time"]
    assert runs.start_time.notna().all()
    assert runs.attrs["zenpro"]["hydrated"] is True


def test_newest_first_and_a_limit_takes_the_newest_of_all(plain: Connection) -> None:
    every = plain.run("runs", "--project", "default")
    assert every.created.is_monotonic_decreasing
    newest = plain.run("runs", "--project", "all", "--limit", "2", "--columns", "name,project")
    assert newest.project.iloc[0] == "research"
    assert len(newest) == 2
    assert newest.attrs["zenpro"]["complete"] is False
    oldest = plain.run("runs", "--project", "all", "--sort", "created", "--limit", "1")
    assert oldest.created[0] == plain.run("runs", "--project", "all").created.min()


def test_a_list_contains_all_projects_unless_one_is_named(plain: Connection) -> None:
    assert set(plain.run("runs").project) == {"default", "research"}
    with pytest.raises(Exception, match=r"The project 'reserch' does not exist.*research"):
        plain.run("runs", "--project", "reserch")
    assert set(plain.run("runs", "--project", "research").project) == {"research"}


def test_get_shows_every_column(plain: Connection) -> None:
    name = plain.run("runs", "--project", "default", "--status", "failed").name[0]
    item = plain.run("runs", "get", name, "--project", "default")
    assert len(item) == 1
    assert item.start_time.notna().all()
    by_id = plain.run("runs", "get", item.id[0])
    assert by_id.project[0] == "default"
    assert by_id.name[0] == name
    with pytest.raises(Exception, match="The run 'nothing' does not exist"):
        plain.run("runs", "get", "nothing", "--project", "all")
    with pytest.raises(Exception, match="or you cannot see it"):
        plain.run("stacks", "get", "00000000-0000-4000-8000-000000000000")


def test_objects_are_found_by_the_displayed_name(acme: Connection) -> None:
    prod = ("--workspace", "ml-prod")
    versions = acme.run("artifact-versions", *prod, "--project", "all").set_index("artifact").id
    with pytest.raises(AmbiguousNameError, match="2 artifact-versions are called 'weights'") as error:
        acme.run("artifact-versions", "get", "weights", *prod, "--project", "all")
    assert all(key in str(error.value) for key in versions["weights"])
    for noun in ("artifact-versions", "builds"):
        with pytest.raises(UnknownNameError):
            acme.run(noun, "get", "nothing", *prod, "--project", "all")
    with pytest.raises(UnknownNameError):
        acme.run("workspace-devices", "get", "nothing", *prod)
