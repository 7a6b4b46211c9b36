"""Personal access tokens (API facts 3.8). Device tokens are refused (API facts 2.1)."""

from __future__ import annotations

from fastapi import Response

from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, KeyCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.operations import keys
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import auth as schemas

routes = router("api keys")


@routes.get("/users/me/api_keys", response_model=list[schemas.ApiKey])
def list_own_keys(call: KeyCall) -> Response:
    """List the caller's own keys."""
    with call.reading() as (serializer, _):
        return reply(serializer.keys(keys.list_keys(serializer.session, call.caller.id)))


@routes.post("/users/me/api_keys", response_model=schemas.ApiKeyWithSecret)
def create_own_key(call: KeyCall, body: schemas.ApiKeyCreate) -> Response:
    """Create a key. Only this response contains its secret."""
    with call.writing() as (session, _):
        key, secret = keys.create(session, call.caller.id, body, call.now())
    return _show(call, key.id, secret)


def _show(call: AuthenticatedCall, key_id: str, secret: str | None = None) -> Response:
    with call.reading() as (serializer, _):
        return reply(serializer.key(keys.get(serializer.session, call.caller.id, key_id), secret))


@routes.get("/users/me/api_keys/{api_key_id_or_name}", response_model=schemas.ApiKey)
def get_own_key(call: KeyCall, api_key_id_or_name: str) -> Response:
    """Return a key. The route is inferred."""
    return _show(call, api_key_id_or_name)


@routes.patch("/users/me/api_keys/{api_key_id_or_name}", response_model=schemas.ApiKey)
@routes.put("/users/me/api_keys/{api_key_id_or_name}", response_model=schemas.ApiKey)
def update_own_key(call: KeyCall, api_key_id_or_name: str, body: schemas.ApiKeyUpdate) -> Response:
    """Change a key. Inferred: the method is not published, so PATCH and PUT do the same."""
    with call.writing() as (session, _):
        key = keys.get(session, call.caller.id, api_key_id_or_name)
        keys.update(session, key, body, call.now())
    return _show(call, key.id)


@routes.put("/users/me/api_keys/{api_key_id_or_name}/rotate", response_model=schemas.ApiKeyWithSecret)
def rotate_own_key(call: KeyCall, api_key_id_or_name: str, body: schemas.ApiKeyRotate) -> Response:
    """Replace a key's secret. Only this response contains the new one. The route is inferred."""
    with call.writing() as (session, _):
        key = keys.get(session, call.caller.id, api_key_id_or_name)
        secret = keys.rotate(key, body, call.now())
    return _show(call, key.id, secret)


@routes.delete("/users/me/api_keys/{api_key_id_or_name}", response_model=None)
def delete_own_key(call: KeyCall, api_key_id_or_name: str) -> Response:
    """Delete a key. The route is inferred."""
    with call.writing() as (session, _):
        session.delete(keys.get(session, call.caller.id, api_key_id_or_name))
    return reply(None)
