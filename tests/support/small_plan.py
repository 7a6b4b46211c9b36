"""A small plan of waves, as a command would make it: what is so already is no step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.organization import teams
from zenpro_nb.framework.cli.context import Runtime
from zenpro_nb.framework.parameters.principals import Principal
from zenpro_nb.framework.writes.checks import created
from zenpro_nb.framework.writes.send import send_all
from zenpro_nb.framework.writes.write import Outcome, Write
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources.control_plane import TEAM_MEMBERS, TEAMS
from zenpro_nb.ui.protocol import Terminal

PEOPLE = ("grace@example.com", "alan@example.com")
STEPS = 5
WRITES = [(1, "POST"), (2, "POST"), (3, "POST"), (4, "POST"), (5, "DELETE")]
FINAL = {"a": {PEOPLE[0]}, "b": {PEOPLE[1]}, "c": set[str]()}


def prepare(zen: Connection, name: str) -> None:
    """Make what the plan starts from: a team with somebody who is to leave it."""
    zen.run("teams", "create", f"{name}-c")
    zen.run("teams", "add", f"{name}-c", "--user", PEOPLE[0])


def runtime_of(zen: Connection) -> Runtime:
    """Return what a command of this connection is given."""
    return Runtime(zen._session, Terminal())


def small_plan(run: Runtime, name: str) -> list[Write]:
    """Return the steps that are still to be done: two teams, somebody in each of them, and then one who leaves."""
    return [replace(write, plan=f"plan-{name}") for write in _steps(run, name)]


def _steps(run: Runtime, name: str) -> Iterator[Write]:
    organization = query.organization(run.session)
    ids = {"organization_id": organization.id}
    there = {one["name"]: str(one["id"]) for one in query.records(run.session, TEAMS, ids)}
    people = dict(zip(PEOPLE, query.find_all(run.session, "users", PEOPLE), strict=True))
    for step, letter in ((1, "a"), (2, "b")):
        team = f"{name}-{letter}"
        if team not in there:
            body = {"name": team, "organization_id": organization.id}
            look = created(run.session, TEAMS, ids, team, body)
            yield Write("POST", "/teams", f"team {team}", team, body=body, resource=TEAMS, happened=look,
                        action="add", step=step)  # fmt: skip
    for step, letter, email in ((3, "a", PEOPLE[0]), (4, "b", PEOPLE[1])):
        team, who = f"{name}-{letter}", Principal(people[email].id, email, "user_id")
        if team not in there:
            yield replace(teams.addition(run, "{team}", team, who), action="add", step=step, needs=(step - 2,),
                          late=_late(run, ids, team, who))  # fmt: skip
        elif email not in members(run, there[team]):
            yield replace(teams.addition(run, there[team], team, who), action="add", step=step)
    if PEOPLE[0] in members(run, there[f"{name}-c"]):
        who = Principal(people[PEOPLE[0]].id, PEOPLE[0], "user_id")
        yield replace(teams.removal(run, there[f"{name}-c"], f"{name}-c", who), action="remove", step=5)


def _late(run: Runtime, ids: dict[str, str], team: str, who: Principal) -> Any:
    return lambda: teams.addition(run, query.find(run.session, "teams", team, ids).id, team, who)


def members(run: Runtime, team_id: str) -> set[str]:
    """Return the e-mails of those in a team."""
    found = query.records(run.session, TEAM_MEMBERS, {"team_id": team_id})
    return {str(one["user"]["email"]) for one in found if one.get("user")}


def apply(zen: Connection, name: str) -> list[Outcome]:
    """Send what is still to be done."""
    run = runtime_of(zen)
    return send_all(run, small_plan(run, name), "test plan", independent=True)


def state(zen: Connection, name: str) -> dict[str, set[str]]:
    """Return who is in which of the plan's teams, by their letters."""
    run = runtime_of(zen)
    ids = {"organization_id": query.organization(run.session).id}
    mine = [one for one in query.records(run.session, TEAMS, ids) if str(one["name"]).startswith(f"{name}-")]
    assert len(mine) == len({one["name"] for one in mine}), "a team was made twice"
    return {str(one["name"])[-1]: members(run, str(one["id"])) for one in mine}
