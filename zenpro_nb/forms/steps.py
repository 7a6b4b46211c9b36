"""The steps of a plan as a form shows them: grouped by principal, each with its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import frames, limits
from zenpro_nb.forms.messages import Tone
from zenpro_nb.framework.writes.write import Write

if TYPE_CHECKING:
    import pandas as pd

_ADDS = ("add", "assign", "invite", "activate", "create", "grant")
_CHANGES = ("update", "rename", "change")
_GOOD = ("done", "already")


class StepLine(Struct, frozen=True):
    """One step.

    Attributes:
        sign: + for an addition, − for a removal, ~ for a change, ⊘ for a skipped step.
        tone: the color next to the sign.
        text: the action, without the principal.
        note: why the step is skipped and which option overrides that, or its outcome.
    """

    sign: str
    tone: Tone
    text: str
    note: str = ""


class StepGroup(Struct, frozen=True):
    """The steps for one user, team or invitation."""

    principal: str
    lines: tuple[StepLine, ...]


def planned_steps(writes: Sequence[Write]) -> list[StepGroup]:
    """Return the steps that would be sent, and the skipped ones."""
    return _group(
        (write.name or write.target, _line(write.position.action, write.hold_text, write.target, write.name))
        for write in writes
    )


def from_outcomes(frame: pd.DataFrame) -> list[StepGroup]:
    """Return the steps of a DataFrame of outcomes."""
    records: list[dict[str, Any]] = frames.convert(frame, "records")
    return _group((str(record.get("principal") or record["target"]), _outcome(record)) for record in records)


def left_over(groups: Sequence[StepGroup]) -> int:
    """Return the number of steps that a form does not show."""
    return max(0, sum(len(group.lines) for group in groups) - limits.FORM_STEPS)


def _group(lines: Iterable[tuple[str, StepLine]]) -> list[StepGroup]:
    groups: dict[str, list[StepLine]] = {}
    for principal, line in lines:
        groups.setdefault(principal, []).append(line)
    return [StepGroup(principal, tuple(group)) for principal, group in groups.items()]


def _line(action: str, blocked: str, target: str, name: str, note: str = "") -> StepLine:
    text = " ".join(part for part in (action, _without(target, name)) if part)
    if blocked:
        return StepLine("⊘", Tone.PLAIN, text, blocked)
    if action in _ADDS:
        return StepLine("+", Tone.GOOD, text, note)
    if action in _CHANGES:
        return StepLine("~", Tone.ADVICE, text, note)
    return StepLine("−", Tone.BAD, text, note)


def _outcome(record: Mapping[str, Any]) -> StepLine:
    state, detail = str(record["outcome"]), record.get("detail")
    blocked = str(detail or state) if state in ("blocked", "skipped") else ""
    good = state in _GOOD
    note = f"{'✓' if good else '✗'} {state}" + (f": {detail}" if detail and not good else "")
    return _line(
        str(record.get("action") or ""), blocked, str(record["target"]), str(record.get("principal") or ""), note
    )


def _without(target: str, name: str) -> str:
    """Return the target of a step without the principal: "as Workspace Developer in ml-prod".

    >>> _without("ada@example.com in team ops", "ada@example.com"), _without("team ops in acme", "ops")
    ('in team ops', 'team ops in acme')
    """
    return target.removeprefix(f"{name} ") if name else target
