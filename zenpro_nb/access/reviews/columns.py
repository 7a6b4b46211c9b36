"""The tables of reviews as they are declared: all reviews, the rows of one, what is found in a record."""

from __future__ import annotations

from zenpro_nb.access.reviews.audit_record import COLUMNS as _OF_RECORD
from zenpro_nb.access.reviews.model import DECISIONS, ROW_TYPES
from zenpro_nb.resources.model import Column, DataType, Display, Table

_STATE, _PROSE = Display.STATE, Display.PROSE

REVIEWS = Table(
    noun="reviews",
    help="Access reviews: what everybody holds, row by row, to be kept or revoked. Kept on this machine; nothing is "
    "asked of a server.",
    columns=(
        Column("name", help="its name"),
        Column("created", DataType.TIME, help="when it was made (UTC)"),
        Column("organization", help="name of the organization"),
        Column("workspace", help="the one workspace that it is about"),
        Column("rows", DataType.COUNT, help="rows to decide about"),
        Column("decisions", DataType.COUNT, help="rows with a decision"),
        Column("revocations", DataType.COUNT, help="rows decided as revoke, including those already revoked"),
        Column("revoked", DataType.COUNT, help="rows already revoked"),
        Column("created_by", help="who made it"),
        Column("server", DataType.CATEGORY, help="address of the server"),
        Column("sandbox", DataType.BOOL, help="the server was a sandbox"),
        Column("file", help="where it stands", display=_PROSE),
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    # No route: files on this machine.
)
REVIEW = Table(
    noun="rows",
    help="The rows of a review: what everybody holds, what is recommended, and what was decided.",
    columns=(
        Column("row", DataType.COUNT, help="its number, which `reviews decide` takes"),
        Column("principal", help="e-mail; bot:NAME or team:NAME"),
        Column("assignment", help="what they hold", display=_PROSE),
        Column("recommendation", DataType.CATEGORY, help=f"{', '.join(DECISIONS)}; missing for information"),
        Column("reason", help="why it is recommended, from the audit", display=_PROSE),
        Column("decision", DataType.CATEGORY, help=", ".join(DECISIONS)),
        Column("justification", help="why it was decided", display=_PROSE),
        Column("reach", help="what hangs on it: the roles of a team, how far a role reaches", display=_PROSE),
        Column("active", DataType.BOOL, help="may sign in"),
        Column("kind", DataType.CATEGORY, help="user, service-account, invitation or team"),
        Column("type", DataType.CATEGORY, help=", ".join(ROW_TYPES)),
        Column("decided_by", help="who decided"),
        Column("decided", DataType.TIME, help="when (UTC)"),
        Column("outcome", DataType.CATEGORY, help="what became of it when it was applied", display=_STATE),
        Column("detail", help="why", display=_PROSE),
        Column("applied_by", help="who applied it"),
        Column("applied", DataType.TIME, help="when (UTC)"),
        Column("revoke_command", help="of information: the line that would take it", display=_PROSE),
        Column("role", help="name of the role"),
        Column("team", help="name of the team"),
        Column("scope", DataType.CATEGORY, help="organization, workspace or project"),
        Column("workspace", DataType.CATEGORY, help="name of the workspace"),
        Column("project_id", DataType.ID, help="the project"),
        Column("request_id", DataType.ID, help="under which the server logged its removal"),
        Column("user_id", DataType.ID, help="the user or service account"),
        Column("invitation_id", DataType.ID, help="the open invitation"),
        Column("team_id", DataType.ID, help="the team"),
        Column("role_id", DataType.ID, help="the role"),
        Column("workspace_id", DataType.ID, help="the workspace"),
    ),
    label="principal",
)
RECORD = Table(
    noun="evidence",
    help="The record of a review.",
    columns=tuple(Column(name) for name in _OF_RECORD),
    label="principal",
)
VERDICTS = Table(
    noun="verification",
    help="What is found in the record of a review.",
    columns=(
        Column("row", DataType.COUNT, help="number of the row; missing where it is about the whole"),
        Column("status", DataType.CATEGORY, help="ok or failed", display=_STATE),
        Column("reason", help="why", display=_PROSE),
        Column("principal", help="as it stands in the file"),
        Column("assignment", help="as it stands in the file", display=_PROSE),
        Column("decision", DataType.CATEGORY, help="as it stands in the file"),
    ),
    label="principal",
)
