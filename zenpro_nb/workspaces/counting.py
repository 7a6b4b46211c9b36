"""Count the runs that `usage` asks for, in all workspaces and projects concurrently, with the names behind the ids."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import limits, query
from zenpro_nb.client import across_servers
from zenpro_nb.errors import ApiError, UnknownNameError, ZenProError
from zenpro_nb.query import ALL
from zenpro_nb.resources import RESOURCES
from zenpro_nb.resources.control_plane import TEAM_MEMBERS, TEAMS
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.usage.assemble import Names, ProjectCounts, RunStarter, Team
from zenpro_nb.usage.question import UsageQuery
from zenpro_nb.usage.tally import DEPLOYMENT
from zenpro_nb.workspaces.names import accounts_of
from zenpro_nb.workspaces.statistics import BY_RUNS, Count, Counted, Window, count
from zenpro_nb.workspaces.targets import AVAILABLE, should_respond
from zenpro_nb.workspaces.usage import NO_PROJECT, CountedWorkspace, Progress

if TYPE_CHECKING:
    from zenpro_nb.client import Client

_NOUNS = {"pipeline": "pipelines", "stack": "stacks", "snapshot": "snapshots", "trigger": "triggers"}


class Shortfall(Struct, frozen=True):
    """A workspace or project whose runs are not in the result.

    Attributes:
        project: the project; None for the whole workspace.
        asleep: the workspace was stopped, or has no server, so the result is complete without it.
    """

    workspace: str
    project: str | None
    reason: str
    error: str = ""
    asleep: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """Return the shortfall as a plain row."""
        return {"workspace": self.workspace, "project": self.project, "error": self.error, "message": self.reason}


class Usage(Struct, frozen=True):
    """The counts of all projects that could be read.

    Attributes:
        gaps: what is missing.
        by_runs: the workspaces that were read run by run.
        workspaces: the workspaces that were read.
    """

    projects: Sequence[ProjectCounts]
    gaps: Sequence[Shortfall]
    by_runs: Sequence[str]
    workspaces: Sequence[str]


class CountScope(Struct, frozen=True):
    """A question, with the runs and projects that it is about.

    Attributes:
        filters: the filters of `runs`, in the form that is sent.
        projects: names or ids of projects; empty for all.
        deployments: count the runs of deployments separately too.
    """

    question: UsageQuery
    window: Window
    filters: Mapping[str, Any] = {}
    projects: Sequence[str] = ()
    deployments: bool = False

    @property
    def counts(self) -> list[Count]:
        """Return the requests for each project: the groups, then the total if groups overlap; then deployments."""
        question = self.question
        shapes = [question.groupings, *([question.total_groupings] if question.overlaps else [])]
        origins = ["", *([DEPLOYMENT] if self.deployments else [])]
        return [
            Count(groupings, question.sent_metrics, self.filters, origin) for origin in origins for groupings in shapes
        ]


class _Workspace(Struct, frozen=True):
    projects: Sequence[ProjectCounts]
    gaps: Sequence[Shortfall]
    by_runs: bool
    project_names: Sequence[str]


def read_usage(
    session: Session, places: Sequence[CountedWorkspace], scope: CountScope, progress: Progress | None = None
) -> Usage:
    """Return the counts of all these workspaces; what cannot be read is a gap.

    Args:
        progress: called with the number of workspaces that were counted, and of runs that are read one by one.

    Raises:
        UnknownNameError: no workspace has the named project.
        ZenProError: none of the workspaces could be read.
        InterruptedReadError: Ctrl-C.
    """
    running = [place for place in places if place.target.url and place.target.status == AVAILABLE]
    asleep = [place for place in places if place.target.status != AVAILABLE]
    # The runs that are read one by one, by workspace and project. The workers write, and this thread shows the sum.
    read_runs: dict[tuple[str, str | None], int] = {}
    results = across_servers(
        [partial(_of_workspace, session, place, scope, read_runs) for place in running],
        None if progress is None else lambda finished: progress(finished + sum(list(read_runs.values()))),
    )
    projects: list[ProjectCounts] = []
    gaps = [
        Shortfall(place.name, None, f"it is {target.status}", asleep=not should_respond(target.url, target.status))
        for place in asleep
        for target in (place.target,)
    ]
    by_runs, read, project_names = [], [], list[str]()
    errors: list[ZenProError] = []
    for place, result in zip(running, results, strict=True):
        if isinstance(result, ZenProError):
            errors.append(result)
            gaps.append(Shortfall(place.name, None, result.message, type(result).__name__))
        elif isinstance(result, Exception):
            raise result
        else:
            projects += result.projects
            gaps += result.gaps
            project_names += result.project_names
            read.append(place.name)
            by_runs += [place.name] if result.by_runs else []
    if errors and not read:
        raise errors[0]
    _check_projects(scope.projects, project_names)
    return Usage(projects, gaps, by_runs, read)


def _check_projects(names: Sequence[str], project_names: Sequence[str]) -> None:
    for name in names:
        if name not in project_names and name != ALL:
            raise UnknownNameError(
                f"No workspace that was read has the project {name!r}",
                hint=did_you_mean(name, sorted(set(project_names))),
            )


def teams_of(session: Session, org: str | None) -> dict[str, list[Team]]:
    """Return the teams of each person of an organization, by the id of the account.

    Raises:
        ZenProError: the teams, or the members of one of them, could not be read.
    """
    ids = {"organization_id": query.organization(session, org).id}
    teams = [Team(str(record["id"]), str(record.get("name"))) for record in query.records(session, TEAMS, ids)]
    lists = session.client.fan_out(
        [partial(query.records, session, TEAM_MEMBERS, {"team_id": team.id}) for team in teams]
    )
    found: dict[str, list[Team]] = {}
    for team, records in zip(teams, lists, strict=True):
        for record in records:
            key = (record.get("user") or {}).get("id")
            if key:
                found.setdefault(str(key), []).append(team)
    return found


def _of_workspace(
    session: Session, place: CountedWorkspace, scope: CountScope, read_runs: dict[tuple[str, str | None], int]
) -> _Workspace:
    def note_runs(key: str | None, rows: int) -> None:
        read_runs[place.id, key] = rows

    client = place.target.client(session)
    projects = query.projects(session, client)
    if projects is not None and not projects:
        return _Workspace((), [Shortfall(place.name, None, NO_PROJECT)], False, ())
    scopes: Sequence[tuple[str | None, str | None]] = [(None, None)] if projects is None else projects
    scopes_chosen = [
        pair for pair in scopes if not scope.projects or ALL in scope.projects or set(pair) & set(scope.projects)
    ]
    results = client.fan_out(
        [partial(count, client, key, scope.counts, scope.window, partial(note_runs, key)) for _, key in scopes_chosen],
        errors="return",
    )
    counted: list[tuple[str | None, str | None, list[Counted]]] = []
    gaps: list[Shortfall] = []
    for (name, key), result in zip(scopes_chosen, results, strict=True):
        if isinstance(result, ApiError) and name is not None:
            gaps.append(Shortfall(place.name, name, result.message, type(result).__name__))
        elif isinstance(result, Exception):
            raise result
        else:
            counted.append((name, key, result))
            if not all(part.complete for part in result):
                gaps.append(Shortfall(place.name, name, "it has too many runs or groups to count all of them"))
    groups = {key: result[0] for _, key, result in counted}
    names = _names_of(session, client, scope.question, groups)
    overlaps = bool(scope.question.overlaps)
    found = []
    for name, key, result in counted:
        parts: list[Any] = [part.groups for part in result]
        total = parts[1] if overlaps else None
        deployed = parts[1 + overlaps :]
        found.append(
            ProjectCounts(
                workspace_id=place.id,
                workspace=place.name,
                project_id=key,
                project=name,
                names=names,
                groups=parts[0],
                total=total,
                deployed=deployed[0] if deployed else (),
                deployed_total=deployed[1] if len(deployed) > 1 else None,
            )
        )
    by_runs = any(part.method == BY_RUNS for _, _, result in counted for part in result)
    return _Workspace(found, gaps, by_runs, [text for pair in scopes for text in pair if text])


def _names_of(session: Session, client: Client, question: UsageQuery, counted: Mapping[str | None, Counted]) -> Names:
    """Return the names of the people and objects that the groups of a workspace's projects contain."""
    people: dict[str, RunStarter] = {}
    objects: dict[tuple[str, str], str] = {}
    for position, grouping in enumerate(question.groupings):
        ids = {
            project: {str(group.keys[position]) for group in result.groups if group.keys[position] is not None}
            for project, result in counted.items()
        }
        if grouping.kind == "user":
            accounts = accounts_of(session, client, set().union(*ids.values()))
            people = {
                key: RunStarter(account.name, account.external_id, account.is_bot) for key, account in accounts.items()
            }
        elif grouping.kind in _NOUNS:
            calls = [
                partial(_object_names, client, grouping.kind, project, keys) for project, keys in ids.items() if keys
            ]
            for names in client.fan_out(calls):
                objects |= {(grouping.kind, key): name for key, name in names.items()}
    return Names(people, objects)


def _object_names(client: Client, kind: str, project: str | None, ids: Collection[str]) -> dict[str, str]:
    """Return the names of these objects; those that you cannot read, or that have no name, are missing."""
    resource = RESOURCES[_NOUNS[kind]]
    place = {"project": project} if resource.scoped and project is not None else {}
    names: dict[str, str] = {}
    for condition in _conditions(kind, ids):
        name_query = query.Query(resource, params={**place, **condition}, raw=True, checked=True)
        try:
            listing = query.read_listing(client, name_query)
        except ApiError:
            return names  # the caller may read runs, but not this list
        for record in query.records_in(listing):
            name = record.get("name") or (record.get("body") or {}).get("name")
            if name:
                names[str(record["id"])] = str(name)
    return names


def _conditions(kind: str, ids: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield the filters that together find the names of these objects."""
    if kind == "snapshot":
        yield {"named_only": True}  # most runs have a snapshot of their own, without a name
        return
    # Archived triggers are listed only on request.
    for extra in ({}, {"is_archived": True}) if kind == "trigger" else ({},):
        for part in _slices(sorted(ids)):
            yield {**extra, "id": f"oneof:{json.dumps(part)}"}


def _slices(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), limits.IDS_PER_REQUEST):
        yield ids[start : start + limits.IDS_PER_REQUEST]
