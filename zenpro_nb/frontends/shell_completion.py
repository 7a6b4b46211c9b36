"""Completion with Tab in bash, zsh, and fish, as far as it needs no command tree."""

from __future__ import annotations

import os

from click import Command
from click.shell_completion import get_completion_class

from zenpro_nb.commands.known_completions import known_completions
from zenpro_nb.ui import console

_PROGRAM = "zenpro"


def complete(variable: str) -> bool:
    """Print the completions of a command line in the format of the shell; return whether they are known.

    Args:
        variable: the environment variable with the shell and what it wants, such as `bash_complete`.
    """
    shell, _, task = os.environ[variable].partition("_")
    kind = get_completion_class(shell)
    if kind is None or task != "complete":
        return False
    completer = kind(Command(_PROGRAM), {}, _PROGRAM, variable)
    completions = known_completions(*completer.get_completion_args())
    if completions is None:
        return False
    lines = "\n".join(map(completer.format_completion, completions))
    console.write(f"{lines}\n".encode())
    return True
