"""The record of a review for an auditor: a table of texts, in which every change is found again.

Each row has a SHA-256 over its own cells, and all of them have the one over those of all rows, in their order. It finds
what was changed by mistake or in passing. Who changes a file on purpose can make the digests anew: that is found by the
digest that was noted elsewhere.
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
# What an auditor reads first stands first; the digests are last.
_SIGNED = (*_OF_ROW, *(column for column, _ in _OF_REVIEW), "missing", "rows")
ROW_DIGEST, REVIEW_DIGEST = "sha256", "review_sha256"
COLUMNS = (*_SIGNED, ROW_DIGEST, REVIEW_DIGEST)
OK, FAILED = "ok", "failed"

Cells = Mapping[str, str]


class Verdict(Struct, frozen=True):
    """What is found about one row of a record; `row` is None where it is about the whole.

    Attributes:
        row: its number.
        state: `ok` or `failed`.
        reason: in one sentence.
    """

    row: int | None
    state: str
    reason: str = ""


def record_of(review: Review) -> list[dict[str, str]]:
    """Return the record of a review: a mapping of texts a row, with the columns `COLUMNS`.

    >>> from zenpro_nb.access.reviews.model import ReviewRow
    >>> row = ReviewRow(1, "ada@example.com", "user", "role", "Workspace Developer in ml-prod")
    >>> found = record_of(Review("q4", rows=(row,)))
    >>> verified(found), verified([{**found[0], "decision": "keep"}])[0].reason
    ([Verdict(row=1, state='ok', reason='')], 'It is not what was recorded.')
    """
    head = {column: _text(getattr(review, name)) for column, name in _OF_REVIEW}
    head |= {"missing": _text(" ".join(review.missing)), "rows": str(len(review.rows))}
    found = [{**{name: _text(getattr(row, name)) for name in _OF_ROW}, **head} for row in review.rows]
    signed = [{**cells, ROW_DIGEST: row_digest(cells)} for cells in found]
    whole = _whole(signed)
    return [{name: {**cells, REVIEW_DIGEST: whole}[name] for name in COLUMNS} for cells in signed]


def row_digest(cells: Cells) -> str:
    """Return the SHA-256 of a row's cells, the same whichever kind of file they come from."""
    return digest([_bare(cells[name]) for name in _SIGNED])


def sha256_of(records: Sequence[Cells]) -> str:
    """Return the SHA-256 over all rows of a record."""
    return records[0][REVIEW_DIGEST] if records else _whole(())


def verified(records: Sequence[Cells], expected: str = "") -> list[Verdict]:
    """Return what is found about each row of a record, and where one fails about the whole.

    Args:
        records: the rows, as texts.
        expected: the digest over all rows that was noted elsewhere.

    Raises:
        UsageError: it is no record of a review.
    """
    records = [with_current_names(cells) for cells in records]
    lacking = [name for name in COLUMNS if not records or name not in records[0]]
    if lacking:
        raise UsageError(
            "This is no record of a review" if records else "There is no row in it",
            hint=f"It lacks {', '.join(lacking[:3])} …; `reviews evidence NAME --save FILE` writes one.",
        )
    found = [_row_verdict(cells) for cells in records]
    if all(verdict.state == OK for verdict in found) and (reason := _whole_reason(records, expected)):
        found.append(Verdict(None, FAILED, reason))
    return found


def _row_verdict(cells: Cells) -> Verdict:
    number = int(cells["row"]) if cells["row"].isdecimal() else None
    right = row_digest(cells) == cells[ROW_DIGEST]
    return Verdict(number, OK) if right else Verdict(number, FAILED, "It is not what was recorded.")


def _whole_reason(records: Sequence[Cells], expected: str) -> str:
    """Return what is wrong with the rows together, each of which is right by itself; empty where nothing is."""
    numbers = [int(cells["row"]) for cells in records]
    should = range(1, int(records[0]["rows"]) + 1)
    if missing := sorted(set(should) - set(numbers)):
        return f"Rows are missing: {', '.join(map(str, missing[:10]))}{' …' if len(missing) > 10 else ''}."
    if len(numbers) != len(should):
        return "Rows are there twice."
    whole = {cells[REVIEW_DIGEST] for cells in records}
    ordered = sorted(records, key=lambda cells: int(cells["row"]))
    if whole != {_whole(ordered)}:
        return "The rows are not those that were recorded together."
    if expected and expected.strip().casefold() not in whole:
        return f"Its digest is {whole.pop()}, and not the one that was noted."
    return ""


def _whole(signed: Sequence[Cells]) -> str:
    return digest([cells[ROW_DIGEST] for cells in signed])


def _text(value: Any) -> str:
    """Return a value as one line that every kind of file gives back as it was."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(value)).split())


def _bare(text: str) -> str:
    """Return a cell's text without the apostrophes that keep spreadsheets from running it."""
    return text.lstrip("'")
