"""What a code cell does, according to its source: parsed as IPython does, and never run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec import Struct

MAGIC = "zenpro"
_ASKING = frozenset({"input", "getpass"})


class Code(Struct, frozen=True):
    """The parsed source of a cell.

    Attributes:
        lines: the text after each `%zenpro`, and each line of a `%%zenpro` cell with the text below it.
        asks: names of functions that wait for keyboard input.
        error: the reason why it is not valid Python; "" if it is.
    """

    lines: tuple[tuple[str, str | None], ...] = ()
    asks: tuple[str, ...] = ()
    error: str = ""


def read(source: str) -> Code:
    r"""Parse the source of a cell.

    >>> read("users = %zenpro users --limit 5\nif x:\n    %zenpro teams").lines
    (('users --limit 5', None), ('teams', None))
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the strings of the cell
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            tree: Any = compile(_transformer().transform_cell(source), "<cell>", "exec", flags)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # MemoryError: nested too deeply
        return Code(error=str(getattr(error, "msg", "") or error))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls.sort(key=lambda node: (node.lineno, node.col_offset))
    option_names = [name for node in calls if (name := _name(node.func)) in _ASKING]
    return Code(tuple(line for node in calls for line in _magic(node)), tuple(dict.fromkeys(option_names)))


@cache
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager  # large: imported only when a cell is read

    return TransformerManager()  # type: ignore[no-untyped-call]


def _name(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _magic(node: ast.Call) -> Iterator[tuple[str, str | None]]:
    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    kind = _name(node.func)
    if kind == "run_line_magic" and len(texts) == 2 and texts[0] == MAGIC:
        yield texts[1], None
    if kind == "run_cell_magic" and len(texts) == 3 and texts[0] == MAGIC:
        yield texts[1], texts[2]
