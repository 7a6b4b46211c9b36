"""The audit record of a review: a table of texts in which every change is detected.

Each row has a SHA-256 of its own cells and one of all rows in their order. They detect accidental changes. Anyone who
changes a file on purpose can compute the digests again; only a digest noted elsewhere detects that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb.access.reviews.model import Review, digest, with_current_names
from zenpro_nb.errors import UsageError

_OF_REVIEW = (
    ("review", "name"), ("organization", "organization_name"), ("organization_id", "organization_id"),
    ("server", "server"), ("reviewed_workspace", "workspace"), ("created", "created"), ("created_by", "created_by"),
    ("read", "read"), ("capture", "capture"),
)  # fmt: skip
_OF_ROW = (
    "row", "principal", "kind", "active", "type", "assignment", "reach", "recommendation", "reason", "decision",
    "justification", "decided_by", "decided", "outcome", "detail", "applied_by", "applied", "request_id",
    "revoke_command", "role", "team", "scope", "workspace", "project_id", "user_id", "invitation_id",
    "team_id", "role_id", "workspace_id",
)  # fmt: skip
# The columns that an auditor reads first come first; the digests are last.
_SIGNED = (*_OF_ROW, *(column for column, _ in _OF_REVIEW), "missing", "rows")
ROW_DIGEST, REVIEW_DIGEST = "sha256", "review_sha256"
COLUMNS = (*_SIGNED, ROW_DIGEST, REVIEW_DIGEST)
OK, FAILED = "ok", "failed"

Cells = Mapping[str, str]


class RowVerification(Struct, frozen=True):
    """The result of verifying one row of a record; `row` is None if it is about all rows.

    Attributes:
        row: the number of the row.
        state: `ok` or `failed`.
        reason: why it failed, in one sentence.
    """

    row: int | None
    state: str
    reason: str = ""


def record_of(review: Review) -> list[dict[str, str]]:
    """Return the audit record of a review: one mapping of texts per row, with the columns `COLUMNS`.

    >>> from zenpro_nb.access.reviews.model import ReviewRow
    >>> row = ReviewRow(1, "ada@example.com", "user", "role", "Workspace Developer in ml-prod")
    >>> found = record_of(Review("q4", rows=(row,)))
    >>> verify_record(found), verify_record([{**found[0], "decision": "keep"}])[0].reason
    ([RowVerification(row=1, state='ok', reason='')], 'The row was changed.')
    """
    head = {column: _text(getattr(review, name)) for column, name in _OF_REVIEW}
    head |= {"missing": _text(" ".join(review.missing)), "rows": str(len(review.rows))}
    records = [{**{name: _text(getattr(row, name)) for name in _OF_ROW}, **head} for row in review.rows]
    signed = [{**cells, ROW_DIGEST: row_digest(cells)} for cells in records]
    whole = _whole(signed)
    return [{name: {**cells, REVIEW_DIGEST: whole}[name] for name in COLUMNS} for cells in signed]


def row_digest(cells: Cells) -> str:
    """Return the SHA-256 of a row's cells, independent of the file format."""
    return digest([_bare(cells[name]) for name in _SIGNED])


def sha256_of(records: Sequence[Cells]) -> str:
    """Return the SHA-256 of all rows of a record."""
    return records[0][REVIEW_DIGEST] if records else _whole(())


def verify_record(records: Sequence[Cells], expected: str = "") -> list[RowVerification]:
    """Return the result of each row of a record and, if all rows are valid but not together, one for all rows.

    Args:
        records: the rows, as texts.
        expected: the digest of all rows that was noted elsewhere.

    Raises:
        UsageError: the table is not an audit record.
    """
    records = [with_current_names(cells) for cells in records]
    lacking = [name for name in COLUMNS if not records or name not in records[0]]
    if lacking:
        raise UsageError(
            "This file is not an audit record of a review" if records else "The audit record has no rows",
            hint=f"Missing columns: {', '.join(lacking[:3])} … Create one with `reviews evidence NAME --save FILE`.",
        )
    verdicts = [_row_verdict(cells) for cells in records]
    if all(verdict.state == OK for verdict in verdicts) and (reason := _whole_reason(records, expected)):
        verdicts.append(RowVerification(None, FAILED, reason))
    return verdicts


def _row_verdict(cells: Cells) -> RowVerification:
    number = int(cells["row"]) if cells["row"].isdecimal() else None
    right = row_digest(cells) == cells[ROW_DIGEST]
    return RowVerification(number, OK) if right else RowVerification(number, FAILED, "The row was changed.")


def _whole_reason(records: Sequence[Cells], expected: str) -> str:
    """Return what is wrong with the rows as a whole, if each row is valid; empty if nothing is."""
    numbers = [int(cells["row"]) for cells in records]
    should = range(1, int(records[0]["rows"]) + 1)
    if missing := sorted(set(should) - set(numbers)):
        return f"Rows are missing: {', '.join(map(str, missing[:10]))}{' …' if len(missing) > 10 else ''}."
    if len(numbers) != len(should):
        return "Some rows are duplicated."
    whole = {cells[REVIEW_DIGEST] for cells in records}
    ordered = sorted(records, key=lambda cells: int(cells["row"]))
    if whole != {_whole(ordered)}:
        return "The rows do not belong to the same record."
    if expected and expected.strip().casefold() not in whole:
        return f"The digest is {whole.pop()}, not the one you passed."
    return ""


def _whole(signed: Sequence[Cells]) -> str:
    return digest([cells[ROW_DIGEST] for cells in signed])


def _text(value: Any) -> str:
    """Return a value as one line that survives every file format unchanged."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(value)).split())


def _bare(text: str) -> str:
    """Return a cell's text without the apostrophes that keep spreadsheets from running it."""
    return text.lstrip("'")
