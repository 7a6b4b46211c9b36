"""Read what runs in workspaces under the name of single people: schedules, triggers, deployments, connectors, runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.client import across_servers
from zenpro_nb.errors import NotFoundError, ZenProError
from zenpro_nb.query import Query
from zenpro_nb.query.projects import scopes
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.models import DEPLOYMENTS, TRIGGERS
from zenpro_nb.resources.workspace.people import WORKSPACE_USERS
from zenpro_nb.resources.workspace.pipelines import SCHEDULES
from zenpro_nb.resources.workspace.runs import RUNS
from zenpro_nb.resources.workspace.stacks import CONNECTORS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.personal_accounts import PeopleIndex, PersonalAccount, Record, fields_of
from zenpro_nb.workspaces.targets import Target

Advance = Callable[[int], None]

_USERS, _PROJECTS = "users", "projects"
_ABSENT = "absent"  # the status of a deployment that was taken down


class WorkKind(Struct, frozen=True):
    """A kind of object that keeps running, or that others depend on.

    Attributes:
        name: in the singular.
        resource: its list.
        params: the filter for active ones. Each record is checked, too, since older servers ignore filters.
        is_active: whether the fields of a record are those of an active object.
        status: its status; the name of a field, or a word for all.
        details: the fields that say what it does; the first one with a value is shown.
    """

    name: str
    resource: Resource
    params: Mapping[str, Any] = field(default_factory=dict)
    is_active: Callable[[Record], bool] = lambda fields: True
    status: str = ""
    details: tuple[str, ...] = ()


KINDS = (
    WorkKind(
        "schedule",
        SCHEDULES,
        {"active": True},
        lambda fields: fields.get("active") is not False and not fields.get("is_archived"),
        "active",
        ("cron_expression", "interval_second", "run_once_start_time"),
    ),
    WorkKind(
        "trigger",
        TRIGGERS,
        {"active": True},
        lambda fields: fields.get("active") is not False and not fields.get("is_archived"),
        "active",
        ("cron_expression", "interval", "type"),
    ),
    WorkKind("deployment", DEPLOYMENTS, {}, lambda fields: fields.get("status") != _ABSENT, "", ("url",)),
    WorkKind("connector", CONNECTORS, {}, lambda fields: True, "", ("connector_type",)),
    WorkKind("run", RUNS, {"in_progress": True}, lambda fields: fields.get("in_progress") is not False),
)


class WorkObject(Struct, frozen=True):
    """An object of a person in a workspace."""

    account: PersonalAccount
    kind: str
    id: str
    name: str
    status: str | None
    detail: str | None
    target: Target
    project: str | None


class UnreadPart(Struct, frozen=True):
    """A workspace, or a list of it, that could not be read, and why."""

    target: Target
    reason: str


class WorkOfPeople(Struct):
    """The objects of people in all workspaces, and the parts that could not be read."""

    objects: list[WorkObject] = field(default_factory=list)
    unread: list[UnreadPart] = field(default_factory=list)


class WorkspaceWork(Struct):
    """The active objects of all users of a workspace, as read.

    Attributes:
        target: the workspace.
        users: the records of its users; None if they could not be read.
        records: the active objects by kind.
        projects: the names of its projects by id.
        unread: why parts could not be read.
    """

    target: Target
    users: list[dict[str, Any]] | None = None
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def read_work(
    session: Session,
    targets: Sequence[Target],
    accounts: Callable[[], Sequence[PersonalAccount] | None],
    advance: Advance | None = None,
) -> list[WorkspaceWork]:
    """Return the active objects in these workspaces; a workspace that cannot be read stops nothing.

    The lists are not read per person: many people cost no more than one.

    Args:
        accounts: returns the people whose objects are looked for, or None if they are unknown. The projects of a
            workspace in which none of them has a user are not read. It is called after the users of a workspace were
            read, from several threads.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    answers = across_servers([partial(_read_workspace, session, target, accounts) for target in targets], advance)
    return [
        WorkspaceWork(target, unread=[_server_error(answer).message]) if isinstance(answer, Exception) else answer
        for target, answer in zip(targets, answers, strict=True)
    ]


def _read_workspace(
    session: Session, target: Target, accounts: Callable[[], Sequence[PersonalAccount] | None]
) -> WorkspaceWork:
    at = target.where(session)
    client = at.client_of(session)
    calls: dict[str, Callable[[], Any]] = {
        _PROJECTS: partial(scopes, session, client, (query.ALL,)),
        _USERS: partial(_records, session, Query(WORKSPACE_USERS, hydrate=True, size=limits.WORKSPACE_PAGE), at),
    }
    # Before it is known whether the people have users here: afterwards, these lists would cost a round trip.
    calls |= {kind.name: _list(session, at, kind) for kind in KINDS if not kind.resource.scoped}
    answers = dict(zip(calls, client.fan_out(list(calls.values()), errors="return"), strict=True))
    project_list = answers.pop(_PROJECTS)
    work = WorkspaceWork(target)
    if isinstance(project_list, Exception):
        work.unread.append(f"projects: {_server_error(project_list).message}")
    else:
        work.projects = {str(scope.param): str(scope.name) for scope in project_list}
    _enter(work, answers.items())
    if work.projects and not _is_without(work, accounts()):
        scoped = [(kind, key) for kind in KINDS if kind.resource.scoped for key in work.projects]
        # One call per kind and project: the lists of a workspace are read at the same time.
        lists = client.fan_out([_list(session, at, kind, key) for kind, key in scoped], errors="return")
        _enter(work, zip([kind.name for kind, _ in scoped], lists, strict=True))
    return work


def _is_without(work: WorkspaceWork, accounts: Sequence[PersonalAccount] | None) -> bool:
    """Return whether it is certain that none of the people has a user in a workspace, and so no object in it."""
    return accounts is not None and work.users is not None and not any(map(PeopleIndex(accounts).person, work.users))


def _list(session: Session, at: query.Where, kind: WorkKind, *projects: str) -> Callable[[], list[dict[str, Any]]]:
    return partial(_records, session, Query(kind.resource, params=kind.params), replace(at, projects=projects))


def _records(session: Session, ask: Query, at: query.Where) -> list[dict[str, Any]]:
    read = query.pieces(session, replace(ask, raw=True, checked=True), at)
    return [record for piece in read for record in piece.records]


def _enter(found: WorkspaceWork, answers: Iterable[tuple[str, Any]]) -> None:
    """Enter the answers to several lists."""
    for name, answer in answers:
        if isinstance(answer, NotFoundError):
            continue  # the server is too old for this kind of object, and so has none
        if isinstance(answer, Exception):
            found.unread.append(f"{name}: {_server_error(answer).message}")
        elif name == _USERS:
            found.users = answer
        else:
            found.records.setdefault(name, []).extend(answer)


def work_of(read: Sequence[WorkspaceWork], accounts: Sequence[PersonalAccount]) -> WorkOfPeople:
    """Return the objects of these people, in the order of the kinds, and the parts that could not be read."""
    found, people = WorkOfPeople(), PeopleIndex(accounts)
    for work in read:
        owners = _owners(work, people)
        hidden = []
        for kind in KINDS:
            for record in work.records.get(kind.name, ()):
                fields = fields_of(record)
                if record.get("permission_denied"):
                    hidden.append(kind.resource.noun)
                elif kind.is_active(fields) and (account := owners(record, fields)):
                    found.objects.append(_object(work, kind, record, fields, account))
        reasons = [*work.unread]
        if hidden:
            nouns = ", ".join(dict.fromkeys(hidden))
            reasons.append(f"you lack permission to read {len(hidden):,} of its {nouns}")
        if reasons:
            found.unread.append(UnreadPart(work.target, "; ".join(dict.fromkeys(reasons))))
    order = [kind.name for kind in KINDS]
    found.objects.sort(key=lambda item: order.index(item.kind))
    return found


def _owners(work: WorkspaceWork, people: PeopleIndex) -> Callable[[Record, Record], PersonalAccount | None]:
    """Return the function that returns the person of an object; by the name of its creator if users are unknown."""
    if work.users is None:
        return lambda record, fields: people.person(_creator(record))
    by_id = {str(record["id"]): person for record in work.users if (person := people.person(record))}
    return lambda record, fields: by_id.get(str(fields.get("user_id") or _creator(record).get("id")))


def _creator(record: Record) -> Record:
    """Return the user of an object, which moved between versions (API facts 9.3)."""
    for part in ("resources", "body"):
        inner = record.get(part)
        if isinstance(inner, Mapping) and isinstance(inner.get("user"), Mapping):
            user: Record = inner["user"]
            return user
    return {}


def _object(
    work: WorkspaceWork, kind: WorkKind, record: Record, fields: Record, account: PersonalAccount
) -> WorkObject:
    return WorkObject(
        account,
        kind.name,
        str(record["id"]),
        _text(fields.get("name")) or str(record["id"]),
        kind.status or _text(fields.get("status")),
        next((text for name in kind.details if (text := _text(fields.get(name)))), None),
        work.target,
        work.projects.get(str(fields.get("project_id"))),
    )


def _text(value: object) -> str | None:
    if isinstance(value, Mapping):  # the description of a connector's type
        value = value.get("connector_type") or value.get("name")
    return None if value in (None, "") else str(value)


def _server_error(error: Exception) -> ZenProError:
    """Return the error of a server; raise any other."""
    if not isinstance(error, ZenProError):
        raise error
    return error
