"""People whom a plan brings back: they were deactivated, or removed from the organization, by an earlier command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb import access, limits
from zenpro_nb.access import Inventory, Plan, State
from zenpro_nb.access.plans.effects import Effect
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.journal.commands import SUCCESS_STATES, keys_of
from zenpro_nb.journal.journal import Journal
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.unparse import quoted

Record = Mapping[str, Any]
_INVITATION = re.compile(r"/organizations/([^/]+)/invitations/([^/]+)")
_EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>(),]+")
DEACTIVATED, DELETED, REMOVED, WITHDRAWN = "deactivated", "deleted", "removed", "withdrawn"
_WORDS = {
    DEACTIVATED: "was deactivated",
    DELETED: "had an account that was deleted",
    REMOVED: "was removed from the organization",
    WITHDRAWN: "had an invitation that was withdrawn",
}


class Departure(Struct, frozen=True):
    """An earlier removal of a person: what happened, the day, the command, and the email, if the journal has them."""

    kind: str
    day: str = ""
    command: str = ""
    email: str = ""

    def __str__(self) -> str:
        if not self.day:
            return f"{_WORDS[self.kind]} (the journal on this machine does not show when)"
        return f"{_WORDS[self.kind]} on {self.day} (`{self.command}`)"


class Returning(Struct, frozen=True):
    """A person whom a plan brings back, and how the person had left."""

    name: str
    departure: Departure


def returning(ctx: CommandContext, plan: Plan, inventory: Inventory) -> list[Returning]:
    """Return the people who get access by the plan although they were deactivated or had left, in its order."""
    state = State.of(inventory)
    steps = [step for step in plan.changes if step.does == "add" and step.party.field in ("user_id", "invitation_id")]
    candidates = {(step.party.field, step.party.id or step.party.name): step.party.name for step in steps}
    left = [(key, name) for key, name in candidates.items() if _is_outside(*key, state)]
    if not left:
        return []
    departures = _departures(ctx.session.settings.url, inventory.organization_id, state)
    found = []
    for (_, key), name in left:
        account_id = key if key in state.accounts else next(iter(state.accounts_named.get(name.casefold(), ())), "")
        last = departures.get(account_id) or departures.get(name.casefold())
        account = state.accounts.get(account_id)
        if account is not None and account.active is False and (last is None or last.kind != DEACTIVATED):
            last = Departure(DEACTIVATED)
        if last is not None:
            found.append(Returning(name, last))
    return found


def explained(ctx: CommandContext, error: UnknownNameError, inventory: Inventory, text: str) -> UnknownNameError:
    """Return the error about unknown people or an unknown ID with what the journal, or a comment of the file, adds.

    Args:
        text: the text of the file or cell; "" if there is none.
    """
    key = error.principal_id
    departures = _departures(ctx.session.settings.url, inventory.organization_id, State.of(inventory))
    if not key:
        gone = {name: departures[name.casefold()] for name in error.names if name.casefold() in departures}
        if len(gone) == 1:
            ((name, departure),) = gone.items()
            error.message += f". {name} {departure}"
        elif gone:
            error.message += f". The journal shows that {len(gone):,} of them were deactivated or have left"
        return error
    left = departures.get(key)
    comment = re.search(rf"id:{re.escape(key)}['\"]?[ \t]+#[ \t]*(.+)", text)
    email = left.email if left is not None else ""
    if left is not None and email:
        person = f"it meant {email}, who {left}"
    elif comment:
        person = f"the comment on this line is {comment[1].strip()!r}"
        email = next(iter(_EMAIL.findall(comment[1])), "")
    else:
        return error
    hint = "Delete the line."
    if email:
        again = f"`invitations create {quoted(email)} --role ROLE`"
        hint = f"Delete the line, or write {email} in place of id:{key}; {again} invites a person without an account."
    return UnknownNameError(f"{error.message}: {person}", hint=hint)


def _is_outside(field: str, key: str, state: State) -> bool:
    """Return whether a principal has no access now: deactivated, or neither a member nor invited."""
    if key in state.accounts:
        return state.accounts[key].active is False or not state.is_member((field, key))
    return key not in state.invitations


def _departures(server: str, organization_id: str | None, state: State) -> dict[str, Departure]:
    """Return the last departure of each person in the journal, by the ID of the account or invitation, and by email."""
    found: dict[str, Departure] = {}
    names: dict[str, str] = {}  # by the keys of writes, which the writes that undo them refer to
    for entry in Journal().entries():
        name = str(entry.get("name") or names.get(str(entry.get("undoes") or "")) or "")
        names.update(dict.fromkeys(keys_of(entry), name))
        if entry.get("server") != server or entry.get("outcome") not in SUCCESS_STATES:
            continue
        for key, kind in _removals(entry, organization_id, state):
            command = " ".join(str(entry.get("command") or "").split()[:2])
            emails = _emails(name, entry)
            departure = Departure(kind, str(entry.get("time") or "")[:10], command, next(iter(emails), ""))
            found.update(dict.fromkeys([key, *map(str.casefold, emails)], departure))
    return found


def _emails(name: str, entry: Record) -> list[str]:
    """Return the email of the person of a write; those in its target if an older version recorded no name."""
    if name:
        return [name] if "@" in name else []
    return _EMAIL.findall(str(entry.get("target") or ""))


def _removals(entry: Record, organization_id: str | None, state: State) -> Iterator[tuple[str, str]]:
    """Yield the IDs of the accounts and invitations that a write removed, and how."""
    method, route, params = str(entry.get("method")), str(entry.get("route")), entry.get("params") or {}
    match = _INVITATION.fullmatch(route)
    if method == "DELETE" and match and match[1] == organization_id:
        yield match[2], WITHDRAWN
    for effect in access.effects_of(0, method, route, params, entry.get("body")):
        kind = _kind(effect, organization_id, state) if effect.does == "remove" else ""
        if kind and effect.holder[0] == "user_id":
            yield effect.holder[1], DELETED if kind == DEACTIVATED and method == "DELETE" else kind


def _kind(effect: Effect, organization_id: str | None, state: State) -> str:
    """Return what an effect does to an account: "" if it is still in the organization, and can sign in."""
    role = state.roles.get(effect.role)
    if effect.kind == "account":
        return DEACTIVATED
    if effect.kind == "membership" and effect.organization_id == organization_id:
        return REMOVED
    return REMOVED if effect.kind == "role" and role is not None and role.level == "organization" else ""


def warn(ctx: CommandContext, people: Sequence[Returning]) -> None:
    """Warn about each of the first people, and count the others."""
    for person in people[: limits.RETURNING_NAMED]:
        ctx.ui.warn(f"the plan gives access to {person.name}, who {person.departure}")
    if len(people) > limits.RETURNING_NAMED:
        more = len(people) - limits.RETURNING_NAMED
        were = "was" if more == 1 else "were"
        ctx.ui.warn(f"the plan gives access to {counted(more, 'more person')} who {were} deactivated or had left")


def sentence(people: Sequence[Returning]) -> str:
    """Return the sentence for the question before the plan; "" if there are none.

    >>> sentence([Returning("ada@example.com", Departure(DEACTIVATED))])
    'The plan gives access to ada@example.com, who was deactivated or had left.'
    """
    names = name_list([person.name for person in people], limits.RETURNING_NAMED)
    were = "was" if len(people) == 1 else "were"
    return f"The plan gives access to {names}, who {were} deactivated or had left." if people else ""
