"""The noun `webhooks`: list webhooks, and rotate their secrets."""

from __future__ import annotations

from typing import Annotated

from zenpro_nb import query
from zenpro_nb.commands.workspaces.parameters import OneProject, OneWorkspace, thing
from zenpro_nb.commands.workspaces.target_workspace import WriteTarget, write_target
from zenpro_nb.commands.workspaces.workspace_noun import inside_noun
from zenpro_nb.framework.declare import (
    CommandContext,
    Org,
    Record,
    Reveal,
    SecretTo,
    Verifier,
    Write,
    fields_of,
    secret_out_for,
)
from zenpro_nb.resources.workspace.people import WEBHOOKS
from zenpro_nb.syntax.unparse import quoted

_NOUN = WEBHOOKS.noun

WebhookName = Annotated[str, thing(_NOUN)]

webhooks = inside_noun(WEBHOOKS)


@webhooks.write(
    asks="Rotate the secret of the {target}? The old secret stops working immediately.",
    past_tense="rotated the secret of",
)
def rotate_secret(
    ctx: CommandContext,
    webhook: WebhookName,
    workspace: OneWorkspace = None,
    project: OneProject = None,
    org: Org = None,
    to: SecretTo = None,
    reveal: Reveal = False,
) -> Write:
    """Rotate the secret of a webhook: the server generates a new one and shows it only once.

    The server rejects calls signed with the previous secret. Set the new one in the sending service, such as GitHub.

    Examples:
        # Write the new secret to a file that only you can read
        webhooks rotate-secret churn-pushes --workspace ml-prod --to file:churn-pushes.secret
    """
    place_words = f" --workspace {quoted(workspace)}" if workspace else ""
    secret_out = secret_out_for(
        ctx,
        "secret",
        f"the new secret of the webhook {webhook}",
        to=to,
        reveal=reveal,
        entry=f"webhook {workspace or ctx.session.settings.workspace or ''} {webhook}",
        rescue=f"`webhooks rotate-secret {{key}}{place_words} --to …`",
        name=quoted(webhook),
    )
    place = write_target(ctx, workspace, org)
    found = place.find(_NOUN, webhook, (project,) if project else ())
    path = f"{WEBHOOKS.path}/{found.id}"
    return place.write(
        "PUT",
        f"{path}/secret",
        f"webhook {found.name}",
        name=found.name,
        body={},  # a body with `secret` would set it; without one, the server generates it
        verify=_is_rotated(place, path, found.record),
        irreversible="the previous secret cannot be restored",
        secret_out=secret_out,
    )


def _is_rotated(place: WriteTarget, path: str, before: Record) -> Verifier:
    """Return a check whether the time of the last change has moved: a rotation sets it (0.98.0)."""
    former = fields_of(before).get("updated")

    def check() -> Record | bool | None:
        record = query.record_of(place.at.client_of(place.session).get(path))
        now = fields_of(record).get("updated")
        if now is None or former is None:
            return None
        return record if now != former else False

    return check
