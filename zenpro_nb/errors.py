"""All errors that a user of zenpro_nb can encounter.

    ZenProError
    ├── UsageError              the command cannot be run as typed
    │   ├── UnknownNameError        no such organization, role, column, variable …
    │   ├── AmbiguousNameError      several objects have this name
    │   ├── IncompleteError         required arguments are missing; a notebook opens the form
    │   ├── MissingExtraError       the command needs an optional package that is not installed
    │   └── ConfirmationError       a destructive command in a session that cannot ask for confirmation
    ├── ReadOnlyError           the session is read-only, and the command is a write; nothing was sent
    ├── BlockedError            a guard blocks at least one write; none of the command's writes were sent
    ├── SaveError               a file could not be written
    ├── SettingsError           a settings file cannot be used
    ├── CaptureError            a capture on disk cannot be read
    ├── ReviewError             a review on disk cannot be read, or was edited
    ├── CredentialError         no credential, or one that cannot be used for this server
    ├── ConnectionFailedError   the server could not be reached
    │   └── TimedOutError           the server did not respond in time
    ├── OutcomeUnknownError     a write was sent, but its response was lost or came from a gateway
    ├── PartlyDoneError         some of several writes were refused; the others are done
    ├── FindingsError           a check found something; the command itself succeeded
    ├── RequirementsError       requirements of a notebook are not met; the message lists all of them
    ├── NotReadyError           an operation that a write started failed later, or has not finished
    ├── UnexpectedAnswerError   the response is not one that this API sends (HTML, a broken body)
    ├── InterruptedReadError    Ctrl-C; the message names the interrupted operation
    └── ApiError                the server refused the request
        ├── BadRequestError         400, 413, 414, 422
        ├── AuthenticationError     401
        │   ├── TokenExpiredError       … and the token cannot be refreshed
        │   └── DeviceTokenError        … because this route refuses device tokens
        ├── PlanLimitError          402
        ├── PermissionDeniedError   403
        ├── NotFoundError           404
        │   └── RouteNotFoundError      … the route itself, not the object
        ├── ConflictError           409
        ├── RateLimitedError        429
        └── ServerError             5xx
            └── SwitchedOffError        501, 405 of a workspace: the feature is switched off

IPython prints what `_render_traceback_` returns instead of a traceback. The cell still fails with the class's own name
(measured on IPython 8.12 to 9.18, also under nbclient and papermill).
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
        replaced: a part of the line as typed and its correction, for the corrected line in the hint.
    """

    outcome: WriteOutcome = "not sent"
    page: str = ""
    resent: bool = False
    excerpt: tuple[str, ...] = ()
    adds: str = ""
    replaced: tuple[str, str] | None = None

    printable: ClassVar[Callable[[str], str]] = str
    """Makes names and values from other people safe to show.

    The package's `__init__` sets it, because the code that knows which characters are safe is in a layer above this
    module.
    """

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
        return self.lines()

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


class UsageError(ZenProError):
    """The command cannot be run as typed; nothing was sent.

    What to do: read the end of the message, which often suggests a correction; `--help` after the command shows its
    arguments.
    """


class UnknownNameError(UsageError):
    """No organization, role, column, variable … has this name.

    What to do: use the name that the message suggests, or list the existing names with the noun alone.

    Attributes:
        strangers: names that do not exist on the server and resemble no existing name.
        corrections: names that certainly work in place of the wrong one.
    """

    def __init__(self, message: str, *, hint: str = "", strangers: Sequence[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.strangers = list(strangers)
        self.corrections: Sequence[str] = ()


class AmbiguousNameError(UsageError):
    """Several objects have this name; the message lists them with their ids.

    What to do: pass the id of the right object.
    """


class IncompleteError(UsageError):
    """The command lacks arguments that the change requires; nothing was sent. An interactive notebook opens the form.

    What to do: add the arguments that the message names, or fill in the form: `%zenpro form …`.
    """

    context: Any = None  # click's context of the command; None if the command did not come from a typed line
    parameter: str = ""  # the only missing parameter, if a question can ask for it
    question: str = ""  # that question
    example: str = ""  # a value of that option, as a line spells it


class MissingExtraError(UsageError):
    """The command needs an optional package that is not installed in this environment; nothing was sent.

    What to do: run the `pip install` command in the message, in the environment where zenpro_nb is installed.
    """


class ConfirmationError(UsageError):
    """The command deletes or disables something, and the session cannot ask for confirmation.

    What to do: preview it with `--dry-run`, then add `--yes`.
    """


class ReadOnlyError(ZenProError):
    """The session is read-only and the command is a write; nothing was sent, and nothing was read.

    What to do: use `--dry-run` or `plan` to see what the command would do. To write, remove the setting that the
    message names.
    """

    page = "how-to/read-only"


class BlockedError(ZenProError):
    """A guard blocks at least one write of the command, so none of them was sent.

    What to do: read the guard's reason. Change the target of the command, or add the option that the message names. For
    a plan, `--skip-blocked` applies the other rows.

    `rows` is the table of the blocked writes.
    """

    page = "how-to/guards"

    def __init__(self, message: str, *, hint: str = "", rows: object = None) -> None:
        super().__init__(message, hint=hint)
        self.rows = rows


class SaveError(ZenProError):
    """A file could not be written; the data is still in memory.

    What to do: fix the problem in the message (folder, permissions, disk space), and save again; the data does not have
    to be read again.
    """


class SettingsError(ZenProError):
    """A settings or credentials file cannot be used; the message names the file and the line.

    What to do: correct the line that the message names, or remove the file.
    """

    page = "reference/settings"


class CaptureError(ZenProError):
    """A capture on disk cannot be read: it is damaged, or a newer version wrote it; the message names its folder.

    What to do: if a newer version wrote it, upgrade zenpro_nb. If it is damaged, take another capture, and delete this
    one.
    """

    page = "how-to/compare-with-last-month"


class ReviewError(ZenProError):
    """A review on disk cannot be read: it is damaged, edited outside zenpro, or written by a newer version.

    What to do: restore the original file. If someone edited it by hand, ask them why.
    """

    page = "how-to/quarterly-review"


class CredentialError(ZenProError):
    """No credential was found, or it cannot be used for this server.

    What to do: run `%zenpro login`, or set `ZENML_PRO_API_KEY`; `%zenpro doctor` lists the places where zenpro looked.
    """


class ConnectionFailedError(ZenProError):
    """The server could not be reached; nothing was done there.

    What to do: check the address and the network; `%zenpro doctor` tests each step, including proxies and certificates.
    """

    page = "how-to/self-hosted"


class TimedOutError(ConnectionFailedError):
    """The server did not respond in time.

    What to do: try again; shorten a long list with a filter or `--limit`.
    """

    page = ""


class OutcomeUnknownError(ZenProError):
    """A write was sent, but its response was lost or came from a gateway; the result is unknown.

    What to do: before you send anything again, check the object itself; the message shows how.

    Args:
        message: what happened, in one sentence.
        hint: the next step.
        method: the HTTP method of the write.
        path: its path below the server's URL, without parameters.
        status: the HTTP status of the response; 0 if there was none.
        detail: the text of the response, without secrets.
        request_id: the id under which the server logged the request, if it sent one.
        from_api: whether the response came from the API itself.

    Attributes:
        timed_out: whether no response arrived in time, in which case the server may still be processing the request.
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
    """Some of several writes were refused or not sent; the successful ones stay in effect.

    What to do: look at the rows of `outcomes` that are not done, fix the reason, and run the same command again.

    `outcomes` is a DataFrame with one row per write.
    """

    outcome: WriteOutcome = "partly done"

    def __init__(self, message: str, *, hint: str = "", outcomes: object = None) -> None:
        super().__init__(message, hint=hint)
        self.outcomes = outcomes


class FindingsError(ZenProError):
    """A check with `--fail-on-findings` or a similar option found something; the command itself succeeded.

    What to do: look at `findings`; each row includes the next step.

    `findings` is a DataFrame with one row per finding; the shell exits with 3.
    """

    def __init__(self, message: str, *, hint: str = "", findings: object = None) -> None:
        super().__init__(message, hint=hint)
        self.findings = findings


class RequirementsError(ZenProError):
    """A requirement of the notebook is not met; the message lists every missing requirement, one per line.

    What to do: work through the list from the top, then run the cell again.

    Attributes:
        missing: each missing requirement, with its fix.
    """

    def __init__(self, message: str, *, hint: str = "", missing: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message, hint=hint)
        self.missing = [(ZenProError.printable(what), ZenProError.printable(do)) for what, do in missing]

    def __str__(self) -> str:
        return "\n".join([f"{super().__str__()}:", *(f"  - {what}. To do: {do}" for what, do in self.missing)])

    def _render_traceback_(self) -> list[str]:
        return super()._render_traceback_()[0].splitlines()


class NotReadyError(ZenProError):
    """A write succeeded, but the operation that it started failed later or did not finish in time.

    What to do: check the state of the object, which shows how far it got; the write is not undone.
    """

    outcome: WriteOutcome = "done"


class UnexpectedAnswerError(ZenProError):
    """The response is not one that this API sends, for example HTML.

    What to do: check that the address is the API's (a self-hosted one usually ends with `/api/v1`), and check any proxy
    in front of it.
    """

    outcome: WriteOutcome = "unknown"


class InterruptedReadError(ZenProError):
    """Ctrl-C stopped a running operation, usually a read; `rows` is the number of rows read before that.

    What to do: run the cell again; after a write, check the object first.
    """

    outcome: WriteOutcome = "unknown"

    def __init__(self, message: str, *, hint: str = "", rows: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.rows = rows


class ApiError(ZenProError):
    """The server refused the request.

    What to do: read the server's message; its administrators can search their logs for `request_id`.

    Args:
        message: what happened, in one sentence.
        hint: the next step.
        status: the HTTP status.
        detail: the server's own message, without secrets.
        request_id: the id under which the server logged the request, if it sent one.
        fields: for a 422, the server's message for each parameter.
        greatest: for a 422, the greatest allowed value for each parameter.
        code: the server's name for the error: its exception class (`EntityExistsError`) or OAuth error (`slow_down`).
        from_api: whether the API itself refused the request; False if a gateway or a proxy did.
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
    """The server found the request invalid (400, 413, 414, 422; 405 from a control plane).

    What to do: correct the value that the message names.
    """


class AuthenticationError(ApiError):
    """The server did not accept the credential (401).

    What to do: sign in again, or replace the key: `%zenpro login`; `%zenpro doctor` shows whose it is.
    """


class TokenExpiredError(AuthenticationError):
    """The token has expired and cannot be refreshed automatically.

    What to do: copy a new token from the dashboard, or use an API key, for which session tokens are refreshed
    automatically.
    """


class DeviceTokenError(AuthenticationError):
    """This route does not accept tokens from a device login.

    What to do: use an API key or a token from the dashboard instead: `%zenpro login`.
    """


class PlanLimitError(ApiError):
    """The organization's subscription does not allow the request (402).

    What to do: delete an object that counts towards the limit, or upgrade the organization's subscription.
    """


class PermissionDeniedError(ApiError):
    """The server does not allow this (403), either for this account or for anyone in the current state.

    What to do: read the server's reason in the message. If it is about permissions, `%zenpro access --can ACTION:TYPE`
    shows who has them.
    """


class NotFoundError(ApiError):
    """The object does not exist, or the credential's owner cannot see it (404).

    What to do: list the existing objects; a missing one may be in another organization, or hidden from this credential.
    """


class RouteNotFoundError(NotFoundError):
    """The server does not have this route.

    What to do: run `%zenpro doctor` to compare the server with this version; an older server lacks newer routes.
    """


class ConflictError(ApiError):
    """The object already exists (409).

    What to do: look at the existing object; it may be the one you want.
    """


class RateLimitedError(ApiError):
    """The server received too many requests, and waiting did not help (429).

    What to do: wait, or send fewer concurrent requests: `ZENPRO_WORKERS=4`.
    """


class ServerError(ApiError):
    """The server failed (5xx), before or after it carried out the request.

    What to do: repeat a read later; after a write, check the object first.
    """

    outcome: WriteOutcome = "unknown"


class SwitchedOffError(ServerError):
    """The feature is switched off on this server (501, or 405 from a workspace); trying again does not help.

    What to do: ask the server's administrators whether they can switch it on.
    """
