"""The line below a list names the objects that it was filtered by, instead of their ids."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.shell.conftest import Shell
from zenpro_nb import frames
from zenpro_nb.resources import RESOURCES

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}|[0-9a-f]{8}…")
NAMES = {
    "roles": "'Workspace Viewer'",
    "users": "linus@example.com",
    "teams": "Platform",
    "workspaces": "ml-prod",
    "workspace-users": "linus@example.com",
}
CONTROL_PLANE = ("members", "roles", "assignments")
IN_A_WORKSPACE = ("runs", "snapshots", "artifact-versions", "stacks")  # one of each kind of filter


def _filters() -> Iterator[tuple[str, str, str]]:
    for noun in (*CONTROL_PLANE, *IN_A_WORKSPACE):
        for filter_ in RESOURCES[noun].filters:
            if filter_.refers_to:
                yield noun, filter_.name, filter_.refers_to


@pytest.mark.parametrize(("noun", "name", "refers_to"), [*_filters()])
def test_a_filter_is_shown_by_name(reading_shell: Shell, noun: str, name: str, refers_to: str) -> None:
    place = " --workspace ml-prod" if noun in IN_A_WORKSPACE else ""
    value = NAMES.get(refers_to)
    if value is None:
        listed = reading_shell.run(f"%zenpro {refers_to}{place} --limit 1")
        value = f"'{listed[RESOURCES[refers_to].label].iloc[0]}'"
    option = name.removesuffix("_id").replace("_", "-")
    found = reading_shell.run(f"%zenpro {noun} --{option} {value}{place} --limit 2")
    line = " · ".join(frames.foot_parts(found))
    assert not ID.search(line), line
    assert f"={value.strip(chr(39))}" in line


@pytest.mark.parametrize("option", ["user", "team", "service-account"])
def test_the_assignments_of_a_principal_show_its_name(reading_shell: Shell, option: str) -> None:
    value = {"user": "linus@example.com", "team": "Platform", "service-account": "ci-bot"}[option]
    line = " · ".join(frames.foot_parts(reading_shell.run(f"%zenpro assignments --{option} {value}")))
    assert not ID.search(line), line
    assert f"only {option}={value}" in line
