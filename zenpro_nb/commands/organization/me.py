"""The noun `me`: your own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from zenpro_nb import query
from zenpro_nb.commands.organization.user_changes import PASSWORD_VARIABLE, FullName, NewPassword
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    Opt,
    RareOption,
    SecretPrompt,
    Write,
    is_changed,
    noun,
    reading,
    require_change,
    undo_update,
    without_missing,
)
from zenpro_nb.resources.control_plane import ME

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

AvatarUrl = Annotated[str | None, Opt(metavar="URL", help="Set the URL of your picture.", option=RareOption)]
Company = Annotated[str | None, Opt(help="Set your company.")]
JobTitle = Annotated[str | None, Opt(help="Set your job title.")]


def _read_me(ctx: CommandContext, options: ListOptions) -> Table:
    """Read the account of the caller.

    Examples:
        # Show who you are signed in as
        me
    """
    record = query.record_of(ctx.session.client.get(ME.path))
    return reading.frame_of_records(ctx, ME, [record], options, route=ME.path)


me = noun(ME, read=_read_me)


@me.write(name="update")
def update_me(
    ctx: CommandContext,
    name: FullName = None,
    avatar_url: AvatarUrl = None,
    company: Company = None,
    job_title: JobTitle = None,
    new_password: NewPassword = False,
) -> Write:
    """Update your own account. Fields that you do not specify stay unchanged.

    Examples:
        # Change your job title
        me update --job-title "Head of Platform Engineering"
    """
    # Which fields can be changed is inferred (API facts 3.9).
    body = without_missing(
        name=name,
        avatar_url=avatar_url,
        company=company,
        job_title=job_title,
        password=SecretPrompt("Your new password", PASSWORD_VARIABLE) if new_password else None,
    )
    return Write(
        "PATCH",
        ME.path,
        target="yourself",
        body=require_change(body),
        resource=ME,
        verify=is_changed(ctx.session, ME.path, body),
        **undo_update(ctx, ME.path, {}, body),
    )
