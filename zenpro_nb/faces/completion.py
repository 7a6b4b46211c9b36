"""Tab: commands, options, choices, and the names that have been fetched. From memory only, never a request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from zenpro_nb.commands.core.runtime import Runtime

# Gives the runtime of a call; made when Tab is pressed, so that loading the extension stays cheap.
MakeRuntime = Callable[[], "Runtime"]

# A word, and what it is: `command`, `option`, `value`, `column` or `name`; of names how many are shown of how many.
# Front ends show it beside the word.
Offer = tuple[str, str]

_SIGNED = "--sort"
_IDENTIFIER = "zenpro_nb"

# `%zenpro …` may stand behind an assignment: `df = %zenpro users`.
_LINE = re.compile(r"^\s*(?:[\w.,\s\[\]'\":]+=\s*)?%zenpro\s(?P<rest>.*)$", re.DOTALL)
# The line of a cell's magic: what stands behind it names a command that takes the cell.
_FIRST_LINE = re.compile(r"^%%zenpro\s(?P<rest>.*)$", re.DOTALL)
_CELL = "%%zenpro"


def add_matcher(shell: InteractiveShell, make_runtime: MakeRuntime) -> None:
    """Let IPython's completer ask us for the lines that are ours."""

    @context_matcher(identifier=_IDENTIFIER)  # type: ignore[untyped-decorator]
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        typed = _typed(context)
        if typed is None:
            return {"completions": [], "suppress": False}
        offers, fragment = complete(typed, make_runtime(), with_body=_on_first_line(context))
        return {
            "completions": [SimpleCompletion(text=word, type=kind) for word, kind in offers],
            "suppress": bool(offers),
            "matched_fragment": fragment,
        }

    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(matcher)


def remove_matcher(shell: InteractiveShell) -> None:
    """Take the matcher away again."""
    if shell.Completer is not None:
        shell.Completer.custom_matchers[:] = [
            matcher
            for matcher in shell.Completer.custom_matchers
            if getattr(matcher, "matcher_identifier", None) != _IDENTIFIER
        ]


def complete(typed: str, runtime: Runtime, *, with_body: bool = False) -> tuple[list[Offer], str]:
    """Return what could stand at the end of a line, and the part of the line that it would replace.

    Args:
        with_body: only commands that take the cell below the line.
    """
    from zenpro_nb.commands.tree import tree
    from zenpro_nb.syntax.line import split

    tokens = split(typed, complete=False)
    at_new_word = not tokens or (typed[-1:].isspace() and not tokens[-1].open_quote)
    incomplete = "" if at_new_word else tokens[-1].text
    before = [token.text for token in (tokens if at_new_word else tokens[:-1])]
    fragment = "" if at_new_word else typed[tokens[-1].start :]
    if with_body and not tree.takes_body(before):
        words = [word for word in tree.commands if word.startswith(incomplete) and tree.takes_body([*before, word])]
        return [(word, "command") for word in words], fragment
    if before[-1:] == [_SIGNED] and incomplete.startswith("-"):
        # click takes what begins with a dash for an option, also where it is a value.
        offers = [("-" + word, kind) for word, kind in _candidates(before, incomplete[1:], runtime)]
    else:
        offers = _candidates(before, incomplete, runtime)
    option, equals, _ = incomplete.partition("=")
    if equals and option.startswith("-"):
        return [(f"{option}={_quoted(word)}", kind) for word, kind in offers], fragment
    return [(_quoted(word, fragment[:1]), kind) for word, kind in offers], fragment


def _candidates(before: list[str], incomplete: str, runtime: Runtime) -> list[Offer]:
    from click.shell_completion import ShellComplete

    from zenpro_nb.commands.tree import tree

    shell_complete = ShellComplete(tree, {"obj": runtime}, runtime.face.name, "")
    items = shell_complete.get_completions(before, incomplete)
    # What says nothing of itself is a value, one of click's own choices.
    return [(str(item.value), item.kind or "value") for item in items if item.type == "plain"]


def _quoted(word: str, quote: str = "") -> str:
    """Return the word as it must be typed: in quotes where it holds a blank."""
    if quote in ("'", '"'):
        return f"{quote}{word}{quote}"
    if any(char.isspace() for char in word):
        return f'"{word}"'
    return word


def _typed(context: CompletionContext) -> str | None:
    """Return the text between the magic and the cursor, None where the line is not ours."""
    lines = context.full_text.splitlines() or [""]
    current = lines[context.cursor_line] if context.cursor_line < len(lines) else ""
    before = current[: context.cursor_position]
    if _on_first_line(context):
        match = _FIRST_LINE.match(before)
        return match["rest"] if match else None
    # Words behind the magic: the cell is the body of that command, and holds no commands.
    if lines[0].split()[:1] == [_CELL]:
        return before.lstrip() if lines[0].split() == [_CELL] else None
    match = _LINE.match(before)
    return match["rest"] if match else None


def _on_first_line(context: CompletionContext) -> bool:
    """Return whether the cursor stands on the line of a cell's magic."""
    return context.cursor_line == 0 and context.full_text.startswith(_CELL)
