"""Every error that a user of zenpro_nb can meet.

    ZenProError
    ├── UsageError              the line that was typed cannot be carried out
    │   ├── UnknownNameError        no such organization, role, column, variable …
    │   ├── AmbiguousNameError      several things bear that name
    │   ├── IncompleteError         the line leaves out what the change needs; a notebook opens its form
    │   └── MissingExtraError       the command needs an optional package that is not installed
    ├── ConfirmationError       a destructive command, and nobody to ask
    ├── ReadOnlyError           the session is read-only, and the command is a write; nothing was sent
    ├── BlockedError            a guard blocks a write, so that none of the command was sent
    ├── SaveError               a file could not be written
    ├── SettingsError           a file of settings cannot be used
    ├── CaptureError            a capture on disk cannot be read
    ├── ReviewError             a review on disk cannot be read, or is not what was written
    ├── CredentialError         no credential, or one that may not be used here
    ├── ConnectionFailedError   the server was not reached
    │   └── TimedOutError           it was reached, but did not answer in time
    ├── OutcomeUnknownError     a write was sent and its answer was lost, or came from a gateway
    ├── PartlyDoneError         some of several writes were refused; the others are done
    ├── FindingsError           something was found that was to be told; nothing went wrong
    ├── RequirementsError       what a notebook needs is not there; the message lists all of it
    ├── NotReadyError           what a write has begun failed later, or is not finished yet
    ├── UnexpectedAnswerError   the answer is not what this API sends (HTML, a broken body)
    ├── InterruptedReadError    Ctrl-C; the message says what was under way
    └── ApiError                the server said no
        ├── BadRequestError         400, 413, 414, 422
        ├── AuthenticationError     401
        │   ├── TokenExpiredError       … and the token cannot be renewed
        │   └── DeviceTokenError        … because this route refuses device tokens
        ├── PlanLimitError          402
        ├── PermissionDeniedError   403
        ├── NotFoundError           404
        │   └── RouteNotFoundError      … the route itself, not the object
        ├── ConflictError           409
        ├── RateLimitedError        429
        └── ServerError             5xx
            └── SwitchedOffError        501, 405 of a workspace: this server has that off

IPython prints what `_render_traceback_` returns instead of a traceback, and the cell still fails under the
class's own name (measured on IPython 8.12 to 9.18, also under nbclient and papermill).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Self

from zenpro_nb import documentation

__all__ = [
    "AmbiguousNameError", "ApiError", "AuthenticationError", "BadRequestError", "BlockedError", "CaptureError",
    "ConfirmationError", "ConflictError", "ConnectionFailedError", "CredentialError", "DeviceTokenError",
    "FindingsError", "IncompleteError", "InterruptedReadError", "MissingExtraError", "NotFoundError", "NotReadyError",
    "OutcomeUnknownError", "PartlyDoneError", "PermissionDeniedError", "PlanLimitError", "RateLimitedError",
    "ReadOnlyError", "RequirementsError", "ReviewError", "RouteNotFoundError", "SaveError", "ServerError",
    "SettingsError", "SwitchedOffError", "TimedOutError", "TokenExpiredError", "UnexpectedAnswerError",
    "UnknownNameError", "UsageError", "ZenProError",
]  # fmt: skip

# What an error says about the write that raised it.
#   not sent: surely nothing reached the server.
#   refused:  the API said no, in its own words; nothing was done.
#   done:     the write itself succeeded; what it started did not.
#   partly done: some of several writes succeeded; `outcomes` says which.
#   unknown:  it may or may not have happened, and only a look at the thing itself tells.
WriteOutcome = Literal["not sent", "refused", "done", "partly done", "unknown"]


class ZenProError(Exception):
    """What happened, and what to do next.

    Args:
        message: one sentence that says what happened.
        hint: one sentence that says what to do next.
        page: the page of the documentation that is about it, where that is not the page of the class.

    Attributes:
        outcome: what the error says about the write that raised it.
        page: the page of the documentation that is about it, by its short name; empty where the message says it all.
        resent: the client had sent this write before, and the server had put it off; what now looks like somebody
            else's work (a 409) may be the first sending's.
        excerpt: lines that are shown below the message: the part of a query that it is about, with a caret.
    """

    outcome: WriteOutcome = "not sent"
    page: str = ""
    resent: bool = False
    excerpt: tuple[str, ...] = ()

    printable: ClassVar[Callable[[str], str]] = str
    """What names and values of others are put through before they are shown. The package's `__init__` sets it: what is
    safe to print is known in a room above this module."""

    def __init__(self, message: str, *, hint: str = "", page: str = "") -> None:
        self.message = ZenProError.printable(message)
        self.hint = ZenProError.printable(hint)
        self.page = page or self.page
        super().__init__(self.message)

    def __str__(self) -> str:
        if not self.hint:
            return self.message
        return f"{_ended(self.message)} {self.hint}"

    def _render_traceback_(self) -> list[str]:
        return self.lines()

    def lines(self) -> list[str]:
        """Return what is shown of it: one line, and the excerpt that it is about, where there is one."""
        told = f"{_ended(str(self))} {documentation.told([self.page])}" if self.page else str(self)
        return [f"{type(self).__name__}: {told}", *map(ZenProError.printable, self.excerpt)]

    def at(self, *lines: str) -> Self:
        """Return the error itself, shown with these lines below it."""
        self.excerpt = lines
        return self


def _ended(sentence: str) -> str:
    """Return a sentence with the sign at its end that it has, else with a full stop."""
    return sentence if sentence.endswith(("?", "!")) else f"{sentence.rstrip('.')}."


class UsageError(ZenProError):
    """The line cannot be carried out as it was typed; nothing was sent.

    What to do: read the end of the line, which says what was meant; `--help` behind the command shows what it
    takes.
    """


class UnknownNameError(UsageError):
    """No organization, role, column, variable … has this name.

    What to do: take the nearest name that the message tells, or list what there is: the noun alone.

    Attributes:
        strangers: the names that nothing on the server bears, and that resemble none there.
    """

    def __init__(self, message: str, *, hint: str = "", strangers: Sequence[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.strangers = list(strangers)


class AmbiguousNameError(UsageError):
    """Several things bear this name; the message lists them with their ids.

    What to do: give the id of the one that is meant.
    """


class IncompleteError(UsageError):
    """The line leaves out what the change needs; nothing was sent. A notebook that is watched opens its form.

    What to do: add what the message names, or fill in the form: `%zenpro form …`.
    """

    context: Any = None  # click's, of the command; None where the command was not reached by a line


class MissingExtraError(UsageError):
    """The command needs an optional package that is not installed in this environment; nothing was sent.

    What to do: run the `pip install` command in the message, in the environment where zenpro_nb is installed.
    """


class ConfirmationError(UsageError):
    """The command destroys or disables something, and there is nobody to ask.

    What to do: look at it with `--dry-run`, then add `--yes`.
    """


class ReadOnlyError(ZenProError):
    """The session is read-only and the command is a write; nothing was sent, not even a look-up.

    What to do: use `--dry-run` or `plan` to see what the command would do. To write, remove the setting that the
    message names.
    """

    page = "how-to/read-only"


class BlockedError(ZenProError):
    """A guard blocks at least one write of the command, so none of them was sent.

    What to do: read the guard's reason. Change what the command is about, or add the option that the message names.
    For a plan, `--skip-blocked` applies the other rows.

    `rows` is the table of the blocked writes.
    """

    page = "how-to/guards"

    def __init__(self, message: str, *, hint: str = "", rows: object = None) -> None:
        super().__init__(message, hint=hint)
        self.rows = rows


class SaveError(ZenProError):
    """A file could not be written; the data is untouched.

    What to do: mend what the message says of the file (folder, rights, room), and save again; nothing has to be
    read anew.
    """


class SettingsError(ZenProError):
    """A file of settings or of credentials cannot be used; the message names the file and the line.

    What to do: correct the line that the message names, or take the file away.
    """

    page = "reference/settings"


class CaptureError(ZenProError):
    """A capture on disk cannot be read: it is damaged, or of a newer version; the message names its folder.

    What to do: upgrade zenpro_nb where it is of a newer version; otherwise take another capture, and delete this
    one.
    """

    page = "how-to/compare-with-last-month"


class ReviewError(ZenProError):
    """A review on disk cannot be read: it is damaged, changed by another hand, or of a newer version.

    What to do: bring back the file as it was written; where it was changed by hand, who changed it has to say why.
    """

    page = "how-to/quarterly-review"


class CredentialError(ZenProError):
    """There is no credential, or it may not be used for this server.

    What to do: `%zenpro login`, or set `ZENML_PRO_API_KEY`; `%zenpro doctor` says which credentials were looked
    for.
    """


class ConnectionFailedError(ZenProError):
    """The server was not reached; nothing was done there.

    What to do: check address and network; `%zenpro doctor` tries each step, proxies and certificates included.
    """

    page = "how-to/self-hosted"


class TimedOutError(ConnectionFailedError):
    """The server did not answer in time.

    What to do: try again; a list that is long becomes shorter by a filter or `--limit`.
    """

    page = ""


class OutcomeUnknownError(ZenProError):
    """A write was sent and its answer was lost, or came from something in front of the API: nobody knows what is so.

    What to do: look at the thing itself, which the message says how, before anything is sent again.

    Args:
        message: what happened, in one sentence.
        hint: what to do next.
        method: the method of the write.
        path: its path below the server's URL, without parameters.
        status: the HTTP status of what answered; 0 where nothing did.
        detail: the words of what answered, without secrets.
        request_id: the id under which the server logged the request, if it told one.
        from_api: what answered was the API itself, in its own words.

    Attributes:
        timed_out: nothing answered in time, so that the server may still be at it.
    """

    outcome: WriteOutcome = "unknown"
    page = "explanation/lost-answers"
    timed_out: bool = False

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        method: str = "",
        path: str = "",
        status: int = 0,
        detail: str = "",
        request_id: str | None = None,
        from_api: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.method = method
        self.path = path
        self.status = status
        self.detail = detail
        self.request_id = request_id
        self.from_api = from_api


class PartlyDoneError(ZenProError):
    """Some of several writes were refused or not sent; what is done stays done.

    What to do: look at the rows of `outcomes` that are not done, mend their reason, and run the same line again.

    `outcomes` is the frame with a row for each.
    """

    outcome: WriteOutcome = "partly done"

    def __init__(self, message: str, *, hint: str = "", outcomes: object = None) -> None:
        super().__init__(message, hint=hint)
        self.outcomes = outcomes


class FindingsError(ZenProError):
    """A check that was asked to fail where something is found has found something; nothing went wrong.

    What to do: look at `findings`; each row says what to do about it.

    `findings` is the frame with a row for each; the shell exits with 3.
    """

    def __init__(self, message: str, *, hint: str = "", findings: object = None) -> None:
        super().__init__(message, hint=hint)
        self.findings = findings


class RequirementsError(ZenProError):
    """What a notebook needs is not there; the message is a list of all that is missing, a line each.

    What to do: go through the list from its beginning, then run the cell again.

    Attributes:
        missing: what is missing, and what to do about it.
    """

    def __init__(self, message: str, *, hint: str = "", missing: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message, hint=hint)
        self.missing = [(ZenProError.printable(what), ZenProError.printable(do)) for what, do in missing]

    def __str__(self) -> str:
        return "\n".join([f"{super().__str__()}:", *(f"  - {what}. To do: {do}" for what, do in self.missing)])

    def _render_traceback_(self) -> list[str]:
        return super()._render_traceback_()[0].splitlines()


class NotReadyError(ZenProError):
    """A write was done, and what it has begun failed later, or is not finished in time.

    What to do: look at the thing, whose state says how far it came; what was done is not undone.
    """

    outcome: WriteOutcome = "done"


class UnexpectedAnswerError(ZenProError):
    """The server answered with something that this API never sends, HTML for instance.

    What to do: check that the address is the API's (self-hosted ones carry `/api/v1`), and what stands in front of
    it.
    """

    outcome: WriteOutcome = "unknown"


class InterruptedReadError(ZenProError):
    """Ctrl-C stopped what was under way, a read as a rule; `rows` had been read by then.

    What to do: run the cell again; after a write, look at the thing first.
    """

    outcome: WriteOutcome = "unknown"

    def __init__(self, message: str, *, hint: str = "", rows: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.rows = rows


class ApiError(ZenProError):
    """The server refused.

    What to do: read the server's own words in the message; `request_id` is what its administrators can look for.

    Args:
        message: what happened, in one sentence.
        hint: what to do next.
        status: the HTTP status.
        detail: the server's own words, without secrets.
        request_id: the id under which the server logged the request, if it told one.
        fields: for a 422, the server's words by the name of the parameter they are about.
        greatest: for a 422, the greatest value that is allowed, by the name of the parameter.
        code: the server's name for it: its exception class (`EntityExistsError`) or OAuth error (`slow_down`).
        from_api: the API itself said no, in its own words; False where a gateway or a proxy did.
    """

    outcome: WriteOutcome = "refused"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int = 0,
        detail: str = "",
        request_id: str | None = None,
        fields: dict[str, str] | None = None,
        greatest: dict[str, int] | None = None,
        code: str = "",
        from_api: bool = True,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.detail = detail
        self.request_id = request_id
        self.fields = fields or {}
        self.greatest = greatest or {}
        self.code = code
        self.from_api = from_api


class BadRequestError(ApiError):
    """The server found the request wrong (400, 413, 414, 422; 405 of a control plane).

    What to do: correct the value that the message names.
    """


class AuthenticationError(ApiError):
    """The server did not accept the credential (401).

    What to do: sign in again, or exchange the key: `%zenpro login`; `%zenpro doctor` says whose it is.
    """


class TokenExpiredError(AuthenticationError):
    """The token is used up and cannot be renewed by itself.

    What to do: fetch a new token from the dashboard, or use a key, which is renewed by itself.
    """


class DeviceTokenError(AuthenticationError):
    """This route refuses tokens that come from a device login.

    What to do: use an API key or a token of the dashboard's instead: `%zenpro login`.
    """


class PlanLimitError(ApiError):
    """The organization's plan does not allow it (402).

    What to do: free one of what is limited, or change the plan of the organization.
    """


class PermissionDeniedError(ApiError):
    """The server does not allow this (403): to this account, or to anyone in the present state.

    What to do: read the server's reason in the message. If it is about permissions, `%zenpro access --can ACTION:TYPE`
    shows who has them.
    """


class NotFoundError(ApiError):
    """There is no such object, or it is not visible to the credential's owner (404).

    What to do: list what there is; what is not listed may be in another organization, or hidden from this
    credential.
    """


class RouteNotFoundError(NotFoundError):
    """The server does not know the route itself.

    What to do: `%zenpro doctor` compares the server with what this version knows; an older server lacks newer
    routes.
    """


class ConflictError(ApiError):
    """It exists already (409).

    What to do: look at the one that is there; it may be what was wanted.
    """


class RateLimitedError(ApiError):
    """Too many requests, and waiting did not help (429).

    What to do: wait, or ask for less at once: `ZENPRO_WORKERS=4`.
    """


class ServerError(ApiError):
    """The server failed (5xx), before or after it did what it was asked for.

    What to do: try a read again later; after a write, look at the thing first.
    """

    outcome: WriteOutcome = "unknown"


class SwitchedOffError(ServerError):
    """The server has this feature switched off (501, and 405 of a workspace): trying again does not help.

    What to do: ask the server's administrators whether it can be switched on.
    """
