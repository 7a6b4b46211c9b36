"""A write as data: prepared, shown, and only then sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from msgspec import Struct, field

from zenpro_nb.errors import IncompleteError
from zenpro_nb.framework.writes.undo import Undo
from zenpro_nb.resources import Resource
from zenpro_nb.security.secret import Secret
from zenpro_nb.security.secret_destinations import Destination

if TYPE_CHECKING:
    from zenpro_nb.client import Client

STOPPED = "stopped by Ctrl-C"  # why a write was not sent
CTRL_C = "Ctrl-C came before the answer"  # why it had to be checked

Record = Mapping[str, Any]
Verifier = Callable[[], "Record | bool | None"]


@runtime_checkable
class StatefulCheck(Protocol):
    """A look that must know what was there before: a name alone does not tell the new from the old."""

    def note(self) -> None:
        """Note what is there now; called just before the write is sent."""
        ...

    def __call__(self) -> Record | bool | None:
        """Return what a `Verifier` returns."""
        ...


class Obstacle(Struct, frozen=True):
    """What a look found in the way of a write that the server called a conflict."""

    words: str  # "is invited already, as Organization Member"
    as_good: bool  # it is as the write would have made it


class SecretPrompt(Struct, frozen=True):
    """A secret that is asked for when the write is about to be sent, and not before: previews never ask."""

    prompt: str
    variable: str  # the environment variable that holds it where nobody can type

    def __str__(self) -> str:
        return "(asked for when it is sent)"


class Keep(Struct, frozen=True):
    """The secret that the answer holds this once, and where it is put."""

    field: str  # dotted where it is nested: "body.key"
    what: str  # for people: "the key of 'ci'"
    destination: Destination
    rescue: str  # how to get a new one, should this one be lost: a line to type; `{key}` stands for its id or name
    name: str = ""  # what stands in the place of `{key}` where no id is known


class Write(Struct, frozen=True):
    """One request that changes something, and has not been sent.

    A command that writes is a function that returns one of these, or several. The dry run, the form's preview, the
    question before something is destroyed, and the request itself all come from it.
    """

    method: str
    path: str
    target: str  # what it is about, for people: "ada@example.com as Workspace Developer in ml-prod"
    name: str = ""  # the name of the thing itself, as it stands in the target: "ada@example.com"
    done: str = ""  # what it has done, before the target: "deleted"; the command knows it, see `announcement`
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    resource: Resource | None = None  # what the server answers with; None: nothing of interest
    happened: Verifier | None = None
    """Looks whether it has happened, after its answer was lost: the record or True if so, False if not, None if a look
    cannot tell."""
    already: str = ""  # what a 409 means where the look finds it so: "has the role already"
    absent: str = "is gone already"  # what a 404 of a deletion means where the look finds it so
    obstacle: Callable[[], Obstacle | None] | None = (
        None  # looks what a 409 is about, where that is not the thing itself
    )
    stays: str = ""  # what whoever is removed keeps: "keeps: Workspace Developer in ml-prod"
    warning: str = ""  # what whoever is asked should know about this very one: "This session signs in with it."
    question: str = ""  # asked before it is sent; the command words it, since it destroys or disables something
    typed: str = ""  # the name that whoever is asked types, since it destroys for good; empty: yes or no will do
    keep: Keep | None = None
    client: Client | None = None  # where it is sent; None: the control plane in use
    marks: Mapping[str, str] = field(default_factory=dict)  # what its frame shows beside the fields of the answer
    action: str = ""  # what a plan of several kinds of writes calls it: "deactivate", "remove"
    blocked: str = ""  # why a guard or a conflict forbids it: the command fails; it is in the plan for people to see
    guard: str = ""  # the guard that blocks it; `why` and `override` are the parts of `blocked` for a table
    why: str = ""
    override: str = ""  # the option that lets it pass, or what to do
    skipped: str = ""  # why it is impossible here: it is reported and not sent, and the rest continues
    caution: str = ""  # part of the confirmation, since an option overrides a guard: "This is you."
    noop: str = ""  # why it changes nothing, so that it is reported and not sent: "already active"
    shown: Record | None = None  # the record of an object that stays as it is, for the frame
    late: Callable[[], Write] | None = None
    """Makes it anew when its turn comes, from what the writes before it have made."""
    learn: Callable[[Record], None] | None = None
    """Called with the record of what it has created, before the writes that need it are sent."""
    step: int = 0  # its number in the plan that it is a step of
    needs: tuple[int, ...] = ()  # the numbers of the steps without which it is not sent
    plan: str = ""  # the id of the plan
    before: Mapping[str, Any] | None = None
    """The fields that it changes, as they were; `THERE` or `ABSENT` of what is removed or made. None: nobody looked."""
    inverse: tuple[Undo, ...] = ()  # what takes it back, in this order; empty where nothing does
    irreversible: str = ""  # why nothing does
    undoes: str = ""  # the key of the write that it takes back: see `journal.commands`
    recreates: str = ""  # the id of the deleted object that it creates again, under a new id

    @property
    def held(self) -> str:
        """Return why it is not sent; empty where it is."""
        return self.blocked or self.skipped

    @property
    def sent_params(self) -> dict[str, Any]:
        """Return the query parameters, those that nobody gave left out."""
        return {name: value for name, value in self.params.items() if value is not None}

    @property
    def undoing(self) -> str:
        """Return what whoever sends it should know about taking it back, as a sentence; empty where that is simple."""
        if self.irreversible:
            return f"This cannot be undone: {self.irreversible}."
        partly = "; ".join(dict.fromkeys(undo.partly for undo in self.inverse if undo.partly))
        return f"This can be undone only in part: {partly}." if partly else ""


class JudgedWrites(list[Write]):
    """Writes that the guards of a plan have judged: the gate does not judge them again."""


class PlannedWrites(JudgedWrites):
    """The writes of a plan that has a table of its own, which is shown to whoever is asked."""

    def __init__(self, writes: Iterable[Write], table: Any) -> None:
        super().__init__(writes)
        self.table = table


class Outcome(Struct, frozen=True):
    """What became of a write."""

    write: Write
    state: str  # done, already, refused, not done, not sent, not kept, blocked, skipped, or unknown
    detail: str = ""
    record: Record | None = None
    request_id: str | None = None
    error: Exception | None = None
    answered: bool = False  # a look at it was answered: whatever became of it, the server is there

    @property
    def good(self) -> bool:
        """Return whether it is now as it was meant to be."""
        return self.state in ("done", "already")

    @property
    def failed(self) -> bool:
        """Return whether it is not as it was meant to be; what is impossible here was never meant to be sent."""
        return not self.good and self.state != "skipped"


def without_missing(**fields: Any) -> dict[str, Any]:
    """Return the fields of a body, those that nobody gave left out."""
    return {name: value for name, value in fields.items() if value is not None}


def require_change(body: Mapping[str, object]) -> dict[str, object]:
    """Return the body of an update, which must hold a value: the command would silently do nothing.

    Raises:
        IncompleteError: there is none.
    """
    if not body:
        raise IncompleteError("There is nothing to change", hint="Give at least one of the options that --help lists.")
    return dict(body)


def wanted_in(data: Mapping[str, Any] | None) -> list[SecretPrompt]:
    """Return the secrets that are still to be asked for."""
    return [value for value in (data or {}).values() if isinstance(value, SecretPrompt)]


def filled(data: Mapping[str, Any] | None, known: Mapping[SecretPrompt, Secret]) -> dict[str, Any] | None:
    """Return the parameters or the body with the secrets that were asked for."""
    if data is None:
        return None
    return {name: known[value] if isinstance(value, SecretPrompt) else value for name, value in data.items()}
