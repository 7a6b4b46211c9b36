"""Facts that audit checks need from an inventory, and the commands that they suggest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from zenpro_nb import limits
from zenpro_nb.access.audit.lookups import Lookups, Record
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.model.role_usage import RoleUsage
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.access.desired.state import DesiredState

# Accounts do not belong to an organization, so commands about accounts alone have no --org.
_OF_NO_ORGANIZATION = ("users get",)


class Facts(Lookups):
    """An inventory with what audit checks need: lookups, ages, and the commands that they suggest.

    Args:
        inventory: the organization's data.
        now: the time from which ages are computed.
        domains: the expected domains of email addresses.
        org: the value of `--org` in suggested commands; None if the organization is the one in use.
        desired: the content of a file with deadlines; None if no file was named.
        usage: which roles were used to start runs; None if the runs were not counted.
        dormant_after: the days without a sign-in to a workspace after which a user is dormant.
    """

    def __init__(
        self,
        inventory: Inventory,
        now: datetime,
        domains: Collection[str] = (),
        org: str | None = None,
        desired: DesiredState | None = None,
        usage: RoleUsage | None = None,
        dormant_after: int = limits.DORMANT,
    ) -> None:
        super().__init__(inventory)
        self.desired = desired
        self.usage = usage
        self.dormant_after = dormant_after
        self.now = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
        self._org = org
        self.domains = frozenset(domain.casefold().lstrip("@") for domain in domains)

    def line(self, command: str, *arguments: str, **options: str | None) -> str:
        """Return a command with its words quoted where necessary; options without a value are omitted.

        >>> from zenpro_nb.access.model.inventory import Inventory
        >>> Facts(Inventory(), datetime.now()).line("roles delete", "Model Promoter", workspace=None)
        "roles delete 'Model Promoter'"
        """
        texts = [
            f"--{name.replace('_', '-')}{'=' if value.startswith('-') else ' '}{quoted(value)}"
            for name, value in {**options, "org": None if command in _OF_NO_ORGANIZATION else self._org}.items()
            if value
        ]
        words = [quoted(word) for word in arguments]
        # After `--`, words that begin with a dash are not options.
        dashed = any(word.startswith("-") for word in arguments)
        return " ".join([command, *texts, "--", *words] if dashed else [command, *words, *texts])

    def offboarding(self, assignment: Record) -> str:
        """Return the command that offboards a user; for a service account, the command that revokes this role."""
        if self.is_bot(assignment):
            return self.revoking(assignment)
        return self.line("users offboard", self.account_word(assignment["user_id"]))

    def revoking(self, assignment: Record) -> str:
        """Return the command that revokes only this assignment."""
        if assignment["user_id"]:
            subject = self.account_option(assignment)
        else:
            team_id, invitation_id = assignment["team_id"], assignment["invitation_id"]
            subject = {
                "team": team_id and self.team_word(team_id, self._team_names.get(team_id, "")),
                "invitation": invitation_id and self.invitation_word(invitation_id),
            }
        scope: dict[str, str | None] = {}
        if assignment["level"] != "organization":
            scope = {
                "workspace": self.workspace_word(assignment["workspace_id"] or ""),
                "project": assignment["project_id"],
            }
        role = self.role_word(assignment["role_id"], assignment["role"])
        return self.line("roles revoke", role, **subject, **scope)

    @cached_property
    def _role_name_counts(self) -> Counter[str]:
        return _name_counts(self.roles.values())

    @cached_property
    def _team_names(self) -> dict[str, str]:
        """Return the names of the teams by id."""
        return {row["id"]: str(row["name"] or "") for row in self.rows("teams")}

    def removing(self, membership: Record) -> str:
        """Return the command that removes only this member from its team."""
        if membership["user_id"]:
            subject = self.account_option(membership)
        else:
            subject = {"invitation": self.invitation_word(membership["invitation_id"])}
        team_id = membership["team_id"]
        return self.line("teams remove", self.team_word(team_id, self._team_names.get(team_id, "")), **subject)

    @cached_property
    def _team_name_counts(self) -> Counter[str]:
        return _name_counts(self.rows("teams"))

    def role_word(self, role_id: str, name: str) -> str:
        """Return the word for a role in a command: its name, or its id if another role has the same name."""
        return name if self._role_name_counts[name.casefold()] == 1 else role_id

    def team_word(self, team_id: str, name: str) -> str:
        """Return the word for a team in a command: its name, or its id if another team has the same name."""
        return name if self._team_name_counts[name.casefold()] == 1 else team_id

    @cached_property
    def _emails_of_invitations(self) -> dict[str, str]:
        """Return the emails of the invitations by id."""
        return {row["id"]: str(row["email"] or "") for row in self.rows("invitations")}

    @cached_property
    def _invited_counts(self) -> Counter[str]:
        return Counter(map(str.casefold, self._emails_of_invitations.values()))

    def invitation_word(self, invitation_id: str) -> str:
        """Return the word for an invitation in a command: its email, or its id if another one has the same email."""
        email = self._emails_of_invitations.get(invitation_id, "")
        return email if email and self._invited_counts[email.casefold()] == 1 else invitation_id

    @cached_property
    def _workspace_name_counts(self) -> Counter[str]:
        return _name_counts(self.rows("workspaces"))

    def workspace_word(self, workspace_id: str) -> str:
        """Return the word for a workspace in a command: its name, or its id if another workspace has the same name.

        Deleted workspaces are always named by id: a new one can have the same name.
        """
        name = str(self.workspaces.get(workspace_id, {}).get("name") or "")
        return name if name and self._workspace_name_counts[name.casefold()] == 1 else workspace_id

    @cached_property
    def _account_name_counts(self) -> Counter[str]:
        """Return how many accounts have each name: as an email, a sign-in name or a full name."""
        names: dict[str, set[str]] = defaultdict(set)
        for account in (*self.users.values(), *self.bots.values()):
            for field in ("email", "username", "name"):
                if account.get(field):
                    names[str(account[field]).casefold()].add(account["id"])
        return Counter({name: len(ids) for name, ids in names.items()})

    def account_word(self, user_id: str) -> str:
        """Return the word for an account in a command: its email or sign-in name if that is unique, else its id.

        A person's sign-in name that looks like an email is not used: commands search for it among the emails.
        """
        user, bot = self.users.get(user_id, {}), self.bots.get(user_id, {})
        if self.is_bot({"user_id": user_id}):
            name = str(bot.get("username") or user.get("username") or "")
        else:
            username = str(user.get("username") or "")
            name = str(user.get("email") or ("" if "@" in username else username))
        return name if name and self._account_name_counts[name.casefold()] == 1 else user_id

    def account_option(self, row: Record) -> dict[str, str | None]:
        """Return the option of a command that names a row's account: --user or --service-account."""
        return {"service_account" if self.is_bot(row) else "user": self.account_word(row["user_id"])}

    @cached_property
    def _api_key_name_counts(self) -> Counter[tuple[str, str]]:
        return Counter((key["service_account_id"], str(key["name"]).casefold()) for key in self.rows("api_keys"))

    def api_key_word(self, key: Record) -> str:
        """Return the word for an API key: its name, or its id if another key of the account has that name."""
        name = str(key["name"])
        return name if self._api_key_name_counts[key["service_account_id"], name.casefold()] == 1 else str(key["id"])

    def days_ago(self, moment: datetime | None) -> int | None:
        """Return how many days ago that was, negative for a time in the future; None if unknown."""
        return None if moment is None else (self.now - moment).days

    def is_older(self, moment: datetime | None, days: int) -> bool:
        """Return whether that is more than `days` ago, to the second; False if unknown."""
        return moment is not None and self.now - moment > timedelta(days=days)


def _name_counts(rows: Iterable[Record]) -> Counter[str]:
    """Return how many rows have each name, case-insensitively."""
    return Counter(str(row["name"]).casefold() for row in rows)
