"""Errors of a command: it cannot run, its connection fails, or it ends with a result that is not a success."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from zenpro_nb.errors.base import WriteOutcome, ZenProError


class UsageError(ZenProError):
    """The command cannot be run as typed; nothing was sent.

    What to do: read the end of the message, which often suggests a correction; `--help` after the command shows its
    arguments.
    """


class UnknownNameError(UsageError):
    """No organization, role, column, variable … has this name.

    What to do: use the name that the message suggests, or list the existing names with the noun alone.

    Attributes:
        names: names that do not exist on the server; none if it is certain that they are not invited either.
        strangers: those of them that resemble no existing name.
        corrections: names that certainly work in place of the wrong one.
        invited: people without an account who are invited; the option `--invitation` names them.
        principal_id: the ID of a principal that does not exist, if it was given by ID.
        parts: the errors about single names, if this error is about several.
        only_key: the service account that was named in place of its only key, and that key.
    """

    def __init__(
        self, message: str, *, hint: str = "", strangers: Sequence[str] = (), names: Sequence[str] | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.strangers = list(strangers)
        self.names = self.strangers if names is None else list(names)
        self.corrections: Sequence[str] = ()
        self.invited: Sequence[str] = ()
        self.principal_id = ""
        self.parts: Sequence[UnknownNameError] = ()
        self.only_key: tuple[str, str] | None = None


class AmbiguousNameError(UsageError):
    """Several objects have this name; the message lists them with their ids.

    What to do: pass the id of the right object.

    Attributes:
        name: the name that was typed.
        ids: what can be typed instead, for each of the objects.
    """

    def __init__(
        self, message: str, *, hint: str = "Pass the ID instead.", name: str = "", ids: Sequence[str] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.name = name
        self.ids = list(ids)


class IncompleteError(UsageError):
    """The command lacks arguments that the change requires; nothing was sent. An interactive notebook opens the form.

    What to do: add the arguments that the message names, or fill in the form: `%zenpro form …`.
    """

    context: Any = None  # click's context of the command; None if the command did not come from a typed line
    parameter: str = ""  # the only missing parameter, if a question can ask for it
    question: str = ""  # that question
    question_again: str = ""  # the question after an answer that cannot be used
    value_of: Callable[[str], str] | None = None  # turns an answer into its value, or raises UsageError with the reason
    example: str = ""  # a value of that option, as a line spells it


class MissingExtraError(UsageError):
    """The command needs an optional package that is not installed in this environment; nothing was sent.

    What to do: run the `pip install` command in the message, in the environment where zenpro_nb is installed.
    """


class ConfirmationError(UsageError):
    """The command deletes or disables something, or sends many changes, and the session cannot ask for confirmation.

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

    `rows` is the table of the blocked writes. `repeats` contains the options to add when the command is repeated after
    the step that the hint names; None if the hint names none.
    """

    page = "how-to/guards"
    REPEAT: ClassVar[str] = "Then repeat this command"

    def __init__(self, message: str, *, hint: str = "", rows: object = None, repeats: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.rows = rows
        self.repeats = repeats


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

    What to do: fix the reasons in the message, and run the same command again.

    The message contains at most three different reasons. `outcomes` is a DataFrame with one row per write; its column
    `detail` contains all of them.
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
    is_interrupted = True

    def __init__(self, message: str, *, hint: str = "", rows: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.rows = rows

    @classmethod
    def before_sending(cls, hint: str = "Run the command again to send it.") -> InterruptedReadError:
        """Return the error for a command that would have changed something, but sent nothing yet."""
        error = cls("Stopped by Ctrl-C; nothing was sent", hint=hint)
        error.outcome = "not sent"
        return error
