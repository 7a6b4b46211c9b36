"""The only module that writes to the terminal and asks questions there. All output is made printable.

Results go to stdout, messages to stderr.

Other modules must not print (ruff: T20 and TID251).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO

import click

from zenpro_nb import limits
from zenpro_nb.security import printable
from zenpro_nb.syntax.counts import counted
from zenpro_nb.ui import colors
from zenpro_nb.ui.wrapping import wrap

ROW = "row"
_changes: list[Callable[[str], str]] = []
_PROGRESS = "{desc} [{elapsed}]"


class Writable(Protocol):
    """A file for text."""

    def write(self, text: str, /) -> object:
        """Write a text."""

    def flush(self) -> object:
        """Send what was written."""


@contextmanager
def changed(change: Callable[[str], str]) -> Iterator[None]:
    """Change every text that is written in the block, for example to show pseudonyms. Files stay as they are."""
    _changes.append(change)
    try:
        yield
    finally:
        _changes.remove(change)


def shown(text: str) -> str:
    """Return a text as it is written."""
    for change in _changes:
        text = change(text)
    return text


def show(value: object) -> None:
    """Write a result."""
    click.echo(printable.text(shown(str(value))))


def show_painted(text: str) -> None:
    """Write a result with the colors of `ui.colors`."""
    click.echo(paint(text), color=True)


def paint(text: str) -> str:
    """Return a text with the colors of `ui.colors`. Other control characters are made printable."""
    pieces = colors.pieces(shown(text))
    pieces[::2] = map(printable.text, pieces[::2])
    return "".join(pieces)


def say(text: str, *, on_stdout: bool = False, columns: int | None = None) -> None:
    """Write a message. It goes to stderr, so a pipe gets only results.

    Args:
        columns: where lines are wrapped if this is not a terminal; None for no limit.
    """
    width = _width_of(sys.stdout if on_stdout else sys.stderr) or columns
    click.echo(wrap(printable.words(shown(text)), width), err=not on_stdout)


def draw(text: str, *, on_stdout: bool = False) -> None:
    """Write a picture of characters among the messages."""
    click.echo(printable.words(shown(text)), err=not on_stdout)


@contextmanager
def progress(label: str, unit: str = ROW, file: Writable | None = None) -> Iterator[Callable[[int], object]]:
    """Show the number of rows read while a long block runs. Yields a function that takes this number.

    Args:
        label: what is being read.
        unit: what is counted, in the singular, if not rows.
        file: where it is shown; None for stderr.
    """
    from tqdm.std import tqdm  # only in an interactive session

    text = printable.line(shown(label))
    # No rate: that of a few large reads would say nothing.
    form, delay = _PROGRESS, limits.PROGRESS_AFTER
    with tqdm(desc=f"{text} …", bar_format=form, delay=delay, leave=False, file=file or sys.stderr) as bar:

        def advance(count: int) -> None:
            bar.set_description_str(f"{text}: {counted(count, unit)}" if count else f"{text} …", refresh=False)
            bar.update(count - bar.n)

        yield advance


@contextmanager
def write_progress(total: int, file: Writable | None = None) -> Iterator[Callable[[int, Mapping[str, int]], None]]:
    """Show how many writes are done, refused and remaining while a long block runs; see `progress`.

    Yields a function that takes the number of finished writes, and the numbers of failed ones by the state that the
    message after the command reports.
    """
    from tqdm.std import tqdm  # only in an interactive session

    form, delay, file = _PROGRESS, limits.PROGRESS_AFTER, file or sys.stderr
    # It is called several times per second. tqdm would otherwise wait for further writes, and a server may be slow.
    with tqdm(total=total, bar_format=form, delay=delay, leave=False, file=file, miniters=0) as bar:

        def advance(ended: int, failed: Mapping[str, int]) -> None:
            bar.set_description_str(progress_text(total, ended, failed), refresh=False)
            bar.update(ended - bar.n)

        yield advance


def progress_text(total: int, ended: int, failed: Mapping[str, int]) -> str:
    """Return the progress of writes; nothing remains after some of them were not sent.

    >>> progress_text(10, 4, {"refused": 1}), progress_text(10, 10, {"unknown": 2, "not sent": 5})
    ('3 done, 1 refused, 6 remaining', '3 done, 2 unknown, 5 not sent')
    """
    counts = {"done": ended - sum(failed.values()), **failed}
    if ended < total or not failed.get("not sent"):
        counts["remaining"] = total - ended
    return ", ".join(f"{count:,} {state}" for state, count in counts.items())


def write(data: bytes) -> None:
    """Write the content of a file: unchanged to a file or a pipe, as printable text to a terminal."""
    if is_terminal():
        show(data.decode(errors="replace").removesuffix("\n"))
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def print_file(path: Path) -> None:
    """Write the content of a file like `write`, but in blocks to a file or a pipe."""
    if is_terminal():
        write(path.read_bytes())
        return
    with path.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.flush()


def ask(question: str) -> str:
    """Ask for a line of text, on stderr because stdout can be a file."""
    text = printable.words(shown(question))
    sentence = text.rstrip()
    # The blank before the answer stays, also where the question is wrapped.
    click.echo(wrap(sentence, _width_of(sys.stderr)) + text[len(sentence) :], nl=False, err=True)
    try:
        return input()
    except (KeyboardInterrupt, EOFError):
        click.echo(err=True)  # ends the line of the question
        raise


def is_terminal() -> bool:
    """Return whether stdout is a terminal."""
    return sys.stdout.isatty()


def supports_color() -> bool:
    """Return whether stdout is a terminal with colors, and `NO_COLOR` (no-color.org) is not set."""
    return is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def is_interactive() -> bool:
    """Return whether a user can see messages and answer questions.

    A command in a cell, `!zenpro users`, has a terminal, but nobody can type into it, and it would wait forever. It
    inherits the variable that Jupyter sets for its kernels; terminals in JupyterLab do not have it.
    """
    return sys.stdin.isatty() and sys.stderr.isatty() and "JPY_PARENT_PID" not in os.environ


def input_has_ended() -> bool:
    """Return whether the end of the input is the next thing to read from a terminal.

    `getpass` discards what was typed before its prompt, including this end, and would then wait forever.
    """
    if sys.platform == "win32" or not sys.stdin.isatty():
        return False
    import fcntl
    import select
    import termios

    is_readable, _, _ = select.select([sys.stdin], [], [], 0)
    if not is_readable:
        return False
    count = fcntl.ioctl(sys.stdin, termios.FIONREAD, bytes(4))  # an end of the input counts as no character
    return int.from_bytes(count, sys.byteorder) == 0


def width() -> int | None:
    """Return the width of the terminal; None for a pipe, which has no limit."""
    return _width_of(sys.stdout)


def _width_of(stream: TextIO) -> int | None:
    """Return the width of the terminal of a stream; None if it is a file or a pipe."""
    if not stream.isatty():
        return None
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):  # not a terminal of the system, such as a stream of an IDE
        size = os.terminal_size(limits.TERMINAL_SIZE)
    return shutil.get_terminal_size(size if size.columns else limits.TERMINAL_SIZE).columns


def write_no_more() -> None:
    """Discard the remaining output after the reader has closed the pipe (`| head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
