"""People as they come and go: who is named, and what each of them holds in an organization, from its inventory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from zenpro_nb import frames, inventory, query
from zenpro_nb.access import Inventory
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import CommandContext, Principal, Scope
from zenpro_nb.query import Found
from zenpro_nb.resources.control_plane import USERS
from zenpro_nb.session.session import Session

ADMIN = "Organization Admin"  # the one predefined role that may do everything (API facts 7.7)
ORGANIZATION = "organization"
# What a person holds stands in these; one that is not whole may hide something.
_HOLDINGS = ("members", "teams", "team_members", "roles", "assignments", "invitations")

Record = Mapping[str, Any]


class Person(Struct, frozen=True):
    """Somebody who was named: an account, or an e-mail that has none.

    Attributes:
        email: the e-mail; the sign-in name of an account that has none.
        id: of the account; empty where there is none that one can see.
        active: whether the account may sign in; None where that is not known.
    """

    email: str
    id: str = ""
    active: bool | None = None

    @property
    def found(self) -> Found:
        """Return the account as the other commands take it."""
        known = {} if self.active is None else {"id": self.id, "is_active": self.active}
        return Found(self.id, self.email, known)

    @property
    def principal(self) -> Principal:
        """Return the account as it holds roles and teams."""
        return Principal(self.id, self.email, "user_id")

    def is_named(self, email: object) -> bool:
        """Return whether an e-mail is this person's; letters match whatever their case (API facts 4.10)."""
        return str(email).casefold() == self.email.casefold()


class Place:
    """One organization, asked about people."""

    def __init__(self, known: Inventory) -> None:
        self.inventory = known
        self.organization = Found(known.organization_id, known.organization_name, {})

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a list as records, None where a value is missing."""
        found: list[dict[str, Any]] = frames.convert(self.inventory[name].frame, "records")
        return found

    @cached_property
    def users(self) -> dict[str, dict[str, Any]]:
        """Return the accounts by their ids."""
        return {str(row["id"]): row for row in self.rows("users")}

    @cached_property
    def invitations(self) -> list[dict[str, Any]]:
        """Return the invitations that nobody has accepted, expired ones among them."""
        return [row for row in self.rows("invitations") if not row["accepted"]]

    @cached_property
    def me(self) -> str:
        """Return the id of the account that asks; empty where it is not known."""
        return next((str(row["id"]) for row in self.rows("me")), "")

    @cached_property
    def _assignments(self) -> list[dict[str, Any]]:
        return self.rows("assignments")

    @cached_property
    def _team_members(self) -> list[dict[str, Any]]:
        return self.rows("team_members")

    def teams_of(self, holder: Principal) -> Iterator[tuple[str, str]]:
        """Yield the id and the name of each team that somebody is in."""
        for member in self._team_members:
            if member[holder.field] == holder.id:
                yield str(member["team_id"]), str(member["team"] or member["team_id"])

    def scopes_of(self, holder: Principal) -> Iterator[Scope]:
        """Yield the roles below the organization that somebody holds directly, each with its place."""
        for assignment in self._assignments:
            if assignment[holder.field] == holder.id and assignment["workspace_id"]:
                params = {name: str(assignment[name]) for name in ("workspace_id", "project_id") if assignment[name]}
                workspace = assignment["workspace"] or assignment["workspace_id"]
                where = (
                    f"project {assignment['project_id']} of {workspace}" if assignment["project_id"] else str(workspace)
                )
                yield Scope(
                    str(assignment["role_id"]), f"{assignment['role'] or assignment['role_id']} in {where}", params
                )

    def roles_of(self, holder: Principal) -> dict[str, str]:
        """Return the names of the organization's roles that somebody holds directly, by their ids."""
        held = (
            assignment
            for assignment in self._assignments
            if assignment[holder.field] == holder.id and not assignment["workspace_id"]
        )
        return {str(record["role_id"]): str(record["role"] or record["role_id"]) for record in held}

    def role_named(self, name: str) -> str:
        """Return the id of the organization's role of this name; empty where there is none."""
        found = (row for row in self.rows("roles") if row["name"] == name and row["level"] in (None, "organization"))
        return next((str(record["id"]) for record in found), "")

    def is_member(self, person: Person) -> bool:
        """Return whether somebody has a role of the organization that is not a team's alone."""
        if self.roles_of(person.principal):
            return True
        # Where assignments cannot be read, the members may be known all the same; a role of a team's goes with it.
        return not self.inventory.assignments.complete and any(
            row["user_id"] == person.id for row in self.rows("members")
        )

    def admins(self) -> set[str]:
        """Return the ids of the people who may administer the organization and sign in, teams expanded."""
        named = (row for row in self.rows("roles") if row["name"] == ADMIN and row["system_managed"] is not False)
        roles = {record["id"] for record in named}
        held = [assignment for assignment in self._assignments if assignment["role_id"] in roles]
        teams = {record["team_id"] for record in held if record["team_id"]}
        holders = {record["user_id"] for record in held} | {
            member["user_id"] for member in self._team_members if member["team_id"] in teams
        }
        bots = {row["id"] for row in self.rows("service_accounts")}
        return {
            key
            for key, user in self.users.items()
            if key in holders - bots and user["is_active"] is not False and not user["is_service_account"]
        }

    def owned(self, person: Person) -> list[str]:
        """Return the names of the workspaces that somebody owns, as far as the server says who does."""
        return [
            str(row["name"])
            for row in self.rows("workspaces")
            if person.id and row["owner_id"] == person.id and "deleted" not in (row["status"], row["desired_state"])
        ]

    @cached_property
    def hidden(self) -> str:
        """Return which of the lists that people's belongings stand in could not be read whole, and why the first."""
        gaps = {name: gap.message for name, gap in self.inventory.gaps.items() if name in _HOLDINGS}
        if not gaps:
            return ""
        names = ", ".join(name.replace("_", " ") for name in gaps)
        return (
            f"what people have in {self.organization.name} cannot be seen whole ({names}): {next(iter(gaps.values()))}"
        )


def place(ctx: CommandContext, organization: str | None) -> Place:
    """Read one organization."""
    with ctx.ui.progress("lists") as advance:
        return read_place(ctx.session, organization, advance)


def read_place(session: Session, organization: str | None, progress: query.Progress) -> Place:
    """Read one organization, and tell how many reads are done."""
    return Place(inventory.fill(session, organization, progress=progress))


def named(
    ctx: CommandContext, texts: Sequence[str], places: Sequence[Place], meant: Callable[[str], bool]
) -> list[Person]:
    """Return the people who were named, each once; an e-mail without an account stands for itself.

    Args:
        meant: whether an e-mail is meant as it stands, even where it is a near miss of one that has an account.

    Raises:
        UnknownNameError: a name that is no e-mail is not there, or an e-mail is a near miss of one that is.
        AmbiguousNameError: several bear a name.
        UsageError: a service account was named.
    """
    known = [account for item in places for account in item.users.values()]
    index = query.NameIndex(USERS, list({record["id"]: record for record in known}.values()))
    wanted = list(dict.fromkeys(texts))
    others = query.find_each(ctx.session, "users", [text for text in wanted if not index.bearing(text)])
    answers = {text: others[text] if text in others else index.pick(text) for text in wanted}
    found = [_person(text, answer, places, meant) for text, answer in answers.items()]
    return list({person.id or person.email.casefold(): person for person in found}.values())


def _person(text: str, answer: Found | Exception, places: Sequence[Place], meant: Callable[[str], bool]) -> Person:
    if isinstance(answer, UnknownNameError):
        stranger = Person(text)
        invited = any(stranger.is_named(row["email"]) for where in places for row in where.invitations)
        if "@" in text and (invited or answer.strangers or meant(text)):
            return stranger
    if isinstance(answer, Exception):
        raise answer
    if answer.record.get("is_service_account"):
        raise UsageError(
            f"{answer.name} is a service account, and no person",
            hint="`service-accounts deactivate` and `service-accounts delete` are for those.",
        )
    active = answer.record.get("is_active")
    return Person(answer.name, answer.id, active if isinstance(active, bool) else None)
