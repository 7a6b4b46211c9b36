"""Refuse an option that takes one value and is given several: click would use only the last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.unparse import quoted


def refuse_repeated(args: Sequence[str], order: Sequence[click.Parameter], values: Placeholders, path: str) -> None:
    """Refuse a repeated option with a single value.

    Args:
        args: the words after the command.
        order: the parameters in the line, one item per occurrence.
        path: the words of the command, with the name of the tool.

    Raises:
        UsageError: an option is repeated; the hint contains one line per value.
    """
    for param, times in Counter(order).items():
        if times > 1 and isinstance(param, click.Option) and not (param.multiple or param.is_flag or param.count):
            places = _places(args, param)
            words = [quoted(word) if (typed := values.as_typed(word)) == word else typed for word in args]
            lines = [_line(path, words, [other for other in places if other is not place]) for place in places]
            name = param.opts[0]
            raise UsageError(
                f"{name} takes one value, but is given {'twice' if times == 2 else f'{times} times'}",
                hint=f"Keep one: {' or '.join(f'`{line}`' for line in lines)}." if len(lines) == times else "Keep one.",
            )


def _places(args: Sequence[str], param: click.Option) -> list[range]:
    """Return the positions of the words of each occurrence: the option and its value, or both in one word."""
    places: list[range] = []
    for at, word in enumerate(args):
        if word == "--":
            break
        if word in param.opts:
            places.append(range(at, at + 2))
        elif word.partition("=")[0] in param.opts and "=" in word:
            places.append(range(at, at + 1))
    return places


def _line(path: str, words: Sequence[str], left_out: Sequence[range]) -> str:
    return " ".join([path, *(word for at, word in enumerate(words) if not any(at in place for place in left_out))])
