"""Signing in and out (API facts 2.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Form, Query, Response

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication import caller as kinds
from zenpro_nb.sandbox.database.access_tables import EndedToken
from zenpro_nb.sandbox.errors import BadValueError
from zenpro_nb.sandbox.http.dependencies import AnyCall, ContextDep, PersonCall
from zenpro_nb.sandbox.http.routing import both_spellings, router
from zenpro_nb.sandbox.operations import login
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import auth as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("auth")

Field = Annotated[str, Form()]


@routes.post("/auth/login", response_model=schemas.Token)
def log_in(
    context: ContextDep,
    grant_type: Field = "",
    username: Field = "",
    password: Field = "",
    client_id: Field = "",
    client_secret: Field = "",
    device_code: Field = "",
    audience: Field = "",
) -> Response:
    """Exchange a credential for a session token. A missing grant type is derived from the other fields."""
    form = login.LoginForm(grant_type, username, password, client_id, client_secret, device_code)
    return reply(login.log_in(context, form))


@routes.get("/auth/api_token", response_model=str)
def api_token(
    call: PersonCall,
    token_type: str = "generic",  # noqa: S107 - a kind of token, not a secret
    expires_in: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Return a token as a bare JSON string. The parameters are inferred from the workspace API (API facts 2.3)."""
    if token_type != "generic":  # noqa: S105
        raise BadValueError(f"Unsupported token type '{token_type}'.")
    life = limits.SESSION_LIFE if expires_in is None else timedelta(seconds=min(expires_in, _longest()))
    # A token created with a key becomes invalid together with the key, like the key's own sessions.
    token, _ = call.context.issue(call.caller.id, kinds.API, life, key_id=call.caller.key_id)
    return reply(token)


def _longest() -> int:
    return int(limits.API_TOKEN_LIFE_MAX.total_seconds())


@routes.post("/auth/logout", response_model=None)
def log_out(call: AnyCall) -> Response:
    """End the session immediately. A key that is used directly has no session and stays valid."""
    if call.caller.token_id is not None and call.caller.expires is not None:
        with call.writing() as (session, _):
            session.merge(EndedToken(token_id=call.caller.token_id, expires=call.caller.expires))
    return reply(None)


# API facts 11.8: the documented method is POST, but ZenML's development tool sends GET.
@both_spellings(routes, "GET", "/auth/workspace_authorization/{workspace_id}", response_model=schemas.Token)
@both_spellings(routes, "POST", "/auth/workspace_authorization/{workspace_id}", response_model=schemas.Token)
def workspace_authorization(call: PersonCall, workspace_id: Id) -> Response:
    """Return a token for a web client of one workspace. Only ``access_token`` is observed."""
    with call.reading() as (serializer, rights):
        queries.enterable_workspace(serializer.session, rights, workspace_id)
    token = call.context.issue(call.caller.id, kinds.SESSION, limits.SESSION_LIFE, key_id=call.caller.key_id)
    return reply(login.token_reply(*token))
