"""Recognize commands whose value a cell does not display: statements before its last one, and assignments."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames, limits

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

# Precedes the line of such a command. A typed line cannot contain it: Python refuses source with null characters.
MARK = "\0"
ASSIGNED = "="  # follows the mark if the value is assigned to a variable
# The value of such a command is used, or its picture was displayed.
_USED = re.compile(r"(^|\s)--(save|out|plot|show)\b")
_MAGIC = "run_line_magic"  # IPython turns `%zenpro users` into `get_ipython().run_line_magic('zenpro', 'users')`


class UnshownValues(ast.NodeTransformer):
    """Marks the lines of the magic whose values are dropped, in the syntax tree of each cell."""

    def __init__(self, shell: InteractiveShell, magic: str) -> None:
        self._shell = shell
        self._name = magic
        shell.ast_transformers.append(self)

    def visit_Module(self, cell: ast.Module) -> ast.Module:
        """Mark the statements before the last one that consist of the magic alone, and all that assign its value."""
        for statement in cell.body:
            if not isinstance(statement, ast.Assign | ast.Expr):
                continue
            is_assigned = isinstance(statement, ast.Assign)
            line = self._line_of(statement.value)
            if line is not None and (is_assigned or statement is not cell.body[-1]):
                line.value = MARK + ASSIGNED * is_assigned + str(line.value)
        return cell

    def _line_of(self, call: ast.expr) -> ast.Constant | None:
        """Return the line of the magic in a call of it; None for other expressions."""
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=attribute),
                args=[ast.Constant(value=name), ast.Constant(value=str()) as line],
            ) if attribute == _MAGIC and name == self._name:
                return line
        return None

    def close(self) -> None:
        """Stop marking lines."""
        self._shell.ast_transformers[:] = [entry for entry in self._shell.ast_transformers if entry is not self]


def note(line: str, value: Any) -> str:
    """Return the line about a result that is not displayed; "" if there is none, or it was used.

    A value that was assigned is used. Only what is missing from it is reported.

    >>> from zenpro_nb.ui.cards import Card
    >>> note("users get ada", Card("ada", [])).partition(". ")[0]
    '`users get ada`: result not displayed'
    >>> note("users --save users.csv", Card("ada", [])), note("form", None)
    ('', '')
    """
    from zenpro_nb.syntax.counts import counted  # not loaded with the extension
    from zenpro_nb.ui.cards import Card

    is_table = hasattr(value, "attrs")
    if line.startswith(ASSIGNED):
        facts = frames.facts(value) if is_table else {}
        missing = "" if facts.get("failed") else frames.lacking(facts)  # a warning has reported failures
        return f"note: {missing}" if missing else ""
    if _USED.search(line) or not (is_table or isinstance(value, Card)):
        return ""
    if is_table and frames.facts(value).get("written"):
        return ""  # the line "done: …" has reported it
    result = (frames.answer_of(value) or counted(len(value), "row")) if is_table else "result"
    command = textwrap.shorten(line, limits.SUMMARY, placeholder=" …")
    cure = "A cell displays only its last value: use one cell per command, or `%%zenpro`"
    return f"`{command}`: {result} not displayed. {cure}"
