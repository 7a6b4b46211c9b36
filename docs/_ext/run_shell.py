"""Run a shell block of a page. Its cell in the page's notebook calls this, in the kernel."""

from __future__ import annotations

import subprocess

TIMEOUT = 120.0  # seconds; as for a cell


class ShellBlockError(RuntimeError):
    """A shell block ended otherwise than its page says."""


def run(text: str, *, exit: int) -> None:  # noqa: A002 - it is called what the page calls it
    """Run the lines with bash in the folder of the page, print what they print, and hold them to their exit code.

    A line that fails ends the block. What goes to standard error is shown as it comes, between the rest.
    """
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", text],  # noqa: S607 - whichever the machine has
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode != exit:
        raise ShellBlockError(f"bash ended with {done.returncode}, and not with {exit}:\n{text}\n---\n{done.stdout}")
    print(done.stdout, end="")  # noqa: T201 - the output of the cell
