"""The example of a command whose output its page shows: the first one, shortened, and with `--dry-run` if it writes."""

from __future__ import annotations

import re

import click

from zenpro_nb.framework.cli.examples import example_lines
from zenpro_nb.framework.writes.write_command import WriteCommand

# Commands whose output no page can show, with the reason.
NOT_SHOWN = {
    "login": "asks for a secret",
    "logout": "ends the session of the pages that follow",
    "use organization": "changes the organization of the pages that follow",
    "use workspace": "changes the workspace of the pages that follow",
    "use server": "needs a server that is not there",
    "sandbox": "starts a server",
    "sandbox start": "starts a server",
    "sandbox stop": "stops a server",
    "sandbox status": "needs a sandbox of the session",
    "sandbox run": "starts a server",
    "demo": "starts JupyterLab",
    "completion": "writes into the folders of a shell",
    "completion install": "writes into the folders of a shell",
    "completion uninstall": "deletes from the folders of a shell",
    "devices verify": "needs the code that a device shows",
    "workspace-devices get": "no workspace of the sandbox has a device",
    "undo": "needs a change that can be undone",
    "organizations delete": "needs an organization that may be deleted",
    "notebooks check": "fails, because it finds something",
}
_REVIEW = "reviews create 2026-q3"
_CAPTURE = "captures create before-the-migration"
# Commands that run before the example and are not shown.
_BEFORE = {
    **{f"reviews {verb}": _REVIEW for verb in ("get", "decide", "evidence", "verify", "apply", "delete")},
    **{f"captures {verb}": _CAPTURE for verb in ("get", "delete")},
}
_MOST_ROWS = 5
_LIMIT = re.compile(r" --limit \d+")
_SAVE = re.compile(r" --save \S+")


def output_block(words: str, command: click.Command) -> str:
    """Return the directive that shows the output of a command; empty if there is none to show."""
    lines = _lines(words, command)
    if words in NOT_SHOWN or words.startswith("form ") or not lines:
        return ""
    before = [f":before: {_BEFORE[words]}", ""] if words in _BEFORE else []
    return "Output:\n\n```{zenpro-output}\n" + "\n".join([*before, *lines]) + "\n```\n"


def _lines(words: str, command: click.Command) -> list[str]:
    """Return the examples up to the first one of the command itself."""
    lines = list(example_lines(getattr(command, "examples", ()), "%zenpro", variables=True))
    own = next((at for at, line in enumerate(lines) if f"%zenpro {words}" in f"{line} "), None)
    if own is None:
        return []
    return [*lines[:own], _shortened(lines[own], command)]


def _shortened(line: str, command: click.Command) -> str:
    params = {param.name for param in command.params}
    line = _SAVE.sub("", line)
    if isinstance(command, WriteCommand):
        return line if "--dry-run" in line else f"{line.removesuffix(' --yes')} --dry-run"
    if "limit" in params and "sort" in params:
        return f"{_LIMIT.sub('', line)} --limit {_MOST_ROWS}"
    return line
