"""The code in the recipes of CONTRIBUTING.md does what the recipes say."""

from __future__ import annotations

from typing import Annotated, Any

import click
import pytest
from fastapi import Response
from msgspec.structs import replace
from pydantic import BaseModel
from sqlalchemy import select

from tests.shell.conftest import Shell
from tests.support.recipes import RECIPES, blocks, line_of, run
from zenpro_nb import query
from zenpro_nb.access.plans import effects
from zenpro_nb.commands import change_guesses
from zenpro_nb.commands.organization import teams as team_commands
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import UsageError
from zenpro_nb.framework import declare
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.resources import Table, columns, control_plane
from zenpro_nb.resources.control_plane import access, organizations
from zenpro_nb.sandbox.database import access_tables
from zenpro_nb.sandbox.http.dependencies import PageDep, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.responses.serializers import reply, shape
from zenpro_nb.sandbox.routes import teams as team_routes
from zenpro_nb.sandbox.schemas.common import Id, Name


def test_a_list_that_the_api_sends() -> None:
    resource, method, _ = blocks("a list that the API sends")
    declared = run(resource, access, CREATED=columns.CREATED)["AUDIT_LOGS"]
    assert [column.name for column in declared.columns] == ["action", "created", "id"]
    rows: list[dict[str, Any]] = []
    buffer = type("Buffer", (), {"now": 1, "add_with_id": lambda self, table, **row: rows.append(row)})()
    log = run(method, {"AuditLog": object})["log"]
    log(type("Acme", (), {"id": "o", "buffer": buffer})(), "create team")
    assert rows == [{"organization_id": "o", "action": "create team", "created": 1}]


def test_a_computed_list(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    table, module, test = blocks("a list computed from other lists")
    monkeypatch.setattr(control_plane, "DOMAINS", run(table, organizations, Table=Table)["DOMAINS"], raising=False)
    monkeypatch.setitem(tree.commands, "domains", run(module, {"__name__": "domains"})["domains"])
    run(test, {"Shell": Shell})["test_domains_count_members"](shell)
    facts = shell.run("%zenpro domains --sort -members").attrs["zenpro"]
    assert (facts["organization"], facts["complete"]) == ("acme", True)
    everything, pending = shell.run("%zenpro invitations"), shell.run("%zenpro invitations --only-pending")
    assert shell.run("%zenpro domains").invitations.sum() == len(pending) < len(everything)


def test_a_write() -> None:
    write, effect, advice = blocks("a write")
    noun = declare.noun(control_plane.TEAMS, name="try-teams")
    run(write, team_commands, teams=noun, is_changed=declare.is_changed)
    command = noun.commands["archive"]
    assert isinstance(command, WriteCommand)
    assert command.guarded
    assert {"allow_self", "min_org_admins", "team"} <= {param.name for param in command.params}
    (removed,) = run(effect, effects)["_archived_team"](0, "PATCH", ("1",), {}, {})
    assert (removed.does, removed.kind, removed.team) == ("remove", "team", "1")
    advise = run(advice, change_guesses)["of_status"]
    guess = declare.Guess("%zenpro", ("teams",), ("status", "archived", "'Data Science'"), "status", "archived")
    assert advise(guess) == "Use `%zenpro teams archive 'Data Science'`."
    assert advise(replace(guess, words=("status", "Platform"))) == ""
    for name in ("update_of", "delete_of", "is_created", "is_changed", "is_gone", "is_listed", "Arg", "Undo"):
        assert hasattr(declare, name)
        assert name in RECIPES["a write"]


SEVERAL = """
Names = Annotated[tuple[str, ...], name_of("teams")]
Reason = Annotated[str, Arg(metavar="REASON", help="Set the reason.")]

@teams.write(several=True)
def explain(ctx: CommandContext, reason: Reason, names: Names, org: Org = None) -> list[Write]:
    \"\"\"Set the description of teams.\"\"\"
    if reason == "none":
        return []
    if reason == "bad":
        raise UsageError("'bad' is not a reason", hint="`teams list`.")
    organization = query.organization(ctx.session, org)
    ids = {"organization_id": organization.id}
    found = query.find_all(ctx.session, "teams", names, ids)
    records = query.records(ctx.session, TEAMS, ids)
    assert [query.pick("teams", team.id, records).name for team in found] == [team.name for team in found]
    return [update_of(ctx, TEAMS, team, {"description": reason}) for team in found]
"""


def test_what_the_table_says_about_writes(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    noun = declare.noun(control_plane.TEAMS, name="try-teams")
    names = {name: getattr(declare, name) for name in ("Arg", "name_of", "update_of", "CommandContext", "Write", "Org")}
    given = {"teams": noun, "query": query, "UsageError": UsageError, "Annotated": Annotated}
    run(SEVERAL, {"__name__": "explain", "TEAMS": control_plane.TEAMS} | names | given)
    monkeypatch.setitem(tree.commands, "try-teams", noun)
    frame = shell.run("%zenpro try-teams explain 'The Fraud team' Platform Fraud Security")
    assert dict(zip(frame.target, frame.outcome, strict=True)) == {
        "team Platform": "done", "team Fraud": "already", "team Security": "done",
    }  # fmt: skip
    assert (
        shell.run("%zenpro teams").set_index("name").description[["Platform", "Security"]] == "The Fraud team"
    ).all()
    shell.run("%zenpro undo --yes")
    assert shell.run("%zenpro teams").set_index("name").description["Platform"] == "The Platform team"
    assert len(shell.run("%zenpro try-teams explain none Platform")) == 0
    assert "'bad' is not a reason" in str(shell.error("%zenpro try-teams explain bad Platform"))
    assert "Platform" in str(shell.error("%zenpro try-teams explain new Platfor"))


def test_options(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    aliases, test = blocks("an option")
    noun_line, listing_line = line_of("an option", "teams = noun"), line_of("an option", "@teams.listing")
    members = "def members(ctx, options, team: TeamName, org: Org = None):\n    return read(ctx, options, team, org)"
    names = run(
        f"{aliases}\n{noun_line}\n{listing_line}\n{members}",
        team_commands,
        click=click,
        RareOption=declare.RareOption,
        read=_members,
    )
    monkeypatch.setitem(tree.commands, "teams", names["teams"])
    names["teams"].add_command(team_commands.teams.commands["add"])
    run(test, {"Shell": Shell})["test_only_invited"](shell)
    everyone = shell.run("%zenpro teams")
    large = shell.run(f"%zenpro teams --min-members {int(everyone.member_count.max())}")
    assert 0 < len(large) < len(everyone)
    for example in ("click.Choice", "NameType", "ParameterGroup", "RareOption"):
        assert hasattr(click if "." in example else declare, example.rpartition(".")[2])


def _members(ctx: declare.CommandContext, options: declare.ListOptions, team: str, org: str | None) -> Any:
    """Do what the function of `teams members` does."""
    _, found = team_commands._find(ctx, team, org)
    query = declare.reading.query_of(ctx, control_plane.TEAM_MEMBERS, options, team_id=found.id)
    return declare.reading.read_query(ctx, query, options)


def test_a_sandbox_route() -> None:
    listing, write = blocks("a sandbox route")
    given = {
        "router": router, "BaseModel": BaseModel, "PersonCall": PersonCall, "PageDep": PageDep, "Id": Id, "Name": Name,
        "Response": Response, "select": select, "reply": reply, "shape": shape, "Row": access_tables.Team,
    }  # fmt: skip
    names = run(listing, given | {"__name__": "audit_logs"})
    assert "/organizations/{organization_id}/audit_logs" in {route.path for route in names["routes"].routes}
    own = router("teams")
    run(write, team_routes, routes=own)
    assert "/teams/{team_id}/archive" in {route.path for route in own.routes}
