"""Convert a plan to a frame and back, and to Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.access.plans.consequences import summary
from zenpro_nb.access.plans.formats.file import FORMER_NAMES, plan_of_text, plan_text
from zenpro_nb.access.plans.model import Plan, Step
from zenpro_nb.access.plans.recheck import block_stranded
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.model import Column, DataType, Display, Table

if TYPE_CHECKING:
    import pandas as pd

VIEW = "plan"
SIGNS = {"add": "+", "remove": "−", "update": "~", "blocked": "⊘", "skipped": "↷", "noop": "="}
_ARROW = " → "
_FORMER_COLUMNS = {**FORMER_NAMES, "kind": "type"}

PLAN = Table(
    noun="steps",
    columns=(
        Column("step", DataType.COUNT, help="number of the step"),
        Column("action", DataType.CATEGORY, help="add, remove, update, noop, blocked, or skipped"),
        Column("type", DataType.CATEGORY, help="type of the change: team, team-member, organization-role …"),
        Column("principal", help="email address, team:NAME or bot:NAME"),
        Column("role", help="name of the role"),
        Column("scope", help="organization, workspace, project, or team"),
        Column("before", help="current value"),
        Column("after", help="new value"),
        Column("remaining_roles", help="other path by which the principal keeps the role", display=Display.PROSE),
        Column(
            "usage",
            help="with --check-usage: runs started in the scope, if no remaining role would allow starting them",
            display=Display.PROSE,
        ),
        Column("runs", DataType.COUNT, help="runs that the principals started directly"),
        Column("scheduled_runs", DataType.COUNT, help="runs that schedules and triggers of the principals started"),
        Column("last_run", DataType.TIME, help="day of the newest run that was counted, in UTC"),
        Column("reason", help="source of the change, and whether the user leaves", display=Display.PROSE),
        Column("needs", help="steps that must be completed first"),
        Column("reversible", DataType.CATEGORY, help="whether `undo` can revert it: yes, partly, or no"),
        Column("email_to", help="recipient of an email, if the step sends one"),
        Column("guard", DataType.CATEGORY, help="guard that blocks the step"),
        Column("override", help="option or action that overrides the guard"),
        Column("blocked_reason", help="why the guard blocks the step", display=Display.PROSE),
        Column("skipped_reason", help="why the step cannot be carried out and is skipped", display=Display.PROSE),
        Column("user_id", DataType.ID, help="id of the user or service account"),
        Column("team_id", DataType.ID, help="id of the team"),
        Column("invitation_id", DataType.ID, help="id of the invitation"),
        Column("role_id", DataType.ID, help="id of the role"),
        Column("workspace_id", DataType.ID, help="the workspace"),
        Column("project_id", DataType.ID, help="the project"),
    ),
    help="List the steps to the desired state, in the order in which they are sent.",
    label="principal",
    deciding=("action", "principal", "role", "scope", "override", "guard", "usage", "before", "after", "type"),
    # No route: computed from an inventory and a desired state.
)


def frame_of(plan: Plan) -> pd.DataFrame:
    """Return a plan as a frame with one row per step and the columns of `PLAN`; its attrs contain the whole plan."""
    frame = frames.declare(frames.with_types(PLAN.columns, [_row(step) for step in plan.steps]), PLAN)
    frame.attrs["zenpro"].update(plan_facts(plan))
    return frame


def plan_facts(plan: Plan) -> dict[str, Any]:
    """Return the facts of a plan for `frames.describe`."""
    return {"view": VIEW, "plan": plan_text(plan)}


def plan_of(frame: pd.DataFrame) -> Plan:
    """Return the plan of a frame created by `frame_of`, with the steps that are still in the frame.

    A step is blocked if it needs a step that was removed from the frame.

    Raises:
        UsageError: the frame is not a plan, has lost its attrs, or a cell was edited.
    """
    text = frames.facts(frame).get("plan")
    if not isinstance(text, str) or "step" not in frame.columns:
        raise UsageError(
            "This DataFrame is not a plan, or has lost the metadata of the plan",
            hint="Pass the DataFrame that `plan` returned, or some of its rows. To save it, use Parquet or JSON.",
        )
    whole = plan_of_text(text)
    steps = {step.number: step for step in whole.steps}
    rows: list[dict[str, Any]] = frames.convert(frame, "records")
    for row in rows:
        number = row["step"]
        if number not in steps:
            raise UsageError(f"This plan has no step {number!r}", hint="Do not edit the column `step`.")
        _check(row, _row(steps[number]))
    step_numbers = {row["step"] for row in rows}
    return block_stranded(replace(whole, steps=tuple(step for step in whole.steps if step.number in step_numbers)))


def _check(row: Mapping[str, Any], outcomes: Mapping[str, Any]) -> None:
    row = {_FORMER_COLUMNS.get(name, name): value for name, value in row.items()}
    for name, value in outcomes.items():
        if name in row and (row[name] or None) != (value or None):
            raise UsageError(
                f"In step {outcomes['step']}, {name} was changed from {value!r} to {row[name]!r}",
                hint="Steps of a plan can be deleted but not edited. Edit the desired state and run `plan` again.",
            )


def _row(step: Step) -> dict[str, Any]:
    team = step.party.id if step.party.field == "team_id" else step.team_id
    return {
        "step": step.number,
        "action": step.action,
        "type": step.kind,
        "principal": step.party.name or None,
        "role": step.role or None,
        "scope": step.scope or None,
        "before": _fields(step.before),
        "after": _fields(step.after),
        "remaining_roles": step.remaining_roles or None,
        "usage": step.usage or None,
        "runs": step.runs,
        "scheduled_runs": step.scheduled_runs,
        "last_run": None if step.last_run is None else datetime.combine(step.last_run, time(), UTC),
        "reason": step.reason or None,
        "needs": ", ".join(map(str, step.needs)) or None,
        "reversible": step.reversible,
        "email_to": step.email_to or None,
        "guard": step.guard,
        "override": step.override or None,
        "blocked_reason": step.blocked_reason or None,
        "skipped_reason": step.skipped_reason or None,
        "user_id": step.party.id or None if step.party.field == "user_id" else None,
        "team_id": team or None,
        "invitation_id": step.party.id or None if step.party.field == "invitation_id" else None,
        "role_id": step.role_id or None,
        "workspace_id": step.workspace_id or None,
        "project_id": step.project_id or None,
    }


def _fields(values: Mapping[str, Any] | None) -> str | None:
    """Return fields for display: the value of a single field, else each value with its name."""
    if not values:
        return None
    texts = {name: _value(value) for name, value in values.items()}
    return (
        next(iter(texts.values())) if len(texts) == 1 else " · ".join(f"{name}: {item}" for name, item in texts.items())
    )


def _value(value: Any) -> str:
    if value is None or value == "":
        return "(none)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def markdown(plan: Plan) -> str:
    """Return a plan in Markdown: its sums and a table of its steps.

    Example:
        >>> print(markdown(Plan((Step(1, "add", "team", team="ops", scope="team ops"),))))
        **1 to add**
        <BLANKLINE>
        | step | | who | what | where | notes |
        |---:|:-:|---|---|---|---|
        | 1 | + | · | team | team ops | · |
        <BLANKLINE>
    """
    lines = [f"**{_cell(summary(plan.steps))}**", ""]
    if plan.steps:
        lines += ["| step | | who | what | where | notes |", "|---:|:-:|---|---|---|---|"]
        lines += ["| " + " | ".join(_cell(cell) for cell in _cells(step)) + " |" for step in plan.steps]
        lines.append("")
    return "\n".join(lines)


def _cells(step: Step) -> Iterator[str]:
    yield str(step.number)
    yield SIGNS[step.action]
    yield step.party.name
    change = _ARROW.join(value for value in (_fields(step.before), _fields(step.after)) if value)
    yield step.role or (f"{step.kind}: {change}" if step.kind in ("team", "account") and change else step.kind)
    yield step.scope
    notes = [step.usage, step.remaining_roles, step.reason]
    if step.email_to:
        notes.append(f"mails {step.email_to}")
    if step.guard is not None:
        notes = [f"blocked ({step.guard}): {step.blocked_reason}", f"to override: `{step.override}`", *notes]
    if step.action == "skipped":
        notes = [f"skipped: {step.skipped_reason}", *notes]
    if step.needs:
        notes.append(f"needs {', '.join(map(str, step.needs))}")
    yield " · ".join(note for note in notes if note)


def _cell(text: str) -> str:
    """Return a text for one cell, with Markdown characters escaped."""
    line = " ".join(text.split())
    for sign in ("\\", "|", "<", "*", "_", "["):
        line = line.replace(sign, f"\\{sign}")
    return line or "·"
