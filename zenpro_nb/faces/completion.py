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

_SIGNED = "--sort"
_IDENTIFIER = "zenpro_nb"

# `%zenpro …` may stand behind an assignment: `df = %zenpro users`.
_LINE = re.compile(r"^\s*(?:[\w.,\s\[\]'\":]+=\s*)?%zenpro\s(?P<rest>.*)$", re.DOTALL)
_CELL = "%%zenpro"


def add_matcher(shell: InteractiveShell, make_runtime: MakeRuntime) -> None:
    """Let IPython's completer ask us for the lines that are ours."""

    @context_matcher(identifier=_IDENTIFIER)  # type: ignore[untyped-decorator]
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        typed = _typed(context)
        if typed is None:
            return {"completions": [], "suppress": False}
        words, fragment = complete(typed, make_runtime())
        return {
            "completions": [SimpleCompletion(text=word, type="zenpro") for word in words],
            "suppress": bool(words),
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


def complete(typed: str, runtime: Runtime) -> tuple[list[str], str]:
    """Return the words that could stand at the end of a line, and the part of the line that they would replace."""
    from zenpro_nb.syntax.line import split

    tokens = split(typed, complete=False)
    at_new_word = not tokens or (typed[-1:].isspace() and not tokens[-1].open_quote)
    incomplete = "" if at_new_word else tokens[-1].text
    before = [token.text for token in (tokens if at_new_word else tokens[:-1])]
    fragment = "" if at_new_word else typed[tokens[-1].start :]
    if before[-1:] == [_SIGNED] and incomplete.startswith("-"):
        # click takes what begins with a dash for an option, also where it is a value.
        words = ["-" + word for word in _candidates(before, incomplete[1:], runtime)]
    else:
        words = _candidates(before, incomplete, runtime)
    option, equals, _ = incomplete.partition("=")
    if equals and option.startswith("-"):
        words = [f"{option}={_quoted(word)}" for word in words]
    else:
        words = [_quoted(word, fragment[:1]) for word in words]
    return words, fragment


def _candidates(before: list[str], incomplete: str, runtime: Runtime) -> list[str]:
    from click.shell_completion import ShellComplete

    from zenpro_nb.commands.tree import tree

    shell_complete = ShellComplete(tree, {"obj": runtime}, runtime.face.name, "")
    items = shell_complete.get_completions(before, incomplete)
    return [str(item.value) for item in items if item.type == "plain"]


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
    if match := _LINE.match(before):
        return match["rest"]
    in_cell = context.cursor_line > 0 and lines[0].split()[:1] == [_CELL]
    return before.lstrip() if in_cell else None
