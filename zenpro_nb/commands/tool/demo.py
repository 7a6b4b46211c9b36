"""demo: see it work before you point it at your own organization."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import click

from zenpro_nb.commands.core.noun import command
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.signature import Opt
from zenpro_nb.errors import UsageError
from zenpro_nb.servers import demo as servers_demo

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
    run: Runtime,
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
    if run.face.name != "zenpro":
        raise UsageError(
            "The demo starts a JupyterLab, and this is a notebook already", hint="Try `%zenpro sandbox start`."
        )
    code = servers_demo.run(
        browser=browser,
        port=port,
        folder=Path(folder) if folder else None,
        options=["--users", str(users)] if users else [],
        say=run.face.say,
        with_zenml=with_zenml,
    )
    if code:
        raise UsageError(f"JupyterLab ended with exit code {code}")
