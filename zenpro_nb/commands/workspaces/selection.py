"""Select the objects that a command changes in workspaces: by name, or by their pipeline and their user."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from msgspec import Struct

from zenpro_nb import limits, query
from zenpro_nb.client import across_servers
from zenpro_nb.commands.workspaces.parameters import ProjectsToChange, ThingType, Workspaces
from zenpro_nb.commands.workspaces.target_workspace import WriteTarget
from zenpro_nb.errors import IncompleteError, PermissionDeniedError, UnknownNameError, UsageError, ZenProError
from zenpro_nb.framework.declare import CommandContext, NameType, Opt, Org, ParameterGroup, Write, fields_of, is_changed
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import singular
from zenpro_nb.resources.workspace.people import WORKSPACE_USERS
from zenpro_nb.resources.workspace.runs import PIPELINES
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.workspaces.targets import Target, resolve, resolve_one

OfPipeline = Annotated[
    str | None,
    Opt(
        "--pipeline",
        type=ThingType(PIPELINES.noun),
        help="Select everything that belongs to this pipeline, by name or ID.",
    ),
]
OfUser = Annotated[
    str | None,
    Opt("--user", type=NameType("users"), help="Select everything that this user created, by email, name, or ID."),
]


class SelectionOptions(ParameterGroup, frozen=True):
    """Where the objects to change are, and conditions that select them if no names are given, as typed."""

    workspace: Workspaces = ()
    project: ProjectsToChange = ()
    org: Org = None
    pipeline: OfPipeline = None
    user: OfUser = None


class WorkspaceObject(Struct, frozen=True):
    """One object of a workspace that a command changes."""

    place: WriteTarget
    resource: Resource
    record: Mapping[str, Any]

    @property
    def fields(self) -> Mapping[str, Any]:
        """Return the fields of the object."""
        return fields_of(self.record)

    @property
    def name(self) -> str:
        """Return its name."""
        return str(self.fields.get("name") or self.record.get("id"))

    @property
    def target(self) -> str:
        """Return the object for people."""
        return f"{singular(self.resource.noun)} {self.name}"

    @property
    def path(self) -> str:
        """Return its route."""
        return query.fill(self.resource.detail, {"id": query.id_of(self.resource, self.record)})

    def deletion(self) -> Write:
        """Return the DELETE of a schedule or trigger, which the server archives."""
        return self.unless_archived(
            self.place.delete(
                self.path,
                self.target,
                name=self.name,
                params={"soft": True},
                verify=is_changed(self.place.session, self.path, {"is_archived": True}, at=self.place.at),
                irreversible=f"an archived {singular(self.resource.noun)} cannot be activated again",
            )
        )

    def unless_archived(self, write: Write, fields: Mapping[str, Any] | None = None) -> Write:
        """Return the write, which is skipped if the object is archived.

        Args:
            fields: its fields, if they were read again.
        """
        if not (self.fields if fields is None else fields).get("is_archived"):
            return write
        return write.with_hold(skipped=f"is archived, and archived {self.resource.noun} cannot be changed")

    def noop(self, active: bool) -> str:
        """Return why pausing or resuming it changes nothing; empty if it does.

        Args:
            active: the intended state.
        """
        if self.fields.get("active") is not active:
            return ""
        return "is already active" if active else "is already paused"


def select(
    ctx: CommandContext, resource: Resource, names: Sequence[str], where: SelectionOptions
) -> list[WorkspaceObject]:
    """Return the selected objects, each once. Archived ones are selected only by name.

    Raises:
        UsageError: nothing is selected, names and conditions are combined, or nothing matches.
        ZenProError: a workspace could not be read.
    """
    noun = singular(resource.noun)
    conditions = where.pipeline is not None or where.user is not None
    hint = f"List them first with `{resource.noun}`."
    if names and conditions:
        raise UsageError(f"{noun.upper()} names cannot be combined with `--pipeline` or `--user`", hint=hint)
    if not names and not conditions:
        raise IncompleteError(
            f"{noun.upper()}, `--pipeline`, or `--user` is required: no {resource.noun} are selected", hint=hint
        )
    objects = list(_by_name(ctx, resource, names, where) if names else _by_condition(ctx, resource, where))
    if not objects:
        raise UsageError(f"No {noun} matches", hint=f"List them with `{resource.noun} --workspace …`.")
    return list({(item.place.at.client_of(ctx.session).url, item.path): item for item in objects}.values())


def _by_name(
    ctx: CommandContext, resource: Resource, names: Sequence[str], where: SelectionOptions
) -> Iterator[WorkspaceObject]:
    target = resolve_one(ctx.session, where.workspace, where.org)
    place = WriteTarget(ctx, target.where(ctx.session))
    calls: list[Callable[[], Any]] = [partial(place.find, resource.noun, name, where.project) for name in names]
    for found in query.gather_all(ctx.session, calls):
        yield WorkspaceObject(place, resource, found.record)


def _by_condition(ctx: CommandContext, resource: Resource, where: SelectionOptions) -> Iterator[WorkspaceObject]:
    targets = resolve(ctx.session, where.workspace, where.org)
    account = None if where.user is None else _account(ctx, where.user)
    calls = [partial(_matching, ctx, resource, where, target, account) for target in targets.found]
    unknown: list[str] = []
    for target, result in zip(targets.found, across_servers(calls), strict=True):
        if isinstance(result, Exception):
            if isinstance(result, ZenProError) and not isinstance(result, UsageError):
                result.hint = f"{target.name} could not be read, so nothing was sent. {result.hint}"
            raise result
        if isinstance(result, str):
            unknown.append(result)
        else:
            yield from result
    if targets.skipped:
        ctx.ui.warn(f"skipped because they are not running: {name_list(sorted(targets.skipped), limits.FAILED_NAMED)}")
    if unknown and len(unknown) == len(targets.found):
        raise UnknownNameError(
            name_list(unknown, 1), hint="List them with `users --workspace NAME` or `pipelines --workspace NAME`."
        )


def _matching(
    ctx: CommandContext, resource: Resource, where: SelectionOptions, target: Target, account: str | None
) -> list[WorkspaceObject] | str:
    """Return the objects of one workspace that match, or why none can: it does not know the user or the pipeline."""
    place = WriteTarget(ctx, target.where(ctx.session, where.project))
    params: dict[str, Any] = {}
    if where.user is not None:
        user = _user_in(place, where.user, account)
        if user is None:
            return f"{where.user} has never signed in to {target.name}"
        params["user"] = user
    filters = [params]
    if where.pipeline is not None:
        filters = [{**params, "pipeline_id": key} for key in _pipelines(place, where.pipeline)]
        if not filters:
            return f"The pipeline {where.pipeline!r} does not exist in {target.name}, or you cannot see it"
    records = [
        record
        for filter_values in filters
        for record in query.records(ctx.session, resource, params=filter_values, at=place.at)
    ]
    return [
        WorkspaceObject(place, resource, record) for record in records if _fits(fields_of(record), params.get("user"))
    ]


def _fits(fields: Mapping[str, Any], user: str | None) -> bool:
    """Return whether an object can be changed and belongs to the user; a server may ignore a filter."""
    return not fields.get("is_archived") and (user is None or fields.get("user_id") in (None, user))


def _pipelines(place: WriteTarget, text: str) -> list[str]:
    """Return the ids of the pipelines with this name in the selected projects."""
    if is_id(text):
        return [text]
    records = query.records(place.session, PIPELINES, params={"name": f"equals:{text}"}, at=place.at)
    return [query.id_of(PIPELINES, record) for record in records]


def _account(ctx: CommandContext, text: str) -> str | None:
    """Return the id of a user in the control plane; None if only a workspace may know the name."""
    if ctx.session.settings.plain:
        return None
    try:
        return query.find(ctx.session, "users", text).id
    except (UnknownNameError, PermissionDeniedError):
        return None


def _user_in(place: WriteTarget, text: str, account: str | None) -> str | None:
    """Return the id that a person has in one workspace; None if the workspace does not know the person.

    A workspace may not show emails, so the account in the control plane decides. A name alone decides only for accounts
    that the control plane does not know.
    """
    if account is not None:
        params = {"external_user_id": account, "hydrate": True}
        for record in query.records(place.session, WORKSPACE_USERS, params=params, at=place.at):
            if fields_of(record).get("external_user_id") == account:  # an old server may ignore the filter
                return query.id_of(WORKSPACE_USERS, record)
    searches = [{"name": f"equals:{text}"}, *([{"email": f"equals:{text}"}] if "@" in text else [])]
    for search in [{"id": text}] if is_id(text) else searches:
        users = query.records(place.session, WORKSPACE_USERS, params={**search, "hydrate": True}, at=place.at)
        own = [record for record in users if account is None or not fields_of(record).get("external_user_id")]
        if len(own) == 1:
            return query.id_of(WORKSPACE_USERS, own[0])
    return None
