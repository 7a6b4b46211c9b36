"""teams and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from zenpro_nb.commands.core.get import get_command
from zenpro_nb.commands.core.listing import listing, listing_command
from zenpro_nb.commands.core.options import ORG, Asked, NameType
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.organization import team_writes
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import TEAM_MEMBERS, TEAMS
from zenpro_nb.syntax.ids import is_id

if TYPE_CHECKING:
    import pandas as pd


def read_team_members(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The members of the team that was named."""
    from zenpro_nb import query
    from zenpro_nb.commands.core import reading

    name = asked.filters["team"]
    ids = {} if is_id(name) else {"organization_id": query.organization(runtime.session, asked.org).id}
    team = query.find(runtime.session, "teams", name, ids)
    return reading.read_query(runtime, reading.query_of(runtime, resource, asked, team_id=team.id), asked)


teams = listing(TEAMS, org=True)
teams.add_command(get_command(TEAMS))
team_writes.add_to(teams)
teams.add_command(
    listing_command(
        TEAM_MEMBERS,
        name="members",
        reader=read_team_members,
        extra=[click.Argument(["team"], type=NameType("teams")), ORG],
    )
)
