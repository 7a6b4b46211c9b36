"""The desired state: as a file with its lines and its schema, from groups, and from edited frames."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pandas as pd
import pytest
import yaml

from tests.access.guarded_plans import organization
from tests.access.random_inventories import World
from zenpro_nb.access import (
    DesiredRow,
    GuardOptions,
    Inventory,
    Plan,
    desired_state,
    effective,
    export,
    make_plan,
    rows_of_frame,
    rows_of_groups,
)
from zenpro_nb.errors import UnknownNameError, UsageError

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
    assert [(one.kind, one.team or one.workspace) for one in state.exact()] == [
        ("team-member", "ops"),
        ("workspace-role", "ml-prod"),
    ]
    assert state.options() == GuardOptions("25%", 2, ("p0@x.example",))
    assert state.options(min_org_admins=0, max_removals=None).min_org_admins == 0
    assert [(one.name.text, one.team, one.role) for one in state.groups] == [
        ("okta-ds", "ops", ""),
        ("okta-admins", "", "Organization Admin"),
    ]
    assert {one.action for one in make_plan(_found(), state.rows(), exact=state.exact()).steps} == {"add", "update"}


def _found() -> Inventory:
    return organization(12).inventory()


# What is wrong, the line that is named, and words of the message; the schema refuses each of them too.
BAD = [
    ("zenpro: 2", 1, "version 2"),
    ("zenpro: 2\nother: {}", 1, "version 2"),
    ("zenpro: '1'", 1, "must be a whole number"),
    ("zenpro: true", 1, "must be a whole number"),
    ("teams: {}", 1, "the version is missing"),
    ("[]", 1, "must be a mapping"),
    ("zenpro: 1\ntaems: {}", 2, "Did you mean 'teams'"),
    ("zenpro: 1\nteams: null", 2, "has no value (null)"),
    ("zenpro: 1\nteams:\n  ops:", 3, "has no value (null)"),
    ("zenpro: 1\nteams:\n  ops: {members: }", 3, "has no value (null)"),
    ("zenpro: 1\nteams:\n  ops:\n    members: [~]", 4, "has no value (null)"),
    ("zenpro: 1\nteams:\n  ops:\n    members: ada@example.com", 4, "must be a list"),
    ("zenpro: 1\nteams:\n  ops:\n    members: [80]", 4, "'80'"),
    ("zenpro: 1\nteams:\n  ops:\n    members: ['']", 4, "is empty"),
    ("zenpro: 1\nteams:\n  ops:\n    members:\n      - a@x\n      - a@x", 6, "twice (first in line 5)"),
    ("zenpro: 1\nteams:\n  ops: {member: []}", 3, "Did you mean 'members'"),
    ("zenpro: 1\nteams:\n  ops: {description: 5}", 3, "must be text"),
    ("zenpro: 1\nteams:\n  ops: {previously: ops}", 3, "must be a list"),
    ("zenpro: 1\nteams: [ops]", 2, "must be a mapping"),
    ("zenpro: 1\nmanage: {teams: true}", 2, "must be text"),
    ("zenpro: 1\nmanage: {teams: all}", 2, "Write exact or additive"),
    ("zenpro: 1\nmanage: {team: exact}", 2, "Did you mean 'teams'"),
    ("zenpro: 1\nmanage: {organization_roles: exact}", 2, "the file names none"),
    ("zenpro: 1\nprotect: {users: ada}", 2, "must be a list"),
    ("zenpro: 1\nprotect: {min_org_admins: -1}", 2, "below 0"),
    ("zenpro: 1\nprotect: {min_org_admins: two}", 2, "must be a whole number"),
    ("zenpro: 1\nprotect: {max_removals: some}", 2, "is no bound"),
    ("zenpro: 1\nprotect: {max_removals: 101%}", 2, "is no bound"),
    ("zenpro: 1\nprotect: {max_removals: 0.5}", 2, "must be text"),
    ("zenpro: 1\ngroups: {okta: {team: a, role: b}}", 2, "stands for one thing"),
    ("zenpro: 1\ngroups: {okta: {}}", 2, "stands for one thing"),
    ("zenpro: 1\ngroups: {okta: {workspace: a}}", 2, "unknown key 'workspace'"),
    ("zenpro: 1\norganization_roles: {Organization Admin: ada}", 2, "must be a list"),
    ("zenpro: 1\norganization_roles: null", 2, "has no value (null)"),
    ("zenpro: 1\nworkspace_roles:\n  ml-prod: [ada]", 3, "must be a mapping"),
    ("zenpro: 1\nworkspace_roles:\n  ml-prod:\n    projects: []", 4, "must be a mapping"),
    ("zenpro: 1\nworkspace_roles:\n  ml-prod:\n    projects: {x: {Project Viewer: }}", 4, "has no value (null)"),
    ("zenpro: 1\norganization: 5", 2, "'5'"),
    ("zenpro: 1\norganization: ' '", 2, "is empty"),
]
# What only the parser sees, since it is gone once YAML is read.
WORSE = [
    ("", 1, "this is empty"),
    ("# nothing", 1, "this is empty"),
    ("zenpro: 1\nteams: {a: {}}\nteams: {b: {}}", 3, "a second time (first in line 2)"),
    ("zenpro: 1\nteams:\n  80: {}", 3, "'80'"),
    ("zenpro: 1\nteams:\n  no: {}", 3, "'no'"),
    ("zenpro: 1\nteams:\n  ops: {members: [a@x, A@X]}", 3, "twice"),
    ("zenpro: 1\nteams: [", 2, "this is no YAML"),
    ("zenpro: 1\n\tteams: {}", 2, "this is no YAML"),
    ("zenpro: 1\nteams: *gone", 2, "this is no YAML"),
    ("zenpro: 1\n---\nzenpro: 1", 2, "this is no YAML"),
    ("zenpro: 1\nteams: &t {a: *t}", 2, "unknown key 'a'"),
    ("zenpro: 1\nteams: !!python/object/apply:os.system [id]", 2, "must be a mapping"),
    ("zenpro: 1\norganization: !secret acme", 2, "must be text"),
    ("zenpro: 1\norganization: \x00", 1, "this is no YAML"),
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
def test_what_cannot_be_understood_is_said_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        desired_state(text, "access.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"access.yaml, line {line}:")


def test_a_file_that_is_nested_without_end() -> None:
    with pytest.raises(UsageError, match="nested too deeply"):
        desired_state("zenpro: 1\nteams: " + "[" * 3_000)


def _schema() -> Any:
    text = resources.files("zenpro_nb.access.desired").joinpath("access.schema.json").read_text("utf-8")
    return json.loads(text)


def test_the_schema_says_what_the_parser_says() -> None:
    schema = _schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in GOOD:
        desired_state(text)
        assert validator.is_valid(yaml.safe_load(text)), text
    for text, _, _ in BAD:
        assert not validator.is_valid(yaml.safe_load(text)), text
    assert validator.is_valid(yaml.safe_load(export(_found(), exact=True)))


def test_a_former_name_and_an_empty_scope() -> None:
    made = organization(12, teams={"t0": "operations"}, members={("t0", ("user_id", "u2"))})
    state = desired_state(FILE)
    plan = make_plan(made.inventory(), state.rows(), exact=state.exact())
    assert [(one.does, one.kind, one.party.name) for one in plan.steps] == [
        ("update", "team", ""),
        ("add", "organization-role", "p1@x.example"),
        ("add", "team-member", "bot:trainer"),
        ("add", "team-member", "p1@x.example"),
        ("add", "workspace-role", "team:ops"),
        ("add", "project-role", "p2@x.example"),
        ("remove", "team-member", "p2@x.example"),
    ]
    emptied = desired_state("zenpro: 1\nmanage: {teams: exact}\nteams: {operations: {}}")
    steps = make_plan(made.inventory(), emptied.rows(), exact=emptied.exact()).steps
    assert [(one.does, one.party.name) for one in steps] == [("remove", "p2@x.example")]


def test_an_export_spells_hard_names_and_parts() -> None:
    made = organization(3, teams={"t0": "a: b # c", "t1": "80", "t2": 'say "no"'}, workspaces={"w0": "no", "w1": "ml"})
    made.users["u1"]["email"] = "p2@x.example"
    made.held |= {("r-stack-admin", "user_id", "u1", "w0", ""), ("r-stack-admin", "team_id", "t0", "w1", "")}
    found = made.inventory()
    text = export(found, exact=True)
    assert "id:u1  # p2@x.example" in text
    assert '"80": {}' in text
    for one in (text, export(found, exact=True, teams=False), export(found, exact=True, workspaces=["ml"])):
        state = desired_state(one)
        assert make_plan(found, state.rows(), exact=state.exact()).steps == ()
    part = desired_state(export(found, exact=True, workspaces=["ml"], teams=False))
    assert (part.teams, part.organization_roles, len(part.exact())) == (None, None, 1)
    only = desired_state(export(found, roles=False))
    assert (only.organization_roles, only.workspace_roles, only.exact()) == (None, None, [])
    hidden = found.with_lists(*[Inventory().teams])
    assert "# NOT WHOLE: teams" in export(hidden)
    with pytest.raises(UsageError, match="not known whole"):
        export(hidden, exact=True)


GROUPS = """\
email,group,active
p1@x.example,okta-ds,true
P2@X.example,okta-ds,
new@x.example,okta-ds,yes
p3@x.example,okta-ds,false
p4@x.example,okta-admins,
p5@x.example,okta-else,
gone@x.example,okta-ds,false
"""


def _mapping(mode: str) -> Any:
    return desired_state(
        f"zenpro: 1\nmanage: {{teams: {mode}, organization_roles: {mode}}}\norganization_roles: {{}}\n"
        "groups: {okta-ds: {team: ops}, okta-admins: {role: Organization Admin}}"
    )


def _grouped(made: World, mode: str, **more: Any) -> Plan:
    found = made.inventory()
    asked = rows_of_groups(GROUPS, _mapping(mode), found, **more)
    assert asked.ignored == ("okta-else",)
    return make_plan(found, asked.rows, GuardOptions("100%", 0), exact=asked.exact)


def _in_groups() -> World:
    members = {("t0", one) for one in (("user_id", "u3"), ("user_id", "u6"), ("user_id", "b0"))}
    return organization(12, members=members, held={("r-organization-admin", "user_id", "u7", "", "")})


def test_groups_add_and_take() -> None:
    made = _in_groups()
    plan = _grouped(made, "exact", invite="Organization Member", deactivate=True)
    assert [(one.action, one.kind, one.party.name) for one in plan.steps] == [
        ("add", "invitation", "new@x.example"),
        ("add", "organization-role", "p4@x.example"),
        ("add", "team-member", "new@x.example"),
        ("add", "team-member", "p1@x.example"),
        ("add", "team-member", "p2@x.example"),
        ("remove", "account", "p3@x.example"),
        ("remove", "team-member", "p3@x.example"),
        ("remove", "team-member", "p6@x.example"),
        ("remove", "organization-role", "p7@x.example"),
    ]
    assert plan.steps[0].mail == "new@x.example"
    assert "not in groups.csv" in plan.steps[7].reason
    assert "inactive · groups.csv, line 5" in plan.steps[5].reason
    # Whoever is member by another role of the organization stays: only the mapped role is looked at.
    assert not any("leaves the organization" in one.reason for one in plan.steps)


def test_groups_take_nothing_from_what_is_not_exact() -> None:
    plan = _grouped(_in_groups(), "additive", invite="Organization Member")
    assert [(one.action, one.party.name, one.guard) for one in plan.steps if one.does == "remove"] == [
        ("skipped", "p3@x.example", None)
    ]
    assert "manage: {teams: exact}" in plan.steps[-1].skipped


def test_an_invitation_stays_where_its_group_is_not_exact() -> None:
    made = organization(12, held={("r-organization-admin", "invitation_id", "i0", "", "")})
    made.invitations["i0"] = "new@x.example"
    text = "email,group,active\nnew@x.example,okta-admins,no\n,okta-ds,\n"
    for mode, expected in (
        ("additive", ("skipped", "organization-role", None)),
        ("exact", ("remove", "invitation", None)),
    ):
        asked = rows_of_groups(text, _mapping(mode), made.inventory())
        (step,) = make_plan(made.inventory(), asked.rows, exact=asked.exact).steps
        assert (step.action, step.kind, step.guard) == expected


def test_groups_name_who_has_no_account() -> None:
    with pytest.raises(UnknownNameError, match=r"1 person of the groups has no account here: new@x.example") as caught:
        _grouped(_in_groups(), "exact")
    assert "--invite" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("email,team\n", "no column 'group'"),
        ("email,group,group\n", "has a column twice"),
        ("email,group\nada,okta-ds\n", "line 2: 'ada' is no e-mail"),
        ("email,group\na@x,\n", "line 2: the group is missing"),
        ("email,group,active\na@x,okta-ds,perhaps\n", "line 2: active is 'perhaps'"),
        ("email,group\na@x,okta-ds,more\n", "line 2: more cells"),
        ('email,group\n"a@x,okta-ds\n', "this is no CSV"),
        (
            "email,group,active\np1@x.example,okta-ds,yes\nP1@x.example,okta-admins,no\n",
            "is inactive here, and active in",
        ),
        ("email,group\np1@x.example,okta-ds\n", "the group 'okta-admins' is not in groups.csv"),
    ],
)
def test_groups_that_cannot_be_understood(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        rows_of_groups(text, _mapping("exact"), _found())
    assert said in str(caught.value)


def test_groups_in_other_forms() -> None:
    wanted = rows_of_groups("email,group\np1@x.example,okta-ds\n,okta-admins\n", _mapping("exact"), _found()).rows
    semicolons = "\ufeffGroup;Email\nokta-ds;p1@x.example\n\nokta-admins;\n"
    assert rows_of_groups(semicolons, _mapping("exact"), _found()).rows == wanted
    frame = pd.DataFrame({"email": ["p1@x.example", None], "group": ["okta-ds", "okta-admins"], "active": [True, None]})
    (row,) = rows_of_groups(frame, _mapping("exact"), _found()).rows
    assert (row.principal, row.source) == ("p1@x.example", "groups.csv, row 1")


def _steps(made: World, rows: list[DesiredRow]) -> list[tuple[str, str, str, str]]:
    plan = make_plan(made.inventory(), rows, GuardOptions("100%", 0, allow_self=True))
    return [(one.does, one.party.name, one.role, one.scope) for one in plan.steps]


def _framed() -> World:
    members = {("t0", ("user_id", "u1")), ("t0", ("user_id", "u2"))}
    held = {
        ("r-stack-admin", "user_id", "u1", "w0", ""),
        ("r-stack-admin", "team_id", "t0", "w0", ""),
        ("r-project-viewer", "user_id", "u2", "w0", "p"),
    }
    return organization(4, members=members, held=held)


def test_a_deleted_row_of_assignments() -> None:
    made = _framed()
    frame = made.inventory().assignments.frame
    gone = frame["role_id"].isin(["r-stack-admin", "r-project-viewer"]) & (frame["user_id"] != "u0")
    rows = rows_of_frame(frame[~gone], frame)
    assert _steps(made, rows) == [
        ("remove", "p2@x.example", "Project Viewer", "project p of ml-prod"),
        ("remove", "p1@x.example", "Stack Admin", "ml-prod"),
        ("remove", "team:ops", "Stack Admin", "ml-prod"),
    ]
    with pytest.raises(UsageError, match="Add --from"):
        rows_of_frame(frame[~gone])
    assert rows_of_frame(frame, frame) == []


def test_a_new_row_by_names_or_ids() -> None:
    made = _framed()
    frame = made.inventory().assignments.frame
    named = {"kind": "user", "principal": "p3@x.example", "role": "Stack Admin", "workspace": "ml-prod"}
    team = {"kind": "team", "principal": "data", "role_id": "r-workspace-viewer", "workspace_id": "w1"}
    edited = pd.concat([frame, pd.DataFrame([named, team])], ignore_index=True)
    assert _steps(made, rows_of_frame(edited, frame)) == [
        ("add", "team:data", "Workspace Viewer", "ml-dev"),
        ("add", "p3@x.example", "Stack Admin", "ml-prod"),
    ]


def test_edited_cells_are_refused() -> None:
    frame = _framed().inventory().assignments.frame
    for name, said in (("role", "ids beside it"), ("is_active", "nothing that a plan changes")):
        edited = frame.astype(object)
        edited.loc[0, name] = "Workspace Admin" if name == "role" else False
        with pytest.raises(UsageError, match=said):
            rows_of_frame(edited, frame)


def test_decisions() -> None:
    made = _framed()
    frame = effective(made.inventory())
    mine = frame["via"] == "direct"
    judged = frame.assign(decision=["revoke" if one else "" for one in mine & (frame["level"] != "organization")])
    assert _steps(made, rows_of_frame(judged)) == [
        ("remove", "p2@x.example", "Project Viewer", "project p of ml-prod"),
        ("remove", "p1@x.example", "Stack Admin", "ml-prod"),
    ]
    assert rows_of_frame(frame.assign(decision="keep")) == []
    with pytest.raises(UsageError, match="the decision is 'drop'"):
        rows_of_frame(frame.assign(decision="drop"))
    with pytest.raises(UsageError, match="by team"):
        rows_of_frame(frame.assign(decision="revoke"))


def test_what_comes_through_a_team_is_no_row_of_theirs() -> None:
    frame = effective(_framed().inventory())
    with pytest.raises(UsageError, match="which no row of theirs takes away"):
        rows_of_frame(frame[frame["via"] != "team"], frame)


def test_members_of_teams_and_of_the_organization() -> None:
    made = _framed()
    found = made.inventory()
    listed = found.team_members.frame
    assert _steps(made, rows_of_frame(listed.iloc[1:], listed)) == [("remove", "p1@x.example", "", "team ops")]
    # The frame of `teams members` says its team in its route.
    bare = listed.drop(columns=["team_id", "team"])
    bare.attrs["zenpro"] = {"route": "/teams/t0/members"}
    assert _steps(made, rows_of_frame(bare.iloc[1:], bare)) == [("remove", "p1@x.example", "", "team ops")]
    people = pd.DataFrame({"user_id": ["u1", "u2"], "email": ["p1@x.example", "p2@x.example"]})
    people["role_ids"] = [["r-organization-member"]] * 2
    assert _steps(made, rows_of_frame(people.iloc[:1], people)) == [
        ("remove", "p2@x.example", "Organization Member", "acme")
    ]
    with pytest.raises(UsageError, match="lacks the ids"):
        rows_of_frame(people.drop(columns="user_id"), people)


@pytest.mark.parametrize(
    ("mine", "theirs", "refused"),
    [
        ({}, {}, False),
        ({"filters": {"role": "x"}, "time": "2"}, {"filters": {}, "time": "1"}, True),
        ({"filters": {"role": "x"}, "time": "1"}, {"filters": {"role": "x"}, "time": "1"}, False),
        ({"complete": False}, {}, True),
        ({}, {"complete": False}, True),
        ({"filters": {}, "time": "2"}, {"filters": {}, "time": "1"}, False),
    ],
)
def test_a_frame_that_was_not_read_whole_takes_nothing(mine: Any, theirs: Any, refused: bool) -> None:
    frame = _framed().inventory().assignments.frame
    edited, original = frame.iloc[1:].copy(), frame.copy()
    edited.attrs["zenpro"], original.attrs["zenpro"] = mine, theirs
    if refused:
        with pytest.raises(UsageError, match="says nothing"):
            rows_of_frame(edited, original)
    else:
        assert len(rows_of_frame(edited, original)) == 1
    # What is only added says what it says.
    assert rows_of_frame(original, edited)[0].present
