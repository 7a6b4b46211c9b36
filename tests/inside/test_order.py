"""The order of a list of several workspaces and projects: the newest first, as help and documentation say."""

from __future__ import annotations

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess


@pytest.mark.parametrize(
    "options",
    [
        ("--workspace", "ml-prod", "--project", "all"),
        ("--workspace", "ml-prod", "--workspace", "ml-staging", "--project", "all", "--since", "7d"),
        ("--workspace", "ml-prod", "--workspace", "ml-staging", "--project", "all", "--columns", "created,project"),
    ],
    ids=" ".join,
)
def test_a_list_of_several_places_begins_with_the_newest(sandbox: SandboxProcess, options: tuple[str, ...]) -> None:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        runs = zen.run("runs", *options)
    assert runs["project"].nunique() > 1
    assert runs["created"].is_monotonic_decreasing


def test_the_sort_column_is_shown_only_if_selected(sandbox: SandboxProcess) -> None:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        runs = zen.run("runs", "--workspace", "ml-prod", "--project", "all", "--columns", "name,status")
    assert list(runs.columns) == ["name", "status"]
