"""Report the files that a command has saved."""

from __future__ import annotations

from zenpro_nb import frames
from zenpro_nb.framework.cli.context import CommandContext

_REAL = "; people in the file have their real names"


def say_saved(ctx: CommandContext, what: str, path: object, frame: frames.Table) -> None:
    """Report a saved file. While pseudonyms are on, the message adds that the file contains real names.

    Args:
        ctx: of the command.
        what: the saved object, such as `2 rows`.
        path: of the file.
        frame: its source. The result of `sql` consists of pseudonyms.
    """
    is_real = ctx.pseudonyms is not None and frames.facts(frame).get("badge") != frames.PSEUDONYMS
    ctx.ui.say(f"saved {what} to {path}{_REAL * is_real}")
