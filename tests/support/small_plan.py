"""A small plan of waves, as a command would create it: steps that are already done are skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zenpro_nb import query
from zenpro_nb.commands.organization import teams
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.parameters.principals import Principal
from zenpro_nb.framework.writes.checks import is_created
from zenpro_nb.framework.writes.send import send_all
from zenpro_nb.framework.writes.write import Outcome, PlanPosition, Write
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources.control_plane import TEAM_MEMBERS, TEAMS
from zenpro_nb.ui.protocol import TerminalUI

PEOPLE = ("grace@example.com", "alan@example.com")
STEPS = 5
WRITES = [(1, "POST"), (2, "POST"), (3, "POST"), (4, "POST"), (5, "DELETE")]
FINAL = {"a": {PEOPLE[0]}, "b": {PEOPLE[1]}, "c": set[str]()}


def prepare(zen: Connection, name: str) -> None:
    """Create the initial state of the plan: a team with a member who will be removed."""
    zen.run("teams", "create", f"{name}-c")
    zen.run("teams", "add", f"{name}-c", "--user", PEOPLE[0])


def runtime_of(zen: Connection) -> CommandContext:
    """Return the context of a command of this connection."""
    return CommandContext(zen._session, TerminalUI())


def small_plan(ctx: CommandContext, name: str) -> list[Write]:
    """Return the remaining steps: two teams, a member in each of them, and then the removal of a member."""
    return [write.with_position(plan=f"plan-{name}") for write in _steps(ctx, name)]


def _steps(ctx: CommandContext, name: str) -> Iterator[Write]:
    organization = query.organization(ctx.session)
    ids = {"organization_id": organization.id}
    there = {record["name"]: str(record["id"]) for record in query.records(ctx.session, TEAMS, ids)}
    people = dict(zip(PEOPLE, query.find_all(ctx.session, "users", PEOPLE), strict=True))
    for step, letter in ((1, "a"), (2, "b")):
        team = f"{name}-{letter}"
        if team not in there:
            body = {"name": team, "organization_id": organization.id}
            look = is_created(ctx.session, TEAMS, ids, team, body)
            yield Write("POST", "/teams", f"team {team}", team, body=body, resource=TEAMS, verify=look,
                        position=PlanPosition(action="add", step=step))  # fmt: skip
    for step, letter, email in ((3, "a", PEOPLE[0]), (4, "b", PEOPLE[1])):
        team, who = f"{name}-{letter}", Principal(people[email].id, email, "user_id")
        if team not in there:
            yield teams.addition(ctx, "{team}", team, who).with_position(action="add", step=step, needs=(step - 2,),
                          build_later=_late(ctx, ids, team, who))  # fmt: skip
        elif email not in members(ctx, there[team]):
            yield teams.addition(ctx, there[team], team, who).with_position(action="add", step=step)
    if PEOPLE[0] in members(ctx, there[f"{name}-c"]):
        who = Principal(people[PEOPLE[0]].id, PEOPLE[0], "user_id")
        yield teams.removal(ctx, there[f"{name}-c"], f"{name}-c", who).with_position(action="remove", step=5)


def _late(ctx: CommandContext, ids: dict[str, str], team: str, who: Principal) -> Any:
    return lambda: teams.addition(ctx, query.find(ctx.session, "teams", team, ids).id, team, who)


def members(ctx: CommandContext, team_id: str) -> set[str]:
    """Return the email addresses of a team's members."""
    found = query.records(ctx.session, TEAM_MEMBERS, {"team_id": team_id})
    return {str(item["user"]["email"]) for item in found if item.get("user")}


def apply(zen: Connection, name: str) -> list[Outcome]:
    """Send the remaining steps."""
    run = runtime_of(zen)
    return send_all(run, small_plan(run, name), "test plan", independent=True)


def state(zen: Connection, name: str) -> dict[str, set[str]]:
    """Return the members of the plan's teams, by the letter of the team."""
    run = runtime_of(zen)
    ids = {"organization_id": query.organization(run.session).id}
    mine = [record for record in query.records(run.session, TEAMS, ids) if str(record["name"]).startswith(f"{name}-")]
    assert len(mine) == len({item["name"] for item in mine}), "a team was made twice"
    return {str(item["name"])[-1]: members(run, str(item["id"])) for item in mine}
