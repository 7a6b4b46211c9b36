"""demo: try zenpro on sample data before you use it with your own organization."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import click

from zenpro_nb import inventory
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.files.paths import CAPTURES_VARIABLE
from zenpro_nb.framework.declare import CommandContext, Opt, command
from zenpro_nb.profiles import Settings
from zenpro_nb.servers import demo as servers_demo
from zenpro_nb.session.session import Session

Browser = Annotated[
    bool, Opt("--browser/--no-browser", help="Open a browser, or only print the address. Default: open.")
]
Port = Annotated[int, Opt(type=click.IntRange(0, 65535), help="Set the port of JupyterLab. Default: a free one.")]
Folder = Annotated[
    str | None,
    Opt(
        "--dir",
        type=click.Path(),
        help="Copy the notebooks into this folder and keep it. Default: a temporary folder, deleted at the end "
        "unless you saved something in it.",
    ),
]
UserCount = Annotated[
    int | None,
    Opt("--users", type=click.IntRange(min=1), help="Set the number of sample users. Default: as in `sandbox`."),
]
WithZenml = Annotated[
    bool,
    Opt(help="Install and start a real ZenML server as workspace ml-prod. Takes about a minute the first time."),
]


@command(short_help="Start JupyterLab with runnable notebooks and sample data.")
def demo(
    ctx: CommandContext,
    browser: Browser = True,
    port: Port = 0,
    folder: Folder = None,
    users: UserCount = None,
    with_zenml: WithZenml = False,
) -> None:
    """Start a sandbox and JupyterLab with runnable notebooks, on this machine only.

    Press Ctrl-C to stop both. JupyterLab opens with a table of contents. The notebooks are copies: your changes to them
    are kept, and their folder is printed at the end.

    Examples:
        # Open JupyterLab in the browser
        demo
        # Print the address instead of opening it
        demo --no-browser --port 8888
    """
    if ctx.ui.name != "zenpro":
        raise UsageError(
            "The demo starts JupyterLab and cannot run inside a notebook", hint="Run `%zenpro sandbox start`."
        )
    failure = servers_demo.run(
        browser=browser,
        port=port,
        folder=Path(folder) if folder else None,
        options=["--users", str(users)] if users else [],
        say=ctx.ui.say,
        with_zenml=with_zenml,
        prepare=partial(earlier_captures, ctx),
    )
    if failure:
        raise UsageError(f"JupyterLab exited with {failure}", hint="Run `jupyter lab` to see all of its messages.")


def earlier_captures(ctx: CommandContext, settings: Settings, folder: Path) -> Mapping[str, str]:
    """Write captures of a sample history, one and two months old, into a folder of the demo."""
    folder.mkdir(mode=0o700)
    captures = inventory.Captures(folder / "captures")
    session = Session()
    session.use(settings)
    try:
        inventory.write_sample_history(session, captures)
        ctx.ui.say(f"  captures    {', '.join(inventory.EARLIER_CAPTURES)}: sample history for `%zenpro diff`")
    except ZenProError as error:
        # Everything else in the demo works without history.
        ctx.ui.warn(f"the earlier captures could not be written: {error}")
    finally:
        session.close()
    return {CAPTURES_VARIABLE: str(captures.root)}
