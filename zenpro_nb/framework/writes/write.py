"""Represent a write as data: prepared, shown, and only then sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb.errors import IncompleteError, ZenProError
from zenpro_nb.framework.writes.undo import Undo
from zenpro_nb.query import CONTROL_PLANE, Where
from zenpro_nb.resources import Resource
from zenpro_nb.security.secret import Secret
from zenpro_nb.security.secret_destinations import Destination

if TYPE_CHECKING:
    from zenpro_nb.client import Client

STOPPED = "stopped by Ctrl-C"  # the reason why a write was not sent
CTRL_C = "Ctrl-C was pressed before the response arrived"  # the reason why it had to be checked

Record = Mapping[str, Any]
Verifier = Callable[[], "Record | bool | None"]


@runtime_checkable
class StatefulCheck(Protocol):
    """A check that must know the previous state: a name alone does not distinguish new objects from old ones."""

    def snapshot(self) -> None:
        """Record the current state; called just before the write is sent."""
        ...

    def __call__(self) -> Record | bool | None:
        """Return the result of a `Verifier`."""
        ...


class Companion(Protocol):
    """A change on this machine that belongs to writes of a command: the same object is in each of them."""

    def begin(self) -> None:
        """Make the change, before anything is sent. An error stops the command."""
        ...

    def end(self, outcomes: Sequence[Outcome]) -> Sequence[str]:
        """Undo the change for the writes that did not succeed; return lines for the user.

        Args:
            outcomes: the outcomes of all writes of the command; none if nothing was sent.
        """
        ...


class Obstacle(Struct, frozen=True):
    """The cause of a conflict that the server reported, as found by a check."""

    words: str  # "is invited already, as Organization Member"
    as_good: bool  # whether the state equals what the write would have created


class SecretPrompt(Struct, frozen=True):
    """A secret that the user is prompted for just before the write is sent; previews never prompt."""

    prompt: str
    variable: str  # the environment variable with the secret for sessions without input

    def __str__(self) -> str:
        return "(prompted for when it is sent)"


class SecretOut(Struct, frozen=True):
    """The secret that only this response contains, and its destination."""

    field: str  # with dots if it is nested: "body.key"
    what: str  # for people: "the key of 'ci'"
    destination: Destination
    rescue: str  # the command that creates a new secret if this one is lost; `{key}` is replaced by its id or name
    name: str = ""  # replaces `{key}` if no id is known


class Remedy(Struct, frozen=True):
    """How a blocked command can be sent without its guard being overridden."""

    first: str  # what to do first, as a sentence with a command
    option: str = ""  # the option that the repeated command needs; empty if it needs none
    override: str = ""  # what overriding the guard means, before "add --option": "To leave acme with 0 … instead"


class Hold(Struct, frozen=True):
    """What the gate found: why a write is not sent, or what the confirmation adds. Set by guards."""

    blocked: str = ""  # why a guard or a conflict forbids it: the command fails, and the plan shows it
    guard: str = ""  # the guard that blocks it; `why` and `override` are the parts of `blocked` for a table
    why: str = ""
    override: str = ""  # the option that allows it, or the next step
    remedy: Remedy | None = None  # the better way, if there is one
    skipped: str = ""  # why it is impossible here: it is reported and not sent, and the rest continues
    remains: str = ""  # with `skipped`: what is open after the command, and the command for it; it is reported last
    caution: str = ""  # a part of the confirmation, because an option overrides a guard: "This is you."


class PlanPosition(Struct, frozen=True):
    """Its place among the steps of a plan. Set by commands that show a plan of several kinds of writes."""

    action: str = ""  # its name in a plan of several kinds of writes: "deactivate", "remove"
    build_later: Callable[[], Write] | None = None
    """Builds it again just before it is sent, from the results of the writes before it."""
    learn: Callable[[Record], None] | None = None
    """Called with the record that it created, before the writes that need it are sent."""
    step: int = 0  # its number in its plan
    needs: tuple[int, ...] = ()  # the numbers of the steps that must succeed before it is sent
    plan: str = ""  # the id of the plan
    principal: str = ""  # the column `principal`, if the write has no name: names determine the order of sending
    usage: str = ""  # the runs that its removal makes impossible, in a sentence


class Confirmation(Struct, frozen=True):
    """What people are asked and told. The class of the command fills it in; a command may add a warning."""

    # The verb in the result message, before the target: "deleted"; set by the command, see `announcement`.
    past_tense: str = ""
    warning: str = ""  # a warning in the confirmation of this write: "This session signs in with it."
    losses: str = ""  # who loses severe access with all writes of the command; the first of them carries it
    gains: Callable[[Sequence[Write]], str] | None = None  # returns who gains an admin role
    question: str = ""  # the confirmation question; set by the command if it destroys or disables something
    continuation: str = (
        ""  # the beginning of the command that continues, if the line without it means another: "undo 3f2a"
    )
    confirm_text: str = ""  # the name to type as confirmation of a permanent deletion; empty: yes or no is enough


class Write(Struct, frozen=True):
    """One prepared request that changes something.

    A write command is a function that returns one or several of these. The dry run, the form's preview, the
    confirmation question and the request itself are all derived from it.
    """

    method: str
    path: str
    target: str  # the target, for people: "ada@example.com as Workspace Developer in ml-prod"
    name: str = ""  # the name of the object itself, as in the target: "ada@example.com"
    sentence: tuple[str, str] | None = None
    """What the result says before and after the name: ("added ", " to team ops"). None: the verb before the target."""
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    resource: Resource | None = None  # the resource that the server returns; None: the response is not used
    verify: Verifier | None = None
    """Checks whether it happened, after its response was lost: the record or True if it did, False if not, None if this
    is unknown.
    """
    on_409: str = ""  # the meaning of a 409 if the check confirms it: "has the role already"
    on_404: str = "no longer exists"  # the meaning of a 404 for a deletion if the check confirms it
    obstacle: Callable[[], Obstacle | None] | None = None  # finds the cause of a 409, if that is not the object itself
    keeps_note: str = ""  # the remark about the roles that remain: "keeps: Workspace Developer in ml-prod"
    secret_out: SecretOut | None = None
    at: Where = CONTROL_PLANE  # the server that it is sent to
    # Columns that its frame shows in addition to the response.
    extra_columns: Mapping[str, str] = field(default_factory=dict)
    noop: str = ""  # why it changes nothing, and is reported but not sent: "already active"
    record: Record | None = None  # the record of an unchanged object, for the frame
    before: Mapping[str, Any] | None = None
    """The previous values of the fields that it changes; `THERE` or `ABSENT` for an object that is removed or created.
    None: the previous state was not read.
    """
    inverse: tuple[Undo, ...] = ()  # the requests that undo it, in this order; empty if it cannot be undone
    irreversible: str = ""  # why it cannot be undone
    undoes: str = ""  # the key of the write that it undoes: see `journal.commands`
    recreates: str = ""  # the id of the deleted object that it creates again, under a new id
    companions: tuple[Companion, ...] = ()  # changes on this machine that belong to it
    confirmation: Confirmation = Confirmation()
    hold: Hold = Hold()
    position: PlanPosition = PlanPosition()

    def with_hold(self, **fields: Any) -> Write:
        """Return the write with these fields of `hold` changed."""
        return replace(self, hold=replace(self.hold, **fields))

    def with_position(self, **fields: Any) -> Write:
        """Return the write with these fields of `position` changed."""
        return replace(self, position=replace(self.position, **fields))

    def with_confirmation(self, **fields: Any) -> Write:
        """Return the write with these fields of `confirmation` changed."""
        return replace(self, confirmation=replace(self.confirmation, **fields))

    @property
    def client(self) -> Client | None:
        """Return the client of the workspace that it is sent to; None for the control plane in use."""
        return self.at.client

    @property
    def hold_text(self) -> str:
        """Return why it is not sent; empty if it is."""
        return self.hold.blocked or self.hold.skipped

    @property
    def sent_params(self) -> dict[str, Any]:
        """Return the query parameters that have a value."""
        return {name: value for name, value in self.params.items() if value is not None}

    @property
    def undoing(self) -> str:
        """Return what users should know about undoing it, as a sentence; empty if undoing is simple."""
        if self.irreversible:
            return f"This cannot be undone: {self.irreversible}."
        partly = "; ".join(dict.fromkeys(undo.partly for undo in self.inverse if undo.partly))
        return f"This can be undone only in part: {partly}." if partly else ""


class JudgedWrites(list[Write]):
    """Writes that the guards of a plan have checked: the gate does not check them again."""


class PlannedWrites(JudgedWrites):
    """The writes of a plan with its own table, which is shown in the confirmation.

    Args:
        answer: the sentence if the plan has nothing to do.
    """

    def __init__(self, writes: Iterable[Write], table: Any, answer: str = "") -> None:
        super().__init__(writes)
        self.table = table
        self.answer = answer


class Outcome(Struct, frozen=True):
    """The outcome of a write."""

    write: Write
    state: str  # done, already, refused, not done, not sent, not kept, blocked, skipped, or unknown
    detail: str = ""
    record: Record | None = None
    request_id: str | None = None
    error: Exception | None = None
    answered: bool = False  # a check of it got a response: whatever its outcome, the server is reachable

    @property
    def good(self) -> bool:
        """Return whether the intended state is reached."""
        return self.state in ("done", "already")

    @property
    def failed(self) -> bool:
        """Return whether it missed the intended state; a write that is impossible here was never going to be sent."""
        return not self.good and self.state != "skipped"


def is_to_send(write: Write) -> bool:
    """Return whether a write would be sent: it changes something, and nothing holds it back."""
    return not write.noop and not write.hold_text


def without_missing(**fields: Any) -> dict[str, Any]:
    """Return the fields of a body that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def require_change(body: Mapping[str, object]) -> dict[str, object]:
    """Return the body of an update. It must contain a value: otherwise the command would silently do nothing.

    Raises:
        IncompleteError: it is empty.
    """
    if not body:
        raise IncompleteError("There is nothing to change", hint="Add at least one of the options that --help lists.")
    return dict(body)


def prompts_in(data: Mapping[str, Any] | None) -> list[SecretPrompt]:
    """Return the secrets that the user must still be prompted for."""
    return [value for value in (data or {}).values() if isinstance(value, SecretPrompt)]


def fill_secrets(data: Mapping[str, Any] | None, values: Mapping[SecretPrompt, Secret]) -> dict[str, Any] | None:
    """Return the parameters or the body with the secrets that the user typed."""
    if data is None:
        return None
    return {name: values[value] if isinstance(value, SecretPrompt) else value for name, value in data.items()}


def begin_companions(writes: Sequence[Write]) -> list[Companion]:
    """Make the changes on this machine that belong to the writes, each once.

    Raises:
        ZenProError: one of them failed; those before it were undone.
    """
    changes: list[Companion] = []
    for companion in dict.fromkeys(
        companion for write in writes if not write.hold_text for companion in write.companions
    ):
        try:
            companion.begin()
        except ZenProError:
            end_companions(changes, ())
            raise
        changes.append(companion)
    return changes


def end_companions(companions: Sequence[Companion], outcomes: Sequence[Outcome]) -> list[str]:
    """End the changes on this machine, and return lines about them for the user."""
    return [line for companion in companions for line in companion.end(outcomes)]
