"""Completion with Tab: commands, options, choices and names fetched earlier. Sends no requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from zenpro_nb.framework.cli.context import CommandContext
    from zenpro_nb.framework.cli.root import Root
    from zenpro_nb.syntax.line import LineToken

# Returns the context of a call. It is created when Tab is pressed, to keep loading the extension fast.
MakeContext = Callable[[], "CommandContext"]

# A word and its kind: `command`, `option`, `value`, `column` or `name`. The kind of names includes how many of how many
# are shown. Front ends show the kind next to the word.
Offer = tuple[str, str]

_SIGNED = "--sort"
_CONTINUES = ("table", "table's column")  # a query continues after these, so its quotes stay open
_IDENTIFIER = "zenpro_nb"

# `%zenpro …` can follow an assignment: `df = %zenpro users`.
_LINE = re.compile(r"^\s*(?:[\w.,\s\[\]'\":]+=\s*)?%zenpro\s(?P<rest>.*)$", re.DOTALL)
# The first line of a cell with the cell magic: a command that takes the cell follows it.
_FIRST_LINE = re.compile(r"^%%zenpro\s(?P<rest>.*)$", re.DOTALL)
_CELL = "%%zenpro"
_NAME = "name"  # the beginning of the kind of fetched names


def add_matcher(
    shell: InteractiveShell, make_context: MakeContext, *, with_names: Callable[[], bool] = lambda: True
) -> None:
    """Add completion of zenpro commands to IPython's completer.

    Args:
        with_names: whether to offer names fetched earlier, including names of people.
    """

    @context_matcher(identifier=_IDENTIFIER)  # type: ignore[untyped-decorator]
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        text = _text_before_cursor(context)
        if text is None:
            return {"completions": [], "suppress": False}
        if _is_body(context):
            offers, fragment = complete_body(context, text, make_context())
        else:
            offers, fragment = complete(text, make_context(), with_body=_on_first_line(context))
        if not with_names():
            offers = [(word, kind) for word, kind in offers if not kind.startswith(_NAME)]
        return {
            "completions": [SimpleCompletion(text=word, type=kind) for word, kind in offers],
            "suppress": bool(offers),
            "matched_fragment": fragment,
        }

    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(matcher)


def remove_matcher(shell: InteractiveShell) -> None:
    """Remove the matcher."""
    if shell.Completer is not None:
        shell.Completer.custom_matchers[:] = [
            matcher
            for matcher in shell.Completer.custom_matchers
            if getattr(matcher, "matcher_identifier", None) != _IDENTIFIER
        ]


def complete(text: str, ctx: CommandContext, *, with_body: bool = False) -> tuple[list[Offer], str]:
    """Return the completions at the end of a line, and the part of the line that they replace.

    Args:
        with_body: offer only commands that take the cell below the line.
    """
    tokens = _split(text)
    at_new_word = not tokens or (text[-1:].isspace() and not tokens[-1].open_quote)
    incomplete = "" if at_new_word else tokens[-1].text
    before = [token.text for token in (tokens if at_new_word else tokens[:-1])]
    fragment = "" if at_new_word else text[tokens[-1].start :]
    if with_body and not (tree := _tree()).takes_body(before):
        words = [word for word in tree.commands if word.startswith(incomplete) and tree.takes_body([*before, word])]
        return [(word, "command") for word in words], fragment
    if before[-1:] == [_SIGNED] and incomplete.startswith("-"):
        # click treats every word that begins with a dash as an option, even if it is a value.
        offers = [("-" + word, kind) for word, kind in _candidates(before, incomplete[1:], ctx)]
    else:
        offers = _candidates(before, incomplete, ctx)
    option, equals, _ = incomplete.partition("=")
    if equals and option.startswith("-"):
        return [(f"{option}={_quote(word)}", kind) for word, kind in offers], fragment
    return [(_quote(word, fragment[:1], kind), kind) for word, kind in offers], fragment


def complete_body(context: CompletionContext, body_text: str, ctx: CommandContext) -> tuple[list[Offer], str]:
    """Return the completions in a cell that a command takes as its body, and the part that they replace."""
    tree = _tree()
    words = [token.text for token in _split(context.full_text.split("\n", 1)[0].removeprefix(_CELL))]
    if not tree.completes_body(words):
        return [], ""
    word = re.search(r"\S*$", body_text)
    fragment = word.group() if word else ""
    start = len(body_text) - len(fragment)
    return [(text[start:], kind) for text, kind in _candidates(words, body_text, ctx)], fragment


def _is_body(context: CompletionContext) -> bool:
    """Return whether the cursor is in a cell that the command on its first line takes as its body."""
    first = context.full_text.split("\n", 1)[0].split()
    return context.cursor_line > 0 and first[:1] == [_CELL] and len(first) > 1


def _split(line: str) -> list[LineToken]:
    """Return the words of an unfinished line."""
    from zenpro_nb.syntax.line import split  # imports msgspec

    return split(line, complete=False)


def _tree() -> Root:
    """Return the tree of commands, which is imported at the first Tab."""
    from zenpro_nb.commands.tree import tree

    return tree


def _candidates(before: list[str], incomplete: str, ctx: CommandContext) -> list[Offer]:
    from click.shell_completion import ShellComplete

    from zenpro_nb.commands.known_completions import known_completions

    items = known_completions(before, incomplete)
    if items is None:
        items = ShellComplete(_tree(), {"obj": ctx}, ctx.ui.name, "").get_completions(before, incomplete)
    # An item without help is a value: one of click's own choices.
    return [(str(item.value), item.kind or "value") for item in items if item.type == "plain"]


def _quote(word: str, quote: str = "", kind: str = "") -> str:
    """Return the word as it must be typed: in quotes if it contains a space."""
    if quote in ("'", '"'):
        return f"{quote}{word}" if kind in _CONTINUES else f"{quote}{word}{quote}"
    if any(char.isspace() for char in word):
        return f'"{word}"'
    return word


def _text_before_cursor(context: CompletionContext) -> str | None:
    """Return the text between the magic and the cursor; None if the line is not a zenpro command."""
    lines = context.full_text.splitlines() or [""]
    current = lines[context.cursor_line] if context.cursor_line < len(lines) else ""
    before = current[: context.cursor_position]
    if _on_first_line(context):
        match = _FIRST_LINE.match(before)
        return match["rest"] if match else None
    # With a command on the line of the magic, the cell is its body and contains no commands.
    if _is_body(context):
        return "\n".join([*lines[1 : context.cursor_line], before])
    if lines[0].split()[:1] == [_CELL]:
        return before.lstrip() if lines[0].split() == [_CELL] else None
    match = _LINE.match(before)
    return match["rest"] if match else None


def _on_first_line(context: CompletionContext) -> bool:
    """Return whether the cursor is on the line of the cell magic."""
    return context.cursor_line == 0 and context.full_text.startswith(_CELL)
