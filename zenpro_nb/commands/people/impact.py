"""`users impact`: list what depends on a person, before they leave: what runs under their name, and what they own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from zenpro_nb import frames, query
from zenpro_nb.commands.organization.users import users
from zenpro_nb.framework.declare import CommandContext, ListOptions, Org, UserNames, reading
from zenpro_nb.resources import Column, DataType, Display, Table
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.workspaces.personal_accounts import PersonalAccount
from zenpro_nb.workspaces.targets import AVAILABLE, Target, resolve, target_of
from zenpro_nb.workspaces.work_of_people import (
    Advance,
    UnreadPart,
    WorkObject,
    WorkOfPeople,
    WorkspaceWork,
    read_work,
    work_of,
)

if TYPE_CHECKING:
    import pandas as pd

WORKSPACE, GAP = "workspace", "not visible"
COLLEAGUE = "COLLEAGUE"  # the placeholder for the user who takes over
_DELETED_STATES = frozenset({"deleted", "deletion_pending"})

IMPACT = Table(
    noun="impact",
    help="List what depends on users: what runs under their name, and what they own.\n\nRead this before you offboard "
    "someone. Each row has the command that pauses, stops, or deprovisions the object, or changes its owner or "
    "credentials. Rows of the kind `not visible` list information that no API shows, with a question to ask that "
    "person.",
    columns=(
        Column("user", help="email of the person"),
        Column(
            "kind",
            DataType.CATEGORY,
            help="schedule, trigger, deployment, connector, run, workspace, or not visible",
        ),
        Column("name", help="name of the object"),
        Column("status", DataType.CATEGORY, help="status of the object", display=Display.STATE),
        Column("workspace", DataType.CATEGORY, help="workspace of the object"),
        Column("project", DataType.CATEGORY, help="project of the object"),
        Column(
            "command",
            help="command that pauses, stops, or deprovisions the object, or changes its owner or credentials",
            display=Display.COMMAND,
        ),
        Column("question", help="question for the person", display=Display.PROSE),
        Column("detail", help="what the object does, or why it is not visible", display=Display.PROSE),
        Column("id", DataType.ID, help="ID of the object"),
    ),
    parent="users",
    label="name",
    deciding=("name", "kind", "question", "command", "workspace"),
    # No route: combined from lists of the control plane and of the workspaces.
)

# What no API shows, with the question for the person. API facts 9.4: a private secret is listed to its owner only; an
# API key has no creator. Personal access tokens are listed to their owner only.
_UNSEEN = (
    (
        "private secrets",
        "only their owner can list them",
        "Which of your private secrets do other people's jobs use? Please create them again as shared secrets.",
    ),
    (
        "API keys",
        "the API does not show who created a key, or who knows it",
        "Which API keys of service accounts did you create, and where are they stored?",
    ),
    (
        "personal access tokens",
        "only their owner can list them; they stop working with the account",
        "Which jobs sign in with your personal access tokens?",
    ),
)


class KnownWorkspace(Struct, frozen=True):
    """A workspace as the control plane lists it.

    Attributes:
        target: the workspace.
        status: its status; None if the server does not send one.
        owner_id: the id of its owner; empty if unknown.
    """

    target: Target
    status: str | None
    owner_id: str


class Workspaces(Struct):
    """The workspaces of an organization that exist, and those of them that cannot be read."""

    known: list[KnownWorkspace] = field(default_factory=list)
    asleep: list[UnreadPart] = field(default_factory=list)

    @classmethod
    def of(cls, workspaces: Iterable[KnownWorkspace]) -> Workspaces:
        """Return these workspaces, and the reason why some cannot be read."""
        found = cls(list(workspaces))
        for target in (workspace.target for workspace in found.known):
            if target.status != AVAILABLE or not target.url:
                why = f"it is {target.status}" if target.status != AVAILABLE else "it has no ZenML server"
                found.asleep.append(UnreadPart(target, f"{why}, so it cannot be queried"))
        return found

    @property
    def targets(self) -> list[Target]:
        """Return the running workspaces."""
        return [item.target for item in self.known if item.target.url and item.target.status == AVAILABLE]


@users.listing(IMPACT, name="impact")
def impact(ctx: CommandContext, options: ListOptions, users: UserNames, org: Org = None) -> pd.DataFrame:
    """Return what depends on these users, in all workspaces of an organization.

    Examples:
        # List what depends on a person
        users impact ada@example.com
        # List only what keeps running
        users impact ada@example.com --where kind=schedule,trigger,deployment
    """
    with ctx.ui.progress("workspaces", "workspace") as advance:
        accounts, read = _read(ctx, users, org, advance)
    work = Work.of(read, accounts)
    rows = [row for account in accounts for row in (*objects_of(ctx, account, work, org), *_gaps_of(account, work))]
    row_count = sum(row["kind"] != GAP for row in rows)
    frame = reading.computed_frame(IMPACT, frames.from_records(IMPACT, rows), options)
    summary = f"{counted(row_count, 'object')} · {counted(len(rows) - row_count, 'gap')}"
    query.note(ctx.session, frame, route="", noun="rows", summary=summary, complete=not work.unread)
    return frame


def _read(
    ctx: CommandContext, texts: Sequence[str], org: str | None, advance: Advance
) -> tuple[list[PersonalAccount], WorkRead]:
    """Return the people that were named, and what runs in the workspaces, on a plain server in the server itself."""
    session = ctx.session
    if session.settings.plain:
        targets = resolve(session, (), org).found
        found = query.find_all(session, "workspace-users", texts, at=targets[0].where(session))
        accounts = [PersonalAccount(user.name) for user in found]
        workspaces = Workspaces([KnownWorkspace(target, None, "") for target in targets])
    else:
        organization = query.organization(session, org)
        found, workspaces = query.gather(
            session,
            partial(query.find_all, session, "users", texts, member_of=organization.id),
            partial(workspaces_of, session, organization.id),
        )
        accounts = [account_of(user.id, user.name, user.record) for user in found]
    return accounts, WorkRead(workspaces, read_work(session, workspaces.targets, lambda: accounts, advance))


def account_of(key: str, name: str, record: Mapping[str, Any]) -> PersonalAccount:
    """Return the account of a user. A workspace knows people by their sign-in name."""
    return PersonalAccount(name, key, str(record.get("username") or ""))


def workspaces_of(session: Session, organization_id: str) -> Workspaces:
    """Return the workspaces of an organization."""
    records = query.records(session, WORKSPACES, {}, {"organization_id": organization_id})
    return Workspaces.of(
        KnownWorkspace(target_of(session, record), _status(record), _owner_id(record))
        for record in records
        if not is_deleted(record)
    )


def is_deleted(record: Mapping[str, Any]) -> bool:
    """Return whether a workspace is deleted, or about to be."""
    return not _DELETED_STATES.isdisjoint({record.get("status"), record.get("desired_state")})


class WorkRead(Struct, frozen=True):
    """The workspaces of an organization, and what runs in them, for all users."""

    workspaces: Workspaces
    read: list[WorkspaceWork]


class Work(Struct, frozen=True):
    """The workspaces of an organization, and what people have in them."""

    workspaces: Workspaces
    of_people: WorkOfPeople

    @classmethod
    def of(cls, read: WorkRead, accounts: Sequence[PersonalAccount]) -> Work:
        """Return what these people have."""
        return cls(read.workspaces, work_of(read.read, accounts))

    @property
    def unread(self) -> list[UnreadPart]:
        """Return the workspaces that could not be read, or not completely."""
        return [*self.workspaces.asleep, *self.of_people.unread]


def objects_of(
    ctx: CommandContext, account: PersonalAccount, work: Work, org: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the rows about the objects and the workspaces of a person."""
    words = _Words(ctx, work.workspaces, org)
    for item in work.of_people.objects:
        if item.account == account:
            yield {
                "user": account.name,
                "kind": item.kind,
                "name": item.name,
                "status": item.status,
                "workspace": item.target.name,
                "project": item.project,
                "command": words.command(item),
                "detail": item.detail,
                "id": item.id,
            }
    for workspace in work.workspaces.known:
        target = workspace.target
        if account.id and workspace.owner_id == account.id:
            name = words.workspace(target.name, target.id)
            yield {
                "user": account.name,
                "kind": WORKSPACE,
                "name": target.name,
                "status": workspace.status,
                "workspace": target.name,
                "command": words.line(f"workspaces update {name} --owner {COLLEAGUE}", of_org=False),
                "detail": "owns the workspace",
                "id": target.id,
            }


def _status(record: Mapping[str, Any]) -> str | None:
    return str(record.get("status") or "") or None


def _owner_id(record: Mapping[str, Any]) -> str:
    owner = record.get("owner")
    return str(owner.get("id") or "") if isinstance(owner, Mapping) else ""


def _gaps_of(account: PersonalAccount, work: Work) -> Iterator[dict[str, Any]]:
    """Yield the rows about what cannot be seen of a person."""
    for name, reason, question in _UNSEEN:
        yield {"user": account.name, "kind": GAP, "name": name, "question": question, "detail": reason}
    for part in work.unread:
        yield {
            "user": account.name,
            "kind": GAP,
            "name": part.target.name,
            "workspace": part.target.name,
            "question": f"What do you run in {part.target.name}, and who takes it over?",
            "detail": part.reason,
        }


class _Words:
    """The words of commands: names where they are unique, otherwise ids."""

    def __init__(self, ctx: CommandContext, found: Workspaces, org: str | None) -> None:
        self._name = ctx.ui.name
        self._org = org
        self._workspaces = [workspace.target.name for workspace in found.known]
        self._ids = {workspace.target.name: workspace.target.id for workspace in found.known}

    def workspace(self, name: str, key: str = "") -> str:
        """Return the word for a workspace."""
        return quoted(name if self._workspaces.count(name) == 1 else key or self._ids.get(name, name))

    def line(self, words: str, *, of_org: bool = True) -> str:
        """Return a command as people type it."""
        return f"{self._name} {words}" + (f" --org {quoted(self._org)}" if self._org and of_org else "")

    def command(self, item: WorkObject) -> str:
        """Return the command that pauses, stops, or deprovisions an object, or replaces its credentials."""
        where = "" if item.target.plain else f" --workspace {self.workspace(item.target.name)}"
        if item.kind in ("schedule", "trigger"):
            return self.line(f"{item.kind}s pause {item.id}{where}")
        if item.kind == "run":
            return self.line(f"runs stop {item.id}{where}")
        # A deployment is taken down by the deployer of its stack, in zenml's client. A connector keeps its owner, but
        # its credentials can be replaced by those of a colleague.
        if item.kind == "deployment":
            return f"zenml deployment deprovision {item.id}"
        return f"zenml service-connector update {item.id} --interactive"
