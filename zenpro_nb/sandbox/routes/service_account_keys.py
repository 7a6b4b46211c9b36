"""Keys of service accounts (API facts 3.8). Only listing and creating are observed."""

from __future__ import annotations

from fastapi import Response

from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, KeyCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.operations import keys
from zenpro_nb.sandbox.permissions import service_accounts
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import auth as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("api keys")

ALL = "/organizations/{organization_id}/service_accounts/{id_or_username}/api_keys"
ONE = ALL + "/{api_key_id_or_name}"


@routes.get(ALL, response_model=list[schemas.ApiKey])
def list_keys(call: KeyCall, organization_id: Id, id_or_username: str) -> Response:
    """List the keys of a service account."""
    with call.reading() as (serializer, rights):
        account = service_accounts.get(serializer.session, rights, organization_id, id_or_username, "read")
        return reply(serializer.keys(keys.list_keys(serializer.session, account.id)))


@routes.post(ALL, response_model=schemas.ApiKeyWithSecret)
def create_key(call: KeyCall, organization_id: Id, id_or_username: str, body: schemas.ApiKeyCreate) -> Response:
    """Create a key. Only this response contains its secret."""
    with call.writing() as (session, rights):
        account = service_accounts.get(session, rights, organization_id, id_or_username, "update")
        key, secret = keys.create(session, account.id, body, call.now())
    return _show(call, account.id, key.id, secret)


def _show(call: AuthenticatedCall, owner_id: str, key: str, secret: str | None = None) -> Response:
    with call.reading() as (serializer, _):
        return reply(serializer.key(keys.get(serializer.session, owner_id, key), secret))


@routes.get(ONE, response_model=schemas.ApiKey)
def get_key(call: KeyCall, organization_id: Id, id_or_username: str, api_key_id_or_name: str) -> Response:
    """Return a key."""
    with call.reading() as (serializer, rights):
        account = service_accounts.get(serializer.session, rights, organization_id, id_or_username, "read")
        return reply(serializer.key(keys.get(serializer.session, account.id, api_key_id_or_name)))


@routes.patch(ONE, response_model=schemas.ApiKey)
@routes.put(ONE, response_model=schemas.ApiKey)
def update_key(
    call: KeyCall, organization_id: Id, id_or_username: str, api_key_id_or_name: str, body: schemas.ApiKeyUpdate
) -> Response:
    """Change a key. Deactivating it also ends its sessions, immediately (API facts 2.6)."""
    with call.writing() as (session, rights):
        account = service_accounts.get(session, rights, organization_id, id_or_username, "update")
        key = keys.get(session, account.id, api_key_id_or_name)
        keys.update(session, key, body, call.now())
    return _show(call, account.id, key.id)


@routes.put(ONE + "/rotate", response_model=schemas.ApiKeyWithSecret)
def rotate_key(
    call: KeyCall, organization_id: Id, id_or_username: str, api_key_id_or_name: str, body: schemas.ApiKeyRotate
) -> Response:
    """Replace a key's secret. Only this response contains the new one."""
    with call.writing() as (session, rights):
        account = service_accounts.get(session, rights, organization_id, id_or_username, "update")
        key = keys.get(session, account.id, api_key_id_or_name)
        secret = keys.rotate(key, body, call.now())
    return _show(call, account.id, key.id, secret)


@routes.delete(ONE, response_model=None)
def delete_key(call: KeyCall, organization_id: Id, id_or_username: str, api_key_id_or_name: str) -> Response:
    """Delete a key."""
    with call.writing() as (session, rights):
        account = service_accounts.get(session, rights, organization_id, id_or_username, "update")
        session.delete(keys.get(session, account.id, api_key_id_or_name))
    return reply(None)
