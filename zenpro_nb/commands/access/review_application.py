"""`reviews apply`: what was decided to be revoked is taken away, as a plan, and the review keeps what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import click

from zenpro_nb import inventory, limits
from zenpro_nb.access.planning.model import Step
from zenpro_nb.access.reviews import applying
from zenpro_nb.access.reviews.applying import PlannedRow
from zenpro_nb.access.reviews.model import Review
from zenpro_nb.commands.access.kept_reviews import ReviewName, caller, changed, kept, now, progress
from zenpro_nb.commands.access.reviews import reviews
from zenpro_nb.commands.core import past
from zenpro_nb.commands.core.parameters import Org
from zenpro_nb.commands.core.principals import Principal
from zenpro_nb.commands.core.role_scope import Scope
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.signature import Opt
from zenpro_nb.commands.core.write import Outcome, Write
from zenpro_nb.commands.organization import roles, teams
from zenpro_nb.errors import ZenProError
from zenpro_nb.syntax.counts import counted, named

MinOrgAdmins = Annotated[
    int,
    Opt(
        type=click.IntRange(min=0),
        metavar="N",
        help=f"How many active people must remain Organization Admin. Default: {limits.MIN_ORG_ADMINS}.",
    ),
]
AllowSelf = Annotated[bool, Opt(help="What is taken away may be your own.")]

# The marks of a write: the number of the row that it takes away, and what leads to the review without asking a server,
# which may be out of reach when it is to be written down what became of it.
_ROW, _ORGANIZATION, _BY = "row", "organization_id", "by"


def _recorded(run: Runtime, outcomes: Sequence[Outcome], given: Mapping[str, Any]) -> None:
    """Keep in the review what became of each row; where that cannot be, it is told: what is sent is sent."""
    try:
        after = _with_outcomes(run, outcomes, given) if outcomes else kept(run, given["name"], given["org"]).review
        if after.to_revoke and all(one.good or one.state == "blocked" for one in outcomes):
            after = _with_gone(run, after, {int(one.write.marks[_ROW]) for one in outcomes}, given)
        run.face.say(f"review {after.name}: {progress(after)}")
    except ZenProError as error:
        run.face.warn(f"not all that became of it is in the review {given['name']}; the journal has it. {error}")


def _with_outcomes(run: Runtime, outcomes: Sequence[Outcome], given: Mapping[str, Any]) -> Review:
    """Keep what became of what was sent. No server is asked."""
    sent = {int(one.write.marks[_ROW]): one for one in outcomes}
    marks = outcomes[0].write.marks
    at = now(run)

    def change(found: Review) -> Review:
        rows = [(one, sent[one.row]) for one in found.to_revoke if one.row in sent]
        return found.with_rows([
            replace(
                row, outcome=one.state, detail=one.detail, request_id=one.request_id or "", applied_by=marks[_BY],
                applied=at,
            )
            for row, one in rows
        ])  # fmt: skip

    store = inventory.Reviews()
    return store.update(given["name"], run.session.settings.url, marks[_ORGANIZATION], change).review


def _with_gone(run: Runtime, review: Review, sent: Collection[int], given: Mapping[str, Any]) -> Review:
    """Keep of which rows there was nothing to take away any more; that is looked at once more."""
    if all(one.row in sent for one in review.to_revoke):
        return review
    known = past.inventory_at(run, None, given["org"])
    absent = set() if applying.unseen(known) else {one.row for one in applying.gone(review, known)} - set(sent)
    said = {"outcome": "already", "detail": "was gone before it was applied", "request_id": ""}
    by, at = caller(run), now(run)

    def change(found: Review) -> Review:
        rows = [one for one in found.to_revoke if one.row in absent]
        return found.with_rows([replace(one, **said, applied_by=by, applied=at) for one in rows])  # type: ignore[arg-type]

    return changed(run, review, change)


@reviews.write(asks=lambda write: write.question, several=True, plan=True, done="", record=_recorded)
def apply(
    run: Runtime,
    name: ReviewName,
    org: Org = None,
    min_org_admins: MinOrgAdmins = limits.MIN_ORG_ADMINS,
    allow_self: AllowSelf = False,
) -> list[Write]:
    """Take away what was decided to be revoked: shows the plan, asks, and does it step by step.

    Only rows whose decision is `revoke`: what is undecided, or was left open, stays. What is gone already is no step:
    run it again at any time. The review keeps what became of each row, and the request ids.

    Examples:
        reviews apply 2026-q3 --dry-run
    """
    review = kept(run, name, org).review
    known = past.inventory_at(run, None, org)
    if hidden := applying.unseen(known):
        raise ZenProError(f"Nothing was planned, since {hidden}")
    rows = applying.planned(review, known, min_org_admins=min_org_admins, allow_self=allow_self)
    marks = {_ORGANIZATION: review.organization_id, _BY: caller(run)} if rows else {}
    return _asked([_write(run, one, marks) for one in rows], review)


def _write(run: Runtime, one: PlannedRow, marks: Mapping[str, str]) -> Write:
    step = one.step
    holder = Principal(step.party.id, step.party.name, step.party.field)
    if step.kind == "team-member":
        made = replace(teams.removal(run, step.team_id, step.team, holder), action="remove", done="removed")
    else:
        made = replace(roles.revocation(run, _scope(step), holder), action="revoke", done="revoked")
    blocked = f"since {step.why_blocked}; {step.lift}" if step.guard else ""
    return replace(made, blocked=blocked, step=step.number, marks={**marks, _ROW: str(one.row.row)}, stays=_stays(one))


def _scope(step: Step) -> Scope:
    where = {"workspace_id": step.workspace_id, "project_id": step.project_id}
    return Scope(step.role_id, f"{step.role} in {step.scope}", {name: key for name, key in where.items() if key})


def _stays(one: PlannedRow) -> str:
    """Return what is said beside a step: whose team loses the role."""
    return f"takes it from the team: {one.row.brings}" if one.row.kind == "team" and one.row.brings else ""


def _asked(writes: list[Write], review: Review) -> list[Write]:
    """Return the steps, of which the first that is sent asks for all."""
    sent = [at for at, one in enumerate(writes) if not one.blocked]
    if not sent:
        return writes
    who = named(list(dict.fromkeys(writes[at].name for at in sent)), limits.FAILED_NAMED)
    question = f"Apply the review {review.name}: {counted(len(sent), 'change')}, of {who}, in this order?"
    writes[sent[0]] = replace(writes[sent[0]], question=question)
    return writes
