"""Order the writes of a command: independent ones at the same time, others one after the other.

Two writes depend on each other if one of them changes a record that the other one changes or refers to. The record of
a role assignment is all roles of its principal; that of a team membership is the team and the principal. Then the one
that comes first in the command is sent first. Steps of a plan also wait for the steps that they need.

A phase is sent completely before the next one begins. The steps of a plan, which have numbers, form one phase for each
run of the same `action`: a plan adds everything before it removes anything. If writes have an action and no number,
those of one person wait for the person's writes of earlier actions. A write that takes something from the caller is a
separate phase, since the writes after it may be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from zenpro_nb.framework.writes.write import Write
from zenpro_nb.syntax.ids import is_id

_ROLE = re.compile(r"/roles/[^/]+/assignments")
_TEAM_MEMBERSHIP = re.compile(r"/teams/([^/]+)/members")
_MEMBERS = re.compile(r"/organizations/[^/]+/members")
_INVITATIONS = re.compile(r"/organizations/[^/]+/invitations")
_HOLDERS = ("user_id", "team_id", "invitation_id")


class Footprint(Struct, frozen=True):
    """The records that a write touches.

    Attributes:
        changes: keys of the records that it changes.
        refers_to: keys of those that it only refers to.
    """

    changes: frozenset[str]
    refers_to: frozenset[str]


def footprint(write: Write) -> Footprint:
    """Return the records that a write touches.

    >>> found = footprint(Write("POST", "/teams/t/members", "Ada in team ops", params={"user_id": "u"}))
    >>> sorted(found.changes), sorted(found.refers_to)
    (['u in t'], ['t', 'u'])
    """
    segments = [segment for segment in write.path.split("/") if segment]
    holders = [str(write.params[name]) for name in _HOLDERS if write.params.get(name)]
    membership = _TEAM_MEMBERSHIP.fullmatch(write.path)
    refers_to = {value for value in write.params.values() if isinstance(value, str)}
    refers_to |= {segment for segment in segments if is_id(segment) or segment.startswith("{")}
    if write.name:
        refers_to.add(write.name.casefold())
    if membership:
        refers_to.add(membership[1])
        changes = {f"{holder} in {membership[1]}" for holder in holders}
    elif holders and (_ROLE.fullmatch(write.path) or _MEMBERS.fullmatch(write.path)):
        changes = {f"roles of {holder}" for holder in holders}
    elif write.method == "POST" and (len(segments) == 1 or _INVITATIONS.fullmatch(write.path)):
        # The new object is referred to by its name, or by a placeholder in later writes.
        changes = {(write.name or write.target).casefold(), f"{{{write.target}}}"}
    else:
        objects = [segment for segment in segments if is_id(segment)] or [write.path]
        changes = {objects[-1], *([write.name.casefold()] if write.name else [])}
    server = f"{write.client.url} " if write.client is not None else ""
    return Footprint(frozenset(server + key for key in changes), frozenset(server + key for key in refers_to))


def phases(writes: Sequence[Write]) -> Iterator[list[int]]:
    """Yield the places of the writes in each phase; blocked and skipped writes are in none."""
    places = [at for at, write in enumerate(writes) if not write.hold_text]
    if any(write.position.step for write in writes):
        for _, phase in groupby(places, lambda at: writes[at].position.action):
            yield list(phase)
        return
    for alone, phase in groupby(places, lambda at: at if writes[at].hold.caution else -1):
        yield list(phase) if alone < 0 else [alone]


def dependencies(writes: Sequence[Write], phase: Sequence[int]) -> dict[int, set[int]]:
    """Return, by place in `writes`, the places of the same phase that must have ended before that write is sent.

    >>> from zenpro_nb.framework.writes.write import PlanPosition
    >>> first = Write("POST", "/", "", position=PlanPosition(step=1))
    >>> steps = [first, Write("POST", "/teams", "a", position=PlanPosition(step=2, needs=(1,)))]
    >>> dependencies(steps, [0, 1])
    {0: set(), 1: {0}}
    """
    numbers = {writes[at].position.step: at for at in phase if writes[at].position.step}
    people: dict[str, list[int]] = {}
    changed: dict[str, int] = {}  # the last write that changes a record
    referred: dict[str, list[int]] = {}  # those that have referred to it since
    footprint_: dict[int, set[int]] = {}
    for at in phase:
        predecessors = {numbers[step] for step in writes[at].position.needs if step in numbers}
        touched = footprint(writes[at])
        if writes[at].position.action and not writes[at].position.step:
            # One person is offboarded action by action; several people at the same time.
            earlier = people.setdefault(writes[at].name, [])
            predecessors |= {other for other in earlier if writes[other].position.action != writes[at].position.action}
            earlier.append(at)
        predecessors |= {changed[key] for key in touched.changes | touched.refers_to if key in changed}
        for key in touched.changes:
            predecessors.update(referred.pop(key, ()))
            changed[key] = at
        for key in touched.refers_to - touched.changes:
            referred.setdefault(key, []).append(at)
        footprint_[at] = predecessors - {at}
    return footprint_


def turns(dependencies: Mapping[int, set[int]]) -> dict[int, tuple[int, int]]:
    """Return, by place, what ready places are sorted by: the longest chain first, and the steps of one chain together.

    If a long chain began last, it would be sent step by step while nothing else is left to send.

    >>> turns({0: set(), 1: set(), 2: {1}, 3: {2}, 4: {0}})
    {0: (-2, 0), 1: (-3, 1), 2: (-3, 1), 3: (-3, 1), 4: (-2, 0)}
    """
    successors = waiting_for(dependencies)
    length: dict[int, int] = {}
    for at in reversed(list(dependencies)):
        length[at] = 1 + max((length.get(other, 0) for other in successors.get(at, ())), default=0)
    by_number: dict[int, tuple[int, int]] = {}
    for at, predecessors in dependencies.items():
        by_number[at] = min(
            (by_number[other] for other in predecessors if other in by_number), default=(-length[at], at)
        )
    return by_number


def waiting_for(dependencies: Mapping[int, set[int]]) -> dict[int, list[int]]:
    """Return, by place, the places that wait for it."""
    footprint_: dict[int, list[int]] = {}
    for at, predecessors in dependencies.items():
        for other in predecessors:
            footprint_.setdefault(other, []).append(at)
    return footprint_
