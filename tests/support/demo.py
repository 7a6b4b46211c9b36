"""The sandbox of `zenpro demo`, with its earlier captures, without its JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.tool import demo
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session
from zenpro_nb.ui.protocol import TerminalUI


@dataclass(frozen=True)
class Demo:
    """The environment variables of a demo's kernels."""

    environment: Mapping[str, str]


@contextmanager
def started_demo(folder: Path, **options: object) -> Iterator[Demo]:
    """Start the demo's sandbox with these options, and write the captures into the folder."""
    with SandboxProcess(**options) as sandbox:
        organization = sandbox.facts["organizations"][0]
        settings = Settings(sandbox.url, ApiKey(sandbox.key), "the demo", organization)
        captures = demo.earlier_captures(
            CommandContext(Session(environ={}), TerminalUI()), settings, folder / "prepared"
        )
        yield Demo(
            {
                "ZENML_PRO_API_URL": sandbox.url,
                "ZENML_PRO_API_KEY": sandbox.key,
                "ZENPRO_ORGANIZATION": organization,
                **captures,
            }
        )
