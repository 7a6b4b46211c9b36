"""Sample history of a sandbox's organization: plausible states of earlier months, with some differences.

Some current users had not joined yet, others had not left, some roles were assigned to others, and a team had another
name.
"""

from __future__ import annotations

import calendar
import random
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb.access import Inventory, InventoryList, list_of
from zenpro_nb.access.model.principals import USER
from zenpro_nb.inventory.build import fill

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.inventory.captures import Captures
    from zenpro_nb.session.session import Session

EARLIER_CAPTURES = ("a-month-ago", "two-months-ago")

# The percentage of the organization that differs from one month to the next; at least one row.
_CAME, _GRANTED, _OTHER_ROLE, _JOINED_TEAM = 3, 4, 3, 5
_LEFT = (("Rosalind", "Franklin"), ("Emil", "Post"), ("Sofia", "Kovalevskaya"), ("Alonzo", "Church"))
_OLD_NAMES = ("Infrastructure", "Research")
_OF_USERS = {"users": "id", "members": "user_id", "team_members": "user_id", "assignments": "user_id"}


def months_ago(now: datetime, count: int) -> datetime:
    """Return the same day and time `count` months ago, or the last day of a shorter month.

    >>> from datetime import UTC
    >>> months_ago(datetime(2027, 3, 31, 9, tzinfo=UTC), 13).isoformat()
    '2026-02-28T09:00:00+00:00'
    """
    month = now.year * 12 + now.month - 1 - count
    year, month = month // 12, month % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, calendar.monthrange(year, month)[1]))


def sample_states(now: Inventory, moments: Sequence[datetime]) -> list[Inventory]:
    """Return plausible states of the organization at these times.

    Args:
        now: the current state.
        moments: latest first; each state is derived from the one before.
    """
    states, later = [], now
    for number, moment in enumerate(moments):
        later = _with_dates(_earlier(later, random.Random(number), number), moment)  # noqa: S311 - sample data
        states.append(later)
    return states


def write_sample_history(session: Session, captures: Captures, progress: Callable[[int], None] | None = None) -> None:
    """Write captures of the sample history, one and two months old.

    Args:
        session: one that uses the sandbox.
        captures: the sandbox's own captures, never those of real organizations.
        progress: called with the number of further reads.

    Raises:
        ZenProError: the current state could not be read, or a capture could not be written.
    """
    moments = [months_ago(datetime.now(UTC), count) for count in (1, 2)]
    earlier = sample_states(fill(session, progress=progress), moments)
    for name, state in zip(EARLIER_CAPTURES, earlier, strict=True):
        captures.write(state, name)


def _earlier(later: Inventory, chance: random.Random, number: int) -> Inventory:
    protected = {*later.me.frame["id"], *later.users.frame["id"][later.users.frame["is_superuser"].fillna(False)]}
    members = later.members.frame
    people = sorted(set(members["user_id"][members["kind"] == USER].dropna()) - protected)
    came = chance.sample(people, _part(people, _CAME))
    stayed = [person for person in people if person not in came]
    past = _without(later, came)
    left = _LEFT[2 * number : 2 * number + 2]
    for (first, last), model in zip(left, chance.sample(stayed, min(len(left), len(stayed))), strict=False):
        past = _with(past, model, f"{first} {last}", f"{first}.{last}@example.com".lower(), chance)
    past = _other_roles(past, chance)
    past = past.with_lists(_drop(past.team_members, chance, _JOINED_TEAM))
    if len(past.teams):
        past = _rename(past, past.teams.frame["id"].iloc[number % len(past.teams)], _OLD_NAMES[number % 2])
    return past.with_lists(_with_counts(past))


def _part(rows: Sequence[Any], hundredths: int) -> int:
    return min(len(rows), max(1, len(rows) * hundredths // 100))


def _with_rows(list_: InventoryList, frame: pd.DataFrame) -> InventoryList:
    """Return the list with other rows and the same facts."""
    return replace(list_, frame=list_of(list_.name, frame).frame)


def _without(inventory: Inventory, user_ids: Iterable[str]) -> Inventory:
    removed_ids = list(user_ids)
    lists = [(inventory[name], column) for name, column in _OF_USERS.items()]
    return inventory.with_lists(
        *(
            _with_rows(listing, listing.frame[~listing.frame[column].isin(removed_ids)].reset_index(drop=True))
            for listing, column in lists
        )
    )


def _with(inventory: Inventory, model: str, name: str, email: str, chance: random.Random) -> Inventory:
    """Return the inventory with an additional user who has the roles and teams of another user."""
    import pandas as pd

    key = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    who = {"email": email, "username": email, "name": name, "principal": email}
    lists = []
    for list_name, column in _OF_USERS.items():
        list_ = inventory[list_name]
        rows = list_.frame[list_.frame[column] == model].astype(object)
        change = {**who, column: key}
        rows = rows.assign(**{field: change[field] for field in change if field in rows.columns})
        lists.append(_with_rows(list_, pd.concat([list_.frame.astype(object), rows], ignore_index=True)))
    return inventory.with_lists(*lists)


def _drop(list_: InventoryList, chance: random.Random, hundredths: int) -> InventoryList:
    rows = list_.frame.index.tolist()
    removed_rows = chance.sample(rows, _part(rows, hundredths)) if rows else []
    return _with_rows(list_, list_.frame.drop(removed_rows).reset_index(drop=True))


def _other_roles(inventory: Inventory, chance: random.Random) -> Inventory:
    """Return the inventory with some workspace roles not yet assigned, and some replaced."""
    frame = inventory.assignments.frame
    direct = frame.index[(frame["level"] == "workspace") & (frame["kind"] == USER)].tolist()
    if not direct:
        return inventory
    removed_rows = chance.sample(direct, _part(direct, _GRANTED))
    roles = inventory.roles.frame
    others = roles[(roles["level"] == "workspace") & roles["system_managed"].fillna(False)][["id", "name"]]
    rest = [row for row in direct if row not in removed_rows]
    rows = frame.astype(object)
    for row in chance.sample(rest, min(len(rest), _part(direct, _OTHER_ROLE))) if len(others) else ():
        role_id = rows.loc[row, "role_id"]
        key, name = chance.choice([pair for pair in others.itertuples(index=False, name=None) if pair[0] != role_id])
        rows.loc[row, ["role_id", "role"]] = [key, name]
    remaining = rows.drop(removed_rows).drop_duplicates(list(inventory.assignments.type.key))
    return inventory.with_lists(_with_rows(inventory.assignments, remaining.reset_index(drop=True)))


def _rename(inventory: Inventory, team_id: str, name: str) -> Inventory:
    """Return the inventory with another name of a team in all lists."""
    places = {
        "teams": ("id", "name"),
        "team_members": ("team_id", "team"),
        "members": ("team_id", "team", "principal"),
        "assignments": ("team_id", "principal"),
    }
    lists = []
    for list_name, (key, *columns) in places.items():
        list_ = inventory[list_name]
        kept = list_.frame[key] != team_id
        values = {column: list_.frame[column].astype(object).where(kept, name) for column in columns}
        lists.append(_with_rows(list_, list_.frame.assign(**values)))
    return inventory.with_lists(*lists)


def _with_counts(inventory: Inventory) -> InventoryList:
    teams = inventory.teams
    sizes = inventory.team_members.frame["team_id"].value_counts()
    return _with_rows(teams, teams.frame.assign(member_count=teams.frame["id"].map(sizes).fillna(0)))


def _with_dates(inventory: Inventory, moment: datetime) -> Inventory:
    """Return the inventory with the given time of reading."""
    took = inventory.finished - inventory.started if inventory.finished and inventory.started else timedelta(seconds=3)
    times = {"started": moment, "finished": moment + took}
    dated = [replace(list_, **times) for _, list_ in inventory.items() if list_.is_known]
    return replace(inventory.with_lists(*dated), **times)
