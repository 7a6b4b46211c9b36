"""Examples of commands: lines that run in the sandbox as they stand, read from docstrings or made from the resource.

An example is written without what stands before a command: `teams get Platform`. One may be assigned, as in
`one = runs --limit 1`, for the next ones to say `{one.id}`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from zenpro_nb import query
from zenpro_nb.resources import Paging, Resource
from zenpro_nb.syntax.unparse import quoted

# Where the sandbox's samples are, of lists that are inside workspaces.
WORKSPACE, PROJECT = "ml-prod", "churn"

_SECTION = re.compile(r"^Examples?:\n(?P<lines>(?:[ \t]+\S.*\n?|\n)*)", re.MULTILINE)
_ASSIGNED = re.compile(r"(?P<name>\w+) = (?P<line>.*?(?P<one> --limit 1)?)")
_FIELD = re.compile(r"\{(?P<name>\w+)\.(?P<column>\w+)\}")


def examples_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the lines of the section `Examples:` of a function's docstring.

    >>> def archive():
    ...     '''Archive a team.
    ...
    ...     Examples:
    ...         teams archive Platform
    ...     '''
    >>> examples_of(archive)
    ('teams archive Platform',)
    """
    found = _SECTION.search(inspect.cleandoc(function.__doc__ or ""))
    return tuple(line.strip() for line in found["lines"].splitlines() if line.strip()) if found else ()


def of_list(resource: Resource, noun: str = "") -> tuple[str, ...]:
    """Return examples of a list: the newest few, and what goes on into a file."""
    line = f"{noun or resource.noun}{_place(resource)}"
    newest = (
        f"{line} --sort -created --limit 5" if any(column.name == "created" for column in resource.columns) else line
    )
    return newest, f"{line} --save {resource.noun}.csv"


def of_get(resource: Resource) -> tuple[str, ...]:
    """Return an example of `get`: by the name of one that the sandbox has, else by the id of the first that is there.

    >>> from zenpro_nb.resources.control_plane import TEAMS
    >>> of_get(TEAMS)
    ('teams get Platform',)
    """
    place = _place(resource)
    if resource.sample:
        return (f"{resource.noun} get {quoted(resource.sample)}{place}",)
    return f"one = {resource.noun}{place} --limit 1", f"{resource.noun} get {{one.id}}{place}"


def spelled(examples: Sequence[str], command: str, *, variables: bool) -> Iterator[str]:
    r"""Yield the examples as they are typed behind `%zenpro` or `zenpro`.

    Without variables of Python one value goes through a shell's own, and what needs a whole column is left out.

    >>> lines = ["one = runs --limit 1", "runs get {one.id}", "df = users", "members remove {df.email}"]
    >>> print(*spelled(lines[:2], "%zenpro", variables=True), sep="\n")
    one = %zenpro runs --limit 1
    %zenpro runs get {one.id}
    >>> print(*spelled(lines, "zenpro", variables=False), sep="\n")
    one=$(zenpro runs --limit 1 --columns id --format csv | tail -n 1)
    zenpro runs get "$one"
    """
    wanted = {field["name"]: field["column"] for line in examples for field in _FIELD.finditer(line)}
    single = {match["name"] for line in examples if (match := _ASSIGNED.fullmatch(line)) and match["one"]}
    for example in examples:
        assigned = _ASSIGNED.fullmatch(example)
        name, line = (assigned["name"], assigned["line"]) if assigned else ("", example)
        used = {field["name"] for field in _FIELD.finditer(line)}
        if variables:
            yield f"{name} = {command} {line}" if name else f"{command} {line}"
        elif used | ({name} - {""}) <= single:
            typed = f"{command} " + _FIELD.sub(r'"$\g<name>"', line)
            yield f"{name}=$({typed} --columns {wanted[name]} --format csv | tail -n 1)" if name else typed


def _place(resource: Resource) -> str:
    """Return the options that say where the sandbox's samples of a resource are."""
    if resource.paging is not Paging.PAGE:  # only workspaces page by number
        return ""
    project = query.ALL if resource.sample_workspace else PROJECT
    return f" --workspace {resource.sample_workspace or WORKSPACE}" + (
        f" --project {project}" if resource.scoped else ""
    )
