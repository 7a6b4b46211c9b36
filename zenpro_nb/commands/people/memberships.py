"""People to onboard or offboard, and their roles, teams and invitations in an organization."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from zenpro_nb import frames, inventory, query
from zenpro_nb.access import Inventory
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import CommandContext, PersonInTable, Principal, Scope
from zenpro_nb.query import Found
from zenpro_nb.resources.control_plane import USERS
from zenpro_nb.resources.nouns import words
from zenpro_nb.session.session import Session

ADMIN = "Organization Admin"  # the predefined role with all permissions (API facts 7.7)
ORGANIZATION = "organization"
PRINCIPALS = ("user_id", "team_id", "invitation_id")  # the fields of assignments and memberships that name one
UNUSED = ("api_keys",)  # the lists of an inventory that say nothing about people
# The lists with roles, teams and invitations of a person. If one of them is incomplete, something may be hidden.
_HOLDINGS = ("members", "teams", "team_members", "roles", "assignments", "invitations")

Record = Mapping[str, Any]


class Person(Struct, frozen=True):
    """A person who was named: an account, or an email without an account.

    Attributes:
        email: the email; the sign-in name of an account without an email.
        id: the ID of the account; empty if no account is visible.
        active: whether the account can sign in; None if that is unknown.
    """

    email: str
    id: str = ""
    active: bool | None = None

    @property
    def found(self) -> Found:
        """Return the account in the form that other commands use."""
        record = {} if self.active is None else {"id": self.id, "is_active": self.active}
        return Found(self.id, self.email, record)

    @property
    def principal(self) -> Principal:
        """Return the account as a principal."""
        return Principal(self.id, self.email, "user_id")

    def is_named(self, email: object) -> bool:
        """Return whether an email belongs to this person; case is ignored (API facts 4.10)."""
        return str(email).casefold() == self.email.casefold()


class Place:
    """An organization, and what people have in it."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.organization = Found(inventory.organization_id, inventory.organization_name, {})

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a list as records, with None for missing values."""
        rows: list[dict[str, Any]] = frames.convert(self.inventory[name].frame, "records")
        return rows

    @cached_property
    def users(self) -> dict[str, dict[str, Any]]:
        """Return the accounts by ID."""
        return {str(row["id"]): row for row in self.rows("users")}

    @cached_property
    def invitations(self) -> list[dict[str, Any]]:
        """Return the invitations that are not accepted, including expired ones."""
        return [row for row in self.rows("invitations") if not row["accepted"]]

    @cached_property
    def me(self) -> str:
        """Return the ID of the caller's account; empty if it is unknown."""
        return next((str(row["id"]) for row in self.rows("me")), "")

    @cached_property
    def _assignments(self) -> list[dict[str, Any]]:
        return self.rows("assignments")

    @cached_property
    def _team_members(self) -> list[dict[str, Any]]:
        return self.rows("team_members")

    @cached_property
    def _by_principal(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """Return the assignments by field and ID of the principal."""
        return _by_principal(self._assignments)

    @cached_property
    def _memberships(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """Return the team memberships by field and ID of the principal."""
        return _by_principal(self._team_members)

    def teams_of(self, principal: Principal) -> Iterator[tuple[str, str]]:
        """Yield the ID and the name of each team of a principal."""
        for member in self._memberships.get((principal.field, principal.id), ()):
            yield str(member["team_id"]), str(member["team"] or member["team_id"])

    def scopes_of(self, principal: Principal) -> Iterator[Scope]:
        """Yield the directly assigned workspace and project roles of a principal, each with its scope."""
        for assignment in self._by_principal.get((principal.field, principal.id), ()):
            if assignment["workspace_id"]:
                params = {name: str(assignment[name]) for name in ("workspace_id", "project_id") if assignment[name]}
                workspace = assignment["workspace"] or assignment["workspace_id"]
                where = (
                    f"project {assignment['project_id']} of {workspace}" if assignment["project_id"] else str(workspace)
                )
                yield Scope(
                    str(assignment["role_id"]), f"{assignment['role'] or assignment['role_id']} in {where}", params
                )

    def roles_of(self, principal: Principal) -> dict[str, str]:
        """Return the names of the directly assigned organization roles of a principal, by ID."""
        assignments = (
            assignment
            for assignment in self._by_principal.get((principal.field, principal.id), ())
            if not assignment["workspace_id"]
        )
        return {str(record["role_id"]): str(record["role"] or record["role_id"]) for record in assignments}

    def role_named(self, name: str) -> str:
        """Return the ID of the organization role with this name; empty if there is none."""
        roles = (row for row in self.rows("roles") if row["name"] == name and row["level"] in (None, "organization"))
        return next((str(record["id"]) for record in roles), "")

    def is_member(self, person: Person) -> bool:
        """Return whether a person has an organization role that does not come only from a team."""
        if self.roles_of(person.principal):
            return True
        # If assignments cannot be read, the list of members may still be known. It includes roles that come from teams.
        return not self.inventory.assignments.complete and any(
            row["user_id"] == person.id for row in self.rows("members")
        )

    def admins(self) -> set[str]:
        """Return the IDs of the active users who can administer the organization, including members of teams."""
        admin_roles = (row for row in self.rows("roles") if row["name"] == ADMIN and row["system_managed"] is not False)
        roles = {record["id"] for record in admin_roles}
        admin_assignments = [assignment for assignment in self._assignments if assignment["role_id"] in roles]
        teams = {record["team_id"] for record in admin_assignments if record["team_id"]}
        holders = {record["user_id"] for record in admin_assignments} | {
            member["user_id"] for member in self._team_members if member["team_id"] in teams
        }
        bots = {row["id"] for row in self.rows("service_accounts")}
        return {
            key
            for key, user in self.users.items()
            if key in holders - bots and user["is_active"] is not False and not user["is_service_account"]
        }

    @cached_property
    def hidden(self) -> str:
        """Return which lists of roles and memberships are incomplete, with the reason of the first."""
        gaps = {name: gap.message for name, gap in self.inventory.gaps.items() if name in _HOLDINGS}
        if not gaps:
            return ""
        names = ", ".join(words(name) for name in gaps)
        return (
            f"roles and memberships in {self.organization.name} are incomplete ({names}): {next(iter(gaps.values()))}"
        )


def _by_principal(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the rows by the field and the ID of their principal: one pass for any number of people."""
    by_principal: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        for field in PRINCIPALS:
            if row.get(field):
                by_principal.setdefault((field, row[field]), []).append(row)
    return by_principal


def place(ctx: CommandContext, organization: str | None) -> Place:
    """Read one organization."""
    with ctx.ui.progress("organization", "list") as advance:
        return read_place(ctx.session, organization, advance)


def read_place(
    session: Session,
    organization: str | None,
    progress: query.Progress,
    pairs: Collection[inventory.ActionOnType] = (),
) -> Place:
    """Read one organization, and report the number of finished reads.

    Args:
        pairs: pairs of (action, type), for each of which it also reads the roles that allow it.
    """
    return Place(inventory.fill(session, organization, without=UNUSED, pairs=pairs, progress=progress))


def people_named(
    ctx: CommandContext, texts: Sequence[str], places: Sequence[Place], accepts: Callable[[str], bool]
) -> list[Person]:
    """Return the people who were named, each once, including emails without an account; see `people_named_by`."""
    return [person for person, _ in people_named_by(ctx, texts, places, accepts)]


def people_named_by(
    ctx: CommandContext, texts: Sequence[str], places: Sequence[Place], accepts: Callable[[str], bool]
) -> list[tuple[Person, str]]:
    """Return the people who were named, each once and with the text that named them, including unknown emails.

    Args:
        accepts: returns whether to accept an email that is neither the email of an account nor invited.

    Raises:
        UnknownNameError: some do not exist; the error names all of them.
        AmbiguousNameError: several accounts have the same name.
        UsageError: a service account was named, or rows of a file with different roles name the same person.
    """
    accounts = [account for place_ in places for account in place_.users.values()]
    index = query.NameIndex(USERS, list({record["id"]: record for record in accounts}.values()))
    unique_texts = list(dict.fromkeys(texts))
    others = query.find_each(ctx.session, "users", [text for text in unique_texts if not index.bearing(text)])
    answers = {text: others[text] if text in others else index.pick(text) for text in unique_texts}
    found = {text: _person(text, answer, places, accepts) for text, answer in answers.items()}
    known = {text: person for text, person in found.items() if isinstance(person, Person)}
    if len(known) < len(found):
        failed = {text: error for text, error in found.items() if isinstance(error, Exception)}
        raise query.missing_names("users", failed, len(found))
    people: dict[str, tuple[Person, str]] = {}
    for text, person in known.items():
        key = person.id or person.email.casefold()
        person_known = people.get(key)
        if person_known is not None and isinstance(person_known[1], PersonInTable):
            text = person_known[1].with_other(text)
            text.require_one_role(text.source)
        people[key] = person, text
    return list(people.values())


def _person(
    text: str, answer: Found | Exception, places: Sequence[Place], accepts: Callable[[str], bool]
) -> Person | Exception:
    if isinstance(answer, UnknownNameError) and "@" in text:
        stranger = Person(str(text))
        if accepts(text) or any(stranger.is_named(row["email"]) for where in places for row in where.invitations):
            return stranger
    if isinstance(answer, Exception):
        return answer
    if answer.record.get("is_service_account"):
        raise UsageError(
            f"{answer.name} is a service account, not a user",
            hint=f"Run `service-accounts deactivate {answer.name}` instead.",
        )
    active = answer.record.get("is_active")
    return Person(answer.name, answer.id, active if isinstance(active, bool) else None)
