"""Deadlines in a file: how they are read, planned and edited."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.access.guarded_plans import organization
from zenpro_nb.access import desired_state, make_plan, unread_projects, without_vanished
from zenpro_nb.access.desired.editing import PERMANENT, EntryPlace, EntryState, Name, edit, entry_of, new_file
from zenpro_nb.errors import UsageError

NOW = datetime(2026, 12, 8, 12, tzinfo=UTC)
MEMBER = ("r-organization-member", "user_id", "u1", "", "")
VIEWER = ("r-workspace-viewer", "user_id", "u1", "w0", "")


def until(text: str) -> datetime | None:
    state = desired_state(f"zenpro: 1\norganization_roles: {{R: [{{principal: a@x, until: {text}}}]}}")
    return state.rows()[0].until


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-12-08", "2026-12-09T00:00:00+00:00"),
        ("'2026-12-08'", "2026-12-09T00:00:00+00:00"),
        ("2026-12-08T12:00:00Z", "2026-12-08T12:00:00+00:00"),
        ("2026-12-08T12:00Z", "2026-12-08T12:00:00+00:00"),
        ("2026-12-08 12:00:00", "2026-12-08T12:00:00+00:00"),
        ("2026-12-08 12:00:00 +05:45", "2026-12-08T06:15:00+00:00"),
        ("2026-12-08T00:30:00+01:00", "2026-12-07T23:30:00+00:00"),
    ],
)
def test_a_deadline_is_an_instant_in_utc(text: str, instant: str) -> None:
    found = until(text)
    assert found is not None
    assert found.isoformat() == instant


# The entry of a role in line 3, the reported line, and words of the message; the schema refuses each too.
BAD = [
    ("{principal: a@x}", 3, "the key `until` is required"),
    ("{until: 2026-12-08}", 3, "the key `principal` is required"),
    ("{principal: a@x, till: 2026-12-08}", 3, "Did you mean 'until'"),
    ("{principal: a@x, until: }", 3, "until has no value (null)"),
    ("{principal: a@x, until: 7}", 3, "until must be a date or a time"),
    ("{principal: a@x, until: [2026-12-08]}", 3, "until must be a date or a time"),
    ("{principal: a@x, until: 7d}", 3, "until is '7d', which is not a date or a time"),
    ("{principal: a@x, until: soon}", 3, "until is 'soon'"),
    ("{principal: 5, until: 2026-12-08}", 3, "principal must be text"),
    ("{principal: '', until: 2026-12-08}", 3, "principal is empty"),
    ("{principal: [a@x], until: 2026-12-08}", 3, "principal must be text"),
    ("\n    - principal: a@x\n      until: later", 5, "until is 'later'"),
]


@pytest.mark.parametrize(("entry", "line", "words"), BAD)
def test_an_invalid_entry_is_an_error_with_its_line(entry: str, line: int, words: str) -> None:
    text = f"zenpro: 1\norganization_roles:\n  R: {entry if entry.startswith(chr(10)) else f'[{entry}]'}"
    with pytest.raises(UsageError) as caught:
        desired_state(text, "access.yaml")
    assert caught.value.message.startswith(f"access.yaml, line {line}: ")
    assert words in f"{caught.value.message} {caught.value.hint}"
    assert list(schema_errors(text))


def test_a_deadline_that_does_not_exist_is_an_error() -> None:
    for text in ("2026-02-30", "2026-12-08T25:00:00Z", "9999-12-31"):
        with pytest.raises(UsageError, match="line 2: until is"):
            until(text)


def test_the_same_principal_with_and_without_a_deadline_is_an_error() -> None:
    text = "zenpro: 1\norganization_roles:\n  R:\n    - a@x\n    - {principal: A@x, until: 2026-12-08}"
    with pytest.raises(UsageError, match=re.escape("line 5: duplicate entry 'A@x' in R (first on line 4)")):
        desired_state(text)


def test_the_schema_accepts_deadlines_of_roles_and_members_only() -> None:
    entry = "{principal: a@x, until: 2026-12-08}"
    assert not list(schema_errors(f"zenpro: 1\nteams: {{ops: {{members: [{entry}]}}}}"))
    assert not list(schema_errors(f"zenpro: 1\nworkspace_roles: {{w: {{R: [b@x, {entry}]}}}}"))
    for text in (f"protect: {{users: [{entry}]}}", f"teams: {{ops: {{previously: [{entry}]}}}}"):
        assert list(schema_errors(f"zenpro: 1\n{text}"))
        with pytest.raises(UsageError, match="must be text"):
            desired_state(f"zenpro: 1\n{text}")


class _Texts(yaml.SafeLoader):
    """Reads times as text, as editors do."""


_Texts.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)


def schema_errors(text: str) -> Iterator[Any]:
    schema = json.loads((resources.files("zenpro_nb.access.desired") / "access.schema.json").read_text())
    return jsonschema.Draft202012Validator(schema).iter_errors(yaml.load(text, _Texts))  # noqa: S506 - a safe loader


def plan(text: str, *assignments: Any, people: int = 12, now: datetime = NOW) -> list[tuple[str, str, str, str]]:
    state = desired_state(f"zenpro: 1\n{text}", "access.yaml")
    inventory = organization(people, assignments=assignments).inventory()
    rows, _ = without_vanished(state.rows(now), inventory)
    steps = make_plan(inventory, rows, state.options(), exact=state.exact()).steps
    return [(step.action, step.kind, step.party.name, step.reason) for step in steps]


@pytest.mark.parametrize("mode", ["exact", "additive"])
def test_exactly_one_removal_after_the_deadline(mode: str) -> None:
    text = (
        f"manage: {{workspace_roles: {mode}}}\n"
        "workspace_roles: {ml-prod: {Workspace Viewer: [{principal: p1@x.example, until: 2026-12-08T12:00:00Z}]}}"
    )
    reason = "expired 2026-12-08 12:00:00 UTC · access.yaml, line 3"
    assert plan(text, VIEWER) == [("remove", "workspace-role", "p1@x.example", reason)]
    assert plan(text, VIEWER, now=NOW - timedelta(microseconds=1)) == []
    assert plan(text) == []  # it is gone already
    added = plan(text, now=NOW - timedelta(seconds=1))
    assert added == [("add", "workspace-role", "p1@x.example", "until 2026-12-08 12:00:00 UTC · access.yaml, line 3")]


def test_members_of_teams_expire_too() -> None:
    text = "teams: {ops: {members: [{principal: p1@x.example, until: 2026-12-07}]}}"
    state = desired_state(f"zenpro: 1\n{text}", "access.yaml")
    world = organization(12)
    world.members = {("t0", ("user_id", "u1"))}
    inventory = world.inventory()
    steps = make_plan(inventory, state.rows(NOW)).steps
    assert [(step.action, step.scope) for step in steps] == [("remove", "team ops")]


def test_an_entry_without_a_deadline_wins_over_an_expired_one() -> None:
    expired = "{principal: p1@x.example, until: 2026-12-01}"
    for entries in (f"[{expired}, 'id:u1']", f"['id:u1', {expired}]"):
        assert plan(f"workspace_roles: {{ml-prod: {{Workspace Viewer: {entries}}}}}", VIEWER) == []


def test_the_project_of_an_expired_entry_is_read_only_for_its_name() -> None:
    inventory = organization(12).inventory()
    for name, needs in (("churn", {"w0"}), ("00000000-0000-4000-8000-000000000001", set())):
        text = f"zenpro: 1\nworkspace_roles: {{ml-prod: {{projects: {{{name}: {{Project Viewer: "
        state = desired_state(f"{text}[{{principal: p1@x.example, until: 2026-12-01}}]}}}}}}}}")
        assert unread_projects(inventory, state.rows(NOW)) == needs


PRINCIPALS = st.sampled_from(["ada@x", "team:Data Science", "bot:ci", "é: #x", "80", "-dash"])
ROLES = st.sampled_from(["Workspace Viewer", "no", "a: b"])
STATES = st.sampled_from([None, PERMANENT, NOW, NOW + timedelta(days=1)])
PLACES = st.builds(
    lambda who, role, workspace, project: EntryPlace(
        Name(who), Name(role), Name(workspace) if workspace else None, Name(project) if workspace and project else None
    ),
    PRINCIPALS, ROLES, st.sampled_from(["", "ml-prod", "new, one"]), st.sampled_from(["", "5b0c"]),
)  # fmt: skip
FILES = st.sampled_from([
    new_file("acme"),
    "zenpro: 1",
    "{zenpro: 1, workspace_roles: {ml-prod: {Workspace Viewer: [ada@x]}}}\n",
    "zenpro: 1\nworkspace_roles:\n  ml-prod:\n    Workspace Viewer:\n    - ada@x  # who\n# end",
    "zenpro: 1\r\nworkspace_roles:\r\n  ml-prod:\r\n    projects: {}\r\n    'no':\r\n      - principal: 'bot:ci'\r\n"
    "        until: 2026-12-01  # soon\r\n\r\n  # next\r\n  other: {}\r\n",
])  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
@given(FILES, st.lists(st.tuples(PLACES, STATES), max_size=6))
def test_every_edit_changes_one_entry_and_keeps_every_comment(
    text: str, edits: list[tuple[EntryPlace, EntryState]]
) -> None:
    comments = re.findall(r"#[ \w]+", text)
    wanted: dict[EntryPlace, EntryState] = {}
    for place, state in edits:
        text = edit(text, "access.yaml", {place: state})
        wanted[place] = state
        found = desired_state(text)
        assert {place: entry_of(found, place)[0] for place in wanted} == wanted
    removed = any(state is None for _, state in edits)
    assert removed or [comment for comment in comments if comment not in text] == []
