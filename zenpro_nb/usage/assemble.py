"""Assemble the counts of all projects into the rows of one table, with names instead of ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from zenpro_nb.usage import question as q
from zenpro_nb.usage.groups import RunGroup, aggregate
from zenpro_nb.usage.question import UsageQuery
from zenpro_nb.usage.table import dimensions_of

FINISHED = frozenset({"failed", "completed", "cached", "stopped"})
_HOUR = 3600.0

Label = str | int | float | bool | datetime | None
Cell = tuple[Any, Label]  # the identity of a value, by which rows are merged, and what is shown


class RunStarter(Struct, frozen=True):
    """An account of a workspace.

    Attributes:
        name: the name that the workspace gives it.
        external_id: its account in the control plane; None if the workspace alone knows it.
        is_bot: it is a service account.
    """

    name: str
    external_id: str | None = None
    is_bot: bool = False


class Team(Struct, frozen=True):
    """A team of the organization."""

    id: str
    name: str


class Names(Struct, frozen=True):
    """The names behind the ids of one workspace.

    Attributes:
        people: the accounts, by the workspace's own id.
        objects: the names of pipelines, stacks, snapshots and triggers, by kind and id.
    """

    people: Mapping[str, RunStarter] = {}
    objects: Mapping[tuple[str, str], str] = {}


class ProjectCounts(Struct, frozen=True):
    """The counts of one project.

    Attributes:
        groups: the runs, by the groupings of the question.
        total: the same runs without the dimensions that overlap; None if `groups` add up to it.
        deployed, deployed_total: the same for runs of deployments, if they are counted.
    """

    workspace_id: str
    workspace: str
    project_id: str | None
    project: str | None
    names: Names
    groups: Sequence[RunGroup]
    total: Sequence[RunGroup] | None = None
    deployed: Sequence[RunGroup] = ()
    deployed_total: Sequence[RunGroup] | None = None


class Sums(Struct):
    """The sums of a row."""

    runs: int = 0
    failed: int = 0
    finished: int = 0
    deployed: int = 0
    seconds: float = 0.0
    steps: float | None = None
    cached_steps: float | None = None
    logged: dict[str, float | None] = field(default_factory=dict)
    people: set[Any] = field(default_factory=set)

    def add(self, question: UsageQuery, group: RunGroup, state: object, sign: int = 1) -> None:
        """Add the runs of a group, or subtract them."""
        self.runs += sign * group.runs
        if state in FINISHED:
            self.finished += sign * group.runs
            self.seconds += sign * (group.metrics.get(q.SECONDS.name) or 0.0)
        if state == "failed":
            self.failed += sign * group.runs
        self.steps = _plus(self.steps, group.metrics.get(q.ALL_STEPS.name), sign)
        self.cached_steps = _plus(self.cached_steps, group.metrics.get(q.CACHED_STEPS.name), sign)
        for number in question.metrics:
            if not number.key:
                continue
            value = group.metrics.get(number.sent.name)
            if number.aggregation == "sum":
                self.logged[number.name] = _plus(self.logged.get(number.name), value, sign)
            else:
                self.logged[number.name] = aggregate(number.aggregation, [self.logged.get(number.name), value])

    def values(self, question: UsageQuery) -> dict[str, float | None]:
        """Return the numbers of the question."""
        return {number.name: self._value(number) for number in question.metrics}

    def _value(self, number: q.Number) -> float | None:
        if number.key:
            return self.logged.get(number.name)
        plain: dict[str, float | None] = {
            q.RUNS: self.runs,
            q.FINISHED: self.finished,
            q.FAILED: self.failed,
            q.FAILED_SHARE: self.failed / self.finished if self.finished else None,
            q.HOURS: self.seconds / _HOUR,
            q.MEAN_HOURS: self.seconds / _HOUR / self.finished if self.finished else None,
            q.STEPS: self.steps,
            q.CACHED_SHARE: (self.cached_steps or 0.0) / self.steps if self.steps else None,
            q.PEOPLE: len(self.people),
            q.DEPLOYMENT_RUNS: self.deployed,
        }
        return plain[number.name]


class Assembled(Struct, frozen=True):
    """The rows of a result, and the numbers of all runs together."""

    rows: Sequence[Mapping[str, Any]]
    total: Mapping[str, float | None]


def assemble_table(
    question: UsageQuery,
    projects: Iterable[ProjectCounts],
    teams: Mapping[str, Sequence[Team]],
    *,
    without_deployments: bool = False,
) -> Assembled:
    """Return the rows and the total of the question.

    Args:
        question: what was asked.
        projects: the counts of each project.
        teams: the teams of each person, by the id of the account in the control plane.
        without_deployments: leave the runs of deployments out.
    """
    rows: dict[tuple[Any, ...], tuple[dict[str, Any], Sums]] = {}
    total = Sums()
    names = dimensions_of(question)
    for project in projects:
        row_of = _RowFinder(question, names, project, teams, rows)
        state_at = _state_position(question.groupings)
        for group in project.groups:
            person = row_of.person_of(group)
            for sums in row_of(group):
                sums.add(question, group, _state(group, state_at))
                sums.people |= person
            total.people |= person
        for group in project.deployed:
            for sums in row_of(group):
                sums.deployed += group.runs
                if without_deployments:
                    sums.add(question, group, _state(group, state_at), -1)
        _add_total(question, total, project, without_deployments=without_deployments)
    rows_kept = [(labels, sums) for labels, sums in rows.values() if sums.runs or not without_deployments]
    return Assembled(
        [{**labels, **sums.values(question)} for labels, sums in _order(question, rows_kept)], total.values(question)
    )


def _add_total(question: UsageQuery, total: Sums, project: ProjectCounts, *, without_deployments: bool) -> None:
    separate = project.total is not None
    state_at = _state_position(question.total_groupings if separate else question.groupings)
    for group in project.groups if project.total is None else project.total:
        total.add(question, group, _state(group, state_at))
    for group in project.deployed if project.deployed_total is None else project.deployed_total:
        total.deployed += group.runs
        if without_deployments:
            total.add(question, group, _state(group, state_at), -1)


def _state_position(groupings: Sequence[Any]) -> int | None:
    return next((place for place, grouping in enumerate(groupings) if grouping.kind == "status"), None)


def _state(group: RunGroup, position: int | None) -> object:
    return None if position is None else group.keys[position]


class _RowFinder:
    """Finds the rows that a group of a project belongs to: several, if a person is in several teams."""

    def __init__(
        self,
        question: UsageQuery,
        names: Sequence[str],
        project: ProjectCounts,
        teams: Mapping[str, Sequence[Team]],
        rows: dict[tuple[Any, ...], tuple[dict[str, Any], Sums]],
    ) -> None:
        self._question = question
        self._names = names
        self._project = project
        self._teams = teams
        self._rows = rows
        self._positions = {grouping.name: place for place, grouping in enumerate(question.groupings)}

    def __call__(self, group: RunGroup) -> Iterator[Sums]:
        for cells in self._cells(group):
            identity = tuple(cells[name][0] for name in self._names)
            if identity not in self._rows:
                labels: dict[str, Any] = {}
                for name in self._names:
                    labels[name] = cells[name][1]
                    labels[f"{name}_id"] = cells[name][0]
                if "user" in labels and not isinstance(labels["user_id"], str):
                    labels["user_id"] = None  # an account that the workspace alone knows
                self._rows[identity] = labels, Sums()
            yield self._rows[identity][1]

    def person_of(self, group: RunGroup) -> set[Any]:
        """Return the identity of the person who started the runs; nothing for service accounts and deleted users."""
        position = self._positions.get(q.USER.name)
        person = None if position is None else self._person(group.keys[position])
        if position is None or person is None or person.is_bot:
            return set()
        return {self._identity(person, group.keys[position])}

    def _identity(self, person: RunStarter, key: Any) -> Any:
        """Return the account in the control plane; accounts without one belong to their workspace alone."""
        return person.external_id or (self._project.workspace_id, str(key))

    def _cells(self, group: RunGroup) -> Iterator[dict[str, Cell]]:
        found = {name: self._place(name) for name in ("workspace", "project")}
        for dimension in self._question.by:
            if dimension.grouping is not None and dimension.name != "team":
                key = group.keys[self._positions[dimension.grouping.name]]
                found[dimension.name] = self._cell(dimension.name, dimension.grouping.kind, key)
        if "team" not in self._question.names:
            yield found
            return
        person = self._person(group.keys[self._positions["user"]])
        teams = self._teams.get(person.external_id or "", ()) if person is not None else ()
        cells: list[Cell] = [(team.id, team.name) for team in teams] or [(None, None)]
        for cell in cells:
            yield {**found, "team": cell}

    def _place(self, name: str) -> Cell:
        if name == "workspace":
            return self._project.workspace_id, self._project.workspace
        return self._project.project_id, self._project.project

    def _person(self, key: Any) -> RunStarter | None:
        return None if key is None else self._project.names.people.get(str(key)) or RunStarter(str(key))

    def _cell(self, name: str, kind: str, key: Any) -> Cell:
        if key is None:
            return None, None
        if name in q.UNITS:
            time = datetime.fromisoformat(str(key)).replace(tzinfo=UTC)
            return time, time
        if name == "user":
            person = self._person(key) or RunStarter(str(key))
            return self._identity(person, key), person.name
        if kind in ("pipeline", "stack", "snapshot", "trigger"):
            return str(key), self._project.names.objects.get((kind, str(key)))
        # 1, 1.0 and True are equal in Python, but are different values of metadata.
        return (type(key).__name__, key), key if isinstance(key, str) else _written_value(key)


def _written_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _order(question: UsageQuery, rows: Sequence[tuple[dict[str, Any], Sums]]) -> Sequence[tuple[dict[str, Any], Sums]]:
    """Return the rows in order of time, with those that never started last, and the largest first."""
    end = datetime.max.replace(tzinfo=UTC)
    texts = [name for name in dimensions_of(question) if name != question.unit]

    def key(row: tuple[dict[str, Any], Sums]) -> tuple[Any, ...]:
        labels, sums = row
        return labels.get(question.unit) or end, -sums.runs, *(str(labels[name] or "") for name in texts)

    return sorted(rows, key=key)


def _plus(first: float | None, second: float | None, sign: int) -> float | None:
    if second is None:
        return first
    return (first or 0.0) + sign * second
