"""The one module that writes to the terminal and asks there: results on stdout, words on stderr, all of it printable.

Other modules may not print (ruff: T20 and TID251).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from zenpro_nb import limits
from zenpro_nb.security import printable


def show(value: object) -> None:
    """Write a result."""
    click.echo(printable.text(str(value)))


def say(words: str, *, on_stdout: bool = False) -> None:
    """Write words, which are no result: a pipe does not get them."""
    click.echo(printable.words(words), err=not on_stdout)


@contextmanager
def progress(label: str, *, on_stdout: bool = False) -> Iterator[Callable[[int], object]]:
    """Show how many rows have been read, while the block runs and once it lasts; give what is told the number."""
    from tqdm.std import tqdm  # only where somebody watches

    stream = sys.stdout if on_stdout else sys.stderr
    shown = printable.line(label)
    with tqdm(desc=shown, unit=" rows", delay=limits.PROGRESS_AFTER, leave=False, file=stream) as bar:
        yield lambda rows: bar.update(rows - bar.n)


@contextmanager
def write_progress(total: int, *, on_stdout: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show how many writes are done, failed and remaining, and their rate, once the block lasts.

    Gives what is called with the number of writes that have ended, and of those that have failed.
    """
    from tqdm.std import tqdm  # only where somebody watches

    stream = sys.stdout if on_stdout else sys.stderr
    form = "{desc}, {rate_noinv_fmt}"
    delay = limits.PROGRESS_AFTER
    # It is called several times per second. tqdm would otherwise wait for further writes, and a server may be slow.
    with tqdm(total=total, unit=" writes", bar_format=form, delay=delay, leave=False, file=stream, miniters=0) as bar:

        def advance(ended: int, failed: int) -> None:
            words = f"{ended - failed:,} done, {failed:,} failed, {total - ended:,} remaining"
            bar.set_description_str(words, refresh=False)
            bar.update(ended - bar.n)

        yield advance


def write(data: bytes) -> None:
    """Write the content of a file: to a file or a pipe as it is, to a terminal as text that is printable."""
    if is_terminal():
        show(data.decode(errors="replace").removesuffix("\n"))
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def print_file(path: Path) -> None:
    """Write the content of a file as `write` does, block by block where it goes to a file or a pipe."""
    if is_terminal():
        write(path.read_bytes())
        return
    with path.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.flush()


def ask(question: str) -> str:
    """Ask for a line of text, on stderr: stdout may be a file."""
    click.echo(printable.words(question), nl=False, err=True)
    return input()


def prompt(question: str, default: str | None, kind: click.Choice[str] | None = None) -> Any:
    """Ask for a line of text until one is given that fits; the default is what an empty line means."""
    shown = f"{question} [{default}]" if default else question
    return click.prompt(printable.words(shown), default=default, show_default=False, type=kind, err=True)


def confirm(question: str, *, default: bool) -> bool:
    """Ask yes or no."""
    return click.confirm(printable.words(question), default=default, err=True)


def is_terminal() -> bool:
    """Return whether a person reads the results, and not a program."""
    return sys.stdout.isatty()


def is_interactive() -> bool:
    """Return whether somebody sits there who sees words and can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def width() -> int | None:
    """Return the terminal's width; None for a pipe, which is as wide as it needs to be."""
    return shutil.get_terminal_size(limits.TERMINAL_SIZE).columns if is_terminal() else None


def write_no_more() -> None:
    """Send what is still to be written nowhere: whoever read it has seen enough (`| head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
