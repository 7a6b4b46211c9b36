"""What offboarding leaves in place: objects in workspaces under the name of a person, and workspaces they own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TypeVar

from zenpro_nb import inventory, limits, query
from zenpro_nb.access import Inventory
from zenpro_nb.commands.people import impact
from zenpro_nb.commands.people import memberships as people
from zenpro_nb.commands.people.memberships import Person, Place
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext, Write
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import named
from zenpro_nb.workspaces.targets import Target
from zenpro_nb.workspaces.work_of_people import PersonalAccount, UnreadPart

T = TypeVar("T")
_UNSEEN = (
    "Not visible to zenpro: personal access tokens, private secrets, the creators of API keys, shares of individual "
    "resources, accounts inside workspaces."
)


class PlaceWithWork(Place):
    """An organization, and what runs in its workspaces."""

    def __init__(self, inventory: Inventory, work: impact.WorkRead) -> None:
        super().__init__(inventory)
        self.work = work


def read_place(
    session: Session, org: str | None, advance: query.Progress, pairs: Collection[inventory.ActionOnType] = ()
) -> PlaceWithWork:
    """Read one organization; what runs in its workspaces is read at the same time."""
    return read_place_and(session, org, advance, pairs, lambda: None)[0]


def read_place_and(
    session: Session,
    org: str | None,
    advance: query.Progress,
    pairs: Collection[inventory.ActionOnType],
    more: Callable[[], T],
) -> tuple[PlaceWithWork, T]:
    """Read one organization, what runs in its workspaces, and `more`, at the same time."""
    # The lists of the organization take longest, and get half of the concurrent requests.
    place_inventory, (work, found) = query.gather(
        session,
        partial(inventory.fill, session, org, progress=advance, without=people.UNUSED, pairs=pairs),
        partial(query.gather, session, partial(_read_work, session, org), more),
    )
    return PlaceWithWork(place_inventory, work), found


def _read_work(session: Session, org: str | None) -> impact.WorkRead:
    """Return what runs in the workspaces of an organization; if they cannot be listed, a gap."""
    try:
        return impact.read_organization(session, query.organization(session, org).id)
    except ZenProError as error:
        return impact.WorkRead(impact.Workspaces(asleep=[UnreadPart(Target("workspaces"), error.message)]), [])


def work_of(places: Sequence[PlaceWithWork], leaving: Sequence[Person]) -> list[impact.Work]:
    """Return what these people have in the workspaces of each organization."""
    accounts = [_account(person, places) for person in leaving if person.id]
    return [impact.Work.of(where.work, accounts) for where in places]


def _account(person: Person, places: Sequence[Place]) -> PersonalAccount:
    record = next((where.users[person.id] for where in places if person.id in where.users), {})
    return impact.account_of(person.id, person.email, record)


def left_running(
    ctx: CommandContext, person: Person, places: Sequence[Place], work: Sequence[impact.Work]
) -> Iterator[Write]:
    """Yield a skipped step for each object that offboarding leaves as it is, with the command for it."""
    account = _account(person, places)
    several = len(places) > 1
    for where, found in zip(places, work, strict=True):
        org = where.organization.name if several else None
        for row in impact.objects_of(ctx, account, found, org):
            target = " ".join(str(row[name]) for name in ("kind", "name"))
            if row["kind"] != impact.WORKSPACE:
                target = f"{target} in {row['workspace']}"
            step = Write("", "", target=target, name=person.email)
            why = f"offboarding does not change it: `{row['command']}`"
            yield step.with_hold(skipped=why).with_position(action="hand over")


def unseen(leaving: Sequence[Person], work: Sequence[impact.Work]) -> str:
    """Return what zenpro cannot see, and where to find the questions about it."""
    closed = list(dict.fromkeys(part.target.name for found in work for part in found.unread))
    unread = f" Not read: {named(closed, limits.LISTED)}." if closed else ""
    people = [person.email for person in leaving if person.id]
    if not people:
        return f"{_UNSEEN}{unread}"
    people_text = named(people, limits.FAILED_NAMED)
    return f"{_UNSEEN}{unread} Ask {people_text}: `users impact {people[0]}` lists the questions."
