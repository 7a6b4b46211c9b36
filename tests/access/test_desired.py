"""The desired state in a file: lines and schema."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest
import yaml

from tests.access.guarded_plans import organization
from zenpro_nb.access import (
    DesiredRow,
    GuardOptions,
    Inventory,
    desired_state,
    export,
    make_plan,
)
from zenpro_nb.errors import UsageError

FILE = """\
zenpro: 1
organization: acme
manage: {teams: exact, organization_roles: additive, workspace_roles: exact, project_roles: additive}
protect: {users: [p0@x.example], min_org_admins: 2, max_removals: 25%}
groups:
  okta-ds: {team: ops}
  okta-admins: {role: Organization Admin}
teams:
  ops: {previously: [operations], description: Who is called at night, members: [p1@x.example, "bot:trainer"]}
organization_roles:
  Organization Admin: [p1@x.example]
workspace_roles:
  ml-prod:
    Workspace Developer: ["team:ops"]
    projects: {"5b0c": {Project Viewer: [p2@x.example]}}
"""


def test_a_file_becomes_rows_scopes_and_options() -> None:
    state = desired_state(FILE, "access.yaml")
    assert state.rows() == [
        DesiredRow(
            "team",
            team="ops",
            fields={"description": "Who is called at night"},
            previously=("operations",),
            source="access.yaml, line 9",
        ),
        DesiredRow("team-member", "p1@x.example", team="ops", source="access.yaml, line 9"),
        DesiredRow("team-member", "bot:trainer", team="ops", source="access.yaml, line 9"),
        DesiredRow("organization-role", "p1@x.example", role="Organization Admin", source="access.yaml, line 11"),
        DesiredRow(
            "workspace-role",
            "team:ops",
            role="Workspace Developer",
            workspace="ml-prod",
            source="access.yaml, line 14",
        ),
        DesiredRow(
            "project-role",
            "p2@x.example",
            role="Project Viewer",
            workspace="ml-prod",
            project_id="5b0c",
            source="access.yaml, line 15",
        ),
    ]
    assert [(item.kind, item.team or item.workspace) for item in state.exact()] == [
        ("team-member", "ops"),
        ("workspace-role", "ml-prod"),
    ]
    assert state.options() == GuardOptions("25%", 2, ("p0@x.example",))
    assert state.options(min_org_admins=0, max_removals=None).min_org_admins == 0
    assert [(group.name.text, group.team, group.role) for group in state.groups] == [
        ("okta-ds", "ops", ""),
        ("okta-admins", "", "Organization Admin"),
    ]
    assert {step.action for step in make_plan(_inventory(), state.rows(), exact=state.exact()).steps} == {
        "add",
        "update",
    }


def _inventory() -> Inventory:
    return organization(12).inventory()


# The invalid file, the reported line and words of the message; the schema refuses each file too.
BAD = [
    ("zenpro: 2", 1, "version 2"),
    ("zenpro: 2\nother: {}", 1, "version 2"),
    ("zenpro: '1'", 1, "must be a whole number"),
    ("zenpro: true", 1, "must be a whole number"),
    ("teams: {}", 1, "the key `zenpro` is required"),
    ("[]", 1, "must be a mapping"),
    ("zenpro: 1\ntaems: {}", 2, "Did you mean 'teams'"),
    ("zenpro: 1\nteams: null", 2, "has no value (null)"),
    ("zenpro: 1\nteams:\n  ops:", 3, "has no value (null)"),
    ("zenpro: 1\nteams:\n  ops: {members: }", 3, "has no value (null)"),
    ("zenpro: 1\nteams:\n  ops:\n    members: [~]", 4, "has no value (null)"),
    ("zenpro: 1\nteams:\n  ops:\n    members: ada@example.com", 4, "must be a list"),
    ("zenpro: 1\nteams:\n  ops:\n    members: [80]", 4, "'80'"),
    ("zenpro: 1\nteams:\n  ops:\n    members: ['']", 4, "is empty"),
    ("zenpro: 1\nteams:\n  ops:\n    members:\n      - a@x\n      - a@x", 6, "(first on line 5)"),
    ("zenpro: 1\nteams:\n  ops: {member: []}", 3, "Did you mean 'members'"),
    ("zenpro: 1\nteams:\n  ops: {description: 5}", 3, "must be text"),
    ("zenpro: 1\nteams:\n  ops: {previously: ops}", 3, "must be a list"),
    ("zenpro: 1\nteams: [ops]", 2, "must be a mapping"),
    ("zenpro: 1\nmanage: {teams: true}", 2, "must be text"),
    ("zenpro: 1\nmanage: {teams: all}", 2, "Write exact or additive"),
    ("zenpro: 1\nmanage: {team: exact}", 2, "Did you mean 'teams'"),
    ("zenpro: 1\nmanage: {organization_roles: exact}", 2, "the file does not contain it"),
    ("zenpro: 1\nprotect: {users: ada}", 2, "must be a list"),
    ("zenpro: 1\nprotect: {min_org_admins: -1}", 2, "must not be negative"),
    ("zenpro: 1\nprotect: {min_org_admins: two}", 2, "must be a whole number"),
    ("zenpro: 1\nprotect: {max_removals: some}", 2, "is not a limit"),
    ("zenpro: 1\nprotect: {max_removals: 101%}", 2, "is not a limit"),
    ("zenpro: 1\nprotect: {max_removals: 0.5}", 2, "must be text"),
    ("zenpro: 1\ngroups: {okta: {team: a, role: b}}", 2, "must map to exactly one"),
    ("zenpro: 1\ngroups: {okta: {}}", 2, "must map to exactly one"),
    ("zenpro: 1\ngroups: {okta: {workspace: a}}", 2, "unknown key 'workspace'"),
    ("zenpro: 1\norganization_roles: {Organization Admin: ada}", 2, "must be a list"),
    ("zenpro: 1\norganization_roles: null", 2, "has no value (null)"),
    ("zenpro: 1\nworkspace_roles:\n  ml-prod: [ada]", 3, "must be a mapping"),
    ("zenpro: 1\nworkspace_roles:\n  ml-prod:\n    projects: []", 4, "must be a mapping"),
    ("zenpro: 1\nworkspace_roles:\n  ml-prod:\n    projects: {x: {Project Viewer: }}", 4, "has no value (null)"),
    ("zenpro: 1\norganization: 5", 2, "'5'"),
    ("zenpro: 1\norganization: ' '", 2, "is empty"),
]
# Errors that only the parser detects, because they are lost when YAML is loaded.
WORSE = [
    ("", 1, "the file is empty"),
    ("# nothing", 1, "the file is empty"),
    ("zenpro: 1\nteams: {a: {}}\nteams: {b: {}}", 3, "(first on line 2)"),
    ("zenpro: 1\nteams:\n  80: {}", 3, "'80'"),
    ("zenpro: 1\nteams:\n  no: {}", 3, "'no'"),
    ("zenpro: 1\nteams:\n  ops: {members: [a@x, A@X]}", 3, "duplicate entry"),
    ("zenpro: 1\nteams: [", 2, "invalid YAML"),
    ("zenpro: 1\n\tteams: {}", 2, "invalid YAML"),
    ("zenpro: 1\nteams: *gone", 2, "invalid YAML"),
    ("zenpro: 1\n---\nzenpro: 1", 2, "invalid YAML"),
    ("zenpro: 1\nteams: &t {a: *t}", 2, "unknown key 'a'"),
    ("zenpro: 1\nteams: !!python/object/apply:os.system [id]", 2, "must be a mapping"),
    ("zenpro: 1\norganization: !secret acme", 2, "must be text"),
    ("zenpro: 1\norganization: \x00", 1, "invalid YAML"),
    ("zenpro: 1\n<<: {teams: {}}", 2, "text"),
]
GOOD = [
    "zenpro: 1",
    FILE,
    "zenpro: 1\nteams: {}\norganization_roles: {}\nworkspace_roles: {ml-prod: {}}\ngroups: {}\nmanage: {}\nprotect: {}",
    "zenpro: 1\nmanage: {organization_roles: exact}\norganization_roles: {}",
    "zenpro: 1\nteams: {ops: {description: ''}, '80': {members: []}}",
    "zenpro: 1\nprotect: {max_removals: 5}",
    "zenpro: 1\nprotect: {max_removals: '12.5 %'}",
    "zenpro: 1\nprotect: {max_removals: 100%}",
    "zenpro: 1\nx: &x [a@x]\n".replace("x: &x [a@x]\n", "teams: {a: {members: &x [a@x]}, b: {members: *x}}"),
]


@pytest.mark.parametrize(("text", "line", "said"), [*BAD, *WORSE])
def test_an_invalid_entry_is_reported_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        desired_state(text, "access.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"access.yaml, line {line}:")


def test_a_recursive_file_is_refused() -> None:
    with pytest.raises(UsageError, match="nested too deeply"):
        desired_state("zenpro: 1\nteams: " + "[" * 3_000)


def _schema() -> Any:
    text = resources.files("zenpro_nb.access.desired").joinpath("access.schema.json").read_text("utf-8")
    return json.loads(text)


def test_the_schema_agrees_with_the_parser() -> None:
    schema = _schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in GOOD:
        desired_state(text)
        assert validator.is_valid(yaml.safe_load(text)), text
    for text, _, _ in BAD:
        assert not validator.is_valid(yaml.safe_load(text)), text
    assert validator.is_valid(yaml.safe_load(export(_inventory(), exact=True)))


def test_a_former_name_and_an_empty_scope() -> None:
    world = organization(12, teams={"t0": "operations"}, members={("t0", ("user_id", "u2"))})
    state = desired_state(FILE)
    plan = make_plan(world.inventory(), state.rows(), exact=state.exact())
    assert [(step.does, step.kind, step.party.name) for step in plan.steps] == [
        ("update", "team", ""),
        ("add", "organization-role", "p1@x.example"),
        ("add", "team-member", "bot:trainer"),
        ("add", "team-member", "p1@x.example"),
        ("add", "workspace-role", "team:ops"),
        ("add", "project-role", "p2@x.example"),
        ("remove", "team-member", "p2@x.example"),
    ]
    emptied = desired_state("zenpro: 1\nmanage: {teams: exact}\nteams: {operations: {}}")
    steps = make_plan(world.inventory(), emptied.rows(), exact=emptied.exact()).steps
    assert [(step.does, step.party.name) for step in steps] == [("remove", "p2@x.example")]


def test_an_export_handles_difficult_names_and_partial_exports() -> None:
    world = organization(3, teams={"t0": "a: b # c", "t1": "80", "t2": 'say "no"'}, workspaces={"w0": "no", "w1": "ml"})
    world.users["u1"]["email"] = "p2@x.example"
    world.assignments |= {("r-stack-admin", "user_id", "u1", "w0", ""), ("r-stack-admin", "team_id", "t0", "w1", "")}
    inventory = world.inventory()
    text = export(inventory, exact=True)
    assert "id:u1  # p2@x.example" in text
    assert '"80": {}' in text
    for item in (text, export(inventory, exact=True, teams=False), export(inventory, exact=True, workspaces=["ml"])):
        state = desired_state(item)
        assert make_plan(inventory, state.rows(), exact=state.exact()).steps == ()
    part = desired_state(export(inventory, exact=True, workspaces=["ml"], teams=False))
    assert (part.teams, part.organization_roles, len(part.exact())) == (None, None, 1)
    only = desired_state(export(inventory, roles=False))
    assert (only.organization_roles, only.workspace_roles, only.exact()) == (None, None, [])
    hidden = inventory.with_lists(*[Inventory().teams])
    assert "# INCOMPLETE: teams" in export(hidden)
    with pytest.raises(UsageError, match="These lists are incomplete"):
        export(hidden, exact=True)
