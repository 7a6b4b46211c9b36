"""A review form without its widgets: one principal at a time, and each decision is saved immediately."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from zenpro_nb import inventory, limits
from zenpro_nb.access.reviews.decisions import Decision, with_decisions
from zenpro_nb.access.reviews.foresight import Foresight
from zenpro_nb.access.reviews.model import DONT_KNOW, KEEP, REVOKE, Review, ReviewRow
from zenpro_nb.commands.reviews.common import next_of, now, progress
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.forms.presentation import NO_PSEUDONYMS, Presentation
from zenpro_nb.framework.cli.context import CommandContext

DECISION_KEYS = {"k": KEEP, "r": REVOKE, "d": DONT_KNOW}
NEXT, BACK, DOWN, UP = "n", "p", "j", "u"


class ReviewForm:
    """The form of one review. Thread-safe. Listeners are called after every change.

    Nothing is only in the kernel: each decision is in the review's file before the next key is handled.

    Args:
        review: the review.
        ctx: the context of the cell that opened it.
        by: the person who decides.
        presentation: how names are shown.
        me_id: the id of their account; empty if unknown.

    Example:
        >>> from zenpro_nb.access.reviews.model import ROLE, Review, ReviewRow
        >>> row = ReviewRow(1, "bob@example.com", "user", ROLE, "Workspace Viewer in ml-prod", user_id="1")
        >>> form = ReviewForm(Review("winter", rows=(row,)), runtime, "ada@example.com")
        >>> form.row.assignment, form.progress, form.is_done
        ('Workspace Viewer in ml-prod', '0 of 1 decided', False)
    """

    def __init__(
        self,
        review: Review,
        ctx: CommandContext,
        by: str,
        presentation: Presentation = NO_PSEUDONYMS,
        *,
        me_id: str = "",
    ) -> None:
        self.review = review
        self.run = ctx
        self.by = by
        self.presentation = presentation
        self.lock = threading.RLock()
        self.is_closed = False
        self.justification = ""  # the text in the field for the justification
        self.status = Message("")
        self._foresight = Foresight(review, me_id)
        self._listeners: list[Callable[[], None]] = []
        self._left: tuple[int, str, float] | None = None  # the row decided last, its justification, and the time
        people = review.principals
        first = next((row for rows in people for row in rows if row.is_open and not row.decision), None)
        self._row = first.row if first else next((row.row for row in review.open), 0)
        self._take_typed()

    # --- display ----------------------------------------------------------------------------------------------

    @property
    def people(self) -> Sequence[Sequence[ReviewRow]]:
        """Return the rows of each principal who has a row to decide."""
        return self.review.principals

    @property
    def place(self) -> int:
        """Return the index of the principal shown, from 0."""
        return next((at for at, rows in enumerate(self.people) if any(row.row == self._row for row in rows)), 0)

    @property
    def rows(self) -> Sequence[ReviewRow]:
        """Return the rows of the principal shown, including rows that need no decision."""
        return self.people[self.place] if self.people else ()

    @property
    def row(self) -> ReviewRow | None:
        """Return the row that the next key applies to; None if the review has no row to decide."""
        return self.review.row(self._row)

    @property
    def progress(self) -> str:
        """Return the progress."""
        return progress(self.review)

    @property
    def ending(self) -> str:
        """Return the state of the review with the next command."""
        return next_of(self.run.ui.name, self.review) or f"{self.progress}; nothing is left to revoke"

    @property
    def is_done(self) -> bool:
        """Return whether each row is answered."""
        return self.review.is_answered

    # --- user actions -----------------------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """Handle a key.

        `k`, `r` and `d` decide the row and go to the next one. `n` and `p` show the next and the previous principal.
        `j` and `u` select another row of the principal shown.
        """
        with self.lock:
            if self.is_closed or self.row is None:
                return
            if key in DECISION_KEYS:
                self._decide(DECISION_KEYS[key])
            elif key in (NEXT, BACK):
                self._show(self.place + (1 if key == NEXT else -1))
            elif key in (DOWN, UP):
                self._choose(1 if key == DOWN else -1)
        self._tell()

    def type(self, text: str) -> None:
        """Set the justification for the next decision.

        The last letters can arrive after the key that decided. They belong to the row that was decided.
        """
        with self.lock:
            if self.is_closed or text == self.justification:
                return
            late = self._left
            if late is not None and self._is_late(late, text):
                self._keep(late[0], str(self.review.row(late[0]).decision), text)  # type: ignore[union-attr]
                self._left = (late[0], text, late[2])
            else:
                self.justification = text
                return
        self._tell()

    def justify(self) -> None:
        """Save the justification with the existing decision, after Enter in its field."""
        with self.lock:
            row = self.row
            if not self.is_closed and row is not None and row.decision:
                self._keep(row.row, row.decision, self.justification)
        self._tell()

    def close(self) -> None:
        """Close the form. Decisions are saved."""
        with self.lock:
            self.is_closed = True
        self._tell()

    def open(self) -> None:
        """Do nothing: everything is already known."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this after each change."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    # --- decisions -----------------------------------------------------------------------------------------

    def _decide(self, decision: str) -> None:
        row, text = self._row, self.justification
        if self._keep(row, decision, text):
            self._left = (row, text, self.run.session.clock.monotonic())
            self._go_on()

    def _keep(self, row: int, decision: str, text: str) -> bool:
        """Write a decision into the review's file. Return whether it was saved."""
        new = Decision(row, decision, text)
        at = now(self.run)

        def change(found: Review) -> Review:
            return with_decisions(found, [new], self.by, at)

        review = self.review
        try:
            stored_review = inventory.Reviews().update(review.name, review.server, review.organization_id, change)
        except ZenProError as error:
            self.status = Message(f"Not saved: {error}", Tone.BAD)
            return False
        self.review = stored_review.review
        found = stored_review.review.row(row)
        about = f"{found.principal}, {found.assignment}" if found else ""
        warnings = self._foresight.warnings(self.review, [row]) if decision == REVOKE else []
        remarks = self.run.ui.command_names.text(" ".join(warnings))
        saved = f"Saved: {decision} · {about}{f'. {remarks}' if remarks else ''}"
        self.status = Message(saved, Tone.ADVICE if warnings else Tone.GOOD)
        return True

    def _is_late(self, left: tuple[int, str, float], text: str) -> bool:
        _, justification, when = left
        soon = self.run.session.clock.monotonic() - when < limits.FORM_LATE
        continues = text != justification and text.startswith(justification)
        return bool(soon and justification and not self.justification and continues)

    def _go_on(self) -> None:
        """Go to the next row of this principal, otherwise to the first row of the next one."""
        open_rows = [row.row for rows in self.people for row in rows if row.is_open]
        at = open_rows.index(self._row)
        self._move(open_rows[min(at + 1, len(open_rows) - 1)])

    def _show(self, place: int) -> None:
        if 0 <= place < len(self.people):
            mine = [person for person in self.people[place] if person.is_open]
            self._move(next((row.row for row in mine if not row.decision), mine[0].row))

    def _choose(self, step: int) -> None:
        mine = [row.row for row in self.rows if row.is_open]
        at = mine.index(self._row) + step
        if 0 <= at < len(mine):
            self._move(mine[at])

    def _move(self, row: int) -> None:
        self._row = row
        self._take_typed()

    def _take_typed(self) -> None:
        row = self.row
        self.justification = row.justification if row is not None else ""
