"""Rotate the secrets of webhooks (API facts 12.5)."""

from __future__ import annotations

from zenpro_nb.sandbox import credentials
from zenpro_nb.sandbox.workspace_api import bodies
from zenpro_nb.sandbox.workspace_api.calls import WorkspaceCall
from zenpro_nb.sandbox.workspace_api.items.serving import WEBHOOK
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError
from zenpro_nb.sandbox.workspace_api.rights import UPDATE
from zenpro_nb.sandbox.workspace_api.routes.lists import find


def rotate_secret(call: WorkspaceCall) -> object:
    """Replace the secret, and show the new one. The sandbox receives no events, so it keeps none."""
    given = bodies.text(call.body(), "secret")
    if given == "":
        message = "Value error, Secret must not be empty"
        raise InvalidRequestError("value_error", ("body", "secret"), message, given)
    webhook = find(call, WEBHOOK)
    call.rights.require(UPDATE, webhook)
    webhook.change(call.now, body={})
    return {"secret": given or credentials.new_secret()}
