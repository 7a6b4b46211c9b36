"""demo: see it work before you point it at your own organization."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import click

from zenpro_nb import inventory
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.files.paths import CAPTURES_VARIABLE
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.lists.noun import command
from zenpro_nb.profiles import Settings
from zenpro_nb.servers import demo as servers_demo
from zenpro_nb.session.session import Session

PAST = ("a-month-ago", "two-months-ago")  # the captures that the demo begins with

Browser = Annotated[bool, Opt("--browser/--no-browser", help="Open a browser. Default: yes.")]
Port = Annotated[int, Opt(type=click.IntRange(0, 65535), help="JupyterLab's port. Default: a free one.")]
Folder = Annotated[
    str | None,
    Opt(
        "--dir",
        type=click.Path(),
        help="Where the copies of the notebooks go, and stay. Default: a folder that is gone at the end, unless you "
        "saved something in it.",
    ),
]
UserCount = Annotated[
    int | None, Opt("--users", type=click.IntRange(min=1), help="How many made-up users. Default: the sandbox's.")
]
WithZenml = Annotated[
    bool, Opt(help="Also install and start a real ZenML server, for the workspace ml-prod. A minute the first time.")
]


@command(short_help="Start a sandbox and a JupyterLab with runnable notebooks.")
def demo(
    ctx: CommandContext,
    browser: Browser = True,
    port: Port = 0,
    folder: Folder = None,
    users: UserCount = None,
    with_zenml: WithZenml = False,
) -> None:
    """Start a sandbox and a JupyterLab with runnable notebooks, on this machine only. Ctrl-C stops both.

    It opens on a page of contents. The notebooks are copies: what you save in them stays, and is told at the end.

    Examples:
        demo
        demo --no-browser --port 8888
    """
    if ctx.ui.name != "zenpro":
        raise UsageError(
            "The demo starts a JupyterLab, and this is a notebook already", hint="Try `%zenpro sandbox start`."
        )
    code = servers_demo.run(
        browser=browser,
        port=port,
        folder=Path(folder) if folder else None,
        options=["--users", str(users)] if users else [],
        say=ctx.ui.say,
        with_zenml=with_zenml,
        prepare=partial(earlier_captures, ctx),
    )
    if code:
        raise UsageError(f"JupyterLab ended with exit code {code}")


def earlier_captures(ctx: CommandContext, settings: Settings, folder: Path) -> Mapping[str, str]:
    """Keep the organization as it may have been a month ago and before, in a folder of the demo's own."""
    folder.mkdir(mode=0o700)
    captures = inventory.Captures(folder / "captures")
    session = Session()
    session.use(settings)
    try:
        now = inventory.fill(session)
        moments = [inventory.months_ago(datetime.now(UTC), count) for count in (1, 2)]
        made = inventory.invented_past(now, moments)
        for name, past in zip(PAST, made, strict=True):
            captures.write(past, name)
        ctx.ui.say(f"  captures    {', '.join(PAST)}: made-up earlier states, for `%zenpro diff`")
    except ZenProError as error:
        # All else of the demo works without a past.
        ctx.ui.warn(f"there are no earlier captures: {error}")
    finally:
        session.close()
    return {CAPTURES_VARIABLE: str(captures.root)}
