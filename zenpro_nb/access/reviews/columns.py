"""Declare the tables of reviews: all reviews, the rows of a review, and the verification of a record."""

from __future__ import annotations

from zenpro_nb.access.reviews.audit_record import COLUMNS as _RECORD_COLUMNS
from zenpro_nb.access.reviews.model import DECISIONS, ROW_TYPES
from zenpro_nb.resources.columns import SERVER
from zenpro_nb.resources.model import Column, DataType, Display, Table

_STATE, _PROSE = Display.STATE, Display.PROSE

REVIEWS = Table(
    noun="reviews",
    empty="there are no reviews to list yet; create one with `reviews create NAME`",
    help="List the access reviews stored on this machine. Works offline.",
    columns=(
        Column("name", help="name of the review"),
        Column(
            "progress",
            help="how many rows are decided, undecided, to be revoked, and revoked, in words",
            display=Display.PROSE,
        ),
        Column("next_command", help="command that continues it; empty for reviews of another server"),
        Column("created", DataType.TIME, help="when it was created (UTC)"),
        Column("organization", help="name of the organization"),
        Column("workspace", help="the reviewed workspace; empty for the whole organization"),
        Column("rows", DataType.COUNT, help="number of rows that need a decision"),
        Column("decisions", DataType.COUNT, help="number of decided rows: to keep or to revoke"),
        Column("revocations", DataType.COUNT, help="number of rows with the decision revoke, applied or not"),
        Column("revoked", DataType.COUNT, help="number of rows that were revoked"),
        Column("created_by", help="account that created it"),
        Column("server", DataType.CATEGORY, help="address of the server"),
        Column("sandbox", DataType.BOOL, help="whether the server was a sandbox"),
        Column("file", help="path of the file"),
        Column("organization_id", DataType.ID, help="id of the organization"),
    ),
    filters=(SERVER,),
    deciding=("name", "progress", "next_command", "created", "workspace"),
    # No route: files on this machine.
)
REVIEW = Table(
    noun="rows",
    help="List the rows of a review: access, recommendations, and decisions.",
    columns=(
        Column("row", DataType.COUNT, help="number of the row, for `reviews decide --row`"),
        Column("principal", help="email address, bot:NAME or team:NAME"),
        Column("assignment", help="role or team membership", display=_PROSE),
        Column("recommendation", DataType.CATEGORY, help=f"{', '.join(DECISIONS)}; empty for information"),
        Column("reason", help="reason for the recommendation, from the audit", display=_PROSE),
        Column("decision", DataType.CATEGORY, help=", ".join(DECISIONS), display=_STATE),
        Column("justification", help="reason for the decision", display=_PROSE),
        Column("reach", help="roles of a team, members of a team, or the reach of a role", display=_PROSE),
        Column("active", DataType.BOOL, help="whether the account can sign in"),
        Column("kind", DataType.CATEGORY, help="user, service-account, invitation, or team"),
        Column("type", DataType.CATEGORY, help=", ".join(ROW_TYPES)),
        Column("decided_by", help="account that decided"),
        Column("decided", DataType.TIME, help="when it happened (UTC)"),
        Column(
            "outcome",
            DataType.CATEGORY,
            help="outcome of the revocation: done, undone, …",
            display=_STATE,
        ),
        Column("detail", help="reason for the outcome", display=_PROSE),
        Column("applied_by", help="account that applied it"),
        Column("applied", DataType.TIME, help="when it happened (UTC)"),
        Column("revoke_command", help="for information rows: command that revokes it", display=_PROSE),
        Column("role", help="name of the role"),
        Column("team", help="name of the team"),
        Column("scope", DataType.CATEGORY, help="organization, workspace, or project"),
        Column("workspace", DataType.CATEGORY, help="name of the workspace"),
        Column("project_id", DataType.ID, help="id of the project"),
        Column("request_id", DataType.ID, help="id of the request, as logged by the server"),
        Column("user_id", DataType.ID, help="id of the user or service account"),
        Column("invitation_id", DataType.ID, help="id of the open invitation"),
        Column("team_id", DataType.ID, help="id of the team"),
        Column("role_id", DataType.ID, help="id of the role"),
        Column("workspace_id", DataType.ID, help="id of the workspace"),
    ),
    label="principal",
    deciding=("principal", "row", "assignment", "decision", "recommendation", "reason"),
)
RECORD = Table(
    noun="evidence",
    help="The audit record of a review.",
    columns=tuple(Column(name) for name in _RECORD_COLUMNS),
    label="principal",
)
VERDICTS = Table(
    noun="verification",
    help="The verification of an audit record.",
    columns=(
        Column("row", DataType.COUNT, help="number of the row; empty for all rows together"),
        Column("status", DataType.CATEGORY, help="ok or failed", display=_STATE),
        Column("reason", help="why", display=_PROSE),
        Column("principal", help="value in the file"),
        Column("assignment", help="value in the file", display=_PROSE),
        Column("decision", DataType.CATEGORY, help="value in the file"),
    ),
    label="principal",
)
