"""Describe teams that have roles but no members: no one gets these roles, and effective access does not show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import limits
from zenpro_nb.access.effective.answers import is_allowed
from zenpro_nb.access.effective.effective import roles_of_empty_teams
from zenpro_nb.access.effective.verdicts import Question
from zenpro_nb.syntax.counts import counted, name_list

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory


def empty_teams_that_could(inventory: Inventory, question: Question) -> pd.DataFrame:
    """Return the roles of teams without members that would allow an action."""
    rows = roles_of_empty_teams(inventory)
    return rows[is_allowed(inventory, rows, question)].reset_index(drop=True)


def empty_teams_text(inventory: Inventory, rows: pd.DataFrame, role: str) -> str:
    """Return a clause that names the teams in these rows; "" if there are none.

    Args:
        inventory: the inventory.
        rows: roles of teams without members.
        role: what the teams have, such as "the role Workspace Viewer in acme".

    Example:
        >>> from zenpro_nb.access import Inventory
        >>> import pandas as pd
        >>> found = Inventory.of({"teams": [{"id": "5", "name": "Alumni"}]})
        >>> empty_teams_text(found, pd.DataFrame({"team_id": ["5", "5"]}), "a role in ml-prod")
        'team Alumni has a role in ml-prod, but no members'
    """
    names = inventory.teams.frame.set_index("id")["name"]
    teams = sorted(str(names.get(key, key)) for key in rows["team_id"].unique())
    if len(teams) < 2:
        return "".join(f"team {name} has {role}, but no members" for name in teams)
    return f"{counted(len(teams), 'team')} have {role}, but no members: {name_list(teams, limits.NAMES_IN_MESSAGE)}"
