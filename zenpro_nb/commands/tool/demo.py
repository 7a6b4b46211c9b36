"""demo: see it work before you point it at your own organization."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.errors import UsageError


@pass_runtime
def _call(runtime: Runtime, browser: bool, port: int, folder: str | None, users: int | None, with_zenml: bool) -> Any:
    from zenpro_nb.servers import demo

    if runtime.face.name != "zenpro":
        raise UsageError(
            "The demo starts a JupyterLab, and this is a notebook already", hint="Try `%zenpro sandbox start`."
        )
    code = demo.run(
        browser=browser,
        port=port,
        folder=Path(folder) if folder else None,
        options=["--users", str(users)] if users else [],
        say=runtime.face.say,
        with_zenml=with_zenml,
    )
    if code:
        raise UsageError(f"JupyterLab ended with exit code {code}")


demo_command = Command(
    name="demo",
    short_help="Start a sandbox and a JupyterLab with runnable notebooks.",
    callback=_call,
    help="Start a sandbox and a JupyterLab with runnable notebooks, on this machine only. Ctrl-C stops both.",
    params=[
        click.Option(["--browser/--no-browser"], default=True, help="Open a browser. Default: yes."),
        click.Option(
            ["--port"], type=click.IntRange(0, 65535), default=0, help="JupyterLab's port. Default: a free one."
        ),
        click.Option(["--dir", "folder"], type=click.Path(), help="Where the copies of the notebooks go."),
        click.Option(["--users"], type=click.IntRange(min=1), help="How many made-up users. Default: the sandbox's."),
        click.Option(
            ["--with-zenml"],
            is_flag=True,
            help="Also install and start a real ZenML server, for the workspace ml-prod. A minute the first time.",
        ),
    ],
)
