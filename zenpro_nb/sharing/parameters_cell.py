"""The parameters cell: its values, and copies of a notebook with other values."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zenpro_nb.errors import UsageError
from zenpro_nb.sharing.checks import is_parameters
from zenpro_nb.syntax.suggestions import did_you_mean


def parameters(notebook: Any) -> dict[str, object]:
    """Return the parameters with plain values; empty if there is no parameters cell."""
    cell = _cell(notebook)
    return {} if cell is None else {name: value for name, value, _ in _assignments(cell.source)}


def with_parameters(notebook: Any, arguments: Mapping[str, str]) -> Any:
    """Return a copy of a notebook without outputs, whose parameters cell sets these values; comments stay.

    Raises:
        UsageError: the notebook has no such parameter, or the value has another type.
    """
    result = copy.deepcopy(notebook)
    for item in result.cells:
        if item.cell_type == "code":
            item.outputs, item.execution_count = [], None
    cell = _cell(result)
    source = "" if cell is None else cell.source
    for name, text in arguments.items():
        values_by_text = {text: (value, where) for text, value, where in _assignments(source)}
        if name not in values_by_text:
            raise UsageError(
                f"The notebook has no parameter {name!r}",
                hint=did_you_mean(
                    name, values_by_text, f"Available parameters: {', '.join(values_by_text) or 'none'}."
                ),
            )
        value, where = values_by_text[name]
        source = _exchange(source, where, _literal(name, text, value))
    if cell is not None:
        cell.source = source
    return result


def title(notebook: Any) -> tuple[str, str]:
    """Return the title of a notebook, and its first paragraph as one line."""
    text = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    heading, _, rest = text.partition("\n\n")
    return heading.lstrip("# "), " ".join(rest.partition("\n\n")[0].split())


def _cell(notebook: Any) -> Any:
    return next((cell for cell in notebook.cells if is_parameters(cell)), None)


def _assignments(source: str) -> list[tuple[str, object, ast.expr]]:
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return []
    assignments: list[tuple[str, object, ast.expr]] = []
    for statement in statements:
        if (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Name)
        ):
            try:
                assignments.append((statement.targets[0].id, ast.literal_eval(statement.value), statement.value))
            except ValueError:
                continue
    return assignments


def _exchange(source: str, where: ast.expr, text: str) -> str:
    """Return the source with an expression replaced; its columns are counted in bytes."""
    rows = source.splitlines(keepends=True)
    first, last = where.lineno - 1, (where.end_lineno or where.lineno) - 1
    before = rows[first].encode()[: where.col_offset].decode()
    after = rows[last].encode()[where.end_col_offset :].decode()
    return "".join([*rows[:first], before + text + after, *rows[last + 1 :]])


def _literal(name: str, text: str, old: object) -> str:
    """Return a value in Python syntax, with the type of the old value.

    Raises:
        UsageError: it has another type.
    """
    if isinstance(old, str) or old is None:
        return json.dumps(text, ensure_ascii=False)
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if type(value) is not type(old) and not (isinstance(old, float) and type(value) is int):
        raise UsageError(f"{text!r} is not a valid value for {name}; the current value is {old!r}")
    return repr(value)


def by_name(folder: Path) -> dict[str, Path]:
    """Return the notebooks of a folder by topic: `quickstart` for `00-quickstart.ipynb`."""
    return {path.stem.lstrip("0123456789-"): path for path in sorted(folder.glob("*.ipynb"))}
