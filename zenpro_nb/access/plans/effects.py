"""Read the effect of a request on access from the request itself.

The guards of single writes, of `undo` and of future commands use it: a command declares nothing, so nothing can be
    forgotten. A test checks every route of the API against this table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.access.plans.bindings import Binding, Holder, invitation_to_send
from zenpro_nb.access.plans.model import PrincipalRef, Step, StepKind
from zenpro_nb.access.plans.state import State
from zenpro_nb.access.plans.steps import place, principal_of, role_name

_HOLDERS = ("user_id", "team_id", "invitation_id")
_ID = r"([^/?]+)"


class Effect(Struct, frozen=True):
    """The access that one request adds or removes.

    Attributes:
        write: the index of the write in its command.
        does: whether it adds or removes access.
        kind: `role`: a role of one principal; `team-member`: a team membership; `membership`: all organization roles of
            a user; `team` and `role-itself`: a deleted team or role with all its access; `account`: whether an account
            can sign in; `superuser`: whether it has every permission.
        holder: the principal; empty for a team or a role itself.
        organization_id: the organization, if the request contains it.
        bot: the account is a service account.
    """

    write: int
    does: Literal["add", "remove"]
    kind: Literal["role", "team-member", "membership", "team", "role-itself", "account", "superuser"]
    holder: Holder = ("", "")
    team: str = ""
    role: str = ""
    workspace: str = ""
    project: str = ""
    organization_id: str = ""
    bot: bool = False


def effects_of(
    at: int, method: str, path: str, params: Mapping[str, Any], body: Mapping[str, Any] | None
) -> Iterator[Effect]:
    """Yield the effects of a request on access.

    Args:
        at: the index of the write in its command.

    >>> [(e.does, e.kind, e.holder) for e in effects_of(0, "DELETE", "/teams/7/members", {"user_id": "1"}, {})]
    [('remove', 'team-member', ('user_id', '1'))]
    >>> [effect.kind for effect in effects_of(0, "PATCH", "/users/1", {}, {"name": "Ada", "is_active": False})]
    ['account']
    >>> list(effects_of(0, "PATCH", "/teams/7", {}, {"name": "ops"}))
    []
    """
    for pattern, read in _ROUTES:
        match = pattern.fullmatch(path)
        if match:
            yield from read(at, method.upper(), match.groups(), params, body or {})


def _holder(params: Mapping[str, Any]) -> Holder:
    return next(((name, str(params[name])) for name in _HOLDERS if params.get(name)), ("", ""))


_Ids = tuple[str, ...]
_Params = Mapping[str, Any]


def _assignment(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    workspace, project = (str(params.get(name) or "") for name in ("workspace_id", "project_id"))
    assignment = Effect(at, "add", "role", _holder(params), role=ids[0], workspace=workspace, project=project)
    yield from _addition_or_removal(assignment, method)


def _workspace_member(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    role = str(params.get("role_id") or "")
    yield from _addition_or_removal(Effect(at, "add", "role", _holder(params), role=role, workspace=ids[0]), method)


def _team_member(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    yield from _addition_or_removal(Effect(at, "add", "team-member", _holder(params), team=ids[0]), method)


def _addition_or_removal(added: Effect, method: str) -> Iterator[Effect]:
    """Yield the access that a POST adds, or the same DELETE removes."""
    if method == "POST":
        yield added
    if method == "DELETE":
        yield replace(added, does="remove")


def _invitation(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    if method == "POST" and body.get("email") and body.get("role_id"):
        holder = ("invitation_id", invitation_to_send(str(body["email"])))
        yield Effect(at, "add", "role", holder, role=str(body["role_id"]), organization_id=ids[0])


def _membership(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    if method == "DELETE":
        yield Effect(at, "remove", "membership", _holder(params), organization_id=ids[0])


def _team(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    if method == "DELETE":
        yield Effect(at, "remove", "team", team=ids[0])


def _role(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    if method == "DELETE":
        yield Effect(at, "remove", "role-itself", role=ids[0])


def _user(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    yield from _account(at, method, ("user_id", ids[0]), body)


def _service_account(at: int, method: str, ids: _Ids, params: _Params, body: _Params) -> Iterator[Effect]:
    yield from _account(at, method, ("user_id", ids[1]), body, ids[0], bot=True)


def _account(
    at: int, method: str, holder: Holder, body: _Params, organization_id: str = "", *, bot: bool = False
) -> Iterator[Effect]:
    if method == "DELETE":
        yield Effect(at, "remove", "account", holder, organization_id=organization_id, bot=bot)
    elif method in ("PATCH", "PUT"):
        for name, kind in (("is_active", "account"), ("is_superuser", "superuser")):
            if isinstance(body.get(name), bool):
                does: Any = "add" if body[name] else "remove"
                yield Effect(at, does, kind, holder, organization_id=organization_id, bot=bot)  # type: ignore[arg-type]


_ROUTES = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"/roles/{_ID}/assignments", _assignment),
        (rf"/roles/{_ID}", _role),
        (rf"/teams/{_ID}/members", _team_member),
        (rf"/teams/{_ID}", _team),
        (rf"/organizations/{_ID}/members", _membership),
        (rf"/organizations/{_ID}/invitations", _invitation),
        (rf"/(?:workspaces|tenants)/{_ID}/members", _workspace_member),
        (rf"/users/{_ID}", _user),
        (rf"/organizations/{_ID}/service_accounts/{_ID}", _service_account),
    )
)


def steps_of(effect: Effect, state: State, me: str) -> Iterator[Step]:
    """Yield the plan steps that are equivalent to an effect, without numbers.

    Args:
        state: the current state, as far as the guards need it.
        me: the id of the caller, which some routes call `me`.
    """
    holder = ("user_id", me) if effect.holder == ("user_id", "me") else effect.holder
    if effect.kind in ("account", "superuser"):
        field = "is_active" if effect.kind == "account" else "is_superuser"
        party = PrincipalRef(state.name_of(holder), *holder)
        yield Step(0, effect.does, "account", party, after={field: effect.does == "add"})
        return
    if effect.kind == "role":
        level: StepKind = "organization-role"
        if effect.workspace:
            level = "project-role" if effect.project else "workspace-role"
        rows = [Binding(level, *holder, role=effect.role, workspace=effect.workspace, project=effect.project)]
    elif effect.kind == "team-member":
        rows = [Binding("team-member", *holder, team=effect.team)]
    elif effect.kind == "membership":
        rows = [binding for binding in state.bindings_by_holder.get(holder, ()) if binding.kind == "organization-role"]
    elif effect.kind == "team":
        rows = list(state.bindings_by_holder.get(("team_id", effect.team), ()))
    else:
        rows = [binding for binding in state.bindings if binding.role == effect.role]
    for row in sorted(rows):
        yield Step(
            0,
            effect.does,
            row.kind,
            principal_of(row.holder, state),
            role=role_name(row.role, state),
            role_id=row.role,
            team_id=row.team,
            workspace_id=row.workspace,
            project_id=row.project,
            scope=place(row, state),
        )
