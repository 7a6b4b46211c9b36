"""Record decisions about the rows of a review, by row number or from an edited table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access.model.columns import TEAM_MARK
from zenpro_nb.access.reviews.model import ACCEPTED, DECISIONS, Review, ReviewRow, with_current_names
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError, UsageError
from zenpro_nb.security.secret import scrub
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.suggestions import did_you_mean

# Columns that identify a row for the reader; their values must match the row's number.
NAMING = ("principal", "assignment")


class Decision(Struct, frozen=True):
    """The decision about one row.

    Attributes:
        row: the number of the row.
        decision: one of `DECISIONS`.
        justification: the reason; None keeps the current one, unless it is `ACCEPTED`.
    """

    row: int
    decision: str
    justification: str | None = None


def with_decisions(review: Review, decisions: Iterable[Decision], by: str, at: str) -> Review:
    """Return the review with these decisions; unchanged decisions keep their author and time.

    Args:
        review: the review.
        decisions: one per row.
        by: the account that decides.
        at: the time of the decision.

    Raises:
        UnknownNameError: the review has no such row.
        UsageError: the row cannot be decided, or it has already been revoked.

    Example:
        >>> row = ReviewRow(1, "ada@example.com", "user", "role", "Workspace Developer in ml-prod")
        >>> keep = Decision(1, "keep", "leads it")
        >>> found = with_decisions(Review("q4", rows=(row,)), [keep], "grace@example.com", "now")
        >>> found.rows[0].decision, found.rows[0].decided_by
        ('keep', 'grace@example.com')
    """
    rows_by_number = {row.row: row for row in review.rows}
    changed: dict[int, ReviewRow] = {}
    for decision in decisions:
        row = changed.get(decision.row) or rows_by_number.get(decision.row)
        if row is None:
            raise UnknownNameError(
                f"The review {review.name!r} has no row {decision.row}",
                hint=f"It has {counted(len(rows_by_number), 'row')}.",
            )
        _require_open(row)
        # A decision by hand, or against the recommendation, does not accept the recommendation.
        current = "" if row.justification == ACCEPTED else row.justification
        why = current if decision.justification is None else clean(decision.justification)
        if why == ACCEPTED and decision.decision != row.recommendation:
            why = ""
        if (row.decision, row.justification) != (decision.decision, why):
            changed[decision.row] = replace(
                row, decision=decision.decision, justification=why, decided_by=by, decided=at,
                # The outcome of an earlier attempt belongs to the earlier decision.
                outcome="", detail="", applied_by="", applied="", request_id="",
            )  # fmt: skip
    return review.with_rows(list(changed.values()))


def _require_open(row: ReviewRow) -> None:
    if not row.is_open:
        more = f" To revoke it, run `{row.revoke_command}`." if row.revoke_command else ""
        raise UsageError(
            f"Row {row.row} is for information only: {row.principal}, {row.assignment}",
            hint=f"This row cannot be decided in a review.{more}",
        )
    if row.is_settled:
        raise UsageError(
            f"Row {row.row} has already been revoked: {row.principal}, {row.assignment}",
            hint="Create a new review for the current state: `reviews create NAME`.",
        )


def clean(text: str) -> str:
    r"""Return a justification as one line, trimmed and without anything that looks like a secret.

    >>> clean("  left the team,\n will be gone by May ")
    'left the team, will be gone by May'
    """
    line = " ".join(scrub("".join(" " if not letter.isprintable() else letter for letter in text)).split())
    if len(line) > limits.REVIEW_JUSTIFICATION:
        raise UsageError(
            f"A justification of {len(line):,} characters is too long",
            hint=f"Use at most {limits.REVIEW_JUSTIFICATION:,}, and refer to a document for details.",
        )
    return line


def word(text: str) -> str:
    """Return the decision for a word, in any spelling.

    Raises:
        UsageError: the word is not a decision.

    Example:
        >>> word("Keep"), word("don't know"), word("DONT_KNOW")
        ('keep', "don't-know", "don't-know")
    """
    plain = text.strip().casefold().replace("’", "'").replace("_", "-").replace(" ", "-")
    match = {decision.replace("'", ""): decision for decision in DECISIONS}.get(plain.replace("'", ""))
    if match is None:
        raise UsageError(
            f"{text!r} is not a decision", hint=did_you_mean(plain, DECISIONS) or f"Use one of {', '.join(DECISIONS)}."
        )
    return match


def rows_of(review: Review, principals: Sequence[str]) -> list[int]:
    """Return the numbers of the open rows of these principals: by name, a team also without its prefix, or by id.

    Raises:
        UnknownNameError: the review has no open rows for a name.
        AmbiguousNameError: several principals have the name: an account and an invitation can have the same email.
    """
    numbers: list[int] = []
    open_principals = list(dict.fromkeys(row.principal for row in review.open))
    for principal in principals:
        names = {principal.casefold(), f"{TEAM_MARK}{principal}".casefold()}
        mine = [row for row in review.open if _is_called(row, principal, names) and not row.is_settled]
        if not mine:
            raise UnknownNameError(
                f"The review {review.name!r} has no open rows for {principal!r}",
                hint=did_you_mean(principal, open_principals),
            )
        holders = {row.holder[1]: row.kind for row in mine}
        if len(holders) > 1:
            candidates = ", ".join(f"{key} ({kind})" for key, kind in holders.items())
            raise AmbiguousNameError(
                f"{len(holders)} principals are called {principal!r}: {candidates}", hint="Pass an ID instead."
            )
        numbers += [row.row for row in mine]
    return numbers


def _is_called(row: ReviewRow, text: str, names: Collection[str]) -> bool:
    return row.principal.casefold() in names or row.holder[1] == text


def decisions_in(review: Review, records: Sequence[Mapping[str, str]]) -> list[Decision]:
    """Return the decisions in an edited table of a review.

    Missing rows and rows without a decision are ignored, and so are unchanged decisions.

    Args:
        review: the review.
        records: rows as texts, with the columns `row` and `decision`, and optionally `justification`, `principal` and
            `assignment`.

    Raises:
        UsageError: a row has two decisions, or its principal or assignment differs from the review.
        UnknownNameError: the review has no such row.
    """
    rows_by_number = {row.row: row for row in review.rows}
    decisions: dict[int, Decision] = {}
    for at, record in enumerate(map(with_current_names, records), 1):
        row = rows_by_number.get(_number(record.get("row", ""), at))
        if row is None:
            raise UnknownNameError(
                f"The review {review.name!r} has no row {record.get('row')}",
                hint=f"It has {counted(len(rows_by_number), 'row')}.",
            )
        _require_same(row, record)
        text, why = record.get("decision", "").strip(), record.get("justification")
        if not text:
            continue
        decision = Decision(row.row, word(text), clean(unquote(why)) if why is not None else None)
        if row.row in decisions and decisions[row.row] != decision:
            raise UsageError(f"Row {row.row} appears twice, with two decisions", hint="Remove one of them.")
        same = (row.decision, row.justification if decision.justification is None else decision.justification)
        if same != (decision.decision, row.justification) or decision.justification not in (None, row.justification):
            decisions[row.row] = decision
    return list(decisions.values())


def unquote(text: str) -> str:
    """Return a text without the leading apostrophes that prevent formulas in spreadsheets.

    >>> unquote("'=1+1"), unquote("its own")
    ('=1+1', 'its own')
    """
    return text.lstrip("'")


def _number(text: str, at: int) -> int:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        raise UsageError(
            f"Line {at} has no row number: {text!r}", hint="Keep the column `row` of `reviews get` unchanged."
        ) from None


def _require_same(row: ReviewRow, record: Mapping[str, str]) -> None:
    other = [name for name in NAMING if name in record and unquote(record[name]) != unquote(getattr(row, name))]
    if other:
        names = name_list([f"{name} {record[other[0]]!r}" for name in other], limits.NAMES_IN_REASON)
        raise UsageError(
            f"Row {row.row} is {row.principal}, {row.assignment}, but the table has {names}",
            hint="Edit only `decision` and `justification`, and keep the other columns unchanged.",
        )
