"""The base class of all errors.

IPython prints what `_render_traceback_` returns instead of a traceback. The cell still fails with the class's own name
(measured on IPython 8.12 to 9.18, also under nbclient and papermill).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal, Self

from zenpro_nb import documentation

# The state of the write that raised an error.
#   not sent: nothing reached the server.
#   refused:  the API itself refused it; nothing was done.
#   done:     the write itself succeeded; the operation that it started did not.
#   partly done: some of several writes succeeded; `outcomes` lists them.
#   unknown:  it may or may not have happened; only a check of the object itself can tell.
WriteOutcome = Literal["not sent", "refused", "done", "partly done", "unknown"]


class ZenProError(Exception):
    """The base class: what happened, and what to do next.

    Args:
        message: one sentence that describes what happened.
        hint: one sentence that describes the next step.
        page: the documentation page about this error, if it differs from the page of the class.

    Attributes:
        outcome: the state of the write that raised the error.
        page: the short name of the documentation page about this error; empty if the message is complete.
        resent: whether the client had sent this write before and the server had deferred it. A 409 that looks like
            another user's change may then be the effect of the first attempt.
        excerpt: lines shown below the message: the relevant part of a query, with a caret.
        adds: options that complete the line of the command, for an example in the hint: `--project all`.
        is_interrupted: whether Ctrl-C is the reason; a shell then exits with 130.
        replaced: a part of the line as typed and its correction, for the corrected line in the hint.
    """

    outcome: WriteOutcome = "not sent"
    page: str = ""
    resent: bool = False
    excerpt: tuple[str, ...] = ()
    adds: str = ""
    replaced: tuple[str, str] | None = None
    is_interrupted: bool = False

    printable: ClassVar[Callable[[str], str]] = str
    """Makes names and values from other people safe to show.

    The package's `__init__` sets it, because the code that knows which characters are safe is in a layer above this
    module.
    """

    wrapped: ClassVar[Callable[[str], str]] = str
    """Wraps a line for the terminal of an IPython shell. The extension sets it when it is loaded."""

    def __init__(self, message: str, *, hint: str = "", page: str = "") -> None:
        self.message = ZenProError.printable(message)
        self.hint = ZenProError.printable(hint)
        self.page = page or self.page
        super().__init__(self.message)

    def __str__(self) -> str:
        if not self.hint:
            return self.message
        return f"{_with_full_stop(self.message)} {self.hint}"

    def _render_traceback_(self) -> list[str]:
        message, *excerpt = self.lines()
        return [ZenProError.wrapped(message), *excerpt]

    def lines(self) -> list[str]:
        """Return the lines to show: the message, and then the excerpt if there is one."""
        message = f"{_with_full_stop(str(self))} {documentation.reference_to([self.page])}" if self.page else str(self)
        return [f"{type(self).__name__}: {message}", *map(ZenProError.printable, self.excerpt)]

    def completed_by(self, options: str) -> Self:
        """Return the same error, with the options that complete the line."""
        self.adds = options
        return self

    def at(self, *lines: str) -> Self:
        """Return the same error, with these lines shown below it."""
        self.excerpt = lines
        return self


def _with_full_stop(sentence: str) -> str:
    """Return a sentence with its closing punctuation, or with a full stop if it has none."""
    return sentence if sentence.endswith(("?", "!")) else f"{sentence.rstrip('.')}."
