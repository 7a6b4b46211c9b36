"""What offboarding leaves in place: objects in workspaces under the name of a person, and workspaces they own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from zenpro_nb import access, inventory, limits, query
from zenpro_nb.access import Inventory
from zenpro_nb.commands.people import impact
from zenpro_nb.commands.people import memberships as people
from zenpro_nb.commands.people.memberships import Person, Place
from zenpro_nb.commands.people.successor import NOT_TRANSFERABLE, STAYS
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext, Write
from zenpro_nb.query import Found
from zenpro_nb.resources.control_plane import USERS
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.workspaces.personal_accounts import PersonalAccount
from zenpro_nb.workspaces.targets import Target
from zenpro_nb.workspaces.work_of_people import UnreadPart, read_work

_UNSEEN = (
    "Not visible to zenpro: personal access tokens, private secrets, the creators of API keys, shares of individual "
    "resources, accounts inside workspaces."
)

_STAYING = {  # how each kind of object stays, and what its command does: see `impact`
    "schedule": "keeps running until you pause it",
    "trigger": "keeps running until you pause it",
    "run": "keeps running until you stop it",
    "deployment": "stays up until you deprovision it",
    "connector": "keeps its credentials until you replace them",
    impact.WORKSPACE: "keeps its owner until you name another one",
}


class PlaceWithWork(Place):
    """An organization, and what runs in its workspaces.

    Args:
        accounts: the people whose work was read; None if it was read for all users.
    """

    def __init__(self, inventory: Inventory, work: impact.WorkRead, accounts: Sequence[PersonalAccount] | None) -> None:
        super().__init__(inventory)
        self._work = work
        self._accounts = accounts

    def work_of(self, session: Session, accounts: Sequence[PersonalAccount]) -> impact.Work:
        """Return what these people have in the workspaces; it is read again if it was read for others."""
        if self._accounts is not None and not {*accounts} <= {*self._accounts}:
            workspaces = self._work.workspaces
            self._work = impact.WorkRead(workspaces, read_work(session, workspaces.targets, lambda: accounts))
            self._accounts = accounts
        return impact.Work.of(self._work, accounts)


def read_place(
    session: Session,
    organization: Callable[[], Found],
    texts: Sequence[str],
    advance: query.Progress,
    pairs: Collection[inventory.ActionOnType] = (),
    also: Sequence[inventory.Also] = (),
) -> PlaceWithWork:
    """Read one organization, and what runs in its workspaces, in as few round trips as possible.

    zenpro signs in to the workspaces as soon as they are listed.

    Args:
        organization: looks the organization up.
        texts: the names, emails, or ids of the people whose work is wanted.
        also: further reads, at the same time as the lists; they keep their results themselves.
    """
    lists = inventory.OrganizationReader(session, organization(), without=people.UNUSED, pairs=pairs)
    accounts = query.Once(lambda: _accounts_of(lists.read_list("members"), texts))
    # The workspaces come first: they take the most round trips.
    work, place_inventory = query.gather(
        session, partial(_read_workspaces, session, lists, accounts), partial(_read_lists, lists, advance, also)
    )
    return PlaceWithWork(place_inventory, work, accounts())


def _read_workspaces(
    session: Session,
    lists: inventory.OrganizationReader,
    accounts: Callable[[], Sequence[PersonalAccount] | None],
) -> impact.WorkRead:
    workspaces = _workspaces_of(session, lists.read_list("workspaces"))
    return impact.WorkRead(workspaces, read_work(session, workspaces.targets, accounts))


def _read_lists(
    lists: inventory.OrganizationReader, advance: query.Progress, also: Sequence[inventory.Also]
) -> Inventory:
    details = lists.read(advance, also)
    access.State.of(details)  # computed while the workspaces are still being read; it is kept
    return details


def _workspaces_of(session: Session, workspace_list: inventory.Read) -> impact.Workspaces:
    """Return the workspaces of an organization; if they cannot be listed, a gap."""
    if workspace_list.gap is not None:
        return impact.Workspaces(asleep=[UnreadPart(Target("workspaces"), workspace_list.gap.message)])
    return impact.Workspaces.of(
        impact.KnownWorkspace(target, row["status"], row["owner_id"] or "")
        for target, row in inventory.targets_in(session, workspace_list)
        if not impact.is_deleted(row)
    )


def _accounts_of(members: inventory.Read, texts: Sequence[str]) -> list[PersonalAccount] | None:
    """Return the people with these names; None if some are not members, and could only be in a team."""
    index = query.NameIndex(USERS, members.accounts())
    try:
        found = [index.pick(text) for text in texts]
    except ZenProError:
        return None
    return [impact.account_of(user.id, user.name, user.record) for user in found]


def work_of(session: Session, places: Sequence[PlaceWithWork], leaving: Sequence[Person]) -> list[impact.Work]:
    """Return what these people have in the workspaces of each organization."""
    accounts = [_account(person, places) for person in leaving if person.id]
    return [where.work_of(session, accounts) for where in places]


def _account(person: Person, places: Sequence[Place]) -> PersonalAccount:
    record = next((where.users[person.id] for where in places if person.id in where.users), {})
    return impact.account_of(person.id, person.email, record)


def left_running(
    ctx: CommandContext,
    person: Person,
    places: Sequence[Place],
    work: Sequence[impact.Work],
    successor: Person | None,
    handed: Collection[str] = (),
) -> Iterator[Write]:
    """Yield a skipped step for each object that offboarding leaves as it is, with the command for it.

    Args:
        successor: the user who takes over, if one was named.
        handed: the IDs of workspaces that other steps hand over.
    """
    account = _account(person, places)
    several = len(places) > 1
    for where, found in zip(places, work, strict=True):
        org = where.organization.name if several else None
        for row in impact.objects_of(ctx, account, found, org):
            if row["id"] in handed:
                continue
            target = " ".join(str(row[name]) for name in ("kind", "name"))
            why, command = _STAYING[row["kind"]], f"`{row['command']}`"
            if row["kind"] == impact.WORKSPACE and successor is not None:
                organization = where.organization.name
                joins = f"{ctx.ui.name} users onboard {quoted(successor.email)} --org {quoted(organization)}"
                why = f"keeps its owner, because {successor.email} is not a member of {organization}"
                command = f"`{joins}`, then {command.replace(impact.COLLEAGUE, quoted(successor.email))}"
            if row["kind"] != impact.WORKSPACE:
                target = f"{target} in {row['workspace']}"
            step = Write("", "", target=target, name=person.email)
            # A table breaks a long command, a line of its own does not.
            yield step.with_hold(skipped=why, remains=f"{target} {why}: {command}").with_position(action=STAYS)


def unseen(
    leaving: Sequence[Person], work: Sequence[impact.Work], successor: Person | None, *, hands_over: bool
) -> str:
    """Return what zenpro cannot hand over and cannot see, and where to find the questions about it.

    Args:
        hands_over: whether there is anything to hand over.
    """
    closed = list(dict.fromkeys(part.target.name for found in work for part in found.unread))
    unread = [f"Not read: {name_list(closed, limits.NAMES_IN_MESSAGE)}."] if closed else []
    people = [person.email for person in leaving if person.id]
    if not people:
        return "\n".join([_UNSEEN, *unread])
    people_text = name_list(people, limits.FAILED_NAMED)
    line = f"users offboard {quoted(people[0])} --successor COLLEAGUE" if len(people) == 1 else "--successor COLLEAGUE"
    option = "" if successor else f" `{line}` hands over workspaces and roles."
    can_answer = any(person.active is not False for person in leaving if person.id)
    questions = f"`users impact {people[0]}` lists the questions"
    ask = f"Ask {people_text}: {questions}." if can_answer else f"{questions} about what no API shows."
    transfer = [f"{NOT_TRANSFERABLE}{option}"] if hands_over else []
    # One sentence per line: a notebook breaks long lines inside words.
    return "\n".join([*transfer, _UNSEEN, *unread, ask])
