"""Desired states with common mistakes: each is refused with its line, and nothing is sent."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.shell.conftest import Shell
from zenpro_nb.access import Inventory, Plan, desired_state, make_plan
from zenpro_nb.errors import UnknownNameError, UsageError, ZenProError

TEAMS = [{"id": f"t{number}", "name": f"team-{number}"} for number in range(3)]


def plan_of(text: str, teams: list[dict[str, str]] | None = None) -> Plan:
    roles = [
        {"id": "wv", "name": "Workspace Viewer", "level": "workspace", "system_managed": True},
        {"id": "om", "name": "Organization Member", "level": "organization", "system_managed": True},
        {"id": "pv", "name": "Project Viewer", "level": "project", "system_managed": True},
    ]
    lists = {"teams": TEAMS if teams is None else teams, "users": [{"id": "u", "email": "p@x.example"}], "roles": roles,
             "workspaces": [{"id": "w", "name": "ml"}], "assignments": [], "team_members": []}  # fmt: skip
    state = desired_state(f"zenpro: 1\n{text}", "access.yaml")
    return make_plan(Inventory.of(lists, organization_name="acme"), state.rows(), exact=state.exact())


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("teams:\n  a: {previously: [team-0]}\n  b: {previously: [team-0]}", 4, "'team-0' is the previous name of two"),
        ("teams:\n  team-1: {previously: [team-0]}\n  b: {previously: [x, team-0]}", 4, "is the previous name of two"),
        ("teams:\n  a: {previously: [team-0, team-1]}", 3, "several existing teams match previous names of 'a'"),
        ("workspace_roles:\n  mll: {}", 3, "no workspace 'mll'"),
        ("workspace_roles:\n  mll: {projects: {}}", 3, "no workspace 'mll'"),
        ("workspace_roles:\n  ml: {Workspace Veiwer: []}", 3, "no role 'Workspace Veiwer'"),
        ("organization_roles: {Organization Membre: []}", 2, "no role 'Organization Membre'"),
        ("workspace_roles: {mll: {projects: {p: {}}}}", 2, "no workspace 'mll'"),
        ("workspace_roles: {ml: {projects: {p: {Workspace Viewer: []}}}}", 2, "a role of level workspace"),
        ('teams: {"a\\ud800": {}}', 2, "U+D800"),
        ('teams: {a: {description: "a\\udfff"}}', 2, "U+DFFF"),
        ('teams: {a: {members: ["p@x.example\\0"]}}', 2, "U+0000"),
        ('organization: "ac\\nme"', 2, "U+000A"),
    ],
)
def test_a_mistake_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises((UsageError, UnknownNameError)) as caught:
        plan_of(text)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"access.yaml, line {line}:")
    str(caught.value).encode()  # it can be printed


def test_two_spellings_of_one_previous_name_are_seen_in_the_organization() -> None:
    with pytest.raises(UsageError, match=r"line 4: 'team-0' is the previous name of two teams: 'b' and 'a' \(access"):
        plan_of("teams:\n  a: {previously: ['id:t0']}\n  b: {previously: [team-0]}")


def test_an_unused_previous_name_renames_no_team() -> None:
    steps = plan_of("teams:\n  a: {previously: [gone, team-0]}\n  b: {previously: [gone]}").steps
    assert [(step.does, step.team) for step in steps] == [("update", "a"), ("add", "b")]


def test_names_without_principals_give_no_step() -> None:
    text = "workspace_roles: {ml: {}}\norganization_roles: {Organization Member: []}\nteams: {team-1: {}}"
    assert plan_of(text).steps == ()
    assert plan_of("teams: {a: {description: \"two\\nlines\"}}").steps[0].after == {
        "name": "a", "description": "two\nlines",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["new", "renamed", "members"])
def test_the_work_grows_with_the_number_of_teams_and_no_faster(kind: str) -> None:
    """Four times as many teams execute four times as many lines, not sixteen times."""
    small, large = _lines_executed(kind, 50), _lines_executed(kind, 200)
    assert large < 4.4 * small


def _lines_executed(kind: str, number: int) -> int:
    """How many lines of the package compare a file of so many teams with an organization; a loop counts each round."""
    order = list(range(number))
    random.Random(number).shuffle(order)
    teams = [{"id": f"t{place}", "name": f"old-{place}"} for place in order]
    line = {
        "new": "  team-{0}: {{members: [p@x.example]}}",
        "renamed": "  team-{0}: {{previously: [old-{0}], members: [p@x.example]}}",
        "members": "  old-{0}: {{members: [p@x.example]}}",
    }[kind]
    text = "teams:\n" + "\n".join(line.format(place) for place in order)
    executed = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal executed
        if f"{os.sep}zenpro_nb{os.sep}" not in frame.f_code.co_filename:
            return None
        executed += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        plan = plan_of(text, [] if kind == "new" else teams)
    finally:
        sys.settrace(before)
    assert len(plan.steps) == number * (1 if kind == "members" else 2)
    return executed


PROJECT = "00000000-0000-4000-8000-00000000abcd"


def test_an_unknown_project_is_refused_before_anything_is_sent(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "access.yaml"
    roles = "Project Viewer: [linus@example.com]"
    for text in (f"{{'{PROJECT}': {{{roles}}}}}", f"{{'{PROJECT}': {{}}}}", f"{{defualt: {{{roles}}}}}"):
        file.write_text(f"zenpro: 1\nworkspace_roles:\n  ml-prod:\n    projects: {text}\n")
        for command in ("plan", "apply --yes"):
            with pytest.raises(ZenProError, match=r"line 4: There is no project '.*' in the workspace ml-prod"):
                shell.run(f"%zenpro {command} {file}")
    projects = shell.run("%zenpro projects --workspace ml-prod")
    key, title = projects[["id", "name"]].iloc[0]
    for word in (key, title):
        file.write_text(f"zenpro: 1\nworkspace_roles:\n  ml-prod:\n    projects: {{'{word}': {{{roles}}}}}\n")
        assert set(shell.run(f"%zenpro plan {file} --all")["project_id"]) == {key}
